"""renjia score — a table of facts in, scores out: encodings, orders, readings, refusals, holes, nothing half-written."""

import json
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from appraised import TWELVE
from score_table import FACTS, FIRST_SIX, RATE, STREETS, read_csv, run, street, warnings, write_csv


def agrees(rows: dict[str, dict[str, str]]) -> None:
    found = {place: tuple(row[name] for name in FIRST_SIX[1:]) for place, row in rows.items()}
    assert found == {place: (one.main, one.bonus, one.total, str(one.rank), one.grade) for place, one in TWELVE.items()}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_twelve_streets_from_csv_in_every_encoding(tmp_path: Path, encoding: str) -> None:
    facts, out = write_csv(tmp_path / "事实.csv", STREETS, encoding), tmp_path / "得分.csv"
    result = run(facts, "--out", out)
    assert result.exit_code == 0, result.output
    agrees(read_csv(out))
    header = out.read_text("utf-8-sig").splitlines()[0].split(",")
    assert header[:6] == FIRST_SIX
    assert header[-1] == "B3.4" and "A3.5" in header
    assert header[6] == "有序落实三孩生育政策，营造生育友好氛围"
    row = read_csv(out)["乙街道"]
    assert (row["A3.5"], row["A1.1"], row["B1.3"], row["A3.6"]) == ("-1", "-2", "5", "0")
    assert read_csv(out)["戊街道"]["A3.4"] == "2"


def test_columns_and_rows_in_any_order(tmp_path: Path) -> None:
    turned = {place: dict(reversed(STREETS[place].items())) for place in reversed(list(STREETS))}
    write_csv(tmp_path / "事实.csv", turned)
    assert run(tmp_path / "事实.csv", "--out", tmp_path / "得分.csv").exit_code == 0
    rows = read_csv(tmp_path / "得分.csv")
    agrees(rows)
    assert list(rows) == list(turned)  # in the order of the table


def test_excel_in_and_out(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(tmp_path / "事实.xlsx")
    sheet = book.add_worksheet("汇总")
    sheet.write_row(0, 0, ["2024年度事实汇总表"])
    sheet.write_row(1, 0, ["街镇", *FACTS])
    for row, (place, facts) in enumerate(STREETS.items(), 2):
        sheet.write_string(row, 0, place)
        for column, text in enumerate(facts.values(), 1):
            if text.replace(".", "").isdigit():
                sheet.write_number(row, column, float(text))
            else:
                sheet.write_string(row, column, text)
    book.add_worksheet("说明").write(0, 0, "请各街镇核对")
    book.close()
    result = run(tmp_path / "事实.xlsx", "--out", tmp_path / "得分.xlsx")
    assert result.exit_code == 0, result.output
    found = openpyxl.load_workbook(tmp_path / "得分.xlsx")
    rows = list(found["得分"].iter_rows(values_only=True))
    assert list(rows[0][:6]) == FIRST_SIX
    for row in rows[1:]:
        one = TWELVE[row[0]]
        assert tuple(map(str, row[1:6])) == (one.main, one.bonus, one.total, str(one.rank), one.grade)
    assert isinstance(rows[1][3], int | float)
    assert [cell.value for cell in found["提示"][1]] == ["街镇", "类别", "事项", "提示", "怎么办"]
    assert {"一票否决", "读法", "近界"} <= {row[1] for row in found["提示"].iter_rows(values_only=True)}


def test_noise_of_excel_arithmetic_is_no_deduction(tmp_path: Path) -> None:
    """Excel shows and means fifteen digits; a sixteenth is left over from its arithmetic."""
    book = xlsxwriter.Workbook(tmp_path / "事实.xlsx")
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["街镇", *FACTS])
    facts = street({"特扶对象年人均联系次数（次/人）": 12})
    sheet.write_row(1, 0, ["甲", *facts.values()])
    sheet.write_number(1, 1 + FACTS.index("特扶对象年人均联系次数（次/人）"), 11.99999999999999)
    sheet.write_number(1, 1 + FACTS.index("出生个案无法核实占比（%）"), 3.000000000000001)
    book.close()
    assert run(tmp_path / "事实.xlsx", "--out", tmp_path / "得分.csv").exit_code == 0
    assert read_csv(tmp_path / "得分.csv")["甲"]["总分"] == "100"


