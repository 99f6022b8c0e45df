"""性别比图报得准不准 — exact chances beside simulated ones, as tables; `make bench-srb`, `--write` puts them into the doc page.

Simulation uses the textbook's logarithms and random months, not our whole scores and even months: it checks both.
"""

import argparse
import time
from pathlib import Path

import numpy as np

from renjia.engine.demography.sex_ratios.cusum import (
    CusumChart,
    alarm_chances,
    average_run_length,
    cusum_chart,
    even_schedule,
    false_alarm_of_district,
    tune_threshold,
)
from renjia.engine.demography.sex_ratios.ewma import ewma_false_alarm, tune_ewma_limit
from renjia.engine.demography.sex_ratios.sex_ratio import (
    births_needed,
    funnel_limits,
    sex_ratio_interval,
    sex_ratio_test,
    share_of_boys,
    smallest_ratio_seen,
)
from renjia.engine.demography.sex_ratios.shrinkage import false_discoveries
from renjia.engine.demography.sex_ratios.verdict import TOO_FEW, BirthCount, judge_sex_ratios

SEED, STREETS, YEARS, BIRTHS = 20261122, 36, 5, 200
PAGE = Path(__file__).resolve().parents[1] / "docs/demography/sex-ratio.md"
BEGIN, END = "<!-- 以下各表由 make bench-srb 生成 -->", "<!-- 生成的表到此为止 -->"
P0 = 106 / 206


def table(heads: list[str], rows: list[list[str]]) -> str:
    lines = [f"| {' | '.join(heads)} |", f"|{'---|' * len(heads)}"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)])


def per_cent(value: float, places: int = 1) -> str:
    return f"{100 * value:.{places}f}%"


def simulated(h: float, ratio: float, births: int, streets: int, random: np.random.Generator) -> float:
    """Share of streets that alarm within `births`, looked at after every birth, with exact logarithms."""
    p, p1 = float(share_of_boys(ratio)), 115 / 215
    boy, girl = np.log(p1 / P0), np.log((1 - p1) / (1 - P0))
    score, alarmed = np.zeros(streets), np.zeros(streets, dtype=bool)
    for _ in range(births):
        score = np.maximum(0, score + np.where(random.random(streets) < p, boy, girl))
        alarmed |= score >= h
    return float(alarmed.mean())


def simulated_months(h: float, ratio: float, streets: int, random: np.random.Generator) -> float:
    """The same looked at monthly, with births of a month random (Poisson 200/12) for five years."""
    p, p1 = float(share_of_boys(ratio)), 115 / 215
    boy, girl = np.log(p1 / P0), np.log((1 - p1) / (1 - P0))
    score, alarmed = np.zeros(streets), np.zeros(streets, dtype=bool)
    for _ in range(12 * YEARS):
        n = random.poisson(BIRTHS / 12, streets)
        boys = random.binomial(n, p)
        score = np.maximum(0, score + boys * boy + (n - boys) * girl)
        alarmed |= score >= h
    return float(alarmed.mean())


def of_district(street: float) -> float:
    return 1 - (1 - street) ** STREETS


def drawn(chart: CusumChart, ratio: float, looks: int | None, streets: int, random: np.random.Generator) -> float:
    if looks is None:
        return simulated(chart.h, ratio, BIRTHS * YEARS, streets, random)
    return simulated_months(chart.h, ratio, streets, random)


