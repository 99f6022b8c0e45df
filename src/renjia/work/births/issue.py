"""下发核实 — every difference, every source past its due date and every late report is asked of the right neighbourhood."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

from django.utils import timezone

from renjia.engine.pages import pages_on
from renjia.engine.units import Month, WorkingCalendar
from renjia.records.intake import load_feeds
from renjia.records.intake.models import Batch, BatchState, SourceRecord
from renjia.work.births.actions import Refused
from renjia.work.births.models import BirthCase, CaseEvent, EventKind, Verification

SAMPLE_SHARE = 20  # one in twenty gets the street's second look
Reason = dict[str, str]


@dataclass(frozen=True)
class Timetable:
    """应报期限 — days after birth by which each source is due, and since when each source is received at all."""

    names: dict[str, str]
    due_days: dict[str, int | None]
    since: dict[str, Month]
    verify_days: int

    @classmethod
    def on(cls, day: date) -> "Timetable":
        feeds = load_feeds(day)
        first: dict[str, Month] = {}
        for feed, month in (
            Batch.objects.filter(state=BatchState.ACCEPTED).values_list("feed", "month").order_by("-month")
        ):
            first[feed] = Month.parse(month)
        return cls(
            names={i: f.name for i, f in feeds.items()},
            due_days={i: f.due_days(day) for i, f in feeds.items()},
            since=first,
            verify_days=verify_days(day),
        )


def verify_days(day: date) -> int:
    """核实期限 — in working days, from the standards' page; without one nothing can be issued."""
    value = pages_on("standard", day)["birth_verification"].standards["verify_days"].on(day)
    if value is None:
        raise Refused(f"{day} 没有核实期限：请在 definitions/standards/birth_verification.yaml 写明 verify_days。")
    return int(value)


def reasons_of(case: BirthCase, reports: dict[str, date | None], table: Timetable, as_of: date) -> list[Reason]:
    """核实事由 — differences first, then what is missing, then what came late; a stillbirth is never asked about."""
    if case.outcome == "still":
        return []
    found: list[Reason] = [
        {"kind": "difference", "on": d["field"], "text": f"{d['label']}不一致"} for d in case.differences
    ]
    for source, days in table.due_days.items():
        if days is None or case.born is None or source not in table.since:
            continue
        due = case.born + timedelta(days=days)
        if source not in reports:
            if table.since[source].first <= case.born and due < as_of:
                found.append({"kind": "missing", "on": source, "text": f"{table.names[source]}应于 {due} 前到，未到"})
        elif (reported := reports[source]) is not None and reported > due:
            found.append(
                {"kind": "late", "on": source, "text": f"{table.names[source]}迟报 {(reported - due).days} 天"}
            )
    return found


def _sampled(no: str, month: str) -> bool:
    return int.from_bytes(sha256(f"{no}|{month}".encode()).digest()[:4], "big") % SAMPLE_SHARE == 0


def issue_verifications(*, month: Month, on: date) -> tuple[int, int]:
    """下发 — returns (issued, cleared); run again on the same records it changes nothing.

    What a case was already asked about is not asked twice; an open one whose reasons have all gone is taken down, and
    what its case gives cause for now is asked at once. A case asked about in a later month is left to that month.
    """
    as_of, calendar = month.last, WorkingCalendar()
    table = Timetable.on(as_of)
    reports = _reports()
    asked: dict[Any, set[tuple[str, str]]] = {}
    open_now: dict[Any, Verification] = {}
    for verification in Verification.objects.order_by("issued", "id"):
        asked.setdefault(verification.case_id, set()).update((r["kind"], r["on"]) for r in verification.reasons)
        if not verification.result and verification.cleared is None:
            open_now[verification.case_id] = verification
    due = calendar.add_working_days(on, table.verify_days)
    basis = calendar.basis(due)
    new, events, cleared = [], [], []
    taken = set(Verification.objects.filter(month__gte=str(month)).values_list("case_id", flat=True))
    for case in BirthCase.objects.living():
        reasons = reasons_of(case, reports.get(case.pk, {}), table, as_of)
        waiting = open_now.get(case.pk)
        if waiting is not None:
            # Whether a reason still holds does not depend on the month being run: what was due stays due.
            holding = {(r["kind"], r["on"]) for r in reasons_of(case, reports.get(case.pk, {}), table, date.max)}
            if holding & {(r["kind"], r["on"]) for r in waiting.reasons}:
                continue
            cleared.append(waiting)
            events.append(CaseEvent(case=case, kind=EventKind.CLEARED, text="补报已到，事由已消除", who="系统作业"))
        fresh = [r for r in reasons if (r["kind"], r["on"]) not in asked.get(case.pk, set())]
        if fresh and case.pk not in taken:
            new.append(
                Verification(
                    case=case, month=str(month), place=case.place, reasons=fresh, issued=on, due=due, due_basis=basis,
                    sampled=_sampled(case.no, str(month)),
                )
            )  # fmt: skip
            events.append(
                CaseEvent(case=case, kind=EventKind.ISSUED, text=f"{month} 批次下发，截止 {due}", who="系统作业")
            )
    _clear_retired(open_now, cleared, events)
    if cleared:
        Verification.objects.open().filter(pk__in=[v.pk for v in cleared]).update(cleared=timezone.now())
    Verification.objects.bulk_create(new, batch_size=2000)
    CaseEvent.objects.bulk_create(events, batch_size=2000)
    return len(new), len(cleared)


def _clear_retired(open_now: dict[Any, Verification], cleared: list[Verification], events: list[CaseEvent]) -> None:
    retired = set(BirthCase.objects.filter(pk__in=list(open_now), retired__isnull=False).values_list("pk", flat=True))
    for pk in sorted(retired):
        cleared.append(open_now[pk])
        events.append(CaseEvent(case_id=pk, kind=EventKind.CLEARED, text="个案已并入他案", who="系统作业"))


def _reports() -> dict[Any, dict[str, date | None]]:
    """Earliest report date of each source, by case."""
    found: dict[Any, dict[str, date | None]] = {}
    rows: Iterable[tuple[Any, str, date | None]] = SourceRecord.objects.filter(state="current").values_list(
        "caserecord__case_id", "source", "reported"
    )
    for case, source, reported in rows:
        mine = found.setdefault(case, {})
        before = mine.get(source)
        mine[source] = min(filter(None, (before, reported)), default=None)
    return found
