"""Expressions: what a page may say, what it may not, and that every refusal names its fragment in Chinese."""

import re

import pytest
import sqlglot
from hypothesis import given
from hypothesis import strategies as st

from renjia.engine.sql import SqlError, condition, expression
from renjia.engine.sql.rules import type_of

WORDS = {
    "born": "date",
    "known": "date",
    "months": "integer",
    "standard": "decimal",
    "rate": "double",
    "live": "boolean",
    "hukou": "text",
    "case": "text",
}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("round(standard * months / 12, 2)", "double"),
        ("standard * months", "decimal"),
        ("months * 2 - 1", "integer"),
        ("year(born) * 12 + month(born)", "integer"),
        ("CASE WHEN year(born) >= 2025 THEN 12 ELSE least(months, 12) END", "integer"),
        ("hukou = '310115' AND live", "boolean"),
        ("hukou IN ('310115', '310101') OR NOT live", "boolean"),
        ("date_diff('day', born, known) BETWEEN 0 AND 30", "boolean"),
        ("add_months(born, 36) <= DATE '2028-02-29'", "boolean"),
        ("add_days(born, months)", "date"),
        ('"case" IS NOT NULL', "boolean"),
        ("live IS TRUE", "boolean"),
        ("coalesce(standard, 0)", "decimal"),
        ("if(live, 'a', hukou)", "text"),
        ("case hukou when 'a' then 1 end", "integer"),
        ("substr(trim(hukou), 1, 6) = '310115'", "boolean"),
        ("BORN < KNOWN", "boolean"),
        ("standard > rate", "boolean"),
        ("-months // 2 % 3", "integer"),
        ("cast(months AS DECIMAL(12, 2))", "decimal"),
        ("hukou LIKE '31%'", "boolean"),
        ("make_date(year(born) + 1, 1, 1)", "date"),
    ],
)
def test_what_a_page_may_say(text, kind):
    assert expression(text, WORDS).type == kind


REFUSED = [
    ("a; drop table t", "2 句"),
    ("drop table t", "不能用 Drop"),
    ("(select 1)", "子查询"),
    ("months in (select 1)", "不能用子查询"),
    ("exists(select 1)", "子查询"),
    ("months as b", "别名"),
    ("?", "占位符"),
    ("$1", "占位符"),
    ("*", "星号"),
    ("t.months", "不要写表名"),
    ("sum(months)", "不能汇总"),
    ("sum(months) over ()", "窗口函数"),
    ("read_csv('x')", "函数 read_csv 不能用"),
    ("getenv('HOME')", "函数 getenv 不能用"),
    ("now()", "函数 now 不能用"),
    ("random()", "不能用"),
    ("current_date", "不能用"),
    ("hukou ~ 'x'", "不能用"),
    ("hukou || 'x'", "不能用"),
    ("[1, 2]", "不能用"),
    ("{'a': 1}", "不能用"),
    ("columns('a')", "不能用"),
    ("months[1]", "不能用"),
    ("interval 3 day", "add_days"),
    ("try_cast(hukou as date)", "不能用"),
    ("born - known", "date_diff"),
    ("born + 1", "add_days"),
    ("hukou + 1", "是文字，不能做四则运算"),
    ("born = '2025-01-01'", "DATE '2025-01-01'"),
    ("hukou = 310115", "代码请加引号：'310115'"),
    ("live > false", "不能比大小"),
    ("live and months", "「months」是整数，这里要是否"),
    ("months = null", "IS NULL"),
    ("months in (1, null)", "IS NULL"),
    ("date '2026-02-30'", "不是日期"),
    ("cast(hukou as integer)", "是文字，这里要整数"),
    ("cast(born as timestamp)", "只能转成"),
    ("months between symmetric 1 and 2", "SYMMETRIC"),
    ("date_diff('month', born, known)", "只能按 'day' 计"),
    ("round(standard, months)", "小数位数（常数）"),
    ("abs(months, 1)", "abs|参数不对"),
    ("least(months)", "至少要两个参数"),
    ("year(born, known)", "year|参数"),
    ("case when live then 1 else 'x' end", "整数和文字不能放在一起"),
    ("months is 3", "IS 后面"),
    ("0x10", "别名"),
    ("1e5", "普通的数"),
    ("", "空的"),
    ("-- 只有注释", "空的"),
    ("months >", "读不懂"),
    ("'", "读不懂"),
    ("case > 1", "加双引号"),
    ("weight > 1", "「weight」不在词汇里"),
    ("months，1", "全角符号|读不懂"),
    ("(" * 400 + "months" + ")" * 400, "套得太深"),
    ("live" + " and live" * 430, "套得太深"),
    ("1" * 5000, "超过 4000 字"),
]


@pytest.mark.parametrize(("text", "says"), REFUSED, ids=[text[:30] for text, _ in REFUSED])
def test_what_it_may_not(text, says):
    with pytest.raises(SqlError, match=says) as refused:
        expression(text, WORDS)
    assert re.search(r"[\u4e00-\u9fff]", str(refused.value))


def test_the_fragment_is_the_piece_that_is_wrong():
    with pytest.raises(SqlError) as refused:
        expression("live AND (months > 3 OR read_text('/etc/passwd') = 'x')", WORDS)
    assert "READ_TEXT" in refused.value.fragment and "months" not in refused.value.fragment


def test_what_no_rule_has_seen_is_refused():
    tree = sqlglot.parse_one("live IS TRUE")
    tree.set("hidden", sqlglot.parse_one("(SELECT 1)"))
    with pytest.raises(SqlError, match="子查询"):
        type_of(tree, WORDS, aggregates=False)


def test_conditions_answer_yes_or_no():
    assert condition("live", WORDS).type == "boolean"
    with pytest.raises(SqlError, match="不是条件"):
        condition("months", WORDS)


def test_the_vocabulary_itself_is_checked():
    with pytest.raises(SqlError, match="「timestamp」不认得"):
        expression("a", {"a": "timestamp"})


@given(st.text(max_size=40))
def test_any_text_is_checked_or_refused_in_chinese(text):
    try:
        expression(text, WORDS)
    except SqlError as refused:
        assert re.search(r"[\u4e00-\u9fff]", str(refused))


PIECES = (
    "months born live hukou 1 'x' ( ) and or not = < + / , case when then end null is in select from t * ; year sum "
    "union date :: [ ] ."
).split()
pieces = st.sampled_from(PIECES)


@given(st.lists(pieces, max_size=12).map(" ".join))
def test_any_words_are_checked_or_refused_in_chinese(text):
    try:
        expression(text, WORDS)
    except SqlError as refused:
        assert re.search(r"[\u4e00-\u9fff]", str(refused))
