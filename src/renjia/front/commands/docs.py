"""renjia docs — the manual's reference pages, generated from the definitions."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import typer

from renjia.engine.linkage import rules
from renjia.measure.indicators import all_indicators, version_of
from renjia.records.intake import FIELDS, load_feeds

HEAD = "<!-- 由 make docs 从定义页生成，请改定义页，不要改这里。 -->\n\n"


def docs(out: Path = typer.Option(Path("docs/reference"), help="写到哪里")) -> None:  # noqa: B008
    """生成参考页：来源、取值规则、指标。"""
    out.mkdir(parents=True, exist_ok=True)
    for name, text in {"feeds.md": feeds(), "survivorship.md": survivorship(), "indicators.md": indicators()}.items():
        (out / name).write_text(HEAD + text, encoding="utf-8")
        typer.echo(f"写好 {out / name}")


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    lines += ["| " + " | ".join(cell.replace("|", "／") for cell in row) + " |" for row in rows]
    return "\n".join(lines) + "\n\n"


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
        text += _table(("列", "成为", "读法"), ((c.name, FIELDS[c.field][0], c.type) for c in feed.columns))
    return text


def survivorship() -> str:
    """取值规则参考。"""
    names = {feed.id: feed.name for feed in load_feeds().values()}
    rows = ((r.label, r.name, " > ".join(names[s] for s in r.order), str(r.tolerance or "")) for r in rules().values())
    return "# 出生个案取值规则\n\n五个部门说法不同时采用谁的；不同之处一律列出，下发核实。\n\n" + _table(
        ("字段", "规则", "来源次序", "容差"), rows
    )


def indicators() -> str:
    """指标参考。"""
    text = "# 指标\n\n"
    for page in all_indicators():
        body = page.body
        text += f"## {page.name}（{body['unit']}）\n\n{body.get('why', '')}\n\n"
        text += f"- 分子：`{body['numerator']}`\n"
        if body.get("denominator"):
            text += f"- 分母：`{body['denominator']}`\n"
        text += (
            f"- 来源：{body.get('source', '')}\n- 口径版本：{version_of(page)}；核对于 {body.get('checked', '')}\n\n"
        )
    return text
