"""人员比对 — one person per group of records, within one registry or across several (R-REG-3)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from renjia.engine.linkage.columns import Flags, Ints
from renjia.engine.linkage.decisions import Decided, Decision, decided
from renjia.engine.linkage.persons.blocks import candidates
from renjia.engine.linkage.persons.compare import person_levels
from renjia.engine.linkage.persons.fields import Field, Registry, registry
from renjia.engine.linkage.persons.grouping import grouped
from renjia.engine.linkage.persons.learning import learn_persons
from renjia.engine.linkage.persons.model import Floats, PersonModel, explain_person, person_patterns, size_for

DECIDED, REVIEW, ALONE = "decided", "in_review", "alone"


@dataclass(frozen=True, slots=True)
class Persons:
    """人员比对结果 — Arrow tables.

    assignment  record, person, state (decided, in_review, alone); person is the smallest record key of its group,
                provisional until `stable_ids(…, level="person")` gives numbers
    evidence    a, b, pattern (int64), score (bits): the pairs inside each person, strongest first
    questions   a, b, score, pattern, reason (Chinese): what a person should decide, most likely first
    model       the weights used; keep it with the patterns, `explain_person` needs both
    """

    assignment: pa.Table
    evidence: pa.Table
    questions: pa.Table
    model: PersonModel


def link_persons(
    records: pa.Table,
    *,
    sources: Sequence[str] = (),
    fields: Sequence[Field] | None = None,
    model: PersonModel | None = None,
    decisions: Sequence[Decision] = (),
) -> Persons:
    """人员比对 — find the records that are one person; deterministic, independent of the order of rows.

    records: `record` (unique key), `source` (optional) and columns of `fields` (those of KNOWN by name when None);
    sources: those known to be free of repetitions — two records of one of them are never one person;
    model: learned from these records when None; decisions: answers that hold (level child means the person).
    ValueError (Chinese) on bad input, on a model of other fields and on decisions that contradict one another.
    """
    people = registry(records, fields, sources)
    said = decided(decisions, people.records)
    a, b = candidates(people)
    a, b = _with_answers(people, a, b, said)
    levels = person_levels(people, a, b)
    model = model or learn_persons(people, levels)
    if [one.field for one in model.fields] != [one.field.name for one in people.columns]:
        raise ValueError("模型所比的列与登记表不同；请用同样的列，或不给模型、重新学习")
    size = size_for(people.pairs_possible(), len(people))
    score = model.scores(levels, size)
    pattern = person_patterns(levels, size)
    label = grouped(people, a, b, score, model, said)
    inside = np.flatnonzero((label[a] == label[b]) & (score >= model.review))
    inside = inside[np.lexsort((b[inside], a[inside], -score[inside]))]
    asked = _asked(label, a, b, score, model, said)
    keys = np.array(people.records, dtype=object)
    return Persons(
        assignment=pa.table(
            {
                "record": people.records,
                "person": pa.array(keys[label].tolist(), pa.string()),
                "state": pa.array(_states(label, a[asked], b[asked]), pa.string()),
            }
        ),
        evidence=_table(keys, a, b, pattern, score, inside),
        questions=_table(keys, a, b, pattern, score, asked).append_column(
            "reason", pa.array([reason_of(int(pattern[at]), model) for at in asked], pa.string())
        ),
        model=model,
    )


def _with_answers(people: Registry, a: Ints, b: Ints, said: Decided) -> tuple[Ints, Ints]:
    """Candidates and every pair that was answered, whether it shares a value or not."""
    extra = [(p << 31) | q for p, q in (*said.same, *said.other_child)]
    packed = np.unique(np.concatenate([(a << 31) | b, np.array(extra, dtype=np.int64)]))
    return packed >> 31, packed & 0x7FFFFFFF


def _asked(label: Ints, a: Ints, b: Ints, score: Floats, model: PersonModel, said: Decided) -> Ints:
    """The best unanswered pair between each two persons, if a person should look at it, most likely first."""
    settled = {_sides(label, p, q) for p, q in said.settled()}
    open_ = np.flatnonzero((score >= model.review) & (label[a] != label[b]))
    asked: dict[tuple[int, int], int] = {}
    for at in open_[np.lexsort((b[open_], a[open_], -score[open_]))].tolist():
        sides = _sides(label, int(a[at]), int(b[at]))
        if sides not in settled:
            asked.setdefault(sides, at)
    return np.array(list(asked.values()), dtype=np.int64)


def _sides(label: Ints, p: int, q: int) -> tuple[int, int]:
    return min(int(label[p]), int(label[q])), max(int(label[p]), int(label[q]))


def _states(label: Ints, a: Ints, b: Ints) -> list[str]:
    waiting: Flags = np.isin(label, label[np.concatenate([a, b])])
    alone = np.bincount(label, minlength=len(label))[label] == 1
    found: list[str] = np.select([waiting, alone], [REVIEW, ALONE], DECIDED).tolist()
    return found


def _table(keys: np.ndarray, a: Ints, b: Ints, pattern: Ints, score: Floats, at: Ints) -> pa.Table:
    return pa.table(
        {
            "a": pa.array(keys[a[at]].tolist(), pa.string()),
            "b": pa.array(keys[b[at]].tolist(), pa.string()),
            "pattern": pattern[at],
            "score": score[at],
        }
    )


def reason_of(pattern: int, model: PersonModel) -> str:
    """理由 — what speaks for and against, in one Chinese sentence."""
    lines = explain_person(pattern, model)[1:]
    ahead = sorted((one for one in lines if one.weight > 0), key=lambda one: -one.weight)[:4]
    against = sorted((one for one in lines if one.weight < 0), key=lambda one: one.weight)[:3]
    said = "、".join(one.label for one in ahead) or "没有相同之处"
    return said + ("；但" + "、".join(one.label for one in against) if against else "")
