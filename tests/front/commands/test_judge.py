"""`renjia judge`: files in, one row a subject out; refused with exit 2 and nothing written."""

import json
from pathlib import Path

import pyarrow.csv as pa_csv
import pyarrow.parquet as pa_parquet
import pytest
import typer
from openpyxl import load_workbook
from typer.testing import CliRunner

from renjia.engine.synthetic import make_registry
from renjia.front.commands import PURE
from renjia.front.commands.judge import judge

PEOPLE = "编号,性别,出生日期,国籍\nc,男,2022-08-15,中国\nd,女,2025-03-01,中国\nm,女,1995-01-01,中国\n"
PARENTS = "父母,子女,关系,起,是否符合当时政策\nm,c,亲生,2022-08-15,是\nm,d,亲生,2025-03-01,是\n"
HUKOU = "person,place,from\nc,310115,2022-09-01\nm,310115,\n"


@pytest.fixture
def given(tmp_path: Path) -> Path:
    folder = tmp_path / "tables"
    folder.mkdir()
    for name, text in (("人员", PEOPLE), ("parentage", PARENTS), ("hukou", HUKOU)):
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


def run(*words):
    app = typer.Typer(pretty_exceptions_enable=False)
    app.command()(judge)
    return CliRunner().invoke(app, [str(word) for word in words])


def asked(given, out, *more, scheme="育儿补贴", on="2025-10-15", place="310115"):
    return run(scheme, given, "--on", on, "--place", place, "--out", out, *more)


def test_it_needs_no_database():
    assert "judge" in PURE


@pytest.mark.parametrize("scheme", ["育儿补贴", "childcare_subsidy", "CCS", "ccs"])
def test_csv(given, tmp_path, scheme):
    out = tmp_path / "out.csv"
    told = asked(given, out, scheme=scheme)
    assert told.exit_code == 0, told.output
    rows = pa_csv.read_csv(out).to_pylist()
    assert list(rows[0]) == ["编号", "决定", "起", "止", "月标准", "金额", "理由"]
    by_id = {row["编号"]: row for row in rows}
    assert (by_id["c"]["决定"], by_id["c"]["起"], by_id["c"]["止"], by_id["c"]["金额"]) == (
        "符合",
        "2025-01",
        "2025-08",
        2400,
    )
    assert by_id["d"]["决定"] == "材料待补" and "户口簿" in by_id["d"]["理由"]
    assert "符合 1" in told.output


def test_other_files(given, tmp_path):
    for suffix in ("xlsx", "parquet", "json"):
        assert asked(given, tmp_path / f"out.{suffix}").exit_code == 0
    sheet = load_workbook(tmp_path / "out.xlsx").active
    first = {row[0].value: row for row in sheet.iter_rows()}
    assert [cell.value for cell in first["编号"]] == ["编号", "决定", "起", "止", "月标准", "金额", "理由"]
    assert first["c"][5].value == 2400
    assert pa_parquet.read_table(tmp_path / "out.parquet").num_rows == 2
    assert json.loads((tmp_path / "out.json").read_text())[0]["金额"] == "2400.00"


def test_json_tells_conditions_and_schedule(given, tmp_path):
    out = tmp_path / "out.json"
    assert asked(given, out, "--json").exit_code == 0
    told = {row["编号"]: row for row in json.loads(out.read_text(encoding="utf-8"))}["c"]
    assert (told["决定"], told["decision"], told["金额"]) == ("符合", "eligible", "2400.00")
    assert told["排期"] == [{"期": "2025", "金额": "2400.00", "月数": 8, "标准已确认": True}]
    assert {one["判断"] for one in told["条件"]} == {"✓"} and all(one["条款"] and one["句子"] for one in told["条件"])


@pytest.mark.parametrize(
    ("more", "words", "said"),
    [
        ((), {"scheme": "育儿补帖"}, "是不是「育儿补贴」"),
        ((), {"on": "2025-02-30"}, "不是日期"),
        ((), {"place": "浦东"}, "不是区划代码"),
        (("--assume", "all"), {}, "只有 unconfirmed"),
    ],
)
def test_refused(given, tmp_path, more, words, said):
    out = tmp_path / "out.csv"
    told = asked(given, out, *more, **words)
    assert told.exit_code == 2 and said in told.output and not out.exists()


def test_bad_data_and_bad_names_leave_what_was_there(given, tmp_path):
    out = tmp_path / "out.csv"
    out.write_text("昨天的")
    (given / "hukou.csv").write_text("person,place\nc,31011\n")
    told = asked(given, out)
    assert told.exit_code == 2 and "hukou.csv 第 2 行" in told.output and out.read_text() == "昨天的"
    assert asked(given, tmp_path / "out.doc").exit_code == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.csv", "tables"]


@pytest.mark.parametrize("more", [(), ("--json",)])
def test_a_large_folder_is_judged_family_by_family_to_the_same_answer(tmp_path, monkeypatch, more):
    folder = tmp_path / "district"
    folder.mkdir()
    district = make_registry(300, seed=3)
    for name in ("person", "parentage", "marriage", "hukou", "certificate"):
        pa_parquet.write_table(district[name], folder / f"{name}.parquet")
    said = {}
    for name, at_once in (("whole", 10_000), ("parts", 100)):
        monkeypatch.setattr("renjia.front.commands.judge._AT_ONCE", at_once)
        monkeypatch.setattr("renjia.front.commands.judge._PART", 70)
        said[name] = asked(folder, tmp_path / f"{name}.json", *more).output.replace(name, "")
    assert said["whole"] == said["parts"] and "符合" in said["whole"]
    assert (tmp_path / "whole.json").read_text() == (tmp_path / "parts.json").read_text()


def test_a_name_that_cannot_be_written_is_refused_before_the_tables_are_read(tmp_path: Path) -> None:
    done = run("育儿补贴", tmp_path / "none", "--on", "2025-10-15", "--place", "310115", "--out", tmp_path / "a.doc")
    assert done.exit_code == 2 and "a.doc" in done.output and "none" not in done.output
