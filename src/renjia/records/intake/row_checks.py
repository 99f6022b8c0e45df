"""逐行 — one row's cells to canonical values, and what is wrong with them alone and together."""

import datetime as dt
from collections import Counter
from functools import lru_cache, partial

from renjia.engine.units import Month, age_on, parse_identity
from renjia.records.intake.dates import FORM, Moment, parse_clock, parse_moment
from renjia.records.intake.feeds import FIELDS, Feed
from renjia.records.intake.problems import RETURN, WARN, Problem, Severity, refuse
from renjia.records.intake.reading import Reading
from renjia.records.intake.recognising import Layout, Use
from renjia.records.intake.rows import Cells
from renjia.records.intake.values import INVISIBLE, STILL, absent, reader_of

_NUMBERS = frozenset(("minute", "weight", "order", "plurality", "parity", "born", "reported"))
_DATED = frozenset(("moment", "date", "time"))
_WHO = ("mother_name", "mother_id", "father_name", "father_id", "baby_name", "certificate")
_FORMULA = "=＝@＠"
_KEPT = 20_000  # readings remembered a column: sexes, places, days and names repeat
_LATE_YEARS = 3
_YOUNGEST, _OLDEST = 12, 60


class RowReader:
    """逐行读 — made once for a reading; `read` gives the canonical values of a row and its problems."""

    def __init__(self, reading: Reading, feed: Feed, layout: Layout, month: Month | None, on: dt.date) -> None:
        self.reading, self.feed, self.month, self.on = reading, feed, month, on
        self.uses = [
            (use, lru_cache(_KEPT)(reader_of(use.column, use.unit)) if use.column.type not in _DATED else None)
            for use in layout.uses
        ]
        self.moment = lru_cache(_KEPT)(partial(parse_moment, epoch1904=reading.epoch1904))
        self.blank: dict[str, object] = {name: None if name in _NUMBERS else "" for name in FIELDS}
        self.header = {use.column.field: use.header for use in reversed(layout.uses)}
        if "born" not in self.header:
            raise refuse(
                reading.filename,
                f"没有{FIELDS['born'][0]}列",
                "请核对列名，或指定哪一列是出生日期",
                row=reading.header_row,
            )
        short = len(reading.rows.short)
        self.short_is_odd = 0 < short < max(2, len(reading.rows) // 10)
        self.counts: Counter[str] = Counter()
        self._row = 0
        self._problems: list[Problem] = []

    def read(self, number: int, cells: Cells) -> tuple[dict[str, object], list[Problem]]:
        """读一行 — values of every canonical field, problems in column order; a stillbirth is never sent back."""
        self._row, self._problems = number, []
        values = dict(self.blank)
        for use, reader in self.uses:
            raw = cells[use.index]
            if not raw:
                continue
            self._look_at(use, raw)
            name = use.column.field
            if reader is None:
                self._read_date(use, raw, values)
                continue
            found = reader(raw)
            for reason, remedy, severity in found.complaints:
                self._complain(use.header, raw, reason, remedy, severity)
            if name == "outcome":
                values[name] = "still" if "still" in (values[name], found.value) else values[name] or found.value
            elif values[name] in ("", None):
                values[name] = found.value
        self._check_shape(number)
        self._check_together(values)
        problems = self._problems
        if values["outcome"] == "still":
            problems = [_softened(problem) for problem in problems]
        return values, problems

    def remarks(self) -> list[str]:
        """汇总 — what was seen in many rows, counted once."""
        return [f"{what} {count} 行" for what, count in self.counts.items()]

    def _complain(self, column: str, value: str, reason: str, remedy: str, severity: Severity = WARN) -> None:
        self._problems.append(Problem(self.reading.filename, self._row, column, value, reason, remedy, severity))

    def _look_at(self, use: Use, raw: str) -> None:
        """What is odd about the text itself, before it is read."""
        if not raw.isprintable() and INVISIBLE.search(raw):
            self._complain(use.header, INVISIBLE.sub("�", raw), "有看不见的控制字符，已去掉", "请核对这一格")
        if raw[0] in _FORMULA and len(raw) > 1:
            self._complain(use.header, raw, "以等号或 @ 开头，像公式，按文字读", "请改成数值或文字")

    def _read_date(self, use: Use, raw: str, values: dict[str, object]) -> None:
        name = use.column.field
        if use.column.type == "time":
            minute = parse_clock(raw)
            if minute is None:
                found = self.moment(raw)
                minute = found.minute
                if found.fault and not absent(raw):
                    self._complain(use.header, raw, "不是时刻，没有读", "请用 08:30 的写法")
            if values["minute"] is None and minute is not None:
                values["minute"] = minute % 1440
            return
        if absent(raw):
            return
        found = self.moment(raw)
        if found.fault:
            if values[name] is None:
                severity: Severity = RETURN if name == "born" else WARN
                self._complain(use.header, raw, found.fault, _remedy(raw, found), severity)
            return
        if found.note:
            self._complain(use.header, raw, found.note, "请核对")
        if found.serial:
            self.counts[f"「{use.header}」是 Excel 日期序列号，已换算："] += 1
        self._place(use, raw, found, name, values)

    def _place(self, use: Use, raw: str, found: Moment, name: str, values: dict[str, object]) -> None:
        """A date into its field; the minute of a birth goes to `minute`, but only with its own day."""
        before = values[name]
        if found.day is not None and before is None:
            values[name] = found.day
        elif found.day is not None and before != found.day:
            self._complain(use.header, raw, f"与前一列的日期 {before} 不同，用了前者", "请核对哪个对")
            return
        if name == "born" and found.minute is not None and values["minute"] is None:
            values["minute"] = found.minute % 1440

    def _check_shape(self, number: int) -> None:
        rows = self.reading.rows
        surplus = rows.surplus.get(number)
        if surplus:
            reason = f"比表头多 {len(surplus)} 格，可能有未加引号的分隔符，列已错位"
            self._complain("", "", reason, "请把含分隔符的格子用双引号括起", RETURN)
        elif number in rows.short and self.short_is_odd:
            self._complain("", "", "比表头少几格，后面的按空读", "请核对这一行是否缺了分隔符")

    def _check_together(self, values: dict[str, object]) -> None:
        name = str(values["baby_name"])
        if STILL.search(name):
            values["outcome"], values["baby_name"] = "still", ""
        self._check_born(values)
        self._check_mother(values)
        order, plurality = values["order"], values["plurality"]
        if isinstance(order, int) and isinstance(plurality, int) and order > plurality:
            self._complain(self.header.get("order", ""), str(order), f"同胎序号大于胎数 {plurality}", "请核对两列")
        if not any(values[field] for field in _WHO):
            self._complain("", "", "没有母亲、父亲、孩子和证明编号，无从比对", "请至少补上母亲姓名或证件号码", RETURN)

    def _check_born(self, values: dict[str, object]) -> None:
        born, reported, header = values["born"], values["reported"], self.header["born"]
        told = any(problem.column == header and problem.severity == RETURN for problem in self._problems)
        if not isinstance(born, dt.date):
            if not told:
                self._complain(header, "", "没有出生日期", "请补上出生日期", RETURN)
        elif born > self.on:
            self._complain(header, born.isoformat(), "出生日期在今天之后", "只收已发生的出生，请核对", RETURN)
        elif isinstance(reported, dt.date) and born > reported:
            if self.feed.early:
                self.counts["登记在出生之前的"] += 1
            elif (born - reported).days == 1:
                # 24:00 is the next day's 0:00, and clocks differ: one day is no reason to lose a birth
                reason = f"比{self.header['reported']}晚 1 天"
                self._complain(header, born.isoformat(), reason, "请核对两个日期")
            else:
                reason = f"出生晚于{self.header['reported']} {reported}"
                self._complain(header, born.isoformat(), reason, "请核对两个日期", RETURN)
        elif self.month and not isinstance(reported, dt.date) and born > self.month.last:
            self._complain(header, born.isoformat(), f"出生在 {self.month} 之后", "请核对日期，或是否选错月份", RETURN)
        elif age_on(born, reported if isinstance(reported, dt.date) else self.on) >= _LATE_YEARS:
            self._complain(header, born.isoformat(), f"出生已满 {_LATE_YEARS} 年才上报", "请核对出生年份")
        if isinstance(reported, dt.date):
            column = self.header["reported"]
            if reported > self.on:
                self._complain(column, reported.isoformat(), "上报日期在今天之后", "请核对")
            elif self.month and reported not in self.month:
                self._complain(column, reported.isoformat(), f"不在所报的 {self.month}", "请核对日期；属上月迟报的照收")
        elif "reported" in self.header:
            self.counts[f"「{self.header['reported']}」空缺的"] += 1

    def _check_mother(self, values: dict[str, object]) -> None:
        number = str(values["mother_id"])
        header = self.header.get("mother_id", "")
        if not number:
            if header:
                self.counts[f"「{header}」空缺的"] += 1
            return
        identity = parse_identity(number)
        if number == values["father_id"]:
            self._complain(header, number, "与父亲的证件号码相同", "请核对是谁的号码")
        elif identity.valid and identity.sex == "1":
            self._complain(header, number, "按号码是男性，不像母亲的号码", "请核对是谁的号码")
        born = values["born"]
        if identity.valid and identity.birth and isinstance(born, dt.date):
            age = age_on(identity.birth, born)
            if not _YOUNGEST <= age <= _OLDEST:
                self._complain(header, number, f"按号码生育时 {age} 岁", "请核对号码和出生日期")


def _remedy(raw: str, found: Moment) -> str:
    if found.fault == "没有这一天":
        return f"{FORM}（那个月没有这么多天）"
    return FORM


def _softened(problem: Problem) -> Problem:
    """A stillbirth's fault warns; it does not send the row back."""
    if problem.severity != RETURN:
        return problem
    return Problem(problem.file, problem.row, problem.column, problem.value, problem.reason, problem.remedy, WARN)
