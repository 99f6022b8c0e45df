"""On Spark as on DuckDB: figures over derived tables are those over plain ones."""

import random

import pytest

from measure.indicators.test_on_derived import YEAR, tables
from measure.indicators.test_same_as_before import make_district
from renjia.engine.sql import connect
from renjia.measure.indicators import SparkEngine, compute
from renjia.measure.snapshot import derive, derived_in, facts_of

pytestmark = [pytest.mark.spark, pytest.mark.timeout(900)]
ASKED = [
    ("population_end", ("street", "sex")),
    ("crude_death_rate", ("street",)),
    ("net_migration_rate", ("neighbourhood",)),
    ("total_fertility", ("street",)),
    ("net_reproduction", ()),
]


def test_derived_tables_on_spark(spark):
    given = tables(make_district(random.Random(73), 150))
    made = derive(given)
    other = SparkEngine(spark.newSession())
    with connect(threads=1) as duck:
        for name, table in given.items():
            duck.register(name, table)
        for name, table in (given | made).items():
            other.register(name, table)
        assert derived_in(other, "spark", facts_of()) == facts_of().stored
        for id, by in ASKED:
            there = compute(id, duck, by, period=YEAR)
            assert compute(id, other, by, period=YEAR) == there and any(f.denominator or f.numerator for f in there), id
