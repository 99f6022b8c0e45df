"""差异分解与 Lee–Carter — parts that add, models that come back."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from renjia.engine.demography import (
    DemographyError,
    kitagawa,
    lee_carter,
    lee_carter_rates,
    life_expectancy_decomposition,
    life_table,
)

AGE = [0, 1, *range(5, 90, 5)]
nineteen = st.lists(st.floats(1e-4, 0.25), min_size=19, max_size=19)
six = st.lists(st.floats(0.001, 0.9), min_size=6, max_size=6)


@settings(max_examples=40)
@given(six, six, six, six)
def test_kitagawa_parts_add(r1: list[float], c1: list[float], r2: list[float], c2: list[float]) -> None:
    found = kitagawa(r1, c1, r2, c2)
    assert float(found["composition"] + found["rate"]) == pytest.approx(float(found["difference"]), abs=1e-12)
    back = kitagawa(r2, c2, r1, c1)
    assert float(back["rate"]) == pytest.approx(-float(found["rate"]), abs=1e-12)


def test_kitagawa_by_hand() -> None:
    """Σ (c2 − c1)(r1 + r2)/2 + Σ (r2 − r1)(c1 + c2)/2, both parts printed."""
    found = kitagawa([0.01, 0.05], [60, 40], [0.02, 0.04], [5, 5])
    assert float(found["composition"]) == pytest.approx(-0.1 * 0.015 + 0.1 * 0.045)
    assert float(found["rate"]) == pytest.approx(0.01 * 0.55 - 0.01 * 0.45)
    assert float(found["crude1"]) == pytest.approx(0.026) and float(found["crude2"]) == pytest.approx(0.03)
    assert float(kitagawa([0.01, 0.05], [6, 4], [0.02, 0.04], [60, 40])["composition"]) == pytest.approx(0, abs=1e-15)
    with pytest.raises(DemographyError, match="分母为零"):
        kitagawa([0.1], [0], [0.1], [1])


@settings(max_examples=40)
@given(nineteen, nineteen, st.sampled_from(["arriaga", "symmetric"]))
def test_ages_add_to_the_difference(m1: list[float], m2: list[float], method: str) -> None:
    one, two = life_table(m1, AGE, "male", adult="half"), life_table(m2, AGE, "male", adult="half")
    found = life_expectancy_decomposition(one, two, method)
    assert found["by_age"].sum() == pytest.approx(two["ex"][0] - one["ex"][0], abs=1e-8)
    assert float(found["difference"]) == pytest.approx(two["ex"][0] - one["ex"][0])
    assert found["by_age"] == pytest.approx(found["direct"] + found["indirect"])


@settings(max_examples=40)
@given(nineteen, st.integers(1, 18))
def test_one_age_changed_one_age_counts(rates: list[float], at: int) -> None:
    """Age 0 is left out: a0 and 4a1 move with m0."""
    changed = np.array(rates)
    changed[at] *= 0.9
    one, two = life_table(rates, AGE, "female", adult="half"), life_table(changed, AGE, "female", adult="half")
    found = life_expectancy_decomposition(one, two)["by_age"]
    assert found[at] > 0
    assert np.delete(found, at) == pytest.approx(np.zeros(18), abs=1e-9)


def test_symmetric_changes_sign_when_turned_round() -> None:
    one = life_table(np.linspace(0.01, 0.3, 19), AGE, "male")
    two = life_table(np.linspace(0.005, 0.2, 19), AGE, "male")
    there = life_expectancy_decomposition(one, two, "symmetric")["by_age"]
    back = life_expectancy_decomposition(two, one, "symmetric")["by_age"]
    assert there == pytest.approx(-back)
    with pytest.raises(DemographyError, match="年龄组不同"):
        life_expectancy_decomposition(one, life_table([0.1, 0.2], [60, 65], "male"))


@pytest.mark.parametrize("method", ["ratio", "svd"])
def test_lee_carter_comes_back(method: str) -> None:
    ax, bx = np.linspace(-6, -1, 18), np.linspace(2, 0.5, 18)
    bx /= bx.sum()
    kt = np.array([6.0, 3, 1, -2, -8])
    found = lee_carter(lee_carter_rates(ax, bx, kt).T, method)
    assert found["ax"] == pytest.approx(ax) and found["bx"] == pytest.approx(bx) and found["kt"] == pytest.approx(kt)
    assert float(found["explained"]) == pytest.approx(1)
    assert lee_carter_rates(found["ax"], found["bx"], found["kt"]) == pytest.approx(lee_carter_rates(ax, bx, kt))


def test_the_two_estimates_differ_with_noise_and_say_so() -> None:
    rng = np.random.default_rng(0)
    mx = lee_carter_rates(np.linspace(-6, -1, 18), np.full(18, 1 / 18), np.linspace(9, -9, 12))
    mx = mx * np.exp(rng.normal(0, 0.4, mx.shape))
    ratio, svd = lee_carter(mx.T, "ratio"), lee_carter(mx, "svd", ages_in="columns")
    for found in (ratio, svd):
        assert found["bx"].sum() == pytest.approx(1) and found["kt"].sum() == pytest.approx(0, abs=1e-9)
    assert np.abs(ratio["bx"] - svd["bx"]).max() > 1e-4
    assert float(svd["explained"]) >= float(ratio["explained"])
    with pytest.raises(DemographyError, match="取对数"):
        lee_carter([[0.1, 0.0], [0.1, 0.1]])
