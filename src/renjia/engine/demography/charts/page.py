"""网页用图 — the same charts as ECharts options: plain JSON without functions, patterns beside colours, a table and a sentence.

`chart_for_page` gives {"option", "table", "summary", "source"}: the page draws the option, prints the table beside it and says
the summary to those who cannot see. Values are those of the data table; nothing is computed here.
"""

import numpy as np

from renjia.engine.demography.charts.data import Chart, Control, Fan, Funnel, Lexis, Pyramid
from renjia.engine.demography.charts.palette import (
    ACCENT,
    ALARM,
    BANDS,
    FEMALE,
    GREY,
    INK,
    LINE,
    MALE,
    MEDIAN,
    SCALE,
    SIDES,
)
from renjia.engine.demography.charts.ticks import ticks_between
from renjia.engine.demography.checks import Floats

Option = dict[str, object]

_DECALS: list[Option] = [
    {"symbol": "none"},
    {"symbol": "rect", "dashArrayX": [1, 0], "dashArrayY": [2, 5], "rotation": 0.785, "color": "rgba(255,255,255,.45)"},
]
_SYMBOLS = ("circle", "triangle", "diamond")


def chart_for_page(chart: Chart) -> Option:
    """给网页的图 — option (ECharts), table (columns, rows), summary and source; all of it JSON."""
    match chart:
        case Pyramid():
            option = _pyramid(chart)
        case Fan():
            option = _fan(chart)
        case Funnel():
            option = _funnel(chart)
        case Control():
            option = _control(chart)
        case Lexis():
            option = _lexis(chart)
    table = chart.table()
    return {
        "option": {**_frame(chart), **option},
        "table": {"columns": list(table.columns), "rows": [list(row) for row in table.rows]},
        "summary": chart.summary(),
        "source": chart.heading.source,
    }


def _frame(chart: Chart) -> Option:
    """What every chart has: title, description for screen readers, a key, no animation."""
    return {
        "animation": False,
        "title": {
            "left": 0,
            "top": 0,
            "text": chart.heading.title,
            "textStyle": {"fontSize": 14, "fontWeight": 600, "color": INK},
        },
        "aria": {"enabled": True, "label": {"description": chart.summary()}},
        "textStyle": {"fontSize": 12, "color": INK},
        "legend": {"top": 28, "left": 0, "itemWidth": 18, "itemHeight": 10, "textStyle": {"color": INK}},
        "grid": {"left": 8, "right": 24, "top": 88, "bottom": 24, "containLabel": True},
        "tooltip": {"trigger": "axis", "confine": True, "transitionDuration": 0, "renderMode": "richText"},
    }


def _axis(kind: str, name: str = "", **more: object) -> Option:
    """An axis in the house's greys."""
    return {
        "type": kind,
        "name": name,
        "nameTextStyle": {"color": GREY},
        "axisLabel": {"color": GREY},
        "axisLine": {"lineStyle": {"color": GREY}},
        "axisTick": {"show": False},
        "splitLine": {"lineStyle": {"color": LINE}},
        **more,
    }


def _values(values: Floats, places: int = 3) -> list[float | None]:
    """Rounded numbers; what is not finite is null."""
    return [round(float(v), places) if np.isfinite(v) else None for v in values]


def _pyramid(chart: Pyramid) -> Option:
    """Two grids back to back, the left one running leftwards: no negative number anywhere."""
    ages, unit = list(chart.ages), chart.heading.unit
    tops = [chart.males.max(), chart.females.max(), *([c.max() for c in chart.compare[1:]] if chart.compare else [])]
    top = float(ticks_between(0, float(max(tops)))[-1])
    series: list[Option] = []
    outlines: list[Option] = []
    for at, (name, values, colour) in enumerate((("男", chart.males, MALE), ("女", chart.females, FEMALE))):
        series.append(
            {
                "name": name,
                "type": "bar",
                "data": _values(values),
                "xAxisIndex": at,
                "yAxisIndex": at,
                "barCategoryGap": "8%",
                "itemStyle": {"color": colour, "decal": _DECALS[at]},
                "color": colour,
            }
        )
        if chart.compare:
            outlines.append(
                {
                    "name": chart.compare[0],
                    "type": "line",
                    "step": "middle",
                    "data": _values(chart.compare[1] if at == 0 else chart.compare[2]),
                    "xAxisIndex": at,
                    "yAxisIndex": at,
                    "symbol": "none",
                    "lineStyle": {"color": INK, "width": 1.5},
                    "color": INK,
                }
            )
    return {
        "grid": [
            {"left": 72, "right": "50%", "top": 72, "bottom": 32},
            {"left": "50%", "right": 72, "top": 72, "bottom": 32},
        ],
        "xAxis": [
            _axis("value", gridIndex=0, inverse=True, max=top),
            _axis("value", unit, gridIndex=1, max=top, nameLocation="end", nameGap=4),
        ],
        "yAxis": [
            _axis("category", "岁", gridIndex=0, data=ages, position="left", splitLine={"show": False}),
            _axis("category", gridIndex=1, data=ages, axisLabel={"show": False}, splitLine={"show": False}),
        ],
        "series": series + outlines,
    }


