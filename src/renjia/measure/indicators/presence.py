"""在场 — people present at the ends of months, as SQL: spells that touch the same months are counted together first.

At the end of a month an age depends on the month of birth alone (but for those born on the 29th of February), and a
spell matters only by the first and last moment it covers. So millions of spells become, in one pass, thousands of
cohorts with one column a moment, and only these are multiplied by the moments.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from renjia.engine.units import Month
from renjia.measure.indicators.errors import MeasureError
from renjia.measure.indicators.formulas import AGE, MONTH

QUOTES = {"duckdb": '"', "spark": "`"}
_DIVIDED = {"duckdb": "//", "spark": "DIV"}
_YEAR = 12


@dataclass(frozen=True, slots=True)
class Moment:
    """时点 — people present at the end of `day`, the last of a month, count `sign` times towards `month`."""

    day: date
    month: Month
    sign: int = 1


def moments(at: str, period: tuple[Month, Month], by_month: bool) -> tuple[list[Moment], Fraction]:
    """时点与折算 — the days people are counted at, and what one of them is worth in the half.

    mean    both ends of the period, worth half its length in years each, so that a sum is person-years; a period of
            several whole years is taken year by year
    end     the last day, worth one
    change  the last day less the day before the first
    """
    first, last = period
    spans = [(month, month) for month in first.until(last)] if by_month else [period]
    length = months_in(period)
    if at == "mean" and not by_month and length > _YEAR:
        if length % _YEAR:
            raise MeasureError(f"{first} 至 {last} 有 {length} 个月；年平均人口超过一年时，请问整年（12 的倍数个月）")
        spans = [(first.plus(n), first.plus(n + _YEAR - 1)) for n in range(0, length, _YEAR)]
    found = []
    for start, end in spans:
        before = start.first - timedelta(days=1)
        # one key a period: a longer one stands under its last month
        month = end if by_month else last
        if at != "end":
            found.append(Moment(before, month, -1 if at == "change" else 1))
        found.append(Moment(end.last, month))
    each = 1 if by_month else min(length, _YEAR)
    return found, Fraction(each, 2 * _YEAR) if at == "mean" else Fraction(1)


def months_in(period: tuple[Month, Month]) -> int:
    """月数 — both ends included."""
    first, last = period
    return (last.year - first.year) * _YEAR + last.month - first.month + 1


def present(fact: str, static: str, needed: set[str], found: Sequence[Moment], dialect: str, *, whole: bool) -> str:
    """在场的人 — what stands after FROM: `needed` columns, `age`, `month`, `sign`, `day` and how many are alike (`copies`).

    fact, static: the spells' SELECT and the condition on them; whole: one row a spell and moment, for `rows behind`.
    """
    quote = QUOTES[dialect]
    days = sorted({one.day for one in found})
    names = [f"{quote}{name}{quote}" for name in sorted(needed - {AGE, MONTH})]
    aged = [f"{_COHORT} AS cohort", "entered_age"] if AGE in needed else []
    keys = [*names, *(["cohort", "entered_age"] if AGE in needed else [])]
    last = len(days) - 1
    opened = " ".join(f"WHEN since <= DATE '{day}' THEN {at}" for at, day in enumerate(days))
    closed = " ".join(f"WHEN until >= DATE '{days[at]}' THEN {at}" for at in range(last, -1, -1))
    spells = (
        f"SELECT {', '.join([*names, *aged, f'CASE {opened} END AS opened', f'CASE {closed} END AS closed'])} "
        f"FROM ({fact}) AS every WHERE {static} AND since <= DATE '{days[-1]}' AND until >= DATE '{days[0]}'"
    )
    if whole:
        counts = [f"CASE WHEN {at} BETWEEN opened AND closed THEN 1 ELSE 0 END AS n{at}" for at in range(last + 1)]
        alike, group = f"({spells}) AS spells", ""
    else:
        counts = [
            f"sum(CASE WHEN {at} BETWEEN opened AND closed THEN copies ELSE 0 END) AS n{at}" for at in range(last + 1)
        ]
        by = ", ".join([*keys, "opened", "closed"])
        alike = f"(SELECT {by}, count(*) AS copies FROM ({spells}) AS spells GROUP BY {by}) AS alike"
        group = f" GROUP BY {', '.join(keys)}" if keys else ""
    cohorts = f"SELECT {', '.join([*keys, *counts])} FROM {alike}{group}"
    listed = " UNION ALL ".join(
        f"SELECT {days.index(one.day)} AS nth, DATE '{one.day}' AS day, "
        f"'{one.month}' AS {quote}{MONTH}{quote}, {one.sign} AS sign"
        for one in found
    )
    copies = f"CAST(CASE nth {' '.join(f'WHEN {at} THEN n{at}' for at in range(last + 1))} END AS BIGINT)"
    ages = f", {_age(dialect)} AS {quote}{AGE}{quote}" if AGE in needed else ""
    shown = "".join(f"cohorts.{name}, " for name in names)
    return (
        f"(SELECT {shown}moment.{quote}{MONTH}{quote}, moment.sign, moment.day, {copies} AS copies{ages} "
        f"FROM ({cohorts}) AS cohorts CROSS JOIN ({listed}) AS moment WHERE {copies} > 0) AS rows"
    )


# months since the year 0, twice; odd for those born on the 29th of February
_COHORT = "(year(born) * 12 + month(born)) * 2 + CASE WHEN day(born) = 29 AND month(born) = 2 THEN 1 ELSE 0 END"


def _age(dialect: str) -> str:
    """Whole years at the end of the month: on 28 February of a common year one born on the 29th is a year younger."""
    over = _DIVIDED[dialect]
    month = "(year(moment.day) * 12 + month(moment.day))"
    young = "CASE WHEN cohorts.cohort % 2 = 1 AND month(moment.day) = 2 AND day(moment.day) = 28 THEN 1 ELSE 0 END"
    return f"coalesce(cohorts.entered_age, ({month} - cohorts.cohort {over} 2 - {young}) {over} 12)"
