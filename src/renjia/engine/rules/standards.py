"""标准 — dated, place-keyed parameters: the value in force, whether it may pay, and what is wanted when it may not."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from renjia.engine.pages import Page, PageError, Standard
from renjia.engine.rules.errors import RuleError
from renjia.engine.rules.places import NATIONS, Place

NATION = NATIONS[0]
UNSETTLED = ("待定", "MANUAL")
_NAMES = {"integer": "整数", "decimal": "金额或小数", "boolean": "true 或 false", "date": "日期", "text": "代码"}
_INTEGER = re.compile(r"-?(0|[1-9]\d*)")
_DECIMAL = re.compile(r"-?(0|[1-9]\d*)\.\d+")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_NUMBERISH = re.compile(r"[-+.]?\d.*|NO|No|no|YES|Yes|yes|on|off|ON|OFF|null|~")


@dataclass(frozen=True, slots=True)
class Setting:
    """一个取值 — what a parameter is worth on a day at a place.

    value: text as written, None when there is none or it is 待定; place: the code whose page says so (000000 = nation)
    """

    id: str
    value: str | None
    confirmed: bool
    place: str
    since: date | None
    unit: str
    source: str
    wanted: str

    @property
    def blocked(self) -> bool:
        """不能用 — no value, or one nobody has confirmed."""
        return self.value is None or not self.confirmed

    def __str__(self) -> str:
        """一句话 — for messages."""
        state = "没有值" if self.value is None else f"{self.value}（未确认）"
        source = f"；依据：{self.source}" if self.source else ""
        return f"参数 {self.id}{f'（{self.unit}）' if self.unit else ''} {state}{source}；需 {self.wanted}"


@dataclass(frozen=True, slots=True)
class Parameter:
    """一个参数 — its type, and the standards that set it, by place code."""

    id: str
    type: str
    by_place: Mapping[str, Standard]
    wanted: str
    since: date

    def at(self, place: Place, day: date) -> Setting:
        """某地某日的取值 — the nearest place that has a value in force on the day."""
        for code in place.chain:
            standard = self.by_place.get(code)
            value = standard.on(day) if standard else None
            if standard is None or value is None:
                continue
            shown = None if value in UNSETTLED else value
            started = max(since for since in standard.values if since <= day)
            confirmed = standard.is_confirmed(day) and shown is not None
            return Setting(self.id, shown, confirmed, code, started, standard.unit, standard.source, self.wanted)
        return Setting(self.id, None, False, "", None, self.unit, "", self.wanted)

    def fixed(self, value: str) -> "Parameter":
        """固定 — the parameter with one value, confirmed, everywhere and always."""
        standard = Standard(self.id, {date.min: value}, confirmed=True, unit=self.unit, source="假定")
        kind = type_of([standard])
        if self.type != kind and value not in UNSETTLED and not (self.type == "decimal" and kind == "integer"):
            raise RuleError(f"参数「{self.id}」的值「{value}」不是{_NAMES[self.type]}；请写合适的值")
        return Parameter(self.id, self.type, {NATION: standard}, self.wanted, date.min)

    @property
    def unit(self) -> str:
        """单位 — as the first page that says one."""
        return next((one.unit for one in self.by_place.values() if one.unit), "")

    def days(self, place: Place) -> list[date]:
        """变动日 — every day on which the value, or whether it is confirmed, may change at the place."""
        found: set[date] = set()
        for standard in (self.by_place[code] for code in place.chain if code in self.by_place):
            found |= set(standard.values)
            if standard.confirmed_until is not None:
                found.add(standard.confirmed_until + timedelta(days=1))
        return sorted(found)


def type_of(standards: Sequence[Standard]) -> str:
    """类型 — of all the values a parameter ever has; `""` when they do not fit one another.

    integer, decimal (also whole numbers whose unit begins with 元), boolean, date or text; `null` when all are 待定.
    """
    kinds = {_kind(value) for one in standards for value in one.values.values() if value not in UNSETTLED}
    if any(one.unit.startswith("元") for one in standards) and kinds <= {"integer", "decimal"}:
        return "decimal"
    if kinds == {"integer", "decimal"}:
        return "decimal"
    if not kinds:
        return "decimal" if any(one.unit.startswith("元") for one in standards) else "null"
    return kinds.pop() if len(kinds) == 1 else ""


def check_values(page: Page, keys: tuple[str | int, ...], standard: Standard, choices: Sequence[str]) -> None:
    """核取值 — refuse what YAML or a hand may have spoilt: `NO`, `012`, `3,600`, a choice not in the list."""
    for day, value in standard.values.items():
        where = (*keys, day.isoformat())
        if value in UNSETTLED:
            continue
        if choices and value not in choices:
            raise page.error(where, f"「{value}」不在可选之内", f"可选：{'、'.join(choices)}；不知道就写 待定")
        if _kind(value) == "text" and _NUMBERISH.fullmatch(value):
            raise page.error(where, f"「{value}」看不出是数还是文字", "数写 12 或 12.5，是否写 true、false，不写千分号")
        if _DATE.fullmatch(value):
            try:
                date.fromisoformat(value)
            except ValueError:
                raise page.error(where, f"「{value}」不是日期", "写成 2025-01-31") from None


def parameter(
    id: str, found: Mapping[str, tuple[Page, tuple[str | int, ...], Standard]], choices: Sequence[str], wanted: str
) -> Parameter:
    """立参数 — from the pages that set it, by place code; PageError where values do not fit one another."""
    for page, keys, standard in found.values():
        check_values(page, keys, standard, choices)
    kind = type_of([standard for _, _, standard in found.values()])
    national = next((found[code] for code in NATIONS if code in found), None)
    page, keys, standard = national or next(iter(found.values()))
    if not kind:
        values = sorted({value for _, _, one in found.values() for value in one.values.values()})
        what = f"标准「{id}」的值 {'、'.join(values)} 不是一类"
        raise PageError(page.path, page.line_of(*keys), what, "都写成数、都写成日期或都写成代码")
    if kind == "null":
        kind = "text" if choices else "decimal"
    by_place = {code: one for code, (_, _, one) in found.items()}
    unit = f"（{standard.unit}）" if standard.unit else ""
    return Parameter(id, kind, by_place, wanted or f"载明 {id}{unit} 的文件", min(standard.values))


def _kind(value: str) -> str:
    if _INTEGER.fullmatch(value):
        return "integer"
    if _DECIMAL.fullmatch(value):
        return "decimal"
    if value in ("true", "false"):
        return "boolean"
    return "date" if _DATE.fullmatch(value) else "text"
