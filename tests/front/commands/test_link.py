"""renjia link — a folder in, two tables out; every record once, refusals in Chinese."""

import json
from pathlib import Path

import pytest
import typer
import xlsxwriter
from typer.testing import CliRunner

from birth_files import CERTIFICATE, DELIVERY, LIMEI_BORN, LIMEI_CERTIFIED, NAMELESS, NO_DATE, STILL, read, write
from renjia.front.commands.link import link
from renjia.front.reconciling import link_folder
from renjia.records.intake import Refusal


def cases(folder: Path, out: Path) -> dict[str, dict[str, str]]:
    link_folder(folder, out)
    rows = read(out / "个案.csv")
    assert list(rows[0]) == ["来源", "记录号", "个案号", "分娩号", "状态"]
    found = {row["记录号"]: row for row in rows}
    assert len(found) == len(rows)
    return found


def test_every_record_has_one_line(tmp_path: Path) -> None:
    write(tmp_path / "in/住院分娩.csv", DELIVERY, LIMEI_BORN, STILL, NO_DATE, NAMELESS, encoding="gb18030")
    write(tmp_path / "in/出生医学证明.csv", CERTIFICATE, LIMEI_CERTIFIED)
    found = cases(tmp_path / "in", tmp_path / "out")
    assert {key: row["状态"] for key, row in found.items()} == {
        "H1": "已决", "H2": "单独", "H3": "退回", "住院分娩.csv:5": "单独", "C1": "已决",
    }  # fmt: skip
    assert found["H1"]["个案号"] == found["C1"]["个案号"] and found["C1"]["来源"] == "出生医学证明"
    assert len({row["个案号"] for row in found.values()}) == 4 == len({row["分娩号"] for row in found.values()})
    assert read(tmp_path / "out/差异.csv") == []


def test_a_record_sent_again_is_the_same_record_and_the_later_holds(tmp_path: Path) -> None:
    write(tmp_path / "in/2025-03/住院分娩.csv", DELIVERY, LIMEI_BORN, NO_DATE)
    write(tmp_path / "in/2025-03/出生医学证明.csv", CERTIFICATE, LIMEI_CERTIFIED)
    corrected, mended = LIMEI_BORN.replace("10:15", "10:25"), NO_DATE.replace("02/30", "02/28")
    write(tmp_path / "in/2025-04/住院分娩.csv", DELIVERY, corrected, mended)
    found = cases(tmp_path / "in", tmp_path / "out")
    assert {key: row["状态"] for key, row in found.items()} == {"H1": "已决", "C1": "已决", "H3": "单独"}
    differing = read(tmp_path / "out/差异.csv")
    assert [(row["字段"], row["来源"], row["值"], row["采用值"]) for row in differing] == [
        ("出生时刻", "出生医学证明", "10:15", "10:25"), ("出生时刻", "住院分娩", "10:25", "10:25")
    ]  # fmt: skip
    assert differing[0]["个案号"] == found["H1"]["个案号"] and differing[0]["规则"] == "分娩优先"


def test_one_number_for_two_children_is_two_records(tmp_path: Path) -> None:
    write(tmp_path / "in/2025-03/住院分娩.csv", DELIVERY, LIMEI_BORN)
    other = NAMELESS.replace(",H310000,周", "H1,H310000,周", 1)
    write(tmp_path / "in/2025-04/住院分娩.csv", DELIVERY, other)
    found = cases(tmp_path / "in", tmp_path / "out")
    assert set(found) == {"H1", "H1:2"}


def test_the_same_file_twice_is_one(tmp_path: Path) -> None:
    for month in ("2025-03", "2025-04"):
        write(tmp_path / f"in/{month}/住院分娩.csv", DELIVERY, LIMEI_BORN, NAMELESS)
    assert len(cases(tmp_path / "in", tmp_path / "out")) == 2


def test_the_order_of_rows_changes_nothing(tmp_path: Path) -> None:
    lines = [LIMEI_BORN, STILL, NAMELESS]
    for name, order in (("one", lines), ("two", lines[::-1])):
        write(tmp_path / name / "住院分娩.csv", DELIVERY, *order)
    one, two = cases(tmp_path / "one", tmp_path / "o1"), cases(tmp_path / "two", tmp_path / "o2")
    assert one["H1"] == two["H1"] and one["H2"] == two["H2"]


