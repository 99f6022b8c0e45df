"""读法 — what each value of each reading makes of one and the same street, worked by hand from the text.

Every row: the readings chosen, the facts that differ from full marks, the atoms (signed), blocks or results expected.
"""

from fractions import Fraction

import pytest

from appraised import Value, facts_of
from renjia.engine.scoring import PlaceScore, Rubric, load_rubric, score

RATE, TIMELY, UNVERIFIED = "出生个案核实完成率（%）", "出生个案核实及时率（%）", "出生个案无法核实占比（%）"
CONTACTS, EXAMINED, PLAN = "特扶对象年人均联系次数（次/人）", "特扶对象当年体检率（%）", "爱的礼物网领指标完成率（%）"
CASES, PROBLEMS, HARM = "行政事务不规范案例（起）", "行政事务不规范问题（个）", "行政事务导致不良影响（例）"
REPORTS, BASELINE = "统计报表未及时准确上报（例）", "未运用基础数据核查统计（例）"
UNFIT, TWICE, CARDS = "不符合条件享受奖扶金（例，不含未到龄）", "特扶与农村奖扶重复享受（例）", "银行卡错误（例）"
FILES = "档案检查督查配合情况（配合/配合不到位/拒不配合）"
NEIGHBOURHOODS, FEW, TAKING_PART = "居村委（个）", "知识竞赛参与不足20人的居村委（个）", "知识竞赛参与总人数（人）"
DUTY, MONEY = "目标管理责任制及居村委年终评价已落实（是/否）", "计生经费已落实（是/否）"
PARENTING, PUBLICITY = "科学育儿指导活动（次）", "另行开展的母婴设施使用宣传（次）"
TEENS, PARENTS = "青少年培训（人次）", "家长培训（人次）"
CLUB = "青春健康俱乐部验收（通过/未通过/无俱乐部）"
STARRED, CITY_STARS, FIVE_STARS = (
    "获星级评定母婴设施（个）",
    "其中市级评定星级母婴设施（个）",
    "其中五星级母婴设施（个）",
)
AWARD, PRIZE = "特色创新表彰", "承担活动或竞赛获奖"
DISTRICT, CITY, NATION = "区级（次）", "市级（次）", "国家级（次）"

Row = tuple[dict[str, str], dict[str, Value], dict[str, str]]

