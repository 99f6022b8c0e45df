"""结账 — what a closed month said, kept whole: the same papers again for ever, and what the records say now beside it."""

from __future__ import annotations

import types
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import date
from typing import Any, get_args, get_origin, get_type_hints

from renjia.engine.units import Month
from renjia.work.reports.figures import BulletinFigures, Correction

_FORM = 1
_WHOLE = "全区"
# `late` is left out: what is overdue grows with the calendar, without anyone having corrected anything.
_STREET = (
    ("issued", "应核实"), ("done", "已有结果"), ("in_time", "时限内有结果"), ("unverifiable", "无法核实"), ("open", "未办结"),
)  # fmt: skip
_BIRTHS = (("male", "活产：男"), ("female", "活产：女"), ("unknown", "活产：性别不详"))
_RECEIVED = (("received", "收到"), ("returned", "退回"), ("repeated", "重复"))
_CASES = (("decided", "已决"), ("twins_undecided", "双胎待定"), ("in_review", "待复核"), ("alone", "单独"))
_SHARE = (("numerator", "分子"), ("denominator", "分母"))


def freeze(figures: BulletinFigures) -> dict[str, Any]:
    """结账值 — every figure as plain JSON; holds nothing of the value it came from, so later edits cannot reach it."""
    return {"form": _FORM, "figures": _plain(figures)}


def thaw(closed: dict[str, Any]) -> BulletinFigures:
    """还原 — the figures a closed month was printed from; their bulletin is the same value, its papers the same bytes.

    Raises ValueError (Chinese) when the stored value has a form this version does not know.
    """
    _known(closed)
    value = _back(BulletinFigures, closed["figures"])
    assert isinstance(value, BulletinFigures)
    return value


def compare(closed: dict[str, Any], now: dict[str, Any]) -> list[Correction]:
    """比结账 — each count that is no longer what the closed month said: district first, then streets in the closed order.

    What stands on one side only is None on the other. Raises ValueError (Chinese) for two different months.
    """
    _known(closed)
    _known(now)
    before, after = closed["figures"], now["figures"]
    if (before["month"], before["district"]) != (after["month"], after["district"]):
        raise ValueError(
            f"结账的是 {before['district']} {before['month']}，现在的是 {after['district']} {after['month']}；"
            "只能拿同一个区同一个月的来比"
        )
    was, is_now = _counts(before), _counts(after)
    month = str(before["month"])
    return [
        Correction(
            _street_name(key, was, is_now), key[1], was.get(key, ("", None))[1], is_now.get(key, ("", None))[1], month
        )
        for key in [*was, *(key for key in is_now if key not in was)]
        if was.get(key, ("", None))[1] != is_now.get(key, ("", None))[1]
    ]


_Counts = dict[tuple[str, str], tuple[str, int | str | None]]


def _street_name(key: tuple[str, str], was: _Counts, now: _Counts) -> str:
    return (was.get(key) or now[key])[0]


def _counts(figures: dict[str, Any]) -> _Counts:
    """逐项 — (place, item) → (place's name, value)."""
    found: _Counts = {}

    def put(name: str, value: int | str, place: str = _WHOLE, shown: str = _WHOLE) -> None:
        found[place, name] = (shown, value)

    for key, name in _BIRTHS:
        put(name, figures["births"][key])
    for one in figures["received"]:
        for key, name in _RECEIVED:
            put(f"{one['source']}{name}", one[key])
    for key, name in _CASES:
        put(f"个案：{name}", figures["cases"][key])
    for one in figures["timeliness"]:
        for key, name in _SHARE:
            put(f"{one['source']}上报及时率{name}", one[key])
    for one in figures["agreement"]:
        for key, name in _SHARE:
            put(f"{one['field']}一致率{name}", one[key])
    for key, name in _STREET:
        put(name, sum(street[key] for street in figures["streets"]))
    for street in figures["streets"]:
        for key, name in _STREET:
            put(name, street[key], street["code"] or street["name"], street["name"])
    for one in figures["definitions"]:
        put(f"口径「{one['name']}」", one["version"])
    return found


def _known(closed: dict[str, Any]) -> None:
    if closed.get("form") != _FORM:
        raise ValueError(
            f"结账值的格式是「{closed.get('form')}」，这个版本只认「{_FORM}」；请用做这次结账的版本打开，或先升级"
        )


def _plain(value: object) -> Any:
    if isinstance(value, Month):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    return value


_READ: dict[type, Callable[[str], object]] = {Month: Month.parse, date: date.fromisoformat}


def _back(wanted: Any, value: Any) -> object:
    if isinstance(wanted, types.UnionType):
        inner = [one for one in get_args(wanted) if is_dataclass(one)]
        return None if value is None else _back(inner[0], value) if inner else value
    if get_origin(wanted) is tuple:
        return tuple(_back(get_args(wanted)[0], one) for one in value)
    if wanted in _READ:
        return _READ[wanted](value)
    if is_dataclass(wanted) and isinstance(wanted, type):
        hints = get_type_hints(wanted)
        return wanted(**{name: _back(hints[name], one) for name, one in value.items()})
    return value
