"""月报的 Word — A4, Chinese fonts every office machine has, heads repeated on each page, page numbers."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime, time

from docx import Document
from docx.document import Document as Paper
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Mm, Pt, RGBColor
from docx.table import _Cell, _Row
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from renjia.work.reports.layout import Bulletin, Section, Table, misses
from renjia.work.reports.shown import Cell, shown

_BODY, _HEAD, _LATIN = "仿宋", "黑体", "Times New Roman"
_LATE, _GREY, _NOTE = RGBColor(0xB3, 0x26, 0x1E), RGBColor(0x47, 0x53, 0x5B), RGBColor(0x6F, 0x4E, 0x00)
_TEXT_WIDTH = 170  # mm
_STAMP = (1980, 1, 1, 0, 0, 0)
_EDGE = {"top": 8, "bottom": 8, "insideH": 2}  # eighths of a point


def write_word(bulletin: Bulletin) -> bytes:
    """做 Word — the same bulletin gives the same bytes; dates inside are the day the numbers were taken."""
    paper: Paper = Document()
    _page(paper, bulletin)
    _style(paper)
    title = paper.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _run(title, bulletin.title, 20, font=_HEAD)
    taken = paper.add_paragraph()
    taken.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _run(taken, f"数据截至 {bulletin.as_of}", 10.5, colour=_GREY)
    if bulletin.caution:
        _run(paper.add_paragraph(), bulletin.caution, 10.5, font=_HEAD, colour=_NOTE)
    for section in bulletin.sections:
        _section(paper, section)
    packed = io.BytesIO()
    paper.save(packed)
    return _restamped(packed.getvalue())


def _page(paper: Paper, bulletin: Bulletin) -> None:
    made = datetime.combine(bulletin.as_of, time())
    about = paper.core_properties
    about.title, about.author, about.last_modified_by = bulletin.title, bulletin.district, bulletin.district
    about.created = about.modified = made
    about.comments, about.language, about.revision = "", "zh-CN", 1
    section = paper.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(20)
    section.top_margin, section.bottom_margin = Mm(25), Mm(22)
    head = section.header.paragraphs[0]
    _run(head, f"{bulletin.title}　数据截至 {bulletin.as_of}", 9, colour=_GREY)
    foot = section.footer.paragraphs[0]
    foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for words, field in (("第 ", "PAGE"), (" 页，共 ", "NUMPAGES"), (" 页", "")):
        _run(foot, words, 9, colour=_GREY)
        if field:
            _field(foot, field)


def _style(paper: Paper) -> None:
    normal = paper.styles["Normal"]
    normal.font.name, normal.font.size = _LATIN, Pt(12)
    fonts = normal.element.get_or_add_rPr().get_or_add_rFonts()
    fonts.set(qn("w:eastAsia"), _BODY)
    normal.paragraph_format.space_after = Pt(4)
    normal.paragraph_format.line_spacing = 1.3
    heading = paper.styles["Heading 1"]
    heading.font.name, heading.font.size, heading.font.bold = _LATIN, Pt(15), False
    heading.font.color.rgb = RGBColor(0, 0, 0)
    fonts = heading.element.get_or_add_rPr().get_or_add_rFonts()
    for theme in [name for name in fonts.attrib if "Theme" in name]:  # a theme font overrides what we name
        del fonts.attrib[theme]
    fonts.set(qn("w:ascii"), _LATIN)
    fonts.set(qn("w:hAnsi"), _LATIN)
    fonts.set(qn("w:eastAsia"), _HEAD)
    heading.paragraph_format.space_before, heading.paragraph_format.space_after = Pt(14), Pt(6)
    heading.paragraph_format.keep_with_next = True


def _run(
    into: Paragraph, text: str, size: float, *, font: str = _BODY, colour: RGBColor | None = None, bold: bool = False
) -> Run:
    run = into.add_run(text)
    run.font.name, run.font.size, run.font.bold = _LATIN, Pt(size), bold
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)
    if colour is not None:
        run.font.color.rgb = colour
    return run


def _field(into: Paragraph, code: str) -> None:
    for kind in ("begin", "", "separate", "shown", "end"):
        run = _run(into, "1" if kind == "shown" else "", 9, colour=_GREY)
        if kind == "shown":
            continue
        element = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            element.set(qn("w:fldCharType"), kind)
        else:
            element.text = f" {code} "
        run._element.append(element)


def _section(paper: Paper, section: Section) -> None:
    paper.add_heading(section.heading, level=1)
    for sentence in section.sentences:
        paragraph = paper.add_paragraph()
        paragraph.paragraph_format.first_line_indent = Pt(24)
        _run(paragraph, sentence.text, 12)
    for table in section.tables:
        _table(paper, table)
    for text in section.remarks:
        paragraph = paper.add_paragraph()
        paragraph.paragraph_format.space_after = Pt(2)
        _run(paragraph, f"· {text}", 10, colour=_GREY)


def _table(paper: Paper, table: Table) -> None:
    caption = paper.add_paragraph()
    caption.paragraph_format.keep_with_next = True
    caption.paragraph_format.space_before, caption.paragraph_format.space_after = Pt(8), Pt(3)
    _run(caption, table.title, 11, font=_HEAD)
    if table.unit:
        _run(caption, f"（{table.unit}）", 9, colour=_GREY)
    lines = [*table.rows, *([table.total] if table.total else [])]
    made = paper.add_table(rows=len(lines) + 1, cols=len(table.columns))
    made.alignment, made.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    made._tbl.tblPr.append(_borders())
    made._tbl.tblPr.append(_margins())
    whole = sum(column.width for column in table.columns)
    widths = [Mm(_TEXT_WIDTH * column.width / whole) for column in table.columns]
    for grid, width in zip(made.columns, widths, strict=True):
        grid.width = width
    size = 8.5 if len(table.columns) > 8 else 10
    rows = list(made.rows)
    _repeat(rows[0])
    heads: tuple[Cell, ...] = tuple(column.title for column in table.columns)
    for at, (row, cells) in enumerate(zip(rows, [heads, *lines], strict=True)):
        _whole(row)
        strong = at == 0 or (table.total is not None and at == len(lines))
        together = at < len(rows) - 1 and len(rows) <= 16  # a short table stays on one page
        for index, (box, cell) in enumerate(zip(row.cells, cells, strict=True)):
            box.width = widths[index]
            right = table.columns[index].kind == "number"
            if index and not right:
                box.paragraphs[0].paragraph_format.left_indent = Pt(5)
            _fill(box, cell, size, right=right, strong=strong, head=at == 0, together=together or at == 0)
    if table.note:
        note = paper.add_paragraph()
        note.paragraph_format.space_before = Pt(3)
        _run(note, f"注：{table.note}", 9, colour=_GREY)


def _fill(box: _Cell, cell: Cell, size: float, *, right: bool, strong: bool, head: bool, together: bool) -> None:
    paragraph = box.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT if right else WD_ALIGN_PARAGRAPH.LEFT
    paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(1)
    paragraph.paragraph_format.line_spacing = 1.1
    paragraph.paragraph_format.keep_with_next = together
    miss = misses(cell)
    _run(
        paragraph,
        shown(cell),
        size,
        font=_HEAD if head else "宋体",
        colour=_LATE if miss else None,
        bold=strong or miss,
    )


def _borders() -> BaseOxmlElement:
    borders = OxmlElement("w:tblBorders")
    for edge, size in _EDGE.items():
        element = OxmlElement(f"w:{edge}")
        for name, value in (("val", "single"), ("sz", str(size)), ("space", "0"), ("color", "47535B")):
            element.set(qn(f"w:{name}"), value)
        borders.append(element)
    return borders


def _margins() -> BaseOxmlElement:
    """格边 — 0.7 mm left and right, so that eleven columns stand on one line."""
    margins = OxmlElement("w:tblCellMar")
    for edge in ("left", "right"):
        element = OxmlElement(f"w:{edge}")
        element.set(qn("w:w"), "40")
        element.set(qn("w:type"), "dxa")
        margins.append(element)
    return margins


def _repeat(row: _Row) -> None:
    """表头重复 — on every page the table runs over."""
    properties = row._tr.get_or_add_trPr()
    properties.append(OxmlElement("w:tblHeader"))


def _whole(row: _Row) -> None:
    """一行不拆 — no row is cut by a page's end."""
    row._tr.get_or_add_trPr().insert(0, OxmlElement("w:cantSplit"))


def _restamped(packed: bytes) -> bytes:
    """定时 — the same parts with one fixed date each, for a zip otherwise holds the clock."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(packed)) as before, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            part = zipfile.ZipInfo(name, _STAMP)
            part.compress_type = zipfile.ZIP_DEFLATED
            after.writestr(part, before.read(name))
    return out.getvalue()
