"""规则书 — every scheme and leave as a page an officer can read: sentence, test, standards by date and place, cases."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from renjia.engine.pages import DEFINITIONS, Page, load_pages, markdown_table
from renjia.engine.rules.grammar import LOCALITY
from renjia.engine.rules.leaving.pages import LeavePage, leave_pages
from renjia.engine.rules.rulebook_cases import cases_told, meanings, plain
from renjia.engine.rules.schemes import Scheme, schemes
from renjia.engine.rules.standards import NATION, UNSETTLED, Parameter

EVERY = {"month": "按月计发", "year": "按年计发", "once": "一次性"}
_NATION = "全国"


def rule_book(root: Path = DEFINITIONS) -> dict[str, str]:
    """规则书 — file name → Markdown: `README.md` the contents, one file a scheme, `leaves.md` for leave."""
    names = {NATION: _NATION} | {page.id: page.name for page in load_pages(LOCALITY.kind, root)}
    by_id: dict[str, list[Scheme]] = {}
    for one in schemes(root):
        by_id.setdefault(one.id, []).append(one)
    titles = {id: versions[-1].name for id, versions in by_id.items()}
    book = {f"{id}.md": "".join(_scheme(one, names, titles) for one in versions) for id, versions in by_id.items()}
    book["leaves.md"] = _leaves(root, names)
    book["README.md"] = _contents([versions[-1] for versions in by_id.values()])
    return book


def _contents(latest: Sequence[Scheme]) -> str:
    rows = (
        (f"[{one.name}]({one.id}.md)", "、".join(_known_as(one.page)), EVERY[one.course.every] if one.course else "—", _settled(one))
        for one in latest
    )  # fmt: skip
    return (
        "# 规则书\n\n每个项目一页：依据、条件、金额与期间、各地各日的标准、材料、年审、例子，页末是系统用的判定式。"
        "标准没有写“已确认”的，用到它的人答“需配置”，不发钱。假期见 [假期](leaves.md)。\n\n"
        + markdown_table(("项目", "也叫", "发放", "标准"), rows)
    )


def _settled(one: Scheme) -> str:
    if one.lacking:
        return "规则未定：" + "、".join(one.lacking)
    open_ = [name for name, found in one.parameters.items() if not _confirmed(found)]
    return "都已确认" if not open_ else f"{len(open_)} 项待确认"


def _confirmed(one: Parameter) -> bool:
    return all(
        standard.is_confirmed(since) and value not in UNSETTLED
        for standard in one.by_place.values()
        for since, value in standard.values.items()
    )


def _known_as(page: Page) -> list[str]:
    value = page.body.get("known_as", [])
    return [str(one) for one in value] if isinstance(value, list) else []


def _scheme(one: Scheme, names: Mapping[str, str], titles: Mapping[str, str]) -> str:
    page = one.page
    until = f"至 {page.until}" if page.until else "至今"
    text = f"# {page.name}\n\n编号 `{page.id}`；自 {page.since} {until}。{page.body.get('why', '')}\n\n{_cites(page)}"
    if one.lacking:
        text += f"**规则未定。** 文件没有给出条件和金额，对任何人都答“需配置”。所缺：{'、'.join(one.lacking)}。\n\n"
    if one.conditions:
        rows = ((line.clause, line.sentence, line.paper or "—") for line in one.conditions)
        text += "## 条件\n\n逐条都要符合；不明的（？）先补材料或先定参数，不算不符合。\n\n"
        text += markdown_table(("条款", "要求", "不明时要的材料"), rows)
    text += _money(one)
    for exclusion in one.sentences.exclusions:
        others = "、".join(titles.get(id, id) for id in exclusion.schemes)
        text += f"- 互斥：{exclusion.clause} {exclusion.sentence}（{others}）\n"
    if one.sentences.exclusions:
        text += "\n"
    text += _standards(one.parameters, names, _uses(one))
    if one.evidence:
        text += "## 材料\n\n" + "".join(f"- {paper}\n" for paper in one.evidence) + "\n"
    review = page.body.get("review", {})
    if isinstance(review, dict) and review:
        said = (f"- {_REVIEW.get(key, key)}：{plain(value)}\n" for key, value in review.items())
        text += "## 年审\n\n" + "".join(said) + "\n"
    return text + cases_told(page, one, titles) + _tests(one)


_REVIEW = {"every": "多久一次", "checks": "核什么", "note": "说明"}


def _money(one: Scheme) -> str:
    course, amount = one.course, one.sentences.amount
    if course is None or amount is None:
        return ""
    return f"## 金额与期间\n\n{EVERY[course.every]}：{amount.clause} {amount.sentence}。\n\n"


def _tests(one: Scheme) -> str:
    """What the engine computes, for who wants to check it: every test, and every word in them explained."""
    rows = [(f"{line.clause} {line.sentence}", f"`{_flat(line.test.text)}`") for line in one.conditions]
    course, amount = one.course, one.sentences.amount
    if course is not None and amount is not None:
        rows.append(("首期" if course.every != "once" else "发放日", f"`{_flat(course.first.text)}`"))
        rows += [("末期", f"`{_flat(course.last.text)}`")] if course.last else []
        rows.append(("每期金额", f"`{_flat(amount.test.text)}`"))
    rows += [(f"中间量 `{name}`", f"`{_flat(given.text)}`") for name, given in one.sentences.givens.items()]
    if not rows:
        return ""
    trees = [line.test.tree for line in one.conditions] + [given.tree for given in one.sentences.givens.values()]
    trees += [course.first.tree, *([course.last.tree] if course.last else [])] if course else []
    trees += [amount.test.tree] if amount else []
    reached = one.sentences.reach(*trees)
    words = [(f"`{word}`", one.comment(word)) for word in one.words if word in reached]
    return (
        "## 判定式\n\n<details><summary>系统按这些式子判定（核对规则的人看）</summary>\n\n"
        + markdown_table(("条款、量", "式子"), rows) + (markdown_table(("词", "含义"), words) if words else "") + "</details>\n\n"
    )  # fmt: skip


def _uses(one: Scheme) -> dict[str, str]:
    """Parameter → what of the page hangs on it."""
    found: dict[str, list[str]] = {}
    reach, course, amount = one.sentences.reach, one.course, one.sentences.amount
    said = [(line.test.tree, f"{line.clause} {line.sentence}") for line in one.conditions]
    said += [(course.first.tree, "首期"), *([(course.last.tree, "末期")] if course.last else [])] if course else []
    said += [(amount.test.tree, f"{amount.clause} {amount.sentence}")] if amount else []
    for tree, text in said:
        for name in reach(tree) & set(one.parameters):
            found.setdefault(name, []).append(text)
    return {name: "；".join(dict.fromkeys(texts)) for name, texts in found.items()}


def _standards(parameters: Mapping[str, Parameter], names: Mapping[str, str], uses: Mapping[str, str]) -> str:
    text = "".join(_parameter(one, names, uses.get(one.id, "")) for one in parameters.values())
    return "## 标准\n\n" + text if text else ""


def _parameter(one: Parameter, names: Mapping[str, str], used: str) -> str:
    notes = list(dict.fromkeys(standard.note for standard in one.by_place.values() if standard.note))
    told = [note.replace("true ", "是 ").replace("false ", "否 ") for note in notes]
    meant = meanings("；".join(notes))
    rows = []
    for place, standard in one.by_place.items():
        said = standard.source
        for since, value in sorted(standard.values.items()):
            known = value not in UNSETTLED and standard.is_confirmed(since)
            shown = f"{plain(value)}（{meant[value]}）" if value in meant else plain(value)
            rows.append(
                (
                    names.get(place, place),
                    since.isoformat(),
                    shown,
                    standard.unit or "—",
                    "已确认" if known else "未确认",
                    said,
                )
            )
            said = "同上"
    lead = f"### {one.id}\n\n" + (f"用在：{used}。\n" if used else "") + "".join(f"{note}。\n" for note in told)
    if any(row[4] == "未确认" for row in rows):
        lead += f"待确认，需：{one.wanted}。\n"
    return lead.rstrip("\n") + "\n\n" + markdown_table(("地方", "自", "值", "单位", "状态", "依据"), rows)


def _leaves(root: Path, names: Mapping[str, str]) -> str:
    text = "# 假期\n\n按分娩（或结婚登记）那天的规定；各省自定天数的，没有录入就答“需配置”。\n\n"
    for versions in leave_pages(root).values():
        text += "".join(_leave(one, names) for one in versions)
    return text


def _leave(one: LeavePage, names: Mapping[str, str]) -> str:
    page = one.page
    until = f"至 {page.until}" if page.until else "至今"
    text = f"## {page.name}（{'、'.join(one.who)}）\n\n自 {page.since} {until}。{page.body.get('note', '')}\n\n{_cites(page)}"
    text += "".join(f"所缺：{wanted}\n\n" for wanted in one.lacking)
    lines = [line for line in (*one.conditions, one.days, one.hours) if line]
    text += markdown_table(
        ("条款", "规定", "算法"), ((line.clause, line.sentence, f"`{_flat(line.test.text)}`") for line in lines)
    )
    return text + _standards(one.parameters, names, {}).replace("\n### ", "\n#### ").replace("## 标准", "### 标准")


def _cites(page: Page) -> str:
    found = []
    for one in page.cites:
        number = f"（{one['number']}）" if one.get("number") else ""
        found.append(f"- 依据：《{one.get('document', '')}》{number}{one.get('article', '')}\n")
    return "".join(found) + "\n" if found else ""


def _flat(text: str) -> str:
    return " ".join(text.split())
