"""Kinds of indicators work in exact fractions, the demographic engine on arrays of floats: the same measure all the same."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from renjia.engine import demography
from renjia.engine.demography import life_table_from_deaths, mean_age_at_childbearing, net_reproduction_rate
from renjia.measure.indicators import kinds
from renjia.measure.indicators.kinds import Options, net_reproduction

AGES = list(range(100))
people = st.lists(st.integers(1, 5000), min_size=100, max_size=100)
events = st.lists(st.integers(0, 60), min_size=100, max_size=100)
COALE = {"nax": "coale_demeny_west_m0", "adult": "half"}


def close(value: float) -> object:
    return pytest.approx(value, rel=1e-9, abs=1e-9)


def profile(first, second=None, ages=AGES):
    second = second or [0] * len(first)
    return {age: (Fraction(a), Fraction(b)) for age, a, b in zip(ages, first, second, strict=True)}


def between(values, lower, upper):
    return sum(values[lower:upper])


@settings(max_examples=25, deadline=None)
@given(people, people)
def test_of_people_by_age(men, women):
    assert float(kinds.myers(profile(men), Options())) == close(demography.myers(men, AGES))
    assert float(kinds.median(profile(men), Options())) == close(demography.median_age(men, AGES))
    found = kinds.age_sex_accuracy(profile(men, women), Options())
    assert float(found) == close(demography.un_age_sex_accuracy(men, women, AGES)["accuracy"])


@settings(max_examples=25, deadline=None)
@given(people, events)
def test_of_rates_by_age(women, born):
    first, ages = 15, AGES[15:50]
    both = profile(born[first:50], women[first:50], ages)
    rates = np.array(born[first:50]) / np.array(women[first:50])
    options = Options(ages=(15, 49))
    if rates.max() <= 1:
        assert float(kinds.sum_of_rates(both, options)) == close(demography.total_fertility_rate(rates))
        if any(born[first:50]):
            assert float(kinds.mean_age(both, options)) == close(mean_age_at_childbearing(rates, ages))


@settings(max_examples=25, deadline=None)
@given(people)
def test_of_shares_never_married(women):
    single = [number // 2 if age > 20 else number for age, number in enumerate(women)]
    groups = range(15, 55, 5)
    shares = [between(single, a, a + 5) / between(women, a, a + 5) for a in groups]
    if shares[6] + shares[7] < 2:
        found = kinds.singulate_mean(profile(single, women), Options())
        assert float(found) == close(demography.singulate_mean_age_at_marriage(shares, list(groups)))


@settings(max_examples=25, deadline=None)
@given(people, events, st.sampled_from("12"))
def test_of_a_life_table(lived, died, sex):
    lower = [0, 1, *range(5, 90, 5)]
    upper = [*lower[1:], 100]
    died = [*died[:-1], died[-1] + 1]  # somebody dies in the open group
    deaths, years = ([between(of, a, z) for a, z in zip(lower, upper, strict=True)] for of in (died, lived))
    if all(3 * d < p for d, p in zip(deaths, years, strict=True)):
        table = life_table_from_deaths(deaths, years, lower, {"1": "male", "2": "female"}[sex], **COALE)
        assert float(kinds.expectation(profile(died, lived), Options(sex=sex))) == close(float(table["ex"][0]))


@settings(max_examples=25, deadline=None)
@given(people, events, events)
def test_of_net_reproduction(lived, died, girls):
    """The engine's life table of the same groups, and its rate when as many boys are born as girls."""
    women, deaths = lived[:50], died[:50]
    both = profile([girls[age] if age >= 15 else 0 for age in range(50)], women, AGES[:50])
    lower = [0, 1, *range(5, 55, 5)]
    upper = [*lower[1:-1], 50]
    dead, years, born = (
        [between(of, a, z) for a, z in zip(lower[:-1], upper, strict=True)] for of in (deaths, women, girls)
    )
    rates = 2 * np.array(born[4:]) / np.array(years[4:])
    if all(3 * d < p for d, p in zip(dead, years, strict=True)) and rates.max() <= 1:
        table = life_table_from_deaths([*dead, 1], [*years, 9], lower, "female", **COALE)
        options = Options(ages=(0, 49), sex="2", deaths={age: Fraction(number) for age, number in enumerate(deaths)})
        expected = net_reproduction_rate(rates, table["Lx"][4:-1], 100.0)
        assert float(net_reproduction(both, options)) == close(expected)
        assert net_reproduction(both, options) <= 5 * sum(
            (Fraction(b, p) for b, p in zip(born[4:], years[4:], strict=True)), Fraction(0)
        )


def test_no_women_of_an_age_no_net_reproduction():
    whole = profile([1] * 50, [10] * 50, AGES[:50])
    assert net_reproduction(whole, Options(sex="2")) is not None
    assert net_reproduction({age: pair for age, pair in whole.items() if age}, Options(sex="2")) is None
