"""日期 — days since 1970 as year, month and day, and the slips of the pen that move a date far."""

import numpy as np

from renjia.engine.linkage.levels import BornLevel
from renjia.engine.linkage.packed import Ints


def slips(x: Ints, y: Ints, level: Ints) -> Ints:
    """笔误 — BornLevel where two dates differ by one: day and month swapped, the year, one digit; else `level`."""
    (y1, m1, d1), (y2, m2, d2) = parts(x), parts(y)
    swapped = (y1 == y2) & (m1 == d2) & (d1 == m2)
    year = (m1 == m2) & (d1 == d2) & (np.abs(y1 - y2) == 1)
    one, two = y1 * 10000 + m1 * 100 + d1, y2 * 10000 + m2 * 100 + d2
    digits = [(one // 10**k % 10, two // 10**k % 10) for k in range(8)]
    wrong = sum((p != q).astype(np.int64) for p, q in digits)
    turned = sum(
        (
            (digits[k][0] == digits[k + 1][1]) & (digits[k][1] == digits[k + 1][0]) & (digits[k][0] != digits[k][1])
        ).astype(np.int64)
        for k in range(7)
    )
    digit = (wrong == 1) | ((wrong == 2) & (turned == 1))
    plain = level == BornLevel.FEW_DAYS
    return np.select([swapped, year, digit & ~plain], [BornLevel.SWAPPED, BornLevel.YEAR, BornLevel.DIGIT], level)


def parts(days: Ints) -> tuple[Ints, Ints, Ints]:
    """年月日."""
    date = days.astype("datetime64[D]")
    month = date.astype("datetime64[M]")
    year = month.astype("datetime64[Y]").astype(np.int64)
    return (
        year + 1970,
        month.astype(np.int64) - year * 12 + 1,
        (date - month.astype("datetime64[D]")).astype(np.int64) + 1,
    )
