"""成批比较 — the score and pattern of each pair of a batch, with what all records say about names and institutions."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from renjia.engine.linkage.big.columns import columns_of, rarity_of
from renjia.engine.linkage.big.sql_pairs import COMPARED
from renjia.engine.linkage.columns import Ints
from renjia.engine.linkage.model import Model
from renjia.engine.linkage.weighing import weighed

STAR = ["at", "hub", *COMPARED]
SCORED = pa.schema(
    [("a", pa.int64()), ("b", pa.int64()), ("star", pa.int32()), ("score", pa.float64()), ("pattern", pa.int64())]
)


@dataclass(frozen=True, slots=True)
class Whole:
    """全体 — what is known of all records: rounded log2 of their number, births in all by kind of name, sources."""

    size: int
    births: Mapping[str, int]
    sources: tuple[str, ...]


def crossing_pairs(facing: pa.Table, model: Model, whole: Whole) -> pa.Table:
    """交叉对打分 — rows of SCORED for the pairs that reach a threshold; facing: both records of each, side by side."""
    count = facing.num_rows
    sides = [facing.select([f"{side}_{name}" for name in COMPARED]).rename_columns(COMPARED) for side in ("x", "y")]
    rows = pa.concat_tables(sides).combine_chunks()
    keys = facing["a"].to_numpy(), facing["b"].to_numpy()
    return _scored(rows, np.arange(count), np.arange(count, 2 * count), keys, 0, model, whole)


def star_pairs(rows: pa.Table, beside: Mapping[str, pa.Table], model: Model, whole: Whole) -> pa.Table:
    """星形对打分 — each record against the hub of its key group; rows: whole key groups. Nothing lies beside them."""
    del beside
    at, hub = rows["at"].to_numpy(), rows["hub"].to_numpy()
    star = np.flatnonzero(hub != at)
    order = np.argsort(at)
    hubs = order[np.searchsorted(at, hub[star], sorter=order)]
    return _scored(rows, hubs, star, (hub[star], at[star]), 1, model, whole)


def _scored(
    rows: pa.Table, a: Ints, b: Ints, keys: tuple[Ints, Ints], star: int, model: Model, whole: Whole
) -> pa.Table:
    c = columns_of(rows, whole.sources)
    kept, score, pattern = weighed(c, a, b, model, whole.size, rarity_of(rows, c, whole.births))
    return pa.table(
        {
            "a": keys[0][kept],
            "b": keys[1][kept],
            "star": np.full(len(kept), star, np.int32),
            "score": score,
            "pattern": pattern,
        },
        schema=SCORED,
    )
