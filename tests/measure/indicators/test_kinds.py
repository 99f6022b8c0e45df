"""What follows from rates age by age, against cases published elsewhere or worked with another tool."""

import doctest
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from renjia.measure.indicators import intervals, kinds
from renjia.measure.indicators.kinds import (
    Options,
    age_sex_accuracy,
    expectation,
    median,
    myers,
    sum_of_rates,
)

LOWER = [0, 1, *range(5, 86, 5)]
# Preston, Heuveline and Guillot, Box 3.1: Austria, males 1992
DEATHS = [419, 70, 36, 46, 249, 420, 403, 441, 508, 769, 1154, 1866, 2043, 3496, 4366, 4337, 5279, 6460, 6146]
PEOPLE = [47925, 189127, 234793, 238790, 254996, 326831, 355086, 324222, 269963, 261971, 238011, 261612, 181385, 187962]
PEOPLE += [153832, 105169, 73694, 57512, 32248]


def profile(first, second=None):
    """Ages 0, 1, 2 … → a pair."""
    second = second or [0] * len(first)
    return {age: (Fraction(a), Fraction(b)) for age, (a, b) in enumerate(zip(first, second, strict=True))}


@pytest.mark.parametrize("module", [kinds, intervals])
def test_the_examples_in_the_words_of_each_function(module):
    assert doctest.testmod(module).attempted > 0 == doctest.testmod(module).failed


@pytest.mark.parametrize(
    ("counts", "index"),
    [
        ([1000] * 100, 0),
        ([2000 - 15 * age for age in range(100)], 0),
        ([1000 if age % 5 == 0 else 0 for age in range(100)], 80),
        ([1000 if age % 10 == 0 else 0 for age in range(100)], 90),
    ],
)
def test_myers_on_the_vectors_of_the_policy(counts, index):
    assert myers(profile(counts), Options()) == index


def test_age_sex_accuracy_on_the_example_of_the_census_bureau():
    men = [4677, 4135, 3825, 3647, 3247, 2802, 2409, 2212, 1786, 1505, 1390, 984, 745, 537, 346, 335]
    women = [4544, 4042, 3735, 3647, 3309, 2793, 2353, 2112, 1691, 1409, 1241, 887, 697, 525, 348, 366]
    found = age_sex_accuracy(
        {5 * at: (Fraction(m), Fraction(w)) for at, (m, w) in enumerate(zip(men, women, strict=True))}, Options()
    )
    assert round(float(found), 6) == 14.307629


def by_hand(deaths, people, sex: str) -> float:
    """The same life table in floating numbers, array by array."""
    m = np.array(deaths) / np.array(people)
    n = np.diff(np.array(LOWER, dtype=float))
    a = n / 2
    line = {"1": ((0.045, 2.684), (1.651, -2.816)), "2": ((0.053, 2.8), (1.522, -1.518))}[sex]
    a[0], a[1] = (constant + slope * m[0] for constant, slope in line)
    q = n * m[:-1] / (1 + (n - a) * m[:-1])
    alive = np.concatenate([[1.0], np.cumprod(1 - q)])
    lived = n * alive[1:] + a * (alive[:-1] - alive[1:])
    return float(lived.sum() + alive[-1] / m[-1])


@pytest.mark.parametrize("sex", ["1", "2"])
def test_life_expectancy_against_arrays_and_near_the_textbook(sex):
    pairs = {age: (Fraction(d), Fraction(p)) for age, d, p in zip(LOWER, DEATHS, PEOPLE, strict=True)}
    found = expectation(pairs, Options(sex=sex))
    assert abs(float(found) - by_hand(DEATHS, PEOPLE, sex)) < 1e-9
    if sex == "1":  # the book takes its own ax above five: 72.889
        assert abs(float(found) - 72.889) < 0.05


def test_single_ages_fall_into_the_groups_of_the_table():
    pairs = {}
    for lower, upper, d, p in zip(LOWER, [*LOWER[1:], 86], DEATHS, PEOPLE, strict=True):
        pairs |= {age: (Fraction(d, upper - lower), Fraction(p, upper - lower)) for age in range(lower, upper)}
    whole = {age: (Fraction(d), Fraction(p)) for age, d, p in zip(LOWER, DEATHS, PEOPLE, strict=True)}
    assert expectation(pairs, Options(sex="1")) == expectation(whole, Options(sex="1"))


def test_heavy_infant_deaths_take_the_fixed_share_of_the_year():
    pairs = {age: (Fraction(1), Fraction(5)) for age in LOWER}
    assert abs(float(expectation(pairs, Options(sex="1"))) - 5) < 1e-9  # a constant rate of 0.2 whatever ax is


@given(st.lists(st.integers(0, 50), min_size=1, max_size=60))
def test_half_are_younger_than_the_median(counts):
    found = median(profile(counts), Options())
    if not sum(counts):
        assert found is None
        return
    whole = int(found)
    younger = sum(counts[:whole]) + (found - whole) * (counts[whole] if whole < len(counts) else 0)
    assert younger == Fraction(sum(counts), 2)


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(1, 90)), min_size=35, max_size=35), st.integers(2, 5))
def test_total_fertility_depends_on_rates_and_not_on_numbers(pairs, times):
    ages = range(15, 50)
    once = {age: (Fraction(n), Fraction(d)) for age, (n, d) in zip(ages, pairs, strict=True)}
    more = {age: (n * (times if age % 2 else 1), d * (times if age % 2 else 1)) for age, (n, d) in once.items()}
    options = Options(ages=(15, 49))
    assert sum_of_rates(once, options) == sum_of_rates(more, options) == sum(Fraction(n, d) for n, d in pairs)
