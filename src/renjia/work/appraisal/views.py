"""考核的页面 — what the year has earned so far in 出生监测, and what every deduction stands on."""

from datetime import date
from functools import lru_cache
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from renjia.engine.units import Month
from renjia.measure.indicators import is_met
from renjia.measure.snapshot.installed import opened, workset
from renjia.records.store.doors import ScopedRequest, for_roles
from renjia.work.appraisal.actions import NotEntered, enter_fact
from renjia.work.appraisal.block import (
    BY_ENTRY,
    BY_RATES,
    ENTERED,
    RUBRIC,
    Rates,
    StreetBlock,
    entered_in,
    latest,
    months,
    points_text,
    rates,
    shown_figure,
    street_blocks,
    the_rubric,
    year_of,
)
from renjia.work.appraisal.models import EnteredFact

READERS = ("district_monitor", "street_monitor")
READINGS = ("Q1", "Q2", "Q3", "Q5")  # those that can change this block


def known_months() -> dict[Month, bool]:
    """各月 — in order, and whether each was due."""
    on = workset().latest()
    return _months(workset().version, on) if on else {}


def blocks_at(through: Month, within: str = "") -> list[StreetBlock]:
    """截至某月的各街镇 — of one street when `within` is its code."""
    on = workset().latest()
    found = street_blocks(_rates(workset().version, on, through), entered_in(through.year)) if on else []
    return [one for one in found if one.code.startswith(within)]


@lru_cache(maxsize=8)
def _months(mark: str, on: date) -> dict[Month, bool]:
    with opened(on) as con:
        return months(con, on) if con else {}


@lru_cache(maxsize=32)
def _rates(mark: str, on: date, through: Month) -> Rates:
    with opened(on) as con:
        return rates(con, through) if con else Rates({}, {})


def _through(request: ScopedRequest, known: dict[Month, bool]) -> Month:
    wanted = request.GET.get("month", "")
    return next((m for m in known if str(m) == wanted), None) or latest(known) or max(known)


def _own(request: ScopedRequest) -> str:
    """A street sees its own score; the district all of its own."""
    return str(request.scope.places[0])


def row_of(one: StreetBlock) -> dict[str, Any]:
    """一行 — a street as lists show it."""
    rates = {
        fact: {"text": shown_figure(figure), "late": is_met(figure) is False} for fact, figure in one.figures.items()
    }
    return {
        "code": one.code, "name": one.name, "url": reverse("appraisal:street", args=[one.code]),
        "rates": list(rates.values()), "from_rates": points_text(one.by_rates),
        "from_entered": "未录入" if one.by_entered is None else points_text(one.by_entered),
        "points": points_text(one.block.points), "limit": points_text(one.block.limit), "missing": one.missing,
        "deducted": one.deducted,
    }  # fmt: skip


@for_roles(*READERS)
def streets(request: ScopedRequest) -> HttpResponse:
    known = known_months()
    if not known:
        return render(request, "appraisal/list.html", {"rows": [], "months": [], "month": None})
    through, own = _through(request, known), _own(request)
    rows = [row_of(one) for one in blocks_at(through, own)]
    rows.sort(key=lambda row: (-row["deducted"], row["code"]))
    rubric = the_rubric()
    return render(
        request,
        "appraisal/list.html",
        {
            "rows": rows, "months": _shown(known), "due": known[through], "month": str(through), "period": _period(through),
            "as_of": workset().latest(), "rubric": rubric.name, "readings": _readings(),
            "waiting": sum(bool(row["missing"]) for row in rows),
        },
    )  # fmt: skip


def _shown(known: dict[Month, bool]) -> list[dict[str, str]]:
    """月份选单 — latest first, those under way said so."""
    return [{"value": str(m), "label": f"{m}{'' if due else '（未到期）'}"} for m, due in reversed(known.items())]


def _period(through: Month) -> str:
    first, last = year_of(through)
    return f"{first} 至 {last}" if first != last else str(first)


def _readings() -> list[dict[str, str]]:
    """本块用到的读法 — which reading is in force where the source's sentence can be read in two ways."""
    return [
        {"key": key, "name": one.name, "chosen": one.values[one.chosen], "why": one.why}
        for key, one in the_rubric().readings.items()
        if key in READINGS
    ]


def _street(request: ScopedRequest, code: str) -> tuple[StreetBlock, Month, dict[Month, bool]]:
    known = known_months()
    if not known or not code.startswith(_own(request)):
        raise Http404
    through = _through(request, known)
    found = next((one for one in blocks_at(through, code) if one.code == code), None)
    if found is None:
        raise Http404
    return found, through, known


@for_roles(*READERS)
def street(request: ScopedRequest, code: str, wrong: str = "", typed: dict[str, str] | None = None) -> HttpResponse:
    one, through, known = _street(request, code)
    rubric = the_rubric()
    entered = {
        e.fact: e for e in EnteredFact.objects.filter(rubric=RUBRIC, year=through.year, place=code).order_by("fact")
    }
    atoms = [
        {"id": id, "says": rubric.atoms[id].says, "points": points_text(atom.points), "reason": atom.reason,
         "late": bool(atom.points and atom.points < 0), "provided": atom.provided, "evidence": _evidence(id, one, entered, through)}
        for id, atom in one.atoms.items()
    ]  # fmt: skip
    return render(
        request,
        "appraisal/street.html",
        {
            "street": row_of(one), "atoms": atoms, "month": str(through), "months": _shown(known), "due": known[through],
            "period": _period(through), "year": through.year, "as_of": workset().latest(), "rubric": rubric.name,
            "may_enter": request.scope.role == "district_monitor",
            "facts": [{"name": f, "entered": entered.get(f)} for f in ENTERED], "wrong": wrong,
            "typed": typed or {"fact": "", "value": "", "why": ""},
        },
    )  # fmt: skip


def _evidence(id: str, one: StreetBlock, entered: dict[str, EnteredFact], through: Month) -> dict[str, Any]:
    """凭据 — for a rate its cases month by month; for an entered fact who entered it, when, on what ground."""
    if id in BY_RATES:
        fact, indicator = BY_RATES[id]
        behind = reverse("indicators:rows", args=[indicator])
        first, last = year_of(through)
        return {
            "text": shown_figure(one.figures[fact]),
            "months": [{"month": str(m), "url": f"{behind}?month={m}&place={one.code}&part=denominator"} for m in first.until(last)],
        }  # fmt: skip
    found = entered.get(BY_ENTRY.get(id, ""))
    return {"entered": found, "text": f"{found.value}" if found else "", "months": []}


@require_POST
@for_roles("district_monitor")
def enter(request: ScopedRequest, code: str) -> HttpResponse:
    one, through, _ = _street(request, code)
    typed = {key: request.POST.get(key, "").strip() for key in ("fact", "value", "why")}
    try:
        enter_fact(year=through.year, place=one.code, **typed)
    except NotEntered as refused:
        return street(request, code, wrong=str(refused), typed=typed)
    return redirect(f"{reverse('appraisal:street', args=[code])}?month={through}")
