"""姓名 — spellings that must meet, and the many ways a hospital writes a child without a name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renjia.engine.linkage.names import (
    canonical,
    may_be_unnamed,
    noted,
    parent_within,
    says_stillborn,
    sounded,
    spelled,
    unnamed,
)


@pytest.mark.parametrize(
    ("written", "meant"),
    [("張麗蘭", "张丽兰"), (" 李　梅 ", "李梅"), ("李梅（产妇）", "李梅"), ("阿依古丽·买买提", "阿依古丽买买提"),
     ("smith, Anna", "ANNA SMITH"), ("Ａnna　Smith", "ANNA SMITH"), ("不详", ""), ("-", ""), ("曾", "曾")],
)  # fmt: skip
def test_spellings_of_one_name_become_one(written: str, meant: str) -> None:
    assert canonical(written) == meant


@given(st.text(max_size=12))
def test_canonical_is_stable(text: str) -> None:
    once = canonical(text)
    assert canonical(once) == once
    assert len(sounded(once)) == len(once)


def test_sounds_meet_and_differ() -> None:
    assert sounded("李娟静") == sounded("黎绢婧")
    assert sounded("吕丽") != sounded("卢丽")
    assert spelled("李梅") == spelled("LI MEI") == spelled("MEI LI")


@pytest.mark.parametrize(
    ("label", "order", "sex"),
    [
        ("李梅之子", 0, "1"), ("李梅之女", 0, "2"), ("李某之子", 0, "1"), ("李某某之女", 0, "2"), ("李××之子", 0, "1"),
        ("王建国之女", 0, "2"), ("李枚之子", 0, "1"), ("李梅宝", 0, ""), ("李梅宝宝", 0, ""), ("李宝宝", 0, ""),
        ("李梅毛毛", 0, ""), ("毛毛", 0, ""), ("小毛头", 0, ""), ("囡囡", 0, ""), ("李梅婴儿", 0, ""), ("李梅BB", 0, ""),
        ("李梅女婴", 0, "2"), ("李女婴", 0, "2"), ("李梅新生儿", 0, ""), ("新生儿", 0, ""), ("未取名", 0, ""), ("李梅的儿子", 0, "1"),
        ("李氏女婴", 0, "2"), ("李梅男", 0, "1"), ("Baby", 0, ""), ("baby boy", 0, "1"), ("Baby of Li Mei", 0, ""), ("王女", 0, "2"),
        ("李梅大宝", 1, ""), ("李梅二宝", 2, ""), ("李梅小宝", 2, ""), ("李梅大子", 1, "1"), ("李某之二女", 2, "2"),
        ("李梅长子", 1, "1"), ("次女", 2, "2"), ("李梅之次子", 2, "1"), ("双大", 1, ""), ("双二", 2, ""), ("李梅双二", 2, ""),
        ("李梅A", 1, ""), ("李梅B", 2, ""), ("B", 2, ""), ("Baby B", 2, ""), ("Twin A", 1, ""), ("李梅甲", 1, ""), ("乙", 2, ""),
        ("李梅大双", 1, ""), ("小双", 2, ""), ("李梅Ⅱ", 2, ""), ("新生儿李", 0, ""), ("男婴李梅", 0, "1"), ("李××", 0, ""),
        ("未起名字", 0, ""), ("暂未上户", 0, ""), ("取名中", 0, ""), ("无姓名", 0, ""), ("XX", 0, ""), ("某某", 0, ""),
        ("B1", 1, ""), ("李梅之子2", 2, "1"), ("李梅-1", 1, ""), ("李梅双胎之二", 2, ""), ("老大", 1, ""), ("李梅三宝", 3, ""), ("大宝", 1, ""),
    ],
)  # fmt: skip
def test_labels_of_unnamed_infants(label: str, order: int, sex: str) -> None:
    text = canonical(label)
    assert may_be_unnamed(text)
    found = unnamed(text, "李梅", "王建国")
    assert found is not None
    assert (found.order, found.sex) == (order, sex)


@pytest.mark.parametrize("label", ["双大", "李梅双二", "李梅A", "Baby B", "李梅甲", "双胎之小"])
def test_labels_that_speak_of_twins(label: str) -> None:
    found = unnamed(canonical(label), "李梅", "王建国")
    assert found is not None and found.twins


@pytest.mark.parametrize(
    "name", ["王思溪", "王子轩", "史轩子", "李子涵", "陈之一", "王一一", "欧阳子女", "李双双", "丁一", "王梓子", "诸葛宝儿思", "Emma Lee",
             "李小双", "尚未央", "王无忌", "婴宁"]
)  # fmt: skip
def test_real_names_stay_names(name: str) -> None:
    assert unnamed(canonical(name), "李梅", "王建国") is None


def test_a_name_is_not_a_rank_because_it_sounds_like_the_mother() -> None:
    assert unnamed("吴依一", "吴怡", "") is None


@pytest.mark.parametrize(
    ("written", "order", "twins"),
    [("李梅（双1）", 1, True), ("王宇轩(乙)", 2, True), ("李梅[2]", 2, False), ("李梅【双胎之二】", 2, True), ("李梅（小）", 2, False)],
)  # fmt: skip
def test_brackets_may_say_the_rank(written: str, order: int, twins: bool) -> None:
    found = noted(written)
    assert found is not None and (found.order, found.twins) == (order, twins)


@pytest.mark.parametrize("written", ["李梅", "李梅（产妇）", "王思溪（曾用名王溪）", "李梅（女）", ""])
def test_other_brackets_say_none(written: str) -> None:
    assert noted(written) is None


def test_the_mother_may_stand_in_the_label_alone() -> None:
    assert parent_within("李小梅之子") == "李小梅"
    assert parent_within("李小梅宝") == "李小梅"
    assert parent_within("李某之子") == ""
    assert says_stillborn("死胎") and not says_stillborn("李生")


@given(st.sampled_from(["李梅", "李某", "欧阳静", "王建国"]), st.sampled_from(["之", "的", ""]), st.sampled_from("大二长次小甲乙AB12"),
       st.sampled_from(["子", "女", "宝", "毛毛", "儿子", "女儿", "女婴", "宝宝"]))  # fmt: skip
def test_any_label_of_the_usual_grammar_is_no_name(who: str, link: str, rank: str, child: str) -> None:
    mother = who if who in ("李梅", "欧阳静") else "李梅"
    assert unnamed(canonical(who + link + rank + child), mother, "王建国") is not None
