"""月报的页面 — read on the screen, taken as Excel, Word or PDF, closed once."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from renjia.engine.units import Month
from renjia.measure.snapshot.installed import workset
from renjia.records.audit.actions import record_event
from renjia.records.audit.models import Action
from renjia.records.intake.models import Batch, BatchState
from renjia.records.store.doors import ScopedRequest, for_roles
from renjia.records.store.scope import scope, system_scope
from renjia.work.births.actions import Refused
from renjia.work.births.models import Verification
from renjia.work.reports.actions import KINDS, bulletin_of, close_month, corrections_of, figures_of, paper_path
from renjia.work.reports.layout import Bulletin, Table
from renjia.work.reports.models import Closing
from renjia.work.reports.shown import Cell, shown

READERS = ("district_monitor", "street_monitor")
LABELS = {"xlsx": "Excel", "docx": "Word", "pdf": "PDF"}
TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}


def _known_months() -> list[str]:
    with scope(system_scope("statistics", "列出已处理的月份")):
        issued = set(Verification.objects.values_list("month", flat=True))
        received = set(Batch.objects.filter(state=BatchState.ACCEPTED).values_list("month", flat=True))
    return sorted(issued & received, reverse=True)


def _month(text: str) -> Month:
    if text not in _known_months():
        raise Http404
    return Month.parse(text)


def _files(month: Month) -> list[dict[str, str]]:
    return [
        {"label": LABELS[kind], "url": reverse("reports:paper", args=[str(month), kind])}
        for kind in KINDS
        if paper_path(month, kind).exists()
    ]


@for_roles(*READERS)
def bulletins(request: ScopedRequest) -> HttpResponse:
    closed = {c.month: c for c in Closing.objects.all()}
    rows = [
        {
            "month": month, "url": reverse("reports:one", args=[month]),
            "state_label": "已结账" if month in closed else "未结账",
            "closed_at": closed[month].closed_at if month in closed else None, "files": _files(Month.parse(month)),
        }
        for month in _known_months()
    ]  # fmt: skip
    return render(request, "reports/list.html", {"rows": rows, "as_of": workset().latest()})


def _printed(made: Bulletin) -> list[dict[str, Any]]:
    """各节 — cells as the papers write them, so that screen and paper cannot differ."""
    return [
        {
            "heading": section.heading, "sentences": [one.text for one in section.sentences], "remarks": section.remarks,
            "tables": [
                {
                    "title": table.title, "columns": table.columns, "note": table.note,
                    "rows": [_line(row, table) for row in table.rows] + ([_line(table.total, table, True)] if table.total else []),
                }
                for table in section.tables
            ],
        }
        for section in made.sections
    ]  # fmt: skip


def _line(cells: tuple[Cell, ...], table: Table, total: bool = False) -> dict[str, Any]:
    return {
        "total": total,
        "cells": [{"text": shown(c), "number": t.kind == "number"} for c, t in zip(cells, table.columns, strict=True)],
    }


@for_roles(*READERS)
def bulletin(request: ScopedRequest, month: str) -> HttpResponse:
    wanted = _month(month)
    with scope(system_scope("statistics", f"{month} 月报")):
        made = bulletin_of(wanted)
        figures = figures_of(wanted)
        corrections = corrections_of(wanted, figures) if figures else ()
    if made is None:
        raise Http404
    closing = Closing.objects.filter(month=month).first()
    return render(
        request,
        "reports/one.html",
        {
            "month": month, "bulletin": made, "sections": _printed(made), "files": _files(wanted), "closing": closing, "corrections": corrections,
            "can_close": closing is None and request.scope.role == "district_monitor"
            and wanted < Month.of(timezone.localdate()),
            "error": request.GET.get("error", ""),
        },
    )  # fmt: skip


@for_roles(*READERS)
def paper(request: ScopedRequest, month: str, kind: str) -> FileResponse:
    if kind not in KINDS:
        raise Http404
    path = paper_path(_month(month), kind)
    if not path.exists():
        raise Http404
    record_event(action=Action.EXPORT, case_ref=f"{month}.{kind}", fields="月报")
    return FileResponse(path.open("rb"), as_attachment=True, filename=path.name, content_type=TYPES[kind])


@require_POST
@for_roles("district_monitor")
def close(request: ScopedRequest, month: str) -> HttpResponse:
    wanted, name = _month(month), request.scope.name
    try:
        with scope(replace(request.scope, everything=True, reason=f"{month} 结账")):
            close_month(month=wanted, by=name)
    except Refused as refused:
        return redirect(f"{reverse('reports:one', args=[month])}?{urlencode({'error': str(refused)})}")
    return redirect("reports:one", month=month)
