"""出生变化的分解 — a change in births split exactly into number of women, their ages, marriage, level and timing.

births = W · Σ_x s_x · [m_x ·] T · g_x, with W women, s their age shares, m the married share, T the sum of rates (level) and g
the rates' shape over age (timing). Each factor's part is its average effect over all orders of change (Das Gupta 1993;
with two factors Kitagawa 1955): the parts add to the change to rounding error. Says what moved, not why.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import factorial

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from renjia.engine.demography import checks
from renjia.engine.demography.checks import Floats
from renjia.engine.demography.errors import DemographyError


@dataclass(frozen=True)
class Part:
    """一个成因 — births it accounts for, and an interval from the chance in births alone."""

    name: str
    births: float
    low: float
    high: float


@dataclass(frozen=True)
class BirthsDecomposition:
    """分解结果 — `parts` add to `change`; `smallest_seen` is the change in births that chance would hide less than 20 % of the time."""

    before: float
    after: float
    parts: tuple[Part, ...]
    smallest_seen: float
    words: str

    @property
    def change(self) -> float:
        """出生变化 — after less before."""
        return self.after - self.before


def das_gupta(
    outcome: Callable[[Sequence[Floats]], Floats], before: Sequence[Floats], after: Sequence[Floats]
) -> list[Floats]:
    """逐因素分解 — each factor's effect on `outcome(factors)`, averaged over all orders of change; they add to the change.

    Factors may carry leading axes of draws, which `outcome` keeps. At most 8 factors (2ᵏ evaluations). For products of
    factors this is Das Gupta's formula; in game theory it is Shapley's value.
    """
    k = len(before)
    if k != len(after) or not 1 <= k <= 8:
        raise DemographyError(f"前 {k} 个因素、后 {len(after)} 个", "因素", "前后须一样多，1 至 8 个")
    value = {
        changed: outcome([after[i] if i in changed else before[i] for i in range(k)])
        for size in range(k + 1)
        for changed in map(frozenset, combinations(range(k), size))
    }
    parts = []
    for i in range(k):
        others = [j for j in range(k) if j != i]
        part = np.zeros_like(value[frozenset()])
        for size in range(k):
            weight = factorial(size) * factorial(k - size - 1) / factorial(k)
            for changed in map(frozenset, combinations(others, size)):
                part = part + weight * (value[changed | {i}] - value[changed])
        parts.append(part)
    return parts


def decompose_births(
    births_before: ArrayLike,
    women_before: ArrayLike,
    births_after: ArrayLike,
    women_after: ArrayLike,
    *,
    married_before: ArrayLike | None = None,
    married_after: ArrayLike | None = None,
    overdispersion: float = 1.0,
    draws: int = 2000,
    seed: int = 20250101,
    level: float = 0.95,
    power: float = 0.8,
) -> BirthsDecomposition:
    """分解出生变化 — births and women by mother's age, (A,) each; births may be (order, A), then parts sum over orders.

    With married women (A,) given for both times, marriage is a factor of its own and the rates are per married woman
    (births outside marriage are then counted in the level). Intervals: births redrawn as Poisson with `overdispersion`
    (a gamma of the same mean and variance), `draws` times (0: no intervals), with `seed`; women are taken as known. Raises DemographyError.
    """
    counts = [
        np.atleast_2d(checks.counts(b, f"{when}出生数"))
        for b, when in ((births_before, "前期"), (births_after, "后期"))
    ]
    women = [checks.exposure(w, f"{when}妇女数") for w, when in ((women_before, "前期"), (women_after, "后期"))]
    ages = women[0].size
    if (
        women[0].ndim != 1
        or any(x.shape[-1] != ages for x in (*counts, women[1]))
        or counts[0].shape != counts[1].shape
    ):
        raise DemographyError("前后两期、出生与妇女的年龄组数目不一致", "年龄", "请用同样的年龄组（如 15—49 岁单岁）")
    if any(b.sum() == 0 for b in counts):
        raise DemographyError("有一期没有出生", "出生数", "没有出生就没有水平可比，请合并时段")
    if (married_before is None) != (married_after is None):
        raise DemographyError("只给了一期的已婚妇女数", "已婚妇女", "两期都给，或都不给")
    risk = [checks.exposure(m, "已婚妇女数") for m in (married_before, married_after) if m is not None] or women
    for exposed, all_women in zip(risk, women, strict=True):
        if exposed.shape != all_women.shape or (exposed > all_women).any():
            raise DemographyError("已婚妇女比妇女还多，或年龄组数目不同", "已婚妇女", "请核对两列是否同口径")
    random = np.random.default_rng(seed)
    with_draws = [_redrawn(b, overdispersion, draws, random) for b in counts]
    factors = [_factors(b, w, e, married_before is not None) for b, w, e in zip(with_draws, women, risk, strict=True)]
    names = [
        "妇女人数",
        "年龄结构",
        *(["婚姻"] if married_before is not None else []),
        "生育水平",
        "生育时间（年龄分布）",
    ]
    tail = (1 - checks.fraction(level, "把握程度")) / 2
    parts = []
    for name, values in zip(names, das_gupta(_births, *factors), strict=True):
        low, high = np.quantile(values[1:], [tail, 1 - tail]) if draws else (np.nan, np.nan)
        parts.append(Part(name, float(values[0]), float(low), float(high)))
    before, after = float(counts[0].sum()), float(counts[1].sum())
    reach = float(stats.norm.isf(tail) + stats.norm.ppf(checks.fraction(power, "功效")))
    smallest = reach * float(np.sqrt(overdispersion * (before + after)))
    return BirthsDecomposition(before, after, tuple(parts), smallest, _words(before, after, parts, smallest, level))


def _redrawn(births: Floats, overdispersion: float, draws: int, random: np.random.Generator) -> Floats:
    """(1 + draws, order, age): first the births as counted, then redrawn."""
    if not (overdispersion > 0 and draws >= 0):
        raise DemographyError(
            f"离散系数 {overdispersion:g}、抽样 {draws} 次", "overdispersion", "离散系数须大于 0，次数不小于 0"
        )
    shape = np.maximum(births / overdispersion, 1e-12)
    return np.concatenate([births[None], random.gamma(shape, overdispersion, (draws, *births.shape))])


def _factors(births: Floats, women: Floats, exposed: Floats, marriage: bool) -> list[Floats]:
    """Women, age shares, [married shares,] level by order, shape by order — each with axes (draw, order, age)."""
    rates = births / exposed
    level = rates.sum(axis=-1, keepdims=True)
    shape = np.divide(rates, level, out=np.zeros_like(rates), where=level > 0)
    total = np.asarray(women.sum()).reshape(1, 1, 1)
    shares = (women / women.sum())[None, None]
    return [total, shares, *([(exposed / women)[None, None]] if marriage else []), level, shape]


def _births(factors: Sequence[Floats]) -> Floats:
    """Total births by draw: the product of the factors, summed over age and order."""
    product = factors[0]
    for factor in factors[1:]:
        product = product * factor
    total: Floats = product.sum(axis=(-2, -1))
    return total


def _words(before: float, after: float, parts: Sequence[Part], smallest: float, level: float) -> str:
    """Plain sentences: change, parts, what chance alone does."""
    change = after - before
    said = [f"出生由 {before:,.0f} 变为 {after:,.0f}，变化 {_signed(change)}"]
    for p in parts:
        span = f"（{level:.0%} 区间 {_signed(p.low)} 至 {_signed(p.high)}）" if np.isfinite(p.low) else ""
        said.append(f"{p.name} {_signed(p.births)}{span}")
    seen = "" if abs(change) >= smallest else "，这次变化在此以内，分解只作参考"
    return (
        "；".join(said)
        + f"。只算偶然起伏，能看出的最小变化约 {smallest:,.0f} 例{seen}。分解说明变在哪里，不说明为什么变。"
    )


def _signed(value: float) -> str:
    """带号的整数 — a true minus sign; a value that rounds to nothing has no sign."""
    return "0" if round(value) == 0 else f"{value:+,.0f}".replace("-", "−")
