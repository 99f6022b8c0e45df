"""DuckDB — reconciliation on one machine's disk, in bounded memory."""

import multiprocessing
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from functools import partial
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from renjia.engine.linkage.big.engines import Kernel, Records, Solver, spoken
from renjia.engine.linkage.big.rows import in_order

_GROUP = 20_000
# Records up to which planning many statements costs more than what they need of memory at once.
_FEW = 2_000_000


class DuckEngine:
    """DuckDB 引擎 — one database file and Parquet files in a folder of its own; spills there past `memory`.

    workers: processes that run kernels and solvers beside the database; 0: they run in this one.
    """

    def __init__(self, folder: Path, memory: str, threads: int | None, batch: int, workers: int) -> None:
        """打开 — makes the folder."""
        self.folder = folder
        self.at_once = _FEW
        self.batch = batch
        folder.mkdir(parents=True, exist_ok=True)
        settings: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": memory,
            "temp_directory": str(folder / "spill"),
            "preserve_insertion_order": False,
            # rows held back for each part before they are written: few, as there are many parts of wide rows
            "partitioned_write_flush_threshold": _GROUP,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "python_enable_replacements": False,
        }
        if threads is not None:
            settings["threads"] = threads
        self.connection = duckdb.connect(str(folder / "work.duckdb"), config=settings)
        self.views: set[str] = set()
        self.shapes: dict[str, pa.Schema] = {}
        # started anew, not forked: the database's threads do not survive a fork
        fresh = multiprocessing.get_context("spawn")
        self.pool = ProcessPoolExecutor(workers, mp_context=fresh) if workers else None
        self.waiting = workers + 1

    def close(self) -> None:
        """关闭 — and take the working files away."""
        if self.pool:
            self.pool.shutdown(cancel_futures=True)
        self.connection.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def number(self, name: str, records: Records, kernel: Kernel, schema: pa.Schema) -> None:
        """编号."""
        if isinstance(records, pa.Table):
            self.connection.register("sent", records)
        else:
            paths = ", ".join(_quoted(path) for path in records)
            self.connection.execute(f"CREATE VIEW sent AS SELECT * FROM read_parquet([{paths}], union_by_name = true)")

        def numbered() -> Iterator[pa.Table]:
            done = 0
            for batch in in_order(self._stream("SELECT * FROM sent ORDER BY record")):
                yield batch.append_column("at", pa.array(np.arange(done, done + batch.num_rows)))
                done += batch.num_rows

        self._run(name, (partial(kernel, batch) for batch in numbered()), schema)

    def give(self, name: str, table: pa.Table) -> None:
        """交入."""
        self.connection.register("given", table)
        self.connection.execute(f'CREATE TABLE "{name}" AS SELECT * FROM given')
        self.connection.unregister("given")

    def make(self, name: str, *queries: str) -> None:
        """建表."""
        for at, query in enumerate(queries):
            into = f'INSERT INTO "{name}" ' if at else f'CREATE TABLE "{name}" AS '
            self.connection.execute(into + spoken(query, "duckdb"))

    def drop(self, *names: str) -> None:
        """删表或视图."""
        for name in names:
            self.connection.execute(f'DROP {"VIEW" if name in self.views else "TABLE"} "{name}"')
            self.views.discard(name)
            shutil.rmtree(self.folder / name, ignore_errors=True)

    def rename(self, old: str, new: str) -> None:
        """改名."""
        self.connection.execute(f'ALTER TABLE "{old}" RENAME TO "{new}"')

    def rows(self, query: str) -> list[tuple[object, ...]]:
        """取行."""
        return self.connection.execute(spoken(query, "duckdb")).fetchall()

    def map(self, name: str, query: str, kernel: Kernel, schema: pa.Schema) -> None:
        """逐批."""
        self._run(name, (partial(kernel, batch) for batch in self._stream(spoken(query, "duckdb"))), schema)

    def show(self, name: str, query: str) -> None:
        """视图."""
        self.connection.execute(f'CREATE VIEW "{name}" AS {spoken(query, "duckdb")}')
        self.views.add(name)

    def lay(self, name: str, query: str) -> None:
        """分放."""
        # wide rows meet small tables: whatever DuckDB expects of their numbers, the wide side must not be held in memory
        self.connection.execute("SET disabled_optimizers = 'build_side_probe_side'")
        self.shapes[name] = self._part(self.folder / name, query)
        self.connection.execute("SET disabled_optimizers = ''")
        if not any((self.folder / name).glob("part=*")):
            (self.folder / name / "part=0").mkdir()
            pq.write_table(self.shapes[name].empty_table(), self.folder / name / "part=0" / "none.parquet")
        parts = _quoted(self.folder / name / "*" / "*.parquet")
        self.connection.execute(
            f'CREATE VIEW "{name}" AS SELECT * FROM read_parquet({parts}, hive_partitioning = true,'
            " hive_types = {'part': BIGINT})"
        )
        self.views.add(name)

    def each(
        self, name: str, laid: str, columns: Sequence[str], beside: Mapping[str, str], solver: Solver, schema: pa.Schema
    ) -> None:
        """逐份."""
        folders = {key: self.folder / f"{name}_{key}" for key in beside}
        shapes = {key: self._part(folders[key], query) for key, query in beside.items()}
        whole = {laid: self.folder / laid} | folders
        parts = sorted({path.name for folder in whole.values() for path in folder.glob("part=*")})
        shapes[laid] = pa.schema([self.shapes[laid].field(column) for column in columns])
        self._run(name, (partial(_solved, laid, whole, shapes, part, solver) for part in parts), schema)
        for folder in folders.values():
            shutil.rmtree(folder)

    def write(self, query: str, order: str, path: Path) -> None:
        """写出."""
        ordered = f"{spoken(query, 'duckdb')} ORDER BY {order}"
        self.connection.execute("SET preserve_insertion_order = true")
        self.connection.execute(f"COPY ({ordered}) TO {_quoted(path)} (FORMAT parquet, COMPRESSION zstd)")
        self.connection.execute("SET preserve_insertion_order = false")

    def _stream(self, query: str) -> Iterator[pa.Table]:
        with self.connection.sql(query).to_arrow_reader(self.batch) as reader:
            for batch in reader:
                yield pa.Table.from_batches([batch])

    def _part(self, folder: Path, query: str) -> pa.Schema:
        """Parquet files of a query's rows, a folder for each value of `part`; the shape of the other columns."""
        plain = spoken(query, "duckdb")
        self.connection.execute(
            f"COPY ({plain}) TO {_quoted(folder)}"
            f" (FORMAT parquet, COMPRESSION lz4, PARTITION_BY (part), ROW_GROUP_SIZE {_GROUP})"
        )
        folder.mkdir(exist_ok=True)
        shape = self.connection.sql(f"SELECT * FROM ({plain}) LIMIT 0").to_arrow_table().schema
        return pa.schema([field for field in shape if field.name != "part"])

    def _run(self, name: str, tasks: Iterator[Callable[[], pa.Table]], schema: pa.Schema) -> None:
        """Each task's table to a Parquet file of the folder `name`, by the workers if there are any; then one view."""
        folder = self.folder / name
        folder.mkdir()
        running: set[Future[None]] = set()
        for number, task in enumerate(tasks, 1):
            path = folder / f"part-{number}.parquet"
            if self.pool is None:
                _kept(task, path)
                continue
            running.add(self.pool.submit(_kept, task, path))
            if len(running) >= self.waiting:
                done, running = wait(running, return_when=FIRST_COMPLETED)
                for one in done:
                    one.result()
        for one in running:
            one.result()
        if not any(folder.iterdir()):
            # only then: DuckDB takes the first file for a measure of all
            pq.write_table(schema.empty_table(), folder / "part-0.parquet")
        parts = _quoted(folder / "*.parquet")
        self.connection.execute(f'CREATE VIEW "{name}" AS SELECT * FROM read_parquet({parts})')
        self.views.add(name)


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"


def _kept(task: Callable[[], pa.Table], path: Path) -> None:
    pq.write_table(task(), path, compression="lz4")


def _solved(
    laid: str, folders: Mapping[str, Path], shapes: Mapping[str, pa.Schema], part: str, solver: Solver
) -> pa.Table:
    found = {key: _read(folder / part, shapes[key]) for key, folder in folders.items()}
    return solver(found.pop(laid), found)


def _read(folder: Path, schema: pa.Schema) -> pa.Table:
    files = sorted(folder.glob("*.parquet"))
    tables = [pq.read_table(path, columns=schema.names, partitioning=None) for path in files]
    return (
        pa.concat_tables(tables).select(schema.names).cast(schema).combine_chunks() if files else schema.empty_table()
    )
