"""展望 — year-end ranges from facts to date: seeded, ordered, honest about what is held, and right on known truth."""

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from appraised import TWELVE, Value, facts_of
from renjia.engine.scoring import Rubric, ScoringError, flowing, load_rubric, outlook, score
from renjia.engine.scoring.outlook_draws import count_draws, generator, share_draws

CASES, RATE = "特扶对象信息不完整不准确不规范（例）", "出生个案核实完成率（%）"
ACTIVITIES = "社会宣传活动（次）"
Typed = dict[str, int | Fraction | str | None]


@pytest.fixture(scope="module")
def rubric() -> Rubric:
    return load_rubric("pudong-2024")


def typed(rubric: Rubric, changes: dict[str, Value]) -> Typed:
    return {name: rubric.facts[name].parse(text) for name, text in facts_of(list(rubric.facts), changes).items()}


def half_year(rubric: Rubric) -> dict[str, Typed]:
    return {f"街道{number}": typed(rubric, {CASES: number, ACTIVITIES: 2}) for number in range(6)}


def test_only_counts_that_happen_month_by_month_go_on(rubric: Rubric) -> None:
    growing = flowing(rubric)
    assert {CASES, ACTIVITIES, "特色创新表彰市级（次）", "银行卡错误（例）"} <= growing
    # stocks, targets, shares, words and conditions stay as reported
    assert not growing & {"居村委（个）", "计生专兼职人员（人）", "市配置标准人员（人）", RATE, "志愿者队伍（人）"}


def test_a_finished_year_is_what_it_is(rubric: Rubric) -> None:
    facts = {place: typed(rubric, worked.changes) for place, worked in TWELVE.items()}
    found = outlook(rubric, facts, 12, draws=5)
    for place, worked in TWELVE.items():
        one = found[place]
        assert one.low == one.middle == one.high == one.now == Fraction(worked.total)
        assert (one.best_rank, one.worst_rank) == (worked.rank, worked.rank)
        assert one.grades == {worked.grade: 1}


def test_ranges_hold_the_middle_and_more_faults_mean_fewer_points(rubric: Rubric) -> None:
    found = outlook(rubric, half_year(rubric), 6)
    for one in found.values():
        assert one.low <= one.middle <= one.high
        assert sum(one.grades.values()) == 1
        assert one.best_rank is not None and one.worst_rank is not None and one.best_rank <= one.worst_rank
        assert RATE in one.held and CASES not in one.held
    middles = [one.middle for one in found.values()]
    assert middles == sorted(middles, reverse=True) and middles[0] > middles[-1]
    assert found["街道5"].high - found["街道5"].low >= 2  # five cases in six months say little


def test_activities_to_date_count_towards_the_year(rubric: Rubric) -> None:
    """Two of four by June: today 4 points are missing; by December hardly any."""
    one = outlook(rubric, {"甲": typed(rubric, {ACTIVITIES: 2})}, 6)["甲"]
    assert one.now == 96
    assert one.high == 100 and one.middle > 96
    assert outlook(rubric, {"甲": typed(rubric, {ACTIVITIES: 2})}, 6, flows=())["甲"].high == 96


def test_the_same_question_has_the_same_answer(rubric: Rubric) -> None:
    facts = half_year(rubric)
    first = outlook(rubric, facts, 6, draws=40)
    turned = {place: dict(reversed(facts[place].items())) for place in reversed(list(facts))}
    assert outlook(rubric, turned, 6, draws=40) == first
    assert outlook(rubric, facts, 6, draws=40, seed=1) != first


def test_what_nobody_has_seen_is_not_invented(rubric: Rubric) -> None:
    facts = {place: typed(rubric, {}) for place in ("甲", "乙")}
    assert {(one.low, one.high) for one in outlook(rubric, facts, 3, flows=[CASES]).values()} == {(100, 100)}
    # one street's fault is a chance for its neighbour too, but a smaller one
    facts["乙"] = typed(rubric, {CASES: 6})
    found = outlook(rubric, facts, 3, flows=[CASES])
    assert found["乙"].middle < found["甲"].middle


