"""法定节假日 — the days that are holidays by 《全国年节及纪念日放假办法》 itself: no weekends, no days moved to make a week.

Leave that runs on over a statutory holiday is counted by these days, never by the yearly arrangement of rest days.
"""

import csv
from datetime import date, timedelta
from pathlib import Path

STATUTORY = Path(__file__).parents[2] / "definitions" / "codelists" / "statutory_days.csv"
_COLUMNS = ["date", "name", "rule"]
_DAY = timedelta(days=1)


class StatutoryDays:
    """法定节假日表 — whole years; beyond the last (or before the first) nothing is known.

    Raises ValueError (Chinese, with file and line) for a line that is not a day, or a day written twice.
    """

    def __init__(self, path: Path = STATUTORY) -> None:
        """读表 — from the CSV table, by default the one in `definitions/codelists`."""
        self._names: dict[date, str] = {}
        with path.open(encoding="utf-8", newline="") as lines:
            reader = csv.DictReader(lines)
            if reader.fieldnames != _COLUMNS:
                raise ValueError(f"{path.name} 第 1 行：列应依次是 {'、'.join(_COLUMNS)}")
            for row in reader:
                try:
                    day = date.fromisoformat(row["date"])
                except (TypeError, ValueError):
                    raise ValueError(f"{path.name} 第 {reader.line_num} 行：「{row['date']}」不是日期") from None
                if day in self._names:
                    raise ValueError(f"{path.name} 第 {reader.line_num} 行：{day} 写了两次")
                self._names[day] = row["name"]
        years = [day.year for day in self._names]
        self.first, self.last = date(min(years), 1, 1), date(max(years), 12, 31)

    def name(self, day: date) -> str:
        """节名 — of a statutory holiday, `""` for any other day."""
        return self._names.get(day, "")

    def knows(self, day: date) -> bool:
        """在表内 — whether the table says of this day what it is."""
        return self.first <= day <= self.last

    def extend(self, first: date, days: int) -> date:
        """顺延 — the last of `days` days from `first` on, statutory holidays not counted; days ≥ 1."""
        day, left = first, days
        while True:
            left -= not self.name(day)
            if left == 0:
                return day
            day += _DAY
