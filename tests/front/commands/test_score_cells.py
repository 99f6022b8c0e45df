"""renjia score reads what Excel shows — per cent formats, errors, formulas without a value, rows of totals."""

from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from appraised import Value
from score_table import FACTS, RATE, read_csv, run, street

PLAN, COUNT = "爱的礼物网领指标完成率（%）", "社会宣传活动（次）"


def workbook(path: Path, cells: dict[str, Any], percent: bool = True, places: tuple[str, ...] = ("甲街道",)) -> None:
    """Every fact of a full street as numbers; `cells` written as given, shown as per cent if asked."""
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet()
    shown = book.add_format({"num_format": "0.00%"})
    full: dict[str, Value] = street()
    sheet.write_row(0, 0, ["街镇", *FACTS])
    for row, place in enumerate(places, 1):
        sheet.write(row, 0, place)
        for column, fact in enumerate(FACTS, 1):
            value = cells.get(fact, full[fact])
            if isinstance(value, str) and value.startswith("="):
                sheet.write_formula(row, column, value, shown if percent else None, "")
            elif fact in cells:
                sheet.write(row, column, value, shown if percent else None)
            else:
                sheet.write(row, column, value)
    book.close()


def scored(tmp_path: Path) -> dict[str, str]:
    result = run(tmp_path / "f.xlsx", "--out", tmp_path / "o.csv")
    assert result.exit_code == 0, result.output
    return read_csv(tmp_path / "o.csv")["甲街道"]


@pytest.mark.parametrize(("held", "points"), [(0.9899, "-1"), (0.99, "0"), (0.9799, "-2"), (1, "0")])
def test_a_cell_shown_as_per_cent_is_what_it_shows(tmp_path: Path, held: float, points: str) -> None:
    workbook(tmp_path / "f.xlsx", {RATE: held})
    assert scored(tmp_path)["A3.5"] == points


def test_a_plan_shown_as_120_per_cent_is_120(tmp_path: Path) -> None:
    workbook(tmp_path / "f.xlsx", {PLAN: 1.2})
    assert scored(tmp_path)["A6.13"] == "0"


@pytest.mark.parametrize(
    ("cells", "percent", "said"),
    [
        ({RATE: 1.2}, True, "占比不会超过 100"),
        ({RATE: 0.005}, True, "小数"),
        ({RATE: 0.9899}, False, "小数"),
        ({RATE: "=1/0"}, False, "公式"),
        ({COUNT: "=2+2"}, False, "公式"),
    ],
)
def test_what_cannot_be_meant_is_refused(tmp_path: Path, cells: dict[str, Any], percent: bool, said: str) -> None:
    workbook(tmp_path / "f.xlsx", cells, percent)
    result = run(tmp_path / "f.xlsx", "--out", tmp_path / "o.csv")
    assert result.exit_code == 2
    assert "甲街道" in result.stderr and next(iter(cells)) in result.stderr and said in result.stderr
    assert not (tmp_path / "o.csv").exists()


def test_an_error_in_a_cell_is_named(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(tmp_path / "f.xlsx")
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["街镇", *FACTS])
    full = street()
    sheet.write(1, 0, "甲街道")
    for column, fact in enumerate(FACTS, 1):
        sheet.write(1, column, full[fact])
    sheet.write_formula(1, 1 + FACTS.index(RATE), "=0/0", None, "#DIV/0!")
    book.close()
    result = run(tmp_path / "f.xlsx", "--out", tmp_path / "o.csv")
    assert result.exit_code == 2 and "#DIV/0!" in result.stderr and RATE in result.stderr


def test_a_row_of_totals_is_no_street(tmp_path: Path) -> None:
    workbook(tmp_path / "f.xlsx", {}, places=("甲街道", "合计"))
    result = run(tmp_path / "f.xlsx", "--out", tmp_path / "o.csv")
    assert result.exit_code == 0
    assert list(read_csv(tmp_path / "o.csv")) == ["甲街道"]
    assert "合计行" in (tmp_path / "o-提示.csv").read_text(encoding="utf-8-sig")


def test_problems_without_a_case_are_doubted(tmp_path: Path) -> None:
    workbook(tmp_path / "f.xlsx", {"行政事务不规范问题（个）": 3}, percent=False)
    run(tmp_path / "f.xlsx", "--out", tmp_path / "o.csv")
    assert "没有一起案例" in (tmp_path / "o-提示.csv").read_text(encoding="utf-8-sig")
