"""漏报区间 — one honest answer from a set of models: total, interval, rates by source; or why there is none.

The interval is that of the mixture of fitted models weighted by AIC and BIC, each spread by its lack of fit
(√(deviance/df) where above 1), joined over the chosen strata, and widened by what linkage errors could have done.
Births that differ from one another in ways no stratum shows (unobserved heterogeneity) are not identifiable from such
tables; the mixture over models is the part of it that the data can show.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor, log, sqrt

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri, pdtr

from renjia.engine.linkage.missed.models import Fitted, TooThin, model_set

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

FEWEST_SEEN = 100
FEWEST_SHARED = 25
_CREDIBLE = 10.0
_POINTS = 99
_NORMAL = ndtri((np.arange(_POINTS) + 0.5) / _POINTS)
_BOUNDS = (0.025, 0.975)


@dataclass(frozen=True, slots=True)
class LinkageError:
    """比对误差 — share of records wrongly kept apart from their birth: estimate and a 95 % interval (an audited sample)."""

    apart: float = 0.0
    low: float = 0.0
    high: float = 0.0

    def __post_init__(self) -> None:
        """Shares, in order; below one half, or the table cannot be turned back."""
        if not 0 <= self.low <= self.apart <= self.high < 0.5:
            raise ValueError(f"比对误差 {self.low}～{self.apart}～{self.high} 应是从小到大的比例，都小于 0.5")


@dataclass(frozen=True, slots=True)
class Missed:
    """漏报估计 — births seen by any source, total with a 95 % interval, missed and the share seen; the models behind it."""

    seen: int
    total: float
    low: float
    high: float
    models: tuple[Fitted, ...]
    weights: tuple[float, ...]
    by_source: dict[str, tuple[int, float, float]]

    @property
    def missed(self) -> float:
        """谁都没报的 — the estimate; its interval is low − seen to high − seen."""
        return self.total - self.seen

    @property
    def share_seen(self) -> float:
        """至少一个来源报了的比例。"""
        return self.seen / self.total


def estimate(cells: Ints, sources: Sequence[str], error: LinkageError | None = None) -> Missed:
    """估计漏报 — births nobody reported, with the whole set of models.

    cells: (2^k,) counts by the set of sources that hold a birth (`cells_of`); sources: their names in order of bits;
    by_source: births the source holds, its share of the estimated total, and of what the others hold.
    Raises TooThin (Chinese) when there is too little to say anything: fewer than three sources with births, fewer than
    100 births seen or 25 seen twice, or no model with a finite estimate.
    """
    _refuse_thin(cells, sources)
    chosen = error or LinkageError()
    at_best = _mixture(joined(cells, chosen.apart))
    bounds = [at_best] + ([_mixture(joined(cells, share)) for share in (chosen.low, chosen.high)] if error else [])
    seen, (total, _, _, models, weights) = int(cells.sum()), at_best
    low, high = min(one[1] for one in bounds), max(one[2] for one in bounds)
    if not error:
        total, low = max(total, float(seen)), max(low, float(seen))
    return Missed(seen, total, low, high, models, weights, _by_source(cells, sources, total))


def _refuse_thin(cells: Ints, sources: Sequence[str]) -> None:
    sets = np.array([int(cell).bit_count() for cell in range(len(cells))])
    numbers = np.arange(len(cells))
    silent = [name for at, name in enumerate(sources) if not cells[(numbers >> at & 1) == 1].any()]
    if len(sources) - len(silent) < 3:
        said = f"（{'、'.join(silent)}没有个案）" if silent else ""
        raise TooThin(f"有个案的来源不足三个{said}，不能估计漏报；至少要三个来源。")
    if silent:
        raise TooThin(f"{'、'.join(silent)}没有个案，请去掉这个来源再估计。")
    seen, shared = int(cells.sum()), int(cells[sets > 1].sum())
    if seen < FEWEST_SEEN or shared < FEWEST_SHARED:
        raise TooThin(
            f"只有 {seen} 个个案，其中 {shared} 个被两个以上来源看到；至少要 {FEWEST_SEEN} 个和 {FEWEST_SHARED} 个。"
            "请把时间放长或把街镇合并后再估计。"
        )


def joined(cells: Ints | Floats, apart: float) -> Floats:
    """还原比对误差 — the table as it would be if records wrongly kept apart were joined again.

    A record of a birth held by two sources or more stands alone with probability `apart`; the expected table is a linear
    image of the true one, which is turned back. Cells that would fall below 0 are 0.
    """
    observed = np.asarray(cells, np.float64)
    if not apart:
        return observed
    size = len(observed)
    image = np.eye(size)
    for cell in range(size):
        held = [at for at in range(size.bit_length() - 1) if cell >> at & 1]
        if len(held) < 2:
            continue
        for at in held:
            rest = cell & ~(1 << at)
            image[cell, cell] -= apart
            image[rest, cell] += apart
            image[1 << at, cell] += apart
    found: Floats = np.clip(np.linalg.solve(image, observed), 0, None)
    return found


_Mixture = tuple[float, float, float, tuple[Fitted, ...], tuple[float, ...]]


def _mixture(cells: Floats) -> _Mixture:
    """Total, lower and upper bound of the mixture, and the models within 10 of the best by either criterion."""
    found = [one for one in model_set(cells) if one.se < 10 * one.total]
    if not found:
        raise TooThin("每个模型的估计都没有上限，不能估计漏报；请把时间放长或把街镇合并后再估计。")
    models = tuple(
        one for one in found if min(one.bic - found[0].bic, one.aic - min(m.aic for m in found)) <= _CREDIBLE
    )
    weights = _weights(models)
    low, high = (_quantile(models, weights, at) for at in _BOUNDS)
    seen = float(cells.sum())
    total = seen + float((weights * np.array([one.unseen for one in models])).sum())
    return max(total, seen + low), seen + low, max(seen + high, total), models, tuple(float(one) for one in weights)


def _weights(models: Sequence[Fitted]) -> Floats:
    """Half by AIC, half by BIC: births differ in more ways than the simplest model that fits."""
    found = np.zeros(len(models))
    for told in (np.array([one.aic for one in models]), np.array([one.bic for one in models])):
        share = np.exp(-(told - told.min()) / 2)
        found += share / share.sum() / 2
    return found


def _quantile(models: Sequence[Fitted], weights: Floats, at: float) -> float:
    """Of the births unseen: Poisson about a log-normal mean, mixed over the models; a whole number."""
    means = np.concatenate([_means(one) for one in models])
    each = np.repeat(weights / _POINTS, _POINTS)
    low, high = -1.0, float(means.max()) + 10 * sqrt(float(means.max())) + 10
    high //= 1
    while high - low > 1:
        half = (low + high) // 2
        low, high = (low, half) if float((each * pdtr(half, means)).sum()) >= at else (half, high)
    return high


def _means(one: Fitted) -> Floats:
    """Equally likely values of the expected number unseen, spread by its error and by lack of fit."""
    unseen = max(one.unseen, 1e-9)
    variance = max(one.se**2 - one.unseen, 0.0)
    wide = sqrt(log(1 + variance / unseen**2)) * (sqrt(max(1.0, one.deviance / one.df)) if one.df else 1.0)
    found: Floats = np.exp(log(unseen) + wide * _NORMAL)
    return found


def _by_source(cells: Ints, sources: Sequence[str], total: float) -> dict[str, tuple[int, float, float]]:
    numbers = np.arange(len(cells))
    found = {}
    for at, name in enumerate(sources):
        own, others = (numbers >> at & 1) == 1, (numbers & ~(1 << at)) > 0
        held, elsewhere = int(cells[own].sum()), int(cells[others].sum())
        both = int(cells[own & others].sum())
        found[name] = (held, held / total, both / elsewhere if elsewhere else 0.0)
    return found


def together(parts: Mapping[str, Missed]) -> tuple[float, float, float]:
    """合计 — total of strata estimated apart, its interval in whole births, the strata taken as independent."""
    total = sum(one.total for one in parts.values())
    lower = sqrt(sum((one.total - one.low) ** 2 for one in parts.values()))
    upper = sqrt(sum((one.high - one.total) ** 2 for one in parts.values()))
    seen = sum(one.seen for one in parts.values())
    return total, max(float(seen), float(floor(total - lower))), float(ceil(total + upper))