def test_a_workbook_with_a_title_and_other_files_beside(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    with xlsxwriter.Workbook(str(tmp_path / "in/出生医学证明.xlsx")) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["2025-03 出生医学证明签发名册"])
        sheet.write_row(1, 0, CERTIFICATE.split(","))
        sheet.write_row(2, 0, LIMEI_CERTIFIED.split(","))
    write(tmp_path / "in/说明.csv", "栏目,含义", "病案号,住院编号")
    (tmp_path / "in/~$出生医学证明.xlsx").write_bytes(b"lock")
    outcome = link_folder(tmp_path / "in", tmp_path / "out")
    assert outcome.files == 1 and outcome.notes == ["跳过「说明.csv」：不是五个来源的文件"]


def test_a_formula_in_a_cell_stays_text(tmp_path: Path) -> None:
    write(tmp_path / "in/住院分娩.csv", DELIVERY, LIMEI_BORN.replace("王建国", "=1+1"))
    write(tmp_path / "in/出生医学证明.csv", CERTIFICATE, LIMEI_CERTIFIED)
    link_folder(tmp_path / "in", tmp_path / "out")
    values = [row["值"] for row in read(tmp_path / "out/差异.csv") if row["字段"] == "父亲姓名"]
    assert "=1+1" not in values and not any(value.startswith("=") for value in values)


def test_results_inside_the_folder_are_not_read_again(tmp_path: Path) -> None:
    write(tmp_path / "住院分娩.csv", DELIVERY, LIMEI_BORN)
    first = cases(tmp_path, tmp_path / "结果")
    assert cases(tmp_path, tmp_path / "结果") == first


def test_a_summary_for_programs(tmp_path: Path) -> None:
    write(tmp_path / "in/住院分娩.csv", DELIVERY, LIMEI_BORN, STILL)
    app = typer.Typer()
    app.command()(link)
    result = CliRunner().invoke(app, [str(tmp_path / "in"), "--out", str(tmp_path / "out"), "--json"])
    told = json.loads(result.stdout)
    assert result.exit_code == 0 and told["records"] == 2 == told["cases"] and told["states"] == {"单独": 2}


@pytest.mark.parametrize("made", ["没有", "空的", "坏的"])
def test_refusals_write_nothing_and_teach(tmp_path: Path, made: str) -> None:
    folder = tmp_path / "in"
    if made != "没有":
        folder.mkdir()
    if made == "坏的":
        (folder / "住院分娩.xlsx").write_bytes(b"PK\x03\x04 broken")
    with pytest.raises(Refusal):
        link_folder(folder, tmp_path / "out")
    app = typer.Typer()
    app.command()(link)
    result = CliRunner().invoke(app, [str(folder), "--out", str(tmp_path / "out")])
    assert result.exit_code == 2
    assert "不能对账" in result.stderr and ("；" in result.stderr)
    assert not (tmp_path / "out").exists()


def test_every_refused_file_is_named_at_once(tmp_path: Path) -> None:
    write(tmp_path / "in/2025-01/住院分娩.csv", DELIVERY + ",末次月经", LIMEI_BORN + ",20240601")
    (tmp_path / "in/2025-02").mkdir()
    (tmp_path / "in/2025-02/出生医学证明.xlsx").write_bytes(b"not a workbook")
    with pytest.raises(Refusal) as raised:
        link_folder(tmp_path / "in", tmp_path / "out")
    assert [one.file for one in raised.value.problems] == ["2025-01/住院分娩.csv", "2025-02/出生医学证明.xlsx"]
    assert not (tmp_path / "out").exists()


def test_why_rows_are_sent_back_is_written(tmp_path: Path) -> None:
    write(tmp_path / "in/2025-03/住院分娩.csv", DELIVERY, NO_DATE)
    app = typer.Typer()
    app.command()(link)
    result = CliRunner().invoke(app, [str(tmp_path / "in"), "--out", str(tmp_path / "out")])
    assert result.exit_code == 1 and "归为 0 个个案" in result.output and "全部退回" in result.output
    (why,) = read(tmp_path / "out/退回.csv")
    assert (why["文件"], why["行"], why["列"]) == ("2025-03/住院分娩.csv", "2", "分娩时间")
    assert why["值"] == "2025/02/30 09:00" and why["缘由"] and why["改法"]


def test_one_number_on_every_row_is_no_number(tmp_path: Path) -> None:
    lines = [
        NAMELESS.replace(",H3", "1,H3", 1).replace("周琳", f"周{chr(0x5200 + n)}").replace("2347", f"{1001 + n}")
        for n in range(300)
    ]
    for month in ("2025-03", "2025-04"):
        write(tmp_path / f"in/{month}/住院分娩.csv", DELIVERY, *lines, encoding="gb18030")
    link_folder(tmp_path / "in", tmp_path / "out")
    assert len(read(tmp_path / "out/个案.csv")) == 300
