"""分解为单岁与修匀 — printed examples, kept totals, exact polynomials."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from renjia.engine.demography import (
    DemographyError,
    arriaga,
    beers_modified,
    beers_ordinary,
    beers_ordinary_johnson,
    carrier_farrag,
    five_year_groups,
    grabill,
    graduate,
    karup_king_newton,
    monotone,
    spencer,
    sprague,
    strong,
    united_nations,
)
from renjia.engine.demography.graduation_tables import (
    BEERS_MODIFIED,
    BEERS_ORDINARY,
    GRABILL_MIDDLE,
    JOHNSON,
    SPRAGUE,
)

FIVES = np.arange(0, 85, 5)
# Males of the PAS spreadsheets AGESMTH (U.S. Census Bureau), 0–4 … 75–79, 80+.
PAS = [642367, 515520, 357831, 275542, 268336, 278601, 242515, 198231, 165937, 122756, 96775, 59307, 63467, 32377, 29796,
       16183, 34729]  # fmt: skip
groups = st.lists(st.floats(1, 1e6), min_size=17, max_size=17)


def test_johnson_keeps_age_zero_and_the_groups() -> None:
    """BEERSP.XLS (Johnson 2016), ages 0–12 to one person."""
    pop = [184499, 567625, 582662, 463534, 369976, 286946, 235867, 199561, 172133, 151194, 131502, 113439, 95614, 78777,
           60157, 40960, 21318, 25451]  # fmt: skip
    single = beers_ordinary_johnson(pop, [0, 1, *range(5, 85, 5)])
    assert single.shape == (81,) and single[-1] == 25451
    assert single[[0, 1, 2, 4, 5, 8, 9, 12]] == pytest.approx(
        [184499, 158163, 143895, 130151, 126153, 111566, 105733, 92551], abs=1
    )
    assert single[:-1].reshape(16, 5).sum(1) == pytest.approx([184499 + 567625, *pop[2:-1]])


def test_johnsons_table_is_the_quartic_to_four_decimals() -> None:
    powers = np.vander(np.arange(1.0, 11.0) - 5, 5)
    known = np.array([powers[0], powers[1:4].sum(0), powers[4:8].sum(0), powers[8], powers[9]])
    assert np.abs(powers[1:8] @ np.linalg.inv(known) - JOHNSON).max() <= 1.01e-4
    assert JOHNSON[:3].sum(0) == pytest.approx([0, 1, 0, 0, 0], abs=1e-12)
    assert JOHNSON[3:].sum(0) == pytest.approx([0, 0, 1, 0, 0], abs=1e-12)


@pytest.mark.parametrize("table", [SPRAGUE, BEERS_ORDINARY, BEERS_MODIFIED], ids=["sprague", "ordinary", "modified"])
def test_every_row_spreads_a_fifth(table) -> None:
    for panel in table:
        assert panel.sum(1) == pytest.approx(np.full(5, 0.2), abs=1e-12)
    assert table.middle == pytest.approx(table.middle[::-1, ::-1])
    assert GRABILL_MIDDLE.sum(1) == pytest.approx(np.full(5, 0.2), abs=1e-12)
    assert GRABILL_MIDDLE == pytest.approx(GRABILL_MIDDLE[::-1, ::-1])


@pytest.mark.parametrize(
    ("function", "degree"), [(sprague, 3), (beers_ordinary, 3), (beers_modified, 2), (monotone, 0)]
)
def test_polynomials_come_back(function, degree: int) -> None:
    for power in range(degree + 1):
        single = np.diff((np.arange(81) / 40) ** (power + 1.0))
        back = function(single.reshape(16, 5).sum(1), FIVES[:-1], open_group=False)
        assert back == pytest.approx(single, abs=1e-12)


@settings(max_examples=40)
@given(groups)
def test_group_totals_are_kept(pop: list[float]) -> None:
    for method in ("sprague", "beers_ordinary", "monotone"):
        single = graduate(pop, FIVES, method)
        assert single.shape == (81,) and single[-1] == pop[-1]
        assert single[:-1].reshape(16, 5).sum(1) == pytest.approx(pop[:-1], rel=1e-9, abs=1e-5)
    for function in (beers_modified, grabill):
        assert function(pop, FIVES).sum() == pytest.approx(sum(pop), rel=1e-12)
        assert beers_modified(pop, FIVES)[:5].sum() == pytest.approx(pop[0], rel=1e-9, abs=1e-6)
    kept = beers_modified(PAS, FIVES, keep_totals=True)
    assert kept[:-1].reshape(16, 5).sum(1) == pytest.approx(PAS[:-1], rel=1e-12)
    assert (monotone(pop, FIVES) >= 0).all()


def test_rows_at_once_equal_rows_one_by_one() -> None:
    rows = np.array([[PAS, PAS[::-1]], [np.roll(PAS, 3), np.roll(PAS, 7)]])
    for function in (
        sprague,
        beers_ordinary,
        beers_modified,
        grabill,
        monotone,
        arriaga,
        strong,
        carrier_farrag,
        united_nations,
    ):
        together = function(rows, FIVES)
        for i in range(2):
            for j in range(2):
                assert together[i, j] == pytest.approx(function(rows[i, j], FIVES), nan_ok=True)


def test_ends_are_mirrored() -> None:
    rising = np.array(PAS[:-1], dtype=float)
    for function in (sprague, beers_ordinary, beers_modified, grabill):
        one = function(rising, FIVES[:-1], open_group=False)
        assert function(rising[::-1], FIVES[:-1], open_group=False)[::-1] == pytest.approx(one)


def test_grabill_is_its_table_in_the_middle_and_sprague_at_the_ends() -> None:
    flat = grabill(np.full(16, 100.0), FIVES[:-1], open_group=False)
    assert flat == pytest.approx(np.full(80, 20.0), rel=5e-3) and flat[10:70] == pytest.approx(np.full(60, flat[10]))
    single, ends = grabill(PAS, FIVES), sprague(PAS, FIVES)
    assert single[0] == pytest.approx(ends[0], rel=1e-3)
    middle = np.array(PAS[5:10]) @ GRABILL_MIDDLE.T
    assert single[35:40] / middle == pytest.approx(np.full(5, single[35] / middle[0]))


def test_groups_of_any_fineness() -> None:
    single = np.arange(100.0, 0, -1)
    fives, starts = five_year_groups(single, range(100), open_group=False)
    assert list(starts) == list(range(0, 100, 5)) and fives[0] == 100 + 99 + 98 + 97 + 96
    abridged, _ = five_year_groups([1, 4, 5, 5, 5], [0, 1, 5, 10, 15])
    assert list(abridged) == [5, 5, 5, 5]
    lowered, starts = five_year_groups(np.ones(98), range(98))
    assert starts[-1] == 95 and lowered[-1] == 3
    for age in ([3, 8, 13], [0, 7, 10]):
        with pytest.raises(DemographyError):
            five_year_groups([1, 1, 1], age)
    with pytest.raises(DemographyError, match="至少要 5 个封闭组"):
        sprague([1, 1, 1, 1, 1], [0, 5, 10, 15, 20])


def test_smoothing_of_five_year_groups() -> None:
    """PAS AGESMTH, to one person: Carrier–Farrag, Karup–King–Newton, Arriaga, Strong."""
    nan = float("nan")
    cf = carrier_farrag(PAS, FIVES)
    assert cf[:5] == pytest.approx([nan, nan, 346290, 287083, 285855], abs=1, nan_ok=True)
    assert cf[12:] == pytest.approx([55187, 40657, nan, nan, nan], abs=1, nan_ok=True)
    kkn = karup_king_newton(PAS, FIVES)
    assert kkn[:5] == pytest.approx([nan, nan, 354871, 278502, 285508], abs=1, nan_ok=True)
    assert kkn[12:] == pytest.approx([54803, 41041, nan, nan, nan], abs=1, nan_ok=True)
    assert arriaga(PAS, FIVES)[[0, 1, 2, 7, 14, 15, 16]] == pytest.approx(
        [662761, 495126, 345744, 203277, 28790, 17189, 34729], abs=1
    )
    assert strong(PAS, FIVES)[[0, 1, 2, 7, 14, 15, 16]] == pytest.approx(
        [646617, 511270, 386889, 188297, 27887, 18092, 34729], abs=1
    )


@settings(max_examples=40)
@given(groups)
def test_ten_year_totals_are_kept(pop: list[float]) -> None:
    tens = np.array(pop[:-1]).reshape(8, 2).sum(1)
    for function in (carrier_farrag, karup_king_newton):
        assert function(pop, FIVES)[2:14].reshape(6, 2).sum(1) == pytest.approx(tens[1:-1], rel=1e-9)
    assert arriaga(pop, FIVES)[:-1].reshape(8, 2).sum(1) == pytest.approx(tens, rel=1e-9, abs=1e-4)
    assert strong(pop, FIVES).sum() == pytest.approx(sum(pop), rel=1e-9)


def test_a_group_left_over_passes_through() -> None:
    seventeen = [*PAS[:-1], 12000, 9000]
    age = np.arange(0, 90, 5)
    assert list(arriaga(seventeen, age)[-2:]) == [12000, 9000]
    assert np.isnan(carrier_farrag(seventeen, age)[-4:]).all()
    un = united_nations(PAS, FIVES)
    assert np.isnan(un[[0, 1, 14, 15, 16]]).all()
    assert un[2] == pytest.approx((-642367 + 4 * 515520 + 10 * 357831 + 4 * 275542 - 268336) / 16)


def test_spencer_of_21_terms() -> None:
    """Ghana 1970 (Roger, Waltisperger & Corbille-Guitton 1981, p. 375), to half a person; ages 10, 11, 30."""
    pop = [286487, 282182, 319718, 345610, 329133, 324683, 330555, 269536, 271593, 253798, 242297, 165755, 233159, 185812,
           175647, 187138, 160864, 128099, 178568, 123386, 194999, 113372, 139088, 106190, 127482, 178375, 123286, 95637,
           151514, 82614, 239243, 74788, 112354, 61746, 72366, 144828, 92563, 53924, 94635, 52351, 178832]  # fmt: skip
    smooth = spencer(pop, range(41))
    assert np.isnan(smooth[:10]).all() and np.isnan(smooth[31:]).all()
    assert smooth[[10, 11, 20, 30]] == pytest.approx([233847, 216876, 143099, 123150], abs=0.5)
    line = np.arange(41.0)
    assert spencer(line, range(41), terms=15)[7:34] == pytest.approx(line[7:34])
    assert spencer(line**3, range(41))[10:31] == pytest.approx((line**3)[10:31])
