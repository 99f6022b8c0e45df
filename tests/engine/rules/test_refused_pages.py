"""Hostile and sloppy pages: refused with file, line, word and remedy, in Chinese, before anything is computed."""

from datetime import date

import pytest

from renjia.engine.pages import PageError
from renjia.engine.rules import RuleError, check_pages, judge_one, run_cases, scheme

PAGE = "schemes/trial_monthly/2020-01-01.yaml"
SENTENCE = "reached <= today"


def refused(root, *words, line=None):
    with pytest.raises((PageError, RuleError)) as told:
        check_pages(root)
    text = str(told.value)
    for word in words:
        assert word in text, text
    assert "第 " in text and "；" in text, "a line and a remedy"
    if line is not None:
        assert f"第 {line} 行" in text
    return text


def test_the_small_law_is_sound(root):
    assert [one.id for one in check_pages(root)] == ["trial_monthly", "trial_once", "trial_yearly"]


@pytest.mark.parametrize(
    ("expression", "word"),
    [
        ("(SELECT true)", "子查询"),
        ("EXISTS (SELECT 1 FROM person)", "子查询"),
        ("born IN (SELECT born FROM person)", "子查询"),
        ("true; DROP TABLE person", "2 句"),
        ("true) OR (1=1", "读不懂"),
        ("getenv('HOME') = 'x'", "getenv"),
        ("read_csv('/etc/passwd') IS NULL", "read_csv"),
        ("query('select 1') = 1", "query"),
        ("born < current_date", "不能用"),
        ("random() < 0.5", "rand 不能用"),
        ("count(*) > 1", "汇总"),
        ("row_number() OVER () = 1", "窗口"),
        ("$1 = 1", "占位符"),
        ("person.born < today", "不要写表名"),
        ("borm < today", "是不是「born」"),
        ("born < '2020-01-01'", "DATE '2025-01-01'"),
        ("born + 1 < today", "add_days"),
        ("born = NULL", "IS NULL"),
        ("age", "不是条件"),
        ("age = '60'", "不能放在一起"),
        ("within(hukou, city, 1)", "应有 2 个参数"),
        ("month_of(sex) > 1", "日期"),
        ("reached＜=today", "＜"),
        ("twin_rule = 'ALOW'", "ALOW"),
        ("twin_rule = '待定'", "待定"),
        ("months > 1", "months"),
    ],
)
def test_conditions(edited, expression, word):
    refused(edited(PAGE, SENTENCE, expression), word, "trial_monthly/2020-01-01.yaml")


def test_the_line_is_the_line_of_the_sentence(edited, root):
    line = (root / PAGE).read_text(encoding="utf-8").splitlines().index(
        "  - 二 本市户籍: {test: 'within(hukou, city)', paper: 户口簿}"
    ) + 1
    refused(edited(PAGE, "within(hukou, city)", "within(hukuo, city)"), "hukuo", "是不是「hukou」", line=line)


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ("2020-01-01: 100, 2022-07-01", "2020-01-01: 100, 2020-01-01: 90, 2022-07-01", "写了两次"),
        ("2020-01-01: 100,", "2020-01-01: NO,", "「NO」"),
        ("2020-01-01: 60,", "2020-01-01: 012,", "「012」"),
        ("2020-01-01: 60,", "2020-01-01: 6O,", "「6O」"),
        ("2020-01-01: 100,", "2020-01-01: '1,000',", "「1,000」"),
        ("2020-01-01: 100,", "2020-02-30: 100,", "不是日期"),
        ("2020-01-01: 100, 2022-07-01: 150.50", "2020-01-01: 100, 2022-07-01: ALLOW", "不是一类"),
        ("confirmed: true", "confirmed: NO", "confirmed"),
        ("first_offset:", "today:", "重名"),
        ("first_offset: {", "born: {", "重名"),
        ("  reached: reach", "  age: reach", "重名"),
        ("  reached: reach_date(born, age)", "  reached: add_days(other, 1)\n  other: add_days(reached, 1)", "成了圈"),
        ("  reached: reach_date(born, age)", "  reached: add_days(reached, 1)", "引用了自己"),
        ("  - 一 年满60周岁", "  - 年满60周岁", "没有写条款"),
        ("  last: month_of(died)", "  last: died", "month_of"),
        ("  every: month", "  every: week", "可选"),
        ("  - 四 每月按标准发: standard", "  - 四 每月按标准发: standard / 3", "share_of"),
        ("  - 四 每月按标准发: standard", "  - 四 发: standard\n  - 五 又发: standard", "只写一条"),
        ("  - 四 每月按标准发: standard", "  - 四 每月按标准发: born", "不是数"),
        ("per: elder", "per: eldar", "是不是「elder」"),
        ("wants: {twin_rule", "wants: {twin_role", "是不是「twin_rule」"),
        ("choices: {twin_rule: [ALLOW, DENY]}", "choices: {twin_role: [ALLOW, DENY]}", "twin_role"),
        ("since: 2020-01-01", "since: 2020-02-01", "文件名"),
        ("cites: {document: 试验办法, number: 试〔2020〕1号}\n", "", "cites"),
        ("per: elder", "per: elder\nuses: [agse]", "没有共用标准页"),
        ("per: elder", "per: elder\npapers: {borned: 身份证}", "是不是「born」"),
        ("per: elder", "per: elder\nsql: drop table person", "不认识的键"),
        ("conditions:", "conditions: &x", "锚点"),
    ],
)
def test_pages(edited, old, new, word):
    refused(edited(PAGE, old, new), word)


