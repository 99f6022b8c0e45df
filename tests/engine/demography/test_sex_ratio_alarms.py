"""CUSUM 与 EWMA — exact chances against enumeration, simulation and the printed table; the tuned chart keeps its promise."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from renjia.engine.demography.errors import DemographyError
from renjia.engine.demography.sex_ratios.cusum import (
    alarm_chances,
    average_run_length,
    cusum,
    cusum_chart,
    even_schedule,
    false_alarm_of_district,
    tune_threshold,
)
from renjia.engine.demography.sex_ratios.ewma import ewma, ewma_false_alarm, tune_ewma_limit


def test_whole_scores_stand_for_the_log_weights():
    chart = cusum_chart(4)
    p0, p1 = 106 / 206, chart.design / (100 + chart.design)
    assert chart.boy * chart.step == pytest.approx(np.log(p1 / p0), rel=1e-9)
    assert chart.girl * chart.step == pytest.approx(-np.log((1 - p1) / (1 - p0)), rel=1e-9)
    assert chart.design == pytest.approx(115, abs=0.05) and chart.h == pytest.approx(4, abs=chart.step)


def test_the_line_is_the_recursion():
    random = np.random.default_rng(4)
    boys, girls = random.binomial(17, 0.6, 80), random.binomial(17, 0.4, 80)
    chart = cusum_chart(4)
    path, score, first = cusum(boys, girls, chart), 0, None
    for at, (m, f) in enumerate(zip(boys, girls, strict=True)):
        score = max(0, score + chart.boy * m - chart.girl * f)
        assert path.score[at] == pytest.approx(score * chart.step)
        first = at if first is None and score >= chart.threshold else first
    assert path.alarm == first is not None
    assert path.drift_from == 0 or path.score[path.drift_from - 1] == 0
    assert (path.score[path.drift_from : path.alarm + 1] > 0).all()


def brute(chart, p, schedule):
    """Chance of an alarm by enumerating every sequence of births."""
    total = 0.0
    for births in product((1, 0), repeat=sum(schedule)):
        score, at, alarmed = 0, 0, False
        for n in schedule:
            boys = sum(births[at : at + n])
            score, at = max(0, score + chart.boy * boys - chart.girl * (n - boys)), at + n
            alarmed = alarmed or score >= chart.threshold
        total += alarmed * p ** sum(births) * (1 - p) ** (len(births) - sum(births))
    return total


@pytest.mark.parametrize("schedule", [[1] * 11, [3, 0, 4, 4], [11]])
@pytest.mark.parametrize("ratio", [106, 150])
def test_chances_are_those_of_every_sequence(schedule, ratio):
    chart = replace(cusum_chart(1), threshold=170)
    assert alarm_chances(chart, ratio, schedule)[-1] == pytest.approx(
        brute(chart, ratio / (100 + ratio), schedule), abs=1e-12
    )


def test_run_length_is_the_sum_of_the_chances_of_silence():
    chart = replace(cusum_chart(1), threshold=400)
    silent = 1 - alarm_chances(chart, 130, [1] * 4000)
    assert silent[-1] < 1e-9
    assert average_run_length(chart, 130) == pytest.approx(1 + silent.sum(), rel=1e-9)


@pytest.mark.parametrize(
    ("h", "lengths"), [(3, (20300, 2400, 920)), (4, (63000, 3900, 1100)), (5, (159000, 5000, 1400))]
)
def test_run_lengths_of_the_printed_table(h, lengths):
    """The table's came from 120–200 simulated runs, so within three of their standard errors (a quarter)."""
    chart = cusum_chart(h)
    for ratio, printed in zip((106, 115, 130), lengths, strict=True):
        assert average_run_length(chart, ratio) == pytest.approx(printed, rel=0.25)


def test_false_alarm_of_the_district_and_detection_at_h_4():
    chart = cusum_chart(4)
    assert false_alarm_of_district(chart, [1000] * 36) == pytest.approx(
        0.016, abs=0.001
    )  # 1.6 % in four million streets
    found = [float(alarm_chances(chart, ratio, [1] * 1000)[-1]) for ratio in (130, 150)]
    assert found == pytest.approx([0.40, 0.975], abs=0.01)
    third = cusum_chart(1.5)
    assert false_alarm_of_district(third, [300]) <= 0.05
    assert float(alarm_chances(third, 153, [1] * 300)[-1]) >= 0.8


