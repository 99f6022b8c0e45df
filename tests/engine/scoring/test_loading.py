"""The grammar of a rubric: what a page may say, and where a wrong one is blamed."""

from pathlib import Path

import pytest

from renjia.engine.pages import PageError
from renjia.engine.scoring import ScoringError, load_rubric, rubric_ids, run_cases, score
from scoring_pages import COVER, THING, write


def wrong(root: Path, old: str, new: str) -> PageError:
    cover, thing = (text.replace(old, new) for text in (COVER, THING))
    assert (cover, thing) != (COVER, THING)
    with pytest.raises(PageError) as caught:
        load_rubric("trial", write(root, cover, thing))
    return caught.value


def test_a_rubric_is_a_folder(tmp_path: Path) -> None:
    rubric = load_rubric("trial", write(tmp_path))
    assert rubric_ids(tmp_path) == ["trial"] and list(rubric.atoms) == ["T1", "T2", "T3"]
    given = {"件数（件）": 3, "占比（%）": 84, "做了（是/否）": "否"}
    assert score(rubric, {"甲": given}).places["甲"].total == 20 - 2 - 2 - 3
    assert score(rubric.with_readings({"Q1": "floor"}), {"甲": given}).places["甲"].total == 14
    assert score(rubric.with_readings({"Q2": "other"}), {"甲": given}).places["甲"].total == 14


def test_no_such_rubric(tmp_path: Path) -> None:
    with pytest.raises(ScoringError, match="没有这份细则；已有：trial"):
        load_rubric("other", write(tmp_path))


@pytest.mark.parametrize(
    ("old", "new", "said", "file"),
    [
        ("short: 件数（件）", "short: 件数", "「件数」不是事实", "thing"), ("short: 件数（件）", "short: 「件数」", "没有叫「件数」的事实", "thing"),
        ("target: 4", "tarket: 4", "不认识的键「tarket」", "thing"), (", target: 4", "", "缺「target」", "thing"),
        ("points: 2", "points: 两", "「两」不是数", "thing"), ("points: 2", "points: -2", "「-2」不是数", "thing"),
        (", below: 90", "", "below 与 above", "thing"), ("each: 5", "each: 0", "不能是 0", "thing"),
        ("short: 件数（件）", "shirt: 件数（件）", "规则应恰有一种", "thing"), ("says: 没有做, ", "", "缺「says」", "thing"),
        ("once: 「做了（是/否）」 = 否", "once: 「做了（是/否）」 = 没", "没有「没」这一项", "thing"),
        ("once: 「做了（是/否）」 = 否", "once: 「件数（件）」", "不是判断", "thing"),
        ("once: 「做了（是/否）」 = 否", "bonus: 件数（件）", "与这一块的办法 deduct 不合", "thing"),
        ("Q2_word: {other", "Q9_none: {other", "没有解读「Q9_none」", "thing"), ("{other: {each", "{else: {each", "没有读法「else」", "thing"),
        ("type: count", "type: number", "「number」不在可选之内", "thing"), ("full: 4", "full: 四", "不是数", "thing"),
        ("type: yes_no, full: 是", "type: choice, full: 是", "choices 与 type 不合", "thing"),
        ("T3:", "T1:", "写了两次", "thing"), ("items: [thing]", "items: [thing, other]", "没有「other.yaml」", "_rubric"),
        ("items: [thing]", "items: [thing, thing]", "编入了两次", "_rubric"), ("items: [thing]", "items: []", "没有编入任何一块", "thing"),
        ("limit: 20, floor: 0, items", "floor: 0, items", "要有 limit", "_rubric"), ("total ≥ 10", "score ≥ 10", "不能相比", "_rubric"),
        ("total ≥ 10", "total ≥", "缺一个数", "_rubric"), ("by: total", "by: 总分", "不能按「总分」排名", "_rubric"),
        ("Q2_word: {name", "Q1_word: {name", "解读「Q1」有两处", "_rubric"), ("rubric: trial", "rubric: other", "与文件夹", "_rubric"),
        ("undecided: 未定", "undecided: 未定, rounding: up", "不是取整办法", "_rubric"),
        ("then: []", "than: []", "不认识的键「than」", "_rubric"),
        ("{undecided", "{undecide", "不认识的键「undecide」", "_rubric"),
        ("main: {name", "bonus: {name", "缺 main", "_rubric"),
        ("item: thing", "item: other", "与文件名", "thing"),
    ],
)  # fmt: skip
def test_a_wrong_page_is_blamed_in_its_line(tmp_path: Path, old: str, new: str, said: str, file: str) -> None:
    error = wrong(tmp_path, old, new)
    assert said in error.what and error.remedy and error.path.stem == file
    lines = error.path.read_text().splitlines()
    assert 1 <= error.line <= len(lines)


