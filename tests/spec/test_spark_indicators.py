"""One meaning on two engines: the cases of every indicator's page, and a random district, on Spark as on DuckDB."""

import random
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date, timedelta

import pyarrow as pa
import pytest

from renjia.engine.sql import connect
from renjia.engine.units import Month
from renjia.measure.indicators import SparkEngine, all_indicators, compute, run_cases
from renjia.measure.snapshot import TABLES
from sparking import AT_ONCE

pytestmark = [pytest.mark.spark, pytest.mark.timeout(900)]
PAGES = all_indicators(subject=None)
YEAR = (Month(2024, 1), Month(2024, 12))
ASKED = [
    ("population_end", ("street", "sex")),
    ("crude_birth_rate", ("street",)),
    ("natural_increase_rate", ("month",)),
    ("net_migration_rate", ("neighbourhood",)),
    ("balancing_residual", ("street",)),
    ("total_fertility", ("street",)),
    ("median_age", ("street",)),
    ("births", ("street", "sex", "parity")),
]


@pytest.fixture(scope="module")
def runs(spark) -> Iterator[dict[str, Future]]:
    """Page → its cases run, several pages at once, each in a session of its own over the one engine."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield {
            page.id: pool.submit(lambda one: run_cases(one, SparkEngine(spark.newSession())), page) for page in PAGES
        }


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.id)
def test_the_cases_of_the_page_hold_on_spark_too(page, runs):
    found = runs[page.id].result()
    assert len(found) == len(page.cases) > 0
    for run in found:
        assert run.found == run.expected, run.name


def make_rows(at: random.Random, size: int):
    """Persons, homes, mothers and births; dates around every boundary of the year, much missing."""
    rows = {
        "place": [{"code": "310115", "level": "district"}],
        "person": [],
        "residence": [],
        "parentage": [],
        "birth_case": [],
    }
    places = ("310115001001", "310115001002", "310115002", "310115", "330106001001")
    for number in range(size):
        person = f"p{number:03d}"
        born = at.choice(
            [None, *[date(1950, 1, 1) + timedelta(at.randrange(27_000)) for _ in range(9)], date(2004, 2, 29)]
        )
        died = at.choice([None, None, None, date(2024, 1, 1) + timedelta(at.randrange(-40, 400))])
        rows["person"].append({"person": person, "sex": at.choice(["1", "2", "2", None]), "born": born, "died": died})
        start = date(2022, 1, 1) + timedelta(at.randrange(1100))
        end = at.choice([None, start + timedelta(at.randrange(600)), date(2024, 8, 31), date(2024, 2, 29)])
        rows["residence"].append(
            {"person": person, "place": at.choice(places), "from": at.choice([None, start]), "to": end}
        )
        if at.random() < 0.4:
            child, day = f"k{number:03d}", date(2024, 1, 1) + timedelta(at.randrange(-20, 380))
            rows["birth_case"].append(
                {"case": f"c{number}", "child": child, "born": day, "sex": at.choice(["1", "2", None]), "order": at.choice([1, 2, 3, None])}
                | {"street": "310115001", "neighbourhood": at.choice([None, places[0]])}
            )  # fmt: skip
            if at.random() < 0.8:
                rows["parentage"].append(
                    {"parent": person, "child": child, "kind": at.choice(["borne", "borne", "adopted"])}
                )
    return rows


@pytest.mark.parametrize("seed", range(2))
def test_a_random_district_is_the_same_on_both(spark, seed):
    other = SparkEngine(spark.newSession())
    rows = make_rows(random.Random(seed), 150)
    tables = {name: pa.Table.from_pylist(rows.get(name, []), schema) for name, schema in TABLES.items()}
    with connect(threads=1) as duck:
        for engine in (duck, other):
            for name, table in tables.items():
                engine.register(name, table)
        for id, by in ASKED:
            there = compute(id, duck, by, period=YEAR)
            assert compute(id, other, by, period=YEAR) == there and any(f.numerator for f in there), id
