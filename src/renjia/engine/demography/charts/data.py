"""图的数据 — plain values behind every chart, each with its data table and one sentence for those who cannot see it.

The same value is drawn by `draw_for_paper` (SVG, PNG) and `option_for_page` (ECharts).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from renjia.engine.demography import checks
from renjia.engine.demography.checks import Floats
from renjia.engine.demography.errors import DemographyError
from renjia.engine.demography.sex_ratios.cusum import CusumPath
from renjia.engine.demography.sex_ratios.ewma import EwmaPath
from renjia.engine.demography.sex_ratios.sex_ratio import (
    REFERENCE,
    checked_births,
    checked_periods,
    funnel_limits,
    sex_ratio_at_birth,
)

Cell = str | float | int | None


@dataclass(frozen=True)
class DataTable:
    """图旁的数据表 — heads and rows, in the order read."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True)
class Heading:
    """图题 — title above, source below, and the unit of the values."""

    title: str
    source: str
    unit: str = "人"

    def __post_init__(self) -> None:
        """核对 — a chart without a title or a source is not drawn."""
        if not self.title.strip() or not self.source.strip():
            raise DemographyError("图没有标题或来源", "图题", "请写明标题（含地方、年份）与数据来源")


@dataclass(frozen=True)
class Pyramid:
    """人口金字塔 — persons by age group and sex; `compare` is an outline of another time or place, same groups."""

    heading: Heading
    ages: tuple[str, ...]
    males: Floats
    females: Floats
    compare: tuple[str, Floats, Floats] | None = None

    def table(self) -> DataTable:
        """数据表 — one row an age group, youngest first."""
        heads: tuple[str, ...] = ("年龄", f"男（{self.heading.unit}）", f"女（{self.heading.unit}）")
        columns: list[Sequence[Cell]] = [self.ages, _cells(self.males), _cells(self.females)]
        if self.compare:
            heads += (f"男，{self.compare[0]}", f"女，{self.compare[0]}")
            columns += [_cells(self.compare[1]), _cells(self.compare[2])]
        return DataTable(heads, tuple(zip(*columns, strict=True)))

    def summary(self) -> str:
        """一句话 — for those who cannot see the picture."""
        males, females = float(self.males.sum()), float(self.females.sum())
        most = self.ages[int(np.argmax(self.males + self.females))]
        unit = self.heading.unit
        return f"{self.heading.title}：男 {_figure(males)} {unit}，女 {_figure(females)} {unit}；人数最多的年龄组是 {most}。"


@dataclass(frozen=True)
class Fan:
    """扇形图 — median and intervals by year; `observed` holds the past, nan where unknown."""

    heading: Heading
    years: tuple[int, ...]
    median: Floats
    bands: tuple[tuple[float, Floats, Floats], ...]
    observed: Floats

    def table(self) -> DataTable:
        """数据表 — one row a year."""
        places = max(0, 4 - len(f"{np.abs(self.median).max():.0f}"))  # four figures or more
        heads = ["年份", f"实际（{self.heading.unit}）", "中位数"]
        columns: list[Sequence[Cell]] = [
            tuple(map(str, self.years)),
            _cells(self.observed, places),
            _cells(self.median, places),
        ]
        for level, low, high in self.bands:
            heads += [f"{level:.0%} 低", f"{level:.0%} 高"]
            columns += [_cells(low, places), _cells(high, places)]
        return DataTable(tuple(heads), tuple(zip(*columns, strict=True)))

    def summary(self) -> str:
        """一句话。"""
        level, low, high = self.bands[0]
        last = f"{self.years[-1]} 年中位数 {_figure(self.median[-1])} {self.heading.unit}"
        return f"{self.heading.title}：{last}，{level:.0%} 区间 {_figure(low[-1])}—{_figure(high[-1])}。"


