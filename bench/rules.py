"""判定有多快 — every scheme over a million persons with their families; 育儿补贴 beside OpenFisca-core on the same children.

Run by `make bench-rules`; prints tables, asserts only that both engines give the same children and the same money.
`--persons`, `--large` (0 leaves it out) and `--children` set how many. OpenFisca runs in `bench/peers/openfisca/.venv`.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from rich.console import Console
from rich.table import Table

from renjia.engine.rules import UNCONFIRMED, Tables, assuming, in_parts, judge, judge_one, schemes
from renjia.engine.rules.schemas import KEYS
from renjia.engine.synthetic import make_registry

ON, PLACE = date(2025, 12, 31), "310115"
PEER = Path(__file__).parent / "peers" / "openfisca"
TIMES, PARTS, NONE = 5, 10, -1_000_000
OPEN = {"boundary": "INCLUDE", "death_rule_by_month": "YEAR_END", "move_rule_by_month": "CONFIRMED_YEAR"}
_MOST_EACH, _MOST_ALL, _MOST_ONE, _LEAST_RATIO = 0.150, 5.0, 0.015, 5.0


def timed(work: Callable[[], object], times: int = TIMES) -> tuple[float, float]:
    """中位数秒 — of some runs, after one that is not counted: by the clock, and of all processors."""
    work()
    seconds, busy = [], []
    for _ in range(times):
        start, cpu = time.perf_counter(), time.process_time()
        work()
        seconds.append(time.perf_counter() - start)
        busy.append(time.process_time() - cpu)
    return statistics.median(seconds), statistics.median(busy)


def peak() -> float:
    """内存峰值 — of this process so far, GB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2


def yes(good: bool) -> str:
    return "是" if good else "否"


def district(persons: int) -> Table:
    """全区 — loading, facts, each scheme, one person."""
    table = Table("项目", "毫秒", "处理器毫秒", "目标", "达到", "符合", title=f"{persons:,} 人，{ON}，{PLACE}")
    start = time.perf_counter()
    made = make_registry(persons)
    making = time.perf_counter() - start
    start = time.perf_counter()
    with Tables(made) as tables:
        del made
        loading = time.perf_counter() - start
        pages = [one for one in schemes() if one.page.in_force(ON)]
        start = time.perf_counter()
        for per in sorted({one.per for one in pages}):
            tables.ready(per, ON)
        facts = time.perf_counter() - start
        table.add_row("（造数据）", f"{making * 1000:,.0f}", "", "", "", "")
        table.add_row("（装载）", f"{loading * 1000:,.0f}", "", "", "", "")
        table.add_row("（备事实，当日一次）", f"{facts * 1000:,.0f}", "", "", "", "")
        total, spent, first, subject = 0.0, 0.0, 0.0, ""
        for page in pages:
            start = time.perf_counter()
            judged = judge(page, tables, ON, PLACE, assume=UNCONFIRMED)
            first += time.perf_counter() - start
            entitled = judged.counts()["符合"]
            if entitled and page.id == "bereaved_support":
                subject = str(judged.rows["id"][judged.rows["decision"].to_pylist().index(1)])
            took, cpu = timed(lambda page=page: judge(page, tables, ON, PLACE, assume=UNCONFIRMED))
            total += took
            spent += cpu
            table.add_row(
                page.name,
                f"{took * 1000:,.0f}",
                f"{cpu * 1000:,.0f}",
                "≤ 150",
                yes(took <= _MOST_EACH),
                f"{entitled:,}",
            )
        table.add_row(
            "全部项目", f"{total * 1000:,.0f}", f"{spent * 1000:,.0f}", "≤ 5,000", yes(total <= _MOST_ALL), ""
        )
        table.add_row("（各项目当日第一次，连同编列）", f"{first * 1000:,.0f}", "", "", "", "")
        if subject:
            one, cpu = timed(lambda: judge_one("bereaved_support", tables, subject, ON, PLACE, assume=UNCONFIRMED), 100)
            table.add_row(
                "一个人的全部说明", f"{one * 1000:,.1f}", f"{cpu * 1000:,.1f}", "≤ 15", yes(one <= _MOST_ONE), ""
            )
    table.add_row("内存峰值 GB（含造数据）", f"{peak():.2f}", "", "", "", "")
    return table


