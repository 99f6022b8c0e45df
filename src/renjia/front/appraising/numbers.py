"""数字成文 — exact points as an officer reads them: two decimals at most, none that say nothing."""

from fractions import Fraction
from functools import lru_cache

Points = int | Fraction


def hundredths(number: Points) -> int:
    """百分之几 — the number in hundredths, halves away from zero; exact for everything but a pro-rata reading."""
    whole = abs(Fraction(number)) * 100 + Fraction(1, 2)
    rounded = whole.numerator // whole.denominator
    return rounded if number >= 0 else -rounded


@lru_cache(maxsize=65_536)
def shown(number: Points | None) -> str:
    """写成 — 100, 99.5, -0.33; '' for what is not known."""
    if number is None:
        return ""
    cents = hundredths(number)
    whole, rest = divmod(abs(cents), 100)
    decimals = f".{rest:02d}".rstrip("0") if rest else ""
    return f"{'-' if cents < 0 else ''}{whole}{decimals}"
