"""精确数 — exact numbers: int where whole, Fraction otherwise; never a float."""

import re
from decimal import Decimal
from fractions import Fraction
from typing import TypeAlias

Number: TypeAlias = int | Fraction

PLAIN = re.compile(r"[0-9]+(\.[0-9]+)?")


def exact(text: str) -> Number:
    """读数 — `98.99` as the exact number; ValueError for anything else than digits with at most one point."""
    if not PLAIN.fullmatch(text):
        raise ValueError(text)
    return whole(Fraction(text))


def whole(value: Fraction | Decimal | int) -> Number:
    """约成整数 — an int when the value is whole."""
    if type(value) is int:
        return value
    found = value if type(value) is Fraction else Fraction(value)
    return found.numerator if found.denominator == 1 else found


def half_up(value: Number, digits: int) -> Number:
    """四舍五入 — to `digits` decimals, halves up (away from zero for what is not negative)."""
    scale = 10**digits
    return whole(Fraction((value * scale * 2 + 1) // 2, scale))


def size(value: Number | None) -> Number:
    """大小 — without its sign; 0 for None."""
    if value is None:
        return 0
    return -value if value < 0 else value


def shown(value: object) -> str:
    """写出来 — the shortest exact text of a number; to four decimals, marked ≈, when no decimal is exact."""
    if type(value) is str:
        return value
    if not isinstance(value, int | Fraction):
        return str(value)
    if isinstance(value, int) or value.denominator == 1:
        return str(int(value))
    rest = value.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    sign = "-" if value < 0 else ""
    if rest != 1:
        return "≈" + sign + shown(half_up(abs(value), 4))
    digits = 1
    while (value * 10**digits).denominator != 1:
        digits += 1
    units = str(abs(value * 10**digits).numerator).rjust(digits + 1, "0")
    return f"{sign}{units[:-digits]}.{units[-digits:]}"
