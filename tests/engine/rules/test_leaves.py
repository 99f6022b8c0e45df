"""假期 — cases of the pages, boundaries by property, days counted by hand on the calendar, refusals."""

from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import chinese_calendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from renjia.engine.pages import DEFINITIONS, PageError
from renjia.engine.rules import Asked, Leave, RuleError, leaves, run_leave_cases
from renjia.engine.units import StatutoryDays, reach_date

SHANGHAI, ELSEWHERE = "310115", "360783"
STATUTORY = StatutoryDays()
births = st.dates(date(2012, 4, 28), date(2026, 5, 31))


def by_id(asked: Asked, **more: bool) -> dict[str, list[Leave]]:
    found: dict[str, list[Leave]] = {}
    for one in leaves(asked, **more):
        found.setdefault(one.id, []).append(one)
    return found


def copied(tmp_path: Path) -> Path:
    for name in ("leaves", "localities", "standards"):
        for path in sorted((DEFINITIONS / name).rglob("*.yaml")):
            target = tmp_path / path.relative_to(DEFINITIONS)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    return tmp_path


def test_every_case_of_every_page_holds() -> None:
    assert run_leave_cases() == []


def test_a_wrong_case_would_be_seen(tmp_path: Path) -> None:
    root = copied(tmp_path)
    page = root / "leaves" / "miscarriage_leave.yaml"
    page.write_text(page.read_text().replace("2025-04-11 42", "2025-04-11 43"))
    assert [one[1] for one in run_leave_cases(root)] == ["满4个月流产"]


def test_the_published_example_158_days() -> None:
    """Policy example 43: Shanghai, delivered 2021-05-31, 98 + 60 = 158; the day before, 98 + 30."""
    on, before = by_id(Asked(date(2021, 5, 31), SHANGHAI)), by_id(Asked(date(2021, 5, 30), SHANGHAI))
    assert [one["maternity_leave"][0].days for one in (on, before)] == [98, 98]
    assert [one["birth_leave"][0].days for one in (on, before)] == [60, 30]


@pytest.mark.parametrize(("weeks", "days"), [(1, 15), (12, 15), (15, 15), (16, 42), (27, 42)])
def test_miscarriage(weeks: int, days: int) -> None:
    found = leaves(Asked(date(2025, 3, 1), SHANGHAI, miscarriage_weeks=weeks))
    assert [(one.name, one.days) for one in found] == [("流产假", days)]


@settings(deadline=None)
@given(births, st.integers(1, 9), st.booleans())
def test_maternity_days_add_up(born: date, babies: int, difficult: bool) -> None:
    one = by_id(Asked(born, SHANGHAI, babies, difficult))["maternity_leave"][0]
    assert one.days == 98 + 15 * difficult + 15 * (babies - 1)
    assert (one.first, one.last) == (born, born + timedelta(days=one.days - 1))


@settings(deadline=None)
@given(st.dates(date(2016, 3, 1), date(2026, 5, 31)), st.integers(1, 3))
def test_birth_leave_follows_and_skips_statutory_days_only(born: date, babies: int) -> None:
    found = by_id(Asked(born, SHANGHAI, babies))
    before, one = found["maternity_leave"][0], found["birth_leave"][0]
    assert before.last and one.first and one.last and one.days
    assert one.first == before.last + timedelta(days=1)
    span = [one.first + timedelta(days=at) for at in range((one.last - one.first).days + 1)]
    assert sum(1 for day in span if not STATUTORY.name(day)) == one.days == (60 if born >= date(2021, 5, 31) else 30)
    assert not STATUTORY.name(one.last)


@settings(deadline=None)
@given(st.dates(date(2016, 3, 1), date(2025, 12, 31)))
def test_parental_leave_fills_the_years_from_the_rule_to_the_third_birthday(born: date) -> None:
    found = by_id(Asked(born, SHANGHAI)).get("parental_leave", [])
    rule, end = date(2021, 11, 25), reach_date(born, 3)
    for who in ("母亲", "父亲"):
        rows = [one for one in found if one.who == who]
        assert all(a.last and a.last + timedelta(days=1) == b.first for a, b in pairwise(rows))
        if end > rule:
            assert rows[0].first == max(born, rule) and rows[-1].last == end - timedelta(days=1)
        else:
            assert rows == []


