"""各段 — the stretches of months, years or days in which the standards an amount uses stay the same."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from renjia.engine.rules.errors import RuleError
from renjia.engine.rules.places import Place
from renjia.engine.rules.sentences import Course
from renjia.engine.rules.standards import Parameter, Setting

MOST = 800
_FAR = 30  # years a whole course may reach beyond the year asked for, when the page does not say


@dataclass(frozen=True)
class Stretch:
    """一段 — from `first` to `last` (both included; None = without end), with the settings in force in it.

    In months: indices; in years: years; for once: days as ordinals. single: exactly one period, its `months`,
    `pay_year` and `pay_month` may be read.
    """

    first: int | None
    last: int | None
    settings: Mapping[str, Setting]
    single: bool


def index_of(day: date) -> int:
    """月序 — year * 12 + month."""
    return day.year * 12 + day.month


def month_start(index: int) -> date:
    """月首 — the first day of the month of an index."""
    year, month = divmod(index - 1, 12)
    return date(year, month + 1, 1)


def month_end(index: int) -> date:
    """月末 — the last day of the month of an index."""
    return date.fromordinal(month_start(index + 1).toordinal() - 1)


def stretches(
    course: Course, used: Collection[str], each: bool, parameters: Mapping[str, Parameter], place: Place, on: date
) -> list[Stretch]:
    """分段 — of a course, for the parameters its amount uses, in order of time.

    each: the amount reads `months`, `pay_year` or `pay_month`, so every period stands alone, within the years it can
    reach; otherwise one stretch for each change of a standard, from the beginning of time to its end.
    """
    names = sorted(set(used) & set(parameters))
    changes = sorted({_start(course, day) for name in names for day in parameters[name].days(place) if day > date.min})
    if each:
        return _each(course, names, changes, parameters, place, on)
    starts: list[int | None] = [None, *changes]
    ends: list[int | None] = [*(one - 1 for one in changes), None]
    found = []
    for first, last in zip(starts, ends, strict=True):
        day = date.min if first is None else _day(course, first)
        found.append(Stretch(first, last, {name: parameters[name].at(place, day) for name in names}, False))
    return found


def _each(
    course: Course, names: list[str], changes: list[int], parameters: Mapping[str, Parameter], place: Place, on: date
) -> list[Stretch]:
    reach = course.at_most or _FAR
    asked = on.year if course.every == "year" else index_of(on)
    unit = 1 if course.every == "year" else 12
    first = asked - course.at_most * unit if course.at_most else min([*changes, asked])
    ahead = 2 * reach if course.at_most else reach  # a course may be asked about as long before it begins as it lasts
    last = asked + ahead * unit if course.whole else asked
    if last - first + 1 > MOST:
        raise RuleError(f"期数太多（{last - first + 1}）；请在 course 里写 at_most（最多几个年度）")
    found = [Stretch(None, first - 1, {name: parameters[name].at(place, date.min) for name in names}, False)]
    for one in range(first, last + 1):
        day = _day(course, one)
        found.append(Stretch(one, one, {name: parameters[name].at(place, day) for name in names}, True))
    return found


def _start(course: Course, day: date) -> int:
    """The first period a value starting on the day is taken in."""
    if course.every == "once":
        return day.toordinal()
    if course.every == "year":
        return day.year + (0 if course.takes_last or (day.month, day.day) == (1, 1) else 1)
    return index_of(day) + (0 if course.takes_last or day.day == 1 else 1)


def _day(course: Course, period: int) -> date:
    """The day whose values a period takes."""
    if course.every == "once":
        return date.fromordinal(period)
    if course.every == "year":
        return date(period, 12, 31) if course.takes_last else date(period, 1, 1)
    return month_end(period) if course.takes_last else month_start(period)
