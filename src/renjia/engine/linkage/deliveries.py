"""分娩 — records joined to deliveries: accepted pairs, connected, and taken apart again where they contradict.

Most components are consistent and stay as they are. One that joins two mothers, two pregnancies or a forbidden pair is
rebuilt from its strongest pair downwards, refusing every join that would bring the contradiction back.
"""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from renjia.engine.linkage.columns import NO_DATE, Columns, Flags, Ints
from renjia.engine.linkage.compare import PREGNANCY, born_level
from renjia.engine.linkage.levels import BornLevel

_LARGE = 24
# Bits a pair must reach to join two sides that name two mothers by valid numbers.
_IN_SPITE_OF_NUMBERS = 14.0


def components(count: int, a: Ints, b: Ints) -> Ints:
    """连通分量 — smallest index of each of `count` nodes' component under edges (a[i], b[i])."""
    graph = coo_array((np.ones(len(a), np.bool_), (a, b)), shape=(count, count))
    number, component = connected_components(graph, directed=False)
    first = np.empty(number, np.int64)
    # written from the last node to the first, so that the smallest stays
    first[component[::-1]] = np.arange(count)[::-1]
    label: Ints = first[component]
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
    label[touched] = touched
    members = {int(at): [int(at)] for at in touched}
    for p, q, bits in zip(a.tolist(), b.tolist(), strength.tolist(), strict=True):
        left, right = int(label[p]), int(label[q])
        if left == right:
            continue
        if bits < np.inf and _contradict(c, members[left], members[right], bits, forbidden):
            continue
        kept, gone = min(left, right), max(left, right)
        label[members[gone]] = kept
        members[kept] += members.pop(gone)


def _contradict(c: Columns, left: list[int], right: list[int], bits: float, forbidden: set[tuple[int, int]]) -> bool:
    if forbidden and any((min(p, q), max(p, q)) in forbidden for p in left for q in right):
        return True
    return _two_pregnancies(c, left, right) or _two_mothers(c, left, right, bits)


def _two_pregnancies(c: Columns, left: list[int], right: list[int]) -> bool:
    """No date of one side is of the same pregnancy as any of the other, nor a slip of the pen by one year.

    A date that two records of a side share is no slip.
    """
    one, other = _dates(c, left), _dates(c, right)
    if any(abs(p - q) <= PREGNANCY for p in one for q in other) or not one or not other:
        return False
    pairs = [(p, q) for p in one.values() for q in other.values()]
    level = born_level(c, np.array([p[0] for p, _ in pairs]), np.array([q[0] for _, q in pairs])).tolist()
    slips = [found == BornLevel.YEAR and min(len(p), len(q)) == 1 for found, (p, q) in zip(level, pairs, strict=True)]
    far = (BornLevel.OTHER_PREGNANCY, BornLevel.YEAR)
    return not any(slips) and all(found in far for found in level)


def _dates(c: Columns, rows: list[int]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for row in rows:
        if c.born[row] != NO_DATE:
            found.setdefault(int(c.born[row]), []).append(row)
    return found


def _two_mothers(c: Columns, left: list[int], right: list[int], bits: float) -> bool:
    """Both sides have valid resident numbers of a mother, no parent's number in common, and too little else.

    With names of parents in common by sound it takes a strong pair (an office may have keyed another woman's valid
    number); with names known and none in common it is refused.
    """
    if not _checked(c, left) or not _checked(c, right):
        return False
    if _parents(c.mother_id, c.father_id, left) & _parents(c.mother_id, c.father_id, right):
        return False
    sound = c.names.sound
    one, other = _parents(c.mother_name, c.father_name, left), _parents(c.mother_name, c.father_name, right)
    shared = {int(sound[code]) for code in one} & {int(sound[code]) for code in other}
    return bits < _IN_SPITE_OF_NUMBERS or (bool(one) and bool(other) and not shared)


def _checked(c: Columns, rows: list[int]) -> bool:
    numbers = c.mother_id[rows]
    return bool((c.numbers.checked[numbers] & c.numbers.resident[numbers] & (numbers >= 0)).any())


def _parents(mother: Ints, father: Ints, rows: list[int]) -> set[int]:
    return {int(code) for code in (*mother[rows], *father[rows]) if code >= 0}
