"""Blind indexes: one number in every spelling has one index; kinds, keys and blanks never meet."""

from cryptography.hazmat.primitives.hashes import SM3, Hash
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from renjia.engine.sealing import BlindIndex, Keys

INDEX = BlindIndex(b"k" * 32)


def test_spellings_meet():
    assert INDEX.of("11010519491231002X") == INDEX.of(" １１０１０５ 19491231002ｘ\n")


def test_kinds_never_meet(tmp_path):
    keys = Keys.create(tmp_path / "keys.json")
    assert keys.index("phone").of("1") != keys.index("identity").of("1")


def test_blank_is_no_index():
    assert INDEX.of("") == INDEX.of(" \u3000") == b""


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text("0123456789X ", max_size=20)))
def test_many_is_one_by_one(values):
    assert INDEX.of_many(values) == [INDEX.of(value) for value in values]


@given(st.text("0123456789X", min_size=1), st.text("0123456789X", min_size=1))
def test_different_numbers_differ(one, other):
    assert (INDEX.of(one) == INDEX.of(other)) == (one == other)


def sm3(message):
    digest = Hash(SM3())
    digest.update(message)
    return digest.finalize()


def test_it_is_hmac_sm3_cut_to_sixteen_bytes():
    key = (b"k" * 32).ljust(64, b"\0")
    inner, outer = (bytes(place ^ pad for place in key) for pad in (0x36, 0x5C))
    assert INDEX.of("13712346287") == sm3(outer + sm3(inner + b"13712346287"))[:16]
