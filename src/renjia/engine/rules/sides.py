"""一人一行 — a small DuckDB beside the tables in which one subject's row of a fact is judged by plans made once."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import duckdb
import pyarrow as pa

from renjia.engine.rules.facts import Vocabulary
from renjia.engine.rules.periods import index_of
from renjia.engine.sql import connect

FEW = 20_000  # rows judged beside; for more, a plan made anew by the optimiser is worth its time
ASKED_SQL = "CREATE TABLE asked (today DATE, this_year INTEGER, this_month INTEGER)"
_DUCK = {
    "text": "VARCHAR", "integer": "BIGINT", "decimal": "DECIMAL(18, 2)", "double": "DOUBLE", "boolean": "BOOLEAN",
    "date": "DATE",
}  # fmt: skip


def left_of(fact: str) -> str:
    """其余 — the table of a fact's rows that are still to be judged."""
    return f"~left {fact}"


class Plans:
    """计划 — statements of one connection, each planned the first time it is asked for.

    Worth it only on a connection without the optimiser: with it DuckDB plans anew at every execution.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Nothing is planned yet."""
        self.connection = connection
        self.names: dict[str, str] = {}

    def rows(self, sql: str) -> list[dict[str, Any]]:
        """各行 — of a statement without parameters, as dictionaries."""
        found = self.connection.execute(self._execute(sql))
        names = [one[0] for one in found.description or []]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def arrow(self, sql: str) -> pa.Table:
        """整表 — of a statement without parameters, as an Arrow table."""
        found: pa.Table = self.connection.sql(self._execute(sql)).to_arrow_table()
        return found

    def _execute(self, sql: str) -> str:
        if sql not in self.names:
            self.names[sql] = f"plan{len(self.names)}"
            self.connection.execute(f"PREPARE {self.names[sql]} AS {sql}")
        return f"EXECUTE {self.names[sql]}"


class Side:
    """旁桌 — holds a few rows of each fact, and the day."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        """Opens a connection of its own; `close` it."""
        self.vocabulary = vocabulary
        self.connection = connect(threads=1, optimised=False)
        self.connection.execute(ASKED_SQL)
        self.plans = Plans(self.connection)
        self.columns: dict[str, list[str]] = {}

    def close(self) -> None:
        """关闭 — lets the memory go."""
        self.connection.close()

    def judged(self, fact: str, rows: Sequence[dict[str, Any]], on: date, sql: str) -> list[dict[str, Any]]:
        """判 — the query over a few rows of the fact, as if they were all there is."""
        if fact not in self.columns:
            self._make(fact, fact)
        names = self.columns[fact]
        self.connection.execute(f'DELETE FROM "{fact}"')
        marks = ", ".join("?" for _ in names)
        for row in rows:
            self.connection.execute(f'INSERT INTO "{fact}" VALUES ({marks})', [row[name] for name in names])
        set_asked(self.connection, on)
        return self.plans.rows(sql)

    def judged_table(self, fact: str, rows: pa.Table, on: date, sql: str) -> pa.Table:
        """判多行 — the query over `left_of(fact)`, filled with rows of the fact; columns they lack are empty."""
        table = left_of(fact)
        if table not in self.columns:
            self._make(fact, table)
        columns = ", ".join(f'"{name}"' for name in rows.schema.names)
        self.connection.register("~rows", rows)
        self.connection.execute(f'DELETE FROM "{table}"')
        self.connection.execute(f'INSERT INTO "{table}" ({columns}) SELECT {columns} FROM "~rows"')
        self.connection.unregister("~rows")
        set_asked(self.connection, on)
        return self.plans.arrow(sql)

    def _make(self, fact: str, table: str) -> None:
        words = self.vocabulary.words[fact]
        sources = [one for one in self.vocabulary.sources(fact).values() if one not in words]
        columns = [f'"{word}" {_DUCK[kind]}' for word, kind in words.items()] + [f'"{one}" VARCHAR' for one in sources]
        self.connection.execute(f'CREATE TABLE "{table}" ({", ".join(columns)})')
        self.columns[table] = [*words, *sources]


def set_asked(connection: duckdb.DuckDBPyConnection, on: date) -> None:
    """定日 — the one row of `asked`."""
    connection.execute("DELETE FROM asked")
    values: Sequence[object] = [on, on.year, index_of(on)]
    connection.execute("INSERT INTO asked VALUES (?, ?, ?)", values)
