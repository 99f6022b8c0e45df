"""结果 — the tables of `Linked` written from a store's memory."""

import numpy as np
import pyarrow as pa

from renjia.engine.linkage.linking import STATES, Linked, states
from renjia.engine.linkage.parallel import each
from renjia.engine.linkage.store.levels import sized
from renjia.engine.linkage.store.memory import Ints, Memory, wide


def linked(memory: Memory, size: int, version: str) -> Linked:
    """写成结果 — equal, row for row, to what `link` gives for the same records."""
    rows = memory.rows
    review = np.zeros(len(memory), np.bool_)
    review[memory.waiting_rows] = True
    state = states(wide(rows["case"]), rows["undecided"], review, memory.bit("still"))
    shown = np.flatnonzero(memory.pairs["shown"])
    children = memory.children
    pattern = sized(memory.pairs["pattern"][shown], size)
    asked = memory.questions
    wanted = (
        rows["case"],
        rows["delivery"],
        np.concatenate([memory.pairs["a"][shown], children["a"]]),
        np.concatenate([memory.pairs["b"][shown], children["b"]]),
    )
    case, delivery, a, b = each(lambda one: _keys(memory, one), wanted)
    return Linked(
        assignment=pa.table(
            {
                "record": memory.record,
                "case": case,
                "delivery": delivery,
                "state": pa.array(STATES, pa.string()).take(pa.array(state)),
            }
        ),
        evidence=pa.table(
            {
                "a": a,
                "b": b,
                "level": pa.array(["delivery", "child"]).take(
                    pa.array(np.repeat([0, 1], [len(shown), len(children["a"])]))
                ),
                "pattern": np.concatenate([pattern, children["pattern"]]),
                "score": np.concatenate([memory.pairs["score"][shown], children["score"]]),
            }
        ),
        questions=pa.table(
            {
                "a": _keys(memory, asked["a"]),
                "b": _keys(memory, asked["b"]),
                "level": pa.array(["delivery", "child"]).take(pa.array(asked["child"].astype(np.int64))),
                "score": asked["score"],
                "pattern": asked["pattern"],
                "reason": memory.reasons,
            }
        ),
        model_version=version,
    )


def _keys(memory: Memory, rows: Ints) -> pa.Array:
    return memory.record.take(pa.array(rows))
