"""对账 — reconcile records: delivery first, child second."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from renjia.engine.linkage.candidates import pairs
from renjia.engine.linkage.columns import Columns, Flags, Ints, normalise
from renjia.engine.linkage.compare import delivery_levels
from renjia.engine.linkage.decisions import Decision, decided
from renjia.engine.linkage.deliveries import deliveries
from renjia.engine.linkage.model import HAND_SET, Model, patterns, size_of
from renjia.engine.linkage.questions import Question, open_questions
from renjia.engine.linkage.splitting import Split, split

DECIDED, UNDECIDED, REVIEW, ALONE = "decided", "twins_undecided", "in_review", "alone"


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
    levels = delivery_levels(columns, a, b)
    score = model.scores("delivery", levels, size)
    strong = score >= model.link
    label = deliveries(columns, a[strong], b[strong], score[strong], said.same, said.other_delivery)
    division = split(columns, label, model, said)
    held = strong & (label[a] == label[b])
    pattern = patterns("delivery", levels, size)
    asked = open_questions(columns, label, a, b, score, pattern, model, said) + division.questions
    state = _states(columns, label, division, asked)
    keys = np.array([*columns.records, ""], dtype=object)
    tree = _strongest(len(columns), a[held], b[held], score[held])
    where = np.flatnonzero(held)[tree]
    return Linked(
        assignment=pa.table(
            {
                "record": columns.records,
                "case": keys[division.case].tolist(),
                "delivery": keys[label].tolist(),
                "state": state,
            }
        ),
        evidence=_evidence(keys, a[where], b[where], pattern[where], score[where], division),
        questions=_questions(columns, asked),
        model_version=model.version,
    )


def _strongest(count: int, a: Ints, b: Ints, score: Any) -> Ints:
    """Positions of the strongest pair of every record: enough to show why it is where it is."""
    order = np.lexsort((b, a, -score))
    ends = np.concatenate([a[order], b[order]])
    where = np.concatenate([order, order])
    rank = np.concatenate([np.arange(len(order)), np.arange(len(order))])
    first = np.lexsort((rank, ends))
    ends, where = ends[first], where[first]
    lead = np.r_[True, ends[1:] != ends[:-1]] if len(ends) else np.zeros(0, bool)
    found: Ints = np.unique(where[lead])
    return found


def _states(columns: Columns, label: Ints, division: Split, asked: Sequence[Question]) -> list[str]:
    size = np.bincount(division.case, minlength=len(columns))[division.case]
    review = np.zeros(len(columns), np.bool_)
    for question in asked:
        review[list(question.records)] = True
    sure: Flags = ~division.undecided & ~review
    # a record whose only company is undecided is no more decided than they are
    company = np.bincount(division.case, weights=sure, minlength=len(columns))[division.case]
    shaky = sure & (company == 1) & (size > 1)
    waiting = np.bincount(division.case, weights=review, minlength=len(columns))[division.case] > 0
    state = np.full(len(columns), DECIDED, dtype=object)
    state[size == 1] = ALONE
    state[division.undecided | shaky] = UNDECIDED
    state[review | (shaky & waiting)] = REVIEW
    state[columns.still] = ALONE
    found: list[str] = state.tolist()
    return found


def _evidence(keys: Any, a: Ints, b: Ints, pattern: Ints, score: Any, division: Split) -> pa.Table:
    level = ["delivery"] * len(a) + ["child"] * len(division.a)
    return pa.table(
        {
            "a": keys[np.concatenate([a, division.a])].tolist(),
            "b": keys[np.concatenate([b, division.b])].tolist(),
            "level": pa.array(level, pa.string()),
            "pattern": np.concatenate([pattern, division.pattern]),
            "score": np.concatenate([score, division.score]),
        }
    )


def _questions(columns: Columns, asked: Sequence[Question]) -> pa.Table:
    ordered = sorted(asked, key=lambda one: (-one.score, one.a, one.b))
    return pa.table(
        {
            "a": pa.array([columns.records[one.a] for one in ordered], pa.string()),
            "b": pa.array([columns.records[one.b] for one in ordered], pa.string()),
            "level": pa.array([one.level for one in ordered], pa.string()),
            "score": pa.array([one.score for one in ordered], pa.float64()),
            "pattern": pa.array([one.pattern for one in ordered], pa.int64()),
            "reason": pa.array([one.reason for one in ordered], pa.string()),
        }
    )
