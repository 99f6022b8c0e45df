"""收件的页面 — what came, how it was understood, what is wrong with it, what to do."""

import re
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from renjia.engine.units import Month, mask_certificate, mask_identity, mask_infant, mask_name, mask_phone
from renjia.records.audit.actions import record_event
from renjia.records.audit.models import Action
from renjia.records.intake import FIELDS, Choice, Refusal, load_feeds
from renjia.records.intake.actions import (
    NotReceived,
    accept_batch,
    checked_again,
    choice_of,
    mend_file,
    problem_value,
    receive_file,
    withdraw_batch,
)
from renjia.records.intake.models import Batch, BatchState, Severity, Via
from renjia.records.store import files
from renjia.records.store.doors import ScopedRequest, for_roles
from renjia.records.store.scope import scope

SENDERS = ("district_monitor", "maternity_hospital")
MASKS = {
    "mother_name": mask_name, "father_name": mask_name, "baby_name": mask_infant, "mother_id": mask_identity,
    "father_id": mask_identity, "phone": mask_phone, "certificate": mask_certificate,
}  # fmt: skip
CODES = {"sex": {"1": "男", "2": "女"}, "outcome": {"live": "活产", "still": "死产"}}
LARGEST = 64 * 2**20
PREVIEW = 8


def _feed_labels() -> dict[str, str]:
    return {feed.id: feed.name for feed in load_feeds().values()}


def _month_options() -> list[tuple[str, str]]:
    now = Month.of(timezone.localdate())
    held = {m for m in Batch.objects.values_list("month", flat=True) if m}
    recent = {str(now.plus(-i)) for i in range(12)}
    return [(m, m) for m in sorted(held | recent, reverse=True)]


def _described(batch: Batch, labels: dict[str, str]) -> Batch:
    batch.feed_label = labels.get(batch.feed, "未认出来源")
    batch.state_label, batch.via_label = batch.get_state_display(), batch.get_via_display()
    return batch


@for_roles(*SENDERS)
def batch_list(request: ScopedRequest) -> HttpResponse:
    labels = _feed_labels()
    page = Paginator(Batch.objects.all(), 40).get_page(request.GET.get("page"))
    page.object_list = [_described(b, labels) for b in page.object_list]
    last = Month.of(timezone.localdate()).previous()
    month = request.GET.get("month") or (
        Batch.objects.order_by("-month").values_list("month", flat=True).first() or str(last)
    )
    have = dict(
        Batch.objects.filter(month=month, state__in=(BatchState.CHECKED, BatchState.ACCEPTED)).values_list(
            "feed", "state"
        )
    )
    may = [f.id for f in load_feeds().values() if request.scope.role in f.senders]
    due = [
        {
            "feed_label": labels[feed],
            "month": month,
            "state_label": dict(BatchState.choices)[have[feed]] if feed in have else "未收到",
            "late": feed not in have and month < str(Month.of(timezone.localdate())),
        }
        for feed in may
    ]
    return render(
        request,
        "intake/list.html",
        {
            "page": page, "total": page.paginator.count, "due": due, "due_month": month, "can_upload": True,
            "can_run": request.scope.role == "district_monitor", "months": _month_options(),
        },
    )  # fmt: skip


@for_roles(*SENDERS)
def upload(request: ScopedRequest) -> HttpResponse:
    labels = _feed_labels()
    errors: list[str] = []
    if request.method == "POST":
        sent = request.FILES.getlist("file")
        month, feed = request.POST.get("month", ""), request.POST.get("feed", "")
        if not sent:
            errors.append("请先选择文件。")
        if month and month not in {m for m, _ in _month_options()}:
            errors.append("月份不对，请从列表中选。")
        errors += [
            f"“{f.name}”有 {f.size / 2**20:.0f} MB，超过 64 MB；请分开送。" for f in sent if f.size and f.size > LARGEST
        ]
        if not errors:
            batches: list[Batch] = []
            for f in sent:
                try:
                    batches.append(
                        receive_file(
                            data=f.read(), filename=f.name or "未命名", month=Month.parse(month) if month else None,
                            via=Via.UPLOAD, place=request.scope.places[0],
                            choice=Choice(feed=feed) if feed in labels else None,
                        )
                    )  # fmt: skip
                except NotReceived as refused:
                    errors.append(str(refused))
            if not errors:
                return redirect("intake:batch", pk=batches[0].pk) if len(batches) == 1 else redirect("intake:list")
    return render(
        request,
        "intake/upload.html",
        {
            "months": _month_options(),
            "feeds": list(labels.items()),
            "errors": errors,
            "month": request.POST.get("month", str(Month.of(timezone.localdate()).previous())),
        },
        status=422 if errors else 200,
    )


