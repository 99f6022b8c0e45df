"""对账 — reconcile records: delivery first, child second."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from renjia.engine.linkage.candidates import pairs
from renjia.engine.linkage.columns import Columns, Flags, Ints, normalise
from renjia.engine.linkage.decisions import Decided, Decision, decided
from renjia.engine.linkage.deliveries import deliveries
from renjia.engine.linkage.model import HAND_SET, Model, size_of
from renjia.engine.linkage.ordering import distinct
from renjia.engine.linkage.packed import Keys
from renjia.engine.linkage.parallel import threads
from renjia.engine.linkage.questions import Question, open_questions
from renjia.engine.linkage.splitting import Split, split
from renjia.engine.linkage.weighing import weighed

Floats = npt.NDArray[np.float64]
DECIDED, UNDECIDED, REVIEW, ALONE = STATES = ("decided", "twins_undecided", "in_review", "alone")


@dataclass(frozen=True, slots=True)
class Linked:
    """对账结果 — Arrow tables.

    assignment  record, case, delivery, state (decided, twins_undecided, in_review, alone); case and delivery are the
                smallest record key of their group, provisional until `stable_ids` gives numbers
    evidence    a, b, level (delivery, child), pattern (int64), score (bits): the pairs that carry the links
    questions   a, b, level, score, pattern, reason (Chinese): what a person should decide, most likely first
    """

    assignment: pa.Table
    evidence: pa.Table
    questions: pa.Table
    model_version: str


def link(records: pa.Table, *, model: Model | None = None, decisions: Sequence[Decision] = ()) -> Linked:
    """对账 — one case per child from the records of all sources; deterministic, independent of the order of rows.

    records: `record` (unique key), `source` and the canonical birth fields, missing columns allowed.
    ValueError (Chinese) on a repeated key or on decisions that contradict one another.
    """
    model = model or HAND_SET
    columns = normalise(records)
    size = size_of(len(columns))
    said = decided(decisions, columns.records)
    a, b = pairs(columns, ~columns.still)
    kept, score, pattern = weighed(columns, a, b, model, size)
    return solve(columns, a[kept], b[kept], score, pattern, model, said)


def solve(columns: Columns, a: Ints, b: Ints, score: Floats, pattern: Ints, model: Model, said: Decided) -> Linked:
    """求解 — from scored pairs to cases: deliveries, their children, evidence and questions.

    a < b: candidate pairs in ascending order, at least those that reach `model.link` or `model.review`.
    """
    keys = columns.records
    strong = score >= model.link
    label = deliveries(columns, a[strong], b[strong], score[strong], said.same, said.other_delivery)
    with threads() as beside:
        evidence = beside.submit(_evidence, keys, strong & (label[a] == label[b]), a, b, pattern, score)
        waiting = beside.submit(open_questions, columns, label, a, b, score, pattern, model, said)
        delivery = beside.submit(keys.take, label)
        division = split(columns, label, model, said)
        case = beside.submit(keys.take, division.case)
        asked = waiting.result() + division.questions
        review = np.zeros(len(columns), np.bool_)
        for question in asked:
            review[list(question.records)] = True
        state = states(division.case, division.undecided, review, columns.still)
    assignment = {
        "record": keys.array,
        "case": case.result(),
        "delivery": delivery.result(),
        "state": pa.array(STATES, pa.string()).take(pa.array(state)),
    }
    return Linked(
        assignment=pa.table(assignment),
        evidence=pa.concat_tables([evidence.result(), _of_children(keys, division)]),
        questions=_questions(columns, asked),
        model_version=model.version,
    )


def strongest(count: int, a: Ints, b: Ints, score: Floats) -> Ints:
    """最强的对 — positions of the strongest pair of every record: enough to show why it is where it is.

    Pairs in ascending order of (a, b): of equally strong ones the first counts.
    """
    best = np.full(count, -np.inf)
    np.maximum.at(best, a, score)
    np.maximum.at(best, b, score)
    first = np.full((2, count), len(a))
    for end, side in ((0, a), (1, b)):
        # written from the last pair to the first, so that the first stays
        at = np.flatnonzero(score == best[side])[::-1]
        first[end, side[at]] = at
    chosen = first.min(axis=0)
    found: Ints = distinct(chosen[chosen < len(a)])
    return found


def states(case: Ints, undecided: Flags, review: Flags, still: Flags) -> npt.NDArray[np.int8]:
    """状态 — place in STATES of each record; case: smallest record of each; review: waits for an answer."""
    size = np.bincount(case, minlength=len(case))[case]
    sure: Flags = ~undecided & ~review
    # a record whose only company is undecided is no more decided than they are
    company = np.bincount(case, weights=sure, minlength=len(case))[case]
    shaky = sure & (company == 1) & (size > 1)
    waiting = np.bincount(case, weights=review, minlength=len(case))[case] > 0
    state = np.full(len(case), STATES.index(DECIDED), np.int8)
    state[size == 1] = STATES.index(ALONE)
    state[undecided | shaky] = STATES.index(UNDECIDED)
    state[review | (shaky & waiting)] = STATES.index(REVIEW)
    state[still] = STATES.index(ALONE)
    return state


def _evidence(keys: Keys, held: Flags, a: Ints, b: Ints, pattern: Ints, score: Floats) -> pa.Table:
    """The pairs that carry the deliveries, of all that hold them together."""
    at = np.flatnonzero(held)
    at = at[strongest(len(keys), a[at], b[at], score[at])]
    return _shown(keys, "delivery", a[at], b[at], pattern[at], score[at])


def _of_children(keys: Keys, division: Split) -> pa.Table:
    return _shown(keys, "child", division.a, division.b, division.pattern, division.score)


def _shown(keys: Keys, level: str, a: Ints, b: Ints, pattern: Ints, score: Floats) -> pa.Table:
    levels = pa.repeat(pa.scalar(level), len(a))
    return pa.table({"a": keys.take(a), "b": keys.take(b), "level": levels, "pattern": pattern, "score": score})


def _questions(columns: Columns, asked: Sequence[Question]) -> pa.Table:
    ordered = sorted(asked, key=lambda one: (-one.score, one.a, one.b))
    ends = [np.array(side, dtype=np.int64) for side in ([one.a for one in ordered], [one.b for one in ordered])]
    return pa.table(
        {
            "a": columns.records.take(ends[0]),
            "b": columns.records.take(ends[1]),
            "level": pa.array([one.level for one in ordered], pa.string()),
            "score": pa.array([one.score for one in ordered], pa.float64()),
            "pattern": pa.array([one.pattern for one in ordered], pa.int64()),
            "reason": pa.array([one.reason for one in ordered], pa.string()),
        }
    )
