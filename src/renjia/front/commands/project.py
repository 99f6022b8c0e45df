"""人口推算 — `renjia project`: a spec and the files it names in, projections, intervals and a summary out; no database."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from renjia.engine.demography import DemographyError, run_spec
from renjia.front.commands.progress import bars

STOPPED = 130  # what a shell reports for Ctrl-C


def project(
    spec: Annotated[Path, typer.Argument(metavar="说明书", help="说明书（YAML），例子在 docs/demography/specs")],
    out: Annotated[Path, typer.Option(help="写到哪个文件夹（须为空或不存在）", file_okay=False)],
    threads: Annotated[
        int | None, typer.Option(help="用几个线程；不写就用全部。结果与线程数无关", min=1, max=256)
    ] = None,
) -> None:
    """按说明书推算人口：分地区、性别、年龄，多方案，有区间、回测和后果。Ctrl-C 停下后再跑同一条命令，接着算。"""
    console = Console(stderr=True)
    try:
        with bars(console) as told:
            done = run_spec(spec, out, told, thread_count=threads)
    except DemographyError as wrong:
        console.print(f"没有推算，也没有写任何结果。{wrong}", markup=False)
        raise typer.Exit(2) from None
    except OSError as wrong:
        console.print(
            f"读写不了文件：{wrong.filename or out}。请查文件夹是否存在、能否写入、磁盘是否已满。", markup=False
        )
        raise typer.Exit(2) from None
    except KeyboardInterrupt:
        console.print(f"停下了。已算的部分留在 {out} 里；再运行同一条命令就接着算。", markup=False)
        raise typer.Exit(STOPPED) from None
    if done.already:
        print(f"{out} 里已是这份说明书的结果，没有重算。")
        return
    taken = f"，接上次的 {done.resumed} 段" if done.resumed else ""
    print(f"写好 {len(done.files)} 个文件：{out}{taken}。先看 {done.summary}")
