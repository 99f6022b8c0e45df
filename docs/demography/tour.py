"""人口引擎一览 — writes tour.md and its pictures from the shared data; `SHARED=../shared .venv/bin/python docs/demography/tour.py`.

Every number on the page comes out of a function of `renjia.engine.demography` called here; nothing is typed in.
"""

import csv
import os
import sys
from pathlib import Path

import numpy as np

from renjia.engine.demography.accuracy import un_age_sex_accuracy
from renjia.engine.demography.sex_ratios.cusum import alarm_chances, cusum, cusum_chart, false_alarm_of_district
from renjia.engine.demography.charts.data import Chart, Heading, control_chart, fan, funnel, lexis, pyramid
from renjia.engine.demography.charts.paper import draw_for_paper
from renjia.engine.demography.projection.cohort import project
from renjia.engine.demography.evaluation.decomposition import decompose_births
from renjia.engine.demography.evaluation.series import detectable_step
from renjia.engine.demography.heaping import myers, whipple
from renjia.engine.demography.lifetables import life_table
from renjia.engine.demography.projection.draws import Uncertainty, draw_paths, project_draws
from renjia.engine.demography.projection.wpp import wpp2019_inputs
from renjia.engine.demography.projection.wpp2024 import wpp2024_inputs
from renjia.engine.demography.sex_ratios.sex_ratio import sex_ratio_interval
from renjia.engine.demography.sex_ratios.shrinkage import heterogeneity, shrink_sex_ratios
from renjia.engine.demography.sex_ratios.verdict import BirthCount, judge_sex_ratios
from renjia.engine.demography.structure import ageing_share, dependency_ratios, median_age

HERE = Path(__file__).resolve().parent
FONT = HERE.parents[1] / "src/renjia/front/static/vendor/papers/NotoSansSC-400.ttf"
CENSUS = "国家统计局《中国人口普查年鉴-2020》"
WPP19 = "联合国《世界人口展望 2019》（CC BY 3.0 IGO）"
WPP24 = "联合国《世界人口展望 2024》（CC BY 3.0 IGO）"
GROUPS = np.array([0, 1, *range(5, 101, 5)])
FERTILE = [f"{a}-{a + 4}" for a in range(15, 50, 5)]


class Page:
    """页面 — paragraphs, tables and pictures in order."""

    def __init__(self, data: Path, out: Path) -> None:
        self.data, self.out, self.parts = data, out, []
        (out / "tour").mkdir(parents=True, exist_ok=True)

    def say(self, text: str) -> None:
        self.parts.append(text)

    def table(self, heads: list[str], rows: list[list[str]]) -> None:
        align = "|".join(["---", *["--:"] * (len(heads) - 1)])
        lines = ["| " + " | ".join(heads) + " |", f"|{align}|", *("| " + " | ".join(row) + " |" for row in rows)]
        self.parts.append("\n".join(lines))

    def picture(self, name: str, chart: Chart, shown: bool = False) -> None:
        (self.out / "tour" / f"{name}.png").write_bytes(draw_for_paper(chart, FONT, "png", dots=110))
        self.parts.append(f"![{chart.summary()}](tour/{name}.png)")
        table = chart.table()
        body = "\n".join("| " + " | ".join("" if c is None else _cell(c) for c in row) + " |" for row in table.rows)
        head = f"| {' | '.join(table.columns)} |\n|{'---|' * len(table.columns)}"
        self.parts.append(
            f"<details{' open' if shown else ''}><summary>数据表</summary>\n\n{head}\n{body}\n\n</details>"
        )

    def rows(self, name: str) -> list[dict[str, str]]:
        with (self.data / name).open(encoding="utf-8-sig") as file:
            return list(csv.DictReader(file))


def _cell(value: object) -> str:
    return f"{value:,}" if isinstance(value, int | float) else str(value)


def _signed(value: float) -> str:
    return f"{value:+,.0f}".replace("-", "−")


