"""月报从个案到纸 — a small month through the working set to the three papers; closed, it says the same for ever."""

from datetime import date, datetime

import pytest
from django.utils import timezone

from cast import DISTRICT, HOME, make_batch, make_case, make_places, make_record, make_verification, system
from renjia.engine.units import Month
from renjia.measure.snapshot.installed import write_workset
from renjia.work.births.actions import Refused
from renjia.work.births.models import Verification
from renjia.work.births.workset import workset_tables
from renjia.work.reports.actions import bulletin_of, close_month, corrections_of, figures_of, paper_path, write_bulletin

pytestmark = pytest.mark.django_db
MARCH = Month(2025, 3)


@pytest.fixture(autouse=True)
def month(db, settings, tmp_path, monkeypatch):
    # Keys stay where they are; only what this month writes goes aside.
    monkeypatch.setattr("renjia.measure.snapshot.installed.home", lambda: tmp_path)
    monkeypatch.setattr("renjia.work.reports.actions.home", lambda: tmp_path)
    with system():
        make_places()
        for number in range(3):
            batch = make_batch("hospital_delivery")
            case = make_case(f"2503-0000{number}", place=HOME, records=(make_record(number=f"H{number}", batch=batch),))
            done = (
                {"result": "confirmed", "done_at": datetime(2025, 4, 3, tzinfo=timezone.get_default_timezone())}
                if number
                else {}
            )
            make_verification(case, issued=date(2025, 4, 1), **done)
        refresh()


def refresh() -> None:
    with system():
        write_workset(on=MARCH.last, tables=workset_tables(as_of=MARCH.last))


def test_figures_follow_the_cases() -> None:
    with system():
        figures = figures_of(MARCH)
    assert figures is not None
    assert (figures.births.total, figures.births.female) == (3, 3)
    whole = figures.district_totals
    assert (whole.issued, whole.done, whole.in_time, whole.unverifiable) == (3, 2, 2, 0)
    assert figures.targets.completion == 99
    assert [u.name for u in figures.unconfirmed]


def test_three_papers_are_written_whole() -> None:
    with system():
        papers = write_bulletin(month=MARCH)
    assert [p.suffix for p in papers] == [".xlsx", ".docx", ".pdf"]
    assert all(p.stat().st_size > 5000 for p in papers)
    assert not list(paper_path(MARCH, "pdf").parent.glob(".*"))


def test_the_working_set_holds_no_case_number_and_no_name() -> None:
    with system():
        tables = workset_tables(as_of=MARCH.last)
    text = "|".join(str(table.to_pylist()) for table in tables.values())
    for word in ("2503-0000", "李梅", "310115199404245746", "13712346287"):
        assert word not in text


def test_a_closed_month_never_changes_and_corrections_stand_beside_it() -> None:
    with system():
        close_month(month=MARCH, place=DISTRICT)
        before = bulletin_of(MARCH)
        with pytest.raises(Refused, match="已于"):
            close_month(month=MARCH, place=DISTRICT)
        Verification.objects.filter(result="").update(result="corrected", done_at=timezone.now())
    refresh()
    with system():
        figures = figures_of(MARCH)
        assert figures is not None
        corrections = corrections_of(MARCH, figures)
        after = bulletin_of(MARCH)
    assert before is not None
    assert after is not None
    kept = [s for s in after.sections if "更正" not in s.heading]
    assert [s.tables for s in kept] == [s.tables for s in before.sections if "更正" not in s.heading]
    assert ("全区", "已有结果", 2, 3) in {(c.street, c.name, c.was, c.now) for c in corrections}


def test_a_month_not_over_cannot_be_closed() -> None:
    with system(), pytest.raises(Refused, match="没有过完"):
        close_month(month=Month.of(timezone.localdate()), place=DISTRICT)


def test_a_month_without_verifications_cannot_be_closed() -> None:
    with system(), pytest.raises(Refused, match="还没有下发"):
        close_month(month=Month(2024, 1), place=DISTRICT)
