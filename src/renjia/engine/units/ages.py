"""年龄 — completed years and the day they are completed (policy.md §0.1)."""

from __future__ import annotations

from datetime import date

MAR1 = "MAR1"
FEB28 = "FEB28"


def age_on(born: date, on: date) -> int:
    """周岁 — completed years on a day; the birthday itself already counts. Negative before birth."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def reach_date(born: date, years: int, leap_rule: str = MAR1) -> date:
    """满岁日 — the day `years` are completed; 29 February becomes 1 March in a common year, or 28 February by FEB28."""
    if leap_rule not in (MAR1, FEB28):
        raise ValueError(f"闰日规则「{leap_rule}」不认得；只有 MAR1（3月1日）和 FEB28（2月28日）")
    try:
        return born.replace(year=born.year + years)
    except ValueError:
        if (born.month, born.day) != (2, 29):
            raise ValueError(f"{born.isoformat()} 加 {years} 年超出日期范围") from None
        year = born.year + years
        return date(year, 3, 1) if leap_rule == MAR1 else date(year, 2, 28)
