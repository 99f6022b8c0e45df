"""行级安全 — the matrix of roles and places, proved in SQL as the role the application runs under."""

import psycopg
import pytest
from django.db import ProgrammingError, connection, transaction

from cast import (
    DISTRICT,
    ELSEWHERE,
    HOME,
    OTHER_STREET,
    SIBLING,
    STREET,
    make_case,
    make_record,
    make_verification,
    make_world,
    system,
)
from renjia.records.audit.models import Access
from renjia.records.intake.models import Batch, SourceRecord
from renjia.records.store.scope import Scope, scope
from renjia.work.births.models import BirthCase, CaseEvent, CaseRecord, Question, Verification

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    with system():
        made = make_world()
        cases = {
            "home": make_case("2503-00001", place=HOME),
            "sibling": make_case("2503-00002", place=SIBLING),
            "street": make_case("2503-00003", place=STREET),
            "elsewhere": make_case("2503-00004", place=ELSEWHERE),
            "pool": make_case("2503-00005", place=DISTRICT),
            "review": make_case("2503-00006", place=HOME, state="in_review"),
            "raised": make_case("2503-00007", place=ELSEWHERE, escalated=True),
        }
        for case in cases.values():
            make_verification(case, escalated=case.escalated)
        make_case("2503-00008", place=HOME)  # nothing is asked about it
        CaseEvent.objects.bulk_create(CaseEvent(case=c, kind="created", text="建立") for c in cases.values())
    return made


SEEN_CASES = {
    "赵敏": {"2503-00005", "2503-00006", "2503-00007"},
    "钱芳": {"2503-00001", "2503-00002", "2503-00003", "2503-00006", "2503-00008"},
    "邹红": {"2503-00004", "2503-00007"},
    "王强": {"2503-00001", "2503-00006"},
    "韩梅": {"2503-00002"},
    "孙丽": set(),
    "李静": set(),
    "周平": set(),
    "吴涛": set(),
    "孙某": set(),
}


@pytest.mark.parametrize(("who", "expected"), SEEN_CASES.items(), ids=SEEN_CASES)
def test_each_sees_its_own_cases_and_no_other(world, who: str, expected: set[str]) -> None:
    with scope(world.scope_of(who)):
        assert set(BirthCase.objects.values_list("no", flat=True)) == expected
        assert {r.case.no for r in CaseRecord.objects.select_related("case")} == expected
        assert SourceRecord.objects.filter(caserecord__isnull=False).count() == len(expected)
        assert {e.case.no for e in CaseEvent.objects.select_related("case")} == expected - {"2503-00008"}


@pytest.mark.parametrize("who", [*SEEN_CASES])
def test_verifications_follow_place_and_state(world, who: str) -> None:
    places = {
        "赵敏": {DISTRICT, ELSEWHERE}, "钱芳": {HOME, SIBLING, STREET}, "邹红": {ELSEWHERE}, "王强": {HOME}, "韩梅": {SIBLING},
    }.get(who, set())  # fmt: skip
    with scope(world.scope_of(who)):
        assert {v.place for v in Verification.objects.all()} == places


def test_a_worker_no_longer_sees_what_is_closed(world) -> None:
    with system():
        Verification.objects.filter(place=HOME).update(result="confirmed", done_at="2025-01-01T00:00:00+08:00")
    with scope(world.scope_of("王强")):
        assert not Verification.objects.exists()
        assert not BirthCase.objects.exists()


def test_hospital_sees_its_own_batches_and_records_only(world) -> None:
    with system():
        Batch.objects.update(institution="H310001")
        SourceRecord.objects.update(institution="H310001")
        make_record(number="own", institution="H310000")
        Batch.objects.filter(records__record_no="own").update(institution="H310000")
    with scope(world.scope_of("孙丽")):
        assert [r.record_no for r in SourceRecord.objects.all()] == ["own"]
        assert {b.institution for b in Batch.objects.all()} == {"H310000"}


