"""公文用图 — the charts as SVG or PNG for papers, in the project's own Chinese font, the same bytes every time.

The font is a file given by the caller (`src/renjia/front/static/vendor/papers/NotoSansSC-400.ttf` after `make assets`);
no font of the system is ever used, and a font without a character of the chart is refused.
"""

import hashlib
import io
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
from matplotlib import rc_context
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import PatchCollection
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.container import Container
from matplotlib.figure import Figure
from matplotlib.font_manager import fontManager, ttfFontProperty
from matplotlib.ft2font import FT2Font
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.patches import Rectangle

from renjia.engine.demography import checks
from renjia.engine.demography.charts.data import Chart, Control, Fan, Funnel, Lexis, Pyramid
from renjia.engine.demography.charts.labels import place_labels
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
from renjia.engine.demography.charts.ticks import round_years, thinned, ticks_between, written
from renjia.engine.demography.errors import DemographyError

_CM = 1 / 2.54
_SIZES = {Pyramid: (16.0, 11.5), Fan: (16.0, 9.0), Funnel: (16.0, 10.5), Control: (16.0, 8.5)}
_STYLE: Any = {
    "axes.unicode_minus": True,
    "svg.hashsalt": "renjia", "svg.fonttype": "path", "path.simplify": False, "text.usetex": False, "text.parse_math": False,
}  # fmt: skip
_ONE_AT_A_TIME = Lock()  # the drawing library keeps its settings for the whole process
_FIXED = (
    "单位=资料来源：男女实际区间中位数参考值界内两之间外报警线约从起偏离年生龄（岁）份出婴例，对刻度万−–—≥%.,0123456789"
)
_MARKERS = ("o", "^", "D")


def draw_for_paper(
    chart: Chart, font: Path, form: str = "svg", size_cm: tuple[float, float] | None = None, dots: int = 200
) -> bytes:
    """画给公文 — `form` svg or png; `size_cm` width and height (16 cm is the width of A4 text); letters are outlines in SVG.

    Raises DemographyError when the font is missing, is no font, or lacks a character of the chart.
    """
    checks.choice(form, ("svg", "png"), "form")
    family, known = _family(font)
    _check_characters(chart, known, font)
    width, height = size_cm or _size(chart)
    with _ONE_AT_A_TIME, rc_context({**_STYLE, "font.family": [family]}):
        figure = Figure(
            figsize=(width * _CM, height * _CM),
            dpi=dots,
            facecolor="white",
            layout=ConstrainedLayoutEngine(w_pad=0.06, h_pad=0.05),
        )
        axes = figure.subplots()
        _frame(axes)
        above = 6 if isinstance(chart, Lexis) else 20  # room for the key between title and picture
        axes.set_title(chart.heading.title, loc="left", fontsize=11, color=INK, pad=above)
        axes.set_title(_unit(chart), loc="right", fontsize=8, color=GREY, pad=above)
        figure.supxlabel(f"资料来源：{chart.heading.source}", x=0.01, ha="left", fontsize=7, color=GREY)
        match chart:
            case Pyramid():
                _pyramid(axes, chart)
            case Fan():
                _fan(axes, chart)
            case Funnel():
                _funnel(figure, axes, chart)
            case Control():
                _control(axes, chart)
            case Lexis():
                _lexis(figure, axes, chart)
        paper = io.BytesIO()
        about = {"Title": chart.heading.title, "Description": chart.summary()}
        meta = {**about, "Date": None, "Creator": None} if form == "svg" else {**about, "Software": None}
        figure.savefig(paper, format=form, metadata=meta)
    return paper.getvalue()


@lru_cache(maxsize=8)
def _family(font: Path) -> tuple[str, frozenset[int]]:
    """A family name that only this file answers to, and the code points it has; refuses what is no font or has no Chinese."""
    remedy = "请先运行 make assets，再给 static/vendor/papers/NotoSansSC-400.ttf"
    if not font.is_file():
        raise DemographyError("没有这个字体文件", font.name, remedy)
    try:
        face = FT2Font(str(font))
    except (RuntimeError, OSError):
        raise DemographyError("不是能用的字体文件", font.name, remedy) from None
    held = frozenset(face.get_charmap())
    if ord("人") not in held:
        raise DemographyError("这个字体没有中文", font.name, remedy)
    name = f"renjia-{hashlib.sha256(str(font.resolve()).encode()).hexdigest()[:12]}"
    fontManager.ttflist.append(replace(ttfFontProperty(face), name=name))
    return name, held


