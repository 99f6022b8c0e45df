"""收缩估计 — beta-binomial shrinkage of many places' sex ratios towards their common mean, one prior per birth order.

m_i ~ BetaBinomial(n_i, a, b), a and b by maximum likelihood; posterior of each place Beta(m_i + a, f_i + b).
Chosen over a Poisson–gamma because a share of births is binomial.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import optimize, special, stats

from renjia.engine.demography import checks
from renjia.engine.demography.checks import Floats
from renjia.engine.demography.errors import DemographyError
from renjia.engine.demography.sex_ratios.sex_ratio import (
    checked_births,
    checked_ratio,
    ratio_of_share,
    share_of_boys,
)

_LOG_STRENGTH = (np.log(1.0), np.log(1e9))


@dataclass(frozen=True)
class BetaBinomial:
    """地方之间的分布 — Beta(a, b) over places' shares of boys; `places_differ` is False when ML finds no spread at all."""

    a: float
    b: float
    log_likelihood: float
    places_differ: bool

    @property
    def strength(self) -> float:
        """先验相当于多少例出生 — a + b: a place with that many births is drawn halfway to the mean."""
        return self.a + self.b

    @property
    def mean(self) -> float:
        """共同水平 — the ratio of the prior's mean share, boys per 100 girls."""
        return float(ratio_of_share(self.a / (self.a + self.b)))


@dataclass(frozen=True)
class Shrunk:
    """各地收缩后的性别比 — all arrays in the order of the places; `raw` is unshrunk, `above` = P(ratio > threshold)."""

    prior: BetaBinomial
    names: tuple[str, ...]
    births: Floats
    raw: Floats
    ratio: Floats
    low: Floats
    high: Floats
    above: Floats
    threshold: float


def beta_binomial_fit(males: ArrayLike, females: ArrayLike) -> BetaBinomial:
    """拟合地方间差异 — a and b by maximum likelihood (quasi-Newton, then the root of the slope).

    At least 3 places. Where the places differ no more than chance, the likelihood has no maximum at a finite a + b: then
    a + b = 10⁹ (every place gets the pooled ratio) and `places_differ` is False.
    """
    boys, girls = checked_births(males, females)
    if boys.ndim != 1 or boys.size < 3:
        raise DemographyError(
            f"只有 {boys.size} 个地方", "地方", "收缩估计至少要 3 个地方（一维）；少于 3 个请直接给区间"
        )
    if boys.sum() == 0 or girls.sum() == 0:
        raise DemographyError("所有地方合起来只有一种性别", "出生数", "请核对男、女两列是否填错")

    total = float(boys.sum() + girls.sum())
    start, unit = float(special.logit(boys.sum() / total)), 2 / np.sqrt(total)

    def shape(point: Floats) -> tuple[float, float]:
        # The first coordinate counts standard errors of the pooled share: both directions then curve alike.
        share, strength = float(special.expit(start + unit * point[0])), float(np.exp(point[1]))
        return share * strength, (1 - share) * strength

    def loss(point: Floats) -> float:
        a, b = shape(point)
        return -float(np.sum(special.betaln(boys + a, girls + b) - special.betaln(a, b)))

    def slope(point: Floats) -> Floats:
        a, b = shape(point)
        both = special.digamma(a + b) - special.digamma(boys + girls + a + b)
        by_a = float(np.sum(special.digamma(boys + a) - special.digamma(a) + both))
        by_b = float(np.sum(special.digamma(girls + b) - special.digamma(b) + both))
        return -np.array([unit * a * b / (a + b) * (by_a - by_b), a * by_a + b * by_b])

    limits = [(-3 / unit, 3 / unit), _LOG_STRENGTH]
    options = {"ftol": 1e-13, "gtol": 1e-7, "maxiter": 200}
    starts = [np.array([0.0, np.log(s)]) for s in (30.0, 1000.0, 30000.0)]
    tries = [optimize.minimize(loss, s, jac=slope, method="L-BFGS-B", bounds=limits, options=options) for s in starts]
    found = min(tries, key=lambda result: float(result.fun))
    # Near no spread at all the betaln differences cancel; a gain below 1e-4 in log-likelihood is no evidence of any.
    gained = -float(found.fun) - _pooled_likelihood(boys, girls)
    differ = gained > 1e-4 and bool(found.x[1] < _LOG_STRENGTH[1] - 1)
    if not differ:
        a, b = shape(np.array([0.0, _LOG_STRENGTH[1]]))
        return BetaBinomial(a, b, _pooled_likelihood(boys, girls), False)
    # L-BFGS-B stops at about seven digits; the root of the slope from there has the rest.
    root = optimize.root(slope, found.x, tol=1e-12)
    point = root.x if root.success and float(np.max(np.abs(root.x - found.x))) < 0.1 else found.x
    return BetaBinomial(*shape(point), -loss(point), True)


