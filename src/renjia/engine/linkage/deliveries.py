"""分娩 — records joined to deliveries: accepted pairs, connected, and taken apart again where they contradict.

Most components are consistent and stay as they are. One that joins two mothers, two pregnancies or a forbidden pair is
rebuilt from its strongest pair downwards, refusing every join that would bring the contradiction back. One of very many
records is a crowd that common values have run together: there a source cannot send more children than a delivery has.
"""

from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from numba import njit

from renjia.engine.linkage.columns import NO_DATE, Columns, Flags, Ints
from renjia.engine.linkage.dates import PREGNANCY, born_level
from renjia.engine.linkage.levels import BornLevel

# A component with more different records than this is no one's delivery.
_LARGE = 24
# Different records of one source that a delivery of a crowd may hold though nobody states so many children: of those
# with a father's name or a telephone in common, and of strangers. A parent's number in common sets no limit.
_OF_KIN, _OF_STRANGERS = 5, 1
# Bits a pair must reach to join two sides that name two mothers by valid numbers.
_IN_SPITE_OF_NUMBERS = 14.0
# The same where both sides have several records, some of one source.
_IN_SPITE_OF_SEVERAL = 24.0
_MISSING, _NONE = frozenset({-1}), frozenset[int]()


@njit(cache=True, nogil=True)
def components(count: int, a: Ints, b: Ints) -> Ints:
    """连通分量 — smallest index of each of `count` nodes' component under edges (a[i], b[i]).

    Union–find; a sparse matrix would be built and turned over three times before anybody looks at it.
    """
    label = np.arange(count)
    for at in range(a.size):
        one, other = a[at], b[at]
        while label[one] != one:
            label[one] = label[label[one]]
            one = label[one]
        while label[other] != other:
            label[other] = label[label[other]]
            other = label[other]
        label[max(one, other)] = min(one, other)
    for at in range(count):
        # smaller ones are done already
        label[at] = label[label[at]]
    return label


def deliveries(
    columns: Columns,
    a: Ints,
    b: Ints,
    score: npt.NDArray[np.float64],
    must: Iterable[tuple[int, int]],
    cannot: Iterable[tuple[int, int]],
) -> Ints:
    """归并分娩 — smallest record index of each record's delivery.

    a, b, score: pairs strong enough to link; must, cannot: decided pairs of record indexes.
    """
    forbidden = {(min(pair), max(pair)) for pair in cannot}
    forced = sorted({(min(pair), max(pair)) for pair in must})
    x = np.concatenate([a, np.array([p for p, _ in forced], dtype=np.int64)])
    y = np.concatenate([b, np.array([q for _, q in forced], dtype=np.int64)])
    strength = np.concatenate([score, np.full(len(forced), np.inf)])
    label = components(len(columns), x, y)
    doubtful = _doubtful(columns, label, forbidden)
    inside = doubtful[label[x]]
    order = np.lexsort((y[inside], x[inside], -strength[inside]))
    _rebuild(columns, label, x[inside][order], y[inside][order], strength[inside][order], forbidden)
    return label


def _doubtful(c: Columns, label: Ints, forbidden: set[tuple[int, int]]) -> Flags:
    """Components (by label) that join dates far apart, several checked mothers, a forbidden pair, or too many."""
    doubtful = np.bincount(label, minlength=len(label)) > _LARGE
    dated = c.born != NO_DATE
    latest, earliest = _extremes(label[dated], c.born[dated], len(label))
    doubtful |= latest - earliest > 3
    sure = (c.mother_id >= 0) & c.numbers.checked[c.mother_id]
    most, least = _extremes(label[sure], c.mother_id[sure], len(label))
    doubtful |= most > least
    for p, q in forbidden:
        if label[p] == label[q]:
            doubtful[label[p]] = True
    return doubtful


def _extremes(label: Ints, values: Ints, count: int) -> tuple[Ints, Ints]:
    most, least = np.full(count, -(1 << 40)), np.full(count, 1 << 40)
    np.maximum.at(most, label, values)
    np.minimum.at(least, label, values)
    empty = most < least
    most[empty] = least[empty] = 0
    return most, least


def _rebuild(
    c: Columns, label: Ints, a: Ints, b: Ints, strength: npt.NDArray[np.float64], forbidden: set[tuple[int, int]]
) -> None:
    """Join again from the strongest pair down, in place; a join that contradicts is left out."""
    touched = np.unique(np.concatenate([a, b]))
    if not len(touched):
        return
    side = dict(zip(touched.tolist(), _sides(c, touched, label[touched], forbidden), strict=True))
    refused: set[tuple[int, int, int, int]] = set()
    for p, q, bits in zip(a.tolist(), b.tolist(), strength.tolist(), strict=True):
        small, large = side[p], side[q]
        if small is large:
            continue
        if len(small.rows) > len(large.rows):
            small, large = large, small
        # weaker pairs come later: what was refused once stays so until a side has grown
        join = (small.rows[0], len(small.rows), large.rows[0], len(large.rows))
        if bits < np.inf and (join in refused or _contradict(c, small, large, bits, side)):
            refused.add(join)
            continue
        large.take_in(small)
        for row in small.rows:
            side[row] = large
    label[touched] = [one.first for one in side.values()]


