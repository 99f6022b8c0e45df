"""查件 — every row of a reading against its feed: canonical values, warnings, and rows that go back to be mended."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from renjia.engine.units import Month
from renjia.records.intake.feeds import FIELDS, Feed
from renjia.records.intake.problems import RETURN, WARN, Problem, refuse
from renjia.records.intake.reading import Reading
from renjia.records.intake.recognising import Layout, lay_out
from renjia.records.intake.repeats import Repeat, Repeats
from renjia.records.intake.row_checks import RowReader
from renjia.records.intake.rows import Cells

Values = dict[str, object]


@dataclass(slots=True)
class Row:
    """一行 — number in the file, a key unique in the file, canonical values, problems; cells only when sent back.

    values has every canonical field: texts '' when missing; `born`, `reported` date or None; `minute`, `weight`,
    `order`, `plurality`, `parity` int or None. record: `record_no`, or `文件名:行` where that is empty, or
    `record_no:行` where two different children share a number.
    """

    row_number: int
    record: str
    values: Values
    problems: list[Problem] = field(default_factory=list)
    cells: Cells = ()


@dataclass(slots=True)
class Checked:
    """查件结果 — rows in = accepted + returned + repeated.

    problems: those of the file and of every row, in file order; columns: (name in the file, canonical field or None);
    unknown_columns: not used until a person maps them; notes: the reading's, then those of the check, in Chinese.
    """

    filename: str
    feed: Feed
    month: Month | None
    header: Cells
    accepted: list[Row] = field(default_factory=list)
    returned: list[Row] = field(default_factory=list)
    repeated: list[Repeat] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    columns: list[tuple[str, str | None]] = field(default_factory=list)
    unknown_columns: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def rows(self) -> int:
        """收到的行数."""
        return len(self.accepted) + len(self.returned) + len(self.repeated)


def today() -> dt.date:
    """今天 — the date in China."""
    return dt.datetime.now(ZoneInfo("Asia/Shanghai")).date()


def check(reading: Reading, feed: Feed, month: Month | None = None, *, on: dt.date | None = None) -> Checked:
    """查件 — all rows; `month` is the month the file is said to report, `on` the day it came (no birth is later).

    Raises Refusal: forbidden or twin columns, no birth date column, or most rows reported in another month.
    """
    layout = lay_out(reading, feed)
    checked = Checked(reading.filename, feed, month, reading.columns)
    checked.problems += reading.problems
    checked.notes += reading.notes
    repeats: Repeats[Row] = Repeats(reading.filename)
    months: Counter[Month] = Counter()
    reader = RowReader(reading, feed, layout, month, on or today())
    for row in _rows(reader, reading):
        reported = row.values["reported"]
        if isinstance(reported, dt.date):
            months[Month.of(reported)] += 1
        if any(problem.severity == RETURN for problem in row.problems):
            checked.returned.append(row)
            continue
        repeats.place(row)
    checked.accepted, checked.repeated = repeats.kept(), repeats.repeated
    _refuse_other_month(reading, months, month)
    everything = checked.accepted + checked.returned
    checked.problems += sorted((problem for row in everything for problem in row.problems), key=lambda one: one.row)
    _describe(checked, layout, reader)
    return checked


def examine(reading: Reading, feed: Feed, month: Month | None = None, *, on: dt.date | None = None) -> Iterator[Row]:
    """逐行查 — the same rows one at a time, for files too large to hold; repeats and month are left to the caller."""
    return _rows(RowReader(reading, feed, lay_out(reading, feed), month, on or today()), reading)


def _rows(reader: RowReader, reading: Reading) -> Iterator[Row]:
    for number, cells in reading.rows:
        values, problems = reader.read(number, cells)
        sent_back = any(problem.severity == RETURN for problem in problems)
        record = str(values["record_no"]) or f"{reading.filename}:{number}"
        yield Row(number, record, values, problems, cells + reading.rows.surplus.get(number, ()) if sent_back else ())


def _refuse_other_month(reading: Reading, months: Counter[Month], month: Month | None) -> None:
    if month is None or not months:
        return
    inside = months[month]
    total = sum(months.values())
    if 2 * inside < total:
        most, count = min(months.items(), key=lambda one: (-one[1], one[0]))
        what = f"报的是 {month}，但 {total} 行中只有 {inside} 行在当月上报，{count} 行在 {most}"
        raise refuse(reading.filename, what, "请核对是否选错了月份或送错了文件")


def _describe(checked: Checked, layout: Layout, reader: RowReader) -> None:
    fields = {use.header: use.column.field for use in layout.uses}
    checked.columns = [(header, fields.get(header)) for header in checked.header]
    checked.unknown_columns = [header for header in checked.header if header in set(layout.unknown)]
    notes = checked.notes
    notes += layout.notes
    if checked.unknown_columns:
        notes.append(f"没认出的列：{'、'.join(checked.unknown_columns)}；只留在原件里，指定用途后才用")
    missing = [FIELDS[name][0] for name in ("record_no", "mother_id", "reported") if name not in fields.values()]
    if missing:
        notes.append(f"没有这些列：{'、'.join(missing)}")
    notes += reader.remarks()
    if checked.repeated:
        shown = "、".join(str(repeat.row_number) for repeat in checked.repeated[:5])
        notes.append(
            f"重复送来的 {len(checked.repeated)} 行（第 {shown}{'…' if len(checked.repeated) > 5 else ''} 行）只计一次"
        )
    warned = sum(problem.severity == WARN for problem in checked.problems)
    taken = f"可收 {len(checked.accepted)}，退回 {len(checked.returned)}，重复 {len(checked.repeated)}"
    notes.append(f"收到 {checked.rows} 行：{taken}；提醒 {warned} 条")


__all__ = ["Checked", "Repeat", "Row", "check", "examine", "today"]