ATOMS: list[Row] = [
    # Q1: 99−97.5=1.5 · 95−94.4=0.6=1.2 halves · 3.7−3=0.7=1.4 halves · 12−10.5=1.5 · 65−57=8=1.6 fives · 45−33=12=2.4
    # fives · 100−97.3=2.7 at 0.5 each
    *[
        (
            {"Q1": value},
            {RATE: "97.5", TIMELY: "94.4", UNVERIFIED: "3.7", CONTACTS: "10.5", EXAMINED: 57, "一键通安装率（%）": 33, PLAN: "97.3"},
            dict(zip(("A3.5", "A3.6", "A3.7", "A5.4", "A5.9", "A5.11", "A6.13"), points.split(), strict=True)),
        )
        for value, points in {
            "ceil": "-2 -2 -2 -2 -2 -3 -1.5",
            "floor": "-1 -1 -1 -1 -1 -2 -1",
            "linear": "-1.5 -1.2 -1.4 -1.5 -1.6 -2.4 -1.35",
        }.items()
    ],
    # a whole number of steps is the same however it is read: 98 is one point below 99
    *[({"Q1": value}, {RATE: 98, EXAMINED: 60}, {"A3.5": "-1", "A5.9": "-1"}) for value in ("ceil", "floor", "linear")],
    # Q2: 98.96 → 99.0, 94.95 → 95.0 (half up), 3.04 → 3.0: met; 98.94 → 98.9, 3.05 → 3.1: not met
    ({"Q2": "exact"}, {RATE: "98.96", TIMELY: "94.95", UNVERIFIED: "3.04"}, {"A3.5": "-1", "A3.6": "-1", "A3.7": "-1"}),
    ({"Q2": "one_decimal"}, {RATE: "98.96", TIMELY: "94.95", UNVERIFIED: "3.04"}, {}),
    ({"Q2": "one_decimal"}, {RATE: "98.94", UNVERIFIED: "3.05"}, {"A3.5": "-1", "A3.7": "-1"}),
    # Q7: seven, five, four cards
    *[
        ({"Q7": value}, {CARDS: cards}, {"A5.24": points} if points != "0" else {})
        for value, three in {"from_5th": "-3 -1 0", "all_once_5": "-7 -5 0", "per_5": "-1 -1 0"}.items()
        for cards, points in zip((7, 5, 4), three.split(), strict=True)
    ],
    # Q8: three problems, one of the cases did harm: 6 + 10; or its 2 gives way to the 10: 4 + 10
    ({"Q8": "added"}, {CASES: 2, PROBLEMS: 3, HARM: 1}, {"A4.1": "-6", "A4.2": "-10"}),
    ({"Q8": "instead"}, {CASES: 2, PROBLEMS: 3, HARM: 1}, {"A4.1": "-4", "A4.2": "-10"}),
    ({"Q9": "instead"}, {FILES: "拒不配合"}, {"A4.6": "-10"}),
    ({"Q9": "added"}, {FILES: "拒不配合"}, {"A4.5": "-5", "A4.6": "-10"}),
    ({"Q9": "added"}, {FILES: "配合不到位"}, {"A4.5": "-5"}),
    ({"Q10": "per_problem"}, {CASES: 2, PROBLEMS: 3}, {"A4.1": "-6"}),
    ({"Q10": "per_case"}, {CASES: 2, PROBLEMS: 3}, {"A4.1": "-4"}),
    # Q11: two of 30 below 20; 590 people are fewer than 30 × 20 = 600, and 610 are not
    ({"Q11": "any_juwei"}, {FEW: 2, TAKING_PART: 610}, {"A1.5": "-3"}),
    ({"Q11": "street_total"}, {FEW: 2, TAKING_PART: 610}, {}),
    ({"Q11": "street_total"}, {FEW: 2, TAKING_PART: 600}, {}),
    ({"Q11": "street_total"}, {FEW: 2, TAKING_PART: 599}, {"A1.5": "-3"}),
    ({"Q11": "per_juwei"}, {FEW: 2, TAKING_PART: 610}, {"A1.5": "-6"}),
    ({"Q12": "once"}, {DUTY: "否", MONEY: "否"}, {"A2.1": "-3"}),
    ({"Q12": "each"}, {DUTY: "否", MONEY: "否"}, {"A2.1": "-6"}),
    ({"Q13": "once"}, {"缺失的计生机构（个）": 2}, {"A2.2": "-5"}),
    ({"Q13": "each"}, {"缺失的计生机构（个）": 2}, {"A2.2": "-10"}),
    ({"Q14": "once"}, {"计生专兼职人员（人）": 33}, {"A2.3": "-5"}),
    ({"Q14": "per_person"}, {"计生专兼职人员（人）": 33}, {"A2.3": "-10"}),
    ({"Q15": "training_only"}, {"缺席区级以上培训（场次）": 1, "缺席区级以上会议（场次）": 2}, {"A2.5": "-1"}),
    ({"Q15": "meetings_too"}, {"缺席区级以上培训（场次）": 1, "缺席区级以上会议（场次）": 2}, {"A2.5": "-3"}),
    *[
        ({"Q16": value}, {"未积极处置妥善解决的信访事项（件）": 2, "未按时反馈的交办信访事项（件）": 3}, points)
        for value, points in (("once", {"A2.8": "-5", "A2.9": "-2"}), ("per_case", {"A2.8": "-10", "A2.9": "-6"}))
    ],
    ({"Q17": "once"}, {"未按要求申报的区级以上作品征集（次）": 3}, {"A1.2": "-2"}),
    ({"Q17": "per_call"}, {"未按要求申报的区级以上作品征集（次）": 3}, {"A1.2": "-6"}),
    ({"Q18": "either"}, {"报送案例（篇）": 0}, {}),
    ({"Q18": "both_needed"}, {"报送案例（篇）": 0}, {"A1.4": "-1"}),
    ({"Q18": "both_needed"}, {"报送案例（篇）": 0, "报送工作经验（篇）": 0}, {"A1.4": "-1"}),
    # Q19: 1+0 of 2 is one short; 2−1 and 2−0 are three short
    ({"Q19": "sum"}, {PARENTING: 1, PUBLICITY: 0}, {"A6.7": "-1"}),
    ({"Q19": "each_2"}, {PARENTING: 1, PUBLICITY: 0}, {"A6.7": "-3"}),
    ({"Q19": "sum"}, {PARENTING: 3, PUBLICITY: 0}, {}),
    ({"Q19": "each_2"}, {PARENTING: 3, PUBLICITY: 0}, {"A6.7": "-2"}),
    ({"Q20": "once"}, {"免费技术服务核查办理差错（例）": 3}, {"A6.11": "-1"}),
    ({"Q20": "per_case"}, {"免费技术服务核查办理差错（例）": 3}, {"A6.11": "-3"}),
    *[
        ({"Q21": value}, {"药具发放网点管理不规范（项）": 2, "销售国家免费药具（例）": 2}, points)
        for value, points in (("per_case", {"A6.14": "-2", "A6.15": "-6"}), ("once", {"A6.14": "-1", "A6.15": "-3"}))
    ],
    ({"Q22": "per_point"}, {"被通报或投诉的母婴设施点位（个）": 1, "母婴设施被通报或投诉（起）": 3}, {"A6.3": "-2"}),
    ({"Q22": "per_incident"}, {"被通报或投诉的母婴设施点位（个）": 1, "母婴设施被通报或投诉（起）": 3}, {"A6.3": "-6"}),
    # Q23: 汇报 1 of 2, dues unpaid, two quarters silent: three items of eight; or 2+2+2×2; or once
    *[
        (
            {"Q23": value},
            {"分管领导听取协会汇报（次）": 1, "按时缴纳会费（是/否）": "否", "未上报信息的季度（个）": 2},
            {"A7.2": points},
        )
        for value, points in (("eight_once", "-6"), ("quarter_each", "-8"), ("once_in_all", "-2"))
    ],
    # Q24: no election, neither instructor nor guidance, nine months: 3 clauses; election+instructor+guidance+monthly; 1+1+3
    *[
        (
            {"Q24": value},
            {
                "开展健康家庭评选（是/否）": "否", "配备家庭健康指导员（是/否）": "否", "家庭健康指导服务达标（是/否）": "否",
                "开展儿童早期发展服务的月份（个月）": 9,
            },
            {"A7.3": points},
        )
        for value, points in (("three", "-3"), ("five", "-4"), ("months_each", "-5"))
    ],
    ({"Q25": "teens_and_parents"}, {TEENS: 200, PARENTS: 0}, {"A7.5": "-1"}),
    ({"Q25": "teens_and_parents"}, {TEENS: 200, PARENTS: 49}, {"A7.4": "-1"}),
    ({"Q25": "teens_and_parents"}, {TEENS: 199, PARENTS: 49}, {"A7.4": "-1"}),
    ({"Q25": "teens_and_parents"}, {TEENS: 199, PARENTS: 0}, {"A7.4": "-1", "A7.5": "-1"}),
    ({"Q25": "teens_only"}, {TEENS: 200, PARENTS: 49}, {}),
    ({"Q25": "teens_only"}, {TEENS: 199, PARENTS: 0}, {"A7.4": "-1", "A7.5": "-1"}),
    ({"Q25": "none_counts_twice"}, {TEENS: 200, PARENTS: 0}, {"A7.4": "-1", "A7.5": "-1"}),
    ({"Q25": "none_counts_twice"}, {TEENS: 200, PARENTS: 49}, {"A7.4": "-1"}),
    ({"Q26": "at_least_20"}, {}, {}),
    ({"Q26": "more_than_20"}, {}, {"A7.11": "-1"}),
    ({"Q26": "more_than_20"}, {"志愿者队伍（人）": 21}, {}),
    ({"Q27": "per_item"}, {"配合新市民需求调查（是/否）": "否", "新市民活动参与人数达标（是/否）": "否"}, {"A7.14": "-2"}),
    ({"Q27": "once"}, {"配合新市民需求调查（是/否）": "否", "新市民活动参与人数达标（是/否）": "否"}, {"A7.14": "-1"}),
    ({"Q28": "not_applicable"}, {CLUB: "无俱乐部"}, {}),
    ({"Q28": "deduct"}, {CLUB: "无俱乐部"}, {"A7.6": "-2"}),
    ({"Q28": "not_applicable"}, {CLUB: "未通过"}, {"A7.6": "-2"}),
    ({"Q29": "once"}, {"生育指导宣传活动（次）": 0}, {"A6.10": "-2"}),
    ({"Q29": "per_missing"}, {"生育指导宣传活动（次）": 0}, {"A6.10": "-4"}),
    # Q31: two awards of the district, one of the city
    *[
        ({"Q31": value}, {AWARD + DISTRICT: 2, AWARD + CITY: 1}, points)
        for value, points in (
            ("per_award", {"B2.1": "2", "B2.2": "2"}),
            ("once_a_level", {"B2.1": "1", "B2.2": "2"}),
            ("highest_level_only", {"B2.2": "2"}),
        )
    ],
    # Q32: the fourth star is the five-star point
    ({"Q32": "both"}, {STARRED: 4, CITY_STARS: 4, FIVE_STARS: 1}, {"B3.1": "1", "B3.2": "2"}),
    ({"Q32": "five_star_not_in_count"}, {STARRED: 4, CITY_STARS: 4, FIVE_STARS: 1}, {"B3.2": "2"}),
]  # fmt: skip

