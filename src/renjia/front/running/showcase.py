"""演示的后半 — each engine shown once on made-up data, as plain files beside the demo's pages; nobody in them exists."""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from renjia.engine.demography import Heading, draw_for_paper, funnel, run_spec
from renjia.engine.rules import Tables, judge, judge_one, rule_book, schemes
from renjia.engine.scoring import Rubric, best_actions, load_rubric, score, score_text
from renjia.engine.synthetic import make_registry
from renjia.front.appraising import FactsTable, read_facts, replace_files, result_files, warnings_of
from renjia.measure.indicators import compute
from renjia.measure.snapshot.installed import opened
from renjia.records.places.models import Place
from renjia.records.store.databases import home
from renjia.work.appraisal.block import RUBRIC, rates
from renjia.work.reports.board import latest_month
from renjia.work.reports.paper import default_fonts

FAMILY_ON, FAMILY_PLACE = date(2025, 6, 30), "310115"
AGES = 101


def examples() -> Path:
    """例子放在哪里。"""
    return home() / "examples"


def show_engines(seed: int) -> Iterator[tuple[str, Path, str]]:
    """逐个引擎 — name, where to look, what it says; a folder already there is left as it is."""
    folder = examples()
    folder.mkdir(exist_ok=True)
    yield "规则书", *_rule_book(folder / "规则书")
    yield "一户按全部项目判定", *_family(folder / "一户判定.json", seed)
    yield "全区评分与假如", *_scored(folder, seed)
    yield "出生人口性别比", *_sex_ratio(folder / "性别比漏斗图.png")
    yield "人口推算", *_projected(folder / "人口推算", seed)


def _rule_book(folder: Path) -> tuple[Path, str]:
    book = rule_book()
    folder.mkdir(exist_ok=True)
    for name, text in book.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder / "README.md", f"{len(book) - 2} 个项目和各种假期，一页一个"


def _family(path: Path, seed: int) -> tuple[Path, str]:
    """A parent of the made-up registry who is owed the bereaved families' support, under every scheme that looks at persons."""
    found = []
    with Tables(make_registry(4000, seed)) as tables:
        rows = judge("bereaved_support", tables, FAMILY_ON, FAMILY_PLACE, assume="unconfirmed").rows
        subject = next(
            id for id, code in zip(rows["id"].to_pylist(), rows["decision"].to_pylist(), strict=True) if code == 1
        )
        for one in schemes():
            if one.per == "applicant" and one.page.in_force(FAMILY_ON):
                decision = judge_one(one, tables, str(subject), FAMILY_ON, FAMILY_PLACE, assume="unconfirmed")
                found.append(decision.as_dict())
    path.write_text(json.dumps(found, ensure_ascii=False, indent=2), encoding="utf-8")
    said = "、".join(f"{one['项目']}{one['决定']}" for one in found if one["决定"] != "不符合")
    return path, f"{len(found)} 个项目：{said}（按未确认的标准试算）"


