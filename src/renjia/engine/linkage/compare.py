"""比较 — levels of every comparison for many pairs of records at once."""

from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import OSA
from rapidfuzz.process import cpdist

from renjia.engine.linkage.columns import NO_DATE, Columns, Flags, Ints
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
from renjia.engine.linkage.names import spelled

Levels: TypeAlias = npt.NDArray[np.uint8]
PREGNANCY = 150


def delivery_levels(columns: Columns, a: Ints, b: Ints) -> Levels:
    """分娩层级 — one row a pair (a[i], b[i]), one column a comparison of `Model.delivery`."""
    c = columns
    return np.column_stack(
        [
            _identity(c, c.mother_id, c.father_id, a, b),
            _parent_name(c, c.mother_name, c.father_name, a, b),
            _identity(c, c.father_id, c.mother_id, a, b),
            _parent_name(c, c.father_name, c.mother_name, a, b),
            born_level(c, a, b),
            _phone(c, a, b),
            _place(c, a, b),
            _institution(c, a, b),
            _minute(c, a, b),
            _weight(c, a, b),
            _certificate(c, a, b),
            _parent_name(c, c.baby_name, None, a, b),
            _sex(c, a, b),
        ]
    ).astype(np.uint8)


def child_levels(columns: Columns, a: Ints, b: Ints, boy_and_girl: Flags) -> Levels:
    """孩子层级 — as delivery_levels, of `Model.child`; boy_and_girl: the pair's delivery has children of both sexes."""
    c = columns
    born = born_level(c, a, b)
    born = np.where(born == BornLevel.MIDNIGHT, BornLevel.ONE_DAY, born)
    born = np.where(born > BornLevel.FEW_DAYS, BornLevel.FEW_DAYS, born)
    name = _parent_name(c, c.baby_name, None, a, b)
    name = np.select(
        [
            (name >= NameLevel.SAME_RARE) & (name <= NameLevel.SAME_VERY_COMMON),
            (name >= NameLevel.SOUND_RARE) & (name <= NameLevel.SOUND_COMMON),
            name == NameLevel.SURNAME,
        ],
        [NameLevel.SAME, NameLevel.SOUND, NameLevel.DIFFERENT],
        name,
    )
    return np.column_stack(
        [
            _sex(c, a, b),
            _minute(c, a, b),
            _weight(c, a, b),
            _order(c, a, b, boy_and_girl),
            name,
            _certificate(c, a, b),
            _two(c.parity[a], c.parity[b], ParityLevel.SAME, ParityLevel.DIFFERENT),
            born,
            np.where(c.source[a] == c.source[b], SourceLevel.SAME, SourceLevel.MISSING),
        ]
    ).astype(np.uint8)


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
    for at, codes, level, differs in (
        (_CERTIFICATE, c.certificate, CertificateLevel.REISSUED, changed),
        (_NAME, c.baby_name, NameLevel.RENAMED, (name > 0) & ~named),
    ):
        pair = (delivery << 42) | ((codes[a] + 1) << 21) | (codes[b] + 1)
        levels[differs & np.isin(pair, np.unique(pair[again])), at] = level


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


def distances(left: Ints, right: Ints, texts: npt.NDArray[np.object_], cutoff: int = 2) -> Ints:
    """编辑距离 — edits (a swap of neighbours is one) between the texts of two code columns, once a distinct pair."""
    low, high = np.minimum(left, right), np.maximum(left, right)
    distinct, where = np.unique(low * (1 << 32) + high, return_inverse=True)
    found = cpdist(
        texts[distinct >> 32], texts[distinct & 0xFFFFFFFF], scorer=OSA.distance, score_cutoff=cutoff, dtype=np.int64
    )
    result: Ints = found[where]
    return result


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


def commonness(codes: Ints, born: Ints) -> npt.NDArray[np.float64]:
    """常见程度 — per code, -log2 of the share of births that carry it (pulled towards rare names in small files)."""
    known = codes >= 0
    if not known.any():
        return np.zeros(1)
    pairs = np.unique(codes[known] * (1 << 32) + (born[known] & 0xFFFFFFFF))
    births = np.bincount(pairs >> 32, minlength=int(codes.max()) + 1)
    share: npt.NDArray[np.float64] = -np.log2((births + 1) / (len(pairs) + 500))
    return share


