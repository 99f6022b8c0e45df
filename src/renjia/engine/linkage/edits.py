"""编辑距离 — edits between many pairs of packed texts at once; a swap of two neighbours is one edit.

The recurrence is the usual one (optimal string alignment), worked out place by place for a batch of pairs together,
and only near the diagonal: what lies further off costs more edits than anybody asks about.
"""

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import OSA

from renjia.engine.linkage.packed import ODD, Alphabet, Ints, Packed

Small = npt.NDArray[np.uint8]
_BATCH = 1 << 16


def distances(left: Ints, right: Ints, texts: Packed, cutoff: int = 2) -> Small:
    """编辑距离 — between the texts of two columns of codes (none missing); more than `cutoff` edits are cutoff + 1."""
    one, other = texts.values[left], texts.values[right]
    found = np.empty(len(left), np.uint8)
    for at in range(0, len(left), _BATCH):
        part = slice(at, at + _BATCH)
        found[part] = _edits(one[part], other[part], texts.alphabet, cutoff)
    odd = np.flatnonzero((one < ODD) | (other < ODD))
    for at, a, b in zip(odd.tolist(), texts[left[odd]], texts[right[odd]], strict=True):
        found[at] = OSA.distance(a, b, score_cutoff=cutoff)
    return found


def _edits(one: Ints, other: Ints, alphabet: Alphabet, cutoff: int) -> Small:
    x = [alphabet.place(one, at).astype(np.uint16) for at in range(alphabet.width)]
    y = [alphabet.place(other, at).astype(np.uint16) for at in range(alphabet.width)]
    size_x, size_y = alphabet.lengths(one), alphabet.lengths(other)
    far = np.full(len(one), cutoff + 1, np.uint8)
    found = far.copy()
    longest_x, longest_y = int(size_x.max(initial=0)), int(size_y.max(initial=0))
    # rows[k]: edits from the first i - k places of x to the first j of y, by j
    rows: list[dict[int, Small]] = [{j: np.full(len(one), j, np.uint8) for j in range(min(cutoff, longest_y) + 1)}]
    _take(found, rows[0], size_x == 0, size_y)
    for i in range(1, longest_x + 1):
        row: dict[int, Small] = {}
        for j in range(max(i - cutoff, 0), min(i + cutoff, longest_y) + 1):
            if j == 0:
                row[0] = np.full(len(one), i, np.uint8)
                continue
            best = rows[0].get(j - 1, far) + (x[i - 1] != y[j - 1])
            np.minimum(best, rows[0].get(j, far) + np.uint8(1), out=best)
            np.minimum(best, row.get(j - 1, far) + np.uint8(1), out=best)
            if i > 1 and j > 1 and j - 2 in rows[1]:
                swapped = (x[i - 1] == y[j - 2]) & (x[i - 2] == y[j - 1])
                np.minimum(best, np.where(swapped, rows[1][j - 2] + np.uint8(1), best), out=best)
            row[j] = best
        _take(found, row, size_x == i, size_y)
        rows = [row, rows[0]]
    return np.minimum(found, np.uint8(cutoff + 1))


def _take(found: Small, row: dict[int, Small], ends: npt.NDArray[np.bool_], size: Ints) -> None:
    """Write, in place, the distance of the pairs whose first text ends with this row."""
    if ends.any():
        for j, edits in row.items():
            np.copyto(found, edits, where=ends & (size == j))
