"""Working days: the table against an independent one, the arithmetic against counting by hand."""

from datetime import date, timedelta

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from renjia.engine.units import WorkingCalendar

CALENDAR = WorkingCalendar()
FIRST, LAST = date(2019, 1, 1), date(2026, 12, 31)
days = st.dates(date(2018, 6, 1), date(2027, 12, 31))


def test_every_day_of_every_notice_agrees_with_chinesecalendar():
    known = [FIRST + timedelta(days=at) for at in range((LAST - FIRST).days + 1)]
    assert {day.year for day in known} == set(range(2019, 2027))
    differ = [day for day in known if CALENDAR.is_working_day(day) != chinese_calendar.is_workday(day)]
    assert differ == []


def test_every_settled_day_has_its_notice():
    assert CALENDAR.basis(date(2025, 3, 7)) == "国办发明电〔2024〕12号"
    assert CALENDAR.basis(date(2020, 2, 1)) == "国办发明电〔2020〕1号"
    assert CALENDAR.basis(date(2019, 5, 2)) == "国办发明电〔2019〕3号"
    assert CALENDAR.basis(date(2022, 12, 31)) == "国办发明电〔2022〕16号"


def test_beyond_the_last_notice_it_says_so():
    assert CALENDAR.basis(date(2027, 2, 8)) == "推算：周一至周五"
    assert not CALENDAR.is_settled(date(2027, 2, 8)) and CALENDAR.is_settled(LAST)
    assert CALENDAR.is_working_day(date(2027, 10, 1)) and not CALENDAR.is_working_day(date(2027, 10, 2))


def test_deadlines_over_a_festival():
    assert CALENDAR.add_working_days(date(2025, 9, 30), 1) == date(2025, 10, 9)
    assert CALENDAR.add_working_days(date(2025, 1, 24), 3) == date(2025, 2, 5)  # Sunday 26 January is worked
    assert CALENDAR.next_working_day(date(2025, 10, 1)) == date(2025, 10, 9)
    assert CALENDAR.next_working_day(date(2025, 10, 9)) == date(2025, 10, 9)
    assert CALENDAR.is_make_up_day(date(2025, 9, 28)) and not CALENDAR.is_make_up_day(date(2025, 9, 29))


@given(days, st.integers(0, 60))
def test_adding_and_counting_are_inverse(day, count):
    reached = CALENDAR.add_working_days(day, count)
    assert CALENDAR.working_days_between(day, reached) == count
    assert count == 0 or CALENDAR.is_working_day(reached)
    worked = CALENDAR.next_working_day(day)
    assert CALENDAR.working_days_between(worked, CALENDAR.add_working_days(worked, -count)) == -count


@given(days, st.integers(0, 400))
def test_counting_is_counting_by_hand(day, span):
    later = day + timedelta(days=span)
    by_hand = sum(CALENDAR.is_working_day(day + timedelta(days=at)) for at in range(1, span + 1))
    assert CALENDAR.working_days_between(day, later) == by_hand
    assert CALENDAR.working_days_between(later, day) == -by_hand


HEAD = "from,to,kind,name,notice\n"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("from,to\n", "第 1 行：列应依次是"),
        (HEAD + "2025-02-30,2025-03-01,holiday,元旦,甲\n", "第 2 行：「2025-02-30」"),
        (HEAD + "2025-03-02,2025-03-01,holiday,元旦,甲\n", "早于起日"),
        (HEAD + "2025-03-01,2025-03-01,feast,元旦,甲\n", "类别「feast」不认得"),
        (HEAD + "2025-03-01,2025-03-01,holiday,元旦,\n", "没有写通知文号"),
        (
            HEAD + "2025-03-01,2025-03-02,holiday,甲,甲\n2025-03-02,2025-03-02,make_up,甲,甲\n",
            "第 3 行：2025-03-02 已在另一行",
        ),
    ],
)
def test_a_wrong_table_is_refused_with_its_line(tmp_path, text, says):
    table = tmp_path / "holidays.csv"
    table.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=says):
        WorkingCalendar(table)