def _parent_name(c: Columns, own: Ints, other: Ints | None, a: Ints, b: Ints) -> Ints:
    book = c.names
    x, y = own[a], own[b]
    known = (x >= 0) & (y >= 0)
    same = known & (x == y)
    alike = known & ~same & (book.sound[x] == book.sound[y])
    level = np.zeros(len(x), np.int64)
    rare = commonness(own, c.born)[x[same]]
    level[same] = np.select(
        [rare >= 11, rare >= 9, rare >= 7],
        [NameLevel.SAME_RARE, NameLevel.SAME, NameLevel.SAME_COMMON],
        NameLevel.SAME_VERY_COMMON,
    )
    rare = commonness(np.where(own >= 0, book.sound[own], -1), c.born)[book.sound[x[alike]]]
    level[alike] = np.select(
        [rare >= 10.5, rare >= 8.5], [NameLevel.SOUND_RARE, NameLevel.SOUND], NameLevel.SOUND_COMMON
    )
    rest = np.flatnonzero(known & ~same & ~alike)
    level[rest] = _unlike(c, x[rest], y[rest])
    if other is not None:
        crossed = ~same & ~alike & (((x >= 0) & (x == other[b])) | ((y >= 0) & (y == other[a])))
        level[crossed & known] = NameLevel.OTHER_PARENT
    return level


def _unlike(c: Columns, x: Ints, y: Ints) -> Ints:
    """Level of two names that neither look nor sound the same."""
    book = c.names
    edits = distances(book.sound[x], book.sound[y], _texts_by_sound(c))
    head = _first(book.sounds)
    surname = head[x] == head[y]
    sizes = np.array([len(text) for text in book.texts], dtype=np.int64)
    longer, shorter = np.maximum(sizes[x], sizes[y]), np.minimum(sizes[x], sizes[y])
    latin = book.latin[x] | book.latin[y]
    mixed = book.latin[x] != book.latin[y]
    level = np.select(
        [
            latin & (edits <= 2),
            mixed,
            (edits == 1) & (longer > shorter) & (longer >= 3) & surname,
            (edits == 1) & surname & (longer >= 3),
            (edits == 1) & ~surname & (longer == shorter) & (longer >= 3),
            surname,
        ],
        [
            NameLevel.NEAR,
            NameLevel.SCRIPT,
            NameLevel.DROPPED,
            NameLevel.NEAR,
            NameLevel.GIVEN,
            NameLevel.SURNAME,
        ],
        NameLevel.DIFFERENT,
    )
    for at in np.flatnonzero(mixed).tolist():
        if spelled(book.texts[x[at]]) == spelled(book.texts[y[at]]):
            level[at] = NameLevel.SOUND
    return level


def _texts_by_sound(c: Columns) -> npt.NDArray[np.object_]:
    book = c.names
    texts = np.empty(int(book.sound.max(initial=0)) + 2, dtype=object)
    texts[book.sound] = book.sounds
    return texts


def _first(texts: npt.NDArray[np.object_]) -> Ints:
    return np.array([ord(text[0]) if text else -1 for text in texts], dtype=np.int64)


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
    level[far] = _slips(x[far], y[far], level[far])
    return np.where((x == NO_DATE) | (y == NO_DATE), 0, level)


def _near_midnight(minute: Ints) -> Flags:
    return ((minute >= 0) & (minute < 120)) | (minute >= 1320)


def _slips(x: Ints, y: Ints, level: Ints) -> Ints:
    """Slips of the pen that move a date far: day and month swapped, the year, one digit."""
    (y1, m1, d1), (y2, m2, d2) = _parts(x), _parts(y)
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


def _parts(days: Ints) -> tuple[Ints, Ints, Ints]:
    date = days.astype("datetime64[D]")
    month = date.astype("datetime64[M]")
    year = month.astype("datetime64[Y]").astype(np.int64)
    return (
        year + 1970,
        month.astype(np.int64) - year * 12 + 1,
        (date - month.astype("datetime64[D]")).astype(np.int64) + 1,
    )


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


def _institution(c: Columns, a: Ints, b: Ints) -> Ints:
    x, y = c.institution[a], c.institution[b]
    level = _two(x, y, InstitutionLevel.SAME, InstitutionLevel.DIFFERENT)
    known = c.institution[c.institution >= 0]
    if len(known):
        large = np.bincount(known, minlength=int(known.max()) + 2) * 32 > len(known)
        level = np.where((level == InstitutionLevel.SAME) & large[x], InstitutionLevel.SAME_LARGE, level)
    return level


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
    value = np.array([int(text[1:]) if text[1:].isdigit() else -(10**6) * at for at, text in enumerate(c.certificates)])
    adjacent = (np.abs(value[x] - value[y]) <= 20) & (value[x] >= 0)
    level[rest] = np.select(
        [adjacent, edits <= 1], [CertificateLevel.ADJACENT, CertificateLevel.NEAR], CertificateLevel.DIFFERENT
    )
    return level
