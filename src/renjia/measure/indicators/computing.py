"""计算 — one query of two parts an indicator: the numerator and the denominator by the same keys, joined."""

import gc
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from typing import Any, Literal, Protocol

import duckdb

from renjia.engine.pages import Page, load_pages
from renjia.engine.pages import page as get_page
from renjia.engine.units import Month
from renjia.measure.indicators.errors import MeasureError
from renjia.measure.indicators.figures import Figure
from renjia.measure.indicators.formulas import AGE, MONTH, PLACES, Formula, Half, formula_of
from renjia.measure.indicators.kinds import Options
from renjia.measure.indicators.making import Counted, Halves, Maker
from renjia.measure.indicators.queries import Asked, behind, both, grouped
from renjia.measure.snapshot import derived_in

Period = Month | tuple[Month, Month]
Part = Literal["numerator", "denominator"]
BASES = ("户籍", "常住", "实有")
ORIGINS = ("register", "entered")
_STARTS = {"CAL": 0, "OCT_SEP": -3, "NOV_OCT": -2}  # months from January to the first of a statistical year


class Engine(Protocol):
    """引擎 — what answers SQL: a DuckDB connection, or `SparkEngine`."""

    def execute(self, sql: str, parameters: Any = ..., /) -> Any:
        """问 — a result with `fetchall()`."""


def compute(
    id: str,
    con: Engine,
    by: Sequence[str] = ("street",),
    *,
    period: Period,
    within: str = "",
    every_place: bool = False,
    base: str = "",
    origin: str = "register",
) -> list[Figure]:
    """计算指标 — one figure for each combination of keys that has rows, in order of place and dimensions.

    con          a DuckDB connection over the tables of the working set, or a `SparkEngine`
    by           at most one of district, street, neighbourhood; `month`; dimensions of the page. `()` is the whole
    period       a month, or first and last month, both included
    within       a place code: only rows of that place
    every_place  with a place and nothing else in `by`: also places without rows, as 0 or “—”
    base         户籍, 常住 or 实有 instead of the page's own
    origin       register: counted from persons; entered: from totals typed in
    Raises PageError for an unknown id, MeasureError for a breakdown, a period or a working set that does not fit.
    """
    first, last = _months(period)
    formula = formula_of(_in_force(id, first, last))
    return compute_page(formula, con, by, (first, last), within, every_place, base=base, origin=origin)


def statistical_year(page: Page, year: int) -> tuple[Month, Month]:
    """统计年度 — the months a year means on the page: CAL its own, OCT_SEP and NOV_OCT beginning the year before."""
    start = Month(year, 1).plus(_STARTS[str(page.body.get("period", "CAL"))])
    return start, start.plus(11)


def compute_page(
    formula: Formula,
    con: Engine,
    by: Sequence[str],
    period: Period,
    within: str = "",
    every_place: bool = False,
    *,
    base: str = "",
    origin: str = "register",
) -> list[Figure]:
    """按公式计算 — `compute` for a formula already read."""
    keys = _keys(formula, by)
    asked = _asked(formula, con, period, within, base, origin)
    level = next((key for key in keys if key in PLACES), "")
    with _nothing_thrown_away():
        found = _halves(formula, con, keys, asked)
        if every_place and keys == [level]:
            for code in _places(con, level, asked.period[1], within):
                found.setdefault((code,), [Counted()])
        options = _options(formula, con, asked) if formula.is_profile else Options()
        maker = Maker(formula, asked, MONTH in keys, options)
        figures = [
            maker.figure(dict(zip(keys, values, strict=True)), level, found[values]) for values in _in_order(found)
        ]
    if "rolling" in formula.page.body:
        figures = [_rolled(formula, con, figure, asked) for figure in figures]
    return figures


def rows_behind(
    id: str,
    con: Engine,
    place: str,
    period: Period,
    part: Part,
    dims: Mapping[str, str] | None = None,
    *,
    base: str = "",
    origin: str = "register",
) -> list[str]:
    """数的背后 — workset keys of the cases counted in one half, in order; a case counted twice is listed twice.

    place: as in the figure, `""` for the whole; dims: as in the figure (`month` too). For a half that sums a column,
    the cases that add something to it.
    """
    first, last = _months(period)
    formula = formula_of(_in_force(id, first, last))
    return rows_behind_page(formula, con, place, (first, last), part, dims, base=base, origin=origin)