def test_another_place_is_unset_and_names_the_document() -> None:
    found = by_id(Asked(date(2025, 1, 1), ELSEWHERE))
    assert found["maternity_leave"][0].decision == "符合"
    unset = found["birth_leave"][0]
    assert (unset.decision, unset.first, unset.days) == ("需配置", None, None)
    assert "本省《人口与计划生育条例》延长生育假的条款" in unset.wanted[0]


def test_unconfirmed_is_counted_only_when_asked_and_marked() -> None:
    old = Asked(date(2010, 5, 1), SHANGHAI)
    assert by_id(old)["maternity_leave"][0].decision == "需配置"
    told = by_id(old, assume=True)["maternity_leave"][0]
    assert (told.days, told.unconfirmed) == (90, True)


def test_what_has_no_document_stays_unset_whatever_is_assumed() -> None:
    one = by_id(Asked(date(2025, 1, 1), SHANGHAI), assume=True)["nursing_leave"][0]
    assert one.decision == "需配置" and "护理假" in one.wanted[0]


def test_beyond_the_table_of_statutory_days_it_is_unset() -> None:
    late = by_id(Asked(STATUTORY.last - timedelta(days=100), SHANGHAI))
    assert late["maternity_leave"][0].decision == "符合"
    assert late["birth_leave"][0].decision == "需配置" and "法定节假日" in late["birth_leave"][0].wanted[0]


def test_local_leave_cites_the_local_law() -> None:
    assert "《上海市人口与计划生育条例》第三十一条" in by_id(Asked(date(2025, 1, 1), SHANGHAI))["birth_leave"][0].clause


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (Asked(date(2025, 1, 1), SHANGHAI, babies=0), "婴儿数 0"),
        (Asked(date(2025, 1, 1), SHANGHAI, babies=2, miscarriage_weeks=12), "流产没有婴儿数"),
        (Asked(date(2025, 1, 1), SHANGHAI, miscarriage_weeks=60), "孕周 60"),
        (Asked(date(1980, 1, 1), SHANGHAI), "1988-09-01"),
        (Asked(date(2025, 1, 1), "浦东"), "不是区划代码"),
    ],
)
def test_questions_that_make_no_sense_are_refused(asked: Asked, said: str) -> None:
    with pytest.raises(RuleError, match=said):
        leaves(asked)


def test_a_page_with_an_unknown_word_is_refused_with_its_line(tmp_path: Path) -> None:
    root = copied(tmp_path)
    page = root / "leaves" / "miscarriage_leave.yaml"
    page.write_text(page.read_text().replace("CASE WHEN miscarriage_weeks <", "CASE WHEN miscarriage_week <"))
    with pytest.raises(PageError, match=r"miscarriage_leave.yaml.*是不是「miscarriage_weeks」"):
        leaves(Asked(date(2025, 1, 1), SHANGHAI), root=root)


def test_statutory_days_are_holidays_of_the_yearly_arrangements() -> None:
    """11 a year to 2024, 13 from 2025, each a day off in an independent calendar, none a day moved."""
    for year in range(2012, 2027):
        days = [date(year, 1, 1) + timedelta(days=at) for at in range(365)]
        days = [day for day in days if STATUTORY.name(day)]
        assert len(days) == (13 if year >= 2025 else 11)
        assert [day for day in days if not chinese_calendar.is_holiday(day)] == []


@settings(deadline=None)
@given(births, st.integers(1, 200))
def test_extending_counts_exactly(first: date, days: int) -> None:
    last = STATUTORY.extend(first, days)
    span = [first + timedelta(days=at) for at in range((last - first).days + 1)]
    assert sum(1 for day in span if not STATUTORY.name(day)) == days
    assert not STATUTORY.name(last)
