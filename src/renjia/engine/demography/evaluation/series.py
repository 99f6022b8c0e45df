"""中断时间序列 — monthly births before and after a measure: trend, two harmonics, offset, overdispersion, placebo dates.

ln E(births_t) = ln(women_t · days_t) + a + b·t + seasons + Σ step_k [+ slope_k·t after break k] + other terms.
What it finds is an association in time. Every effect carries the smallest effect this series could have seen.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from renjia.engine.demography import checks
from renjia.engine.demography.checks import Floats
from renjia.engine.demography.errors import DemographyError
from renjia.engine.demography.evaluation.regression import CountModel, fit_counts
from renjia.engine.units import Month

LEAST_BEFORE, LEAST_AFTER, LEAST_BETWEEN = 36, 24, 12
_DAYS = 365.25 / 12


@dataclass(frozen=True)
class Effect:
    """一个断点的估计 — rate ratio with interval; `smallest_seen` is 100 × log rate ratio seen with 80 % power (about per cent)."""

    month: Month
    kind: str
    ratio: float
    low: float
    high: float
    p_value: float
    smallest_seen: float

    @property
    def per_cent(self) -> float:
        """变化百分之几 — of the rate (a step) or of the rate each year (a slope)."""
        return 100 * (self.ratio - 1)


@dataclass(frozen=True)
class InterruptedSeries:
    """中断序列结果 — `without` is the fitted course had no break happened; `placebo` the steps at dates when nothing happened.

    `autocorrelation` of neighbouring residuals; when clearly above 0 the intervals have been widened by √((1+r)/(1−r)).
    """

    months: tuple[Month, ...]
    births: Floats
    fitted: Floats
    without: Floats
    effects: tuple[Effect, ...]
    dispersion: float
    autocorrelation: float
    placebo: tuple[tuple[Month, float], ...]
    placebo_share: float
    words: str


def interrupted_series(
    births: ArrayLike,
    women: ArrayLike,
    start: Month,
    breaks: Sequence[Month],
    *,
    slope: bool = False,
    terms: Mapping[str, ArrayLike] | None = None,
    family: str = "quasi_poisson",
    harmonics: int = 2,
    level: float = 0.95,
    power: float = 0.8,
) -> InterruptedSeries:
    """估计断点前后的变化 — births (n,) by month from `start`; women 15–49 (n,) or one number; `breaks` first months after.

    `slope` also frees the trend after each break; `terms` are further columns (疫情、龙年) of length n. At least 36 months
    before the first break, 24 after the last, 12 between. Raises DemographyError.
    """
    counts = _checked_months(births, "出生数", allow_zero=True)
    n = counts.size
    exposure = _checked_months(
        np.broadcast_to(np.asarray(women, dtype=np.float64), n) if np.ndim(women) == 0 else women, "妇女数"
    )
    if exposure.size != n:
        raise DemographyError(
            f"出生数 {n} 个月、妇女数 {exposure.size} 个月，对不上", "妇女数", "请逐月给出，或给一个数"
        )
    months = tuple(start.plus(i) for i in range(n))
    positions = _checked_breaks(months, breaks)
    offset = np.log(exposure) + np.log([m.last.day / _DAYS for m in months])
    columns, named = _columns(n, positions, slope, harmonics), _checked_terms(terms, n)
    design = np.column_stack([*columns, *named.values()])
    model = fit_counts(counts, design, offset, family)
    autocorrelation, widen = _autocorrelation(model.residual)
    first = 2 + 2 * harmonics
    effects = []
    for at, position in enumerate(positions):
        for step, kind in enumerate(("台阶", "斜率")[: 1 + slope]):
            column = first + at * (1 + slope) + step
            effects.append(_effect(model, column, widen, months[position], kind, level, power))
    without = _without(model, design, slice(first, first + len(positions) * (1 + slope)))
    placebo = _placebo(counts[: positions[0]], offset[: positions[0]], months, harmonics, family, named)
    share = float(np.mean([abs(v) >= abs(np.log(effects[0].ratio)) for _, v in placebo])) if placebo else float("nan")
    words = _words(effects, share, len(placebo), autocorrelation if widen > 1 else None, level)
    return InterruptedSeries(
        months,
        counts,
        model.fitted,
        without,
        tuple(effects),
        model.dispersion,
        autocorrelation,
        tuple(placebo),
        share,
        words,
    )


def detectable_step(
    births_a_month: ArrayLike,
    before: int,
    after: int,
    *,
    overdispersion: float = 1.5,
    slope: bool = False,
    harmonics: int = 2,
    level: float = 0.95,
    power: float = 0.8,
) -> Floats:
    """看得出的最小台阶 — 100 × log rate ratio, about per cent, before any data are seen; same shape as `births_a_month`.

    Design with trend and harmonics, one break after `before` months; constant births, variance φ·μ. 100 births a month and
    36 + 24 months: 18. Raises DemographyError.
    """
    numbers = np.asarray(births_a_month, dtype=np.float64)
    if not np.all(np.isfinite(numbers) & (numbers > 0)):
        raise DemographyError("每月出生数须大于 0", "births_a_month", "请核对")
    if before < LEAST_BETWEEN or after < LEAST_BETWEEN:
        raise DemographyError(
            f"断点前 {before} 个月、后 {after} 个月", "月份", f"前后都至少要 {LEAST_BETWEEN} 个月才分得开季节"
        )
    if not overdispersion > 0:
        raise DemographyError(f"离散系数 {overdispersion:g} 须大于 0", "overdispersion", "没有把握时用 1.5")
    design = np.column_stack(_columns(before + after, [before], slope, harmonics))
    error = np.sqrt(overdispersion * np.linalg.inv(design.T @ design)[2 + 2 * harmonics, 2 + 2 * harmonics] / numbers)
    seen: Floats = 100 * _reach(level, power) * error
    return seen


def _reach(level: float, power: float) -> float:
    """How many standard errors an effect must be to be seen: 1.96 + 0.84 at 95 % and 80 %."""
    return float(
        stats.norm.isf((1 - checks.fraction(level, "把握程度")) / 2) + stats.norm.ppf(checks.fraction(power, "功效"))
    )


def _checked_months(values: ArrayLike, label: str, allow_zero: bool = False) -> Floats:
    """One number a month, finite, not negative (above 0 for an exposure)."""
    numbers = np.asarray(values, dtype=np.float64)
    if numbers.ndim != 1:
        raise DemographyError(f"{label}不是一列", label, "请按月给一列数")
    bad = ~np.isfinite(numbers) | (numbers < 0) | ((numbers == 0) & (not allow_zero))
    if bad.any():
        at = int(np.flatnonzero(bad)[0])
        raise DemographyError(
            f"{label}是 {numbers[at]:g}",
            f"第 {at + 1} 个月",
            "须是不小于 0 的数" if allow_zero else "须大于 0；缺的月份请先补上",
        )
    return numbers


def _checked_breaks(months: tuple[Month, ...], breaks: Sequence[Month]) -> list[int]:
    """Positions of the breaks, rising, with months enough on each side."""
    if not breaks:
        raise DemographyError("没有给断点", "breaks", "请给措施生效的月份，例如 Month(2021, 6)")
    first = months[0]
    positions = [(b.year - first.year) * 12 + b.month - first.month for b in breaks]
    if sorted(set(positions)) != positions:
        raise DemographyError("断点没有由早到晚，或有重复", "breaks", "请按时间排好")
    before, after = positions[0], len(months) - positions[-1]
    if before < LEAST_BEFORE or after < LEAST_AFTER:
        raise DemographyError(
            f"断点前 {max(before, 0)} 个月、后 {max(after, 0)} 个月，太短", f"断点 {breaks[0]}—{breaks[-1]}",
            f"前面至少 {LEAST_BEFORE} 个月、后面至少 {LEAST_AFTER} 个月，才分得开趋势与季节；请补数据，或等够月份再评",
        )  # fmt: skip
    for one, two, month in zip(positions, positions[1:], breaks[1:], strict=False):
        if two - one < LEAST_BETWEEN:
            raise DemographyError(
                f"与前一个断点只隔 {two - one} 个月",
                f"断点 {month}",
                f"至少隔 {LEAST_BETWEEN} 个月，否则分不开；请合成一个断点",
            )
    return positions


def _checked_terms(terms: Mapping[str, ArrayLike] | None, n: int) -> dict[str, Floats]:
    """Further columns of length n, finite and not constant."""
    done = {}
    for name, values in (terms or {}).items():
        column = np.asarray(values, dtype=np.float64)
        if column.shape != (n,) or not np.isfinite(column).all() or np.ptp(column) == 0:
            raise DemographyError(f"「{name}」须是 {n} 个有变化的数", "terms", "例如疫情月份填 1、其余填 0")
        done[name] = column
    return done


def _columns(n: int, positions: Sequence[int], slope: bool, harmonics: int) -> list[Floats]:
    """Constant, trend in years, harmonics, then per break a step and, when asked, a slope in years."""
    t = np.arange(n, dtype=np.float64)
    columns = [np.ones(n), (t - t.mean()) / 12]
    columns += [wave(2 * np.pi * k * t / 12) for k in range(1, harmonics + 1) for wave in (np.sin, np.cos)]
    for position in positions:
        after = (t >= position).astype(np.float64)
        columns += [after, after * (t - position) / 12][: 1 + slope]
    return columns


def _autocorrelation(residual: Floats) -> tuple[float, float]:
    """(lag-1 autocorrelation, factor by which standard errors are widened: 1 unless clearly positive)."""
    centred = residual - residual.mean()
    r = float(centred[1:] @ centred[:-1] / (centred @ centred))
    return r, float(np.sqrt((1 + r) / (1 - r))) if r > 1.645 / np.sqrt(residual.size) else 1.0


def _effect(
    model: CountModel, column: int, widen: float, month: Month, kind: str, level: float, power: float
) -> Effect:
    """One coefficient as a ratio; t rather than normal limits, since φ is estimated."""
    value, error = float(model.coefficient[column]), widen * float(np.sqrt(model.covariance[column, column]))
    half = float(stats.t.isf((1 - checks.fraction(level, "把握程度")) / 2, model.freedom)) * error
    p = 2 * float(stats.t.sf(abs(value) / error, model.freedom))
    low, high = float(np.exp(value - half)), float(np.exp(value + half))
    return Effect(month, kind, float(np.exp(value)), low, high, p, 100 * _reach(level, power) * error)


def _without(model: CountModel, design: Floats, effects: slice) -> Floats:
    """Fitted counts with the coefficients of all breaks at 0."""
    course: Floats = model.fitted * np.exp(-design[:, effects] @ model.coefficient[effects])
    return course


def _placebo(
    counts: Floats, offset: Floats, months: Sequence[Month], harmonics: int, family: str, terms: Mapping[str, Floats]
) -> list[tuple[Month, float]]:
    """Log steps estimated at every month of the time before, 12 months from its ends; terms that vary there are kept."""
    n = counts.size
    kept = [c[:n] for c in terms.values() if np.ptp(c[:n]) > 0]
    found = []
    for position in range(LEAST_BETWEEN, n - LEAST_BETWEEN + 1):
        design = np.column_stack([*_columns(n, [position], False, harmonics), *kept])
        if np.linalg.matrix_rank(design) == design.shape[1]:
            model = fit_counts(counts, design, offset, family)
            found.append((months[position], float(model.coefficient[2 + 2 * harmonics])))
    return found


def _words(effects: Sequence[Effect], share: float, dates: int, correlation: float | None, level: float) -> str:
    """Plain sentences: estimate, interval, what could have been seen, placebo, and that it is an association."""
    said = []
    for effect in effects:
        what = "台阶" if effect.kind == "台阶" else "每年斜率变化"
        low, high = (100 * (x - 1) for x in (effect.low, effect.high))
        said.append(
            f"{effect.month} 起{what} {_signed(effect.per_cent)}%（{level:.0%} 区间 {_signed(low)}% 至 {_signed(high)}%），"
            f"这份数据能看出的最小变化约 {effect.smallest_seen:.1f}%"
            + ("；区间含 0，看不出变化，不等于没有变化。" if low <= 0 <= high else "。")
        )
    if dates:
        said.append(f"在没有措施的 {dates} 个假日期上，有 {share:.0%} 的台阶不小于首个断点的。")
    if correlation is not None:
        said.append(f"相邻月份的余差相关 {correlation:.2f}，区间已照此放宽。")
    said.append(
        "这是时间上的关联，同时发生的其他事（人口结构、疫情、属相、登记口径）也可能造成，不能单凭此说成措施的效果。"
    )
    return "".join(said)


def _signed(value: float) -> str:
    """写成带号的一位小数 — a true minus sign."""
    return f"{value:+.1f}".replace("-", "−")
