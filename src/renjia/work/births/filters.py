"""筛选与翻页 — the same for every list of the room."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator

from renjia.records.places.models import Place
from renjia.records.store.doors import ScopedRequest
from renjia.work.births.models import Verification

PAGE = 40


@dataclass(frozen=True)
class Filter:
    """一个筛选 — its name in the address, its label, what is chosen, what may be chosen."""

    name: str
    label: str
    value: str
    options: Sequence[tuple[str, str]]


def chosen(request: ScopedRequest, name: str, options: Sequence[tuple[str, str]]) -> str:
    """所选 — only what is on the list; anything else counts as unset."""
    value = request.GET.get(name, "")
    return value if value in {o for o, _ in options} else ""


def months() -> list[tuple[str, str]]:
    """有核实的月份，近的在前。"""
    found = Verification.objects.order_by("-month").values_list("month", flat=True).distinct()
    return [(m, m) for m in found]


def places_in_scope(request: ScopedRequest) -> list[tuple[str, str]]:
    """范围内的街镇或居村。"""
    code = request.scope.places[0] if request.scope.places else ""
    level = "street" if len(code) == 6 else "neighbourhood"
    if len(code) not in (6, 9):
        return []
    return list(Place.objects.under(code).filter(level=level).in_order().values_list("code", "name"))


def paged(request: ScopedRequest, rows: Any, size: int = PAGE) -> Page[Any]:
    """这一页。"""
    return Paginator(rows, size).get_page(request.GET.get("page"))


def place_choices(code: str) -> list[tuple[str, str]]:
    """可转往的区划 — the district's streets and, within one's own street, its neighbourhoods."""
    streets = Place.objects.under(code[:6]).filter(level="street") if code else Place.objects.none()
    own = Place.objects.under(code[:9]).filter(level="neighbourhood") if len(code) >= 9 else Place.objects.none()
    return [*own.in_order().values_list("code", "name"), *streets.in_order().values_list("code", "name")]
