"""Numbers are whole, distinct, and nobody's."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from renjia.engine.synthetic.numbers import (
    AWAY_DIVISIONS,
    LOCAL_DIVISIONS,
    citizen_numbers,
    landlines,
    mobile_numbers,
    passports,
    travel_permits,
)
from renjia.engine.units import parse_identity

RNG = np.random.default_rng(5)
PEOPLE = st.lists(
    st.tuples(st.integers(0, len(LOCAL_DIVISIONS) - 1), st.integers(-15_000, 20_000), st.booleans()), max_size=30
)


@given(PEOPLE)
def test_citizen_numbers_say_division_birth_and_sex(people):
    division, born, male = (np.array(list(column)) for column in zip(*people, strict=True)) if people else ([], [], [])
    numbers = citizen_numbers(
        LOCAL_DIVISIONS, np.array(division, dtype=np.int64), np.array(born, dtype=np.int64), np.array(male, dtype=bool)
    )
    assert len(set(numbers)) == len(people)
    for number, (place, day, man) in zip(numbers, people, strict=True):
        read = parse_identity(number)
        assert read.valid
        assert (read.division, read.sex) == (LOCAL_DIVISIONS[place], "1" if man else "2")
        assert read.birth == np.datetime64(day, "D").item()


def test_many_born_on_one_day_stay_distinct():
    count = 499
    numbers = citizen_numbers(("310190",), np.zeros(count, dtype=np.int64), np.full(count, 9000), np.zeros(count, bool))
    assert len(set(numbers)) == count


def test_every_true_number_of_a_district_is_valid(district):
    family = district.truth.family
    for number in (*family["mother_id"], *family["father_id"][family["father_id"] != ""]):
        assert parse_identity(number).valid
        assert type(number) is str


def test_one_number_one_person(district):
    family = district.truth.family
    mothers = dict(zip(family["mother_id"], family["mother_name"], strict=True))
    assert all(mothers[number] == name for number, name in zip(family["mother_id"], family["mother_name"], strict=True))
    assert not set(family["mother_id"]) & (set(family["father_id"]) - {""})


def test_divisions_and_prefixes_were_never_given_out():
    assert all(code.startswith("31019") for code in LOCAL_DIVISIONS)
    assert all(code[2:4] == "99" for code in AWAY_DIVISIONS)
    assert {number[:3] for number in mobile_numbers(RNG, 500)} <= {
        "142", "143", "154", "160", "161", "163", "164", "168",
    }  # fmt: skip
    assert all(number.startswith("021-1") and len(number) == 12 for number in landlines(RNG, 50))


def test_papers_of_foreigners_read_as_what_they_are():
    assert {parse_identity(number).kind for number in passports(RNG, 50)} == {"passport"}
    assert {parse_identity(number).kind for number in travel_permits(RNG, 50)} == {"other"}
