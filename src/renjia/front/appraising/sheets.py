"""评分表 — one street's sheet in the layout of the source's table, with points taken and why."""

import io
import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path

import xlsxwriter
from xlsxwriter.format import Format

from renjia.engine.scoring import Block, Item, PlaceScore, Rubric, Scores, score_text
from renjia.front.appraising.writing import NOT_GIVEN, readings_in_force

COLUMNS = ("一级指标", "分值", "得分", "二级指标", "指标描述", "编号", "评分标准", "扣分（加分）", "事由")
_WIDTHS = (16, 6, 7, 18, 40, 7, 44, 9, 52)
_CONDITIONS = "名称照原文，指标描述与评分标准是转述；以印发的原文为准。"


def sheet_files(folder: Path, rubric: Rubric, scores: Scores) -> dict[Path, bytes]:
    """每个街镇的评分表 — `<街镇>-评分表.xlsx` and what it is to hold; two names that a file name cannot tell apart are numbered."""
    whole: dict[Path, bytes] = {}
    for place, one in scores.places.items():
        stem, number = file_stem(place), 1
        path = folder / f"{stem}-评分表.xlsx"
        while path in whole:
            number += 1
            path = folder / f"{stem}-{number}-评分表.xlsx"
        whole[path] = sheet_of(rubric, one)
    return whole


def file_stem(place: str) -> str:
    """文件名 — a place's name without what no file name may hold."""
    return re.sub(r"[\\/:*?\"<>|\x00-\x1f]", "_", place).strip(". ") or "_"


