"""Properties: money to the 分 against a month-by-month count, many persons as few, days around a change."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from renjia.engine.rules import Tables, assuming, explain, judge_one, next_change, scheme
from renjia.engine.rules.schemas import TABLES
from renjia.engine.sql import small_table
from renjia.engine.units import Month, reach_date

_QUIET = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
DAYS = st.dates(date(1958, 1, 1), date(1966, 12, 31))


def opened(root, born, died=None, threads=1):
    person = f"person born died\na {born} {died or '-'}"
    tables = {"person": person, "hukou": "person place\na 310104"}
    return Tables(
        {name: small_table(TABLES[name].schema, text) for name, text in tables.items()}, root=root, threads=threads
    )


def city_standard(month: Month) -> Decimal:
    return Decimal(200) if month >= Month(2021, 3) else Decimal(100)


@_QUIET
@given(born=DAYS, on=st.dates(date(2020, 1, 1), date(2026, 12, 31)), lived=st.none() | st.integers(0, 4000))
def test_months_are_summed_as_one_counts_them(root, born, on, lived):
    died = None if lived is None else date.fromordinal(date(2019, 6, 1).toordinal() + lived)
    reached = reach_date(born, 60)
    first = max(Month.of(reached), Month(2020, 1))
    last = Month.of(died) if died and died <= on else None
    open_now = reached <= on and (last is None or last >= Month.of(on))
    newyear = (born.month, born.day) == (1, 1)
    with opened(root, born, died) as tables:
        told = judge_one("月补", tables, "a", on, "310104")
    assert told.decision == ("符合" if open_now and not newyear else "不符合")
    if told.decision == "符合":
        months = list(first.until(min(last or Month.of(on), Month.of(on))))
        assert [p.period for p in told.schedule] == [str(month) for month in months]
        assert told.amount == sum((city_standard(month) for month in months), Decimal(0))


@_QUIET
@given(
    born=st.dates(date(1959, 1, 1), date(1963, 12, 31)), cents=st.integers(1, 999_999),
    on=st.dates(date(2021, 1, 1), date(2023, 12, 31)),
)  # fmt: skip
def test_a_part_of_a_year_is_rounded_half_up_to_the_fen(root, born, on, cents):
    standard = Decimal(cents).scaleb(-2)
    found = assuming(scheme("trial_yearly", root=root), {"standard": f"{standard:.2f}"})
    first = Month(born.year + 60, born.month)
    years = [first.plus(at).year for at in range(30)]
    with opened(root, born) as tables:
        told = judge_one(found, tables, "a", on, "000000")
    if told.decision != "符合":
        assert on.year > years[-1]
        return
    expected = {
        year: (standard * years.count(year) / 12).quantize(Decimal("0.01"), ROUND_HALF_UP)
        for year in sorted(set(years))
    }
    assert {int(p.period): p.amount for p in told.schedule} == expected
    assert told.amount == sum(expected.values())


def test_a_standard_that_starts_in_mid_month_counts_from_the_next(root):
    page = root / "localities/310000.yaml"
    page.write_text(page.read_text(encoding="utf-8").replace("2021-03-01: 200", "2021-03-15: 200"), encoding="utf-8")
    with opened(root, date(1960, 6, 10)) as tables:
        told = judge_one("月补", tables, "a", date(2021, 4, 30), "310104")
    assert [p.amount for p in told.schedule[-3:]] == [Decimal(100), Decimal(100), Decimal(200)]


@pytest.mark.parametrize(
    ("on", "changes"),
    [
        (date(2019, 12, 1), date(2020, 1, 1)),  # the page begins
        (date(2020, 2, 1), date(2020, 6, 10)),  # the birthday
        (date(2020, 6, 10), date(2021, 3, 1)),  # the city's standard
    ],
)
def test_the_next_day_an_answer_changes_by_itself(root, on, changes):
    found = scheme("月补", root=root)
    with opened(root, date(1960, 6, 10), threads=1) as tables:
        if on < date(2020, 1, 1):
            assert next_change(found, tables, "a", date(2020, 1, 1), "310104") == date(2020, 6, 10)
            return
        assert next_change(found, tables, "a", on, "310104") == changes
        before = judge_one(found, tables, "a", date.fromordinal(changes.toordinal() - 1), "310104")
        after = judge_one(found, tables, "a", changes, "310104")
        assert (before.decision, before.monthly) != (after.decision, after.monthly)


def test_nothing_changes_by_itself(root):
    with opened(root, date(1960, 6, 10)) as tables:
        assert next_change("月补", tables, "a", date(2022, 1, 1), "310104", years=3) is None


def test_everyone_is_told_in_order(root):
    with opened(root, date(1960, 6, 10)) as tables:
        assert [one.subject for one in explain("月补", tables, date(2022, 1, 1), "310104", subjects=["a", "b"])] == [
            "a"
        ]
