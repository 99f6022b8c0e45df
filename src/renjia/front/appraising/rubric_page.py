"""细则说明页 — a rubric as an officer reads it before the year starts: findings, readings, items, atoms, facts, grades."""

from collections.abc import Iterator, Sequence

from renjia.engine.pages import markdown_table
from renjia.engine.scoring import Atom, Block, FactSpec, Item, Number, Rubric, check, count_cases, run_cases, score_text

KINDS = {
    "short": "少一扣一",
    "case": "按例",
    "step": "按步",
    "once": "一次",
    "nth": "从第几例起",
    "level": "分档",
    "bonus": "加分",
    "weighted": "折算",
    "cap": "合计限额",
}
FINDINGS = {
    "unreachable": "扣不到或得不到的分",
    "overlap": "等次重叠",
    "hole": "等次空档",
    "conditional_hole": "等次空档（另有条件）",
    "item_without_facts": "没有事实的指标",
    "fact_without_item": "没有用处的事实",
    "demand_without_points": "没有分的要求",
    "full_marks": "满分值也扣分",
    "idle_cap": "用不上的限额",
    "unused_reading": "用不上的解读",
}
TYPES = {"count": "个数", "percentage": "百分数", "ratio": "比值", "choice": "选择", "yes_no": "是否"}


def rubric_page(rubric: Rubric) -> str:
    """细则的说明 — Markdown, Chinese; ends with a line break."""
    return "".join(
        (
            f"# {rubric.name}\n\n",
            *_head(rubric),
            *_points(rubric),
            *_findings(rubric),
            *_readings(rubric),
            *_items(rubric),
            *_grades(rubric),
        )
    )


def _head(rubric: Rubric) -> Iterator[str]:
    for cite in rubric.cover.cites:
        number = f"（{cite['number']}）" if "number" in cite else ""
        yield f"依据：{cite['document']}{number}，{cite.get('article', '')}。"
    yield f"自 {rubric.cover.since:%Y-%m-%d} 起" + (
        f"，到 {rubric.cover.until:%Y-%m-%d} 止" if rubric.cover.until else ""
    )
    yield f"。编号 `{rubric.id}`。\n\n"
    if why := rubric.cover.body.get("why"):
        yield f"{why}\n\n"
    faults = run_cases(rubric)
    held = "全部相符" if not faults else f"{len(faults)} 处不符"
    yield (
        f"共 {len(rubric.items)} 项指标、{len(rubric.atoms)} 条评分、{len(rubric.facts)} 个事实、"
        f"{len(rubric.readings)} 处解读；随页例子 {count_cases(rubric)} 个，{held}。\n\n"
        f"名称照原文，指标描述和评分标准是转述。评分：`renjia score {rubric.id} 事实.csv --out 得分.xlsx`。\n\n"
    )


def _points(rubric: Rubric) -> Iterator[str]:
    yield "## 分值\n\n"
    rows = []
    for part in rubric.parts.values():
        for block in rubric.blocks.values():
            if block.part == part.id:
                way = "扣分" if block.way == "deduct" else "得分"
                rows.append(
                    (
                        f"{part.name}（{_limit(part.limit)}）",
                        block.name,
                        _limit(block.limit),
                        way,
                        str(len(block.items)),
                    )
                )
    yield markdown_table(("部分", "一级指标", "分值", "办法", "二级指标"), rows)


def _findings(rubric: Rubric) -> Iterator[str]:
    yield "## 年初要定的事\n\n"
    found = check(rubric)
    if not found:
        yield "没有查出问题。\n\n"
        return
    yield "下面各条由细则本身查出，宜在年初写进文件；没有写明的，按下一节所选的解读评分。\n\n"
    yield markdown_table(
        ("类别", "所在", "问题", "怎么办"),
        ((FINDINGS.get(one.kind, one.kind), one.where, one.what, one.remedy) for one in found),
    )


def _readings(rubric: Rubric) -> Iterator[str]:
    if not rubric.readings:
        return
    yield "## 解读\n\n原文可以有几种读法的地方。带 ★ 的是所选；换一种读法：`--reading Q1=floor`。\n\n"
    used = _used_by(rubric)
    rows = []
    for one in rubric.readings.values():
        values = "<br>".join(
            f"{'★ ' if value == one.chosen else ''}`{value}` {meaning}" for value, meaning in one.values.items()
        )
        rows.append((one.key, one.name, values, one.why, "、".join(used.get(one.slug, ())) or "整体"))
    yield markdown_table(("编号", "原文", "读法", "为什么选这一种", "涉及"), rows)


