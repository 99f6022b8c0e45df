"""出生分解与孩次递进 — exact sums, Kitagawa by hand, one factor moved alone, published identities, refusals."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from renjia.engine.demography.errors import DemographyError
from renjia.engine.demography.evaluation.decomposition import das_gupta, decompose_births
from renjia.engine.demography.evaluation.parity import (
    children_implied,
    cohort_parity_progression,
    decompose_progression,
    parity_progression,
)

AGES = np.arange(15, 50)
WOMEN = np.linspace(5000, 8000, 35)
RATES = 0.1 * np.exp(-((AGES - 28) ** 2) / 50)
women = arrays(np.float64, 35, elements=st.floats(10, 1e5))
babies = arrays(np.float64, (2, 35), elements=st.floats(0.1, 1e4))


@given(babies, women, babies, women)
def test_parts_add_to_the_change(b1, w1, b2, w2):
    found = decompose_births(b1, w1, b2, w2, draws=0)
    assert sum(p.births for p in found.parts) == pytest.approx(found.change, abs=1e-9 * (found.before + found.after))


def test_two_factors_are_kitagawa():
    c1, c2, r1, r2 = np.array([0.3, 0.7]), np.array([0.6, 0.4]), np.array([0.1, 0.02]), np.array([0.08, 0.03])
    composition, rates = das_gupta(lambda f: (f[0] * f[1]).sum(), [c1, r1], [c2, r2])
    assert composition == pytest.approx(((c2 - c1) * (r1 + r2) / 2).sum())
    assert rates == pytest.approx(((r2 - r1) * (c1 + c2) / 2).sum())


def test_three_factors_are_das_gupta_by_hand():
    a, b, c, x, y, z = 2.0, 3.0, 5.0, 7.0, 11.0, 13.0
    first = das_gupta(lambda f: f[0] * f[1] * f[2], *[[np.array(v) for v in t] for t in ((a, b, c), (x, y, z))])[0]
    assert first == pytest.approx(((b * c + y * z) / 3 + (b * z + y * c) / 6) * (x - a))


@pytest.mark.parametrize(
    ("factor", "births", "after"),
    [
        ("妇女人数", WOMEN * RATES * 1.2, WOMEN * 1.2),
        ("年龄结构", WOMEN[::-1] * RATES, WOMEN[::-1]),
        ("生育水平", WOMEN * RATES * 0.8, WOMEN),
        ("生育时间（年龄分布）", WOMEN * np.roll(RATES, 2) * RATES.sum() / np.roll(RATES, 2).sum(), WOMEN),
    ],
)
def test_a_factor_moved_alone_takes_the_whole_change(factor, births, after):
    found = decompose_births(WOMEN * RATES, WOMEN, births, after, draws=0)
    for part in found.parts:
        expected = found.change if part.name == factor else 0
        assert part.births == pytest.approx(expected, abs=1e-6 * found.before)


def test_marriage_is_a_factor_of_its_own():
    married = WOMEN * 0.6
    found = decompose_births(
        WOMEN * RATES, WOMEN, WOMEN * RATES * 0.5 / 0.6, WOMEN,
        married_before=married, married_after=WOMEN * 0.5, draws=0,
    )  # fmt: skip
    parts = {p.name: p.births for p in found.parts}
    assert parts["婚姻"] == pytest.approx(found.change) and parts["生育水平"] == pytest.approx(0, abs=1e-6)


def test_interval_and_smallest_change_are_those_of_chance():
    found = decompose_births(WOMEN * RATES, WOMEN, WOMEN * RATES * 0.97, WOMEN, seed=5)
    level = next(p for p in found.parts if p.name == "生育水平")
    assert level.low < level.births < level.high and level.low < 0 < level.high
    assert found.smallest_seen == pytest.approx(2.80 * np.sqrt(found.before + found.after), rel=0.01)
    assert "只作参考" in found.words and "不说明为什么" in found.words
    again = decompose_births(WOMEN * RATES, WOMEN, WOMEN * RATES * 0.97, WOMEN, seed=5)
    assert again.parts == found.parts


def test_progression_is_one_less_the_product_of_staying():
    found = parity_progression([100, 80, 60], [1000, 900, 800])
    assert found.ratio == pytest.approx(1 - 0.9 * (1 - 80 / 900) * (1 - 60 / 800))
    assert found.low < found.ratio < found.high and found.smallest_seen > found.high - found.ratio


def test_progression_interval_covers():
    random, held = np.random.default_rng(3), 0
    q, risk = np.array([0.1, 0.08, 0.05]), np.array([500, 450, 400])
    for _ in range(500):
        found = parity_progression(random.binomial(risk, q), risk)
        held += found.low <= 1 - np.prod(1 - q) <= found.high
    assert 0.92 <= held / 500 <= 0.98


def test_cohort_ratios_and_the_children_they_imply():
    women_by_parity = np.array([50.0, 450.0, 400.0, 100.0])
    ratios = cohort_parity_progression(women_by_parity)
    assert ratios.tolist() == pytest.approx([950 / 1000, 500 / 950, 100 / 500])
    children = (0 * 50 + 450 + 2 * 400 + 3 * 100) / 1000
    assert float(children_implied(ratios, repeat_last=False)) == pytest.approx(children)
    assert float(children_implied([0.5])) == pytest.approx(1.0)


def test_progression_parts_add_to_the_change():
    before, after = [0.95, 0.5, 0.1], [0.9, 0.45, 0.15]
    parts = decompose_progression(before, after)
    assert sum(parts.values()) == pytest.approx(float(children_implied(after) - children_implied(before)), abs=1e-12)
    assert parts["1→2"] < 0 < parts["2→3"]


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: decompose_births(WOMEN[:-1], WOMEN, WOMEN, WOMEN), "年龄组数目"),
        (lambda: decompose_births(WOMEN * 0, WOMEN, WOMEN, WOMEN), "没有出生"),
        (lambda: decompose_births(WOMEN, WOMEN * 0, WOMEN, WOMEN), "分母为零"),
        (lambda: decompose_births(-WOMEN, WOMEN, WOMEN, WOMEN), "负"),
        (lambda: decompose_births(WOMEN * np.nan, WOMEN, WOMEN, WOMEN), "NaN"),
        (lambda: decompose_births(WOMEN, WOMEN, WOMEN, WOMEN, married_before=WOMEN), "一期"),
        (lambda: decompose_births(WOMEN, WOMEN, WOMEN, WOMEN, married_before=WOMEN * 2, married_after=WOMEN), "已婚"),
        (lambda: das_gupta(lambda f: f[0], [], []), "因素"),
        (lambda: parity_progression([5, 6], [5]), "间隔年数"),
        (lambda: parity_progression([5, 6], [5, 5]), "第 2 年"),
        (lambda: parity_progression([5, -1], [5, 5]), "第 2 年"),
        (lambda: cohort_parity_progression([0, 0, 0]), "合计为 0"),
        (lambda: children_implied([0.5, 40]), "第 2 个"),
        (lambda: children_implied([0.5, 1.0]), "无穷"),
    ],
)
def test_bad_input_is_refused(call, said):
    with pytest.raises(DemographyError) as caught:
        call()
    assert said in str(caught.value) and caught.value.remedy
