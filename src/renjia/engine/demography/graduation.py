"""分解为单岁 — five-year groups into single years of age: Sprague, Beers, Johnson's Beers, Grabill, monotone."""

import numpy as np
from numpy.typing import ArrayLike
from scipy.interpolate import PchipInterpolator

from renjia.engine.demography import checks
from renjia.engine.demography.checks import Floats, Ints
from renjia.engine.demography.errors import DemographyError
from renjia.engine.demography.graduation_tables import (
    BEERS_MODIFIED,
    BEERS_ORDINARY,
    GRABILL_MIDDLE,
    JOHNSON,
    SPRAGUE,
    Panels,
)
from renjia.engine.demography.grouping import five_year_groups


def _closed(groups: Floats, open_group: bool) -> Floats:
    closed = groups[..., :-1] if open_group else groups
    if closed.shape[-1] < 5:
        raise DemographyError(f"只有 {closed.shape[-1]} 个封闭的五岁组", "人口", "这种分解至少要 5 个封闭组")
    return closed


def _apply(closed: Floats, panels: Panels) -> Floats:
    """Single years (…, 5·G) of the closed groups by a method's panels."""
    number = closed.shape[-1]
    single = np.empty((*closed.shape[:-1], 5 * number))
    single[..., :5] = closed[..., :5] @ panels.first.T
    single[..., 5:10] = closed[..., :5] @ panels.second.T
    for g in range(2, number - 2):
        single[..., 5 * g : 5 * g + 5] = closed[..., g - 2 : g + 3] @ panels.middle.T
    single[..., -10:-5] = closed[..., -5:] @ panels.second[::-1, ::-1].T
    single[..., -5:] = closed[..., -5:] @ panels.first[::-1, ::-1].T
    return single


def _with_open(single: Floats, groups: Floats, open_group: bool) -> Floats:
    return np.concatenate([single, groups[..., -1:]], axis=-1) if open_group else single


def _scaled(single: Floats, closed: Floats) -> Floats:
    """Each five single years brought to their group's total, in proportion."""
    blocks = single.reshape(*closed.shape, 5)
    made = blocks.sum(axis=-1, keepdims=True)
    factor = np.divide(closed[..., None], made, out=np.ones_like(made), where=made != 0)
    return np.asarray((blocks * factor).reshape(single.shape))


def sprague(pop: ArrayLike, age: ArrayLike, *, open_group: bool = True) -> Floats:
    """Sprague 分解 — fifth-difference osculatory interpolation; group totals are kept.

    Shapes: pop (…, A) of 0, 5, 10 … (0 and 1–4, or single years, are added up first), age (A,) lower bounds; result
    (…, N), single years from the first age on, the open group last and unchanged. At least five closed groups.
    Steep data may give values below zero, which are left as they are: `monotone` never does.
    Source: Siegel & Swanson 2004, Appendix C.
    """
    groups, _ = five_year_groups(pop, age, open_group=open_group)
    return _with_open(_apply(_closed(groups, open_group), SPRAGUE), groups, open_group)


def beers_ordinary(pop: ArrayLike, age: ArrayLike, *, open_group: bool = True) -> Floats:
    """Beers 普通式分解 — minimises fifth differences; group totals are kept.

    Shapes and open group as `sprague`. Source: Beers 1945; Siegel & Swanson 2004, Appendix C.
    """
    groups, _ = five_year_groups(pop, age, open_group=open_group)
    return _with_open(_apply(_closed(groups, open_group), BEERS_ORDINARY), groups, open_group)


def beers_modified(pop: ArrayLike, age: ArrayLike, *, open_group: bool = True, keep_totals: bool = False) -> Floats:
    """Beers 修正式分解 — minimises fourth differences and smooths between groups while it splits.

    As printed, the first and last groups and the whole total are kept, the inner groups' totals are not;
    keep_totals = True scales each five years to its group. Shapes and open group as `sprague`.
    Source: Beers 1945; Siegel & Swanson 2004, Appendix C.
    """
    groups, _ = five_year_groups(pop, age, open_group=open_group)
    closed = _closed(groups, open_group)
    single = _apply(closed, BEERS_MODIFIED)
    return _with_open(_scaled(single, closed) if keep_totals else single, groups, open_group)


