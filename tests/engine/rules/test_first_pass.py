"""The quick first pass answers exactly as the whole query does, and cases share one set of tables without a trace."""

from datetime import date

import pyarrow.compute as pc
import pytest

from renjia.engine.rules import Tables, judge, judge_one, schemes
from renjia.engine.rules.compiling import NOT
from renjia.engine.synthetic.registry import make_registry

ON = date(2026, 3, 30)
PAGES = [one for one in schemes() if one.page.in_force(ON)]


@pytest.fixture(scope="module")
def registry():
    with Tables(make_registry(2_000), threads=1) as tables:
        yield tables


@pytest.mark.parametrize("assume", ["", "unconfirmed"])
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.id)
def test_who_is_answered_is_answered_the_same(registry, page, assume):
    found = judge(page, registry, ON, "310115", assume=assume)
    whole = found.rows.filter(pc.not_equal(found.rows["decision"], NOT))
    assert found.answers.sort_by("id").equals(whole.sort_by("id"))
    assert sum(found.counts().values()) == found.subjects == found.rows.num_rows


def test_rows_may_be_asked_for_after_the_tables_went_on_to_another_day(registry):
    first = judge("childcare_subsidy", registry, ON, "310115")
    again = judge("childcare_subsidy", registry, ON, "310115")
    judge("childcare_subsidy", registry, date(2025, 10, 15), "310115")
    assert first.rows.sort_by("id").equals(again.rows.sort_by("id"))


def test_a_refilled_set_knows_nothing_of_the_family_before():
    rows = make_registry(100)
    child = rows["person"].sort_by([("born", "descending")])["person"][0].as_py()
    with Tables({}, threads=1, optimised=False) as used, Tables(rows, threads=1, optimised=False) as fresh:
        used.refill(make_registry(100, seed=2))
        used.row("child", child, ON)
        used.refill(rows)
        wanted = judge_one("childcare_subsidy", fresh, child, ON, "310115")
        assert judge_one("childcare_subsidy", used, child, ON, "310115") == wanted
