"""备好的表 — what every question about people would otherwise join anew, joined once when a working set is written.

A derived table is a fact's own rows, sorted so that people of one place, sex and age lie together, and named after the
fact and the words of its SQL: one made by other words has another name, and is not taken.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pyarrow as pa
from sqlglot import exp

from renjia.engine.pages import DEFINITIONS
from renjia.engine.sql import Fact, connect, read_facts, translate
from renjia.measure.snapshot.tables import TABLES

# fact → the columns its rows are sorted by first; a fact below another comes before it
_SORTED = {
    "stays": ("base", "neighbourhood", "sex", "born"),
    "childbearing": ("base", "month", "neighbourhood", "mother_age"),
    "movements": ("base", "kind", "month", "neighbourhood"),
}
_DIGITS = 12
_HELD = {
    "duckdb": "SELECT view_name FROM duckdb_views() WHERE NOT internal UNION ALL SELECT table_name FROM duckdb_tables()",
    "spark": "SHOW TABLES",  # namespace, name, whether it is a view of this session
}
_KEYS = frozenset(("case", "household"))  # texts that hardly repeat


@dataclass(frozen=True, eq=False)
class Facts:
    """事实一套 — every fact of some definitions by name, and those whose rows are stored: fact → name of the table."""

    by_name: Mapping[str, Fact]
    stored: Mapping[str, str]


def facts_of(root: Path = DEFINITIONS) -> Facts:
    """读事实 — one and the same for each state of the files; SqlError for the first that is wrong."""
    folder = root / "facts"
    return _read(folder, tuple((f.name, (s := f.stat()).st_mtime_ns, s.st_size) for f in sorted(folder.glob("*.sql"))))


def is_derived(name: str) -> bool:
    """是否备好的表 — by its name, also one made by words that have changed since."""
    return _fact_in(name) in _SORTED


def derive(tables: Mapping[str, pa.Table]) -> dict[str, pa.Table]:
    """备表 — the derived tables whose every source is among the tables, by name; none for a set without people."""
    facts, names = facts_of().by_name, facts_of().stored
    wanted = [name for name in names if set(facts[name].tables) <= tables.keys()]
    made: dict[str, pa.Table] = {}
    if not wanted:
        return made
    with connect() as con:
        for name, table in tables.items():
            con.register(name, table)
        for name in wanted:
            columns = sorted(facts[name].columns, key=lambda column: (*_SORTED[name], column).index(column))
            held = {below: names[below] for below in wanted if names[below] in made}
            sql = over_derived(facts[name], held, "duckdb")
            shown = ", ".join(f'"{column}"' for column in columns)
            rows = con.sql(f"SELECT {shown} FROM ({sql}) AS fact ORDER BY ALL").to_arrow_table()
            made[names[name]] = rows
            con.register(names[name], rows)
    return made


def repeating(schema: pa.Schema) -> list[str]:
    """重复多的文字列 — columns of a derived table whose texts are better held once each and pointed to."""
    return [field.name for field in schema if pa.types.is_string(field.type) and field.name not in _KEYS]


def derived_in(con: Any, dialect: str, facts: Facts) -> dict[str, str]:
    """连接里备好的 — fact → name, of the derived tables the connection holds that these facts would make."""
    held = {str(value) for row in con.execute(_HELD[dialect]).fetchall() for value in row}
    return {fact: name for fact, name in facts.stored.items() if name in held}


def over_derived(
    fact: Fact, held: Mapping[str, str], dialect: str, where: Mapping[str, str] = MappingProxyType({})
) -> str:
    """事实的 SQL — on derived tables held (fact → name) in place of what they hold; where: fact → which of its rows."""
    if fact.name in held:
        return translate(_rows_of(fact.name, held, where), dialect)
    kept = []
    tree = fact.tree.copy()
    for cte in tree.ctes:
        if cte.alias.partition("__")[0] in held:
            continue  # a part of what is held
        below = cte.alias.removeprefix("fact__")
        if below in held and below != cte.alias:
            cte.set("this", _rows_of(below, held, where))
        if dialect == "duckdb":
            cte.set("materialized", False)
        kept.append(cte)
    tree.set("with_", exp.With(expressions=kept) if kept else None)
    return translate(tree, dialect)


def _rows_of(fact: str, held: Mapping[str, str], where: Mapping[str, str]) -> exp.Select:
    rows = exp.select("*").from_(held[fact])
    return rows.where(where[fact], dialect="duckdb") if fact in where else rows


def _fact_in(name: str) -> str:
    """The fact a derived table is named after."""
    fact, _, digest = name.rpartition("_")
    return fact if len(digest) == _DIGITS else ""


@lru_cache(maxsize=8)
def _read(folder: Path, state: tuple[tuple[str, int, int], ...]) -> Facts:
    facts = read_facts(folder, tuple(TABLES))
    digests = {name: hashlib.sha256(facts[name].sql.encode()).hexdigest() for name in _SORTED if name in facts}
    return Facts(facts, {name: f"{name}_{digest[:_DIGITS]}" for name, digest in digests.items()})