def cusum_table(streets: int, random: np.random.Generator) -> str:
    tuned, monthly = tune_threshold().chart, tune_threshold(looks_a_year=12).chart
    charts: list[tuple[str, CusumChart, int | None]] = [(f"{h}", cusum_chart(h), None) for h in (3, 4, 5)]
    charts += [
        (f"{tuned.h:.2f}（逐例看，调出）", tuned, None),
        (f"{monthly.h:.2f}（逐月看，调出）", monthly, 12 * YEARS),
    ]
    rows, total = [], BIRTHS * YEARS
    for name, chart, looks in charts:
        lengths = " / ".join(f"{average_run_length(chart, r):,.0f}" for r in (106, 115, 130)) if looks is None else "—"
        schedule = [1] * total if looks is None else even_schedule(total, looks)
        found = [
            f"{per_cent(float(alarm_chances(chart, r, schedule)[-1]))}（{per_cent(drawn(chart, r, looks, streets, random))}）"
            for r in (130, 150)
        ]
        exact, draws = (
            false_alarm_of_district(chart, [total] * STREETS, looks),
            drawn(chart, 106, looks, streets, random),
        )
        false = f"{per_cent(exact, 2)}（{per_cent(of_district(draws), 2)}）"
        rows.append([name, lengths, false, *found])
    heads = [
        "h",
        "平均多少例报一次：106 / 115 / 130",
        "全区五年误报",
        "130 的街镇 1,000 例内发现",
        "150 的街镇 1,000 例内发现",
    ]
    return table(heads, rows)


def third_table(streets: int, random: np.random.Generator) -> str:
    tuned = tune_threshold(1, 60, YEARS).chart
    rows = []
    for name, chart in (("1.5", cusum_chart(1.5)), (f"{tuned.h:.2f}（调出）", tuned)):
        cells = [
            f"{per_cent(float(alarm_chances(chart, r, [1] * 300)[-1]))}（{per_cent(simulated(chart.h, r, 300, streets, random))}）"
            for r in (106, 133, 153)
        ]
        rows.append([name, *cells])
    return table(["h", "五年误报（真值 106）", "真值 133 五年内发现", "真值 153 五年内发现"], rows)


def ewma_table(streets: int, random: np.random.Generator) -> str:
    rows = []
    for weight in (0.1, 0.2):
        for name, limit in (("3.00", 3.0), ("调出", tune_ewma_limit(STREETS, 12 * YEARS, weight))):
            cells = []
            for ratio in (106, 130, 150):
                p, value, out = float(share_of_boys(ratio)), np.zeros(streets), np.zeros(streets, dtype=bool)
                for t in range(1, 12 * YEARS + 1):
                    n = np.maximum(random.poisson(BIRTHS / 12, streets), 1)
                    z = (random.binomial(n, p) - n * P0) / np.sqrt(n * P0 * (1 - P0))
                    value = weight * z + (1 - weight) * value
                    out |= np.abs(value) > limit * np.sqrt(weight / (2 - weight) * (1 - (1 - weight) ** (2 * t)))
                cells.append(float(out.mean()))
            exact = per_cent(of_district(ewma_false_alarm(limit, weight)))
            row = [
                f"{weight}",
                f"{limit:.2f}" if name == "调出" else name,
                f"{exact}（{per_cent(of_district(cells[0]))}）",
            ]
            rows.append([*row, per_cent(cells[1]), per_cent(cells[2])])
    return table(["λ", "L", "全区五年误报：按正态算（模拟）", "130 五年内发现（模拟）", "150 五年内发现（模拟）"], rows)


def looks_table(districts: int, random: np.random.Generator) -> str:
    """False flags among 36 null streets in one year, by five ways of flagging; and one street at 150 among them."""
    rows = []
    boys = random.binomial(BIRTHS, P0, (districts, STREETS))
    boys[:, 0] = random.binomial(BIRTHS, 150 / 250, districts)
    low95, high95 = funnel_limits(BIRTHS)
    low99, high99 = funnel_limits(BIRTHS, level=0.998)
    ratio = 100 * boys / (BIRTHS - boys)
    p = sex_ratio_test(np.arange(1, BIRTHS), BIRTHS - np.arange(1, BIRTHS))[boys - 1]
    fdr = np.array([false_discoveries(row)[0] for row in p])
    every = {m: judge_sex_ratios([BirthCount("街", "年", m, BIRTHS - m)])[0].verdict for m in np.unique(boys).tolist()}
    said = np.vectorize(every.get)(boys)
    ways = [
        ("95% 漏斗界外", (ratio > high95) | (ratio < low95)),
        ("99.8% 漏斗界外", (ratio > high99) | (ratio < low99)),
        ("FDR 5%", fdr),
        ("判断：偏高、偏低", np.isin(said, ["偏高", "偏低"])),
        (f"判断：{TOO_FEW}", said == TOO_FEW),
    ]
    for name, flags in ways:
        rows.append([name, f"{flags[:, 1:].sum(axis=1).mean():.2f}", per_cent(float(flags[:, 0].mean()))])
    return table(["标法（每街镇一年 200 例）", "35 个正常街镇中平均标出几个", "真值 150 的那个街镇被标出"], rows)


