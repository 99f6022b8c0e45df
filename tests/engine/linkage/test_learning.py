"""学习参数 — a small district teaches the engine; too little teaches nothing; guards hold; a model keeps its name."""

import json
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from families import Book
from renjia.engine.linkage import HAND_SET, Learned, explain, learn, link, model_from_json, model_to_json
from renjia.engine.linkage.learning.bounds import LEAST, MOST, guarded, order_of
from renjia.engine.linkage.learning.em import Counted, Sought, shares
from renjia.engine.linkage.model import patterns
from renjia.engine.synthetic import make_district
from renjia.engine.units import Month


@pytest.fixture(scope="module")
def records() -> pa.Table:
    return make_district(4000, [Month(2025, 1), Month(2025, 2), Month(2025, 3)], seed=7).records()


@pytest.fixture(scope="module")
def learned(records: pa.Table) -> Learned:
    return learn(records)


def test_a_district_teaches(learned: Learned) -> None:
    assert learned.model.version.startswith("学得")
    assert learned.model.delivery != HAND_SET.delivery and learned.model.child != HAND_SET.child
    assert learned.calibration.company > 0 and learned.mix == pytest.approx(0.5, abs=0.15)
    assert any("分娩层" in note for note in learned.notes) and any("孩子层" in note for note in learned.notes)


def test_the_same_records_in_any_order_teach_the_same(records: pa.Table, learned: Learned) -> None:
    shuffled = records.take(pa.array(np.random.default_rng(3).permutation(records.num_rows)))
    assert learn(shuffled).model == learned.model


def test_as_good_as_the_hand_set_weights(records: pa.Table, learned: Learned) -> None:
    hand, own = link(records).assignment, link(records, model=learned.model).assignment
    moved = sum(x != y for x, y in zip(hand["case"].to_pylist(), own["case"].to_pylist(), strict=True))
    assert moved < 0.005 * records.num_rows


def test_learned_weights_are_guarded(learned: Learned) -> None:
    for siblings, one in [(at >= len(learned.model.delivery), one) for at, one in
                          enumerate((*learned.model.delivery, *learned.model.child))]:  # fmt: skip
        weights = {level: weight for level, (_, weight) in one.levels.items()}
        assert all(4 * weight == int(4 * weight) for weight in weights.values())
        assert all(weights[high] >= weights[low] for high, low in order_of(weights, siblings))
        assert all(LEAST <= weight <= MOST or weight in (-60.0, -7.0) for weight in weights.values())
    assert learned.model.review <= learned.model.link


def test_too_few_records_teach_nothing(book: Book) -> None:
    book.child()
    found = learn(book.table())
    assert found.model is HAND_SET
    assert len(found.notes) == 1 and "未学" in found.notes[0]


@pytest.mark.parametrize("rows", [0, 1])
def test_nothing_to_learn_from(book: Book, rows: int) -> None:
    book.add("registration")
    assert learn(book.table().slice(0, rows)).model is HAND_SET


def test_a_stored_model_explains_for_ever(learned: Learned) -> None:
    held = model_from_json(model_to_json(learned.model))
    assert held == learned.model
    levels = np.array([[max(one.levels) for one in held.delivery]], dtype=np.uint8)
    pattern = int(patterns("delivery", levels, 15)[0])
    assert explain(pattern, held) == explain(pattern, learned.model)
    assert explain(pattern, held)[-1].running == learned.model.scores("delivery", levels, 15)[0]
    assert model_from_json(model_to_json(HAND_SET)) == HAND_SET


def test_a_model_that_was_changed_is_refused(learned: Learned) -> None:
    held = json.loads(model_to_json(learned.model))
    held["delivery"][0]["levels"][0][2] += 0.25
    with pytest.raises(ValueError, match="被改过"):
        model_from_json(json.dumps(held))


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"version": 1}', '{"version": "x", "delivery": [{"kind": "None"}]}'])
def test_what_is_no_model_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="不是判定模型文件"):
        model_from_json(text)