def test_the_line_is_that_of_the_fault(tmp_path: Path) -> None:
    error = wrong(
        tmp_path,
        "T3: {says: 没有做, once: 「做了（是/否）」 = 否, points: 3}",
        "T3:\n    says: 没有做\n    once: 「做了（是/否）」 = 没\n    points: 3",
    )
    assert error.path.read_text().splitlines()[error.line - 1].strip() == "once: 「做了（是/否）」 = 没"


@pytest.mark.parametrize(
    ("case", "said"),
    [
        ("{facts: {件数（件）: 3}, points: {T1: -1}}", "T1 例中写 -1，算得 -2"),
        ("{facts: {件数: 3}, points: {T1: -2}}", "没有叫「件数」的事实"),
        ("{facts: {件数（件）: 3}, points: {T9: -2}}", "没有评分「T9」"),
        ("{facts: {件数（件）: -3}, points: {T1: -2}}", "不能是负数"),
        ("{facts: {件数（件）: 3}, readings: {Q1: up}, points: {T1: -2}}", "没有这种读法"),
        ("{facts: {件数（件）: 3}, point: {T1: -2}}", "不认识「point」"),
        ("{facts: {件数（件）: 3}}", "要写 facts 和 points"),
    ],
)
def test_a_case_that_does_not_hold_is_told(tmp_path: Path, case: str, said: str) -> None:
    rubric = load_rubric("trial", write(tmp_path, thing=THING + f"cases:\n  - 一例: {case}\n"))
    (fault,) = run_cases(rubric)
    assert said in fault.what and fault.path.name == "thing.yaml"
    assert "一例" in fault.path.read_text().splitlines()[fault.line - 1]


def test_cases_of_grades(tmp_path: Path) -> None:
    cases = "cases:\n  - 对: {total: 10, grade: 好}\n  - 错: {total: 9.99, grade: 好}\n"
    (fault,) = run_cases(load_rubric("trial", write(tmp_path, COVER + cases)))
    assert (fault.name, fault.what) == ("错", "例中写「好」，算得「差」")


def test_cap_and_row_belong_to_one_block(tmp_path: Path) -> None:
    capped = THING + "  T4: {says: 扣满为止, cap: [T1, T9], limit: 3}\n"
    with pytest.raises(PageError, match="「T9」不是同一块里的评分"):
        load_rubric("trial", write(tmp_path, thing=capped))
    good = load_rubric("trial", write(tmp_path, thing=capped.replace("T9", "T3")))
    given = {"件数（件）": 0, "占比（%）": 90, "做了（是/否）": "否"}
    one = score(good, {"甲": given}).places["甲"]
    assert (one.points("T4"), one.total) == (8, 17)


def test_weighted_points_are_pro_rata_and_exact(tmp_path: Path) -> None:
    cover = COVER.replace("{name: 甲块, limit", "{name: 甲块, way: earn, limit")
    head = THING[: THING.index("atoms:")] + "atoms:\n"
    more = "  T1: {says: 越多越好, weighted: 占比（%）, from: 60, to: 90, points: 10}\n"
    less = "  T2: {says: 越少越好, weighted: 件数（件）, from: 10, to: 4, points: 10, decimals: 2}\n"
    rubric = load_rubric("trial", write(tmp_path, cover, head + more + less))
    seen = [
        score(rubric, {"甲": {"占比（%）": share, "件数（件）": many, "做了（是/否）": "是"}}).places["甲"]
        for share, many in [(60, 10), (75, 7), (100, 0), (70, 8)]
    ]
    assert [(str(one.points("T1")), str(one.points("T2"))) for one in seen] == [
        ("0", "0"), ("5", "5"), ("10", "10"), ("10/3", "333/100"),
    ]  # fmt: skip


def test_a_fact_that_divides_by_nothing_is_refused(tmp_path: Path) -> None:
    thing = THING.replace("once: 「做了（是/否）」 = 否", "once: 100 / 「件数（件）」 > 50")
    rubric = load_rubric("trial", write(tmp_path, thing=thing))
    with pytest.raises(ScoringError, match="甲街道：算式里分母是 0"):
        score(rubric, {"甲街道": {"件数（件）": 0, "占比（%）": 90, "做了（是/否）": "是"}})
