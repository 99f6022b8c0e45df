"""编辑距离 — edits between two short texts; a swap of two neighbours is one edit (optimal string alignment).

Packed texts are compared as the integers they are, compiled and free of the interpreter. Nobody asks about more than two
edits, so nothing is tabulated: where two texts begin to differ there must be an edit, and behind it at most one more.
"""

import numpy as np
import numpy.typing as npt
from numba import njit
from rapidfuzz.distance import OSA

from renjia.engine.linkage.packed import ODD, Ints, Packed

Small = npt.NDArray[np.uint8]
UNREAD = 255
_ODD = int(ODD)


@njit(cache=True, nogil=True)
def edits(x: int, y: int, cutoff: int, bits: int, width: int) -> int:
    """编辑数 — between two packed texts of `width` places of `bits` each, none missing; UNREAD where one did not fit.

    cutoff: 1 or 2; more edits are cutoff + 1.
    """
    if x < _ODD or y < _ODD:
        return UNREAD
    n, m = _size(x, bits, width), _size(y, bits, width)
    if abs(n - m) > cutoff:
        return cutoff + 1
    at, end = 0, min(n, m)
    while at < end and _alike(x, at, y, at, bits, width):
        at += 1
    found = _one_at_most(x, at, n, y, at, m, bits, width)
    if found <= 1 or cutoff == 1:
        return found
    # the first that differ: one is replaced, left out on either side, or swapped with its neighbour
    found = min(
        _one_at_most(x, at + 1, n, y, at + 1, m, bits, width) if at < end else 2,
        _one_at_most(x, at + 1, n, y, at, m, bits, width) if at < n else 2,
        _one_at_most(x, at, n, y, at + 1, m, bits, width) if at < m else 2,
        _one_at_most(x, at + 2, n, y, at + 2, m, bits, width)
        if at + 2 <= end and _swapped(x, at, y, at, bits, width)
        else 2,
    )
    return 2 if found <= 1 else 3


@njit(cache=True, nogil=True)
def _size(value: int, bits: int, width: int) -> int:
    while value & ((1 << bits) - 1) == 0:
        value >>= bits
        width -= 1
    return width


@njit(cache=True, nogil=True)
def _alike(x: int, i: int, y: int, j: int, bits: int, width: int) -> bool:
    return ((x >> bits * (width - 1 - i)) ^ (y >> bits * (width - 1 - j))) & ((1 << bits) - 1) == 0


@njit(cache=True, nogil=True)
def _swapped(x: int, i: int, y: int, j: int, bits: int, width: int) -> bool:
    return _alike(x, i, y, j + 1, bits, width) and _alike(x, i + 1, y, j, bits, width)


@njit(cache=True, nogil=True)
def _one_at_most(x: int, i: int, n: int, y: int, j: int, m: int, bits: int, width: int) -> int:
    """Edits between x[i:n] and y[j:m]: 0, 1, or 2 for more."""
    if abs((n - i) - (m - j)) > 1:
        return 2
    while i < n and j < m and _alike(x, i, y, j, bits, width):
        i, j = i + 1, j + 1
    while i < n and j < m and _alike(x, n - 1, y, m - 1, bits, width):
        n, m = n - 1, m - 1
    left, other = n - i, m - j
    if left <= 1 and other <= 1:
        return max(left, other)
    return 1 if left == 2 and other == 2 and _swapped(x, i, y, j, bits, width) else 2


@njit(cache=True, nogil=True)
def _distances(one: Ints, other: Ints, cutoff: int, bits: int, width: int, found: Small) -> None:
    for at in range(one.size):
        found[at] = edits(one[at], other[at], cutoff, bits, width)


def distances(left: Ints, right: Ints, texts: Packed, cutoff: int = 2) -> Small:
    """编辑距离 — between the texts of two columns of codes (none missing); more than `cutoff` (1 or 2) are cutoff + 1."""
    found = np.empty(len(left), np.uint8)
    _distances(texts.values[left], texts.values[right], cutoff, texts.alphabet.bits, texts.alphabet.width, found)
    odd = np.flatnonzero(found == UNREAD)
    for at, a, b in zip(odd.tolist(), texts[left[odd]], texts[right[odd]], strict=True):
        found[at] = OSA.distance(a, b, score_cutoff=cutoff)
    return found
