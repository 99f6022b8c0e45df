"""The column-wise sieve answers as the whole SQL does, whatever is missing; each kind of node means what it means in SQL."""

from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from sqlglot import exp

from renjia.engine.rules import Tables, assuming, judge, schemes
from renjia.engine.rules.decisions import NOT, SETTINGS, YES
from renjia.engine.rules.sides import asked_words
from renjia.engine.rules.sifting import sieve
from renjia.engine.rules.sifting.coding import coded
from renjia.engine.rules.sifting.frames import Asked, Frame
from renjia.engine.rules.sifting.terms import Terms, UnsupportedError
from renjia.engine.rules.sifting.vectors import Truth
from renjia.engine.sql import connect, expression, translate
from renjia.engine.synthetic.registry import make_registry

ON = date(2026, 3, 30)
PAGES = [one for one in schemes() if one.page.in_force(ON)]
WORDS = {
    "a": "integer",
    "b": "integer",
    "d": "date",
    "e": "date",
    "t": "text",
    "u": "text",
    "x": "boolean",
    "y": "boolean",
}
ASKED = {"today": "date", "this_year": "integer", "this_month": "integer"}
MANY = 400
SAME = [
    "a + b * 2 - 3", "-a", "least(a, b)", "greatest(a, b, 3)", "coalesce(a, b, 7)", "coalesce(x, FALSE)", "coalesce(x, TRUE)", "coalesce(x, y)",
    "a = b", "a <> b", "a < b", "d <= e", "t = u", "t <> 'p1'", "x = y", "x <> y", "x AND y", "x OR y", "NOT x", "x IS TRUE", "x IS FALSE",
    "a IS NULL", "t IS NOT NULL", "a IN (1, 3)", "t IN ('p1', 'q2')", "a BETWEEN b AND 4", "year(d)", "month(d)", "day(e)",
    "month_of(d) - month_of(e)",
    "add_months(d, a)", "add_months(d, 12)", "add_days(d, b)", "make_date(year(d) + 1, 12, 31)", "make_date(a + 2000, 2, 28)", "reach_date(d, 18)",
    "age_on(d, today)", "starts_with(t, 'p')", "starts_with(t, u)", "CASE WHEN x THEN a WHEN y THEN b END",
    "CASE a WHEN 1 THEN d WHEN b THEN e ELSE today END",
    "CASE WHEN a = 99 THEN x WHEN d IS NOT NULL THEN y ELSE NULL END", "CASE WHEN x THEN NULL ELSE t END",
    "year(d) = this_year AND month(d) < month(today)",
    "a = 1 AND b = 2 AND (x OR d < e)", "a <> 1 OR b <> 2 OR (y AND x)", "CASE WHEN a <> 1 THEN b WHEN b = 2 THEN NULL WHEN x THEN a ELSE b + a END",
    "CASE WHEN a <> 1 THEN TRUE WHEN b = 2 THEN NULL WHEN x THEN y ELSE x END", "d < DATE '2020-02-29' OR NULL",
]  # fmt: skip


@pytest.fixture(scope="module")
def table() -> pa.Table:
    """Rows of every mixture, among them many a NULL, leap days and the ends of months."""
    rng = np.random.default_rng(7)
    days = [
        date(2020, 2, 29),
        date(2019, 1, 31),
        date(2024, 12, 31),
        date(2026, 3, 30),
        date(2000, 2, 28),
        date(1999, 8, 15),
    ]

    def column(values, kind):
        picked = [values[at] for at in rng.integers(0, len(values), MANY)]
        return pa.array([None if rng.random() < 0.2 else one for one in picked], kind)

    kinds = {
        "integer": (range(5), pa.int64()),
        "date": (days, pa.date32()),
        "text": (["p", "p1", "q2", ""], pa.string()),
    }
    kinds["boolean"] = ([True, False], pa.bool_())
    return pa.table({name: column(*kinds[kind]) for name, kind in WORDS.items()})


@pytest.mark.parametrize("text", SAME)
@pytest.mark.parametrize("few", [2, 8])
def test_a_node_means_what_it_means_in_sql(table, text, few, monkeypatch):
    monkeypatch.setattr("renjia.engine.rules.sifting.frames._FEW", few)
    tree = expression(text, {**WORDS, **ASKED}).tree
    term = Terms(WORDS, lambda name: None).of(tree)
    frame = Frame(Asked({name: coded(table[name]) for name in WORDS}, asked_words(ON)), 0, MANY)
    listed = sieve._array(frame.value(term), term.kind, MANY)
    with connect() as con:
        con.register("rows", table)
        con.execute(
            "CREATE TABLE asked AS SELECT DATE '2026-03-30' AS today, 2026 AS this_year, 2026 * 12 + 3 AS this_month"
        )
        sql = translate(tree, "duckdb")
        wanted = con.sql(f"SELECT {sql} AS v FROM rows CROSS JOIN asked").to_arrow_table()["v"]
    assert listed.to_pylist() == wanted.to_pylist()