def _check_characters(chart: Chart, known: frozenset[int], font: Path) -> None:
    """Every character to be drawn is in the font: refused here, never drawn as a box."""
    head = chart.heading
    texts = [_FIXED, head.title, head.source, head.unit, *(str(cell) for row in chart.table().rows for cell in row)]
    lacking = sorted({c for c in "".join(texts) if ord(c) not in known})
    if lacking:
        raise DemographyError(
            f"字体缺字「{''.join(lacking)}」", font.name, "请换用 Noto Sans SC 全字库，或改写图题与名称"
        )


def _frame(axes: Axes) -> None:
    """Quiet axes: two spines, light grid behind."""
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(GREY)
    axes.tick_params(colors=GREY, labelsize=8, length=3, width=0.6)
    axes.grid(color=LINE, linewidth=0.6)
    axes.set_axisbelow(True)


def _size(chart: Chart) -> tuple[float, float]:
    """Width and height in cm; a Lexis chart is as high as its squares make it."""
    if isinstance(chart, Lexis):
        return 16.0, 3.6 + 14.2 * len(chart.ages) / len(chart.periods)
    return _SIZES[type(chart)]


def _unit(chart: Chart) -> str:
    """The unit, at the right above the picture."""
    match chart:
        case Funnel():
            return "女婴 = 100"
        case Control():
            return ""
        case _:
            return f"单位：{chart.heading.unit}"


def _key(axes: Axes, handles: list[Artist | Container]) -> None:
    """The key in one row between title and picture."""
    axes.legend(
        handles=handles, loc="lower left", bbox_to_anchor=(0, 1.005), ncols=len(handles), frameon=False, fontsize=8,
        labelcolor=INK, borderpad=0, borderaxespad=0.2, handlelength=1.6, columnspacing=1.4,
    )  # fmt: skip


def _ticks(axes: Axes, which: str, values: "np.ndarray | list[float]", labels: list[str] | None = None) -> None:
    """Ticks where said, as said: nothing is left to a formatter."""
    shown = labels if labels is not None else [written(float(v)) for v in values]
    (axes.set_xticks if which == "x" else axes.set_yticks)(list(values), shown)


def _pyramid(axes: Axes, chart: Pyramid) -> None:
    """Men left, women right, of one axis; the comparison as a line."""
    rows = np.arange(len(chart.ages))
    height = 0.92 if len(rows) < 40 else 1.0
    men = axes.barh(rows, -chart.males, height, color=MALE, label="男", linewidth=0)
    women = axes.barh(rows, chart.females, height, color=FEMALE, label="女", linewidth=0)
    handles: list[Artist | Container] = [men, women]
    top = max(chart.males.max(), chart.females.max())
    if chart.compare:
        name, males, females = chart.compare
        top = max(top, males.max(), females.max())
        edges = np.append(rows - 0.5, rows[-1] + 0.5)
        handles += [
            axes.stairs(-males, edges, orientation="horizontal", color=INK, linewidth=1.2, baseline=None, label=name)
        ]
        axes.stairs(females, edges, orientation="horizontal", color=INK, linewidth=1.2, baseline=None)
    marks = ticks_between(0, top)
    _ticks(axes, "x", [*(-marks[:0:-1]), *marks], [written(v) for v in [*marks[:0:-1], *marks]])
    axes.set_xlim(-1.06 * max(top, marks[-1]), 1.06 * max(top, marks[-1]))
    shown = thinned(len(rows), 24)
    _ticks(axes, "y", rows[shown], [chart.ages[i] for i in shown])
    axes.set_ylim(-0.7, len(rows) - 0.3)
    axes.axvline(0, color="white", linewidth=1)
    axes.grid(visible=False, axis="y")
    _key(axes, handles)


