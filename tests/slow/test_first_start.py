"""第一次启动时断电 — a kill while database, schema, keys and places are first made, and the next start makes them whole."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from renjia.records.store.databases import NAME
from slow.conftest import HOME
from slow.installation import Installation, Nursery

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

POINTS = 4
MOMENTS = (
    "start initdb", "opened, empty: /pg/data/init.done", "opened, empty: /pg/data/pg_hba.conf",
    "start pg_ctl", "execute Composed([SQL('create role '), Identifier('app_rw')", "execute Composed([SQL('revoke all",
    "execute Composed([SQL('grant connect", "execute INSERT INTO \"django_migrations\"", "execute INSERT INTO \"places_place\"",
)  # fmt: skip
MADE = """
    select 'column', table_name, column_name, data_type || is_nullable || coalesce(column_default, '')
    from information_schema.columns where table_schema = 'public'
    union all select 'policy', tablename, policyname, coalesce(qual, '') || coalesce(with_check, '') from pg_policies
    union all select 'right', table_name, grantee, privilege_type from information_schema.role_table_grants
    where grantee like 'app%' and table_schema = 'public'
    union all select 'index', tablename, indexname, indexdef from pg_indexes where schemaname = 'public'
    union all select 'check', conrelid::regclass::text, conname, pg_get_constraintdef(oid) from pg_constraint
    union all select 'trigger', tgrelid::regclass::text, tgname, '' from pg_trigger where not tgisinternal
    union all select 'function', proname, '', pg_get_functiondef(oid) from pg_proc where pronamespace = 'public'::regnamespace
    union all select 'migration', app, name, '' from django_migrations
    union all select 'place', code, name, sort_key from places_place
    union all select 'institution', code, name, street from places_institution
    union all select 'database', datname, datdba::regrole::text, datacl::text from pg_database where datname = current_database()
"""  # fmt: skip


def made(installation: Installation) -> set[tuple[str, ...]]:
    with installation.server.connect(database=NAME) as c:
        return set(c.execute(MADE).fetchall())


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    made = Nursery(HOME / f"first-{os.getpid()}", warm=True)
    yield made
    made.close()


@pytest.fixture
def newborn(nursery: Nursery) -> Iterator[Installation]:
    home = Installation(HOME / f"first-{os.getpid()}", nursery)
    home.remove()
    yield home
    home.remove()


@dataclass
class Undisturbed:
    """没被打断的第一次 — its steps, what it made, and the steps of the first month after it."""

    steps: list[str]
    made: set[tuple[str, ...]]
    month: list[str]

    def at(self, moment: str, nth: int = 0) -> int:
        return [n for n, label in enumerate(self.steps, 1) if label.startswith(moment)][nth]


@pytest.fixture(scope="module")
def undisturbed(nursery: Nursery, two_months: Path) -> Undisturbed:
    home = Installation(HOME / f"first-{os.getpid()}", nursery)
    ran = home.prepare(trace=True)
    assert ran.code == 2 and "演示" in ran.said, ran.said
    found = made(home)
    month = home.cycle("2025-01", two_months, trace=True)
    home.remove()
    return Undisturbed(ran.trace, found, month.trace)


def strike_and_start(newborn: Installation, undisturbed: Undisturbed, at: int) -> None:
    struck = newborn.prepare(at=at)
    assert struck.killed
    ran = newborn.prepare()
    assert ran.code == 2 and "演示" in ran.said, f"struck at {struck.last!r}: {ran.said[-1500:]}"
    assert made(newborn) == undisturbed.made, f"struck at {struck.last!r}"


@pytest.mark.parametrize("number", range(POINTS))
def test_killed_at_a_step(newborn: Installation, undisturbed: Undisturbed, number: int) -> None:
    strike_and_start(newborn, undisturbed, 1 + (2 * number + 1) * len(undisturbed.steps) // (2 * POINTS))


@pytest.mark.parametrize("moment", MOMENTS)
def test_killed_at_a_named_moment(newborn: Installation, undisturbed: Undisturbed, moment: str) -> None:
    strike_and_start(newborn, undisturbed, undisturbed.at(moment, 1 if "django_migrations" in moment else 0))


def test_killed_while_keys_are_made(newborn: Installation, undisturbed: Undisturbed, two_months: Path) -> None:
    """The sealing keys are whole or absent, and so is the mark that says which they are; the month then runs."""
    newborn.prepare()
    for moment in ("os.link", "os.rename /keys"):
        at = next(n for n, label in enumerate(undisturbed.month, 1) if label.startswith(moment))
        assert newborn.cycle("2025-01", two_months, at=at).killed
    assert newborn.cycle("2025-01", two_months).code == 0


@pytest.mark.parametrize("moment", ["opened, empty: /.secret-", "os.link"])
def test_killed_while_the_signing_key_is_made(newborn: Installation, moment: str) -> None:
    """Made when the settings are first read: these children read everything anew."""
    cold = Nursery(newborn.home, warm=False)
    try:
        home = Installation(newborn.home, cold)
        trace = home.renjia("synth", "--help", trace=True).trace
        assert not trace  # a command over plain files makes no home
        at = 1 + ["open /.secret-", "opened, empty: /.secret-", "os.link"].index(moment) + 1
        struck = home.prepare(at=at)
        assert struck.killed and struck.last.startswith(moment)
        assert home.prepare(at=at + 10).killed  # the key is made at the second start, which goes no further
        assert len((home.home / "secret").read_text()) > 50
    finally:
        cold.close()
