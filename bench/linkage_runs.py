"""Every way of linking as a process of its own: from start to result written, with its wall time and peak memory.

Rounds go over the ways in turn, forwards and backwards, so that other work on the machine falls on all of them alike.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import IO

HERE = Path(__file__).resolve().parent
PEERS = HERE / "peers"
OURS, LEARNED, SPLINK, GREEDY = "renjia", "renjia（先学参数）", "Splink 5，连通成组 mw≥4", "Splink 5，加一源一条"
PASSES, NAIVE = "DuckDB 十遍确定性规则", "pandas 号码加日期"


@dataclass(frozen=True, slots=True)
class Way:
    """做法 — its command, given the folder and where to write."""

    name: str
    command: tuple[str, ...]


@dataclass(slots=True)
class Run:
    """历次 — seconds of wall, processor seconds and GB of peak memory, one each round; stages (s) of the last."""

    wall: list[float] = field(default_factory=list)
    busy: list[float] = field(default_factory=list)
    peak: list[float] = field(default_factory=list)
    stages: dict[str, float] = field(default_factory=dict)

    @property
    def seconds(self) -> float:
        return median(self.wall)


def _peer(name: str, *more: str) -> tuple[str, ...]:
    return (str(PEERS / name / ".venv/bin/python"), str(PEERS / name / "births.py"), *more)


WAYS = (
    Way(OURS, (sys.executable, str(HERE / "linkage_ours.py"))),
    Way(SPLINK, _peer("splink")),
    Way(LEARNED, (sys.executable, str(HERE / "linkage_ours.py"), "--learned")),
    Way(GREEDY, _peer("splink", "--greedy")),
    Way(PASSES, _peer("deterministic")),
    Way(NAIVE, _peer("naive")),
)


def run(
    ways: Sequence[Way], folder: Path, out: Path, rounds: int, told: Callable[[str], None]
) -> tuple[dict[str, Run], dict[str, Path]]:
    """轮流跑 — each way `rounds` times on the raw files of `folder`; its last result lies in `out`."""
    out.mkdir(parents=True, exist_ok=True)
    runs = {way.name: Run() for way in ways}
    found = {way.name: out / f"{place}.parquet" for place, way in enumerate(ways)}
    _warm(folder)
    for turn in range(rounds):
        for way in ways if turn % 2 == 0 else tuple(reversed(ways)):
            told(f"{folder.parent.name}/{folder.name} 第 {turn + 1} 轮：{way.name}")
            one = runs[way.name]
            once([*way.command, str(folder), str(found[way.name])], one)
            told(f"  {one.wall[-1]:.1f} 秒，处理器 {one.busy[-1]:.1f} 秒，{one.peak[-1]:.2f} GB，{one.stages}")
    return runs, found


def _warm(folder: Path) -> None:
    """All read the files from memory, none from the disk."""
    for path in sorted(folder.glob("*.parquet")):
        path.read_bytes()


def once(command: list[str], into: Run) -> None:
    """Through this file as a program: a small process, whose child's peak is not that of the one that started it."""
    told = json.loads(subprocess.run([sys.executable, __file__, *command], check=True, capture_output=True).stdout)
    if told["code"]:
        raise RuntimeError(f"没有跑成（返回 {told['code']}）：{' '.join(command)}\n{told['wrong']}")
    into.wall.append(told["wall"])
    into.busy.append(told["busy"])
    into.peak.append(told["peak"])
    into.stages = json.loads(told["said"].splitlines()[-1]) if told["said"] else {}


def launch(command: list[str]) -> dict[str, float | str]:
    """Run one command; wait4 tells what that process and its children used."""
    with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as wrong:
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=said, stderr=wrong)
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        return {
            "code": process.returncode, "wall": wall, "busy": used.ru_utime + used.ru_stime,
            "peak": used.ru_maxrss / 1024**2, "said": _text(said), "wrong": _text(wrong)[-2000:],
        }  # fmt: skip


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode(errors="replace").strip()


if __name__ == "__main__":
    print(json.dumps(launch(sys.argv[1:])))
