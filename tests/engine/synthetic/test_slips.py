"""A slip changes a cell the way hands do: recognisably, and never into nothing."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein

from renjia.engine.synthetic import slips
from renjia.engine.synthetic.columns import slipped, texts
from renjia.engine.synthetic.unnamed import Newborn, unnamed
from renjia.engine.units import parse_identity

SEEDS = st.integers(0, 2**32 - 1)
NAMES = st.sampled_from(["王静", "欧阳丽华", "张晓燕", "SATO AYA", "古丽娜尔·买买提", "李䶮", "TAN MEI YIN", "诸葛玥"])
WHOLE = "310190199003071220"


@given(NAMES, SEEDS)
def test_a_mistyped_name_stays_near(name, seed):
    written = slips.name_slip(name, np.random.default_rng(seed))
    assert written.strip()
    if not name.isascii():
        assert Levenshtein.distance(name, written) <= 4


@given(SEEDS)
def test_a_mistyped_number_has_lost_what_was_lost(seed):
    written = slips.number_slip(WHOLE, np.random.default_rng(seed))
    read = parse_identity(written)
    assert 15 <= len(written) <= 21
    if read.valid and read.kind == "resident18":  # written another way, or in full width: the number is still there
        assert read.number == WHOLE
    if len(written) in (15, 17) and read.valid:
        assert read.id15 == parse_identity(WHOLE).id15


@given(st.sampled_from(["E12345678", "H12345678"]), SEEDS)
def test_other_papers_slip_too(number, seed):
    assert len(slips.number_slip(number, np.random.default_rng(seed))) >= 8


@given(SEEDS)
def test_phone_keeps_its_digits_when_only_the_style_changes(seed):
    phone = "15400001234"
    written = slips.phone_style(phone, np.random.default_rng(seed))
    digits = "".join(str(int(character)) for character in written if character.isdigit())
    assert digits.removeprefix("86") == phone
    assert written != phone


@given(SEEDS)
def test_phone_slip_is_one_key(seed):
    assert 1 <= Levenshtein.distance(
        "15400001234", slips.phone_slip("15400001234", np.random.default_rng(seed))
    ) <= 2 or (slips.phone_slip("15400001234", np.random.default_rng(seed)) == "15400001234")


@given(SEEDS)
def test_a_partial_address_is_part_of_the_address(seed):
    written = slips.address_slip("310115007012", np.random.default_rng(seed))
    assert "310115007"[: len(written)] == written[:9]
    assert written != "310115007012"


def test_codes_of_other_districts_are_left_as_they_are():
    assert slips.address_slip("320583", np.random.default_rng(1)) == "320583"


def test_traditional_writes_every_character_it_knows():
    seen = {slips.name_slip("陈丽", np.random.default_rng(seed)) for seed in range(300)}
    assert "陳麗" in seen


def test_slipped_leaves_empty_cells_and_the_original_alone():
    values = texts(["王静", "", "李丽"])
    changed = slipped(np.random.default_rng(1), values, 1.0, lambda text, rng: text + "x")
    assert list(changed) == ["王静x", "", "李丽x"]
    assert list(values) == ["王静", "", "李丽"]


@pytest.mark.parametrize(
    ("style", "ordering", "order", "written"),
    [
        (0, 0, 1, ""),
        (1, 0, 1, "王静之长子"),
        (1, 1, 2, "王静之小子"),
        (1, 2, 2, "王静之二子"),
        (2, 5, 1, "王某之子"),
        (3, 1, 1, "王静大宝"),
        (4, 3, 2, "王静之婴B"),
        (5, 4, 1, "王静男婴甲"),
        (6, 3, 2, "王静B"),
        (9, 2, 1, "李强之一子"),
        (10, 2, 1, "王静BB1"),
    ],
)
def test_wards_have_their_styles(style, ordering, order, written):
    baby = Newborn(male=True, order=order, plurality=2, mother="王静", father="李强")
    assert unnamed(style, ordering, baby, np.random.default_rng(0)) == written


def test_an_only_child_has_no_mark():
    baby = Newborn(male=False, order=1, plurality=1, mother="欧阳静", father="")
    assert unnamed(2, 0, baby, np.random.default_rng(0)) == "欧阳某之女"
    assert unnamed(9, 0, baby, np.random.default_rng(0)) == "欧阳静之女"
