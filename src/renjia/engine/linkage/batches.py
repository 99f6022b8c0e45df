"""成批读 — the bytes of a text column, many rows at a time."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from numba import njit

from renjia.engine.linkage.packed import MISSING, ODD, Ints

Bytes = npt.NDArray[np.uint8]
_ROWS = 1 << 17
_FEW = 1 << 10
GOLDEN = np.uint64(0x9E3779B97F4A7C15)  # spreads values over a table


@dataclass(frozen=True, slots=True)
class Batch:
    """一批 — rows `start` onwards of a column: the bytes of all texts, where each begins and how long it is."""

    start: int
    data: Bytes
    begins: Ints
    sizes: Ints


def batches(column: pa.ChunkedArray) -> Iterator[Batch]:
    """分批 — a string column in its order; a missing text has size 0."""
    start = 0
    for chunk in column.chunks:
        _, offsets, data = chunk.buffers()
        if not len(chunk):
            continue
        held = np.frombuffer(data, np.uint8) if data is not None and data.size else np.zeros(0, np.uint8)
        ends = np.frombuffer(offsets, np.int32)[chunk.offset : chunk.offset + len(chunk) + 1]
        missing = chunk.is_null().to_numpy(zero_copy_only=False) if chunk.null_count else None
        for at in range(0, len(chunk), _ROWS):
            part = ends[at : at + _ROWS + 1].astype(np.int64)
            sizes = np.diff(part)
            if missing is not None:
                sizes[missing[at : at + _ROWS]] = 0
            yield Batch(start + at, held, part[:-1], sizes)
        start += len(chunk)


def read(column: pa.ChunkedArray, many: Callable[[Batch], Ints], odd: Callable[[str], int]) -> Ints:
    """读一列 — a value a row: `many` reads a batch and leaves ODD where it cannot; `odd` reads such a text by itself."""
    values = np.empty(len(column), np.int64)
    for batch in batches(column):
        values[batch.start : batch.start + len(batch.sizes)] = many(batch)
    rows = np.flatnonzero(values == ODD)
    if len(rows):
        distinct, at = dictionary(column.take(pa.array(rows)))
        values[rows] = np.array([odd(text) for text in distinct], np.int64)[at]
    return values


def dictionary(column: pa.ChunkedArray) -> tuple[list[str], Ints]:
    """字典 — the distinct texts of a column and the code of each row, -1 = missing."""
    encoded = pc.dictionary_encode(column)
    encoded = encoded.combine_chunks() if isinstance(encoded, pa.ChunkedArray) else encoded
    texts: list[str] = encoded.dictionary.to_pylist()
    return texts, encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)


def dense(columns: Sequence[Ints]) -> tuple[list[Ints], Ints]:
    """编码 — codes 0 … of each column into one shared list of distinct values, first come first; -1 = missing (value 0)."""
    codes, distinct = _encoded(np.concatenate([*columns, np.empty(0, np.int64)]))
    return np.split(codes, np.cumsum([len(column) for column in columns])[:-1]), distinct


@njit(cache=True, nogil=True)
def _encoded(values: Ints) -> tuple[Ints, Ints]:
    """Code of each value and the distinct values: a table of (value, code), at most half full, found by its value."""
    codes, distinct, count = np.empty(values.size, np.int64), np.empty(_FEW, np.int64), 0
    table, shift = np.zeros((2 * _FEW, 2), np.int64), np.uint64(64 - 11)
    for at in range(values.size):
        value = values[at]
        if value == MISSING:
            codes[at] = -1
            continue
        slot = np.int64(np.uint64(value) * GOLDEN >> shift)
        while table[slot, 0] != MISSING and table[slot, 0] != value:
            slot = (slot + 1) & (table.shape[0] - 1)
        if table[slot, 0] == MISSING:
            table[slot, 0], table[slot, 1], distinct[count] = value, count, value
            count += 1
        codes[at] = table[slot, 1]
        if count == distinct.size:
            distinct = np.concatenate((distinct, np.empty(count, np.int64)))
            table, shift = np.zeros((4 * count, 2), np.int64), shift - np.uint64(1)
            for code in range(count):
                slot = np.int64(np.uint64(distinct[code]) * GOLDEN >> shift)
                while table[slot, 0] != MISSING:
                    slot = (slot + 1) & (table.shape[0] - 1)
                table[slot, 0], table[slot, 1] = distinct[code], code
    return codes, distinct[:count].copy()