def sheet_of(rubric: Rubric, place: PlaceScore) -> bytes:
    """一张评分表 — an Excel workbook of one sheet, as bytes."""
    whole = io.BytesIO()
    book = xlsxwriter.Workbook(whole, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    layout = _Layout(book)
    layout.wide(f"{rubric.name} 评分表", layout.title)
    layout.wide(f"{place.place}　{_result(rubric, place)}", layout.note)
    layout.header()
    for block in rubric.blocks.values():
        layout.block(rubric, block, place)
    for text in _footnotes(rubric, place):
        layout.wide(text, layout.note)
    layout.finish()
    book.close()
    return whole.getvalue()


def _result(rubric: Rubric, place: PlaceScore) -> str:
    if place.total is None:
        return f"缺 {len(place.missing)} 项事实，不能得出总分、名次和等次：{'、'.join(place.missing)}"
    parts = [
        f"{part.name} {score_text(points)}"
        for part, points in zip(rubric.parts.values(), (place.main, place.bonus), strict=False)
    ]
    return "　".join((*parts, f"总分 {score_text(place.total)}", f"名次 {place.rank}", f"等次 {place.grade or '未定'}"))


class _Layout:
    """One sheet being filled from the top: the next free row, styles, and how many lines each row must show."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        plain = {"text_wrap": True, "valign": "vcenter", "border": 1, "font_size": 10}
        self.cell, self.middle = book.add_format(plain), book.add_format(plain | {"align": "center"})
        self.bold, self.bold_middle = (
            book.add_format(plain | {"bold": True}),
            book.add_format(plain | {"bold": True, "align": "center"}),
        )
        self.head = book.add_format(plain | {"bold": True, "align": "center", "bg_color": "#F2F2F2"})
        self.title = book.add_format({"bold": True, "font_size": 14, "align": "center", "valign": "vcenter"})
        self.note = book.add_format({"text_wrap": True, "font_size": 9, "valign": "top"})
        self.sheet = book.add_worksheet("评分表")
        self.row = 0
        self.lines: dict[int, int] = {}

    def wide(self, text: str, style: Format) -> None:
        """A line over all columns."""
        self.sheet.merge_range(self.row, 0, self.row, len(COLUMNS) - 1, "", style)
        self.sheet.write_string(self.row, 0, text, style)
        self.lines[self.row] = 2 if style is self.title else _lines(text, sum(_WIDTHS))
        self.row += 1

    def header(self) -> None:
        self.sheet.write_row(self.row, 0, COLUMNS, self.head)
        self.row += 1
        self.sheet.freeze_panes(self.row, 0)
        self.sheet.repeat_rows(self.row - 1)

    def block(self, rubric: Rubric, block: Block, place: PlaceScore) -> None:
        """One 一级指标 with its items and atoms."""
        first = self.row
        for name in block.items:
            self._item(rubric, rubric.items[name], place)
        if self.row == first:
            return
        points = place.blocks[block.id].points
        limit = block.limit if block.limit is not None else rubric.parts[block.part].limit
        for column, text in enumerate(
            (block.name, score_text(limit), NOT_GIVEN if points is None else score_text(points))
        ):
            self._merged(first, column, text, self.middle if column else self.cell)

    def _item(self, rubric: Rubric, item: Item, place: PlaceScore) -> None:
        first = self.row
        for name in item.atoms:
            got = place.atoms[name]
            number = NOT_GIVEN if got.points is None else score_text(got.points)
            moved = got.points != 0
            says, why = COLUMNS.index("评分标准"), COLUMNS.index("事由")
            self._write(self.row, says - 1, name, self.bold_middle if moved else self.middle)
            self._write(self.row, says, rubric.atoms[name].says, self.bold if moved else self.cell)
            self._write(self.row, says + 1, number, self.bold_middle if moved else self.middle)
            self._write(self.row, why, got.reason, self.bold if moved else self.cell)
            self.lines[self.row] = max(_lines(rubric.atoms[name].says, _WIDTHS[says]), _lines(got.reason, _WIDTHS[why]))
            self.row += 1
        if self.row > first:
            self._merged(first, COLUMNS.index("二级指标"), item.name, self.cell)
            self._merged(first, COLUMNS.index("指标描述"), item.says, self.cell)

    def _merged(self, first: int, column: int, text: str, style: Format) -> None:
        """A cell over the rows from `first` to the last written; what it needs beyond them goes to the last one."""
        last = self.row - 1
        if first < last:
            self.sheet.merge_range(first, column, last, column, "", style)
        self._write(first, column, text, style)
        short = _lines(text, _WIDTHS[column]) - sum(self.lines[row] for row in range(first, last + 1))
        self.lines[last] += max(short, 0)

    def _write(self, row: int, column: int, text: str, style: Format) -> None:
        """Numbers as numbers, everything else as text: nothing a street is called may run."""
        if re.fullmatch(r"-?\d+(\.\d+)?", text):
            self.sheet.write_number(row, column, float(text), style)
        else:
            self.sheet.write_string(row, column, text, style)

    def finish(self) -> None:
        """Widths, heights, paper."""
        for position, width in enumerate(_WIDTHS):
            self.sheet.set_column(position, position, width)
        for row, lines in self.lines.items():
            self.sheet.set_row(row, 13.5 * lines + 3)
        self.sheet.set_landscape()
        self.sheet.set_paper(8)  # A3, as the source's table is printed
        self.sheet.set_margins(0.4, 0.4, 0.5, 0.5)
        self.sheet.fit_to_pages(1, 0)


def _lines(text: str, width: int) -> int:
    """How many lines a text takes in a column so many half-width characters wide."""
    half = sum(2 if unicodedata.east_asian_width(one) in "WFA" else 1 for one in text)
    return max(1, -(-half // max(width - 1, 1)))


def _footnotes(rubric: Rubric, place: PlaceScore) -> Sequence[str]:
    notes = [_CONDITIONS]
    chosen = [f"{key} {one}" for key, _, one, _ in readings_in_force(rubric)]
    if chosen:
        notes.append("所用读法：" + "；".join(chosen))
    if place.vetoed:
        notes.append("一票否决：等次照否决的规定，得分与名次按所用读法。")
    return notes
