"""查阅记录 — metadata only: who looked, when, for what; never what was seen."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from renjia.records.audit.actions import broken_rows
from renjia.records.audit.models import Access, Action
from renjia.records.store.doors import for_roles


@for_roles("auditor")
def access_list(request: HttpRequest) -> HttpResponse:
    rows = Access.objects.latest_first()
    action = request.GET.get("action", "")
    if action in Action.values:
        rows = rows.filter(action=action)
    who = request.GET.get("who", "").strip()
    if who:
        rows = rows.filter(who=who)
    page = Paginator(rows, 50).get_page(request.GET.get("page"))
    return render(
        request,
        "audit/list.html",
        {
            "page": page, "action": action, "who": who, "broken": broken_rows(page),
            "filters": [{"name": "action", "label": "行为", "value": action, "options": Action.choices}],
        },
    )  # fmt: skip
