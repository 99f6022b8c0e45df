"""The file that goes back, mended and sent again."""

import io

import openpyxl
from hypothesis import given, settings
from hypothesis import strategies as st

from renjia.records.intake import check, load_feeds, read_file, recognise, returned_file

FEEDS = load_feeds()


def test_bad_rows_go_back_with_reasons_and_come_again(build) -> None:
    rows = [
        build.row(1),
        build.row(2, 分娩时间="2025-02-30"),
        build.row(3),
        build.row(4, 产妇证件号码="3.1E+17", 分娩时间=""),
    ]
    checked = build.check(rows)
    data = returned_file(checked)
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    lines = [[cell.value or "" for cell in line] for line in sheet.iter_rows()]
    assert lines[0] == [*build.HEADER, "原行号", "退回原因", "怎样改"]
    assert [line[-3] for line in lines[1:]] == ["3", "5"]
    assert lines[1][-2] == "「分娩时间」没有这一天"
    assert lines[2][-2] == "「产妇证件号码」号码成了科学计数法，后几位已丢失；「分娩时间」没有出生日期"
    tinted = {cell.coordinate for line in sheet.iter_rows() for cell in line if cell.fill.fgColor.rgb == "FFFBE3DF"}
    assert tinted == {"F2", "D3", "F3"}

    again = read_file(data, "退回.xlsx")
    feed = recognise(again, FEEDS.values())
    second = check(again, feed)
    assert second.unknown_columns == []
    assert [row.row_number for row in second.returned] == [2, 3]
    assert [row.cells[: len(build.HEADER)] for row in second.returned] == [row.cells for row in checked.returned]


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"), max_size=20),
        min_size=3,
        max_size=3,
    )
)
def test_a_cell_comes_back_as_it_was_sent(cells: list[str]) -> None:
    header = ["病案号", "产妇姓名", "新生儿姓名", "备注", "分娩时间"]
    first = _csv([header, ["1", *cells, "不详时间"]])
    checked = check(read_file(first, "住院分娩.csv"), FEEDS["hospital_delivery"])
    second = read_file(returned_file(checked), "住院分娩.xlsx")
    assert second.rows[0][1][:5] == checked.returned[0].cells[:5]


def test_no_cell_of_the_file_is_a_formula(build) -> None:
    for sign in "=+-@＝＋－＠":
        checked = build.check([build.row(1, 产妇姓名=f"{sign}1+1", 分娩时间="")])
        sheet = openpyxl.load_workbook(io.BytesIO(returned_file(checked))).active
        assert all(cell.data_type == "s" or cell.value is None for line in sheet.iter_rows() for cell in line)
        assert sheet["C2"].value == f"'{sign}1+1"


def _csv(rows: list[list[str]]) -> bytes:
    return "\r\n".join(",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows).encode() + b"\r\n"
