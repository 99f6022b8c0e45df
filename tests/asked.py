"""Small working sets for tests of facts and schemes: tables written as text, a fact's rows on a day."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pyarrow as pa

from renjia.engine.rules import Decision, Tables, explain, judge
from renjia.engine.rules.schemas import TABLES
from renjia.engine.sql import small_table


def as_tables(written: Mapping[str, str]) -> dict[str, pa.Table]:
    """Text tables as Arrow: first line the columns, `-` is empty."""
    return {name: small_table(TABLES[name].schema, text, {"source": "试"}) for name, text in written.items()}


def as_rows(**rows: list[dict[str, Any]]) -> dict[str, pa.Table]:
    """Rows as dictionaries to Arrow tables; keys not given are empty."""
    return {name: pa.Table.from_pylist(listed, TABLES[name].schema) for name, listed in rows.items()}


def facts_of(fact: str, on: str | date, tables: Mapping[str, pa.Table]) -> dict[str, dict[str, Any]]:
    """Rows of a fact on a day, by its first column."""
    day = date.fromisoformat(on) if isinstance(on, str) else on
    with Tables(tables, threads=1) as opened:
        opened.ready(fact, day)
        found = opened.rows(f'SELECT * FROM "{fact}"')
    return {next(iter(row.values())): row for row in found}


def fact(name: str, on: str, **written: str) -> dict[str, dict[str, Any]]:
    """Rows of a fact on a day, from text tables."""
    return facts_of(name, on, as_tables(written))


def decided(
    scheme: str, on: str | date, tables: Mapping[str, pa.Table], *, place: str = "310115", assume: str = ""
) -> dict[str, Decision]:
    """What a scheme's page decides of everyone in the tables, by subject."""
    day = date.fromisoformat(on) if isinstance(on, str) else on
    with Tables(tables, threads=1) as opened:
        return {one.subject: one for one in explain(scheme, opened, day, place, assume=assume)}


def judged(
    scheme: str, on: str | date, tables: Mapping[str, pa.Table], *, place: str = "310115", assume: str = ""
) -> dict[str, dict[str, Any]]:
    """The table of answers, by 编号: 决定, 起, 止, 月标准, 金额."""
    day = date.fromisoformat(on) if isinstance(on, str) else on
    with Tables(tables, threads=1) as opened:
        return {row["编号"]: row for row in judge(scheme, opened, day, place, assume=assume).table().to_pylist()}
