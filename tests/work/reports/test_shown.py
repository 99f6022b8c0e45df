"""数的写法 — rounding that never crosses a line, and 0/0 that is neither 0 nor 100."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renjia.work.reports.shown import Share, Signed, growth, per_hundred, shown


@pytest.mark.parametrize(
    ("share", "text", "met"),
    [
        (Share(0, 0, 99), "—", None),
        (Share(99, 100, 99), "99.00%", True),
        (Share(2464, 2489, 99), "98.996%", False),  # two decimals would say 99.00% and 未达标 beside it
        (Share(99999, 100000), "99.999%", None),
        (Share(1, 100000), "0.001%", None),
        (Share(3, 100, 3, at_most=True), "3.00%", True),
        (Share(3001, 100000, 3, at_most=True), "3.001%", False),
        (Share(1, 1, 99), "100.00%", True),
        (Share(1, 8), "12.50%", None),
    ],
)
def test_share(share: Share, text: str, met: bool | None) -> None:
    assert shown(share) == text
    assert share.met is met


@given(st.integers(1, 10**6).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), st.sampled_from([3, 95, 99]))
def test_a_printed_share_says_the_same_of_its_target_as_the_exact_one(pair: tuple[int, int], target: int) -> None:
    share = Share(*pair, target)
    percent = share.percent
    assert percent is not None
    exact = Fraction(100 * pair[0], pair[1])
    assert abs(Fraction(percent) - exact) <= Fraction(1, 200)
    for line in (0, target, 100):
        assert (percent > line, percent < line) == (exact > line, exact < line)


def test_signs_and_thousands() -> None:
    assert [shown(cell) for cell in (Signed(36), Signed(-12), Signed(0), Signed(Decimal("-0.31")), 12345, None, "")] == [
        "+36", "−12", "0", "−0.31", "12,345", "—", "—",
    ]  # fmt: skip
    assert growth(5, 0) is None
    assert growth(976, 1012) == Decimal("-3.56")
    assert per_hundred(5, 0) is None
    assert per_hundred(523, 488) == Decimal("107.17")
