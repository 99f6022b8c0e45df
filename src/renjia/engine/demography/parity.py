"""年龄孩次生育表 — period fertility by age and parity of the mother, and the TFR it gives."""

import numpy as np
from numpy.typing import ArrayLike

from renjia.engine.demography import checks
from renjia.engine.demography.checks import Floats
from renjia.engine.demography.errors import DemographyError


def parity_age_table(births: ArrayLike, women: ArrayLike, width: float = 1.0) -> dict[str, Floats]:
    """年龄孩次生育表 — period rates by age and parity of the mother, run through as a life table of parities.

    m_i(x) = births of order i + 1 / women of parity i; q = n·m / (1 + n·m/2), at most one birth in a group's width; women
    start at the first age without children. Use single years: with wide groups several births to one woman are lost.
    Shapes: births (…, K, A), orders 1 … K (the last open: order K and above); women (…, K, A), parities 0 … K − 1 (the last
    open: K − 1 and above). Result: rates, probabilities (…, K, A); by_order (…, K) births per woman; tfr (…) their sum
    (PATFR); progression (…, K) = by_order[i] / by_order[i − 1], a_0 first. Women of the open parity may have further
    births, so by_order of the last holds order K and above, and its progression may exceed 1.
    A parity without women but with births is refused; without either, its rate is 0.
    Source: Rallu & Toulemon 1994, Population 49; Human Fertility Database, Methods Protocol.
    """
    born, lived = checks.counts(births, "分孩次出生数"), checks.counts(women, "分孩次妇女人数")
    checks.same_shape(born, lived, "分孩次出生数、分孩次妇女人数")
    if born.ndim < 2:
        raise DemographyError("没有孩次这一维", "分孩次出生数", "请给出 孩次 × 年龄 的表")
    orphan = (lived <= 0) & (born > 0)
    if orphan.any():
        where = f"分孩次妇女人数 {checks.place(tuple(np.argwhere(orphan)[0]))}"
        raise DemographyError("没有妇女却有出生", where, "请查孩次编码，或合并年龄、孩次")
    n = checks.positive(width, "组距")
    rates = checks.rates(np.divide(born, lived, out=np.zeros_like(born), where=lived > 0), "年龄孩次生育率")
    chance = n * rates / (1 + n * rates / 2)
    orders = born.shape[-2]
    at = np.zeros(born.shape[:-1])
    at[..., 0] = 1.0
    by_order = np.zeros_like(at)
    for x in range(born.shape[-1]):
        moved = at * chance[..., x]
        by_order += moved
        at[..., :-1] -= moved[..., :-1]
        at[..., 1:] += moved[..., :-1]
    progression = np.zeros_like(by_order)
    progression[..., 0] = by_order[..., 0]
    before = by_order[..., : orders - 1]
    progression[..., 1:] = np.divide(by_order[..., 1:], before, out=np.zeros_like(before), where=before > 0)
    total = np.asarray(by_order.sum(axis=-1))
    return {"rates": rates, "probabilities": chance, "by_order": by_order, "tfr": total, "progression": progression}
