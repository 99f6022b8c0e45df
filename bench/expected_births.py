"""Expected births on made-up districts: how often the intervals hold, how often anything is flagged, how soon a stopped street is.

`PYTHONPATH=tests .venv/bin/python bench/expected_births.py` (about a minute); 36 streets × 12 months, truth known.
"""

import time

import numpy as np
from rich.console import Console
from rich.table import Table

from birth_months import FIRST, district
from renjia.engine.demography.expected.alerts import alerts, flagged
from renjia.engine.demography.expected.births import expected_births

DISTRICTS, NULL_YEARS, STOPS_AT = 40, 1000, 4
SETTINGS = ((60, 0.01, 20.0), (30, 0.01, 20.0), (14, 0.01, 20.0), (48, 0.02, 5.0))
RANKS = (9, 18, 27)


def waited(told, came: np.ndarray, rank: int) -> tuple[float, float]:
    """Mean births of the street of that rank, and months until it is flagged after it stopped (inf: not in this year)."""
    street = int(np.argsort(told.mean.mean(axis=0))[rank])
    stopped = came.copy()
    stopped[STOPS_AT:, street] = 0
    name, since = told.streets[street], told.months[STOPS_AT]
    hits = [one.until for one in flagged(alerts(told, stopped)) if one.street == name and one.until >= since]
    return float(told.mean[:, street].mean()), min(
        (told.months.index(one) - STOPS_AT + 1 for one in hits), default=np.inf
    )


def measured(months: int, drift: float, size: float) -> list[str]:
    streets, whole, false, stops = [], [], 0, {rank: [] for rank in RANKS}
    for seed in range(100, 100 + DISTRICTS):
        made = district(seed, months + 12, drift=drift, size=size)
        told, came = expected_births(made.births[:months], FIRST), made.births[months:]
        low, high = told.interval()
        streets.append(((low <= came) & (came <= high)).mean())
        low, high = told.whole_interval()
        whole.append(((low <= came.sum(axis=1)) & (came.sum(axis=1) <= high)).mean())
        false += bool(flagged(alerts(told, came)))
        for rank in RANKS:
            stops[rank].append(waited(told, came, rank))
    cells = [
        f"{np.mean([births for births, _ in found]):.1f} 例：{_middle([after for _, after in found])}，"
        f"{np.mean([after < np.inf for _, after in found]):.0%}"
        for found in stops.values()
    ]
    return [
        f"{months}",
        f"{drift:.0%}",
        f"{np.mean(streets):.1%}",
        f"{np.mean(whole):.1%}",
        f"{false}/{DISTRICTS}",
        *cells,
    ]


def _middle(months: list[float]) -> str:
    middle = float(np.median(months))
    return f"{middle:.0f} 月" if np.isfinite(middle) else "多半不报"


def null_years() -> tuple[float, float, float]:
    """Share of years in which anything is flagged when all is drawn from what was expected: chance alone, and with its error."""
    told = expected_births(district(3).births[:60], FIRST)
    random = np.random.default_rng(5)
    shape = 1 / told.error.mean(axis=0)
    plain = wide = 0
    start = time.perf_counter()
    for _ in range(NULL_YEARS):
        plain += bool(flagged(alerts(told, random.poisson(told.mean))))
        wide += bool(flagged(alerts(told, random.poisson(told.mean * random.gamma(shape, 1 / shape)))))
    return plain / NULL_YEARS, wide / NULL_YEARS, (time.perf_counter() - start) / 2 / NULL_YEARS


def main() -> None:
    heads = ["历史月数", "水平每月漂移", "街镇 95% 区间盖住", "全区 95% 区间盖住", "有误报的区"]
    table = Table(*heads, *(f"停报的第 {rank + 1} 小街镇" for rank in RANKS), title="36 街镇 × 12 个月，合成区")
    for setting in SETTINGS:
        table.add_row(*measured(*setting))
    plain, wide, seconds = null_years()
    console = Console(width=170)
    console.print(table)
    console.print(
        f"全无异常的 {NULL_YEARS} 年：只有碰巧 {plain:.1%} 报过一次；连同预测本身的误差 {wide:.1%}；判一年 {seconds * 1000:.0f} 毫秒。"
    )


if __name__ == "__main__":
    main()
