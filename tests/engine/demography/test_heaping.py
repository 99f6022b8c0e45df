"""年龄堆积 — printed values, extremes, and a count without heaping."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from renjia.engine.demography import (
    DemographyError,
    bachi,
    bachi_shares,
    myers,
    myers_shares,
    noumbissi,
    spoorenberg,
    whipple,
)

AGE = np.arange(100)
FLAT = np.full(100, 1000.0)
LINE = 2000 - 15.0 * AGE
ZERO_FIVE = np.where(AGE % 5 == 0, 1000.0, 0.0)
ZERO = np.where(AGE % 10 == 0, 1000.0, 0.0)


def test_extremes() -> None:
    """The calculated vectors of policy.md §2.6: flat 100 and 0, all on 0 and 5 500 and 80, all on 0 500 and 90."""
    assert whipple(FLAT, AGE) == pytest.approx(1) and myers(FLAT, AGE) == pytest.approx(0)
    assert whipple(LINE, AGE) == pytest.approx(1, abs=2e-3) and myers(LINE, AGE) == pytest.approx(0, abs=1e-9)
    assert whipple(ZERO_FIVE, AGE) == pytest.approx(5) and myers(ZERO_FIVE, AGE) == pytest.approx(80)
    assert whipple(ZERO, AGE) == pytest.approx(5) and myers(ZERO, AGE) == pytest.approx(90)
    assert whipple(ZERO, AGE, digits=[0]) == whipple(ZERO, AGE, digits=0) == pytest.approx(10)
    for method in ("orig", "pasex"):
        assert bachi(FLAT, AGE, method=method) == pytest.approx(0)
        assert bachi(ZERO, AGE, method=method) == pytest.approx(90)
    assert bachi(LINE, AGE, method="pasex") == pytest.approx(0, abs=1e-9)
    assert noumbissi(ZERO_FIVE, AGE, 0) == pytest.approx(5) and noumbissi(ZERO_FIVE, AGE, 1) == 0
    assert spoorenberg(FLAT, AGE) == pytest.approx(0) and spoorenberg(ZERO_FIVE, AGE) == pytest.approx(16)


def test_whipple_denominator_is_23_to_62() -> None:
    pop = FLAT.copy()
    pop[[23, 24, 61, 62]] = 0
    assert whipple(pop, AGE) == pytest.approx(5 * 8000 / 36_000)
    assert whipple(pop, AGE, digits=[0]) == pytest.approx(10 * 4000 / 36_000)


def test_whipple_of_one_digit_spans_seven_below_to_two_above() -> None:
    """GDA 1981, p. 148: digit 5 of 25–60 is 25, 35, 45, 55 over 18–57."""
    pop = np.zeros(100)
    pop[18:58] = 10
    assert whipple(pop, AGE, digits=[5]) == pytest.approx(1)
    pop[[17, 58]] = 99
    assert whipple(pop, AGE, digits=[5]) == pytest.approx(1)
    pop[[18, 57]] = 0
    assert whipple(pop, AGE, digits=[5]) == pytest.approx(40 / 38)
    assert whipple(FLAT, AGE, 20, 80, [7]) == pytest.approx(1)


def test_whipple_refuses_what_it_cannot_do() -> None:
    with pytest.raises(DemographyError, match="缺 23–62"):
        whipple(FLAT[:60], AGE[:60])
    for digits in ([10], [], [0, 2], [0, 1, 5]):
        with pytest.raises(DemographyError, match="不成一组"):
            whipple(FLAT, AGE, digits=digits)
    with pytest.raises(DemographyError, match="没有尾数"):
        whipple(FLAT, AGE, 31, 34)


@settings(max_examples=40)
@given(st.lists(st.floats(1, 1e5), min_size=100, max_size=100), st.floats(0.1, 10))
def test_scale_does_not_matter(pop: list[float], factor: float) -> None:
    scaled = np.array(pop) * factor
    for index in (whipple, myers, bachi, noumbissi, spoorenberg):
        assert index(scaled, AGE) == pytest.approx(index(pop, AGE), rel=1e-9, abs=1e-9)
    assert myers_shares(pop, AGE).sum() == pytest.approx(100)
    assert 0 <= myers(pop, AGE) <= 90 and 0 <= bachi(pop, AGE) <= 90


def test_the_preferred_digit_is_named() -> None:
    pop = FLAT.copy()
    pop[AGE % 10 == 8] *= 2
    for shares in (myers_shares(pop, AGE), myers_shares(pop, AGE, 23, 82), bachi_shares(pop, AGE)):
        assert shares.argmax() == 8 and shares[8] == pytest.approx(2 / 11 * 100)


def test_myers_by_hand_on_twenty_years() -> None:
    """T_d = (d + 1)·P(10 + d) + (9 − d)·P(20 + d)."""
    pop = np.zeros(30)
    pop[10:20] = np.arange(1.0, 11)
    pop[20:30] = 5
    blended = np.array([(d + 1) * (d + 1) + (9 - d) * 5 for d in range(10)], dtype=float)
    assert myers(pop, np.arange(30), 10, 29) == pytest.approx(50 * np.abs(blended / blended.sum() - 0.1).sum())


def test_rows_at_once() -> None:
    both = np.stack([FLAT, ZERO_FIVE])
    assert whipple(both, AGE) == pytest.approx([1, 5])
    assert spoorenberg(both, AGE) == pytest.approx([0, 16])
