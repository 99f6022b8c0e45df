"""一步 — from one memory to the next: records come and go, and only what they touch is worked out again."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from renjia.engine.linkage.decisions import Decided, Decision
from renjia.engine.linkage.learning.keeping import model_to_json
from renjia.engine.linkage.model import Model, size_of
from renjia.engine.linkage.numbering import Event
from renjia.engine.linkage.store.arrival import Coming, arrive
from renjia.engine.linkage.store.asked import ask
from renjia.engine.linkage.store.groups import fields_of, regroup, said_of
from renjia.engine.linkage.store.levels import compare
from renjia.engine.linkage.store.memory import Flags, Ints, Memory
from renjia.engine.linkage.store.numbers import renumber
from renjia.engine.linkage.store.pairs import renew

_NUMBERS = ("case_number", "delivery_number")


def step(
    held: Memory,
    coming: Coming,
    model: Model,
    decisions: Sequence[Decision],
    numbers: Memory | None = None,
) -> tuple[Memory, list[Event], Ints]:
    """下一份记忆 — after records came, came again or went; the events of cases; the rows that have other numbers now.

    numbers: what the records were numbered, where `held` does not know (a memory made again).
    ValueError (Chinese) on a record that comes twice or decisions that contradict one another; `held` stays as it was.
    """
    arrival = arrive(held, coming)
    memory = arrival.memory
    size = size_of(len(memory))
    other_model = held.facts.get("model") != model_digest(model)
    other_size = held.facts.get("size") != size
    said = said_of(decisions, memory.record)
    renewed = renew(held, arrival)
    compared = compare(held, arrival, renewed, model, size, other_model or other_size)
    touched = compared | _told_otherwise(held, memory, said)
    memory.facts |= {"size": size, "model": model_digest(model), "said": _by_key(said, memory)}
    grouped = regroup(held, arrival, touched, said, model, other_model or other_size)
    ask(held, arrival, touched | grouped.solved, grouped.questions, grouped.solved, said, model, size)
    if numbers is not None:
        _numbers_from(numbers, memory)
        gone = pc.index_in(numbers.record, value_set=memory.record).is_null().to_numpy(zero_copy_only=False)
        held, coming = numbers, replace(coming, gone=np.flatnonzero(gone))
    before = {name: memory.rows[name].copy() for name in _NUMBERS}
    events = renumber(held, memory, grouped.solved, "case", coming.gone)
    renumber(held, memory, grouped.solved, "delivery", None)
    other = [before[name] != memory.rows[name] for name in _NUMBERS]
    return memory, events, np.flatnonzero(other[0] | other[1])


def _numbers_from(numbers: Memory, memory: Memory) -> None:
    """Give every record the number it had."""
    at = pc.fill_null(pc.index_in(memory.record, value_set=numbers.record), -1).to_numpy()
    for name in _NUMBERS:
        memory.rows[name] = np.r_[numbers.rows[name], 0].astype(np.int32)[at]
        memory.facts[name] = numbers.facts.get(name, 0)


def model_digest(model: Model) -> str:
    """模型摘要 — of all it holds, not of its name alone."""
    return hashlib.sha256(model_to_json(model).encode()).hexdigest()[:16]


def _by_key(said: Decided, memory: Memory) -> list[list[list[str]]]:
    return [[[memory.record[p].as_py(), memory.record[q].as_py()] for p, q in pairs] for pairs in fields_of(said)]


def _told_otherwise(held: Memory, memory: Memory, said: Decided) -> Flags:
    """Records on which a person's word came, changed or was taken back."""

    def flat(kinds: Any) -> set[tuple[int, str, str]]:
        return {(kind, p, q) for kind, pairs in enumerate(kinds) for p, q in pairs}

    other = flat(held.facts.get("said", [])) ^ flat(_by_key(said, memory))
    keys = sorted({key for _, p, q in other for key in (p, q)})
    met = pc.index_in(memory.record, value_set=pa.array(keys, pa.string())).is_valid()
    found: Flags = met.to_numpy(zero_copy_only=False)
    return found
