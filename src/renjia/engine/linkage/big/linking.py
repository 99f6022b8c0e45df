"""大规模对账 — `link` for more records than fit in memory: the same answers, on disk or on a cluster."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from renjia.engine.linkage.big import sql_pairs, sql_parts, sql_rows
from renjia.engine.linkage.big.buckets import ANSWERS, SOLVED, solved
from renjia.engine.linkage.big.duckdb import DuckEngine
from renjia.engine.linkage.big.engines import Engine, Records, column_names
from renjia.engine.linkage.big.rows import ROWS, canonical_rows
from renjia.engine.linkage.big.scoring import SCORED, STAR, Whole, crossing_pairs, star_pairs
from renjia.engine.linkage.columns import SOURCES, typed
from renjia.engine.linkage.decisions import Decision, decided
from renjia.engine.linkage.linking import Linked
from renjia.engine.linkage.model import HAND_SET, Model, size_of

Told = Callable[[str, int, int], None]
# Records of a bucket: a few hundred megabytes of columns, whatever the number of all records.
BUCKET = 400_000
# Pairs whose two rows are brought together at once.
CHUNK = 4_000_000
STAGES = ("规范", "证件", "计数", "分组", "候选", "比较", "连通", "求解", "写出")


@dataclass(frozen=True, slots=True)
class BigLinked:
    """大规模对账结果 — Parquet files of the tables of `Linked`, how many rows each stage had, seconds by stage."""

    paths: Mapping[str, Path]
    counts: Mapping[str, int]
    seconds: Mapping[str, float]
    model_version: str

    def read(self) -> Linked:
        """读入 — all of it into memory, in the order `link` gives it."""
        tables = {}
        for name, path in self.paths.items():
            table = pq.read_table(path)
            tables[name] = table.cast(pa.schema([field.with_nullable(True) for field in table.schema]))
        return Linked(**tables, model_version=self.model_version)


@dataclass
class _Run:
    engine: Engine
    model: Model
    decisions: Sequence[Decision]
    told: Told
    parts: int | None
    seconds: dict[str, float] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    whole: Whole = field(default_factory=lambda: Whole(0, {}, SOURCES))

    def count(self, name: str) -> int:
        self.counts[name] = int(str(self.engine.rows(f"SELECT count(*) FROM {name}")[0][0]))
        return self.counts[name]


def link_big(
    records: Records,
    out: Path,
    *,
    model: Model | None = None,
    decisions: Sequence[Decision] = (),
    engine: str | Engine = "duckdb",
    memory: str = "8GB",
    folder: Path | None = None,
    threads: int | None = None,
    buckets: int | None = None,
    batch: int = 500_000,
    workers: int = 0,
    told: Told = lambda *_: None,
) -> BigLinked:
    """大规模对账 — as `link`, record for record, with memory bounded by a bucket and the database's own limit.

    records: an Arrow table or Parquet files of canonical records; out: folder for assignment, evidence and questions;
    engine: "duckdb", or an Engine such as `spark.SparkEngine`; memory: what DuckDB may hold before it spills;
    folder: where working files go (default: in out), taken away at the end; buckets: parts into which whole
    components are laid (default: one to every BUCKET records); batch: records or pairs treated at once;
    workers: processes beside this one that normalise, compare and solve, each with a batch or bucket of its own.
    ValueError (Chinese) on a repeated key, a record without key or source, contradictory decisions.
    """
    out.mkdir(parents=True, exist_ok=True)
    if not isinstance(engine, str):
        return _link(_Run(engine, model or HAND_SET, decisions, told, buckets), records, out)
    if engine != "duckdb":
        raise ValueError(f"引擎「{engine}」不认得；请用 duckdb，或传入 SparkEngine")
    duck = DuckEngine((folder or out) / "working", memory, threads, batch, workers)
    try:
        return _link(_Run(duck, model or HAND_SET, decisions, told, buckets), records, out)
    finally:
        duck.close()


def _link(run: _Run, records: Records, out: Path) -> BigLinked:
    steps: tuple[Callable[[], None], ...] = (
        partial(_canon, run, records),
        partial(_documents, run),
        partial(_counts, run),
        partial(_groups, run),
        partial(_pairs, run),
        partial(_scores, run),
        partial(_components, run),
        partial(_solve, run),
    )
    for at, (stage, step) in enumerate(zip(STAGES, steps, strict=False)):
        run.told(stage, at, len(STAGES))
        begun = time.monotonic()
        step()
        run.seconds[stage] = time.monotonic() - begun
    begun = time.monotonic()
    run.told(STAGES[-1], len(STAGES) - 1, len(STAGES))
    paths = {}
    for name, (kind, columns, order) in ANSWERS.items():
        chosen = ", ".join(f"{stored} AS {shown}" for shown, stored in columns.items())
        paths[name] = out / f"{name}.parquet"
        run.engine.write(f"SELECT {chosen} FROM solved WHERE kind = {kind}", order, paths[name])
    run.seconds[STAGES[-1]] = time.monotonic() - begun
    run.told(STAGES[-1], len(STAGES), len(STAGES))
    return BigLinked(paths, run.counts, run.seconds, run.model.version)


def _canon(run: _Run, records: Records) -> None:
    typed(pa.table({name: pa.nulls(0, pa.string()) for name in column_names(records) if name in ("record", "source")}))
    run.engine.number("canon", records, canonical_rows, ROWS)
    count = run.count("canon")
    run.parts = run.parts or 1 + count // BUCKET
    told = sorted({key for one in run.decisions for key in (one.a, one.b)})
    run.engine.give("told", pa.table({"record": pa.array(told, pa.string())}))
    known = sorted(run.engine.rows("SELECT c.record, c.at FROM canon AS c JOIN told AS t ON c.record = t.record"))
    # contradictory answers are refused before anything is computed
    said = decided(run.decisions, [str(record) for record, _ in known])
    at = [int(str(number)) for _, number in known]
    pairs = [(at[p], at[q]) for p, q in said.same]
    ends = {name: pa.array([pair[k] for pair in pairs], pa.int64()) for k, name in enumerate("ab")}
    run.engine.give("must", pa.table(ends))


def _documents(run: _Run) -> None:
    run.engine.make("flags_of", sql_rows.FLAGS_OF)
    run.engine.show("settled", sql_rows.SETTLED)
    run.engine.make("shared", *sql_rows.SHARED.values())
    run.count("shared")


def _counts(run: _Run) -> None:
    run.engine.make("births_of", *sql_rows.BIRTHS.values())
    run.engine.make("births_in_all", sql_rows.BIRTHS_IN_ALL)
    run.engine.make("common", sql_rows.COMMON)
    run.engine.make("institution_of", sql_rows.INSTITUTIONS)
    run.engine.make("large", sql_rows.LARGE_ONES)
    births = {str(kind): int(str(count)) for kind, count in run.engine.rows("SELECT kind, births FROM births_in_all")}
    found = {str(row[0]) for row in run.engine.rows("SELECT DISTINCT source FROM canon")}
    run.whole = Whole(size_of(run.counts["canon"]), births, SOURCES + tuple(sorted(found - set(SOURCES))))
    run.engine.drop("births_of", "births_in_all", "institution_of")


def _groups(run: _Run) -> None:
    run.engine.make("paper", sql_rows.PAPER)
    run.engine.make("key_group", sql_rows.KEY_GROUPS)
    run.engine.make("node", sql_pairs.NODES)
    run.engine.drop("paper")
    run.engine.lay("line", sql_rows.lines(run.parts or 1))
    run.engine.drop("settled", "key_group", "shared", "common", "large", "flags_of", "canon")


def _pairs(run: _Run) -> None:
    few = run.counts["canon"] <= run.engine.at_once
    blocks = [sql_pairs.ALL_BLOCKS] if few else sql_pairs.GROUPED_BLOCKS
    met = [f"met_{at}" for at in range(len(blocks))]
    for at, (block, name) in enumerate(zip(blocks, met, strict=True)):
        run.told(f"候选 {block[0]}", at, len(met))
        run.engine.make("member", sql_pairs.members(block))
        run.engine.make(name, sql_pairs.MET)
        run.engine.drop("member")
    run.engine.make("beside", sql_pairs.SAME_MOTHER)
    run.engine.make("pair", " UNION ".join(f"SELECT a, b FROM {name}" for name in ("beside", *met)))
    run.engine.drop("beside", "node", *met)
    run.count("pair")


def _scores(run: _Run) -> None:
    stars = partial(star_pairs, model=run.model, whole=run.whole)
    run.engine.each("star", "line", STAR, {}, stars, SCORED)
    crossing = partial(crossing_pairs, model=run.model, whole=run.whole)
    chunks = 1 + run.counts["pair"] // CHUNK
    names = [f"crossing_{chunk}" for chunk in range(chunks)]
    for chunk, name in enumerate(names):
        run.told(f"比较 {chunk + 1}", chunk, chunks)
        run.engine.map(name, sql_pairs.facing(chunk, chunks), crossing, SCORED)
    columns = ", ".join(SCORED.names)
    run.engine.make("scored", *(f"SELECT {columns} FROM {name}" for name in ("star", *names)))
    run.engine.drop("pair", "star", *names)
    run.count("scored")


def _components(run: _Run) -> None:
    run.counts["rounds"] = components(run.engine, run.parts or 1)
    run.engine.make("ghost", sql_parts.GHOSTS)


def components(engine: Engine, buckets: int) -> int:
    """连通 — from tables line, scored and must the table home (at, root, bucket); answers the rounds it took."""
    engine.make("hanging", sql_parts.HANGING)
    engine.make("edge", sql_parts.EDGES)
    engine.make("followed", sql_parts.ENDS)
    rounds = 0
    while engine.rows("SELECT count(*) FROM edge")[0][0]:
        engine.make("lowest", sql_parts.LOWEST)
        engine.make("jumped", sql_parts.JUMPED)
        while engine.rows(sql_parts.UNFINISHED)[0][0]:
            engine.drop("lowest")
            engine.rename("jumped", "lowest")
            engine.make("jumped", sql_parts.JUMPED)
        engine.make("contracted", sql_parts.CONTRACTED)
        engine.make("farther", sql_parts.FOLLOWED)
        engine.drop("lowest", "jumped", "edge", "followed")
        engine.rename("contracted", "edge")
        engine.rename("farther", "followed")
        rounds += 1
    engine.make("home", sql_parts.homes(buckets))
    engine.drop("hanging", "edge", "followed")
    return rounds


def _solve(run: _Run) -> None:
    solver = partial(solved, model=run.model, decisions=run.decisions, sources=run.whole.sources)
    beside = {"left": sql_parts.LEFT, "arrived": sql_parts.ARRIVED, "pairs": sql_parts.PAIRS}
    run.engine.each("solved", "line", sql_parts.SOLVED_FROM, beside, solver, SOLVED)
    run.engine.drop("scored", "home", "ghost", "line")
