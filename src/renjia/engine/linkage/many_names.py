"""成批读姓名 — the names of whole columns at once, and the labels of infants who have no name yet.

Plain names are up to four Chinese characters; they are read from the bytes of many rows together. Every other spelling
is read by `names.canonical`, once a distinct text.
"""

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
from numba import njit

from renjia.engine.linkage import names
from renjia.engine.linkage.batches import Batch, Bytes, batches, dense, dictionary, read
from renjia.engine.linkage.ideographs import FIRST, LAST, ideographs
from renjia.engine.linkage.packed import MISSING, ODD, Flags, Ints, Packed

# Longest label of an unnamed infant that is read with others of its kind, in characters.
LONGEST = 8


@dataclass(slots=True)
class Spellings:
    """写法 — names that are no plain ones, numbered from -2 downwards."""

    index: dict[str, int] = field(default_factory=dict)

    def value(self, name: str) -> int:
        """编号 — packed where it is a plain name after all."""
        value = ideographs().names.pack(name)
        return -2 - self.index.setdefault(name, len(self.index)) if value == ODD else value

    def texts(self, values: Ints) -> list[str]:
        """还原."""
        found: list[str] = Packed(ideographs().names, values, list(self.index))[np.arange(len(values))].tolist()
        return found


@dataclass(frozen=True, slots=True)
class Babies:
    """孩子姓名列 — a value a row; long texts apart, as symbols; what brackets behind a name say of rank and twins."""

    values: Ints
    long_rows: Ints
    long_symbols: Ints
    noted_order: Ints
    noted_several: Flags


def parents(column: pa.ChunkedArray, spellings: Spellings) -> Ints:
    """读家长姓名列 — a value a row, MISSING where no name is given."""
    return _without_no_names(read(column, _plain, lambda text: spellings.value(names.canonical(text))))


def babies(column: pa.ChunkedArray, spellings: Spellings) -> Babies:
    """读孩子姓名列 — labels of unnamed infants are read like names here; `many_labels` tells them apart."""
    values = np.empty(len(column), np.int64)
    long_rows, long_symbols = [np.empty(0, np.int64)], [np.empty((0, LONGEST), np.int64)]
    for batch in batches(column):
        found = _plain(batch)
        rows, symbols = _long(batch)
        found[rows] = MISSING
        values[batch.start : batch.start + len(found)] = found
        long_rows.append(rows + batch.start)
        long_symbols.append(symbols)
    order, several = np.full(len(values), -1), np.zeros(len(values), np.bool_)
    odd = np.flatnonzero(values == ODD)
    if len(odd):
        distinct, at = dictionary(column.take(pa.array(odd)))
        values[odd] = np.array([spellings.value(names.canonical(text)) for text in distinct])[at]
        notes = [names.noted(text) or names.Unnamed() for text in distinct]
        order[odd] = np.array([note.order or -1 for note in notes])[at]
        several[odd] = np.array([note.twins for note in notes])[at]
    return Babies(_without_no_names(values), np.concatenate(long_rows), np.concatenate(long_symbols), order, several)


def _without_no_names(values: Ints) -> Ints:
    return np.where(np.isin(values, ideographs().no_name), MISSING, values)


def _plain(batch: Batch) -> Ints:
    """Packed names of one to four plain characters; MISSING for no text, ODD for any other."""
    table = ideographs()
    values = np.empty(len(batch.sizes), np.int64)
    _pack(batch.data, batch.begins, batch.sizes, table.simplified, table.names.bits, table.names.width, values)
    return values


def _long(batch: Batch) -> tuple[Ints, Ints]:
    """Rows of plain characters, more than a packed name holds, and their symbols in LONGEST places."""
    table = ideographs()
    rows = np.flatnonzero((batch.sizes > 3 * table.names.width) & (batch.sizes <= 3 * LONGEST))
    symbols = np.zeros((len(rows), LONGEST), np.int64)
    plain = np.zeros(len(rows), np.bool_)
    _spell(batch.data, batch.begins[rows], batch.sizes[rows], table.simplified, symbols, plain)
    return rows[plain], symbols[plain]


@njit(cache=True, nogil=True, inline="always")
def _symbol(data: Bytes, at: int, simplified: Ints) -> int:
    """Symbol of the three bytes that begin here where they are one character of the table, else 0."""
    one, two, three = np.int64(data[at]), np.int64(data[at + 1]), np.int64(data[at + 2])
    point = ((one & 15) << 12) | ((two & 63) << 6) | (three & 63)
    inside = 0xE3 <= one <= 0xE9 and FIRST <= point <= LAST
    return simplified[point - FIRST] if inside else 0


@njit(cache=True, nogil=True)
def _pack(data: Bytes, begins: Ints, sizes: Ints, simplified: Ints, bits: int, width: int, values: Ints) -> None:
    for row in range(sizes.size):
        value = MISSING
        if sizes[row] % 3 or sizes[row] > 3 * width:
            value = ODD
        else:
            for place in range(sizes[row] // 3):
                symbol = _symbol(data, begins[row] + 3 * place, simplified)
                if symbol == 0:
                    value = ODD
                    break
                value |= symbol << bits * (width - 1 - place)
        values[row] = value


@njit(cache=True, nogil=True)
def _spell(data: Bytes, begins: Ints, sizes: Ints, simplified: Ints, symbols: Ints, plain: Flags) -> None:
    for row in range(sizes.size):
        plain[row] = sizes[row] % 3 == 0
        for place in range(sizes[row] // 3):
            symbols[row, place] = _symbol(data, begins[row] + 3 * place, simplified)
            plain[row] &= symbols[row, place] > 0


@dataclass(frozen=True, slots=True)
class Names:
    """姓名字典 — distinct canonical names by code; `sound`: code of each name's sound text, `sounds`: those texts.

    latin: no Chinese character in the name. One more entry at the end answers for code -1.
    """

    texts: Packed
    sounds: Packed
    sound: Ints
    latin: Flags


def name_book(values: Ints, spellings: Spellings) -> Names:
    """姓名字典 — of the distinct values of the name columns."""
    table = ideographs()
    texts = Packed(table.names, values, list(spellings.index))
    places = [table.names.place(np.maximum(values, MISSING), at) for at in range(table.names.width)]
    spoken = table.sounds.join([table.sound[place] for place in places])
    latin = ~np.logical_or.reduce([table.chinese[place] for place in places])
    odd_sounds: dict[str, int] = {}
    for at in texts.odd().tolist():
        text = texts.others[-2 - int(values[at])]
        said = names.sounded(text)
        packed = table.sounds.pack(said)
        spoken[at] = -2 - odd_sounds.setdefault(said, len(odd_sounds)) if packed == ODD else packed
        latin[at] = names.is_latin(text)
    (sound,), distinct = dense([spoken])
    return Names(texts, Packed(table.sounds, distinct, list(odd_sounds)), np.append(sound, -1), np.append(latin, False))
