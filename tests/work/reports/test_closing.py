"""结账 — a closed month prints the same for ever; what changed since stands beside it."""

import copy
import json
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from renjia.work.reports.bulletin import make_bulletin
from renjia.work.reports.closing import compare, freeze, thaw
from renjia.work.reports.excel import write_excel
from renjia.work.reports.figures import Births, BulletinFigures, Correction, DefinitionVersion


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_any_month_comes_back_whole(data: st.DataObject, any_figures: st.SearchStrategy[BulletinFigures]) -> None:
    month = data.draw(any_figures)
    stored = json.loads(json.dumps(freeze(month), sort_keys=True))  # as a database may order its keys
    assert thaw(stored) == month
    assert make_bulletin(thaw(stored)) == make_bulletin(month)
    assert compare(stored, freeze(month)) == []


def test_closed_month_is_the_same_bytes_after_later_edits(figures: BulletinFigures) -> None:
    closed = freeze(figures)
    kept, printed = copy.deepcopy(closed), write_excel(make_bulletin(figures))
    done = figures.streets[1]
    late = replace(done, done=done.done + 1, open=done.open - 1, late=0)
    now = replace(
        figures, streets=(figures.streets[0], late, *figures.streets[2:]), births=Births(524, 488, 1), trend=()
    )
    found = compare(closed, freeze(now))
    assert closed == kept
    assert write_excel(make_bulletin(thaw(closed))) == printed
    assert [(one.street, one.name, one.was, one.now, one.month) for one in found] == [
        ("全区", "活产：男", 523, 524, "2025-03"),
        ("全区", "已有结果", 1457, 1458, "2025-03"),
        ("全区", "未办结", 18, 17, "2025-03"),
        (done.name, "已有结果", done.done, done.done + 1, "2025-03"),
        (done.name, "未办结", done.open, done.open - 1, "2025-03"),
    ]
    printed_next = make_bulletin(replace(now, corrections=tuple(found)))
    assert len(printed_next.table("corrections").rows) == len(found)


def test_a_street_that_came_or_went_has_no_other_side(figures: BulletinFigures) -> None:
    gone = freeze(replace(figures, streets=figures.streets[1:]))
    found = [one for one in compare(freeze(figures), gone) if one.street == figures.streets[0].name]
    assert found and all(one.now is None for one in found)
    back = [one for one in compare(gone, freeze(figures)) if one.street == figures.streets[0].name]
    assert back and all(one.was is None for one in back)


def test_a_street_renamed_under_its_code_is_the_same_street(figures: BulletinFigures) -> None:
    renamed = (replace(figures.streets[0], name="新名街道"), *figures.streets[1:])
    assert compare(freeze(figures), freeze(replace(figures, streets=renamed))) == []


def test_a_new_definition_is_a_correction_too(figures: BulletinFigures) -> None:
    newer = (DefinitionVersion("核实完成率", "2025-03-01"), *figures.definitions[1:])
    assert compare(freeze(figures), freeze(replace(figures, definitions=newer))) == [
        Correction("全区", "口径「核实完成率」", "2024-01-01", "2025-03-01", "2025-03")
    ]


def test_only_the_same_month_is_compared(figures: BulletinFigures) -> None:
    other = replace(figures, month=figures.month.next(), trend=())
    with pytest.raises(ValueError, match="只能拿同一个区同一个月的来比"):
        compare(freeze(figures), freeze(other))


def test_an_unknown_form_is_refused(figures: BulletinFigures) -> None:
    with pytest.raises(ValueError, match="请用做这次结账的版本打开"):
        thaw(freeze(figures) | {"form": 2})
