"""自行改变 — the next day on which an answer changes though nothing new happens: birthdays, ends, new standards."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from renjia.engine.rules.decisions import Decision
from renjia.engine.rules.errors import RuleError
from renjia.engine.rules.explaining import judge_one
from renjia.engine.rules.families import family_of
from renjia.engine.rules.periods import index_of, month_start
from renjia.engine.rules.places import place_of
from renjia.engine.rules.schemas import KEYS, TABLES
from renjia.engine.rules.schemes import Scheme, find_page, read_scheme, scheme
from renjia.engine.rules.workset import Tables
from renjia.engine.units import reach_date

_DAY = timedelta(days=1)
_NEAR = 400  # days searched closely before years are skipped
_Answer = tuple[object, ...]


def next_change(
    which: str | Scheme,
    tables: Tables,
    subject: str,
    on: date,
    place: str,
    *,
    assume: str = "",
    years: int = 20,
    root: Path | None = None,
) -> date | None:
    """下一次自行改变 — the first day after `on`, within `years`, on which decision or monthly standard differs.

    The scheme is judged again on days that can matter — starts of months and years, birthdays, ends written in the
    records, changes of standards and of the page — and the change is then closed in upon day by day. A state that comes
    and goes between two such days more than a year ahead is not seen. None when nothing changes. Raises as `judge_one`.
    """
    found = which if isinstance(which, Scheme) else scheme(which, on, root or tables.root)
    with family_of(tables, subject) as family:
        asker = _Asker(found, family, subject, place, assume, root or tables.root)
        now = asker.decision(on)
        start, last = asker.answer(on), reach_date(on, years)
        near, far = on + timedelta(days=_NEAR), sorted(_far_days(asker, now, on, last))
        close = sorted({day for day in _close_days(asker, now, on, near) if on < day <= min(near, last)})
        before = on
        for day in close:
            if asker.answer(day) != start:
                return asker.first_change(before, day, start)
            before = day
        for day in far:
            if day <= before:
                continue
            if asker.answer(day) != start:
                inside = sorted({one for one in _close_days(asker, now, before, day) if before < one <= day} | {day})
                for one in inside:
                    if asker.answer(one) != start:
                        return asker.first_change(before, one, start)
                    before = one
            before = day
    return None


def with_next_change(decision: Decision, day: date | None) -> Decision:
    """补上改变日 — the decision with the day it changes by itself."""
    return replace(decision, next_change=day)


class _Asker:
    """Judges one subject on many days, each day once."""

    def __init__(self, found: Scheme, family: Tables, subject: str, place: str, assume: str, root: Path) -> None:
        self.found, self.family, self.subject = found, family, subject
        self.place, self.assume, self.root = place, assume, root
        self.known: dict[date, _Answer] = {}
        self.days = _days(family)

    def decision(self, day: date) -> Decision:
        version = self.found
        if not version.page.in_force(day):
            version = read_scheme(find_page(version.id, day, self.root), self.root)
        return judge_one(version, self.family, self.subject, day, self.place, assume=self.assume)

    def answer(self, day: date) -> _Answer:
        """What must differ for the answer to have changed."""
        if day not in self.known:
            try:
                told = self.decision(day)
                self.known[day] = (told.decision, told.monthly, told.marks)
            except RuleError:  # no version in force, or no longer among those the fact looks at
                self.known[day] = ()
        return self.known[day]

    def first_change(self, before: date, day: date, start: _Answer) -> date:
        """Closes in on the first day that differs, between one that does not and one that does."""
        while day - before > _DAY:
            middle = before + (day - before) // 2
            if self.answer(middle) == start:
                before = middle
            else:
                day = middle
        return day


def _days(family: Tables) -> list[date]:
    """Every day the family's records speak of."""
    found: set[date] = set()
    for table in TABLES.values():
        names = [one.name for one in table.columns if one.type == "date" and one.name not in ("known_from", "known_to")]
        if not names or not any(one.name in KEYS for one in table.columns):
            continue
        columns = ", ".join(f'"{name}"' for name in names)
        for row in family.rows(f'SELECT DISTINCT {columns} FROM "{table.name}"'):
            found |= {value for value in row.values() if value is not None}
    return sorted(found)


def _own_days(asker: _Asker, now: Decision) -> Iterator[date]:
    """Days written down: records, ends of the course, standards, versions of the page."""
    for day in asker.days:
        yield from (day, day + _DAY)
    for end in (now.first, now.last):
        if end is not None:
            yield from (end, month_start(index_of(end)), month_start(index_of(end) + 1))
    place = place_of(asker.place)
    for parameter in asker.found.parameters.values():
        yield from (day for day in parameter.days(place) if day > date.min)
    if asker.found.page.until is not None:
        yield asker.found.page.until + _DAY


def _far_days(asker: _Asker, now: Decision, on: date, last: date) -> set[date]:
    years = {date(year, 1, 1) for year in range(on.year + 1, last.year + 1)}
    return {day for day in {*_own_days(asker, now), *years, last} if on < day <= last}


def _close_days(asker: _Asker, now: Decision, first: date, last: date) -> Iterator[date]:
    yield from _own_days(asker, now)
    for month in range(index_of(first), index_of(last) + 2):
        yield month_start(month)
    for day in asker.days:
        for year in range(first.year, last.year + 1):
            if year >= day.year:
                birthday = reach_date(day, year - day.year)
                yield from (birthday - _DAY, birthday, birthday + _DAY)
