"""Ages: the birthday counts, leap-day children, and reach_date is where age_on steps."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renjia.engine.units import age_on, reach_date

births = st.dates(date(1900, 1, 1), date(2030, 12, 31))


def test_birthday_counts():
    assert age_on(date(2022, 6, 10), date(2025, 6, 9)) == 2
    assert age_on(date(2022, 6, 10), date(2025, 6, 10)) == 3


def test_leap_day():
    born = date(2024, 2, 29)
    assert reach_date(born, 3) == date(2027, 3, 1)
    assert reach_date(born, 3, "FEB28") == date(2027, 2, 28)
    assert reach_date(born, 4) == date(2028, 2, 29)
    assert age_on(born, date(2027, 2, 28)) == 2


@given(births, st.integers(0, 110))
def test_reach_date_is_the_first_day_of_that_age(born, years):
    day = reach_date(born, years)
    assert age_on(born, day) == years
    assert age_on(born, day - timedelta(days=1)) == years - 1


def test_refusals():
    with pytest.raises(ValueError, match="闰日规则"):
        reach_date(date(2024, 2, 29), 3, "MAR2")
    with pytest.raises(ValueError, match="超出日期范围"):
        reach_date(date(2024, 1, 1), 9000)