def rows_behind_page(
    formula: Formula,
    con: Engine,
    place: str,
    period: Period,
    part: Part,
    dims: Mapping[str, str] | None = None,
    *,
    base: str = "",
    origin: str = "register",
) -> list[str]:
    """按公式取背后 — `rows_behind` for a formula already read."""
    halves: dict[str, Half | None] = {"numerator": formula.numerator, "denominator": formula.denominator}
    if part not in halves:
        raise MeasureError(f"没有「{part}」这一半；写 numerator（分子）或 denominator（分母）")
    half = halves[part]
    if half is None:
        raise MeasureError(f"「{formula.page.name}」是计数，没有分母；请看分子的个案")
    keys = _keys(formula, tuple(dims or {}))
    asked = _asked(formula, con, period, place, base, origin)
    sql, parameters = behind(formula, half, {key: (dims or {})[key] for key in keys}, asked, dialect_of(con))
    return [str(row[0]) for row in _rows(con, sql, parameters)]


def _halves(formula: Formula, con: Engine, keys: list[str], asked: Asked) -> dict[tuple[str, ...], Halves]:
    aged = formula.is_profile
    asking = [*keys, AGE] if aged else keys
    sql, parameters = both(formula, asking, asked, dialect_of(con))
    found: dict[tuple[str, ...], Halves] = {}
    if aged and not keys:
        found[()] = []
    for row in _rows(con, sql, parameters):
        values, numbers = row[:-5], map(int, row[-5:])
        if not aged:
            found[values] = [Counted(None, *numbers)]
            continue
        held = found.setdefault(values[:-1], [])
        if values[-1] != "":  # of unknown age: counted in no rate
            held.append(Counted(int(values[-1]), *numbers))
    if formula.deaths is not None:
        _add_deaths(found, grouped(formula, formula.deaths, asking, asked, dialect_of(con)), con)
    return found


def _add_deaths(found: dict[tuple[str, ...], Halves], query: tuple[str, list[str]], con: Engine) -> None:
    """The deaths at each age beside the halves of that age."""
    for row in _rows(con, *query):
        (*values, age), total, _, seen = row[:-3], *map(int, row[-3:])
        if age == "":
            continue
        held = found.setdefault(tuple(values), [])
        at = next((at for at, one in enumerate(held) if one.age == int(age)), len(held))
        held[at : at + 1] = [
            (held[at] if at < len(held) else Counted(int(age)))._replace(deaths=total, seen_deaths=seen)
        ]


def _options(formula: Formula, con: Engine, asked: Asked) -> Options:
    """The page's options; the weights of a standardised rate are the people of the whole working set."""
    body = formula.page.body
    first, _, last = str(body.get("ages", "0-200")).partition("-")
    options = Options((int(first), int(last)), int(str(body.get("width", "1"))), str(body.get("sex", "")))
    if formula.kind != "standardised" or formula.denominator is None:
        return options
    sql, parameters = grouped(formula, formula.denominator, [AGE], replace(asked, within=""), dialect_of(con))
    weights: dict[int, Fraction] = {}
    for age, total, *_ in _rows(con, sql, parameters):
        if age != "" and options.ages[0] <= int(age) <= options.ages[1]:
            lower = options.ages[0] + (int(age) - options.ages[0]) // options.width * options.width
            weights[lower] = weights.get(lower, Fraction(0)) + int(total)
    return replace(options, weights=weights)


def _rolled(formula: Formula, con: Engine, figure: Figure, asked: Asked) -> Figure:
    """Too few to judge: the same over the months the page names, ending with this period."""
    months, _, fewest = str(formula.page.body["rolling"]).partition("/")
    if figure.numerator + (figure.denominator or 0) >= int(fewest):
        return figure
    last = asked.period[1]
    long = replace(asked, period=(last.plus(1 - int(months)), last), within=figure.place or asked.within)
    dims = {key: value for key, value in figure.dims.items() if key != MONTH}
    keys = _keys(formula, tuple(dims))
    halves = _halves(formula, con, keys, long).get(tuple(dims[key] for key in keys), [])
    rolling = Maker(formula, long, False, Options()).figure(dims, "", halves)
    caution = f"人数太少，不能判断：本期不足 {fewest} 人，只看近 {months} 个月的值"
    return replace(figure, caution=caution, rolling=rolling)