@dataclass(frozen=True)
class Funnel:
    """漏斗图 — sex ratio against births for many places, with limits around the reference.

    `sides`: 0 inside, ±1 beyond the 95 % limit, ±2 beyond the 99.8 %. `curve` = (births, low95, high95, low998, high998).
    """

    heading: Heading
    names: tuple[str, ...]
    births: Floats
    ratio: Floats
    sides: tuple[int, ...]
    reference: float
    curve: tuple[Floats, Floats, Floats, Floats, Floats]

    def table(self) -> DataTable:
        """数据表 — one row a place, highest ratio first."""
        said = {0: "界内", 1: "高于 95% 界", 2: "高于 99.8% 界", -1: "低于 95% 界", -2: "低于 99.8% 界"}
        rows = [
            (name, int(n), _round(ratio), said[side])
            for name, n, ratio, side in zip(self.names, self.births, self.ratio, self.sides, strict=True)
        ]
        return DataTable(("地方", "出生数", "性别比", "位置"), tuple(sorted(rows, key=lambda row: -float(row[2] or 0))))

    def summary(self) -> str:
        """一句话。"""
        far = sum(abs(side) == 2 for side in self.sides)
        near = sum(abs(side) == 1 for side in self.sides)
        return f"{self.heading.title}：{len(self.names)} 处，{far} 处在 99.8% 界外，{near} 处在两界之间，参考值 {self.reference:g}。"


@dataclass(frozen=True)
class Control:
    """控制图 — a statistic by period with its upper (and, two-sided, lower) limit and the first alarm."""

    heading: Heading
    periods: tuple[str, ...]
    value: Floats
    upper: Floats
    lower: Floats | None
    alarm: int | None
    drift_from: int | None

    def table(self) -> DataTable:
        """数据表 — one row a period."""
        marks = ["报警" if i == self.alarm else "" for i in range(len(self.periods))]
        columns: list[Sequence[Cell]] = [self.periods, _cells(self.value, 3), _cells(self.upper, 3), marks]
        return DataTable(("时段", f"{self.heading.unit}值", "报警线", "标记"), tuple(zip(*columns, strict=True)))

    def summary(self) -> str:
        """一句话。"""
        if self.alarm is None:
            return f"{self.heading.title}：{self.periods[0]} 至 {self.periods[-1]} 没有报警。"
        began = "" if self.drift_from is None else f"，约从 {self.periods[self.drift_from]} 起持续偏离"
        return f"{self.heading.title}：{self.periods[self.alarm]} 报警{began}。"


@dataclass(frozen=True)
class Lexis:
    """莱克西斯图 — values (period, age) on squares of `width` years, so that a cohort runs along a diagonal."""

    heading: Heading
    periods: tuple[int, ...]
    ages: tuple[int, ...]
    width: int
    values: Floats
    cohorts: tuple[int, ...]

    def table(self) -> DataTable:
        """数据表 — one row a period, one column an age group."""
        heads = ("时期", *(_span(age, self.width) + " 岁" for age in self.ages))
        rows = (
            (_span(period, self.width), *_cells(row)) for period, row in zip(self.periods, self.values, strict=True)
        )
        return DataTable(heads, tuple(rows))

    def summary(self) -> str:
        """一句话。"""
        at = np.unravel_index(int(np.nanargmax(self.values)), self.values.shape)
        where = f"{_span(self.periods[at[0]], self.width)} 年 {_span(self.ages[at[1]], self.width)} 岁"
        return f"{self.heading.title}：最高在 {where}，{_figure(float(self.values[at]))} {self.heading.unit}。"


Chart = Pyramid | Fan | Funnel | Control | Lexis


def pyramid(
    males: ArrayLike,
    females: ArrayLike,
    ages: Sequence[str],
    heading: Heading,
    compare: tuple[str, ArrayLike, ArrayLike] | None = None,
) -> Pyramid:
    """人口金字塔 — (A,) males and females in the heading's unit, age labels youngest first. Raises DemographyError."""
    pairs = [(males, females), *([compare[1:]] if compare else [])]
    columns = [(checks.counts(m, "男"), checks.counts(f, "女")) for m, f in pairs]
    if any(column.shape != (len(ages),) for pair in columns for column in pair):
        raise DemographyError(f"男、女与 {len(ages)} 个年龄组对不上", "年龄", "请逐组给出男、女人数")
    outline = (compare[0], *columns[1]) if compare else None
    return Pyramid(heading, tuple(ages), *columns[0], outline)


