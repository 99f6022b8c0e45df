"""一个月进两年的存储 — a month's five files into a store of 24 months: wall, CPU, peak memory, and equal to the full run.

`python bench/linkage_months.py` takes 5 × 10,000 rows into 1.2 million; `--large` 157,000 into 3.66 million. Every step runs
in a process of its own, so that its peak is its own; the month is run from the same store several times, best and median told.
"""

import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from rich.console import Console
from rich.table import Table

from renjia.engine.linkage import Event, Linked, link
from renjia.engine.linkage.store.link_store import LinkStore
from renjia.engine.synthetic import make_district
from renjia.engine.units import Month

MONTHS = [Month(2023 + at // 12, at % 12 + 1) for at in range(25)]
TABLES = ("assignment", "evidence", "questions")
RUNS = 3


def make(folder: Path, births: int) -> None:
    """Two years and a month of one district's readable records, each in the month it was last sent in."""
    district = make_district(births, MONTHS, 5)
    records = district.records()
    arrived: dict[str, int] = {}
    for source, feed in district.feeds.items():
        arrived |= {f"{source}|{key}": month for key, month in zip(feed["record"], feed["month"].tolist(), strict=True)}
    month = np.array([arrived[key] for key in records["record"].to_pylist()])
    pq.write_table(records.filter(pa.array(month < 24)), folder / "years.parquet")
    pq.write_table(records.filter(pa.array(month == 24)), folder / "month.parquet")


def build(folder: Path) -> dict[str, float]:
    """The store of two years."""
    records = pq.read_table(folder / "years.parquet")
    with LinkStore.open(folder / "store") as store:
        return timed(lambda: store.link(records)) | {"rows": len(records)}


def month(folder: Path) -> dict[str, float]:
    """The month: opened, linked, written to the disk."""
    records = pq.read_table(folder / "month.parquet")

    def run() -> None:
        with LinkStore.open(folder / "copy") as store:
            found = store.link(records)
        for name in TABLES:
            kept[name] = getattr(found.linked, name)
        events.extend(found.events)

    kept: dict[str, pa.Table] = {}
    events: list[Event] = []
    figures = timed(run) | {"rows": len(records), "events": len(events)}
    for name in TABLES:
        pq.write_table(kept[name], folder / f"{name}.parquet")
    return figures


def full(folder: Path) -> dict[str, float]:
    """Everything at once without a store; equal: tables of the month that are the same, row for row."""
    records = pa.concat_tables([pq.read_table(folder / f"{part}.parquet") for part in ("years", "month")])
    kept: list[Linked] = []
    figures = timed(lambda: kept.append(link(records)))
    same = [pq.read_table(folder / f"{name}.parquet").equals(getattr(kept[0], name)) for name in TABLES]
    return figures | {"rows": len(records), "equal": sum(same)}


def timed(work: Callable[[], object]) -> dict[str, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return {
        "wall": time.perf_counter() - wall,
        "cpu": time.process_time() - cpu,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6,
    }


def step(name: str, folder: Path) -> dict[str, float]:
    """One step in its own process."""
    done = subprocess.run([sys.executable, __file__, name, str(folder)], check=True, capture_output=True, text=True)
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


def main(*, large: bool) -> None:
    table = Table("一步", "行", "秒（中位）", "秒（最好）", "CPU 秒", "峰值 GB", "备注")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make(folder, 428_000 if large else 140_000)
        built = step("build", folder)
        table.add_row("两年建库", *shown([built]), "")
        runs = []
        for _ in range(RUNS):
            shutil.rmtree(folder / "copy", ignore_errors=True)
            shutil.copytree(folder / "store", folder / "copy")
            runs.append(step("month", folder))
        table.add_row("一个月入库", *shown(runs), f"变动 {runs[0]['events']:,}")
        whole = step("full", folder)
        table.add_row("全部重算", *shown([whole]), f"{whole['equal']:.0f}／3 张表逐行相同")
    Console().print(table)
    if whole["equal"] != len(TABLES):
        raise SystemExit("与全部重算不同")


def shown(runs: list[dict[str, float]]) -> tuple[str, ...]:
    wall = sorted(run["wall"] for run in runs)
    cpu = sorted(run["cpu"] for run in runs)
    peak = max(run["peak"] for run in runs)
    middle = len(runs) // 2
    return f"{runs[0]['rows']:,}", f"{wall[middle]:.1f}", f"{wall[0]:.1f}", f"{cpu[middle]:.1f}", f"{peak:.2f}"


STEPS = {"build": build, "month": month, "full": full}

if __name__ == "__main__":
    if len(sys.argv) == 3:
        print(json.dumps(STEPS[sys.argv[1]](Path(sys.argv[2]))))
    else:
        main(large="--large" in sys.argv)
