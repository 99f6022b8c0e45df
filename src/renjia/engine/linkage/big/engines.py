"""引擎 — the few things reconciliation asks of a database: tables made by SQL, or by a function of Arrow tables."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol, TypeAlias

import pyarrow as pa
import pyarrow.parquet as pq
import sqlglot

from renjia.engine.sql import translate

Records: TypeAlias = pa.Table | Sequence[Path]
Kernel: TypeAlias = Callable[[pa.Table], pa.Table]
# Of the rows of one part, and what lies beside them by name.
Solver: TypeAlias = Callable[[pa.Table, Mapping[str, pa.Table]], pa.Table]


class Engine(Protocol):
    """引擎 — tables by name; at_once: records up to which all blocks are best worked out in one statement."""

    at_once: int

    def number(self, name: str, records: Records, kernel: Kernel, schema: pa.Schema) -> None:
        """编号 — batches of the records in the order of their keys, each with its number (`at`), through a kernel."""

    def give(self, name: str, table: pa.Table) -> None:
        """交入一张小表."""

    def make(self, name: str, *queries: str) -> None:
        """建表 — the rows of one query, or of several below one another."""

    def show(self, name: str, query: str) -> None:
        """视图 — a name for a query, worked out wherever it is read."""

    def lay(self, name: str, query: str) -> None:
        """分放 — a table laid in parts by its column `part`, for `each`."""

    def drop(self, *names: str) -> None:
        """删表或视图."""

    def rename(self, old: str, new: str) -> None:
        """改名 — of a table made by `make`."""

    def rows(self, query: str) -> list[tuple[object, ...]]:
        """取少量行."""

    def map(self, name: str, query: str, kernel: Kernel, schema: pa.Schema) -> None:
        """逐批 — a query's rows through a kernel, batch by batch."""

    def each(
        self, name: str, laid: str, columns: Sequence[str], beside: Mapping[str, str], solver: Solver, schema: pa.Schema
    ) -> None:
        """逐份 — some columns of each part of a laid table, with the rows of the queries beside that have its `part`."""

    def write(self, query: str, order: str, path: Path) -> None:
        """写出 — one ordered Parquet file, or a folder of them in order."""


def spoken(query: str, dialect: str) -> str:
    """译成方言."""
    return translate(sqlglot.parse_one(query, read="duckdb"), dialect)


def column_names(records: Records) -> list[str]:
    """列名 — of a table, or of all files together."""
    if isinstance(records, pa.Table):
        return list(records.column_names)
    return list(dict.fromkeys(name for path in records for name in pq.read_schema(path).names))
