"""计算 — one query of two parts an indicator: the numerator and the denominator by the same keys, joined."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Literal

import duckdb

from renjia.engine.pages import page as get_page
from renjia.engine.units import Month
from renjia.measure.indicators.errors import MeasureError
from renjia.measure.indicators.figures import Figure, value_of
from renjia.measure.indicators.formulas import KEY, MONTH, PLACES, Formula, Half, formula_of, target_of

Period = Month | tuple[Month, Month]
Part = Literal["numerator", "denominator"]


def compute(
    id: str,
    con: duckdb.DuckDBPyConnection,
    by: Sequence[str] = ("street",),
    *,
    period: Period,
    within: str = "",
    every_place: bool = False,
) -> list[Figure]:
    """计算指标 — one figure for each combination of keys that has rows, in order of place and dimensions.

    by           at most one of district, street, neighbourhood; `month`; dimensions of the page. `()` is the whole
    period       a month, or first and last month, both included
    within       a place code: only rows of that place
    every_place  with a place and nothing else in `by`: also places without rows, as 0 or “—”
    Raises PageError for an unknown id, MeasureError for a breakdown or a working set that does not fit.
    """
    first, last = _months(period)
    return compute_page(formula_of(get_page("indicator", id, last.last)), con, by, (first, last), within, every_place)


def compute_page(
    formula: Formula,
    con: duckdb.DuckDBPyConnection,
    by: Sequence[str],
    period: Period,
    within: str = "",
    every_place: bool = False,
) -> list[Figure]:
    """按公式计算 — `compute` for a formula already read."""
    keys = _keys(formula, by)
    first, last = _months(period)
    level = next((key for key in keys if key in PLACES), "")
    sql, parameters = _query(formula, keys, (first, last), within)
    found = {tuple(row[:-2]): (int(row[-2]), int(row[-1])) for row in _rows(con, sql, parameters)}
    if every_place and keys == [level]:
        for code in _places(con, level, last, within):
            found.setdefault((code,), (0, 0))
    target = target_of(formula.page, last.last)
    return [
        _figure(formula, dict(zip(keys, values, strict=True)), level, (first, last), within, halves, target)
        for values, halves in sorted(found.items())
    ]


def rows_behind(
    id: str,
    con: duckdb.DuckDBPyConnection,
    place: str,
    period: Period,
    part: Part,
    dims: Mapping[str, str] | None = None,
) -> list[str]:
    """数的背后 — workset keys of the cases counted in one half, in order; a case counted twice is listed twice.

    place: as in the figure, `""` for the whole; dims: as in the figure (`month` too). For a half that sums a column,
    the cases that add something to it.
    """
    formula = formula_of(get_page("indicator", id, _months(period)[1].last))
    return rows_behind_page(formula, con, place, period, part, dims)


def rows_behind_page(
    formula: Formula,
    con: duckdb.DuckDBPyConnection,
    place: str,
    period: Period,
    part: Part,
    dims: Mapping[str, str] | None = None,
) -> list[str]:
    """按公式取背后 — `rows_behind` for a formula already read."""
    halves: dict[str, Half | None] = {"numerator": formula.numerator, "denominator": formula.denominator}
    if part not in halves:
        raise MeasureError(f"没有「{part}」这一半；写 numerator（分子）或 denominator（分母）")
    half = halves[part]
    if half is None:
        raise MeasureError(f"「{formula.page.name}」是计数，没有分母；请看分子的个案")
    keys = _keys(formula, tuple(dims or {}))
    where, parameters = _condition(half, _months(period), place)
    for key in keys:
        where += f" AND {_text(key)} = ?"
        parameters.append((dims or {})[key])
    sql = f'SELECT "{KEY}" FROM ({half.fact.sql}) AS rows WHERE {where} AND {half.counted} <> 0 ORDER BY 1'
    return [str(row[0]) for row in _rows(con, sql, parameters)]


def _query(formula: Formula, keys: list[str], period: tuple[Month, Month], within: str) -> tuple[str, list[str]]:
    """Numerator and denominator, each grouped by the keys, joined on them; the second is 0 for a count."""
    numerator, parameters = _grouped(formula.numerator, keys, period, within)
    if formula.denominator is None:
        return numerator, parameters
    denominator, more = _grouped(formula.denominator, keys, period, within)
    # columns are named by position: a key may be called like one of ours
    names = [f"k{at}" for at in range(len(keys))]
    shown = "".join(f"{name}, " for name in names)
    join = f"FULL JOIN d USING ({', '.join(names)})" if names else "CROSS JOIN d"
    sql = (
        f"WITH n AS ({numerator}), d AS ({denominator}) "
        f"SELECT {shown}coalesce(n.total, 0), coalesce(d.total, 0) FROM n {join}"
    )
    return sql, parameters + more


def _grouped(half: Half, keys: list[str], period: tuple[Month, Month], within: str) -> tuple[str, list[str]]:
    where, parameters = _condition(half, period, within)
    shown = "".join(f"{_text(key)} AS k{at}, " for at, key in enumerate(keys))
    group = " GROUP BY " + ", ".join(f"k{at}" for at in range(len(keys))) if keys else ""
    sql = (
        f"SELECT {shown}coalesce(sum({half.counted}), 0) AS total, 0 AS nothing "
        f"FROM ({half.fact.sql}) AS rows WHERE {where}{group}"
    )
    return sql, parameters


def _condition(half: Half, period: tuple[Month, Month], within: str) -> tuple[str, list[str]]:
    where = f'({half.where}) AND "{MONTH}" BETWEEN ? AND ?'
    parameters = [str(period[0]), str(period[1])]
    if within:
        level = next((name for name, length in PLACES.items() if length == len(within)), "")
        if not level or not within.isdigit():
            raise MeasureError(f"「{within}」不是区、街镇或居村的代码；应是 6、9 或 12 位数字")
        where += f' AND "{level}" = ?'
        parameters.append(within)
    return where, parameters


def _figure(
    formula: Formula,
    keyed: dict[str, str],
    level: str,
    period: tuple[Month, Month],
    within: str,
    halves: tuple[int, int],
    target: Decimal | None,
) -> Figure:
    page = formula.page
    numerator = halves[0]
    denominator = halves[1] if formula.denominator else None
    if formula.is_share and denominator is not None and not 0 <= numerator <= denominator:
        what = f"{keyed or '全部'} 的分子 {numerator} 大于分母 {denominator}"
        raise page.error(("numerator",), what, "分子的条件要含分母的条件；改好再算")
    first, last = period
    return Figure(
        place=keyed.get(level, "") or within,
        period=str(first) if first == last else f"{first}..{last}",
        dims={key: value for key, value in keyed.items() if key != level},
        numerator=numerator,
        denominator=denominator,
        value=value_of(numerator, denominator, formula.scale),
        unit=str(page.body["unit"]),
        version=formula.version,
        indicator=page.id,
        scale=formula.scale,
        decimals=formula.decimals,
        target=target,
        better=str(page.body.get("better", "neither")),
        marks=formula.marks(target),
    )


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


def _places(con: duckdb.DuckDBPyConnection, level: str, month: Month, within: str) -> list[str]:
    sql = (
        "SELECT DISTINCT code FROM place WHERE level = ? AND starts_with(code, ?) "
        'AND coalesce("from" <= CAST(? AS DATE), TRUE) AND coalesce("to" >= CAST(? AS DATE), TRUE)'
    )
    return [str(row[0]) for row in _rows(con, sql, [level, within, str(month.last), str(month.first)])]


def _rows(con: duckdb.DuckDBPyConnection, sql: str, parameters: list[str]) -> list[tuple[Any, ...]]:
    try:
        return list(con.execute(sql, parameters).fetchall())
    except duckdb.CatalogException as refused:
        raise MeasureError(
            f"这一天的判定库缺表，算不出来：{str(refused).splitlines()[0]}；请重新生成这一天"
        ) from refused


def _text(key: str) -> str:
    return f"coalesce(\"{key}\", '')"
