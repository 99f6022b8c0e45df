"""合成数据 — `renjia synth`: a synthetic district's monthly files with the truth beside them."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated, Self

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from renjia.engine.synthetic import make_district, write_district, write_tables
from renjia.engine.units import Month

_QUIET_SECONDS = 2.0  # a bar for shorter work only flickers


class _Bar:
    """进度 — a bar that appears once the work has lasted two seconds."""

    def __init__(self, console: Console) -> None:
        columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
        self.progress = Progress(*columns, console=console, transient=True)
        self.begun = time.monotonic()
        self.tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self.progress.stop()

    def told(self, stage: str, what: str, done: int, whole: int) -> None:
        if time.monotonic() - self.begun < _QUIET_SECONDS:
            return
        self.progress.start()
        if stage not in self.tasks:
            self.tasks[stage] = self.progress.add_task(stage, total=whole)
        self.progress.update(self.tasks[stage], completed=done, description=f"{stage}：{what}")


def synth(
    births: Annotated[int, typer.Option(help="每年出生数", min=1)] = 12_000,
    seed: Annotated[int, typer.Option(help="随机种子；同样的种子得到逐字节相同的文件", min=0)] = 1,
    out: Annotated[Path, typer.Option(help="写到哪个文件夹（须为空或不存在）", file_okay=False)] = Path("synthetic"),
    start: Annotated[str, typer.Option(help="第一个月，例如 2025-01")] = "2025-01",
    months: Annotated[int, typer.Option(help="连续几个月", min=1, max=120)] = 6,
    tables: Annotated[
        bool, typer.Option("--tables", help="不写月份文件，写一年四个来源的大表（Parquet），百万出生也行")
    ] = False,
) -> None:
    """造一个合成的区：五部门逐月文件，连同真值。不含任何真实的人。"""
    console = Console(stderr=True)
    if out.exists() and any(out.iterdir()):
        console.print(f"文件夹「{out}」不是空的，没有写。请换一个 --out，或先清空它。", markup=False)
        raise typer.Exit(2)
    try:
        first = Month.parse(start)
        if tables:
            with _Bar(console) as bar:
                paths = write_tables(out, births, seed, year=first.year, told=lambda *told: bar.told("造大表", *told))
            print(f"写好 {len(paths)} 张表：{out}（{first.year} 年，{births:,} 名出生）")
            return
        with _Bar(console) as bar:
            district = make_district(
                births, list(first.until(first.plus(months - 1))), seed, lambda *told: bar.told("造数据", *told)
            )
            written = write_district(district, out, lambda *told: bar.told("写文件", *told))
    except ValueError as error:
        console.print(str(error), markup=False)
        raise typer.Exit(2) from None
    records = district.links().num_rows
    print(f"写好 {len(written)} 个文件：{out}（{district.months[0]} 至 {district.months[-1]}，{records:,} 条记录）")
