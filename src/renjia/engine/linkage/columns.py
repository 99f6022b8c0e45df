"""规范列 — the records once normalised: numpy columns of small codes, in the order of their keys.

Everything later compares codes. Texts are normalised once per distinct value. Code -1 (or 0 where said) means missing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from renjia.engine.linkage.batches import dense, dictionary
from renjia.engine.linkage.dates import NO_DATE
from renjia.engine.linkage.ideographs import ideographs
from renjia.engine.linkage.many_labels import Labels, labels
from renjia.engine.linkage.many_names import Names, Spellings, babies, name_book, parents
from renjia.engine.linkage.many_numbers import Numbers, certificates, documents, phones
from renjia.engine.linkage.ordering import distinct, key_order
from renjia.engine.linkage.packed import Flags, Ints, Keys, Objects, Packed
from renjia.engine.linkage.parallel import each, threads
from renjia.engine.linkage.texts import code_text
from renjia.engine.units import shortest

__all__ = [
    "NO_DATE", "SOURCES", "STILL", "Columns", "Flags", "Ints", "Keys", "Names", "Numbers", "Packed", "Rows",
    "baby_names", "coded", "normalise", "rows", "settled", "typed", "without_shared",
]  # fmt: skip

SOURCES = ("registration", "hospital_delivery", "vaccination", "birth_certificate", "hukou_birth")
STILL = "still"
# A number carried by more mothers than this is a placeholder or an office's own number, not a person's.
_MOST_MOTHERS = 4


@dataclass(frozen=True, slots=True)
class Columns:
    """全部记录 — one entry a record, sorted by record key, so that no result depends on the order of arrival.

    position: row of the input table for each entry; source: index into `sources`; born: days since 1970 or NO_DATE;
    minute, weight, order, plurality, parity: -1 missing; sex: 0 unknown, 1 male, 2 female; other columns: codes.
    """

    records: Keys
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
    phones: Packed
    certificate: Ints
    certificates: Packed
    still: Flags

    def __len__(self) -> int:
        """条数."""
        return len(self.records)


@dataclass(frozen=True, slots=True)
class Rows:
    """逐条规范 — what each record says by itself; nothing hangs on another record but the numbering of codes.

    columns: mother_id, father_id, phone and certificate as written, no number checked yet; *_checked, *_male,
    *_resident: of this record's own spelling; places, streets, institutions: texts of those codes.
    """

    columns: Columns
    mother_checked: Flags
    mother_male: Flags
    mother_resident: Flags
    father_checked: Flags
    father_male: Flags
    father_resident: Flags
    places: Objects
    streets: Objects
    institutions: Objects


def normalise(table: pa.Table) -> Columns:
    """规范化 — read the record table (`record`, `source` and the canonical fields) into Columns; vectorised."""
    return settled(rows(table))


def rows(table: pa.Table) -> Rows:
    """逐条规范化 — the half of `normalise` that looks at one record at a time; ValueError on a key that stands twice."""
    table, position = _in_order(typed(table))
    sources = SOURCES + tuple(sorted(set(pc.unique(table["source"]).to_pylist()) - set(SOURCES)))
    ideographs()
    with threads() as pool:
        named = pool.submit(_names, table)
        documented = pool.submit(documents, table["mother_id"], table["father_id"])
        phoned, certified = pool.submit(phones, table["phone"]), pool.submit(certificates, table["certificate"])
        placed = pool.submit(_places, table)
        instituted = pool.submit(coded, [table["institution"]], code_text)
        whole = {name: pool.submit(_whole, table[name], least, most) for name, (least, most) in _LIMITS.items()}
        sex = np.select([_equals(table["sex"], "1"), _equals(table["sex"], "2")], [1, 2], 0).astype(np.int64)
        source, born = _source_codes(table["source"], sources), _days(table["born"])
        still = _equals(table["outcome"], STILL)
    label, (mother_name, father_name, baby_name), book = named.result()
    of_mother, of_father, numbers = documented.result()
    (phone, phone_texts), (certificate, certificate_texts) = phoned.result(), certified.result()
    place, street, by_hukou, places, streets = placed.result()
    (institution,), institutions = instituted.result()
    order = whole["order"].result()
    columns = Columns(
        records=Keys(table["record"].combine_chunks()),
        position=position,
        sources=sources,
        source=source,
        names=book,
        mother_name=mother_name,
        father_name=father_name,
        baby_name=baby_name,
        numbers=numbers,
        mother_id=of_mother.codes,
        father_id=of_father.codes,
        born=born,
        minute=whole["minute"].result(),
        sex=np.where(sex == 0, label.sex, sex),
        weight=whole["weight"].result(),
        order=np.where(order < 0, label.order, order),
        order_from_label=(order < 0) & (label.order > 0) & ~label.several,
        several=label.several,
        plurality=whole["plurality"].result(),
        parity=whole["parity"].result(),
        place=place,
        street=street,
        by_hukou=by_hukou,
        institution=institution,
        phone=phone,
        phones=phone_texts,
        certificate=certificate,
        certificates=certificate_texts,
        still=still | label.dead,
    )
    texts = (_objects(places), _objects(streets), _objects(institutions))
    return Rows(columns, *of_mother.flags(), *of_father.flags(), *texts)


def _names(table: pa.Table) -> tuple[Labels, list[Ints], Names]:
    """What the labels of infants say, the codes of the three names, and the names."""
    spellings = Spellings()
    mother, father = (parents(table[name], spellings) for name in ("mother_name", "father_name"))
    label = labels(babies(table["baby_name"], spellings), mother, father, spellings)
    codes, values = dense([label.mother, father, label.baby])
    return label, codes, name_book(values, spellings)


def settled(read: Rows) -> Columns:
    """定局 — what hangs on all records: validity of numbers, men's numbers to the fathers, values of many mothers."""
    c = read.columns

    def said(mother: Flags, father: Flags) -> Flags:
        found = np.zeros(len(c.numbers.texts) + 1, np.bool_)
        found[c.mother_id[mother]] = True
        found[c.father_id[father]] = True
        return found

    numbers = replace(
        c.numbers,
        checked=said(read.mother_checked, read.father_checked),
        male=said(read.mother_male, read.father_male),
        resident=said(read.mother_resident, read.father_resident),
    )
    mother_id, father_id = _men_to_fathers(c.mother_id, c.father_id, numbers)
    mother = c.names.sound[c.mother_name]
    mother_id, father_id, phone, certificate = each(
        lambda codes: without_shared(codes, mother), (mother_id, father_id, c.phone, c.certificate)
    )
    return replace(c, numbers=numbers, mother_id=mother_id, father_id=father_id, phone=phone, certificate=certificate)


