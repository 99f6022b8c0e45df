"""一个个案、一件核实、一条复核的页面；打开即是一次查阅，有记录。"""

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from renjia.records.audit.actions import record_looks
from renjia.records.audit.models import Access, Action
from renjia.records.store.doors import ScopedRequest, for_roles
from renjia.records.store.scope import narrowed
from renjia.work.births import actions
from renjia.work.births.case_page import CasePage, reveal_value
from renjia.work.births.deadlines import left_text
from renjia.work.births.filters import paged, place_choices
from renjia.work.births.masked import full_place, mother_name, place_names, shown_name
from renjia.work.births.models import BirthCase, Result, Verification
from renjia.work.births.questions import answers_from, questions_of
from renjia.work.births.views import EVERYONE, OFFICERS


def _opened(case: BirthCase) -> None:
    record_looks(subjects=[case.subject], action=Action.OPEN, case_refs=[case.no])


def _case(no: str) -> BirthCase:
    return get_object_or_404(BirthCase, no=no)


@for_roles(*OFFICERS)
def case(request: ScopedRequest, no: str) -> HttpResponse:
    found = _case(no)
    if found.retired:
        return redirect("births:case", no=found.retired)
    _opened(found)
    page = CasePage(found)
    asked = found.verifications.order_by("-issued", "-id").first()
    return render(
        request,
        "births/case.html",
        page.context()
        | {
            "verification": verification_context(request, asked, page) if asked else None,
            "looks_url": reverse("births:looks", args=[no]),
            "error": request.GET.get("error", ""),
        },
    )


def verification_context(request: ScopedRequest, found: Verification, page: CasePage) -> dict[str, Any]:
    text, late = left_text(found.due, timezone.localdate())
    asked = request.scope
    names = place_names([found.place, found.place[:9], found.offered_to])
    waiting = not found.result and found.cleared is None
    return {
        "id": found.pk,
        "place": full_place(found.place, names),
        "issued": found.issued,
        "due": found.due,
        "due_basis": found.due_basis,
        "left_text": text if waiting else "",
        "late": late and waiting,
        "reasons": [r["text"] for r in found.reasons],
        "questions": _asked(request, found, page) if waiting else [],
        "state_label": found.get_result_display() or ("无须再核" if found.cleared else "退回再核" if found.returned else "待核实"),
        "result": found.result,
        "reason": found.reason,
        "done_at": found.done_at,
        "done_by": found.done_by,
        "can_answer": waiting,
        "can_undo": bool(found.result) and found.done_account == asked.account,
        "can_transfer": waiting and not found.offered_to and asked.role in OFFICERS,
        "can_escalate": waiting and not found.escalated and asked.role == "street_monitor",
        "can_second_look": bool(found.result) and found.sampled and found.second_at is None and asked.role == "street_monitor",
        "offer": {"to": names.get(found.offered_to, found.offered_to), "at": found.offered_at, "by": found.offered_by,
                  "mine": any(found.offered_to.startswith(p) for p in asked.places)} if found.offered_to else None,
        "transfer_places": place_choices(asked.places[0] if asked.places else "") if waiting else [],
    }  # fmt: skip


def _asked(request: ScopedRequest, found: Verification, page: CasePage) -> list[dict[str, Any]]:
    """The questions, with what was already chosen when the form comes back."""
    return [q | {"given": request.POST.get(f"q_{q['field']}", "")} for q in questions_of(found, page)]


