"""renjia docs — the manual's reference pages, generated from the definitions."""

from pathlib import Path
from typing import Annotated

import typer

from renjia.engine.demography import functions_page
from renjia.engine.linkage import rules
from renjia.engine.pages import Page, markdown_table
from renjia.engine.rules import rule_book
from renjia.engine.scoring import load_rubric, rubric_ids
from renjia.front.appraising import rubric_page
from renjia.measure.indicators import all_indicators, halves, version_of
from renjia.records.intake import FIELDS, load_feeds

HEAD = "<!-- 由 make docs 从定义页生成，请改定义页，不要改这里。 -->\n\n"


def docs(out: Annotated[Path, typer.Option(help="写到哪里")] = Path("docs")) -> None:
    """生成参考页：来源、取值规则、指标、考核表、规则书、人口函数。"""
    pages = {f"reference/{name}": HEAD + text for name, text in references().items()}
    pages |= {f"reference/rubric-{id}.md": HEAD + rubric_page(load_rubric(id)) for id in rubric_ids()}
    pages |= {f"rulebook/{name}": HEAD + text for name, text in rule_book().items()}
    pages |= {"demography/functions.md": functions_page()}
    for name, text in pages.items():
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (out / name).write_text(text, encoding="utf-8")
        typer.echo(f"写好 {out / name}")


def references() -> dict[str, str]:
    """出生监测的参考页 — by file name."""
    return {"feeds.md": feeds(), "survivorship.md": survivorship(), "indicators.md": indicators()}


def feeds() -> str:
    """来源参考。"""
    text = "# 五个来源的文件\n\n列名不必一样，下面是每列的第一个叫法；认得的其他叫法在定义页里。\n\n"
    for feed in load_feeds().values():
        standard = feed.page.standards.get("due_days")
        days = feed.due_days(feed.page.since)
        due = (
            f"出生后 {days} 天内（{'已确认' if standard and standard.confirmed else '演示值，未确认'}）"
            if days is not None
            else "无期限"
        )
        text += f"## {feed.name}\n\n应报期限：{due}。报送角色：{'、'.join(feed.senders)}。\n\n"
        text += markdown_table(("列", "成为", "读法"), ((c.name, FIELDS[c.field][0], c.type) for c in feed.columns))
    return text


def survivorship() -> str:
    """取值规则参考。"""
    names = {feed.id: feed.name for feed in load_feeds().values()}
    rows = ((r.label, r.name, " > ".join(names[s] for s in r.order), str(r.tolerance or "")) for r in rules().values())
    return "# 出生个案取值规则\n\n五个部门说法不同时采用谁的；不同之处一律列出，下发核实。\n\n" + markdown_table(
        ("字段", "规则", "来源次序", "容差"), rows
    )


SUBJECTS = {"birth_monitoring": "出生监测", "population": "人口", "repealed": "已停用的旧指标"}
KINDS = {
    "count": "计数", "share": "占比", "ratio": "比率", "difference": "相差", "sum_of_rates": "各龄率之和",
    "mean_age": "率的平均年龄", "standardised": "直接标准化", "expectation": "生命表", "median": "中位数",
    "singulate_mean": "平均初婚年龄（SMAM）", "myers": "迈尔斯混合指数", "age_sex_accuracy": "年龄性别准确性",
    "net_reproduction": "净再生育率",
}  # fmt: skip
PERIODS = {"CAL": "自然年", "OCT_SEP": "上年10月至本年9月", "NOV_OCT": "上年11月至本年10月"}
AT = {"mean": "年平均（期初期末之半，折成人年）", "end": "期末时点", "change": "期末减期初"}


def indicators() -> str:
    """指标参考。"""
    text = "# 指标\n\n"
    for subject, label in SUBJECTS.items():
        if pages := all_indicators(subject=subject):
            text += f"# {label}\n\n" if subject != "birth_monitoring" else ""
            text += "".join(_indicator(page) for page in pages)
    return text


def _indicator(page: Page) -> str:
    body = page.body
    text = f"## {page.name}（{body['unit']}）\n\n{body.get('why', '')}\n\n"
    for half in halves(page):
        text += f"- {half['label']}：{half['words']}。`{half['text']}`\n"
    if body.get("deaths"):
        text += f"- 死亡：`{body['deaths']}`\n"
    if "period" in body:
        said = [KINDS[str(body["kind"])], PERIODS[str(body["period"])]]
        said += [f"口径 {body['base']}"] if "base" in body else []
        said += [AT[str(body["at"])]] if "at" in body else []
        said += [f"只到 {page.until}"] if page.until else []
        text += f"- 算法：{'；'.join(said)}\n"
    text += f"- 来源：{body.get('source', '')}"
    text += f"；证据级别 {body['grade']}\n" if "grade" in body else "\n"
    cautions = body.get("cautions", [])
    if "period" in body and isinstance(cautions, list):
        text += "".join(f"- 注意：{caution}\n" for caution in cautions)
    return text + f"- 口径版本：{version_of(page)}；核对于 {body.get('checked', '')}\n\n"
