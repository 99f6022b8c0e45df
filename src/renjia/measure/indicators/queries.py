"""查询 — one half of an indicator as SQL for DuckDB or Spark: rows of events, or of people present at given moments."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from renjia.engine.units import Month
from renjia.measure.indicators.errors import MeasureError
from renjia.measure.indicators.formulas import FIRST_MONTH, KEY, MONTH, PLACES, Formula, Half
from renjia.measure.indicators.presence import QUOTES, Moment, moments, present
from renjia.measure.indicators.standing import standing
from renjia.measure.snapshot import over_derived


@dataclass(frozen=True, slots=True)
class Asked:
    """所问 — what is asked of a formula beside its keys.

    period: first and last month; within: a place code or ""; base, origin: "" where the page has none; held: the derived
    tables that are there, fact → name.
    """

    period: tuple[Month, Month]
    within: str = ""
    base: str = ""
    origin: str = ""
    held: Mapping[str, str] = field(default_factory=dict)


def both(formula: Formula, keys: Sequence[str], asked: Asked, dialect: str) -> tuple[str, list[str]]:
    """两半合一 — rows of keys, numerator, denominator (0 where there is none), events behind the numerator, `seen` of both."""
    head, facts = standing(formula.halves, asked.base, _edges(formula, asked, MONTH in keys), dialect, asked.held)
    numerator, parameters = _totals(formula, formula.numerator, facts[0], keys, asked, dialect)
    names = [f"k{at}" for at in range(len(keys))]
    shown = "".join(f"{name}, " for name in names)
    shared = f"{head}, " if head else ""
    if formula.denominator is None:
        sql = f"WITH {shared}n AS ({numerator}) SELECT {shown}total, 0 AS none, events, seen, 0 AS unseen FROM n"
        return sql, parameters
    denominator, more = _totals(formula, formula.denominator, facts[1], keys, asked, dialect)
    join = f"FULL JOIN d USING ({', '.join(names)})" if names else "CROSS JOIN d"
    sql = (
        f"WITH {shared}n AS ({numerator}), d AS ({denominator}) SELECT {shown}coalesce(n.total, 0), coalesce(d.total, 0), "
        f"coalesce(n.events, 0), coalesce(n.seen, 0), coalesce(d.seen, 0) FROM n {join}"
    )
    return sql, parameters + more


def grouped(formula: Formula, half: Half, keys: Sequence[str], asked: Asked, dialect: str) -> tuple[str, list[str]]:
    """一半 — totals by the keys, each a text, `""` where unknown; columns as `both` has them for one half."""
    head, facts = standing([half], asked.base, _edges(formula, asked, MONTH in keys), dialect, asked.held)
    sql, parameters = _totals(formula, half, facts[0], keys, asked, dialect)
    return (f"WITH {head} {sql}" if head else sql), parameters


def _totals(
    formula: Formula, half: Half, fact: str, keys: Sequence[str], asked: Asked, dialect: str
) -> tuple[str, list[str]]:
    """Totals of one half.

    `seen` is for totals typed in, which may lack a month: at how many moments there were people, or how many totals.
    """
    quote = QUOTES[dialect]
    source, parameters = _source(formula, half, fact, keys, asked, dialect, whole=False)
    counted = f"({half.counted_in(dialect)})" + (" * copies * sign" if half.is_stock else "")
    shown = "".join(f"coalesce(CAST({quote}{key}{quote} AS STRING), '') AS k{at}, " for at, key in enumerate(keys))
    group = " GROUP BY " + ", ".join(f"{quote}{key}{quote}" for key in keys) if keys else ""
    seen = "1" if not is_typed(half, asked) else "count(DISTINCT day)" if half.is_stock else "count(*)"
    sql = (
        f"SELECT {shown}coalesce(sum({counted}), 0) AS total, coalesce(sum(abs({counted})), 0) AS events, {seen} AS seen "
        f"FROM {source} WHERE {half.where_in(dialect)}{group}"
    )
    return sql, parameters


def _edges(formula: Formula, asked: Asked, by_month: bool) -> list[Moment]:
    """The days both halves lie between: moments of people present, and the ends of the period of events."""
    first, last = asked.period
    ends = [Moment(first.first, first), Moment(last.last, last)]
    return ends + (moments(formula.at, asked.period, by_month)[0] if any(h.is_stock for h in formula.halves) else [])


def is_typed(half: Half, asked: Asked) -> bool:
    """录入 — whether the half's rows are totals typed in, so that none means nobody knows rather than nothing."""
    return asked.origin == "entered" or half.fact.tables == ("entered_totals",)


def behind(
    formula: Formula, half: Half, dims: dict[str, str], asked: Asked, dialect: str
) -> tuple[str, list[str]]:  # fmt: skip
    """背后 — the key of every row the half counts, one a moment it is counted at."""
    quote = QUOTES[dialect]
    fact = over_derived(half.fact, asked.held, dialect) if asked.held else half.fact_in(dialect)
    source, parameters = _source(formula, half, fact, [KEY, *dims], asked, dialect, whole=True)
    where = f"({half.where_in(dialect)})"
    for key, value in dims.items():
        where += f" AND coalesce(CAST({quote}{key}{quote} AS STRING), '') = ?"
        parameters.append(value)
    sql = (
        f"SELECT {quote}{KEY}{quote} FROM {source} WHERE {where} AND ({half.counted_in(dialect)}) <> 0 ORDER BY 1"
    )  # fmt: skip
    return sql, parameters


def _source(
    formula: Formula, half: Half, fact: str, keys: Sequence[str], asked: Asked, dialect: str, *, whole: bool
) -> tuple[str, list[str]]:
    """What stands after FROM: the fact's rows of the place, base and period asked, as `rows`."""
    quote = QUOTES[dialect]
    static, parameters = _static(formula, half, asked, quote)
    if half.is_stock:
        found, _ = moments(formula.at, asked.period, MONTH in keys)
        return present(fact, static, {*half.columns, *keys}, found, dialect, whole=whole), parameters
    first, last = str(asked.period[0]), str(asked.period[1])
    start = FIRST_MONTH if FIRST_MONTH in half.words else MONTH
    static += f" AND {quote}{start}{quote} >= ? AND {quote}{MONTH}{quote} <= ?"
    if MONTH in keys and start != MONTH:
        static += f" AND {quote}{start}{quote} = {quote}{MONTH}{quote}"
    return f"(SELECT * FROM ({fact}) AS every WHERE {static}) AS rows", [*parameters, first, last]


def _static(formula: Formula, half: Half, asked: Asked, quote: str) -> tuple[str, list[str]]:
    where, parameters = "TRUE", []
    for column, value in (("base", asked.base), ("origin", asked.origin)):
        if column in half.words and value:
            where += f" AND {quote}{column}{quote} = ?"
            parameters.append(value)
    if asked.within:
        level = next((name for name, length in PLACES.items() if length == len(asked.within)), "")
        if not level or not asked.within.isdigit():
            raise MeasureError(f"「{asked.within}」不是区、街镇或居村的代码；应是 6、9 或 12 位数字")
        where += f" AND {quote}{level}{quote} = ?"
        parameters.append(asked.within)
    return where, parameters
