"""Money: what is written is what is read, to the fen; floats never."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renjia.engine.units import fen, yuan


@given(st.integers(-(10**15), 10**15))
def test_round_trip(amount):
    assert fen(yuan(amount)) == amount
    assert fen(Decimal(amount) / 100) == amount


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("3,600.00 元", 360000),
        ("￥3600.5", 360050),
        ("３６００", 360000),
        ("-0.05", -5),
        ("0", 0),
        ("１，２３４.５元", 123450),
    ],
)
def test_spellings(text, amount):
    assert fen(text) == amount


@pytest.mark.parametrize(
    "text", ["", "元", "3,60.00", "1.005", "1e3", "1.", ".5", "三百", "1 2a", "--1", "1,2345", "nan"]
)
def test_what_is_no_amount_is_refused(text):
    with pytest.raises(ValueError, match="不是金额"):
        fen(text)


@pytest.mark.parametrize("value", [Decimal("0.001"), Decimal("NaN"), Decimal("Infinity")])
def test_less_than_a_fen_is_refused(value):
    with pytest.raises(ValueError, match="分"):
        fen(value)


@pytest.mark.parametrize("value", [1.5, 3600, None])
def test_floats_are_refused(value):
    with pytest.raises(TypeError, match="金额"):
        fen(value)


@pytest.mark.parametrize("value", [1.0, "1", True])
def test_yuan_wants_whole_fen(value):
    with pytest.raises(TypeError, match="整数分"):
        yuan(value)