def _fan(axes: Axes, chart: Fan) -> None:
    """Bands from wide to narrow, the median, and the past as points joined."""
    handles: list[Artist | Container] = []
    seen = np.isfinite(chart.observed)
    if seen.any():
        handles += axes.plot(
            np.array(chart.years)[seen],
            chart.observed[seen],
            color=INK,
            linewidth=1.4,
            marker="o",
            ms=2.5,
            label="实际",
        )
    for (level, lower, upper), colour in zip(chart.bands, BANDS[-len(chart.bands) :], strict=True):
        handles.append(
            axes.fill_between(chart.years, lower, upper, color=colour, linewidth=0, label=f"{level:.0%} 区间")
        )
    handles += axes.plot(chart.years, chart.median, color=MEDIAN, linewidth=1.4, linestyle="--", label="中位数")
    low = float(min(chart.bands[0][1].min(), np.nanmin([*chart.observed, np.inf])))
    high = float(max(chart.bands[0][2].max(), np.nanmax([*chart.observed, -np.inf])))
    marks = ticks_between(low, high)
    _ticks(axes, "y", marks)
    axes.set_ylim(min(low, marks[0]), max(high, marks[-1]))
    shown = round_years(chart.years, 11)
    _ticks(axes, "x", [float(year) for year in shown], [str(year) for year in shown])
    axes.set_xlim(chart.years[0], max(chart.years[-1], chart.years[0] + 1))
    axes.grid(visible=False, axis="x")
    _key(axes, handles)


def _funnel(figure: Figure, axes: Axes, chart: Funnel) -> None:
    """Places over their births on a log axis; the two limits; names of those beyond, where they fit."""
    grid, low, high, far_low, far_high = chart.curve
    handles: list[Artist | Container] = []
    for lines, style, name in (((low, high), (0, (5, 2)), "95% 界"), ((far_low, far_high), "-", "99.8% 界")):
        for line, label in zip(lines, (name, "_"), strict=True):
            handles += axes.plot(grid, line, color=GREY, linewidth=0.9, linestyle=style, label=label)[: label != "_"]
    handles.append(axes.axhline(chart.reference, color=INK, linewidth=0.9, label=f"参考值 {chart.reference:g}"))
    sides = np.abs(chart.sides)
    for side, ((name, edge), mark) in enumerate(zip(SIDES, _MARKERS, strict=True)):
        face = edge if side else "none"
        if (at := sides == side).any():
            handles.append(
                axes.scatter(
                    chart.births[at],
                    chart.ratio[at],
                    s=18,
                    marker=mark,
                    facecolor=face,
                    edgecolor=edge,
                    linewidth=0.9,
                    label=name,
                    zorder=3,
                )
            )
    axes.set_xscale("log")
    marks = [m for e in range(1, 9) for m in (10**e, 2 * 10**e, 5 * 10**e) if grid[0] <= m <= grid[-1]]
    _ticks(axes, "x", np.array(marks, dtype=np.float64))
    axes.minorticks_off()
    axes.set_xlim(grid[0], grid[-1])
    finite = chart.ratio[np.isfinite(chart.ratio)]
    bottom, top = min([*finite, 95.0]) - 4, max([*finite, 117.0]) + 4
    _ticks(axes, "y", ticks_between(bottom, top))
    axes.set_ylim(bottom, top)
    axes.set_xlabel("出生数（例，对数刻度）", fontsize=8, color=GREY, loc="right")
    _key(axes, handles)
    order = sorted(np.flatnonzero(sides == 2), key=lambda i: -abs(chart.ratio[i] - chart.reference))
    place_labels(
        figure, axes, [(chart.names[i], chart.births[i], chart.ratio[i]) for i in order], (chart.births, chart.ratio)
    )


