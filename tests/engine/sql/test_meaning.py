"""Meaning: run on DuckDB, an expression is worth what the law would say; for Spark it is written so too."""

from datetime import date
from decimal import Decimal

import pyarrow as pa
import pytest

from renjia.engine.sql import SqlError, column_types, connect, expression, translate

WORDS = {"born": "date", "months": "integer", "none": "integer", "case": "text", "live": "boolean", "amount": "decimal"}
ROW = pa.table(
    {
        "born": pa.array([date(2024, 1, 31)]),
        "months": [7],
        "none": [0],
        "case": ["x"],
        "live": pa.array([None], pa.bool_()),
        "amount": pa.array([Decimal("3600.00")], pa.decimal128(12, 2)),
    }
)


@pytest.fixture(scope="module")
def duck():
    connection = connect(threads=1)
    connection.register("row", ROW)
    yield connection
    connection.close()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("months / none", None),
        ("none / none", None),
        ("months // none", None),
        ("months % none", None),
        ("months / 2", 3.5),
        ("months // 2", 3),
        ("-months // 2", -3),
        ("add_days(born, months)", date(2024, 2, 7)),
        ("add_days(born, -31)", date(2023, 12, 31)),
        ("add_months(born, 1)", date(2024, 2, 29)),
        ("add_months(born, months - 20)", date(2022, 12, 31)),
        ("add_days(add_months(add_days(born, months // none), 1), 1)", None),
        ("date_diff('day', born, DATE '2024-03-01')", 30),
        ("last_day(add_months(born, 1))", date(2024, 2, 29)),
        ("\"case\" = 'x'", True),
        ("live AND false", False),
        ("live AND true", None),
        ("live IS NULL", True),
        ("round(amount * months / 12, 2)", 2100.0),
        ("least(months, none, 3)", 0),
        ("if(live, 1, 2)", 2),
        ("round(2.5)", Decimal("3")),
        ("substr('310115001', 1, 6)", "310115"),
    ],
)
def test_value(duck, text, value):
    checked = expression(text, WORDS)
    query = f"SELECT {translate(checked, 'duckdb')} AS answer FROM row"
    assert duck.execute(query).fetchall() == [(value,)]
    assert column_types(duck, query) == {"answer": checked.type}, "the checker and DuckDB must agree on the type"


@pytest.mark.parametrize(
    ("text", "spark"),
    [
        ("add_days(born, months / none // 1)", None),
        ("add_days(born, months)", "DATE_ADD(`born`, CAST(`months` AS INT))"),
        ("add_months(born, 3)", "ADD_MONTHS(`born`, 3)"),
        ("date_diff('day', born, born)", "DATEDIFF(DAY, `born`, `born`)"),
        ("months / none", "`months` / NULLIF(`none`, 0)"),
        ("months // none", "`months` DIV NULLIF(`none`, 0)"),
        ("starts_with(\"case\", '31')", "STARTSWITH(`case`, '31')"),
    ],
)
def test_spark_text(text, spark):
    if spark is None:
        with pytest.raises(SqlError, match="浮点数"):
            expression(text, WORDS)
    else:
        assert translate(expression(text, WORDS), "spark") == spark


def test_translating_changes_nothing():
    checked = expression("add_days(born, months // none)", WORDS)
    first = translate(checked, "duckdb")
    assert translate(checked, "spark") != first == translate(checked, "duckdb")


def test_comments_do_not_travel():
    assert "*/" not in translate(expression("months /* 注 */ + 1 -- 注", WORDS), "duckdb")


def test_other_dialects_are_refused():
    with pytest.raises(SqlError, match="方言「oracle」"):
        translate(expression("months", WORDS), "oracle")


def test_column_types_teach(duck):
    with pytest.raises(SqlError, match="类型 TIMESTAMP 不在词汇之内"):
        column_types(duck, "SELECT born::TIMESTAMP AS at FROM row")
    with pytest.raises(SqlError, match="查询不成立"):
        column_types(duck, "SELECT nothing FROM row")
