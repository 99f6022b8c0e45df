"""孩次递进 — how many go on to a next child: period ratios by time since the last birth, the fertility they imply, what changed.

a_0 = 1 − Π_x (1 − q_0x) over ages; a_i = 1 − Π_d (1 − q_id) over years d since birth i, where q_id = births of order i+1 at
duration d / women of parity i at that duration. Implied children per woman = a0 + a0·a1 + a0·a1·a2 / (1 − a_last)
(the last ratio repeated). Source: Feeney & Yu 1987; Ní Bhrolcháin 1987.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from renjia.engine.demography import checks
from renjia.engine.demography.checks import Floats
from renjia.engine.demography.errors import DemographyError
from renjia.engine.demography.evaluation.decomposition import das_gupta

_NAMES = ("0→1", "1→2", "2→3", "3→4", "4→5", "5→6", "6→7", "7→8")


@dataclass(frozen=True)
class Progression:
    """一个递进比 — ratio with its interval, and the smallest change between two such periods that could be seen."""

    name: str
    ratio: float
    low: float
    high: float
    smallest_seen: float


def parity_progression(
    births: ArrayLike, women: ArrayLike, name: str = "1→2", level: float = 0.95, power: float = 0.8
) -> Progression:
    """时期递进比 — births of the next order (D,) by duration (or age, for 0→1), women at risk (D,) at that duration.

    Interval from the variance of the log of the survival product (Greenwood). Raises DemographyError.
    """
    counts, risk = np.asarray(births, dtype=np.float64), np.asarray(women, dtype=np.float64)
    if counts.ndim != 1 or counts.shape != risk.shape:
        raise DemographyError("出生与妇女的间隔年数不一致", f"递进比 {name}", "两列须逐年对应")
    bad = ~np.isfinite(counts) | ~np.isfinite(risk) | (counts < 0) | (risk <= 0) | (counts > risk)
    if bad.any():
        at = int(np.flatnonzero(bad)[0])
        raise DemographyError(
            f"出生 {counts[at]:g}、妇女 {risk[at]:g}",
            f"递进比 {name} 第 {at + 1} 年",
            "出生不能为负、不能多过妇女，妇女须大于 0",
        )
    q = counts / risk
    stay = float(np.prod(1 - q))
    variance = float(np.sum(q / np.maximum(risk * (1 - q), 1e-300))) if stay > 0 else 0.0
    error = stay * float(np.sqrt(variance))
    z = float(stats.norm.isf((1 - checks.fraction(level, "把握程度")) / 2))
    reach = z + float(stats.norm.ppf(checks.fraction(power, "功效")))
    low, high = max(0.0, 1 - stay - z * error), min(1.0, 1 - stay + z * error)
    return Progression(name, 1 - stay, low, high, reach * error * float(np.sqrt(2)))


def cohort_parity_progression(women_by_parity: ArrayLike) -> Floats:
    """队列递进比 — women by children ever born (…, 0, 1, 2, …, last and more) → share going on from each parity but the last.

    For women past childbearing (45–49 at a census). A parity that nobody reached gives nan.
    """
    women = np.asarray(women_by_parity, dtype=np.float64)
    if (
        women.ndim < 1
        or women.shape[-1] < 2
        or not np.isfinite(women).all()
        or (women < 0).any()
        or (women.sum(-1) <= 0).any()
    ):
        raise DemographyError("按孩次的妇女数不全、为负或合计为 0", "孩次", "最后一轴依次是 0 孩、1 孩、2 孩……")
    reached = np.cumsum(women[..., ::-1], axis=-1)[..., ::-1]
    with np.errstate(invalid="ignore"):
        ratios: Floats = np.where(reached[..., :-1] > 0, reached[..., 1:] / reached[..., :-1], np.nan)
    return ratios


def children_implied(ratios: ArrayLike, repeat_last: bool = True) -> Floats:
    """递进比推出的总和生育率 — (…, k) progression ratios → children per woman; the last one is repeated for ever, or ends there."""
    a = _checked_ratios(ratios)
    reached = np.cumprod(a, axis=-1)
    last = a[..., -1]
    if repeat_last and (last >= 1).any():
        raise DemographyError("最后一个递进比为 1，推出无穷多孩", "递进比", "请核对最高孩次，或用 repeat_last=False")
    tail = reached[..., -1] / (1 - last) if repeat_last else reached[..., -1]
    total: Floats = reached[..., :-1].sum(axis=-1) + tail
    return total


def decompose_progression(before: ArrayLike, after: ArrayLike, repeat_last: bool = True) -> dict[str, float]:
    """递进变化的分解 — change of the implied children per woman by step (0→1, 1→2, …); the parts add to the change."""
    first, second = _checked_ratios(before), _checked_ratios(after)
    if first.shape != second.shape or first.ndim != 1:
        raise DemographyError("前后两期的递进比不一样多", "递进比", "请给同样几个")

    def outcome(factors: Sequence[Floats]) -> Floats:
        return children_implied(np.array(factors), repeat_last)

    parts = das_gupta(outcome, list(first), list(second))
    return {name: float(part) for name, part in zip(_NAMES, parts, strict=False)}


def _checked_ratios(ratios: ArrayLike) -> Floats:
    """Between 0 and 1, one to eight of them."""
    a = np.asarray(ratios, dtype=np.float64)
    if a.ndim < 1 or not 1 <= a.shape[-1] <= len(_NAMES):
        raise DemographyError("递进比须有 1 至 8 个", "递进比", "依次是 0→1、1→2、2→3……")
    bad = ~np.isfinite(a) | (a < 0) | (a > 1)
    if bad.any():
        at = int(np.flatnonzero(bad.ravel())[0])
        raise DemographyError(
            f"递进比 {a.ravel()[at]:g} 不在 0—1", f"第 {at + 1} 个", "100 个母亲有 40 个再生，写成 0.40"
        )
    return a
