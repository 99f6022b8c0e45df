"""判定 — `renjia judge`: a scheme's page over a folder of tables, a row a subject."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from renjia.engine.pages import PageError
from renjia.engine.rules import RuleError, Tables, explain, known_names, read_folder, write_json, write_table
from renjia.engine.rules import judge as judge_all
from renjia.engine.rules import scheme as find_scheme


def judge(
    scheme: Annotated[
        str, typer.Argument(help="项目：编号、中文名或 policy 编号，例如 childcare_subsidy、育儿补贴、CCS")
    ],
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="放着 person.csv 等表的文件夹（CSV 或 Parquet）")],
    on: Annotated[str, typer.Option(help="判定日，例如 2025-10-15")],
    place: Annotated[str, typer.Option(help="受理地的区划代码，例如 310115；全国写 000000")],
    out: Annotated[Path, typer.Option(help="写到哪个文件：.csv、.xlsx、.parquet 或 .json", dir_okay=False)],
    assume: Annotated[str, typer.Option(help="unconfirmed：未确认的参数也拿来算，金额标「未确认」")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="写 JSON，连同每条条件、事实、排期")] = False,
) -> None:
    """按一页规则判定一批人：一人一行，编号、决定、起、止、月标准、金额、理由。"""
    console = Console(stderr=True)
    try:
        day = _day(on)
        found = find_scheme(scheme, day)
        given = read_folder(folder, known_names())
        with Tables(given.tables) as tables:
            judged = judge_all(found, tables, day, place, assume=assume)
            if as_json:
                write_json((one.as_dict() for one in explain(found, tables, day, place, assume=assume)), out)
            else:
                write_table(judged.table(), out)
            counted = judged.counts()
    except (RuleError, PageError) as wrong:
        console.print(str(wrong), markup=False, highlight=False, soft_wrap=True)
        raise typer.Exit(2) from None
    for one in given.passed_over:
        console.print(f"提示：{one}", markup=False, highlight=False, soft_wrap=True)
    counts = "，".join(f"{name} {count:,}" for name, count in counted.items())
    print(f"{found.name}（{found.page.since} 起的规则）在 {place}、{day}：{counts}。写好 {out}")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise RuleError(f"--on「{text}」不是日期；请用 2025-10-15 的写法") from None
