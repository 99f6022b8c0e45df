"""One meaning on two engines: every fact and every scheme over a registry of families, on Spark as on DuckDB.

RENJIA_SPARK_PERSONS sets how many persons (200000 unless told).
"""

import os
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from renjia.engine.rules import Tables, judge, schemes
from renjia.engine.rules.compiling import compiled
from renjia.engine.rules.facts import vocabulary
from renjia.engine.rules.places import place_of
from renjia.engine.rules.schemas import TABLES
from renjia.engine.sql import connect, translate
from renjia.engine.synthetic import make_registry

pytestmark = [pytest.mark.spark, pytest.mark.timeout(3600)]
PERSONS = int(os.environ.get("RENJIA_SPARK_PERSONS", "200000"))
ON, PLACE = date(2025, 12, 31), "310115"
FACTS = vocabulary()
PAGES = [one for one in schemes() if one.page.in_force(ON)]
TYPES = {"text": "VARCHAR", "integer": "BIGINT", "decimal": "DECIMAL(18, 2)", "boolean": "BOOLEAN", "date": "DATE"}
ANSWER = {
    "id": "VARCHAR", "decision": "BIGINT", "first": "DATE", "last": "DATE", "monthly": "DECIMAL(18, 2)", "amount": "DECIMAL(18, 2)",
    "failed": "BIGINT", "unknown": "BIGINT", "unset": "BIGINT", "need": "BIGINT", "nulls": "BIGINT",
}  # fmt: skip
SETTINGS = {
    "spark.ui.enabled": "false", "spark.sql.session.timeZone": "Asia/Shanghai", "spark.sql.shuffle.partitions": "1",
    "spark.default.parallelism": "1", "spark.sql.adaptive.enabled": "false", "spark.driver.memory": "2g", "spark.log.level": "OFF",
    "spark.sql.codegen.wholeStage": "false", "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    # joining the layers of givens into one expression makes it too long to plan
    "spark.sql.optimizer.excludedRules": "org.apache.spark.sql.catalyst.optimizer.CollapseProject",
    "spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1",
}  # fmt: skip


@pytest.fixture(scope="module")
def registry() -> dict[str, pa.Table]:
    return make_registry(PERSONS, seed=7)


@pytest.fixture(scope="module")
def duck(registry: dict[str, pa.Table]) -> Iterator[Tables]:
    with Tables(registry) as tables:
        yield tables


@pytest.fixture(scope="module")
def spark(
    registry: dict[str, pa.Table], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str, str], pa.Table]]:
    """Asks Spark: SQL and a name to keep the answer under (a view from then on) → the answer as Arrow."""
    sql = pytest.importorskip("pyspark.sql", reason="没有装 pyspark（extra spark），未与 Spark 对照")
    builder = sql.SparkSession.builder.master("local[1]").appName("renjia")
    for key, value in SETTINGS.items():
        builder = builder.config(key, value)
    session = builder.getOrCreate()
    folder = tmp_path_factory.mktemp("spark")
    for name, table in TABLES.items():
        given = registry.get(name, table.schema.empty_table())
        columns = [
            given[one.name].cast(one.arrow) if one.name in given.schema.names else pa.nulls(given.num_rows, one.arrow)
            for one in table.columns
        ]
        pq.write_table(pa.table(columns, schema=table.schema), folder / f"{name}.parquet")
        session.read.parquet(str(folder / f"{name}.parquet")).createOrReplaceTempView(name)
    asked = f"SELECT DATE '{ON}' AS today, {ON.year} AS this_year, {ON.year * 12 + ON.month} AS this_month"
    session.sql(asked).createOrReplaceTempView("asked")

    def ask(text: str, name: str) -> pa.Table:
        path = folder / name
        session.sql(text).write.mode("overwrite").parquet(str(path))
        session.read.parquet(str(path)).createOrReplaceTempView(name)
        return read(path)

    yield ask
    session.stop()


def read(folder: Path) -> pa.Table:
    return pa.concat_tables([pq.read_table(path) for path in sorted(folder.glob("*.parquet"))])


def differences(one: pa.Table, other: pa.Table, types: dict[str, str]) -> list[Any]:
    """Rows of one that the other has not, both ways, at most three each way."""
    shown = ", ".join(f'CAST("{name}" AS {kind}) AS "{name}"' for name, kind in types.items())
    with connect() as both:
        both.register("one", one)
        both.register("other", other)
        found = []
        for a, b in (("one", "other"), ("other", "one")):
            found += both.execute(
                f"SELECT '{a}', * FROM (SELECT {shown} FROM {a} EXCEPT ALL SELECT {shown} FROM {b}) AS x LIMIT 3"
            ).fetchall()
        return found


@pytest.fixture(scope="module")
def facts(duck: Tables, spark: Callable[[str, str], pa.Table]) -> dict[str, list[Any]]:
    """Every fact worked out on both, in order; what differs, by fact."""
    found: dict[str, list[Any]] = {}
    for per in {page.per for page in PAGES}:
        duck.ready(per, ON)
    for name in FACTS.order:
        there = spark(translate(FACTS.facts[name], "spark"), name)
        here = duck.arrow(f'SELECT * FROM "{name}"')
        assert here.num_rows == there.num_rows, name
        found[name] = differences(here, there, {word: TYPES[kind] for word, kind in FACTS.words[name].items()})
    return found


@pytest.mark.parametrize("name", FACTS.order)
def test_a_fact_is_the_same_on_both(name: str, facts: dict[str, list[Any]]) -> None:
    assert facts[name] == []


@pytest.mark.parametrize("assume", ["", "unconfirmed"])
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.id)
def test_a_scheme_decides_the_same_on_both(
    page: Any, assume: str, facts: dict[str, list[Any]], duck: Tables, spark: Callable[[str, str], pa.Table]
) -> None:
    assert page.per in facts
    place = place_of(PLACE)
    mine, theirs = (compiled(page, place, ON, bool(assume), dialect) for dialect in ("duckdb", "spark"))
    marks = [f"~c{at}" for at in range(len(page.conditions))]
    duck.ready(page.per, ON)
    here, there = duck.arrow(mine.detail), spark(theirs.detail, "answers")
    assert here.num_rows == there.num_rows > 0
    assert differences(here, there, ANSWER | dict.fromkeys(marks, "BOOLEAN")) == []
    counts = judge(page, duck, ON, PLACE, assume=assume).counts()
    assert sum(counts.values()) == here.num_rows


def test_the_registry_meets_every_decision(duck: Tables) -> None:
    met = {name for page in PAGES for name, many in judge(page, duck, ON, PLACE).counts().items() if many}
    assert met == {"符合", "不符合", "材料待补", "需配置"}


def test_a_difference_of_one_cell_is_seen() -> None:
    one = pa.table({"id": ["a", "b"], "amount": [1, None]})
    assert differences(one, one, {"id": "VARCHAR", "amount": "BIGINT"}) == []
    assert (
        len(differences(one, pa.table({"id": ["a", "b"], "amount": [1, 0]}), {"id": "VARCHAR", "amount": "BIGINT"}))
        == 2
    )
