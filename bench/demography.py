"""人口推算有多快 — 36 places × 1,000 draws × 30 years × 101 ages × 2 sexes, beside the same formulas as plain numpy.

Run by `make bench-demography`; prints a table, asserts nothing. Each line is a process of its own, so that its memory peak is
its own; compute is timed after one warm-up of the same size.
"""

import hashlib
import resource
import shutil
import subprocess
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np
from rich.console import Console
from rich.table import Table

from renjia.engine.demography import (
    Paths,
    ProjectionInputs,
    Uncertainty,
    a0_andreev_kingkade,
    draw_paths,
    project_draws,
    stream_quantiles,
)

FERTILE = (10, 55)
SEXES = ("male", "female")
PLACES, DRAWS, YEARS, AGES = 36, 1_000, 30, 101
CELLS = PLACES * DRAWS * YEARS * AGES * 2


def district(places: int = PLACES, years: int = YEARS) -> ProjectionInputs:
    """一个合成的区 — streets of 30,000 to 120,000 people, with a migrant hump at 20–35 and waves of cohorts."""
    x = np.arange(AGES)
    random = np.random.default_rng(1)
    mx = np.minimum(0.00002 * np.exp(0.1 * x) + 0.003 * (x == 0) + 0.0001, 0.5)
    lived = np.exp(-np.cumsum(mx))
    shape = lived * (1.0 + 0.25 * np.sin(x / 6.0)) + 0.8 * np.exp(-(((x - 29.0) / 6.0) ** 2))
    base = (
        random.uniform(30_000, 120_000, (places, 1, 1)) * np.stack([shape, shape * 1.03])[None] / (2.03 * shape.sum())
    )
    base *= random.uniform(0.9, 1.1, base.shape)
    asfr = np.where((x >= 15) & (x < 50), 0.08 * np.exp(-(((x - 30.0) / 5.5) ** 2)), 0.0)
    moves = base * 0.01 * (np.exp(-(((x - 24.0) / 6.0) ** 2)) - 0.3 * np.exp(-(((x - 66.0) / 10.0) ** 2)))
    level = random.gamma(50, 1 / 50, (places, 1, 1))
    return ProjectionInputs(
        2024, tuple(f"街道{p + 1}" for p in range(places)), base,
        np.broadcast_to(np.stack([mx * 1.15, mx * 0.85]), (places, years, 2, AGES)).copy(),
        np.broadcast_to(asfr, (places, years, AGES)) * level, np.full((places, years), 1.06),
        np.broadcast_to(moves[:, None], (places, years, 2, AGES)).copy(), infant_rule="andreev_kingkade",
    )  # fmt: skip


def between(places: int) -> np.ndarray:
    """地区间迁移率 — every street to every other; about 4 % of all people and 12 % of those in their twenties a year."""
    x = np.arange(AGES)
    rates = np.broadcast_to(
        (0.02 + 0.1 * np.exp(-(((x - 26.0) / 8.0) ** 2))) / places, (places, places, 2, AGES)
    ).copy()
    rates[np.arange(places), np.arange(places)] = 0.0
    return rates


