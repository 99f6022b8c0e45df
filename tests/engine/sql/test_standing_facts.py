"""A fact may stand on another: one definition of who lives here, under every fact that needs it."""

import pytest

from renjia.engine.sql import SqlError, connect, read_facts, translate

HOMES = """-- 居住 — 一行一段
WITH rows AS (SELECT person, place FROM residence WHERE place IS NOT NULL)
SELECT person, -- 人
 place -- 地
FROM rows
"""
PEOPLE = """-- 人 — 一行一人
WITH rows AS (SELECT h.person, h.place FROM homes h)
SELECT rows.person, -- 人
 count(*) AS places -- 几处
FROM rows GROUP BY rows.person
"""
PAIRS = """-- 对 — 一行一对
SELECT a.person AS one, -- 甲
 homes.place -- 地
FROM people a JOIN homes ON homes.person = a.person
"""


@pytest.fixture
def write(tmp_path):
    def writing(**texts):
        for name, text in texts.items():
            (tmp_path / f"{name}.sql").write_text(text, encoding="utf-8")
        return read_facts(tmp_path, ("residence",))

    return writing


def test_facts_below_are_put_in_place_once_and_read_tables_only(write):
    facts = write(homes=HOMES, people=PEOPLE, pairs=PAIRS)
    assert facts["pairs"].tables == ("residence",) == facts["people"].tables
    assert facts["pairs"].sql.count('FROM "residence"') == 1, "两处用到，只写一遍"
    assert list(facts["people"].columns) == ["person", "places"]
    with connect(threads=1) as duck:
        duck.execute("CREATE TABLE residence (person TEXT, place TEXT)")
        duck.execute("INSERT INTO residence VALUES ('a', '1'), ('a', '2'), ('b', NULL)")
        assert duck.execute(facts["people"].sql).fetchall() == [("a", 2)]
        assert duck.execute(f"SELECT count(*) FROM ({facts['pairs'].sql}) AS x").fetchall() == [(2,)]
    assert translate(facts["pairs"], "spark").count("WITH") == 1


def test_a_circle_is_refused(write):
    with pytest.raises(SqlError, match="事实互相引用：homes、people、homes"):
        write(people=PEOPLE, homes=HOMES.replace("FROM residence", "FROM people"))


def test_a_table_comes_before_a_fact_of_its_name(write):
    own = "-- 居住 — 一行一段\nSELECT person -- 人\nFROM residence\n"
    assert write(residence=own)["residence"].tables == ("residence",)


def test_an_unknown_name_is_still_refused(write):
    with pytest.raises(SqlError, match="没有表 houses"):
        write(people=PEOPLE.replace("homes h", "houses h"))
