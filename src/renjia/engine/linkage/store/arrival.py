"""收进 — a month's records and withdrawals put into the memory's rows; what changed for whom."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from renjia.engine.linkage.columns import Columns, Rows, rows, settled
from renjia.engine.linkage.parallel import each
from renjia.engine.linkage.store.books import met_packed, met_texts
from renjia.engine.linkage.store.columns import View
from renjia.engine.linkage.store.memory import MARKS, PLACED, SAID, SETTLED, SPELLINGS, Flags, Ints, Memory, packed_bits

_NUMBER = {"mother_said": "mother_id", "father_said": "father_id", "phone_said": "phone",
           "certificate_said": "certificate"}  # fmt: skip
_BOOK = {
    "mother_name": "names", "father_name": "names", "baby_name": "names", "mother_said": "numbers",
    "father_said": "numbers", "phone_said": "phones", "certificate_said": "certificates", "place": "places",
    "street": "streets", "institution": "institutions",
}  # fmt: skip

_LABELS = ("hub", "component", "delivery", "case")


@dataclass(frozen=True, slots=True)
class Arrival:
    """收进的结果.

    memory: rows merged, PLACED moved (rows without a place: -1); columns: all rows, settled; fresh: rows that came or
    came again; changed: other rows whose settled values, or the standing of whose numbers, are not what they were;
    before: the state of rows that went or changed, as it was; before_rows: their rows now, -1 = gone;
    moved: old row to new row, -1 = gone.
    """

    memory: Memory
    columns: Columns
    fresh: Flags
    changed: Flags
    before: Columns
    before_rows: Ints
    moved: Ints


def digests(table: pa.Table) -> npt.NDArray[np.uint64]:
    """内容摘要 — one number a row of the canonical columns, to see whether a record came unchanged."""
    columns = ", ".join(f'"{name}"' for name in table.column_names)
    with duckdb.connect() as connection:
        connection.register("arriving", table)
        found = connection.sql(f"SELECT hash({columns}) AS digest FROM arriving").to_arrow_table()
    digest: npt.NDArray[np.uint64] = found["digest"].to_numpy()
    return digest


@dataclass(frozen=True, slots=True)
class Coming:
    """要收进的 — canonical rows with their digests and, where the record is held already, the held row it replaces (-1);
    and the held rows that leave."""

    table: pa.Table
    digest: npt.NDArray[np.uint64]
    replaces: Ints
    gone: Ints


def arrive(held: Memory, coming: Coming) -> Arrival:
    """收进 — ValueError (Chinese) on a record that comes twice."""
    batch = rows(coming.table)
    order = batch.columns.position
    keys = batch.columns.records.array
    again = coming.replaces[order]
    leaving = np.zeros(len(held), np.bool_)
    leaving[coming.gone] = leaving[again[again >= 0]] = True
    kept = np.flatnonzero(~leaving)
    moved, places, record = _merged(held.record, kept, keys)
    memory = replace(held, record=record, rows={}, books=dict(held.books), entries=dict(held.entries))
    memory.facts = {**held.facts, "sources": _sources(held, batch.columns.sources)}
    fresh = _coming(memory, batch) | {"digest": coming.digest[order]}
    stays = np.ones(len(record), np.bool_)
    stays[places] = False
    left = kept if len(kept) < len(held) else slice(None)
    to = np.r_[moved, -1].astype(np.int32)

    def merge(name: str, kind: type[np.generic]) -> npt.NDArray[Any]:
        found = np.empty(len(record), kind)
        values = held.rows[name][left]
        # the rows the group labels point to have moved too
        found[stays] = to[values] if name in _LABELS else values
        found[~stays] = fresh.get(name, -1 if kind == np.int32 else 0)
        return found

    merged = each(lambda one: merge(*one), (SAID | PLACED).items())
    memory.rows = dict(zip(SAID | PLACED, merged, strict=True))
    # a record that came again keeps its numbers
    for name in ("case_number", "delivery_number"):
        memory.rows[name][places] = np.r_[held.rows[name], 0][again]
    return _settle(held, memory, kept, moved, places, leaving)


def _settle(held: Memory, memory: Memory, kept: Ints, moved: Ints, places: Ints, leaving: Flags) -> Arrival:
    columns = settled(View(memory).said())
    fresh = np.zeros(len(memory), np.bool_)
    fresh[places] = True
    changed = np.zeros(len(memory), np.bool_)
    stays = ~fresh
    for name, kind in SETTLED.items():
        memory.rows[name] = getattr(columns, name).astype(kind)
        changed[stays] |= memory.rows[name][stays] != held.rows[name][kept]
    # a number that became valid, or is no longer, speaks differently for all who carry it
    count = len(held.entries["number_checked"])
    other = np.zeros(len(memory.entries["number_tail"]) + 1, np.bool_)
    for what in ("checked", "male", "resident"):
        now = getattr(columns.numbers, what)[:-1]
        other[:count] |= held.entries[f"number_{what}"] != now[:count]
        memory.entries[f"number_{what}"] = now
    changed |= (other[memory.rows["mother_id"]] | other[memory.rows["father_id"]]) & ~fresh
    back = np.full(len(memory), -1, np.int64)
    back[moved[kept]] = kept
    old = np.sort(np.concatenate([np.flatnonzero(leaving), back[np.flatnonzero(changed)]]))
    return Arrival(memory, columns, fresh, changed, View(held if len(old) else memory).of(old), moved[old], moved)


def _merged(held: pa.StringArray, kept: Ints, fresh: pa.StringArray) -> tuple[Ints, Ints, pa.StringArray]:
    """Kept and fresh keys in one order: held row → row (-1 = gone), row of each fresh one, all keys."""
    before = _ahead(held, kept, fresh)
    places = before + np.arange(len(fresh))
    moved = np.full(len(held), -1, np.int64)
    moved[kept] = np.arange(len(kept)) + np.searchsorted(before, np.arange(len(kept)), side="right")
    source = np.empty(len(kept) + len(fresh), np.int64)
    source[moved[kept]] = kept
    source[places] = len(held) + np.arange(len(fresh))
    return moved, places, pa.concat_arrays([held, fresh]).take(pa.array(source))


def _ahead(held: pa.StringArray, kept: Ints, fresh: pa.StringArray) -> Ints:
    """For each fresh key the number of kept ones before it: one binary search for all at once."""
    low, high = np.zeros(len(fresh), np.int64), np.full(len(fresh), len(kept))
    while (open_ := np.flatnonzero(low < high)).size:
        middle = (low[open_] + high[open_]) // 2
        less = pc.less(held.take(pa.array(kept[middle])), fresh.take(pa.array(open_))).to_numpy(zero_copy_only=False)
        low[open_] = np.where(less, middle + 1, low[open_])
        high[open_] = np.where(less, high[open_], middle)
    return low


def _sources(held: Memory, coming: Sequence[str]) -> list[str]:
    known = list(held.facts.get("sources", []))
    return known + [name for name in coming if name not in known]


def _coming(memory: Memory, batch: Rows) -> dict[str, npt.NDArray[Any]]:
    """The batch's rows with the store's codes; its new texts go into the dictionaries."""
    c = batch.columns
    packed = {"names": c.names.texts, "numbers": c.numbers.texts, "phones": c.phones, "certificates": c.certificates}
    texts = {"places": batch.places, "streets": batch.streets, "institutions": batch.institutions}
    codes = {name: met_packed(memory, name, book) for name, book in packed.items()}
    codes |= {name: met_texts(memory, name, book[:-1]) for name, book in texts.items()}
    _entries(memory, c, codes)
    found: dict[str, npt.NDArray[Any]] = {}
    for name in SAID:
        if name in _BOOK:
            own = getattr(c, _NUMBER.get(name, name))
            found[name] = np.r_[codes[_BOOK[name]], -1][own]
        elif hasattr(c, name):
            found[name] = getattr(c, name)
    known = memory.facts["sources"]
    found["source"] = np.array([known.index(name) for name in c.sources])[c.source]
    found["born"] = c.born
    found["spelling"] = packed_bits([getattr(batch, name) for name in SPELLINGS])
    found["marks"] = packed_bits([getattr(c, name) for name in MARKS])
    return found


def _entries(memory: Memory, c: Columns, codes: dict[str, Ints]) -> None:
    """What is known of each dictionary entry, for the entries that are new."""
    sounds = met_packed(memory, "sounds", c.names.sounds)
    tail_of = c.numbers.tail[:-1]
    known = np.flatnonzero(tail_of >= 0)
    distinct, first = np.unique(tail_of[known], return_index=True)
    last = np.full(int(tail_of.max(initial=-1)) + 2, -1, np.int64)
    last[distinct] = met_texts(memory, "tails", [text[-6:] for text in c.numbers.texts[known[first]]])
    grown = {
        "name_sound": ("names", sounds[c.names.sound[:-1]]),
        "name_latin": ("names", c.names.latin[:-1]),
        "number_tail": ("numbers", last[tail_of]),
    }
    for name, (book, values) in grown.items():
        held = memory.entries[name]
        more = np.zeros(len(memory.entries[f"{book}_value"]), held.dtype)
        more[: len(held)] = held
        more[codes[book]] = values
        memory.entries[name] = more
