"""Decisions, amounts and schedules of a small law, at two places, across changes of standard."""

from datetime import date
from decimal import Decimal

import pytest

from renjia.engine.rules import RuleError, assuming, explain, judge, judge_one, run_cases, scheme

PEOPLE = """
person born       died
a      1960-06-10 -
b      1961-01-01 -
c      1999-02-02 -
d      1960-02-29 2022-08-03
"""
HUKOU = """
person place  source
a      310104 批次7
b      310104 -
d      310115 批次8
"""


def one(elders, subject="a", on=date(2022, 9, 15), place="310104", which="试验月补", **kw):
    return judge_one(which, elders(person=PEOPLE, hukou=HUKOU), subject, on, place, **kw)


def test_months_take_the_standard_of_the_place_in_force_each_month(elders):
    told = one(elders)
    assert (told.decision, told.first, told.last) == ("符合", date(2020, 6, 1), None)
    # the nation's 100 until the city's 200 of 2021-03-01, which stands above the nation's 150.50 of 2022-07
    assert [(p.period, p.amount) for p in told.schedule][8:10] == [
        ("2021-02", Decimal("100.00")),
        ("2021-03", Decimal("200.00")),
    ]
    assert told.amount == 9 * 100 + 19 * 200 == sum(p.amount for p in told.schedule)
    assert told.this_year == 9 * 200
    assert told.monthly == Decimal("200.00")


def test_another_place_another_standard(elders, edited):
    edited("schemes/trial_monthly/2020-01-01.yaml", "within(hukou, city)", "hukou IS NOT NULL")
    told = one(elders, place="440100")
    assert [p.amount for p in told.schedule][-4:] == [
        Decimal("100.00"),
        Decimal("150.50"),
        Decimal("150.50"),
        Decimal("150.50"),
    ]


def test_three_valued_marks(elders):
    told = one(elders, "c")
    assert (told.decision, told.marks) == ("不符合", "✗？✓✓"), "false anywhere is false, though hukou is not known"
    waiting = judge_one("月补", elders(person=PEOPLE), "a", date(2022, 1, 1), "310104")
    assert (waiting.decision, waiting.papers) == ("材料待补", ("户口簿",))
    assert "户口簿" in waiting.reason


def test_a_missing_parameter_touches_only_whom_it_concerns(elders):
    elsewhere = elders(person="person born\nb 1961-01-01\na 1960-06-10", hukou="person place\nb 440104\na 440104")
    told = judge_one("月补", elsewhere, "b", date(2022, 9, 15), "440104")
    assert (told.decision, told.marks, told.amount) == ("需配置", "✓✓？✓", None)
    assert "twin_rule" in told.reason and "《双胞胎口径》" in told.reason
    assert judge_one("月补", elsewhere, "a", date(2022, 9, 15), "440104").decision == "符合"
    assert one(elders, "b").decision == "不符合", "where the city has said DENY"


def test_a_value_left_open_by_the_district_blocks_and_is_never_filled_from_above(elders):
    told = one(elders, on=date(2023, 2, 1), place="310115")
    assert (told.decision, told.amount, told.monthly) == ("需配置", None, None)
    assert "standard" in told.reason and "甲区文件（缺）" in told.reason
    assert one(elders, on=date(2023, 2, 1), place="310115", assume="unconfirmed").decision == "需配置", "still missing"
    assert one(elders, on=date(2022, 12, 31), place="310115").decision == "符合"


def test_death_ends_the_course(elders):
    assert one(elders, "d", on=date(2022, 8, 31)).decision == "符合"
    after = one(elders, "d", on=date(2022, 9, 1))
    assert (after.decision, after.last, after.marks) == ("不符合", date(2022, 8, 31), "✓✓✓✗")
    assert "发放期未满" in after.reason


def test_leap_day(elders):
    people = elders(person="person born\nd 1964-02-29", hukou="person place\nd 310104")
    assert judge_one("月补", people, "d", date(2024, 2, 28), "310104").decision == "不符合"
    assert judge_one("月补", people, "d", date(2024, 2, 29), "310104").decision == "符合"
    born = elders(person="person born\nd 1960-02-29", hukou="person place\nd 310104")
    found = assuming(scheme("月补", None, born.root), {"age": "61"})
    assert judge_one(found, born, "d", date(2021, 2, 28), "310104").decision == "不符合"
    assert judge_one(found, born, "d", date(2021, 3, 1), "310104").decision == "符合"


