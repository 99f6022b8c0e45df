"""个案与核实的列表；手机上的待核实。"""

from typing import Any

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from renjia.records.store.doors import ScopedRequest, for_roles
from renjia.work.births.deadlines import group_of, left_text
from renjia.work.births.exporting import MOST, exported
from renjia.work.births.filters import Filter, chosen, months, paged, places_in_scope
from renjia.work.births.masked import SEX, SOURCES, full_place, list_looks, place_names, records_of, shown_name
from renjia.work.births.models import BirthCase, CaseState, Result, Verification

OFFICERS = ("district_monitor", "street_monitor")
EVERYONE = (*OFFICERS, "neighbourhood_worker")


@for_roles(*OFFICERS)
def cases(request: ScopedRequest) -> HttpResponse:
    rows = BirthCase.objects.living().order_by("-no")
    states, where = list(CaseState.choices), places_in_scope(request)
    by_month = [(m, m) for m in BirthCase.objects.order_by("-month").values_list("month", flat=True).distinct()]
    state, month, place = (
        chosen(request, "state", states),
        chosen(request, "month", by_month),
        chosen(request, "place", where),
    )
    sought = request.GET.get("no", "").strip()
    if state:
        rows = rows.filter(state=state)
    if month:
        rows = rows.filter(month=month)
    if place:
        rows = rows.filter(place__startswith=place)
    if sought:
        rows = rows.filter(Q(no=sought) | Q(delivery=sought))
    if request.GET.get("format") == "xlsx":
        return _export_cases(list(rows[:MOST]))
    page = paged(request, rows)
    shown = list(page.object_list)
    list_looks(shown)
    records, names = records_of(shown), place_names(code for c in shown for code in (c.home, c.home[:9]))
    asked = {v.case_id: v for v in Verification.objects.filter(case__in=shown).order_by("issued")}
    page.object_list = [case_row(c, records.get(c.pk, []), names, asked.get(c.pk)) for c in shown]
    return render(
        request,
        "births/cases.html",
        {
            "page": page,
            "total": page.paginator.count,
            "sought": sought,
            "filters": [
                Filter("month", "到达月份", month, by_month),
                Filter("state", "状态", state, states),
                Filter("place", "区划", place, where),
            ],
        },
    )


def _export_cases(taken: list[BirthCase]) -> HttpResponse:
    records, names = records_of(taken), place_names(code for c in taken for code in (c.home, c.home[:9]))
    lines = [case_row(c, records.get(c.pk, []), names, None) for c in taken]
    header = ("个案号", "姓名", "性别", "出生日期", "现住地", "差异项数", "状态")
    rows = [
        (x["no"], x["name"], x["sex_label"], str(x["born"] or ""), x["place"], str(x["differences"]), x["state_label"])
        for x in lines
    ]
    return exported("出生个案", header, rows, taken)


def case_row(
    case: BirthCase, records: list[dict[str, Any]], names: dict[str, str], asked: Verification | None
) -> dict[str, Any]:
    have = {r["source"] for r in records}
    return {
        "no": case.no,
        "url": reverse("births:case", args=[case.no]),
        "name": shown_name(records, case.sex),
        "sex_label": SEX.get(case.sex, "—"),
        "born": case.born,
        "place": full_place(case.home, names),
        "street": names.get(case.home[:9], "") if len(case.home) >= 9 else "住址不明或在区外",
        "neighbourhood": names.get(case.home, "") if len(case.home) == 12 else "",
        "state": case.state,
        "state_label": case.get_state_display(),
        "sources": [s in have for s in SOURCES],
        "differences": len(case.differences),
        "verification_label": (asked.get_result_display() or ("无须再核" if asked.cleared else "待核实"))
        if asked
        else "",
    }


