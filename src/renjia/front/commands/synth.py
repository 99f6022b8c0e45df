"""合成数据 — `renjia synth`: a synthetic district's monthly files with the truth beside them."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from renjia.engine.synthetic import make_district, write_district, write_tables
from renjia.engine.units import Month
from renjia.front.commands.progress import bars


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
            with bars(console) as told:
                paths = write_tables(
                    out, births, seed, year=first.year, told=lambda what, done, whole: told("造大表", done, whole, what)
                )
            print(f"写好 {len(paths)} 张表：{out}（{first.year} 年，{births:,} 名出生）")
            return
        with bars(console) as told:
            wanted = list(first.until(first.plus(months - 1)))
            district = make_district(births, wanted, seed, lambda what, done, whole: told("造数据", done, whole, what))
            written = write_district(district, out, lambda what, done, whole: told("写文件", done, whole, what))
    except ValueError as error:
        console.print(str(error), markup=False)
        raise typer.Exit(2) from None
    records = district.links().num_rows
    print(f"写好 {len(written)} 个文件：{out}（{district.months[0]} 至 {district.months[-1]}，{records:,} 条记录）")