def test_years_share_by_month_and_take_the_value_of_january(elders):
    people = elders(person="person born\na 1961-08-15")
    told = judge_one("trial_yearly", people, "a", date(2022, 1, 1), "000000")
    assert [(p.period, p.amount, p.months) for p in told.schedule] == [
        ("2021", Decimal("416.67"), 5), ("2022", Decimal("1100.00"), 12), ("2023", Decimal("1100.00"), 12),
        ("2024", Decimal("108.33"), 1),
    ]  # fmt: skip
    assert told.amount == Decimal("2725.00") and told.monthly == Decimal("91.67")
    assert (told.first, told.last) == (date(2021, 8, 1), date(2024, 1, 31))


def test_once_takes_the_value_of_the_day_it_falls_due(elders):
    retired = "person kind from\na retired {}"

    def told(day, **kw):
        return judge_one(
            "试验一次性",
            elders(person="person\na", employment=retired.format(day)),
            "a",
            date(2024, 1, 1),
            "000000",
            **kw,
        )

    assert told("2010-12-31").amount == Decimal("2300.00")
    assert told("2011-01-01").amount == Decimal("5000.00")
    assert told("2009-12-31").decision == "需配置", "no value is known so early"
    late = told("2020-01-01")
    assert (late.decision, late.amount) == ("需配置", None), "confirmed only until the end of 2019"
    assumed = told("2020-01-01", assume="unconfirmed")
    assert assumed.amount == Decimal("5000.00") and "未确认" in assumed.reason and not assumed.schedule[0].confirmed


def test_population_and_one_agree(elders):
    tables = elders(person=PEOPLE, hukou=HUKOU)
    on = date(2022, 9, 15)
    bulk = {row["编号"]: row for row in judge("T-M", tables, on, "310104").table().to_pylist()}
    assert list(next(iter(bulk.values()))) == ["编号", "决定", "起", "止", "月标准", "金额", "理由"]
    for told in explain("T-M", tables, on, "310104"):
        row = bulk[told.subject]
        assert (row["决定"], row["金额"], row["月标准"], row["理由"]) == (
            told.decision,
            told.amount,
            told.monthly,
            told.reason,
        )
        alone = judge_one("T-M", tables, told.subject, on, "310104")
        assert (alone.decision, alone.schedule, alone.marks) == (told.decision, told.schedule, told.marks)


def test_facts_are_told_with_their_sources(elders):
    told = one(elders)
    used = {fact.word: fact for mark in told.conditions for fact in mark.facts}
    assert (used["hukou"].value, used["hukou"].source, used["hukou"].meaning) == ("310104", "批次7", "户籍地")
    assert used["born"].source == "hukou：批次7", "without a source of its own: the subject's rows"


def test_what_was_known_then(elders):
    people = "person born known_from known_to\na 1960-06-10 2020-07-01 2021-01-01\na 1965-06-10 2021-01-01 -"
    hukou = "person place\na 310104"
    then = elders(known=date(2020, 12, 1), person=people, hukou=hukou)
    assert judge_one("月补", then, "a", date(2021, 6, 1), "310104").decision == "符合"
    assert judge_one("月补", elders(person=people, hukou=hukou), "a", date(2021, 6, 1), "310104").decision == "不符合"
    with pytest.raises(RuleError, match="没有「a」"):
        judge_one("月补", elders(known=date(2020, 6, 1), person=people), "a", date(2021, 6, 1), "310104")


def test_cases_on_the_page_run_and_can_fail(root, edited):
    assert [run.passed for run in run_cases(scheme("月补", root=root))] == [True]
    edited("schemes/trial_monthly/2020-01-01.yaml", "金额: 100,", "金额: 101,")
    (run,) = run_cases(scheme("月补", root=root))
    assert not run.passed and run.expected["a 金额"] == "101.00" and run.found["a 金额"] == "100.00"


@pytest.mark.parametrize(
    ("values", "said"),
    [({"ag": "61"}, "没有参数「ag」"), ({"age": "六十"}, "不是整数"), ({"twin_rule": "12"}, "不是代码")],
)
def test_assumed_values_are_checked(root, values, said):
    with pytest.raises(RuleError, match=said):
        assuming(scheme("月补", root=root), values)


@pytest.mark.parametrize(
    ("which", "on", "place", "said"),
    [
        ("月朴", date(2022, 1, 1), "310104", "是不是「月补」"),
        ("月补", date(2019, 1, 1), "310104", "没有有效的版本"),
        ("月补", date(2022, 1, 1), "31010", "不是区划代码"),
    ],
)
def test_questions_that_cannot_be_asked(elders, which, on, place, said):
    with pytest.raises(RuleError, match=said):
        one(elders, on=on, place=place, which=which)
