"""工作日 — working days by the State Council's yearly notices; beyond the last, Monday to Friday, said so."""

from __future__ import annotations

import csv
from bisect import bisect_right
from datetime import date, timedelta
from pathlib import Path

HOLIDAYS = Path(__file__).parents[2] / "definitions" / "codelists" / "holidays.csv"
PROJECTED = "推算：周一至周五"

_COLUMNS = ["from", "to", "kind", "name", "notice"]
_KINDS = ("year", "holiday", "make_up")
_DAY = timedelta(days=1)
_SATURDAY = 5


class WorkingCalendar:
    """工作日历 — which days are worked, and by which notice.

    The table holds one line a span: kind `year` (the span a notice settles), `holiday` or `make_up`.
    Raises ValueError (Chinese, with file and line) when a line cannot be read or two lines contradict.
    """

    def __init__(self, path: Path = HOLIDAYS) -> None:
        """读表 — from the CSV table, by default the one in `definitions/codelists`."""
        self._worked: dict[date, bool] = {}
        self._notices: dict[date, str] = {}
        years: list[tuple[date, date, str]] = []
        with path.open(encoding="utf-8", newline="") as lines:
            reader = csv.DictReader(lines)
            if reader.fieldnames != _COLUMNS:
                raise ValueError(f"{path.name} 第 1 行：列应依次是 {'、'.join(_COLUMNS)}")
            for row in reader:
                first, last = _span(path, reader.line_num, row)
                if row["kind"] == "year":
                    years.append((first, last, row["notice"]))
                else:
                    self._enter(path, reader.line_num, first, last, row)
        self._years = sorted(years)
        # the count of working days is Monday–Friday corrected by these two
        self._lost = sorted(day for day, worked in self._worked.items() if not worked and day.weekday() < _SATURDAY)
        self._gained = sorted(day for day, worked in self._worked.items() if worked and day.weekday() >= _SATURDAY)

    def _enter(self, path: Path, line: int, first: date, last: date, row: dict[str, str]) -> None:
        day = first
        while day <= last:
            if day in self._worked:
                raise ValueError(f"{path.name} 第 {line} 行：{day.isoformat()} 已在另一行；同一天只能写一次")
            self._worked[day] = row["kind"] == "make_up"
            self._notices[day] = row["notice"]
            day += _DAY

    def is_working_day(self, day: date) -> bool:
        """是否工作日 — a make-up day is one, a holiday is not, otherwise Monday to Friday."""
        worked = self._worked.get(day)
        return day.weekday() < _SATURDAY if worked is None else worked

    def is_make_up_day(self, day: date) -> bool:
        """是否调休上班日 — worked by notice though a weekend."""
        return self._worked.get(day, False)

    def next_working_day(self, day: date) -> date:
        """顺延 — the day itself if worked, else the first working day after it."""
        while not self.is_working_day(day):
            day += _DAY
        return day

    def add_working_days(self, day: date, count: int) -> date:
        """加工作日 — the `count`-th working day after a day; negative counts back, 0 is the day itself."""
        step = _DAY if count > 0 else -_DAY
        left = abs(count)
        while left:
            day += step
            left -= self.is_working_day(day)
        return day

    def working_days_between(self, earlier: date, later: date) -> int:
        """相隔工作日 — working days after `earlier` up to and including `later`; swapped, the same number negative."""
        return self._through(later) - self._through(earlier)

    def basis(self, day: date) -> str:
        """依据 — the notice that settles the day, or that it is projected Monday to Friday."""
        settled = self._notices.get(day)
        if settled is not None:
            return settled
        return next((notice for first, last, notice in self._years if first <= day <= last), PROJECTED)

    def is_settled(self, day: date) -> bool:
        """是否已有通知 — a date fixed by law must not be computed where this is false."""
        return self.basis(day) != PROJECTED

    def _through(self, day: date) -> int:
        """Working days from the start of the calendar to the day, inclusive."""
        weeks, rest = divmod(day.toordinal(), 7)  # ordinal 1 was a Monday
        weekdays = weeks * 5 + min(rest, 5)
        return weekdays - bisect_right(self._lost, day) + bisect_right(self._gained, day)


def _span(path: Path, line: int, row: dict[str, str]) -> tuple[date, date]:
    where = f"{path.name} 第 {line} 行"
    try:
        first, last = date.fromisoformat(row["from"]), date.fromisoformat(row["to"])
    except (TypeError, ValueError):
        raise ValueError(f"{where}：「{row['from']}」「{row['to']}」应是 2025-01-01 这样的日期") from None
    if last < first:
        raise ValueError(f"{where}：止日 {row['to']} 早于起日 {row['from']}")
    if row["kind"] not in _KINDS:
        raise ValueError(f"{where}：类别「{row['kind']}」不认得；只有 {'、'.join(_KINDS)}")
    if not row["notice"]:
        raise ValueError(f"{where}：没有写通知文号")
    return first, last
