"""页上的例 — each case of a scheme's page: small tables, a day, a place, and the answers they should give."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

import pyarrow as pa

from renjia.engine.pages import Page, Plain
from renjia.engine.rules.decisions import Decision
from renjia.engine.rules.errors import RuleError
from renjia.engine.rules.explaining import judge_family
from renjia.engine.rules.judging import DECISIONS, UNCONFIRMED, assuming
from renjia.engine.rules.schemas import TABLES
from renjia.engine.rules.schemes import Scheme, read_scheme, root_of
from renjia.engine.rules.words import Keys, nearest
from renjia.engine.rules.workset import Tables
from renjia.engine.sql import small_table

_OWN = ("on", "place", "assumes", "unconfirmed", "gives")
_PLACE = "310115"
_EVERY_ROW = {"source": "例"}
_SHOWN = ("决定", "起", "止", "月标准", "金额", "本年", "排期", "条件", "需")
_ARROW = {
    "text": pa.string(), "date": pa.date32(), "integer": pa.int32(), "boolean": pa.bool_(),
    "decimal": pa.decimal128(18, 2), "double": pa.float64(),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class CaseRun:
    """一例的结果 — what the page expects and what came out, both as text by `subject key`."""

    scheme: str
    name: str
    expected: dict[str, str]
    found: dict[str, str]

    @property
    def passed(self) -> bool:
        """相符 — whether they are the same."""
        return self.expected == self.found


def run_cases(which: Scheme | Page, root: Path | None = None) -> list[CaseRun]:
    """跑页上的例 — every case of the page, in order; PageError at the line of one that cannot be read."""
    scheme = which if isinstance(which, Scheme) else read_scheme(which, root)
    if not scheme.page.cases:
        return []
    with Tables({}, root=root or root_of(scheme.page), threads=1, optimised=False) as family:
        return [_run(scheme, at, case, family) for at, case in enumerate(scheme.page.cases)]


def _run(scheme: Scheme, at: int, case: Plain, family: Tables) -> CaseRun:
    page = scheme.page
    if not isinstance(case, dict) or len(case) != 1:
        raise page.error(("cases", at), "一例应有一个名字", "写成「- 例名:」，下面缩进写表和 gives")
    name, body = next(iter(case.items()))
    keys: Keys = ("cases", at, name)
    if not isinstance(body, dict) or not isinstance(gives := body.get("gives"), dict):
        raise page.error(keys, f"「{name}」没有写 gives", "写成 gives: {c: 符合 2400.00}")
    on = _day(page, keys, body)
    assumes = body.get("assumes", {})
    if not isinstance(assumes, dict):
        raise page.error((*keys, "assumes"), "assumes 应是「参数: 值」", "写成 assumes: {standard: 590}")
    wanted = {str(subject): _wanted(page, (*keys, "gives", subject), one) for subject, one in gives.items()}
    try:
        trial = assuming(scheme, {key: str(value) for key, value in assumes.items()})
        tables, facts = _tables(scheme, page, keys, body)
        family.refill(tables, facts=facts)
        assume = UNCONFIRMED if body.get("unconfirmed") == "true" else ""
        found = {
            one.subject: one for one in judge_family(trial, family, on, str(body.get("place", _PLACE)), assume=assume)
        }
    except RuleError as wrong:
        raise page.error(keys, f"「{name}」{wrong}", "改好这一例") from wrong
    expected = {f"{subject} {key}": text for subject, keyed in wanted.items() for key, text in keyed.items()}
    shown = {
        f"{subject} {key}": _shown(found.get(subject), key, text)
        for subject, keyed in wanted.items()
        for key, text in keyed.items()
    }
    return CaseRun(scheme.id, name, expected, shown)


def _day(page: Page, keys: Keys, body: Mapping[str, Plain]) -> date:
    try:
        return date.fromisoformat(str(body.get("on", "")))
    except ValueError:
        raise page.error(keys, "没有写 on（判定日），或不是日期", "写成 on: 2025-10-15") from None


def _tables(
    scheme: Scheme, page: Page, keys: Keys, body: Mapping[str, Plain]
) -> tuple[dict[str, pa.Table], dict[str, pa.Table]]:
    tables: dict[str, pa.Table] = {}
    facts: dict[str, pa.Table] = {}
    for name, text in body.items():
        if name in _OWN:
            continue
        if name not in TABLES and name != scheme.per:
            known = (*TABLES, scheme.per, *_OWN)
            raise page.error((*keys, name), f"没有「{name}」这张表{nearest(name, known)}", f"可写：{'、'.join(known)}")
        words = scheme.vocabulary.words[scheme.per]
        schema = TABLES[name].schema if name in TABLES else pa.schema([(w, _ARROW[kind]) for w, kind in words.items()])
        try:
            table = small_table(schema, str(text), _EVERY_ROW if name in TABLES else None)
        except ValueError as wrong:
            raise page.error((*keys, name), f"「{name}」{wrong}", "第一行列名，以下每行一条，空的写 -") from wrong
        (tables if name in TABLES else facts)[name] = table
    return tables, facts


def _wanted(page: Page, keys: Keys, said: Plain) -> dict[str, str]:
    if isinstance(said, str):
        decision, _, amount = said.partition(" ")
        said = {"决定": decision, **({"金额": amount.strip()} if amount.strip() else {})}
    if not isinstance(said, dict):
        raise page.error(keys, "应写决定，或「决定: 符合」等几项", "例如 {决定: 符合, 金额: 2400.00}")
    found: dict[str, str] = {}
    for key, value in said.items():
        if key not in _SHOWN:
            raise page.error((*keys, key), f"不认识「{key}」{nearest(key, _SHOWN)}", f"可写：{'、'.join(_SHOWN)}")
        if key == "决定" and value not in DECISIONS.values():
            raise page.error((*keys, key), f"没有「{value}」这种决定", f"可写：{'、'.join(DECISIONS.values())}")
        if isinstance(value, dict):
            found[key] = " ".join(f"{period}:{_money(str(amount))}" for period, amount in value.items())
        else:
            found[key] = _money(str(value)) if key in ("月标准", "金额", "本年") else str(value)
    return found


def _money(text: str) -> str:
    try:
        return f"{Decimal(text):.2f}"
    except InvalidOperation:
        return text


def _shown(found: Decision | None, key: str, wanted: str) -> str:
    if found is None:
        return "（没有这个对象）"
    if key == "条件":
        return found.marks
    if key == "需":
        return wanted if wanted in found.reason else found.reason
    if key == "排期":
        return " ".join(f"{one.period}:{one.amount:.2f}" for one in found.schedule)
    plain = found.as_dict()
    value = plain["本年金额" if key == "本年" else key]
    return "" if value is None else str(value)
