"""Every page of definitions/indicators: its cases, what it must say, what a wrong page is told."""

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from renjia.engine.pages import DEFINITIONS, Page, PageError, load_pages
from renjia.measure.indicators import all_indicators, dimensions, facts, run_cases, subject_of, target_of, version_of
from renjia.measure.indicators.formulas import BIRTH_MONITORING
from renjia.measure.snapshot import TABLES

PAGES = all_indicators(subject=None)
CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.id)
def test_the_cases_of_the_page_hold(page: Page):
    runs = run_cases(page)
    assert runs, "每页至少一例"
    for run in runs:
        assert run.found == run.expected, run.name


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.id)
def test_the_page_says_what_a_reader_needs(page: Page):
    assert CHINESE.search(page.name)
    for key in ("unit", "source", "why", "better", "owner", "checked", "next_review", "group", "order", "kind"):
        assert page.body.get(key), f"{page.id} 缺 {key}"
    assert str(page.body["next_review"]) > str(page.body["checked"])
    standard = page.standards.get("target")
    assert standard is None or (standard.source and standard.checked)
    if subject_of(page) != BIRTH_MONITORING:
        assert page.body.get("period") and page.body.get("grade"), "人口指标要写年度和证据级别"
        unsure = str(page.body["grade"]).startswith("MEM")
        assert unsure == ("未经文件证实" in str(page.body["source"])), "没有证实的要写在页上，证实了的不要写"


def test_the_first_indicators_in_their_order():
    assert [page.id for page in all_indicators()] == [
        *("births", "births_by_source", "reported_volume", "reporting_timeliness", "missing_share"),
        *("completion_rate", "timeliness_rate", "unverifiable_share", "field_agreement"),
    ]
    assert len({page.body["order"] for page in PAGES}) == len(PAGES)


@pytest.mark.parametrize(("id", "value"), [("completion_rate", 99), ("timeliness_rate", 95), ("unverifiable_share", 3)])
def test_targets_of_the_appraisal_hold_from_their_date(id, value):
    page = next(page for page in PAGES if page.id == id)
    assert target_of(page, date(2025, 3, 31)) == Decimal(value)
    assert target_of(page, date(2023, 12, 31)) is None


def test_every_fact_can_be_placed_and_is_used():
    halves = [f"{page.body['numerator']} {page.body.get('denominator', '')}" for page in PAGES]
    used = {fact for half in halves for fact in re.findall(r"FROM (\w+)", half)}
    below = {"stays", "entered"}  # other facts stand on them
    assert used | below == set(facts())
    for fact in facts().values():
        assert {"case", "district", "street", "neighbourhood"} <= set(fact.columns)
        assert "month" in fact.columns or {"since", "until"} <= set(fact.columns)
        assert set(fact.tables) <= set(TABLES) and CHINESE.search(fact.title)


def test_dimensions_are_the_words_of_the_fact():
    by_id = {page.id: page for page in PAGES}
    assert set(dimensions(by_id["reporting_timeliness"])) == {"source", "institution"}
    assert set(dimensions(by_id["field_agreement"])) == {"field"}
    assert set(dimensions(by_id["births"])) == {"sex", "parity"}


@pytest.fixture
def write_page(tmp_path: Path):
    """A page of our own beside the real facts."""
    (tmp_path / "indicators").mkdir()
    (tmp_path / "facts").symlink_to(DEFINITIONS / "facts")
    given = {
        "kind": "share",
        "unit": "'%'",
        "numerator": "count(*) FROM births WHERE live",
        "denominator": "count(*) FROM births",
        "scale": "100",
    }

    def write(cases: str = "", **changes: str | None) -> Page:
        body = "".join(f"{key}: {value}\n" for key, value in (given | changes).items() if value is not None)
        (tmp_path / "indicators" / "trial.yaml").write_text(
            f"indicator: trial\nname: 试\n{body}{cases}", encoding="utf-8"
        )
        return load_pages("indicator", tmp_path)[0]

    return write


CASE = """cases:
  - 死胎在分母:
      birth_case: |
        case born       outcome
        a    2025-03-01 live
        b    2025-03-02 still
      gives: {全部: 1/2 50.00%}
"""


