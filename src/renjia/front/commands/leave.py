"""假期 — `renjia leave`: the leave of both parents for one birth, miscarriage or marriage; no database."""

import json
from dataclasses import replace
from datetime import date
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Column, Table

from renjia.engine.pages import PageError
from renjia.engine.rules import Asked, Leave, RuleError, leaves

COLUMNS = ("假别", "人", "起", "止", "天数", "条款")


def leave(
    birth: Annotated[str, typer.Option("--birth", help="分娩日期（流产的写流产日期），例如 2025-03-07。")] = "",
    place: Annotated[str, typer.Option("--place", help="区划代码，例如 310115。")] = "",
    babies: Annotated[int, typer.Option("--babies", help="这次分娩的婴儿数。")] = 1,
    difficult: Annotated[bool, typer.Option("--difficult", help="难产。")] = False,
    miscarriage_weeks: Annotated[int | None, typer.Option("--miscarriage-weeks", help="流产时的孕周。")] = None,
    married: Annotated[str, typer.Option("--married", help="结婚登记日期；写了才算婚假。")] = "",
    assume: Annotated[str, typer.Option("--assume", help="写 unconfirmed：未确认的标准也算，并注明未确认。")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="印成 JSON，供别的程序读。")] = False,
) -> None:
    """假期：一次分娩（或流产、结婚），父母双方各有哪些假，从哪天到哪天。"""
    try:
        asked = Asked(_day(birth, "--birth"), _place(place), babies, difficult, miscarriage_weeks)
        if married:
            asked = replace(asked, married=_day(married, "--married"))
        if assume not in ("", "unconfirmed"):
            raise RuleError(f"--assume 只能写 unconfirmed，不能写「{assume}」")
        found = leaves(asked, assume=assume == "unconfirmed")
    except (RuleError, PageError) as wrong:
        Console(stderr=True).print(str(wrong), markup=False, highlight=False)
        raise typer.Exit(2) from None
    if as_json:
        print(json.dumps([told(one) for one in found], ensure_ascii=False, indent=2))
    else:
        _print(found)


def told(one: Leave) -> dict[str, Any]:
    """一个假 — as other programs read it; 天数 is null for part of each day and for 需配置."""
    return {
        "假别": one.name, "人": one.who, "起": str(one.first) if one.first else None,
        "止": str(one.last) if one.last else None, "天数": one.days, "条款": one.clause, "决定": one.decision,
        "每日小时": one.hours, "未确认": one.unconfirmed, "说明": one.note, "需": list(one.wanted), "编号": one.id,
    }  # fmt: skip


def _day(text: str, option: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise RuleError(f"{option} 写的是「{text}」；请写 2025-03-07 这样的日期") from None


def _place(text: str) -> str:
    if not text:
        raise RuleError("没有写 --place；请写区划代码，例如 --place 310115")
    return text


def _print(found: list[Leave]) -> None:
    table = Table(*(Column(name, overflow="fold") for name in COLUMNS))
    notes = []
    for one in found:
        days = f"每日 {one.hours} 小时" if one.hours and one.days is None else str(one.days or "—")
        mark = "（未确认）" if one.unconfirmed else ""
        first, last = (str(day) if day else one.decision for day in (one.first, one.last))
        table.add_row(one.name, one.who, first, last, days + mark, one.clause)
        said = "；".join((*((one.note,) if one.note else ()), *one.wanted))
        if said and f"{one.name}：{said}" not in notes:
            notes.append(f"{one.name}：{said}")
    console = Console(width=None)
    console.print(table)
    for note in notes:
        console.print(f"· {note}", markup=False, highlight=False)
