"""Rows: what is accepted, what goes back, what is only said."""

import datetime as dt

import pytest

from renjia.records.intake import FIELDS, Refusal, check, examine, load_feeds, read_file

BORN, REPORTED, MOTHER = "分娩时间", "上报日期", "产妇证件号码"


def returned(checked) -> list[str]:
    return [str(problem) for row in checked.returned for problem in row.problems if problem.severity == "return_row"]


def warned(checked) -> list[str]:
    return [str(problem) for problem in checked.problems if problem.severity == "warn"]


def test_a_good_row(build) -> None:
    checked = build.check([build.row(1)])
    values = checked.accepted[0].values
    assert values.keys() == FIELDS.keys()
    assert (values["born"], values["minute"], values["reported"]) == (dt.date(2025, 3, 2), 510, dt.date(2025, 3, 30))
    assert (values["weight"], values["order"], values["sex"], values["plurality"]) == (3250, 1, "1", None)
    assert (checked.accepted[0].record, checked.accepted[0].cells, checked.problems) == ("H00000001", (), [])
    assert checked.notes[:2] == ["工作表「表一」", "表头在第 1 行"]
    assert checked.notes[-1] == "收到 1 行：可收 1，退回 0，重复 0；提醒 0 条"


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({BORN: "2025-02-30"}, "第 2 行「分娩时间」2025-02-30 没有这一天"),
        ({BORN: ""}, "第 2 行「分娩时间」没有出生日期"),
        ({BORN: "03/04/2025"}, "分不清哪个是月"),
        ({BORN: "2025-03-30 08:00", REPORTED: "2025-03-28"}, "出生晚于上报日期 2025-03-28"),
        ({BORN: "2026-01-02", REPORTED: ""}, "出生日期在今天之后"),
        ({BORN: "2025-04-02", REPORTED: ""}, "出生在 2025-03 之后"),
        ({MOTHER: "3.10115198001011E+17"}, "「产妇证件号码」3.10115198001011E+17 号码成了科学计数法，后几位已丢失"),
        ({"病案号": "2.025E+13"}, "「病案号」2.025E+13 编号成了科学计数法"),
        ({"产妇姓名": "", MOTHER: "", "新生儿姓名": "无"}, "无从比对"),
    ],
)
def test_rows_that_go_back(build, changes: dict[str, str], says: str) -> None:
    checked = build.check([build.row(1, **changes), build.row(2)])
    assert (len(checked.accepted), len(checked.returned), checked.rows) == (1, 1, 2)
    assert any(says in text for text in returned(checked)), returned(checked)
    assert checked.returned[0].cells[0] == build.row(1, **changes)[0]


def test_an_identity_kept_as_a_number_goes_back(build) -> None:
    line: list[object] = [*build.row(1)]
    line[3] = 310115199312186689
    checked = build.check([line])
    assert "后几位已丢失" in returned(checked)[0]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({MOTHER: "310115199312186680"}, "校验码不符"),
        ({MOTHER: "31011519931218668"}, "只有 17 位"),
        ({MOTHER: "某某"}, "只填号码"),
        ({"新生儿性别": "不男不女"}, "不认得的性别"),
        ({"出生体重(g)": "32"}, "体重 32 克不合理"),
        ({"现住址代码": "某路1号"}, "不是 6、9 或 12 位的区划代码"),
        ({"联系电话": "12345"}, "不像电话号码"),
        ({REPORTED: "2025-04-02"}, "不在所报的 2025-03"),
        ({REPORTED: "什么时候"}, "不是日期"),
        ({BORN: "2020-03-01 08:00"}, "出生已满 3 年才上报"),
        ({BORN: "2025-03-01 24:00"}, "24:00 按次日 0:00 读"),
        ({BORN: "2025-03-29 24:00", REPORTED: "2025-03-29"}, "比上报日期晚 1 天"),
        ({"产妇姓名": "李\u202e梅"}, "看不见的控制字符"),
        ({"产妇姓名": "=cmd|x"}, "像公式"),
    ],
)
def test_faults_that_never_lose_a_birth(build, changes: dict[str, str], says: str) -> None:
    checked = build.check([build.row(1, **changes), build.row(2), build.row(3)])
    assert len(checked.accepted) == 3
    assert any(says in text for text in warned(checked)), warned(checked)
    assert checked.accepted[0].problems
    assert all(problem.remedy and problem.file and problem.row == 2 for problem in checked.accepted[0].problems)


def test_a_mother_without_number_is_counted_not_blamed(build) -> None:
    checked = build.check([build.row(1, **{MOTHER: ""}), build.row(2, **{MOTHER: "无"}), build.row(3)])
    assert (len(checked.accepted), checked.problems) == (3, [])
    assert "「产妇证件号码」空缺的 2 行" in checked.notes


def test_the_fathers_number_in_the_mothers_place(build) -> None:
    man = build.identity("31011519900101001")
    checked = build.check([build.row(1, **{MOTHER: man})])
    assert "像母亲的号码" in warned(checked)[0]
    child = build.identity("31011520200101002")
    assert "按号码生育时 5 岁" in warned(build.check([build.row(1, **{MOTHER: child})]))[0]


