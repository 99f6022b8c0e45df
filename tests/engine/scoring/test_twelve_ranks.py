"""名次与等次 — the cut at ten, ties, the veto: several streets at once, worked by hand."""

from fractions import Fraction

import pytest

from appraised import TWELVE, Value, facts_of
from renjia.engine.scoring import Rubric, Scores, load_rubric, score

AWARD = "特色创新表彰区级（次）"
# nine streets above: 100 + 19 … 100 + 11; 子 100 + 5 = 105; 丑 98 + 7 = 105 (A6.10 costs 2); 寅 100 + 4 = 104
AT_THE_CUT: dict[str, dict[str, Value]] = {
    **{f"第{number}名": {AWARD: 20 - number} for number in range(1, 10)},
    "子街道": {AWARD: 5},
    "丑街道": {AWARD: 7, "生育指导宣传活动（次）": 1},
    "寅街道": {AWARD: 4},
}


@pytest.fixture(scope="module")
def rubric() -> Rubric:
    return load_rubric("pudong-2024")


def scored(rubric: Rubric, streets: dict[str, dict[str, Value]], **readings: str) -> Scores:
    names = list(rubric.facts)
    return score(
        rubric.with_readings(readings),
        {
            place: {name: rubric.facts[name].parse(text) for name, text in facts_of(names, changes).items()}
            for place, changes in streets.items()
        },
    )


def told(scores: Scores, *places: str) -> list[tuple[int | None, str | None]]:
    return [(scores.places[place].rank, scores.places[place].grade) for place in places]


CUT = ("第9名", "子街道", "丑街道", "寅街道")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        # 1, 2, …, 9, 10, 10, 12: both at ten are in
        ("same_rank_all_in", [(9, "优秀"), (10, "优秀"), (10, "优秀"), (12, "良好")]),
        # 子's main is 100, 丑's 98
        ("main_breaks", [(9, "优秀"), (10, "优秀"), (11, "良好"), (12, "良好")]),
        # two streets for one last place: neither
        ("straddling_out", [(9, "优秀"), (10, "良好"), (10, "良好"), (12, "良好")]),
    ],
)
def test_ties_at_the_cut(rubric: Rubric, value: str, expected: list[tuple[int, str]]) -> None:
    assert told(scored(rubric, AT_THE_CUT, Q38=value), *CUT) == expected


def test_a_tie_wholly_within_ten_loses_nobody(rubric: Rubric) -> None:
    fewer = {place: changes for place, changes in AT_THE_CUT.items() if place != "第1名"}
    for value in ("same_rank_all_in", "straddling_out"):
        assert told(scored(rubric, fewer, Q38=value), *CUT[1:]) == [(9, "优秀"), (9, "优秀"), (11, "良好")]


def test_rank_by_total_or_by_main(rubric: Rubric) -> None:
    # by main: eleven streets have 100 and share the first place, 丑 with 98 is twelfth
    by_main = scored(rubric, AT_THE_CUT, Q39="main")
    assert told(by_main, *CUT) == [(1, "优秀"), (1, "优秀"), (12, "良好"), (1, "优秀")]
    assert told(scored(rubric, AT_THE_CUT, Q39="total"), "寅街道") == [(12, "良好")]


def test_veto_readings(rubric: Rubric) -> None:
    streets = {place: worked.changes for place, worked in TWELVE.items()}
    some = ("甲街道", "壬镇", "乙街道", "丙街道", "丁街道", "庚镇", "子镇", "癸镇")
    # the vetoed street keeps 102 and the second place
    keeping = scored(rubric, streets, Q40="grade_only")
    assert [rank for rank, _ in told(keeping, *some)] == [1, 2, 3, 3, 5, 10, 10, 12]
    # without it everyone below moves up by one
    without = scored(rubric, streets, Q40="out_of_ranking")
    assert [rank for rank, _ in told(without, *some)] == [1, None, 2, 2, 4, 9, 9, 11]
    assert (without.places["壬镇"].total, without.places["壬镇"].grade) == (102, "不合格")
    # at 70 it stands level with 庚 and 子, below eight
    lowered = scored(rubric, streets, Q40="total_at_most_70")
    assert [rank for rank, _ in told(lowered, *some)] == [1, 9, 2, 2, 4, 9, 9, 12]
    assert lowered.places["壬镇"].total == Fraction(70)
    for scores in (keeping, without, lowered):
        assert scores.places["壬镇"].grade == "不合格"


def test_a_vetoed_street_already_below_seventy_is_not_raised(rubric: Rubric) -> None:
    veto: dict[str, Value] = {**TWELVE["癸镇"].changes, "违纪违法或重大社会负面影响（是/否）": "是"}
    assert scored(rubric, {"癸镇": veto}, Q40="total_at_most_70").places["癸镇"].total == 52
