"""假期 — the leave of both parents for one birth, miscarriage or marriage, with dates on the calendar."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import duckdb

from renjia.engine.pages import DEFINITIONS, Plain
from renjia.engine.rules.binding import Binder, Reading
from renjia.engine.rules.errors import RuleError
from renjia.engine.rules.leaving.pages import LeavePage, in_force, leave_pages
from renjia.engine.rules.places import Place, place_of
from renjia.engine.rules.standards import NATION, Setting
from renjia.engine.rules.words import columns
from renjia.engine.sql import connect
from renjia.engine.units import StatutoryDays, reach_date

GIVEN, UNSET = "符合", "需配置"
MOST_BABIES, MOST_WEEKS = 9, 45
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Asked:
    """所问 — born: the day of delivery or miscarriage; babies: of this delivery; married: the day of registration."""

    born: date
    place: str
    babies: int = 1
    difficult: bool = False
    miscarriage_weeks: int | None = None
    married: date | None = None


@dataclass(frozen=True, slots=True)
class Leave:
    """一个假 — whose, from when to when (both included), how many days; or 需配置 with what is wanted.

    hours: hours a day, where the leave is part of each day (then days is None); note: how it may be taken;
    unconfirmed: counted with a standard nobody has confirmed
    """

    id: str
    name: str
    who: str
    decision: str
    first: date | None
    last: date | None
    days: int | None
    clause: str
    note: str = ""
    wanted: tuple[str, ...] = ()
    hours: int | None = None
    unconfirmed: bool = False


def leaves(asked: Asked, *, assume: bool = False, root: Path = DEFINITIONS) -> list[Leave]:
    """算假期 — every leave there is for this birth at this place, in order; one that does not apply is left out.

    assume: count with unconfirmed standards and say so. Raises RuleError (Chinese) for a question that makes no sense.
    """
    _check(asked)
    place, found = place_of(asked.place), []
    ends: dict[tuple[str, str], date | None] = {}
    with connect(threads=1) as con:
        for versions in leave_pages(root).values():
            for one in _of(versions, asked, place, ends, assume, con):
                ends[one.id, one.who] = one.last
                found.append(one)
    return found


def _check(asked: Asked) -> None:
    weeks = asked.miscarriage_weeks
    if not 1 <= asked.babies <= MOST_BABIES:
        raise RuleError(f"婴儿数 {asked.babies} 不对；请写 1 到 {MOST_BABIES}")
    if weeks is not None and not 0 < weeks <= MOST_WEEKS:
        raise RuleError(f"孕周 {weeks} 不对；请写 1 到 {MOST_WEEKS} 的整数")
    if weeks is not None and (asked.babies > 1 or asked.difficult):
        raise RuleError("流产没有婴儿数和难产；请去掉 --babies、--difficult，或去掉 --miscarriage-weeks")
    if asked.born < date(1988, 9, 1):
        raise RuleError(f"{asked.born} 早于 1988-09-01，那以前的规定没有收；请核对日期")


def _of(
    versions: list[LeavePage],
    asked: Asked,
    place: Place,
    ends: dict[tuple[str, str], date | None],
    assume: bool,
    con: duckdb.DuckDBPyConnection,
) -> list[Leave]:
    day = asked.born if versions[-1].on == "born" else asked.married
    if day is None:
        return []
    yearly = versions[-1].yearly_until is not None
    page = versions[-1] if yearly else in_force(versions, day)
    if page is None:
        return []
    settings = {name: one.at(place, max(day, page.page.since)) for name, one in page.parameters.items()}
    answer = _Answer(page, asked, place, settings, assume, con)
    if not answer.applies:
        return []
    return [one for who in page.who for one in (answer.each_year(who) if yearly else [answer.once(who, day, ends)])]


def run_leave_cases(root: Path = DEFINITIONS) -> list[tuple[str, str, list[str], list[str]]]:
    """跑假期页的例 — (page, case, wanted, found) of every case that does not come out as its page says; empty: all do.

    A case names the question (born, place, babies, difficult, miscarriage_weeks, married) and `gives`: for each parent
    `谁 起 止 天数`, `谁 起 止 每日N小时` or `谁 需配置`.
    """
    wrong = []
    for versions in leave_pages(root).values():
        for one in versions:
            for at, case in enumerate(one.page.cases):
                if not isinstance(case, dict) or len(case) != 1:
                    raise one.page.error(("cases", at), "一例应有一个名字", "写成「- 例名: {born: …, gives: […]}」")
                name, body = next(iter(case.items()))
                asked, gives = _asked(one, ("cases", at, name), body)
                found = [_told(leave) for leave in leaves(asked, root=root) if leave.id == one.page.id]
                if found != gives:
                    wrong.append((f"{one.page.id} {one.page.since}", name, gives, found))
    return wrong


def _asked(one: LeavePage, keys: tuple[str | int, ...], body: Plain) -> tuple[Asked, list[str]]:
    known = {"born", "place", "babies", "difficult", "miscarriage_weeks", "married", "gives"}
    if not isinstance(body, dict) or not {"born", "place", "gives"} <= set(body) or set(body) - known:
        raise one.page.error(keys, "一例应写 born、place 和 gives", f"可写：{'、'.join(sorted(known))}")
    gives = body["gives"]
    try:
        married, weeks = body.get("married"), body.get("miscarriage_weeks")
        asked = Asked(
            date.fromisoformat(str(body["born"])), str(body["place"]), int(str(body.get("babies", 1))),
            body.get("difficult") == "true", int(str(weeks)) if weeks else None,
            date.fromisoformat(str(married)) if married else None,
        )  # fmt: skip
    except ValueError as wrong:
        raise one.page.error(keys, f"这一例读不懂：{wrong}", "日期写成 2025-01-01，数写成整数") from wrong
    return asked, [str(line) for line in gives] if isinstance(gives, list) else []


def _told(one: Leave) -> str:
    if one.decision == UNSET:
        return f"{one.who} {UNSET}"
    return f"{one.who} {one.first} {one.last} {one.days if one.days is not None else f'每日{one.hours}小时'}"


class _Answer:
    """One version of a leave, put to one question."""

    def __init__(
        self, page: LeavePage, asked: Asked, place: Place, settings: dict[str, Setting], assume: bool,
        con: duckdb.DuckDBPyConnection,
    ) -> None:  # fmt: skip
        self.page, self.asked, self.settings = page, asked, settings
        lines = [line.test for line in (*page.conditions, page.days, page.hours) if line]
        until = [page.yearly_until] if page.yearly_until else []
        used = set().union(*(columns(one.tree) for one in (*lines, *until)), set())
        blocked = [
            one
            for name, one in settings.items()
            if name in used and (one.value is None or not (assume or one.confirmed))
        ]
        local = dict.fromkeys(
            one.source for name, one in settings.items() if name in used and one.place not in ("", NATION)
        )
        self.clause = "；".join([page.clause, *local])
        self.unconfirmed = assume and any(not one.confirmed for name, one in settings.items() if name in used)
        self.wanted = tuple(str(one) for one in blocked) + tuple(f"需 {one}" for one in page.lacking)
        values = {name: one.value if assume or one.confirmed else None for name, one in settings.items()}
        binder = Binder({name: one.type for name, one in page.parameters.items()}, place, {})
        told = [binder.sql(one.tree, Reading("", values)) for one in (*lines, *until)]
        row = _select(con, told, asked)
        self.marks, rest = row[: len(page.conditions)], list(row[len(page.conditions) :])
        self.days = rest.pop(0) if page.days else None
        self.hours = rest.pop(0) if page.hours else None
        self.until = rest.pop(0) if page.yearly_until else None

    @property
    def applies(self) -> bool:
        """Nothing that stands against it; what is not known is answered 需配置, not left out."""
        return False not in self.marks

    @property
    def settled(self) -> bool:
        needed = [self.days if self.page.days else self.hours] + ([self.until] if self.page.yearly_until else [])
        return not self.page.lacking and None not in self.marks and None not in needed

    def once(self, who: str, day: date, ends: dict[tuple[str, str], date | None]) -> Leave:
        """从一日起 — from the event, or from the day after the leave it follows."""
        first: date | None = day
        if self.page.after and (self.page.after, who) in ends:
            before = ends[self.page.after, who]
            first = before + _DAY if before else None
        if not self.settled or first is None:
            return self._leave(who, UNSET, None, None, None)
        if self.page.hours:
            return self._leave(who, GIVEN, first, reach_date(self.asked.born, 1) - _DAY, None)
        days = int(self.days or 0)
        last = statutory().extend(first, days) if self.page.extended else first + (days - 1) * _DAY
        if self.page.extended and not (statutory().knows(first) and statutory().knows(last)):
            wanted = (f"需 {last.year} 年的法定节假日（表到 {statutory().last}）",)
            return self._leave(who, UNSET, None, None, days, wanted)
        return self._leave(who, GIVEN, first, last, days)

    def each_year(self, who: str) -> list[Leave]:
        """逐周岁 — one for each year of the child's age that does not end before the rule begins."""
        if not self.settled:
            return [self._leave(who, UNSET, None, None, None)]
        found = []
        for age in range(int(self.until or 0)):
            first, last = reach_date(self.asked.born, age), reach_date(self.asked.born, age + 1) - _DAY
            if last >= self.page.page.since:
                first = max(first, self.page.page.since)
                found.append(
                    self._leave(who, GIVEN, first, last, int(self.days or 0), note=f"子女第 {age + 1} 周岁年度")
                )
        return found

    def _leave(
        self, who: str, decision: str, first: date | None, last: date | None, days: int | None,
        wanted: tuple[str, ...] | None = None, note: str = "",
    ) -> Leave:  # fmt: skip
        page = self.page.page
        missing = () if decision == GIVEN else self.wanted if wanted is None else wanted
        if decision == UNSET and not missing:
            missing = (f"先要算出「{self.page.after}」",)
        said = "；".join(one for one in (note, str(page.body.get("note", ""))) if one)
        return Leave(
            page.id, page.name, who, decision, first, last, days, self.clause, said, missing,
            int(self.hours) if self.hours is not None else None, self.unconfirmed,
        )  # fmt: skip


def _select(con: duckdb.DuckDBPyConnection, told: Sequence[str], asked: Asked) -> tuple[Any, ...]:
    """The values of expressions for one question."""
    if not told:
        return ()
    sql = (
        f"SELECT {', '.join(told)} FROM (SELECT ?::DATE AS born, ?::INTEGER AS babies, ?::BOOLEAN AS difficult, "
        "?::INTEGER AS miscarriage_weeks, ?::DATE AS married)"
    )
    values = [asked.born, asked.babies, asked.difficult, asked.miscarriage_weeks, asked.married]
    return tuple(con.execute(sql, values).fetchall()[0])


@lru_cache(maxsize=1)
def statutory() -> StatutoryDays:
    """法定节假日表 — read once."""
    return StatutoryDays()
