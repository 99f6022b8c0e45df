"""一人一行 — a small DuckDB beside the tables in which one subject's row of a fact is judged by plans made once."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import duckdb
import pyarrow as pa

from renjia.engine.rules.errors import RuleError
from renjia.engine.rules.facts import Vocabulary
from renjia.engine.rules.periods import index_of
from renjia.engine.sql import connect

FEW = 200  # rows judged beside; for more, a plan made anew by the optimiser is worth its time
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
        """各行 — of a statement without parameters, as dictionaries; RuleError for what cannot be computed."""
        try:
            found = self.connection.execute(self._execute(sql))
        except duckdb.Error as wrong:
            raise refused(wrong) from wrong
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
        self.on: date | None = None

    def close(self) -> None:
        """关闭 — lets the memory go."""
        self.connection.close()

    def judged(
        self, fact: str, rows: Sequence[dict[str, Any]], on: date, sql: str, table: str = ""
    ) -> list[dict[str, Any]]:
        """判 — the query over a few rows of the fact, as if they were all there is; `table`: where the query looks for them."""
        table = table or fact
        if table not in self.columns:
            self._make(fact, table)
        self.connection.execute(f'DELETE FROM "{table}"')
        for row in rows:
            # what is NULL need not be said: most of a row is, and each value costs
            names = [name for name in self.columns[table] if row.get(name) is not None]
            listed, marks = ", ".join(f'"{name}"' for name in names), ", ".join("?" for _ in names)
            self.connection.execute(f'INSERT INTO "{table}" ({listed}) VALUES ({marks})', [row[name] for name in names])
        self._ask(on)
        return self.plans.rows(sql)

    def _ask(self, on: date) -> None:
        if self.on != on:
            set_asked(self.connection, on)
            self.on = on

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
        self._ask(on)
        return self.plans.arrow(sql)

    def judged_days(self, fact: str, rows: Mapping[date, Mapping[str, Any]], sql: str) -> dict[date, dict[str, Any]]:
        """判多日 — the query over one subject's row of the fact on each of several days, each asked on its own day."""
        table, days = f"~days {fact}", f"~asked {fact}"
        if table not in self.columns:
            self._make(fact, table)
            self.connection.execute(
                f'CREATE TABLE "{days}" (id VARCHAR, today DATE, this_year INTEGER, this_month INTEGER)'
            )
        names = [name for name in self.columns[table] if name in next(iter(rows.values()))]
        listed, marks = ", ".join(f'"{name}"' for name in names), ", ".join("?" for _ in names)
        self.connection.execute(f'DELETE FROM "{table}"')
        self.connection.execute(f'DELETE FROM "{days}"')
        told = [[day.isoformat() if name == "id" else row[name] for name in names] for day, row in rows.items()]
        self.connection.executemany(f'INSERT INTO "{table}" ({listed}) VALUES ({marks})', told)
        asked = [[day.isoformat(), day, day.year, index_of(day)] for day in rows]
        self.connection.executemany(f'INSERT INTO "{days}" VALUES (?, ?, ?, ?)', asked)
        each = sql.replace(f'FROM "{fact}" t CROSS JOIN asked a', f'FROM "{table}" t JOIN "{days}" a ON a.id = t.id')
        return {date.fromisoformat(row["id"]): row for row in self.plans.rows(each)}

    def priced(self, keys: Mapping[str, str], rows: pa.Table, on: date, sql: str) -> pa.Table:
        """算价 — the query over the table `~courses` filled with these rows, answered in their order."""
        columns = ", ".join(f'"{name}" {_DUCK[kind]}' for name, kind in keys.items())
        table = f"~courses {columns}".replace('"', "")
        if table not in self.columns:
            self.connection.execute(f'CREATE TABLE "{table}" ("~at" BIGINT, {columns})')
            self.columns[table] = ["~at", *keys]
        self.connection.register("~rows", rows.append_column("~at", pa.array(range(rows.num_rows), pa.int64())))
        self.connection.execute(f'DELETE FROM "{table}"')
        self.connection.execute(f'INSERT INTO "{table}" BY NAME SELECT * FROM "~rows"')
        self.connection.unregister("~rows")
        self._ask(on)
        return self.plans.arrow(sql.replace('"~courses"', f'"{table}"')).sort_by("~at")

    def _make(self, fact: str, table: str) -> None:
        words = self.vocabulary.words[fact]
        sources = [one for one in self.vocabulary.sources(fact).values() if one not in words]
        columns = [f'"{word}" {_DUCK[kind]}' for word, kind in words.items()] + [f'"{one}" VARCHAR' for one in sources]
        self.connection.execute(f'CREATE TABLE "{table}" ({", ".join(columns)})')
        self.columns[table] = [*words, *sources]


def refused(wrong: duckdb.Error) -> RuleError:
    """算不出来 — what DuckDB would not compute, in Chinese."""
    return RuleError(f"算不出来：{str(wrong).splitlines()[0]}；请核对数据里的日期和数是否过大")


def asked_words(on: date) -> dict[str, int]:
    """当日的词 — as numbers: days since 1970, years, months; `this_january` is the year's first month."""
    day = on.toordinal() - date(1970, 1, 1).toordinal()
    return {"today": day, "this_year": on.year, "this_month": index_of(on), "this_january": on.year * 12 + 1}


def set_asked(connection: duckdb.DuckDBPyConnection, on: date) -> None:
    """定日 — the one row of `asked`."""
    connection.execute("DELETE FROM asked")
    values: Sequence[object] = [on, on.year, index_of(on)]
    connection.execute("INSERT INTO asked VALUES (?, ?, ?)", values)
