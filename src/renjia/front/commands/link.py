"""对账 — `renjia link`: a folder of departments' files in, one case per child and every difference out; no database."""

import json
import time
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from renjia.engine.linkage import Model, keep_freed_memory, model_from_json
from renjia.engine.units import system_said
from renjia.front.commands.progress import bars
from renjia.front.reconciling import ENGINES, STATES, link_folder
from renjia.records.intake import Refusal
from renjia.records.intake.problems import refuse


def _held(path: Path | None, learned: bool) -> Model | None:
    """The model of a file; refused together with learning, or when it is none."""
    if path is None:
        return None
    if learned:
        raise refuse(path.name, "「--learn」与「--model」不能同时用", "要么重新学习，要么用以前学得的模型")
    try:
        return model_from_json(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise refuse(
            str(path), f"读不了这个模型文件（{error}）", "请核对路径；要用「renjia link --learn」写出的文件"
        ) from None
    except ValueError as error:
        raise refuse(path.name, str(error).split("；")[0], str(error).split("；")[-1]) from None


def _checked(engine: str, store: Path | None, learned: bool) -> str:
    """Options that hold together, or a refusal."""
    if engine not in ENGINES:
        raise refuse("--engine", f"没有「{engine}」", f"可用：{'、'.join(ENGINES)}")
    if store is not None and (learned or engine != "memory"):
        raise refuse(
            "--store", "存储不能与「--learn」「--engine」同用", "先用 --learn 得到 模型.json，再用 --store 加 --model"
        )
    return engine


def link(
    directory: Annotated[Path, typer.Argument(metavar="文件夹", help="来源文件夹：五个部门的文件，平放或按月分文件夹")],
    out: Annotated[Path, typer.Option(help="结果写到哪个文件夹：个案.csv、差异.csv、待复核.csv", file_okay=False)],
    learned: Annotated[bool, typer.Option("--learn", help="先从这些记录学习判定参数，模型写到 模型.json")] = False,
    model: Annotated[Path | None, typer.Option(help="用以前学得的 模型.json", dir_okay=False)] = None,
    decisions: Annotated[Path | None, typer.Option(help="填好“决定”的 待复核.csv", dir_okay=False)] = None,
    store: Annotated[
        Path | None, typer.Option(help="对账存储：逐月并进去，个案号不变，另写 变动.csv", file_okay=False)
    ] = None,
    engine: Annotated[str, typer.Option(help="memory 内存，duckdb 超过内存，spark 集群；答案相同")] = "memory",
    as_json: Annotated[bool, typer.Option("--json", help="摘要写成 JSON，给程序读")] = False,
) -> None:
    """对账：五部门的出生记录归到每个孩子一个个案，列出各来源的不同。不用数据库。"""
    keep_freed_memory()
    console = Console(stderr=True, soft_wrap=True)
    begun = time.monotonic()
    try:
        held, engine = _held(model, learned), _checked(engine, store, learned)
        with bars(console) as told:
            outcome = link_folder(
                directory, out, told, learned=learned, model=held, engine=engine, store=store, answers=decisions
            )
    except Refusal as refusal:
        console.print("不能对账，没有写任何文件：", markup=False)
        for problem in refusal.problems:
            console.print(str(problem), markup=False)
        raise typer.Exit(2) from None
    except OSError as error:
        console.print(
            f"不能写到「{out}」：{system_said(error)}；请换一个文件夹，或关掉正打开着的结果文件", markup=False
        )
        raise typer.Exit(2) from None
    if as_json:
        print(json.dumps(asdict(outcome), ensure_ascii=False))
        return
    for note in outcome.notes:
        console.print(note, markup=False)
    if outcome.changes:
        console.print(
            "个案号变动：" + "，".join(f"{kind} {count:,}" for kind, count in outcome.changes.items()), markup=False
        )
    states = "，".join(f"{name} {outcome.states.get(name, 0):,}" for name in STATES.values())
    read = f"读 {outcome.files} 个文件 {outcome.rows:,} 行"
    print(f"{read}，{outcome.records:,} 条记录归为 {outcome.cases:,} 个个案：{states}")
    if back := outcome.states.get(STATES["returned"], 0):
        console.print(f"退回 {back:,} 条，行、列、缘由、改法在「{out / '退回.csv'}」", markup=False)
    asked = f"待复核问题 {outcome.questions:,} 个，差异 {outcome.differences:,} 行"
    print(f"{asked}；写在「{out}」，用时 {time.monotonic() - begun:.1f} 秒")
    if back == outcome.records:
        console.print("全部退回，没有可对的记录。", markup=False)
        raise typer.Exit(1)
