"""一种写法，两个引擎 — the SQL and the kernels of reconciliation on Spark, as on DuckDB and in memory."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from odd_births import odd_births
from renjia.engine.linkage import link
from renjia.engine.linkage.big.linking import link_big
from renjia.engine.linkage.big.spark import SparkEngine, spark_session
from renjia.engine.synthetic import make_district
from renjia.engine.units import Month
from sparking import QUICK, pyspark_sql

pytestmark = [pytest.mark.spark, pytest.mark.timeout(3600), pytest.mark.filterwarnings("ignore::FutureWarning:pyspark")]


@pytest.fixture(scope="module")
def session() -> Iterator[Any]:
    pyspark_sql()
    made = spark_session("local[2]", **(QUICK | {"spark.sql.shuffle.partitions": "2"}))
    yield made
    made.stop()


def test_odd_births_and_decisions(session: Any, tmp_path: Path) -> None:
    table, decisions = odd_births(3)
    engine = SparkEngine(session, tmp_path / "work", batch=200)
    found = link_big(table, tmp_path / "out", decisions=decisions, engine=engine, buckets=4).read()
    expected = link(table, decisions=decisions)
    for name in ("assignment", "evidence", "questions"):
        assert getattr(found, name).equals(getattr(expected, name)), name


def test_a_repeated_key_is_refused_in_chinese(session: Any, tmp_path: Path) -> None:
    table, _ = odd_births(3, 5)
    twice = table.take([*range(table.num_rows), 0])
    with pytest.raises(ValueError, match="出现两次"):
        link_big(twice, tmp_path / "out", engine=SparkEngine(session, tmp_path / "work"))


@pytest.mark.slow
def test_fifty_thousand_births_agree_on_every_case(session: Any, tmp_path: Path) -> None:
    table = make_district(50_000, [Month(2025, month) for month in range(1, 13)], 50).records()
    on_disk = link_big(table, tmp_path / "duckdb").read()
    engine = SparkEngine(session, tmp_path / "work")
    found = link_big(table, tmp_path / "spark", engine=engine, buckets=8).read()
    for name in ("assignment", "evidence", "questions"):
        assert getattr(found, name).equals(getattr(on_disk, name)), name
