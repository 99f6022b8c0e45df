"""The quick way to count people gives what the plain way gives: every stay multiplied by every day it is counted on.

The plain way is written out here as it first was: one 常住 spell a home, its six months waived by joining the papers,
and ages worked out from the full date of birth.
"""

import random
from collections import Counter
from datetime import date, timedelta

import pytest

from renjia.engine.units import Month
from renjia.measure.indicators import all_indicators, compute, facts
from renjia.measure.indicators import standing as standing_module

YEAR = (Month(2024, 1), Month(2024, 12))
FOREVER = "DATE '2999-12-31'"
PLACES = ("310115001001", "310115001002", "310115002001", "310115002", "310115", "330106001001")
STAYS = f"""
WITH papers AS (SELECT person, place, "from" AS since, coalesce("to", {FOREVER}) AS until FROM hukou
  WHERE known_to IS NULL AND substr(place, 1, 6) = '310115'),
homes AS (SELECT r.person, r.place, coalesce(r."from", DATE '1800-01-01') AS since, coalesce(r."to", {FOREVER}) AS until,
  p.born FROM residence r JOIN person p USING (person) WHERE r.known_to IS NULL AND substr(r.place, 1, 6) = '310115'),
spells AS (
  SELECT '户籍' AS base, person, place, since, until FROM papers
  UNION ALL SELECT '实有', person, place, since, until FROM homes
  UNION ALL SELECT '常住', h.person, h.place, CASE WHEN l.person IS NOT NULL OR h.since <= h.born THEN h.since
    ELSE CAST(h.since + to_months(6) AS DATE) END, h.until
  FROM homes h LEFT JOIN papers l ON l.person = h.person AND h.since BETWEEN l.since AND l.until
  UNION ALL SELECT '常住', h.person, h.place,
    greatest(h.since, CASE WHEN e.since <= h.born THEN e.since ELSE CAST(e.since + to_months(6) AS DATE) END),
    least(h.until, CAST(e.until + 1 + to_months(6) AS DATE) - 1)
  FROM homes h JOIN homes e ON e.person = h.person AND e.until < h.since
  LEFT JOIN papers l ON l.person = h.person AND h.since BETWEEN l.since AND l.until WHERE l.person IS NULL)
SELECT s.base, s.person, p.sex, p.born, rpad(substr(s.place, 1, 9), 9, '0') AS street,
  greatest(s.since, p.born) AS since, least(s.until, p.died - 1) AS until
FROM spells s JOIN person p USING (person) WHERE s.since <= s.until
"""


def some_day(at: random.Random, first: date, days: int) -> date:
    return first + timedelta(at.randrange(days))


def make_district(at: random.Random, size: int):
    """Persons with chains of homes and papers, dates on and around the ends of months, much missing; births and mothers."""
    rows = {"place": [{"code": "310115", "level": "district"}]} | {
        name: [] for name in ("person", "residence", "hukou", "parentage", "birth_case", "marriage")
    }
    for number in range(size):
        person = f"p{number:03d}"
        born = at.choice(
            [None, date(2004, 2, 29), date(2000, 1, 31), *[some_day(at, date(1940, 1, 1), 31_000) for _ in range(9)]]
        )
        died = at.choice(
            [None, None, None, max(born or date.min, some_day(at, date(2023, 11, 1), 460)), date(2024, 5, 31)]
        )
        rows["person"].append({"person": person, "sex": at.choice(["1", "2", "2", None]), "born": born, "died": died})
        start = at.choice([born, some_day(at, date(2022, 6, 1), 900), some_day(at, date(2022, 6, 1), 900)])
        for _ in range(at.randrange(4)):
            end = start and at.choice([None, start + timedelta(at.randrange(400)), max(start, date(2024, 2, 29))])
            rows["residence"].append({"person": person, "place": at.choice(PLACES), "from": start, "to": end})
            if end is None:
                break
            start = end + timedelta(at.choice([1, 1, 2, 40]))
        start = at.choice([None, date(2000, 1, 1), some_day(at, date(2022, 6, 1), 900)])
        while start:
            end = at.choice([None, start + timedelta(at.randrange(700))])
            rows["hukou"].append({"person": person, "place": at.choice(PLACES), "from": start, "to": end})
            start = end and at.choice([None, end + timedelta(at.choice([1, 30]))])
        if at.random() < 0.4:
            child, day = f"k{number:03d}", some_day(at, date(2023, 12, 15), 400)
            lost = at.choice([None, None, day + timedelta(at.randrange(60))])
            rows["person"].append({"person": child, "sex": at.choice("12"), "born": day, "died": lost})
            rows["birth_case"].append({"case": f"c{number}", "child": child, "born": day, "street": "310115001"})
            rows["parentage"].append({"parent": person, "child": child, "kind": "borne"})
        if at.random() < 0.3:
            spouse = f"p{at.randrange(size):03d}"
            rows["marriage"].append({"a": person, "b": spouse, "from": some_day(at, date(2023, 10, 1), 500)})
    return rows