def fan(
    years: Sequence[int],
    draws: ArrayLike,
    heading: Heading,
    observed: ArrayLike | None = None,
    levels: Sequence[float] = (0.95, 0.8, 0.5),
) -> Fan:
    """扇形图 — draws (D, T) of a projected total by year, quantiles taken here; observed (T,) with nan where unknown."""
    paths = checks.numbers(draws, "抽样")
    if paths.ndim != 2 or paths.shape[1] != len(years) or paths.shape[0] < 100:
        raise DemographyError(
            f"抽样的形状是 {paths.shape}，年份有 {len(years)} 个", "抽样", "须是（至少 100 次，年份数）"
        )
    if list(years) != sorted(set(years)):
        raise DemographyError("年份没有由早到晚，或有重复", "年份", "请按年份排好")
    bands = []
    for level in sorted((checks.fraction(level, "区间") for level in levels), reverse=True):
        low, high = np.quantile(paths, [(1 - level) / 2, (1 + level) / 2], axis=0)
        bands.append((level, low, high))
    past = np.full(len(years), np.nan) if observed is None else np.asarray(observed, dtype=np.float64)
    if past.shape != (len(years),):
        raise DemographyError(f"实际值 {past.size} 个，年份 {len(years)} 个", "实际值", "未知的年份请填 nan")
    return Fan(heading, tuple(years), np.quantile(paths, 0.5, axis=0), tuple(bands), past)


def funnel(
    males: ArrayLike, females: ArrayLike, names: Sequence[str], heading: Heading, reference: float = REFERENCE
) -> Funnel:
    """性别比漏斗图 — counts by place. Raises DemographyError."""
    boys, girls = checked_births(males, females, names)
    if boys.shape != (len(names),):
        raise DemographyError(f"{boys.size} 处出生数、{len(names)} 个名称，对不上", "地方", "请逐处给出")
    births, ratio = boys + girls, sex_ratio_at_birth(boys, girls)
    sides = np.zeros(len(names), dtype=int)
    for step, level in ((1, 0.95), (2, 0.998)):
        low, high = funnel_limits(births, reference, level)
        sides = np.where(ratio > high, step, np.where(ratio < low, -step, sides))
    grid = np.geomspace(births.min() / 1.3, births.max() * 1.3, 120)
    curve = (grid, *funnel_limits(grid, reference, 0.95), *funnel_limits(grid, reference, 0.998))
    return Funnel(heading, tuple(names), births, ratio, tuple(int(s) for s in sides), reference, curve)


def control_chart(path: CusumPath | EwmaPath, periods: Sequence[str], heading: Heading) -> Control:
    """控制图 — a CUSUM (one line above) or an EWMA (a line above and below) by period. Raises DemographyError."""
    value = path.score if isinstance(path, CusumPath) else path.value
    if len(periods) != value.size:
        raise DemographyError(f"{len(periods)} 个时段、{value.size} 个值，对不上", "时段", "请逐期给出时段")
    checked_periods(periods)
    if isinstance(path, CusumPath):
        return Control(
            heading, tuple(periods), value, np.full(value.size, path.chart.h), None, path.alarm, path.drift_from
        )
    return Control(heading, tuple(periods), value, path.upper, -path.upper, path.alarm, None)


def lexis(
    values: ArrayLike, periods: Sequence[int], ages: Sequence[int], heading: Heading, cohorts: Sequence[int] = ()
) -> Lexis:
    """莱克西斯图 — values (P, A) by period and age, both given by the first year of equal steps; nan is left white.

    `cohorts` are years of birth whose life lines are drawn. Raises DemographyError.
    """
    grid = np.asarray(values, dtype=np.float64)
    if grid.shape != (len(periods), len(ages)) or not np.isfinite(grid).any():
        raise DemographyError(
            f"表是 {grid.shape}，时期 {len(periods)} 个、年龄 {len(ages)} 个", "数据", "一行一个时期，一列一个年龄组"
        )
    steps = {b - a for axis in (periods, ages) for a, b in zip(axis, list(axis)[1:], strict=False)}
    if len(steps) != 1 or min(steps) <= 0:
        raise DemographyError(
            "时期与年龄没有由小到大，或间隔不一样", "时期、年龄", "莱克西斯图的格子须是方的，例如都是 1 年或都是 5 年"
        )
    return Lexis(heading, tuple(periods), tuple(ages), steps.pop(), grid, tuple(cohorts))


def _span(start: int, width: int) -> str:
    """A group's name — 1990–1994, or 1990 when single."""
    return str(start) if width == 1 else f"{start}–{start + width - 1}"


def _cells(values: Floats, places: int = 1) -> tuple[Cell, ...]:
    """Rounded for reading; nan and inf become empty."""
    return tuple(_round(value, places) for value in values)


def _round(value: float, places: int = 1) -> float | None:
    """One value rounded, None where there is none."""
    return round(float(value), places) if np.isfinite(value) else None


def _figure(value: float) -> str:
    """Thousands parted; smaller numbers keep one or two decimals."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:,.1f}" if abs(value) >= 100 else f"{value:,.2f}"
