"""人员比较 — what two values of a field are to one another; which fields are known."""

import numpy as np
import pyarrow as pa
import pytest

from renjia.engine.linkage.persons.blocks import candidates
from renjia.engine.linkage.persons.compare import person_levels
from renjia.engine.linkage.persons.fields import MOST_FIELDS, Field, address_text, date_digits, registry
from renjia.engine.linkage.persons.levels import LABELS, Likeness

SAME = set(range(Likeness.SAME_1, Likeness.SAME_6 + 1))


def level(kind: str, left: str, right: str) -> int:
    table = pa.table({"record": ["a", "b"], "value": [left, right], "other": ["1", "1"]})
    people = registry(table, [Field("value", "值", kind), Field("other", "其他", "code")], ())
    return int(person_levels(people, np.array([0]), np.array([1]))[0, 0])


@pytest.mark.parametrize(
    "kind, left, right, expected",
    [
        ("name", "李梅", "", Likeness.MISSING),
        ("name", "李梅", "李玫", Likeness.SOUND),
        ("name", "王思溪", "王思涵", Likeness.NEAR),
        ("name", "李梅", "李静", Likeness.NEAR),
        ("name", "李思溪", "李建国", Likeness.PART),
        ("name", "李思溪", "陈建国", Likeness.DIFFERENT),
        ("name", "mitchell", "mitchel", Likeness.NEAR),
        ("name", "mitchell", "mihcell", Likeness.NEAR_TWO),
        ("name", "catherine", "cathrynne", Likeness.ALIKE),
        ("document", "310199199404245743", "31019919940424576X", Likeness.BOTH_VALID),
        ("document", "310199199404245743", "310199199404245741", Likeness.SAME_6),  # the check digit is not compared
        ("document", "310199199404245743", "310199199404245844", Likeness.NEAR),
        ("document", "310199199404245743", "310199197701013231", Likeness.DIFFERENT),
        ("date", "1994-04-24", "1994年4月24日", Likeness.SAME_6),
        ("date", "1994-04-03", "1994-03-04", Likeness.SWAPPED),
        ("date", "1994-04-24", "1994-04-25", Likeness.NEAR),
        ("date", "19940424", "1994-13-24", Likeness.NEAR_TWO),
        ("phone", "13712346287", "+86 137 1234 6287", Likeness.SAME_6),
        ("phone", "13712346287", "13712346278", Likeness.NEAR),
        ("address", "东安路12弄3号401室", "东安路12弄3号", Likeness.ALIKE),
        ("address", "东安路12弄3号401室", "东安路45号", Likeness.PART),
        ("address", "东安路12弄3号401室", "东安路12弄3号402室", Likeness.NEAR),
        ("address", "12 Stanley Street", "12 stanley  street", Likeness.SAME_6),
        ("code", "男", "1", Likeness.SAME_6),
        ("code", "男", "女", Likeness.DIFFERENT),
        ("code", "男", "9", Likeness.MISSING),
    ],
)
def test_levels(kind: str, left: str, right: str, expected: int) -> None:
    found = level(kind, left, right)
    assert found == level(kind, right, left)
    assert found in SAME if expected == Likeness.SAME_6 else found == expected


def test_every_level_but_missing_has_words() -> None:
    assert set(LABELS) == set(Likeness) - {Likeness.MISSING}


def test_a_value_in_the_neighbouring_column_is_seen() -> None:
    table = pa.table({"record": ["a", "b"], "given_name": ["taylor", "green"], "surname": ["green", "taylor"]})
    people = registry(table, None, ())
    assert candidates(people)[0].tolist() == [0]
    assert person_levels(people, np.array([0]), np.array([1])).tolist() == [[Likeness.CROSSED] * 2]


def test_date_and_sex_are_read_from_a_whole_number() -> None:
    told = {"name": "李梅", "id_number": "310199199404245743", "born": "", "sex": None}
    people = registry(pa.Table.from_pylist([{"record": "a", **told}]), None, ())
    by_name = {one.field.name: one.texts[one.code[0]] for one in people.columns}
    assert (by_name["born"], by_name["sex"]) == ("19940424", "2")


def test_pairs_inside_a_source_without_repetitions_are_not_even_compared() -> None:
    told = {"name": ["李梅"] * 4, "sex": ["女"] * 4, "phone": ["13712346287"] * 4}
    table = pa.table({"record": list("abcd"), "source": list("AABB"), **told})
    assert len(candidates(registry(table, None, ()))[0]) == 6
    assert len(candidates(registry(table, None, ("A", "B")))[0]) == 4
    people = registry(table, None, ("A",))
    assert len(candidates(people)[0]) == 5 == people.pairs_possible()


@pytest.mark.parametrize("text, read", [("1990-3-7", "19900307"), ("1990年03月07日", "19900307"), ("1990/3/7 0:00", "19900307"),
                                        ("19901332", "19901332"), ("去年", ""), ("3-7", "")])  # fmt: skip
def test_dates(text: str, read: str) -> None:
    assert date_digits(text) == read


def test_addresses() -> None:
    assert address_text("東安路 12弄－３號") == "东安路12弄3号"
    assert address_text("Unit 3/12,  Kent St.") == "UNIT 3 12 KENT ST"


@pytest.mark.parametrize(
    "fields, said",
    [
        ([Field("name", "姓名", "name"), Field("none", "无", "code")], "没有「none」列"),
        ([Field("name", "姓名", "text"), Field("sex", "性别", "code")], "不认识"),
        ([Field("name", "姓名", "name")] * (MOST_FIELDS + 1), "至多 13 个"),
    ],
)
def test_a_wrong_list_of_fields_is_refused(fields: list[Field], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        registry(pa.table({"record": ["a"], "name": ["李梅"], "sex": ["女"]}), fields, ())
