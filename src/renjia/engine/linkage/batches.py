"""成批读 — the bytes of a text column, many rows at a time."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from renjia.engine.linkage.packed import ODD, Ints

Bytes = npt.NDArray[np.uint8]
_ROWS = 1 << 17


@dataclass(frozen=True, slots=True)
class Batch:
    """一批 — rows `start` onwards of a column: the bytes of all texts, where each begins and how long it is."""

    start: int
    data: Bytes
    begins: Ints
    sizes: Ints

    def of_size(self, size: int) -> tuple[Ints, Bytes]:
        """等长的行 — which rows have so many bytes, and those as a matrix with one row each."""
        rows = np.flatnonzero(self.sizes == size)
        if not len(rows):
            return rows, np.empty((0, size), np.uint8)
        windows = np.lib.stride_tricks.sliding_window_view(self.data, size)
        return rows, windows[self.begins[rows]]


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
    """编码 — codes 0 … of each column into one shared list of distinct values, -1 = missing (value 0)."""
    joined = pa.chunked_array([pa.array(values, mask=values == 0) for values in columns], pa.int64())
    encoded = pc.dictionary_encode(joined)
    codes = [chunk.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64) for chunk in encoded.chunks]
    if not codes:
        return [np.empty(0, np.int64) for _ in columns], np.empty(0, np.int64)
    return codes, encoded.chunk(0).dictionary.to_numpy().astype(np.int64)
