"""比对抽查的页面 — draw, judge one by one, read what it says of all links."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from renjia.records.audit.actions import record_looks
from renjia.records.audit.models import Action
from renjia.records.intake.boxes import open_records
from renjia.records.store.doors import for_roles
from renjia.work.births.actions import Refused
from renjia.work.births.case_page import CasePage, waterfall
from renjia.work.births.link_audit import (
    LEAST,
    LEAST_A_BAND,
    SIZES,
    WHY,
    Estimate,
    anything_joined,
    bands,
    draw_audit,
    estimate,
    judge_link,
)
from renjia.work.births.models import AuditedLink, BirthCase, LinkAudit
from renjia.work.births.review_views import head_of, pair_rows

_SHOWN = 12


@for_roles("district_monitor")
def audits(request: HttpRequest) -> HttpResponse:
    """抽查的结果与历次；POST 抽一次。"""
    if request.method == "POST":
        try:
            wanted = request.POST.get("wanted", "")
            audit = draw_audit(wanted=int(wanted) if wanted.isdecimal() and len(wanted) < 6 else 0)
            return redirect("births:audited", pk=audit.drawn.values_list("pk", flat=True)[0])
        except Refused as refused:
            return redirect(f"{reverse('births:audits')}?{urlencode({'error': str(refused)})}")
    found = [estimate(audit) for audit in LinkAudit.objects.prefetch_related("drawn")[:_SHOWN]]
    following = AuditedLink.objects.waiting().order_by("audit__drawn_at", "position").first()
    return render(
        request,
        "births/audits.html",
        {
            "latest": _shown(found[0]) if found else None, "earlier": [_shown(one) for one in found[1:]], "sizes": SIZES,
            "waiting": AuditedLink.objects.waiting().count(), "joined": anything_joined(), "error": request.GET.get("error", ""),
            "next": reverse("births:audited", args=[following.pk]) if following else "", "least": LEAST, "least_a_band": LEAST_A_BAND,
        },
    )  # fmt: skip


def _percent(share: float) -> str:
    """Two decimals; what is not quite all is not rounded up to all."""
    return "100%" if share > 1 - 1e-9 else f"{min(share, 0.9999) * 100:.2f}%"


def _shown(one: Estimate) -> dict[str, Any]:
    found = one.precision
    return {
        "at": one.audit.drawn_at, "by": one.audit.drawn_by, "drawn": one.drawn, "links": one.audit.links, "model": one.audit.model,
        "judged": one.judged, "right": one.right, "wrong": one.wrong, "unsure": one.unsure, "too_few": one.too_few,
        "share": _percent(found.share) if found else "", "low": _percent(found.low) if found else "",
        "high": _percent(found.high) if found else "",
        "bands": [
            {"label": label.replace("比特", "分"), "links": links, "asked": asked, "right": right, "share": _percent(right / asked),
             "low": _percent(low), "high": _percent(high)}
            for label, right, asked, links, low, high in bands(found)
        ] if found else [],
    }  # fmt: skip


@for_roles("district_monitor")
def audited(request: HttpRequest, pk: str) -> HttpResponse:
    """判一对 — the two records side by side; what the machine thought only on asking, so that it does not lead."""
    link = get_object_or_404(AuditedLink.objects.select_related("audit"), pk=pk)
    error = ""
    if request.method == "POST":
        try:
            judge_link(link_id=link.pk, answer=request.POST.get("answer", ""), note=request.POST.get("note", ""))
            following = AuditedLink.objects.waiting().filter(audit=link.audit_id).order_by("position").first()
            return redirect("births:audited", pk=following.pk) if following else redirect("births:audits")
        except Refused as refused:
            error = str(refused)
            link.refresh_from_db()
    total = AuditedLink.objects.filter(audit=link.audit_id).count()
    context: dict[str, Any] = {
        "link": link, "error": error, "position": f"第 {link.position} 对，共 {total} 对", "rows": [], "cases": [],
    }  # fmt: skip
    if not link.answer:
        context |= _side_by_side(link)
    return render(request, "births/audited.html", context, status=409 if error else 200)


def _side_by_side(link: AuditedLink) -> dict[str, Any]:
    cases = list(BirthCase.objects.filter(pk__in=(link.a_case_id, link.b_case_id)))
    record_looks(subjects=[c.subject for c in cases], action=Action.OPEN, case_refs=[c.no for c in cases], fields=WHY)
    left, right = open_records([link.a, link.b])
    pages = [CasePage(one) for one in cases]
    for other in pages[1:]:
        pages[0].places |= other.places
        pages[0].institutions |= other.institutions
    return {
        "pair": {"left": head_of(link.a), "right": head_of(link.b)}, "rows": pair_rows(left, right, pages[0] if pages else None),
        "waterfall": waterfall("", link.pattern, "delivery"), "cases": [c.retired or c.no for c in cases],
    }  # fmt: skip