def numpy_loop(inputs: ProjectionInputs, paths: Paths) -> np.ndarray:
    """同样的算法，只用 numpy — a loop over years, everything else whole arrays of float32; the store is the same."""
    low, high = FERTILE
    half_year = np.float32(0.5)
    people = np.broadcast_to(inputs.base[:, None], (PLACES, DRAWS, 2, AGES)).astype(np.float32)
    out = np.empty((PLACES, DRAWS, YEARS, 2, AGES), np.float32)
    for t in range(YEARS):
        shift = np.exp(paths.response[None] * paths.mortality[:, t, :, None]).astype(np.float32)
        mx = inputs.mx[:, t, None].astype(np.float32) * shift[None] * paths.level[:, :, None, None].astype(np.float32)
        a0 = np.stack([a0_andreev_kingkade(mx[:, :, s, 0], sex) for s, sex in enumerate(SEXES)], axis=-1).astype(
            np.float32
        )
        kept = (1 - half_year * mx[..., :-1]) / (1 + half_year * mx[..., 1:])
        kept[..., 0] = (1 - a0 * mx[..., 0]) / (1 + half_year * mx[..., 1])
        kept[..., -1] = (1 - half_year * mx[..., -2]) / (mx[..., -1] + 1 - half_year * mx[..., -2])
        half = inputs.migration[:, t, None] + paths.migration[:, :, t, None, None] * paths.spread[:, None]
        half = (half / 2).astype(np.float32)
        stayed = np.maximum(people + half, 0)
        after = np.zeros_like(people)
        after[..., 1:] = stayed[..., :-1] * kept
        after[..., -1] += stayed[..., -1] * kept[..., -1]
        after[..., 1:] = np.maximum(after[..., 1:] + half[..., 1:], 0)
        women = (people[:, :, 1, low:high] + after[:, :, 1, low:high]) / 2
        births = (women * inputs.asfr[:, t, None, low:high]).sum(axis=-1) * paths.fertility[:, :, t]
        for s, part in enumerate((1.06 / 2.06, 1 / 2.06)):
            lived = births * part / (1 + (1 - a0[:, :, s]) * mx[:, :, s, 0])
            after[:, :, s, 0] = np.maximum(lived + half[:, :, s, 0], 0)
        out[:, :, t] = people = after
    return out


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """墙钟与处理器秒 — the second of two runs: the first compiles and touches the memory."""
    work()
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - cpu


def line(name: str) -> tuple[str, float, float, float, str]:
    """一行 — name, wall, CPU, peak MB, remark; run in a process of its own."""
    inputs = district()
    uncertainty = Uncertainty()
    remark = ""
    if name.startswith("流式"):
        mode = "counts" if "整数" in name else "rates"
        wall, cpu = timed(lambda: stream_quantiles(inputs, uncertainty, DRAWS, 1, mode=mode))
        return name, wall, cpu, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "含抽路径与分位数"
    paths = draw_paths(inputs, uncertainty, DRAWS, 1)
    if name == "numpy 循环，全存":
        wall, cpu = timed(lambda: numpy_loop(inputs, paths))
    else:
        mode = "counts" if "整数" in name else "rates"
        moves = between(PLACES) if "迁移" in name else None
        count = 1 if "一线程" in name else 2
        kept: list[bytes] = []

        def work() -> None:
            run = project_draws(inputs, paths, mode=mode, seed=1, thread_count=count, moves=moves)
            kept[:] = [hashlib.sha256(run.cells[:, ::97].tobytes()).hexdigest()[:12].encode(), run.closing_error()]

        wall, cpu = timed(work)
        remark = f"字节 {kept[0].decode()}，平衡差 {kept[1]:.1e}"
    return name, wall, cpu, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, remark


LINES = (
    "numpy 循环，全存", "浮点，全存，两线程", "浮点，全存，一线程", "流式，浮点，两线程",
    "整数人，全存，两线程", "整数人，全存，一线程", "流式，整数人，两线程",
    "浮点，地区间迁移，两线程", "整数人，地区间迁移，两线程",
)  # fmt: skip


def main() -> None:
    table = Table("做法", "墙钟 秒", "处理器 秒", "纳秒/格", "峰值 MB", "备注", title=f"{CELLS / 1e6:.0f} 百万格")
    for name in LINES:
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            title, wall, cpu, peak, remark = pool.submit(line, name).result()
        table.add_row(title, f"{wall:.2f}", f"{cpu:.2f}", f"{cpu / CELLS * 1e9:.1f}", f"{peak:,.0f}", remark)
    console = Console()
    console.print(table)
    if (
        shutil.which("Rscript")
        and subprocess.run(["Rscript", "-e", "library(bayesPop)"], capture_output=True).returncode == 0
    ):
        console.print("有 bayesPop：请在它自己的环境里跑 pop.predict.subnat（annual=TRUE）同样的规模，记下处理器秒。")
    else:
        console.print("没有 R 与 bayesPop，这次没有比。同样规模先前测得 499 处理器秒（demography.md §2，另一台机器）。")


if __name__ == "__main__":
    main()