@pytest.mark.parametrize("word", ["死胎", "死产", "胎死宫内", "死胎引产"])
@pytest.mark.parametrize("column", ["分娩结局", "妊娠结局", "出生状态", "健康状况", "备注"])
def test_a_stillbirth_is_never_sent_back(build, word: str, column: str) -> None:
    header = [*build.HEADER, column]
    bad = {BORN: "", MOTHER: "3.1E+17", "产妇姓名": "", "新生儿姓名": "", "病案号": "1.2E+11"}
    checked = build.check([[*build.row(1), word], [*build.row(2, **bad), word], [*build.row(3), ""]], header=header)
    assert [row.values["outcome"] for row in checked.accepted] == ["still", "still", ""]
    assert checked.returned == []


def test_a_stillbirth_by_the_babys_name(build) -> None:
    checked = build.check([build.row(1, 新生儿姓名="李梅之子（死胎）"), build.row(2, 新生儿姓名="死产")])
    assert [(row.values["outcome"], row.values["baby_name"]) for row in checked.accepted] == [
        ("still", ""),
        ("still", ""),
    ]


def test_a_child_that_died_after_birth_was_born(build) -> None:
    checked = build.check([[*build.row(1), "新生儿死亡"], [*build.row(2), "活产"]], header=[*build.HEADER, "分娩结局"])
    assert [row.values["outcome"] for row in checked.accepted] == ["live", "live"]
    checked = build.check([[*build.row(1), "否"], [*build.row(2), "是"]], header=[*build.HEADER, "是否活产"])
    assert [row.values["outcome"] for row in checked.accepted] == ["still", "live"]


def test_most_rows_of_another_month_refuse_the_file(build) -> None:
    march, april = ("2025-03-30", "2025-04-02")
    rows = [build.row(number, **{REPORTED: march if number < 3 else april}) for number in range(1, 6)]
    with pytest.raises(Refusal, match=r"报的是 2025-03，但 5 行中只有 2 行在当月上报，3 行在 2025-04"):
        build.check(rows)
    assert len(build.check(rows, month="2025-04").accepted) == 5
    assert len(build.check(rows, month=None).accepted) == 5
    assert len(build.check(rows[:4]).accepted) == 4


def test_a_registration_may_come_before_the_birth(build) -> None:
    header = ["登记编号", "女方姓名", "子女出生日期", "登记日期"]
    rows = [["R1", "李梅", "2025-03-20", "2025-03-01"], ["R2", "王芳", "2026-03-20", "2025-03-02"]]
    checked = build.check(rows, header=header, filename="生育登记.xlsx")
    assert [row.record for row in checked.accepted] == ["R1"]
    assert "出生日期在今天之后" in returned(checked)[0]
    assert "登记在出生之前的 1 行" in checked.notes


def test_day_and_time_in_two_columns(build) -> None:
    header = ["病案号", "产妇姓名", "分娩日期", "分娩时间", "上报日期"]
    rows = [
        ["1", "李", "2025-03-01", "08:30", "2025-03-09"],
        ["2", "王", "2025-03-01", "2025-03-01 00:05", "2025-03-09"],
        ["3", "张", "", "2025-03-02 23:59", "2025-03-09"],
        ["4", "赵", "2025-03-01", "2025-03-03 08:00", "2025-03-09"],
        ["5", "钱", "2025-03-01", "", "2025-03-09"],
    ]
    checked = build.check(rows, header=header)
    found = [(row.values["born"].day, row.values["minute"]) for row in checked.accepted]
    assert found == [(1, 510), (1, 5), (2, 1439), (1, None), (1, None)]
    assert "与前一列的日期 2025-03-01 不同" in warned(checked)[0]


def test_excel_day_numbers_in_a_date_column(build) -> None:
    line: list[object] = [*build.row(1)]
    line[5], line[11] = 45718.354166667, 45746
    checked = build.check([line])
    values = checked.accepted[0].values
    assert (values["born"], values["minute"], values["reported"]) == (dt.date(2025, 3, 2), 510, dt.date(2025, 3, 30))
    assert "「分娩时间」是 Excel 日期序列号，已换算： 1 行" in checked.notes


def test_foreigners_and_full_width(build) -> None:
    checked = build.check([build.row(1, 产妇姓名="ＭＡＲＹ　ＪＯＮＥＳ", **{MOTHER: "Ｇ１２３４５６７８"})])
    values = checked.accepted[0].values
    assert (values["mother_name"], values["mother_id"], checked.problems) == ("MARY JONES", "G12345678", [])


def test_a_cell_too_many_sends_the_row_back(build) -> None:
    data = build.csv([build.HEADER, build.row(1), [*build.row(2), "x"]])
    checked = check(read_file(data, "住院分娩.csv"), load_feeds()["hospital_delivery"], on=dt.date(2025, 12, 31))
    assert "比表头多 1 格" in returned(checked)[0]
    assert checked.returned[0].cells[-1] == "x"


def test_rows_one_at_a_time_are_the_same_rows(build) -> None:
    rows = [build.row(number, **{BORN: "无" if number == 3 else "2025-03-01"}) for number in range(1, 6)]
    reading = read_file(build.xlsx([build.HEADER, *rows]), "住院分娩.xlsx")
    feed = load_feeds()["hospital_delivery"]
    whole, single = check(reading, feed), list(examine(reading, feed))
    assert sorted([*whole.accepted, *whole.returned], key=lambda row: row.row_number) == single