def _scored(folder: Path, seed: int) -> tuple[Path, str]:
    rubric = load_rubric(RUBRIC)
    names = list(Place.objects.streets().in_order().values_list("name", flat=True))
    with opened() as con:
        month = latest_month(con) if con else None
        computed = rates(con, month) if con and month else None
    figures = {computed.names[code]: by for code, by in computed.figures.items()} if computed else {}
    facts = {name: _facts(rubric, figures.get(name, {}), Random(f"{seed}|{name}")) for name in dict.fromkeys(names)}
    table = _facts_file(folder / "评分-事实.csv", rubric, facts)
    scores = score(rubric, table.facts)
    path = folder / "评分.xlsx"
    replace_files(result_files(path, rubric, scores, warnings_of(rubric, table, scores)))
    last = min(
        (one for one in scores.places.values() if one.total is not None), key=lambda one: (one.total or 0, one.place)
    )
    lines = [f"{last.place} 总分 {score_text(last.total)}，第 {last.rank} 名，{last.grade}。还能做、每份力得分最多的："]
    for action in best_actions(scores, last.place)[:10]:
        lines.append(
            f"- {action.fact}：{action.before} → {action.after}，得 {score_text(action.gain)} 分，每份力 {score_text(action.per_effort)} 分"
        )
    lines.append("每份力都按 1 算；各区应写自己的。")
    (folder / "评分-假如.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path, f"{len(scores.places)} 个街镇；{lines[0]}见 评分-假如.md"


def _facts_file(path: Path, rubric: Rubric, facts: Mapping[str, Mapping[str, str]]) -> FactsTable:
    """The facts as a table that `renjia score` reads, read back as it would."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["街镇", *rubric.facts])
    writer.writerows([name, *(row[fact] for fact in rubric.facts)] for name, row in facts.items())
    path.write_text(text.getvalue(), encoding="utf-8-sig")
    return read_facts(path.read_bytes(), path.name, rubric)


def _facts(rubric: Rubric, figures: Mapping[str, Any], draw: Random) -> dict[str, str]:
    """Full marks, a few slips of every kind, and the three rates as computed."""
    found = {name: str(spec.full) for name, spec in rubric.facts.items()}
    for name, spec in rubric.facts.items():
        if spec.type == "count" and draw.random() < 0.12:
            found[name] = str(max(0, int(found[name]) + draw.choice((-1, 1))))
    for fact, figure in figures.items():
        if figure.denominator:
            found[fact] = f"{figure.numerator}/{figure.denominator}"
    return found


def _sex_ratio(path: Path) -> tuple[Path, str]:
    with opened() as con:
        month = latest_month(con) if con else None
        if con is None or month is None:
            return path, "还没有出生数"
        period = (month.plus(-11), month)
        by: dict[str, dict[str, int]] = {}
        for one in compute("births", con, ("street", "sex"), period=period):
            by.setdefault(one.place, {})[one.dims["sex"]] = one.numerator
        names = dict(con.execute("select code, name from place where level = 'street'").fetchall())
    streets = [code for code in sorted(by) if code in names and by[code].get("1") and by[code].get("2")]
    fonts = default_fonts()
    font = next(iter(sorted(fonts.glob("NotoSansSC-400*"))), None) if fonts else None
    if font is None or len(streets) < 2:
        return path, "没有字体或街镇太少，没有画"
    heading = Heading(f"各街镇出生人口性别比，{period[0]} 至 {period[1]}", "演示数据（合成）", "女=100")
    chart = funnel([by[c]["1"] for c in streets], [by[c]["2"] for c in streets], [names[c] for c in streets], heading)
    path.write_bytes(draw_for_paper(chart, font, "png"))
    outside = sum(1 for side in chart.sides if side)
    return path, f"{len(streets)} 个街镇，{outside} 个在 95% 线外；人数少的街镇一年看不出偏高偏低"


def _projected(folder: Path, seed: int) -> tuple[Path, str]:
    tables = folder / "表"
    tables.mkdir(parents=True, exist_ok=True)
    _write_tables(tables, seed)
    done = run_spec(tables / "说明书.yaml", folder / "结果", lambda stage, at, total: None)
    return folder / "结果" / done.summary, "36 个合成街道推算 15 年，200 次抽样，有区间、回测和入学入托"


def _write_tables(folder: Path, seed: int) -> None:
    """The four tables of a made-up district, as a user would export them."""
    x, draw = np.arange(AGES), np.random.default_rng(seed)
    mortality = np.minimum(0.00003 * np.exp(0.095 * x) + 0.003 * (x == 0) + 0.0001, 0.6)
    shape = np.exp(-np.cumsum(mortality)) * (1 + 0.25 * np.sin(x / 6.0)) + 0.8 * np.exp(-(((x - 29.0) / 6.0) ** 2))
    fertility = np.where((x >= 15) & (x < 50), 0.075 * np.exp(-(((x - 30.5) / 5.5) ** 2)), 0)
    people, moves = ["地区,年份,性别,年龄,人口"], ["地区,净迁移"]
    for street in range(36):
        size = draw.uniform(30_000, 120_000) / (2 * shape.sum())
        for year, factor in ((2020, 0.97), (2025, 1.0)):
            for sex, part in (("男", 0.99), ("女", 1.01)):
                people += [
                    f"街道{street + 1:02d},{year},{sex},{age},{round(size * part * factor * n)}"
                    for age, n in enumerate(shape)
                ]
        moves.append(f"街道{street + 1:02d},{round(draw.normal(150, 250))}")
    texts = {
        "人口.csv": people, "净迁移.csv": moves,
        "生育率.csv": ["年龄,生育率", *(f"{age},{rate:.6f}" for age, rate in enumerate(fertility))],
        "死亡率.csv": ["性别,年龄,死亡率", *(f"{sex},{age},{min(rate * part, 0.9):.6f}" for sex, part in (("男", 1.15), ("女", 0.85))
                                      for age, rate in enumerate(mortality))],
        "说明书.yaml": [
            "名称: 演示区分街道推算（合成数据）", "版式: tables", "起: 2025", "止: 2040", "单位: 人", "婴儿存活口径: andreev_kingkade",
            "人口: {文件: 人口.csv}", "生育: {文件: 生育率.csv}", "死亡: {文件: 死亡率.csv}", "迁移: {文件: 净迁移.csv, 模式: rogers_castro}",
            "出生性别比: 1.06", "方案: [中方案, 高方案, 低方案]", "抽样次数: 200", f"种子: {seed}", "方式: 整数", "后果: {月份: 12}",
            "回测: {起: 2020, 止: 2025}",
        ],
    }  # fmt: skip
    for name, lines in texts.items():
        (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
