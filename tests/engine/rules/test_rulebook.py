"""The rule book: every scheme and leave, every sentence and standard in it, in words an officer reads."""

import re

import pytest

from renjia.engine.pages import load_pages, markdown_table
from renjia.engine.rules import rule_book, schemes
from renjia.engine.rules.leaving.pages import leave_pages
from renjia.engine.rules.rulebook_cases import meanings

BOOK = rule_book()
PAGES = schemes()


@pytest.mark.parametrize("one", PAGES, ids=lambda one: f"{one.id}-{one.page.since}")
def test_a_scheme_is_told_whole(one):
    text = BOOK[f"{one.id}.md"]
    assert f"# {one.name}\n" in text and f"[{one.name}]({one.id}.md)" in BOOK["README.md"]
    for line in (*one.conditions, *([one.sentences.amount] if one.sentences.amount else [])):
        assert line.sentence in text and " ".join(line.test.text.split()).replace("|", "\\|") in text, line.sentence
    for wanted in (*one.lacking, *one.evidence):
        assert wanted in text
    for name, parameter in one.parameters.items():
        part = text[text.index(f"### {name}\n") :].split("\n## ")[0].split("\n### ")[0]
        for standard in parameter.by_place.values():
            for since, value in standard.values.items():
                value = {"true": "是", "false": "否"}.get(value, value)
                assert re.search(rf"\| {since} \| {re.escape(value)}[ （]", part), (name, value)
            assert standard.source in part
    for case in one.page.cases:
        assert f"### {next(iter(case))}\n" in text


def test_every_leave_is_told():
    for versions in leave_pages().values():
        for one in versions:
            lines = [line for line in (*one.conditions, one.days, one.hours) if line]
            assert one.page.name in BOOK["leaves.md"] and all(line.sentence in BOOK["leaves.md"] for line in lines)


def test_unconfirmed_is_said_and_nothing_unconfirmed_is_called_confirmed():
    text = BOOK["childcare_subsidy.md"]
    assert re.search(r"\| 待定 \| — \| 未确认 \|", text) and "关于2022年1月1日出生婴幼儿是否计发的书面口径" in text
    assert re.search(r"FORFEIT_YEAR（逾期年度不补发） \| — \| 未确认", text)
    rows = BOOK["rural_reward.md"].split("### standard\n")[1].split("###")[0]
    assert re.search(r"2012-01-01 \| 960 \| 元／人／年 \| 已确认", rows), "confirmed to the end of 2024"
    assert re.search(r"2025-01-01 \| 960 \| 元／人／年 \| 未确认", rows)


@pytest.mark.parametrize("name", BOOK)
def test_no_english_outside_code_and_codes(name):
    """Left out: what stands in backticks, headings and names of parameters, codes in capitals with what they mean."""
    text = BOOK[name].split("## 判定式")[0]
    text = re.sub(r"`[^`]*`|\(\w+\.md\)|^#+ [a-z_0-9]+$", "", text, flags=re.M)
    text = re.sub(r"[A-Z][A-Z0-9_]{2,}|[A-Z]+-[A-Z]+|[Cc]T|HPV|B超", "", text)
    left = set(re.findall(r"[A-Za-z_]{4,}", text))
    parameters = {name for one in PAGES for name in one.parameters}
    assert left - parameters == set()


def test_tables_escape_what_would_break_them():
    assert markdown_table(("甲", "乙"), [("a|b", "c\nd")]) == "| 甲 | 乙 |\n|---|---|\n| a\\|b | c d |\n\n"


def test_meanings_of_codes():
    assert meanings("继子女：IGNORE 不计；COUNT 计") == {"IGNORE": "不计", "COUNT": "计"}
    assert meanings("0 当月；-1 次月") == {"0": "当月", "-1": "次月"}
    assert meanings("true 要求；false 不要求") == {"true": "要求", "false": "不要求"}
    assert meanings("没有代码的说明") == {}


def test_every_scheme_page_has_a_file():
    assert {f"{page.id}.md" for page in load_pages("scheme")} | {"README.md", "leaves.md"} == set(BOOK)
