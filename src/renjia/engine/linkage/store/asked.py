"""问题的更新 — what to ask a person, found anew among deliveries that doubts connect to anything touched.

One question may stand for another (a record waits for its best only), so deliveries connected by open pairs are asked
about together; what is connected to nothing touched keeps its questions.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa

from renjia.engine.linkage.decisions import Decided
from renjia.engine.linkage.deliveries import components
from renjia.engine.linkage.model import Model
from renjia.engine.linkage.questions import Question, open_questions
from renjia.engine.linkage.store.arrival import Arrival
from renjia.engine.linkage.store.columns import part
from renjia.engine.linkage.store.groups import within
from renjia.engine.linkage.store.levels import sized
from renjia.engine.linkage.store.memory import QUESTIONS, Array, Flags, Ints, Memory, wide


def ask(
    held: Memory, arrival: Arrival, touched: Flags, split: Sequence[Question], solved: Flags, said: Decided,
    model: Model, size: int,
) -> None:  # fmt: skip
    """更新问题 — `touched`: rows solved again or with open pairs that came or went; `split`: questions of the solved."""
    memory = arrival.memory
    label = wide(memory.rows["delivery"])
    a, b = memory.pairs["a"], memory.pairs["b"]
    open_ = np.flatnonzero((memory.pairs["score"] >= model.review) & (label[a] != label[b]))
    doubtful = _connected(label, label[a[open_]], label[b[open_]], touched)
    here = open_[doubtful[a[open_]]]
    rows = np.flatnonzero(np.isin(label, np.unique(label[np.concatenate([a[here], b[here]])])))
    some = part(memory, rows)
    place = np.searchsorted(rows, label[rows])
    found = open_questions(
        some.columns,
        place,
        some.inside(a[here]),
        some.inside(b[here]),
        memory.pairs["score"][here],
        sized(memory.pairs["pattern"][here], size),
        model,
        within(said, some),
    )
    asked = [
        replace(one, a=int(rows[one.a]), b=int(rows[one.b]), records=tuple(rows[list(one.records)].tolist()))
        for one in found
    ]
    _put(held, arrival, [*split, *asked], solved, doubtful)


def _connected(label: Ints, one: Ints, other: Ints, touched: Flags) -> Flags:
    """Rows whose delivery is touched, or connected by open pairs to one that is."""
    sides, where = np.unique(np.concatenate([one, other]), return_inverse=True)
    group = components(len(sides), where[: len(one)], where[len(one) :])
    met = np.zeros(len(label), np.bool_)
    met[label[touched]] = True
    again = np.zeros(len(sides), np.bool_)
    again[group[met[sides]]] = True
    met[sides] |= again[group]
    return met[label]


def _put(held: Memory, arrival: Arrival, asked: Sequence[Question], solved: Flags, doubtful: Flags) -> None:
    """Questions that stay beside those found anew, most likely first."""
    memory, old = arrival.memory, held.questions
    left = np.r_[arrival.moved, -1]
    a, b = left[old["a"]], left[old["b"]]
    again = np.where(old["child"], np.r_[solved, True][a], np.r_[doubtful, True][a] | np.r_[doubtful, True][b])
    stays = np.flatnonzero((a >= 0) & (b >= 0) & ~again)
    begins = np.cumsum(old["waiting"]) - old["waiting"]
    new: dict[str, Array] = {
        "a": np.array([one.a for one in asked], np.int64), "b": np.array([one.b for one in asked], np.int64),
        "child": np.array([one.level == "child" for one in asked], np.bool_),
        "score": np.array([one.score for one in asked], np.float64),
        "pattern": np.array([one.pattern for one in asked], np.int64),
        "waiting": np.array([len(one.records) for one in asked], np.int64),
    }  # fmt: skip
    kept: dict[str, Array] = {name: values[stays] for name, values in old.items()} | {"a": a[stays], "b": b[stays]}
    both = {name: np.concatenate([kept[name], new[name]]).astype(kind) for name, kind in QUESTIONS.items()}
    waiting = [left[held.waiting_rows[begins[at] : begins[at] + old["waiting"][at]]].tolist() for at in stays.tolist()]
    waiting += [list(one.records) for one in asked]
    reasons = held.reasons.take(pa.array(stays)).to_pylist() + [one.reason for one in asked]
    order = np.lexsort((both["b"], both["a"], -both["score"]))
    memory.questions = {name: values[order] for name, values in both.items()}
    memory.waiting_rows = np.array([row for at in order.tolist() for row in waiting[at]], np.int32)
    memory.reasons = pa.array([reasons[at] for at in order.tolist()], pa.string())
