"""Ranks with ties, grades at their borders, the veto, and the readings that settle them."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import pytest

from renjia.engine.scoring import Rubric, Scores, score

VETO, CITY, DISTRICT = "违纪违法或重大社会负面影响（是/否）", "承担活动或竞赛获奖市级（次）", "特色创新表彰区级（次）"
PLAN, HARM, LATE = "爱的礼物网领指标完成率（%）", "行政事务导致不良影响（例）", "住院护工补贴材料迟报或错误（例）"


def district(rubric: Rubric, full: Mapping[str, Any], *changes: Mapping[str, Any], **readings: str) -> Scores:
    """Streets 1, 2, 3 … each at full marks but for its changes."""
    facts = {str(number): {**full, **change} for number, change in enumerate(changes, 1)}
    return score(rubric.with_readings(readings), facts)


def ranks(found: Scores) -> list[int | None]:
    return [one.rank for one in found.places.values()]


def grades(found: Scores) -> list[str | None]:
    return [one.grade for one in found.places.values()]


def grade_of(rubric: Rubric, total: Any, main: Any = None, rank: int = 1, **readings: str) -> str:
    grading = rubric.with_readings(readings).grading
    standing = grading.rank({str(at): {"total": -at, "main": -at, "bonus": 0} for at in range(rank)})[str(rank - 1)]
    exact = Fraction(str(total))
    return grading.grade(grading.row(exact, exact if main is None else Fraction(str(main)), 0, standing))


def test_equal_totals_share_a_rank_and_the_next_is_skipped(rubric, full) -> None:
    found = district(rubric, full, {DISTRICT: 2}, {DISTRICT: 3}, {}, {DISTRICT: 2})
    assert ranks(found) == [2, 1, 4, 2]
    assert [one.last_of_tie for one in found.places.values()] == [3, 1, 4, 3]


def test_main_breaks_ties(rubric, full) -> None:
    changes = ({LATE: 1, CITY: 1}, {}, {LATE: 1, CITY: 1})
    assert ranks(district(rubric, full, *changes)) == [1, 1, 1]
    assert ranks(district(rubric, full, *changes, Q38="main_breaks")) == [2, 1, 2]


def test_rank_by_main(rubric, full) -> None:
    changes = ({LATE: 1, CITY: 3}, {})
    assert ranks(district(rubric, full, *changes)) == [1, 2]
    assert ranks(district(rubric, full, *changes, Q39="main")) == [2, 1]


def test_a_tie_across_the_tenth_is_in_or_out(rubric, full) -> None:
    changes = [{DISTRICT: 9 - at} for at in range(9)] + [{}, {}]
    inside = district(rubric, full, *changes)
    assert ranks(inside)[-2:] == [10, 10] and grades(inside)[-2:] == ["优秀", "优秀"]
    out = district(rubric, full, *changes, Q38="straddling_out")
    assert ranks(out)[-2:] == [10, 10] and grades(out)[-3:] == ["优秀", "良好", "良好"]
    alone = district(rubric, full, *changes[:-1], Q38="straddling_out")
    assert grades(alone)[-1] == "优秀"
    assert any("并列到第 11 名" in note.what for note in inside.warnings)


@pytest.mark.parametrize(
    ("total", "main", "rank", "readings", "grade"),
    [
        (100, 95, 10, {}, "优秀"), (100, 95, 11, {}, "良好"), (100, 94.99, 1, {}, "良好"), (99.99, 99.99, 1, {}, "良好"),
        (120, 100, 1, {}, "优秀"), (90, 90, 1, {}, "良好"), (89.99, 80, 1, {}, "一般"), (70.01, 70, 1, {}, "一般"), (70, 70, 1, {}, "不合格"),
        (0, 0, 1, {}, "不合格"), (89, 80, 1, {}, "一般"), (99, 90, 1, {}, "良好"),
        (70, 70, 1, {"Q34": "fair"}, "一般"), (69.99, 69, 1, {"Q34": "fair"}, "不合格"), (70.5, 70, 1, {"Q34": "fair"}, "一般"),
        (89.5, 80, 1, {"Q35": "round_half_up"}, "良好"), (89.49, 80, 1, {"Q35": "round_half_up"}, "一般"),
        (99.5, 95, 1, {"Q35": "round_half_up"}, "优秀"), (99.5, 94, 1, {"Q35": "round_half_up"}, "良好"),
        (70.4, 70, 1, {"Q35": "round_half_up"}, "不合格"), (70.5, 70, 1, {"Q35": "round_half_up"}, "一般"),
        (89.5, 80, 1, {"Q35": "undecided"}, "未定"), (99.5, 95, 1, {"Q35": "undecided"}, "未定"), (89, 80, 1, {"Q35": "undecided"}, "一般"),
        (99, 90, 1, {"Q35": "undecided"}, "良好"), (100, 90, 1, {"Q35": "undecided"}, "良好"), (70, 70, 1, {"Q35": "undecided"}, "不合格"),
        (100, 94, 1, {"Q36": "undecided"}, "未定"), (110, 96, 11, {"Q36": "undecided"}, "未定"), (110, 96, 10, {"Q36": "undecided"}, "优秀"),
        (99.5, 95, 1, {"Q36": "undecided"}, "良好"), (99.5, 95, 1, {"Q35": "undecided", "Q36": "undecided"}, "未定"),
        (100, 96, 1, {"Q37": "exclusive"}, "良好"), (100.01, 95, 1, {"Q37": "exclusive"}, "良好"),
        (100.01, 95.01, 10, {"Q37": "exclusive"}, "优秀"), (100, 96, 1, {"Q37": "exclusive", "Q36": "undecided"}, "良好"),
        (100, 96, 1, {"Q37": "exclusive", "Q36": "undecided", "Q35": "undecided"}, "未定"),
        (100.4, 96, 1, {"Q37": "exclusive", "Q35": "round_half_up"}, "良好"),
    ],
)  # fmt: skip
def test_border(rubric, total: Any, main: Any, rank: int, readings: dict[str, str], grade: str) -> None:
    assert grade_of(rubric, total, main, rank, **readings) == grade


def test_a_veto_gives_the_grade_and_leaves_the_rest(rubric, full) -> None:
    changes = ({VETO: "是", DISTRICT: 3}, {DISTRICT: 2}, {})
    found = district(rubric, full, *changes)
    first = found.places["1"]
    assert (first.total, first.rank, first.grade, first.vetoed) == (103, 1, "不合格", True)
    assert ranks(found) == [1, 2, 3]


def test_a_veto_out_of_the_ranking(rubric, full) -> None:
    found = district(rubric, full, {VETO: "是", DISTRICT: 3}, {DISTRICT: 2}, {}, Q40="out_of_ranking")
    assert ranks(found) == [None, 1, 2] and grades(found) == ["不合格", "优秀", "优秀"]
    assert found.places["1"].total == 103


def test_a_veto_holds_the_total_at_seventy_before_ranking(rubric, full) -> None:
    lost = {HARM: 3, "未按时完成健康教育促进项目（是/否）": "是", "协会组织机构健全（是/否）": "否"}
    found = district(rubric, full, {VETO: "是", DISTRICT: 3}, {DISTRICT: 2}, lost, Q40="total_at_most_70")
    assert [one.total for one in found.places.values()] == [70, 102, 78]
    assert ranks(found) == [3, 1, 2]
    low = district(rubric, full, {VETO: "是", **lost, "一键通安装率（%）": 0, LATE: 9}, Q40="total_at_most_70")
    assert low.places["1"].total == 52
    fair = district(rubric, full, {VETO: "是"}, Q40="total_at_most_70", Q34="fair")
    assert (fair.places["1"].total, fair.places["1"].grade) == (70, "不合格")


def test_the_eleventh_moves_up_only_when_the_vetoed_leaves(rubric, full) -> None:
    changes = [{DISTRICT: 11 - at} for at in range(11)]
    changes[0] = {**changes[0], VETO: "是"}
    assert grades(district(rubric, full, *changes))[-1] == "良好"
    assert grades(district(rubric, full, *changes, Q40="out_of_ranking"))[-1] == "优秀"
    assert grades(district(rubric, full, *changes, Q40="total_at_most_70"))[-1] == "优秀"


def test_a_missing_fact_leaves_the_place_out_and_scores_the_others(rubric, full) -> None:
    for fact in rubric.facts:
        found = district(rubric, full, {}, {fact: None, DISTRICT: None if fact == DISTRICT else 3})
        whole, missing = found.places["1"], found.places["2"]
        assert (whole.total, whole.rank, whole.grade) == (100, 1, "优秀")
        assert (missing.total, missing.rank, missing.grade, missing.missing) == (None, None, None, (fact,))
        asked = [atom.id for atom in rubric.atoms.values() if fact in atom.needs]
        gone = {atom.id for atom in missing.atoms.values() if not atom.provided}
        assert gone == {*asked, *(one.id for one in rubric.atoms.values() if set(asked) & set(one.members))}
        assert [note.fact for note in found.warnings if note.place == "2"] == [fact]
    del fact
    empty = score(rubric, {"甲": {}, "乙": dict(full)})
    assert (empty.places["甲"].total, empty.places["乙"].rank) == (None, 1)


def test_warnings_say_what_the_sentence_leaves_open(rubric, full) -> None:
    notes = district(rubric, full, {PLAN: 99}, {VETO: "是"}, {HARM: 2, "其中五星级母婴设施（个）": 2}).warnings
    said = [(note.place, note.what) for note in notes]
    assert ("1", "总分 99.5、第 2 名，按等次的原文不在任何等次") in said
    assert ("2", "一票否决，等次为「不合格」") in said
    assert any(place == "3" and "应扣 20 分，扣到 0 分为止" in what for place, what in said)
    assert any(place == "3" and what.startswith("五星级的比全部星级还多") for place, what in said)
    assert all(note.remedy for note in notes)
