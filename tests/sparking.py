"""Spark 会话 — for tests that ask Spark what DuckDB was asked; without pyspark or Java they are left out, and say so."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

# Every plan is new and run once over a handful of rows: the quick compiler of the JVM is the better one.
QUICK = {
    "spark.sql.adaptive.enabled": "false", "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN", "spark.log.level": "OFF",
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xss8m",
}  # fmt: skip
AT_ONCE = 4  # nearly all of the time is planning, one thread a query
SETTINGS = QUICK | {
    "spark.ui.enabled": "false", "spark.ui.showConsoleProgress": "false", "spark.sql.session.timeZone": "Asia/Shanghai",
    "spark.sql.shuffle.partitions": "1", "spark.default.parallelism": "1",
}  # fmt: skip


def pyspark_sql() -> Any:
    """`pyspark.sql`, or the test is skipped."""
    sql = pytest.importorskip("pyspark.sql", reason="没有装 pyspark（extra spark），未与 Spark 对照")
    if not (os.environ.get("JAVA_HOME") or shutil.which("java")):
        pytest.skip("没有找到 Java（17 以上），未与 Spark 对照；装 openjdk-17-jre-headless 或设 JAVA_HOME")
    return sql


@contextmanager
def spark_session(threads: int, settings: dict[str, str] = SETTINGS) -> Iterator[Any]:
    """开一个，用完就关."""
    builder = pyspark_sql().SparkSession.builder.master(f"local[{threads}]").appName("renjia")
    for key, value in settings.items():
        builder = builder.config(key, value)
    session = builder.getOrCreate()
    yield session
    session.stop()
