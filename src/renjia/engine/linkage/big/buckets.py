"""整桶求解 — deliveries, children and questions of a bucket of whole components, by the functions of one table."""

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from renjia.engine.linkage.big.columns import columns_of
from renjia.engine.linkage.big.sql_parts import SOLVED_FROM
from renjia.engine.linkage.columns import Flags, Ints
from renjia.engine.linkage.decisions import Decision, decided
from renjia.engine.linkage.linking import Linked, solve
from renjia.engine.linkage.model import Model

# One table for three kinds of rows, so that one pass makes them: what the columns mean is in ANSWERS.
SOLVED = pa.schema(
    [("kind", pa.int32())]
    + [(name, pa.int64()) for name in ("first", "second", "pattern")]
    + [("score", pa.float64())]
    + [(name, pa.string()) for name in ("one", "two", "level", "said")]
)
ASSIGNMENT, EVIDENCE, QUESTIONS = 0, 1, 2
# The tables of `Linked`: kind, columns as they are stored, order of rows.
ANSWERS = {
    "assignment": (ASSIGNMENT, {"record": "one", "case": "two", "delivery": "level", "state": "said"}, "first"),
    "evidence": (
        EVIDENCE,
        {"a": "one", "b": "two", "level": "level", "pattern": "pattern", "score": "score"},
        "first, second, one, two",
    ),
    "questions": (
        QUESTIONS,
        {"a": "one", "b": "two", "level": "level", "score": "score", "pattern": "pattern", "reason": "said"},
        "score DESC, one, two",
    ),
}


def solved(
    laid: pa.Table,
    beside: Mapping[str, pa.Table],
    model: Model,
    decisions: Sequence[Decision],
    sources: tuple[str, ...],
) -> pa.Table:
    """求解 — rows of SOLVED.

    laid: the rows that lie in this part; beside: `left`, those of them that belong to other buckets; `arrived`, rows
    from other parts, with `ghost` = 1 for stillbirths that belong elsewhere and only count here; `pairs` of this
    bucket at or above the lower threshold. decisions: of all records, those of other buckets ignored.
    """
    rows, own, pairs = _gathered(laid, beside)
    at = rows["at"].to_numpy()
    a, b = np.searchsorted(at, pairs["a"].to_numpy()), np.searchsorted(at, pairs["b"].to_numpy())
    columns = columns_of(rows, sources)
    said = decided(decisions, columns.records)
    found = solve(columns, a, b, pairs["score"].to_numpy(), pairs["pattern"].to_numpy(), model, said)
    mine = found.assignment.filter(pa.array(own))
    keys = columns.records.array
    places = {"assignment": {"first": at[own]}, "evidence": _levels(found, keys, at), "questions": {}}
    tables = {"assignment": mine, "evidence": found.evidence, "questions": found.questions}
    return pa.concat_tables([_stored(name, table, places[name]) for name, table in tables.items()])


def _gathered(laid: pa.Table, beside: Mapping[str, pa.Table]) -> tuple[pa.Table, Flags, pa.Table]:
    """The rows of the bucket in order, which of them are its own, and its pairs in order."""
    stays = pc.invert(pc.is_in(laid["at"], value_set=beside["left"]["at"].combine_chunks()))
    kept, arrived = laid.select(SOLVED_FROM).filter(stays), beside["arrived"]
    rows = pa.concat_tables([kept, arrived.select(SOLVED_FROM).cast(kept.schema)]).combine_chunks()
    own = np.concatenate([np.ones(kept.num_rows, np.bool_), arrived["ghost"].to_numpy() == 0])
    order = np.argsort(rows["at"].to_numpy(), kind="stable")
    pairs = beside["pairs"].sort_by([("a", "ascending"), ("b", "ascending")])
    return rows.take(pa.array(order)), own[order], pairs


def _levels(found: Linked, keys: pa.Array, at: Ints) -> dict[str, Ints]:
    """Where `link` puts each line of evidence: pairs of deliveries first, then those of children, by their delivery."""
    child = np.flatnonzero(pc.equal(found.evidence["level"], "child").to_numpy())
    first, second = np.zeros((2, found.evidence.num_rows), np.int64)
    first[child] = 1
    one = pc.index_in(found.evidence["a"].take(pa.array(child)), value_set=keys)
    delivery = pc.index_in(found.assignment["delivery"].take(one), value_set=keys)
    second[child] = at[delivery.to_numpy().astype(np.int64)]
    return {"first": first, "second": second}


def _stored(name: str, table: pa.Table, places: Mapping[str, Ints]) -> pa.Table:
    kind, columns, _ = ANSWERS[name]
    count = table.num_rows
    given: dict[str, object] = {"kind": np.full(count, kind, np.int32), **places}
    given |= {stored: table[shown] for shown, stored in columns.items()}
    empty = {field.name: pa.nulls(count, field.type) for field in SOLVED if field.name not in given}
    return pa.table(given | empty).select(SOLVED.names).cast(SOLVED)