def _part(people: np.ndarray, ages: slice) -> str:
    return f"{100 * people[ages].sum() / people.sum():.1f}%"


def people(page: Page, year: str, area: str) -> tuple[np.ndarray, np.ndarray]:
    """(males, females) by the census' 22 groups: 0, 1–4, 5–9 … 100+."""
    rows = [r for r in page.rows("cn_census_2010_2020_province_age_sex.csv") if r["year"] == year and r["area"] == area]
    return np.array([float(r["M"]) for r in rows]), np.array([float(r["F"]) for r in rows])


def five(counts: np.ndarray) -> np.ndarray:
    """Five-year groups from 22 groups, in 万人."""
    return np.concatenate([[counts[0] + counts[1]], counts[2:]]) / 1e4


def structure(page: Page) -> None:
    now, then = people(page, "2020", "全国"), people(page, "2010", "全国")
    labels = [f"{a}–{a + 4}" for a in range(0, 100, 5)] + ["100+"]
    page.say("## 1. 年龄结构：人口金字塔")
    head = Heading("全国人口年龄结构，2020 年", f"{CENSUS}表 1-5；2010 年为第六次人口普查表 1-7", "万人")
    page.picture(
        "pyramid", pyramid(five(now[0]), five(now[1]), labels, head, ("2010 年", five(then[0]), five(then[1])))
    )
    rows = []
    for name, area in (("全国", "全国"), ("上海", "上海")):
        for year in ("2010", "2020"):
            both = sum(people(page, year, area))
            ratios = dependency_ratios(both, GROUPS)
            rows.append(
                [
                    f"{name} {year}", f"{both.sum():,.0f}", f"{median_age(both, GROUPS):.1f}", f"{ageing_share(both, GROUPS, old=60):.2f}%",
                    f"{ageing_share(both, GROUPS):.2f}%", f"{ratios['child']:.1f}", f"{ratios['old']:.1f}",
                ]
            )  # fmt: skip
    page.table(["", "人口", "年龄中位数（岁）", "60 岁及以上", "65 岁及以上", "少儿抚养比", "老年抚养比"], rows)
    page.say("抚养比的分母是 15—64 岁。实线是 2010 年：把实线整体上移十岁，就是今天的形状，缺口与鼓包是同一批人。")


def quality(page: Page) -> None:
    rows = page.rows("cn_census_2010_single_age_sex.csv")
    ages = np.array([int(r["age"].rstrip("+")) for r in rows])
    men, women = (np.array([float(r[s]) for r in rows]) for s in "MF")
    page.say("## 2. 年龄报得准不准：堆积")
    head = Heading("全国单岁人口，2010 年", "第六次人口普查表 3-1（国家统计局）", "万人")
    page.picture("single-ages", pyramid(men / 1e4, women / 1e4, [r["age"] for r in rows], head))
    page.table(
        ["", "Whipple（1 = 没有堆积，5 = 全堆积）", "Myers（0—90，越小越好）"],
        [[name, f"{whipple(p, ages):.3f}", f"{myers(p, ages):.2f}"] for name, p in (("男", men), ("女", women))],
    )
    now = people(page, "2020", "全国")
    score = un_age_sex_accuracy(*now, GROUPS)
    page.say(
        "报生肖的社会没有“逢 0、逢 5”的堆积：Whipple 略低于 1。长短不齐的条是真的：49 岁一条最短，是 1961 年前后出生的人少，"
        f"20 岁与 40 多岁几条最长，是两次生育高峰。联合国年龄性别准确性得分 2020 年是 {score['accuracy']:.1f}（性别比部分 "
        f"{score['sex_ratio']:.2f}，男 {score['age_ratio_m']:.2f}、女 {score['age_ratio_f']:.2f}）；课本会据此说“不准”，这里不印这句话，"
        "因为起伏来自真实的出生队列与迁移。"
    )