def _pooled_likelihood(boys: Floats, girls: Floats) -> float:
    """没有地方差异时的对数似然 — the binomial limit of `loss`, without the binomial coefficients."""
    p = boys.sum() / (boys.sum() + girls.sum())
    return float(boys.sum() * np.log(p) + girls.sum() * np.log1p(-p))


def shrink_sex_ratios(
    males: ArrayLike,
    females: ArrayLike,
    names: Sequence[str] = (),
    above: float = 107.0,
    level: float = 0.95,
    prior: BetaBinomial | None = None,
) -> Shrunk:
    """收缩各地性别比 — posterior mean share mapped to a ratio, equal-tailed interval, and P(ratio > above).

    `prior` of another year or a larger area may be given; else it is fitted to these places.
    """
    boys, girls = checked_births(males, females, names)
    threshold, tail = float(checked_ratio(above)), (1 - checks.fraction(level, "把握程度")) / 2
    held = prior or beta_binomial_fit(boys, girls)
    a, b = boys + held.a, girls + held.b
    return Shrunk(
        prior=held,
        names=tuple(names) or tuple(str(i + 1) for i in range(boys.size)),
        births=boys + girls,
        raw=ratio_of_share(boys / (boys + girls)),
        ratio=ratio_of_share(a / (a + b)),
        low=ratio_of_share(stats.beta.ppf(tail, a, b)),
        high=ratio_of_share(stats.beta.isf(tail, a, b)),
        above=np.asarray(stats.beta.sf(share_of_boys(threshold), a, b), dtype=np.float64),
        threshold=threshold,
    )


def shrink_by_parity(
    counts: Mapping[str, tuple[ArrayLike, ArrayLike]], names: Sequence[str] = (), above: float = 107.0
) -> dict[str, Shrunk]:
    """分孩次收缩 — {order: (males by place, females by place)} → {order: Shrunk}; each order has its own prior.

    First and third births differ too much to lend each other strength. Places without a birth of that order are left out.
    """
    done: dict[str, Shrunk] = {}
    for order, (males, females) in counts.items():
        boys, girls = np.asarray(males, dtype=np.float64), np.asarray(females, dtype=np.float64)
        if boys.shape != girls.shape:
            raise DemographyError(
                f"男婴 {boys.size} 个数、女婴 {girls.size} 个数，对不上", f"孩次「{order}」", "两列须逐一对应"
            )
        held = ~(boys + girls == 0)
        kept = [name for name, keep in zip(names, held, strict=True) if keep] if len(names) else []
        done[order] = shrink_sex_ratios(boys[held], girls[held], kept, above)
    return done


def heterogeneity(males: ArrayLike, females: ArrayLike) -> tuple[float, int, float]:
    """地方之间是否不同 — (χ² of places × sexes against the pooled share, degrees of freedom, p-value)."""
    boys, girls = checked_births(males, females)
    n = boys + girls
    p = boys.sum() / n.sum()
    if not 0 < p < 1:
        raise DemographyError("所有地方合起来只有一种性别", "出生数", "请核对男、女两列是否填错")
    square = float(np.sum((boys - n * p) ** 2 / (n * p * (1 - p))))
    return square, boys.size - 1, float(stats.chi2.sf(square, boys.size - 1))


def false_discoveries(p_values: ArrayLike, rate: float = 0.05, dependent: bool = False) -> tuple[np.ndarray, Floats]:
    """多次比较 — (flagged, adjusted p) controlling the false discovery rate: Benjamini–Hochberg, or –Yekutieli if `dependent`.

    36 streets looked at once with raw 95 % limits flag 1.8 of themselves; adjusted, the share of false flags is at most `rate`.
    """
    p = np.asarray(p_values, dtype=np.float64)
    bad = ~np.isfinite(p) | (p < 0) | (p > 1)
    if bad.any():
        raise DemographyError(
            f"p 值 {p[bad].ravel()[0]:g} 不在 0—1", f"第 {int(np.flatnonzero(bad.ravel())[0]) + 1} 个", "请核对"
        )
    adjusted = np.asarray(stats.false_discovery_control(p.ravel(), method="by" if dependent else "bh")).reshape(p.shape)
    return adjusted <= checks.fraction(rate, "错报率"), adjusted
