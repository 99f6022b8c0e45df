"""生存比 — what part of a group is alive one step later: the survival a projection uses."""

import numpy as np
from numpy.typing import ArrayLike

from renjia.engine.demography import checks
from renjia.engine.demography.checks import Floats
from renjia.engine.demography.errors import DemographyError
from renjia.engine.demography.lifetables import LifeTable


def grouped_years(table: LifeTable, width: int) -> Floats:
    """按组距合并 Lx — person-years in groups of `width` years from age 0, the open group last; (…, G)."""
    age = table["age"]
    bounds = np.arange(0, age[-1] + 1, width)
    if age[0] != 0 or not np.isin(bounds, age).all() or bounds[-1] != age[-1]:
        raise DemographyError(
            f"生命表的年龄不能合并成 {width} 岁组", "年龄", f"年龄须从 0 起，开放组的下限须是 {width} 的倍数"
        )
    return np.add.reduceat(table["Lx"], np.searchsorted(age, bounds), axis=-1)


def survivorship_ratios(table: LifeTable, width: int = 5) -> Floats:
    """生存比 — from a life table, for steps of `width` years.

    [0] = L(first group) / (width·l0), births of a step to the first group; [k] = L[k] / L[k−1], from group k − 1 to k;
    the last = T(open) / (L[G−2] + T(open)), from the last two groups together into the open one.
    Shapes: result (…, G), the groups 0, width, 2·width … open. A 0, 1, 5 … table gives five-year groups; single ages
    give width 1 or 5.
    Source: Preston, Heuveline & Guillot 2001, ch. 6.
    """
    years = grouped_years(table, width)
    if years.shape[-1] < 3:
        raise DemographyError("少于三组", "年龄", "生存比至少要三个年龄组")
    result = np.empty_like(years)
    result[..., 0] = years[..., 0] / (width * table["lx"][..., 0])
    result[..., 1:-1] = years[..., 1:-1] / years[..., :-2]
    result[..., -1] = years[..., -1] / (years[..., -2] + years[..., -1])
    return result


def survive(pop: ArrayLike, ratios: ArrayLike) -> Floats:
    """推进一步 — the population one step on, without births and moves: the first group is 0.

    Shapes: pop, ratios (…, G); [k] = pop[k−1]·ratios[k], the open group = (pop[G−2] + pop[G−1])·ratios[G−1].
    """
    people, alive = checks.counts(pop, "人口"), checks.rates(ratios, "生存比")
    moved = np.zeros(checks.aligned(people, alive, "人口、生存比"))
    moved[..., 1:] = people[..., :-1] * alive[..., 1:]
    moved[..., -1] += people[..., -1] * alive[..., -1]
    return moved
