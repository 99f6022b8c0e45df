"""生育 — rates and reproduction, parity, tempo, P/F, relational models."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from renjia.engine.demography import (
    DemographyError,
    age_specific_fertility_rates,
    brass_logit,
    brass_multipliers,
    brass_pf_ratio,
    brass_survivors,
    fit_brass,
    fit_gompertz,
    general_fertility_rate,
    girls_share,
    gompertz_fertility,
    gompit,
    gross_reproduction_rate,
    intrinsic_growth_rate,
    mean_age_at_childbearing,
    mean_age_of_mothers,
    mean_length_of_generation,
    net_reproduction_rate,
    order_shares,
    parity_age_table,
    tempo_adjusted_tfr,
    total_fertility_by_order,
    total_fertility_rate,
)

SEVEN = np.arange(15, 50, 5)
# IUSSP, Population Analysis for Policies & Programmes, session 6, exercise 4: Kuwait 1982.
KUWAIT_F = [0.066, 0.212, 0.255, 0.213, 0.159, 0.078, 0.033]
KUWAIT_L = [4.766, 4.741, 4.707, 4.668, 4.619, 4.556, 4.467]
asfrs = st.lists(st.floats(0.0, 0.3), min_size=7, max_size=7).filter(lambda f: sum(f) > 0.01)


def test_kuwait_1982() -> None:
    """TFR 5.08, GRR 2.48, NRR 2.32 (SRB 105)."""
    assert total_fertility_rate(KUWAIT_F, 5) == pytest.approx(5.08, abs=0.005)
    assert gross_reproduction_rate(KUWAIT_F, 105, 5) == pytest.approx(2.48, abs=0.005)
    assert net_reproduction_rate(KUWAIT_F, KUWAIT_L, 105, radix=1) == pytest.approx(2.32, abs=0.005)


def test_rates_and_their_total() -> None:
    asfr = age_specific_fertility_rates([10, 30, 5], [1000, 1000, 500], [20, 25, 30])
    assert asfr == pytest.approx([0.01, 0.03, 0.01])
    assert total_fertility_rate(asfr, 5) == pytest.approx(0.25)
    assert general_fertility_rate([45], [2500]) == pytest.approx([18])
    assert order_shares([50, 40, 10]) == pytest.approx([50, 40, 10])
    with pytest.raises(DemographyError, match="大于 1"):
        age_specific_fertility_rates([11], [10])


@settings(max_examples=40)
@given(st.lists(st.floats(0, 30), min_size=21, max_size=21), st.lists(st.floats(100, 1000), min_size=7, max_size=7))
def test_orders_add_to_the_total(births: list[float], women: list[float]) -> None:
    by_order = np.array(births).reshape(3, 7)
    found = total_fertility_by_order(by_order, women, 5, all_births=by_order.sum(0))
    assert found["by_order"].sum() == pytest.approx(total_fertility_rate(by_order.sum(0) / women, 5), rel=1e-12)
    assert float(found["tfr"]) == pytest.approx(found["by_order"].sum())


def test_mean_ages() -> None:
    assert mean_age_at_childbearing([0, 0.1, 0, 0, 0, 0, 0], SEVEN) == pytest.approx(22.5)
    assert mean_age_at_childbearing([0.1], [30], 1) == pytest.approx(30.5)
    assert mean_age_at_childbearing([[0.1, 0.1], [0.1, 0.3]], [20, 21]) == pytest.approx([21.0, 21.25])
    assert mean_age_of_mothers([300, 100], [20, 21]) == pytest.approx(20.75)
    with pytest.raises(DemographyError, match="没有平均年龄"):
        mean_age_at_childbearing([0, 0], [20, 21])


@settings(max_examples=40)
@given(asfrs, st.floats(102, 120), st.lists(st.floats(0.5, 1), min_size=7, max_size=7))
def test_net_never_above_gross(asfr: list[float], srb: float, alive: list[float]) -> None:
    years = 500_000 * np.sort(alive)[::-1]
    gross, net = gross_reproduction_rate(asfr, srb, 5), net_reproduction_rate(asfr, years, srb)
    assert net <= gross * (1 + 1e-12)
    assert net_reproduction_rate(asfr, np.full(7, 500_000), srb) == pytest.approx(gross)


def test_intrinsic_rate_solves_lotka() -> None:
    years = np.array(KUWAIT_L) * 100_000
    r = intrinsic_growth_rate(KUWAIT_F, years, SEVEN, 105)
    middle = SEVEN + 2.5
    assert float(girls_share(105)) * (np.exp(-r * middle) * KUWAIT_F * np.array(KUWAIT_L)).sum() == pytest.approx(
        1, abs=1e-12
    )
    generation = mean_length_of_generation(KUWAIT_F, years, SEVEN)
    assert 25 < generation < 32 and r == pytest.approx(np.log(2.317) / generation, rel=0.05)
    with pytest.raises(DemographyError, match="50 与 250"):
        girls_share(1.05)


def test_parity_table_by_hand() -> None:
    """Two ages: m 0.2 at both for first births, 0.5 for second ones at the second age."""
    women = np.array([[1000.0, 800], [100, 200]])
    births = np.array([[200.0, 160], [0, 100]])
    found = parity_age_table(births, women)
    first = 0.2 / 1.1
    expected = first + (1 - first) * first
    assert found["by_order"] == pytest.approx([expected, first * 0.5 / 1.25])
    assert float(found["tfr"]) == pytest.approx(found["by_order"].sum())
    assert found["progression"] == pytest.approx([expected, found["by_order"][1] / expected])
    with pytest.raises(DemographyError, match="没有妇女却有出生"):
        parity_age_table([[1.0, 1], [1, 0]], [[1.0, 1], [0, 1]])


def test_parity_table_equals_simulated_women() -> None:
    rng = np.random.default_rng(4)
    hazard = np.array([0.08, 0.05, 0.02])
    parity = np.zeros(40_000, dtype=int)
    women, births = np.zeros((3, 30)), np.zeros((3, 30))
    for x in range(30):
        start = np.minimum(parity, 2)
        born = rng.random(len(parity)) < 1 - np.exp(-hazard[start])
        parity = parity + born
        for i in range(3):
            women[i, x] = ((start == i).sum() + (np.minimum(parity, 2) == i).sum()) / 2
            births[i, x] = (born & (start == i)).sum()
    found = parity_age_table(births, women)
    assert float(found["tfr"]) == pytest.approx(parity.mean(), rel=0.02)


def test_tempo_is_exact() -> None:
    """Bongaarts & Feeney 1998: 1.7 with the mean age rising 0.1 a year stands for 1.7 / 0.9."""
    found = tempo_adjusted_tfr([1.0, 0.7], [24.0, 27.0], [24.2, 27.2])
    assert float(found["adjusted"]) == pytest.approx(1.7 / 0.9)
    third = tempo_adjusted_tfr([1.0], [24.111], [24.224])
    assert third["r"] == pytest.approx([0.0565]) and float(third["adjusted"]) == pytest.approx(1 / 0.9435)
    assert float(tempo_adjusted_tfr([1.0, 0.7], [24, 27], [24, 27])["adjusted"]) == pytest.approx(1.7)
    with pytest.raises(DemographyError, match="推迟一岁以上"):
        tempo_adjusted_tfr([1.0], [24], [26])


def reached_by(schedule, first: float):
    """Children by exact age under a schedule f(x), by the trapezoid rule."""
    x = np.linspace(first, 60, 20_001)
    f = schedule(x)
    total = np.concatenate([[0.0], np.cumsum((f[1:] + f[:-1]) / 2 * np.diff(x))])
    return lambda age: np.interp(age, x, total)


def parities(at) -> np.ndarray:
    return np.array([at(np.linspace(a, a + 5, 2001)).mean() for a in SEVEN])


def test_pf_is_one_under_constant_fertility() -> None:
    """A smooth schedule; rates by age at birth, or half a year young as a survey has them."""
    at = reached_by(lambda x: 0.0006 * (x - 12.5) ** 5 * np.exp(-(x - 12.5) / 2.5) / 12.5, 12.5)
    at_birth = (at(SEVEN + 5) - at(SEVEN)) / 5
    found = brass_pf_ratio(parities(at), at_birth, age_of_mother="at_birth")
    assert found["ratio"][1:5] == pytest.approx(np.ones(4), abs=0.02)
    young = (at(SEVEN + 4.5) - at(SEVEN - 0.5)) / 5
    shifted = brass_pf_ratio(parities(at), young)
    assert shifted["ratio"][1:5] == pytest.approx(np.ones(4), abs=0.02)
    assert shifted["conventional"][1:5] == pytest.approx(at_birth[1:5], rel=0.02)


@pytest.mark.parametrize("start", [17.5, 16.5, 15.5, 14.5, 13.5])
def test_brass_multipliers_are_those_of_his_polynomial(start: float) -> None:
    """(x − s)(s + 33 − x)²: parities by integration over rates half a year young; the printed table to its decimals."""
    at = reached_by(lambda x: np.where(x < start + 33, (x - start) * (start + 33 - x) ** 2 / 50_000, 0), start)
    rates = (at(SEVEN + 4.5) - at(np.where(SEVEN == 15, 0, SEVEN - 0.5))) / 5
    exact = (parities(at) - np.append(0, 5 * np.cumsum(rates)[:-1])) / rates
    assert brass_multipliers(rates) == pytest.approx(exact, abs=0.012)
    assert brass_pf_ratio(parities(at), rates, multipliers="brass")["ratio"] == pytest.approx(np.ones(7), abs=0.002)
    assert brass_pf_ratio(parities(at), rates)["ratio"][1:5] == pytest.approx(np.ones(4), abs=0.03)


def test_brass_multipliers_end_with_their_table() -> None:
    with pytest.raises(DemographyError, match="超出乘数表"):
        brass_multipliers([0.001, 0.2, 0.2, 0.2, 0.1, 0.05, 0.01])
    with pytest.raises(DemographyError, match="按调查时年龄"):
        brass_pf_ratio([1] * 7, [0.1] * 7, multipliers="brass", age_of_mother="at_birth")


def test_pf_finds_the_missing_part() -> None:
    """Manual X, Bangladesh 1974: P/F about 1.5 at 20–24; four fifths of the births reported raise every ratio by 1.25."""
    f = np.array([0.1063, 0.2296, 0.2154, 0.1825, 0.1339, 0.0644, 0.0336])
    p = [0.385, 1.847, 3.485, 4.917, 5.861, 6.194, 6.084]
    found = brass_pf_ratio(p, f)
    assert found["ratio"][1] == pytest.approx(1.53, abs=0.005)
    assert float(found["tfr"]) == pytest.approx(5 * f.sum())
    assert float(found["adjusted_tfr"]) == pytest.approx(5 * f.sum() * found["ratio"][1])
    assert brass_pf_ratio(p, f * 0.8)["ratio"] == pytest.approx(found["ratio"] * 1.25)
    with pytest.raises(DemographyError, match="七组"):
        brass_pf_ratio(p[:6], f[:6])


def test_brass_logit_round_trip() -> None:
    standard = np.array([0.95, 0.9, 0.8, 0.5, 0.1])
    assert brass_survivors(standard, 0, 1) == pytest.approx(standard)
    moved = brass_survivors(standard, -0.2, 1.1)
    assert (moved[:3] > standard[:3]).all()
    assert fit_brass(moved, standard) == pytest.approx({"alpha": -0.2, "beta": 1.1})
    assert brass_survivors(standard, [0.0, -0.2], [1.0, 1.1])[1] == pytest.approx(moved)
    assert float(brass_logit(0.5)) == 0
    with pytest.raises(DemographyError, match="0 与 1 之间"):
        brass_logit([1.0, 0.9])


def test_gompertz_round_trip() -> None:
    age, standard = np.arange(20, 50, 5), np.array([0.1, 0.35, 0.6, 0.8, 0.93, 0.99])
    same = gompertz_fertility(standard, age, 0, 1, 2.0)
    assert same["cumulated"] == pytest.approx(2 * standard) and same["asfr"].sum() == pytest.approx(2.0)
    later = gompertz_fertility(standard, age, -0.3, 1.2, 1.3)
    assert (later["cumulated"] / 1.3 < standard)[:4].all() and (later["asfr"] > 0).all()
    assert fit_gompertz(later["cumulated"] / 1.3, standard) == pytest.approx({"alpha": -0.3, "beta": 1.2})
    assert float(gompit(np.exp(-1))) == pytest.approx(0)
    with pytest.raises(DemographyError, match="随年龄增加"):
        gompertz_fertility(standard[::-1], age, 0, 1, 2)
