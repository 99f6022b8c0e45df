"""月报用数 — the plain numbers one month's bulletin is made of; figures that do not add up are refused."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date
from typing import NoReturn

from renjia.engine.units import Month


class FigureError(ValueError):
    """数对不上 — says in Chinese which figures disagree and what to look at."""


def _refuse(where: str, what: str) -> NoReturn:
    raise FigureError(f"{where}：{what}。月报没有做；请先查这几个数的来处，改对后重做")


def _counts(where: str, **numbers: int) -> None:
    for name, number in numbers.items():
        if number < 0:
            _refuse(where, f"{name} {number} 是负数")


def _texts(value: object) -> Iterator[str]:
    """全部文字 — every string inside the figures."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for one in value:
            yield from _texts(one)
    elif is_dataclass(value) and not isinstance(value, type):
        for part in fields(value):
            yield from _texts(getattr(value, part.name))


def _within(where: str, part: str, number: int, whole: str, limit: int) -> None:
    if number > limit:
        _refuse(where, f"{part} {number} 多于{whole} {limit}")


@dataclass(frozen=True, slots=True)
class Births:
    """活产 — live births of a month by sex, in persons."""

    male: int
    female: int
    unknown: int = 0

    def __post_init__(self) -> None:
        _counts("活产", 男=self.male, 女=self.female, 性别不详=self.unknown)

    @property
    def total(self) -> int:
        return self.male + self.female + self.unknown


@dataclass(frozen=True, slots=True)
class Received:
    """一个来源的收件 — records received, of these sent back and repeated; the rest went in."""

    source: str
    received: int
    returned: int = 0
    repeated: int = 0

    def __post_init__(self) -> None:
        _counts(f"收件「{self.source}」", 收到=self.received, 退回=self.returned, 重复=self.repeated)
        _within(f"收件「{self.source}」", "退回加重复", self.returned + self.repeated, "收到", self.received)

    @property
    def accepted(self) -> int:
        return self.received - self.returned - self.repeated


@dataclass(frozen=True, slots=True)
class Cases:
    """出生个案 — cases by the state reconciliation left them in."""

    decided: int
    twins_undecided: int = 0
    in_review: int = 0
    alone: int = 0

    def __post_init__(self) -> None:
        _counts("个案", 已决=self.decided, 双胎待定=self.twins_undecided, 待复核=self.in_review, 单独=self.alone)

    @property
    def total(self) -> int:
        return self.decided + self.twins_undecided + self.in_review + self.alone


@dataclass(frozen=True, slots=True)
class StreetFigures:
    """一个街镇的核实 — issued 应核实 = done + open; in_time and unverifiable are among done, late among open.

    `ranked` is false for a pool that is no street (区本级): it counts in the totals and is not compared.
    """

    name: str
    issued: int
    done: int
    in_time: int
    unverifiable: int
    open: int
    late: int
    code: str = ""
    ranked: bool = True

    def __post_init__(self) -> None:
        where = f"核实「{self.name}」"
        _counts(
            where,
            应核实=self.issued,
            已有结果=self.done,
            时限内=self.in_time,
            无法核实=self.unverifiable,
            未办结=self.open,
            超期=self.late,
        )
        if self.done + self.open != self.issued:
            _refuse(where, f"已有结果 {self.done} 加未办结 {self.open} 不等于应核实 {self.issued}")
        _within(where, "时限内有结果", self.in_time, "已有结果", self.done)
        _within(where, "无法核实", self.unverifiable, "已有结果", self.done)
        _within(where, "超期", self.late, "未办结", self.open)

    @property
    def key(self) -> str:
        """键 — the code where there is one; names may change."""
        return self.code or self.name


@dataclass(frozen=True, slots=True)
class Previous:
    """上月 — the month before, to compare with; counts only."""

    births: Births
    received: int
    cases: int
    issued: int
    done: int
    in_time: int
    unverifiable: int

    def __post_init__(self) -> None:
        _counts(
            "上月",
            收到=self.received,
            个案=self.cases,
            应核实=self.issued,
            已有结果=self.done,
            时限内=self.in_time,
            无法核实=self.unverifiable,
        )
        _within("上月", "已有结果", self.done, "应核实", self.issued)
        _within("上月", "时限内有结果", self.in_time, "已有结果", self.done)
        _within("上月", "无法核实", self.unverifiable, "已有结果", self.done)


@dataclass(frozen=True, slots=True)
class Timeliness:
    """一个来源的上报及时 — in time / due; `due_days` None where the source has no time limit."""

    source: str
    numerator: int
    denominator: int
    due_days: int | None = None

    def __post_init__(self) -> None:
        _counts(f"上报「{self.source}」", 及时=self.numerator, 应报=self.denominator)
        _within(f"上报「{self.source}」", "及时", self.numerator, "应报", self.denominator)


