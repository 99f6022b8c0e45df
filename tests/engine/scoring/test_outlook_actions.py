"""假如与行动 — one change and what it moves; the actions that gain most for their effort, worked by hand."""

from fractions import Fraction
from typing import Any

import pytest

from appraised import TWELVE, Value, facts_of
from renjia.engine.scoring import Rubric, Scores, ScoringError, best_actions, load_rubric, score, what_if

RATE, TRAINING = "出生个案核实完成率（%）", "自办队伍培训（次）"
ACTIVITIES, TEENS, ORGANS = "社会宣传活动（次）", "青少年培训（人次）", "缺失的计生机构（个）"
CASES, EXAMINED = "特扶对象信息不完整不准确不规范（例）", "特扶对象当年体检率（%）"
AWARD, UNVERIFIED = "特色创新表彰国家级（次）", "出生个案无法核实占比（%）"


@pytest.fixture(scope="module")
def rubric() -> Rubric:
    return load_rubric("pudong-2024")


def scored(rubric: Rubric, streets: dict[str, dict[str, Value]]) -> Scores:
    names = list(rubric.facts)
    return score(
        rubric,
        {
            place: {name: rubric.facts[name].parse(text, as_is=True) for name, text in facts_of(names, changes).items()}
            for place, changes in streets.items()
        },
    )


def test_what_if_is_the_score_of_the_changed_facts(rubric: Rubric) -> None:
    streets = {place: worked.changes for place, worked in TWELVE.items()}
    scores = scored(rubric, streets)
    # 丙 has 94 + 6; with main 95 it is 优秀: the fee of one of A7.8 back
    found = what_if(scores, "丙街道", {"参加上级协会活动（是/否）": "是"})
    assert (found.gain, found.before.grade, found.after.grade, found.after.total) == (1, "良好", "优秀", 101)
    assert found.after.rank == 3 and found.others == {}
    again = scored(rubric, streets | {"丙街道": {**streets["丙街道"], "参加上级协会活动（是/否）": "是"}})
    assert found.after.total == again.places["丙街道"].total
    assert scores.places["丙街道"].total == 100  # asking changes nothing


def test_what_if_tells_whose_grade_moves_with_it(rubric: Rubric) -> None:
    streets: dict[str, dict[str, Value]] = {f"第{n}名": {"特色创新表彰区级（次）": 20 - n} for n in range(1, 11)}
    streets["第11名"] = {"特色创新表彰区级（次）": 9}
    found = what_if(scored(rubric, streets), "第11名", {"特色创新表彰区级（次）": 11})
    assert (found.before.grade, found.after.grade) == ("良好", "优秀")
    assert found.others == {"第10名": ("优秀", "良好")}


def test_actions_by_hand(rubric: Rubric) -> None:
    street: dict[str, Value] = {
        ACTIVITIES: 2,  # two short at 2 points: +2 for the third, +4 for both: 2 points a unit either way
        TRAINING: 3,  # one short: 1 point
        RATE: "96.5",  # 2.5 below: 3 begun points. To 97: half a point of rate, 1 point: 2 a unit. To 99: 3 for 2.5: 1.2
        EXAMINED: 60,  # exactly one five below: five points of rate for 1: 0.2
        TEENS: 150,  # 50 people for 1 point: 0.02
        CASES: 4,  # what has happened cannot be taken back
        ORGANS: 1,  # nor this, unless it is said to be mendable
        "开展志愿者服务（是/否）": "否",  # 1 point for one unit
        UNVERIFIED: "3.2",  # 0.2 above 3: 1 point for 0.2: 5 a unit
    }
    scores = scored(rubric, {"甲": street, "乙": {}})
    found = {action.fact: action for action in best_actions(scores, "甲")}
    rates = {name: action.per_effort for name, action in found.items()}
    assert rates[UNVERIFIED] == 5 and found[UNVERIFIED].after == 3
    assert (found[ACTIVITIES].after, found[ACTIVITIES].gain, rates[ACTIVITIES]) == (4, 4, 2)
    assert (found[RATE].after, found[RATE].gain, rates[RATE]) == (97, 1, 2)
    assert (rates[TRAINING], rates["开展志愿者服务（是/否）"]) == (1, 1)
    assert (rates[EXAMINED], found[EXAMINED].units) == (Fraction(1, 5), 5)
    assert (rates[TEENS], found[TEENS].units) == (Fraction(1, 50), 50)
    assert CASES not in found and ORGANS not in found
    assert rates[AWARD] == 5  # a national award is worth 5, however hard: efforts must say so
    order = [action.per_effort for action in best_actions(scores, "甲")]
    assert order == sorted(order, reverse=True)
    assert {action.stated for action in found.values()} == {False}


def test_efforts_decide_the_order(rubric: Rubric) -> None:
    scores = scored(rubric, {"甲": {ACTIVITIES: 2, TRAINING: 3}})
    first = best_actions(scores, "甲", {AWARD: 50, ACTIVITIES: 10, "特色创新表彰市级（次）": 30})
    by_name = {action.fact: action for action in first}
    assert by_name[ACTIVITIES].per_effort == Fraction(4, 20) < by_name[TRAINING].per_effort == 1
    assert (by_name[AWARD].per_effort, by_name[AWARD].stated) == (Fraction(1, 10), True)
    assert not by_name[TRAINING].stated


def test_mendable_counts_may_go_down(rubric: Rubric) -> None:
    scores = scored(rubric, {"甲": {ORGANS: 2}})
    action = next(one for one in best_actions(scores, "甲", mendable=[ORGANS]) if one.fact == ORGANS)
    assert (action.after, action.units, action.gain) == (0, 2, 5)  # A2.2 is charged once: both must be mended


def test_no_action_gains_more_than_it_says(rubric: Rubric) -> None:
    for place, worked in TWELVE.items():
        scores = scored(rubric, {place: worked.changes})
        before = scores.places[place].total
        assert before is not None
        for action in best_actions(scores, place):
            after = scores.changed({place: {action.fact: action.after}}).places[place].total
            assert after is not None and after - before == action.gain > 0


def test_a_street_without_a_total_and_one_at_the_top_have_no_actions(rubric: Rubric) -> None:
    scores = scored(rubric, {"甲": {RATE: ""}, "乙": TWELVE["甲街道"].changes})
    assert best_actions(scores, "甲") == []
    assert best_actions(scores, "乙") == []


@pytest.mark.parametrize(
    "wrong", [{"efforts": {"没有": 1}}, {"efforts": {RATE: 0}}, {"mendable": ["没有"]}, {"place": "无"}]
)
def test_questions_that_cannot_be_answered(rubric: Rubric, wrong: dict[str, Any]) -> None:
    scores = scored(rubric, {"甲": {}})
    with pytest.raises(ScoringError):
        best_actions(scores, **{"place": "甲", **wrong})
    with pytest.raises(ScoringError):
        what_if(scores, "甲", {"没有的事实": 1})
