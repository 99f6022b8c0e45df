"""renjia score — the score sheet of a street, other rubrics, what spreadsheets do to names and numbers."""

from fractions import Fraction
from pathlib import Path

import openpyxl
import pytest

from appraised import TWELVE
from renjia.engine.scoring import load_rubric, rubric_ids, score_text
from renjia.front.appraising import rubric_page
from score_table import FACTS, RATE, STREETS, read_csv, run, street, warnings, write_csv

ROOT = Path(__file__).parents[3]
HEAD = "<!-- 由 make docs 从定义页生成，请改定义页，不要改这里。 -->\n\n"


def sheet(path: Path) -> list[tuple[object, ...]]:
    return list(openpyxl.load_workbook(path)["评分表"].iter_rows(values_only=True))


def test_a_sheet_for_every_street_in_the_layout_of_the_source(tmp_path: Path) -> None:
    write_csv(tmp_path / "f.csv", STREETS)
    result = run(tmp_path / "f.csv", "--out", tmp_path / "o.csv", "--sheets", tmp_path / "评分表")
    assert result.exit_code == 0, result.output
    assert {path.name for path in (tmp_path / "评分表").iterdir()} == {f"{place}-评分表.xlsx" for place in TWELVE}
    rows = sheet(tmp_path / "评分表" / "己街道-评分表.xlsx")
    assert "总分 89.5" in str(rows[1][0]) and "等次 一般" in str(rows[1][0]) and "己街道" in str(rows[1][0])
    assert rows[2] == ("一级指标", "分值", "得分", "二级指标", "指标描述", "编号", "评分标准", "扣分（加分）", "事由")
    atoms = {row[5]: row for row in rows[3:] if row[5]}
    assert list(atoms) == list(load_rubric("pudong-2024").atoms)
    assert atoms["A3.5"][7] == -9 and "90" in str(atoms["A3.5"][8]) and "99" in str(atoms["A3.5"][8])
    assert atoms["A3.1"][:3] == ("开展出生人口监测", 10, 0)
    assert [row[0] for row in rows[3:] if row[5] and row[0]] == [
        block.name for block in load_rubric("pudong-2024").blocks.values()
    ]
    assert any("Q1 ceil" in str(row[0]) for row in rows)


def test_a_sheet_of_a_street_with_a_hole_says_what_is_missing(tmp_path: Path) -> None:
    write_csv(tmp_path / "f.csv", {"甲/乙:街道": street({RATE: ""})})
    assert run(tmp_path / "f.csv", "--out", tmp_path / "o.csv", "--sheets", tmp_path / "s").exit_code == 0
    rows = sheet(tmp_path / "s" / "甲_乙_街道-评分表.xlsx")
    assert RATE in str(rows[1][0]) and "不能得出总分" in str(rows[1][0])
    assert next(row for row in rows if row[5] == "A3.5")[7] == "未提供"


def test_sheets_go_to_a_folder_whose_parent_is_there(tmp_path: Path) -> None:
    write_csv(tmp_path / "f.csv", {"甲": street()})
    for wrong in (tmp_path / "无" / "s", tmp_path / "f.csv"):
        result = run(tmp_path / "f.csv", "--out", tmp_path / "o.csv", "--sheets", wrong)
        assert result.exit_code == 2 and str(wrong) in result.stderr
        assert not (tmp_path / "o.csv").exists()


def test_names_that_a_spreadsheet_would_run_are_text(tmp_path: Path) -> None:
    write_csv(tmp_path / "f.csv", {'=HYPERLINK("http://x")街道': street(), "+1镇": street()})
    assert run(tmp_path / "f.csv", "--out", tmp_path / "o.csv").exit_code == 0
    assert list(read_csv(tmp_path / "o.csv")) == ['\'=HYPERLINK("http://x")街道', "'+1镇"]
    assert run(tmp_path / "f.csv", "--out", tmp_path / "o.xlsx", "--sheets", tmp_path / "s").exit_code == 0
    cell = openpyxl.load_workbook(tmp_path / "o.xlsx")["得分"]["A2"]
    assert (cell.data_type, cell.value) == ("s", '=HYPERLINK("http://x")街道')


def test_a_negative_number_stays_a_number_in_csv(tmp_path: Path) -> None:
    write_csv(tmp_path / "f.csv", {"甲": street({RATE: 97})})
    assert run(tmp_path / "f.csv", "--out", tmp_path / "o.csv").exit_code == 0
    assert read_csv(tmp_path / "o.csv")["甲"]["A3.5"] == "-2"


