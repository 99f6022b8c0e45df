"""为什么没合并的页面 — one case, another in sight, a record of each; both are looked at, masked, and recorded."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from renjia.records.audit.actions import record_looks
from renjia.records.audit.models import Action
from renjia.records.intake.boxes import open_records
from renjia.records.intake.models import RecordState, SourceRecord
from renjia.records.store.doors import for_roles
from renjia.work.births.apart import WHY, Apart, asked_apart, suggested
from renjia.work.births.case_page import CasePage, drawn
from renjia.work.births.masked import NAMES, SEX, SOURCES, list_looks, records_of, shown_name
from renjia.work.births.models import BirthCase, Question
from renjia.work.births.review_views import head_of, pair_rows
from renjia.work.births.views import OFFICERS


@for_roles(*OFFICERS)
def apart(request: HttpRequest, no: str) -> HttpResponse:
    case = get_object_or_404(BirthCase, no=no)
    if case.retired:
        return redirect("births:apart", no=case.retired)
    wanted = request.GET.get("with", "").strip()
    other = BirthCase.objects.living().filter(no=wanted).first() if wanted else None
    opened = [case] if other is None or other == case else [case, other]
    record_looks(subjects=[c.subject for c in opened], action=Action.OPEN, case_refs=[c.no for c in opened], fields=WHY)
    context: dict[str, Any] = {
        "case": {"no": case.no}, "wanted": wanted, "other": other, "suggestions": _suggestions(case),
        "missing": bool(wanted) and other is None,
    }  # fmt: skip
    if other is not None:
        context |= _pair(request, case, other)
    return render(request, "births/apart.html", context)


def _suggestions(case: BirthCase) -> list[dict[str, Any]]:
    found = suggested(case)
    list_looks(one for one, _ in found)
    records = records_of(one for one, _ in found)
    return [
        {
            "no": one.no, "why": why, "name": shown_name(records.get(one.pk, []), one.sex), "sex_label": SEX.get(one.sex, "—"),
            "born": one.born, "url": f"{reverse('births:apart', args=[case.no])}?with={one.no}",
        }
        for one, why in found
    ]  # fmt: skip


def _held(case: BirthCase) -> list[SourceRecord]:
    """The records of a case in the fixed order of sources."""
    found = SourceRecord.objects.filter(caserecord__case=case, state=RecordState.CURRENT)
    return sorted(found, key=lambda record: (SOURCES.index(record.source), record.key))


def _pair(request: HttpRequest, case: BirthCase, other: BirthCase) -> dict[str, Any]:
    ours, theirs = _held(case), _held(other)
    if not ours:
        return {"alone": True, "found": None}
    picked = {"a": request.GET.get("a", ""), "b": request.GET.get("b", "")}
    if not any(picked.values()):
        picked = _waiting(ours, theirs)
    a = next((r for r in ours if str(r.pk) == picked["a"]), ours[0])
    rest = [r for r in theirs if r.pk != a.pk]
    if not rest:
        return {"alone": True, "found": None}
    # unless told: from another source than ours, as one source tells of a child once
    b = next((r for r in rest if str(r.pk) == picked["b"]), None) or next(
        (r for r in rest if r.source != a.source), rest[0]
    )
    found = asked_apart(a, b)
    left, right = open_records([a, b])
    page = CasePage(case)
    if other != case:
        beside = CasePage(other)
        page.places |= beside.places
        page.institutions |= beside.institutions
    joined = found.rule == "joined"
    return {
        "alone": False, "found": _shown(found), "pair": {"left": head_of(a), "right": head_of(b)},
        "rows": pair_rows(left, right, page), "ours": _options(ours, a), "theirs": _options(rest, b),
        "same_case": other == case, "would_join": joined and other != case, "review": _review(a, b),
        "case_url": reverse("births:case", args=[case.no]), "other_url": reverse("births:case", args=[other.no]),
    }  # fmt: skip


def _waiting(ours: list[SourceRecord], theirs: list[SourceRecord]) -> dict[str, str]:
    """The pair that a person is asked about, where there is one in sight: it is the one worth looking at."""
    left, right = {r.key: str(r.pk) for r in ours}, {r.key: str(r.pk) for r in theirs}
    keys = {*left, *right}
    for a, b in Question.objects.filter(a_key__in=keys, b_key__in=keys, obsolete=False).values_list("a_key", "b_key"):
        for one, other in ((a, b), (b, a)):
            if one in left and other in right:
                return {"a": left[one], "b": right[other]}
    return {"a": "", "b": ""}


def _shown(found: Apart) -> dict[str, Any]:
    word = "分娩" if found.level == "delivery" else "孩子"
    return {
        "title": found.title, "sentence": found.sentence, "rule": found.rule, "word": word,
        "for": found.strongest_for, "against": found.strongest_against,
        "fall": drawn(f"是否同一{'次' if word == '分娩' else '个'}{word}", found.lines, found.level),
        "stored": found.stored, "records": found.records, "whole": found.whole, "days": found.days,
    }  # fmt: skip


def _options(records: list[SourceRecord], chosen: SourceRecord) -> list[dict[str, Any]]:
    return [
        {"id": str(r.pk), "label": f"{NAMES[r.source]} {r.record_no or '无编号'}", "on": r.pk == chosen.pk}
        for r in records
    ]


def _review(a: SourceRecord, b: SourceRecord) -> str:
    """The question that waits for a person — the district's alone."""
    asked = Question.objects.filter(a_key__in=(a.key, b.key), b_key__in=(a.key, b.key), obsolete=False).first()
    return reverse("births:review", args=[asked.pk]) if asked else ""
