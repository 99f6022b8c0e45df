"""漏报的页面 — how many births nobody reported, beside what each department misses; numbers only, no child."""

from datetime import date
from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from renjia.engine.units import Month
from renjia.measure.snapshot.installed import opened, workset
from renjia.records.store.doors import for_roles
from renjia.work.births.missed import MissedBirths, missed_births


@for_roles("district_monitor")
def missed(request: HttpRequest) -> HttpResponse:
    on = workset().latest()
    found = _estimated(workset().version, on) if on else None
    return render(request, "births/missed.html", _shown(found) | {"as_of": on})


@lru_cache(maxsize=4)
def _estimated(mark: str, on: date) -> MissedBirths | None:
    with opened(on) as con:
        rows = con.execute("select max(period) from birth_verification").fetchall() if con else []
        return missed_births(con, Month.parse(rows[0][0])) if con and rows and rows[0][0] else None


def _shown(found: MissedBirths | None) -> dict[str, Any]:
    if found is None:
        return {"groups": [], "sources": [], "whole": None, "first": None, "last": None}
    groups = [
        {
            "name": group.name, "seen": group.seen, "refused": group.refused,
            "missed": _span(group.estimate.total, group.estimate.low, group.estimate.high, group.seen) if group.estimate else None,
            "share": f"{group.estimate.share_seen * 100:.2f}%" if group.estimate else "",
            "models": len(group.estimate.models) if group.estimate else 0,
        }
        for group in found.groups
    ]  # fmt: skip
    seen = sum(group.seen for group in found.groups)
    return {
        "groups": groups,
        "whole": _span(*found.whole, seen) | {"seen": seen} if found.whole else None,
        "sources": [
            {"name": name, "held": held, "share": f"{share * 100:.2f}%", "of_others": f"{others * 100:.2f}%"}
            for name, held, share, others in found.by_source
        ],
        "first": found.first, "last": found.last,
    }  # fmt: skip


def _span(total: float, low: float, high: float, seen: int) -> dict[str, Any]:
    return {
        "total": round(total), "low": max(seen, int(low)), "high": round(high), "missed": max(0, round(total - seen)),
        "least": max(0, int(low) - seen), "most": max(0, round(high) - seen),
    }  # fmt: skip
