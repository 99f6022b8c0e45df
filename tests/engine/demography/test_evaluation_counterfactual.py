"""合成对照 — weights are the minimum, a planted gap is found, too few districts or years are refused."""

import numpy as np
import pytest
from scipy import optimize

from renjia.engine.demography.errors import DemographyError
from renjia.engine.demography.evaluation.counterfactual import simplex_weights, synthetic_control

YEARS = list(range(2008, 2023))


def districts(seed=1, donors=24, effect=0.0, spread=0.15):
    random = np.random.default_rng(seed)
    common = np.linspace(12, 8, 15)[:, None] + random.normal(0, 0.4, (15, 1))
    x = common + random.normal(0, 1, donors) + random.normal(0, spread, (15, donors))
    y = x[:, :3] @ [0.3, 0.4, 0.3] + random.normal(0, spread, 15)
    y[10:] += effect
    return y, x, [f"区{i + 1}" for i in range(donors)]


@pytest.mark.parametrize("seed", range(5))
def test_weights_are_the_minimum_on_the_simplex(seed):
    random = np.random.default_rng(seed)
    x, y = random.normal(10, 2, (9, 6)), random.normal(10, 1, 9)
    ours = simplex_weights(y, x)
    assert ours.min() >= 0 and ours.sum() == pytest.approx(1)
    other = optimize.minimize(
        lambda w: ((x @ w - y) ** 2).sum(), np.full(6, 1 / 6), method="SLSQP", bounds=[(0, 1)] * 6,
        constraints={"type": "eq", "fun": lambda w: w.sum() - 1}, options={"ftol": 1e-14, "maxiter": 1000},
    )  # fmt: skip
    assert ((x @ ours - y) ** 2).sum() <= other.fun + 1e-8


def test_exact_match_is_found():
    y, x, _ = districts(spread=0)
    y = x[:, 0] * 0.25 + x[:, 1] * 0.75
    assert x @ simplex_weights(y, x) == pytest.approx(y, abs=1e-6)


def test_a_planted_gap_is_found_with_its_rank_and_reach():
    y, x, names = districts(effect=1.5)
    found = synthetic_control(y, x, YEARS, 2018, names)
    assert found.effect == pytest.approx(1.5, abs=0.4) and found.p_value == pytest.approx(1 / 25)
    assert 0 < found.smallest_seen < 1.5 and sum(found.weights.values()) == pytest.approx(1, abs=1e-4)
    assert found.gap[:10] == pytest.approx(found.treated[:10] - found.synthetic[:10])
    assert "关联" in found.words and "安慰剂" in found.words and len(found.placebo) == 24


def test_no_gap_is_not_called_one():
    ranks = [synthetic_control(*districts(seed)[:2], YEARS, 2018, districts(seed)[2]).p_value for seed in range(20)]
    assert np.mean(np.array(ranks) <= 0.05) <= 0.2


def test_few_districts_cannot_reach_five_per_cent_and_it_says_so():
    y, x, names = districts(donors=12, effect=1.5)
    assert "到不了 0.05" in synthetic_control(y, x, YEARS, 2018, names).words


def test_a_district_outside_the_others_is_called_unusable():
    y, x, names = districts()
    assert "不能用" in synthetic_control(y + 8, x, YEARS, 2018, names).words


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"donors": 9}, "只有 9 个对照区"),
        ({"begins": 2015}, "措施前只有 7 年"),
        ({"begins": 2030}, "没有数据"),
        ({"years": [*YEARS[1:], 2008]}, "由早到晚"),
        ({"nan": True}, "空值"),
        ({"short": True}, "长短不一致"),
    ],
)
def test_bad_input_is_refused(change, said):
    y, x, names = districts(donors=change.get("donors", 24))
    if change.get("nan"):
        x[3, 4] = np.nan
    with pytest.raises(DemographyError) as caught:
        synthetic_control(
            y[:-1] if change.get("short") else y, x, change.get("years", YEARS), change.get("begins", 2018), names
        )
    assert said in str(caught.value) and caught.value.remedy
