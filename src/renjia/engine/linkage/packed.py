"""紧凑文本 — short texts of a small alphabet kept as one integer each, so that a million are read and compared at once.

A text of at most `width` characters is one integer, first character in the highest place; no place is zero but behind the
end, so equal integers are equal texts. What does not fit is kept as a text, numbered from -2 downwards.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, overload

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Objects = npt.NDArray[np.object_]
MISSING, ODD = 0, -1


class Alphabet:
    """字母表 — which characters a packed text may have: `bits` a character, at most `width` of them."""

    def __init__(self, characters: Sequence[str], bits: int, width: int) -> None:
        """ValueError (Chinese) where so many characters do not fit one integer."""
        if len(characters) >= 1 << bits or bits * width > 60:
            raise ValueError(f"{len(characters)} 个字符、每个 {bits} 位、{width} 个一组，放不进一个整数")
        self.bits, self.width = bits, width
        self.points = np.array([0, *map(ord, characters)], dtype=np.uint32)
        self.symbols = {character: at for at, character in enumerate(characters, 1)}
        self._shifts = [bits * (width - 1 - at) for at in range(width)]

    def pack(self, text: str) -> int:
        """装 — the integer of a text; MISSING of an empty one, ODD where it does not fit."""
        if len(text) > self.width:
            return ODD
        value = 0
        for shift, character in zip(self._shifts, text, strict=False):
            symbol = self.symbols.get(character)
            if symbol is None:
                return ODD
            value |= symbol << shift
        return value

    def place(self, values: Ints, at: int) -> Ints:
        """第几个字 — symbol of each text at a place, 0 behind its end."""
        symbols: Ints = (values >> self._shifts[at]) & ((1 << self.bits) - 1)
        return symbols

    def join(self, symbols: Sequence[Ints]) -> Ints:
        """拼 — the packed texts of symbols place by place."""
        value = symbols[0].astype(np.int64) << self._shifts[0]
        for at in range(1, len(symbols)):
            value |= symbols[at].astype(np.int64) << self._shifts[at]
        return value

    def lengths(self, values: Ints) -> Ints:
        """字数."""
        found = np.zeros(len(values), np.int64)
        for at in range(self.width):
            found += self.place(values, at) > 0
        return found

    def texts(self, values: Ints) -> Objects:
        """还原 — the texts of packed values, as Python strings."""
        points = np.empty((len(values), self.width), np.uint32)
        for at in range(self.width):
            points[:, at] = self.points[self.place(values, at)]
        found: Objects = points.view(f"<U{self.width}").reshape(len(values)).astype(object)
        return found


DIGITS = Alphabet("0123456789", 4, 15)
WORDS = Alphabet("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", 6, 10)


@dataclass(frozen=True, slots=True)
class Packed:
    """文本字典 — the distinct texts of a column by code: packed values, and the texts that did not fit.

    A value below ODD stands for `others[-2 - value]`. `packed[codes]` gives the texts, `""` for code -1.
    """

    alphabet: Alphabet
    values: Ints
    others: list[str]

    @classmethod
    def of(cls, texts: Sequence[str], alphabet: Alphabet) -> "Packed":
        """装一列 — distinct texts, by their place in the sequence."""
        others: list[str] = []
        values = [alphabet.pack(text) for text in texts]
        for at, value in enumerate(values):
            if value == ODD:
                others.append(texts[at])
                values[at] = -1 - len(others)
        return cls(alphabet, np.array(values, np.int64), others)

    def __len__(self) -> int:
        """个数."""
        return len(self.values)

    def __getitem__(self, codes: Ints) -> Objects:
        """取 — texts by code."""
        values = self.values_of(codes)
        found = self.alphabet.texts(np.maximum(values, MISSING))
        for at in np.flatnonzero(values < ODD).tolist():
            found[at] = self.others[-2 - int(values[at])]
        return found

    def values_of(self, codes: Ints) -> Ints:
        """取值 — packed values by code, MISSING for code -1."""
        if not len(self.values):
            return np.full(len(codes), MISSING)
        return np.where(codes >= 0, self.values[codes], MISSING)

    def odd(self) -> Ints:
        """装不下的 — codes of the texts that did not fit."""
        return np.flatnonzero(self.values < ODD)

    def lengths(self, codes: Ints) -> Ints:
        """字数 — of the texts of these codes (none missing)."""
        values = self.values[codes]
        found = self.alphabet.lengths(np.maximum(values, MISSING))
        for at in np.flatnonzero(values < ODD).tolist():
            found[at] = len(self.others[-2 - int(values[at])])
        return found

    def firsts(self, codes: Ints) -> Ints:
        """首字 — of the texts of these codes (none missing): equal numbers for texts that begin alike."""
        values = self.values[codes]
        found = self.alphabet.place(np.maximum(values, MISSING), 0)
        for at in np.flatnonzero(values < ODD).tolist():
            first = self.others[-2 - int(values[at])][0]
            found[at] = self.alphabet.symbols.get(first, ord(first) << self.alphabet.bits)
        return found


class Keys(Sequence[str]):
    """记录号 — the record keys in order: a sequence of texts kept in Arrow, 3.8 million of them in some 100 MB."""

    def __init__(self, array: pa.Array | Sequence[str]) -> None:
        """The keys as an Arrow array of strings, or any sequence of texts."""
        self.array = array if isinstance(array, pa.Array) else pa.array(array, pa.string())

    def __len__(self) -> int:
        """条数."""
        return len(self.array)

    def __iter__(self) -> Iterator[str]:
        """逐条."""
        return iter(self.array.to_pylist())

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> "Keys": ...
    def __getitem__(self, at: Any) -> Any:
        """取 — one key, or a slice of them."""
        return Keys(self.array[at]) if isinstance(at, slice) else self.array[int(at)].as_py()

    def take(self, rows: Ints) -> pa.Array:
        """取多条 — Arrow array of the keys of these rows."""
        return self.array.take(pa.array(rows))

    def places(self, wanted: Sequence[str]) -> dict[str, int]:
        """位置 — where each wanted key stands; keys not held are left out."""
        distinct = list(dict.fromkeys(wanted))
        found = pc.index_in(self.array, value_set=pa.array(distinct, pa.string())).to_numpy(zero_copy_only=False)
        rows = np.flatnonzero(~np.isnan(found)) if found.dtype.kind == "f" else np.arange(len(found))
        return {distinct[int(found[row])]: row for row in rows.tolist()}
