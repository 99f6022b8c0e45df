"""指纹 — codes that mean the same in every batch: equal for equal texts, equal sounds, equal ends."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from renjia.engine.linkage.big.texts import codes, sounds, tails
from renjia.engine.linkage.ideographs import ideographs
from renjia.engine.linkage.names import sounded
from renjia.engine.linkage.packed import DIGITS, Packed

NAMES = st.text(st.sampled_from("李里丽王欧阳诗涵㐀㛃aeALI梅妹·"), min_size=1, max_size=8)
NUMBERS = st.text(st.sampled_from("012E"), min_size=1, max_size=18)


def of(texts: list[str], names: bool = True) -> Packed:
    return Packed.of(list(dict.fromkeys(texts)), ideographs().names if names else DIGITS)


@settings(deadline=None)
@given(st.lists(NAMES, min_size=2, max_size=8), st.lists(NAMES, max_size=8))
def test_a_code_is_of_the_text_not_of_its_place(texts: list[str], before: list[str]) -> None:
    one, other = of(texts), of([*before, *texts])
    by_text = dict(zip(other[np.arange(len(other))].tolist(), codes(other).tolist(), strict=True))
    for text, code in zip(one[np.arange(len(one))].tolist(), codes(one).tolist(), strict=True):
        assert by_text[text] == code
    assert len(set(by_text.values())) == len(by_text)
    assert 0 not in by_text.values() and -1 not in by_text.values()  # missing, and does not fit


@settings(deadline=None)
@given(NAMES, NAMES)
def test_sounds_meet_when_the_names_sound_alike(one: str, other: str) -> None:
    found = sounds(of([one, other]))
    assert (found[0] == found[-1]) == (sounded(one) == sounded(other))
    assert (found >= 0).all()


def test_homophones_in_and_beside_the_table_meet() -> None:
    # 㛃 has a reading (jié) and stands outside the table of packed names
    assert len(set(sounds(of(["李㛃", "李洁", "李杰", "里捷"])).tolist())) == 1
    assert len(set(sounds(of(["啊", "a", "阿姨", "姨阿"])).tolist())) == 4


@settings(deadline=None)
@given(NUMBERS, NUMBERS)
def test_tails_meet_when_the_last_six_places_do(one: str, other: str) -> None:
    found = tails(of([one, other], names=False))
    long = len(one) >= 8 and len(other) >= 8
    assert (found[0] == found[-1] and found[0] >= 0) == (long and one[-6:] == other[-6:])
