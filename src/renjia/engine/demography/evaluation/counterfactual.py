"""合成对照 — a weighted mix of comparable districts stands for what would have been; refused when there is too little to compare.

Weights ≥ 0 adding to 1 that make the mix closest to the district before the measure (least squares); the same for each
comparison district as if the measure had been there (placebo in space). Source: Abadie, Diamond & Hainmueller 2010.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import optimize, stats

from renjia.engine.demography import checks
from renjia.engine.demography.checks import Floats
from renjia.engine.demography.errors import DemographyError

LEAST_DONORS, LEAST_YEARS = 10, 8


@dataclass(frozen=True)
class SyntheticControl:
    """合成对照结果 — `gap` = district less mix by year; `effect` its mean after; `placebo` the same for each comparison district.

    `p_value` is the rank of the district's after/before error ratio among all; never below 1/(districts + 1).
    `smallest_seen` is the mean gap seen with 80 % power against the placebos' spread.
    """

    years: tuple[int, ...]
    treated: Floats
    synthetic: Floats
    weights: dict[str, float]
    gap: Floats
    effect: float
    error_before: float
    placebo: dict[str, float]
    p_value: float
    smallest_seen: float
    words: str


def simplex_weights(target: ArrayLike, donors: ArrayLike) -> Floats:
    """合成权数 — w ≥ 0, Σw = 1 minimising ‖donors·w − target‖ exactly: target (T,), donors (T, J).

    With Σw = 1 the error is (donors − target)·w; non-negative least squares on that matrix with a row of ones appended
    (target 0 … 0, 1) has its minimum in the direction sought, so scaling to sum 1 is exact, not a penalty.
    """
    y, x = np.asarray(target, dtype=np.float64), np.asarray(donors, dtype=np.float64)
    difference = x - y[:, None]
    scale = float(np.max(np.abs(difference))) or 1.0
    matrix = np.vstack([difference / scale, np.ones(x.shape[1])])
    found = optimize.nnls(matrix, np.append(np.zeros(y.size), 1.0), maxiter=50 * x.shape[1])[0]
    weights: Floats = found / found.sum()
    return weights


def synthetic_control(
    treated: ArrayLike,
    donors: ArrayLike,
    years: Sequence[int],
    begins: int,
    names: Sequence[str],
    level: float = 0.95,
    power: float = 0.8,
) -> SyntheticControl:
    """合成对照 — treated (T,) and donors (T, J) by year (a rate, not a count), `begins` the first year of the measure.

    Refused (DemographyError) with fewer than 10 comparison districts or 8 years before: then no honest answer exists.
    """
    y, x = _checked(treated, donors, years, begins, names)
    before = np.array([year < begins for year in years])
    weights = simplex_weights(y[before], x[before])
    synthetic = x @ weights
    ratio = _error(y, synthetic, ~before) / max(_error(y, synthetic, before), 1e-12)
    gaps, ratios = [], []
    for j in range(x.shape[1]):
        others = np.delete(x, j, axis=1)
        mix = others @ simplex_weights(x[before, j], others[before])
        gaps.append(float(np.mean((x[:, j] - mix)[~before])))
        ratios.append(_error(x[:, j], mix, ~before) / max(_error(x[:, j], mix, before), 1e-12))
    p_value = (1 + sum(r >= ratio for r in ratios)) / (1 + len(ratios))
    effect = float(np.mean((y - synthetic)[~before]))
    reach = float(
        stats.norm.isf((1 - checks.fraction(level, "把握程度")) / 2) + stats.norm.ppf(checks.fraction(power, "功效"))
    )
    smallest = reach * float(np.sqrt(np.mean(np.square(gaps))))
    error_before, spread = _error(y, synthetic, before), float(np.std(y[before]))
    words = _words(effect, p_value, len(ratios), smallest, error_before > max(spread, 1e-12), 1 - level)
    held = {name: float(w) for name, w in zip(names, weights, strict=True) if w > 1e-6}
    return SyntheticControl(
        tuple(years), y, synthetic, held, y - synthetic, effect, error_before,
        dict(zip(names, gaps, strict=True)), p_value, smallest, words,
    )  # fmt: skip


def _error(y: Floats, mix: Floats, when: "np.ndarray") -> float:
    """Root mean square difference over some years."""
    return float(np.sqrt(np.mean((y - mix)[when] ** 2)))


def _checked(
    treated: ArrayLike, donors: ArrayLike, years: Sequence[int], begins: int, names: Sequence[str]
) -> tuple[Floats, Floats]:
    """Shapes, order of years, finite and not negative values, enough donors and years."""
    y, x = np.asarray(treated, dtype=np.float64), np.asarray(donors, dtype=np.float64)
    if y.ndim != 1 or x.ndim != 2 or x.shape != (y.size, len(names)) or y.size != len(years):
        raise DemographyError("本区、对照区、年份与名称的长短不一致", "数据", "本区一列，对照区每区一列，逐年对应")
    if list(years) != sorted(set(years)):
        raise DemographyError("年份没有由早到晚，或有重复", "年份", "请按年份排好")
    for label, values in (("本区", y), ("对照区", x)):
        if not np.isfinite(values).all() or (values < 0).any():
            raise DemographyError("有空值或负数", label, "请补齐，或去掉缺年份的对照区")
    if len(names) < LEAST_DONORS:
        raise DemographyError(
            f"只有 {len(names)} 个对照区",
            "对照区",
            f"至少要 {LEAST_DONORS} 个情况相近的区，否则连偶然也排除不了；请改用中断时间序列",
        )
    count_before = sum(year < begins for year in years)
    if count_before < LEAST_YEARS:
        raise DemographyError(
            f"措施前只有 {count_before} 年", "年份", f"至少要 {LEAST_YEARS} 年，否则看不出合成得像不像；请补早年数据"
        )
    if count_before == len(years):
        raise DemographyError(f"{begins} 年以后没有数据", "年份", "措施以后至少要 1 年")
    return y, x


def _words(effect: float, p_value: float, donors: int, smallest: float, poor: bool, alpha: float) -> str:
    """Plain sentences: gap, rank, what could be seen, fit, association."""
    least = 1 / (donors + 1)
    said = [
        f"措施以后，本区与合成对照平均相差 {effect:+.3g}".replace("-", "−")
        + f"（{donors} 个对照区作安慰剂，伪 p 值 {p_value:.3f}）",
        f"能看出的最小差别约 {smallest:.3g}",
    ]
    if least > alpha:
        said.append(f"只有 {donors} 个对照区，伪 p 值最小也是 {least:.3f}，到不了 {alpha:.2f}")
    if poor:
        said.append("措施以前就合不拢（误差大过本区自身的起伏），这个结果不能用")
    return "；".join(said) + "。这是与相近地区对比的关联；对照区若也有类似措施或受波及，差别会失真。"