def test_a_given_that_swells_is_refused(root, edited):
    swell = "\n".join(f"  g{at}: g{at - 1} + g{at - 1}" for at in range(1, 40))
    edited(PAGE, "  reached:", f"  g0: month_of(born)\n{swell}\n  reached:")
    edited(PAGE, "每月按标准发: standard", "每月按标准发: standard + g39")
    with pytest.raises((RuleError, PageError), match=r"太长|过大"):
        run_cases(scheme("月补", root=root))


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ("trial_monthly:", "trial_montly:", "是不是「trial_monthly」"),
        ("    standard:", "    standart:", "是不是「standard」"),
        ("    twin_rule: {2020-01-01: DENY", "    twin_rule: {2020-01-01: DENNY", "DENNY"),
        ("2021-03-01: 200", "2021-03-01: 二百", "不是一类"),
        (", source: 甲市文件}\n    twin", "}\n    twin", "没有写 source"),
        ("    standard: {", "    conditions: {2020-01-01: 1, source: x}\n    standard: {", "只能改标准"),
        ("locality: '310000'", "locality: 310001", "文件名"),
    ],
)
def test_localities(edited, old, new, word):
    refused(edited("localities/310000.yaml", old, new), word)


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ("FROM person p", "FROM read_csv('/etc/passwd') p", "不能用 ReadCSV"),
        ("FROM person p", "FROM duckdb_settings() p", "不能用"),
        ("FROM person p", "FROM persons p", "没有表 persons"),
        ("p.sex,  ", "p.sec,  ", "sec"),
        ("  -- 性别", "  -- sex", "没有中文注释"),
        ("SELECT\n", "SELECT *,\n", "*"),
        ("p.person AS id, ", "p.person AS key,", "id"),
        ("h.place AS hukou", "getenv('HOME') AS hukou", "不能用"),
        ("AS id,                    -- 编号", "AS id, p.known_from + INTERVAL 1 DAY AS d, -- 编号", "不能用"),
        ("LEFT JOIN hukou h", "LEFT JOIN elder2 x ON x.id = p.person LEFT JOIN hukou h", "成了圈"),
    ],
)
def test_facts(edited, root, old, new, word):
    (root / "facts/people/elder2.sql").write_text(
        "-- 圈 — 另一个\nSELECT e.id -- 编号\nFROM elder e\n", encoding="utf-8"
    )
    with pytest.raises(PageError) as told:
        check_pages(edited("facts/people/elder.sql", old, new))
    assert word in str(told.value), str(told.value)


def test_a_fact_may_not_be_named_like_a_table(root):
    (root / "facts/people/person.sql").write_text(
        "-- 人 — 人\nSELECT p.code AS id -- 编号\nFROM place p\n", encoding="utf-8"
    )
    with pytest.raises(PageError, match="同名"):
        check_pages(root)


def test_versions_neither_overlap_nor_leave_a_gap(root):
    text = (root / PAGE).read_text(encoding="utf-8")
    (root / PAGE).write_text(
        text.replace("since: 2020-01-01\n", "since: 2020-01-01\nuntil: 2024-12-30\n"), encoding="utf-8"
    )
    (root / "schemes/trial_monthly/2025-01-01.yaml").write_text(
        text.replace("since: 2020-01-01\n", "since: 2025-01-01\n"), encoding="utf-8"
    )
    with pytest.raises(PageError, match="空档"):
        check_pages(root)


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ("gives: {a:", "give: {a:", "没有写 gives"),
        ("on: 2020-06-10", "on: 6月10日", "on"),
        ("      elder: |", "      eldor: |", "是不是「elder」"),
        ("id born       hukou", "id borne      hukou", "没有列 borne"),
        ("决定: 符合", "决定: 合格", "没有「合格」"),
        ("金额: 100,", "总额: 100,", "不认识「总额」"),
        ("1960-06-11", "1960-06-31", "不是日期"),
    ],
)
def test_cases(edited, root, old, new, word):
    with pytest.raises(PageError) as told:
        run_cases(scheme("月补", root=edited(PAGE, old, new)))
    assert word in str(told.value)


def test_least_and_greatest_do_not_hide_a_missing_parameter(elders, edited):
    edited(
        PAGE,
        "  first_offset: {2020-01-01: 0, unit: 月, confirmed: true",
        "  first_offset: {2020-01-01: 0, unit: 月, confirmed: false",
    )
    from_tables = elders(person="person born\na 1960-06-10", hukou="person place\na 310104")
    told = judge_one("月补", from_tables, "a", date(2022, 1, 1), "310104")
    assert (told.decision, told.amount) == ("需配置", None) and "first_offset" in told.reason
