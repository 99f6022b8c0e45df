"""How a fact's text is read, and what is refused with a reason and a remedy."""

from decimal import Decimal
from fractions import Fraction

import pytest

from renjia.engine.scoring import Rubric, ScoringError, score

RATE, COUNT, PLAN = "出生个案核实完成率（%）", "社会宣传活动（次）", "爱的礼物网领指标完成率（%）"
CONTACTS, YES, LEVEL = (
    "特扶对象年人均联系次数（次/人）",
    "开展阳光大课堂（是/否）",
    "档案检查督查配合情况（配合/配合不到位/拒不配合）",
)


@pytest.mark.parametrize(
    ("fact", "text", "value"),
    [
        (COUNT, "4", 4), (COUNT, " 4 ", 4), (COUNT, "4.0", 4), (COUNT, "", None), (COUNT, None, None), (COUNT, "012", 12),
        (RATE, "98.99", Fraction(9899, 100)), (RATE, "0", 0), (RATE, "100", 100), (RATE, "1.01", Fraction(101, 100)),
        (RATE, "297/300", 99), (RATE, "1/300", Fraction(1, 3)), (PLAN, "130.5", Fraction(261, 2)),
        (CONTACTS, "11.5", Fraction(23, 2)), (CONTACTS, "0.5", Fraction(1, 2)), (CONTACTS, "126/12", Fraction(21, 2)),
        (YES, "是", "是"), (YES, "TRUE", "是"), (YES, "False", "否"), (YES, "y", "是"), (LEVEL, "拒不配合", "拒不配合"),
    ],
)  # fmt: skip
def test_read(rubric: Rubric, fact: str, text: str | None, value: object) -> None:
    found = rubric.facts[fact].parse(text)
    assert found == value
    assert not isinstance(found, float)


@pytest.mark.parametrize(
    ("fact", "text", "reason"),
    [
        (COUNT, "-1", "负数"), (COUNT, "－1", "负数"), (COUNT, "三", "不是数"), (COUNT, "4次", "不是数"), (COUNT, "1,200", "不是数"),
        (COUNT, "4.5", "整数"), (COUNT, "1e3", "不是数"), (COUNT, "nan", "不是数"), (COUNT, "inf", "不是数"), (COUNT, "0x1F", "不是数"),
        (COUNT, "１２", "不是数"), (COUNT, "9" * 5000, "太长"), (COUNT, "3/4", "不是数"), (COUNT, "未提供", "不是数"),
        (RATE, "100.01", "100"), (RATE, "0.99", "小数写法"), (RATE, "1", "小数写法"), (RATE, "0/0", "分母"), (RATE, "5/0", "分母"),
        (RATE, "98%", "百分号"), (RATE, "98％", "百分号"), (RATE, "301/300", "100"), (RATE, "-0.5", "负数"), (PLAN, "0.98", "小数写法"),
        (CONTACTS, "-2", "负数"), (CONTACTS, "0/0", "分母"), (YES, "1", "可选"), (YES, "0", "可选"), (YES, "有", "可选"), (LEVEL, "不配合", "可选"),
    ],
)  # fmt: skip
def test_refused_with_reason_and_remedy(rubric: Rubric, fact: str, text: str, reason: str) -> None:
    with pytest.raises(ScoringError) as caught:
        rubric.facts[fact].parse(text)
    error = caught.value.at("甲街道")
    assert error.fact == fact and reason in error.reason and error.remedy
    assert str(error).startswith(f"甲街道「{fact}」写的是「") and str(error).endswith("。")


def test_a_small_share_may_be_meant(rubric: Rubric) -> None:
    assert rubric.facts["出生个案无法核实占比（%）"].parse("0.5", as_is=True) == Fraction(1, 2)
    with pytest.raises(ScoringError, match="100"):
        rubric.facts[RATE].parse("100.5", as_is=True)


@pytest.mark.parametrize("value", [98.5, True, "九十", -1, Fraction(1001, 10), Decimal("NaN"), Decimal("Infinity")])
def test_code_cannot_hand_in_what_a_cell_may_not_hold(rubric: Rubric, value: object) -> None:
    with pytest.raises(ScoringError) as caught:
        score(rubric, {"甲街道": {RATE: value}})
    assert (caught.value.place, caught.value.fact) == ("甲街道", RATE)


def test_decimals_are_exact(rubric: Rubric) -> None:
    assert rubric.facts[RATE].typed(Decimal("98.99")) == Fraction(9899, 100)


def test_an_unknown_fact_is_named(rubric: Rubric) -> None:
    with pytest.raises(ScoringError, match=r"甲街道「社会宣传活动」.*没有这个事实"):
        score(rubric, {"甲街道": {"社会宣传活动": 4}})