def test_simulated_streets_with_the_exact_log_weights_agree():
    """Not our whole scores but the textbook's logarithms, by a plain loop over births."""
    random, streets = np.random.default_rng(6), 20_000
    w = np.log([(106 / 206, 115 / 215), (100 / 206, 100 / 215)])
    score, alarmed = np.zeros(streets), np.zeros(streets, dtype=bool)
    for _ in range(400):
        boy = random.random(streets) < 140 / 240
        score = np.maximum(0, score + np.where(boy, w[0, 1] - w[0, 0], w[1, 1] - w[1, 0]))
        alarmed |= score >= 3
    exact = float(alarm_chances(cusum_chart(3), 140, [1] * 400)[-1])
    assert alarmed.mean() == pytest.approx(exact, abs=4 * np.sqrt(exact * (1 - exact) / streets))


def test_tuned_line_keeps_the_promise_and_is_the_lowest():
    tuned = tune_threshold()
    assert tuned.district_false_alarm <= 0.05
    lower = replace(tuned.chart, threshold=tuned.chart.threshold - 1)
    assert false_alarm_of_district(lower, [1000] * 36) > 0.05
    assert float(alarm_chances(tuned.chart, 150, [1] * 1000)[-1]) >= 0.95


@given(st.integers(2, 40), st.integers(1, 6))
def test_fewer_looks_never_alarm_more(births, looks):
    chart = replace(cusum_chart(1), threshold=200)
    every = float(alarm_chances(chart, 120, [1] * births)[-1])
    assert float(alarm_chances(chart, 120, even_schedule(births, looks))[-1]) <= every + 1e-12
    assert sum(even_schedule(births, looks)) == births


def test_unequal_streets_multiply():
    chart = cusum_chart(2)
    one, two = (false_alarm_of_district(chart, [n]) for n in (300, 900))
    assert false_alarm_of_district(chart, [300, 900, 900]) == pytest.approx(1 - (1 - one) * (1 - two) ** 2)


def test_ewma_by_hand_and_its_false_alarm_by_simulation():
    path = ewma([60, 40], [40, 60], weight=0.2)
    z = [(x - 106 / 206) / np.sqrt(106 / 206 * 100 / 206 / 100) for x in (0.6, 0.4)]
    assert path.value.tolist() == pytest.approx([0.2 * z[0], 0.2 * z[1] + 0.8 * 0.2 * z[0]])
    assert path.upper[0] == pytest.approx(3 * 0.2)
    random = np.random.default_rng(7)
    value, out = np.zeros(40_000), np.zeros(40_000, dtype=bool)
    for t in range(1, 61):
        value = 0.1 * random.standard_normal(40_000) + 0.9 * value
        out |= np.abs(value) > 3 * np.sqrt(0.1 / 1.9 * (1 - 0.9 ** (2 * t)))
    assert ewma_false_alarm(3.0) == pytest.approx(out.mean(), abs=0.005)


def test_tuned_ewma_limit_keeps_the_promise():
    limit = tune_ewma_limit()
    assert 1 - (1 - ewma_false_alarm(limit)) ** 36 == pytest.approx(0.05, abs=1e-5)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: cusum([5, 6], [4, 5], cusum_chart(4), ["2025-02", "2025-01"]), "2025-01"),
        (lambda: cusum([5, 6], [4, 5], cusum_chart(4), ["2025-01", "2025-01"]), "2025-01"),
        (lambda: cusum([5, float("nan")], [4, 5], cusum_chart(4), ["2025-01", "2025-02"]), "2025-02"),
        (lambda: cusum([5, 6], None, cusum_chart(4)), "缺女婴"),
        (lambda: ewma([5, 0], [4, 0]), "合计为 0"),
        (lambda: ewma([5, 6], [4, 5], periods=["2025-02", "2025-01"]), "2025-01"),
        (lambda: ewma([5, 6], [4, 5], weight=0), "权数"),
        (lambda: cusum_chart(0), "报警线"),
        (lambda: cusum_chart(4, design=106), "高出"),
        (lambda: tune_threshold(streets=0), "街镇数"),
        (lambda: alarm_chances(cusum_chart(4), 130, [1.5]), "整数"),
        (lambda: alarm_chances(cusum_chart(4), float("nan"), [1]), "NaN"),
    ],
)
def test_bad_input_is_refused(call, said):
    with pytest.raises(DemographyError) as caught:
        call()
    assert said in str(caught.value) and caught.value.remedy


def test_months_without_births_are_allowed_in_a_cusum():
    path = cusum([5, 0, 9], [4, 0, 2], cusum_chart(4))
    assert path.score[1] == path.score[0]
