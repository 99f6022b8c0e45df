"""进度调整 — tempo-adjusted total fertility (Bongaarts–Feeney), by birth order."""

import numpy as np
from numpy.typing import ArrayLike

from renjia.engine.demography import checks
from renjia.engine.demography.checks import Floats
from renjia.engine.demography.errors import DemographyError


def tempo_adjusted_tfr(
    tfr_by_order: ArrayLike, mac_before: ArrayLike, mac_after: ArrayLike, *, years: float = 2.0
) -> dict[str, Floats]:
    """进度调整总和生育率 — Σ over orders of TFR_i / (1 − r_i), r_i the yearly change of the mean age at birth of order i.

    r_i = (MAC_i in year t + 1 − MAC_i in year t − 1) / 2, exact: nothing is rounded on the way (a mean age rounded to two
    decimals moves the second decimal of the result). years: between the two mean ages.
    Shapes: tfr_by_order, mac_before, mac_after (…, K), orders 1 … K; mean ages from rates (`mean_age_at_childbearing`),
    not from births. Result: r, by_order (…, K), tfr, adjusted (…). A change of a year or more per year is refused.
    Source: Bongaarts & Feeney 1998, Population and Development Review 24.
    """
    rate = checks.counts(tfr_by_order, "分孩次总和生育率")
    before, after = checks.counts(mac_before, "前一年平均生育年龄"), checks.counts(mac_after, "后一年平均生育年龄")
    checks.same_shape(rate, before, "分孩次总和生育率、前一年平均生育年龄")
    checks.same_shape(rate, after, "分孩次总和生育率、后一年平均生育年龄")
    r = (after - before) / checks.positive(years, "相隔年数")
    if (r >= 1).any():
        where = f"平均生育年龄 {checks.place(tuple(np.argwhere(r >= 1)[0]))}" if r.ndim else "平均生育年龄"
        raise DemographyError("一年推迟一岁以上，无法调整", where, "请查平均生育年龄的来源和年份")
    adjusted = rate / (1 - r)
    return {
        "r": r,
        "by_order": adjusted,
        "tfr": np.asarray(rate.sum(axis=-1)),
        "adjusted": np.asarray(adjusted.sum(axis=-1)),
    }
