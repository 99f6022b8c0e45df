"""数背后的个案 — of the cases behind a figure, those that the viewer's own scope reaches; each shown is a recorded look."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from renjia.measure.indicators.views import PARTS, keys_behind
from renjia.records.store.doors import for_roles
from renjia.work.births.filters import paged
from renjia.work.births.masked import list_looks, place_names, records_of
from renjia.work.births.models import BirthCase, Verification
from renjia.work.births.views import OFFICERS, case_row


@for_roles(*OFFICERS)
def behind(request: HttpRequest, id: str) -> HttpResponse:
    page_of, month, part, keys = keys_behind(request, id)
    page = paged(request, BirthCase.objects.living().filter(workset_key__in=set(keys)).order_by("no"))
    shown = list(page.object_list)
    list_looks(shown)
    records, names = records_of(shown), place_names(code for c in shown for code in (c.home, c.home[:9]))
    asked = {v.case_id: v for v in Verification.objects.filter(case__in=shown).order_by("issued")}
    page.object_list = [case_row(c, records.get(c.pk, []), names, asked.get(c.pk)) for c in shown]
    reached = page.paginator.count
    return render(
        request,
        "births/behind.html",
        {"page": page, "name": page_of.name, "month": str(month), "part_label": PARTS[part], "total": len(set(keys)),
         "beyond": len(set(keys)) - reached, "back": f"{reverse('indicators:rows', args=[id])}?{request.GET.urlencode()}"},
    )  # fmt: skip
