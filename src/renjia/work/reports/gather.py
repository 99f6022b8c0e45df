"""汇数 — one month's bulletin figures, from the working set and the counts of what was received."""

from datetime import date
from typing import Any

import duckdb
from django.db.models import Count, Sum

from renjia.engine.pages import pages_on
from renjia.engine.scoring import hundredths
from renjia.engine.units import Month
from renjia.measure.indicators import all_indicators, compute, is_unplaced, target_of, version_of
from renjia.records.intake import FIELDS, load_feeds
from renjia.records.intake.models import Batch, BatchState
from renjia.records.places.models import Institution, Place
from renjia.work.appraisal.block import entered_in, months, rates, street_blocks
from renjia.work.births.models import BirthCase, CaseState
from renjia.work.reports.board import RATES, births_by_month, build
from renjia.work.reports.figures import (
    Agreement,
    Appraised,
    Births,
    BulletinFigures,
    Cases,
    Correction,
    DefinitionVersion,
    FigureError,
    InstitutionTimeliness,
    MonthBirths,
    Previous,
    Received,
    StreetFigures,
    Targets,
    Timeliness,
    UnconfirmedStandard,
)

FEWEST = 5  # an institution with fewer reports than this is not ranked


def gather(
    con: duckdb.DuckDBPyConnection,
    month: Month,
    *,
    as_of: date,
    today: date,
    place: str,
    corrections: tuple[Correction, ...] = (),
) -> BulletinFigures:
    """汇数 — everything printed derives from this value."""
    district = Place.objects.filter(code=place).order_by("-valid_from").first()
    return BulletinFigures(
        month=month,
        district=district.name if district else place,
        as_of=as_of,
        births=_births(con, month),
        received=_received(month),
        cases=_cases(month),
        streets=_streets(con, month, as_of, today),
        previous=_previous(con, month, as_of, today),
        timeliness=_timeliness(con, month),
        institutions=_institutions(con, month),
        agreement=_agreement(con, month),
        trend=_trend(con, month),
        unconfirmed=_unconfirmed(month.last),
        definitions=tuple(DefinitionVersion(p.name, version_of(p)) for p in all_indicators(month.last)),
        corrections=corrections,
        targets=_targets(month.last),
        **_appraised(con, month, as_of),
    )


def _appraised(con: duckdb.DuckDBPyConnection, month: Month, as_of: date) -> dict[str, Any]:
    """考核 — of the year up to the last month that was due, as far as this month."""
    due = [one for one, over in months(con, as_of).items() if over and one <= month and one.year == month.year]
    if not due:
        return {}
    found = tuple(
        Appraised(
            one.name,
            one.code,
            *(getattr(one, count) for count in ("issued", "done", "in_time", "unverifiable")),
            *(None if n is None else hundredths(n) for n in (one.by_rates, one.by_entered, one.block.points)),
            hundredths(one.block.limit or 0),
        )
        for one in street_blocks(rates(con, due[-1]), entered_in(month.year))
    )
    return {"appraised": found, "appraised_through": str(due[-1])}


def _targets(on: date) -> Targets:
    """目标 — from the indicators' pages, in force on the day; the papers print whole per cents."""
    pages = {page.id: page for page in all_indicators(on)}
    found = [target_of(pages[rate], on) for rate in RATES]
    if any(value is None or value != int(value) for value in found):
        raise FigureError(
            f"核实三率的目标应是整数百分比，现在是 {found}；请核对 definitions/indicators 里三率的 target"
        )
    return Targets(*(int(value) for value in found if value is not None))


def _births(con: duckdb.DuckDBPyConnection, month: Month) -> Births:
    by = {f.dims["sex"]: f.numerator for f in compute("births", con, ("sex",), period=month)}
    known = by.get("1", 0), by.get("2", 0)
    return Births(*known, sum(by.values()) - sum(known))


