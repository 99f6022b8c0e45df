"""性别比 — intervals, test, funnel and power against printed tables, other libraries and hand work; bad input."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from renjia.engine.demography.errors import DemographyError
from renjia.engine.demography.sex_ratios.sex_ratio import (
    births_needed,
    checked_births,
    funnel_limits,
    power_to_see,
    ratio_of_share,
    sex_ratio_at_birth,
    sex_ratio_interval,
    sex_ratio_test,
    sex_ratio_z,
    share_of_boys,
    smallest_ratio_seen,
)

counts = st.integers(min_value=1, max_value=5000)


def test_reference_is_the_printed_share():
    assert float(share_of_boys(106)) == pytest.approx(0.51456, abs=5e-6)


@pytest.mark.parametrize(("method", "other"), [("exact", "beta"), ("wilson", "wilson")])
@pytest.mark.parametrize(("boys", "girls"), [(53, 47), (3, 1), (700, 650), (12875, 11995)])
def test_intervals_equal_an_independent_library(method, other, boys, girls):
    low, high = sex_ratio_interval(boys, girls, method)
    p_low, p_high = proportion_confint(boys, boys + girls, 0.05, other)
    assert float(low) == pytest.approx(100 * p_low / (1 - p_low), abs=1e-6)
    assert float(high) == pytest.approx(100 * p_high / (1 - p_high), abs=1e-6)


def test_log_interval_by_hand():
    low, high = sex_ratio_interval(120, 100, "log")
    half = stats.norm.isf(0.025) * np.sqrt(1 / 120 + 1 / 100)
    assert float(low) == pytest.approx(120 * np.exp(-half)) and float(high) == pytest.approx(120 * np.exp(half))


def test_bayesian_interval_holds_its_posterior_mass():
    low, high = sex_ratio_interval(30, 20, "bayes", level=0.9, prior=(5, 5))
    mass = stats.beta.cdf(share_of_boys(high), 35, 25) - stats.beta.cdf(share_of_boys(low), 35, 25)
    assert mass == pytest.approx(0.9, abs=1e-9)


def test_no_girl_has_no_upper_limit_and_no_boy_no_lower():
    low, high = sex_ratio_interval([5, 0], [0, 5])
    assert np.isinf(high[0]) and low[1] == 0 and np.isfinite(low[0]) and np.isfinite(high[1])


@given(counts, counts)
def test_exact_interval_holds_the_ratio_and_contains_wilson_nearly(boys, girls):
    low, high = sex_ratio_interval(boys, girls)
    assert low <= sex_ratio_at_birth(boys, girls) <= high
    swapped_low, swapped_high = sex_ratio_interval(girls, boys)
    assert float(swapped_low) == pytest.approx(1e4 / float(high), rel=1e-6)
    assert float(swapped_high) == pytest.approx(1e4 / float(low), rel=1e-6)


def test_exact_test_is_the_sum_of_outcomes_no_more_likely():
    p0, n, boys = 106 / 206, 40, 27
    chances = stats.binom.pmf(np.arange(n + 1), n, p0)
    assert float(sex_ratio_test(boys, n - boys)) == pytest.approx(chances[chances <= chances[boys] * (1 + 1e-9)].sum())


def test_funnel_limits_are_the_printed_table():
    births = [100, 200, 1000, 5000, 20000]
    for level, printed in (
        (0.95, [(71, 158), (80, 140), (94, 120), (100, 112), (103, 109)]),
        (0.998, [(56, 202), (68, 166), (87, 129), (97, 116), (101, 111)]),
    ):
        low, high = funnel_limits(births, level=level)
        assert [(round(float(a)), round(float(b))) for a, b in zip(low, high, strict=True)] == printed


def test_exact_funnel_lets_at_most_its_share_beyond():
    low, high = funnel_limits(300, exact=True)
    p_low, p_high = float(share_of_boys(low)), float(share_of_boys(high))
    beyond = (
        stats.binom.cdf(round(p_low * 300) - 1, 300, 106 / 206),
        stats.binom.sf(round(p_high * 300), 300, 106 / 206),
    )
    assert max(beyond) <= 0.025


def test_births_needed_are_the_printed_table():
    assert births_needed([110, 112, 115, 120, 130]).tolist() == [22922, 10380, 4743, 2050, 761]
    assert np.isinf(births_needed(106))


def test_power_and_the_smallest_ratio_seen_agree_with_births_needed():
    assert float(smallest_ratio_seen(4743)) == pytest.approx(115, abs=0.01)
    assert float(power_to_see(4743, 115)) == pytest.approx(0.8, abs=0.01)
    assert float(power_to_see(4743, 106)) <= 0.05
    assert np.isinf(smallest_ratio_seen(3))


def test_z_is_what_the_funnel_flags():
    high = float(funnel_limits(1000)[1])
    boys = int(np.ceil(1000 * high / (100 + high)))
    assert float(sex_ratio_z(boys, 1000 - boys)) > 1.96 > float(sex_ratio_z(boys - 1, 1001 - boys))


@pytest.mark.parametrize(
    ("males", "females", "said"),
    [
        ([5, -1], [5, 5], "第 2 个（乙）：男婴数是 -1"),
        ([5, float("nan")], [5, 5], "第 2 个（乙）：男婴数是空值或非数"),
        ([5, 2.5], [5, 5], "男婴数是 2.5"),
        ([5, 0], [5, 0], "第 2 个（乙）：男女婴合计为 0"),
        ([5, 5], None, "缺女婴数"),
        ([5, 5], [5], "对不上"),
        (["五", "六"], [5, 5], "不是数字"),
    ],
)
def test_bad_counts_are_refused_with_place_and_remedy(males, females, said):
    with pytest.raises(DemographyError) as caught:
        checked_births(males, females, ["甲", "乙"])
    assert said in str(caught.value) and caught.value.remedy


@pytest.mark.parametrize(
    "call",
    [
        lambda: share_of_boys(1.06),
        lambda: sex_ratio_interval(0, 5, "log"),
        lambda: sex_ratio_interval(5, 5, "wald"),
        lambda: sex_ratio_interval(5, 5, level=95),
        lambda: sex_ratio_interval(5, 5, "bayes", prior=(0, 1)),
        lambda: funnel_limits([100, 0]),
        lambda: funnel_limits([100, float("nan")]),
        lambda: births_needed(115, power=80),
    ],
)
def test_bad_settings_are_refused(call):
    with pytest.raises(DemographyError) as caught:
        call()
    assert caught.value.remedy


def test_ratio_of_a_share_outside_is_open():
    assert ratio_of_share([-0.1, 1.2]).tolist() == [0, np.inf]
