"""Identity numbers: the standard's example, every slip of the pen refused, every other paper told apart."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renjia.engine.units import check_character, parse_identity

SOUND = "11010519491231002X"  # printed in GB 11643-1999

bodies = st.builds(
    lambda division, born, order: f"{division}{born:%Y%m%d}{order:03d}",
    st.sampled_from(["310115", "360783", "110105", "659001", "810000"]),
    st.dates(date(1900, 1, 1), date(2100, 1, 1)),
    st.integers(0, 999),
)
numbers = bodies.filter(lambda body: body[6:] != "0" * 11).map(lambda body: body + check_character(body))


def test_example_of_the_standard():
    found = parse_identity(SOUND)
    assert (found.kind, found.valid, found.reason) == ("resident18", True, "")
    assert (found.birth, found.sex, found.division) == (date(1949, 12, 31), "2", "110105")
    assert found.id15 == "110105491231002"


@given(numbers)
def test_sound_numbers_are_read(number):
    found = parse_identity(number)
    assert found.valid, found.reason
    assert found.kind == ("hmt_residence" if number[:2] == "81" else "resident18")
    assert f"{found.birth:%Y%m%d}" == number[6:14]
    assert found.sex == ("1" if int(number[16]) % 2 else "2")


@given(numbers, st.integers(0, 17), st.sampled_from("0123456789X"))
def test_every_single_slip_is_refused(number, place, other):
    slipped = number[:place] + other + number[place + 1 :]
    if slipped != number:
        found = parse_identity(slipped)
        assert not found.valid and found.reason


@given(numbers, st.integers(0, 16))
def test_every_swap_of_neighbours_is_refused(number, place):
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    if swapped != number:
        found = parse_identity(swapped)
        assert not found.valid and found.reason


@given(numbers)
def test_the_three_forms_of_one_number_share_a_key(number):
    assert parse_identity(number[:17]).id15 == parse_identity(number).id15
    assert not parse_identity(number[:17]).valid
    if number[6:8] == "19" and number[:2] != "81":
        old = parse_identity(number[:6] + number[8:17])
        assert (old.kind, old.id15, old.valid) == ("resident15", parse_identity(number).id15, True)


@given(st.text(max_size=30))
def test_no_text_breaks_it(text):
    found = parse_identity(text)
    assert found.valid == (not found.reason)


@pytest.mark.parametrize(
    ("text", "kind", "valid"),
    [
        ("１１０１０５１９４９１２３１００２ｘ", "resident18", True),
        (" 110105 19491231 002x ", "resident18", True),
        ("身份证号：11010519491231002X", "resident18", True),
        ("'11010519491231002X", "resident18", True),
        ("110105491231002", "resident15", True),
        ("830000199201300022", "hmt_residence", True),
        ("911124198108030024", "foreign_permanent", True),
        ("USA110090073101", "foreign_permanent", True),
        ("E12345678", "passport", True),
        ("护照EA1234567", "passport", True),
        ("518765432", "passport", True),
        ("H41287102", "other", True),
        ("12345678", "other", True),
        ("3.10115E+17", "other", False),
        ("310115********1234", "other", False),
        ("不详", "none", False),
        ("", "none", False),
        ("000000000000000000", "none", False),
        ("11010519490230002X", "resident18", False),
        ("99010519491231002X", "foreign_permanent", False),
        ("01010519491231002X", "resident18", False),
        ("1101051949123100", "resident18", False),
        ("11O10519491231002X", "resident18", False),
        ("张三", "other", False),
    ],
)
def test_papers_are_told_apart(text, kind, valid):
    found = parse_identity(text)
    assert (found.kind, found.valid) == (kind, valid)


def test_the_stray_letter_is_named():
    assert "第 3 位「O」" in parse_identity("11O10519491231002X").reason


def test_check_character_wants_seventeen_digits():
    with pytest.raises(ValueError, match="17 位"):
        check_character("1101051949123100")
