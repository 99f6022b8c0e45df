"""年龄归组 — finer age groups added up to five-year groups."""

import numpy as np
from numpy.typing import ArrayLike

from renjia.engine.demography import checks
from renjia.engine.demography.checks import Floats, Ints
from renjia.engine.demography.errors import DemographyError


def five_year_groups(pop: ArrayLike, age: ArrayLike, *, open_group: bool = True) -> tuple[Floats, Ints]:
    """合并为五岁组 — (groups (…, G), their lower bounds (G,)); groups that are finer than five years are added up.

    With `open_group` the last group is open; an open age that is no multiple of five is lowered to one. Without it the
    last group ends at the next multiple of five, or where its five years are full.
    """
    bounds = checks.ages(age)
    people = checks.counts(pop, "人口", age=bounds)
    last = int(bounds[-1])
    starts = np.arange(bounds[0], last // 5 * 5 + 1, 5)
    if bounds[0] % 5 or not np.isin(starts, bounds).all():
        wrong = "第一组不从 5 的倍数开始" if bounds[0] % 5 else "有跨越五岁界线的组"
        raise DemographyError(wrong, "年龄", "请用 0、5、10… 的五岁组（0 岁、1–4 岁或单岁都可以，会合并）")
    if not open_group and bool((np.diff(bounds) == 1).all()) and len(bounds) > 1 and (last + 1) % 5:
        raise DemographyError(f"最后的五岁组只到 {last} 岁", "年龄", "请补足单岁，或把最后一组作为开放组")
    return np.add.reduceat(people, np.searchsorted(bounds, starts), axis=-1), starts
