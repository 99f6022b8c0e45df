"""推算的后果 — school entrants, nursery places, elders: what a district plans for, from single ages."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike

from renjia.engine.demography import checks
from renjia.engine.demography.checks import Floats
from renjia.engine.demography.errors import DemographyError

BANDS: Mapping[str, tuple[int, int | None]] = {
    "婴幼儿（0–2 岁）": (0, 3),
    "幼儿园适龄（3–5 岁）": (3, 6),
    "小学适龄（6–11 岁）": (6, 12),
    "初中适龄（12–14 岁）": (12, 15),
    "劳动年龄（15–59 岁）": (15, 60),
    "60 岁及以上": (60, None),
    "65 岁及以上": (65, None),
    "80 岁及以上": (80, None),
}
SCHOOL_AGE = 6
_LAST_MONTH_OF_ENTRY = 8  # 义务教育法 第十一条: 年满六周岁; the school year begins on 1 September


def school_entrants(population: ArrayLike, month: int = 12, age: int = SCHOOL_AGE) -> Floats:
    """小学入学 — children who are `age` by 31 August of the year, from single ages at the end of `month` of that year.

    population (…, A) single ages, both sexes or one; births taken as even over the year. Result (…).
    At year's end: 8/12 of those aged 6 and 4/12 of those aged 7.
    """
    people = checks.counts(population, "人口")
    if not 1 <= month <= 12 or people.shape[-1] < age + 2:
        raise DemographyError(f"月份 {month}，年龄 {people.shape[-1]} 组", "小学入学", "月份为 1 至 12，人口按单岁排列")
    ahead = (month - _LAST_MONTH_OF_ENTRY) / 12.0
    if ahead >= 0:
        return np.asarray((1 - ahead) * people[..., age] + ahead * people[..., age + 1], dtype=np.float64)
    return np.asarray((1 + ahead) * people[..., age] - ahead * people[..., age - 1], dtype=np.float64)


def nursery_places(population: ArrayLike, per_thousand: float) -> Floats:
    """托位 — places wanted at `per_thousand` places for every thousand people of all ages; population (…, A); result (…)."""
    people = checks.counts(population, "人口")
    return np.asarray(people.sum(axis=-1) * checks.positive(per_thousand, "每千人口托位数") / 1000.0, dtype=np.float64)


def population_consequences(
    population: ArrayLike, *, month: int = 12, per_thousand: float | None = None
) -> dict[str, Floats]:
    """推算的后果 — population (…, 2, A) single ages (sexes male, female) to named series (…).

    The bands of `BANDS` (which overlap), women 15–49, school entrants, and nursery places when a standard is given: none is
    assumed. month: at whose end the population is counted.
    """
    people = checks.counts(population, "人口")
    if people.ndim < 2 or people.shape[-2] != 2:
        raise DemographyError("没有分男女", "人口", "请按男、女两行给出")
    if people.shape[-1] < 81:
        raise DemographyError(f"只有 {people.shape[-1]} 个年龄", "人口", "请给单岁到 80 岁以上")
    both = people.sum(axis=-2)
    found: dict[str, Floats] = {name: both[..., low:high].sum(axis=-1) for name, (low, high) in BANDS.items()}
    found["育龄妇女（15–49 岁）"] = people[..., 1, 15:50].sum(axis=-1)
    found["小学入学"] = school_entrants(both, month)
    if per_thousand is not None:
        found[f"托位（每千人口 {per_thousand:g} 个）"] = nursery_places(both, per_thousand)
    return found
