"""工作集 — the tables of a district or of one family in a DuckDB that only computes, facts worked out once a day."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import duckdb
import pyarrow as pa

from renjia.engine.pages import DEFINITIONS
from renjia.engine.rules.errors import RuleError
from renjia.engine.rules.facts import Vocabulary, vocabulary
from renjia.engine.rules.schemas import TABLES
from renjia.engine.rules.sides import ASKED_SQL, FEW, Plans, Side, asked_words, left_of, refused, set_asked
from renjia.engine.rules.sifting.coding import Coded, coded
from renjia.engine.rules.sifting.sieve import Sieve, Sifted
from renjia.engine.sql import connect, connect_twice


class Tables:
    """工作集 — opened from Arrow tables by name (columns of the contract, missing ones empty); closes like a file.

    known: only what was known on that day (`known_from` ≤ known < `known_to`); without it, what is known still.
    facts: rows of a fact given directly instead of worked out, by the fact's name (for trials on the page).
    only: the subjects to be judged, when the tables also hold others whom their facts look at; None means everyone.
    Raises RuleError for an unknown table or column, or a value of another type. Not for use by two threads at once.
    """

    def __init__(
        self,
        tables: Mapping[str, pa.Table],
        *,
        known: date | None = None,
        facts: Mapping[str, pa.Table] | None = None,
        root: Path = DEFINITIONS,
        threads: int | None = None,
        memory: str | None = None,
        optimised: bool = True,
        only: pa.Array | None = None,
    ) -> None:
        """打开 — copies the tables in; the Arrow tables may be let go."""
        self.root = root
        self.vocabulary: Vocabulary = vocabulary(root)
        self.on: date | None = None
        self.given: dict[str, pa.Table] = {}
        self._made: set[str] = set()
        self._held: set[str] = set()
        self._ids: dict[str, pa.Array] = {}
        self._coded: dict[str, dict[str, Coded]] = {}
        self._family_sql: dict[tuple[str, tuple[str, ...] | None], str] = {}
        self.sourced: set[str] = set()  # tables whose rows say where they came from
        if optimised:
            self.connection, self._unoptimised = connect_twice(threads=threads, memory=memory)
        else:
            self.connection = self._unoptimised = connect(threads=threads, memory=memory, optimised=False)
        self.optimised = optimised
        self._plans: Plans | None = None
        self._side: Side | None = None
        self.only = only is not None
        if only is not None:
            self.connection.register("~only", pa.table({"id": only}))
        self.connection.execute(ASKED_SQL)
        for table in TABLES.values():
            columns = ", ".join(f'"{column.name}" {_DUCK[column.type]}' for column in table.columns)
            self.connection.execute(f'CREATE TABLE "{table.name}" ({columns})')
        self.refill(tables, known=known, facts=facts)

    def refill(
        self, tables: Mapping[str, pa.Table], *, known: date | None = None, facts: Mapping[str, pa.Table] | None = None
    ) -> None:
        """换数据 — other tables in the place of those held, as if opened anew; plans already made are kept."""
        unknown = [name for name in tables if name not in TABLES]
        if unknown:
            raise RuleError(f"没有表「{unknown[0]}」；可用的表：{'、'.join(TABLES)}")
        self._forget()
        for name in self._held:
            self.connection.execute(f'DELETE FROM "{name}"')
        self._held.clear()
        self.sourced.clear()
        self.given = dict(facts or {})
        for name, table in tables.items():
            self._load(name, table, known)

    def __enter__(self) -> Self:
        """Opens nothing more."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Closes the connection."""
        self.close()

    def close(self) -> None:
        """关闭 — lets the memory go."""
        if self._side is not None:
            self._side.close()
        self._unoptimised.close()
        self.connection.close()

    @property
    def side(self) -> Side:
        """旁桌 — where one subject's row is judged; opened when first asked for."""
        if self._side is None:
            self._side = Side(self.vocabulary)
        return self._side

    @property
    def plans(self) -> Plans:
        """计划 — kept on the connection that plans each query as it is written."""
        if self._plans is None:
            self._plans = Plans(self._unoptimised)
        return self._plans

    def row(self, fact: str, subject: str, on: date, words: Sequence[str]) -> dict[str, Any] | None:
        """一行 — these words of the subject's row of a fact on the day; None when the fact does not speak of him.

        In a population the fact is worked out for all and kept; in a family (opened without the optimiser) anew each
        time, by a plan made once.
        """
        if self.optimised or fact in self.given:
            self.ready(fact, on)
            listed = ", ".join(f'"{one}"' for one in dict.fromkeys(("id", *words)))
            found = self.rows(f'SELECT {listed} FROM "{fact}" WHERE id = ?', [subject])
            return found[0] if found else None
        return next((one for one in self.family_rows(fact, on, words) if one["id"] == subject), None)

    def family_rows(self, fact: str, on: date, words: Sequence[str] | None = None) -> list[dict[str, Any]]:
        """一家的各行 — of a fact on the day, by a plan made once; only for tables opened without the optimiser.

        words: the only ones wanted beside `id`; what they do not look at is not worked out.
        """
        if fact in self.given:
            self.ready(fact, on)
            return self.rows(f'SELECT * FROM "{fact}"')
        if self._made:
            raise RuleError("没有优化器的工作集不能既整表算又逐人算；请另开一个")
        if self.on != on:
            set_asked(self.connection, on)
            self.on = on
        key = (fact, None if words is None else tuple(words))
        if key not in self._family_sql:
            facts = self.vocabulary.facts
            named = [(name, facts[name].sql) for name in self.vocabulary.needed(fact)]
            if words is not None:
                named = self.vocabulary.narrowed(fact, words)
            ctes = ", ".join(f'"{name}" AS ({sql})' for name, sql in named)
            self._family_sql[key] = f'WITH {ctes} SELECT * FROM "{fact}"'
        try:
            return self.plans.rows(self._family_sql[key])
        except duckdb.Error as wrong:
            raise refused(wrong) from wrong

    def ready(self, fact: str, on: date) -> None:
        """备好事实 — the fact and all it stands on, worked out for the day and kept until another day is asked for."""
        if fact not in self.vocabulary.facts:
            raise RuleError(f"没有事实「{fact}」；已有：{'、'.join(self.vocabulary.facts)}")
        if self.on != on:
            self._forget()
            set_asked(self.connection, on)
            self.on = on
        for name in [fact] if fact in self.given else self.vocabulary.needed(fact):
            if name not in self._made:
                self._make(name, name == fact)

    def sifted(self, fact: str, sieve: Sieve) -> Sifted:
        """筛出各行 — of a fact that is ready; `~row` counts rows as `ids` does."""
        assert self.on is not None
        words = asked_words(self.on)
        return sieve.sifted(self.coded(fact, sieve.reads), words, len(self.ids(fact)))

    def coded(self, fact: str, words: Sequence[str]) -> dict[str, Coded]:
        """各列的编码 — of words of a fact that is ready, row by row as `ids`; kept for the day."""
        held = self._coded.setdefault(fact, {})
        missing = [word for word in words if word not in held]
        if missing:
            listed = ", ".join(f'"{word}"' for word in missing)
            found = self.arrow(f'SELECT {listed} FROM "{fact}"')
            held |= {word: coded(found[word]) for word in missing}
        return {word: held[word] for word in words}

    def ids(self, fact: str) -> pa.Array:
        """各行的编号 — of a fact that is ready, row by row as `rowid` counts them; kept for the day."""
        if fact not in self._ids:
            self._ids[fact] = self.arrow(f'SELECT id FROM "{fact}"')["id"].combine_chunks()
        return self._ids[fact]

    def left(self, fact: str, ids: pa.Array, rest: str) -> pa.Table:
        """其余各行 — `rest` over these subjects' rows of a fact that is ready; a few are judged beside, by a plan kept."""
        assert self.on is not None
        self.connection.register("~ids", pa.table({"id": ids}))
        try:
            if len(ids) <= FEW:
                rows = self.arrow(f'SELECT * FROM "{fact}" WHERE id IN (SELECT id FROM "~ids")')
                return self.side.judged_table(fact, rows, self.on, rest)
            # a view, so that only the columns that `rest` reads are looked up
            view = left_of(fact)
            self._run(f'CREATE TEMP VIEW "{view}" AS SELECT * FROM "{fact}" WHERE id IN (SELECT id FROM "~ids")', ())
            try:
                return self.arrow(rest)
            finally:
                self.connection.execute(f'DROP VIEW "{view}"')
        finally:
            self.connection.unregister("~ids")

    def rows(self, sql: str, parameters: Sequence[Any] | Mapping[str, Any] = ()) -> list[dict[str, Any]]:
        """各行 — of a query, as dictionaries."""
        found = self._run(sql, parameters)
        names = [one[0] for one in found.description or []]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def arrow(self, sql: str) -> pa.Table:
        """整表 — of a query, as an Arrow table."""
        try:
            found: pa.Table = self.connection.sql(sql).to_arrow_table()
        except duckdb.Error as wrong:
            raise refused(wrong) from wrong
        return found

    def _run(self, sql: str, parameters: Sequence[Any] | Mapping[str, Any]) -> duckdb.DuckDBPyConnection:
        try:
            given = dict(parameters) if isinstance(parameters, Mapping) else list(parameters)
            return self.connection.execute(sql, given)
        except duckdb.Error as wrong:
            raise refused(wrong) from wrong

    def _forget(self) -> None:
        for name in self._made:
            self.connection.execute(f'DROP TABLE "{name}"')
        self._made.clear()
        self._ids.clear()
        self._coded.clear()

    def _make(self, name: str, wanted: bool) -> None:
        given = self.given.get(name)
        packed = wanted and self.optimised  # read again and again: small, and its texts asked a word at a time
        table = f'packed."{name}"' if packed else f'"{name}"'
        if given is not None:
            self.connection.register("~given", given)
            wanted_columns = [*self.vocabulary.words[name], *self.vocabulary.sources(name).values()]
            columns = [f'"{one}"' if one in given.schema.names else f'NULL AS "{one}"' for one in wanted_columns]
            self.connection.execute(f'CREATE TABLE {table} AS SELECT {", ".join(columns)} FROM "~given"')
            self.connection.unregister("~given")
        else:
            sql = self.vocabulary.facts[name].sql
            if self.only and wanted:
                sql = f'SELECT * FROM ({sql}) f WHERE id IN (SELECT id FROM "~only")'
            self._run(f"CREATE TABLE {table} AS {sql}", ())
        if packed:
            self.connection.execute("CHECKPOINT packed")
        self._made.add(name)
        if wanted and next(iter(self.vocabulary.words[name])) == "id":
            sql = f'SELECT id FROM "{name}" GROUP BY id HAVING count(*) > 1 OR id IS NULL LIMIT 1'
            twice = self.connection.execute(sql).fetchall()
            if twice:
                raise RuleError(f"事实「{name}」里「{twice[0][0]}」有不止一行或没有编号；请改事实，一个对象一行")

    def _load(self, name: str, whole: pa.Table, known: date | None) -> None:
        table = TABLES[name]
        columns = []
        for column in table.columns:
            if column.name in whole.schema.names:
                kind = whole.schema.field(column.name).type
                if not pa.types.is_null(kind) and kind != column.arrow and not _fits(kind, column.arrow):
                    raise RuleError(f"表 {name} 的「{column.name}」是 {kind}，应是 {column.arrow}；请转换后再给")
            duck = _DUCK[column.type]
            written = f'"{column.name}"' if column.name in whole.schema.names else "NULL"
            columns.append(f'CAST({written} AS {duck}) AS "{column.name}"')
        extra = [one for one in whole.schema.names if one not in {column.name for column in table.columns}]
        if extra:
            raise RuleError(f"表 {name} 没有列「{extra[0]}」；可用的列：{'、'.join(one.name for one in table.columns)}")
        where = "known_to IS NULL"
        if known is not None:
            day = f"DATE '{known.isoformat()}'"
            where = f"coalesce(known_from <= {day}, TRUE) AND coalesce(known_to > {day}, TRUE)"
        self.connection.register("~given", whole)
        self._run(f'INSERT INTO "{name}" SELECT * FROM (SELECT {", ".join(columns)} FROM "~given") WHERE {where}', ())
        self.connection.unregister("~given")
        self._held.add(name)
        if "source" in whole.schema.names and whole["source"].null_count < whole.num_rows:
            self.sourced.add(name)


_DUCK = {"text": "VARCHAR", "date": "DATE", "int": "INTEGER", "bool": "BOOLEAN", "money": "DECIMAL(18, 2)"}


def _fits(kind: pa.DataType, wanted: pa.DataType) -> bool:
    """Whether DuckDB may cast one to the other without a guess."""
    if pa.types.is_string(wanted):
        return bool(pa.types.is_large_string(kind) or pa.types.is_dictionary(kind) or pa.types.is_string_view(kind))
    if pa.types.is_integer(wanted):
        return bool(pa.types.is_integer(kind))
    return bool(pa.types.is_decimal(wanted) and (pa.types.is_decimal(kind) or pa.types.is_integer(kind)))