@pytest.mark.parametrize("written", ["98.99", "98.99%", "98.99％", " 98.99 ", "98.990"])
def test_a_percentage_as_people_write_it(tmp_path: Path, written: str) -> None:
    write_csv(tmp_path / "f.csv", {"甲街道": street({RATE: written})})
    assert run(tmp_path / "f.csv", "--out", tmp_path / "o.csv").exit_code == 0
    assert read_csv(tmp_path / "o.csv")["甲街道"]["A3.5"] == "-1"


def test_a_plan_may_be_overfulfilled(tmp_path: Path) -> None:
    write_csv(tmp_path / "f.csv", {"甲街道": street({"爱的礼物网领指标完成率（%）": "130.5"})})
    assert run(tmp_path / "f.csv", "--out", tmp_path / "o.csv").exit_code == 0
    assert read_csv(tmp_path / "o.csv")["甲街道"]["总分"] == "100"


def test_half_width_brackets_are_the_same_names(tmp_path: Path) -> None:
    plain = {
        name.replace("（", "(").replace("）", ")").replace("(%)", " ( % )"): value
        for name, value in STREETS["乙街道"].items()
    }
    write_csv(tmp_path / "f.csv", {"乙街道": plain})
    result = run(tmp_path / "f.csv", "--out", tmp_path / "o.csv")
    assert result.exit_code == 0, result.output
    assert read_csv(tmp_path / "o.csv")["乙街道"]["总分"] == "100"


def test_readings_are_chosen_and_said(tmp_path: Path) -> None:
    write_csv(tmp_path / "f.csv", {"甲街道": street({RATE: "98.01", "出生个案核实及时率（%）": "94.83"})})
    for readings, expected in (((), "98"), (("Q1=floor",), "100"), (("Q1_steps=linear",), "98.67")):
        chosen = [word for one in readings for word in ("--reading", one)]
        result = run(tmp_path / "f.csv", "--out", tmp_path / "o.csv", "--json", *chosen)
        assert result.exit_code == 0, result.output
        # linear: 0.99 + 0.34 = 1.33 exactly
        assert read_csv(tmp_path / "o.csv")["甲街道"]["总分"] == expected
        said = json.loads(result.stdout)
        assert said["读法"]["Q1"] == (readings[0].split("=")[1] if readings else "ceil")
    result = run(
        tmp_path / "f.csv", "--out", tmp_path / "o.csv", "--reading", "Q1=floor", "--reading", "Q2=one_decimal"
    )
    assert result.exit_code == 0


def test_a_number_that_no_hundredth_is_exact_for_is_rounded_half_up_but_ranked_exactly(tmp_path: Path) -> None:
    # 体检率 64.975 and 64.976: 0.025/5 = 0.005 and 0.0048 pro rata → 99.995 → 100 and 99.9952 → 100, ranked 2 and 1
    streets = {"甲": street({"特扶对象当年体检率（%）": "64.975"}), "乙": street({"特扶对象当年体检率（%）": "64.976"})}
    write_csv(tmp_path / "f.csv", streets)
    assert run(tmp_path / "f.csv", "--out", tmp_path / "o.csv", "--reading", "Q1=linear").exit_code == 0
    rows = read_csv(tmp_path / "o.csv")
    assert [(rows[place]["总分"], rows[place]["名次"]) for place in "甲乙"] == [("100", "2"), ("100", "1")]
    assert [(rows[place]["A5.9"]) for place in "甲乙"] == ["-0.01", "0"]
    assert {row["等次"] for row in rows.values()} == {"良好"}  # 99.995 has not reached 100


