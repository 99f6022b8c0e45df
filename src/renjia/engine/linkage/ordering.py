"""排序 — records by their keys, and rows by packed integers: the same order as Python's, for millions at once."""

from bisect import bisect_left
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from renjia.engine.linkage.packed import Ints

# Keys longer than this are sorted by Arrow: eight bytes at a time would take too many rounds.
_LONGEST = 64
# Sorted runs up to which they are put in order as they are, without sorting their records.
_RUNS = 64


def key_order(keys: pa.StringArray) -> list[slice] | Ints:
    """记录号次序 — rows in the order of their keys (as Python sorts texts).

    Where the keys come in a few sorted runs, as files do: those runs, in order; no key stands twice within a run.
    """
    runs = _sorted_runs(keys)
    if runs is not None:
        return runs
    words = _words(keys)
    if words is None:
        found: Ints = pc.sort_indices(keys).to_numpy().astype(np.int64)
        return found
    order = np.arange(len(keys))
    for word in reversed(words):
        order = order[np.argsort(word[order], kind="stable")]
    return order


def _sorted_runs(keys: pa.StringArray) -> list[slice] | None:
    if not len(keys):
        return []
    falls = pc.less_equal(keys[1:], keys[:-1]).to_numpy(zero_copy_only=False)
    starts = np.r_[0, np.flatnonzero(falls) + 1, len(keys)].tolist()
    if len(starts) > _RUNS:
        return None
    runs = _cut(keys, [range(start, end) for start, end in pairwise(starts)])
    runs.sort(key=lambda run: str(keys[run.start]))
    apart = all(keys[one.stop - 1].as_py() <= keys[next_.start].as_py() for one, next_ in pairwise(runs))
    return runs if apart else None


def _cut(keys: pa.StringArray, runs: list[range]) -> list[slice]:
    """The runs cut where others begin: two files of which one falls between the halves of the other are in order too."""

    def key(at: int) -> str:
        return str(keys[at])

    heads = sorted(key(run.start) for run in runs)
    cuts = [
        sorted({run.start, run.stop, *(run.start + bisect_left(run, head, key=key) for head in heads)}) for run in runs
    ]
    return [slice(start, end) for ends in cuts for start, end in pairwise(ends)]


def _words(keys: pa.StringArray) -> list[Ints] | None:
    """The keys as big-endian integers of eight bytes, first bytes first, then their lengths; constant ones left out."""
    ends = np.frombuffer(keys.buffers()[1], np.int32)[keys.offset : keys.offset + len(keys) + 1].astype(np.int64)
    sizes = np.diff(ends)
    longest = int(sizes.max(initial=0))
    if longest > _LONGEST or not longest or keys.null_count:
        return None
    data = np.frombuffer(keys.buffers()[2], np.uint8)
    data = np.concatenate([data, np.zeros(longest + 8, np.uint8)])
    windows = np.lib.stride_tricks.sliding_window_view(data, 8)
    # the sign bit turned, so that signed integers sort as bytes do
    found = []
    for at in range(0, longest, 8):
        word = windows[ends[:-1] + at].view(">u8").reshape(len(sizes)).astype(np.uint64)
        kept = np.clip(sizes - at, 0, 8).astype(np.uint64) * np.uint64(8)
        word = np.where(
            kept == 0, 0, word >> (np.uint64(64) - np.maximum(kept, 8)) << (np.uint64(64) - np.maximum(kept, 8))
        )
        found.append((word ^ np.uint64(1 << 63)).view(np.int64))
    found.append(sizes)
    return [word for word in found if (word != word[0]).any()]


def grouped(key: Ints, rows: Ints) -> tuple[Ints, Ints]:
    """按键排列 — keys together that are equal, smaller keys first, rows of one key in ascending order.

    rows: ascending and not negative. Key and row are sorted as one integer where they fit, which is many times faster.
    """
    if not len(key):
        return key, rows
    least, bits = int(key.min()), int(rows[-1]).bit_length()
    if (int(key.max()) - least).bit_length() + bits > 62:
        order = np.argsort(key, kind="stable")
        return key[order], rows[order]
    packed = np.sort(((key - least) << bits) | rows)
    return (packed >> bits) + least, packed & ((1 << bits) - 1)


def distinct(values: Ints) -> Ints:
    """去重 — distinct values in ascending order (np.unique on large arrays takes a slower road)."""
    ordered = np.sort(values)
    if len(ordered) < 2:
        return ordered
    found: Ints = ordered[np.r_[True, ordered[1:] != ordered[:-1]]]
    return found


def hubs(key: Ints) -> Ints:
    """首行 — for each entry the first one with the same key."""
    ordered, rows = grouped(key, np.arange(len(key)))
    lead = np.r_[True, ordered[1:] != ordered[:-1]] if len(key) else np.zeros(0, np.bool_)
    found = np.empty(len(key), np.int64)
    found[rows] = rows[lead][np.cumsum(lead) - 1]
    return found
