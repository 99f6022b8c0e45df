"""退回件 — the rows that go back, as a workbook to mend and send again."""

import io

import xlsxwriter

from renjia.records.intake.checking import Checked
from renjia.records.intake.problems import RETURN
from renjia.records.intake.tables import protect

_ADDED = ("原行号", "退回原因", "怎样改")
_WIDTH = 14


def returned_file(checked: Checked) -> bytes:
    """做退回件 — .xlsx: the file's own columns as sent, then 原行号, 退回原因, 怎样改; wrong cells tinted, text only.

    Sent again after mending, it reads as any file: the three added columns are known and unused.
    """
    packed = io.BytesIO()
    workbook = xlsxwriter.Workbook(packed, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = workbook.add_worksheet("退回")
    bold = workbook.add_format({"bold": True, "num_format": "@", "bottom": 1})
    plain = workbook.add_format({"num_format": "@"})
    wrong = workbook.add_format({"num_format": "@", "bg_color": "#FBE3DF"})
    header = (*checked.header, *_ADDED)
    for index, name in enumerate(header):
        sheet.write_string(0, index, protect(name), bold)
    sheet.set_column(0, len(header) - 1, _WIDTH, plain)
    sheet.set_column(len(header) - 2, len(header) - 1, 4 * _WIDTH, plain)
    sheet.freeze_panes(1, 0)
    for line, row in enumerate(checked.returned, 1):
        causes = [problem for problem in row.problems if problem.severity == RETURN]
        columns = {problem.column for problem in causes}
        cells = row.cells[: len(checked.header)]
        for index, cell in enumerate(cells):
            sheet.write_string(line, index, protect(cell), wrong if checked.header[index] in columns else plain)
        added = (
            str(row.row_number),
            "；".join(
                f"「{problem.column}」{problem.reason}" if problem.column else problem.reason for problem in causes
            ),
            "；".join(dict.fromkeys(problem.remedy for problem in causes)),
        )
        for index, text in enumerate(added, len(checked.header)):
            sheet.write_string(line, index, protect(text), plain)
    workbook.close()
    return packed.getvalue()
