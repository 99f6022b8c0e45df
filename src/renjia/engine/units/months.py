"""月份 — a calendar month as a value: ordered, hashable, printable."""

from __future__ import annotations

import calendar
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Self

_FORMS = re.compile(r"(\d{4})(?:-(\d{1,2})|/(\d{1,2})|年(\d{1,2})月?|(\d{2}))")


@dataclass(frozen=True, order=True, slots=True)
class Month:
    """月份 — year and month; `str()` is `2025-03`, and months order as time does.

    Raises ValueError (Chinese) for a month outside 1–12 or a year outside 1–9999.
    """

    year: int
    month: int

    def __post_init__(self) -> None:
        """核对 — refuses a month that is none."""
        if not (1 <= self.month <= 12 and 1 <= self.year <= 9999):
            raise ValueError(f"没有 {self.year} 年 {self.month} 月；月份是 1 至 12，年份是 1 至 9999")

    @classmethod
    def parse(cls, text: str) -> Self:
        """读月份 — `2025-03`, also `2025/3`, `202503` and `2025年3月`, full-width digits too."""
        found = _FORMS.fullmatch(unicodedata.normalize("NFKC", text).strip())
        if found is None:
            raise ValueError(f"「{text}」不是月份；请用 2025-03 的写法")
        return cls(int(found[1]), int(next(part for part in found.groups()[1:] if part)))

    @classmethod
    def of(cls, day: date) -> Self:
        """所在月 — the month a day lies in."""
        return cls(day.year, day.month)

    @property
    def first(self) -> date:
        """首日 — the first day."""
        return date(self.year, self.month, 1)

    @property
    def last(self) -> date:
        """末日 — the last day."""
        return date(self.year, self.month, calendar.monthrange(self.year, self.month)[1])

    def plus(self, months: int) -> Self:
        """推移 — this month moved by a number of months, which may be negative."""
        year, month = divmod(self.year * 12 + self.month - 1 + months, 12)
        return type(self)(year, month + 1)

    def next(self) -> Self:
        """下月 — the month after."""
        return self.plus(1)

    def previous(self) -> Self:
        """上月 — the month before."""
        return self.plus(-1)

    def until(self, last: Month) -> Iterator[Self]:
        """逐月 — this month, the next, … up to and including `last`; none if `last` is earlier."""
        for step in range((last.year - self.year) * 12 + last.month - self.month + 1):
            yield self.plus(step)

    def __contains__(self, day: date) -> bool:
        """在内 — whether the day lies in this month."""
        return (day.year, day.month) == (self.year, self.month)

    def __str__(self) -> str:
        """写法 — `2025-03`."""
        return f"{self.year:04d}-{self.month:02d}"
