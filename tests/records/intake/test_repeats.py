"""The same record sent again; two children under one number."""

from hypothesis import given
from hypothesis import strategies as st

from renjia.records.intake import FIELDS, Row
from renjia.records.intake.repeats import Repeats, same_record


def test_the_same_row_again_is_kept_once(build) -> None:
    checked = build.check([build.row(1), build.row(2), build.row(1)])
    assert [row.row_number for row in checked.accepted] == [2, 3]
    assert [(repeat.row_number, repeat.kept_row, repeat.difference) for repeat in checked.repeated] == [(4, 2, "")]
    assert checked.rows == 3
    assert "重复送来的 1 行（第 4 行）只计一次" in checked.notes


def test_a_correction_takes_the_earlier_rows_place(build) -> None:
    checked = build.check([build.row(1), build.row(1, 新生儿姓名="李一诺")])
    assert [(row.row_number, row.record, row.values["baby_name"]) for row in checked.accepted] == [
        (3, "H00000001", "李一诺")
    ]
    assert [(repeat.row_number, repeat.kept_row, repeat.difference) for repeat in checked.repeated] == [
        (2, 3, "baby_name")
    ]


def test_twins_under_the_mothers_number_are_two(build) -> None:
    checked = build.check([build.row(1), build.row(1, 胎儿序号="2", 新生儿性别="2")])
    assert [row.record for row in checked.accepted] == ["H00000001", "H00000001:3"]
    assert "内容是另一个孩子" in str(checked.problems[0])


def test_another_mother_under_the_same_number_is_another(build) -> None:
    other = build.row(2, 病案号="H00000001", 产妇姓名="王芳")
    checked = build.check([build.row(1), other])
    assert len(checked.accepted) == 2


def test_rows_without_number(build) -> None:
    header = ["病案号", "产妇姓名", "分娩时间", "胎数"]
    twins = [["", "李梅", "2025-03-01", "2"]] * 2
    pasted = [["", "王芳", "2025-03-02", ""]] * 2
    checked = build.check([*twins, *pasted], month=None, header=header)
    assert [row.record for row in checked.accepted] == ["住院分娩.xlsx:2", "住院分娩.xlsx:3", "住院分娩.xlsx:4"]
    assert [repeat.row_number for repeat in checked.repeated] == [5]


values = st.fixed_dictionaries(
    {"record_no": st.sampled_from(["", "A", "B"]), "mother_name": st.sampled_from(["", "李", "王"]),
     "sex": st.sampled_from(["", "1", "2"]),
     "order": st.sampled_from([None, 1, 2]), "weight": st.sampled_from([None, 3000, 3100]),
     "plurality": st.sampled_from([None, 1, 2])}
)  # fmt: skip


@given(st.lists(values, max_size=12))
def test_no_row_is_lost_and_no_key_is_twice(rows: list[dict[str, object]]) -> None:
    repeats: Repeats[Row] = Repeats("a.csv")
    blank = dict.fromkeys(FIELDS, "")
    for number, row in enumerate(rows, 2):
        repeats.place(Row(number, str(row["record_no"]) or f"a.csv:{number}", {**blank, **row}))
    kept, repeated = repeats.kept(), repeats.repeated
    assert sorted([row.row_number for row in kept] + [repeat.row_number for repeat in repeated]) == list(
        range(2, 2 + len(rows))
    )
    assert len({row.record for row in kept}) == len(kept)
    # every repeat leads to a kept row
    follow = {repeat.row_number: repeat.kept_row for repeat in repeated}
    for start in follow:
        while start in follow:
            start = follow[start]
        assert start in {row.row_number for row in kept}


def test_what_makes_two_rows_one_record() -> None:
    one = {
        "mother_id": "1",
        "mother_name": "李",
        "born": 1,
        "sex": "1",
        "minute": 5,
        "weight": 3000,
        "baby_name": "甲",
        "order": 1,
    }
    assert same_record(one, {**one, "baby_name": "乙"})
    assert same_record(one, {**one, "mother_id": "2"})
    assert not same_record(one, {**one, "order": 2})
    assert not same_record(one, {**one, "sex": "2", "weight": 2500})
    assert not same_record(one, {**one, "mother_id": "2", "mother_name": "王"})
    assert same_record(one, {**one, "order": None, "sex": "", "weight": None})
    assert same_record({**one, "baby_name": "李某之子"}, {**one, "weight": 3010})


def test_a_number_that_everybody_bears_identifies_nobody() -> None:
    """One record number down a whole column: every child is kept, an equal row still counts once, in linear time."""
    repeats: Repeats[Row] = Repeats("a.csv")
    blank = dict.fromkeys(FIELDS, "")
    for number in range(2, 5002):
        who = min(number, 5000)
        repeats.place(Row(number, "1", {**blank, "record_no": "1", "mother_id": f"M{who}", "mother_name": f"N{who}"}))
    assert len(repeats.kept()) == 4999
    assert [(one.row_number, one.kept_row) for one in repeats.repeated] == [(5001, 5000)]
