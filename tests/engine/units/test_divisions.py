"""Division codes: levels, parents, the padded form; what is no code answers nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renjia.engine.units import district_of, is_code, level_of, shortest, street_of


@pytest.mark.parametrize(
    ("code", "level", "street", "district"),
    [
        ("310000", "city", "", ""),
        ("310100", "city", "", ""),
        ("360000", "province", "", ""),
        ("360700", "city", "", ""),
        ("310115", "district", "", "310115"),
        ("310115001", "street", "310115001", "310115"),
        ("310115001001", "neighbourhood", "310115001", "310115"),
        ("310115001000", "street", "310115001", "310115"),
        ("310115000000", "district", "", "310115"),
        ("310115000001", "", "", ""),
        ("31011", "", "", ""),
        ("3101150010", "", "", ""),
        ("990115", "", "", ""),
        ("31011A", "", "", ""),
        ("３１０１１５", "", "", ""),
        ("", "", "", ""),
    ],
)
def test_levels(code, level, street, district):
    assert (level_of(code), street_of(code), district_of(code)) == (level, street, district)


@given(st.text(alphabet="0123456789x ", max_size=14))
def test_whatever_has_a_level_is_a_code(text):
    assert not level_of(text) or is_code(text)
    assert level_of(shortest(text)) == level_of(text)
    assert district_of(text) in ("", text[:6])