def plain(con, base: str, days: list[date]) -> Counter:
    """(street, sex, age, day) → people, each stay held against each day."""
    listed = " UNION ALL ".join(f"SELECT DATE '{day}' AS day" for day in days)
    age = "year(day) - year(born) - CASE WHEN month(day) * 100 + day(day) < month(born) * 100 + day(born) THEN 1 ELSE 0 END"
    rows = con.execute(
        f"SELECT street, coalesce(sex, ''), coalesce(CAST({age} AS VARCHAR), ''), day, count(*) FROM ({STAYS}) AS s "
        f"JOIN ({listed}) AS d ON day BETWEEN since AND until WHERE base = ? GROUP BY ALL",
        [base],
    ).fetchall()
    return Counter({row[:4]: row[4] for row in rows})


@pytest.mark.parametrize("base", ["户籍", "常住", "实有"])
@pytest.mark.parametrize("seed", range(2))
def test_people_at_the_ends_of_months(over, seed, base):
    with over(make_district(random.Random(seed), 150)) as con:
        months = YEAR[0].until(YEAR[1])
        days = [YEAR[0].first - timedelta(1), *[month.last for month in months]]
        expected = plain(con, base, days)
        keys = ("street", "sex", "age", "month")
        ends = compute("population_end", con, keys[:2] + keys[3:], period=YEAR, base=base)
        found = Counter({(f.place, f.dims["sex"], f.dims["month"]): f.numerator for f in ends})
        summed = Counter()
        for (street, sex, _, day), people in expected.items():
            if day != days[0]:
                summed[street, sex, str(Month.of(day))] += people
        assert found == summed and summed
        rates = compute("crude_death_rate", con, keys, period=YEAR, base=base)
        held = Counter({(f.place, *(f.dims[key] for key in keys[1:])): f.denominator for f in rates if f.denominator})
        twice = Counter()
        for (street, sex, age, day), people in expected.items():
            here = Month.of(day)
            for month in (here, here.plus(1)):
                if YEAR[0] <= month <= YEAR[1]:
                    twice[street, sex, age, str(month)] += people
        assert held == twice
        dead = con.execute(
            "SELECT street, coalesce(sex, ''), coalesce(CAST(age AS VARCHAR), ''), month, sum(people) FROM "
            f"({facts()['movements'].sql}) WHERE kind = 'death' AND base = ? AND month BETWEEN '2024-01' AND '2024-12' GROUP BY ALL",
            [base],
        ).fetchall()
        assert {row[:4]: row[4] for row in dead} == {
            (f.place, *(f.dims[key] for key in keys[1:])): f.numerator for f in rates if f.numerator
        }


def test_the_stays_of_the_period_are_enough(over, monkeypatch):
    """A page of every kind over people, with the stays of the period found once and with all of them joined anew."""
    kinds = {}
    for page in all_indicators(subject="population"):
        halves = [
            str(page.body.get(half, "")).partition(" FROM ")[2].split(" ")[0] for half in ("numerator", "denominator")
        ]
        if "base" in page.body and page.body.get("kind") != "standardised":
            kinds[page.body.get("at"), *halves] = page
    february = Month(2024, 2)
    assert {half for _, *halves in kinds for half in halves} >= standing_module.LOCAL
    with over(make_district(random.Random(50), 120)) as con:
        for page in kinds.values():
            quick = compute(page.id, con, ("street",), period=february)
            with monkeypatch.context() as patch:
                patch.setattr(standing_module, "LOCAL", frozenset())
                whole = compute(page.id, con, ("street",), period=february)
            assert quick == whole, page.id


def test_a_dead_infant_of_two_recorded_mothers_died_once(over):
    """Two women recorded as having borne the child: it stands under one of them."""
    rows = {
        "place": [{"code": "310115", "level": "district"}],
        "person": [{"person": p, "sex": "2", "born": date(1995, 1, 1)} for p in "ab"]
        + [{"person": "k", "sex": "1", "born": date(2024, 3, 1), "died": date(2024, 3, 9)}],
        "residence": [{"person": p, "place": PLACES[0], "from": date(2020, 1, 1)} for p in "ab"],
        "parentage": [{"parent": p, "child": "k", "kind": "borne"} for p in "ab"],
    }
    with over(rows) as con:
        [rate] = compute("crude_death_rate", con, (), period=YEAR)
        assert rate.numerator == 1