def test_a_missing_fact_blanks_its_street_alone(tmp_path: Path) -> None:
    write_csv(tmp_path / "f.csv", {"甲": street(), "乙": street({RATE: ""}), "丙": street({RATE: 98})})
    assert run(tmp_path / "f.csv", "--out", tmp_path / "o.csv").exit_code == 0
    rows = read_csv(tmp_path / "o.csv")
    assert [rows["乙"][name] for name in ("主要指标", "总分", "名次", "等次")] == ["", "", "", ""]
    assert (rows["乙"]["A3.5"], rows["乙"]["A3.6"], rows["乙"]["开展出生人口监测"]) == ("未提供", "0", "未提供")
    assert [(rows[place]["总分"], rows[place]["名次"]) for place in ("甲", "丙")] == [("100", "1"), ("99", "2")]
    told = [row for row in warnings(tmp_path / "o-提示.csv") if row["街镇"] == "乙"]
    assert any(row["类别"] == "未提供" and RATE in row["事项"] + row["提示"] for row in told)


def test_an_absent_column_blanks_every_street_and_is_named(tmp_path: Path) -> None:
    streets = {place: {name: value for name, value in street().items() if name != RATE} for place in ("甲", "乙")}
    write_csv(tmp_path / "f.csv", streets)
    assert run(tmp_path / "f.csv", "--out", tmp_path / "o.csv").exit_code == 0
    rows = read_csv(tmp_path / "o.csv")
    assert {row["总分"] for row in rows.values()} == {""}
    told = warnings(tmp_path / "o-提示.csv")
    assert {row["街镇"] for row in told if RATE in row["事项"] + row["提示"]} >= {"甲", "乙"}


def test_warnings_name_what_decides_a_grade(tmp_path: Path) -> None:
    write_csv(tmp_path / "f.csv", STREETS)
    assert run(tmp_path / "f.csv", "--out", tmp_path / "o.csv").exit_code == 0
    told = {(row["街镇"], row["类别"], row["事项"]): row["提示"] for row in warnings(tmp_path / "o-提示.csv")}
    assert ("壬镇", "一票否决", "V1") in told
    assert "取 fair 则为「一般」" in told["庚镇", "读法", "Q34_seventy"]
    assert "取 undecided 则为「未定」" in told["丁街道", "读法", "Q35_holes"]
    assert "取 exclusive 则为「良好」" in told["乙街道", "读法", "Q37_inclusive"]
    assert ("癸镇", "读法", "Q37_inclusive") not in told
    assert ("戊街道", "近界", "总分") in told  # 90 exactly
    assert ("癸镇", "近界", "总分") not in told  # 52 is near nothing


def test_warnings_file_replaces_an_old_one_even_when_empty(tmp_path: Path) -> None:
    write_csv(tmp_path / "f.csv", {"甲": street({"特色创新表彰国家级（次）": 4})})
    (tmp_path / "o-提示.csv").write_text("旧的", encoding="utf-8")
    assert run(tmp_path / "f.csv", "--out", tmp_path / "o.csv").exit_code == 0
    assert (tmp_path / "o-提示.csv").read_text("utf-8-sig").startswith("街镇,类别")


def test_the_real_command_needs_no_database(tmp_path: Path) -> None:
    write_csv(tmp_path / "f.csv", STREETS)
    program = (
        "import sys; from renjia.front.commands import main\n"
        f"sys.argv = ['renjia', 'score', 'pudong-2024', {str(tmp_path / 'f.csv')!r}, '--out', {str(tmp_path / 'o.csv')!r}]\n"
        "try: main()\n"
        "except SystemExit as done: code = done.code\n"
        "from django.conf import settings\n"
        "print(code, settings.configured, 'psycopg' in sys.modules, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env={"PYTHONUTF8": "1"})
    assert done.stderr.strip() == "0 False False"
    agrees(read_csv(tmp_path / "o.csv"))
