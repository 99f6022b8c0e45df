"""区划与机构的页面。"""

from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from renjia.records.places.models import Institution, Level, Place
from renjia.records.store.doors import for_roles

READERS = ("district_monitor", "street_monitor", "security_admin", "system_admin")


@for_roles(*READERS)
def place_list(request: HttpRequest) -> HttpResponse:
    streets = Place.objects.streets().annotate(neighbourhoods=Count("children")).in_order()
    return render(
        request,
        "places/list.html",
        {"streets": streets, "institutions": Institution.objects.order_by("kind", "code")},
    )


@for_roles(*READERS)
def street(request: HttpRequest, code: str) -> HttpResponse:
    found = Place.objects.filter(code=code, level=Level.STREET).first()
    if found is None:
        raise Http404
    return render(
        request,
        "places/street.html",
        {
            "street": found,
            "places": Place.objects.under(code).in_order(),
            "institutions": Institution.objects.filter(street=code).order_by("kind", "code"),
        },
    )
