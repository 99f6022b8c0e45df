"""规范列 — the records once normalised: numpy columns of small codes, in the order of their keys.

Everything later compares codes. Texts are normalised once per distinct value. Code -1 (or 0 where said) means missing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from renjia.engine.linkage import names
from renjia.engine.linkage.texts import certificate_number, code_text, document_number, phone_number
from renjia.engine.units import Identity, parse_identity, shortest

Ints: TypeAlias = npt.NDArray[np.int64]
Flags: TypeAlias = npt.NDArray[np.bool_]

SOURCES = ("registration", "hospital_delivery", "vaccination", "birth_certificate", "hukou_birth")
NO_DATE = -(1 << 30)
STILL = "still"
# A number carried by more mothers than this is a placeholder or an office's own number, not a person's.
_MOST_MOTHERS = 4


@dataclass(frozen=True, slots=True)
class Names:
    """姓名字典 — distinct canonical names; `sounds` their sound texts, `sound` the code of the sound text."""

    texts: npt.NDArray[np.object_]
    sounds: npt.NDArray[np.object_]
    sound: Ints
    latin: Flags


@dataclass(frozen=True, slots=True)
class Numbers:
    """证件字典 — distinct documents: comparison text (id15 or number), whether checked, whether a man's, its kind."""

    texts: npt.NDArray[np.object_]
    checked: Flags
    male: Flags
    resident: Flags


@dataclass(frozen=True, slots=True)
class Columns:
    """全部记录 — one entry a record, sorted by record key, so that no result depends on the order of arrival.

    position: row of the input table for each entry; source: index into `sources`; born: days since 1970 or NO_DATE;
    minute, weight, order, plurality, parity: -1 missing; sex: 0 unknown, 1 male, 2 female; other columns: codes.
    """

    records: list[str]
    position: Ints
    sources: tuple[str, ...]
    source: Ints
    names: Names
    mother_name: Ints
    father_name: Ints
    baby_name: Ints
    numbers: Numbers
    mother_id: Ints
    father_id: Ints
    born: Ints
    minute: Ints
    sex: Ints
    weight: Ints
    order: Ints
    order_from_label: Flags
    several: Flags
    plurality: Ints
    parity: Ints
    place: Ints
    street: Ints
    by_hukou: Flags
    institution: Ints
    phone: Ints
    phones: npt.NDArray[np.object_]
    certificate: Ints
    certificates: npt.NDArray[np.object_]
    still: Flags

    def __len__(self) -> int:
        """条数."""
        return len(self.records)


def normalise(table: pa.Table) -> Columns:
    """规范化 — read the record table (`record`, `source` and the canonical fields) into Columns; vectorised."""
    table = typed(table)
    position = pc.sort_indices(table["record"]).to_numpy().astype(np.int64)
    table = table.take(pa.array(position))
    records: list[str] = table["record"].to_pylist()
    _refuse_twice(records)
    raw_names, spellings = coded([table[c] for c in ("mother_name", "father_name", "baby_name")], names.canonical)
    mother_name, father_name, baby_name = raw_names
    label = _with_notes(_labels(baby_name, mother_name, father_name, spellings), table["baby_name"])
    sources = SOURCES + tuple(sorted(set(pc.unique(table["source"]).to_pylist()) - set(SOURCES)))
    (mother_id, father_id), numbers = _documents(table)
    mother_id, father_id = _men_to_fathers(mother_id, father_id, numbers)
    born = _days(table["born"])
    name_book = _name_book(label.spellings)
    mother_sound = np.where(label.mother_name >= 0, name_book.sound[label.mother_name], -1)
    place, street, by_hukou = _places(table)
    (phone,), phones = coded([table["phone"]], phone_number)
    (institution,), _ = coded([table["institution"]], code_text)
    (certificate,), certificates = coded([table["certificate"]], certificate_number)
    order = _whole(table["order"], 1, 9)
    sex = np.select([_equals(table["sex"], "1"), _equals(table["sex"], "2")], [1, 2], 0).astype(np.int64)
    return Columns(
        records=records,
        position=position,
        sources=sources,
        source=_source_codes(table["source"], sources),
        names=name_book,
        mother_name=label.mother_name,
        father_name=father_name,
        baby_name=label.baby_name,
        numbers=numbers,
        mother_id=_without_shared(mother_id, mother_sound),
        father_id=_without_shared(father_id, mother_sound),
        born=born,
        # 00:00 is what a form prints when nobody knew the time
        minute=_whole(table["minute"], 1, 1439),
        sex=np.where(sex == 0, label.sex, sex),
        weight=_whole(table["weight"], 300, 9000),
        order=np.where(order < 0, label.order, order),
        order_from_label=(order < 0) & (label.order > 0) & ~label.several,
        several=label.several,
        plurality=_whole(table["plurality"], 1, 9),
        parity=_whole(table["parity"], 1, 20),
        place=place,
        street=street,
        by_hukou=by_hukou,
        institution=institution,
        phone=_without_shared(phone, mother_sound),
        phones=_objects(phones),
        certificate=_without_shared(certificate, mother_sound),
        certificates=_objects(certificates),
        still=_equals(table["outcome"], STILL) | label.dead,
    )


