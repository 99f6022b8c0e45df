"""Forecasts: who ages in by name, exact money, chance of death and birth, the same by seed."""

from collections import defaultdict
from datetime import date
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest

from renjia.engine.rules import Rates, RuleError, Tables, explain, forecast
from renjia.engine.rules.forecasting import forecasts, replicas
from renjia.engine.rules.forecasting.happenings import happenings, people_of
from renjia.engine.rules.schemas import TABLES
from renjia.engine.sql import small_table
from renjia.engine.synthetic import known_on, make_registry

END = date(2022, 12, 31)
PEOPLE = """
person sex born       died
a      1   1960-06-10 -
b      2   1963-05-02 -
c      1   1964-01-02 -
d      2   1950-01-02 2023-03-15
e      1   1963-08-30 -
"""
HUKOU = "person place\na 310104\nb 310104\nc 310104\nd 310104\ne 440104"


def tables(**texts):
    return {name: small_table(TABLES[name].schema, text) for name, text in texts.items()}


def only(found):
    assert len(found) == 1
    return found[0]


def test_who_ages_in_is_named_with_first_day_and_money(root):
    told = only(forecast(["试验月补"], tables(person=PEOPLE, hukou=HUKOU), END, "310104", years=2, root=root))
    first, second = told.years
    assert [(one.subject, one.first, one.money, one.waiting) for one in first.newcomers] == [
        ("b", date(2023, 5, 1), Decimal(8 * 200), False)
    ]
    assert [one.subject for one in second.newcomers] == ["c"]
    # d dies in March: judged to the end of the month it ended in
    assert first.money == first.money.__class__(*[Decimal(12 * 200 + 8 * 200 + 3 * 200)] * 4)
    assert (first.heads.p50, first.leavers, first.left.p90) == (3, ("d",), 1)
    assert second.money.certain == Decimal((12 + 12 + 12) * 200)
    assert [one for one in told.said if "死亡率" in one] and [one for one in told.said if "生育率" in one]


def test_someone_waiting_for_a_setting_is_named_as_waiting(root):
    people = tables(person="person born\na 1963-01-01", hukou="person place\na 440104")
    told = only(forecast(["试验月补"], people, END, "440104", root=root)).years[0]
    assert [(one.subject, one.waiting, one.money) for one in told.newcomers] == [("a", True, 0)]
    assert told.heads.certain == 0


def test_once_falls_in_the_year_it_is_due(root):
    people = tables(person="person\na\nb", employment="person kind from\na retired 2022-12-30\nb retired 2023-02-01")
    told = only(forecast(["试验一次性"], people, END, "000000", root=root, assume="unconfirmed")).years[0]
    assert (told.money.p50, [one.subject for one in told.newcomers]) == (Decimal("5000.00"), ["b"])


def test_everyone_dies_and_the_money_stops(root):
    rates = Rates(deaths={"1": [1.0], "2": [0.0]})
    made = tables(person=PEOPLE, hukou=HUKOU)
    told = only(forecast(["试验月补"], made, END, "310104", years=2, rates=rates, draws=40, seed=3, root=root))
    first, second = told.years
    full = Decimal(12 * 200 + 8 * 200 + 3 * 200)
    assert first.money.certain == full
    assert full - 11 * 200 <= first.money.p10 < first.money.p50 < first.money.p90 <= full
    assert second.heads == second.heads.__class__(Decimal(1), Decimal(1), Decimal(1), Decimal(3)), (
        "only b, a woman, is left"
    )
    assert first.left.p50 == 2, "a and d"


def test_the_same_seed_the_same_answer_and_another_seed_another(root):
    rates = Rates(deaths={"1": [0.3], "2": [0.2]})
    made = tables(person=PEOPLE, hukou=HUKOU)
    ask = {"years": 3, "rates": rates, "draws": 25, "root": root}
    one = forecast(["试验月补"], made, END, "310104", seed=5, **ask)
    assert one == forecast(["试验月补"], {name: table.take(list(reversed(range(table.num_rows)))) for name, table in made.items()},
                           END, "310104", seed=5, **ask)  # fmt: skip
    assert one[0].years != forecast(["试验月补"], made, END, "310104", seed=6, **ask)[0].years


def test_a_draw_does_not_depend_on_how_many_are_drawn():
    people = people_of(make_registry(400)["person"], {})
    rates = Rates(deaths={"1": [0.1], "2": [0.1]}, births={0: {25: 0.5}}, boys=0.5)
    few, many = (happenings(people, date(2025, 6, 30), 2, rates, draws, 1) for draws in (2, 5))
    for short, long in zip(few, many, strict=True):
        assert short.num_rows and short == long.filter(pa.compute.less(long["draw"], 2))


def test_draws_follow_the_rates():
    many = 40_000
    day = np.full(many, date(1990, 7, 1))
    people = people_of(pa.table({"person": [f"{at:05d}" for at in range(many)], "sex": ["2"] * many, "born": pa.array(day),
                                 "died": pa.nulls(many, pa.date32())}), {})  # fmt: skip
    chances = [0.0] * 35 + [0.25, 0.5]
    rates = Rates(deaths={"1": [0.0], "2": chances}, births={0: {35: 0.2}}, twins=0.1, boys=0.6)
    deaths, births = happenings(people, date(2025, 12, 31), 2, rates, 1, 1)
    by_year = [sum(one.year == year for one in deaths["day"].to_pylist()) / many for year in (2026, 2027)]
    assert by_year == pytest.approx([0.25, 0.75 * 0.5], abs=0.01)
    mothers = len(set(births["mother"].to_pylist()))
    assert mothers / many == pytest.approx(0.2 * 0.875, abs=0.01), "a mother lives to the day"
    over = dict(zip(deaths["person"].to_pylist(), deaths["day"].to_pylist(), strict=True))
    for mother, day in zip(births["mother"].to_pylist(), births["day"].to_pylist(), strict=True):
        assert over.get(mother, day) >= day
    assert births.num_rows / mothers == pytest.approx(1.1, abs=0.02)
    assert births["sex"].to_pylist().count("1") / births.num_rows == pytest.approx(0.6, abs=0.03)
    assert len(set(births["delivery"].to_pylist())) == mothers


