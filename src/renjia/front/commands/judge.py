"""判定 — `renjia judge`: a scheme's page over a folder of tables, a row a subject."""

from __future__ import annotations

import heapq
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from datetime import date
from operator import itemgetter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import pyarrow as pa
import typer
from rich.console import Console

from renjia.engine.pages import PageError
from renjia.engine.rules import (
    Decision,
    RuleError,
    Tables,
    check_suffix,
    explain,
    in_parts,
    known_names,
    read_folder,
    write_json,
    write_table,
)
from renjia.engine.rules import judge as judge_all
from renjia.engine.rules import scheme as find_scheme

_AT_ONCE, _PART = 2_000_000, 600_000  # persons: judged all at once up to the first, beyond it so many at a time


def judge(
    scheme: Annotated[
        str, typer.Argument(metavar="项目", help="编号、中文名或 policy 编号，例如 childcare_subsidy、育儿补贴、CCS")
    ],
    folder: Annotated[Path, typer.Argument(metavar="文件夹", help="放着 person.csv 等表的文件夹（CSV 或 Parquet）")],
    on: Annotated[str, typer.Option(help="判定日，例如 2025-10-15")],
    place: Annotated[str, typer.Option(help="受理地的区划代码，例如 310115；全国写 000000")],
    out: Annotated[Path, typer.Option(help="写到哪个文件：.csv、.xlsx、.parquet 或 .json", dir_okay=False)],
    assume: Annotated[str, typer.Option(help="unconfirmed：未确认的参数也拿来算，金额标「未确认」")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="写 JSON，连同每条条件、事实、排期")] = False,
) -> None:
    """按一页规则判定一批人：一人一行，编号、决定、起、止、月标准、金额、理由。"""
    console = Console(stderr=True)
    try:
        check_suffix(out)  # before all the work
        day = _day(on)
        found = find_scheme(scheme, day)
        given = read_folder(folder, known_names())
        counted: Counter[str] = Counter()
        with TemporaryDirectory(dir=out.parent, prefix=".renjia-") as beside:
            answers: list[pa.Table] = []
            told: list[Path] = []
            for number, tables in enumerate(_working_sets(given.tables)):
                judged = judge_all(found, tables, day, place, assume=assume)
                if as_json:
                    told.append(Path(beside) / f"{number}")
                    _set_down(explain(found, tables, day, place, assume=assume), told[-1])
                else:
                    answers.append(judged.table())
                counted.update(judged.counts())
            if as_json:
                write_json(_taken_up(told), out)
            else:
                write_table(pa.concat_tables(answers).sort_by("编号"), out)
    except (RuleError, PageError) as wrong:
        console.print(str(wrong), markup=False, highlight=False, soft_wrap=True)
        raise typer.Exit(2) from None
    for one in given.passed_over:
        console.print(f"提示：{one}", markup=False, highlight=False, soft_wrap=True)
    counts = "，".join(f"{name} {count:,}" for name, count in counted.items())
    print(f"{found.name}（{found.page.since} 起的规则）在 {place}、{day}：{counts}。写好 {out}")


def _working_sets(tables: dict[str, pa.Table]) -> Iterator[Tables]:
    """All at once, or whole families at a time where that would want too much memory; each is open until the next."""
    if tables["person"].num_rows > _AT_ONCE:
        yield from in_parts(tables, most=_PART)
        return
    with Tables(tables) as everyone:
        yield everyone


def _set_down(decisions: Iterable[Decision], path: Path) -> None:
    """A line a subject, in order of subject: too much to hold for millions."""
    with path.open("w", encoding="utf-8") as file:
        for one in decisions:
            file.write(json.dumps([one.subject, one.as_dict()], ensure_ascii=False) + "\n")


def _taken_up(paths: list[Path]) -> Iterator[dict[str, Any]]:
    """What was set down in several places, as one in order of subject."""
    with ExitStack() as open_files:
        files = [open_files.enter_context(path.open(encoding="utf-8")) for path in paths]
        lines = (map(json.loads, file) for file in files)
        yield from (told for _, told in heapq.merge(*lines, key=itemgetter(0)))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise RuleError(f"--on「{text}」不是日期；请用 2025-10-15 的写法") from None