def _control(axes: Axes, chart: Control) -> None:
    """The line, its limit, the first alarm, and since when it seems to drift."""
    x = np.arange(len(chart.periods))
    handles: list[Artist | Container] = list(
        axes.plot(x, chart.value, color=ACCENT, linewidth=1.4, label=chart.heading.unit)
    )
    handles += axes.plot(x, chart.upper, color=ALARM, linewidth=1, linestyle="--", label="报警线")
    low, high = 0.0, float(max(chart.value.max(), chart.upper.max()))
    if chart.lower is not None:
        axes.plot(x, chart.lower, color=ALARM, linewidth=1, linestyle="--")
        axes.axhline(0, color=GREY, linewidth=0.8)
        low = float(min(chart.value.min(), chart.lower.min()))
    if chart.alarm is not None:
        mark = f"报警 {chart.periods[chart.alarm]}"
        handles += axes.plot(
            chart.alarm, chart.value[chart.alarm], marker="D", color=ALARM, markersize=5, linestyle="none", label=mark
        )
        if chart.drift_from is not None and chart.drift_from < chart.alarm:
            name = f"约从 {chart.periods[chart.drift_from]} 起偏离"
            handles.append(axes.axvspan(chart.drift_from, chart.alarm, color=LINE, linewidth=0, label=name))
    marks = ticks_between(low, high)
    _ticks(axes, "y", marks)
    axes.set_ylim(min(low, marks[0]) * 1.05, max(high, marks[-1]) * 1.05)
    at = thinned(len(x), 9, months=all(len(p) == 7 and p[4] == "-" for p in chart.periods))
    _ticks(axes, "x", x[at], [chart.periods[i] for i in at])
    axes.set_xlim(0, max(1, len(x) - 1))
    axes.grid(visible=False, axis="x")
    _key(axes, handles)


def _lexis(figure: Figure, axes: Axes, chart: Lexis) -> None:
    """Squares of one year by one year (or five by five), cohorts on the diagonal."""
    step, (first, last) = chart.width, (chart.periods[0], chart.periods[-1] + chart.width)
    bottom, top = chart.ages[0], chart.ages[-1] + step
    colours = LinearSegmentedColormap.from_list("house", SCALE)
    squares = [Rectangle((p, a), step, step) for p in chart.periods for a in chart.ages]
    values = np.ma.masked_invalid(chart.values.ravel())
    sheet = PatchCollection(squares, cmap=colours, edgecolor="white", linewidth=0.4 if step > 1 else 0)
    sheet.set_array(values)
    highest = max(float(values.max()), 1e-9)
    sheet.set_clim(0, highest)
    axes.add_collection(sheet)
    for cohort in chart.cohorts:
        enters, leaves = max(first, cohort + bottom), min(last, cohort + top)
        if enters < leaves:
            axes.plot([enters, leaves], [enters - cohort, leaves - cohort], color="white", linewidth=2.6, alpha=0.8)
            axes.plot(
                [enters, leaves], [enters - cohort, leaves - cohort], color=INK, linewidth=0.9, linestyle=(0, (4, 2))
            )
            middle = (enters + leaves) / 2
            axes.text(
                middle, middle - cohort, f"{cohort} 年生", rotation=45, rotation_mode="anchor", fontsize=7, color=INK, ha="center",
                va="bottom", bbox={"facecolor": "white", "alpha": 0.75, "edgecolor": "none", "pad": 0.6},
            )  # fmt: skip
    axes.set_xlim(first, last)
    axes.set_ylim(bottom, top)
    axes.set_aspect("equal")
    edges = [*chart.periods, last]
    at = thinned(len(edges), 11)
    _ticks(axes, "x", [edges[i] for i in at], [str(edges[i]) for i in at])
    _ticks(axes, "y", [*chart.ages, top], [str(a) for a in [*chart.ages, top]])
    axes.set_ylabel("年龄（岁）", fontsize=8, color=GREY, loc="top")
    axes.set_xlabel("年份", fontsize=8, color=GREY, loc="right")
    axes.grid(visible=False)
    bar = figure.colorbar(sheet, ax=axes, orientation="horizontal", fraction=0.06, pad=0.02, aspect=50)
    marks = ticks_between(0, highest)
    marks = marks[marks <= highest]
    bar.set_ticks(list(marks), labels=[written(v) for v in marks])
    bar.ax.tick_params(colors=GREY, labelsize=8, length=3)
    bar.outline.set_visible(False)
