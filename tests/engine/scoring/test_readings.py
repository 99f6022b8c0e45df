"""Each value of each reading changes what it should, and nothing else; grades' readings are in test_grades."""

from typing import Any

import pytest

from renjia.engine.scoring import Rubric, ScoringError, shown

HARMED = {"行政事务不规范案例（起）": 2, "行政事务不规范问题（个）": 5, "行政事务导致不良影响（例）": 1}
REFUSED = {"档案检查督查配合情况（配合/配合不到位/拒不配合）": "拒不配合"}
QUIZ = {"居村委（个）": 30, "知识竞赛参与不足20人的居村委（个）": 2, "知识竞赛参与总人数（人）": 599}
STEPS = {
    "出生个案核实完成率（%）": 97.5, "出生个案核实及时率（%）": 94.2, "出生个案无法核实占比（%）": 3.75,
    "特扶对象年人均联系次数（次/人）": 10.75, "特扶对象当年体检率（%）": 58, "一键通安装率（%）": 44, "爱的礼物网领指标完成率（%）": 98.5,
}  # fmt: skip
BESIDE = {
    "出生个案核实完成率（%）": 98.95, "出生个案核实及时率（%）": 94.95, "出生个案无法核实占比（%）": 3.04,
    "特扶对象年人均联系次数（次/人）": 11.95, "特扶对象当年体检率（%）": 64.95, "一键通安装率（%）": 44.94, "爱的礼物网领指标完成率（%）": 99.95,
}  # fmt: skip
RESPONSIBLE = {"目标管理责任制及居村委年终评价已落实（是/否）": "否", "计生经费已落实（是/否）": "否"}
FPA = {"未上报信息的季度（个）": 3, "分管领导听取协会汇报（次）": 0}
FAMILY = {
    "开展家庭健康主题活动（是/否）": "否", "开展健康家庭评选（是/否）": "否", "配备家庭健康指导员（是/否）": "否",
    "开展儿童早期发展服务的月份（个月）": 8,
}  # fmt: skip
AWARDS = {
    "承担活动或竞赛获奖区级（次）": 2, "承担活动或竞赛获奖市级（次）": 2, "特色创新表彰区级（次）": 3, "特色创新表彰国家级（次）": 1,
}  # fmt: skip
DRUGS = {"药具发放网点管理不规范（项）": 2, "销售国家免费药具（例）": 3}
PETITIONS = {"未积极处置妥善解决的信访事项（件）": 2, "未按时反馈的交办信访事项（件）": 3}
CAP3 = {"统计报表未及时准确上报（例）": 3, "未运用基础数据核查统计（例）": 6}
CAP10 = {"不符合条件享受奖扶金（例，不含未到龄）": 4, "特扶与农村奖扶重复享受（例）": 12}
MIGRANTS = {"配合新市民需求调查（是/否）": "否", "组织会员参与新市民活动（是/否）": "否"}
STARS = {"其中市级评定星级母婴设施（个）": 6, "其中五星级母婴设施（个）": 2}
NO_CLUB = {"青春健康俱乐部验收（通过/未通过/无俱乐部）": "无俱乐部"}
PARENTS = {"家长培训（人次）": 0}

