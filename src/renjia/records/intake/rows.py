"""行 — the rows of a file held compactly: a million rows cost little more than their text."""

from collections.abc import Iterable, Iterator, Sequence
from typing import overload

import pyarrow as pa

Cells = tuple[str, ...]
_CHUNK = 20_000


class Rows(Sequence[tuple[int, Cells]]):
    """数据行 — (row as Excel counts it, its cells as text), in file order.

    width: cells in every row; shorter ones are filled with '' and listed in `short` (row → cells it had), cells past the
    width are in `surplus` (row → those cells).
    """

    def __init__(self, rows: Iterable[tuple[int, Cells]], width: int) -> None:
        self.width = width
        self.surplus: dict[int, Cells] = {}
        self.short: dict[int, int] = {}
        self._schema = pa.schema([("row", pa.int32()), *((str(index), pa.string()) for index in range(width))])
        self._table = pa.Table.from_batches(self._batches(rows), self._schema)

    def _batches(self, rows: Iterable[tuple[int, Cells]]) -> Iterator[pa.RecordBatch]:
        width = self.width
        numbers: list[int] = []
        chunk: list[Cells] = []
        for number, cells in rows:
            if len(cells) > width:
                if any(cells[width:]):
                    self.surplus[number] = cells[width:]
                cells = cells[:width]
            elif len(cells) < width:
                self.short[number] = len(cells)
                cells += ("",) * (width - len(cells))
            numbers.append(number)
            chunk.append(cells)
            if len(chunk) == _CHUNK:
                yield _batch(numbers, chunk, self._schema)
                numbers, chunk = [], []
        if chunk:
            yield _batch(numbers, chunk, self._schema)

    def only(self, positions: Sequence[int], width: int) -> "Rows":
        """只取 — the rows at these positions (ascending), made as wide as `width`."""
        kept = Rows((), width)
        if positions and positions[-1] - positions[0] + 1 == len(positions):
            table = self._table.slice(positions[0], len(positions))
        else:
            table = self._table.take(pa.array(positions, pa.int64()))
        columns = table.columns[: width + 1]
        for _ in range(width - self.width):
            columns.append(pa.array([""] * table.num_rows, pa.string()))
        kept._table = pa.table(columns, kept._schema)
        if not self.surplus and not self.short and width == self.width:
            return kept
        beyond = [column.to_pylist() for column in table.columns[width + 1 :]]
        for place, number in enumerate(table.column(0).to_pylist()):
            cut = tuple(column[place] for column in beyond) + self.surplus.get(number, ())
            if any(cut):
                kept.surplus[number] = cut
            had = self.short.get(number, self.width)
            if had < width:
                kept.short[number] = had
        return kept

    def __len__(self) -> int:
        return int(self._table.num_rows)

    def __iter__(self) -> Iterator[tuple[int, Cells]]:
        for batch in self._table.to_batches(max_chunksize=_CHUNK):
            columns = [column.to_pylist() for column in batch.columns]
            for number, *cells in zip(*columns, strict=True):
                yield number, tuple(cells)

    @overload
    def __getitem__(self, index: int) -> tuple[int, Cells]: ...
    @overload
    def __getitem__(self, index: slice) -> list[tuple[int, Cells]]: ...
    def __getitem__(self, index: int | slice) -> tuple[int, Cells] | list[tuple[int, Cells]]:
        if isinstance(index, slice):
            return [self[one] for one in range(*index.indices(len(self)))]
        if not -len(self) <= index < len(self):
            raise IndexError(index)
        number, *cells = (column[index].as_py() for column in self._table.columns)
        return number, tuple(cells)

    def column(self, index: int) -> list[str]:
        """一列 — every cell of one column, in order."""
        return list(self._table.column(index + 1).to_pylist())

    def numbers(self) -> list[int]:
        """行号 — every row number, in order."""
        return list(self._table.column(0).to_pylist())


def _batch(numbers: list[int], chunk: list[Cells], schema: pa.Schema) -> pa.RecordBatch:
    columns = zip(*chunk, strict=True) if schema.names[1:] else ()
    arrays = [pa.array(numbers, pa.int32()), *(pa.array(column, pa.string()) for column in columns)]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)
