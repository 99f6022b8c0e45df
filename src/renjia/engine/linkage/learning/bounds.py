"""学习的护栏 — from shares to weights that cannot run away: towards the hand-set ones where evidence is thin, within
bounds, in the order the levels mean (the same never weighs less than alike, alike never less than different), in
quarters, so that sums stay exact.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from enum import IntEnum
from itertools import pairwise
from math import log

import numpy as np

from renjia.engine.linkage.learning.em import Floats
from renjia.engine.linkage.levels import (
    BornLevel,
    CertificateLevel,
    IdLevel,
    InstitutionLevel,
    MinuteLevel,
    NameLevel,
    OrderLevel,
    ParityLevel,
    PhoneLevel,
    PlaceLevel,
    SexLevel,
    WeightLevel,
)
from renjia.engine.linkage.model import Comparison

# Bits by which a hand-set weight may well be wrong: what evidence has to outweigh.
_HAND_ERROR = 2.0
# One field in 2**8 is some stranger's (whole lines slip), so no disagreement says more against; one agreement in
# 2**16 between strangers is no chance but a shared line, family or form, so none says more for.
LEAST, MOST = -8.0, 16.0
# Rules, not evidence: two pregnancies stay two, a re-issued certificate is inferred from the rest of the delivery, and
# a source twice is a matter of its habits.
_FIXED = {
    ("born", BornLevel.OTHER_PREGNANCY),
    ("certificate", CertificateLevel.REISSUED),
    ("baby_name", NameLevel.RENAMED),
}
_FIXED_FIELDS = ("source",)

_N, _I, _B, _P, _M, _W = NameLevel, IdLevel, BornLevel, PlaceLevel, MinuteLevel, WeightLevel
_CHAINS: dict[type[IntEnum], tuple[tuple[IntEnum, ...], ...]] = {
    NameLevel: (
        (_N.SAME_RARE, _N.SAME, _N.SAME_COMMON, _N.SAME_VERY_COMMON, _N.NEAR, _N.SURNAME, _N.DIFFERENT),
        (_N.SAME_RARE, _N.SOUND_RARE, _N.SOUND, _N.SOUND_COMMON, _N.NEAR),
        (_N.SAME, _N.SOUND),
        (_N.SAME_COMMON, _N.SOUND_COMMON),
        (_N.SAME_VERY_COMMON, _N.DROPPED, _N.DIFFERENT),
        (_N.SAME_VERY_COMMON, _N.GIVEN, _N.DIFFERENT),
        (_N.SAME_RARE, _N.OTHER_PARENT, _N.DIFFERENT),
        (_N.SAME_VERY_COMMON, _N.SCRIPT, _N.DIFFERENT),
    ),
    IdLevel: (
        (_I.SAME, _I.SAME_UNCHECKED, _I.NEAR, _I.NEAR_TWO, _I.DOUBTFUL, _I.DIFFERENT),
        (_I.SAME, _I.OTHER_PARENT, _I.DIFFERENT),
        (_I.SAME, _I.NEAR_BOTH_VALID, _I.DIFFERENT),
        (_I.SAME, _I.OTHER_KIND, _I.DIFFERENT),
        (_I.SAME, _I.MAN, _I.DIFFERENT),
    ),
    BornLevel: (
        (_B.SAME, _B.MIDNIGHT, _B.ONE_DAY, _B.FEW_DAYS, _B.SAME_PREGNANCY, _B.OTHER_PREGNANCY),
        (_B.SAME, _B.SWAPPED, _B.SAME_PREGNANCY),
        (_B.SAME, _B.DIGIT, _B.SAME_PREGNANCY),
        (_B.SAME, _B.YEAR, _B.OTHER_PREGNANCY),
    ),
    PhoneLevel: ((PhoneLevel.SAME, PhoneLevel.NEAR, PhoneLevel.DIFFERENT),),
    PlaceLevel: (
        (_P.NEIGHBOURHOOD, _P.STREET, _P.DIFFERENT),
        (_P.HUKOU_NEIGHBOURHOOD, _P.HUKOU_STREET, _P.HUKOU_DIFFERENT),
    ),
    InstitutionLevel: ((InstitutionLevel.SAME, InstitutionLevel.SAME_LARGE, InstitutionLevel.DIFFERENT),),
    MinuteLevel: ((_M.SAME, _M.NEAR, _M.HOUR, _M.DIFFERENT), (_M.SAME, _M.HALF_DAY, _M.DIFFERENT)),
    WeightLevel: ((_W.SAME, _W.ROUNDED, _W.NEAR, _W.DIFFERENT),),
    CertificateLevel: (
        (CertificateLevel.SAME, CertificateLevel.NEAR, CertificateLevel.DIFFERENT),
        (CertificateLevel.SAME, CertificateLevel.ADJACENT),
    ),
    SexLevel: ((SexLevel.SAME, SexLevel.DIFFERENT),),
    OrderLevel: ((OrderLevel.SAME, OrderLevel.DIFFERENT), (OrderLevel.LABEL_SAME, OrderLevel.LABEL_DIFFERENT)),
    ParityLevel: ((ParityLevel.SAME, ParityLevel.DIFFERENT),),
}


# Twins are born within the hour: a time a little off speaks more against one child than a time that is quite wrong.
_SIBLINGS: dict[type[IntEnum], tuple[tuple[IntEnum, ...], ...]] = {
    MinuteLevel: tuple((_M.SAME, other) for other in (_M.NEAR, _M.HOUR, _M.HALF_DAY, _M.DIFFERENT)),
}


def order_of(levels: Iterable[IntEnum], siblings: bool = False) -> list[tuple[IntEnum, IntEnum]]:
    """应有的次序 — pairs (higher, lower) of a comparison's levels: the higher never weighs less than the lower.

    siblings: among the children of one delivery.
    """
    known = list(levels)
    every = _CHAINS | _SIBLINGS if siblings else _CHAINS
    chains = every.get(type(known[0]), ()) if known else ()
    found = []
    for chain in chains:
        held = [level for level in chain if level in known]
        found += list(pairwise(held))
    return found


def guarded(
    comparison: Comparison, m: Floats, u: Floats, m_pairs: Floats, u_pairs: Floats, *, siblings: bool = False
) -> tuple[Comparison, list[IntEnum]]:
    """定权 — a comparison with learned weights, and the levels on which the hand-set weight decided more than the data.

    m, u: shares by level; m_pairs, u_pairs: the pairs they rest on.
    """
    if comparison.field in _FIXED_FIELDS:
        return comparison, []
    weight, trust, thin = {}, {}, []
    for level, (_, hand) in comparison.levels.items():
        if (comparison.field, level) in _FIXED:
            weight[level], trust[level] = hand, np.inf
            continue
        bits, error = _measured(m, u, m_pairs, u_pairs, int(level))
        data, prior = 1 / error**2, 1 / _HAND_ERROR**2
        weight[level] = min(max((bits * data + hand * prior) / (data + prior), LEAST), MOST)
        trust[level] = data + prior
        if data < prior:
            thin.append(level)
    _in_order(weight, trust, order_of(comparison.levels, siblings))
    levels = {
        level: (label, hand if (comparison.field, level) in _FIXED else quarters(weight[level]))
        for level, (label, hand) in comparison.levels.items()
    }
    return replace(comparison, levels=levels), thin


def quarters(bits: float) -> float:
    """取四分之一 — rounded to quarters: sums of such weights are exact in any order."""
    return float(np.floor(4 * bits + 0.5)) / 4


def _measured(m: Floats, u: Floats, m_pairs: Floats, u_pairs: Floats, level: int) -> tuple[float, float]:
    """Weight of a level and its standard error in bits; half a pair is added, so that what was never seen is finite."""
    seen_m, seen_u = float(m_pairs[level]), float(u_pairs[level])
    of_m = float(m[level]) * (seen_m + 0.5) / seen_m if seen_m > 0.5 else 0.5 / (float(m_pairs.sum()) + 1)
    of_u = float(u[level]) * (seen_u + 0.5) / seen_u if seen_u > 0.5 else 0.5 / (float(u_pairs.sum()) + 1)
    error = np.sqrt(1 / (seen_m + 0.5) + 1 / (seen_u + 0.5)) / log(2)
    return float(np.log2(of_m) - np.log2(of_u)), float(error)


def _in_order(
    weight: dict[IntEnum, float], trust: dict[IntEnum, float], order: Sequence[tuple[IntEnum, IntEnum]]
) -> None:
    """Pool, in place, what stands the wrong way round, by trust; what is left of the wrong way the lower gives up."""
    for _ in range(100):
        wrong = [(high, low) for high, low in order if weight[high] < weight[low] - 1e-9]
        if not wrong:
            return
        for high, low in wrong:
            if weight[high] < weight[low]:
                if np.isinf(trust[low]):
                    weight[high] = weight[low]
                    continue
                both = (weight[high] * trust[high] + weight[low] * trust[low]) / (trust[high] + trust[low])
                weight[high] = weight[low] = both
    while any(weight[high] < weight[low] for high, low in order):
        for high, low in order:
            weight[low] = min(weight[low], weight[high])
