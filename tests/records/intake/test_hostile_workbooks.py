"""Workbooks no department would send: each is refused in Chinese, before any parser builds its grid."""

import io
import time
import tracemalloc
import zipfile

import pytest

from renjia.records.intake import Limits, Refusal, read_file
from renjia.records.intake.guards import repack, unpack
from renjia.records.intake.sheet_scan import scan

SHEET = "xl/worksheets/sheet1.xml"
STRINGS = "xl/sharedStrings.xml"
HEAD = b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
TAIL = b"</sheetData></worksheet>"


def refused(data: bytes, name: str = "住院分娩.xlsx") -> str:
    started = time.perf_counter()
    with pytest.raises(Refusal) as caught:
        read_file(data, name)
    assert time.perf_counter() - started < 5
    assert all(problem.severity == "refuse_file" and problem.remedy for problem in caught.value.problems)
    return str(caught.value)


@pytest.fixture
def good(build) -> bytes:
    return build.xlsx([build.HEADER, build.row(1)])


def test_a_bomb_is_stopped_while_inflating(build, good: bytes) -> None:
    bomb = build.parts(good, {SHEET: HEAD + b" " * 70_000_000 + TAIL})
    assert len(bomb) < 300_000
    assert "64 MB" in refused(bomb)
    tracemalloc.start()
    with pytest.raises(Refusal, match="超过 1 MB"):
        unpack(bomb, "a.xlsx", Limits(inflated=1_000_000))
    assert tracemalloc.get_traced_memory()[1] < 8_000_000
    tracemalloc.stop()
    assert "100 倍" in refused(build.parts(good, {SHEET: HEAD + b" " * 5_000_000 + TAIL}))


def test_a_part_that_lies_about_its_size(good: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(good)) as archive:
        size = archive.getinfo(STRINGS).file_size
    lied = good.replace(size.to_bytes(4, "little"), (size - 40).to_bytes(4, "little"))
    assert lied != good
    assert "损坏" in refused(lied)


def test_the_parser_sees_only_what_was_counted(good: bytes) -> None:
    parts = unpack(good, "a.xlsx")
    with zipfile.ZipFile(repack(parts)) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == parts


def test_too_many_parts(build, good: bytes) -> None:
    extra = [(f"xl/more/{number}.xml", b"<a/>") for number in range(250)]
    assert "部件，超过 200 个" in refused(build.parts(good, {}, extra=extra))


@pytest.mark.parametrize(
    "name", ["../evil.xml", "/etc/evil.xml", "xl/../../evil.xml", "xl\\..\\evil.xml", "C:/evil.xml"]
)
def test_paths_that_leave_the_workbook(build, good: bytes, name: str) -> None:
    assert "路径不正当" in refused(build.parts(good, {}, extra=[(name, b"<a/>")]))


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_parts_of_one_name(build, good: bytes) -> None:
    assert "重名部件" in refused(build.parts(good, {}, extra=[(SHEET, HEAD + TAIL)]))


def test_files_within_files(build, good: bytes) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("a.csv", "a")
    assert "嵌有别的文件" in refused(build.parts(good, {}, extra=[("xl/embeddings/a.bin", inner.getvalue())]))
    outer = io.BytesIO()
    with zipfile.ZipFile(outer, "w") as archive:
        archive.writestr("住院分娩.xlsx", good)
    assert "没有 Excel 工作簿" in refused(outer.getvalue())
    assert "扩展名却不是 .xlsx" in refused(outer.getvalue(), "住院分娩.zip")


@pytest.mark.parametrize(("rows", "columns"), [(1, "XFD1048576"), (1, "AAAA1"), (1, "GS1"), (1, "A10000000")])
def test_a_grid_that_is_only_claimed(build, good: bytes, rows: int, columns: str) -> None:
    cells = f'<row r="1"><c r="A1"><v>1</v></c></row><row r="2"><c r="{columns}"><v>1</v></c></row>'.encode()
    told = refused(build.parts(good, {SHEET: HEAD + cells + TAIL}))
    assert "超过 200 列" in told or "超过 1100000 行" in told


def test_a_far_corner_is_refused_by_its_emptiness(build, good: bytes) -> None:
    cells = b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1000000"><c r="GR1000000"><v>1</v></c></row>'
    assert "有内容的只有 2 格" in refused(build.parts(good, {SHEET: HEAD + cells + TAIL}))


def test_styled_but_empty_cells_are_nothing(build) -> None:
    data = build.xlsx([build.HEADER, build.row(1)])
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sheet = archive.read(SHEET).decode()
    far = '<row r="900000"><c r="XFD900000" s="1"/></row></sheetData>'
    claimed = sheet.replace("</sheetData>", far).replace("A1:L2", "A1:XFD1048576")
    assert len(read_file(build.parts(data, {SHEET: claimed.encode()}), "住院分娩.xlsx").rows) == 1


