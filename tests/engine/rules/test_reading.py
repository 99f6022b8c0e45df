"""A folder of tables: Chinese or English, CSV or Parquet; what is wrong is refused with file, row, column, value, remedy."""

from datetime import date, datetime, time
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pa_parquet
import pytest

from renjia.engine.rules import RuleError, read_folder

PERSON = "编号,性别,出生日期,死亡日期,国籍\nc,男,2022-08-15,,中国\nm,2,1995/1/1,—,CHN\n"


def folder(tmp_path, **files):
    for name, text in files.items():
        suffix = "" if "." in name else ".csv"
        (tmp_path / f"{name}{suffix}").write_bytes(text if isinstance(text, bytes) else text.encode())
    return tmp_path


def test_chinese_and_english(tmp_path):
    found = read_folder(
        folder(
            tmp_path,
            人员=PERSON.encode("gb18030"),
            parentage="parent,child,关系,lawful\nm,c,亲生,是\n",
            hukou="\ufeffperson\tplace\tkind\tbasis\nc\t310115001002\t农业\t征地\n",
            disability="person,类别,等级,发证\nc,肢体,二级,2024年3月8日\nm,3,4,20240308\n",
            payment='项目,编号,期,金额\n育儿补贴,c,2025,"3,600.00"\ndibao,m,2025-01,12.5\n',
            无关="a\n1\n",
        ),
        {"育儿补贴": "childcare_subsidy"},
    )
    assert found.tables["person"].to_pylist() == [
        {"person": "c", "sex": "1", "born": date(2022, 8, 15), "died": None, "nationality": "CHN"},
        {"person": "m", "sex": "2", "born": date(1995, 1, 1), "died": None, "nationality": "CHN"},
    ]
    assert found.tables["parentage"].to_pylist() == [{"parent": "m", "child": "c", "kind": "borne", "lawful": True}]
    assert found.tables["hukou"].to_pylist() == [
        {"person": "c", "place": "310115001002", "kind": "rural", "basis": "land"}
    ]
    assert [row["grade"] for row in found.tables["disability"].to_pylist()] == [2, 4]
    assert [row["from"] for row in found.tables["disability"].to_pylist()] == [date(2024, 3, 8)] * 2
    assert [(row["scheme"], row["amount"]) for row in found.tables["payment"].to_pylist()] == [
        ("childcare_subsidy", Decimal("3600.00")), ("dibao", Decimal("12.50")),
    ]  # fmt: skip
    assert found.passed_over == ["文件 无关.csv 不是判定库的表，没有读"]


def test_parquet(tmp_path):
    born = datetime.combine(date(2022, 8, 15), time())
    table = pa.table({"person": ["c"], "sex": pa.array([1], pa.int64()), "born": pa.array([born])})
    pa_parquet.write_table(table, tmp_path / "person.parquet")
    assert read_folder(tmp_path).tables["person"].to_pylist() == [
        {"person": "c", "sex": "1", "born": date(2022, 8, 15)}
    ]


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        (
            "person",
            "person,born\na,2022-02-30\n",
            ["person.csv 第 2 行「born」列", "「2022-02-30」不是日期", "2025-03-08"],
        ),
        ("person", "person,born\na,2022-01-01\nb,22-01-01\n", ["第 3 行", "「22-01-01」"]),
        ("person", "person,born\na,3022-01-01\n", ["年份不对"]),
        ("person", "person,性别\na,女士\n", ["第 2 行「性别」列", "「女士」不是「性别」的值", "女（2）"]),
        ("person", "person,born,died\na,2022-01-02,2022-01-01\n", ["「died」列", "早于「born」"]),
        ("person", "person,born\na,2022-01-01\na,2022-01-01\n", ["「a」有不止一行", "known_to"]),
        ("person", "person,born\n,2022-01-01\n", ["第 2 行「person」列", "必须有值"]),
        ("person", "person,出身日期\na,2022-01-01\n", ["第 1 行", "「出身日期」", "是不是「出生日期」"]),
        ("person", "born\n2022-01-01\n", ["缺列「person」"]),
        ("person", "person,编号\na,b\n", ["是同一列"]),
        ("person", "person,born\na\n", ["第 2 行", "有 1 个值"]),
        ("person", "", ["文件是空的"]),
        ("person", b"person,born\na,\xff\xff\xff\n", ["UTF-8"]),
        ("hukou", "person,place\na,浦东\n", ["hukou.csv 第 2 行「place」列", "「浦东」不是区划代码"]),
        ("hukou", "person,place,kind\na,310115,农村户\n", ["「农村户」", "农业（rural）"]),
        ("disability", "person,grade\na,五级\n", ["「五级」不是「等级」的代码", "1、2、3、4"]),
        ("payment", "scheme,amount\nx,12.345\n", ["「12.345」不是金额"]),
        ("payment", "scheme,amount\n育儿补帖,12\n", ["「育儿补帖」"]),
        ("parentage", "parent,child,lawful\na,b,大概\n", ["「大概」不是是否"]),
    ],
)
def test_refused(tmp_path, file, text, said):
    files = {"person": "person\na\n", file: text}
    with pytest.raises(RuleError) as told:
        read_folder(folder(tmp_path, **files), {"育儿补贴": "childcare_subsidy"})
    for word in said:
        assert word in str(told.value), str(told.value)


