"""字典的合并 — a batch's dictionary entries found among the store's, or added to them."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from renjia.engine.linkage.ordering import distinct
from renjia.engine.linkage.packed import MISSING, Packed
from renjia.engine.linkage.store.memory import Ints, Memory

_HASH_BITS = 22
_ODD = np.uint64(0x9E3779B97F4A7C15)


def carriers(key: Ints, values: Ints) -> Ints:
    """携带者 — entries of `key` whose value is among the values; below 0 is none."""
    values = distinct(values[values >= 0])
    if not len(values):
        return values
    # one small table first: most entries fall out without a search
    table = np.zeros(1 << _HASH_BITS, np.bool_)
    table[_slot(values)] = True
    maybe = np.flatnonzero(table[_slot(key)])
    at = np.minimum(np.searchsorted(values, key[maybe]), len(values) - 1)
    found: Ints = maybe[values[at] == key[maybe]]
    return found


def _slot(values: Ints) -> Ints:
    return ((values.view(np.uint64) * _ODD) >> np.uint64(64 - _HASH_BITS)).view(np.int64)


def met_texts(memory: Memory, book: str, texts: Sequence[str] | pa.StringArray) -> Ints:
    """文本 — codes of distinct texts in a dictionary of the store, which takes in those it does not know."""
    held, fresh = memory.books[book], pa.array(texts, pa.string())
    at = pc.index_in(held, value_set=fresh)
    where = np.flatnonzero(at.is_valid().to_numpy(zero_copy_only=False))
    codes = np.full(len(fresh), -1, np.int64)
    codes[pc.drop_null(at).to_numpy()] = where
    new = np.flatnonzero(codes < 0)
    codes[new] = len(held) + np.arange(len(new))
    memory.books[book] = pa.concat_arrays([held, fresh.take(pa.array(new))])
    return codes


def met_packed(memory: Memory, book: str, packed: Packed) -> Ints:
    """紧凑文本 — as met_texts, of packed ones."""
    name = f"{book}_value"
    held, values = memory.entries[name], packed.values
    codes = np.full(len(values), -1, np.int64)
    fits = np.flatnonzero(values >= MISSING)
    where = carriers(held, values[fits])
    where = where[np.argsort(held[where])]
    if len(where):
        at = np.minimum(np.searchsorted(held[where], values[fits]), len(where) - 1)
        codes[fits] = np.where(held[where][at] == values[fits], where[at], -1)
    values = values.copy()
    odd = packed.odd()
    of_other = np.full(len(memory.books[book]), -1, np.int64)
    known = np.flatnonzero(held < MISSING)
    of_other[-2 - held[known]] = known
    others = met_texts(memory, book, packed.others)
    values[odd] = -2 - others[-2 - values[odd]]
    seen = odd[-2 - values[odd] < len(of_other)]
    codes[seen] = of_other[-2 - values[seen]]
    new = np.flatnonzero(codes < 0)
    codes[new] = len(held) + np.arange(len(new))
    memory.entries[name] = np.concatenate([held, values[new]])
    return codes