def test_a_share_moves_with_its_numerator_or_not_at_all(rubric: Rubric) -> None:
    facts = {"甲": typed(rubric, {RATE: "98.5"})}
    held = outlook(rubric, facts, 6)["甲"]
    assert held.low == held.high == 99 and RATE in held.held
    moving = outlook(rubric, facts, 6, shares={"甲": {RATE: (197, 200)}})["甲"]  # 98.5 % of 200
    assert RATE not in moving.held
    assert moving.low < moving.high and moving.high == 100


def test_streets_without_a_total_are_left_out(rubric: Rubric) -> None:
    facts = half_year(rubric)
    facts["街道0"][RATE] = None
    assert list(outlook(rubric, facts, 6, draws=3)) == [f"街道{number}" for number in range(1, 6)]


@pytest.mark.parametrize(
    "wrong",
    [
        {"months": 0}, {"months": 13}, {"level": Fraction(1)}, {"flows": ["没有的事实"]}, {"flows": [RATE]},
        {"shares": {"无此街道": {}}}, {"shares": {"街道1": {CASES: (1, 2)}}}, {"shares": {"街道1": {RATE: (3, 2)}}},
        {"shares": {"街道1": {RATE: (0, 0)}}}, {"draws": 0},
    ],
)  # fmt: skip
def test_questions_that_cannot_be_answered(rubric: Rubric, wrong: dict[str, Any]) -> None:
    with pytest.raises(ScoringError):
        outlook(rubric, half_year(rubric), **{"months": 6, "draws": 3, **wrong})


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    """36 streets with known monthly rates, half a year seen: 80 % ranges must hold the year's count about 80 times in 100."""
    rng = np.random.default_rng(7)
    inside = whole = 0
    for year in range(25):
        rates = rng.gamma(2.0, 0.5, size=36)
        seen, rest = rng.poisson(rates * 6), rng.poisson(rates * 6)
        pooled = Fraction(int(seen.sum()), 6 * 36)
        for street in range(36):
            drawn = np.sort(count_draws(generator(year, str(street), "x"), int(seen[street]), pooled, 6, 6, 400))
            inside += bool(drawn[39] <= seen[street] + rest[street] <= drawn[359])
            whole += 1
    assert 0.78 <= inside / whole <= 0.92  # whole numbers make a range a little wider than it says


def test_shares_hold_the_truth_as_often_as_they_say() -> None:
    rng = np.random.default_rng(8)
    inside = whole = 0
    for year in range(25):
        chances = rng.beta(60, 3, size=36)
        hits, rest = rng.binomial(80, chances), rng.binomial(80, chances)
        pooled = Fraction(int(hits.sum()), 80 * 36)
        for street in range(36):
            drawn = sorted(share_draws(generator(year, str(street), "y"), int(hits[street]), 80, pooled, 6, 6, 400))
            truth = Fraction(100 * int(hits[street] + rest[street]), 160)
            inside += drawn[39] <= truth <= drawn[359]
            whole += 1
    assert 0.76 <= inside / whole <= 0.93


def test_every_street_and_fact_has_draws_of_its_own() -> None:
    one, other, third = (generator(1, *names).random(4).tolist() for names in (("甲", "x"), ("乙", "x"), ("甲", "y")))
    assert one != other and one != third and other != third
    assert generator(1, "甲", "x").random(4).tolist() == one


def test_draws_stay_within_what_is_possible() -> None:
    rng = generator(1, "甲", "乙")
    assert min(count_draws(rng, 3, Fraction(1), 6, 6, 200)) >= 3
    assert set(count_draws(rng, 0, Fraction(0), 6, 6, 5)) == {0}
    shares = share_draws(rng, 99, 100, Fraction(99, 100), 6, 6, 200)
    assert all(Fraction(99, 2) <= one <= 100 for one in shares)
    assert set(share_draws(rng, 10, 10, Fraction(1), 6, 6, 5)) == {Fraction(100)}
    assert set(share_draws(rng, 0, 10, Fraction(0), 6, 6, 5)) == {Fraction(0)}


def test_it_is_the_score_at_the_drawn_facts(rubric: Rubric) -> None:
    """One street, one fact: every range end is the score of some whole number of cases."""
    one = outlook(rubric, {"甲": typed(rubric, {CASES: 3})}, 6, flows=[CASES])["甲"]
    possible = {score(rubric, {"甲": typed(rubric, {CASES: cases})}).places["甲"].total for cases in range(3, 40)}
    assert {one.low, one.middle, one.high} <= possible