FAMILY = {
    "person": "person sex born nationality\nw 2 1970-03-01 CHN\nh 1 1969-03-01 CHN\nc 1 1995-03-01 CHN\ny 2 1996-02-01 CHN",
    "parentage": "parent child kind lawful\nw c borne true\nh c borne true",
    "marriage": "a b from\nw h 1993-01-01\ny c 2020-01-01",
    "hukou": "person place kind\nw 310115 urban\nh 310115 urban\nc 310115 urban\ny 310115 urban",
}


def test_the_death_of_an_only_child_makes_its_parents_bereaved():
    rates = Rates(deaths={sex: [0.0] * 30 + [1.0] + [0.0] for sex in "12"})  # c alone is 30 on 1 January 2026
    found = forecast(
        ["bereaved_support"],
        tables(**FAMILY),
        date(2025, 12, 31),
        "310115",
        rates=rates,
        draws=15,
        assume="unconfirmed",
    )
    year = only(found).years[0]
    assert (year.heads.certain, year.heads.p10, year.heads.p90, year.newcomers) == (0, 2, 2, ())
    assert year.entered.p50 == 2 and year.money.p10 > 0


def test_a_child_is_born_into_its_mothers_hukou():
    rates = Rates(births={0: {29: 1.0}}, twins=1.0)
    told = forecast(
        ["childcare_subsidy"],
        tables(**FAMILY),
        date(2025, 12, 31),
        "310115",
        rates=rates,
        draws=5,
        years=2,
        assume="unconfirmed",
    )
    first, second = only(told).years
    assert (first.heads.p10, first.heads.p90, first.money.p50) == (2, 2, Decimal(7200)), "twins, both whole years"
    assert (second.heads.p50, second.entered.p50) == (2, 0)
    elsewhere = forecast(
        ["childcare_subsidy"],
        tables(**FAMILY),
        date(2025, 12, 31),
        "310116",
        rates=rates,
        draws=5,
        assume="unconfirmed",
    )
    assert only(elsewhere).years[0].heads.p90 == 0


@pytest.mark.slow
def test_money_is_that_of_the_schedules_a_person_is_shown():
    on, year = date(2025, 12, 31), 2026
    made = make_registry(900, seed=4)
    wanted = [
        "bereaved_support",
        "disabled_support",
        "one_child_allowance",
        "childcare_subsidy",
        "rural_reward",
        "retirement_reward",
    ]
    found = forecast(wanted, made, on, "310115", assume="unconfirmed")
    months = [date(year, month, 28) if month == 2 else date(year, month, 30) for month in range(1, 12)] + [
        date(year, 12, 31)
    ]
    paid = defaultdict(Decimal)
    with Tables(made) as open_tables:
        for day in months:
            for one in found:
                if one.scheme.course.every == "year" and day.month < 12:
                    continue
                for told in explain(one.scheme, open_tables, day, "310115", assume="unconfirmed"):
                    if told.decision == "符合":
                        key = (one.scheme.id, told.subject)
                        paid[key] = max(paid[key], told.this_year)
    for one in found:
        sums = [money for (id, _), money in paid.items() if id == one.scheme.id]
        assert (one.years[0].heads.certain, one.years[0].money.certain) == (len(sums), sum(sums)), one.scheme.id
    assert sum(1 for one in found if one.years[0].money.certain) >= 4


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_only_families_near_an_event_need_be_judged_again(monkeypatch):
    made = known_on(make_registry(1500, seed=2), date(2025, 12, 31))
    rates = Rates(
        deaths={"1": [0.02], "2": [0.02]}, births={0: {age: 0.2 for age in range(20, 40)}}, twins=0.2, boys=0.5
    )
    ask = {"rates": rates, "draws": 6, "assume": "unconfirmed"}
    wanted = ["bereaved_support", "one_child_allowance", "childcare_subsidy", "rural_reward", "second_start_grant"]
    near = forecast(wanted, made, date(2025, 12, 31), "310115", **ask)
    monkeypatch.setattr(replicas, "NEAR", 12)
    monkeypatch.setattr(replicas, "_FAR", 14)
    monkeypatch.setattr(forecasts, "NEAR", 12)
    far = forecast(wanted, made, date(2025, 12, 31), "310115", **ask)
    assert [one.years for one in near] == [one.years for one in far]
    assert any(one.years[0].entered.p90 != one.years[0].entered.certain for one in near)


@pytest.mark.parametrize(
    "bad",
    [
        lambda: Rates(deaths={"1": [1.2], "2": [0.1]}),
        lambda: Rates(deaths={"1": [0.1]}),
        lambda: Rates(births={0: {20: -0.1}}),
    ],
)
def test_chances_that_are_none_are_refused(bad):
    with pytest.raises(RuleError):
        bad()


def test_years_and_draws_have_bounds(root):
    for wrong in ({"years": 0}, {"years": 31}, {"draws": 0}):
        with pytest.raises(RuleError):
            forecast(["试验月补"], tables(person=PEOPLE), END, "310104", root=root, **wrong)
