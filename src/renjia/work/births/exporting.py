"""列表导出 — what the screen shows, masked, as a workbook; every child in it is a recorded look."""

import io
from collections.abc import Iterable, Sequence

import xlsxwriter
from django.http import HttpResponse
from django.utils import timezone

from renjia.records.audit.actions import record_looks
from renjia.records.audit.models import Action
from renjia.records.intake import protect
from renjia.records.store.scope import current
from renjia.work.births.models import BirthCase

MOST = 200  # more needs a purpose, a recipient and two approvals, which is another page's work
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def exported(
    title: str, header: Sequence[str], rows: Iterable[Sequence[str]], cases: Sequence[BirthCase]
) -> HttpResponse:
    """导出 — the first 200 rows; the file says who took it, when, and how many rows there are in all."""
    asked = current()
    record_looks(subjects=[c.subject for c in cases], action=Action.EXPORT, case_refs=[c.no for c in cases])
    packed = io.BytesIO()
    book = xlsxwriter.Workbook(packed, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet(title)
    bold, text = book.add_format({"bold": True, "bottom": 1}), book.add_format({"num_format": "@"})
    count = 0
    for at, name in enumerate(header):
        sheet.write_string(0, at, name, bold)
    for count, row in enumerate(rows, 1):
        for at, cell in enumerate(row):
            sheet.write_string(count, at, protect(cell), text)
    sheet.write_string(
        count + 1,
        0,
        f"{asked.name} 于 {timezone.localtime():%Y-%m-%d %H:%M} 导出，{count} 行；姓名已遮掩，用后请删",
        text,
    )
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(header) - 1, 18)
    sheet.set_landscape()
    sheet.set_paper(9)
    book.close()
    response = HttpResponse(packed.getvalue(), content_type=TYPE)
    response["Content-Disposition"] = 'attachment; filename="births.xlsx"'
    return response
