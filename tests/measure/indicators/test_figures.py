"""How a number is written, and whether it meets its target: rounding never says what is not so."""

from decimal import Decimal
from fractions import Fraction

import pytest

from renjia.measure.indicators import Figure, format_value, is_met
from renjia.measure.indicators.figures import decimal_of


def share(numerator: int, denominator: int, *, decimals=1, target=None, better="higher") -> Figure:
    marks = (Decimal(0), Decimal(100)) + ((Decimal(target),) if target else ())
    exact = Fraction(100 * numerator, denominator) if denominator else None
    return Figure(
        place="", period="2025-03", dims={}, numerator=numerator, denominator=denominator,
        value=decimal_of(exact), unit="%", version="v", scale=Decimal(100), decimals=decimals,
        target=Decimal(target) if target else None, better=better, marks=marks,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("numerator", "denominator", "text"),
    [
        (992, 1000, "99.2%"),
        (0, 0, "—"),
        (5, 0, "—"),
        (0, 7, "0.0%"),
        (7, 7, "100.0%"),
        (2, 3, "66.7%"),
        (1, 8, "12.5%"),
        (1005, 10000, "10.1%"),  # 10.05 half up, which a float would write 10.1 or 10.0 by chance
        (9999, 10000, "99.99%"),
        (99_999, 100_000, "99.999%"),
        (1, 10_000, "0.01%"),
    ],
)
def test_a_share_is_written(numerator, denominator, text):
    assert format_value(share(numerator, denominator)) == text


def test_rounding_does_not_reach_the_target():
    beside = share(9896, 10000, target=99)
    assert format_value(share(9896, 10000)) == "99.0%"
    assert format_value(beside) == "98.96%" and is_met(beside) is False
    met = share(99, 100, target=99)
    assert format_value(met) == "99.0%" and is_met(met) is True


def test_counts_are_written_with_thousands():
    figure = Figure("", "2025-03", {}, 12_345, None, decimal_of(Fraction(12_345)), "人", "v")
    assert format_value(figure) == "12,345 人" and figure.exact == 12_345


@pytest.mark.parametrize(
    ("figure", "met"),
    [
        (share(3, 100, target=3, better="lower"), True),
        (share(301, 10000, target=3, better="lower"), False),
        (share(0, 0, target=3), None),
        (share(1, 2), None),
        (share(1, 2, target=3, better="neither"), None),
    ],
)
def test_targets_are_met_or_not_or_there_is_nothing_to_say(figure, met):
    assert is_met(figure) is met


def test_what_is_written_is_the_nearest_and_never_a_false_edge():
    wholes = [*range(1, 40), 199, 200, 2001, 9999, 10_000, 1_000_003]
    for denominator in wholes:
        near = {0, 1, 2, denominator // 3, denominator // 2, denominator - 2, denominator - 1, denominator}
        for numerator in near & set(range(denominator + 1)):
            for decimals in range(4):
                figure = share(numerator, denominator, decimals=decimals)
                shown = Decimal(format_value(figure).removesuffix("%"))
                places = -shown.as_tuple().exponent
                assert places >= decimals
                assert abs(Fraction(shown) - Fraction(100 * numerator, denominator)) <= Fraction(1, 2 * 10**places)
                assert (shown == 100) == (numerator == denominator)
                assert (shown == 0) == (numerator == 0)
