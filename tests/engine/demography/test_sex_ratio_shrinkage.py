"""收缩与多次比较 — maximum likelihood recovered, posterior by hand, no false spread, the 31 provinces of 2020."""

import csv
import os
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from renjia.engine.demography.errors import DemographyError
from renjia.engine.demography.sex_ratios.sex_ratio import ratio_of_share
from renjia.engine.demography.sex_ratios.shrinkage import (
    beta_binomial_fit,
    false_discoveries,
    heterogeneity,
    shrink_by_parity,
    shrink_sex_ratios,
)


def places(random, a, b, size=400, births=800):
    boys = random.binomial(births, random.beta(a, b, size))
    return boys, births - boys


def test_the_fit_is_a_maximum_of_the_likelihood():
    boys, girls = places(np.random.default_rng(1), 110, 100)
    fit = beta_binomial_fit(boys, girls)

    def likelihood(a, b):
        return stats.betabinom.logpmf(boys, boys + girls, a, b).sum()

    best = likelihood(fit.a, fit.b)
    for a, b in ((1.01, 1), (0.99, 1), (1, 1.01), (1, 0.99), (1.01, 1.01), (0.99, 0.99)):
        assert likelihood(fit.a * a, fit.b * b) < best
    assert fit.strength == pytest.approx(210, rel=0.2) and fit.mean == pytest.approx(110, abs=1)


def test_equal_places_are_all_given_the_pooled_ratio():
    fit = beta_binomial_fit([510, 511, 509, 510], [490, 489, 491, 490])
    assert not fit.places_differ and fit.mean == pytest.approx(100 * 2040 / 1960, abs=1e-6)
    shrunk = shrink_sex_ratios([510, 511, 509, 510], [490, 489, 491, 490])
    assert np.ptp(shrunk.ratio) < 1e-3


def test_rounding_is_never_taken_for_a_difference_between_places():
    random = np.random.default_rng(0)
    for _ in range(25):
        boys = random.binomial(300, 106 / 206, 36)
        fit = beta_binomial_fit(boys, 300 - boys)
        assert fit.strength < 1e6 if fit.places_differ else fit.strength > 9e8


def test_shrunk_values_are_the_posterior():
    boys, girls = places(np.random.default_rng(2), 60, 50, 30, 200)
    shrunk = shrink_sex_ratios(boys, girls, above=120)
    a, b = boys[3] + shrunk.prior.a, girls[3] + shrunk.prior.b
    assert shrunk.ratio[3] == pytest.approx(100 * a / b)
    assert shrunk.above[3] == pytest.approx(stats.beta.sf(120 / 220, a, b), abs=1e-12)
    assert shrunk.low[3] == pytest.approx(float(ratio_of_share(stats.beta.ppf(0.025, a, b))))
    pulled = np.abs(shrunk.ratio - shrunk.prior.mean) <= np.abs(shrunk.raw - shrunk.prior.mean) + 1e-9
    assert pulled.all()


def test_each_parity_has_its_own_prior_and_empty_places_are_left_out():
    random = np.random.default_rng(3)
    first, third = places(random, 1060, 1000, 20, 500), places(random, 66, 50, 20, 60)
    third = (np.append(third[0], 0), np.append(third[1], 0))
    first = (np.append(first[0], 50), np.append(first[1], 50))
    done = shrink_by_parity({"一孩": first, "三孩": third}, [f"街{i}" for i in range(21)])
    assert len(done["一孩"].names) == 21 and len(done["三孩"].names) == 20
    assert done["三孩"].prior.mean > done["一孩"].prior.mean + 10


def test_heterogeneity_is_the_contingency_chi_square():
    boys, girls = np.array([60, 45, 52]), np.array([40, 55, 48])
    square, freedom, p = heterogeneity(boys, girls)
    other = stats.chi2_contingency(np.array([boys, girls]), correction=False)
    assert (square, freedom, p) == pytest.approx((other.statistic, other.dof, other.pvalue))


def test_false_discoveries_by_hand():
    flagged, adjusted = false_discoveries([0.01, 0.04, 0.03, 0.5])
    assert adjusted.tolist() == pytest.approx([0.04, 0.16 / 3, 0.16 / 3, 0.5])
    assert flagged.tolist() == [True, False, False, False]
    assert false_discoveries([0.01, 0.04, 0.03, 0.5], dependent=True)[1][0] == pytest.approx(0.04 * (25 / 12))


@pytest.mark.parametrize(
    "call",
    [
        lambda: beta_binomial_fit([5, 6], [5, 6]),
        lambda: beta_binomial_fit([0, 0, 0], [5, 6, 7]),
        lambda: beta_binomial_fit([5, 6, -1], [5, 6, 7]),
        lambda: shrink_by_parity({"一孩": ([1, 2], [3])}),
        lambda: false_discoveries([0.5, 1.5]),
        lambda: heterogeneity([0, 0], [3, 4]),
    ],
)
def test_bad_input_is_refused(call):
    with pytest.raises(DemographyError) as caught:
        call()
    assert caught.value.remedy


@pytest.mark.shared
def test_thirty_one_provinces_of_2020():
    """Figures of demography.md §4, from the long form of the seventh census."""
    shared = os.environ.get("SHARED", "")
    path = Path(shared) / "data/demography/cn_census_2010_2020_births_by_sex_parity_province.csv"
    if not shared or not path.is_file():
        pytest.skip("没有 SHARED=../shared 的人口数据")
    with path.open(encoding="utf-8") as file:
        rows = [r for r in csv.DictReader(file) if r["year"].startswith("2019") and r["type"] == "不分城乡"]
    rows = [r for r in rows if r["area"] != "全国"]
    names = [r["area"] for r in rows]

    def by(order):
        return shrink_sex_ratios(
            [float(r[f"{order}-男"]) for r in rows], [float(r[f"{order}-女"]) for r in rows], names
        )

    every, third, at = by("出生人数"), by("第三孩"), names.index("上海")
    assert len(rows) == 31
    assert every.prior.strength == pytest.approx(2083, abs=1) and every.prior.mean == pytest.approx(110.7, abs=0.05)
    square, freedom, _ = heterogeneity([float(r["出生人数-男"]) for r in rows], [float(r["出生人数-女"]) for r in rows])
    assert (round(square), freedom) == (505, 30)
    assert (round(every.raw[at], 1), round(every.ratio[at], 1), round(every.above[at], 2)) == (109.1, 109.3, 0.92)
    assert third.prior.strength == pytest.approx(226, abs=1) and third.prior.mean == pytest.approx(131.8, abs=0.05)
    assert (round(third.raw[at], 1), round(third.ratio[at], 1), round(third.above[at], 2)) == (152.8, 144.3, 1.0)
