"""renjia score refuses — with street, fact, value and what to do; all at once; exit 2; nothing written."""

from pathlib import Path

import pytest
import xlsxwriter

from appraised import Value
from score_table import FACTS, RATE, run, street, write_csv

COUNT, PLAN, YES_NO = "社会宣传活动（次）", "爱的礼物网领指标完成率（%）", "计生经费已落实（是/否）"
FILES = "档案检查督查配合情况（配合/配合不到位/拒不配合）"


def refused(folder: Path, *arguments: str | Path, rubric: str = "pudong-2024", out: str = "o.csv") -> str:
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    result = run(*arguments, "--out", folder / out, rubric=rubric)
    assert result.exit_code == 2, result.output
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    assert result.stdout == ""
    assert "没有写任何文件" in result.stderr
    return result.stderr


@pytest.mark.parametrize(
    ("fact", "value", "reason"),
    [
        (COUNT, "-1", "负"),
        (RATE, "-3", "负"),
        (RATE, "0/0", "分母"),
        (COUNT, "0/0", "不是数"),
        (COUNT, "三次", "不是数"),
        (COUNT, "3次", "不是数"),
        (COUNT, "2.5", "整数"),
        (COUNT, "是", "不是数"),
        (COUNT, "NaN", "不是数"),
        (COUNT, "1e3", "不是数"),
        (RATE, "约99", "不是数"),
        (RATE, "100.01", "100"),
        (RATE, "101%", "100"),
        (RATE, "0.9899", "小数"),
        (RATE, "1", "小数"),
        (RATE, "0.5%", "小数"),
        (PLAN, "1", "小数"),
        ("出生个案无法核实占比（%）", "0.02", "小数"),
        (YES_NO, "对", "可选"),
        (YES_NO, "1", "可选"),
        (FILES, "不配合", "可选"),
    ],
)
def test_a_value_that_cannot_stand(tmp_path: Path, fact: str, value: str, reason: str) -> None:
    write_csv(tmp_path / "f.csv", {"甲街道": street(), "乙镇": street({fact: value})})
    said = refused(tmp_path, tmp_path / "f.csv")
    assert "乙镇" in said and fact in said and f"「{value}」" in said and reason in said and "第 3 行" in said
    assert "甲街道" not in said
    assert "；" in said  # what to do


def test_everything_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    wrong: dict[str, dict[str, Value]] = {
        "甲": {COUNT: "-1", RATE: "0.99"},
        "乙": {YES_NO: "也许"},
        "丙": {PLAN: "一百"},
    }
    write_csv(tmp_path / "f.csv", {place: street(changes) for place, changes in wrong.items()})
    said = refused(
        tmp_path, tmp_path / "f.csv", "--reading", "Q1=up", "--reading", "Q99=x", "--reading", "Q2", out="无/o.csv"
    )
    for word in ("「-1」", "「0.99」", "「也许」", "「一百」", "Q1", "Q99", "「Q2」", "没有文件夹"):
        assert word in said


def test_a_share_between_nothing_and_one_may_be_meant(tmp_path: Path) -> None:
    write_csv(tmp_path / "f.csv", {"甲街道": street({"出生个案无法核实占比（%）": "0.02"})})
    assert "--as-is" in refused(tmp_path, tmp_path / "f.csv")
    assert run(tmp_path / "f.csv", "--out", tmp_path / "o.csv", "--as-is").exit_code == 0
    write_csv(tmp_path / "g.csv", {"甲街道": street({"出生个案无法核实占比（%）": "0"})})
    assert run(tmp_path / "g.csv", "--out", tmp_path / "p.csv").exit_code == 0


def test_an_unknown_column_names_the_nearest(tmp_path: Path) -> None:
    facts = {("社会宣传活动" if name == COUNT else name): value for name, value in street().items()}
    write_csv(tmp_path / "f.csv", {"甲街道": facts})
    said = refused(tmp_path, tmp_path / "f.csv")
    assert "「社会宣传活动」" in said and f"「{COUNT}」" in said


@pytest.mark.parametrize("name", ["备注", "不足20人的居村委（个）", "街镇名称"])
def test_a_column_of_any_other_name(tmp_path: Path, name: str) -> None:
    write_csv(tmp_path / "f.csv", {"甲街道": street() | {name: "1"}})
    assert f"「{name}」" in refused(tmp_path, tmp_path / "f.csv")


def test_a_table_of_nothing_known(tmp_path: Path) -> None:
    (tmp_path / "f.csv").write_text("街镇,宣传活动\n甲街道,4\n", encoding="utf-8")
    said = refused(tmp_path, tmp_path / "f.csv")
    assert "「宣传活动」" in said and COUNT in said
    (tmp_path / "g.csv").write_text(f"单位名,{COUNT},{RATE}\n甲街道,4,99\n", encoding="utf-8")
    assert "街镇" in refused(tmp_path, tmp_path / "g.csv")


