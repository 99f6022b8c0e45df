"""分组的更新 — components, deliveries and children found anew where anything touched them; the rest stays.

What happens inside a component (records joined by strong pairs or a person's word) hangs on nothing outside it, so the
components that nothing touched need no second look.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from renjia.engine.linkage.columns import Columns
from renjia.engine.linkage.decisions import Decided, Decision, decided
from renjia.engine.linkage.deliveries import components, deliveries
from renjia.engine.linkage.linking import strongest
from renjia.engine.linkage.model import Model
from renjia.engine.linkage.questions import Question
from renjia.engine.linkage.splitting import Split, split
from renjia.engine.linkage.store.arrival import Arrival
from renjia.engine.linkage.store.books import carriers
from renjia.engine.linkage.store.columns import Part, part
from renjia.engine.linkage.store.memory import CHILDREN, Array, Flags, Ints, Memory

Pairs = Iterable[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Regrouped:
    """重新分组 — solved: rows whose component was solved again; questions: on children of those, by row."""

    solved: Flags
    questions: list[Question]


def said_of(decisions: Sequence[Decision], record: pa.StringArray) -> Decided:
    """决定（按行号） — of the records the store holds; ValueError (Chinese) on a contradiction."""
    mentioned = sorted({key for one in decisions for key in (one.a, one.b)})
    at = pc.index_in(record, value_set=pa.array(mentioned, pa.string()))
    where = np.flatnonzero(at.is_valid().to_numpy(zero_copy_only=False)).tolist()
    said = decided(decisions, record.take(pa.array(where, pa.int64())).to_pylist())
    return Decided(*(tuple((where[p], where[q]) for p, q in pairs) for pairs in fields_of(said)))


def fields_of(said: Decided) -> tuple[tuple[tuple[int, int], ...], ...]:
    """四种决定."""
    return said.same, said.same_child, said.other_child, said.other_delivery


def within(said: Decided, some: Part) -> Decided:
    """部分内的决定 — those with both records in the part, by position in it."""
    held = set(some.rows.tolist()) if any(fields_of(said)) else set()

    def inside(pairs: Pairs) -> tuple[tuple[int, int], ...]:
        both = [(p, q) for p, q in pairs if p in held and q in held]
        return tuple((int(np.searchsorted(some.rows, p)), int(np.searchsorted(some.rows, q))) for p, q in both)

    return Decided(*(inside(pairs) for pairs in fields_of(said)))


def regroup(held: Memory, arrival: Arrival, touched: Flags, said: Decided, model: Model, whole: bool) -> Regrouped:
    """重新分组 — sets component, delivery, case, undecided, and the evidence shown; `touched` rows and their company."""
    memory = arrival.memory
    solved = np.ones(len(memory), np.bool_) if whole else _company(held, arrival, touched)
    at = np.flatnonzero(solved | arrival.columns.still)
    some = part(memory, at)
    mine = np.flatnonzero(solved[memory.pairs["a"]] & (memory.pairs["score"] >= model.link))
    a, b = some.inside(memory.pairs["a"][mine]), some.inside(memory.pairs["b"][mine])
    score = memory.pairs["score"][mine]
    here = within(said, some)
    joined = here.same
    component = components(
        len(at),
        np.concatenate([a, np.array([p for p, _ in joined], np.int64)]),
        np.concatenate([b, np.array([q for _, q in joined], np.int64)]),
    )
    label = deliveries(some.columns, a, b, score, here.same, here.other_delivery)
    division = split(some.columns, label, model, here)
    inside = solved[at]
    for name, values in (("component", component), ("delivery", label), ("case", division.case)):
        memory.rows[name][at[inside]] = at[values][inside]
    memory.rows["undecided"][at[inside]] = division.undecided[inside]
    together = label[a] == label[b]
    tree = strongest(len(at), a[together], b[together], score[together])
    memory.pairs["shown"][solved[memory.pairs["a"]]] = False
    memory.pairs["shown"][mine[together][tree]] = True
    _children(held, arrival, solved, at, division)
    questions = [
        replace(one, a=int(at[one.a]), b=int(at[one.b]), records=tuple(at[list(one.records)].tolist()))
        for one in division.questions
        if solved[at[one.a]]
    ]
    return Regrouped(solved, questions)


def _company(held: Memory, arrival: Arrival, touched: Flags) -> Flags:
    """The touched rows and all of their components, as those were."""
    touched = touched | arrival.fresh | arrival.changed | _near_stillborn(arrival)
    before = held.rows["component"]
    flagged = np.zeros(len(held), np.bool_)
    flagged[before[arrival.moved < 0]] = True
    stays = np.flatnonzero(arrival.moved >= 0)
    flagged[before[stays[touched[arrival.moved[stays]]]]] = True
    solved = touched.copy()
    solved[arrival.moved[stays]] |= flagged[before[stays]]
    return solved


def _near_stillborn(arrival: Arrival) -> Flags:
    """Records of a mother and day for which a stillborn child's record came, changed or went."""
    c, before = arrival.columns, arrival.before
    near = np.zeros(len(c), np.bool_)
    mine = c.still & (arrival.fresh | arrival.changed)
    if mine.any() or before.still.any():
        for by_number in (True, False):
            now = _mother_and_day(c, by_number)
            near[carriers(now, np.concatenate([now[mine], _mother_and_day(before, by_number)[before.still]]))] = True
    return near


def _mother_and_day(c: Columns, by_number: bool) -> Ints:
    mother = c.mother_id if by_number else np.where(c.mother_id < 0, c.names.sound[c.mother_name], -1)
    return np.where(mother >= 0, mother * (1 << 24) + (c.born & 0xFFFFFF), -1)


def _children(held: Memory, arrival: Arrival, solved: Flags, at: Ints, division: Split) -> None:
    """Evidence on children: what was, outside of the solved; what was found, inside."""
    memory = arrival.memory
    left = np.r_[arrival.moved, -1]
    a = left[held.children["a"]]
    stays = np.flatnonzero((a >= 0) & ~np.r_[solved, True][a])
    fresh = np.flatnonzero(solved[at[division.a]])
    new: dict[str, Array] = {
        "a": at[division.a[fresh]], "b": at[division.b[fresh]],
        "pattern": division.pattern[fresh], "score": division.score[fresh],
    }  # fmt: skip
    old: dict[str, Array] = {
        "a": a[stays], "b": left[held.children["b"][stays]],
        "pattern": held.children["pattern"][stays], "score": held.children["score"][stays],
    }  # fmt: skip
    both = {name: np.concatenate([old[name], new[name]]) for name in CHILDREN}
    order = np.lexsort((both["b"], both["a"], memory.rows["delivery"][both["a"]]))
    memory.children = {name: both[name][order].astype(kind) for name, kind in CHILDREN.items()}