def test_a_planted_fault_fails_the_case(write_page):
    assert all(run.passed for run in run_cases(write_page(CASE)))
    [run] = run_cases(write_page(CASE, denominator="count(*) FROM births WHERE sex = '1' OR live"))
    assert not run.passed and run.found == {"全部": "1/1 100.00%"}
    [run] = run_cases(write_page(CASE.replace("1/2 50.00%", "1/2 50.0%")))
    assert not run.passed


def test_the_version_follows_the_meaning_and_only_it(write_page, tmp_path):
    version = version_of(write_page())
    assert re.fullmatch(r"[0-9a-f]{12}", version)
    assert version_of(write_page(why="另一番道理", owner="别的科")) == version
    assert version_of(write_page(numerator="count(*)  FROM births WHERE (live)")) != ""
    others = {
        version_of(write_page(numerator="count(*) FROM births WHERE live AND sex = '1'")),
        version_of(write_page(denominator="count(*) FROM births WHERE sex IS NOT NULL")),
        version_of(write_page(scale="1000")),
        version_of(write_page(unit="‰")),
    }
    assert len(others | {version}) == 5
    real = DEFINITIONS / "facts" / "births.sql"
    (tmp_path / "facts").unlink()
    (tmp_path / "facts").mkdir()
    text = real.read_text(encoding="utf-8")
    (tmp_path / "facts" / "births.sql").write_text(text.replace("孩次，空为不详", "孩次"), encoding="utf-8")
    assert version_of(write_page()) == version
    (tmp_path / "facts" / "births.sql").write_text(text.replace("= 'live'", "<> 'still'"), encoding="utf-8")
    assert version_of(write_page()) != version


@pytest.mark.parametrize(
    ("changes", "line", "says"),
    [
        ({"numerator": "count(*) FROM deaths"}, 5, "没有「deaths」这个事实"),
        ({"numerator": "count(*) FROM births WHERE lives"}, 5, "「lives」不在词汇里"),
        ({"numerator": 'count(DISTINCT "case") FROM births'}, 5, "不能相加"),
        ({"denominator": "avg(1) FROM births"}, 6, "不能相加"),
        ({"denominator": "max(parity) FROM births"}, 6, "不能相加"),
        ({"denominator": None}, 3, "share、ratio、.* 要有分母"),
        ({"kind": "count"}, 3, "count、median、myers 没有分母"),
        ({"kind": "expectation"}, 3, "两半都要有 age"),
        ({"kind": "forecast"}, 3, "「forecast」不在可选之内"),
        ({"base": "常住"}, 8, "事实 births 不分口径"),
        ({"at": "end"}, 8, "at 用不上"),
        ({"denominator": "sum(people) FROM population", "kind": "ratio"}, 1, "没有写 base（人口口径）"),
        ({"denominator": "sum(people) FROM population", "kind": "ratio", "base": "常住"}, 1, "要写 at"),
        ({"denominator": "count(*) FROM verifications"}, 5, "同一事实"),
        ({"by": "[source]"}, 8, "不能按「source」分"),
        ({"standards": "{target: {2024-01-01: 九十九}}"}, 8, "目标「九十九」不是数"),
        ({"standards": "{target: {2024-01-01: NaN}}"}, 8, "不是数"),
    ],
)
def test_a_wrong_page_is_told_where(write_page, changes, line, says):
    with pytest.raises(PageError, match=says) as caught:
        run_cases(write_page(**changes))
    assert caught.value.line == line


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("gives: {全部: 1/2 50.00%}", "by: []"), "没有写 gives"),
        (("birth_case", "birth_cases"), "没有「birth_cases」这张表"),
        (("case born       outcome", "case born       ending"), "没有列 ending"),
        (("2025-03-01 live", "2025-03-01"), "有 3 列，这一行写了 2 个"),
        (("2025-03-01", "2025-02-30"), "birth_case"),
    ],
)
def test_a_wrong_case_is_told_where(write_page, change, says):
    with pytest.raises(PageError, match=says) as caught:
        run_cases(write_page(CASE.replace(*change)))
    assert caught.value.line >= 8


def test_a_numerator_outside_its_denominator_is_never_shown(write_page):
    page = write_page(CASE, denominator="count(*) FROM births WHERE NOT live", numerator="count(*) FROM births")
    with pytest.raises(PageError, match="分子 2 大于分母 1"):
        run_cases(page)
