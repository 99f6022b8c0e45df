"""What must hold for any street: bounds, caps, monotone deductions, no order, exactness."""

import random
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from renjia.engine.scoring import FactSpec, PlaceScore, Rubric, load_rubric, score

RUBRIC = load_rubric("pudong-2024")
VARIANTS = [
    RUBRIC,
    RUBRIC.with_readings(
        {"Q1": "linear", "Q2": "one_decimal", "Q7": "all_once_5", "Q30": "whole_row", "Q23": "quarter_each"}
    ),
    RUBRIC.with_readings(
        {one.key: list(one.values)[-1] for one in RUBRIC.readings.values() if one.key not in ("Q3", "Q33")}
    ),
]
UP = {"社会宣传活动（次）", "发布或报送信息（篇）", "报送工作经验（篇）", "报送案例（篇）", "知识竞赛参与总人数（人）", "计生专兼职人员（人）",
      "自办队伍培训（次）", "出生个案核实完成率（%）", "出生个案核实及时率（%）", "特扶对象年人均联系次数（次/人）", "特扶对象当年体检率（%）",
      "一键通安装率（%）", "获星级评定母婴设施（个）", "彩虹工作坊活动（次）", "科学育儿指导活动（次）", "另行开展的母婴设施使用宣传（次）",
      "生育指导宣传活动（次）", "爱的礼物网领指标完成率（%）", "分管领导听取协会汇报（次）", "线上宣传服务（次）",
      "开展儿童早期发展服务的月份（个月）",
      "青少年培训（人次）", "家长培训（人次）", "志愿者队伍（人）"}  # fmt: skip
FREE = {"居村委（个）", "市配置标准人员（人）"}


def values(spec: FactSpec) -> st.SearchStrategy[Any]:
    if spec.choices:
        return st.sampled_from(spec.choices)
    if spec.type == "count":
        return st.integers(0, 60)
    top = 15000 if spec.may_exceed_100 else 10000
    return st.integers(0, top).map(lambda hundredths: Fraction(hundredths, 100))


STREET = st.fixed_dictionaries({name: values(spec) for name, spec in RUBRIC.facts.items()})
FEW = st.dictionaries(st.sampled_from(list(RUBRIC.facts)), st.none()).flatmap(
    lambda chosen: st.fixed_dictionaries({name: values(RUBRIC.facts[name]) for name in chosen})
)
FULL = {name: spec.full for name, spec in RUBRIC.facts.items()}
NEAR = FEW.map(
    lambda few: {**FULL, **few}
)  # a street of random facts has every block at its floor: most must be near full
ANY = st.one_of(NEAR, NEAR, STREET)
VARIANT = st.sampled_from(VARIANTS)


def one(rubric: Rubric, facts: Mapping[str, Any]) -> PlaceScore:
    return score(rubric, {"甲": facts}).places["甲"]


@settings(max_examples=60, deadline=None)
@given(VARIANT, ANY)
def test_bounds_and_caps(rubric: Rubric, facts: Mapping[str, Any]) -> None:
    found = one(rubric, facts)
    assert found.main is not None and found.bonus is not None and found.total is not None
    assert 0 <= found.main <= 100 and 0 <= found.bonus <= 20 and 0 <= found.total <= 120
    for block in found.blocks.values():
        assert block.points is not None and block.points >= 0 and (block.limit is None or block.points <= block.limit)
    for atom in rubric.atoms.values():
        points = found.points(atom.id)
        assert isinstance(points, int | Fraction)
        assert points >= 0 if atom.id.startswith("B") or atom.members else points <= 0
        if atom.members:
            deducted = sum(found.points(member) or 0 for member in atom.members)
            assert points + deducted == max(deducted, -atom.points)
    assert (found.points("B1.1") or 0) <= 3 and (found.points("B3.1") or 0) <= 3 and (found.points("B3.2") or 0) <= 6


