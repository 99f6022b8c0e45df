"""迟报 — how many births of a recent month have arrived yet, from how late they arrived before (reporting triangle)."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from renjia.engine.demography import checks
from renjia.engine.demography.checks import Floats
from renjia.engine.demography.errors import DemographyError

RECENT = 12  # months of arrivals that tell how late a source is now


@dataclass(frozen=True, slots=True)
class ReportingDelays:
    """迟报分布 — of one source.

    arrived (D,): share of a month's births that has arrived after 0, 1 … D−1 months; error (D,): its relative variance
    from month to month; complete (T,): share of each month of the triangle that has arrived by now.
    """

    arrived: Floats
    error: Floats
    complete: Floats
    so_far: Floats


def reporting_delays(triangle: ArrayLike) -> ReportingDelays:
    """迟报分布 — triangle (T, D): births of month t that arrived d months later; nan where that month has not come yet.

    Chain ladder from the back: share of those arrived by d that came just then, over the last 12 months that know it.
    All later than D − 1 months is taken as never. DemographyError when a cell is missing that should be known.
    """
    table = np.array(triangle, dtype=np.float64)
    if table.ndim != 2 or table.shape[0] < table.shape[1] or table.shape[1] < 2:
        raise DemographyError(f"形状 {table.shape}", "迟报三角", "每个出生月一行、每个迟报月数一列，行数不少于列数")
    span, width = table.shape
    known = np.arange(span)[:, None] + np.arange(width) < span
    wrong = np.isnan(table) == known
    if wrong.any():
        t, d = (int(i) for i in np.argwhere(wrong)[0])
        what = "缺数" if known[t, d] else "这个月还没有到，却有数"
        raise DemographyError(what, f"迟报三角 第 {t + 1} 行 第 {d + 1} 列", "没有来的月份留空，来过而没有的填 0")
    checks.counts(np.where(known, table, 0.0), "迟报三角")
    share = np.ones(width)
    for d in range(width - 1, 0, -1):
        rows = np.arange(max(0, span - d - RECENT), span - d)
        by_then, late = np.nansum(table[rows, : d + 1]), np.nansum(table[rows, d])
        share[d - 1] = share[d] * (1 - late / by_then if by_then else 1.0)
    if np.nansum(table) == 0:
        raise DemographyError("一例也没有", "迟报三角", "请核对来源")
    whole = table[: span - width + 1][-2 * RECENT :]
    error = np.array([_spread(np.cumsum(whole, axis=1)[:, d], whole.sum(axis=1), share[d]) for d in range(width)])
    waited = np.minimum(np.arange(span)[::-1], width - 1)
    return ReportingDelays(share, error, share[waited], np.nansum(table, axis=1))


def _spread(by_then: Floats, total: Floats, share: float) -> float:
    """Relative variance of the share between months, beyond binomial chance."""
    if len(total) < 3 or not 0 < share < 1 or total.sum() == 0:
        return 0.0
    extra = ((by_then - share * total) ** 2 - share * (1 - share) * total).sum() / ((share * total) ** 2).sum()
    return max(float(extra), 0.0)


def delays_by_source(triangles: Mapping[str, ArrayLike]) -> dict[str, ReportingDelays]:
    """各来源迟报 — {source: triangle} → {source: ReportingDelays}; an error names the source."""
    found = {}
    for source, triangle in triangles.items():
        try:
            found[source] = reporting_delays(triangle)
        except DemographyError as error:
            raise DemographyError(error.what, f"{source} {error.where}", error.remedy) from error
    return found


def nowcast(arrived: ArrayLike, complete: ArrayLike, error: ArrayLike = 0.0, level: float = 0.95) -> tuple[Floats, ...]:
    """补足近月 — (expected, low, high) births of a month of which `arrived` came and a share `complete` should have.

    Those still to come are negative binomial given those that came (Poisson births, each arrived with chance
    `complete`); `error`: relative variance of `complete`. Low is never below what arrived.
    """
    came, share = checks.counts(arrived, "已到数"), checks.exposure(complete, "完整率")
    if (share > 1).any():
        raise DemographyError("完整率大于 1", "完整率", "请用 0—1 的小数")
    came, share, off = np.broadcast_arrays(came, share, checks.counts(error, "完整率的相对方差"))
    tail = (1 - checks.fraction(level, "把握程度")) / 2
    to_come = (came + 0.5) * (1 - share) / share
    # variance of the rest given the arrived, and of the share itself
    variance = to_come / share + off * ((came + 0.5) / share) ** 2
    size = to_come**2 / np.maximum(variance - to_come, 1e-12)
    some = to_come > 0
    chance = np.where(some, size / (size + np.maximum(to_come, 1e-12)), 1.0)
    size = np.where(some, np.maximum(size, 1e-9), 1.0)
    low, high = stats.nbinom.ppf(tail, size, chance), stats.nbinom.isf(tail, size, chance)
    expected = np.where(some, came + to_come, came)
    return expected, came + np.where(some, np.maximum(low, 0), 0.0), came + np.where(some, high, 0.0)
