"""规则书的例 — a page's cases told as tables in Chinese: no code words where there is a word for people."""

import re
from collections.abc import Mapping

from renjia.engine.pages import Page, Plain, markdown_table
from renjia.engine.rules.schemas import TABLES, Column
from renjia.engine.rules.schemes import Scheme

_SAID = {"on": "判定日", "place": "受理地", "assumes": "假定", "unconfirmed": "未确认的标准也用"}
_MEANING = re.compile(r"(?:^|[；：，])\s*(-?\d+|[A-Z][A-Z0-9_]*|true|false) ([^；]+)")


def cases_told(page: Page, scheme: Scheme, titles: Mapping[str, str]) -> str:
    """例 — every case of the page: day and place, the tables, the answers."""
    text = ""
    for case in page.cases:
        for name, body in case.items() if isinstance(case, dict) else ():
            text += f"### {name}\n\n"
            if isinstance(body, dict):
                text += _case(body, scheme, titles)
    return f"## 例\n\n{text}" if text else ""


def meanings(note: str) -> dict[str, str]:
    """各值含义 — code → words, from a note such as `KEPT 仍适用；DROPPED 已取消`."""
    return {code: said.strip() for code, said in _MEANING.findall(note)}


def plain(value: Plain) -> str:
    """文字 — of a page's value: lists by 、, fields by ；, true and false as 是 and 否."""
    if isinstance(value, list):
        return "、".join(plain(one) for one in value)
    if isinstance(value, dict):
        return "；".join(f"{key} {plain(one)}" for key, one in value.items())
    return "是" if value == "true" else "否" if value == "false" else str(value)


def _case(body: Mapping[str, Plain], scheme: Scheme, titles: Mapping[str, str]) -> str:
    given = {key: value for key, value in body.items() if key not in _SAID and key != "gives"}
    said = [f"{_SAID[key]} {plain(value)}" for key, value in body.items() if key in _SAID and key != "unconfirmed"]
    said += [_SAID["unconfirmed"]] if body.get("unconfirmed") == "true" else []
    text = "；".join(said) + "。\n\n" if said else ""
    for name, rows in given.items():
        text += _rows(name, str(rows), scheme, titles)
    gives = body.get("gives")
    if isinstance(gives, dict):
        text += "".join(f"- 结果 {subject}：{plain(one)}\n" for subject, one in gives.items()) + "\n"
    return text


def _rows(name: str, text: str, scheme: Scheme, titles: Mapping[str, str]) -> str:
    header, *lines = [line.split() for line in text.splitlines() if line.strip()]
    if name in TABLES:
        columns = {one.name: one for one in TABLES[name].columns}
        heads = [columns[one].headers[0] if one in columns else one for one in header]
        shown = [
            [
                titles.get(cell, cell) if key == "scheme" else _word(columns.get(key), cell)
                for key, cell in zip(header, line, strict=False)
            ]
            for line in lines
        ]
        return f"{TABLES[name].titles[0]}\n\n" + markdown_table(heads, shown)
    heads = [scheme.comment(one) for one in header]
    return "直接给出的事实\n\n" + markdown_table(heads, [[_word(None, cell) for cell in line] for line in lines])


def _word(column: Column | None, cell: str) -> str:
    """The first Chinese word for a code; 是, 否 for true, false; nothing for `-`."""
    if cell == "-":
        return ""
    named = column.words if column is not None else {}
    found = next((word for word, code in named.items() if code == cell and not word.isascii()), None)
    return found or {"true": "是", "false": "否"}.get(cell, cell)