def _used_by(rubric: Rubric) -> dict[str, list[str]]:
    """Which atoms and grades each reading touches, in the rubric's order, by what their pages say."""
    found: dict[str, list[str]] = {}
    for item in rubric.items.values():
        atoms, rows = item.page.body["atoms"], item.page.body.get("rows", {})
        assert isinstance(atoms, dict) and isinstance(rows, dict)
        for atom in item.atoms:
            nodes = [
                atoms[atom],
                *(row for row in rows.values() if isinstance(row, dict) and atom in row.get("of", [])),
            ]
            for slug in dict.fromkeys(slug for node in nodes for slug in _slugs(rubric, node)):
                found.setdefault(slug, []).append(atom)
    for grade in rubric.grades.values():
        for slug in grade.readings:
            found.setdefault(slug, []).append(grade.atom or grade.name)
    return found


def _slugs(rubric: Rubric, node: object) -> Iterator[str]:
    names = {one.slug for one in rubric.readings.values()}
    if isinstance(node, str):
        if node in names:
            yield node
    elif isinstance(node, dict):
        for key, value in node.items():
            if key in names:
                yield key
            yield from _slugs(rubric, value)
    elif isinstance(node, list):
        for value in node:
            yield from _slugs(rubric, value)


def _items(rubric: Rubric) -> Iterator[str]:
    for block in rubric.blocks.values():
        yield f"## {block.name}（{_limit(block.limit)}）\n\n"
        for name in block.items:
            yield from _item(rubric, block, rubric.items[name])


def _item(rubric: Rubric, block: Block, item: Item) -> Iterator[str]:
    yield f"### {item.name}\n\n{item.says}\n\n"
    atoms = [rubric.atoms[name] for name in item.atoms]
    yield markdown_table(
        ("编号", "评分标准", "办法", "分", "用到的事实"),
        ((atom.id, atom.says, KINDS[atom.kind], _worth(atom), _facts_of(atom)) for atom in atoms),
    )
    if item.facts:
        yield markdown_table(
            ("事实", "填法", "单位", "满分时"), (_fact(rubric.facts[name]) for name in item.facts)
        )  # fmt: skip
    if item.unscored:
        yield f"要求里有而没有分的：{'；'.join(item.unscored)}。\n\n"


def _worth(atom: Atom) -> str:
    return f"限 {score_text(atom.points)}" if atom.kind == "cap" else score_text(atom.points)


def _facts_of(atom: Atom) -> str:
    return "、".join(atom.members if atom.kind == "cap" else atom.needs)


def _fact(spec: FactSpec) -> Sequence[str]:
    how = TYPES[spec.type] + ("，可超过 100" if spec.may_exceed_100 else "")
    if spec.type == "choice":
        how = " / ".join(spec.choices)
    full = spec.full if isinstance(spec.full, str) else score_text(spec.full)
    return spec.name, how, spec.unit, full


def _grades(rubric: Rubric) -> Iterator[str]:
    yield "## 等次\n\n从上往下，先合的为准；都不合的为"
    yield f"「{rubric.grading.undecided}」。按{_measure(rubric, rubric.grading.by)}排名，同分同名次（1、2、2、4）。\n\n"
    yield markdown_table(
        ("编号", "等次", "原文", "所选解读下"),
        (
            (
                grade.atom,
                grade.name,
                grade.says,
                "；或 ".join(
                    "、".join(_condition(rubric, one.expression.text) for one in conditions)
                    for conditions in grade.sets
                ),
            )
            for grade in rubric.grades.values()
        ),
    )
    if rubric.veto is not None:
        ranked = "仍占名次" if rubric.veto.ranked else "不参加排名"
        facts = "、".join(rubric.veto.facts)
        yield f"一票否决（{rubric.veto.atom}）：{rubric.veto.says}；事实：{facts}；{ranked}。\n"


def _measure(rubric: Rubric, name: str) -> str:
    named = {"total": "总分", "rank": "名次", "last_of_tie": "并列的末位"}
    return named[name] if name in named else rubric.parts[name].name if name in rubric.parts else name


def _condition(rubric: Rubric, text: str) -> str:
    return " ".join(_measure(rubric, word) for word in text.split())


def _limit(limit: Number | None) -> str:
    return "不限" if limit is None else f"{score_text(limit)} 分"