def test_all_that_is_wrong_is_said_at_once(tmp_path):
    with pytest.raises(RuleError) as told:
        read_folder(folder(tmp_path, person="person,born,sex\na,x,y\n", hukou="person,from\na,z\n"))
    assert len(str(told.value).splitlines()) == 3


def test_two_files_for_one_table_and_no_person(tmp_path):
    with pytest.raises(RuleError, match="只留一个"):
        read_folder(folder(tmp_path, person="person\na\n", 人员="编号\na\n"))
    with pytest.raises(RuleError, match="没有文件夹"):
        read_folder(tmp_path / "none")
    (tmp_path / "empty").mkdir()
    with pytest.raises(RuleError, match="没有 person"):
        read_folder(tmp_path / "empty")


def test_one_header_over_both_partners(tmp_path):
    found = read_folder(folder(tmp_path, person="person\na\n", 婚姻="双方,双方,起\na,b,2020-01-01\n"))
    assert found.tables["marriage"].to_pylist() == [{"a": "a", "b": "b", "from": date(2020, 1, 1)}]


def test_another_country_is_kept_not_refused(tmp_path):
    people = "编号,性别,国籍\na,女,美国\nb,m,usa\nc,未知,中国香港\nd,不详,不详\ne,F,China\n"
    found = read_folder(folder(tmp_path, 人员=people))
    assert found.tables["person"]["nationality"].to_pylist() == ["美国", "USA", "CHN", None, "CHN"]
    assert found.tables["person"]["sex"].to_pylist() == ["2", "1", "0", None, "2"]


def test_words_a_stranger_writes(tmp_path):
    found = read_folder(
        folder(
            tmp_path,
            人员="Person\na\n",
            就业="编号,就业状况,开始日期,结束日期,养老保险\na,退休,2024-06-01,至今,城镇职工养老保险\na,无,2000-01-01,,无\n",
            残疾="编号,残疾类别,残疾等级,发证日期,有效期至\na,罕见病,三级,2015.2.2,长期\n",
            亲子="父母,子女,关系,符合政策\na,b,养女,合法\na,c,生育,政策外\n",
        )
    ).tables
    assert found["employment"].to_pylist() == [
        {"person": "a", "kind": "retired", "from": date(2024, 6, 1), "to": None, "pension": "employee"},
        {"person": "a", "kind": "none", "from": date(2000, 1, 1), "to": None, "pension": "none"},
    ]
    assert found["disability"].to_pylist() == [
        {"person": "a", "type": "罕见病", "grade": 3, "from": date(2015, 2, 2), "to": None}
    ]
    assert [(row["kind"], row["lawful"]) for row in found["parentage"].to_pylist()] == [
        ("adopted", True), ("borne", False),
    ]  # fmt: skip