def _band(name: str, low: Floats, high: Floats, colour: str) -> list[Option]:
    """An interval as two stacked lines, the lower unseen."""
    hidden = {"opacity": 0}
    shared: Option = {
        "name": name,
        "type": "line",
        "stack": name,
        "stackStrategy": "all",
        "symbol": "none",
        "silent": True,
        "color": colour,
    }
    return [
        {**shared, "data": _values(low), "lineStyle": hidden, "tooltip": {"show": False}},
        {
            **shared,
            "data": _values(high - low),
            "lineStyle": hidden,
            "areaStyle": {"color": colour, "opacity": 1},
            "tooltip": {"show": False},
        },
    ]


def _fan(chart: Fan) -> Option:
    """Bands, dashed median, the past as a line with points."""
    series: list[Option] = []
    for (level, low, high), colour in zip(chart.bands, BANDS[-len(chart.bands) :], strict=True):
        series += _band(f"{level:.0%} 区间", low, high, colour)
    series.append(
        {
            "name": "中位数",
            "type": "line",
            "data": _values(chart.median),
            "symbol": "none",
            "color": MEDIAN,
            "lineStyle": {"type": "dashed", "width": 2},
        }
    )
    if np.isfinite(chart.observed).any():
        series.append(
            {
                "name": "实际",
                "type": "line",
                "data": _values(chart.observed),
                "symbolSize": 4,
                "color": INK,
                "lineStyle": {"width": 2},
            }
        )
    return {
        "xAxis": _axis("category", data=[str(y) for y in chart.years], boundaryGap=False),
        "yAxis": _axis("value", chart.heading.unit, scale=True),
        "series": series,
    }


def _line(name: str, xs: Floats, ys: Floats, colour: str, kind: str) -> Option:
    """A line through given points, cut where a limit has no value."""
    data = [[round(float(x), 1), round(float(y), 3)] for x, y in zip(xs, ys, strict=True) if np.isfinite(y)]
    return {
        "name": name,
        "type": "line",
        "data": data,
        "symbol": "none",
        "silent": True,
        "color": colour,
        "lineStyle": {"type": kind, "width": 1.2},
        "tooltip": {"show": False},
    }


def _funnel(chart: Funnel) -> Option:
    """Places as marks of three shapes, limits as lines of two kinds."""
    grid, low, high, far_low, far_high = chart.curve
    series = [
        _line("95% 界", grid, low, GREY, "dashed"),
        _line("95% 界", grid, high, GREY, "dashed"),
        _line("99.8% 界", grid, far_low, GREY, "solid"),
        _line("99.8% 界", grid, far_high, GREY, "solid"),
        _line(f"参考值 {chart.reference:g}", grid, np.full(grid.size, chart.reference), INK, "solid"),
    ]
    for side, ((name, colour), symbol) in enumerate(zip(SIDES, _SYMBOLS, strict=True)):
        points: list[Option] = [
            {
                "name": place,
                "value": [float(n), round(float(ratio), 1)],
                "label": {"position": _free_side(chart, n, ratio)},
            }
            for place, n, ratio, beyond in zip(chart.names, chart.births, chart.ratio, chart.sides, strict=True)
            if abs(beyond) == side and np.isfinite(ratio)
        ]
        style: Option = (
            {"color": "transparent", "borderColor": colour, "borderWidth": 1.2, "opacity": 1}
            if side == 0
            else {"color": colour, "opacity": 1}
        )
        series.append(
            {
                "name": name,
                "type": "scatter",
                "data": points,
                "symbol": symbol,
                "symbolSize": 9,
                "itemStyle": style,
                "color": colour,
                "label": {"show": side == 2, "formatter": "{b}", "position": "right", "fontSize": 11, "color": INK},
                "labelLayout": {"hideOverlap": True},
                "z": 3,
            }
        )
    finite = chart.ratio[np.isfinite(chart.ratio)]
    floor, top = float(np.floor(min([*finite, 95.0]) - 4)), float(np.ceil(max([*finite, 117.0]) + 4))
    return {
        "tooltip": {"trigger": "item", "confine": True, "renderMode": "richText", "formatter": "{b}：{c}"},
        "xAxis": _axis(
            "log",
            "出生数（例）",
            min=round(float(grid[0])),
            max=round(float(grid[-1])),
            nameLocation="middle",
            nameGap=26,
            axisLabel={"color": GREY, "showMinLabel": False, "showMaxLabel": False},
        ),
        "yAxis": _axis("value", "女婴=100", min=floor, max=top),
        "series": series,
    }


