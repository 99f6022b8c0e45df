"""Derived tables: the fact's own rows, made once, taken only while they are what the facts of now would make."""

from datetime import date

import pyarrow as pa
import pytest

from renjia.engine.sql import connect
from renjia.measure.snapshot import TABLES, Facts, derive, derived_in, facts_of
from renjia.measure.snapshot import derived as derived_module

PEOPLE = {
    "place": [{"code": "310115", "level": "district"}],
    "person": [
        {"person": "a", "sex": "2", "born": date(1995, 1, 1)},
        {"person": "k", "sex": "1", "born": date(2024, 3, 1)},
    ],
    "residence": [{"person": "a", "place": "310115001001", "from": date(2020, 1, 1)}],
    # written twice: the rows of a fact are kept as many times as there are
    "hukou": [{"person": "a", "place": "310115002001", "from": date(2021, 1, 1)}] * 2,
    "parentage": [{"parent": "a", "child": "k", "kind": "borne"}],
    "birth_case": [{"case": "c", "child": "k", "born": date(2024, 3, 1), "street": "310115001"}],
}


def tables(rows: dict) -> dict[str, pa.Table]:
    return {name: pa.Table.from_pylist(rows.get(name, []), schema) for name, schema in TABLES.items()}


def rows_of(table: pa.Table) -> list[tuple]:
    return sorted((tuple(sorted(row.items())) for row in table.to_pylist()), key=str)


def test_a_derived_table_holds_the_rows_of_its_fact():
    given, facts = tables(PEOPLE), facts_of()
    made = derive(given)
    assert made.keys() == set(facts.stored.values())
    with connect(threads=1) as con:
        for name, table in given.items():
            con.register(name, table)
        for fact, name in facts.stored.items():
            plain = con.sql(facts.by_name[fact].sql).to_arrow_table()
            assert rows_of(made[name]) == rows_of(plain) and made[name].num_rows, fact


def test_without_people_nothing_is_derived():
    given = tables(PEOPLE)
    assert derive({name: table for name, table in given.items() if name != "residence"}) == {}


def test_a_set_is_opened_with_them_and_read_without(workset, on):
    workset.write(on, tables(PEOPLE))
    assert workset.read(on).keys() == TABLES.keys()
    facts = facts_of()
    with workset.open(on) as con:
        assert derived_in(con, "duckdb", facts) == facts.stored
        found = con.execute(f"SELECT base, street FROM {facts.stored['stays']} ORDER BY ALL").fetchall()
    assert found == [("实有", "310115001"), ("常住", "310115001"), ("户籍", "310115002"), ("户籍", "310115002")]


def test_rows_made_by_other_words_are_not_taken(workset, on):
    """The definition of a stay was changed after the set was written."""
    workset.write(on, tables(PEOPLE))
    facts = facts_of()
    changed = Facts(facts.by_name, facts.stored | {"stays": "stays_000000000000"})
    with workset.open(on) as con:
        assert derived_in(con, "duckdb", facts) == facts.stored
        assert "stays" not in derived_in(con, "duckdb", changed)


def test_the_name_follows_the_words_of_the_fact(tmp_path):
    (tmp_path / "facts").mkdir()
    for path in derived_module.DEFINITIONS.glob("facts/*.sql"):
        text = path.read_text(encoding="utf-8")
        text = text.replace("add_months(h.since, 6)", "add_months(h.since, 12)") if path.stem == "stays" else text
        (tmp_path / "facts" / path.name).write_text(text, encoding="utf-8")
    there, here = facts_of(tmp_path).stored, facts_of().stored
    # what stands on stays has changed with them
    assert there.keys() == here.keys() and not set(there.values()) & set(here.values())


@pytest.mark.parametrize("name", ["stays_0123456789ab", "childbearing_000000000000"])
def test_names_of_derived_tables(name):
    assert derived_module.is_derived(name)
    assert not derived_module.is_derived(name[:-1]) and not derived_module.is_derived("birth_case")


def test_a_fact_over_derived_tables_reads_no_table_they_hold():
    """Not even in passing: the join is not made again."""
    facts = facts_of()
    for fact in ("population", "movements", "marriages", "mothers"):
        sql = derived_module.over_derived(facts.by_name[fact], facts.stored, "duckdb")
        assert any(name in sql for name in facts.stored.values()) and "settled" not in sql, fact
    assert (
        derived_module.over_derived(facts.by_name["stays"], facts.stored, "spark")
        == f"SELECT * FROM `{facts.stored['stays']}`"
    )
