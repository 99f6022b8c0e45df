"""出生预警 — what arrived against what was expected, with the chance of a false alarm fixed for the whole district and year."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from renjia.engine.demography import checks
from renjia.engine.demography.checks import Floats
from renjia.engine.demography.errors import DemographyError
from renjia.engine.demography.expected.births import ExpectedBirths
from renjia.engine.units import Month

NORMAL, FEW, MANY, TOO_FEW = "正常", "偏少", "偏多", "人数太少，不能判断"
WHOLE = "全区"
# A month alone, a quarter and a year: what a month cannot show, several together may.
WINDOWS = (1, 3, 12)


@dataclass(frozen=True, slots=True)
class BirthAlert:
    """一处判断 — one street (or 全区) and the window of months ending with `until`.

    expected, arrived: births of the window; low, high: limits outside which it is said to be 偏少 or 偏多;
    chance: how often as much or more would be off by chance (the window's own, before it is counted as one of many).
    """

    street: str
    since: Month
    until: Month
    expected: float
    low: float
    high: float
    arrived: float
    chance: float
    verdict: str

    @property
    def text(self) -> str:
        """一句话 — for a list; says the numbers and what was done with them."""
        span = f"{self.until}" if self.since == self.until else f"{self.since} 至 {self.until}"
        said = f"{self.street} {span}：到 {self.arrived:,.0f} 例，预期 {self.expected:,.1f} 例"
        if self.verdict == TOO_FEW:
            return f"{said}。{TOO_FEW}：一例不到也可能是碰巧"
        return f"{said}（界 {self.low:,.0f}—{self.high:,.0f}），{self.verdict}"


def alerts(
    expected: ExpectedBirths,
    arrived: ArrayLike,
    complete: ArrayLike = 1.0,
    complete_error: ArrayLike = 0.0,
    *,
    false_alarm: float = 0.05,
    windows: Sequence[int] = WINDOWS,
    planned_months: int = 12,
) -> tuple[BirthAlert, ...]:
    """出生预警 — every street and the district, month by month: the window that says most, with its verdict.

    arrived (M, S): births that came of the first M expected months; complete (M,) or (M, S): share that should have
    arrived by now; complete_error: its relative variance; false_alarm: chance that anything at all is flagged in
    `planned_months` months when all is as expected (shared out over streets, months, windows and both sides).
    """
    came = checks.counts(arrived, "已到数")
    if came.ndim != 2 or came.shape[1] != len(expected.streets) or not 1 <= len(came) <= len(expected.months):
        raise DemographyError(
            f"形状 {came.shape}",
            "已到数",
            f"每月一行、{len(expected.streets)} 个街镇各一列，至多 {len(expected.months)} 行",
        )
    if not windows or min(windows) < 1:
        raise DemographyError("窗口应是一个月以上", "窗口", "例如 1、3、12")
    share = _by_cell(complete, came.shape, "完整率")
    unsure = _by_cell(complete_error, came.shape, "完整率的相对方差")
    if (share > 1).any():
        raise DemographyError("完整率大于 1", "完整率", "请用 0—1 的小数")
    names, mean, error, came = _with_whole(expected, came, share, unsure)
    looks = len(names) * max(planned_months, len(came)) * len(windows)
    tail = -np.expm1(np.log1p(-checks.fraction(false_alarm, "误报率")) / looks) / 2
    seen = [_looked(mean, error, came, width, tail) for width in sorted(set(windows)) if width <= len(came)]
    return tuple(_loudest(seen, m, s, name, expected.months) for m in range(len(came)) for s, name in enumerate(names))


def flagged(judged: Sequence[BirthAlert]) -> tuple[BirthAlert, ...]:
    """只看报出的 — 偏少 and 偏多, the most unlikely first."""
    return tuple(sorted((one for one in judged if one.verdict in (FEW, MANY)), key=lambda one: one.chance))


def _by_cell(values: ArrayLike, shape: tuple[int, ...], name: str) -> Floats:
    given = checks.counts(values, name)
    given = given[:, None] if given.ndim == 1 and given.shape[0] == shape[0] else given
    try:
        return np.array(np.broadcast_to(given, shape))
    except ValueError:
        raise DemographyError(f"形状 {given.shape}", name, f"请给一个数、每月一个，或 {shape} 的表") from None


def _with_whole(
    expected: ExpectedBirths, came: Floats, share: Floats, unsure: Floats
) -> tuple[tuple[str, ...], Floats, Floats, Floats]:
    """Streets and, last, the district: expected arrivals, their relative variance, and what came."""
    span = len(came)
    mean = expected.mean[:span] * share
    error = expected.error[:span] + unsure
    total = mean.sum(axis=1)
    late = (unsure * mean).sum(axis=1) / np.maximum(total, 1e-12)
    whole = expected.whole_error[:span] + late
    return (
        (*expected.streets, WHOLE),
        np.column_stack([mean, total]),
        np.column_stack([error, whole]),
        np.column_stack([came, came.sum(axis=1)]),
    )


@dataclass(frozen=True, slots=True)
class _Window:
    """Sums over `width` months ending with each month (M, S), their limits and verdict; months before are nan."""

    width: int
    due: Floats
    got: Floats
    low: Floats
    high: Floats
    chance: Floats
    rank: Floats


_VERDICTS = (FEW, MANY, NORMAL, TOO_FEW)


def _looked(mean: Floats, error: Floats, came: Floats, width: int, tail: float) -> _Window:
    due, got = _sums(mean, width), _sums(came, width)
    # a street's error lasts: months are taken as wrong together, not independently
    v = (_sums(mean * np.sqrt(error), width) / np.maximum(due, 1e-12)) ** 2
    size = 1 / np.maximum(v, 1e-9)
    share = size / (size + np.maximum(due, 1e-12))
    low = np.maximum(stats.nbinom.ppf(tail, size, share), 0.0)
    high = np.asarray(stats.nbinom.isf(tail, size, share))
    below, above = stats.nbinom.cdf(got, size, share), stats.nbinom.sf(got - 1, size, share)
    chance = np.minimum(below, above)
    unable = (stats.nbinom.pmf(0, size, share) >= tail) & (above >= tail)
    rank = np.select([below < tail, above < tail, unable], [0.0, 1.0, 3.0], 2.0)
    early = np.arange(len(mean))[:, None] < width - 1
    return _Window(width, due, got, low, high, chance, np.where(early, np.inf, rank))


def _sums(values: Floats, width: int) -> Floats:
    total = np.cumsum(values, axis=0)
    total[width:] -= total[:-width].copy()
    return np.asarray(total)


def _loudest(seen: Sequence[_Window], m: int, s: int, name: str, months: Sequence[Month]) -> BirthAlert:
    """A flag before 正常 before 人数太少; among equals the most unlikely window."""
    best = min(seen, key=lambda one: (max(one.rank[m, s], 1.0), one.chance[m, s]))
    due, low, high, got, chance = (
        float(values[m, s]) for values in (best.due, best.low, best.high, best.got, best.chance)
    )
    verdict = _VERDICTS[int(best.rank[m, s])]
    return BirthAlert(name, months[m + 1 - best.width], months[m], due, low, high, got, chance, verdict)
