"""renjia cycle — one month through the whole main job."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from django.utils import timezone
from rich.console import Console
from rich.table import Table

from renjia.engine.units import Month
from renjia.front.commands.prepare import prepare
from renjia.front.commands.progress import bars
from renjia.front.running.month import MonthReport, run_month
from renjia.records.intake.models import BatchState
from renjia.work.births.actions import Refused


def cycle(
    month: Annotated[str, typer.Argument(metavar="月份", help="月份，写成 2025-03")],
    folder: Annotated[
        Path | None, typer.Option("--from", help="来源文件夹：里面按月分（2025-03/…），或就是这个月的文件")
    ] = None,
    on: Annotated[
        datetime | None, typer.Option(help="下发日，写成 2025-04-01；不写就是今天", formats=["%Y-%m-%d"])
    ] = None,
) -> None:
    """跑一个月：收件、比对、下发核实、判定库、通报。再跑一遍什么也不变。"""
    console = Console()
    try:
        wanted = Month.parse(month)
        prepare()
        with bars(console) as told:
            report = run_month(wanted, folder=folder, on=on.date() if on else timezone.localdate(), progress=told)
    except (Refused, ValueError) as refused:
        console.print(f"[bold]不能继续：[/bold]{refused}")
        raise typer.Exit(2) from refused
    show(console, report)


def show(console: Console, report: MonthReport) -> None:
    """这个月的结果。"""
    table = Table("来源文件", "行", "入库", "退回", "重复", "状态", title=f"{report.month} 收件")
    for batch in report.batches:
        table.add_row(
            batch.filename,
            *(f"{n:,}" for n in (batch.rows, batch.accepted, batch.returned, batch.repeated)),
            batch.get_state_display(),
        )
        if batch.state == BatchState.REFUSED:
            table.add_row(f"  {batch.reason}", "", "", "", "", "")
    if report.batches:
        console.print(table)
    o = report.outcome
    console.print(
        f"个案 {o.cases:,} 个（新建 {o.created:,}，变动 {o.changed:,}，并入 {o.retired:,}），记录 {o.records:,} 条，"
        f"待复核 {o.questions:,} 条；下发核实 {report.issued:,} 件，撤下 {report.cleared:,} 件。"
    )
    for paper in report.papers:
        console.print(f"通报：{paper}")