class Files(Mapping[str, pa.Table]):
    """表的文件 — Parquet by name of table, each read when it is asked for and not kept."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __getitem__(self, name: str) -> pa.Table:
        if not (self.folder / name).is_dir():
            raise KeyError(name)
        return pq.read_table(self.folder / name)

    def __iter__(self) -> Iterator[str]:
        return (path.name for path in sorted(self.folder.iterdir()))

    def __len__(self) -> int:
        return len(list(self.folder.iterdir()))


def write_large(folder: Path, persons: int) -> None:
    """写大区 — Parquet, a folder a table, made in parts so that making it needs little memory."""
    for at in range(PARTS):
        for name, table in make_registry(persons // PARTS, seed=at + 1).items():
            whole = table
            for key in [one for one in table.schema.names if one in KEYS]:
                keys = pc.binary_join_element_wise(str(at), table[key], "")
                whole = whole.set_column(whole.schema.names.index(key), key, keys)
            (folder / name).mkdir(exist_ok=True)
            pq.write_table(whole, folder / name / f"{at}.parquet")


def only(folder: Path) -> None:
    """只装载并判定 — in a process of its own, so that its peak is the engine's alone."""
    start = time.perf_counter()
    pages = [one for one in schemes() if one.page.in_force(ON)]
    counts: dict[str, Counter[str]] = {one.name: Counter() for one in pages}
    money, parts, loaded = Decimal(0), 0, 0.0
    for tables in in_parts(Files(folder)):
        parts += 1
        loaded = loaded or time.perf_counter() - start
        for page in pages:
            judged = judge(page, tables, ON, PLACE, assume=UNCONFIRMED)
            counts[page.name].update(judged.counts())
            money += pc.sum(judged.answers["amount"]).as_py() or 0
    persons = max(sum(one.values()) for one in counts.values())
    entitled = sum(one["符合"] for one in counts.values())
    told = {"peak": peak(), "loaded": loaded, "all": time.perf_counter() - start, "cpu": time.process_time()}
    print(json.dumps(told | {"persons": persons, "parts": parts, "entitled": entitled, "money": str(money)}))


def large(persons: int) -> Table:
    """大区 — peak memory of loading and judging every scheme."""
    with tempfile.TemporaryDirectory() as folder:
        write_large(Path(folder), persons)
        told = json.loads(_run([sys.executable, __file__, "--only", folder]))
    table = Table(
        "人数",
        "份",
        "第一份备好秒",
        "全部项目秒",
        "处理器秒",
        "符合人次",
        "内存峰值 GB",
        "≤ 4 GB",
        title="大区（另一进程，一份一份判）",
    )
    table.add_row(
        f"{told['persons']:,}", str(told["parts"]), f"{told['loaded']:.1f}", f"{told['all']:.1f}", f"{told['cpu']:.1f}",
        f"{told['entitled']:,}", f"{told['peak']:.2f}", yes(told["peak"] <= 4),
    )  # fmt: skip
    return table


def children(many: int, seed: int = 1) -> dict[str, np.ndarray]:
    """孩子 — what the page asks of each, as numbers; NONE where there is none."""
    rng = np.random.default_rng(seed)
    first, last = (int(np.datetime64(day).astype(int)) for day in ("2021-07-01", "2025-12-31"))
    born = rng.integers(first, last + 1, many)
    edge = int(np.datetime64("2022-01-01").astype(int))
    born[rng.random(many) < 0.002] = edge

    def some(share: float, values: np.ndarray) -> np.ndarray:
        return np.where(rng.random(many) < share, values, NONE)

    places = np.array([310115, 310116, 360783, 310100, 310000])
    hukou = places[rng.choice(5, many, p=[0.7, 0.15, 0.13, 0.01, 0.01])]
    left_on = some(0.06, rng.integers(first, last + 1, many))
    left = np.where(left_on != NONE, places[rng.choice(3, many)], NONE)
    cancelled = (rng.random(many) < 0.003) | (rng.random(many) < 0.01)
    confirmed = some(0.4, rng.integers(last - 364, last + 1, many))
    return {
        "born": born, "died": some(0.004, np.minimum(born + rng.integers(0, 900, many), last)), "chinese": rng.random(many) < 0.996,
        "lawful": rng.random(many) < 0.98, "hukou": np.where(cancelled, NONE, hukou),
        "prefix": np.where(cancelled, NONE, np.where(hukou == 310000, 31, np.where(hukou == 310100, 3101, hukou))),
        "left": left, "left_on": left_on, "first_applied": some(0.5, born + rng.integers(5, 1500, many)), "confirmed": confirmed,
        "confirmed_place": np.where((confirmed != NONE) & (rng.random(many) < 0.9), places[rng.choice(3, many)], NONE),
        "paid": some(0.1, rng.integers(last - 364, last + 1, many)),
    }  # fmt: skip


