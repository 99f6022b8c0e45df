"""漏报的页面 — how many births nobody reported, beside what each department misses; numbers only, no child."""

from datetime import date
from functools import lru_cache
from math import ceil, floor
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from renjia.engine.units import Month
from renjia.measure.snapshot.installed import opened, workset
from renjia.records.store.doors import for_roles
from renjia.work.births.link_audit import Estimate, latest_estimate
from renjia.work.births.missed import SOURCES, MissedBirths, missed_births

_MOST_WRONG = 0.2  # beyond this the table of sources says nothing, and the page says so


@for_roles("district_monitor")
def missed(request: HttpRequest) -> HttpResponse:
    on = workset().latest()
    judged = latest_estimate()
    wrong = min(1 - judged.precision.low, _MOST_WRONG) if judged and judged.precision else None
    found = _estimated(workset().version, on, wrong) if on else None
    return render(request, "births/missed.html", _shown(found) | {"as_of": on, "audit": _audit(judged)})


def _audit(judged: Estimate | None) -> dict[str, Any] | None:
    """The sample of links whose answers the band stands on."""
    if judged is None or judged.precision is None:
        return None
    most = 1 - judged.precision.low
    return {
        "at": judged.audit.drawn_at, "judged": judged.right + judged.wrong, "most": f"{most * 100:.2f}%",
        "capped": most > _MOST_WRONG,
    }  # fmt: skip


@lru_cache(maxsize=4)
def _estimated(mark: str, on: date, wrong: float | None) -> MissedBirths | None:
    with opened(on) as con:
        rows = con.execute("select max(period) from birth_verification").fetchall() if con else []
        return missed_births(con, Month.parse(rows[0][0]), wrong) if con and rows and rows[0][0] else None


def _shown(found: MissedBirths | None) -> dict[str, Any]:
    if found is None:
        return {"groups": [], "sources": [], "whole": None, "first": None, "last": None, "kinds": []}
    groups = [
        {
            "name": group.name, "seen": group.seen, "refused": group.refused,
            "missed": _span(group.estimate.total, group.estimate.low, group.estimate.high, group.seen) if group.estimate else None,
            "share": f"{group.estimate.share_seen * 100:.2f}%" if group.estimate else "",
            "models": len(group.estimate.models) if group.estimate else 0,
            "band": _band(group.band),
        }
        for group in found.groups
    ]  # fmt: skip
    seen = sum(group.seen for group in found.groups)
    return {
        "groups": groups,
        "whole": _span(*found.whole, seen) | {"seen": seen, "band": _band(found.band)} if found.whole else None,
        "kinds": [
            {"of": kind.of if kind.name == _first_of(kind.of, found) else "", "name": kind.name, "seen": kind.seen,
             "shares": [None if share is None else f"{share * 100:.1f}%" for share in kind.shares]}
            for kind in found.kinds
        ],
        "source_names": SOURCES,
        "sources": [
            {"name": name, "held": held, "share": f"{share * 100:.2f}%", "of_others": f"{others * 100:.2f}%"}
            for name, held, share, others in found.by_source
        ],
        "first": found.first, "last": found.last,
    }  # fmt: skip


def _first_of(of: str, found: MissedBirths) -> str:
    return next(kind.name for kind in found.kinds if kind.of == of)


def _band(band: tuple[float, float] | None) -> dict[str, int] | None:
    return None if band is None else {"least": floor(band[0]), "most": ceil(band[1])}


def _span(total: float, low: float, high: float, seen: int) -> dict[str, Any]:
    return {
        "total": round(total), "low": max(seen, int(low)), "high": round(high), "missed": max(0, round(total - seen)),
        "least": max(0, int(low) - seen), "most": max(0, round(high) - seen),
    }  # fmt: skip
