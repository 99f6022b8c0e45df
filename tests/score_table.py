"""评分表格的测试用具 — tables of facts written, `renjia score` run on them, its results read again."""

import csv
import io
from functools import cache
from pathlib import Path
from unittest.mock import patch

import typer
from typer.testing import CliRunner, Result

from appraised import TWELVE, Value, facts_of
from renjia.engine.scoring import load_rubric
from renjia.front.commands.score import score

loaded = cache(load_rubric)
FACTS = list(loaded("pudong-2024").facts)
FIRST_SIX = ["街镇", "主要指标", "创新加分", "总分", "名次", "等次"]
RATE = "出生个案核实完成率（%）"
STREETS = {place: facts_of(FACTS, worked.changes) for place, worked in TWELVE.items()}

app = typer.Typer()
app.command()(score)


def run(*arguments: str | Path, rubric: str = "pudong-2024") -> Result:
    """The command in this process; the rubric's pages are read once for all tests."""
    with patch("renjia.front.commands.score.load_rubric", loaded):
        return CliRunner().invoke(app, [rubric, *map(str, arguments)])


def street(changes: dict[str, Value] | None = None) -> dict[str, str]:
    return facts_of(FACTS, changes)


def write_csv(path: Path, streets: dict[str, dict[str, str]], encoding: str = "utf-8-sig") -> Path:
    header = ["街镇", *next(iter(streets.values()))]
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows([place, *facts.values()] for place, facts in streets.items())
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def read_csv(path: Path) -> dict[str, dict[str, str]]:
    raw = path.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    return {row["街镇"]: row for row in csv.DictReader(io.StringIO(raw.decode("utf-8-sig")))}


def warnings(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig"))))