def mortality(page: Page) -> None:
    rows = page.rows("wpp2019_china_5x5_inputs.csv")
    page.say("## 3. 生命表")
    shown, table = {}, []
    for sex, name in (("M", "male"), ("F", "female")):
        mx = np.array([float(r["value"]) for r in rows if r["variable"] == f"mx{sex}" and r["period"] == "2015-2020"])
        ages = np.array([int(r["age"]) for r in rows if r["variable"] == f"mx{sex}" and r["period"] == "2015-2020"])
        printed = next(float(r["value"]) for r in rows if r["variable"] == f"e0{sex}" and r["period"] == "2015-2020")
        shown[sex] = (life_table(mx, ages, name, nax="coale_demeny_west_m0"), printed, ages, mx)
    for age in (0, 1, 15, 45, 60, 65, 80):
        cells = [str(age)]
        for sex in "MF":
            life, _, ages, mx = shown[sex]
            at = int(np.flatnonzero(ages == age)[0])
            cells += [f"{1000 * mx[at]:.2f}‰", f"{life['lx'][at]:,.0f}", f"{life['ex'][at]:.2f}"]
        table.append(cells)
    page.table(
        [
            "年龄",
            "男 死亡率",
            "男 活到（每十万）",
            "男 还可活（年）",
            "女 死亡率",
            "女 活到（每十万）",
            "女 还可活（年）",
        ],
        table,
    )
    said = "；".join(
        f"{name}算得 {float(shown[s][0]['ex'][0]):.2f}、公布 {shown[s][1]:.2f}"
        for s, name in (("M", "男"), ("F", "女"))
    )
    page.say(
        f"全国 2015—2020 年，死亡率取自{WPP19}。0 岁与 1—4 岁的平均存活年数用 Coale–Demeny 西区（以 m0 计），其余用 Greville，"
        f"最后一组 L = l/m。出生时预期寿命：{said}。"
    )


def sex_ratio(page: Page) -> None:
    rows = page.rows("cn_census_2010_2020_births_by_sex_parity_province.csv")
    rows = [r for r in rows if r["year"].startswith("2019") and r["type"] == "不分城乡" and r["area"] != "全国"]
    names, at = [r["area"] for r in rows], [r["area"] for r in rows].index("上海")
    source = f"{CENSUS}表 6-1（长表，10% 抽样）"
    page.say("## 4. 出生性别比：漏斗图，分孩次")
    summary, orders = [], (("全部出生", "出生人数"), ("第一孩", "第一孩"), ("第二孩", "第二孩"), ("第三孩", "第三孩"))
    for order, column in orders:
        boys, girls = (np.array([float(r[f"{column}-{s}"]) for r in rows]) for s in "男女")
        chart = funnel(boys, girls, names, Heading(f"各省出生性别比（{order}），2019.11—2020.10", source, "女婴=100"))
        if order in {"全部出生", "第三孩"}:
            page.picture(f"funnel-{'all' if order == '全部出生' else 'third'}", chart)
        shrunk, square = shrink_sex_ratios(boys, girls, names), heterogeneity(boys, girls)
        verdicts = [
            v.verdict
            for v in judge_sex_ratios(
                BirthCount(n, "2020", int(m), int(f), order) for n, m, f in zip(names, boys, girls, strict=True)
            )
        ]
        low, high = (float(x[at]) for x in sex_ratio_interval(boys, girls))
        summary.append(
            [
                order, f"{boys.sum() / girls.sum() * 100:.1f}", f"{sum(abs(s) == 2 for s in chart.sides)}", f"{square[0]:,.0f}",
                f"{verdicts.count('偏高')}", f"{verdicts.count('人数太少，不能判断')}", f"{shrunk.raw[at]:.1f}（{low:.0f}—{high:.0f}）",
                f"{shrunk.ratio[at]:.1f}", f"{shrunk.above[at]:.2f}",
            ]
        )  # fmt: skip
    page.table(
        [
            "",
            "31 省合计",
            "99.8% 界外省数",
            "χ²（自由度 30）",
            "判断偏高的省",
            "人数太少的省",
            "上海（95% 区间）",
            "上海收缩后",
            "P（> 107）",
        ],
        summary,
    )
    page.say(
        "点在漏斗里，高低都可能是碰巧；越靠左（出生越少）漏斗越宽。第三孩整体偏高，且各省之间真有差别（χ² 远大于自由度）。"
        "上海第三孩抽到的少，收缩估计把它向全国第三孩的水平拉回一些，但仍几乎肯定高于 107。判断规则见[出生性别比](sex-ratio.md)。"
    )