def test_only_the_rows_left_are_looked_at(table):
    term = Terms(WORDS, lambda name: None).of(expression("x AND d < e", WORDS).tree)
    frame = Frame(Asked({name: coded(table[name]) for name in WORDS}, asked_words(ON)), 0, MANY)
    rows = np.flatnonzero(np.arange(MANY) % 3 == 0)
    whole, part = frame.value(term), frame.only(rows).only(np.arange(5)).value(term)
    assert isinstance(whole, Truth) and isinstance(part, Truth)
    assert (
        part.yes.tolist() == whole.yes[rows[:5]].tolist() and part.refused.tolist() == whole.refused[rows[:5]].tolist()
    )


@pytest.mark.parametrize("text", ["a / 2 > 1", "a > 1.5", "make_date(a, 2, 30) < d", "round(a) = 1", "t LIKE 'p%'"])
def test_what_is_not_worked_out_column_wise_is_left_to_sql(text):
    with pytest.raises(UnsupportedError):
        Terms(WORDS, lambda name: None).of(expression(text, WORDS).tree)


@pytest.mark.parametrize(
    "values",
    [[], [None], [5], [None, 5, 10**12, 5], [date(1, 1, 1), None, date(9999, 12, 31)], ["a", None, "a"], [True, None]],
)
def test_a_column_is_coded_without_loss(values):
    column = pa.chunked_array([pa.array(values)])
    found = coded(column)
    assert found.domain.take(pa.array(found.codes.astype(np.int64))).to_pylist() == values


@pytest.fixture(scope="module")
def torn():
    """Facts of a registry, each column shuffled by itself and torn: families such as no registry has."""
    rng, found = np.random.default_rng(3), {}
    with Tables(make_registry(3_000), threads=1) as whole:
        for fact in {page.per for page in PAGES}:
            whole.ready(fact, ON)
            rows = whole.arrow(f'SELECT * FROM "{fact}"')
            columns = {"id": rows["id"]}
            for name in rows.schema.names[1:]:
                lost = pa.array(rng.random(rows.num_rows) < 0.12)
                moved = rows[name].take(pa.array(rng.permutation(rows.num_rows))) if rng.random() < 0.5 else rows[name]
                columns[name] = pc.if_else(lost, pa.scalar(None, rows[name].type), moved.combine_chunks())
            found[fact] = pa.table(columns)
    with Tables({}, facts=found, threads=2) as tables:
        yield tables


@pytest.mark.parametrize(("on", "batch"), [(ON, 1 << 16), (date(2025, 10, 30), 500)])
@pytest.mark.parametrize("place", ["310115", "360783"])
@pytest.mark.parametrize("assume", ["", "unconfirmed"])
@pytest.mark.parametrize("page", [one for one in PAGES if not one.lacking], ids=lambda page: page.id)
def test_torn_families_are_answered_as_the_whole_query_does(torn, page, assume, place, on, batch, monkeypatch):
    monkeypatch.setattr(sieve, "_BATCH", batch)
    found = judge(page, torn, on, place, assume=assume)
    assert found.query.sieve is not None, "every page of ours is sifted column-wise"
    whole = found.rows.filter(pc.not_equal(found.rows["decision"], NOT)).sort_by("id")
    answers = found.answers.sort_by("id")
    wrong = [name for name in answers.schema.names if not answers[name].equals(whole[name])]
    assert answers.num_rows == whole.num_rows and not wrong


def test_the_tree_of_a_page_is_not_changed():
    tree = expression("CASE WHEN a = 1 THEN d END", WORDS).tree
    before = tree.sql()
    Terms(WORDS, lambda name: None).of(tree)
    assert tree.sql() == before and isinstance(tree, exp.Case)


def test_whose_last_month_alone_hangs_on_a_parameter_waits(torn):
    on, given = date(2025, 10, 30), {"boundary": "INCLUDE", "move_rule_by_month": "CONFIRMED_YEAR"}
    page = assuming(next(one for one in PAGES if one.id == "childcare_subsidy"), given)
    alive = judge(page, torn, on, "310115", assume="unconfirmed").rows
    ids = alive.filter(pc.equal(alive["decision"], YES))["id"]
    rows = torn.arrow("SELECT * FROM child WHERE born BETWEEN DATE '2022-07-01' AND DATE '2024-12-31' AND died IS NULL")
    rows = rows.filter(pc.is_in(rows["id"], value_set=ids))
    assert rows.num_rows
    died = pa.array([date(2025, 5, 1)] * rows.num_rows, pa.date32())
    rows = rows.set_column(rows.schema.get_field_index("died"), "died", died)
    with Tables({}, facts={"child": rows}) as tables:
        found = judge(page, tables, on, "310115", assume="unconfirmed")
        assert set(found.answers["decision"].to_pylist()) == {SETTINGS} == set(found.rows["decision"].to_pylist())
