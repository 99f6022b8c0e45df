"""性别比判断 — each branch of the stated rule, and how seldom null streets are called high."""

import numpy as np
import pytest

from renjia.engine.demography.errors import DemographyError
from renjia.engine.demography.sex_ratios.verdict import (
    TOO_FEW,
    BirthCount,
    VerdictRule,
    judge_sex_ratio,
    judge_sex_ratios,
    pool_counts,
    rolling_counts,
)


def judged(males, females):
    return judge_sex_ratio(BirthCount("陆家嘴街道", "2025", males, females))


@pytest.mark.parametrize(
    ("males", "females", "verdict"),
    [
        (70, 29, TOO_FEW),  # 99 births, whatever they say
        (110, 100, TOO_FEW),
        (700, 500, "偏高"),
        (400, 600, "偏低"),
        (590, 480, "可能偏高"),
        (480, 560, "可能偏低"),
        (5150, 4860, "未见异常"),
    ],
)
def test_each_branch_of_the_rule(males, females, verdict):
    found = judged(males, females)
    assert found.verdict == verdict
    assert f"{males + females:,} 例" in found.words


def test_below_a_hundred_births_the_ratio_is_not_shown():
    found = judged(70, 29)
    assert found.ratio is None and "人数太少，不能判断" in found.words and "36 个月" in found.words
    assert judged(70, 30).ratio == pytest.approx(100 * 70 / 30)


def test_a_street_year_says_how_many_births_would_be_enough():
    found = judged(110, 95)
    assert found.needed == 4743 and "4,743 例" in found.words and found.smallest_seen > 150


def test_null_streets_are_hardly_ever_called_high():
    random = np.random.default_rng(8)
    boys = random.binomial(200, 106 / 206, 500)
    verdicts = [v.verdict for v in judge_sex_ratios(BirthCount("街", "2025", int(m), 200 - int(m)) for m in boys)]
    assert verdicts.count("偏高") <= 2 and verdicts.count(TOO_FEW) > 460


def test_bad_counts_name_the_place():
    with pytest.raises(DemographyError) as caught:
        judge_sex_ratio(BirthCount("陆家嘴街道", "2025", -1, 5, "三孩"))
    assert "陆家嘴街道 2025 三孩" in str(caught.value)
    with pytest.raises(DemographyError):
        judge_sex_ratio(BirthCount("陆家嘴街道", "2025", 0, 0))


def monthly(n, place="甲街道", parity="合计"):
    return [BirthCount(place, f"{2020 + i // 12}-{i % 12 + 1:02d}", 10 + i, 9, parity) for i in range(n)]


def test_pooling_adds_up_and_keeps_orders_apart():
    both = [*monthly(3), *monthly(3, "乙街道"), *monthly(2, "乙街道", "三孩")]
    pooled = pool_counts(both, place="全区", period="2020 年一季度")
    assert [(c.place, c.parity, c.males, c.females) for c in pooled] == [
        ("全区", "合计", 66, 54),
        ("全区", "三孩", 21, 18),
    ]
    assert sum(c.males for c in pool_counts(both)) == sum(c.males for c in both)


def test_rolling_sums_are_those_of_the_last_months():
    rolled = rolling_counts([*monthly(40), *monthly(36, "乙街道")])
    assert len(rolled) == 6 and rolled[0].period == "2020-01—2022-12"
    assert rolled[4].males == sum(10 + i for i in range(4, 40)) and rolled[5].place == "乙街道"


@pytest.mark.parametrize(
    "line",
    [monthly(40)[:5] + monthly(40)[6:], monthly(4)[::-1], monthly(3) + monthly(3), [BirthCount("甲", "去年", 1, 1)]],
)
def test_a_gap_or_repeat_in_months_is_refused(line):
    with pytest.raises(DemographyError) as caught:
        rolling_counts(line)
    assert caught.value.remedy and "甲" in str(caught.value)


def test_the_rule_can_be_changed_but_not_turned_upside_down():
    count = BirthCount("甲", "2025", 60, 30)
    assert judge_sex_ratio(count).ratio is None
    assert judge_sex_ratio(count, VerdictRule(least_births=50)).verdict == "可能偏高"
    assert judge_sex_ratio(BirthCount("甲", "2025", 110, 100), VerdictRule(concern=200)).verdict == "未见异常"
    for bad in (
        {"reference": 110.0},
        {"concern": 105.0},
        {"least_births": 0},
        {"many_looks": 99.8},
        {"normal": (1.03, 1.07)},
    ):
        with pytest.raises(DemographyError):
            VerdictRule(**bad)
