"""中断序列 — against statsmodels, the printed table of detectable steps, coverage by simulation, refusals."""

import numpy as np
import pytest
import statsmodels.api as sm
from statsmodels.discrete.discrete_model import NegativeBinomial

from renjia.engine.demography.errors import DemographyError
from renjia.engine.demography.evaluation.regression import fit_counts
from renjia.engine.demography.evaluation.series import detectable_step, interrupted_series
from renjia.engine.units import Month

START, BREAK = Month(2016, 6), Month(2021, 6)


def births(seed, step=0.0, n=96, level=300, spread=1.5):
    random, t = np.random.default_rng(seed), np.arange(n)
    mean = level * np.exp(-0.04 * t / 12 + 0.08 * np.sin(2 * np.pi * t / 12) + step * (t >= 60))
    return random.negative_binomial(mean / (spread - 1), 1 / spread)


def design(n=96):
    t = np.arange(n)
    waves = [f(2 * np.pi * k * t / 12) for k in (1, 2) for f in (np.sin, np.cos)]
    return np.column_stack([np.ones(n), (t - t.mean()) / 12, *waves, (t >= 60).astype(float)])


@pytest.mark.parametrize(("months", "printed"), [((36, 24), (18, 10, 7)), ((60, 36), (13.5, 7.8, 5.5))])
def test_detectable_steps_are_the_printed_table(months, printed):
    found = detectable_step([100, 300, 600], *months)
    assert found == pytest.approx(printed, abs=0.35)
    assert 0 < (detectable_step(100, *months, slope=True) - found[0]) < 3


def test_coefficients_and_errors_equal_statsmodels():
    counts, x, offset = births(1, 0.1).astype(float), design(), np.full(96, 2.0)
    ours = fit_counts(counts, x, offset)
    theirs = sm.GLM(counts, x, family=sm.families.Poisson(), offset=offset).fit(scale="X2")
    assert ours.coefficient == pytest.approx(theirs.params, abs=1e-8)
    assert np.sqrt(np.diag(ours.covariance)) == pytest.approx(theirs.bse, rel=1e-6)
    assert ours.dispersion == pytest.approx(theirs.scale, rel=1e-6)


def test_negative_binomial_equals_statsmodels():
    counts, x = births(2, spread=4).astype(float), design()
    ours = fit_counts(counts, x, np.zeros(96), "negative_binomial")
    theirs = NegativeBinomial(counts, x).fit(disp=0, method="newton", start_params=[*ours.coefficient, ours.alpha])
    assert ours.coefficient == pytest.approx(theirs.params[:-1], abs=1e-4)
    assert ours.alpha == pytest.approx(theirs.params[-1], rel=1e-2)


def test_a_planted_step_is_found_and_an_absent_one_is_not():
    found = interrupted_series(births(3, step=0.3), 90_000.0, START, [BREAK])
    effect = found.effects[0]
    assert effect.low < np.exp(0.3) < effect.high and effect.p_value < 1e-4 and found.placebo_share < 0.05
    assert len(found.placebo) == 37 and "关联" in found.words and "假日期" in found.words
    none = interrupted_series(births(4), 90_000.0, START, [BREAK])
    assert none.effects[0].low < 1 < none.effects[0].high and "不等于没有变化" in none.words


def test_course_without_the_break_joins_the_fit_before_it():
    found = interrupted_series(births(3, step=0.3), 90_000.0, START, [BREAK], slope=True)
    assert found.without[:60] == pytest.approx(found.fitted[:60])
    assert found.fitted[60] / found.without[60] == pytest.approx(found.effects[0].ratio)
    assert [e.kind for e in found.effects] == ["台阶", "斜率"]


def test_intervals_hold_the_truth_about_as_often_as_they_say():
    held = 0
    for seed in range(150):
        t = fit = None
        x, counts = design(), births(1000 + seed, step=0.1).astype(float)
        fit = fit_counts(counts, x, np.zeros(96))
        t = (fit.coefficient[-1] - 0.1) / np.sqrt(fit.covariance[-1, -1])
        held += abs(t) < 1.987
    assert 0.90 <= held / 150 <= 0.985


def test_detectable_step_is_seen_four_times_in_five():
    size = float(detectable_step(300, 60, 36)) / 100
    seen = 0
    for seed in range(200):
        random = np.random.default_rng(5000 + seed)
        mean = 300 * np.exp(size * (np.arange(96) >= 60))
        fit = fit_counts(random.negative_binomial(mean / 0.5, 1 / 1.5).astype(float), design(), np.zeros(96))
        seen += abs(fit.coefficient[-1]) / np.sqrt(fit.covariance[-1, -1]) > 1.987
    assert 0.72 <= seen / 200 <= 0.90


def test_correlated_months_widen_the_interval_and_say_so():
    random, noise = np.random.default_rng(9), np.zeros(96)
    for t in range(1, 96):
        noise[t] = 0.8 * noise[t - 1] + 0.08 * random.standard_normal()
    found = interrupted_series(random.poisson(400 * np.exp(noise)), 90_000.0, START, [BREAK])
    assert found.autocorrelation > 0.3 and "已照此放宽" in found.words


def test_further_terms_take_their_share():
    covid = ((np.arange(96) >= 44) & (np.arange(96) < 56)).astype(float)
    counts = births(11) * np.exp(-0.3 * covid)
    without = interrupted_series(counts, 90_000.0, START, [BREAK])
    with_term = interrupted_series(counts, 90_000.0, START, [BREAK], terms={"疫情": covid})
    assert with_term.dispersion < without.dispersion


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"breaks": [Month(2018, 6)]}, "断点前 24 个月"),
        ({"breaks": [Month(2023, 6)]}, "后 12 个月"),
        ({"breaks": []}, "没有给断点"),
        ({"breaks": [Month(2020, 6), Month(2020, 9)]}, "只隔 3 个月"),
        ({"breaks": [Month(2021, 6), Month(2020, 6)]}, "由早到晚"),
        ({"births": [*births(1)[:95], -3]}, "第 96 个月"),
        ({"births": [*births(1)[:95], float("nan")]}, "nan"),
        ({"women": 0.0}, "须大于 0"),
        ({"women": np.ones(95)}, "95 个月"),
        ({"terms": {"疫情": np.zeros(96)}}, "有变化"),
        ({"terms": {"重复": (np.arange(96) >= 60).astype(float)}}, "同一件事"),
        ({"family": "gamma"}, "gamma"),
    ],
)
def test_bad_input_is_refused(change, said):
    given = {"births": births(1), "women": 90_000.0, "start": START, "breaks": [BREAK]} | change
    with pytest.raises(DemographyError) as caught:
        interrupted_series(given.pop("births"), given.pop("women"), given.pop("start"), given.pop("breaks"), **given)
    assert said in str(caught.value) and caught.value.remedy


def test_too_short_a_design_is_refused():
    for call in (
        lambda: detectable_step(100, 6, 24),
        lambda: detectable_step(0, 36, 24),
        lambda: detectable_step(100, 36, 24, overdispersion=0),
    ):
        with pytest.raises(DemographyError):
            call()
