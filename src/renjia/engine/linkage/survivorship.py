"""采用值 — where sources differ, which value a case takes and by which rule; and every difference, listed.

Rules are on a page (`definitions/survivorships/birth_case.yaml`): per field its criteria in turn, and the order of
sources.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from renjia.engine.linkage import names
from renjia.engine.linkage.columns import Flags, Ints, baby_names, coded, typed
from renjia.engine.linkage.texts import certificate_number, code_text, document_number, phone_number
from renjia.engine.pages import Page, page
from renjia.engine.units import parse_identity, shortest

CRITERIA = ("checked", "majority", "latest", "order")
_NUMBERS = ("minute", "weight", "order", "plurality", "parity")
_SEXES = {"1": "男", "2": "女"}


@dataclass(frozen=True, slots=True)
class Rule:
    """一个字段的规则 — criteria in turn (checked, majority, latest, order), sources from the most trusted down.

    tolerance: largest gap of two numbers that is no difference; unsettled: said instead of the rule's name when two
    addresses lie in different streets.
    """

    field: str
    label: str
    name: str
    by: tuple[str, ...]
    order: tuple[str, ...]
    tolerance: int = 0
    unsettled: str = ""


def rules(id: str = "birth_case") -> dict[str, Rule]:
    """规则 — by field, from the page; PageError names file and line of what the page has wrong."""
    return _rules(id)


@lru_cache(maxsize=4)
def _rules(id: str) -> dict[str, Rule]:
    sheet = page("survivorship", id)
    said = sheet.body["fields"]
    assert isinstance(said, dict)
    return {field: _rule(sheet, field, one) for field, one in said.items()}


def _rule(sheet: Page, field: str, said: Any) -> Rule:
    keys = ("fields", field)
    if not isinstance(said, dict) or not {"label", "rule", "by", "order"} <= set(said):
        raise sheet.error(
            keys, f"「{field}」缺 label、rule、by 或 order", "写成 {label: 性别, rule: …, by: […], order: […]}"
        )
    for criterion in said["by"]:
        if criterion not in CRITERIA:
            raise sheet.error((*keys, "by"), f"没有比法「{criterion}」", f"可用：{'、'.join(CRITERIA)}")
    return Rule(
        field,
        str(said["label"]),
        str(said["rule"]),
        tuple(said["by"]),
        tuple(said["order"]),
        int(said.get("tolerance", "0")),
        str(said.get("unsettled", "")),
    )


@dataclass(frozen=True, slots=True)
class _Field:
    """One field of all records, rows sorted by case: comparison codes (-1 = not stated) and the chosen row per case."""

    rule: Rule
    codes: Ints
    chosen: Ints
    differs: Flags
    unsettled: Flags


def chosen_values(records: pa.Table, assignment: pa.Table) -> pa.Table:
    """采用值 — one row a case: `case`, then every field of the page, with the chosen value (null: nobody states it).

    `case` as in the assignment; values typed as in the record table; outcome is `still` if any record says so.
    """
    table, starts, cases = _by_case(records, assignment)
    columns: dict[str, pa.Array] = {"case": pa.array(cases, pa.string())}
    for field in _fields(table, starts):
        at = pa.array(field.chosen, mask=field.chosen < 0)
        columns[field.rule.field] = table[field.rule.field].combine_chunks().take(at)
    still = pc.fill_null(pc.equal(table["outcome"], "still"), False).to_numpy(zero_copy_only=False)
    any_still = np.logical_or.reduceat(still, starts) if len(starts) else still
    columns["outcome"] = pa.array(np.where(any_still, "still", "live").tolist(), pa.string())
    return pa.table(columns)


def differences(records: pa.Table, assignment: pa.Table) -> pa.Table:
    """差异 — one row a stated value of every field on which a case's records disagree.

    case, field, source, record, value, chosen (texts as people read them), rule (Chinese).
    """
    table, starts, cases = _by_case(records, assignment)
    ends = np.r_[starts[1:], table.num_rows] if len(starts) else starts
    sources, keys = table["source"].to_pylist(), table["record"].to_pylist()
    found: dict[str, list[str]] = {
        name: [] for name in ("case", "field", "source", "record", "value", "chosen", "rule")
    }
    listed: list[tuple[tuple[str, int, int], tuple[str, ...]]] = []
    for position, field in enumerate(_fields(table, starts)):
        values: list[Any] = table[field.rule.field].to_pylist()
        for at in np.flatnonzero(field.differs).tolist():
            name = field.rule.unsettled if field.unsettled[at] else field.rule.name
            chosen = shown(field.rule.field, values[int(field.chosen[at])])
            for row in range(int(starts[at]), int(ends[at])):
                if field.codes[row] >= 0:
                    value = shown(field.rule.field, values[row])
                    order = (cases[at], position, row)
                    listed.append((order, (cases[at], field.rule.field, sources[row], keys[row], value, chosen, name)))
    for _, line in sorted(listed, key=lambda one: one[0]):
        for name, text in zip(found, line, strict=True):
            found[name].append(text)
    return pa.table({name: pa.array(texts, pa.string()) for name, texts in found.items()})


def shown(field: str, value: Any) -> str:
    """显示 — a value as people read it: 男, 08:30, 2025-03-01."""
    if value is None:
        return ""
    if field == "sex":
        return _SEXES.get(value, str(value))
    if field == "minute":
        return f"{value // 60:02d}:{value % 60:02d}"
    return value.isoformat() if isinstance(value, date) else str(value)


def _by_case(records: pa.Table, assignment: pa.Table) -> tuple[pa.Table, Ints, list[str]]:
    """Records sorted by case and record; first row of every case; the cases."""
    table = typed(records)
    keys = assignment.select(["record", "case"])
    at = pc.index_in(table["record"], value_set=keys["record"].combine_chunks())
    if at.null_count:
        missing = table["record"].filter(pc.is_null(at))[0].as_py()
        raise ValueError(f"记录「{missing}」没有对账结果；请用同一批记录的对账结果")
    table = table.append_column("case", keys["case"].take(at))
    table = table.sort_by([("case", "ascending"), ("record", "ascending")])
    cases: list[str] = table["case"].to_pylist()
    starts = np.array([row for row, case in enumerate(cases) if row == 0 or case != cases[row - 1]], dtype=np.int64)
    return table, starts, [cases[start] for start in starts]


def _fields(table: pa.Table, starts: Ints) -> list[_Field]:
    group = np.repeat(np.arange(len(starts)), np.diff(np.r_[starts, table.num_rows]))
    reported = pc.fill_null(table["reported"].cast(pa.int32()), -1).to_numpy().astype(np.int64)
    source = table["source"].to_pylist()
    found = []
    for rule in rules().values():
        codes, texts = _codes(table, rule.field)
        most, least = _extremes(codes, starts)
        differs = most - least > rule.tolerance if rule.field in _NUMBERS else most > least
        unsettled = np.zeros(len(starts), np.bool_)
        if rule.field in ("address", "hukou_place"):
            differs, unsettled = _places_differ(codes, texts, starts, differs, bool(rule.unsettled))
        rank = _rank(rule, table, codes, group, reported, source)
        order = np.lexsort((*reversed(rank), codes < 0, group))
        first = order[np.searchsorted(group[order], np.arange(len(starts)))]
        found.append(_Field(rule, codes, np.where(codes[first] >= 0, first, -1), differs, unsettled))
    return found


def _extremes(codes: Ints, starts: Ints) -> tuple[Ints, Ints]:
    if not len(starts):
        return codes, codes
    known = codes >= 0
    most = np.maximum.reduceat(np.where(known, codes, -1), starts)
    least = np.minimum.reduceat(np.where(known, codes, 1 << 40), starts)
    return most, np.minimum(least, most)


def _rank(
    rule: Rule, table: pa.Table, codes: Ints, group: Ints, reported: Ints, source: Sequence[str]
) -> list[npt.NDArray[Any]]:
    """Sort keys, the best row first; source order and row settle what is left."""
    place = {name: at for at, name in enumerate(rule.order)}
    by_source = np.array([place.get(name, len(place)) for name in source], dtype=np.int64)
    keys: dict[str, Callable[[], npt.NDArray[Any]]] = {
        "checked": lambda: ~_valid(table[rule.field]),
        "majority": lambda: -_sources_agreeing(codes, group, source),
        "latest": lambda: -reported,
        "order": lambda: by_source,
    }
    return [*(keys[criterion]() for criterion in rule.by), by_source, -reported]


def _valid(column: pa.ChunkedArray) -> Flags:
    encoded = column.combine_chunks().dictionary_encode()
    valid = [parse_identity(text).valid for text in encoded.dictionary.to_pylist()]
    at = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    flags: Flags = np.array([*valid, False])[at]
    return flags


def _sources_agreeing(codes: Ints, group: Ints, source: Sequence[str]) -> Ints:
    """How many sources of its case state the same value, per row."""
    names_ = {name: at for at, name in enumerate(sorted(set(source)))}
    by_source = np.array([names_[name] for name in source], dtype=np.int64)
    value = group * (1 << 32) + codes + 1
    distinct, where = np.unique(value, return_inverse=True)
    once = np.unique(where * 64 + by_source) >> 6
    count: Ints = np.bincount(once, minlength=len(distinct))[where]
    return np.where(codes >= 0, count, 0)


def _codes(table: pa.Table, field: str) -> tuple[Ints, list[str]]:
    """Comparison codes of a field: two spellings of one value share a code; numbers are their own codes."""
    if field in _NUMBERS:
        return pc.fill_null(table[field], -1).to_numpy().astype(np.int64), []
    if field == "born":
        return pc.fill_null(table[field].cast(pa.int32()), -1).to_numpy().astype(np.int64), []
    if field == "baby_name":
        return baby_names(table), []
    (codes,), texts = coded([table[field]], _NORMAL[field])
    return codes, texts


def _sex(text: str) -> str:
    return text if text in _SEXES else ""


def _place(text: str) -> str:
    return shortest(code_text(text)) or code_text(text)


def _document(text: str) -> str:
    return document_number(parse_identity(text))


_NORMAL: dict[str, Callable[[str], str]] = {
    "mother_name": names.canonical,
    "father_name": names.canonical,
    "mother_id": _document,
    "father_id": _document,
    "sex": _sex,
    "address": _place,
    "hukou_place": _place,
    "phone": phone_number,
    "institution": code_text,
    "certificate": certificate_number,
    "nationality": names.canonical,
}


def _places_differ(
    codes: Ints, texts: Sequence[str], starts: Ints, differs: Flags, settles: bool
) -> tuple[Flags, Flags]:
    """A street against one of its neighbourhoods is no difference; two streets are one nobody here can settle."""
    differs, unsettled = differs.copy(), np.zeros(len(starts), np.bool_)
    ends = np.r_[starts[1:], len(codes)]
    for at in np.flatnonzero(differs).tolist():
        said = sorted({texts[code] for code in codes[starts[at] : ends[at]].tolist() if code >= 0}, key=len)
        whole = [text for text in said if not any(other != text and other.startswith(text) for other in said)]
        differs[at] = len(whole) > 1
        unsettled[at] = settles and len({text[:9] for text in whole}) > 1
    return differs, unsettled
