"""Functions of ours: written out in plain SQL, the same on both engines; small tables as text."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from renjia.engine.sql import SqlError, column_types, connect, expression, small_table, translate
from renjia.engine.units import age_on, reach_date

WORDS = {"born": "date", "today": "date", "years": "integer", "money": "decimal", "part": "integer", "place": "text"}
DAYS = st.dates(date(1930, 1, 1), date(2040, 12, 31))


@pytest.fixture(scope="module")
def duck():
    with connect(threads=1, optimised=False) as connection:
        yield connection


def value(duck, text, **words):
    schema = {
        "born": pa.date32(),
        "today": pa.date32(),
        "years": pa.int32(),
        "money": pa.decimal128(18, 2),
        "part": pa.int32(),
        "place": pa.string(),
    }
    row = pa.table({name: pa.array([words.get(name)], kind) for name, kind in schema.items()})
    duck.register("row", row)
    checked = expression(text, WORDS)
    query = f"SELECT {translate(checked, 'duckdb')} AS answer FROM row"
    assert column_types(duck, query) == {"answer": checked.type}
    return duck.execute(query).fetchall()[0][0]


@settings(max_examples=40, deadline=None)
@given(born=DAYS, today=DAYS, years=st.integers(0, 90))
def test_ages_are_those_of_units(duck, born, today, years):
    assert value(duck, "age_on(born, today)", born=born, today=today) == age_on(born, today)
    assert value(duck, "reach_date(born, years)", born=born, years=years) == reach_date(born, years)
    assert value(duck, "reach_date(born, years, 'FEB28')", born=born, years=years) == reach_date(born, years, "FEB28")
    assert value(duck, "month_of(born)", born=born) == born.year * 12 + born.month


@settings(max_examples=60, deadline=None)
@given(cents=st.integers(0, 10**9), part=st.integers(0, 400), whole=st.integers(1, 400))
def test_a_share_is_exact_and_rounded_half_up(duck, cents, part, whole):
    money = Decimal(cents).scaleb(-2)
    exact = (money * part / whole).quantize(Decimal("0.01"), ROUND_HALF_UP)
    assert value(duck, f"share_of(money, part, {whole})", money=money, part=part) == exact


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("within('310115001', place)", True),
        ("within('310000', place)", False),
        ("within('310115001', '310000')", True),
        ("within('360783', '360700')", True),
        ("within('360883', '360700')", False),
        ("within('360783', '000000')", True),
        ("within(NULL, place)", None),
        ("share_of(money, NULL, 12)", None),
        ("share_of(3600, 1, 0)", None),
        ("reach_date(DATE '2024-02-29', 1, NULL)", None),
        ("reach_date(DATE '2024-02-28', 1, NULL)", date(2025, 2, 28)),
    ],
)
def test_edges(duck, text, answer):
    assert value(duck, text, place="310115", money=Decimal("1.00")) == answer


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("share_of(money, part)", "应有 3 个参数"),
        ("share_of(money / 3, part, 12)", "浮点数"),
        ("month_of(years)", "日期"),
        ("reach_date(born)", "应有 2 个参数"),
        ("reach_date(born, years, 1)", "文字"),
    ],
)
def test_refused(text, said):
    with pytest.raises(SqlError, match=said):
        expression(text, WORDS)


def test_they_are_written_out_for_spark_too():
    for text in (
        "share_of(money, part, 12)",
        "reach_date(born, years)",
        "within(place, '310000')",
        "age_on(born, today)",
    ):
        written = translate(expression(text, WORDS), "spark")
        assert (
            "share_of" not in written
            and "reach_date" not in written
            and "within" not in written
            and "age_on" not in written
        )


SCHEMA = pa.schema(
    [("who", pa.string()), ("on", pa.date32()), ("n", pa.int32()), ("yes", pa.bool_()), ("sum", pa.decimal128(18, 2))]
)


def test_small_tables():
    found = small_table(SCHEMA, "who on n yes sum\na 2025-01-31 3 true 1.50\nb - - - -", {"who": "x", "source": "例"})
    assert found.to_pylist() == [
        {"who": "a", "on": date(2025, 1, 31), "n": 3, "yes": True, "sum": Decimal("1.50")},
        {"who": "b", "on": None, "n": None, "yes": None, "sum": None},
    ]
    assert small_table(SCHEMA, "").num_rows == 0
    assert small_table(SCHEMA, "n\n1", {"who": "x"}).to_pylist()[0]["who"] == "x"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("whom\na", "没有列 whom"), ("who who\na b", "写了两次"), ("who on\na", "有 2 列"), ("on\n2025-02-30", "不是日期"),
        ("n\nx", "不是数"), ("yes\n是", "true 或 false"), ("sum\nx", "不是数"),
    ],
)  # fmt: skip
def test_small_tables_refused(text, said):
    with pytest.raises(ValueError, match=said):
        small_table(SCHEMA, text)
