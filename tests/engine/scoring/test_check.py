"""What the check of a rubric finds before the year starts."""

from pathlib import Path

import pytest

from renjia.engine.scoring import Finding, Rubric, check, load_rubric
from scoring_pages import COVER, THING, write


def of(found: list[Finding], *kinds: str) -> list[tuple[str, str]]:
    return [(one.where, one.what) for one in found if one.kind in kinds]


def found_in(root: Path, cover: str = COVER, thing: str = THING) -> list[Finding]:
    return check(load_rubric("trial", write(root, cover, thing)))


GRADES_2024 = [
    ("overlap", "总分 70 分同在「一般」、「不合格」"),
    ("hole", "总分大于 89、小于 90 分不在任何等次"),
    ("hole", "总分大于 99、小于 100 分不在任何等次"),
    (
        "conditional_hole",
        "总分从 100、到 120 分只有「优秀」，而不满足其余条件（主要指标 ≥ 95、名次 ≤ 10）的不在任何等次",
    ),
]


def test_grades_of_2024_as_their_sentence_stands(rubric: Rubric) -> None:
    kinds = ("overlap", "hole", "conditional_hole")
    assert [(one.kind, one.what) for one in check(rubric) if one.kind in kinds] == GRADES_2024
    settled = rubric.with_readings({"Q34": "fair", "Q35": "undecided", "Q36": "undecided"})
    assert [(one.kind, one.what) for one in check(settled) if one.kind in kinds] == GRADES_2024
    assert all("Q34_seventy" in one.remedy for one in check(rubric) if one.kind in kinds)


def test_demands_of_2024_without_points(rubric: Rubric) -> None:
    demands = [what for _, what in of(check(rubric), "demand_without_points")]
    words = ["国际家庭日", "签约服务率", "绿色通道", "迁入迁出", "落实率100%",
        "居家探访", "新建母婴设施", "药具计划", "300人次", "法律咨询热线", "重大病慰问"]  # fmt: skip
    assert all(any(word in demand for demand in demands) for word in words)
    assert all("没有扣分条款" in demand for demand in demands)


def test_points_of_2024_that_cannot_be_reached(rubric: Rubric) -> None:
    found = dict(of(check(rubric), "unreachable"))
    # block 2: 3 + 5 + 5 + 4 trainings + 5 + 2 = 24 of 7; block 4's two levels exclude each other: 10 of 12, so not told
    assert found["加强领导，稳定机构队伍，落实目标责任制"].startswith(
        "分值 7 分，单是不计例数的各条合计 24 分，其中 17 分扣不到"
    )
    assert "依法行政" not in found


def test_a_sound_rubric_has_no_finding_of_these(tmp_path: Path) -> None:
    kinds = [one.kind for one in found_in(tmp_path)]
    assert set(kinds) <= {"unreachable"}


@pytest.mark.parametrize(
    ("old", "new", "kind", "said"),
    [
        ("limit: 20, floor: 0, items", "limit: 90, floor: 0, items", "unreachable", "61 分人人都有"),
        ("limit: 20, floor: 0, items", "limit: 15, floor: 0, items", "unreachable", "20 分，各块分值合计 15 分"),
        ("total < 10}", "total ≤ 10}", "overlap", "总分 10 分同在「好」、「差」"), ("total < 10}", "total < 9.5}", "hole", "从 9.5、小于 10 分"),
        ("total < 10}", "total < 10, main: main > 1}", "conditional_hole", "（主要指标 > 1）"),
        ("  差:", "  超: {when: {total: total > 20}}\n  差:", "unreachable", "「超」要的总分谁也到不了"),
        ("full: 4", "full: 3", "full_marks", "仍失 2 分"),
        ("type: count, unit: 件, full: 4}",
         "type: count, unit: 件, full: 4}\n  别的（件）: {type: count, full: 0}", "fact_without_item", "「别的（件）」没有一条评分用到"),
        ("says: 做好这件事。", "says: 做好这件事。\nunscored: [办一次会]", "demand_without_points", "「办一次会」没有扣分条款"),
        ("count: Q1_way, ", "", "unused_reading", "「一处」没有改变任何一条"),
        ("  T3: {says: 没有做", "  T5: {says: 扣满, cap: [T3], limit: 3}\n  T3: {says: 没有做", "idle_cap", "3 分的限额永远用不上"),
    ],
)  # fmt: skip
def test_a_planted_fault_is_found(tmp_path: Path, old: str, new: str, kind: str, said: str) -> None:
    before = found_in(tmp_path)
    cover, thing = COVER.replace(old, new), THING.replace(old, new)
    after = [one for one in found_in(tmp_path, cover, thing) if one not in before]
    assert any(one.kind == kind and said in one.what and one.remedy for one in after), after


def test_an_item_without_facts_is_found(tmp_path: Path) -> None:
    empty = "item: empty\nname: 空项\ncites: {document: 某办法, number: 一号}\nsays: 没有评分。\natoms: {}\n"
    root = write(tmp_path, COVER.replace("[thing]", "[thing, empty]"), empty=empty)
    assert of(check(load_rubric("trial", root)), "item_without_facts") == [("空项", "这一项没有用到任何事实，评不出分")]


def test_an_earning_block_that_cannot_be_filled(tmp_path: Path) -> None:
    cover = COVER.replace("{name: 甲块, limit", "{name: 甲块, way: earn, limit")
    thing = (
        THING[: THING.index("atoms:")]
        + "atoms:\n  T1: {says: 得分, weighted: 占比（%）, from: 0, to: 90, points: 12}\n"
    )
    assert ("甲块", "分值 20 分，各条合起来最多得 12 分，8 分谁也得不到") in of(
        found_in(tmp_path, cover, thing), "unreachable"
    )
