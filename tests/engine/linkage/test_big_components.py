"""连通 — the rounds of SQL find the components that a walk over the edges finds."""

import random
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pyarrow as pa
import pytest

from renjia.engine.linkage.big.duckdb import DuckEngine
from renjia.engine.linkage.big.linking import components


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[DuckEngine]:
    made = DuckEngine(tmp_path / "work", "1GB", None, 1000, 0)
    yield made
    made.close()


def edges_of(shape: str, seed: int) -> tuple[int, list[tuple[int, int]]]:
    at = random.Random(seed)
    count = 400
    order = at.sample(range(count), count)
    if shape == "chain":
        return count, [(k, k + 1) for k in range(count - 1)]
    if shape == "chain in no order":
        return count, list(pairwise(order))
    if shape == "star around the largest":
        return count, [(count - 1, k) for k in range(0, count - 1)]
    if shape == "comb":
        return count, [(k, k + 2) for k in range(0, count - 2, 2)] + [(k, k + 1) for k in range(0, count, 2)]
    if shape == "nothing":
        return count, []
    return count, [(at.randrange(count), at.randrange(count)) for _ in range(count * 2 // 3)]


def walked(count: int, edges: list[tuple[int, int]]) -> list[int]:
    root = list(range(count))

    def find(at: int) -> int:
        while root[at] != at:
            at = root[at]
        return at

    for a, b in edges:
        a, b = find(a), find(b)
        root[max(a, b)] = min(a, b)
    return [find(at) for at in range(count)]


SHAPES = ["chain", "chain in no order", "star around the largest", "comb", "nothing", "random"]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("must", [False, True], ids=["scored", "decided"])
def test_components(engine: DuckEngine, shape: str, must: bool) -> None:
    count, edges = edges_of(shape, 5)
    edges = [(min(a, b), max(a, b)) for a, b in edges if a != b]
    # every third record also hangs from the one before it, as from the hub of a key group
    stars = [(k - 1, k) for k in range(2, count, 3)]
    told, scored = (edges, []) if must else ([], edges)
    give(engine, "line", at=list(range(count)), still=[0] * count, part=[0] * count)
    pairs = [(a, b, 1) for a, b in stars] + [(a, b, 0) for a, b in scored]
    give(engine, "scored", **{name: [pair[k] for pair in pairs] for k, name in enumerate(("a", "b", "star"))})
    give(engine, "must", a=[a for a, _ in told], b=[b for _, b in told])
    rounds = components(engine, buckets=5)
    found = sorted(engine.rows("SELECT at, root, bucket FROM home"))
    label = walked(count, edges + stars)
    smallest: dict[int, int] = {}
    for at, root, bucket in found:
        assert smallest.setdefault(label[at], root) == root and bucket == root % 5
    assert len(found) == count and len(set(smallest.values())) == len(smallest)
    assert rounds <= 12


def give(engine: DuckEngine, name: str, **columns: list[int]) -> None:
    engine.give(name, pa.table({key: pa.array(values, pa.int64()) for key, values in columns.items()}))
