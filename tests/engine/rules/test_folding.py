"""What is worked out while a query is written answers as DuckDB would have answered, NULLs included."""

import pytest
import sqlglot
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlglot import exp

from renjia.engine.rules.folding import fold, lazily
from renjia.engine.sql import connect, translate

NUMBERS = ["1", "2", "CAST(NULL AS INT)", "a"]
DAYS = ["DATE '2024-02-29'", "DATE '2025-01-01'", "CAST(NULL AS DATE)", "d"]
TEXTS = ["'x'", "'y'", "CAST(NULL AS VARCHAR)", "t"]
ROWS = "(VALUES (1, DATE '2024-02-29', 'x', TRUE), (2, DATE '2025-01-01', 'y', FALSE), (NULL, NULL, NULL, NULL)) AS r(a, d, t, b)"


def compared(left, right):
    return st.tuples(
        st.sampled_from(left), st.sampled_from(["=", "<>", "<", "<=", ">", ">="]), st.sampled_from(right)
    ).map(" ".join)


truths = st.recursive(
    compared(NUMBERS, NUMBERS)
    | compared(DAYS, DAYS)
    | compared(TEXTS, TEXTS)
    | st.sampled_from(
        [
            "TRUE",
            "FALSE",
            "b",
            "CAST(NULL AS BOOLEAN)",
            "a IS NULL",
            "1 IS NULL",
            "t IN ('x', 'y')",
            "'x' IN ('x', 'z')",
        ]
    )
    | st.sampled_from(
        [
            "year(DATE '2024-02-29') = 2024",
            "month(d) = 2",
            "starts_with(t, 'x')",
            "add_months(DATE '2024-02-29', 12) < d",
        ]
    ),
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(lambda two: f"({two[0]} AND {two[1]})"),
        st.tuples(inner, inner).map(lambda two: f"({two[0]} OR {two[1]})"),
        inner.map(lambda one: f"(NOT {one})"),
        st.tuples(inner, inner, inner).map(lambda three: f"(CASE WHEN {three[0]} THEN {three[1]} ELSE {three[2]} END)"),
        st.tuples(inner, inner).map(lambda two: f"(CASE WHEN {two[0]} THEN {two[1]} END)"),
    ),
    max_leaves=6,
)


@pytest.fixture(scope="module")
def duck():
    with connect(threads=1, optimised=False) as connection:
        yield connection


def written(text, *, folded):
    whole = exp.Paren(this=sqlglot.parse_one(text, read="duckdb"))
    if folded:
        fold(whole)
        lazily(whole)
    return translate(whole.this, "duckdb")


@settings(deadline=None)
@given(text=truths)
def test_the_same_answers_for_every_row(duck, text):
    plain, short = (written(text, folded=one) for one in (False, True))
    rows = duck.execute(f"SELECT CAST({plain} AS BOOLEAN), CAST({short} AS BOOLEAN) FROM {ROWS}").fetchall()
    assert [one for one, _ in rows] == [other for _, other in rows], short


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("CASE WHEN 'A' = 'B' THEN a WHEN 'A' = 'A' THEN 2 ELSE 3 END", "(2)"),
        ("CASE 'A' WHEN 'B' THEN a WHEN 'A' THEN 2 END", "(2)"),
        ("b AND 1 < 2", "(b)"),
        ("b OR 3 >= 3", "TRUE"),
        ("d < CAST(NULL AS DATE)", "CAST(NULL AS BOOLEAN)"),
        ("add_months(DATE '2024-02-29', 12)", "CAST('2025-02-28' AS DATE)"),
        ("month_of(DATE '2025-03-08')", "24303"),
        ("CASE WHEN FALSE THEN 1 END", "CASE WHEN FALSE THEN 1 END"),
    ],
)
def test_what_is_left(text, short):
    whole = exp.Paren(this=sqlglot.parse_one(text, read="duckdb"))
    fold(whole)
    assert whole.this.sql("duckdb") == short


def test_a_dear_test_is_asked_only_where_the_cheap_one_leaves_it_open():
    whole = exp.Paren(this=sqlglot.parse_one("b AND starts_with(t, 'x')", read="duckdb"))
    lazily(whole)
    assert whole.this.sql("duckdb") == "(CASE WHEN NOT b THEN FALSE ELSE b AND STARTS_WITH(t, 'x') END)"