@for_roles(*EVERYONE)
def verification(request: ScopedRequest, pk: str) -> HttpResponse:
    found = get_object_or_404(Verification.objects.select_related("case"), pk=pk)
    page = CasePage(found.case)
    error = ""
    if request.method == "POST":
        try:
            given = answers_from(request.POST, found, page)
            actions.answer_verification(
                verification_id=found.pk, result=Result(given.result), reason=given.reason, answers=given.answers
            )
            return redirect(_next(request, found))
        except (actions.Refused, ValueError) as refused:
            error = str(refused)
    _opened(found.case)
    if request.scope.role != "neighbourhood_worker":
        if error:
            return redirect(f"{reverse('births:case', args=[found.case.no])}?{urlencode({'error': error})}")
        return redirect("births:case", no=found.case.no)
    waiting = list(Verification.objects.open().by_deadline().values_list("pk", flat=True))
    place = waiting.index(found.pk) + 1 if found.pk in waiting else 0
    return render(
        request,
        "births/phone_verification.html",
        {
            "verification": verification_context(request, found, page),
            "position": f"第 {place} 件，共 {len(waiting)} 件" if place else "",
            "child": shown_name(page.records, found.case.sex),
            "sex_label": page.sex_label,
            "born": found.case.born,
            "mother": mother_name(page.records),
            "phone_masked": page.phone_masked,
            "case_no": found.case.no,
            "error": error or request.GET.get("error", ""),
        },
        status=422 if error else 200,
    )


def _next(request: ScopedRequest, done: Verification) -> str:
    if request.scope.role != "neighbourhood_worker":
        return reverse("births:case", args=[done.case.no])
    following = Verification.objects.open().by_deadline().values_list("pk", flat=True).first()
    return reverse("births:verification", args=[following]) if following else reverse("home")


def _act(request: ScopedRequest, pk: str, act: Any, **kwargs: Any) -> HttpResponse:
    """One verb on one verification; a refusal is shown on the page it came from."""
    found = get_object_or_404(Verification.objects.select_related("case"), pk=pk)
    target = reverse("births:case", args=[found.case.no])
    if request.scope.role == "neighbourhood_worker":
        target = reverse("births:verification", args=[pk])
    try:
        act(verification_id=found.pk, **kwargs)
    except actions.Refused as refused:
        return redirect(f"{target}?{urlencode({'error': str(refused)})}")
    still_seen = Verification.objects.filter(pk=pk).exists()
    return redirect(target if still_seen else reverse("births:verifications"))


@require_POST
@for_roles(*EVERYONE)
def undo(request: ScopedRequest, pk: str) -> HttpResponse:
    return _act(request, pk, actions.undo_answer)


@require_POST
@for_roles("street_monitor")
def second_look(request: ScopedRequest, pk: str) -> HttpResponse:
    return _act(
        request, pk, actions.look_again, agrees=request.POST.get("agrees") == "1", note=request.POST.get("note", "")
    )


@require_POST
@for_roles(*OFFICERS)
def offer(request: ScopedRequest, pk: str) -> HttpResponse:
    return _act(request, pk, actions.offer_transfer, to=request.POST.get("to", ""), why=request.POST.get("why", ""))


@require_POST
@for_roles(*OFFICERS)
def transfer(request: ScopedRequest, pk: str) -> HttpResponse:
    return _act(
        request, pk, actions.answer_transfer, accept=request.POST.get("accept") == "1", why=request.POST.get("why", "")
    )


@require_POST
@for_roles("street_monitor")
def escalate(request: ScopedRequest, pk: str) -> HttpResponse:
    return _act(request, pk, actions.escalate, why=request.POST.get("why", ""))


@for_roles(*OFFICERS)
def looks(request: ScopedRequest, no: str) -> HttpResponse:
    """谁看过 — everyone who looked at this child's record; reading the list is itself no look at the child's data."""
    found = _case(no)
    with narrowed(subject=found.subject):
        page = paged(request, Access.objects.of(found.subject).latest_first())
        page.object_list = list(page.object_list)
    return render(request, "births/looks.html", {"page": page, "case": {"no": found.no}, "total": page.paginator.count})


@require_POST
@for_roles(*EVERYONE)
def reveal(request: ScopedRequest, no: str) -> HttpResponse:
    """显示一项 — one field of one child, recorded; never in an address or a cache."""
    found = _case(no)
    field = request.POST.get("field", "")
    on_a_phone = request.scope.role == "neighbourhood_worker"
    if on_a_phone and field != "phone":  # she calls the family; the rest they tell her themselves
        raise Http404
    value = reveal_value(found, field)
    if value is None:
        raise Http404
    record_looks(subjects=[found.subject], action=Action.REVEAL, case_refs=[found.no], fields=field)
    return render(request, "births/_revealed.html", {"value": value, "call": on_a_phone})