def alarms(page: Page) -> None:
    page.say("## 5. 街镇看累积：CUSUM（合成数据）")
    random, months = np.random.default_rng(3), [f"{2020 + i // 12}-{i % 12 + 1:02d}" for i in range(60)]
    births = random.poisson(17, 60)
    boys = random.binomial(births, np.where(np.arange(60) < 24, 106 / 206, 160 / 260))
    chart = cusum_chart(4)
    path = cusum(boys, births - boys, chart, months)
    head = Heading(
        "某街道出生性别比 CUSUM（真值自 2022-01 由 106 变为 160）", "合成数据，种子 3，每月约 17 例", "CUSUM"
    )
    page.picture("cusum", control_chart(path, months, head))
    page.say(
        f"报警线 h = 4：36 个街镇、每年 200 例、五年，全区误报一次的机会 {100 * false_alarm_of_district(chart, [1000] * 36):.2f}%；"
        f"真值 150 的街镇 1,000 例内报警的机会 {100 * float(alarm_chances(chart, 150, [1] * 1000)[-1]):.1f}%（都是精确算出）。"
    )


def births(page: Page) -> None:
    rows = page.rows("wpp2019_china_5x5_inputs.csv")
    cell = {(r["variable"], r["age"], r["period"]): float(r["value"]) for r in rows}
    periods = list(range(1950, 2020, 5))
    women = np.array([[(cell["popF", a, str(p)] + cell["popF", a, str(p + 5)]) / 2 for a in FERTILE] for p in periods])
    shares = np.array([[cell["percentASFR", a, f"{p}-{p + 5}"] for a in FERTILE] for p in periods]) / 100
    levels = np.array([cell["tfr", "", f"{p}-{p + 5}"] for p in periods])
    born = women * shares * levels[:, None] / 5  # thousands a year
    page.say("## 6. 出生在哪里：莱克西斯图")
    head = Heading("全国每年出生，按母亲年龄，1950—2019 年", f"由{WPP19}的妇女数与生育率算得", "万人")
    page.picture("lexis", lexis(born / 10, periods, range(15, 50, 5), head, [1940, 1955, 1970, 1985]))
    page.say(
        "竖看一个时期，横看一个年龄，斜看一代人：虚线是一代妇女走过的路。"
        "1970 年代后，30 岁以上的格子先变浅（少生），2000 年代后 20—24 岁的格子变浅（晚生）。"
    )
    page.say("## 7. 出生为什么变了：分解")
    first, last = periods.index(1985), periods.index(2015)
    found = decompose_births(born[first] * 1e3, women[first] * 1e3, born[last] * 1e3, women[last] * 1e3)
    page.table(
        ["成因", "每年出生的变化（万人）"],
        [*([p.name, _signed(p.births / 1e4)] for p in found.parts), ["合计", _signed(found.change / 1e4)]],
    )
    page.say(
        f"1985—1990 年每年平均出生 {found.before / 1e4:,.0f} 万，2015—2020 年 {found.after / 1e4:,.0f} 万。各部分相加恰为总变化（Das Gupta）。"
        "分解说明变在哪里，不说明为什么变；区级数据另给抽样区间与能看出的最小变化。"
    )