def test_wrong_purpose_sees_nothing(world) -> None:
    with scope(Scope(role="district_monitor", purpose="audit", places=(DISTRICT,))):
        assert not BirthCase.objects.exists()
        assert not Batch.objects.exists()


def test_without_a_scope_there_is_nothing(world) -> None:
    for model in (BirthCase, SourceRecord, Batch, Verification, Question, Access):
        assert model.objects.count() == 0


def test_the_scope_ends_with_its_block(world) -> None:
    with scope(world.scope_of("钱芳")):
        with scope(world.scope_of("王强")):
            assert BirthCase.objects.count() == 2
        assert BirthCase.objects.count() == 5
    assert BirthCase.objects.count() == 0


@pytest.mark.parametrize("place", [ELSEWHERE, OTHER_STREET, DISTRICT])
def test_nobody_moves_a_verification_out_of_reach(world, place: str) -> None:
    with scope(world.scope_of("王强")), pytest.raises(ProgrammingError), transaction.atomic():
        Verification.objects.filter(place=HOME).update(place=place)


def test_a_worker_may_not_write_cases_or_records(world) -> None:
    with scope(world.scope_of("王强")):
        assert BirthCase.objects.update(state="alone") == 0
        assert SourceRecord.objects.update(state="withdrawn") == 0
        with pytest.raises(ProgrammingError), transaction.atomic():
            make_case("2503-00099", place=HOME)


def test_looks_cannot_be_changed_or_removed(world) -> None:
    with scope(world.scope_of("钱芳")):
        for statement in ("delete from audit_access", "update audit_access set who = ''", "delete from audit_change",
                          "insert into audit_change(\"table\", op, row) values ('x', 'I', '1')"):  # fmt: skip
            with (
                pytest.raises(ProgrammingError, match="permission denied"),
                transaction.atomic(),
                connection.cursor() as c,
            ):
                c.execute(statement)


def test_a_pooled_connection_comes_back_clean_and_in_the_same_time_zone() -> None:
    """`reset all` in the pool once put the server's zone back, and every moment on the pages was eight hours off."""
    with psycopg.connect(**connection.get_connection_params()) as own:
        own.execute("select set_config('app.role', 'district_monitor', false)")
        own.execute("reset all")
        assert own.execute("show timezone").fetchone() == ("UTC",)
        assert own.execute("select app_role()").fetchone() == (None,)


def test_every_table_about_people_is_guarded_and_forced() -> None:
    with connection.cursor() as c:
        c.execute("""
            select c.relname, c.relrowsecurity and c.relforcerowsecurity,
                   (select count(*) from pg_policy p where p.polrelid = c.oid), pg_get_userbyid(c.relowner)
            from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where n.nspname = 'public' and c.relkind = 'r'
              and (c.relname ~ '^(intake|births|audit)_')""")
        tables = c.fetchall()
    assert len(tables) >= 11
    assert not [t for t in tables if not t[1] or not t[2] or t[3] == "app_rw"]


def test_the_application_role_owns_nothing_and_bypasses_nothing() -> None:
    with connection.cursor() as c:
        c.execute(
            "select current_user, rolsuper, rolbypassrls, rolcreaterole from pg_roles where rolname = current_user"
        )
        assert c.fetchone() == ("app_rw", False, False, False)
        with pytest.raises(ProgrammingError), transaction.atomic():
            c.execute("set role app_owner")


def test_changes_are_logged_even_in_bulk_and_by_raw_sql(world) -> None:
    with system():
        BirthCase.objects.update(escalated=True)
        with connection.cursor() as c:
            c.execute("update births_birthcase set state = 'alone' where no = '2503-00001'")
    with scope(world.scope_of("李静")), connection.cursor() as c:
        c.execute("""select count(*) from audit_change where "table" = 'births_birthcase' and op = 'U'""")
        assert c.fetchone()[0] == 7 + 1  # one was already raised