# what comes of whole streets: readings, facts, {main, bonus, total, grade or a block's number: expected}
WHOLES: list[Row] = [
    # Q3: two harms are 20 of block 4's 12
    ({"Q3": "zero"}, {HARM: 2}, {"4": "0", "main": "88", "total": "88"}),
    ({"Q3": "none"}, {HARM: 2}, {"4": "-8", "main": "80", "total": "80"}),
    # Q5: 2×2=4 and 6: 10 capped at 5, or 4 + (6 capped at 5)
    ({"Q5": "joint"}, {REPORTS: 2, BASELINE: 6}, {"3": "5"}),
    ({"Q5": "second_clause_only"}, {REPORTS: 2, BASELINE: 6}, {"3": "1"}),
    # Q6: 3×3=9 and 12: 21 capped at 10, or 9 + (12 capped at 10)
    ({"Q6": "item"}, {UNFIT: 3, TWICE: 12}, {"5": "16"}),
    ({"Q6": "last_clause_only"}, {UNFIT: 3, TWICE: 12}, {"5": "7"}),
    # Q30: 4→3, 2, 5 = 10; the whole row at most 3
    ({"Q30": "district_only"}, {PRIZE + DISTRICT: 4, PRIZE + CITY: 1, PRIZE + NATION: 1}, {"bonus": "10"}),
    ({"Q30": "whole_row"}, {PRIZE + DISTRICT: 4, PRIZE + CITY: 1, PRIZE + NATION: 1}, {"bonus": "3"}),
    ({"Q30": "whole_row"}, {PRIZE + DISTRICT: 1, PRIZE + CITY: 2}, {"bonus": "3"}),
    ({"Q30": "whole_row"}, {PRIZE + DISTRICT: 1, PRIZE + CITY: 1, AWARD + NATION: 1}, {"bonus": "8"}),
    # Q33: five national awards are 25
    ({"Q33": "capped"}, {AWARD + NATION: 5}, {"bonus": "20", "total": "120"}),
    ({"Q33": "uncapped"}, {AWARD + NATION: 5}, {"bonus": "25", "total": "125"}),
    # Q34: 100 − 12 (block 4) − 10 (block 3) − 7 (block 2) − 1 = 70
    *[
        (
            {"Q34": value},
            {HARM: 2, "人口监测未完成任务的问题（个）": 5, "缺失的计生机构（个）": 1, "未按时反馈的交办信访事项（件）": 1, "自办队伍培训（次）": 4,
             "开展志愿者服务（是/否）": "否"},
            {"total": "70", "grade": grade},
        )
        for value, grade in (("fail", "不合格"), ("fair", "一般"))
    ],
    # Q35: 100 − 10 − 0.5 = 89.5; 100 − 0.5 = 99.5
    *[
        ({"Q35": value}, {"人口监测未完成任务的问题（个）": 5, PLAN: 99}, {"total": "89.5", "grade": grade})
        for value, grade in (("lower_bound", "一般"), ("round_half_up", "良好"), ("undecided", "未定"))
    ],
    *[
        ({"Q35": value}, {PLAN: 99}, {"total": "99.5", "grade": grade})
        for value, grade in (("lower_bound", "良好"), ("round_half_up", "优秀"), ("undecided", "未定"))
    ],
    ({"Q35": "undecided"}, {"人口监测未完成任务的问题（个）": 5}, {"total": "90", "grade": "良好"}),
    ({"Q35": "undecided"}, {"人口监测未完成任务的问题（个）": 5, "参加上级协会活动（是/否）": "否"}, {"total": "89", "grade": "一般"}),
    # Q36: 94 + 6 = 100 with main below 95
    *[
        (
            {"Q36": value},
            {"人口监测未完成任务的问题（个）": 3, CITY_STARS: 3, STARRED: 3, FIVE_STARS: 3},
            {"main": "94", "total": "100", "grade": grade},
        )
        for value, grade in (("good", "良好"), ("undecided", "未定"))
    ],
    # Q37: 100 exactly; 95 and 101
    ({"Q37": "inclusive"}, {}, {"total": "100", "grade": "优秀"}),
    ({"Q37": "exclusive"}, {}, {"total": "100", "grade": "良好"}),
    *[
        (
            {"Q37": value},
            {"审核错误（例）": 1, AWARD + NATION: 1, AWARD + DISTRICT: 1},
            {"main": "95", "total": "101", "grade": grade},
        )
        for value, grade in (("inclusive", "优秀"), ("exclusive", "良好"))
    ],
]  # fmt: skip