@dataclass(frozen=True, slots=True)
class InstitutionTimeliness:
    """一家机构的上报及时 — in time / due."""

    name: str
    numerator: int
    denominator: int
    source: str = ""

    def __post_init__(self) -> None:
        _counts(f"机构「{self.name}」", 及时=self.numerator, 应报=self.denominator)
        _within(f"机构「{self.name}」", "及时", self.numerator, "应报", self.denominator)


@dataclass(frozen=True, slots=True)
class Agreement:
    """一个字段的一致 — cases whose sources all say the same / cases where at least two sources say something."""

    field: str
    numerator: int
    denominator: int

    def __post_init__(self) -> None:
        _counts(f"字段「{self.field}」", 一致=self.numerator, 可比=self.denominator)
        _within(f"字段「{self.field}」", "一致", self.numerator, "可比", self.denominator)


@dataclass(frozen=True, slots=True)
class MonthBirths:
    """逐月活产 — one point of the trend."""

    month: Month
    births: int


@dataclass(frozen=True, slots=True)
class UnconfirmedStandard:
    """未确认标准 — a value used in this bulletin that nobody in authority has confirmed."""

    name: str
    value: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class DefinitionVersion:
    """口径 — a definition and the version (from-date) that counted this month."""

    name: str
    version: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Correction:
    """更正 — what a closed month said and what the records say now; the closed value itself never changes."""

    street: str
    name: str
    was: int | str | None
    now: int | str | None
    month: str = ""


@dataclass(frozen=True, slots=True)
class Appraised:
    """一个街镇的考核 — verifications of the year to date; deductions and points in hundredths of a point.

    A deduction is None over no case at all, `entered` and `points` while a fact is not entered.
    """

    name: str
    code: str
    issued: int
    done: int
    in_time: int
    unverifiable: int
    by_rates: int | None
    entered: int | None
    points: int | None
    limit: int

    def __post_init__(self) -> None:
        where = f"考核「{self.name}」"
        counts = {"应核实": self.issued, "已有结果": self.done, "时限内": self.in_time, "无法核实": self.unverifiable}
        _counts(where, **counts, 得分=self.points or 0, 三率扣分=self.by_rates or 0, 录入扣分=self.entered or 0)
        _within(where, "已有结果", self.done, "应核实", self.issued)
        _within(where, "得分", self.points or 0, "满分", self.limit)


@dataclass(frozen=True, slots=True)
class Targets:
    """目标 — per cent: completion and timeliness at least, unverifiable at most (考核表)."""

    completion: int = 99
    timeliness: int = 95
    unverifiable: int = 3


@dataclass(frozen=True, slots=True)
class BulletinFigures:
    """一期月报的全部用数 — everything printed is derived from this value and nothing else.

    `as_of` is the day the numbers were taken; it also dates the papers, so the same figures give the same bytes.
    Raises FigureError (Chinese) when a street stands twice or the trend's point for this month is not the births.
    """

    month: Month
    district: str
    as_of: date
    births: Births
    received: tuple[Received, ...]
    cases: Cases
    streets: tuple[StreetFigures, ...]
    previous: Previous | None = None
    timeliness: tuple[Timeliness, ...] = ()
    institutions: tuple[InstitutionTimeliness, ...] = ()
    agreement: tuple[Agreement, ...] = ()
    trend: tuple[MonthBirths, ...] = ()
    unconfirmed: tuple[UnconfirmedStandard, ...] = ()
    definitions: tuple[DefinitionVersion, ...] = ()
    corrections: tuple[Correction, ...] = ()
    targets: Targets = field(default_factory=Targets)
    appraised: tuple[Appraised, ...] = ()
    appraised_through: str = ""

    def __post_init__(self) -> None:
        for what, names in (
            ("街镇", [street.key for street in self.streets]),
            ("收件来源", [one.source for one in self.received]),
            ("月份", [str(point.month) for point in self.trend]),
            ("字段", [one.field for one in self.agreement]),
            ("上报来源", [one.source for one in self.timeliness]),
            ("考核街镇", [one.code for one in self.appraised]),
        ):
            twice = sorted({name for name in names if names.count(name) > 1})
            if twice:
                _refuse(what, f"「{'」「'.join(twice)}」出现了不止一次")
        for text in _texts(self):
            if any(unicodedata.category(letter) in ("Cc", "Cs") for letter in text if letter not in "\t\n"):
                _refuse("名称", f"「{text!r}」里有不能印的控制字符")
        for point in self.trend:
            _counts(f"{point.month} 趋势", 活产=point.births)
            if point.month == self.month and point.births != self.births.total:
                _refuse(f"{self.month} 趋势", f"{point.births} 人与本月活产 {self.births.total} 人不同")

    @property
    def district_totals(self) -> StreetFigures:
        """全区 — the streets and the pools added up."""
        return StreetFigures(
            "全区",
            issued=sum(street.issued for street in self.streets),
            done=sum(street.done for street in self.streets),
            in_time=sum(street.in_time for street in self.streets),
            unverifiable=sum(street.unverifiable for street in self.streets),
            open=sum(street.open for street in self.streets),
            late=sum(street.late for street in self.streets),
            ranked=False,
        )
