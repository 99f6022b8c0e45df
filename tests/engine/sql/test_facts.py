"""Facts: one commented SELECT over the working set; anything that reaches further is refused with file and fragment."""

import pytest

from renjia.engine.sql import SqlError, column_types, connect, read_fact, read_facts, translate

TABLES = ("birth_case", "place")
GOOD = """-- 出生 — one row a child
with streets as (select code, name from place where level = 'street')
select
  c."case",                                -- 个案号
  c.born is not null as live,              -- 是否活产
  strftime(c.born, '%Y-%m') as month,      -- 出生月份
  coalesce(s.name, '区外') as street,      -- 所在街镇
  least(
    c.registered,  -- 生育登记
    c.delivered) as first,                 -- 最早上报日
  row_number() over (partition by c.delivery order by c."case") as nth -- 同胎第几
from birth_case c
left join streets s on s.code = c.street
where c.known_to is null -- 现行
"""


@pytest.fixture
def write(tmp_path):
    def writing(text, name="births.sql"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return writing


def test_a_fact(write):
    fact = read_fact(write(GOOD), TABLES)
    assert (fact.name, fact.title, fact.tables) == ("births", "出生", TABLES)
    assert list(fact.columns) == ["case", "live", "month", "street", "first", "nth"]
    assert fact.columns["first"] == "最早上报日" and fact.columns["nth"] == "同胎第几"
    assert "--" not in fact.sql and "/*" not in fact.sql
    assert "`case`" in translate(fact, "spark")


def test_its_sql_runs_and_types_its_columns(write):
    fact = read_fact(write(GOOD), TABLES)
    duck = connect(threads=1)
    duck.execute(
        'CREATE TABLE birth_case ("case" TEXT, born DATE, street TEXT, registered DATE, delivered DATE, '
        "delivery TEXT, known_to DATE)"
    )
    duck.execute("CREATE TABLE place (code TEXT, name TEXT, level TEXT)")
    duck.execute("INSERT INTO birth_case VALUES ('1', '2025-03-07', '310115001', NULL, '2025-03-09', 'd', NULL)")
    assert column_types(duck, fact.sql) == {
        "case": "text", "live": "boolean", "month": "text", "street": "text", "first": "date", "nth": "integer",
    }  # fmt: skip
    assert duck.execute(f"SELECT month, street, nth FROM ({fact.sql})").fetchall() == [("2025-03", "区外", 1)]


def test_all_of_a_folder(write, tmp_path):
    write(GOOD)
    write("-- 街镇 — one row a street\nselect code -- 代码\nfrom place\n", "streets.sql")
    assert list(read_facts(tmp_path, TABLES)) == ["births", "streets"]


HEAD = "-- 出生 — one row a child\n"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("select a -- 甲\nfrom birth_case", "第 1 行：应是「-- 中文名"),
        ("-- births\nselect a -- 甲\nfrom birth_case", "第 1 行"),
        (HEAD + "select a\nfrom birth_case", "列「a」后面没有中文注释"),
        (HEAD + "select a -- only english\nfrom birth_case", "列「a」后面没有中文注释"),
        (HEAD + "select * -- 全部\nfrom birth_case", r"不要写 \*"),
        (HEAD + "select c.* -- 全部\nfrom birth_case c", r"不要写 \*"),
        (HEAD + "select 1 + 1 -- 二\nfrom birth_case", "没有名字"),
        (HEAD + "select a, -- 甲\na -- 乙\nfrom birth_case", "写了两次"),
        (HEAD + "select a -- 甲\nfrom person", "没有表 person"),
        (HEAD + "select a -- 甲\nfrom read_csv('/etc/passwd')", "不能用 ReadCSV"),
        (HEAD + "select a -- 甲\nfrom glob('/*')", "不能用"),
        (HEAD + "select a -- 甲\nfrom 'x.parquet'", "不是判定库的表"),
        (HEAD + "select a -- 甲\nfrom other.birth_case", "不是判定库的表"),
        (HEAD + "select random() as a -- 甲\nfrom birth_case", "不能用 Rand"),
        (HEAD + "select getenv('HOME') as a -- 甲\nfrom birth_case", "不能用 Anonymous"),
        (HEAD + "select now() as a -- 甲\nfrom birth_case", "不能用 Anonymous"),
        (HEAD + "select a -- 甲\nfrom birth_case; drop table birth_case", "只写一句 SELECT"),
        (HEAD + "create table x as select 1 as a -- 甲\n", "只写一句 SELECT"),
        (HEAD + "select a -- 甲\nfrom birth_case where (", "第 3 行"),
    ],
)
def test_what_is_refused(write, text, says):
    with pytest.raises(SqlError, match=says) as refused:
        read_fact(write(text), TABLES)
    assert "facts/births.sql" in str(refused.value)


def test_the_file_name_is_the_facts_name(write):
    with pytest.raises(SqlError, match="文件名应是小写英文"):
        read_fact(write(GOOD, "Births-1.sql"), TABLES)
