"""找块 — the blocks that some rows are in, found in one pass over the keys of all rows.

The pass goes through the rows some thousands at a time: their keys are made, looked up in a table of marks and forgotten.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from renjia.engine.linkage.candidates import keys
from renjia.engine.linkage.columns import Columns
from renjia.engine.linkage.ordering import distinct, grouped
from renjia.engine.linkage.parallel import each
from renjia.engine.linkage.store.columns import View
from renjia.engine.linkage.store.memory import Flags, Ints

_ROWS = 1 << 15
# Of the 32 bits kept of a key, those that the table of marks looks at.
_BITS = 21
_REST = np.uint32(32 - _BITS)
_ODD = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, slots=True)
class Blocks:
    """若干块 — rows block after block; each block's value, where it begins and how large it is."""

    rows: Ints
    values: Ints
    starts: Ints
    sizes: Ints


def values_of(columns: Columns) -> list[Ints]:
    """键值 — of each key the values (-1 = none) of rows that may be linked; the last is a document of either parent."""
    linkable = ~columns.still
    found = [np.where(linkable, key, -1) for key in keys(columns)]
    documents = [np.where(linkable, codes, -1) for codes in (columns.mother_id, columns.father_id)]
    return [*found, np.concatenate(documents)]


class Scan:
    """一遍 — all rows of a view; what a pass has seen of the keys is kept as 32 bits a row for the next."""

    def __init__(self, view: View, count: int) -> None:
        """Nothing is looked at yet."""
        self.view, self.count = view, count
        self.slots: list[npt.NDArray[np.uint32]] = []

    def blocks(self, values: Sequence[Ints]) -> list[Blocks]:
        """成块 — for each key the blocks of these values, whole."""
        wanted = [distinct(one[one >= 0]) for one in values]
        if not self.slots:
            self._look(len(wanted))
        maybe = each(self._entries, zip(self.slots, wanted, strict=True))
        rows = np.flatnonzero(_marked(self.count, [entries % max(self.count, 1) for entries in maybe]))
        held = values_of(self.view.of(rows))
        place = np.full(self.count, -1)
        place[rows] = np.arange(len(rows))
        return each(lambda one: _whole(*one, place, len(rows)), zip(maybe, wanted, held, strict=True))

    def _look(self, count: int) -> None:
        self.slots = [np.empty(self.count, np.uint32) for _ in range(count - 1)]
        self.slots.append(np.empty(2 * self.count, np.uint32))

        def look(start: int) -> None:
            end = min(start + _ROWS, self.count)
            *found, documents = values_of(self.view.of(slice(start, end)))
            for slots, key in zip(self.slots, found, strict=False):
                slots[start:end] = _slot(key)
            mother, father = np.split(documents, 2)
            self.slots[-1][start:end] = _slot(mother)
            self.slots[-1][self.count + start : self.count + end] = _slot(father)

        each(look, range(0, self.count, _ROWS))

    def _entries(self, one: tuple[npt.NDArray[np.uint32], Ints]) -> Ints:
        """Entries that may carry one of the values: a few too many, none too few."""
        slots, wanted = one
        sought = np.unique(_slot(wanted))
        table = np.zeros(1 << _BITS, np.bool_)
        table[sought >> _REST] = True
        # the table is small enough for the processor's cache; what it lets through is looked up whole
        maybe = np.flatnonzero(table[slots >> _REST])
        at = np.searchsorted(sought, slots[maybe])
        found: Ints = maybe[np.append(sought, 0)[at] == slots[maybe]]
        return found


def _marked(count: int, rows: Sequence[Ints]) -> Flags:
    marked = np.zeros(count, np.bool_)
    for one in rows:
        marked[one] = True
    return marked


def _slot(values: Ints) -> npt.NDArray[np.uint32]:
    return (values.view(np.uint64) * _ODD >> np.uint64(32)).astype(np.uint32)


def _whole(maybe: Ints, wanted: Ints, held: Ints, place: Ints, some: int) -> Blocks:
    """Of the entries those that carry a wanted value, block after block; held: values of the rows looked at."""
    if not len(wanted):
        return Blocks(wanted, wanted, wanted, wanted)
    row = maybe % len(place)
    value = held[place[row] + np.where(maybe >= len(place), some, 0)]
    at = np.minimum(np.searchsorted(wanted, value), len(wanted) - 1)
    met = wanted[at] == value
    value, which = grouped(value[met], np.arange(int(met.sum())))
    row = row[met][which]
    starts = np.flatnonzero(np.r_[True, value[1:] != value[:-1]]) if len(row) else row
    return Blocks(row, value[starts], starts, np.diff(np.r_[starts, len(row)]))