def _in_order(table: pa.Table) -> tuple[pa.Table, Ints]:
    """The table in the order of its keys, and the row each record stood in; ValueError where a key stands twice."""
    keys = pa.concat_arrays(table["record"].chunks) if table.num_rows else pa.array([], pa.string())
    order = key_order(keys)
    if isinstance(order, list):
        rows = np.concatenate([np.empty(0, np.int64), *(np.arange(run.start, run.stop) for run in order)])
        if len(order) > 1:
            table = pa.concat_tables([table.slice(run.start, run.stop - run.start) for run in order])
        keys, seams = table["record"], np.cumsum([run.stop - run.start for run in order])[:-1]
        twice = [at for at in seams.tolist() if keys[at] == keys[at - 1]]
    else:
        rows, table = order, table.take(pa.array(order))
        keys = table["record"]
        twice = np.flatnonzero(pc.equal(keys[1:], keys[:-1])).tolist()
    if twice:
        raise ValueError(f"记录「{keys[twice[0]].as_py()}」出现两次；同一记录请只传一份（重复上报的取最近一份）")
    return table, rows


_TEXT = (
    "record", "source", "mother_name", "mother_id", "father_name", "father_id", "baby_name", "sex", "address",
    "hukou_place", "phone", "institution", "certificate", "outcome", "nationality",
)  # fmt: skip
# Least and most of what is believed; 00:00 is what a form prints when nobody knew the time.
_LIMITS = {"minute": (1, 1439), "weight": (300, 9000), "order": (1, 9), "plurality": (1, 9), "parity": (1, 20)}
_DATES = ("born", "reported")


