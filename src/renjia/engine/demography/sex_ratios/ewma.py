"""性别比 EWMA — the smoothed picture beside the CUSUM: monthly standardised counts, exponentially weighted, two-sided limits.

z = (boys − n·p0) / √(n·p0·q0); E ← λ·z + (1 − λ)·E from 0; limits ± L·√(λ/(2 − λ)·(1 − (1 − λ)^{2t})).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import optimize, stats

from renjia.engine.demography import checks
from renjia.engine.demography.checks import Floats
from renjia.engine.demography.errors import DemographyError
from renjia.engine.demography.sex_ratios.sex_ratio import REFERENCE, checked_periods, sex_ratio_z


@dataclass(frozen=True)
class EwmaPath:
    """一处的 EWMA 线 — smoothed z after each period, its upper limit (lower is its negative), first period beyond, or None."""

    weight: float
    limit: float
    value: Floats
    upper: Floats
    alarm: int | None


def ewma(
    males: ArrayLike,
    females: ArrayLike,
    weight: float = 0.1,
    limit: float = 3.0,
    reference: float = REFERENCE,
    periods: Sequence[str] = (),
) -> EwmaPath:
    """走一条 EWMA — counts of one place by period, in order of time; `weight` λ 0.1–0.2, `limit` L in standard deviations.

    A period without births must be joined to a neighbour first. Raises DemographyError.
    """
    _checked_weight(weight)
    boys = np.atleast_1d(np.asarray(males, dtype=np.float64))
    if boys.ndim != 1:
        raise DemographyError("一次只画一处", "出生数", "请给一列按时间排好的数")
    checked_periods(periods)
    value, smoothed = np.empty(boys.size), 0.0
    for at, z in enumerate(sex_ratio_z(boys, np.atleast_1d(np.asarray(females, dtype=np.float64)), reference)):
        smoothed = weight * float(z) + (1 - weight) * smoothed
        value[at] = smoothed
    upper = limit * _deviations(weight, boys.size)
    beyond = np.flatnonzero(np.abs(value) > upper)
    return EwmaPath(weight, limit, value, upper, int(beyond[0]) if beyond.size else None)


def _checked_weight(weight: float) -> None:
    """λ in (0, 1]."""
    if not 0 < weight <= 1:
        raise DemographyError(f"权数 {weight:g} 不在 0—1", "weight", "常用 0.1 至 0.2")


def _deviations(weight: float, periods: int) -> Floats:
    """Standard deviation of E after each period, from a start at 0."""
    t = np.arange(1, periods + 1)
    deviation: Floats = np.sqrt(weight / (2 - weight) * (1 - (1 - weight) ** (2 * t)))
    return deviation


def ewma_false_alarm(limit: float, weight: float = 0.1, periods: int = 60) -> float:
    """误报的机会 — chance that |E| passes its limit within `periods` when all is at the reference.

    z is taken as normal (a month of 17 births is near enough); the integral equation is solved step by step on 101 Gauss nodes.
    """
    _checked_weight(weight)
    nodes, weights = np.polynomial.legendre.leggauss(101)
    at, mass = np.zeros(1), np.ones(1)
    for deviation in _deviations(weight, periods):
        to = nodes * limit * deviation
        density = stats.norm.pdf((to[:, None] - (1 - weight) * at) / weight) / weight
        at, mass = to, (density @ mass) * weights * limit * deviation
    return float(1 - mass.sum())


def tune_ewma_limit(streets: int = 36, periods: int = 60, weight: float = 0.1, false_alarm: float = 0.05) -> float:
    """调 EWMA 界 — the L at which the district-wide false-alarm chance over `periods` looks is `false_alarm`."""
    if streets < 1 or periods < 1:
        raise DemographyError(f"街镇 {streets} 个、{periods} 期，都须在 1 以上", "streets", "请核对")
    allowed = 1 - (1 - checks.fraction(false_alarm, "全区误报率")) ** (1 / streets)
    return float(optimize.brentq(lambda limit: ewma_false_alarm(limit, weight, periods) - allowed, 1.0, 8.0, xtol=1e-6))
