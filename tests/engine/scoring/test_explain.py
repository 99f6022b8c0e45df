"""A total opened, two totals compared, and the readings that would change a grade."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from renjia.engine.scoring import Node, difference, explain, load_rubric, score, sensitivity

RUBRIC = load_rubric("pudong-2024")
FULL: dict[str, Any] = {name: spec.full for name, spec in RUBRIC.facts.items()}
CARDS, RATE, HARM, VETO = (
    "银行卡错误（例）",
    "出生个案核实完成率（%）",
    "行政事务导致不良影响（例）",
    "违纪违法或重大社会负面影响（是/否）",
)
NATION, CITY, QUARTERS = "承担活动或竞赛获奖国家级（次）", "承担活动或竞赛获奖市级（次）", "未上报信息的季度（个）"


def walk(node: Node) -> Iterator[Node]:
    yield node
    for child in node.children:
        yield from walk(child)


def test_the_tree_opens_the_total_down_to_the_facts() -> None:
    scores = score(RUBRIC, {"甲街道": {**FULL, RATE: Fraction("98.99"), HARM: 2, QUARTERS: 2, NATION: 5, CARDS: 20}})
    top = explain(scores, "甲街道")
    assert (top.kind, top.name, top.points, top.text) == ("total", "甲街道", 95, "第 1 名，良好")
    nodes = list(walk(top))
    assert [one.name for one in nodes if one.kind == "part"] == ["主要指标", "创新加分"]
    assert {one.id for one in nodes if one.kind == "atom"} == set(RUBRIC.atoms)
    by_id = {(one.kind, one.id): one for one in nodes}
    assert by_id["block", "administration"].text == "扣到 0 分为止，多扣的 8 分不计"
    assert by_id["part", "bonus"].text == "以 20 分为限，多出的 5 分不计"
    assert (
        by_id["atom", "A3.5"].text
        == "出生个案核实完成率（%） 98.99：界线 99，差 0.01，每 1 为一步，计 1 步，每步扣 1 分，扣 1 分"
    )
    assert by_id["atom", "A7.2"].text.endswith("：计 1，每 1 扣 2 分，扣 2 分（每季度信息）")
    assert (
        by_id["atom", "A5.29"].text
        == "A5.21、A5.22、A5.23、A5.24、A5.25、A5.26、A5.27、A5.28 合计应扣 16 分，扣满 10 分为止，免扣 6 分"
    )
    assert by_id["atom", "A1.2"].text == "未按要求申报的区级以上作品征集（次） 0：不扣不加"
    assert (by_id["fact", RATE].text, by_id["fact", RATE].children) == ("98.99", ())
    for node in nodes:
        if node.kind == "item":
            assert node.points == sum(child.points or 0 for child in node.children)


def test_what_is_missing_is_said_and_what_does_not_apply() -> None:
    club = "青春健康俱乐部验收（通过/未通过/无俱乐部）"
    scores = score(RUBRIC, {"甲街道": {**FULL, CARDS: None, club: "无俱乐部"}})
    by_id = {one.id: one for one in walk(explain(scores, "甲街道"))}
    assert (by_id["A5.24"].points, by_id["A5.24"].text) == (None, "未提供：银行卡错误（例）")
    assert (by_id["A5.29"].text, by_id["support"].points) == ("未提供：银行卡错误（例）", None)
    assert by_id["A7.6"].text == f"{club} 无俱乐部：不适用"
    assert not scores.places["甲街道"].atom("A7.6").applicable
    assert by_id["births"].points == 10 and explain(scores, "甲街道").points is None


def test_a_row_limit_is_told() -> None:
    scores = score(RUBRIC.with_readings({"Q30": "whole_row"}), {"甲": {**FULL, NATION: 1, CITY: 1}})
    assert (
        scores.places["甲"].atom("B1.3").reason
        == "承担活动或竞赛获奖国家级（次） 1：计 1，每 1 加 5 分，加 5 分；有限额，计 1 分"
    )


def test_the_difference_names_the_facts() -> None:
    places = score(RUBRIC, {"甲": {**FULL, CARDS: 6}, "乙": {**FULL, RATE: 96, "居村委（个）": 12}}).places
    found = difference(places["甲"], places["乙"])
    assert [(one.id, one.change, one.facts) for one in found] == [
        ("A3.5", -3, ((RATE, 99, 96),)), ("A5.24", 2, ((CARDS, 6, 0),)),
    ]  # fmt: skip
    assert difference(places["甲"], places["甲"]) == []


def test_the_difference_tells_floors_limits_and_veto() -> None:
    rubric = RUBRIC.with_readings({"Q40": "total_at_most_70"})
    places = score(rubric, {"甲": FULL, "乙": {**FULL, HARM: 2, NATION: 5, VETO: "是"}}).places
    found = difference(places["甲"], places["乙"])
    assert [(one.kind, one.id, one.change) for one in found] == [
        ("veto", "V1", -38), ("atom", "B1.3", 25), ("atom", "A4.2", -20), ("block", "administration", 8), ("part", "bonus", -5),
    ]  # fmt: skip


def test_different_readings_are_not_compared() -> None:
    a = score(RUBRIC, {"甲": FULL}).places["甲"]
    b = score(RUBRIC.with_readings({"Q1": "floor"}), {"甲": FULL}).places["甲"]
    with pytest.raises(ValueError, match="同一种解读"):
        difference(a, b)


STREET = st.fixed_dictionaries(
    {name: st.sampled_from(spec.choices) if spec.choices else st.integers(0, 30) for name, spec in RUBRIC.facts.items()}
)


@settings(max_examples=30, deadline=None)
@given(STREET, STREET)
def test_changes_add_up_to_the_difference(first: dict[str, Any], second: dict[str, Any]) -> None:
    places = score(RUBRIC, {"甲": first, "乙": second}).places
    a, b = places["甲"], places["乙"]
    assert a.total is not None and b.total is not None
    assert sum(one.change or 0 for one in difference(a, b)) == b.total - a.total


def test_every_reading_that_would_change_the_grade_is_listed() -> None:
    facts = {
        "甲": {**FULL, RATE: Fraction("98.4")},  # 99: a begun step costs the hundredth; whole steps would not
        "乙": {**FULL, "志愿者队伍（人）": 20, "科学育儿指导活动（次）": 2, "另行开展的母婴设施使用宣传（次）": 2},
        "丙": {**FULL, VETO: "是", "特色创新表彰区级（次）": 1},
        "丁": {**FULL, CARDS: None},
    }
    found = sensitivity(RUBRIC, facts)
    assert ("甲", "Q1", "floor", 100, "优秀") in found
    assert ("乙", "Q26", "more_than_20", 99, "良好") in found
    assert not [one for one in found if one.place == "丁"]
    assert not [one for one in found if one.reading == "Q2"]
    assert {one.place for one in sensitivity(RUBRIC, facts, ["乙"])} == {"乙"}
    for one in found:
        again = score(RUBRIC.with_readings({one.reading: one.value}), facts).places[one.place]
        assert (again.total, again.grade) == (one.total, one.grade)


def test_a_rank_lost_to_another_street_counts_as_a_shift() -> None:
    """Eleven streets: the first is vetoed and still holds a place among the ten; out of the ranking, the last moves up."""
    facts = {str(at): {**FULL, "特色创新表彰区级（次）": 11 - at} for at in range(11)}
    facts["0"][VETO] = "是"
    assert [(one.place, one.value) for one in sensitivity(RUBRIC, facts) if one.reading == "Q40"] == [
        ("10", "out_of_ranking"), ("10", "total_at_most_70"),
    ]  # fmt: skip
