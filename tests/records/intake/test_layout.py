"""Where the header is, what is title, total or footer; which sheet; how cells become text."""

import datetime as dt
import io

import openpyxl
import pytest

from renjia.records.intake import Choice, Refusal, read_file


@pytest.mark.parametrize("above", range(10))
def test_the_header_in_any_of_the_first_ten_rows(build, above: int) -> None:
    titles = [["2025年3月 住院分娩出生个案（上报表）"], ["填报单位：某医院", "", "2025-03-31"]] * 5
    rows = [*titles[:above], build.HEADER, build.row(1), build.row(2)]
    reading = read_file(build.xlsx(rows), "a.xlsx")
    assert reading.header_row == above + 1
    assert reading.title_rows == list(range(1, above + 1))
    assert [number for number, _ in reading.rows] == [above + 2, above + 3]
    assert f"表头在第 {above + 1} 行" in reading.notes


def test_rows_are_numbered_as_excel_does(build) -> None:
    rows = [[], ["标题"], [], ["", *build.HEADER], [], ["", *build.row(1)], [], [], ["", *build.row(2)]]
    reading = read_file(build.xlsx(rows), "a.xlsx")
    assert (reading.header_row, [number for number, _ in reading.rows]) == (4, [6, 9])
    assert reading.columns[1:] == build.HEADER


@pytest.mark.parametrize(
    "tail",
    [
        [["合计", "2"]], [["", "合 计", "2"]], [["总计：", 2]], [["小计", 2], ["合计", 2]], [["本页合计", 2]],
        [["合计 2 例"]],
        [["合计", 2], ["填表人：张三", "", "审核人：李四"], ["注：本表按月上报"]], [["共2条记录"]], [["（以下空白）"]],
    ],
)  # fmt: skip
def test_totals_and_footers_are_no_data(build, tail: list[list[object]]) -> None:
    reading = read_file(build.xlsx([build.HEADER, build.row(1), build.row(2), *tail]), "a.xlsx")
    assert len(reading.rows) == 2
    assert reading.total_rows + reading.note_rows == list(range(4, 4 + len(tail)))
    assert any("不作数据" in note for note in reading.notes)


def test_a_mother_named_like_a_total_is_a_row(build) -> None:
    reading = read_file(build.xlsx([build.HEADER, build.row(1, 病案号="合计", 产妇姓名="总计")]), "a.xlsx")
    assert (len(reading.rows), reading.total_rows) == (1, [])


def test_pages_pasted_together_and_column_numbers(build) -> None:
    numbers = [str(place) for place in range(1, len(build.HEADER) + 1)]
    rows = [build.HEADER, numbers, build.row(1), build.HEADER, build.row(2)]
    reading = read_file(build.xlsx(rows), "a.xlsx")
    assert (len(reading.rows), reading.repeated_headers) == (2, [2, 4])


def test_a_header_of_two_rows(build) -> None:
    rows = [
        ["登记编号", "女方基本信息", "", "男方", "", "子女", "", "登记日期"],
        ["", "姓名", "证件号码", "姓名", "证件号码", "出生日期", "性别", ""],
        ["R1", "李梅", build.identity(), "王强", build.identity("31011519900101001"), "2025-03-01", "女", "2025-03-09"],
    ]
    reading = read_file(build.xlsx(rows), "生育登记.xlsx")
    assert reading.columns[1:7] == ("女方姓名", "女方证件号码", "男方姓名", "男方证件号码", "子女出生日期", "子女性别")
    assert (reading.columns[0], reading.columns[7], len(reading.rows)) == ("登记编号", "登记日期", 1)


def test_line_breaks_stars_and_spaces_in_column_names(build) -> None:
    header = [
        "*病案号",
        "机构 代码",
        "产妇\n姓名",
        "产妇证件号码（必填）",
        "新生儿姓名：",
        "分娩时间",
        "新生儿性别",
        "出生体重(克)",
        "胎儿序号",
        "现住址代码",
        "联系电话",
        "上报日期",
    ]
    checked = build.check([build.row(1)], header=header)
    assert checked.unknown_columns == []
    assert checked.accepted[0].values["weight"] == 3250


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (1.0, "1"), (3250.0, "3250"), (3.25, "3.25"), (310115024029.0, "310115024029"), (13800000000.0, "13800000000"),
        (310115199312186689, "3.10115199312187E+17"), (310115931218668.0, "310115931218668"),
        (dt.datetime.fromisoformat("2025-03-01T08:30"), "2025-03-01 08:30:00"),
        (dt.datetime.fromisoformat("2025-03-01"), "2025-03-01"), ("　王芳 \u00a0", "王芳"),
    ],
)  # fmt: skip
def test_cells_become_text(build, cell: object, text: str) -> None:
    reading = read_file(build.xlsx([build.HEADER, [cell, *build.row(1)[1:]]]), "a.xlsx")
    assert reading.rows[0][1][0] == text


@pytest.mark.parametrize("options", [{}, {"date_1904": True}])
def test_dates_of_both_epochs(build, options: dict[str, bool]) -> None:
    born = dt.datetime.fromisoformat("2025-03-02T08:30")
    data = build.xlsx([build.HEADER, [*build.row(1)[:5], born, *build.row(1)[6:]]], **options)
    reading = read_file(data, "a.xlsx")
    assert reading.epoch1904 == bool(options)
    assert reading.rows[0][1][5] == "2025-03-02 08:30:00"
    assert any("1904" in note for note in reading.notes) == bool(options)