def _received(month: Month) -> tuple[Received, ...]:
    rows = {
        r["feed"]: r
        for r in Batch.objects.filter(month=str(month), state=BatchState.ACCEPTED)
        .order_by()
        .values("feed")
        .annotate(n=Sum("rows"), back=Sum("returned"), again=Sum("repeated"))
    }
    return tuple(
        Received(feed.name, r["n"], r["back"], r["again"]) if (r := rows.get(feed.id)) else Received(feed.name, 0)
        for feed in load_feeds(month.last).values()
    )


def _cases(month: Month) -> Cases:
    by = dict(
        BirthCase.objects.living().filter(month=str(month)).order_by().values_list("state").annotate(n=Count("id"))
    )
    return Cases(
        *(
            by.get(s.value, 0)
            for s in (CaseState.DECIDED, CaseState.TWINS_UNDECIDED, CaseState.IN_REVIEW, CaseState.ALONE)
        )
    )


def _streets(con: duckdb.DuckDBPyConnection, month: Month, as_of: date, today: date) -> tuple[StreetFigures, ...]:
    return tuple(
        StreetFigures(
            s.name, s.issued, s.done, s.in_time, s.unverifiable, s.open, s.late, s.code, not is_unplaced(s.code)
        )
        for s in build(con, month, as_of, today).streets
    )


def _previous(con: duckdb.DuckDBPyConnection, month: Month, as_of: date, today: date) -> Previous | None:
    before = month.previous()
    received = sum(r.received for r in _received(before))
    if not received:
        return None
    whole = build(con, before, as_of, today).whole
    return Previous(
        _births(con, before),
        received,
        _cases(before).total,
        whole.issued,
        whole.done,
        whole.in_time,
        whole.unverifiable,
    )


def _timeliness(con: duckdb.DuckDBPyConnection, month: Month) -> tuple[Timeliness, ...]:
    found = {f.dims["source"]: f for f in compute("reporting_timeliness", con, ("source",), period=month)}
    rows = []
    for feed in load_feeds(month.last).values():
        days = feed.due_days(month.last)
        figure = found.get(feed.id)
        if days is not None:
            rows.append(
                Timeliness(
                    feed.name, figure.numerator if figure else 0, (figure.denominator or 0) if figure else 0, days
                )
            )
    return tuple(rows)


def _institutions(con: duckdb.DuckDBPyConnection, month: Month) -> tuple[InstitutionTimeliness, ...]:
    names = dict(Institution.objects.values_list("code", "name"))
    feeds = {f.id: f.name for f in load_feeds(month.last).values()}
    found = [
        f
        for f in compute("reporting_timeliness", con, ("source", "institution"), period=month)
        if f.dims["institution"] and (f.denominator or 0) >= FEWEST
    ]
    found.sort(key=lambda f: (f.value or 0, -(f.denominator or 0), f.dims["institution"]))
    return tuple(
        InstitutionTimeliness(
            names.get(f.dims["institution"], f.dims["institution"]),
            f.numerator,
            f.denominator or 0,
            feeds.get(f.dims["source"], ""),
        )
        for f in found
    )


def _agreement(con: duckdb.DuckDBPyConnection, month: Month) -> tuple[Agreement, ...]:
    found = compute("field_agreement", con, ("field",), period=month)
    return tuple(Agreement(FIELDS[f.dims["field"]][0], f.numerator, f.denominator or 0) for f in found)


def _trend(con: duckdb.DuckDBPyConnection, month: Month) -> tuple[MonthBirths, ...]:
    return tuple(MonthBirths(one, births) for one, births in births_by_month(con, month).items())


def _unconfirmed(on: date) -> tuple[UnconfirmedStandard, ...]:
    """未确认的标准 — every parameter this bulletin stands on that nobody has confirmed."""
    pages = [*pages_on("feed", on).values(), pages_on("standard", on)["birth_verification"]]
    return tuple(
        UnconfirmedStandard(
            f"{page.name}：{LABELS.get(name, name)}", f"{value} {standard.unit}".strip(), standard.source
        )
        for page in pages
        for name, standard in page.standards.items()
        if not standard.confirmed and (value := standard.on(on)) not in (None, "none")
    )


LABELS = {"due_days": "应报期限", "verify_days": "核实期限"}