_TEXT = (
    "record", "source", "mother_name", "mother_id", "father_name", "father_id", "baby_name", "sex", "address",
    "hukou_place", "phone", "institution", "certificate", "outcome", "nationality",
)  # fmt: skip
_WHOLE = ("minute", "weight", "order", "plurality", "parity")
_DATES = ("born", "reported")


def typed(table: pa.Table) -> pa.Table:
    """定型 — the canonical columns, typed, empty where nobody sent them; ValueError without record or source."""
    for needed in ("record", "source"):
        if needed not in table.column_names:
            raise ValueError(f"记录表缺「{needed}」列；请传入 record（来源|记录号）与 source（来源）")
    kinds = dict.fromkeys(_TEXT, pa.string()) | dict.fromkeys(_WHOLE, pa.int64()) | dict.fromkeys(_DATES, pa.date32())
    columns = [
        table[name].cast(kind) if name in table.column_names else pa.nulls(table.num_rows, kind)
        for name, kind in kinds.items()
    ]
    return pa.table(columns, names=list(kinds))


def _refuse_twice(records: Sequence[str]) -> None:
    twice = next((a for a, b in pairwise(records) if a == b), None)
    if twice is not None:
        raise ValueError(f"记录「{twice}」出现两次；同一记录请只传一份（重复上报的取最近一份）")


def _objects(texts: Sequence[str]) -> npt.NDArray[np.object_]:
    # one more entry, so that code -1 reads an empty text instead of failing on an empty dictionary
    return np.array([*texts, ""], dtype=object)


def coded(columns: Sequence[pa.ChunkedArray], normal: Callable[[str], str]) -> tuple[list[Ints], list[str]]:
    """编码 — codes of each column into one shared list of distinct normal texts; an empty text is missing (-1)."""
    index: dict[str, int] = {"": -1}
    found = []
    for column in columns:
        encoded = pc.dictionary_encode(column)
        encoded = encoded.combine_chunks() if isinstance(encoded, pa.ChunkedArray) else encoded
        codes = [index.setdefault(normal(value), len(index) - 1) for value in encoded.dictionary.to_pylist()]
        at = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
        found.append(np.array([*codes, -1], dtype=np.int64)[at])
    return found, [text for text in index if text]


def _documents(table: pa.Table) -> tuple[tuple[Ints, Ints], Numbers]:
    read: dict[str, Identity] = {}

    def key(text: str) -> str:
        identity = parse_identity(text)
        number = document_number(identity)
        if number:
            kept = read.get(number)
            read[number] = identity if kept is None or (identity.valid and not kept.valid) else kept
        return number

    codes, texts = coded([table["mother_id"], table["father_id"]], key)
    seen = [read[text] for text in texts]
    numbers = Numbers(
        texts=_objects(texts),
        checked=np.array([*(one.valid for one in seen), False]),
        male=np.array([*(one.sex == "1" and one.valid for one in seen), False]),
        resident=np.array([*(bool(one.id15) for one in seen), False]),
    )
    return (codes[0], codes[1]), numbers


def _men_to_fathers(mother: Ints, father: Ints, numbers: Numbers) -> tuple[Ints, Ints]:
    """A man's number in the mother's column is the father's: put it there, and the woman's, if there is one, back."""
    man = (mother >= 0) & numbers.male[mother]
    woman = (father >= 0) & numbers.checked[father] & numbers.resident[father] & ~numbers.male[father]
    foreign = (father >= 0) & ~numbers.resident[father]
    return np.where(man, np.where(woman | foreign, father, -1), mother), np.where(man, mother, father)


def _name_book(texts: Sequence[str]) -> Names:
    sounds = [names.sounded(text) for text in texts]
    index: dict[str, int] = {}
    codes = [index.setdefault(spoken, len(index)) for spoken in sounds]
    return Names(
        texts=_objects(texts),
        sounds=_objects(sounds),
        sound=np.array([*codes, -1], dtype=np.int64),
        latin=np.array([*(names.is_latin(text) for text in texts), False]),
    )


@dataclass(frozen=True, slots=True)
class _Labels:
    mother_name: Ints
    baby_name: Ints
    order: Ints
    several: Flags
    sex: Ints
    dead: Flags
    spellings: list[str]


