"""比较内核 — what two records come to in one comparison: the rule of a pair, and the loop over many. Compiled.

A kernel fills one column of levels, `found`, of the pairs (a[i], b[i]) of positions; it is free of the interpreter, so that
plain threads can share the pairs. Rules get plain numbers: an array that is handed on is counted at every turn.

values, bits, width: the packed texts behind the codes. read: edits of each pair, of texts that do not fit; empty at first,
when the level of such a pair is left UNREAD.
"""

import numpy as np
import numpy.typing as npt
from numba import njit

from renjia.engine.linkage.dates import born_level
from renjia.engine.linkage.edits import UNREAD, Small, edits
from renjia.engine.linkage.levels import (
    CertificateLevel,
    IdLevel,
    InstitutionLevel,
    MinuteLevel,
    NameLevel,
    OrderLevel,
    PhoneLevel,
    PlaceLevel,
    WeightLevel,
)
from renjia.engine.linkage.packed import Flags, Ints

Levels = npt.NDArray[np.uint8]
_DAY = 1440


@njit(cache=True, nogil=True)
def identities(
    own: Ints, other: Ints, checked: Flags, male: Flags, resident: Flags, values: Ints, bits: int, width: int,
    a: Ints, b: Ints, read: Small, found: Levels,
) -> None:  # fmt: skip
    """证件层级 — of one parent's documents; other: the other parent's, where a number may stand by mistake."""
    for at in range(a.size):
        x, y = own[a[at]], own[b[at]]
        if x >= 0 and x == y:
            found[at] = IdLevel.SAME if checked[x] else IdLevel.SAME_UNCHECKED
        elif (x >= 0 and x == other[b[at]]) or (y >= 0 and y == other[a[at]]):
            found[at] = IdLevel.OTHER_PARENT
        elif x < 0 or y < 0:
            found[at] = IdLevel.MISSING
        else:
            slips = read[at] if read.size else edits(values[x], values[y], 2, bits, width)
            both, residents = checked[x] and checked[y], resident[x] and resident[y]
            found[at] = unlike_numbers(slips, both, residents, resident[x] != resident[y], male[x] != male[y])


@njit(cache=True, nogil=True)
def unlike_numbers(slips: int, checked: bool, residents: bool, other_kind: bool, other_sex: bool) -> int:
    """两个号码 — of so many edits, both checked, both of residents, one of them no resident's, of a man and a woman."""
    if slips == UNREAD:
        return UNREAD
    # the check digit catches every single slip: two valid resident numbers that are close are two persons
    if slips <= 2 and not (checked and residents):
        return IdLevel.NEAR if slips <= 1 else IdLevel.NEAR_TWO
    if other_kind:
        return IdLevel.OTHER_KIND
    if slips <= 2:
        return IdLevel.NEAR_BOTH_VALID
    if checked and residents and other_sex:
        return IdLevel.MAN
    return IdLevel.DIFFERENT if checked else IdLevel.DOUBTFUL


@njit(cache=True, nogil=True)
def names(
    own: Ints, other: Ints, same: Levels, alike: Levels, sound: Ints, latin: Flags, lengths: Ints, firsts: Ints, values: Ints,
    bits: int, width: int, a: Ints, b: Ints, read: Small, found: Levels,
) -> None:  # fmt: skip
    """姓名层级 — of one column of names; other: where a name may stand by mistake, or empty; values: of sounds.

    lengths: characters of a name by its code; firsts: first character of a sound by its code.

    same, alike: NameLevel of two equal names by code, and of two names of one sound by its code; or empty: all alike rare.
    A name in Chinese and one in letters are left at SCRIPT or NEAR; `compare_names.spelled_out` looks at those again.
    """
    for at in range(a.size):
        x, y = own[a[at]], own[b[at]]
        if x < 0 or y < 0:
            found[at] = NameLevel.MISSING
        elif x == y:
            found[at] = same[x] if same.size else np.uint8(NameLevel.SAME)
        elif sound[x] == sound[y]:
            found[at] = alike[sound[x]] if alike.size else np.uint8(NameLevel.SOUND)
        elif other.size and (x == other[b[at]] or y == other[a[at]]):
            found[at] = NameLevel.OTHER_PARENT
        else:
            p, q = sound[x], sound[y]
            slips = read[at] if read.size else edits(values[p], values[q], 2, bits, width)
            found[at] = unlike_names(slips, firsts[p] == firsts[q], lengths[x], lengths[y], latin[x], latin[y])


@njit(cache=True, nogil=True)
def unlike_names(slips: int, surname: bool, size: int, other_size: int, latin: bool, other_latin: bool) -> int:
    """两个名字 — that neither look nor sound the same: edits between their sounds, whether they begin alike, lengths."""
    if slips == UNREAD:
        return UNREAD
    if slips <= 2 and (latin or other_latin):
        return NameLevel.NEAR
    if latin != other_latin:
        return NameLevel.SCRIPT
    if slips == 1 and max(size, other_size) >= 3:
        if surname:
            return NameLevel.NEAR if size == other_size else NameLevel.DROPPED
        if size == other_size:
            return NameLevel.GIVEN
    return NameLevel.SURNAME if surname else NameLevel.DIFFERENT


@njit(cache=True, nogil=True)
def born(dates: Ints, minutes: Ints, a: Ints, b: Ints, found: Levels) -> None:
    """出生日期层级."""
    for at in range(a.size):
        p, q = a[at], b[at]
        found[at] = born_level(dates[p], dates[q], minutes[p], minutes[q])


