"""评分 — `renjia score`: a rubric and a table of facts in, scores, grades and what to beware of out; no database."""

import json
import time
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from renjia.engine.pages import PageError
from renjia.engine.scoring import Rubric, Scores, ScoringError, load_rubric, rubric_ids, score_text
from renjia.engine.scoring import score as score_places
from renjia.engine.units import system_said
from renjia.front.appraising import (
    FactsTable,
    Fault,
    Faults,
    Warned,
    check_out,
    read_facts,
    replace_files,
    result_files,
    sheet_files,
    warnings_of,
    warnings_path,
)  # fmt: skip


def score(
    rubric: Annotated[str, typer.Argument(metavar="细则", help="评分细则的编号，如 pudong-2024")],
    facts: Annotated[
        Path,
        typer.Argument(
            metavar="事实表", help="事实表（CSV 或 Excel）：一行一个街镇，第一列街镇，其余列名照细则的事实名"
        ),
    ],
    out: Annotated[Path, typer.Option(help="结果写到哪个文件：.csv（提示另写 …-提示.csv）或 .xlsx")],
    reading: Annotated[list[str] | None, typer.Option(help="换一种读法，如 Q1=floor；可写多次")] = None,
    as_is: Annotated[bool, typer.Option("--as-is", help="（%）的值在 0 到 1 之间也照写的算（0.5 就是 0.5%）")] = False,
    sheets: Annotated[Path | None, typer.Option(help="每个街镇一张评分表（照原表版式），写到这个文件夹")] = None,
    sheet: Annotated[str | None, typer.Option(help="事实在工作簿的哪张表（只有一张像事实表时不用写）")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="摘要写成 JSON，给程序读")] = False,
) -> None:
    """评分：照一份评分细则算每个街镇的得分、名次和等次，并列出要留意的事。不用数据库。"""
    console = Console(stderr=True, soft_wrap=True)
    begun = time.monotonic()
    try:
        chosen, table, scores, warned = _scored(rubric, facts, out, reading or [], as_is, sheets, sheet)
        written = _written(out, sheets, chosen, scores, warned, table.place_word)
    except Faults as faults:
        console.print("不能评分，没有写任何文件：", markup=False)
        for fault in faults.faults:
            console.print(str(fault), markup=False)
        raise typer.Exit(2) from None
    summary = _summary(chosen, scores, warned, written, time.monotonic() - begun)
    if as_json:
        print(json.dumps(summary, ensure_ascii=False))
        return
    grades = "，".join(f"{name} {count}" for name, count in summary["等次"].items())
    print(f"{chosen.name}：{len(scores.places):,} 个{table.place_word}，{grades}")
    if summary["未评定"]:
        print(f"缺事实、没有总分的 {summary['未评定']:,} 个")
    print(
        f"提示 {len(warned):,} 条，写在「{warnings_path(out)}」{'的「提示」表' if out.suffix.lower() == '.xlsx' else ''}"
    )
    print(f"结果写在「{out}」，用时 {summary['用时秒']} 秒")


def _scored(
    rubric: str, facts: Path, out: Path, readings: list[str], as_is: bool, sheets: Path | None, sheet: str | None
) -> tuple[Rubric, FactsTable, Scores, list[Warned]]:
    """Everything that can be wrong is looked for before anything is scored, and all of it is said."""
    faults = check_out(out, facts)
    if sheets is not None and (sheets.is_file() or not sheets.parent.is_dir()):
        faults.append(Fault(f"评分表不能写到「{sheets}」", "请换一个文件夹"))
    chosen = _rubric(rubric, readings, faults)
    data = _bytes(facts, faults)
    if chosen is None or data is None:
        raise Faults(faults)
    try:
        table = read_facts(data, facts.name, chosen, as_is=as_is, sheet=sheet)
    except Faults as found:
        raise Faults([*faults, *found.faults]) from None
    if faults:
        raise Faults(faults)
    try:
        scores = score_places(chosen, table.facts)
    except ScoringError as error:
        raise Faults([_fault(error)]) from None
    return chosen, table, scores, warnings_of(chosen, table, scores)


def _rubric(name: str, readings: list[str], faults: list[Fault]) -> Rubric | None:
    """The rubric under the readings asked for; None when it cannot be had, and then why is among the faults."""
    if name not in rubric_ids():
        faults.append(Fault(f"没有评分细则「{name}」", f"现有：{'、'.join(rubric_ids())}"))
        return None
    try:
        found = load_rubric(name)
    except PageError as error:
        faults.append(Fault(f"细则的定义页有误：{error}", "请改好这一页"))
        return None
    asked: dict[str, str] = {}
    for one in readings:
        key, equals, value = (part.strip() for part in one.partition("="))
        if not (key and equals and value):
            faults.append(Fault(f"读法「{one}」写得不对", "请写成 Q1=floor 的样子"))
        elif key in asked:
            faults.append(Fault(f"读法「{key}」写了两次", "请只写一次"))
        else:
            asked[key] = value
    for key, value in asked.items():
        try:
            found = found.with_readings({key: value})
        except ScoringError as error:
            faults.append(_fault(error))
    return found


def _fault(error: ScoringError) -> Fault:
    return Fault(error.reason, error.remedy, error.place, error.fact, "" if error.value is None else str(error.value))


def _bytes(facts: Path, faults: list[Fault]) -> bytes | None:
    try:
        return facts.read_bytes()
    except FileNotFoundError:
        faults.append(Fault(f"没有文件「{facts}」", "请核对路径"))
    except OSError as error:
        faults.append(Fault(f"读不了「{facts}」：{system_said(error)}", "请核对路径和权限，或关掉正打开着它的程序"))
    return None


def _written(
    out: Path, sheets: Path | None, rubric: Rubric, scores: Scores, warned: list[Warned], place_word: str
) -> list[Path]:
    whole = result_files(out, rubric, scores, warned, place_word)
    if sheets is not None:
        whole |= sheet_files(sheets, rubric, scores)
    try:
        if sheets is not None:
            sheets.mkdir(exist_ok=True)
        replace_files(whole)
    except OSError as error:
        remedy = "请换一个文件夹，或关掉正打开着的结果文件"
        raise Faults(
            [Fault(f"不能写到「{error.filename2 or error.filename or out}」：{system_said(error)}", remedy)]
        ) from None
    return list(whole)


def _summary(
    rubric: Rubric, scores: Scores, warned: list[Warned], written: list[Path], seconds: float
) -> dict[str, Any]:
    grades = dict.fromkeys(rubric.grades, 0)
    for place in scores.places.values():
        if place.total is not None:
            grades[place.grade or "未定"] = grades.get(place.grade or "未定", 0) + 1
    return {
        "细则": rubric.id,
        "街镇": len(scores.places),
        "等次": grades,
        "未评定": sum(place.total is None for place in scores.places.values()),
        "最高": score_text(max((one.total for one in scores.places.values() if one.total is not None), default=None)),
        "提示": len(warned),
        "读法": {key: one.chosen for key, one in rubric.readings.items()},
        "文件": [str(path) for path in written],
        "用时秒": round(seconds, 1),
    }
