"""模型 — patterns rebuild their waterfall exactly."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from renjia.engine.linkage.model import HAND_SET, LEVEL_BITS, MOST, explain, patterns, size_of

_KINDS = {"delivery": HAND_SET.delivery, "child": HAND_SET.child}


@pytest.mark.parametrize("kind", _KINDS)
@given(data=st.data(), size=st.integers(9, 40))
def test_weights_sum_exactly_to_the_score(kind: str, data: st.DataObject, size: int) -> None:
    row = [data.draw(st.sampled_from([0, *one.levels])) for one in _KINDS[kind]]
    levels = np.array([row], dtype=np.uint8)
    shown = explain(int(patterns(kind, levels, size)[0]), HAND_SET)
    assert sum(line.weight for line in shown) == HAND_SET.scores(kind, levels, size)[0] == shown[-1].running
    assert len(shown) == 1 + sum(level > 0 for level in row)


def test_everything_missing_says_nothing_but_the_prior() -> None:
    levels = np.zeros((1, len(HAND_SET.delivery)), dtype=np.uint8)
    assert HAND_SET.scores("delivery", levels, 15)[0] == HAND_SET.prior(15)


def test_patterns_fit_in_a_signed_64_bit_number() -> None:
    assert len(HAND_SET.delivery) <= MOST and len(HAND_SET.child) <= MOST
    assert all(level < 1 << LEVEL_BITS for one in (*HAND_SET.delivery, *HAND_SET.child) for level in one.levels)
    full = np.full((1, len(HAND_SET.child)), 15, dtype=np.uint8)
    assert patterns("child", full, 63)[0] > 0


def test_weights_are_quarters() -> None:
    assert all(
        4 * weight == int(4 * weight)
        for one in (*HAND_SET.delivery, *HAND_SET.child)
        for _, weight in one.levels.values()
    )


def test_a_small_file_is_no_licence_to_join() -> None:
    assert size_of(3) == size_of(512) == 9 and size_of(1 << 20) == 20