def _verifications(request: ScopedRequest) -> tuple[Any, dict[str, str]]:
    rows = Verification.objects.counted().select_related("case")
    by_month, where = months(), places_in_scope(request)
    view = request.GET.get("view", "open")
    month, place = chosen(request, "month", by_month), chosen(request, "place", where)
    today = timezone.localdate()
    if month:
        rows = rows.filter(month=month)
    if place:
        rows = rows.filter(place__startswith=place)
    views = {
        "open": Q(result=""),
        "late": Q(result="", due__lt=today),
        "offered": ~Q(offered_to=""),
        "sampled": Q(sampled=True, second_at__isnull=True) & ~Q(result=""),
        "done": ~Q(result=""),
        "unverifiable": Q(result=Result.UNVERIFIABLE),
    }
    rows = rows.filter(views.get(view, views["open"]))
    return rows.by_deadline(), {"view": view, "month": month, "place": place}


VIEW_LABELS = (
    ("open", "待核实"), ("late", "已超期"), ("offered", "转办中"), ("sampled", "待抽查"), ("done", "已办结"), ("unverifiable", "无法核实"),
)  # fmt: skip


@for_roles(*EVERYONE)
def verifications(request: ScopedRequest) -> HttpResponse:
    phone = request.scope.role == "neighbourhood_worker"
    rows, asked = _verifications(request)
    if request.GET.get("format") == "xlsx" and not phone:
        return _export_verifications(list(rows[:MOST]))
    page = paged(request, rows)
    listed = list(page.object_list)
    list_looks(v.case for v in listed)
    page.object_list = verification_rows(listed)
    base = Verification.objects.counted()
    today = timezone.localdate()
    counts = {
        "open": base.filter(result="").count(),
        "late": base.filter(result="", due__lt=today).count(),
        "offered": base.exclude(offered_to="").count(),
        "sampled": base.filter(sampled=True, second_at__isnull=True).exclude(result="").count(),
        "done": base.exclude(result="").count(),
        "unverifiable": base.filter(result=Result.UNVERIFIABLE).count(),
    }
    return render(
        request,
        "births/phone_list.html" if phone else "births/verifications.html",
        {
            "page": page,
            "total": page.paginator.count,
            "views": [
                {
                    "label": label,
                    "url": f"?view={key}",
                    "count": counts[key],
                    "on": key == asked["view"],
                    "late": key == "late",
                }
                for key, label in VIEW_LABELS
            ],
            "filters": [
                Filter("month", "批次", asked["month"], months()),
                Filter("place", "区划", asked["place"], places_in_scope(request)),
            ],
            "view": asked["view"],
        },
    )


def _export_verifications(taken: list[Verification]) -> HttpResponse:
    header = ("个案号", "孩子", "性别", "出生日期", "承办", "核实什么", "下发", "截止", "剩余", "状态")
    rows = [
        (x["no"], x["name"], x["sex_label"], str(x["born"] or ""), x["place"], "；".join(x["reasons"]), str(x["issued"]),
         str(x["due"]), x["left_text"], x["state_label"])
        for x in verification_rows(taken)
    ]  # fmt: skip
    return exported("核实", header, rows, [v.case for v in taken])


def verification_rows(listed: list[Verification]) -> list[dict[str, Any]]:
    """列表各行 — names masked, deadline in words."""
    today = timezone.localdate()
    records = records_of(v.case for v in listed)
    names = place_names(code for v in listed for code in (v.place, v.place[:9]))
    rows = []
    for v in listed:
        text, late = left_text(v.due, today)
        done = bool(v.result)
        rows.append(
            {
                "id": v.pk,
                "url": reverse("births:verification", args=[v.pk]),
                "no": v.case.no,
                "name": shown_name(records.get(v.case_id, []), v.case.sex),
                "sex_label": SEX.get(v.case.sex, "—"),
                "born": v.case.born,
                "place": full_place(v.place, names),
                "reasons": [r["text"] for r in v.reasons],
                "issued": v.issued,
                "due": v.due,
                "left_text": "" if done else text,
                "late": late and not done,
                "group": "已办结" if done else group_of(v.due, today),
                "state_label": v.get_result_display()
                or ("退回再核" if v.returned else "转办中" if v.offered_to else "待核实"),
                "result": v.result,
                "done_at": v.done_at,
            }
        )
    return rows