def typed(table: pa.Table) -> pa.Table:
    """定型 — the canonical columns, typed, empty where nobody sent them; ValueError without record or source."""
    for needed in ("record", "source"):
        if needed not in table.column_names:
            raise ValueError(f"记录表缺「{needed}」列；请传入 record（来源|记录号）与 source（来源）")
    kinds = dict.fromkeys(_TEXT, pa.string()) | dict.fromkeys(_LIMITS, pa.int64()) | dict.fromkeys(_DATES, pa.date32())
    columns = [
        _cast(table[name], name, kind) if name in table.column_names else pa.nulls(table.num_rows, kind)
        for name, kind in kinds.items()
    ]
    return pa.table(columns, names=list(kinds))


_LABELS = {
    "record": "记录号", "source": "来源", "born": "出生日期", "reported": "上报日期", "minute": "出生时刻（一天里的第几分钟）", "weight": "体重",
    "order": "胎儿序号", "plurality": "胎数", "parity": "孩次",
}  # fmt: skip


def _cast(column: pa.ChunkedArray, name: str, kind: pa.DataType) -> pa.ChunkedArray:
    """A column as its kind; what cannot be read, and an empty key or source, is refused in Chinese."""
    if name in ("record", "source") and column.null_count:
        raise ValueError(f"有 {column.null_count} 条记录没有{_LABELS[name]}；每条记录都要写明来源与记录号")
    try:
        return column.cast(kind)
    except pa.ArrowInvalid:
        wanted = "YYYY-MM-DD" if pa.types.is_date(kind) else "整数" if pa.types.is_integer(kind) else "文字"
        raise ValueError(f"{_LABELS.get(name, name)}里有读不成{wanted}的值；请先照收件的规则读好再对账") from None


def _objects(texts: Sequence[str]) -> Objects:
    # one more entry, so that code -1 reads an empty text
    return np.array([*texts, ""], dtype=object)


def coded(columns: Sequence[pa.ChunkedArray], normal: Callable[[str], str]) -> tuple[list[Ints], list[str]]:
    """编码 — codes of each column into one shared list of distinct normal texts; an empty text is missing (-1)."""
    index: dict[str, int] = {"": -1}
    found = []
    for column in columns:
        distinct, at = dictionary(column)
        codes = [index.setdefault(normal(value), len(index) - 1) for value in distinct]
        found.append(np.array([*codes, -1], dtype=np.int64)[at])
    return found, [text for text in index if text]


def _men_to_fathers(mother: Ints, father: Ints, numbers: Numbers) -> tuple[Ints, Ints]:
    """A man's number in the mother's column is the father's: put it there, and the woman's, if there is one, back."""
    man = (mother >= 0) & numbers.male[mother]
    woman = (father >= 0) & numbers.checked[father] & numbers.resident[father] & ~numbers.male[father]
    foreign = (father >= 0) & ~numbers.resident[father]
    return np.where(man, np.where(woman | foreign, father, -1), mother), np.where(man, mother, father)


def baby_names(table: pa.Table) -> Ints:
    """孩子的名字 — code of each record's canonical name, -1 where there is none or only an unnamed infant's label."""
    return _names(table)[1][2]


def _places(table: pa.Table) -> tuple[Ints, Ints, Flags, list[str], list[str]]:
    (address, hukou), texts = coded([table["address"], table["hukou_place"]], lambda text: shortest(code_text(text)))
    by_hukou = (address < 0) & (hukou >= 0)
    place = np.where(by_hukou, hukou, address)
    index: dict[str, int] = {"": -1}
    street = [index.setdefault(text[:9] if len(text) >= 9 else "", len(index) - 1) for text in texts]
    whole = np.array([*(len(text) == 12 for text in texts), False])
    streets = np.array([*street, -1], dtype=np.int64)[place]
    return np.where(whole[place], place, -1), streets, by_hukou, texts, [text for text in index if text]


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


def without_shared(codes: Ints, mother: Ints) -> Ints:
    """去掉公用值 — -1 for the codes that many different mothers (by sound code) carry: an office's own, not a person's."""
    often = np.bincount(codes[codes >= 0], minlength=int(codes.max(initial=0)) + 2) > _MOST_MOTHERS
    known = (codes >= 0) & (mother >= 0) & often[codes]
    pairs = distinct(codes[known] * (1 << 32) + mother[known])
    several = np.bincount(pairs >> 32, minlength=int(codes.max(initial=0)) + 2) > _MOST_MOTHERS
    return np.where((codes >= 0) & several[codes], -1, codes)
