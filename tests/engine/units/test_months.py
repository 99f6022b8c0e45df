"""Months: every spelling meets, arithmetic is exact, nonsense is refused in Chinese."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renjia.engine.units import Month

months = st.builds(Month, st.integers(1000, 3000), st.integers(1, 12))


@pytest.mark.parametrize("text", ["2025-03", "2025-3", "2025/03", "202503", "2025年3月", "２０２５－０３", " 2025-03 "])
def test_every_spelling_is_the_same_month(text):
    assert Month.parse(text) == Month(2025, 3)


@pytest.mark.parametrize(
    "text", ["", "2025", "2025-13", "2025-00", "25-03", "2025-03-01", "2025-3月份", "三月", "20253"]
)
def test_what_is_no_month_is_refused(text):
    with pytest.raises(ValueError, match="月"):
        Month.parse(text)


@given(months)
def test_text_round_trip(month):
    assert Month.parse(str(month)) == month


@given(months, st.integers(-5000, 5000))
def test_plus_and_back(month, count):
    assert month.plus(count).plus(-count) == month
    assert (month.plus(count) > month) == (count > 0)


@given(months)
def test_days_tile_the_line(month):
    assert month.next().first - month.last == timedelta(days=1)
    assert month.previous().last + timedelta(days=1) == month.first
    assert month.first in month and month.last in month and month.next().first not in month
    assert Month.of(month.last) == month


def test_february():
    assert Month(2024, 2).last == date(2024, 2, 29)
    assert Month(1900, 2).last == date(1900, 2, 28)


def test_until():
    assert [str(month) for month in Month(2024, 11).until(Month(2025, 2))] == [
        "2024-11",
        "2024-12",
        "2025-01",
        "2025-02",
    ]
    assert list(Month(2025, 2).until(Month(2025, 1))) == []
