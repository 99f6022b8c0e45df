"""人口结构 — dependency, ageing, median age, sex ratio, age at first marriage from shares."""

import numpy as np
from numpy.typing import ArrayLike

from renjia.engine.demography import checks
from renjia.engine.demography.checks import Floats, Ints
from renjia.engine.demography.errors import DemographyError


def _ages_and_people(pop: ArrayLike, age: ArrayLike) -> tuple[Floats, Ints]:
    bounds = checks.ages(age)
    people = checks.counts(pop, "人口", age=bounds)
    if (people.sum(axis=-1) <= 0).any():
        raise DemographyError("合计为零", "人口", "请给出有人口的构成")
    return people, bounds


def persons_between(pop: ArrayLike, age: ArrayLike, first: int, before: int | None = None) -> Floats:
    """某年龄段人口 — persons from age `first` up to, not including, `before` (None: to the top).

    Shapes: pop (…, A), age (A,) lower bounds; result (…). Both ends must be bounds of groups; `before` above the open
    group's age is refused.
    """
    people, bounds = _ages_and_people(pop, age)
    for edge in (first, before):
        if edge is not None and edge not in bounds:
            raise DemographyError(f"{edge} 岁不是某组的下限", "年龄", "请用能在这个年龄分开的分组")
    inside = (bounds >= first) & (bounds < (np.inf if before is None else before))
    return np.asarray(people[..., inside].sum(axis=-1))


def dependency_ratios(pop: ArrayLike, age: ArrayLike, *, young: int = 15, old: int = 65) -> dict[str, Floats]:
    """抚养比 — child, old-age and total dependency, per 100 persons of working age [young, old).

    child = P(0 … young − 1) / P(young … old − 1)·100, old = P(old +) / same·100, total = child + old.
    Shapes: pop (…, A), age (A,) lower bounds from 0; result (…) each. old = 60 for the other version in use.
    Source: 国家统计局《人口统计主要指标》.
    """
    working = checks.exposure(persons_between(pop, age, young, old), "劳动年龄人口")
    child = persons_between(pop, age, 0, young) / working * 100
    elder = persons_between(pop, age, old) / working * 100
    return {"child": child, "old": elder, "total": child + elder}


def ageing_share(pop: ArrayLike, age: ArrayLike, *, old: int = 65) -> Floats:
    """老龄化系数 — persons of `old` and over, per cent of all. Shapes: pop (…, A), age (A,); result (…)."""
    people, bounds = _ages_and_people(pop, age)
    return np.asarray(persons_between(people, bounds, old) / people.sum(axis=-1) * 100)


def ageing_index(pop: ArrayLike, age: ArrayLike, *, young: int = 15, old: int = 65) -> Floats:
    """老少比 — persons of `old` and over per 100 below `young`. Shapes: pop (…, A), age (A,); result (…)."""
    return persons_between(pop, age, old) / checks.exposure(persons_between(pop, age, 0, young), "少儿人口") * 100


def median_age(pop: ArrayLike, age: ArrayLike) -> float | Floats:
    """年龄中位数 — the age half the people are below: L + (N/2 − F below) / f of the group · its width.

    Shapes: pop (…, A), age (A,) lower bounds; result a number, or (…), exact years, even spread within a group. Refused
    when the median falls into the open group.
    """
    people, bounds = _ages_and_people(pop, age)
    whole = people.sum(axis=-1, keepdims=True)
    upto = np.cumsum(people, axis=-1)
    group = np.argmax(upto >= whole / 2, axis=-1)
    if (group == len(bounds) - 1).any():
        raise DemographyError("中位数落在开放组里", "人口", "请给出更高的开放组")
    pick = group[..., None]
    inside = np.take_along_axis(people, pick, axis=-1)
    below = np.take_along_axis(upto, pick, axis=-1) - inside
    width = np.diff(bounds)[pick]
    result = (bounds[pick] + (whole / 2 - below) / inside * width)[..., 0]
    return float(result) if result.ndim == 0 else result


def mean_age(pop: ArrayLike, age: ArrayLike, *, open_mean: float | None = None) -> float | Floats:
    """平均年龄 — Σ P·(middle of the group) / Σ P.

    Shapes: pop (…, A), age (A,) lower bounds; result a number, or (…), exact years. The open group's mean age is
    `open_mean`; None: its lower bound plus half the width of the group before.
    """
    people, bounds = _ages_and_people(pop, age)
    if len(bounds) < 2:
        raise DemographyError("只有一个年龄组", "年龄", "请给出分年龄人口")
    width = np.diff(bounds)
    middle = np.append(bounds[:-1] + width / 2, bounds[-1] + width[-1] / 2 if open_mean is None else open_mean)
    if middle[-1] < bounds[-1]:
        raise DemographyError(f"{open_mean:g} 岁低于开放组下限 {bounds[-1]}", "open_mean", "请改正")
    result = (people * middle).sum(axis=-1) / people.sum(axis=-1)
    return float(result) if np.ndim(result) == 0 else result


def population_sex_ratio(males: ArrayLike, females: ArrayLike) -> Floats:
    """总人口性别比 — 100·men / women, of any shape, elementwise."""
    men, women = checks.counts(males, "男性人口"), checks.exposure(females, "女性人口")
    checks.same_shape(men, women, "男性人口、女性人口")
    return men / women * 100


def singulate_mean_age_at_marriage(single: ArrayLike, age: ArrayLike) -> float | Floats:
    """SMAM 平均初婚年龄（Hajnal）— mean years lived single by those who marry before 50, from shares never married.

    A = 15 + 5·Σ share(15–19 … 45–49); B = mean of the shares at 45–49 and 50–54; SMAM = (A − 50·B) / (1 − B).
    Shapes: single (…, 8), shares from 0 to 1; age the eight lower bounds 15, 20 … 50; result a number, or (…), years.
    Source: Hajnal 1953, Population Studies 7.
    """
    bounds = checks.ages(age)
    if not np.array_equal(bounds, np.arange(15, 55, 5)):
        raise DemographyError("年龄组不是 15–19 至 50–54 八组", "年龄", "请给出 15、20 … 50 八个下限")
    share = checks.rates(single, "未婚比例", age=bounds)
    never = share[..., 6:].mean(axis=-1)
    if (never >= 1).any():
        raise DemographyError("50 岁时全部未婚", "未婚比例", "这时没有初婚年龄")
    result = (15 + 5 * share[..., :7].sum(axis=-1) - 50 * never) / (1 - never)
    return float(result) if np.ndim(result) == 0 else result
