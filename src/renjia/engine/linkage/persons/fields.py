"""人员字段 — which columns of a person registry are compared, and how each is read: codes of distinct normal texts."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from renjia.engine.linkage import names
from renjia.engine.linkage.characters import SIMPLIFIED
from renjia.engine.linkage.columns import Flags, Ints, coded
from renjia.engine.linkage.texts import code_text, document_number, phone_number
from renjia.engine.units import parse_identity

NAME, DOCUMENT, NUMBER, PHONE, DATE, ADDRESS, CODE = "name", "document", "number", "phone", "date", "address", "code"
KINDS = (NAME, DOCUMENT, NUMBER, PHONE, DATE, ADDRESS, CODE)
MOST_FIELDS = 13
_NOT_DIGIT = re.compile(r"\D+")
_LOOSE = re.compile(r"[\W_]+")
_SEX = {"男": "1", "女": "2", "M": "1", "F": "2", "MALE": "1", "FEMALE": "2", "0": "", "9": ""}


@dataclass(frozen=True, slots=True)
class Field:
    """一个字段 — column `name`, shown as `label`, read as `kind` (one of KINDS).

    family: people who live together usually share it (surname, address, phone): it says where, not who.
    """

    name: str
    label: str
    kind: str
    family: bool = False


KNOWN = (
    Field("name", "姓名", NAME),
    Field("given_name", "名", NAME),
    Field("surname", "姓", NAME, family=True),
    Field("id_number", "证件号", DOCUMENT),
    Field("soc_sec_id", "社保号", NUMBER),
    Field("born", "出生日期", DATE),
    Field("date_of_birth", "出生日期", DATE),
    Field("sex", "性别", CODE),
    Field("phone", "电话", PHONE, family=True),
    Field("address", "地址", ADDRESS, family=True),
    Field("street_number", "门牌号", NUMBER, family=True),
    Field("address_1", "地址一", ADDRESS, family=True),
    Field("address_2", "地址二", ADDRESS, family=True),
    Field("suburb", "居住区", ADDRESS, family=True),
    Field("postcode", "邮编", NUMBER, family=True),
    Field("state", "省州", CODE, family=True),
)


@dataclass(frozen=True, slots=True)
class Column:
    """一列 — code of each record into `texts` (-1 missing); `sounds` and `sound` for names, `checked` for documents.

    records: how many records carry each text; `texts` has one more, empty entry for code -1.
    """

    field: Field
    code: Ints
    texts: npt.NDArray[np.object_]
    sounds: npt.NDArray[np.object_]
    sound: Ints
    checked: Flags
    records: Ints


@dataclass(frozen=True, slots=True)
class Registry:
    """登记库 — records in the order of their keys, so that nothing depends on the order of rows."""

    records: list[str]
    sources: list[str]
    source: Ints
    once: Flags
    columns: tuple[Column, ...]

    def __len__(self) -> int:
        """条数."""
        return len(self.records)

    def pairs_possible(self) -> float:
        """可能的对数 — pairs of records that may be one person."""
        sizes = np.bincount(self.source, minlength=len(self.sources)).astype(np.float64)
        inside = sizes * (sizes - 1) / 2
        return float(len(self) * (len(self) - 1) / 2 - inside[self.once].sum())


def registry(table: pa.Table, fields: Sequence[Field] | None, once: Sequence[str]) -> Registry:
    """读登记库 — `record` (unique key), `source` (optional) and the columns of `fields` (those of KNOWN when None).

    ValueError (Chinese): no key, a key twice, no column to compare, a source in `once` that has no records.
    """
    if "record" not in table.column_names:
        raise ValueError("登记表缺「record」列；请给每条记录一个不重复的键")
    chosen = _chosen(table, fields)
    order = pc.sort_indices(table["record"].cast(pa.string()))
    table = table.take(order)
    records: list[str] = table["record"].cast(pa.string()).to_pylist()
    if not records:
        raise ValueError("登记表没有记录；请至少传入一条")
    without = table["record"].null_count
    if without:
        raise ValueError(f"有 {without} 条记录没有键（record 为空）；请补上")
    twice = next((a for a, b in pairwise(records) if a == b), None)
    if twice is not None:
        raise ValueError(f"记录「{twice}」出现两次；同一记录请只传一份")
    said = table["source"].cast(pa.string()).fill_null("") if "source" in table.column_names else None
    sources = sorted(set(pc.unique(said).to_pylist())) if said is not None else [""]
    unknown = sorted(set(once) - set(sources))
    if unknown:
        raise ValueError(f"说「{unknown[0]}」没有重复，但登记表里没有这个来源；现有：{'、'.join(sources)}")
    index = {source: at for at, source in enumerate(sources)}
    at = np.array([index[one] for one in said.to_pylist()] if said is not None else [0] * len(records), dtype=np.int64)
    return Registry(
        records, sources, at, np.array([one in set(once) for one in sources]), _columns(_filled(table, chosen), chosen)
    )


def _chosen(table: pa.Table, fields: Sequence[Field] | None) -> list[Field]:
    wanted = list(KNOWN if fields is None else fields)
    for one in wanted:
        if one.kind not in KINDS:
            raise ValueError(f"字段「{one.name}」的种类「{one.kind}」不认识；可选：{'、'.join(KINDS)}")
        if fields is not None and one.name not in table.column_names:
            raise ValueError(f"登记表没有「{one.name}」列；请改字段清单或补上该列")
    found = [one for one in wanted if one.name in table.column_names]
    if len(found) < 2:
        shown = "、".join(one.name for one in KNOWN)
        raise ValueError(f"可比的列只有 {len(found)} 个，至少要 2 个；认得的列名：{shown}，其他列请用 fields 说明")
    if len(found) > MOST_FIELDS:
        raise ValueError(f"要比的列有 {len(found)} 个，至多 {MOST_FIELDS} 个（证据码放不下）；请用 fields 选出要紧的")
    return found


def _filled(table: pa.Table, fields: Sequence[Field]) -> pa.Table:
    """A date of birth or a sex that is missing, read from the whole document number beside it."""
    by_kind = {one.kind: one.name for one in reversed(fields) if one.kind in (DOCUMENT, DATE) or one.name == "sex"}
    if DOCUMENT not in by_kind:
        return table
    read = [parse_identity(text) for text in _text(table[by_kind[DOCUMENT]]).to_pylist()]
    known = {
        DATE: [f"{one.birth:%Y%m%d}" if one.valid and one.birth else None for one in read],
        CODE: [one.sex if one.valid and one.sex else None for one in read],
    }
    for kind, values in known.items():
        if kind in by_kind:
            at = table.column_names.index(by_kind[kind])
            told = table[at].cast(pa.string())
            missing = pc.fill_null(pc.equal(told, ""), True)
            filled = pc.if_else(missing, pa.array(values, pa.string()), told)
            table = table.set_column(at, by_kind[kind], filled)
    return table


def _columns(table: pa.Table, fields: Sequence[Field]) -> tuple[Column, ...]:
    """Columns of one kind share a dictionary, so that a value in the wrong one of them is recognised."""
    made: dict[str, Column] = {}
    for kind in KINDS:
        group = [one for one in fields if one.kind == kind]
        if not group:
            continue
        valid: dict[str, bool] = {}
        texts_in = [_text(table[one.name]) for one in group]
        codes, texts = coded(texts_in, _reader(kind, valid))
        sounds = [names.sounded(text) for text in texts] if kind == NAME else texts
        index: dict[str, int] = {}
        sound = [index.setdefault(spoken, len(index)) for spoken in sounds]
        for one, code in zip(group, codes, strict=True):
            made[one.name] = Column(
                field=one,
                code=code,
                texts=np.array([*texts, ""], dtype=object),
                sounds=np.array([*sounds, ""], dtype=object),
                sound=np.array([*sound, -1], dtype=np.int64),
                checked=np.array([*(valid.get(text, False) for text in texts), False]),
                records=np.bincount(code[code >= 0], minlength=len(texts) + 1),
            )
    return tuple(made[one.name] for one in fields)


def _text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return column.cast(pa.string()).fill_null("")


def _reader(kind: str, valid: dict[str, bool]) -> Callable[[str], str]:
    def document(text: str) -> str:
        identity = parse_identity(text)
        number = document_number(identity)
        valid[number] = valid.get(number, False) or identity.valid
        return number

    readers: dict[str, Callable[[str], str]] = {
        NAME: names.canonical,
        DOCUMENT: document,
        NUMBER: code_text,
        PHONE: phone_number,
        DATE: date_digits,
        ADDRESS: address_text,
        CODE: _code,
    }
    return readers[kind]


def _code(text: str) -> str:
    plain = code_text(text)
    return _SEX.get(plain, plain)


def date_digits(text: str) -> str:
    """日期 — eight digits YYYYMMDD of `1990-3-7`, `1990年3月7日`, `19900307` or an ISO date; `""` for anything else.

    A day that no calendar has (19901332) is kept: a slip of the pen is still near the date meant.
    """
    plain = unicodedata.normalize("NFKC", text).split(" ")[0].split("T")[0]
    parts = [part for part in _NOT_DIGIT.split(plain) if part]
    if len(parts) == 3 and len(parts[0]) == 4:
        return f"{parts[0]}{parts[1].zfill(2)}{parts[2].zfill(2)}"[:8]
    digits = "".join(parts)
    return digits if len(digits) == 8 else ""


def address_text(text: str) -> str:
    """地址 — half width, simplified, upper case; Chinese without separators, Latin with single blanks."""
    plain = unicodedata.normalize("NFKC", text).translate(SIMPLIFIED).upper()
    return " ".join(_LOOSE.sub(" ", plain).split()) if plain.isascii() else _LOOSE.sub("", plain)
