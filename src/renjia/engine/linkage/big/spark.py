"""Spark — the same SQL and the same kernels on a cluster; every table is Parquet in a folder that all workers reach.

Tables are written, not kept as plans: record numbers come from a sort, and must be drawn once only.
"""

import importlib
import os
import re
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from renjia.engine.linkage.big.engines import Kernel, Records, Solver, spoken
from renjia.engine.linkage.big.rows import in_order

# Joins with few large keys are split where they meet; a finished table is a folder, so nothing is kept in the driver.
SETTINGS = {
    "spark.sql.adaptive.enabled": "true",
    "spark.sql.adaptive.skewJoin.enabled": "true",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.session.timeZone": "Asia/Shanghai",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
}


def spark_session(master: str = "local[*]", **settings: str) -> Any:
    """Spark 会话 — a SparkSession with SETTINGS and the given ones; its workers run this same Python.

    ValueError (Chinese) without pyspark. Java 17 or later is needed. On a cluster every worker needs renjia installed.
    """
    try:
        sql = importlib.import_module("pyspark.sql")
    except ModuleNotFoundError:
        raise ValueError("没有装 pyspark，不能用 Spark 对账；请装 renjia 的附加组件 spark，或改用 DuckDB") from None
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = sql.SparkSession.builder.master(master).appName("renjia")
    if master.startswith("local"):
        # a result over a megabyte is fetched from the address that is told, so it must be the one that listens
        here = dict.fromkeys(("spark.driver.host", "spark.driver.bindAddress"), "127.0.0.1")
        settings = here | {"spark.sql.shuffle.partitions": "4"} | settings
    for key, value in (SETTINGS | settings).items():
        builder = builder.config(key, value)
    return builder.getOrCreate()


class SparkEngine:
    """Spark 引擎 — session: a SparkSession; folder: working tables, reachable by every worker; batch: rows a kernel sees."""

    def __init__(self, session: Any, folder: Path, batch: int = 100_000) -> None:
        """准备 — makes the folder."""
        self.session = session
        self.at_once = sys.maxsize
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        session.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", str(batch))

    def number(self, name: str, records: Records, kernel: Kernel, schema: pa.Schema) -> None:
        """编号 — increasing along the sorted keys, with gaps between partitions."""
        if isinstance(records, pa.Table):
            pq.write_table(records, self.folder / "sent.parquet")
            records = [self.folder / "sent.parquet"]
        first, *rest = [self.session.read.parquet(str(path)) for path in records]
        for other in rest:
            first = first.unionByName(other, allowMissingColumns=True)
        first.orderBy("record").createOrReplaceTempView("sent")
        self._batches(name, "SELECT *, monotonically_increasing_id() AS at FROM sent", kernel, schema, in_order)

    def give(self, name: str, table: pa.Table) -> None:
        """交入."""
        path = self.folder / name
        path.mkdir()
        pq.write_table(table, path / "part-0.parquet")
        self._show(name)

    def make(self, name: str, *queries: str) -> None:
        """建表."""
        first, *rest = [self.session.sql(spoken(query, "spark")) for query in queries]
        for other in rest:
            first = first.unionAll(other)
        self._keep(name, first)
        self._show(name)

    def drop(self, *names: str) -> None:
        """删表或视图."""
        for name in names:
            self.session.catalog.dropTempView(name)
            shutil.rmtree(self.folder / name, ignore_errors=True)

    def rename(self, old: str, new: str) -> None:
        """改名."""
        self.session.catalog.dropTempView(old)
        (self.folder / old).rename(self.folder / new)
        self._show(new)

    def rows(self, query: str) -> list[tuple[object, ...]]:
        """取行."""
        return [tuple(row) for row in self.session.sql(spoken(query, "spark")).collect()]

    def map(self, name: str, query: str, kernel: Kernel, schema: pa.Schema) -> None:
        """逐批."""
        self._batches(name, spoken(query, "spark"), kernel, schema, iter)

    def _batches(self, name: str, query: str, kernel: Kernel, schema: pa.Schema, ordered: Any) -> None:
        def batches(arrived: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
            for table in ordered(pa.Table.from_batches([batch]) for batch in arrived if batch.num_rows):
                yield from kernel(table).to_batches()

        self._keep(name, self.session.sql(query).mapInArrow(batches, _shape(schema)))
        self._show(name)

    def show(self, name: str, query: str) -> None:
        """视图."""
        self.session.sql(spoken(query, "spark")).createOrReplaceTempView(name)

    def lay(self, name: str, query: str) -> None:
        """分放 — `each` brings the parts together; no folder a part is needed."""
        self.make(name, query)

    def each(
        self, name: str, laid: str, columns: Sequence[str], beside: Mapping[str, str], solver: Solver, schema: pa.Schema
    ) -> None:
        """逐份."""
        rows = self.session.table(laid).select("part", *columns)
        kinds = {key: self.session.sql(spoken(query, "spark")) for key, query in beside.items()}
        if not kinds:

            def alone(rows: pa.Table) -> pa.Table:
                return solver(rows, {})

            made = rows.groupBy("part").applyInArrow(alone, _shape(schema))
        else:
            shown = {key: frame.columns for key, frame in kinds.items()}
            whole, *others = [frame.selectExpr("*", f"'{key}' AS kind") for key, frame in kinds.items()]
            for other in others:
                whole = whole.unionByName(other, allowMissingColumns=True)

            def together(rows: pa.Table, beside: pa.Table) -> pa.Table:
                kind = beside["kind"]
                return solver(rows, {key: beside.filter(pc.equal(kind, key)).select(shown[key]) for key in shown})

            # named anew, so that Spark can tell columns of one table on either side apart
            left, right = (frame.toDF(*frame.columns).groupBy("part") for frame in (rows, whole))
            made = left.cogroup(right).applyInArrow(together, _shape(schema))
        self._keep(name, made)
        self._show(name)

    def write(self, query: str, order: str, path: Path) -> None:
        """写出."""
        self.session.sql(f"{spoken(query, 'spark')} ORDER BY {order}").write.parquet(str(path), mode="overwrite")

    def _keep(self, name: str, made: Any) -> None:
        try:
            made.write.parquet(str(self.folder / name), mode="append")
        except Exception as error:
            # what a kernel refused on a worker comes back inside Spark's own error
            said = re.search(r"^ValueError: (.+)$", str(error), re.MULTILINE)
            if said is None:
                raise
            raise ValueError(said[1]) from error

    def _show(self, name: str) -> None:
        self.session.read.parquet(str(self.folder / name)).createOrReplaceTempView(name)


def _shape(schema: pa.Schema) -> str:
    kinds = {pa.int64(): "bigint", pa.int32(): "int", pa.string(): "string", pa.float64(): "double"}
    return ", ".join(f"`{field.name}` {kinds[field.type]}" for field in schema)
