"""预期出生 — intervals that hold, parts that add up, registrations that help, input that is refused."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from birth_months import FIRST, district
from renjia.engine.demography.errors import DemographyError
from renjia.engine.demography.expected.births import Registrations, expected_births, negative_binomial_interval
from renjia.engine.units import Month

TEN = [30, 12, 8, 20, 5, 40, 25, 3, 18, 9]


def steady(months: int = 36) -> np.ndarray:
    """Births as regular as a clock: the same every day."""
    days = np.array([FIRST.plus(t).last.day for t in range(months)]) / 30
    return np.array(TEN) * days[:, None]


def test_a_steady_district_goes_on_as_it_was() -> None:
    told = expected_births(steady(), FIRST, 12, streets=list("甲乙丙丁戊己庚辛壬癸"))
    assert told.months[0] == Month(2023, 1) and told.months[-1] == Month(2023, 12)
    days = np.array([month.last.day for month in told.months]) / 30
    assert told.whole == pytest.approx(sum(TEN) * days, rel=0.02)
    assert told.mean[0] == pytest.approx(np.array(TEN) * days[0], rel=0.15)
    assert told.season == pytest.approx(1.0, abs=0.02)


def test_a_season_is_learned_and_a_flat_history_has_none() -> None:
    shape = 1 + 0.2 * np.sin(2 * np.pi * np.arange(60) / 12)
    told = expected_births(steady(60) * 10 * shape[:, None], FIRST)
    assert told.season == pytest.approx(shape[:12] / shape[:12].mean(), abs=0.03)


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10**6), months=st.integers(12, 40), streets=st.integers(1, 12))
def test_streets_add_to_the_district(seed: int, months: int, streets: int) -> None:
    made = district(seed, months, streets)
    told = expected_births(made.births + 1, FIRST, 6)
    assert told.mean.sum(axis=1) == pytest.approx(told.whole)
    low, high = told.interval()
    assert (low <= told.mean).all() and (told.mean <= high).all() and (told.mean > 0).all()


@settings(max_examples=30, deadline=None)
@given(mean=st.floats(0.01, 500), error=st.floats(0, 0.3), level=st.sampled_from([0.8, 0.95, 0.99]))
def test_the_interval_holds_at_least_what_it_says(mean: float, error: float, level: float) -> None:
    low, high = negative_binomial_interval(mean, error, level)
    random = np.random.default_rng(1)
    rate = mean * (random.gamma(1 / error, error, 20_000) if error > 1e-6 else np.ones(20_000))
    drawn = random.poisson(rate)
    assert ((low <= drawn) & (drawn <= high)).mean() >= level - 0.01


@pytest.mark.parametrize("months, drift, size", [(60, 0.01, 20), (30, 0.01, 20), (14, 0.01, 20), (48, 0.02, 5)])
def test_intervals_cover_what_came(months: int, drift: float, size: float) -> None:
    """95 % intervals over six districts of 36 streets × 12 months each: streets 95 % or more, the district 90 %."""
    streets, whole = [], []
    for seed in range(6):
        made = district(seed, months + 12, drift=drift, size=size)
        told, came = expected_births(made.births[:months], FIRST), made.births[months:]
        low, high = told.interval()
        streets.append((low <= came) & (came <= high))
        low, high = told.whole_interval()
        whole.append((low <= came.sum(axis=1)) & (came.sum(axis=1) <= high))
    assert np.mean(streets) >= 0.95 and np.mean(whole) >= 0.90
    # and they are not bought by saying anything may happen
    assert np.mean(streets) <= 0.995


def registered(seed: int) -> tuple[np.ndarray, Registrations, np.ndarray]:
    """48 months of births, registrations that saw 70 … 40 % of them 1 … 6 months ahead, and the six months to come."""
    made = district(seed, 54, apart=0.03)
    seen = np.linspace(0.7, 0.4, 6)
    known = np.stack([made.random.binomial(made.births.astype(int), p) for p in seen], axis=1).astype(float)
    coming = np.array([known[48 + h, h] for h in range(6)])
    return made.births[:48], Registrations(known[:48], coming), made.births[48:]


def test_registrations_in_hand_make_it_truer_and_narrower() -> None:
    plain_off, held_off, narrower, covered = [], [], [], []
    for seed in range(3):
        past, held, came = registered(seed)
        plain, told = expected_births(past, FIRST, 6), expected_births(past, FIRST, 6, registrations=held)
        plain_off.append(np.abs(came - plain.mean).mean())
        held_off.append(np.abs(came - told.mean).mean())
        narrower.append((told.error <= plain.error).all())
        low, high = told.interval()
        covered.append(((low <= came) & (came <= high)).mean())
        assert told.mean.sum(axis=1) == pytest.approx(told.whole) and (told.weight > 0).all()
    assert np.mean(held_off) < 0.85 * np.mean(plain_off)
    assert all(narrower) and np.mean(covered) >= 0.95


def test_no_history_women_and_fertility_stand_in() -> None:
    women = np.array([1000, 3000, 6000, 500])
    told = expected_births(np.zeros((0, 4)), FIRST, 12, women=women, fertility=0.03)
    assert told.whole.sum() == pytest.approx(10500 * 0.03, rel=0.01)
    assert told.mean[0] / told.whole[0] == pytest.approx(women / women.sum())
    low, high = told.interval()
    assert (high - low > 0).all()


def test_a_short_history_is_drawn_to_the_women() -> None:
    few = steady(6) * 2
    told = expected_births(few, FIRST, 12, women=np.array(TEN) * 400.0, fertility=0.03)
    assert sum(TEN) * 12 < told.whole.sum() < 2 * sum(TEN) * 12 * 1.02


def test_months_not_all_arrived_do_not_pull_the_level_down() -> None:
    full = steady()
    complete = np.ones(36)
    complete[-3:] = (0.9, 0.6, 0.3)
    told = expected_births(full * complete[:, None], FIRST, complete=complete)
    assert told.whole == pytest.approx(expected_births(full, FIRST).whole, rel=0.01)


@pytest.mark.parametrize(
    "births, options, said",
    [
        (steady(11), {}, "至少要 12 个月"),
        (np.zeros((24, 3)), {}, "一例出生也没有"),
        (np.ones(24), {}, "月份 × 街镇"),
        (-steady(), {}, "为负"),
        (steady(), {"ahead": 25}, "1 至 24"),
        (steady(), {"streets": ["甲"]}, "一一对应"),
        (steady(), {"women": np.ones(10)}, "同时给"),
        (steady(), {"women": np.ones(3), "fertility": 0.03}, "一一对应"),
        (steady(), {"complete": np.full(36, 1.2)}, "0—1"),
        (steady(), {"registrations": Registrations(np.ones((3, 2, 10)), np.ones((1, 10)))}, "逐月对应"),
        (steady(), {"registrations": Registrations(np.ones((36, 1, 10)), np.ones((2, 10)))}, "不多于提前月数"),
    ],
)
def test_what_cannot_be_used_is_refused(births: np.ndarray, options: dict, said: str) -> None:
    with pytest.raises(DemographyError, match=said):
        expected_births(births, FIRST, **options)
