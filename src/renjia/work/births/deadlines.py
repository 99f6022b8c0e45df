"""期限 — how much is left on the working calendar, in words."""

from datetime import date

from renjia.engine.units import WorkingCalendar

CALENDAR = WorkingCalendar()


def left_text(due: date, today: date) -> tuple[str, bool]:
    """剩余 — (“剩 4 个工作日” or “超 2 个工作日”, whether late)."""
    if today > due:
        days = CALENDAR.working_days_between(due, today)
        return (f"超 {days} 个工作日" if days else "已过截止日", True)
    days = CALENDAR.working_days_between(today, due)
    return ("今天截止" if due == today else f"剩 {days} 个工作日", False)


def group_of(due: date, today: date) -> str:
    """按截止先后分组。"""
    if due < today:
        return "已超期"
    if due == today:
        return "今天截止"
    days = CALENDAR.working_days_between(today, due)
    return "本周内" if days <= 5 else "之后"