def futures(page: Page) -> None:
    page.say("## 8. 推算")
    whole = project(wpp2019_inputs(page.data / "wpp2019_china_5x5_inputs.csv"))
    marks = [whole.years.index(y) for y in (2020, 2030, 2050, 2075, 2100)]
    by_age = whole.whole().sum(axis=1)
    page.table(
        ["年份", "总人口（万人）", "15 岁以下", "65 岁及以上"],
        [
            [str(whole.years[t]), f"{by_age[t].sum() / 10:,.0f}", _part(by_age[t], slice(0, 3)), _part(by_age[t], slice(13, None))]
            for t in marks
        ],
    )  # fmt: skip
    page.say(
        f"五岁组队列要素法，输入取自{WPP19}：2020 年人口、死亡率、生育水平与年龄模式、出生性别比、净迁移总数；"
        "迁移的年龄模式用 Rogers–Castro。没有用任何推算结果作输入。"
    )
    inputs = wpp2024_inputs(page.data)
    draws = project_draws(inputs, draw_paths(inputs, Uncertainty(), 500, 20261122), cells=False)
    totals = draws.flows[0, :, :, :, 3].sum(axis=2) / 1e5
    keep = slice(0, 27)
    head = Heading("全国总人口推算，500 次，2024—2050 年", f"输入：{WPP24}；起点由出生、死亡与迁移倒推", "亿人")
    years = inputs.years[-totals.shape[1] :]
    page.picture("fan", fan(years[keep], totals[:, keep], head))
    page.say(
        "区间来自演示用的设定（生育率对数标准差 8%、死亡率每年 1.5% 的随机游走、迁移三成，生育与迁移带自相关），**不是联合国的概率区间**；"
        "设定写在 `Uncertainty` 里，改了就变。街镇的推算另有人数少带来的起伏。"
    )


def power(page: Page) -> None:
    page.say("## 9. 政策评估：先看看得出多少")
    sizes = [100, 300, 600]
    table = [[f"{n}", *(f"{float(detectable_step(n, *m)):.1f}%" for m in ((36, 24), (60, 36)))] for n in sizes]
    page.table(["每月出生", "前 36 + 后 24 个月", "前 60 + 后 36 个月"], table)
    page.say(
        "中断时间序列（趋势、两个季节波、离散系数 1.5）能看出的最小台阶，5% 水平、80% 把握。一个区每月 300 例，前后三年加两年，"
        "10% 以内的变化看不出来；说“没有效果”之前，先看这张表。用法见[政策评估](evaluation.md)。"
    )


def drawing(page: Page) -> None:
    page.say("## 10. 图怎么画")
    page.say(
        "每张图先由数据函数（`pyramid`、`fan`、`funnel`、`control_chart`、`lexis`）得到一组值，带标题、来源、数据表和一句给看不见图的人的话；"
        "同一组值，公文用 `draw_for_paper(图, 字体文件)` 画成 SVG 或 PNG，网页用 `chart_for_page(图)` 得到 ECharts 选项与数据表。"
        "颜色经三种色觉检验，并以形状、线型、纹理同时区分。字体用 `make assets` 取来的 Noto Sans SC，不用机器上的字体。"
    )


def write(data: Path, out: Path) -> None:
    """写一遍 — tour.md and tour/*.png under `out`."""
    page = Page(data, out)
    page.say("# 人口引擎一览")
    page.say(
        "用公开的全国数据把人口引擎走一遍：每张图、每个数都由本页的脚本调用引擎算出，没有手填。重做："
        "`SHARED=../shared .venv/bin/python docs/demography/tour.py`（字体由 `make assets` 取来）。每张图下有数据表。"
    )
    for chapter in (structure, quality, mortality, sex_ratio, alarms, births, futures, power, drawing):
        chapter(page)
    (out / "tour.md").write_text("\n\n".join(page.parts) + "\n", encoding="utf-8")


def main() -> int:
    data = Path(os.environ.get("SHARED", "")) / "data/demography"
    if not os.environ.get("SHARED") or not data.is_dir():
        print("请设 SHARED，例如 SHARED=../shared .venv/bin/python docs/demography/tour.py", file=sys.stderr)
        return 2
    write(data, HERE)
    return 0


if __name__ == "__main__":
    sys.exit(main())