@for_roles(*SENDERS)
def batch(request: ScopedRequest, pk: str) -> HttpResponse:
    found = _described(get_object_or_404(Batch, pk=pk), _feed_labels())
    problems = Paginator(found.problems.order_by("row", "id"), 50).get_page(request.GET.get("page"))
    problems.object_list = [
        {
            "row": p.row, "column": p.column, "value": _shown(p.column, problem_value(p)), "reason": p.reason,
            "remedy": p.remedy, "severity": p.severity, "severity_label": p.get_severity_display(),
        }
        for p in problems.object_list
    ]  # fmt: skip
    record_event(action=Action.OPEN, case_ref=str(found.pk), fields="收件预览")
    counts = dict(found.problems.order_by().values_list("severity").annotate(n=Count("id")))
    labels = {name: label for name, (label, _) in FIELDS.items()}
    return render(
        request,
        "intake/batch.html",
        {
            "batch": found,
            "good": found.rows - found.returned - found.repeated,
            "notes": found.notes,
            "columns": [
                {"name": name, "field_label": labels.get(field) if field else None} for name, field in found.columns
            ],
            "unknown": found.unknown,
            "fields": list(labels.items()),
            "problems": problems,
            "problem_counts": [{"label": s.label, "count": counts.get(s.value, 0)} for s in Severity],
            "preview": _preview(found),
            "options": _options(found),
            "can_act": found.state == BatchState.CHECKED,
            "can_withdraw": found.state in (BatchState.CHECKED, BatchState.ACCEPTED),
            "error": request.GET.get("error", ""),
        },
    )


def _shown(column: str, value: str) -> str:
    """A wrong value must be seen to be mended, yet no whole number or name: long digit runs are masked in the middle."""
    # A date with its time has as many digits, and must be read to be mended.
    if re.search(r"\d{11,}", re.sub(r"[\s\-—·.]", "", value)) and not re.match(r"(19|20)\d\d[-/.年]", value):
        return f"{value[:6]}…{value[-4:]}（{len(value)} 位）"
    return mask_name(value) if "姓名" in column and value else value[:60]


def _preview(found: Batch) -> dict[str, Any]:
    """前几行 — as understood, masked; nothing for a refused file."""
    if found.state == BatchState.REFUSED:
        return {"header": [], "rows": []}
    checked = checked_again(found)
    used = [field for _, field in checked.columns if field]
    rows = [[_cell(field, row.values) for field in used] for row in checked.accepted[:PREVIEW]]
    return {"header": [FIELDS[f][0] for f in used], "rows": rows}


def _cell(field: str, values: dict[str, Any]) -> str:
    value = values[field]
    if value in (None, ""):
        return "—"
    if field == "minute":
        return f"{value // 60:02d}:{value % 60:02d}"
    if field in CODES:
        return CODES[field].get(str(value), str(value))
    mask = MASKS.get(field)
    return mask(str(value)) if mask else str(value)


def _options(found: Batch) -> list[dict[str, Any]]:
    """人工选定 — the answers a person may give where the file is not plain."""
    if found.state != BatchState.REFUSED or not found.notes:
        return []
    try:
        checked_again(found)
    except (Refusal, FileNotFoundError) as refusal:
        options = getattr(refusal, "options", ())
        return [{"asks": o.asks, "value": o.value, "label": o.label, "preview": o.preview[:4]} for o in options]
    return []


@require_POST
@for_roles(*SENDERS)
def accept(request: ScopedRequest, pk: str) -> HttpResponse:
    found = get_object_or_404(Batch, pk=pk)
    try:
        with scope(replace(request.scope, everything=True, reason="入库")):
            accept_batch(batch_id=found.pk)
    except NotReceived as refused:
        return _back(pk, str(refused))
    return redirect("intake:batch", pk=pk)


@require_POST
@for_roles(*SENDERS)
def withdraw(request: ScopedRequest, pk: str) -> HttpResponse:
    found = get_object_or_404(Batch, pk=pk)
    try:
        with scope(replace(request.scope, everything=True, reason="撤回")):
            withdraw_batch(batch_id=found.pk, reason=request.POST.get("reason", ""))
    except NotReceived as refused:
        return _back(pk, str(refused))
    return redirect("intake:batch", pk=pk)


def _back(pk: str, error: str) -> HttpResponse:
    return redirect(f"{reverse('intake:batch', args=[pk])}?{urlencode({'error': error})}")


@require_POST
@for_roles(*SENDERS)
def choose(request: ScopedRequest, pk: str) -> HttpResponse:
    """人工选定或列的对应 — the kept file is read again with what the person said."""
    found = get_object_or_404(Batch, pk=pk, state__in=(BatchState.CHECKED, BatchState.REFUSED))
    try:
        data = files.fetch(found.digest)
    except FileNotFoundError:  # refused for what it holds, and not kept: nothing to read again
        raise Http404 from None
    before = choice_of(found) or Choice()
    values = {name: getattr(before, name) for name in ("encoding", "sheet", "header_row", "delimiter", "feed")}
    mapping = dict(before.mapping)
    for name in values:
        said = request.POST.get(name, "")
        if said and (name != "header_row" or said.isdecimal()):
            values[name] = int(said) if name == "header_row" else said
    for column in found.unknown:
        target = request.POST.get(f"column:{column}", "")
        if target in FIELDS:
            mapping[column] = target
    again = receive_file(
        data=data, filename=found.filename, month=Month.parse(found.month) if found.month else None,
        via=Via(found.via), place=found.place, choice=Choice(**values, mapping=mapping),
    )  # fmt: skip
    return redirect("intake:batch", pk=again.pk)


@for_roles(*SENDERS)
def returned(request: ScopedRequest, pk: str) -> HttpResponse:
    found = get_object_or_404(Batch.objects.exclude(state=BatchState.REFUSED), pk=pk)
    response = HttpResponse(
        mend_file(batch=found), content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    )
    response["Content-Disposition"] = f'attachment; filename="returned-{str(found.pk)[:8]}.xlsx"'
    return response
