"""展望的抽样 — what the rest of the year may bring to one fact of one place: counts by gamma-Poisson, shares by beta-binomial.

Counts: a place's monthly rate has a gamma prior whose mean is the rate of all places together and whose weight is
`PRIOR_MONTHS` months; with what the place has seen, the months left are negative binomial. A fact that no place has seen
stays 0: nothing is known of its rate. Shares: the same with a beta prior worth `PRIOR_CASES` cases and a binomial rest.
Every draw is seeded by seed, place and fact, so order and company change nothing but the pooled mean.
"""

import zlib
from fractions import Fraction

import numpy as np
import numpy.typing as npt

PRIOR_MONTHS = 3
PRIOR_CASES = 20

Drawn = npt.NDArray[np.int64]


def generator(seed: int, place: str, fact: str) -> np.random.Generator:
    """随机数 — the same for the same seed, place and fact, whatever else is drawn."""
    return np.random.default_rng([seed, zlib.crc32(place.encode()), zlib.crc32(fact.encode())])


def count_draws(rng: np.random.Generator, seen: int, pooled: Fraction, months: int, left: int, draws: int) -> Drawn:
    """年末的次数 — seen so far plus a negative binomial rest; pooled: the rate of all places, per month."""
    shape = seen + float(pooled) * PRIOR_MONTHS
    if shape == 0 or left == 0:
        return np.full(draws, seen, dtype=np.int64)
    weight = PRIOR_MONTHS + months
    rest = rng.negative_binomial(shape, weight / (weight + left), size=draws)
    return (seen + rest).astype(np.int64)


def share_draws(
    rng: np.random.Generator, hits: int, cases: int, pooled: Fraction, months: int, left: int, draws: int
) -> list[Fraction]:
    """年末的占比 — in per cent, exact fractions; cases go on at the rate so far, hits among them are beta-binomial."""
    rest = round(cases * left / months)
    first = hits + float(pooled) * PRIOR_CASES
    second = cases - hits + (1 - float(pooled)) * PRIOR_CASES
    if rest == 0:
        return [Fraction(100 * hits, cases)] * draws
    if first == 0 or second == 0:
        chance = np.full(draws, 1.0 if second == 0 else 0.0)
    else:
        chance = rng.beta(first, second, size=draws)
    found = rng.binomial(rest, chance)
    return [Fraction(100 * (hits + int(one)), cases + rest) for one in found]
