"""比较 — levels of every comparison for many pairs of records at once."""

import numpy as np

from renjia.engine.linkage.columns import NO_DATE, Columns
from renjia.engine.linkage.compare_names import Levels, Rarity, name_level, rarity
from renjia.engine.linkage.dates import slips
from renjia.engine.linkage.edits import distances
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
    SourceLevel,
    WeightLevel,
)
from renjia.engine.linkage.packed import MISSING, Flags, Ints, Packed
from renjia.engine.linkage.parallel import in_parts

__all__ = [
    "PAIRS",
    "PREGNANCY",
    "Levels",
    "Rarity",
    "born_level",
    "child_levels",
    "delivery_levels",
    "distances",
    "rarity",
    "reissued",
]

PREGNANCY = 150
# Pairs compared in one go: enough that two threads seldom wait for the interpreter.
PAIRS = 1 << 18


def delivery_levels(columns: Columns, a: Ints, b: Ints, counted: Rarity | None = None) -> Levels:
    """分娩层级 — one row a pair (a[i], b[i]), one column a comparison of `Model.delivery`.

    counted: how common names and institutions are among all records, where `columns` are only some of them.
    """
    counted = counted or rarity(columns)
    levels = np.empty((len(a), 13), np.uint8)

    def work(part: slice) -> None:
        _delivery_levels(columns, a[part], b[part], counted, levels[part])

    in_parts(work, len(a), PAIRS)
    return levels


def _delivery_levels(c: Columns, a: Ints, b: Ints, counted: Rarity, levels: Levels) -> None:
    """Fill in, in place, the levels of some pairs."""
    (mother, father, baby), (by_mother, by_father, by_baby) = counted.names, counted.sounds
    levels[:, 0] = _identity(c, c.mother_id, c.father_id, a, b)
    levels[:, 1] = name_level(c, c.mother_name, c.father_name, a, b, mother, by_mother)
    levels[:, 2] = _identity(c, c.father_id, c.mother_id, a, b)
    levels[:, 3] = name_level(c, c.father_name, c.mother_name, a, b, father, by_father)
    levels[:, 4] = born_level(c, a, b)
    levels[:, 5] = _phone(c, a, b)
    levels[:, 6] = _place(c, a, b)
    levels[:, 7] = _institution(c, counted.large, a, b)
    levels[:, 8] = _minute(c, a, b)
    levels[:, 9] = _weight(c, a, b)
    levels[:, 10] = _certificate(c, a, b)
    levels[:, 11] = name_level(c, c.baby_name, None, a, b, baby, by_baby)
    levels[:, 12] = _sex(c, a, b)


def child_levels(columns: Columns, a: Ints, b: Ints, boy_and_girl: Flags) -> Levels:
    """孩子层级 — as delivery_levels, of `Model.child`; boy_and_girl: the pair's delivery has children of both sexes."""
    levels = np.empty((len(a), 9), np.uint8)

    def work(part: slice) -> None:
        _child_levels(columns, a[part], b[part], boy_and_girl[part], levels[part])

    in_parts(work, len(a), PAIRS)
    return levels


def _child_levels(c: Columns, a: Ints, b: Ints, boy_and_girl: Flags, levels: Levels) -> None:
    """Fill in, in place, the levels of some pairs."""
    born = born_level(c, a, b)
    born = np.where(born == BornLevel.MIDNIGHT, BornLevel.ONE_DAY, born)
    name = name_level(c, c.baby_name, None, a, b, None, None)
    levels[:, 0] = _sex(c, a, b)
    levels[:, 1] = _minute(c, a, b)
    levels[:, 2] = _weight(c, a, b)
    levels[:, 3] = _order(c, a, b, boy_and_girl)
    levels[:, 4] = np.where(name == NameLevel.SURNAME, NameLevel.DIFFERENT, name)
    levels[:, 5] = _certificate(c, a, b)
    levels[:, 6] = _two(c.parity[a], c.parity[b], ParityLevel.SAME, ParityLevel.DIFFERENT)
    levels[:, 7] = np.minimum(born, BornLevel.FEW_DAYS)
    levels[:, 8] = np.where(c.source[a] == c.source[b], SourceLevel.SAME, SourceLevel.MISSING)


_SEX, _MINUTE, _WEIGHT, _NAME, _CERTIFICATE = 0, 1, 2, 4, 5


