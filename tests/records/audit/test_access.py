"""查阅记录的校验码 — a row changed behind the application's back is found."""

import pytest

from cast import make_world, system
from renjia.records.audit.actions import broken_rows, record_looks
from renjia.records.audit.models import Access, Action
from renjia.records.store.scope import Scope, scope

pytestmark = pytest.mark.django_db


def looks() -> Scope:
    with system():
        world = make_world()
    with scope(world.scope_of("钱芳")):
        record_looks(subjects=["子甲", "子乙"], action=Action.LIST, case_refs=["2503-00001", "2503-00002"])
    return world.scope_of("李静")


def test_untouched_rows_fit_their_code() -> None:
    with scope(looks()):
        rows = list(Access.objects.all())
        assert {r.who for r in rows} == {"钱芳"}
        assert broken_rows(rows) == []


@pytest.mark.parametrize(
    "column", ["who", "subject", "purpose", "case_ref", "fields", "account", "action", "place", "role"]
)
def test_a_changed_row_is_named(column: str) -> None:
    with scope(looks()):
        rows = list(Access.objects.order_by("case_ref"))
        setattr(rows[0], column, "x")  # what a careless administrator's UPDATE would leave
        assert broken_rows(rows) == [rows[0]]
