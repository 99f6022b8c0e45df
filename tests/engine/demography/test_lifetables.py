"""生命表 — against printed tables, and the identities every life table keeps."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from renjia.engine.demography import (
    a0_andreev_kingkade,
    a0_coale_demeny_west_m0,
    a0_coale_demeny_west_q0,
    a1_4_coale_demeny_q0,
    a1_4_coale_demeny_west_m0,
    grouped_years,
    life_expectancy_interval,
    life_table,
    life_table_from_deaths,
    life_table_given_ax,
    life_table_given_imr,
    survive,
    survivorship_ratios,
)

AGE = [0, 1, *range(5, 90, 5)]
# United Nations 1982, Model Life Tables for Developing Countries, p. 34 (male), to the printed decimals.
UN_M = [0.23669, 0.04672, 0.00982, 0.00511, 0.00697, 0.01036, 0.01169, 0.01332, 0.01528, 0.01757, 0.02092, 0.02517,
        0.03225, 0.04241, 0.06056, 0.08574, 0.11840, 0.16226, 0.23745]  # fmt: skip
UN_E = {0: 35.000, 1: 42.901, 20: 36.868, 45: 21.504, 65: 10.584, 80: 5.312, 85: 4.211}
# MORTPAK (United Nations 1988), p. 82 (female).
MORTPAK_M = [0.12846, 0.02477, 0.00603, 0.0034, 0.00417, 0.00513, 0.00581, 0.00645, 0.00725, 0.00813, 0.00913, 0.01199,
             0.01647, 0.0256, 0.04047, 0.06624, 0.10638, 0.19611]  # fmt: skip
MORTPAK_E = {0: 49.997, 1: 55.675, 30: 38.084, 60: 15.349, 70: 9.240, 75: 6.903, 80: 5.099}

schedules = st.lists(st.floats(1e-5, 0.3), min_size=19, max_size=19)


def at(table, age: int) -> float:
    return float(table["ex"][list(table["age"]).index(age)])


def test_united_nations_1982() -> None:
    table = life_table(UN_M, AGE, "male", nax="coale_demeny_west_q0")
    for age, printed in UN_E.items():
        assert at(table, age) == pytest.approx(printed, abs=0.0035)


def test_mortpak_1988() -> None:
    table = life_table(MORTPAK_M, AGE[:-1], "female", nax="coale_demeny_west_q0")
    for age, printed in MORTPAK_E.items():
        assert at(table, age) == pytest.approx(printed, abs=0.0015)


def test_preston_box_3_1() -> None:
    """Single figures of Preston, Heuveline & Guillot 2001, p. 49: given m, a and the groups around them."""
    table = life_table_given_ax(
        [419, 70, 36, 6146], [47925, 189127, 234793, 32248], [0.068, 1.626, 2.5, 5.247], [0, 1, 5, 85]
    )
    assert table["qx"][0] == pytest.approx(0.008672, abs=1e-6)
    assert table["lx"][1] == pytest.approx(99133, abs=0.5)
    assert table["Lx"][:2] == pytest.approx([99192, 396183], abs=1)
    assert table["ex"][-1] == pytest.approx(5.24695, abs=5e-5)


def test_pas_takes_the_infant_mortality_rate() -> None:
    """U.S. Census Bureau, PAS, LTPOPDTH: North, males, IMR 0.1; e0 56.31, e1 61.53, e5 58.35, e80 4.95 … at 90."""
    exposure = [100958, 466275, 624134, 559559, 446736, 370653, 301862, 249409, 247473, 223014, 172260, 149338, 127242,
                105715, 79614, 53660, 31021, 16805, 8000, 4000, 2000, 1000]  # fmt: skip
    deaths = [8674, 1592, 618, 411, 755, 1098, 1100, 1357, 1335, 3257, 2200, 4023, 2167, 4578, 2956, 4212, 2887, 2351,
              1500, 900, 500, 300]  # fmt: skip
    table = life_table_given_imr(deaths, exposure, [0, 1, *range(5, 105, 5)], "male", 0.1, region="north")
    for age, printed in {0: 56.31, 1: 61.53, 5: 58.35, 10: 53.63, 40: 27.22, 80: 6.09, 95: 3.85, 100: 3.33}.items():
        assert at(table, age) == pytest.approx(printed, abs=0.0051)
    assert table["qx"][0] == 0.1
    assert table["dx"][0] == pytest.approx(table["mx"][0] * table["Lx"][0])


def test_a0_in_both_coale_demeny_forms() -> None:
    """They disagree in the third decimal: male, m0 = 0.010: 0.0710 and 0.0718 (demography.md §3)."""
    assert float(a0_coale_demeny_west_q0(0.010, "male")) == pytest.approx(0.0710, abs=5e-5)
    assert float(a0_coale_demeny_west_m0(0.010, "male")) == pytest.approx(0.0718, abs=5e-5)
    for sex, above in (("male", 0.33), ("female", 0.35)):
        assert float(a0_coale_demeny_west_q0(0.15, sex)) == above
        assert float(a0_coale_demeny_west_m0(0.15, sex)) == above
    q0 = 0.010 / (1 + (1 - float(a0_coale_demeny_west_q0(0.010, "male"))) * 0.010)
    assert 0.0425 + 2.875 * q0 == pytest.approx(float(a0_coale_demeny_west_q0(0.010, "male")), abs=1e-14)
    assert float(a1_4_coale_demeny_west_m0(0.010, "female")) == pytest.approx(1.522 - 0.01518)
    for region, male, female in (
        ("west", 1.352, 1.361),
        ("north", 1.558, 1.570),
        ("east", 1.313, 1.324),
        ("south", 1.240, 1.239),
    ):
        assert float(a1_4_coale_demeny_q0(0.0999999, "male", region)) == pytest.approx(male, abs=1e-3)
        assert float(a1_4_coale_demeny_q0(0.1, "female", region)) == pytest.approx(female, abs=1e-3)


def test_andreev_kingkade_lines_meet() -> None:
    assert a0_andreev_kingkade([0.01, 0.05, 0.2], "male") == pytest.approx([0.1293355, 0.1913305, 0.29915])
    assert a0_andreev_kingkade([0.01, 0.05, 0.2], "female") == pytest.approx([0.1284773, 0.2407145, 0.31411])
    assert a0_andreev_kingkade(0.01, "both") == a0_andreev_kingkade(0.01, "female")
    for sex, edges in (("male", (0.02300, 0.08307)), ("female", (0.01724, 0.06891))):
        for edge in edges:
            low, high = a0_andreev_kingkade([edge - 1e-9, edge], sex)
            assert low == pytest.approx(high, abs=0.02)


@settings(max_examples=40)
@given(schedules, st.sampled_from(["andreev_kingkade", "coale_demeny_west_q0", "coale_demeny_west_m0"]))
def test_identities(rates: list[float], nax: str) -> None:
    table = life_table(rates, AGE, "both", nax=nax, adult="greville")
    lx, dx, years = table["lx"], table["dx"], table["Lx"]
    assert (np.diff(lx) <= 0).all() and (lx >= 0).all()
    assert years.sum() == pytest.approx(table["Tx"][0], rel=1e-12)
    assert dx.sum() == pytest.approx(lx[0], rel=1e-12)
    assert dx == pytest.approx(table["mx"] * years, rel=1e-9, abs=1e-9)
    assert years[-1] == pytest.approx(lx[-1] / rates[-1])
    assert table["ex"][-1] == pytest.approx(1 / rates[-1])


@settings(max_examples=40)
@given(schedules)
def test_higher_mortality_shortens_life(rates: list[float]) -> None:
    low = life_table(rates, AGE, "male", adult="half")["ex"][0]
    high = life_table(np.array(rates) * 1.05, AGE, "male", adult="half")["ex"][0]
    assert high < low


def test_many_tables_at_once_and_single_years() -> None:
    stack = life_table(np.array([UN_M, [*UN_M[:-1], 0.3]]), AGE, "male")
    alone = life_table(UN_M, AGE, "male")
    assert stack["ex"][0] == pytest.approx(alone["ex"], rel=1e-14)
    assert stack["ex"][1][0] < stack["ex"][0][0]
    single = life_table(np.full(101, 0.01), range(101), "female")
    assert single["ax"][1] == 0.5 and single["ex"][50] == pytest.approx(100.0, abs=0.01)


def test_given_closeout_and_older_start() -> None:
    closed = life_table(UN_M, AGE, "male", closeout="given", e_open=5.0)
    assert closed["ex"][-1] == 5.0 and closed["Lx"][-1] == 5 * closed["lx"][-1]
    elders = life_table([0.02, 0.03, 0.3], [60, 65, 70], "both")
    assert elders["lx"][0] == 100_000 and elders["age"][0] == 60


def test_survivorship_ratios_follow_the_table() -> None:
    table = life_table(UN_M, AGE, "male")
    ratios = survivorship_ratios(table, 5)
    years = grouped_years(table, 5)
    assert years.shape == ratios.shape == (18,)
    assert years.sum() == pytest.approx(table["Tx"][0])
    assert ratios[0] == pytest.approx((table["Lx"][0] + table["Lx"][1]) / 500_000)
    assert ratios[-1] == pytest.approx(table["Tx"][-1] / table["Tx"][-2])
    stationary = survive(years, ratios)
    assert stationary[1:] == pytest.approx(years[1:], rel=1e-12) and stationary[0] == 0


def test_interval_is_wider_for_a_small_place() -> None:
    people = np.array([800.0, 3000, 4000, 900])
    deaths = np.array([8.0, 6, 20, 90])
    small = life_table_from_deaths(deaths, people, [0, 1, 5, 10], "male")
    large = life_table_from_deaths(deaths * 100, people * 100, [0, 1, 5, 10], "male")
    one, hundred = life_expectancy_interval(small, deaths), life_expectancy_interval(large, deaths * 100)
    assert one["se"][0] == pytest.approx(10 * hundred["se"][0])
    assert one["low"][0] < small["ex"][0] < one["high"][0]
    rng = np.random.default_rng(6)
    chances = small["qx"][:-1]
    at_risk = deaths[:-1] / chances
    drawn = rng.binomial(np.round(at_risk).astype(int), chances, size=(20_000, 3)) / np.round(at_risk)
    alive = np.concatenate([np.ones((20_000, 1)), np.cumprod(1 - drawn, axis=1)], axis=1)
    width, a = small["n"][:-1], small["ax"]
    e0 = (width * alive[:, 1:] + a[:-1] * (alive[:, :-1] - alive[:, 1:])).sum(1) + alive[:, -1] * a[-1]
    assert e0.std() == pytest.approx(one["se"][0], rel=0.03)
