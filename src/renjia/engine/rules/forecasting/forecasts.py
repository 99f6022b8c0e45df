"""预测 — heads and money of coming years by microsimulation: who ages into a scheme by name, who may leave or enter by chance."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from renjia.engine.pages import DEFINITIONS
from renjia.engine.rules.errors import RuleError
from renjia.engine.rules.forecasting.budgets import answers, on_the_day
from renjia.engine.rules.forecasting.happenings import Rates, happenings, people_of
from renjia.engine.rules.forecasting.replicas import NEAR, Families, told
from renjia.engine.rules.schemes import Scheme, scheme
from renjia.engine.rules.workset import Tables
from renjia.engine.sql import connect

MOST_YEARS = 30
_TENTHS = (1, 5, 9)


@dataclass(frozen=True, slots=True)
class Interval:
    """区间 — the tenth, half and nine tenths of the draws lie at or below; certain: what comes when nobody dies and none is born."""

    p10: Decimal
    p50: Decimal
    p90: Decimal
    certain: Decimal


@dataclass(frozen=True, slots=True)
class Newcomer:
    """新进的人 — entitled for the first time in the year by age and dates alone; certain if nothing befalls the family.

    first: first day of the course; money: 元 of the year; waiting: only when papers or settings are settled
    """

    subject: str
    first: date | None
    money: Decimal
    waiting: bool = False


@dataclass(frozen=True)
class ForecastYear:
    """一年的预测 — heads (entitled at some time of the year), money (元), entered and left as intervals over the draws.

    newcomers: by name, exact for those whose family stays as it is; leavers: subjects whom age and dates alone take out
    """

    year: int
    heads: Interval
    money: Interval
    entered: Interval
    left: Interval
    newcomers: tuple[Newcomer, ...]
    leavers: tuple[str, ...]


@dataclass(frozen=True)
class Forecast:
    """一个项目的预测 — year by year; said: what was assumed, in sentences."""

    scheme: Scheme
    on: date
    place: str
    draws: int
    seed: int
    years: tuple[ForecastYear, ...]
    said: tuple[str, ...]


def forecast(
    which: Sequence[str | Scheme], tables: Mapping[str, pa.Table], on: date, place: str, *, years: int = 1,
    rates: Rates | None = None, draws: int = 100, seed: int = 1, assume: str = "", known: date | None = None,
    root: Path = DEFINITIONS,
) -> list[Forecast]:  # fmt: skip
    """预测 — the calendar years after `on` for each scheme, from rows known on `known` (None: known still).

    Everyone ages by the calendar and every rule is asked again at the place, with the standards in force then. Deaths and
    births are drawn by `rates`; each draw's families are judged whole, so that a child's death, a widowhood or a second
    child changes what it changes. Without rates nobody dies and nobody is born. Marriages, moves, disabilities,
    retirements and applications yet to come are not drawn. The same arguments give the same answer.
    Raises RuleError for bad numbers, and as `judge`.
    """
    if not 1 <= years <= MOST_YEARS or draws < 1:
        raise RuleError(f"years（{years}）应为 1 至 {MOST_YEARS}，draws（{draws}）应至少 1；请改参数")
    found = [one if isinstance(one, Scheme) else scheme(one, on, root) for one in which]
    drawn = rates if rates is not None and (rates.deaths or rates.births) else None
    span = list(range(on.year + 1, on.year + years + 1))
    with Families(tables, known) as families, connect() as sums:
        with Tables(families.tables(), root=root) as whole:
            base = [_before(found, whole, on, place, assume)] + [
                answers(found, whole, year, place, assume) for year in span
            ]
        _keep(sums, "base", pa.concat_tables(base))
        sums.execute(
            "CREATE TABLE sims AS SELECT CAST(0 AS INT) AS draw, id AS person, * EXCLUDE (id) FROM base LIMIT 0"
        )
        _keep(sums, "near", pa.table({"draw": pa.array([], pa.int32()), "person": pa.array([], pa.string())}))
        if drawn is not None:
            _simulate(found, families, sums, on, span, place, drawn, draws, seed, assume, root)
        _flows(sums)
        said = _said(rates)
        many = draws if drawn is not None else 1
        return [
            Forecast(one, on, place, draws, seed, tuple(_year(sums, at, year, many) for year in span), said)
            for at, one in enumerate(found)
        ]


def _before(found: Sequence[Scheme], tables: Tables, on: date, place: str, assume: str) -> pa.Table:
    """Who is entitled on the day, as the year before the first."""
    return on_the_day(found, tables, on, place, assume)


def _simulate(
    found: Sequence[Scheme], families: Families, sums: duckdb.DuckDBPyConnection, on: date, span: Sequence[int], place: str,
    rates: Rates, draws: int, seed: int, assume: str, root: Path,
) -> None:  # fmt: skip
    person = families.tables().get("person", pa.table({name: pa.array([], pa.string()) for name in ("person", "sex")}))
    for name, kind in (("sex", pa.string()), ("born", pa.date32()), ("died", pa.date32())):
        if name not in person.schema.names:
            person = person.append_column(name, pa.nulls(person.num_rows, kind))
    deaths, births = happenings(people_of(person, families.borne()), on, len(span), rates, draws, seed)
    families.draw(deaths, births)
    near = families.arrow(
        f"SELECT draw, person FROM reached WHERE step <= {NEAR} UNION ALL SELECT draw, child FROM births"
    )
    _keep(sums, "near", near)
    for _, copied in families.copies():
        with Tables(copied, root=root) as one:
            parts = [_before(found, one, on, place, assume)] + [
                answers(found, one, year, place, assume) for year in span
            ]
        _keep(sums, "told", pa.concat_tables(parts))
        sums.execute(
            f"INSERT INTO sims SELECT s.* FROM ({told('told')}) AS s SEMI JOIN near n ON n.draw = s.draw AND n.person = s.person"
        )


def _keep(sums: duckdb.DuckDBPyConnection, name: str, table: pa.Table) -> None:
    sums.register("~given", table)
    sums.execute(f'CREATE OR REPLACE TABLE {name} AS SELECT * FROM "~given"')
    sums.unregister("~given")


def _flows(sums: duckdb.DuckDBPyConnection) -> None:
    """Rows of heads, money, entered and left: of everyone without events, and of those near an event, as they were and as drawn."""
    for name, key in (("base", "id"), ("sims", "draw, person")):
        joined = " AND ".join(f"b.{one.strip()} = a.{one.strip()}" for one in ("scheme", *key.split(",")))
        keys = ", ".join(
            f"coalesce(a.{one.strip()}, b.{one.strip()}) AS {one.strip()}" for one in ("scheme", *key.split(","))
        )
        sums.execute(
            f'CREATE TABLE {name}_flow AS SELECT {keys}, coalesce(a.year, b.year + 1) AS year, coalesce(a.fen, 0) AS fen, a."first" AS "first", '
            "coalesce(a.paid, FALSE) AS head, coalesce(a.paid, FALSE) AND NOT coalesce(b.stays, FALSE) AS enters, "
            "coalesce(b.stays, FALSE) AND NOT coalesce(a.stays, FALSE) AS leaves, "
            "coalesce(a.waits, FALSE) AND NOT coalesce(b.stays, FALSE) AND NOT coalesce(b.waits, FALSE) AS waits "
            f"FROM {name} a FULL JOIN {name} b ON {joined} AND b.year = a.year - 1"
        )


_SUMS = (
    "count(*) FILTER (WHERE head) AS heads, coalesce(sum(fen), 0) AS fen, "
    "count(*) FILTER (WHERE enters) AS entered, count(*) FILTER (WHERE leaves) AS gone"
)


def _year(sums: duckdb.DuckDBPyConnection, at: int, year: int, draws: int) -> ForecastYear:
    whole = _first(sums, f"SELECT {_SUMS} FROM base_flow WHERE scheme = {at} AND year = {year}")
    minus = _by_draw(
        sums,
        f"SELECT n.draw, {_SUMS} FROM base_flow f JOIN near n ON n.person = f.id WHERE f.scheme = {at} AND f.year = {year} GROUP BY n.draw",
    )
    plus = _by_draw(sums, f"SELECT draw, {_SUMS} FROM sims_flow WHERE scheme = {at} AND year = {year} GROUP BY draw")
    none = (0, 0, 0, 0)
    rows = [
        tuple(w - m + p for w, m, p in zip(whole, minus.get(draw, none), plus.get(draw, none), strict=True))
        for draw in range(draws)
    ]
    heads, money, entered, left = (_interval([row[n] for row in rows], whole[n], money=n == 1) for n in range(4))
    listed = sums.execute(
        f'SELECT id, "first", fen, waits FROM base_flow WHERE scheme = {at} AND year = {year} AND (enters OR waits) ORDER BY id'
    ).fetchall()
    gone = sums.execute(
        f"SELECT id FROM base_flow WHERE scheme = {at} AND year = {year} AND leaves ORDER BY id"
    ).fetchall()
    newcomers = tuple(Newcomer(str(id), first, _yuan(fen), waiting=bool(waits)) for id, first, fen, waits in listed)
    return ForecastYear(year, heads, money, entered, left, newcomers, tuple(str(id) for (id,) in gone))


def _first(sums: duckdb.DuckDBPyConnection, sql: str) -> tuple[int, ...]:
    row: Any = sums.execute(sql).fetchall()[0]
    return tuple(int(one) for one in row)


def _by_draw(sums: duckdb.DuckDBPyConnection, sql: str) -> dict[int, tuple[int, ...]]:
    return {int(row[0]): tuple(int(one) for one in row[1:]) for row in sums.execute(sql).fetchall()}


def _interval(values: Sequence[int], certain: int, *, money: bool) -> Interval:
    ranked = sorted(values)
    found = [ranked[-(-tenth * len(ranked) // 10) - 1] for tenth in _TENTHS]
    shown = [_yuan(one) if money else Decimal(one) for one in (*found, certain)]
    return Interval(*shown)


def _yuan(fen: int) -> Decimal:
    return Decimal(int(fen)).scaleb(-2)


def _said(rates: Rates | None) -> tuple[str, ...]:
    found = []
    if rates is None or not rates.deaths:
        found.append("没有给死亡率，按无人死亡算")
    if rates is None or not rates.births:
        found.append("没有给生育率，按没有新生儿算")
    else:
        found.append("新生儿的国籍、户籍随母亲，父亲为母亲当日的配偶，是否符合政策按孩次推算")
    found.append("结婚、离婚、迁移、残疾、退休、发证和申请只算已记录的")
    return tuple(found)
