"""图 — data functions, tables and sentences, both renderings, the font's refusals, colours told apart by every eye."""

import json
from pathlib import Path

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import fontManager
from matplotlib.text import Text

from renjia.engine.demography.charts.data import Heading, control_chart, fan, funnel, lexis, pyramid
from renjia.engine.demography.charts.labels import place_labels
from renjia.engine.demography.charts.page import chart_for_page
from renjia.engine.demography.charts.paper import draw_for_paper
from renjia.engine.demography.charts.ticks import thinned, ticks_between, written
from renjia.engine.demography.errors import DemographyError
from renjia.engine.demography.sex_ratios.cusum import cusum, cusum_chart
from renjia.engine.demography.sex_ratios.ewma import ewma

FONT = Path(__file__).resolve().parents[3] / "src/renjia/front/static/vendor/papers/NotoSansSC-400.ttf"
HEAD = Heading("某区人口", "合成数据", "人")
MONTHS = [f"{2021 + i // 12}-{i % 12 + 1:02d}" for i in range(36)]


def charts():
    random = np.random.default_rng(1)
    boys, girls = random.binomial(30, 0.62, 36), random.binomial(30, 0.38, 36)
    draws = 100 + np.cumsum(random.normal(-1, 1, (200, 6)), axis=1)
    return {
        "pyramid": pyramid([5, 4, 3], [4, 4, 3], ["0–4", "5–9", "10+"], HEAD, ("2010 年", [4, 4, 4], [3, 3, 3])),
        "fan": fan(range(2020, 2026), draws, HEAD, [101, 100, np.nan, np.nan, np.nan, np.nan]),
        "funnel": funnel([120, 560, 900], [100, 400, 850], ["甲街道", "乙街道", "丙镇"], HEAD),
        "cusum": control_chart(cusum(boys, girls, cusum_chart(3)), MONTHS, HEAD),
        "ewma": control_chart(ewma(boys, girls), MONTHS, HEAD),
        "lexis": lexis([[1, 2], [3, np.nan], [5, 6]], [2000, 2005, 2010], [20, 25], HEAD, [1980]),
    }


@pytest.mark.parametrize("name", charts())
def test_every_chart_has_a_table_a_sentence_and_json_for_the_page(name):
    chart = charts()[name]
    table = chart.table()
    assert table.rows and all(len(row) == len(table.columns) for row in table.rows)
    assert chart.summary().startswith("某区人口：")
    page = json.loads(json.dumps(chart_for_page(chart), ensure_ascii=False, allow_nan=False))
    assert page["option"]["aria"]["enabled"] and page["option"]["animation"] is False
    assert page["table"]["rows"] == [list(row) for row in table.rows] and page["source"] == "合成数据"


def test_page_values_are_the_table_values():
    page = chart_for_page(charts()["pyramid"])
    bars = {s["name"]: s["data"] for s in page["option"]["series"] if s["type"] == "bar"}
    assert bars == {"男": [5, 4, 3], "女": [4, 4, 3]}
    assert "-" not in json.dumps(bars)
    widths = [(g["left"], g["right"]) for g in page["option"]["grid"]]
    assert widths == [(72, "50%"), ("50%", 72)]  # both halves to one scale


@pytest.mark.skipif(not FONT.is_file(), reason="字体由 make assets 取来")
@pytest.mark.parametrize("name", charts())
def test_paper_is_drawn_the_same_every_time_and_holds_no_font_name(name):
    chart = charts()[name]
    svg = draw_for_paper(chart, FONT)
    assert svg == draw_for_paper(chart, FONT) and b"font-family" not in svg and "某区人口".encode() in svg
    assert draw_for_paper(chart, FONT, "png", dots=60).startswith(b"\x89PNG")


@pytest.mark.skipif(not FONT.is_file(), reason="字体由 make assets 取来")
def test_a_character_the_font_lacks_is_refused_not_boxed():
    with pytest.raises(DemographyError, match="缺字"):
        draw_for_paper(pyramid([1], [1], ["𐏈"], HEAD), FONT)


@pytest.mark.skipif(not FONT.is_file(), reason="字体由 make assets 取来")
def test_the_given_file_is_used_even_when_the_system_has_one_of_that_name():
    draw_for_paper(charts()["lexis"], FONT, "png", dots=40)
    ours = [e for e in fontManager.ttflist if e.name.startswith("renjia-")]
    assert len({e.fname for e in ours}) == len(ours) >= 1


