"""Over the derived tables of a working set every figure is what it is over plain tables, and what counting heads gives."""

import random
from collections import Counter
from datetime import date, timedelta

import pyarrow as pa
import pytest

from measure.indicators.test_same_as_before import make_district
from renjia.engine.sql import connect
from renjia.engine.units import Month
from renjia.measure.indicators import MeasureError, all_indicators, compute, rows_behind, run_cases
from renjia.measure.snapshot import TABLES, derive, facts_of

YEAR = (Month(2024, 1), Month(2024, 12))
DISTRICT = "310115"


def tables(rows):
    return {name: pa.Table.from_pylist(rows.get(name, []), schema) for name, schema in TABLES.items()}


@pytest.fixture(scope="module")
def both():
    """A random district twice: its plain tables, and the derived ones beside them."""
    given = tables(make_district(random.Random(71), 150))
    with connect(threads=1) as plain, connect(threads=1) as ready:
        for name, table in given.items():
            plain.register(name, table)
            ready.register(name, table)
        for name, table in derive(given).items():
            ready.register(name, table)
        yield plain, ready


def ages(born: date | None, day: date) -> str:
    return "" if born is None else str(day.year - born.year - ((day.month, day.day) < (born.month, born.day)))


def test_people_counted_head_by_head():
    """实有 by street, sex, age and month: each person and home held against each month's end, in plain Python."""
    rows = make_district(random.Random(72), 200)
    persons = {row["person"]: row for row in rows["person"]}
    expected = Counter()
    for home in rows["residence"]:
        who = persons[home["person"]]
        for month in YEAR[0].until(YEAR[1]):
            here = home["place"].startswith(DISTRICT)
            came = (home["from"] or date.min) <= month.last and (who["born"] or date.min) <= month.last
            stayed = (home["to"] or date.max) >= month.last and (who["died"] or date.max) > month.last
            if here and came and stayed:
                street = home["place"][:9].ljust(9, "0")
                expected[street, who["sex"] or "", ages(who["born"], month.last), str(month)] += 1
    with connect(threads=1) as con:
        given = tables(rows)
        for name, table in (given | derive(given)).items():
            con.register(name, table)
        found = compute("population_end", con, ("street", "sex", "age", "month"), period=YEAR, base="实有")
    assert {(f.place, *(f.dims[key] for key in ("sex", "age", "month"))): f.numerator for f in found} == expected


def test_every_indicator_of_people_is_the_same(both):
    """One page of each way of counting and each pair of facts."""
    plain, ready = both
    kinds = {}
    for page in all_indicators(subject="population"):
        halves = [
            str(page.body.get(half, "")).partition(" FROM ")[2].split(" ")[0] for half in ("numerator", "denominator")
        ]
        if "base" in page.body:
            kinds[page.body.get("at"), page.body.get("kind") == "net_reproduction", *halves] = page
    assert len(kinds) > 8
    for page in kinds.values():
        here, there = (compute(page.id, con, ("street",), period=YEAR) for con in (ready, plain))
        assert here == there, page.id


def test_the_cases_behind_are_the_same(both):
    plain, ready = both
    for id in ("population_end", "crude_death_rate", "crude_birth_rate"):
        here, there = (rows_behind(id, con, DISTRICT, YEAR, "numerator") for con in (ready, plain))
        assert here == there and here, id


def test_it_is_the_derived_rows_that_are_read(both):
    """Emptied, they give nothing: so the agreement above is of two ways."""
    plain, _ = both
    with connect(threads=1) as con:
        for name, schema in TABLES.items():
            con.register(name, plain.sql(f"FROM {name}").to_arrow_table().cast(schema))
        name = facts_of().stored["stays"]
        full = compute("population_end", con, (), period=YEAR)
        con.register(name, plain.sql(facts_of().by_name["stays"].sql).to_arrow_table().slice(0, 0))
        assert full[0].numerator > 0 and compute("population_end", con, (), period=YEAR)[0].numerator == 0


def test_cases_of_a_page_are_not_run_over_derived_tables(both):
    """They would stand beside tables replaced for each case."""
    _, ready = both
    page = next(page for page in all_indicators(subject="population") if page.id == "population_end")
    with pytest.raises(MeasureError, match="备好的表"):
        run_cases(page, ready)


@pytest.mark.parametrize("base", ["户籍", "常住"])
def test_days_at_the_edges_of_the_period(both, base):
    """A period of one month, and of three over a turn of the year: the stays that touch it are enough."""
    plain, ready = both
    for period in ((Month(2024, 2), Month(2024, 2)), (Month(2023, 12), Month(2024, 2))):
        for id in ("net_migration_rate", "crude_death_rate"):
            here, there = (compute(id, con, ("neighbourhood",), period=period, base=base) for con in (ready, plain))
            assert here == there and any(figure.denominator for figure in here), id


def test_the_margin_of_a_stay_is_the_day_before_and_after():
    """A move on the first of the month is told from the day before, in the month before."""
    rows = {
        "place": [{"code": DISTRICT, "level": "district"}],
        "person": [{"person": "a", "sex": "2", "born": date(1990, 1, 1)}],
        "residence": [
            {"person": "a", "place": "310115001001", "from": date(2020, 1, 1), "to": date(2024, 5, 31)},
            {"person": "a", "place": "310115002001", "from": date(2024, 5, 31) + timedelta(1)},
        ],
    }
    given = tables(rows)
    with connect(threads=1) as con:
        for name, table in (given | derive(given)).items():
            con.register(name, table)
        figures = compute("net_migration_rate", con, ("street",), period=Month(2024, 6), base="实有")
    assert {f.place: f.numerator for f in figures} == {"310115001": -1, "310115002": 1}
