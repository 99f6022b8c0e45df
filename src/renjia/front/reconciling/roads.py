"""对账的路 — in memory, in DuckDB beyond memory, on Spark, or month by month in a store: the same answer."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from renjia.engine.linkage import (
    Decision,
    Event,
    Linked,
    LinkStore,
    Model,
    SparkEngine,
    link,
    link_big,
    spark_session,
    stable_ids,
)

ENGINES = ("memory", "duckdb", "spark")


@dataclass(frozen=True, slots=True)
class Answer:
    """对账的答案 — records: all that were reconciled; case, delivery: number by record key; events: with a store only."""

    records: pa.Table
    linked: Linked
    case: dict[str, str]
    delivery: dict[str, str]
    events: Sequence[Event] = ()
    notes: Sequence[str] = ()


def by_engine(
    records: pa.Table, engine: str, model: Model | None, decisions: Sequence[Decision], returned: Sequence[str]
) -> Answer:
    """一次对清 — numbers from G0000001 on; records sent back stand alone, after all others."""
    linked = _linked(records, engine, model, decisions)
    numbers = [_numbers(linked.assignment, level, letter, returned) for level, letter in _LEVELS]
    return Answer(records, linked, *numbers)


@contextmanager
def store_at(folder: Path) -> Iterator[LinkStore]:
    """打开存储 — one process at a time."""
    with LinkStore.open(folder) as store:
        yield store


def by_store(store: LinkStore, records: pa.Table, model: Model | None, decisions: Sequence[Decision] | None) -> Answer:
    """逐月对 — these records come to those held; numbers last. decisions: None for those of the last time."""
    month = store.link(records, model=model, decisions=decisions)
    keys = month.linked.assignment["record"].to_pylist()
    notes = [
        f"本次新到 {month.arrived:,} 条，改报 {month.changed:,} 条，照旧 {month.unchanged:,} 条；共存 {len(keys):,} 条"
    ]
    if month.rebuilt:
        notes.append(f"存储重算了一遍：{month.rebuilt}")
    return Answer(
        store.records(),
        month.linked,
        dict(zip(keys, month.cases.to_pylist(), strict=True)),
        dict(zip(keys, month.deliveries.to_pylist(), strict=True)),
        month.events,
        notes,
    )


_LEVELS = (("case", "G"), ("delivery", "F"))


def _linked(records: pa.Table, engine: str, model: Model | None, decisions: Sequence[Decision]) -> Linked:
    if engine == "memory":
        return link(records, model=model, decisions=decisions)
    with tempfile.TemporaryDirectory(prefix="renjia-link-") as name:
        folder = Path(name)
        road = SparkEngine(spark_session(), folder / "working") if engine == "spark" else engine
        return link_big(records, folder / "out", model=model, decisions=decisions, engine=road, folder=folder).read()


def _numbers(assignment: pa.Table, level: str, letter: str, returned: Sequence[str]) -> dict[str, str]:
    serial = _serial(letter)
    numbers, _ = stable_ids({}, assignment, lambda _: next(serial), level=level)
    records, groups = assignment["record"].to_pylist(), assignment[level].to_pylist()
    found = {record: numbers[key] for record, key in zip(records, groups, strict=True)}
    return found | {key: next(serial) for key in sorted(returned)}


def _serial(letter: str) -> Iterator[str]:
    number = 0
    while True:
        number += 1
        yield f"{letter}{number:07d}"