def _labels(baby: Ints, mother: Ints, father: Ints, spellings: list[str]) -> _Labels:
    """Take the unnamed infants' labels out of the names; what they say becomes order, sex and, at times, a parent."""
    suspect = np.array([*(names.may_be_unnamed(text) for text in spellings), False])
    texts = [*spellings, ""]
    rows = np.flatnonzero(suspect[baby])
    index = {text: code for code, text in enumerate(spellings)}
    baby_name, mother_name = baby.copy(), mother.copy()
    # a child written with its mother's or father's very name has none of its own yet
    baby_name[(baby == mother) | (baby == father)] = -1
    order, sex = np.full(len(baby), -1, np.int64), np.zeros(len(baby), np.int64)
    several, dead = np.zeros(len(baby), np.bool_), np.zeros(len(baby), np.bool_)
    read: dict[tuple[int, int, int], names.Unnamed | None] = {}
    for row, *key in zip(rows.tolist(), baby[rows].tolist(), mother[rows].tolist(), father[rows].tolist(), strict=True):
        b, m, f = key
        if (b, m, f) not in read:
            read[b, m, f] = names.unnamed(texts[b], texts[m], texts[f])
        dead[row] = names.says_stillborn(texts[b])
        label = read[b, m, f]
        if label is None:
            continue
        baby_name[row] = -1
        order[row] = label.order or -1
        sex[row] = int(label.sex or 0)
        several[row] = label.twins
        if m < 0 and (parent := names.parent_within(texts[b])):
            mother_name[row] = index.setdefault(parent, len(index))
    return _Labels(mother_name, baby_name, order, several, sex, dead, list(index))


def _with_notes(label: _Labels, column: pa.ChunkedArray) -> _Labels:
    """Add the order that brackets behind the child's name say, where the label itself says none."""
    encoded = pc.dictionary_encode(column)
    encoded = encoded.combine_chunks() if isinstance(encoded, pa.ChunkedArray) else encoded
    notes = [names.noted(text) for text in encoded.dictionary.to_pylist()]
    at = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    said = np.array([*(note.order if note and note.order else -1 for note in notes), -1], np.int64)[at]
    twins = np.array([*(note is not None and note.twins for note in notes), False])[at]
    return replace(label, order=np.where(label.order < 0, said, label.order), several=label.several | twins)


def baby_names(table: pa.Table) -> Ints:
    """孩子的名字 — code of each record's canonical name, -1 where there is none or only an unnamed infant's label."""
    raw, spellings = coded([table[c] for c in ("mother_name", "father_name", "baby_name")], names.canonical)
    return _labels(raw[2], raw[0], raw[1], spellings).baby_name


def _places(table: pa.Table) -> tuple[Ints, Ints, Flags]:
    (address, hukou), texts = coded([table["address"], table["hukou_place"]], lambda text: shortest(code_text(text)))
    by_hukou = (address < 0) & (hukou >= 0)
    place = np.where(by_hukou, hukou, address)
    index: dict[str, int] = {"": -1}
    street = [index.setdefault(text[:9] if len(text) >= 9 else "", len(index) - 1) for text in texts]
    whole = np.array([*(len(text) == 12 for text in texts), False])
    streets = np.array([*street, -1], dtype=np.int64)[place]
    return np.where(whole[place], place, -1), streets, by_hukou


def _source_codes(column: pa.ChunkedArray, sources: tuple[str, ...]) -> Ints:
    found: Ints = pc.index_in(column, value_set=pa.array(sources)).to_numpy().astype(np.int64)
    return found


def _days(column: pa.ChunkedArray) -> Ints:
    days: Ints = pc.fill_null(column.cast(pa.int32()), NO_DATE).to_numpy().astype(np.int64)
    return days


def _whole(column: pa.ChunkedArray, least: int, most: int) -> Ints:
    values: Ints = pc.fill_null(column, -1).to_numpy().astype(np.int64)
    return np.where((values >= least) & (values <= most), values, -1)


def _equals(column: pa.ChunkedArray, text: str) -> Flags:
    flags: Flags = pc.fill_null(pc.equal(column, text), False).to_numpy(zero_copy_only=False)
    return flags


def _without_shared(codes: Ints, mother: Ints) -> Ints:
    """Drop the codes that many different mothers carry."""
    known = (codes >= 0) & (mother >= 0)
    pairs = np.unique(codes[known] * (1 << 32) + mother[known])
    several = np.bincount(pairs >> 32, minlength=int(codes.max(initial=0)) + 2) > _MOST_MOTHERS
    return np.where((codes >= 0) & several[codes], -1, codes)
