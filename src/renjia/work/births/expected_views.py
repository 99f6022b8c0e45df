"""预期出生的页面 — a month of all streets, a year of one; numbers only, no child, so nothing here is a look."""

from datetime import date
from functools import lru_cache
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from renjia.engine.units import Month
from renjia.measure.snapshot.installed import opened, workset
from renjia.records.places.models import Place
from renjia.records.store.doors import ScopedRequest, for_roles
from renjia.work.births.expected import (
    LEAST,
    Cell,
    ExpectedYear,
    History,
    arrived_by_month,
    expected_year,
    history,
    of_month,
    of_street,
)

READERS = ("district_monitor", "street_monitor")
_ON_A_BLOCK = 4


@lru_cache(maxsize=4)
def _history(mark: str, on: date) -> History | None:
    with opened(on) as con:
        return history(con) if con else None


@lru_cache(maxsize=16)
def _year(mark: str, on: date, month: Month) -> ExpectedYear | None:
    seen = _history(mark, on)
    return expected_year(seen, month) if seen else None


def _now() -> tuple[date | None, History | None]:
    on = workset().latest()
    return on, _history(workset().version, on) if on else None


def _told(on: date, seen: History, month: Month) -> ExpectedYear:
    """The year of a month, kept by its last month: the months of a year share one forecast."""
    found = _year(workset().version, on, min(Month(month.year, 12), seen.through))
    return found if found and found.origin and found.origin <= month else expected_year(seen, month)


@for_roles(*READERS)
def expected(request: ScopedRequest) -> HttpResponse:
    """某月各街镇 — a street's officer is led to the own street."""
    own = str(request.scope.places[0])
    if len(own) == 9:
        return redirect("births:expected_street", code=own)
    on, seen = _now()
    if on is None or seen is None:
        return render(request, "births/expected.html", {"seen": None})
    month = next((m for m in seen.months if str(m) == request.GET.get("month", "")), seen.through)
    year = _told(on, seen, month)
    cells = of_month(year, month)
    whole = cells[-1] if cells else None
    return render(
        request,
        "births/expected.html",
        _about(on, seen, year)
        | {
            "month": str(month), "months": [str(m) for m in reversed(seen.months)], "whole": _row(whole) if whole else None,
            "rows": [_row(cell) for cell in cells if cell.code], "flagged": sum(cell.flagged for cell in cells if cell.code),
            "few": sum(cell.verdict.startswith("人数") for cell in cells if cell.code),
        },
    )  # fmt: skip


@for_roles(*READERS)
def expected_street(request: ScopedRequest, code: str) -> HttpResponse:
    """一个街镇的一年。"""
    own = str(request.scope.places[0])
    street = Place.objects.streets().filter(code=code).first() if code.startswith(own) else None
    if street is None:
        raise Http404
    on, seen = _now()
    if on is None or seen is None or code not in dict(seen.streets):
        return render(request, "births/expected_street.html", {"seen": None, "name": street.name})
    years = sorted({m.year for m in seen.months}, reverse=True)
    asked = request.GET.get("year", "")
    year = next((y for y in years if str(y) == asked), years[0])
    month = min(Month(year, 12), seen.through)
    told = _told(on, seen, month)
    return render(
        request,
        "births/expected_street.html",
        _about(on, seen, told)
        | {
            "name": street.name, "code": code, "year": year, "years": years,
            "rows": [_row(cell) for cell in of_street(told, code)],
            "from_district": len(own) == 6,
        },
    )  # fmt: skip


def _about(on: date, seen: History, year: ExpectedYear) -> dict[str, Any]:
    """From when to when, of what day; and where nothing can be expected, what has arrived instead."""
    arrived = arrived_by_month(seen)
    shown = list(arrived)[-LEAST:]
    names = [*seen.streets, ("", "全区")]
    return {
        "seen": seen, "as_of": on, "first": str(seen.first), "through": str(seen.through), "refused": year.refused,
        "origin": str(year.origin) if year.origin else "", "arrived_months": [str(m) for m in shown],
        "arrived": [
            {"code": code, "name": name, "counts": [arrived[m][code] for m in shown], "total": sum(arrived[m][code] for m in shown)}
            for code, name in names
        ] if year.refused else [],
    }  # fmt: skip


def _row(cell: Cell) -> dict[str, Any]:
    return {
        "code": cell.code, "name": cell.name, "month": str(cell.month), "arrived": cell.arrived,
        "expected": f"{cell.expected:,.0f}", "due": f"{cell.due:,.0f}", "share": f"{cell.share * 100:.0f}%",
        "low": round(cell.low), "high": round(cell.high), "verdict": cell.verdict, "text": cell.text, "flagged": cell.flagged,
        "unable": cell.verdict.startswith("人数"), "late": cell.verdict == "偏少",
        "url": reverse("births:expected_street", args=[cell.code]) if cell.code else "",
    }  # fmt: skip


def street_block(code: str) -> dict[str, Any]:
    """工作台上的一块 — a street's last months, or why there is nothing to expect yet."""
    on, seen = _now()
    if on is None or seen is None:
        return {"rows": [], "refused": "", "url": reverse("births:expected")}
    told = _told(on, seen, seen.through)
    return {
        "rows": [_row(cell) for cell in of_street(told, code)[:_ON_A_BLOCK]], "refused": told.refused,
        "url": reverse("births:expected"),
    }  # fmt: skip


def flagged_now() -> tuple[str, int]:
    """最近一个月报出的街镇数 — the month and how many streets left their bounds; 0 where nothing can be expected."""
    on, seen = _now()
    if on is None or seen is None:
        return "", 0
    cells = of_month(_told(on, seen, seen.through), seen.through)
    return str(seen.through), sum(cell.flagged for cell in cells if cell.code)
