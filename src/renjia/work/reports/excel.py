"""月报的 Excel — the sentences on the first sheet, then one sheet a table: numbers as numbers, ready to print."""

from __future__ import annotations

import io
import unicodedata
from datetime import datetime, time
from decimal import Decimal

from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from renjia.records.intake import protect
from renjia.work.reports.layout import Bulletin, Chart, Table, misses
from renjia.work.reports.shown import DASH, Cell, Share, Signed

_A4 = 9
_FONT = "宋体"
_UNIT = 9.0  # characters, the narrowest column
_LINE = 18.0  # points a line of 11 pt text
_WIDE = 96  # characters of the first sheet's one column


def write_excel(bulletin: Bulletin) -> bytes:
    """做 Excel — the same bulletin gives the same bytes; its date of making is the day the numbers were taken."""
    packed = io.BytesIO()
    book = Workbook(packed, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({
        "title": bulletin.title, "author": bulletin.district, "comments": "",
        "created": datetime.combine(bulletin.as_of, time()),
    })  # fmt: skip
    styles = _Styles(book)
    _words(book.add_worksheet("月报"), bulletin, styles)
    for table in bulletin.tables:
        sheet = book.add_worksheet(table.title)
        _print_setup(sheet, bulletin)
        _sheet(sheet, table, styles)
        for section in bulletin.sections:
            if section.chart is not None and section.chart.table == table.id:
                _bars(book, sheet, table, section.chart)
    book.close()
    return packed.getvalue()


class _Styles:
    """格式 — made once a look, so that a workbook does not hold thousands."""

    def __init__(self, book: Workbook) -> None:
        self.book = book
        self.made: dict[tuple[tuple[str, object], ...], Format] = {}

    def get(self, **look: object) -> Format:
        key = tuple(sorted(look.items()))
        if key not in self.made:
            self.made[key] = self.book.add_format({"font_name": _FONT, "font_size": 11, "valign": "vcenter", **look})
        return self.made[key]


def _print_setup(sheet: Worksheet, bulletin: Bulletin) -> None:
    sheet.set_paper(_A4)
    sheet.set_landscape()
    sheet.set_margins(left=0.5, right=0.5, top=0.7, bottom=0.7)
    sheet.fit_to_pages(1, 0)
    sheet.center_horizontally()
    title = bulletin.title.replace("&", "&&")
    sheet.set_header(f'&L&"{_FONT}"&9{title}&R&"{_FONT}"&9数据截至 {bulletin.as_of}')
    sheet.set_footer(f'&C&"{_FONT}"&9第 &P 页，共 &N 页')


def _lines(text: str, width: float) -> int:
    """行数 — how many lines a text takes, a Chinese character being two wide."""
    size = sum(2 if unicodedata.east_asian_width(letter) in "WFA" else 1 for letter in text)
    return max(1, -(-size // max(1, int(width))))


def _words(sheet: Worksheet, bulletin: Bulletin, styles: _Styles) -> None:
    _print_setup(sheet, bulletin)
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, _WIDE)
    row = 0

    def line(text: str, **look: object) -> None:
        nonlocal row
        sheet.set_row(row, _LINE * _lines(text, _WIDE - 3))
        sheet.write_string(row, 0, protect(text), styles.get(text_wrap=True, **look))
        row += 1

    sheet.set_row(0, 32)
    sheet.write_string(0, 0, protect(bulletin.title), styles.get(bold=True, font_size=18, align="center"))
    row = 1
    line(f"数据截至 {bulletin.as_of}", align="center", font_color="#47535B")
    if bulletin.caution:
        line(bulletin.caution, font_color="#6F4E00", bg_color="#FBF3D9", border=1, border_color="#6F4E00")
    for section in bulletin.sections:
        line(section.heading, bold=True, font_size=13)
        for one in section.sentences:
            line(one.text, indent=1)
        for text in section.remarks:
            line(text, indent=1, font_color="#47535B")
        if section.tables:
            line(f"表见：{'、'.join(table.title for table in section.tables)}", indent=1, font_color="#47535B")


def _sheet(sheet: Worksheet, table: Table, styles: _Styles) -> None:
    last = len(table.columns) - 1
    widths: list[float] = []
    for index, column in enumerate(table.columns):
        longest = max(
            (_span(row[index]) for row in (*table.rows, *([table.total] if table.total else []))), default=0.0
        )
        widths.append(min(60.0, max(_UNIT, longest + 3.0, _text_span(column.title) + 2.0)))
        sheet.set_column(index, index, widths[-1])
    head = f"{table.title}（{table.unit}）" if table.unit else table.title
    sheet.write_string(0, 0, protect(head), styles.get(bold=True, font_size=13))
    sheet.set_row(0, 24)
    for index, column in enumerate(table.columns):
        align = "left" if column.kind == "text" else "right"
        head_look = styles.get(
            bold=True,
            align=align,
            indent=_indent(index, column.kind),
            text_wrap=True,
            top=2,
            bottom=1,
            bg_color="#F8FAFA",
        )
        sheet.write_string(1, index, protect(column.title), head_look)
    sheet.set_row(1, _LINE * 1.2)
    lines = [(row, False) for row in table.rows] + ([(table.total, True)] if table.total else [])
    for at, (row, total) in enumerate(lines, 2):
        edge = 2 if at == len(lines) + 1 else 7
        for index, cell in enumerate(row):
            kind = table.columns[index].kind
            look: dict[str, object] = {
                "bottom": edge,
                "align": "left" if kind == "text" else "right",
                "indent": _indent(index, kind),
            }
            if total:
                look["bold"] = True
            _write(sheet, at, index, cell, look, styles)
    if table.note:
        _note(sheet, len(lines) + 2, widths, f"注：{table.note}", styles)
    sheet.freeze_panes(2, 1 + [column.kind for column in table.columns].index("text"))
    sheet.repeat_rows(0, 1)
    sheet.print_area(0, 0, len(lines) + (2 if table.note else 1), last)


def _bars(book: Workbook, sheet: Worksheet, table: Table, chart: Chart) -> None:
    """柱图 — beside its table, drawn from its cells: the first column names, the second counts."""
    drawn = book.add_chart({"type": "column"})
    last = len(table.rows) + 1
    drawn.add_series(
        {
            "categories": [table.title, 2, 0, last, 0],
            "values": [table.title, 2, 1, last, 1],
            "fill": {"color": "#11607C"},
            "gap": 60,
            "data_labels": {"value": True},
        }
    )
    drawn.set_title({"name": chart.title, "overlay": False, "name_font": {"size": 12, "name": _FONT}})
    drawn.set_legend({"none": True})
    drawn.set_y_axis({"min": 0, "visible": False, "major_gridlines": {"visible": False}})
    drawn.set_size({"width": 640, "height": 320})
    sheet.insert_chart(1, len(table.columns) + 1, drawn)
    sheet.print_area(0, 0, max(last + 1, 18), len(table.columns) + 10)


def _note(sheet: Worksheet, row: int, widths: list[float], text: str, styles: _Styles) -> None:
    sheet.set_row(row, _LINE * _lines(text, sum(widths) * 0.85))
    look = styles.get(text_wrap=True, font_size=10, font_color="#47535B", valign="top")
    sheet.merge_range(row, 0, row, len(widths) - 1, "", look)
    sheet.write_string(row, 0, protect(text), look)


def _write(sheet: Worksheet, row: int, column: int, cell: Cell, look: dict[str, object], styles: _Styles) -> None:
    if misses(cell):
        look |= {"bold": True, "font_color": "#B3261E"}
    if isinstance(cell, Share) and (percent := cell.percent) is not None:
        sheet.write_number(row, column, float(percent / 100), styles.get(num_format=_percent(cell), **look))
    elif isinstance(cell, Signed):
        places = "" if isinstance(cell.value, int) else ".00"
        form = f"+#,##0{places};−#,##0{places};0{places}"
        sheet.write_number(row, column, float(cell.value), styles.get(num_format=form, **look))
    elif isinstance(cell, int | Decimal):
        form = "#,##0" if isinstance(cell, int) else "#,##0.00"
        sheet.write_number(row, column, float(cell), styles.get(num_format=form, **look))
    else:
        written = cell if isinstance(cell, str) and cell else DASH
        sheet.write_string(
            row, column, protect(written), styles.get(num_format="@", text_wrap=look["align"] == "left", **look)
        )


def _indent(index: int, kind: str) -> int:
    """缩进 — a text column after the first stands off the number at its left."""
    return 1 if index and kind == "text" else 0


def _percent(share: Share) -> str:
    return "0." + "0" * share.decimals + "%"


def _text_span(text: str) -> float:
    return sum(2.1 if unicodedata.east_asian_width(letter) in "WFA" else 1.1 for letter in text)


def _span(cell: Cell) -> float:
    return _text_span(cell) if isinstance(cell, str) else 8.0
