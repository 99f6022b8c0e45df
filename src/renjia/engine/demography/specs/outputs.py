"""推算的成果 — CSV tables and a Chinese summary of one finished run, written into a folder that does not exist yet for readers."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

from renjia.engine.demography.checks import Floats
from renjia.engine.demography.projection.backtest import BackTest, migration_sensitivity
from renjia.engine.demography.projection.cohort import Projection
from renjia.engine.demography.projection.consequences import population_consequences
from renjia.engine.demography.projection.graduated import single_counts
from renjia.engine.demography.projection.inputs import SEXES, mortality_starts
from renjia.engine.demography.projection.scenarios import CHINESE, total_fertility
from renjia.engine.demography.projection.shrinkage import Levels
from renjia.engine.demography.projection.summary import Quantiles
from renjia.engine.pages import markdown_table

Runs = dict[str, Projection]
WHOLE = "合计"


def label(name: str) -> str:
    """方案的中文名 — as written when it has none."""
    return next((chinese for chinese, english in CHINESE.items() if english == name), name)


def _write(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        for row in rows:
            writer.writerow([repr(float(v)) if isinstance(v, float) else v for v in row])


def _cells(name: str, run: Projection, values: Floats, years: Sequence[int]) -> Iterator[tuple[object, ...]]:
    """Rows of an array (P, T, 2, A)."""
    listed = values.tolist()
    for p, place in enumerate(run.inputs.places):
        for t, year in enumerate(years):
            for s, sex in enumerate(SEXES):
                for age, value in zip(run.ages.tolist(), listed[p][t][s], strict=True):
                    yield name, place, year, sex, age, value


def write_tables(folder: Path, runs: Runs) -> None:
    """各表 — population, births, deaths, migration, totals, schedules; years are those at whose end a step ends."""
    cells = ("scenario", "place", "year", "sex", "age")
    _write(
        folder / "population.csv", (*cells, "population"),
        (row for name, run in runs.items() for row in _cells(name, run, run.population, run.years)),
    )  # fmt: skip
    for title, column in (("deaths", "deaths"), ("migration", "net_migration")):
        _write(
            folder / f"{title}.csv", (*cells, column),
            (
                row
                for name, run in runs.items()
                for row in _cells(name, run, run.deaths if title == "deaths" else run.moves, run.years[1:])
            ),
        )  # fmt: skip
    _write(
        folder / "births.csv", ("scenario", "place", "year", "sex", "births"),
        (
            (name, place, year, sex, float(run.births[p, t, s]))
            for name, run in runs.items()
            for p, place in enumerate(run.inputs.places)
            for t, year in enumerate(run.years[1:])
            for s, sex in enumerate(SEXES)
        ),
    )  # fmt: skip
    _write(
        folder / "totals.csv",
        ("scenario", "place", "year", "population", "births", "deaths", "net_migration", "tfr", "not_closed"),
        (row for name, run in runs.items() for row in _totals(name, run)),
    )
    _write(
        folder / "schedules.csv", ("scenario", "place", "year", "sex", "measure", "age", "value"),
        (row for name, run in runs.items() for row in _schedules(name, run)),
    )  # fmt: skip


def _totals(name: str, run: Projection) -> Iterator[tuple[object, ...]]:
    people = run.population.sum(axis=(2, 3))
    flows = [run.births.sum(axis=2), run.deaths.sum(axis=(2, 3)), run.moves.sum(axis=(2, 3))]
    tfr = total_fertility(run.inputs)
    places = run.inputs.places if len(run.inputs.places) == 1 else (*run.inputs.places, WHOLE)
    for p, place in enumerate(places):
        part = slice(None) if place == WHOLE and p == len(run.inputs.places) else slice(p, p + 1)
        end = people[part].sum(axis=0)
        born, died, moved = (flow[part].sum(axis=0) for flow in flows)
        yield name, place, run.years[0], float(end[0]), "", "", "", "", ""
        for t, year in enumerate(run.years[1:]):
            open_gap = end[t + 1] - end[t] - born[t] + died[t] - moved[t]
            level = float(tfr[p, t]) if p < len(run.inputs.places) else ""
            yield (
                name,
                place,
                year,
                float(end[t + 1]),
                float(born[t]),
                float(died[t]),
                float(moved[t]),
                level,
                float(open_gap),
            )


def _schedules(name: str, run: Projection) -> Iterator[tuple[object, ...]]:
    """Every schedule that was used."""
    inputs = run.inputs
    death_ages = mortality_starts(inputs.width, int(inputs.mx.shape[-1])).tolist()
    for p, place in enumerate(inputs.places):
        for t, year in enumerate(inputs.years[1:]):
            for s, sex in enumerate(SEXES):
                for age, value in zip(death_ages, inputs.mx[p, t, s].tolist(), strict=True):
                    yield name, place, year, sex, "mx", age, value
                for age, value in zip(run.ages.tolist(), inputs.migration[p, t, s].tolist(), strict=True):
                    yield name, place, year, sex, "net_migration", age, value
            for age, value in zip(run.ages.tolist(), inputs.asfr[p, t].tolist(), strict=True):
                if value > 0:
                    yield name, place, year, "female", "asfr", age, value


def write_consequences(folder: Path, runs: Runs, month: int, per_thousand: float | None) -> None:
    """后果 — school entrants, nursery places, elders, by place and for the whole; five-year groups are graduated first."""

    def rows() -> Iterator[tuple[object, ...]]:
        for name, run in runs.items():
            people = run.population if run.inputs.width == 1 else single_counts(run.population, run.ages)
            several = len(run.inputs.places) > 1
            with_whole = np.concatenate([people, people.sum(axis=0, keepdims=True)]) if several else people
            found = population_consequences(with_whole, month=month, per_thousand=per_thousand)
            for p, place in enumerate((*run.inputs.places, WHOLE) if several else run.inputs.places):
                for t, year in enumerate(run.years):
                    for measure, values in found.items():
                        yield name, place, year, measure, float(values[p, t])

    _write(folder / "consequences.csv", ("scenario", "place", "year", "measure", "value"), rows())


def write_intervals(folder: Path, found: dict[str, Quantiles]) -> None:
    """区间 — quantiles of every place and of their sum."""
    levels = next(iter(found.values())).levels

    def rows() -> Iterator[tuple[object, ...]]:
        for name, q in found.items():
            for p, place in enumerate(q.places):
                for t, year in enumerate(q.years):
                    for k, measure in enumerate(q.measures):
                        yield name, place, year, measure, *q.values[p, t, k].tolist()

    _write(
        folder / "intervals.csv", ("scenario", "place", "year", "measure", *(f"p{100 * v:g}" for v in levels)), rows()
    )


def summary(
    title: str,
    runs: Runs,
    intervals: dict[str, Quantiles],
    tested: BackTest | None,
    levels: dict[str, Levels],
    draws: int,
    mode: str,
    graduated: bool,
) -> str:
    """摘要 — what was projected from what, totals, intervals, back-test, and how much the migration pattern matters."""
    first = next(iter(runs.values()))
    inputs = first.inputs
    unit, years = inputs.unit, first.years
    shown = sorted({0, *(i for i, y in enumerate(years) if y % 10 == 0), len(years) - 1})
    text = f"# {title}\n\n"
    text += f"- 起止：{years[0]}–{years[-1]} 年，{'单岁' if inputs.width == 1 else '五岁组'}，{len(inputs.places)} 个地区；单位：{unit}。\n"
    text += f"- 迁移的年龄模式：{inputs.pattern}；半数迁移在存活之前，半数在之后。\n"
    text += f"- 婴儿存活：{inputs.infant_rule}；出生＝期初与期末育龄妇女平均数 × 生育率。\n"
    closing = max(run.closing_error() for run in runs.values())
    text += f"- 平衡：出生 − 死亡 + 净迁移与人口变化之差，最大 {closing:.1e}（相对于人口）。\n"
    cut = float(max(np.abs(run.cut).max() for run in runs.values()))
    text += f"- 迁出多于现有人数而未能迁出的：{cut:,.3f} {unit}。\n\n" if cut > 1e-6 else "\n"
    text += "## 总人口\n\n" + markdown_table(
        ("年", *(label(name) for name in runs)),
        ((years[i], *(f"{run.totals[:, i].sum():,.1f}" for run in runs.values())) for i in shown),
    )
    text += _interval_text(intervals, draws, mode, graduated)
    text += _tested_text(tested)
    if levels:
        text += "## 小地区收缩\n\n" + markdown_table(
            ("地区", *(f"{n}水平（95% 区间）" for n in levels)),
            (
                (p, *(f"{v.mean[i]:.3f}（{v.interval()[0][i]:.3f}–{v.interval()[1][i]:.3f}）" for v in levels.values()))
                for i, p in enumerate(inputs.places)
            ),
        )
    text += "## 迁移年龄模式的影响\n\n总数不变，只换年龄模式，期末总人口：\n\n" + markdown_table(
        ("模式", f"期末总人口（{unit}）", "差 %"),
        ((n, f"{end:,.1f}", f"{off:+.3f}") for n, (end, off) in migration_sensitivity(inputs).items()),
    )
    return text


def _interval_text(intervals: dict[str, Quantiles], draws: int, mode: str, graduated: bool) -> str:
    if not intervals:
        return "没有抽样，因此没有区间；上面的数是中间路径，不是确数。\n\n"
    text = f"## 区间（{draws} 次抽样，{'整数人' if mode == 'counts' else '率'}）\n\n"
    if graduated:
        text += "五岁组先化为单岁再抽样。\n\n"
    for name, q in intervals.items():
        k = q.measures.index("population")
        step = max(len(q.years) // 8, 1)
        text += f"{label(name)}，{q.places[-1]}总人口：\n\n" + markdown_table(
            ("年", *(f"{100 * v:g}%" for v in q.levels)),
            ((q.years[t], *(f"{v:,.0f}" for v in q.values[-1, t, k])) for t in range(step - 1, len(q.years), step)),
        )
    return text


def _tested_text(tested: BackTest | None) -> str:
    if tested is None:
        return "没有回测：说明书里没有写 backtest。没有回测的推算，误差大小没有依据。\n\n"
    return f"## 回测：从 {tested.start} 年推到 {tested.end} 年，与实际比\n\n" + markdown_table(
        ("地区", "实际", "推算", "总数误差 %", "各年龄加权误差 %", "若人口不变，总数误差 %", "若人口不变，加权误差 %"),
        (
            (
                place, f"{tested.counted[p]:,.1f}", f"{tested.projected[p]:,.1f}", f"{tested.total_error[p]:+.3f}",
                f"{tested.wmape[p]:.3f}", f"{tested.unchanged_error[p]:+.3f}", f"{tested.unchanged_wmape[p]:.3f}",
            )
            for p, place in enumerate(tested.place)
        ),
    )  # fmt: skip