@pytest.fixture(scope="module")
def rubric() -> Rubric:
    return load_rubric("pudong-2024")


def scored(rubric: Rubric, readings: dict[str, str], changes: dict[str, Value]) -> PlaceScore:
    facts = {
        name: rubric.facts[name].parse(text, as_is=True) for name, text in facts_of(list(rubric.facts), changes).items()
    }
    return score(rubric.with_readings(readings), {"某街道": facts}).places["某街道"]


def named(rows: list[Row]) -> list[str]:
    return [
        f"{number}-{'-'.join(f'{key}={value}' for key, value in row[0].items())}" for number, row in enumerate(rows)
    ]


@pytest.mark.parametrize(("readings", "changes", "expected"), ATOMS, ids=named(ATOMS))
def test_atoms_under_a_reading(
    rubric: Rubric, readings: dict[str, str], changes: dict[str, Value], expected: dict[str, str]
) -> None:
    found = scored(rubric, readings, changes)
    moved = {name: atom.points for name, atom in found.atoms.items() if atom.points}
    assert moved == {name: Fraction(points) for name, points in expected.items()}


@pytest.mark.parametrize(("readings", "changes", "expected"), WHOLES, ids=named(WHOLES))
def test_wholes_under_a_reading(
    rubric: Rubric, readings: dict[str, str], changes: dict[str, Value], expected: dict[str, str]
) -> None:
    found = scored(rubric, readings, changes)
    blocks = [block.points for key, block in found.blocks.items() if rubric.blocks[key].part == "main"]
    seen = {"main": found.main, "bonus": found.bonus, "total": found.total, "grade": found.grade}
    seen |= {str(number): points for number, points in enumerate(blocks, 1)}
    for key, value in expected.items():
        assert seen[key] == (value if key == "grade" else Fraction(value)), key


