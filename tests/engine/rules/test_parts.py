"""A district judged part by part answers as a district judged whole; a family cut in two is seen from both sides."""

from datetime import date

import pyarrow as pa
import pytest

from renjia.engine.rules import RuleError, Tables, in_parts, judge, schemes, sweep
from renjia.engine.rules.parts import STEPS, ties_of
from renjia.engine.rules.schemas import TABLES
from renjia.engine.sql import small_table
from renjia.engine.synthetic import make_registry

ON, PLACE = date(2025, 12, 31), "310115"
PAGES = [one for one in schemes() if one.id in ("bereaved_support", "childcare_subsidy", "rural_reward")]


@pytest.fixture(scope="module")
def registry():
    return make_registry(1_500, seed=3)


@pytest.fixture(scope="module")
def whole(registry):
    with Tables(registry, threads=1) as tables:
        return {page.id: judge(page, tables, ON, PLACE).rows.sort_by("id") for page in PAGES}


@pytest.mark.parametrize("most", [200, 10_000])
def test_parts_together_are_the_whole(registry, whole, most):
    found = {page.id: [] for page in PAGES}
    for tables in in_parts(registry, most=most, threads=1):
        for page in PAGES:
            judged = judge(page, tables, ON, PLACE)
            assert sum(judged.counts().values()) == judged.rows.num_rows
            found[page.id].append(judged.rows)
    for page in PAGES:
        assert pa.concat_tables(found[page.id]).sort_by("id").equals(whole[page.id])


def test_one_person_a_part_still_knows_his_family():
    """A line of descent longer than a part: each is judged with all four steps around him."""
    born = [f"p{at} {1 + at % 2} {1900 + 22 * at}-05-05" for at in range(6)]
    tables = {
        "person": small_table(TABLES["person"].schema, "\n".join(["person sex born", *born])),
        "parentage": small_table(
            TABLES["parentage"].schema, "\n".join(["parent child", *(f"p{at} p{at + 1}" for at in range(5))])
        ),
    }
    with Tables(tables, threads=1) as all_at_once:
        wanted = judge("one_child_allowance", all_at_once, ON, PLACE).rows.sort_by("id")
    parts = [judge("one_child_allowance", one, ON, PLACE).rows for one in in_parts(tables, most=1, threads=1)]
    assert [one.num_rows for one in parts] == [1] * 6
    assert pa.concat_tables(parts).sort_by("id").equals(wanted)


def test_whoever_is_within_reach_is_in_the_part():
    line = "\n".join(["parent child", *(f"p{at} p{at + 1}" for at in range(9))])
    ties = ties_of({"parentage": small_table(TABLES["parentage"].schema, line)})
    core = pa.array([one == "p0" for one in ties.ids.to_pylist()]).to_numpy(zero_copy_only=False)
    assert sorted(ties.ids.filter(pa.array(ties.around(core))).to_pylist()) == [f"p{at}" for at in range(STEPS + 1)]


def test_a_sweep_may_be_added_up(registry):
    with Tables(registry, threads=1) as tables:
        wanted = sweep("childcare_subsidy", tables, ON, PLACE)
    parts = [sweep("childcare_subsidy", one, ON, PLACE) for one in in_parts(registry, most=400, threads=1)]
    assert sorted(one.subject for part in parts for one in part.findings) == [one.subject for one in wanted.findings]
    assert sum(one.unsettled for one in parts) == wanted.unsettled


def test_what_cannot_be_cut_is_refused(registry):
    with pytest.raises(RuleError, match="至少是 1"):
        next(in_parts(registry, most=0))
    with pytest.raises(RuleError, match="没有表"):
        next(in_parts({"persons": registry["person"]}))