def test_totals_and_notes_below_the_table_are_left_out_and_said(tmp_path: Path) -> None:
    write_csv(tmp_path / "f.csv", {"甲街道": street(), "乙镇": street(), "合计": dict.fromkeys(FACTS, "")})
    with (tmp_path / "f.csv").open("a", encoding="utf-8") as file:
        file.write("填表人：某某\n")
    assert run(tmp_path / "f.csv", "--out", tmp_path / "o.csv").exit_code == 0
    assert list(read_csv(tmp_path / "o.csv")) == ["甲街道", "乙镇"]
    told = [row["提示"] for row in warnings(tmp_path / "o-提示.csv") if row["类别"] == "读表"]
    assert any("合计行" in one for one in told) and any("表尾说明" in one for one in told)


def test_facts_that_contradict_one_another_are_told(tmp_path: Path) -> None:
    write_csv(
        tmp_path / "f.csv", {"甲": street({"知识竞赛参与不足20人的居村委（个）": 31, "其中五星级母婴设施（个）": 2})}
    )
    assert run(tmp_path / "f.csv", "--out", tmp_path / "o.csv").exit_code == 0
    told = {row["事项"] for row in warnings(tmp_path / "o-提示.csv") if row["类别"] == "存疑"}
    assert {"知识竞赛参与不足20人的居村委（个）", "其中五星级母婴设施（个）"} <= told


def test_two_neighbourhoods_whose_names_differ_in_a_dash(tmp_path: Path) -> None:
    rubric = load_rubric("demo-neighbourhood-2025")
    full = {
        name: str(score_text(spec.full) if isinstance(spec.full, int | Fraction) else spec.full)
        for name, spec in rubric.facts.items()
    }
    write_csv(tmp_path / "f.csv", {"1-1居": full, "11居": full | {"户均走访（次/户）": "2.75"}})
    text = (tmp_path / "f.csv").read_text("utf-8-sig").replace("街镇", "居村", 1)
    (tmp_path / "f.csv").write_text(text, "utf-8-sig")
    result = run(tmp_path / "f.csv", "--out", tmp_path / "o.csv", rubric=rubric.id)
    assert result.exit_code == 0, result.output
    lines = (tmp_path / "o.csv").read_text("utf-8-sig").splitlines()
    assert lines[0].startswith("居村,基本分,加分,总分,名次,等次,走访服务,")
    assert [line.split(",")[:6] for line in lines[1:]] == [
        ["1-1居", "100", "0", "100", "1", "好"], ["11居", "92.5", "0", "92.5", "2", "好"],
    ]  # fmt: skip


def test_an_index_without_a_bonus_has_no_bonus_column(tmp_path: Path) -> None:
    rubric = load_rubric("demo-index-2025")
    full = {name: score_text(spec.full) for name, spec in rubric.facts.items() if not isinstance(spec.full, str)}
    write_csv(tmp_path / "f.csv", {"甲街道": full | {"受访家庭满意率（%）": "65"}})
    assert run(tmp_path / "f.csv", "--out", tmp_path / "o.csv", rubric=rubric.id).exit_code == 0
    row = read_csv(tmp_path / "o.csv")["甲街道"]
    assert list(row)[:5] == ["街镇", "综合指数", "总分", "名次", "等次"]
    assert (row["总分"], row["E1"]) == ("78.57", "3.57")


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0"), (100, "100"), (Fraction(199, 2), "99.5"), (Fraction(-1, 4), "-0.25"), (Fraction(1, 3), "0.33"),
        (Fraction(2, 3), "0.67"), (Fraction(1, 200), "0.01"), (Fraction(-1, 200), "-0.01"), (Fraction(1, 201), "0"),
        (Fraction(-1, 201), "0"), (None, ""), (Fraction(99995, 1000), "100"), (Fraction(1001, 10), "100.1"),
    ],
)  # fmt: skip
def test_points_as_text(number: int | Fraction | None, text: str) -> None:
    assert score_text(number) == text


@pytest.mark.parametrize("name", rubric_ids())
def test_the_rubrics_page_of_the_manual_is_up_to_date(name: str) -> None:
    page = ROOT / "docs" / "reference" / f"rubric-{name}.md"
    assert page.read_text("utf-8") == HEAD + rubric_page(load_rubric(name)), "请跑 renjia docs"


def test_the_rubrics_page_names_everything_an_officer_must_settle() -> None:
    rubric = load_rubric("pudong-2024")
    text = rubric_page(rubric)
    for word in (*rubric.atoms, *rubric.facts, *(one.name for one in rubric.readings.values())):
        assert word in text
    for found in ("总分 70 分同在", "大于 89、小于 90", "大于 99、小于 100", "重大病慰问"):
        assert found in text
    assert "全部相符" in text