def beers_ordinary_johnson(pop: ArrayLike, age: ArrayLike, *, open_group: bool = True) -> Floats:
    """Beers 普通式分解，Johnson 调整 — age 0 as given, ages 2–8 refitted, totals of 0–4 and 5–9 kept.

    Age 1, 9 and above are those of `beers_ordinary`; 2–8 follow the quartic through ages 1, 9, 10 with the sums over 2–4
    and 5–8 that remain (coefficients to four decimals, as printed).
    Shapes and open group as `sprague`; age must give 0 by itself (0, 1, 5 … or single years).
    Source: Johnson 2016, BEERSP.XLS (U.S. Census Bureau); Stover & Kirmeyer 2008, Spectrum.
    """
    bounds = checks.ages(age)
    if len(bounds) < 2 or bounds[0] != 0 or bounds[1] != 1:
        raise DemographyError("没有单列 0 岁", "年龄", "Johnson 调整要用给定的 0 岁人口，请用 0、1、5… 的分组")
    infants = checks.counts(pop, "人口", age=bounds)[..., :1]
    groups, _ = five_year_groups(pop, bounds, open_group=open_group)
    single = beers_ordinary(groups, 5 * np.arange(groups.shape[-1]), open_group=open_group)
    known = [
        single[..., 1:2],
        groups[..., :1] - infants - single[..., 1:2],
        single[..., 5:9].sum(axis=-1, keepdims=True),
        single[..., 9:11],
    ]
    refitted = np.concatenate(known, axis=-1) @ JOHNSON.T
    return np.concatenate([infants, single[..., 1:2], refitted, single[..., 9:]], axis=-1)


def grabill(pop: ArrayLike, age: ArrayLike, *, open_group: bool = True, keep_totals: bool = False) -> Floats:
    """Grabill 分解 — strong smoothing of the middle ages, blended into Sprague's first and last ten years.

    The i-th year from either end (1 … 10) takes the weight e^(i − 10.1) of Grabill, the rest of Sprague (the blend of
    DemoTools; groups beyond the ends count as empty, which moves the ninth year by up to 0.5 %); the whole total is kept
    by spreading the difference in proportion to weight × size; the totals of inner groups are not, unless keep_totals.
    Shapes and open group as `sprague`.
    Source: Shryock, Siegel et al. 1973; Siegel & Swanson 2004, Appendix C.
    """
    groups, _ = five_year_groups(pop, age, open_group=open_group)
    closed = _closed(groups, open_group)
    rough = _apply(closed, SPRAGUE)
    padded = np.concatenate([np.zeros((*closed.shape[:-1], 2)), closed, np.zeros((*closed.shape[:-1], 2))], axis=-1)
    inner = [padded[..., g : g + 5] @ GRABILL_MIDDLE.T for g in range(closed.shape[-1])]
    weight = np.ones(rough.shape[-1])
    weight[:10] = np.exp(np.arange(1, 11) - 10.1)
    weight[-10:] = np.minimum(weight[-10:], weight[9::-1])
    single = weight * np.concatenate(inner, axis=-1) + (1 - weight) * rough
    share = single * weight
    missing = closed.sum(axis=-1, keepdims=True) - single.sum(axis=-1, keepdims=True)
    whole = share.sum(axis=-1, keepdims=True)
    single = single + missing * np.divide(share, whole, out=np.zeros_like(share), where=whole != 0)
    return _with_open(_scaled(single, closed) if keep_totals else single, groups, open_group)


def monotone(pop: ArrayLike, age: ArrayLike, *, open_group: bool = True) -> Floats:
    """单调样条分解 — a monotone cubic (PCHIP) through the cumulated groups: never below zero, group totals are kept.

    Shapes and open group as `sprague`; two closed groups are enough.
    Source: Fritsch & Carlson 1980, SIAM J. Numer. Anal. 17.
    """
    groups, starts = five_year_groups(pop, age, open_group=open_group)
    closed = groups[..., :-1] if open_group else groups
    if closed.shape[-1] < 2:
        raise DemographyError("封闭的五岁组少于 2 个", "人口", "请给出更多年龄组")
    knots = np.append(starts[: closed.shape[-1]], starts[0] + 5 * closed.shape[-1])
    return _with_open(_scaled(singles_between(closed, knots), closed), groups, open_group)


def singles_between(closed: Floats, knots: Ints) -> Floats:
    """累计曲线之差 — groups (…, G) from knots[g] up to knots[g + 1] (G + 1,) as single years: a monotone cubic (PCHIP) through
    the cumulated groups, so that none is below zero and group totals are kept.
    """
    below = np.concatenate([np.zeros((*closed.shape[:-1], 1)), np.cumsum(closed, axis=-1)], axis=-1)
    with np.errstate(over="ignore"):  # a slope next to nothing: its reciprocal counts as infinite, the slope as 0
        curve = PchipInterpolator(knots.astype(np.float64), below, axis=-1)
    years = np.arange(int(knots[0]), int(knots[-1]) + 1, dtype=np.float64)
    return np.asarray(np.maximum(np.diff(curve(years), axis=-1), 0.0), dtype=np.float64)


METHODS = {
    "sprague": sprague,
    "beers_ordinary": beers_ordinary,
    "beers_modified": beers_modified,
    "beers_ordinary_johnson": beers_ordinary_johnson,
    "grabill": grabill,
    "monotone": monotone,
}


def graduate(pop: ArrayLike, age: ArrayLike, method: str = "sprague", *, open_group: bool = True) -> Floats:
    """分解为单岁 — by the method named: sprague, beers_ordinary, beers_modified, beers_ordinary_johnson, grabill, monotone.

    Shapes, conventions and sources: the function of that name.
    """
    checks.choice(method, tuple(METHODS), "分解方法")
    return METHODS[method](pop, age, open_group=open_group)
