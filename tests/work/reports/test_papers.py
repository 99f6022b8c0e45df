"""三种文件 — the same numbers in each, the same bytes each time, nothing that a spreadsheet would run."""

import io
import re
import shutil
import subprocess
import zipfile
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from docx import Document

from renjia.records.intake import protect
from renjia.work.reports.bulletin import Bulletin, make_bulletin
from renjia.work.reports.excel import write_excel
from renjia.work.reports.figures import BulletinFigures, StreetFigures
from renjia.work.reports.paper import default_fonts, paper_data, write_paper
from renjia.work.reports.shown import DASH, MINUS, Cell, Share, Signed, shown
from renjia.work.reports.word import write_word

SPACE = re.compile(r"\s+")


@pytest.fixture(scope="module")
def bulletin(figures: BulletinFigures) -> Bulletin:
    return make_bulletin(figures)


@pytest.fixture(scope="module")
def excel(bulletin: Bulletin) -> bytes:
    return write_excel(bulletin)


@pytest.fixture(scope="module")
def word(bulletin: Bulletin) -> bytes:
    return write_word(bulletin)


@pytest.fixture(scope="module")
def paper(bulletin: Bulletin) -> bytes:
    return write_paper(bulletin)


def as_read(value: object, form: str) -> str:
    """A cell of the workbook as a spreadsheet would show it, by its number format."""
    if isinstance(value, str):
        return value
    assert isinstance(value, int | float)
    places = len(form.split(";")[0].partition(".")[2].strip("%"))
    if form.endswith("%"):
        return f"{value * 100:.{places}f}%"
    if form.startswith("+"):
        return ("+" if value > 0 else MINUS if value < 0 else "") + f"{abs(value):,.{places}f}"
    return f"{value:,.{places}f}"


def test_excel_holds_every_cell_as_a_number_with_its_format(bulletin: Bulletin, excel: bytes) -> None:
    book = openpyxl.load_workbook(io.BytesIO(excel))
    for table in bulletin.tables:
        sheet = book[table.title]
        wanted = [[shown(cell) for cell in row] for row in (*table.rows, *([table.total] if table.total else []))]
        read = [
            [as_read(cell.value, cell.number_format) for cell in row]
            for row in sheet.iter_rows(min_row=3, max_row=2 + len(wanted), max_col=len(table.columns))
        ]
        assert read == wanted, table.title
        numbers: list[Cell] = [cell for cell in table.rows[0] if isinstance(cell, int | Decimal | Share | Signed)]
        kinds = [cell.data_type for cell in sheet[3]][: len(table.columns)]
        assert kinds.count("n") == sum(shown(cell) != DASH for cell in numbers) or table.id == "overview"
    words = {row[0].value for row in book["月报"].iter_rows()}
    assert {sentence.text for sentence in bulletin.sentences} <= words


def test_excel_prints_landscape_a4_with_the_head_on_every_page(bulletin: Bulletin, excel: bytes) -> None:
    book = openpyxl.load_workbook(io.BytesIO(excel))
    for sheet in book:
        assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "landscape")
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
    for table in bulletin.tables:
        assert book[table.title].freeze_panes.endswith("3")
        assert book[table.title].print_title_rows == "$1:$2"


def test_word_holds_the_same_cells_and_sentences(bulletin: Bulletin, word: bytes) -> None:
    paper = Document(io.BytesIO(word))
    for made, table in zip(paper.tables, bulletin.tables, strict=True):
        rows = [[box.text for box in row.cells] for row in made.rows]
        assert rows[0] == [column.title for column in table.columns]
        assert rows[1:] == [[shown(c) for c in row] for row in (*table.rows, *([table.total] if table.total else []))]
        assert made.rows[0]._tr.trPr.xpath("w:tblHeader")
    written = {paragraph.text for paragraph in paper.paragraphs}
    assert {sentence.text for sentence in bulletin.sentences} <= written


