"""自行改变 — the next day on which an answer changes though nothing new happens: birthdays, ends, new standards."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from renjia.engine.pages import load_pages
from renjia.engine.rules.compiling import compiled
from renjia.engine.rules.decisions import Decision
from renjia.engine.rules.explaining import judge_one
from renjia.engine.rules.families import family_of
from renjia.engine.rules.periods import index_of, month_start
from renjia.engine.rules.places import place_of
from renjia.engine.rules.queries import Compiled
from renjia.engine.rules.schemas import KEYS, TABLES
from renjia.engine.rules.schemes import Scheme, read_scheme, scheme
from renjia.engine.rules.workset import Tables
from renjia.engine.units import reach_date

_DAY = timedelta(days=1)
_NEAR = 400  # days searched closely before years are skipped
_EVERY = 40  # days or fewer are looked at one by one
_Answer = tuple[object, ...]
_Row = dict[str, Any] | None


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
    """下一次自行改变 — the first day after `on`, within `years`, on which decision, monthly standard or a mark differs.

    The scheme is judged again on days that can matter — starts of months and years, birthdays, ends written in the
    records, changes of standards and of the page — and the change is then closed in upon day by day. A state that comes
    and goes between two such days more than a year ahead is not seen. None when nothing changes. Raises as `judge_one`.
    """
    found = which if isinstance(which, Scheme) else scheme(which, on, root or tables.root)
    with family_of(tables, subject) as family:
        asker = _Asker(found, family, subject, place, assume, root or tables.root)
        now = judge_one(found, family, subject, on, place, assume=assume)
        last = reach_date(on, years)
        near = min(on + timedelta(days=_NEAR), last)
        days = sorted(
            {day for day in _close_days(asker, now, on, near) if on < day <= near}
            | set(_far_days(asker, now, near, last))
        )
        before = on
        while (differs := asker.first_other(on, days)) is not None:
            before = max((one for one in days if one < differs), default=before)
            if differs - before == _DAY:
                return differs
            days = [*_between(asker, now, before, differs), differs]
    return None


def _between(asker: "_Asker", now: Decision, before: date, day: date) -> list[date]:
    """Days to look at between one on which the answer is as now and one on which it is not: at last, every one of them."""
    if (day - before).days > _EVERY:
        close = {one for one in _close_days(asker, now, before, day) if before < one < day}
        step = max(1, (day - before).days // _EVERY)
        return sorted(close | {before + timedelta(days=at) for at in range(step, (day - before).days, step)})
    return [before + timedelta(days=at) for at in range(1, (day - before).days)]


def with_next_change(decision: Decision, day: date | None) -> Decision:
    """补上改变日 — the decision with the day it changes by itself."""
    return replace(decision, next_change=day)


class _Asker:
    """Judges one subject on many days at a stroke; his row of the fact is worked out only where it may have changed."""

    def __init__(self, found: Scheme, family: Tables, subject: str, place: str, assume: str, root: Path) -> None:
        self.found, self.family, self.subject = found, family, subject
        self.place, self.assume, self.root = place, assume, root
        self.answers: dict[date, _Answer] = {}
        self.rows: dict[date, _Row] = {}
        self.days = _days(family)
        self.versions = {one.since: one for one in load_pages(found.page.kind, root) if one.id == found.id}

    def first_other(self, on: date, days: Sequence[date]) -> date | None:
        """The first of the days, in order, on which the answer is not what it is on `on`."""
        self._know([on, *days])
        return next((day for day in days if self.answers[day] != self.answers[on]), None)

    def _know(self, days: Sequence[date]) -> None:
        new = [day for day in days if day not in self.answers]
        groups: dict[int, tuple[Scheme, Compiled, dict[date, dict[str, Any]]]] = {}
        for version, several in self._by_version(new):
            if version is None:
                self.answers |= dict.fromkeys(several, ())
                continue
            for day, row in self._known_rows(version, several).items():
                if row is None:
                    self.answers[day] = ()
                    continue
                query = compiled(version, place_of(self.place), day, bool(self.assume))
                groups.setdefault(id(query), (version, query, {}))[2][day] = row
        for version, query, rows in groups.values():
            marks = [f"~c{at}" if at < len(version.conditions) else "~over" for at in range(len(query.lines))]
            for day, told in self.family.side.judged_days(version.per, rows, query.detail).items():
                self.answers[day] = (told["decision"], told["monthly"], *(told[mark] for mark in marks))

    def _by_version(self, days: Sequence[date]) -> list[tuple[Scheme | None, list[date]]]:
        found: dict[date | None, list[date]] = {}
        for day in days:
            since = next((one.since for one in self.versions.values() if one.in_force(day)), None)
            since = self.found.page.since if self.found.page.in_force(day) else since
            found.setdefault(since, []).append(day)
        return [(self._version(since), several) for since, several in found.items()]

    def _version(self, since: date | None) -> Scheme | None:
        if since is None:
            return None
        return self.found if since == self.found.page.since else read_scheme(self.versions[since], self.root)

    def _known_rows(self, version: Scheme, days: Sequence[date]) -> dict[date, "_Row"]:
        """His row on each day: worked out on the first and last and on days the records name; between two alike, the same."""
        words = tuple(word for word in version.words if word in _read_by(version))

        def work_out(day: date) -> None:
            rows = self.family.family_rows(version.per, day, words)
            self.rows[day] = next((one for one in rows if one["id"] == self.subject), None)

        def fill(low: int, high: int) -> None:
            for at in (low, high):
                if days[at] not in self.rows:
                    work_out(days[at])
            if high - low < 2:
                return
            if self.rows[days[low]] == self.rows[days[high]]:
                self.rows |= dict.fromkeys(days[low + 1 : high], self.rows[days[low]])
                return
            middle = (low + high) // 2
            fill(low, middle)
            fill(middle, high)

        named = {at for at, day in enumerate(days) if day in self.days or day - _DAY in self.days}
        stops = sorted({0, len(days) - 1} | named)
        for low, high in zip(stops, stops[1:] or stops, strict=False):
            fill(low, high)
        return {day: self.rows[day] for day in days}


def _read_by(version: Scheme) -> set[str]:
    """Words the page reaches, whatever for."""
    sentences, course = version.sentences, version.course
    trees = [one.tree for one in sentences.givens.values()] + [one.test.tree for one in sentences.conditions]
    trees += [course.first.tree, *([course.last.tree] if course.last else [])] if course else []
    trees += [sentences.amount.test.tree] if sentences.amount else []
    trees += [sentences.monthly.tree] if sentences.monthly else []
    return sentences.reach(*trees)


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
    for version in asker.versions.values():
        yield version.since
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