def fact(given: dict[str, np.ndarray]) -> pa.Table:
    """事实的行 — the same children as rows of the fact `child`."""

    def days(name: str) -> pa.Array:
        values = given[name]
        return pa.array(np.where(values == NONE, 0, values).astype(np.int32), pa.int32(), mask=values == NONE).cast(
            pa.date32()
        )

    def codes(name: str) -> pa.Array:
        values = given[name]
        return pa.array(np.where(values == NONE, 0, values), pa.int64(), mask=values == NONE).cast(pa.string())

    return pa.table(
        {
            "id": [f"c{at:07d}" for at in range(len(given["born"]))], "born": days("born"), "died": days("died"),
            "chinese": given["chinese"], "lawful": given["lawful"], "hukou": codes("hukou"),
            "hukou_prefix": pc.fill_null(codes("prefix"), "-"), "hukou_left": codes("left"), "hukou_left_on": days("left_on"),
            "first_applied": days("first_applied"), "confirmed_this_year": days("confirmed"),
            "confirmed_place": codes("confirmed_place"), "paid_this_year": days("paid"),
        }
    )  # fmt: skip


def beside(many: int) -> Table:
    """与 OpenFisca 并排 — the same rule, the same children, one run; RuntimeError when the answers differ."""
    given = children(many)
    page = assuming(next(one for one in schemes() if one.id == "childcare_subsidy" and one.page.in_force(ON)), OPEN)
    with Tables({}, facts={"child": fact(given)}) as tables:
        judged = judge(page, tables, ON, PLACE, assume=UNCONFIRMED)
        paid = judged.rows.filter(pc.equal(judged.rows["decision"], 1))
        ours = {"eligible": paid.num_rows, "money": pc.sum(paid["amount"]).as_py()}
        ours |= {f"course_{one}_day": pc.sum(paid[one].cast(pa.int32())).as_py() for one in ("first", "last")}
        took, cpu = timed(lambda: judge(page, tables, ON, PLACE, assume=UNCONFIRMED))
    with tempfile.TemporaryDirectory() as folder:
        for name, values in given.items():
            np.save(Path(folder) / f"{name}.npy", _natural(name, values))
        told = json.loads(
            _run([str(PEER / ".venv/bin/python"), str(PEER / "childcare.py"), folder, PLACE, str(ON), str(TIMES + 1)])
        )
    theirs, their_cpu = (statistics.median(told[name][1:]) for name in ("seconds", "busy"))
    if any(told[name] != value for name, value in ours.items()):
        raise RuntimeError(f"两边不一样：{ours}，{told}")
    ratio = theirs / took
    title = f"育儿补贴，{many:,} 个孩子，同一次运行"
    table = Table("引擎", "毫秒", "处理器毫秒", "符合", "金额（元）", "倍", f"≥ {_LEAST_RATIO:.0f} 倍", title=title)
    table.add_row(
        "renjia（决定、起止、月标准、全程金额）", f"{took * 1000:,.0f}", f"{cpu * 1000:,.0f}", f"{ours['eligible']:,}", f"{ours['money']:,}",
        f"{ratio:.1f}", yes(ratio >= _LEAST_RATIO),
    )  # fmt: skip
    table.add_row(
        "OpenFisca-core（又各条、各年）", f"{theirs * 1000:,.0f}", f"{their_cpu * 1000:,.0f}", f"{told['eligible']:,}", f"{told['money']:,}",
        "", "",
    )  # fmt: skip
    return table


def _natural(name: str, values: np.ndarray) -> np.ndarray:
    """As the peer holds them: days as days, codes as text, the same facts as in our table."""
    if name in ("chinese", "lawful"):
        return values
    if name in ("hukou", "prefix", "left", "confirmed_place"):
        return np.where(values == NONE, b"-" if name == "prefix" else b"", values.astype("S12"))
    return np.where(values == NONE, np.datetime64("NaT"), values.astype("datetime64[D]"))


def _run(command: list[str]) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--persons", type=int, default=1_000_000)
    parser.add_argument("--children", type=int, default=1_000_000)
    parser.add_argument("--large", type=int, default=5_700_000)
    parser.add_argument("--only", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.only:
        only(asked.only)
        return
    console = Console(width=120)
    if asked.children:
        console.print(beside(asked.children))
    if asked.persons:
        console.print(district(asked.persons))
    if asked.large:
        console.print(large(asked.large))
    print(f"{os.cpu_count()} 核，负载 {', '.join(f'{one:.1f}' for one in os.getloadavg())}（1、5、15 分钟）")


if __name__ == "__main__":
    main()