def test_a_missing_or_wrong_font_is_refused_with_the_remedy(tmp_path):
    (tmp_path / "坏.ttf").write_bytes(b"no font")
    latin = next(e.fname for e in fontManager.ttflist if "DejaVuSans.ttf" in e.fname)
    for path, said in (
        (tmp_path / "无.ttf", "没有这个字体"),
        (tmp_path / "坏.ttf", "不是能用"),
        (Path(latin), "没有中文"),
    ):
        with pytest.raises(DemographyError, match="make assets") as caught:
            draw_for_paper(charts()["fan"], path)
        assert said in str(caught.value)


def test_funnel_sides_follow_the_limits():
    assert charts()["funnel"].sides == (0, 2, 0)
    assert charts()["funnel"].table().rows[0][0] == "乙街道"


def test_fan_bands_are_quantiles_widest_first():
    chart = charts()["fan"]
    assert [level for level, _, _ in chart.bands] == [0.95, 0.8, 0.5]
    for (_, wide_low, wide_high), (_, low, high) in zip(chart.bands, chart.bands[1:], strict=False):
        assert (wide_low <= low).all() and (high <= wide_high).all()


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: Heading("", "来源"), "标题"),
        (lambda: pyramid([1, 2], [1], ["0", "1"], HEAD), "对不上"),
        (lambda: pyramid([1, -2], [1, 1], ["0", "1"], HEAD), "负"),
        (lambda: pyramid([1, np.nan], [1, 1], ["0", "1"], HEAD), "NaN"),
        (lambda: fan([2020], [[1.0]] * 50, HEAD), "100 次"),
        (lambda: fan([2021, 2020], np.ones((100, 2)), HEAD), "由早到晚"),
        (lambda: funnel([1, 0], [1, 0], ["甲", "乙"], HEAD), "乙"),
        (lambda: control_chart(cusum([1, 2], [1, 2], cusum_chart(4)), ["2025-02", "2025-01"], HEAD), "2025-01"),
        (
            lambda: lexis([[1, 2]], [2000], [20, 30], HEAD) and lexis([[1, 2], [1, 2]], [2000, 2001], [20, 30], HEAD),
            "方的",
        ),
        (lambda: lexis([[1, 2]], [2000, 2001], [20, 30], HEAD), "时期 2 个"),
    ],
)
def test_bad_input_is_refused(call, said):
    with pytest.raises(DemographyError) as caught:
        call()
    assert said in str(caught.value) and caught.value.remedy


@pytest.mark.skipif(not FONT.is_file(), reason="字体由 make assets 取来")
@pytest.mark.parametrize(
    "chart",
    [
        pyramid([0], [0], ["0"], HEAD),
        fan([2020], np.ones((100, 1)), HEAD),
        funnel([5], [0], ["甲"], HEAD),
        control_chart(cusum([5], [4], cusum_chart(4)), ["2025-01"], HEAD),
        lexis([[0, 0], [0, 0]], [2000, 2001], [20, 21], HEAD),
    ],
    ids=lambda chart: type(chart).__name__,
)
def test_the_smallest_charts_are_drawn_too(chart):
    assert draw_for_paper(chart, FONT, "png", dots=40) and json.dumps(chart_for_page(chart), allow_nan=False)


@pytest.mark.skipif(not FONT.is_file(), reason="字体由 make assets 取来")
def test_names_in_a_crowd_do_not_collide():
    figure = Figure(figsize=(6, 4), dpi=100)
    axes = figure.subplots()
    random = np.random.default_rng(2)
    x, y = random.uniform(0, 1, 40), random.uniform(0, 1, 40)
    axes.scatter(x, y, s=9)
    place_labels(figure, axes, [(f"P{i}", float(x[i]), float(y[i])) for i in range(40)], (x, y))
    renderer = FigureCanvasAgg(figure).get_renderer()
    boxes = [Text.get_window_extent(t, renderer) for t in axes.texts]
    assert len(boxes) >= 30
    assert all(box.count_overlaps(boxes[:i]) == 0 for i, box in enumerate(boxes))


def test_numbers_are_written_as_papers_write_them():
    assert [written(v) for v in (-1234.5, 0.1 + 0.2, 1e6, -0.0)] == ["−1,234.5", "0.3", "1,000,000", "0"]
    assert ticks_between(0, 6363).tolist() == [0, 2000, 4000, 6000, 8000]
    assert thinned(60, 9, months=True) == [0, 12, 24, 36, 48]
