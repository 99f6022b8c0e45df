"""比对复核 — two records side by side, what speaks for and against, one decision that every later run keeps."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from renjia.records.audit.actions import record_looks
from renjia.records.audit.models import Action
from renjia.records.intake import FIELDS
from renjia.records.intake.boxes import open_records
from renjia.records.store.doors import for_roles
from renjia.work.births import actions
from renjia.work.births.case_page import ROWS, CasePage, waterfall
from renjia.work.births.filters import paged
from renjia.work.births.masked import NAMES, list_looks
from renjia.work.births.models import BirthCase, Question
from renjia.work.births.questions import told_apart

LEVELS = {"delivery": "是否同一次分娩", "child": "是否同一个孩子"}


def _cases_of(question: Question) -> list[BirthCase]:
    return list(BirthCase.objects.filter(records__record__in=[question.a_id, question.b_id]).distinct())


@for_roles("district_monitor")
def reviews(request: HttpRequest) -> HttpResponse:
    page = paged(request, Question.objects.waiting().select_related("a", "b").order_by("-score", "a_key"))
    listed = list(page.object_list)
    list_looks(BirthCase.objects.filter(records__record__in=[r for q in listed for r in (q.a_id, q.b_id)]).distinct())
    page.object_list = [
        {
            "id": q.pk, "url": reverse("births:review", args=[q.pk]), "score": q.score, "reason": q.reason,
            "a_label": f"{NAMES[q.a.source]} {q.a.record_no}", "b_label": f"{NAMES[q.b.source]} {q.b.record_no}",
            "level_label": LEVELS.get(q.level, q.level), "born": q.a.born or q.b.born,
            "effect": "合并则出生数少 1",
        }
        for q in listed
    ]  # fmt: skip
    done = Question.objects.filter(same__isnull=False).count()
    return render(request, "births/reviews.html", {"page": page, "total": page.paginator.count, "done": done})


@for_roles("district_monitor")
def review(request: HttpRequest, pk: str) -> HttpResponse:
    found = get_object_or_404(Question.objects.select_related("a", "b"), pk=pk)
    error = ""
    if request.method == "POST":
        decision = request.POST.get("decision", "")
        try:
            if decision not in ("same", "different"):
                raise actions.Refused("请选“是同一个”或“不是同一个”。")
            actions.decide_question(question_id=found.pk, same=decision == "same", note=request.POST.get("note", ""))
            following = Question.objects.waiting().order_by("-score", "a_key").first()
            return redirect("births:review", pk=following.pk) if following else redirect("births:reviews")
        except actions.Refused as refused:
            error = str(refused)
    cases = _cases_of(found)
    record_looks(subjects=[c.subject for c in cases], action=Action.OPEN, case_refs=[c.no for c in cases])
    left, right = open_records([found.a, found.b])
    shapes = [CasePage(one) for one in cases]
    shape = shapes[0] if shapes else None
    for other in shapes[1:]:  # the second case's places and hospitals have names too
        shapes[0].places |= other.places
        shapes[0].institutions |= other.institutions
    order = list(Question.objects.waiting().order_by("-score", "a_key").values_list("pk", flat=True))
    here = order.index(found.pk) if found.pk in order else None
    return render(
        request,
        "births/review.html",
        {
            "pair": {"left": head_of(found.a), "right": head_of(found.b)},
            "rows": pair_rows(left, right, shape),
            "waterfall": waterfall("", found.pattern, found.level) if found.pattern is not None else None,
            "question": found, "level_label": LEVELS.get(found.level, found.level), "error": error,
            "position": f"第 {here + 1} 条，共 {len(order)} 条" if here is not None else "已决定",
            "previous": _url(order, here, -1), "next": _url(order, here, 1),
        },
        status=409 if error else 200,
    )  # fmt: skip


def head_of(record: Any) -> dict[str, Any]:
    """一条记录的表头 — source, number, when it was reported."""
    return {
        "label": NAMES[record.source],
        "record_no": record.record_no or "无编号",
        "reported": record.reported,
        "month": record.month,
    }


def pair_rows(left: dict[str, Any], right: dict[str, Any], page: CasePage | None) -> list[dict[str, Any]]:
    """两条并排 — masked, field by field; where two masks look alike only what differs is shown."""
    if page is None:
        return []
    rows = []
    for field in ROWS:
        a, b = left[field], right[field]
        if a in (None, "") and b in (None, ""):
            continue
        both = a not in (None, "") and b not in (None, "")
        shown = [page.text(field, a), page.text(field, b)]
        if both and a != b:
            shown = told_apart(shown, [a, b])
        rows.append(
            {
                "label": FIELDS[field][0], "left": shown[0], "right": shown[1], "same": both and a == b,
                "note": "" if not both else "相同" if a == b else "不同",
            }
        )  # fmt: skip
    return rows


def _url(order: list[Any], here: int | None, step: int) -> str | None:
    if here is None or not 0 <= here + step < len(order):
        return None
    return reverse("births:review", args=[order[here + step]])
