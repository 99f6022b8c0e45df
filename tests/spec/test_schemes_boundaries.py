"""Boundaries by property: birthdays and leap days, first and last months, standards changed in mid-course, two places.

Each example judges a crowd at once and compares every one of them with the law's arithmetic written out in Python.
"""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from asked import as_rows, judged
from renjia.engine.units import reach_date

UNCONFIRMED = "unconfirmed"
FEW = settings(max_examples=4, deadline=None, phases=(Phase.explicit, Phase.generate))
BEREAVED = {
    date(2008, 1, 1): 100,
    date(2012, 1, 1): 135,
    date(2014, 1, 1): 340,
    date(2018, 1, 1): 450,
    date(2022, 1, 1): 590,
}


def index(day: date) -> int:
    return day.year * 12 + day.month


def month(at: int) -> str:
    return f"{(at - 1) // 12}-{(at - 1) % 12 + 1:02}"


def owed(first: int, last: int) -> Decimal:
    """The sum of each month's standard."""
    at = [date((one - 1) // 12, (one - 1) % 12 + 1, 1) for one in range(first, last + 1)]
    return Decimal(sum(BEREAVED[max(since for since in BEREAVED if since <= day)] for day in at))


def mothers(births: list[date], **more) -> dict:
    """One bereaved mother a birth date, her only child dead since 2005."""
    person = [{"person": f"w{at}", "sex": "2", "born": born, **more} for at, born in enumerate(births)]
    person += [
        {"person": f"c{at}", "sex": "1", "born": date(2000, 1, 1), "died": date(2005, 6, 1)}
        for at in range(len(births))
    ]
    return {
        "person": person,
        "parentage": [{"parent": f"w{at}", "child": f"c{at}"} for at in range(len(births))],
        "hukou": [{"person": f"w{at}", "place": "310115", "kind": "urban"} for at in range(len(births))],
    }


@FEW
@given(st.dates(date(2009, 1, 1), date(2029, 12, 31)))
def test_forty_nine_is_reached_on_the_birthday_and_paid_from_its_month(on):
    births = [on - timedelta(days=49 * 365 + shift) for shift in range(-25, 45)]
    births += [date(year, 2, 29) for year in range(1952, 1984, 4)]
    found = judged("bereaved_support", on, as_rows(**mothers(births)), assume=UNCONFIRMED)
    for at, born in enumerate(births):
        reached = reach_date(born, 49)
        row = found[f"w{at}"]
        assert row["决定"] == ("符合" if reached <= on else "不符合"), born
        if reached <= on:
            first = max(index(reached), index(date(2008, 1, 1)))
            assert (row["起"], row["金额"]) == (month(first), owed(first, index(on))), born


def test_a_leap_day_reaches_on_the_first_of_march_or_waits_for_the_rule():
    tables = as_rows(**mothers([date(1976, 2, 29), date(1976, 2, 28), date(1976, 3, 1), date(1972, 2, 29)]))
    for on, decisions in (("2025-02-28", ["不符合", "符合", "不符合", "符合"]), ("2025-03-01", ["符合"] * 4)):
        found = judged("bereaved_support", on, tables, assume=UNCONFIRMED)
        assert [found[f"w{at}"]["决定"] for at in range(4)] == decisions
    settled = judged("bereaved_support", "2025-02-27", tables)
    assert [settled[f"w{at}"]["决定"] for at in range(4)] == ["不符合", "不符合", "不符合", "需配置"]


@FEW
@given(st.dates(date(2010, 1, 1), date(2026, 12, 31)), st.lists(st.integers(0, 2000), min_size=30, max_size=30))
def test_after_a_death_a_birth_or_a_move_the_month_is_paid_and_no_more(on, ago):
    days = [on - timedelta(days=one) for one in ago]
    rows = mothers([date(1955, 5, 5)] * len(days))
    for at, day in enumerate(days):
        if at % 3 == 0:
            rows["person"][at]["died"] = day
        elif at % 3 == 1:
            rows["person"].append({"person": f"n{at}", "sex": "2", "born": day})
            rows["parentage"].append({"parent": f"w{at}", "child": f"n{at}"})
        else:
            rows["hukou"][at]["to"] = day - timedelta(days=1)
            rows["hukou"].append({"person": f"w{at}", "place": "310116", "kind": "urban", "from": day})
    found = judged("bereaved_support", on, as_rows(**rows), assume=UNCONFIRMED)
    beyond = judged("bereaved_support", on, as_rows(**rows), assume=UNCONFIRMED, place="310116")
    first = index(date(2008, 1, 1))
    for at, day in enumerate(days):
        row = found[f"w{at}"]
        assert row["决定"] == ("符合" if index(day) == index(on) else "不符合"), (at, day)
        assert index(day) < first or row["止"] == month(index(day))
        if row["决定"] == "符合":
            assert row["金额"] == owed(first, index(on))
        if at % 3 == 2:
            assert beyond[f"w{at}"]["决定"] == "符合"
            assert beyond[f"w{at}"]["起"] == month(max(index(day) + 1, first))


def months_owed(born: date, year: int) -> int:
    """Months of a year owed to a child born before 2025, by the law's own table."""
    count = (born.year + 3 - 2025) * 12 + born.month
    return max(0, min(12, count - 12 * (year - 2025)))


@FEW
@given(
    st.integers(2025, 2028),
    st.integers(1, 12),
    st.lists(st.dates(date(2021, 10, 1), date(2027, 6, 30)), min_size=40, max_size=60),
)
def test_childcare_months_and_years(year, at_month, births):
    on = date(year, at_month, 15)
    births = [born for born in births if born != date(2022, 1, 1)] + [
        date(2022, 1, 2),
        date(2024, 2, 29),
        date(2024, 12, 31),
        date(2025, 1, 1),
    ]
    rows = as_rows(
        person=[{"person": f"c{at}", "born": born} for at, born in enumerate(births)],
        parentage=[{"parent": f"m{at}", "child": f"c{at}", "lawful": True} for at in range(len(births))],
        hukou=[{"person": f"c{at}", "place": "310115"} for at in range(len(births))],
    )
    found = judged("childcare_subsidy", on, rows)
    for at, born in enumerate(births):
        row = found[f"c{at}"]
        if born.year >= 2025:
            eligible, total = born <= on and year <= born.year + 2, Decimal(10800)
        else:
            eligible = born >= date(2022, 1, 2) and months_owed(born, year) > 0
            total = Decimal(300 * sum(months_owed(born, one) for one in (2025, 2026, 2027)))
        assert row["决定"] == ("符合" if eligible else "不符合"), born
        if eligible:
            assert (row["金额"], row["月标准"]) == (total, Decimal(300)), born


@FEW
@given(st.integers(2004, 2024), st.integers(1, 12))
def test_rural_reward_goes_by_the_calendar_year_and_the_year_s_standard(year, at_month):
    births = [date(year - 60 + shift, 12, 31) for shift in (-1, 0)] + [
        date(year - 60 + shift, 1, 1) for shift in (0, 1)
    ]
    rows = as_rows(
        person=[{"person": f"w{at}", "sex": "2", "born": born} for at, born in enumerate(births)]
        + [{"person": f"c{at}", "sex": "1", "born": date(1985, 1, 1)} for at in range(len(births))],
        parentage=[{"parent": f"w{at}", "child": f"c{at}"} for at in range(len(births))],
        hukou=[{"person": f"w{at}", "place": "360783", "kind": "rural"} for at in range(len(births))],
    )
    found = judged("rural_reward", date(year, at_month, 1), rows, place="360783")
    assert [found[f"w{at}"]["决定"] for at in range(4)] == ["符合", "符合", "符合", "不符合"]
    standard = 600 if year < 2009 else 720 if year < 2012 else 960
    assert {found[f"w{at}"]["金额"] for at in range(3)} == {Decimal(standard)}


@FEW
@given(
    st.lists(st.tuples(st.dates(date(2000, 1, 1), date(2015, 12, 31)), st.integers(10, 3000)), min_size=20, max_size=30)
)
def test_one_child_allowance_from_the_certificate_to_the_month_before_sixteen(children):
    on = date(2016, 6, 15)
    rows = as_rows(
        person=[{"person": f"w{at}", "sex": "2", "born": date(1975, 1, 1)} for at in range(len(children))]
        + [{"person": f"c{at}", "sex": "1", "born": born} for at, (born, _) in enumerate(children)],
        parentage=[{"parent": f"w{at}", "child": f"c{at}"} for at in range(len(children))],
        hukou=[{"person": f"w{at}", "place": "310115"} for at in range(len(children))],
        certificate=[
            {"person": f"w{at}", "kind": "one_child", "from": born + timedelta(days=later)}
            for at, (born, later) in enumerate(children)
        ],
    )
    found = judged("one_child_allowance", on, rows, assume=UNCONFIRMED)
    for at, (born, later) in enumerate(children):
        first, last = max(index(born + timedelta(days=later)), 2004 * 12 + 4), index(reach_date(born, 16)) - 1
        held = born + timedelta(days=later) <= on
        row = found[f"w{at}"]
        assert row["决定"] == ("符合" if held and last >= index(on) else "不符合" if held else "材料待补"), (
            born,
            later,
        )
        if row["决定"] == "符合":
            paid = sum(Decimal("2.5") if one < 2011 * 12 + 1 else Decimal(30) for one in range(first, index(on) + 1))
            assert (row["起"], row["止"], row["金额"]) == (month(first), month(last), paid)
