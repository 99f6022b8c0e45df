"""分数成文 — exact points as an officer reads them: two decimals at most, none that say nothing."""

from fractions import Fraction
from functools import lru_cache

from renjia.engine.scoring.numbers import Number, half_up


def hundredths(points: Number) -> int:
    """百分之几 — points in hundredths, halves away from zero; exact for everything but a pro-rata reading."""
    rounded = int(half_up(abs(Fraction(points)), 2) * 100)
    return rounded if points >= 0 else -rounded


@lru_cache(maxsize=65_536)
def score_text(points: Number | None) -> str:
    """写成 — 100, 99.5, -0.33; '' for what is not known."""
    if points is None:
        return ""
    cents = hundredths(points)
    whole, rest = divmod(abs(cents), 100)
    decimals = f".{rest:02d}".rstrip("0") if rest else ""
    return f"{'-' if cents < 0 else ''}{whole}{decimals}"
