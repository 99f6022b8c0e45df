"""Spark — the same questions asked of a Spark session instead of DuckDB; Spark itself is the caller's to install."""

from typing import Any

import pyarrow as pa


class SparkEngine:
    """Spark 引擎 — give it a session; tables by name as arrow tables, or as views the session already has.

    Answers `execute(sql, parameters).fetchall()` as a DuckDB connection does, in Spark's dialect.
    """

    dialect = "spark"

    def __init__(self, session: Any) -> None:
        """会话 — a `pyspark.sql.SparkSession`."""
        self._session = session
        self._rows: list[tuple[Any, ...]] = []
        self._empty: set[str] = set()

    def register(self, name: str, table: pa.Table) -> None:
        """放表 — replaces the view of that name."""
        if not table.num_rows and name in self._empty:
            return
        (self._empty.discard if table.num_rows else self._empty.add)(name)
        self._session.createDataFrame(table).createOrReplaceTempView(name)

    def execute(self, sql: str, parameters: list[str] | None = None) -> "SparkEngine":
        """问 — one statement, `?` filled from the parameters."""
        self._rows = [tuple(row) for row in self._session.sql(sql, args=list(parameters or [])).collect()]
        return self

    def fetchall(self) -> list[tuple[Any, ...]]:
        """答 — every row of the last statement."""
        return self._rows