def test_word_names_a_chinese_font_for_every_run(word: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(word)) as parts:
        text = parts.read("word/document.xml").decode()
        foot = next(parts.read(name).decode() for name in parts.namelist() if "footer" in name)
    assert text.count("<w:t>") + text.count('<w:t xml:space="preserve">') <= text.count("w:eastAsia=") + text.count(
        "Heading1"
    )
    assert "PAGE" in foot and "NUMPAGES" in foot


def test_paper_is_set_from_the_same_cells_and_sentences(bulletin: Bulletin, paper: bytes) -> None:
    data = paper_data(bulletin)
    for table in bulletin.tables:
        for row in (*table.rows, *([table.total] if table.total else [])):
            assert all(shown(cell) in data for cell in row)
    assert all(sentence.text in data for sentence in bulletin.sentences)
    assert paper.startswith(b"%PDF-")


def test_paper_prints_every_number(bulletin: Bulletin, paper: bytes, tmp_path: Path) -> None:
    """Read back by pdftotext where it is installed; where not, the test above holds by construction."""
    if shutil.which("pdftotext") is None:
        return
    (tmp_path / "b.pdf").write_bytes(paper)
    read = subprocess.run(
        ["pdftotext", "-raw", str(tmp_path / "b.pdf"), "-"], capture_output=True, text=True, check=True
    )
    text = SPACE.sub("", read.stdout)
    for table in bulletin.tables:
        for row in (*table.rows, *([table.total] if table.total else [])):
            assert all(shown(cell) in text for cell in row if not isinstance(cell, str)), table.title
            if table.id in ("received", "cases", "reporting", "agreement"):  # no cell of these runs over two lines
                assert SPACE.sub("", "".join(shown(cell) for cell in row)) in text
    assert all(SPACE.sub("", sentence.text) in text for sentence in bulletin.sentences[:3])


def test_same_figures_same_bytes(figures: BulletinFigures, excel: bytes, word: bytes, paper: bytes) -> None:
    again = make_bulletin(replace(figures))
    assert write_excel(again) == excel
    assert write_word(again) == word
    assert write_paper(again) == paper


def test_the_clock_is_in_none_of_them(excel: bytes, word: bytes) -> None:
    for packed in (excel, word):
        with zipfile.ZipFile(io.BytesIO(packed)) as parts:
            assert {info.date_time for info in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
            assert b"2025-04-08T00:00:00Z" in parts.read("docProps/core.xml")


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1", "＋1", "－1", "＠x", " =1", "|calc"])
def test_dangerous_text_is_escaped(text: str) -> None:
    assert protect(text) == "'" + text
    assert protect("塘桥=街道") == "塘桥=街道"


def test_names_from_outside_are_text_everywhere(figures: BulletinFigures) -> None:
    name = '＝HYPERLINK("http://x","y")'
    markup = '#import "x" *粗* $1$ <b>&amp;{{ x }}'
    streets = (StreetFigures(name, 30, 29, 29, 0, 1, 0), StreetFigures(markup, 30, 30, 30, 0, 0, 0))
    bulletin = make_bulletin(replace(figures, streets=streets))
    book = openpyxl.load_workbook(io.BytesIO(write_excel(bulletin)))
    assert [book["各街镇核实情况"].cell(row, 2).value for row in (3, 4)] == [markup, "'" + name]
    assert not [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    rows = Document(io.BytesIO(write_word(bulletin))).tables[6].rows
    assert [row.cells[1].text for row in rows[1:3]] == [markup, name]
    assert write_paper(bulletin).startswith(b"%PDF-")


def test_missing_fonts_teach(bulletin: Bulletin, tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="没有找到中文字体"):
        write_paper(bulletin, fonts=tmp_path)


def test_default_fonts_are_the_vendored_or_none() -> None:
    folder = default_fonts()
    assert folder is None or any(folder.iterdir())
