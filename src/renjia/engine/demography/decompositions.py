"""差异分解 — a difference of rates into composition and rate (Kitagawa); of life expectancies into ages (Arriaga)."""

import numpy as np
from numpy.typing import ArrayLike

from renjia.engine.demography import checks
from renjia.engine.demography.checks import Floats
from renjia.engine.demography.errors import DemographyError
from renjia.engine.demography.lifetables import LifeTable


def kitagawa(
    rates1: ArrayLike, composition1: ArrayLike, rates2: ArrayLike, composition2: ArrayLike
) -> dict[str, Floats]:
    """Kitagawa 分解 — the difference of two crude rates, second minus first, into composition and rates.

    composition = Σ (c2 − c1)·(r1 + r2)/2; rate = Σ (r2 − r1)·(c1 + c2)/2; both add exactly to the difference.
    Shapes: rates (…, A) per person; compositions (…, A), counts or shares, each scaled to 1. Result: crude1, crude2,
    difference, composition, rate (…), composition_by_group, rate_by_group (…, A).
    Source: Kitagawa 1955, J. Amer. Statist. Assoc. 50; Preston, Heuveline & Guillot 2001, Box 2.3.
    """
    r1, r2 = checks.numbers(rates1, "第一组率"), checks.numbers(rates2, "第二组率")
    c1, c2 = checks.counts(composition1, "第一组构成"), checks.counts(composition2, "第二组构成")
    checks.same_shape(r1, r2, "两组率")
    checks.same_shape(c1, c2, "两组构成")
    checks.aligned(r1, c1, "率、构成")
    for weights, name in ((c1, "第一组构成"), (c2, "第二组构成")):
        checks.exposure(weights.sum(axis=-1), f"{name}合计")
    c1, c2 = c1 / c1.sum(axis=-1, keepdims=True), c2 / c2.sum(axis=-1, keepdims=True)
    by_composition = (c2 - c1) * (r1 + r2) / 2
    by_rate = (r2 - r1) * (c1 + c2) / 2
    crude1, crude2 = np.asarray((r1 * c1).sum(axis=-1)), np.asarray((r2 * c2).sum(axis=-1))
    return {
        "crude1": crude1,
        "crude2": crude2,
        "difference": crude2 - crude1,
        "composition": np.asarray(by_composition.sum(axis=-1)),
        "rate": np.asarray(by_rate.sum(axis=-1)),
        "composition_by_group": by_composition,
        "rate_by_group": by_rate,
    }


def _arriaga(one: LifeTable, two: LifeTable) -> tuple[Floats, Floats]:
    """(direct, indirect with interaction) contribution of each age, from table one to table two."""
    start = one["lx"][..., :1]
    l1, l2 = one["lx"] / start, two["lx"] / two["lx"][..., :1]
    y1, y2 = one["Lx"] / start, two["Lx"] / two["lx"][..., :1]
    t2 = two["Tx"] / two["lx"][..., :1]
    if (l1 <= 0).any() or (l2 <= 0).any():
        raise DemographyError("有年龄组无人存活", "生命表", "请把开放组定得低一些")
    direct = l1 * (y2 / l2 - y1 / l1)
    direct[..., -1] = l1[..., -1] * (two["ex"][..., -1] - one["ex"][..., -1])
    indirect = np.zeros_like(direct)
    indirect[..., :-1] = t2[..., 1:] * (l1[..., :-1] / l2[..., :-1] - l1[..., 1:] / l2[..., 1:])
    return direct, indirect


def life_expectancy_decomposition(table1: LifeTable, table2: LifeTable, method: str = "arriaga") -> dict[str, Floats]:
    """预期寿命差异的年龄分解 — what each age group adds to e(first age) of table 2 minus that of table 1.

    Arriaga: direct = l1/l1(0)·(L2/l2 − L1/l1); indirect (with interaction) = T2(x+n)/l1(0)·(l1/l2 − l1(x+n)/l2(x+n));
    open group: direct l1/l1(0)·(e2 − e1). "symmetric": the mean of that and the negative of the reverse.
    Shapes: two life tables (`life_table`) of the same ages, (…, A). Result: difference (…), by_age, direct, indirect
    (…, A); by_age = direct + indirect adds exactly to the difference.
    Source: Arriaga 1984, Demography 21; Preston, Heuveline & Guillot 2001, Box 3.4.
    """
    checks.choice(method, ("arriaga", "symmetric"), "分解口径")
    if not np.array_equal(table1["age"], table2["age"]):
        raise DemographyError("两张生命表的年龄组不同", "生命表", "请先用同样的分组、同样的开放组")
    direct, indirect = _arriaga(table1, table2)
    if method == "symmetric":
        back_direct, back_indirect = _arriaga(table2, table1)
        direct, indirect = (direct - back_direct) / 2, (indirect - back_indirect) / 2
    gap = np.asarray(table2["ex"][..., 0] - table1["ex"][..., 0])
    return {"difference": gap, "by_age": direct + indirect, "direct": direct, "indirect": indirect}
