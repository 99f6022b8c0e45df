"""A year forecast from what was known on its eve, against the same year in a registry that knows it all."""

import math
import os
from collections import defaultdict
from datetime import date

import pyarrow as pa
import pytest

from renjia.engine.rules import Rates, forecast
from renjia.engine.sql import connect
from renjia.engine.synthetic import known_on, make_registry

pytestmark = [pytest.mark.slow, pytest.mark.timeout(3000)]
EVE, END = date(2025, 12, 31), date(2026, 12, 31)
PERSONS = int(os.environ.get("RENJIA_BACKTEST_PERSONS", "120000"))
SCHEMES = ["bereaved_support", "disabled_support", "one_child_allowance", "childcare_subsidy", "rural_reward"]


def deaths_of_the_generator() -> list[float]:
    """Chance of dying within the year by age: a small hazard always, Gompertz from 40 on."""
    gained = (math.exp(0.092) - 1) / 0.092
    # someone of completed age a on 1 January is on average a + ½
    return [
        1 - math.exp(-0.0006 - (0.0011 * gained * math.exp(0.092 * (age + 0.5 - 40)) if age >= 40 else 0))
        for age in range(115)
    ]


def births_of_the_generator() -> dict[int, dict[int, float]]:
    """Deliveries in the year by children borne before and age, in another registry of the same generator."""
    sql = """
        WITH mothers AS (SELECT person, born, date_diff('month', born, DATE '2026-01-01') // 12 AS age FROM person
          WHERE sex = '2' AND coalesce(died >= DATE '2026-01-01', TRUE)),
        children AS (SELECT l.parent, l.child, l.delivery, c.born FROM parentage l JOIN person c ON c.person = l.child WHERE l.kind <> 'step'),
        had AS (SELECT parent, count(DISTINCT child) AS many FROM children WHERE born < DATE '2026-01-01' GROUP BY parent),
        gave AS (SELECT parent, count(DISTINCT delivery) AS many FROM children WHERE year(born) = 2026 GROUP BY parent)
        SELECT least(coalesce(h.many, 0), 3), age, sum(coalesce(g.many, 0)) / count(*)
        FROM mothers m LEFT JOIN had h ON h.parent = m.person LEFT JOIN gave g ON g.parent = m.person
        WHERE age BETWEEN 15 AND 60 GROUP BY 1, 2"""
    found: dict[int, dict[int, float]] = defaultdict(dict)
    with connect() as con:
        for name, table in make_registry(400_000, seed=99).items():
            con.register(name, table)
        for had, age, rate in con.execute(sql).fetchall():
            found[had][age] = float(rate)
    return dict(found)


def touched(before: dict[str, pa.Table], after: dict[str, pa.Table]) -> set[str]:
    """Whoever's family, two steps around, has a row in the year that was not there on its eve."""
    with connect() as con:
        new = []
        for name in before:
            con.register(f"was_{name}", before[name])
            con.register(f"is_{name}", after[name])
            for key in ("person", "parent", "child", "a", "b"):
                if key in before[name].schema.names:
                    new.append(
                        f'SELECT "{key}" AS person FROM (SELECT * FROM is_{name} EXCEPT SELECT * FROM was_{name}) AS n'
                    )
        con.execute(
            f"CREATE TABLE seen AS SELECT DISTINCT person FROM ({' UNION ALL '.join(new)}) AS u WHERE person IS NOT NULL"
        )
        ties = " UNION ".join(
            f"SELECT {a} AS a, {b} AS b FROM is_{name}"
            for name, one, other in (("parentage", "parent", "child"), ("marriage", "a", "b"))
            for a, b in ((one, other), (other, one))
        )
        con.execute(f"CREATE TABLE ties AS {ties}")
        for _ in range(2):
            con.execute(
                "INSERT INTO seen SELECT DISTINCT t.b FROM seen s JOIN ties t ON t.a = s.person WHERE t.b NOT IN (SELECT person FROM seen)"
            )
        return {person for (person,) in con.execute("SELECT person FROM seen").fetchall()}


def test_next_years_budget_within_two_per_cent_and_nobody_newly_eligible_missed():
    whole = make_registry(PERSONS, seed=1)
    eve, end = known_on(whole, EVE), known_on(whole, END)
    chances = deaths_of_the_generator()
    rates = Rates(deaths={"1": chances, "2": chances}, births=births_of_the_generator(), twins=0.013, boys=0.515)
    ask = {"on": EVE, "place": "310115", "assume": "unconfirmed"}
    foreseen = {one.scheme.id: one.years[0] for one in forecast(SCHEMES, eve, **ask, rates=rates, draws=20, seed=1)}
    happened = {one.scheme.id: one.years[0] for one in forecast(SCHEMES, end, **ask)}
    for id in SCHEMES:
        print(id, foreseen[id].money, happened[id].money.certain, foreseen[id].heads, happened[id].heads.certain)
    budget = sum(one.money.p50 for one in foreseen.values())
    spent = sum(one.money.certain for one in happened.values())
    print(budget, spent, budget / spent)
    assert abs(budget / spent - 1) <= 0.02
    near = touched(eve, end)
    for id in SCHEMES:
        named = {one.subject for one in foreseen[id].newcomers if not one.waiting}
        came = {one.subject for one in happened[id].newcomers if not one.waiting}
        assert came - near <= named, "entitled without anything having happened, and not foreseen"
        assert named - near <= came, "foreseen, and not come though nothing happened"
    assert sum(len({one.subject for one in foreseen[id].newcomers} - near) for id in SCHEMES) > 20