def reissued(c: Columns, a: Ints, b: Ints, delivery: Ints, levels: Levels) -> None:
    """换发 — mark, in place, the pairs of child levels whose certificates are one before and one after a re-issue.

    Two records of one source are a re-issue when they agree on the name and on all but one of sex, time and weight
    (twins never share a name), or on sex, time and weight (a certificate is changed to change a name). Then so is every
    pair of that delivery with those two numbers, and every pair with those two names is a change of name.
    """
    name, sex, minute = levels[:, _NAME], levels[:, _SEX], levels[:, _MINUTE]
    named = (name == NameLevel.SAME) | (name == NameLevel.SOUND)
    off = (sex == SexLevel.DIFFERENT).astype(np.int64) + (minute > MinuteLevel.SAME)
    off += levels[:, _WEIGHT] > WeightLevel.ROUNDED
    born_alike = (minute == MinuteLevel.SAME) & (levels[:, _WEIGHT] > 0) & (off == 0)
    changed = levels[:, _CERTIFICATE] > CertificateLevel.SAME
    again = (c.source[a] == c.source[b]) & changed & ((named & (off <= 1)) | born_alike)
    if not again.any():
        return
    inside = np.flatnonzero(np.isin(delivery, delivery[again]))
    a, b, delivery, again = a[inside], b[inside], delivery[inside], again[inside]
    for at, codes, level, differs in (
        (_CERTIFICATE, c.certificate, CertificateLevel.REISSUED, changed[inside]),
        (_NAME, c.baby_name, NameLevel.RENAMED, ((name > 0) & ~named)[inside]),
    ):
        pair = np.unique(np.stack([delivery, codes[a], codes[b]]), axis=1, return_inverse=True)[1].ravel()
        levels[inside[differs & np.isin(pair, pair[again])], at] = level


def _two(x: Ints, y: Ints, same: int, different: int) -> Ints:
    return np.where((x < 0) | (y < 0), 0, np.where(x == y, same, different))


def _sex(c: Columns, a: Ints, b: Ints) -> Ints:
    return _two(c.sex[a] - 1, c.sex[b] - 1, SexLevel.SAME, SexLevel.DIFFERENT)


def _order(c: Columns, a: Ints, b: Ints, boy_and_girl: Flags) -> Ints:
    plain = _two(c.order[a], c.order[b], OrderLevel.SAME, OrderLevel.DIFFERENT)
    label = (c.order_from_label[a] | c.order_from_label[b]) & (plain > 0)
    # 长子 beside 次女 may count boys and girls apart, or the family's children: then it says nothing
    from_label = np.where(
        boy_and_girl,
        OrderLevel.MISSING,
        np.where(plain == OrderLevel.SAME, OrderLevel.LABEL_SAME, OrderLevel.LABEL_DIFFERENT),
    )
    return np.where(label, from_label, plain)


def _identity(c: Columns, own: Ints, other: Ints, a: Ints, b: Ints) -> Ints:
    x, y = own[a], own[b]
    known = (x >= 0) & (y >= 0)
    same = known & (x == y)
    n = c.numbers
    level = np.where(same, np.where(n.checked[x], IdLevel.SAME, IdLevel.SAME_UNCHECKED), 0)
    crossed = ((x >= 0) & (x == other[b])) | ((y >= 0) & (y == other[a]))
    level = np.where(~same & crossed, IdLevel.OTHER_PARENT, level)
    rest = np.flatnonzero(known & ~same & ~crossed)
    x, y = x[rest], y[rest]
    edits = distances(x, y, n.texts)
    both = n.checked[x] & n.checked[y]
    resident = n.resident[x] & n.resident[y]
    # the check digit catches every single slip: two valid resident numbers that are close are two persons
    man = (n.male[x] != n.male[y]) & both & resident
    level[rest] = np.select(
        [
            (edits <= 1) & ~(both & resident),
            (edits == 2) & ~(both & resident),
            n.resident[x] != n.resident[y],
            (edits <= 2),
            man,
            both,
        ],
        [
            IdLevel.NEAR,
            IdLevel.NEAR_TWO,
            IdLevel.OTHER_KIND,
            IdLevel.NEAR_BOTH_VALID,
            IdLevel.MAN,
            IdLevel.DIFFERENT,
        ],
        IdLevel.DOUBTFUL,
    )
    return level


def born_level(c: Columns, a: Ints, b: Ints) -> Ints:
    """出生日期层级 — BornLevel of each pair."""
    x, y = c.born[a], c.born[b]
    gap = np.abs(x - y)
    level = np.select(
        [gap == 0, gap == 1, gap <= 3, gap <= PREGNANCY],
        [BornLevel.SAME, BornLevel.ONE_DAY, BornLevel.FEW_DAYS, BornLevel.SAME_PREGNANCY],
        BornLevel.OTHER_PREGNANCY,
    )
    near = _near_midnight(c.minute[a]) | _near_midnight(c.minute[b])
    level = np.where((gap == 1) & near, BornLevel.MIDNIGHT, level)
    far = np.flatnonzero(gap > 1)
    level[far] = slips(x[far], y[far], level[far])
    return np.where((x == NO_DATE) | (y == NO_DATE), 0, level)