def _asked(formula: Formula, con: Engine, period: Period, within: str, base: str, origin: str) -> Asked:
    chosen = base or formula.base
    if base and not formula.base:
        raise MeasureError(f"「{formula.page.name}」不分人口口径；请不要写 base")
    if chosen and chosen not in BASES:
        raise MeasureError(f"没有「{chosen}」这种口径；请用 {'、'.join(BASES)}")
    if origin not in ORIGINS:
        raise MeasureError(f"没有「{origin}」这种出处；register 由登记数得，entered 由录入的合计得")
    # what is of persons is by base; the rest stands on no derived table
    held = derived_in(con, dialect_of(con), formula.facts) if chosen else {}
    return Asked(_months(period), within, chosen, origin, held)


def _in_force(id: str, first: Month, last: Month) -> Page:
    """The page of an indicator, refused for months outside those it held."""
    versions = [one for one in load_pages("indicator") if one.id == id]
    if versions:
        newest, oldest = versions[-1], versions[0]
        if newest.until is not None and last.last > newest.until:
            stopped = newest.until + timedelta(days=1)
            raise MeasureError(
                f"「{newest.name}」自 {stopped} 起停用，{last} 没有这个指标；只能查到 {Month.of(newest.until)} 为止的期间"
            )
        if first.first < oldest.since:
            raise MeasureError(f"「{oldest.name}」从 {oldest.since} 起才有，{first} 还没有这个指标；请改问以后的期间")
    return get_page("indicator", id, last.last)


def _keys(formula: Formula, by: Sequence[str]) -> list[str]:
    """Keys allowed for this indicator, the place first."""
    known = (*PLACES, MONTH, *formula.dimensions())
    for name in by:
        if name not in known:
            raise MeasureError(f"「{formula.page.name}」不能按「{name}」分；可分：{'、'.join(known)}")
    keys = [name for name in known if name in by]
    if len(keys) != len(by):
        raise MeasureError(f"「{'、'.join(by)}」里有重复；每项只写一次")
    if sum(key in PLACES for key in keys) > 1:
        raise MeasureError("区、街镇、居村一次只能按一级分；下级代码里已含上级")
    return keys


def _months(period: Period) -> tuple[Month, Month]:
    first, last = (period, period) if isinstance(period, Month) else period
    if last < first:
        raise MeasureError(f"起月 {first} 晚于止月 {last}；请对调")
    return first, last


def _in_order(found: Collection[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """By each key in turn: texts in order, whole numbers by size."""
    ranks = []
    for at in range(len(next(iter(found), ()))):
        each = sorted(
            {values[at] for values in found},
            key=lambda value: (int(value) if value.isdigit() and len(value) < 4 else 0, value),
        )
        ranks.append({value: rank for rank, value in enumerate(each)})
    return sorted(found, key=lambda values: [rank[value] for rank, value in zip(ranks, values, strict=True)])


@contextmanager
def _nothing_thrown_away() -> Iterator[None]:
    """Figures are made by the tens of thousands and all kept: looking for garbage among them takes a third of the time."""
    looking = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if looking:
            gc.enable()


def _places(con: Engine, level: str, month: Month, within: str) -> list[str]:
    sql = (
        "SELECT DISTINCT code FROM place WHERE level = ? AND starts_with(code, ?) "
        'AND coalesce("from" <= CAST(? AS DATE), TRUE) AND coalesce("to" >= CAST(? AS DATE), TRUE)'
    )
    return [str(row[0]) for row in _rows(con, sql, [level, within, str(month.last), str(month.first)])]


def dialect_of(con: Engine) -> str:
    """方言 — duckdb or spark."""
    return str(getattr(con, "dialect", "duckdb"))


def _rows(con: Engine, sql: str, parameters: list[str]) -> list[tuple[Any, ...]]:
    try:
        return list(con.execute(sql, parameters).fetchall())
    except duckdb.CatalogException as refused:
        raise MeasureError(
            f"这一天的判定库缺表，算不出来：{str(refused).splitlines()[0]}；请重新生成这一天"
        ) from refused