CASES: list[tuple[str, dict[str, Any], dict[str, str]]] = [
    ("Q1=ceil", STEPS, {"A3.5": "-2", "A3.6": "-2", "A3.7": "-2", "A5.4": "-2", "A5.9": "-2", "A5.11": "-1", "A6.13": "-1"}),
    ("Q1=floor", STEPS, {"A3.5": "-1", "A3.6": "-1", "A3.7": "-1", "A5.4": "-1", "A5.9": "-1", "A6.13": "-0.5"}),
    ("Q1=linear", STEPS,
     {"A3.5": "-1.5", "A3.6": "-1.6", "A3.7": "-1.5", "A5.4": "-1.25", "A5.9": "-1.4", "A5.11": "-0.2", "A6.13": "-0.75"}),
    ("Q2=exact", BESIDE,
     {"A3.5": "-1", "A3.6": "-1", "A3.7": "-1", "A5.4": "-1", "A5.9": "-1", "A5.11": "-1", "A6.13": "-0.5"}),
    ("Q2=one_decimal", BESIDE, {"A5.4": "-1", "A5.11": "-1"}),
    ("Q5=joint", CAP3, {"A3.2": "-6", "A3.3": "-6", "A3.4": "7"}),
    ("Q5=second_clause_only", CAP3, {"A3.2": "-6", "A3.3": "-6", "A3.4": "1"}),
    ("Q6=item", CAP10, {"A5.21": "-12", "A5.28": "-12", "A5.29": "14"}),
    ("Q6=last_clause_only", CAP10, {"A5.21": "-12", "A5.28": "-12", "A5.29": "2"}),
    ("Q7=from_5th", {"银行卡错误（例）": 9}, {"A5.24": "-5"}), ("Q7=all_once_5", {"银行卡错误（例）": 9}, {"A5.24": "-9"}),
    ("Q7=all_once_5", {"银行卡错误（例）": 4}, {}), ("Q7=per_5", {"银行卡错误（例）": 9}, {"A5.24": "-1"}),
    ("Q7=per_5", {"银行卡错误（例）": 10}, {"A5.24": "-2"}),
    ("Q8=added", HARMED, {"A4.1": "-10", "A4.2": "-10"}), ("Q8=instead", HARMED, {"A4.1": "-8", "A4.2": "-10"}),
    ("Q8=instead Q10=per_case", HARMED, {"A4.1": "-2", "A4.2": "-10"}),
    ("Q8=instead", {"行政事务导致不良影响（例）": 3}, {"A4.2": "-30"}),
    ("Q9=instead", REFUSED, {"A4.6": "-10"}), ("Q9=added", REFUSED, {"A4.5": "-5", "A4.6": "-10"}),
    ("Q10=per_problem", HARMED, {"A4.1": "-10", "A4.2": "-10"}), ("Q10=per_case", HARMED, {"A4.1": "-4", "A4.2": "-10"}),
    ("Q11=any_juwei", QUIZ, {"A1.5": "-3"}), ("Q11=street_total", QUIZ, {"A1.5": "-3"}),
    ("Q11=street_total", {**QUIZ, "知识竞赛参与总人数（人）": 600}, {}), ("Q11=per_juwei", QUIZ, {"A1.5": "-6"}),
    ("Q12=once", RESPONSIBLE, {"A2.1": "-3"}), ("Q12=each", RESPONSIBLE, {"A2.1": "-6"}),
    ("Q13=once", {"缺失的计生机构（个）": 2}, {"A2.2": "-5"}), ("Q13=each", {"缺失的计生机构（个）": 2}, {"A2.2": "-10"}),
    ("Q14=once", {"计生专兼职人员（人）": 33}, {"A2.3": "-5"}), ("Q14=per_person", {"计生专兼职人员（人）": 33}, {"A2.3": "-10"}),
    ("Q15=training_only", {"缺席区级以上会议（场次）": 2}, {}), ("Q15=meetings_too", {"缺席区级以上会议（场次）": 2}, {"A2.5": "-2"}),
    ("Q16=once", PETITIONS, {"A2.8": "-5", "A2.9": "-2"}), ("Q16=per_case", PETITIONS, {"A2.8": "-10", "A2.9": "-6"}),
    ("Q17=once", {"未按要求申报的区级以上作品征集（次）": 3}, {"A1.2": "-2"}),
    ("Q17=per_call", {"未按要求申报的区级以上作品征集（次）": 3}, {"A1.2": "-6"}),
    ("Q18=either", {"报送案例（篇）": 0}, {}), ("Q18=both_needed", {"报送案例（篇）": 0}, {"A1.4": "-1"}),
    ("Q18=both_needed", {"报送案例（篇）": 0, "报送工作经验（篇）": 0}, {"A1.4": "-1"}),
    ("Q19=sum", {"科学育儿指导活动（次）": 3, "另行开展的母婴设施使用宣传（次）": 0}, {}),
    ("Q19=each_2", {"科学育儿指导活动（次）": 3, "另行开展的母婴设施使用宣传（次）": 0}, {"A6.7": "-2"}),
    ("Q19=each_2", {"科学育儿指导活动（次）": 0, "另行开展的母婴设施使用宣传（次）": 1}, {"A6.7": "-3"}),
    ("Q20=once", {"免费技术服务核查办理差错（例）": 3}, {"A6.11": "-1"}), ("Q20=per_case", {"免费技术服务核查办理差错（例）": 3}, {"A6.11": "-3"}),
    ("Q21=per_case", DRUGS, {"A6.14": "-2", "A6.15": "-9"}), ("Q21=once", DRUGS, {"A6.14": "-1", "A6.15": "-3"}),
    ("Q22=per_point", {"被通报或投诉的母婴设施点位（个）": 1, "母婴设施被通报或投诉（起）": 3}, {"A6.3": "-2"}),
    ("Q22=per_incident", {"被通报或投诉的母婴设施点位（个）": 1, "母婴设施被通报或投诉（起）": 3}, {"A6.3": "-6"}),
    ("Q23=eight_once", FPA, {"A7.2": "-4"}), ("Q23=quarter_each", FPA, {"A7.2": "-8"}), ("Q23=once_in_all", FPA, {"A7.2": "-2"}),
    ("Q23=once_in_all", {}, {}),
    ("Q24=three", FAMILY, {"A7.3": "-3"}), ("Q24=five", FAMILY, {"A7.3": "-4"}), ("Q24=months_each", FAMILY, {"A7.3": "-6"}),
    ("Q25=teens_and_parents", PARENTS, {"A7.5": "-1"}), ("Q25=teens_only", {"家长培训（人次）": 20}, {}),
    ("Q25=teens_only", {"家长培训（人次）": 20, "青少年培训（人次）": 199}, {"A7.4": "-1"}),
    ("Q25=none_counts_twice", PARENTS, {"A7.4": "-1", "A7.5": "-1"}),
    ("Q26=at_least_20", {"志愿者队伍（人）": 20}, {}), ("Q26=more_than_20", {"志愿者队伍（人）": 20}, {"A7.11": "-1"}),
    ("Q26=more_than_20", {"志愿者队伍（人）": 21}, {}),
    ("Q27=per_item", MIGRANTS, {"A7.14": "-2"}), ("Q27=once", MIGRANTS, {"A7.14": "-1"}),
    ("Q28=not_applicable", NO_CLUB, {}), ("Q28=deduct", NO_CLUB, {"A7.6": "-2"}),
    ("Q29=once", {"生育指导宣传活动（次）": 0}, {"A6.10": "-2"}), ("Q29=per_missing", {"生育指导宣传活动（次）": 0}, {"A6.10": "-4"}),
    ("Q30=district_only", AWARDS, {"B1.1": "2", "B1.2": "4", "B2.1": "3", "B2.3": "5"}),
    ("Q30=whole_row", AWARDS, {"B1.1": "2", "B1.2": "1", "B2.1": "3", "B2.3": "5"}),
    ("Q31=per_award", AWARDS, {"B1.1": "2", "B1.2": "4", "B2.1": "3", "B2.3": "5"}),
    ("Q31=once_a_level", AWARDS, {"B1.1": "1", "B1.2": "2", "B2.1": "1", "B2.3": "5"}),
    ("Q31=highest_level_only", AWARDS, {"B1.2": "2", "B2.3": "5"}),
    ("Q30=whole_row Q31=highest_level_only", {"承担活动或竞赛获奖国家级（次）": 1, "承担活动或竞赛获奖区级（次）": 3}, {"B1.3": "3"}),
    ("Q32=both", STARS, {"B3.1": "3", "B3.2": "4"}), ("Q32=five_star_not_in_count", STARS, {"B3.1": "1", "B3.2": "4"}),
    ("Q32=five_star_not_in_count", {"其中市级评定星级母婴设施（个）": 1, "其中五星级母婴设施（个）": 2}, {"B3.2": "4"}),
]  # fmt: skip