def interval_table() -> str:
    """Coverage computed over all outcomes, no simulation."""
    rows = []
    for n in (100, 200, 1000):
        boys = np.arange(1, n)
        weight = np.exp(_log_choose(n, boys) + boys * np.log(P0) + (n - boys) * np.log(1 - P0))
        cells = []
        for method in ("exact", "wilson", "log", "bayes"):
            low, high = sex_ratio_interval(boys, n - boys, method)
            cells.append(f"{per_cent(float(weight[(low <= 106) & (106 <= high)].sum()))}")
        low, high = (float(x) for x in sex_ratio_interval(round(n * P0), n - round(n * P0)))
        rows.append([f"{n:,}", *cells, f"{low:.0f}—{high:.0f}"])
    return table(
        ["出生数", "精确区间盖住真值", "Wilson", "对数", "贝叶斯（Jeffreys）", "性别比 106 时的精确区间"], rows
    )


def _log_choose(n: int, k: np.ndarray) -> np.ndarray:
    steps = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, n + 1)))])
    return steps[n] - steps[k] - steps[n - k]


def limits_tables() -> str:
    births = [100, 200, 1000, 5000, 20000]
    rows = []
    for level in (0.95, 0.998):
        low, high = funnel_limits(births, level=level)
        rows.append([f"{100 * level:g}% 界", *(f"{a:.0f}–{b:.0f}" for a, b in zip(low, high, strict=True))])
    ratios = [110, 112, 115, 120, 130]
    need = table(["真值", *map(str, ratios)], [["要多少例", *(f"{n:,.0f}" for n in births_needed(ratios))]])
    seen = table(
        ["出生数", *(f"{n:,}" for n in births)],
        [["看得出的最小性别比", *(f"{r:.0f}" for r in smallest_ratio_seen(births))]],
    )
    return "\n\n".join([table(["出生数", *(f"{n:,}" for n in births)], rows), need, seen])


def report(streets: int) -> str:
    random = np.random.default_rng(SEED)
    parts = [
        ("漏斗界与所需出生数", limits_tables()),
        ("区间盖住真值的机会（真值 106，逐一列举算出，不是模拟）", interval_table()),
        (
            f"CUSUM，{STREETS} 个街镇 × 每年 {BIRTHS} 例 × {YEARS} 年：精确值（括号内为 {streets:,} 个街镇的模拟值）",
            cusum_table(streets, random),
        ),
        (f"区一级三孩 CUSUM，五年 300 例：精确值（括号内为 {streets:,} 次模拟）", third_table(streets, random)),
        (f"EWMA（双侧），同样的街镇，逐月看，{streets:,} 个街镇的模拟", ewma_table(streets, random)),
        ("同时看 36 个街镇：几种标法（2,000 个区的模拟）", looks_table(2000, random)),
    ]
    return "\n\n".join(f"### {title}\n\n{body}" for title, body in parts)


def main() -> None:
    reader = argparse.ArgumentParser(description="性别比图的误报与发现")
    reader.add_argument("--streets", type=int, default=200_000, help="模拟多少个街镇")
    reader.add_argument("--write", action="store_true", help="写进 docs/demography/sex-ratio.md")
    chosen = reader.parse_args()
    started = time.monotonic()
    text = report(chosen.streets)
    print(text)
    print(f"\n用时 {time.monotonic() - started:.0f} 秒，种子 {SEED}。")
    if chosen.write:
        page = PAGE.read_text(encoding="utf-8")
        before, rest = page.split(BEGIN)
        PAGE.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{rest.split(END)[1]}", encoding="utf-8")


if __name__ == "__main__":
    main()