def test_every_value_of_every_reading_but_q4_is_tried(rubric: Rubric) -> None:
    """Q38–Q40 are about several streets: test_twelve_ranks. Q4 has one value: the points of an item are nowhere stated."""
    tried = {(key, value) for readings, _, _ in (*ATOMS, *WHOLES) for key, value in readings.items()}
    all_values = {(key, value) for key, one in rubric.readings.items() for value in one.values}
    assert {pair for pair in all_values - tried if pair[0] not in ("Q4", "Q38", "Q39", "Q40")} == set()
    assert {key for key, _ in all_values} == {f"Q{number}" for number in range(1, 41)}
    assert len(rubric.readings["Q4"].values) == 1


def test_the_first_reading_of_the_text_is_the_default(rubric: Rubric) -> None:
    chosen = {key: one.chosen for key, one in rubric.readings.items()}
    assert chosen == {
        "Q1": "ceil", "Q2": "exact", "Q3": "zero", "Q4": "no_item_limit", "Q5": "joint", "Q6": "item", "Q7": "from_5th", "Q8": "added",
        "Q9": "instead", "Q10": "per_problem", "Q11": "any_juwei", "Q12": "once", "Q13": "once", "Q14": "once",
        "Q15": "training_only", "Q16": "once", "Q17": "once", "Q18": "either", "Q19": "sum", "Q20": "once",
        "Q21": "per_case", "Q22": "per_point", "Q23": "eight_once", "Q24": "three", "Q25": "teens_and_parents",
        "Q26": "at_least_20", "Q27": "per_item", "Q28": "not_applicable", "Q29": "once", "Q30": "district_only",
        "Q31": "per_award", "Q32": "both", "Q33": "capped", "Q34": "fail", "Q35": "lower_bound", "Q36": "good",
        "Q37": "inclusive", "Q38": "same_rank_all_in", "Q39": "total", "Q40": "grade_only",
    }  # fmt: skip