def test_other_sheets_are_named(build) -> None:
    sheets = {
        "说明": [["填表说明", "按月上报"]],
        "数据": [build.HEADER, build.row(1)],
        "模板": [build.HEADER],
        "旧": [build.HEADER, build.row(2)],
    }
    reading = read_file(build.xlsx(sheets=sheets, hidden=["旧"]), "a.xlsx")
    assert (reading.sheet, len(reading.rows)) == ("数据", 1)
    assert reading.notes[:4] == [
        "工作表「数据」", "另有工作表「说明」未用：没有认得的表头", "另有工作表「模板」未用：只有表头",
        "另有工作表「旧」未用：隐藏的表"
    ]  # fmt: skip


def test_hidden_content_is_warned_of(build) -> None:
    sheets = {"数据": [build.HEADER, build.row(1)], "旧": [build.HEADER, build.row(2)], "空": []}
    reading = read_file(build.xlsx(sheets=sheets, hidden=["旧", "空"]), "a.xlsx")
    assert [problem.reason for problem in reading.problems] == ["有隐藏的工作表「旧」"]


def test_workbooks_of_another_writer(build) -> None:
    book = openpyxl.Workbook()
    book.active.append(build.HEADER)
    book.active.append([*build.row(1)[:5], dt.datetime.fromisoformat("2025-03-02T08:30"), *build.row(1)[6:]])
    book.active.row_dimensions[2].hidden = True
    packed = io.BytesIO()
    book.save(packed)
    reading = read_file(packed.getvalue(), "a.xlsx")
    assert (len(reading.rows), reading.rows[0][1][5]) == (1, "2025-03-02 08:30:00")
    assert "表内有 1 行被隐藏或筛去，也已读入" in reading.notes


def test_two_sheets_of_data_are_asked(build) -> None:
    data = build.xlsx(sheets={"一院": [build.HEADER, build.row(1)], "二院": [build.HEADER, build.row(2)]})
    with pytest.raises(Refusal) as caught:
        read_file(data, "a.xlsx")
    assert [(option.asks, option.value) for option in caught.value.options] == [("sheet", "一院"), ("sheet", "二院")]
    assert caught.value.options[0].preview[0] == build.HEADER
    assert read_file(data, "a.xlsx", Choice(sheet="二院")).rows[0][1][0] == "H00000002"
    with pytest.raises(Refusal, match="没有有内容的工作表「三院」"):
        read_file(data, "a.xlsx", Choice(sheet="三院"))


def test_only_a_hidden_sheet_has_data(build) -> None:
    data = build.xlsx(
        sheets={"封面": [["住院分娩"], ["某", "某"]], "数据": [build.HEADER, build.row(1)]}, hidden=["数据"]
    )
    with pytest.raises(Refusal, match="隐藏的表里有"):
        read_file(data, "a.xlsx")
    assert len(read_file(data, "a.xlsx", Choice(sheet="数据")).rows) == 1


def test_an_unknown_header_is_asked(build) -> None:
    rows = [["甲", "乙", "丙"], ["一", "李梅", "2025-03-01"]]
    with pytest.raises(Refusal) as caught:
        read_file(build.xlsx(rows), "a.xlsx")
    assert [option.value for option in caught.value.options] == ["1", "2"]
    reading = read_file(build.xlsx(rows), "a.xlsx", Choice(header_row=1))
    assert (reading.columns, len(reading.rows)) == (("甲", "乙", "丙"), 1)
    assert "表头在第 1 行，人工选定" in reading.notes
    assert read_file(build.xlsx(rows), "a.xlsx", words=frozenset({"甲", "丙"})).header_row == 1


def test_columns_without_name_and_of_one_name(build) -> None:
    rows = [["产妇姓名", "", "分娩时间", "产妇姓名"], ["李梅", "某", "2025-03-01", "王芳"]]
    reading = read_file(build.xlsx(rows), "a.xlsx")
    assert reading.columns == ("产妇姓名", "第2列（无列名）", "分娩时间", "产妇姓名#2")


def test_formulas_are_said(build) -> None:
    reading = read_file(build.xlsx([build.HEADER, [*build.row(1)[:7], "{=3000+250}", *build.row(1)[8:]]]), "a.xlsx")
    assert "1 格由公式算出" in str(reading.problems[0])
    assert "H2" in reading.problems[0].value


def test_a_file_of_headers_only_is_refused(build) -> None:
    with pytest.raises(Refusal, match="没有数据行"):
        read_file(build.csv([build.HEADER]), "a.csv")


def test_first_rows_can_be_seen(build) -> None:
    reading = read_file(build.xlsx([build.HEADER, *(build.row(number) for number in range(1, 31))]), "a.xlsx")
    shown = reading.preview()
    assert (len(shown), shown[0][0], shown[-1][0]) == (20, 2, 21)
    assert reading.rows.column(0)[-1] == "H00000030"
    assert reading.rows[-1] == (31, tuple(build.row(30)))
