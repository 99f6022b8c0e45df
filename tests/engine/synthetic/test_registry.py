"""A registry of families: the same for a seed, every kind of family in it, its past readable alone."""

from datetime import date

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from renjia.engine.sql import connect
from renjia.engine.synthetic import known_on, make_registry

END = date(2027, 12, 31)
KINDS = {
    "双胞胎": "SELECT delivery FROM parentage GROUP BY delivery HAVING count(DISTINCT child) = 2",
    "收养": "SELECT 1 FROM parentage WHERE kind = 'adopted' AND \"from\" IS NOT NULL",
    "解除收养": "SELECT 1 FROM parentage WHERE kind = 'adopted' AND \"to\" IS NOT NULL",
    "继子女": "SELECT 1 FROM parentage WHERE kind = 'step'",
    "单亲母亲": "SELECT child FROM parentage WHERE kind = 'borne' GROUP BY child HAVING count(*) = 1",
    "离婚": "SELECT 1 FROM marriage WHERE \"end\" = 'divorce'",
    "丧偶": "SELECT 1 FROM marriage WHERE \"end\" = 'death'",
    "再婚": "SELECT a FROM marriage GROUP BY a HAVING count(*) > 1",
    "外国籍": "SELECT 1 FROM person WHERE nationality <> 'CHN'",
    "迁移": "SELECT person FROM hukou GROUP BY person HAVING count(*) > 1",
    "征地户改": "SELECT 1 FROM hukou WHERE basis IN ('land', 'reform')",
    "残疾孩子": "SELECT 1 FROM disability JOIN parentage ON child = person WHERE grade <= 3",
    "并发症": "SELECT 1 FROM disability WHERE type = 'complication'",
    "失独": "SELECT l.parent FROM parentage l JOIN person c ON c.person = l.child GROUP BY l.parent HAVING count(*) = count(c.died)",
    "光荣证作废": 'SELECT 1 FROM certificate WHERE "to" IS NOT NULL',
    "政策不明": "SELECT 1 FROM parentage WHERE lawful IS NULL",
    "不符合政策": "SELECT 1 FROM parentage WHERE NOT lawful",
    "退休": "SELECT 1 FROM employment WHERE kind = 'retired'",
    "已发放": "SELECT 1 FROM payment WHERE amount > 0",
    "三个孩子": "SELECT parent FROM parentage GROUP BY parent HAVING count(*) >= 3",
    "独身": "SELECT 1 FROM person WHERE person NOT IN (SELECT parent FROM parentage) AND person NOT IN (SELECT a FROM marriage) "
    "AND person NOT IN (SELECT b FROM marriage)",
}
SOUND = {
    "死在生前": "SELECT 1 FROM person WHERE died < born",
    "生在母亲之前": "SELECT 1 FROM parentage l JOIN person c ON c.person = l.child JOIN person p ON p.person = l.parent "
    "WHERE l.kind = 'borne' AND c.born <= p.born",
    "倒着的婚姻": "SELECT 1 FROM marriage WHERE \"to\" < \"from\"",
    "与自己结婚": "SELECT 1 FROM marriage WHERE a = b",
    "没有这个人": "SELECT 1 FROM parentage WHERE parent NOT IN (SELECT person FROM person) OR child NOT IN (SELECT person FROM person)",
    "一人两行": "SELECT person FROM person GROUP BY person HAVING count(*) > 1",
}  # fmt: skip


@pytest.fixture(scope="module")
def made():
    return make_registry(8000, seed=1, until=END)


def asked(tables: dict[str, pa.Table], sql: str) -> int:
    with connect(threads=1) as con:
        for name, table in tables.items():
            con.register(name, table)
        return con.execute(f"SELECT count(*) FROM ({sql}) AS found").fetchall()[0][0]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_family_is_there(made, kind):
    assert asked(made, KINDS[kind]) > 0


@pytest.mark.parametrize("fault", SOUND)
def test_nothing_impossible_is_there(made, fault):
    assert asked(made, SOUND[fault]) == 0


def test_the_same_seed_the_same_tables():
    one, again, other = make_registry(500, seed=3), make_registry(500, seed=3), make_registry(500, seed=4)
    assert all(one[name].equals(again[name]) for name in one)
    assert not one["person"].equals(other["person"])
    assert one["person"].num_rows >= 500


def test_too_few_are_refused():
    with pytest.raises(ValueError, match="至少 100"):
        make_registry(99)


def test_the_past_knows_nothing_of_what_came(made):
    day = date(2025, 12, 31)
    past = known_on(made, day)
    for name, column in (("person", "born"), ("person", "died"), ("marriage", "from"), ("marriage", "to"), ("hukou", "from"), ("hukou", "to"),
                         ("application", "confirmed"), ("payment", "paid"), ("parentage", "to")):  # fmt: skip
        assert (pc.max(past[name][column]).as_py() or day) <= day, (name, column)
    assert past["person"].num_rows < made["person"].num_rows
    assert asked(past, SOUND["没有这个人"]) == 0
    assert asked(past, 'SELECT 1 FROM marriage WHERE ("to" IS NULL) <> ("end" IS NULL)') == 0
    later = known_on(made, END)
    assert all(later[name].num_rows == made[name].num_rows for name in ("person", "marriage", "hukou", "payment"))