@settings(max_examples=60, deadline=None)
@given(VARIANT, ANY, st.sampled_from(sorted(set(FULL) - FREE)), st.data())
def test_a_better_fact_never_costs(rubric: Rubric, facts: Mapping[str, Any], name: str, data: st.DataObject) -> None:
    if name == "行政事务导致不良影响（例）" and rubric.readings["Q8"].chosen == "instead":
        return  # the harmed case takes the place of another there: a worse fact may replace a smaller deduction
    spec = rubric.facts[name]
    pair = [facts[name], data.draw(values(spec))]
    if spec.choices:
        order = ["配合", "通过", "无俱乐部", "配合不到位", "未通过", "拒不配合"]
        order = [spec.full, *[word for word in spec.choices if word != spec.full]] if spec.type == "yes_no" else order
        worse, better = sorted(pair, key=order.index, reverse=True)
    else:
        better, worse = (max(pair), min(pair)) if name in UP or name.startswith(BONUSES) else (min(pair), max(pair))
    if name == "家长培训（人次）" and worse == 0 and rubric.readings["Q25"].chosen == "teens_and_parents":
        return  # none at all is the other sentence's fault: one point either way
    if name == "其中五星级母婴设施（个）" and rubric.readings["Q32"].chosen == "five_star_not_in_count":
        return  # a five-star point leaves the other count there
    before, after = one(rubric, {**facts, name: worse}), one(rubric, {**facts, name: better})
    assert (after.total or 0) >= (before.total or 0)


BONUSES = ("承担活动", "特色创新", "其中", "创建")


@settings(max_examples=25, deadline=None)
@given(VARIANT, st.lists(ANY, min_size=2, max_size=6), st.randoms(use_true_random=False))
def test_order_does_not_matter(rubric: Rubric, streets: list[Mapping[str, Any]], dice: random.Random) -> None:
    named = {f"街{number}": facts for number, facts in enumerate(streets)}
    shuffled = list(named.items())
    dice.shuffle(shuffled)
    other: dict[str, Mapping[str, Any]] = {}
    for place, facts in shuffled:
        cells = list(facts.items())
        dice.shuffle(cells)
        other[place] = dict(cells)
    first, second = score(rubric, named).places, score(rubric, other).places
    assert list(second) == list(other)
    for place in named:
        a, b = first[place], second[place]
        assert (a.total, a.rank, a.grade, a.sums) == (b.total, b.rank, b.grade, b.sums)


@settings(max_examples=25, deadline=None)
@given(VARIANT, st.lists(ANY, min_size=2, max_size=5), FEW)
def test_what_if_is_the_same_as_scoring_again(
    rubric: Rubric, streets: list[Mapping[str, Any]], few: Mapping[str, Any]
) -> None:
    named = {f"街{number}": facts for number, facts in enumerate(streets)}
    changed = score(rubric, named).changed({"街1": few}).places
    again = score(rubric, {**named, "街1": {**named["街1"], **few}}).places
    assert [(a.total, a.rank, a.grade) for a in changed.values()] == [
        (b.total, b.rank, b.grade) for b in again.values()
    ]


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 10**9))
def test_steps_are_exact(billionths: int) -> None:
    """(99 − 98.99) / 0.01 is 1, not a hair more: steps against whole-number arithmetic, to nine decimals."""
    value = Fraction(billionths, 10**7)
    found = one(RUBRIC, {**FULL, "出生个案核实及时率（%）": value, "出生个案核实完成率（%）": value})
    short = max(95 * 10**7 - billionths, 0)
    assert found.points("A3.6") == -((short * 2 + 10**7 - 1) // 10**7)
    assert found.points("A3.5") == -((max(99 * 10**7 - billionths, 0) + 10**7 - 1) // 10**7)


def test_a_hundredth_below_the_target_is_below() -> None:
    assert one(RUBRIC, {**FULL, "出生个案核实完成率（%）": Fraction("98.99")}).points("A3.5") == -1
    assert one(RUBRIC, {**FULL, "出生个案核实完成率（%）": Fraction("98.999999999999999999")}).points("A3.5") == -1
    assert one(RUBRIC, {**FULL, "出生个案核实完成率（%）": 99}).points("A3.5") == 0
    assert one(RUBRIC, {**FULL, "出生个案核实完成率（%）": Fraction("97.99")}).points("A3.5") == -2