def _free_side(chart: Funnel, births: float, ratio: float) -> str:
    """The side of a point where fewest others lie close by, in a picture 600 by 300 points: for its name."""
    finite = chart.ratio[np.isfinite(chart.ratio)]
    right = 600 * np.log(chart.births / births) / np.log(chart.curve[0][-1] / chart.curve[0][0])
    up = 300 * (chart.ratio - ratio) / (max([*finite, 117.0]) - min([*finite, 95.0]) + 8)
    sides = {
        "right": (right > 0) & (right < 45) & (np.abs(up) < 11),
        "left": (right < 0) & (right > -45) & (np.abs(up) < 11),
        "top": (up > 0) & (up < 24) & (np.abs(right) < 24),
        "bottom": (up < 0) & (up > -24) & (np.abs(right) < 24),
    }
    return min(sides, key=lambda side: int(sides[side].sum()))


def _control(chart: Control) -> Option:
    """The statistic, its limits, the alarm as a mark, the drift as a shaded span."""
    line: Option = {
        "name": chart.heading.unit,
        "type": "line",
        "data": _values(chart.value),
        "symbol": "none",
        "color": ACCENT,
    }
    if chart.alarm is not None:
        at = [chart.periods[chart.alarm], round(float(chart.value[chart.alarm]), 3)]
        line["markPoint"] = {
            "data": [{"coord": at, "name": "报警"}],
            "symbol": "diamond",
            "symbolSize": 12,
            "itemStyle": {"color": ALARM},
            "label": {"show": True, "formatter": "报警 " + chart.periods[chart.alarm], "position": "top", "color": INK},
        }
        if chart.drift_from is not None:
            span = [{"xAxis": chart.periods[chart.drift_from]}, {"xAxis": chart.periods[chart.alarm]}]
            line["markArea"] = {"silent": True, "itemStyle": {"color": LINE, "opacity": 0.7}, "data": [span]}
    limits = [chart.upper] if chart.lower is None else [chart.upper, chart.lower]
    return {
        "xAxis": _axis("category", data=list(chart.periods), boundaryGap=False),
        "yAxis": _axis("value"),
        "series": [
            line,
            *(
                {
                    "name": "报警线",
                    "type": "line",
                    "data": _values(limit),
                    "symbol": "none",
                    "color": ALARM,
                    "lineStyle": {"type": "dashed", "width": 1.2},
                }
                for limit in limits
            ),
        ],
    }


def _lexis(chart: Lexis) -> Option:
    """A heat map of squares; a cohort passes one square on and one up each step, so its line goes through the squares' middles."""
    periods, ages, step = list(chart.periods), list(chart.ages), chart.width
    cells = [
        [i, j, round(float(value), 3)]
        for i, row in enumerate(chart.values)
        for j, value in enumerate(row)
        if np.isfinite(value)
    ]
    names = [str(p) if step == 1 else f"{p}–{p + step - 1}" for p in periods]
    groups = [str(a) if step == 1 else f"{a}–{a + step - 1}" for a in ages]
    series: list[Option] = [{"name": chart.heading.unit, "type": "heatmap", "data": cells}]
    for cohort in chart.cohorts:
        path = [
            [i, (p - cohort - ages[0]) / step]
            for i, p in enumerate(periods)
            if 0 <= p - cohort - ages[0] < step * len(ages)
        ]
        whole = [[i, round(j)] for i, j in path if float(j).is_integer()]
        if len(whole) > 1:
            series.append(
                {
                    "name": f"{cohort} 年生",
                    "type": "line",
                    "data": whole,
                    "symbol": "none",
                    "color": INK,
                    "silent": True,
                    "lineStyle": {"color": INK, "type": "dashed", "width": 1.2},
                    "z": 3,
                    "endLabel": {"show": True, "formatter": f"{cohort} 年生", "color": INK, "fontSize": 11},
                }
            )
    return {
        "legend": {"show": False},
        "tooltip": {"trigger": "item", "confine": True, "renderMode": "richText"},
        "grid": {"left": 8, "right": 72, "top": 56, "bottom": 64, "containLabel": True},
        "xAxis": _axis("category", data=names, splitLine={"show": False}),
        "yAxis": _axis("category", "岁", data=groups, splitLine={"show": False}),
        "visualMap": {
            "min": 0,
            "max": round(float(np.nanmax(chart.values)), 3),
            "orient": "horizontal",
            "left": "center",
            "bottom": 0,
            "inRange": {"color": list(SCALE)},
            "text": [chart.heading.unit, ""],
            "textStyle": {"color": GREY},
            "seriesIndex": 0,
        },
        "series": series,
    }
