"""判定库的出生各表 — what this room gives to statistics: exact days, random keys, no name, number or address."""

from collections import defaultdict
from datetime import date
from typing import Any

import pyarrow as pa
from django.utils import timezone

from renjia.engine.units import street_of
from renjia.measure.snapshot import TABLES
from renjia.records.intake.models import RecordState, SourceRecord
from renjia.records.places.models import Place
from renjia.work.births.issue import Timetable
from renjia.work.births.models import BirthCase, Verification

REPORT_COLUMNS = {
    "registration": "registered", "hospital_delivery": "delivered", "vaccination": "vaccinated",
    "birth_certificate": "certified", "hukou_birth": "hukou_entered",
}  # fmt: skip


def workset_tables(*, as_of: date) -> dict[str, pa.Table]:
    """各表 — birth_case, birth_verification, birth_report, birth_agreement, place, from the cases of now."""
    cases = {c.pk: c for c in BirthCase.objects.living()}
    records = list(
        SourceRecord.objects.filter(state=RecordState.CURRENT, caserecord__isnull=False).values_list(
            "caserecord__case_id", "source", "institution", "born", "reported", "month"
        )
    )
    known = timezone.localdate()
    asked = _verifications(cases, known)
    latest = {row["case"]: row for row in asked}
    first: dict[Any, dict[str, date]] = defaultdict(dict)
    for pk, feed, _, _, reported, _ in records:
        if reported is not None:
            column = REPORT_COLUMNS[feed]
            first[pk][column] = min(reported, first[pk].get(column, reported))
    # A delivery is named by the random key of its first case: case numbers are people-facing and stay in PostgreSQL.
    keys_by_no = {case.no: str(case.workset_key) for case in cases.values()}
    case_rows = []
    for pk, case in cases.items():
        key = str(case.workset_key)
        own = {k: latest[key][k] for k in ("issued", "due", "verified", "result", "period")} if key in latest else {}
        case_rows.append(
            {"case": key, "child": key, "delivery": keys_by_no[case.delivery], "born": case.born, "sex": case.sex, "order": case.order,
             "outcome": case.outcome or "live", "known_from": known, "source": case.month}
            | _where(case) | first[pk] | own
        )  # fmt: skip
    return {
        "birth_case": pa.Table.from_pylist(case_rows, TABLES["birth_case"]),
        "birth_verification": pa.Table.from_pylist(asked, TABLES["birth_verification"]),
        "birth_report": pa.Table.from_pylist(_reports(records, cases, as_of, known), TABLES["birth_report"]),
        "birth_agreement": pa.Table.from_pylist(_agreements(cases, known), TABLES["birth_agreement"]),
        "place": pa.Table.from_pylist(
            [
                {"code": code, "name": name, "level": level, "parent": parent, "from": since, "to": until}
                for code, name, level, parent, since, until in Place.objects.in_order().values_list(
                    "code", "name", "level", "parent__code", "valid_from", "valid_to"
                )
            ],
            TABLES["place"],
        ),
    }


def _where(case: BirthCase) -> dict[str, str | None]:
    """Street and neighbourhood as the code tells; the district's own pool has neither."""
    return {
        "street": street_of(case.home) if len(case.home) >= 9 else None,
        "neighbourhood": case.home if len(case.home) == 12 else None,
    }


def _verifications(cases: dict[Any, BirthCase], known: date) -> list[dict[str, Any]]:
    return [
        {
            "case": str(cases[v.case_id].workset_key),
            "street": street_of(v.place) if len(v.place) >= 9 else None,
            "neighbourhood": v.place if len(v.place) == 12 else None,
            "period": v.month,
            "result": v.result or None,
            "issued": v.issued,
            "due": v.due,
            "verified": timezone.localtime(v.done_at).date() if v.done_at else None,
            "known_from": known,
            "source": v.month,
        }
        for v in Verification.objects.counted().order_by("month", "id")
        if v.case_id in cases
    ]


def _reports(records: list[Any], cases: dict[Any, BirthCase], as_of: date, known: date) -> list[dict[str, Any]]:
    days = Timetable.on(as_of).due_days
    return [
        {
            "case": str(cases[pk].workset_key), "feed": feed, "institution": institution, "born": born,
            "street": _where(cases[pk])["street"], "reported": reported, "arrived": month, "due_days": days.get(feed),
            "known_from": known, "source": month,
        }
        for pk, feed, institution, born, reported, month in records
        if pk in cases
    ]  # fmt: skip


def _agreements(cases: dict[Any, BirthCase], known: date) -> list[dict[str, Any]]:
    return [
        {
            "case": str(case.workset_key), "street": _where(case)["street"], "period": case.month, "field": field,
            "sources": count, "agree": agree, "known_from": known, "source": case.month,
        }
        for case in cases.values()
        for field, (count, agree) in case.agreement.items()
    ]  # fmt: skip