@njit(cache=True, nogil=True)
def phones(codes: Ints, values: Ints, bits: int, width: int, a: Ints, b: Ints, read: Small, found: Levels) -> None:
    """电话层级."""
    for at in range(a.size):
        x, y = codes[a[at]], codes[b[at]]
        if x < 0 or y < 0:
            found[at] = PhoneLevel.MISSING
        elif x == y:
            found[at] = PhoneLevel.SAME
        else:
            slips = read[at] if read.size else edits(values[x], values[y], 1, bits, width)
            found[at] = UNREAD if slips == UNREAD else PhoneLevel.NEAR if slips <= 1 else PhoneLevel.DIFFERENT


@njit(cache=True, nogil=True)
def places(place: Ints, street: Ints, by_hukou: Flags, a: Ints, b: Ints, found: Levels) -> None:
    """地址层级 — an address against a hukou place says less."""
    for at in range(a.size):
        p, q = a[at], b[at]
        crossed = by_hukou[p] != by_hukou[q]
        if street[p] < 0 or street[q] < 0:
            found[at] = PlaceLevel.MISSING
        elif place[p] >= 0 and place[p] == place[q]:
            found[at] = PlaceLevel.HUKOU_NEIGHBOURHOOD if crossed else PlaceLevel.NEIGHBOURHOOD
        elif street[p] == street[q]:
            found[at] = PlaceLevel.HUKOU_STREET if crossed else PlaceLevel.STREET
        else:
            found[at] = PlaceLevel.HUKOU_DIFFERENT if crossed else PlaceLevel.DIFFERENT


@njit(cache=True, nogil=True)
def institutions(codes: Ints, large: Flags, a: Ints, b: Ints, found: Levels) -> None:
    """分娩机构层级 — large: institutions that report very many births."""
    for at in range(a.size):
        x, y = codes[a[at]], codes[b[at]]
        if x < 0 or y < 0:
            found[at] = InstitutionLevel.MISSING
        elif x != y:
            found[at] = InstitutionLevel.DIFFERENT
        else:
            found[at] = InstitutionLevel.SAME_LARGE if large[x] else InstitutionLevel.SAME


@njit(cache=True, nogil=True)
def minutes(values: Ints, dates: Ints, a: Ints, b: Ints, found: Levels) -> None:
    """出生时刻层级 — 23:50 and 00:10 of the next day are near."""
    for at in range(a.size):
        x, y = values[a[at]], values[b[at]]
        gap, days = abs(x - y), dates[a[at]] - dates[b[at]]
        if abs(days) == 1:
            gap = min(gap, abs(days * _DAY + x - y))
        if x < 0 or y < 0:
            found[at] = MinuteLevel.MISSING
        elif gap == 0:
            found[at] = MinuteLevel.SAME
        elif gap <= 5:
            found[at] = MinuteLevel.NEAR
        elif gap <= 60:
            found[at] = MinuteLevel.HOUR
        else:
            found[at] = MinuteLevel.HALF_DAY if gap == _DAY // 2 else MinuteLevel.DIFFERENT


@njit(cache=True, nogil=True)
def weights(grams: Ints, a: Ints, b: Ints, found: Levels) -> None:
    """体重层级 — one of them may be rounded to fifty or to a hundred."""
    for at in range(a.size):
        x, y = grams[a[at]], grams[b[at]]
        gap = abs(x - y)
        if x < 0 or y < 0:
            found[at] = WeightLevel.MISSING
        elif gap == 0:
            found[at] = WeightLevel.SAME
        elif (
            gap <= 10 or (gap <= 25 and (x % 50 == 0 or y % 50 == 0)) or (gap <= 50 and (x % 100 == 0 or y % 100 == 0))
        ):
            found[at] = WeightLevel.ROUNDED
        else:
            found[at] = WeightLevel.NEAR if gap <= 100 else WeightLevel.DIFFERENT


@njit(cache=True, nogil=True)
def certificates(
    codes: Ints, serials: Ints, values: Ints, bits: int, width: int, a: Ints, b: Ints, read: Small, found: Levels
) -> None:
    """出生证层级 — numbers of one booklet are near one another; serials: the number in each, -1 where it is none."""
    for at in range(a.size):
        x, y = codes[a[at]], codes[b[at]]
        if x < 0 or y < 0:
            found[at] = CertificateLevel.MISSING
        elif x == y:
            found[at] = CertificateLevel.SAME
        elif serials[x] >= 0 and serials[y] >= 0 and abs(serials[x] - serials[y]) <= 20:
            found[at] = CertificateLevel.ADJACENT
        else:
            slips = read[at] if read.size else edits(values[x], values[y], 1, bits, width)
            found[at] = (
                UNREAD if slips == UNREAD else CertificateLevel.NEAR if slips <= 1 else CertificateLevel.DIFFERENT
            )


@njit(cache=True, nogil=True)
def orders(ranks: Ints, from_label: Flags, boy_and_girl: Flags, a: Ints, b: Ints, found: Levels) -> None:
    """次序层级 — 长子 beside 次女 may count boys and girls apart, or the family's children: then it says nothing."""
    for at in range(a.size):
        x, y = ranks[a[at]], ranks[b[at]]
        label = from_label[a[at]] or from_label[b[at]]
        if x < 0 or y < 0 or (label and boy_and_girl[at]):
            found[at] = OrderLevel.MISSING
        elif label:
            found[at] = OrderLevel.LABEL_SAME if x == y else OrderLevel.LABEL_DIFFERENT
        else:
            found[at] = OrderLevel.SAME if x == y else OrderLevel.DIFFERENT


@njit(cache=True, nogil=True)
def same_or_not(values: Ints, missing: int, same: int, different: int, a: Ints, b: Ints, found: Levels) -> None:
    """是否相同 — values up to `missing` are unknown: level 0."""
    for at in range(a.size):
        x, y = values[a[at]], values[b[at]]
        found[at] = 0 if x <= missing or y <= missing else same if x == y else different