def _near_midnight(minute: Ints) -> Flags:
    return ((minute >= 0) & (minute < 120)) | (minute >= 1320)


def _phone(c: Columns, a: Ints, b: Ints) -> Ints:
    level = _two(c.phone[a], c.phone[b], PhoneLevel.SAME, PhoneLevel.DIFFERENT)
    rest = np.flatnonzero(level == PhoneLevel.DIFFERENT)
    edits = distances(c.phone[a[rest]], c.phone[b[rest]], c.phones, cutoff=1)
    level[rest] = np.where(edits <= 1, PhoneLevel.NEAR, PhoneLevel.DIFFERENT)
    return level


def _place(c: Columns, a: Ints, b: Ints) -> Ints:
    street = (c.street[a] >= 0) & (c.street[b] >= 0)
    level = np.select(
        [
            street & (c.place[a] >= 0) & (c.place[a] == c.place[b]),
            street & (c.street[a] == c.street[b]),
            street,
        ],
        [PlaceLevel.NEIGHBOURHOOD, PlaceLevel.STREET, PlaceLevel.DIFFERENT],
        PlaceLevel.MISSING,
    )
    shift = PlaceLevel.HUKOU_NEIGHBOURHOOD - PlaceLevel.NEIGHBOURHOOD
    return np.where((level > 0) & (c.by_hukou[a] != c.by_hukou[b]), level + shift, level)


def _institution(c: Columns, large: Flags, a: Ints, b: Ints) -> Ints:
    x, y = c.institution[a], c.institution[b]
    level = _two(x, y, InstitutionLevel.SAME, InstitutionLevel.DIFFERENT)
    return np.where((level == InstitutionLevel.SAME) & large[x], InstitutionLevel.SAME_LARGE, level)


def _minute(c: Columns, a: Ints, b: Ints) -> Ints:
    x, y = c.minute[a], c.minute[b]
    days = c.born[a] - c.born[b]
    gap = np.abs(x - y)
    gap = np.minimum(gap, np.where(np.abs(days) == 1, np.abs(days * 1440 + x - y), gap))
    level = np.select(
        [gap == 0, gap <= 5, gap <= 60, gap == 720],
        [MinuteLevel.SAME, MinuteLevel.NEAR, MinuteLevel.HOUR, MinuteLevel.HALF_DAY],
        MinuteLevel.DIFFERENT,
    )
    return np.where((x < 0) | (y < 0), 0, level)


def _weight(c: Columns, a: Ints, b: Ints) -> Ints:
    x, y = c.weight[a], c.weight[b]
    gap = np.abs(x - y)
    fifty = (x % 50 == 0) | (y % 50 == 0)
    hundred = (x % 100 == 0) | (y % 100 == 0)
    level = np.select(
        [gap == 0, (gap <= 10) | ((gap <= 25) & fifty) | ((gap <= 50) & hundred), gap <= 100],
        [WeightLevel.SAME, WeightLevel.ROUNDED, WeightLevel.NEAR],
        WeightLevel.DIFFERENT,
    )
    return np.where((x < 0) | (y < 0), 0, level)


def _certificate(c: Columns, a: Ints, b: Ints) -> Ints:
    x, y = c.certificate[a], c.certificate[b]
    level = _two(x, y, CertificateLevel.SAME, CertificateLevel.DIFFERENT)
    rest = np.flatnonzero(level == CertificateLevel.DIFFERENT)
    x, y = x[rest], y[rest]
    edits = distances(x, y, c.certificates, cutoff=1)
    one, other = _serials(c.certificates, x), _serials(c.certificates, y)
    adjacent = (np.abs(one - other) <= 20) & (one >= 0) & (other >= 0)
    level[rest] = np.select(
        [adjacent, edits <= 1], [CertificateLevel.ADJACENT, CertificateLevel.NEAR], CertificateLevel.DIFFERENT
    )
    return level


def _serials(certificates: Packed, codes: Ints) -> Ints:
    """Number behind the first letter of each certificate, -1 where that is no number."""
    values, alphabet = certificates.values[codes], certificates.alphabet
    serial = np.zeros(len(values), np.int64)
    for at in range(1, alphabet.width):
        symbol = alphabet.place(np.maximum(values, MISSING), at)
        # symbols 1 … 10 stand for the digits
        serial = np.where(symbol > 0, serial * 10 + symbol - 1, serial)
        serial = np.where((symbol > 10) | (serial < 0), -1, serial)
    for at in np.flatnonzero(values < MISSING).tolist():
        text = certificates.others[-2 - int(values[at])][1:]
        serial[at] = int(text) if text.isdigit() and len(text) <= 18 else -1
    return serial