@dataclass(slots=True)
class _Side:
    """What the records of a growing delivery say; first: the smallest of them.

    dates: a record and how many there are, by date; numbers, sounds: of the parents' documents and names; checked: some
    record has a mother's valid resident number; foes: records a person has parted from some of these; sent, ties:
    different records of every source, fathers' names and telephones, both kept for the crowded only; stated: children.
    """

    first: int
    rows: list[int]
    dates: dict[int, tuple[int, int]]
    numbers: set[int]
    sounds: set[int]
    checked: bool
    foes: frozenset[int]
    sent: dict[int, set[int]]
    ties: Set[int]
    stated: int

    def take_in(self, other: "_Side") -> None:
        """Join a side with fewer records."""
        self.first = min(self.first, other.first)
        self.rows += other.rows
        for date, (row, times) in other.dates.items():
            self.dates[date] = (row, times + self.dates.get(date, (row, 0))[1])
        self.numbers |= other.numbers
        self.sounds |= other.sounds
        self.checked |= other.checked
        self.foes |= other.foes
        self.ties |= other.ties
        for source, sent in other.sent.items():
            self.sent.setdefault(source, set()).update(sent)
        self.stated = max(self.stated, other.stated)


def _sides(c: Columns, rows: Ints, component: Ints, forbidden: set[tuple[int, int]]) -> Iterator[_Side]:
    """Every record as a side of its own."""
    foes: dict[int, frozenset[int]] = {}
    for p, q in sorted(forbidden):
        foes[p] = foes.get(p, _NONE) | {q}
        foes[q] = foes.get(q, _NONE) | {p}
    numbers = c.mother_id[rows]
    checked = c.numbers.checked[numbers] & c.numbers.resident[numbers] & (numbers >= 0)
    sounds = (np.where(names[rows] >= 0, c.names.sound[names[rows]], -1) for names in (c.mother_name, c.father_name))
    told = (
        rows,
        c.born[rows],
        numbers,
        c.father_id[rows],
        *sounds,
        checked,
        c.source[rows],
        c.plurality[rows],
        c.phone[rows],
    )
    for row, born, mother, father, name, other, valid, source, stated, phone, content in zip(
        *(column.tolist() for column in (*told, _crowded(c, rows, component))), strict=True
    ):
        yield _Side(
            row,
            [row],
            {born: (row, 1)} if born != NO_DATE else {},
            {mother, father} - _MISSING,
            {name, other} - _MISSING,
            valid,
            foes.get(row, _NONE),
            {source: {content}} if content >= 0 else {},
            # even numbers are names, odd ones telephones
            {2 * other, 2 * phone + 1} - {-2, -1} if content >= 0 else _NONE,
            stated,
        )


def _crowded(c: Columns, rows: Ints, component: Ints) -> Ints:
    """A code for what a record of a crowded component says of parents and child, equal where it is sent again; else -1."""
    code = np.full(len(rows), -1)
    many = np.flatnonzero(np.bincount(component)[component] > _LARGE)
    if len(many):
        here = rows[many]
        sound = c.names.sound
        said = [component[many], c.source[here], c.born[here], c.mother_id[here], c.father_id[here]]
        said += [sound[names[here]] for names in (c.mother_name, c.father_name, c.baby_name)]
        said += [column[here] for column in (c.sex, c.minute, c.weight, c.order, c.certificate)]
        found, number = np.unique(np.stack(said), axis=1, return_inverse=True)
        different = np.bincount(found[0])[component[many]]
        code[many] = np.where(different > _LARGE, number.ravel(), -1)
    return code


def _contradict(c: Columns, small: _Side, large: _Side, bits: float, side: dict[int, _Side]) -> bool:
    if any(side.get(foe) is large for foe in small.foes):
        return True
    return _two_pregnancies(c, small, large) or _two_mothers(c, small, large, bits) or _too_many(small, large)


def _two_pregnancies(c: Columns, small: _Side, large: _Side) -> bool:
    """No date of one side is of the same pregnancy as any of the other, nor a slip of the pen by one year.

    A date that two records of a side share is no slip.
    """
    one, other = small.dates, large.dates
    if not one or not other or one.keys() & other.keys():
        return False
    # the nearest two dates of different sides are neighbours among all
    ordered = sorted([*((date, 0) for date in one), *((date, 1) for date in other)])
    if any(q - p <= PREGNANCY and x != y for (p, x), (q, y) in pairwise(ordered)):
        return False
    minute = c.minute
    for x, (p, times) in one.items():
        for y, (q, others) in other.items():
            level = born_level(x, y, minute[p], minute[q])
            if level == BornLevel.YEAR:
                if min(times, others) == 1:
                    return False
            elif level != BornLevel.OTHER_PREGNANCY:
                return False
    return True


def _two_mothers(c: Columns, small: _Side, large: _Side, bits: float) -> bool:
    """Both sides have valid resident numbers of a mother, no parent's number in common, and too little else.

    With names of parents in common by sound it takes a strong pair (an office may have keyed another woman's valid
    number); with names known and none in common it is refused.
    """
    if not small.checked or not large.checked or not small.numbers.isdisjoint(large.numbers):
        return False
    # one source that sends several records of both mothers has not mistaken one for the other
    several = len(small.rows) > 1 and not {*c.source[small.rows].tolist()}.isdisjoint(c.source[large.rows].tolist())
    if bits < (_IN_SPITE_OF_SEVERAL if several else _IN_SPITE_OF_NUMBERS):
        return True
    return bool(small.sounds) and bool(large.sounds) and small.sounds.isdisjoint(large.sounds)


def _too_many(small: _Side, large: _Side) -> bool:
    """In a crowd: no parent's number in common, and more different records of one source than a delivery has children."""
    if not small.numbers.isdisjoint(large.numbers):
        return False
    most = max(small.stated, large.stated, _OF_STRANGERS if small.ties.isdisjoint(large.ties) else _OF_KIN)
    return any(len(sent | large.sent.get(source, set())) > most for source, sent in small.sent.items())