@pytest.mark.parametrize(("chosen", "facts", "expected"), CASES, ids=[f"{one[0]} {n}" for n, one in enumerate(CASES)])
def test_value(ask, chosen: str, facts: dict[str, Any], expected: dict[str, str]) -> None:
    readings = dict(one.split("=") for one in chosen.split())
    base = (
        {} if readings.get("Q19") == "each_2" else {"科学育儿指导活动（次）": 2, "另行开展的母婴设施使用宣传（次）": 2}
    )
    one = ask({**base, **facts}, readings)
    assert {atom: shown(found.points) for atom, found in one.atoms.items() if found.points} == expected


def test_every_value_of_every_reading_of_atoms_is_tried(rubric: Rubric) -> None:
    tried = {(one.split("=")[0], one.split("=")[1]) for chosen, _, _ in CASES for one in chosen.split()}
    atoms = [f"Q{number}" for number in range(1, 33) if number not in (3, 4)]
    assert tried == {(key, value) for key in atoms for value in rubric.readings[key].values}


def test_q3_the_excess_of_a_block_eats_the_others(ask) -> None:
    facts = {"行政事务导致不良影响（例）": 2}
    assert (ask(facts).main, ask(facts).blocks["administration"].points) == (88, 0)
    eaten = ask(facts, {"Q3": "none"})
    assert (eaten.main, eaten.blocks["administration"].points) == (80, -8)
    assert ask({"行政事务导致不良影响（例）": 20}, {"Q3": "none"}).main == 0


def test_q33_the_bonus_is_capped_or_not(ask) -> None:
    facts = {"承担活动或竞赛获奖国家级（次）": 5}
    assert (ask(facts).bonus, ask(facts).total) == (20, 120)
    assert (ask(facts, {"Q33": "uncapped"}).bonus, ask(facts, {"Q33_bonus20": "uncapped"}).total) == (25, 125)


def test_short_and_full_key_and_what_is_refused(rubric: Rubric) -> None:
    assert rubric.with_readings({"Q1_steps": "floor"}).readings == rubric.with_readings({"Q1": "floor"}).readings
    again = rubric.with_readings({"Q1": "floor"}).with_readings({"Q2": "one_decimal"})
    assert (again.readings["Q1"].chosen, again.readings["Q2"].chosen) == ("floor", "one_decimal")
    assert rubric.readings["Q1"].chosen == "ceil"
    with pytest.raises(ScoringError, match="没有这处解读；已有：Q1_steps、"):
        rubric.with_readings({"Q41": "x"})
    with pytest.raises(ScoringError, match=r"没有这种读法；.*可选：ceil、floor、linear"):
        rubric.with_readings({"Q1": "round"})
    with pytest.raises(ScoringError, match="no_item_limit"):
        rubric.with_readings({"Q4": "split"})
