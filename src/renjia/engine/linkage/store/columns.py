"""取列 — the engine's Columns made from a store: all rows with the store's codes, or some rows with small dictionaries."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from renjia.engine.linkage.columns import Columns, Rows
from renjia.engine.linkage.compare import Rarity
from renjia.engine.linkage.ideographs import ideographs
from renjia.engine.linkage.many_names import Names
from renjia.engine.linkage.many_numbers import Numbers
from renjia.engine.linkage.ordering import distinct
from renjia.engine.linkage.packed import DIGITS, ODD, WORDS, Alphabet, Keys, Packed
from renjia.engine.linkage.store.memory import MARKS, SPELLINGS, Array, Flags, Ints, Memory, wide

_PLAIN = ("source", "mother_name", "father_name", "baby_name", "born", "minute", "sex", "weight", "order", "plurality",
          "parity", "place", "street", "institution")  # fmt: skip
_VALUES = ("mother_id", "father_id", "phone", "certificate")
_COUNTED = ("mother_name", "father_name", "baby_name", "born", "institution")
_SAID = ("mother_said", "father_said", "phone_said", "certificate_said")
_NO_TEXTS = np.array([""], dtype=object)


def alphabet(book: str) -> Alphabet:
    """字母表 — of a packed dictionary of the store."""
    if book in ("names", "sounds"):
        table = ideographs()
        return table.names if book == "names" else table.sounds
    return WORDS if book == "certificates" else DIGITS


class View:
    """取列 — Columns of a memory's rows with the store's codes and no texts: for keys, groups and counts."""

    def __init__(self, memory: Memory) -> None:
        """The dictionaries once, however often rows are taken."""
        entries = memory.entries
        self.memory = memory
        self.names = Names(
            _bare(memory, "names"),
            _bare(memory, "sounds"),
            _ended(entries["name_sound"]),
            _ended(entries["name_latin"]),
        )
        checked, male, resident = (_ended(entries[f"number_{what}"]) for what in ("checked", "male", "resident"))
        tail = _ended(entries["number_tail"])
        self.numbers = Numbers(_bare(memory, "numbers"), checked, male, resident, tail)
        self.phones, self.certificates = _bare(memory, "phones"), _bare(memory, "certificates")
        self.sources = tuple(memory.facts["sources"])

    def of(self, at: Ints | slice) -> Columns:
        """若干行."""
        return self._columns(at, _VALUES, _PLAIN)

    def said(self) -> Rows:
        """各条所写 — what every record says by itself; of the columns only those that `settled` and counts look at."""
        flags: dict[str, Any] = {name: self.memory.bit(name) for name in SPELLINGS}
        columns = self._columns(slice(None), _SAID, _COUNTED)
        return Rows(columns, **flags, places=_NO_TEXTS, streets=_NO_TEXTS, institutions=_NO_TEXTS)

    def _columns(self, at: Ints | slice, values: Sequence[str], widened: Sequence[str]) -> Columns:
        rows = self.memory.rows
        take: dict[str, Any] = {name: wide(rows[name][at]) if name in widened else rows[name][at] for name in _PLAIN}
        marks = rows["marks"][at]
        flags: dict[str, Any] = {name: (marks >> place & 1).astype(np.bool_) for place, name in enumerate(MARKS)}
        mother_id, father_id, phone, certificate = (wide(rows[name][at]) for name in values)
        return Columns(
            records=Keys(pa.nulls(len(marks), pa.string())),
            position=np.arange(len(marks)),
            sources=self.sources,
            names=self.names,
            numbers=self.numbers,
            phones=self.phones,
            certificates=self.certificates,
            mother_id=mother_id,
            father_id=father_id,
            phone=phone,
            certificate=certificate,
            **take,
            **flags,
        )


def _bare(memory: Memory, book: str) -> Packed:
    """A dictionary as long as it is, of which nobody asks the texts."""
    return Packed(alphabet(book), memory.entries[f"{book}_value"], [])


def _ended(values: Array) -> Any:
    """One more entry for code -1: missing, or False."""
    if values.dtype == np.bool_:
        return np.r_[values, False]
    return np.r_[wide(values), -1]


@dataclass(frozen=True, slots=True)
class Part:
    """若干行 — Columns of some rows with dictionaries of their own, and the counts of the whole for their codes."""

    rows: Ints
    columns: Columns
    counted: Rarity

    def inside(self, rows: Ints) -> Ints:
        """在部分中的位置 — of rows that are in it."""
        return np.searchsorted(self.rows, rows)


def part(memory: Memory, at: Ints) -> Part:
    """取部分 — rows `at` (sorted) as Columns that hold only the texts they need."""
    columns = View(memory).of(at)
    sounds = memory.entries["name_sound"]
    (mother, father, baby), used = _small(columns.mother_name, columns.father_name, columns.baby_name)
    (sound,), spoken = _small(wide(sounds[used]))
    (mother_id, father_id), documents = _small(columns.mother_id, columns.father_id)
    (phone,), phones = _small(columns.phone)
    (certificate,), certificates = _small(columns.certificate)
    (institution,), institutions = _small(columns.institution)
    (tail,), _ = _small(wide(memory.entries["number_tail"][documents]))
    return Part(
        at,
        _replaced(
            columns,
            mother_name=mother,
            father_name=father,
            baby_name=baby,
            mother_id=mother_id,
            father_id=father_id,
            phone=phone,
            certificate=certificate,
            institution=institution,
            names=Names(
                _some(memory, "names", used), _some(memory, "sounds", spoken), np.r_[sound, -1],
                np.r_[memory.entries["name_latin"][used], False],
            ),
            numbers=Numbers(
                _some(memory, "numbers", documents),
                checked=np.r_[memory.entries["number_checked"][documents], False],
                male=np.r_[memory.entries["number_male"][documents], False],
                resident=np.r_[memory.entries["number_resident"][documents], False],
                tail=np.r_[tail, -1],
            ),
            phones=_some(memory, "phones", phones),
            certificates=_some(memory, "certificates", certificates),
        ),
        counted_of(memory.counted, used, spoken, institutions),
    )  # fmt: skip


def counted_of(counted: dict[str, Array], names: Ints, sounds: Ints, institutions: Ints) -> Rarity:
    """全局统计（按码挑出）."""
    mother, father, baby = (np.r_[counted[f"name_{at}"][names], np.uint8(0)] for at in range(3))
    by_mother, by_father, by_baby = (np.r_[counted[f"sound_{at}"][sounds], np.uint8(0)] for at in range(3))
    large: Flags = np.r_[counted["large"][institutions], False]
    return Rarity((mother, father, baby), (by_mother, by_father, by_baby), large)


def _small(*columns: Ints) -> tuple[list[Ints], Ints]:
    """Codes numbered anew from 0 in their own order, and the old codes in that order."""
    joined = np.concatenate(columns)
    used = distinct(joined[joined >= 0])
    found = [np.where(one >= 0, np.searchsorted(used, one), -1) for one in columns]
    return found, used


def _some(memory: Memory, book: str, codes: Ints) -> Packed:
    """A dictionary of some entries, in the order of `codes`."""
    values = memory.entries[f"{book}_value"][codes]
    odd = np.flatnonzero(values < ODD)
    others = memory.books[book].take(pa.array(-2 - values[odd])).to_pylist()
    values[odd] = -2 - np.arange(len(odd))
    return Packed(alphabet(book), values, others)


def _replaced(columns: Columns, **values: Any) -> Columns:
    kept = {name: getattr(columns, name) for name in Columns.__dataclass_fields__ if name not in values}
    return Columns(**kept, **values)
