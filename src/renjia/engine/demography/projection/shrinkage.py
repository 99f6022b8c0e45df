"""小地区收缩 — a street's level of births or deaths, pulled toward the district as far as its few events demand.

Counts are Poisson about expected × level, levels gamma over the places (Clayton & Kaldor 1987); for a share of births (sex ratio)
use the beta-binomial instead.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import minimize
from scipy.special import gammaln
from scipy.stats import gamma

from renjia.engine.demography import checks
from renjia.engine.demography.checks import Floats
from renjia.engine.demography.errors import DemographyError

_MOST_ALIKE = 12.0  # ln of the shape at which places are taken as equal


@dataclass(frozen=True, slots=True)
class Levels:
    """各地水平 — gamma posterior of each place's level: shape, rate (P,); prior_shape, prior_rate: between the places."""

    shape: Floats
    rate: Floats
    prior_shape: float
    prior_rate: float

    @property
    def mean(self) -> Floats:
        """收缩后的水平 — (P,), 1 is the standard the expected counts were made with."""
        return np.asarray(self.shape / self.rate, dtype=np.float64)

    def interval(self, level: float = 0.95) -> tuple[Floats, Floats]:
        """可信区间 — low, high (P,)."""
        tail = (1.0 - checks.fraction(level, "置信水平")) / 2.0
        return gamma.ppf(tail, self.shape, scale=1 / self.rate), gamma.ppf(1 - tail, self.shape, scale=1 / self.rate)

    @property
    def gamma(self) -> tuple[Floats, Floats]:
        """形状与率 — as `Uncertainty` takes them."""
        return self.shape, self.rate


def shrink_rates(events: ArrayLike, expected: ArrayLike) -> Levels:
    """收缩率 — events (P,) against expected (P,) at the district's rates: levels by empirical Bayes.

    Marginal of a count: negative binomial with shape a and mean expected·a/b; (a, b) by maximum likelihood; posterior
    gamma(a + events, b + expected). When the places differ no more than chance, a grows large and all levels agree.
    Raises DemographyError for negative or missing counts, zero expected counts, fewer than 3 places.
    """
    seen, due = checks.counts(events, "事件数"), checks.exposure(expected, "期望事件数")
    checks.same_shape(seen, due, "事件数与期望事件数")
    if seen.ndim != 1 or seen.size < 3:
        raise DemographyError(f"只有 {seen.size} 个地区", "收缩", "至少 3 个地区才能估计地区间的差别")
    if seen.sum() == 0:
        raise DemographyError("一件事件也没有", "收缩", "请合并年份，直到有事件")

    def against(log_parameters: Floats) -> float:
        a, mean = np.exp(log_parameters)
        b = a / mean
        terms = gammaln(a + seen) - gammaln(a) + a * np.log(b / (b + due)) + seen * np.log(due / (b + due))
        return -float(terms.sum())

    level = np.log(seen.sum() / due.sum())
    best = min(
        (
            minimize(against, [start, level], method="L-BFGS-B", bounds=[(-3.0, _MOST_ALIKE), (level - 3, level + 3)])
            for start in (0.0, 3.0, 6.0)
        ),
        key=lambda found: float(found.fun),
    )
    shape, mean = (float(v) for v in np.exp(best.x))
    rate = shape / mean
    return Levels(shape + seen, rate + due, shape, rate)
