"""Every sentence of the 2024 table leads to a page and back; the facts are those of the published list."""

import csv
import os
from pathlib import Path

import pytest

from renjia.engine.scoring import Rubric, check, count_cases, run_cases

COUNTS = {"A1": 5, "A2": 9, "A3": 7, "A4": 8, "A5": 29, "A6": 15, "A7": 14, "B1": 3, "B2": 3, "B3": 4}
ATOMS = [f"{block}.{number}" for block, many in COUNTS.items() for number in range(1, many + 1)]
OTHERS = ["G1", "G2", "G3", "G4", "V1"]
READINGS = {
    "Q1_steps": "ceil floor linear", "Q2_rate_rounding": "exact one_decimal", "Q3_block_floor": "zero none",
    "Q4": "no_item_limit", "Q5_cap3": "joint second_clause_only", "Q6_cap10": "item last_clause_only",
    "Q7_cards": "from_5th all_once_5 per_5", "Q8_harm": "added instead", "Q9_refusal": "instead added",
    "Q10_procedure": "per_problem per_case", "Q11_quiz": "any_juwei street_total per_juwei", "Q12_resp": "once each",
    "Q13_organs": "once each", "Q14_staff": "once per_person", "Q15_absence": "training_only meetings_too",
    "Q16_petition": "once per_case", "Q17_works": "once per_call", "Q18_experience": "either both_needed",
    "Q19_parenting": "sum each_2", "Q20_freeservice": "once per_case", "Q21_drugs": "per_case once",
    "Q22_nursing_points": "per_point per_incident", "Q23_fpa_items": "eight_once quarter_each once_in_all",
    "Q24_family_items": "three five months_each", "Q25_headcount": "teens_and_parents teens_only none_counts_twice",
    "Q26_volunteers": "at_least_20 more_than_20", "Q27_migrants": "per_item once", "Q28_club": "not_applicable deduct",
    "Q29_guidance": "once per_missing", "Q30_bonus3": "district_only whole_row",
    "Q31_bonus_repeat": "per_award once_a_level highest_level_only", "Q32_star_overlap": "both five_star_not_in_count",
    "Q33_bonus20": "capped uncapped", "Q34_seventy": "fail fair", "Q35_holes": "lower_bound round_half_up undecided",
    "Q36_hundred": "good undecided", "Q37_inclusive": "inclusive exclusive",
    "Q38_ties": "same_rank_all_in main_breaks straddling_out", "Q39_rank_by": "total main",
    "Q40_veto": "grade_only out_of_ranking total_at_most_70",
}  # fmt: skip
ITEM_NAMES = """
开展生育友好宣传教育 宣传活动和和工作信息发布 组织发动市级网络知识竞赛 目标管理和资金保障 计生机构队伍建设 计生信访稳定
人口监测 统计与数据维护 出生个案信息核实 计划生育行政事务办理 计划生育情况审核 计生特殊家庭扶助关怀 计划生育奖励与补助政策落实率
母婴设施建设 彩虹工作坊管理 生殖健康服务 科学育儿指导 孕前优生 生育指导服务 免费计划生育技术服务 免费避孕药具服务管理
组织宣传 家庭服务 承担、参与活动 特色创新 创建工作
""".split()


def test_every_sentence_has_one_page_and_none_is_left_over(rubric: Rubric) -> None:
    assert list(rubric.atoms) == ATOMS
    assert sorted(rubric.traces) == sorted(ATOMS + OTHERS)


def test_the_line_of_a_trace_holds_the_sentence(rubric: Rubric) -> None:
    for atom, (path, line) in rubric.traces.items():
        text = path.read_text().splitlines()[line - 1]
        found = text.strip().startswith(f"{atom}:") or path.name == "_rubric.yaml"
        assert found, f"{atom}: {path.name} 第 {line} 行是 {text}"


def test_items_and_blocks_are_named_and_pointed_as_in_the_source(rubric: Rubric) -> None:
    assert [item.name for item in rubric.items.values()] == ITEM_NAMES
    main = [(block.limit, len(block.items)) for block in rubric.blocks.values() if block.part == "main"]
    assert main == [(10, 3), (7, 3), (10, 3), (12, 2), (26, 2), (20, 8), (15, 2)]
    assert (rubric.parts["main"].limit, rubric.parts["bonus"].limit) == (100, 20)


def test_every_page_says_where_in_the_source_it_stands(rubric: Rubric) -> None:
    for item in rubric.items.values():
        (cite,) = item.page.cites
        block = rubric.blocks[item.block].name
        assert cite["number"] == "浦卫人口〔2024〕2号" and cite["article"] == f"评分表·{block}·{item.name}"


def test_readings_are_those_of_the_ambiguity_table_in_its_order(rubric: Rubric) -> None:
    assert {one.slug: " ".join(one.values) for one in rubric.readings.values()} == READINGS
    assert list(rubric.readings) == [f"Q{number}" for number in range(1, 41)]
    assert all(one.chosen == one.default for one in rubric.readings.values())


def test_cases_beside_the_items_hold(rubric: Rubric) -> None:
    assert [f"{fault.path.name} 第 {fault.line} 行 {fault.name}：{fault.what}" for fault in run_cases(rubric)] == []
    assert count_cases(rubric) > 100
    assert all(item.page.cases for item in rubric.items.values())


def test_facts_of_the_2024_rubric_are_whole(rubric: Rubric) -> None:
    wrong = {"full_marks", "fact_without_item", "item_without_facts", "unused_reading", "idle_cap"}
    assert [one for one in check(rubric) if one.kind in wrong and one.where != "Q4"] == []


@pytest.mark.shared
def test_facts_are_those_of_the_published_list(rubric: Rubric) -> None:
    path = Path(os.environ["SHARED"]) / "data" / "appraisal" / "facts-2024.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["事实"] for row in rows] == list(rubric.facts)
    needs = {fact: [one.id for one in rubric.atoms.values() if fact in one.needs] for fact in rubric.facts}
    assert rubric.veto is not None
    for fact in rubric.veto.facts:
        needs[fact].append(rubric.veto.atom)
    for row in rows:
        spec = rubric.facts[row["事实"]]
        assert spec.parse(row["满分时的值"], as_is=True) == spec.full
        assert row["用于"].split() == needs[spec.name], spec.name
