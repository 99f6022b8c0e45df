"""恒成立的 — whatever the records: order does not matter, every record once, evidence adds up, decisions hold."""

from collections import Counter
from functools import lru_cache
from random import Random

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from renjia.engine.linkage import HAND_SET, Decision, Linked, explain, link
from renjia.engine.synthetic import make_district
from renjia.engine.units import Month


@lru_cache(maxsize=4)
def district(seed: int, births: int = 700) -> tuple[pa.Table, dict[str, tuple[int, int]]]:
    made = make_district(births, [Month(2025, 1), Month(2025, 2)], seed)
    truth = {f"{row['source']}|{row['record']}": (row["child"], row["delivery"]) for row in made.links().to_pylist()}
    return made.records(), truth


@lru_cache(maxsize=4)
def linked(seed: int) -> Linked:
    return link(district(seed)[0])


@settings(max_examples=6, deadline=None)
@given(st.randoms(use_true_random=False), st.integers(1, 3))
def test_the_order_of_arrival_changes_nothing(random: Random, seed: int) -> None:
    table = district(seed)[0]
    rows = list(range(table.num_rows))
    random.shuffle(rows)
    other = link(table.take(rows))
    assert other.assignment.equals(linked(seed).assignment)
    assert other.evidence.equals(linked(seed).evidence)
    assert other.questions.equals(linked(seed).questions)


def test_every_record_is_in_one_case_and_one_delivery() -> None:
    for seed in (1, 2, 3):
        table = linked(seed).assignment
        assert sorted(table["record"].to_pylist()) == sorted(district(seed)[0]["record"].to_pylist())
        delivery_of = {}
        for row in table.to_pylist():
            assert delivery_of.setdefault(row["case"], row["delivery"]) == row["delivery"]
        assert set(table["state"].to_pylist()) <= {"decided", "twins_undecided", "in_review", "alone"}


def test_alone_means_alone() -> None:
    rows = linked(1).assignment.to_pylist()
    size = Counter(row["case"] for row in rows)
    assert all(size[row["case"]] == 1 for row in rows if row["state"] == "alone")


def test_evidence_adds_up_and_names_linked_records() -> None:
    result = linked(2)
    delivery = dict(zip(*(result.assignment[c].to_pylist() for c in ("record", "delivery")), strict=True))
    for row in result.evidence.to_pylist():
        assert explain(row["pattern"], HAND_SET)[-1].running == row["score"]
        assert delivery[row["a"]] == delivery[row["b"]]
    assert result.evidence.schema.field("pattern").type == pa.int64()


def test_every_link_has_evidence() -> None:
    result = linked(3)
    shown = {key for name in ("a", "b") for key in result.evidence[name].to_pylist()}
    size = Counter(result.assignment["delivery"].to_pylist())
    joined = {row["record"] for row in result.assignment.to_pylist() if size[row["delivery"]] > 1}
    assert joined <= shown


@settings(max_examples=8, deadline=None)
@given(st.data())
def test_decisions_hold(data: st.DataObject) -> None:
    table, _ = district(1, 200)
    keys = sorted(table["record"].to_pylist())
    pick = st.sampled_from(keys)
    pairs = data.draw(
        st.lists(st.tuples(pick, pick, st.booleans()), min_size=1, max_size=4, unique_by=lambda one: one[0])
    )
    root = {key: key for key in keys}
    kept = []
    for a, b, same in pairs:  # only answers that do not contradict: a forest of joins, then cuts between its trees
        if same and root[a] != root[b]:
            kept.append(Decision(a, b, True))
            root = {key: root[a] if own == root[b] else own for key, own in root.items()}
    kept += [Decision(a, b, False) for a, b, same in pairs if not same and root[a] != root[b]]
    live = set(
        table.filter(pa.compute.fill_null(pa.compute.not_equal(table["outcome"], "still"), True))["record"].to_pylist()
    )
    result = link(table, decisions=kept).assignment
    case = dict(zip(*(result[c].to_pylist() for c in ("record", "case")), strict=True))
    for one in kept:
        if {one.a, one.b} <= live:
            assert (case[one.a] == case[one.b]) is one.same


def test_accuracy_on_a_district_of_another_author() -> None:
    table, truth = district(4, 9000)
    result = link(table).assignment
    case = dict(zip(*(result[c].to_pylist() for c in ("record", "case")), strict=True))
    records = [record for record in case if record in truth]
    precision, recall = agreement(records, case, {record: truth[record][0] for record in records})
    assert precision > 0.998 and recall > 0.998


def agreement(records: list[str], found: dict[str, str], true: dict[str, int]) -> tuple[float, float]:
    """Precision and recall of pairs across sources."""

    def pairs(keys: list[object]) -> int:
        whole = Counter(keys)
        inside = Counter(zip(keys, (record.split("|")[0] for record in records), strict=True))
        return sum(n * (n - 1) // 2 for n in whole.values()) - sum(n * (n - 1) // 2 for n in inside.values())

    both = pairs([(found[record], true[record]) for record in records])
    return both / pairs([found[record] for record in records]), both / pairs([true[record] for record in records])


def test_scores_are_quarters() -> None:
    score = linked(1).evidence["score"].to_numpy()
    assert np.array_equal(4 * score, np.round(4 * score))