def test_a_column_twice(tmp_path: Path) -> None:
    names = [*FACTS, COUNT]
    (tmp_path / "f.csv").write_text(
        ",".join(["街镇", *(f'"{name}"' for name in names)]) + "\n" + ",".join(["甲", *street().values(), "4"]) + "\n",
        "utf-8",
    )
    assert f"「{COUNT}」" in refused(tmp_path, tmp_path / "f.csv")


@pytest.mark.parametrize("again", ["甲街道", "甲街道 ", "甲 街道"])
def test_a_street_twice(tmp_path: Path, again: str) -> None:
    write_csv(
        tmp_path / "f.csv", {"甲街道": street(), "乙镇": street(), again + "\u200b" * (again == "甲街道"): street()}
    )
    said = refused(tmp_path, tmp_path / "f.csv")
    assert "甲" in said and "第 2 行" in said and "第 4 行" in said


def test_a_street_without_a_name(tmp_path: Path) -> None:
    write_csv(tmp_path / "f.csv", {"甲街道": street(), "": street()})
    assert "第 3 行" in refused(tmp_path, tmp_path / "f.csv")


def test_more_cells_than_columns(tmp_path: Path) -> None:
    write_csv(tmp_path / "f.csv", {"甲街道": street(), "乙镇": street()})
    text = (tmp_path / "f.csv").read_text("utf-8-sig").rstrip("\r\n")
    (tmp_path / "f.csv").write_text(text + ",7\r\n", "utf-8-sig")
    assert "乙镇" in refused(tmp_path, tmp_path / "f.csv")


def test_half_a_file(tmp_path: Path) -> None:
    write_csv(tmp_path / "f.csv", {"甲街道": street(), "乙镇": street()})
    whole = (tmp_path / "f.csv").read_bytes()
    (tmp_path / "f.csv").write_bytes(whole[:-40])
    refused(tmp_path, tmp_path / "f.csv")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("f.csv", b""), ("f.xlsx", b"PK\x03\x04 broken"), ("f.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old"),
        ("f.csv", b"\x00\x01\x02\xff\xfe\xff"), ("f.pdf", b"%PDF-1.7"), ("f.csv", "街镇\n".encode()),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    assert name in refused(tmp_path, tmp_path / name)


def test_two_sheets_that_could_both_be_meant(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(tmp_path / "f.xlsx")
    for name in ("上半年", "全年"):
        sheet = book.add_worksheet(name)
        sheet.write_row(0, 0, ["街镇", *FACTS])
        sheet.write_row(1, 0, ["甲街道", *street().values()])
    book.close()
    said = refused(tmp_path, tmp_path / "f.xlsx")
    assert "--sheet" in said and "全年" in said
    assert run(tmp_path / "f.xlsx", "--out", tmp_path / "o.csv", "--sheet", "全年").exit_code == 0


def test_paths(tmp_path: Path) -> None:
    facts = write_csv(tmp_path / "f.csv", {"甲街道": street()})
    assert "没有文件「" in refused(tmp_path, tmp_path / "none.csv")
    assert "没有文件夹" in refused(tmp_path, facts, out="none/o.csv")
    assert ".xlsx" in refused(tmp_path, facts, out="o.xls")
    assert "盖掉" in refused(tmp_path, facts, out="f.csv")
    folder = tmp_path / "d.csv"
    folder.mkdir()
    assert "文件夹" in refused(tmp_path, facts, out="d.csv")
    assert "文件" in refused(tmp_path, folder)
    told = write_csv(tmp_path / "o-提示.csv", {"甲街道": street()})
    assert "盖掉" in refused(tmp_path, told)


def test_an_unknown_rubric_names_those_there_are(tmp_path: Path) -> None:
    facts = write_csv(tmp_path / "f.csv", {"甲街道": street()})
    assert "pudong-2024" in refused(tmp_path, facts, rubric="pudong-2023")


@pytest.mark.parametrize("reading", ["Q1=up", "Q41=once", "Q1", "=floor", "Q1=", "q1=floor"])
def test_an_unknown_reading_names_those_there_are(tmp_path: Path, reading: str) -> None:
    facts = write_csv(tmp_path / "f.csv", {"甲街道": street()})
    said = refused(tmp_path, facts, "--reading", reading)
    assert reading.split("=")[0] in said
    if reading == "Q1=up":
        assert "ceil、floor、linear" in said


def test_a_reading_twice(tmp_path: Path) -> None:
    facts = write_csv(tmp_path / "f.csv", {"甲街道": street()})
    assert "两次" in refused(tmp_path, facts, "--reading", "Q1=floor", "--reading", "Q1=ceil")


def test_a_folder_that_cannot_be_written_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    facts = write_csv(tmp_path / "f.csv", {"甲街道": street()})
    (tmp_path / "o.csv").write_text("旧", "utf-8")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device", str(tmp_path / "o.csv"))

    monkeypatch.setattr("renjia.front.appraising.writing.os.replace", full)
    assert "不能写到" in refused(tmp_path, facts)