def test_a_model_of_other_comparisons_is_refused() -> None:
    other = replace(HAND_SET, delivery=HAND_SET.delivery[1:])
    with pytest.raises(ValueError, match="分娩层比较项"):
        model_from_json(model_to_json(other))


_M, _U = np.array([0.95, 0.9, 0.8, 0.97, 0.85]), np.array([0.05, 0.05, 0.02, 0.1, 0.04])
_FIELDS, _SHARE = len(_M), 5e-3


def _counted(rng: np.random.Generator, pairs: int, matches: int) -> Counted:
    """Pairs whose fields agree (level 1) or not (level 2) independently, `matches` of them true."""
    same = np.where((np.arange(pairs) < matches)[:, None], _M, _U)
    levels = np.where(rng.random((pairs, _FIELDS)) < same, 1, 2).astype(np.uint8)
    rows, counts = np.unique(levels, axis=0, return_counts=True)
    return Counted(rows, counts.astype(np.float64))


def test_em_finds_planted_shares_and_the_mix() -> None:
    """Candidates blocked on the first field: agreement of strangers must not be read from them."""
    rng = np.random.default_rng(1)
    whole = _counted(rng, 400_000, 2000)
    strangers = _counted(rng, 200_000, 1000)
    blocked = whole.levels[:, 0] == 1
    candidates = Counted(whole.levels[blocked], whole.pairs[blocked])
    table, prior = np.tile([0.0, 3.0, -3.0], (_FIELDS, 1)), np.log2(_SHARE)
    for _ in range(30):
        found = shares(candidates, strangers, [], table, prior)
        table = np.zeros((_FIELDS, 3))
        table[:, 1:] = np.log2(np.maximum(found.m[:, 1:3], 1e-6) / found.u[:, 1:3])
        prior = np.log2(found.matches / 400_000)
    assert found.u[:, 1] == pytest.approx(_U, rel=0.05)
    assert found.m[1:, 1] == pytest.approx(_M[1:], abs=0.05)
    assert found.matches == pytest.approx(2000 * _M[0], rel=0.1)


def test_rare_agreement_is_counted_back_from_those_that_agree() -> None:
    strangers = Counted(np.array([[2]], np.uint8), np.array([1000.0]))
    agreeing = Counted(np.array([[1], [2]], np.uint8), np.array([75.0, 25.0]))
    sought = Sought(0, (1,), agreeing, 1e-5)
    found = shares(strangers, strangers, [sought], np.zeros((1, 16)), -200.0)
    assert found.u[0, 1] == pytest.approx(0.75e-5)


@given(data=st.data())
def test_guards_hold_whatever_was_counted(data: st.DataObject) -> None:
    comparison = data.draw(st.sampled_from([*HAND_SET.delivery, *HAND_SET.child]))
    pairs = st.lists(st.floats(0, 1e6), min_size=16, max_size=16)
    m_pairs, u_pairs = np.array(data.draw(pairs)), np.array(data.draw(pairs))
    m, u = m_pairs / max(m_pairs.sum(), 1), u_pairs / max(u_pairs.sum(), 1)
    kept, _ = guarded(comparison, m, u, m_pairs, u_pairs)
    weights = {level: weight for level, (_, weight) in kept.levels.items()}
    assert all(weights[high] >= weights[low] for high, low in order_of(weights))
    assert all(4 * weight == int(4 * weight) for weight in weights.values())
    assert {level: label for level, (label, _) in kept.levels.items()} == {
        level: label for level, (label, _) in comparison.levels.items()
    }


def test_without_evidence_the_hand_set_weight_stays() -> None:
    none = np.zeros(16)
    kept, thin = guarded(HAND_SET.delivery[5], none, none, none, none)
    assert len(thin) == len(kept.levels)
    for level, (_, weight) in kept.levels.items():
        assert abs(weight - HAND_SET.delivery[5].levels[level][1]) <= 3.5