def test_ten_million_empty_rows_are_no_rows(build, good: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(good)) as archive:
        sheet = archive.read(SHEET)
    claimed = sheet.replace(b"</sheetData>", b'<row r="10000000"/></sheetData>')
    assert len(read_file(build.parts(good, {SHEET: claimed}), "住院分娩.xlsx").rows) == 1


def test_one_long_text_pointed_at_by_many_cells(build, good: bytes) -> None:
    text = b"<sst><si><t>" + bytes(range(97, 122)) * 1300 + b"</t></si></sst>"
    rows = b"".join(
        b'<row r="%d">' % number
        + b"".join(b'<c r="%c%d" t="s"><v>0</v></c>' % (65 + place, number) for place in range(10))
        + b"</row>"
        for number in range(1, 1501)
    )
    assert "写开后超过 200 MB" in refused(build.parts(good, {SHEET: HEAD + rows + TAIL, STRINGS: text}))


def test_merged_cells_beyond_number(build, good: bytes) -> None:
    merges = b"".join(b'<mergeCell ref="A%d:B%d"/>' % (number, number) for number in range(1, 100_001))
    sheet = (
        HEAD
        + b'<row r="1"><c r="A1"><v>1</v></c></row></sheetData><mergeCells>'
        + merges
        + b"</mergeCells></worksheet>"
    )
    with pytest.raises(Refusal, match="合并单元格超过 20000 处"):
        scan(unpack(build.parts(good, {SHEET: sheet}), "a.xlsx", Limits(ratio=10_000)), "a.xlsx")


def test_entities_are_not_expanded(build, good: bytes) -> None:
    laughs = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><worksheet>&b;</worksheet>'
    assert "不是 Excel 写出的 XML" in refused(build.parts(good, {SHEET: laughs}))
    outside = b'<?xml version="1.0"?><!DOCTYPE x SYSTEM "file:///etc/hostname"><worksheet/>'
    assert "不是 Excel 写出的 XML" in refused(build.parts(good, {SHEET: outside}))
    assert "不是 Excel 写出的 XML" in refused(build.parts(good, {SHEET: (HEAD + TAIL).decode().encode("utf-16")}))


def test_an_encoding_nobody_knows(build, good: bytes) -> None:
    sheet = HEAD.replace(b'version="1.0"', b'version="1.0" encoding="UF-8"') + TAIL
    assert "内容损坏" in refused(build.parts(good, {SHEET: sheet}))


def test_macros_dde_and_passwords(build, good: bytes) -> None:
    assert "带宏" in refused(build.parts(good, {}, extra=[("xl/vbaProject.bin", b"x")]))
    with zipfile.ZipFile(io.BytesIO(good)) as archive:
        types = archive.read("[Content_Types].xml")
    macro = types.replace(b"spreadsheetml.sheet.main", b"sheet.macroEnabled.main")
    assert "带宏" in refused(build.parts(good, {"[Content_Types].xml": macro}))
    assert "带宏" in refused(good, "住院分娩.xlsm")
    dde = b'<externalLink><ddeLink ddeService="cmd" ddeTopic="/c calc"/></externalLink>'
    assert "DDE" in refused(build.parts(good, {}, extra=[("xl/externalLinks/externalLink1.xml", dde)]))
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
    assert "打开密码" in refused(ole + "EncryptedPackage".encode("utf-16-le"))
    assert "旧版 Excel" in refused(ole, "住院分娩.xls")


def test_an_encrypted_part(good: bytes) -> None:
    marked = bytearray(good)
    marked[marked.index(b"PK\x01\x02") + 8] |= 1
    assert "加了密" in refused(bytes(marked))


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("住院分娩.csv", "扩展名却不是 .xlsx"),
        ("住院分娩.xls", "扩展名却不是 .xlsx"),
        ("住院分娩.docx", "扩展名却不是 .xlsx"),
        ("住院分娩", "扩展名"),
    ],
)
def test_a_name_that_says_otherwise(good: bytes, name: str, says: str) -> None:
    assert says in refused(good, name)


def test_text_that_calls_itself_a_workbook(build) -> None:
    data = build.csv([build.HEADER, build.row(1)])
    assert "内容却不是 Excel" in refused(data, "住院分娩.xlsx")
    assert "扩展名与内容不合" in refused(data, "住院分娩.xls")
    assert "没有内容" in refused(build.xlsx([]))


def test_a_file_name_is_only_a_name(build, good: bytes) -> None:
    assert read_file(good, "../../etc/住院分娩.xlsx").filename == "住院分娩.xlsx"
    assert read_file(good, "C:\\data\\住院分娩.xlsx").filename == "住院分娩.xlsx"
