"""CSV as departments write it."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renjia.records.intake import Choice, Refusal, read_file
from renjia.records.intake.tables import clean_cell, protect

CHINESE = ("utf-8", "utf-8-sig", "gb18030", "utf-16")


@pytest.mark.parametrize("encoding", [*CHINESE, "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_encodings(build, encoding: str, end: str) -> None:
    rows = [build.HEADER, *(build.row(number, 产妇姓名="𬱖㐂·娟") for number in range(1, 6))]
    reading = read_file(build.csv(rows, encoding, end=end), "住院分娩.csv")
    assert reading.columns == build.HEADER
    assert [list(cells) for _, cells in reading.rows] == [list(one) for one in rows[1:]]
    assert [number for number, _ in reading.rows] == [2, 3, 4, 5, 6]
    assert any("编码" in note for note in reading.notes)


@pytest.mark.parametrize(
    ("delimiter", "name"), [(",", "逗号"), ("\t", "制表符"), (";", "分号"), ("|", "竖线"), ("，", "全角逗号")]
)
def test_delimiters(build, delimiter: str, name: str) -> None:
    rows = [build.HEADER, build.row(1), build.row(2)]
    reading = read_file(build.csv(rows, delimiter=delimiter), "住院分娩.txt")
    assert (reading.delimiter, len(reading.rows), reading.columns) == (delimiter, 2, build.HEADER)
    assert f"分隔符 {name}" in reading.notes


cells = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Cf", "Zs", "Zl", "Zp"), exclude_characters="'=+-@＝＋－＠"),
    min_size=1,
    max_size=12,
)
odd = st.builds("".join, st.tuples(cells, st.sampled_from([",", '"', "\n", ';"', "\t", " "]), cells))


@given(
    st.lists(st.tuples(cells, odd, cells), min_size=1, max_size=5), st.sampled_from(CHINESE), st.sampled_from(",;\t")
)
def test_what_was_written_is_read(rows: list[tuple[str, str, str]], encoding: str, delimiter: str) -> None:
    header = ("产妇姓名", "分娩时间", "产妇证件号码")
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows([header, *rows])
    reading = read_file(
        text.getvalue().encode(encoding), "a.csv", Choice(encoding="utf-8" if encoding == "utf-8" else None)
    )
    kept = {number: list(read) for number, read in reading.rows}
    for number, row in enumerate(rows, 2):
        if number in kept:
            assert kept[number] == list(row)
        else:
            assert number in reading.total_rows + reading.note_rows + reading.repeated_headers


@given(st.text(st.characters(exclude_categories=("Cs",)), max_size=20))
def test_protecting_a_cell_is_undone_by_reading_it(text: str) -> None:
    kept = clean_cell(text)
    assert clean_cell(protect(kept)) == kept
    assert not protect(kept)[:1] or protect(kept)[0] not in "=+-@\t\r＝＋－＠"


def test_excels_shell_is_taken_off(build) -> None:
    line = build.row(1)
    data = (
        build.csv([build.HEADER])
        + f'{line[0]},H1,李梅,"=""{line[3]}""",\'x,2025/03/02 08:30,1,3250,1,310115024029,\t13800000000,'.encode()
        + b"2025/03/30\r\n"
    )
    (_, read), *_ = read_file(data, "住院分娩.csv").rows
    assert (read[3], read[4], read[10]) == (line[3], "x", "13800000000")


def refusal(data: bytes, name: str = "住院分娩.csv", choice: Choice | None = None) -> Refusal:
    with pytest.raises(Refusal) as caught:
        read_file(data, name, choice)
    assert all(problem.severity == "refuse_file" and problem.remedy for problem in caught.value.problems)
    return caught.value


def test_two_encodings_in_one_file(build) -> None:
    rows = [build.row(number) for number in range(1, 9)]
    head = build.csv([build.HEADER, *rows[:4]], "gb18030")
    refused = refusal(head + build.csv(rows[4:5], "utf-8") + build.csv(rows[5:], "gb18030"))
    assert refused.problems[0].row == 6
    refused = refusal(build.csv([build.HEADER, *rows[:4]], "utf-8") + build.csv(rows[4:], "gb18030"))
    assert "混了" in str(refused)


def test_an_unclear_encoding_is_asked(build) -> None:
    data = build.csv([["甲某", "乙某"], ["一", "二"]], "gb18030")
    refused = refusal(data)
    assert {option.asks for option in refused.options} == {"encoding"}
    assert "gb18030" in [option.value for option in refused.options]
    assert refused.options[0].preview
    answered = read_file(data, "a.csv", Choice(encoding="gb18030", header_row=1))
    assert answered.columns == ("甲某", "乙某")


def test_big5_is_asked_not_guessed(build) -> None:
    data = "病案號,產婦姓名,出生日期\r\nH1,陳嘉玲,2025-03-01\r\n".encode("big5")
    assert "big5" in [option.value for option in refusal(data).options]
    assert read_file(data, "a.csv", Choice(encoding="big5", header_row=1)).rows[0][1][1] == "陳嘉玲"


def test_a_chosen_encoding_must_fit(build) -> None:
    refused = refusal(build.csv([build.HEADER, build.row(1)], "gb18030"), choice=Choice(encoding="utf-8"))
    assert "不是 UTF-8" in str(refused)
    assert "不认识编码" in str(refusal(b"a,b", choice=Choice(encoding="latin-1")))


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda data: data.replace(b"3250", b"32\x0050", 1), "NUL"),
        (lambda data: data + b"\0" * 500, "NUL"),
        (lambda data: data.replace(b"H310002", b'"H31"0002', 1), "引号"),
        (lambda data: data.replace(b"H310002", b'"H310002', 1), "引号"),
        (lambda data: data.replace(b"H310002", b"x" * 3000, 1), "2000 字"),
        (lambda data: data.replace(b"3250", b"3250" + b",x" * 300, 1), "200 列"),
        (lambda data: data[: data.index("李".encode())] + b"\xe6", "断开"),
        (lambda data: b"", "空的"),
        (lambda data: b"\0" * 5000, "空的"),
        (lambda data: b"<html><table>" + data, "网页"),
        (lambda data: b"%PDF-1.7" + data, "不是表格文本"),
    ],
)  # fmt: skip
def test_broken_text_is_refused(build, spoil, says: str) -> None:
    data = build.csv([build.HEADER, build.row(1), build.row(2)])
    assert says in str(refusal(spoil(data)))


def test_a_comma_too_many_returns_that_row_only(build) -> None:
    rows = [build.row(1), [*build.row(2)[:2], "上海", *build.row(2)[2:]], build.row(3)]
    reading = read_file(build.csv([build.HEADER, *rows]), "住院分娩.csv")
    assert dict(reading.rows.surplus) == {3: ("2025/03/30",)}
