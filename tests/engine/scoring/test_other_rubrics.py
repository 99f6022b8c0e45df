"""别的细则 — two rubrics that are pages only: no kind of rule shared between them, not one line of code for either."""

import re
import shutil
from fractions import Fraction
from pathlib import Path

import pytest

from renjia.engine.pages import DEFINITIONS
from renjia.engine.scoring import Rubric, load_rubric, rubric_ids, run_cases, score

OTHERS = ("demo-index-2025", "demo-neighbourhood-2025")


def full(rubric: Rubric, **changes: object) -> dict[str, object]:
    assert not set(changes) - set(rubric.facts)
    return {name: spec.full for name, spec in rubric.facts.items()} | changes


@pytest.mark.parametrize("name", OTHERS)
def test_its_own_cases_hold_and_it_says_that_it_is_made_up(name: str) -> None:
    rubric = load_rubric(name)
    assert run_cases(rubric) == []
    for page in (rubric.cover, *(item.page for item in rubric.items.values())):
        assert all("示例（合成）" in cite["document"] for cite in page.cites)
    assert "示例" in rubric.name
    assert name in rubric_ids()


@pytest.mark.parametrize("name", OTHERS)
def test_full_marks(name: str) -> None:
    rubric = load_rubric(name)
    one = score(rubric, {"甲": full(rubric)}).places["甲"]
    assert (one.main, one.grade) == (100, next(iter(rubric.grades)))


def test_no_kind_of_rule_of_the_index_is_used_by_the_others() -> None:
    kinds = {name: {atom.kind for atom in load_rubric(name).atoms.values()} for name in ("pudong-2024", *OTHERS)}
    assert kinds["demo-index-2025"] == {"weighted"}
    assert "weighted" not in kinds["pudong-2024"] | kinds["demo-neighbourhood-2025"]


def test_an_index_is_earned_not_deducted() -> None:
    rubric = load_rubric("demo-index-2025")
    half = full(
        rubric,
        **{
            "特殊家庭签约率（%）": 70,  # (70−50)/(90−50) × 25 = 12.5
            "检查的计划怀孕夫妇（对）": 33,  # 33/100 = 33 %, of 80: 33/80 × 20 = 8.25
            "补助平均办结（工作日）": Fraction(13, 2),  # (10−6.5)/(10−2) × 18 = 7.875 → 7.88
            "退回重办（件/百件）": 2,  # (6−2)/(6−1) × 12 = 9.6
            "受访家庭满意率（%）": 70,  # 10/35 × 25 = 7.142… → 7.14
        },
    )
    scores = score(rubric, {"甲": half, "乙": full(rubric)})
    assert scores.places["甲"].total == Fraction("45.37")
    assert (scores.places["甲"].rank, scores.places["甲"].grade) == (2, "丁等")
    exact = score(rubric.with_readings({"R1": "exact"}), {"甲": half}).places["甲"].total
    assert exact == Fraction("12.5") + Fraction("8.25") + Fraction("7.875") + Fraction("9.6") + Fraction(50, 7)


def test_a_neighbourhood_is_ranked_by_its_basic_points_and_a_veto_takes_it_out() -> None:
    rubric = load_rubric("demo-neighbourhood-2025")
    scores = score(
        rubric,
        {
            "一居": full(
                rubric, **{"家庭活动（场）": 5, "书面表扬（件）": 9, "市级以上推广（次）": 2}
            ),  # 98 + min(2+6, 5) = 103
            "二居": full(rubric),  # 100
            "三村": full(rubric, **{"泄露家庭信息（是/否）": "是"}),
            "四村": full(
                rubric, **{"户均走访（次/户）": Fraction(2), "核实按时办结率（%）": 90}
            ),  # −12, −2 (5 points: two whole twos)
        },
    )
    found = {name: (one.total, one.rank, one.grade) for name, one in scores.places.items()}
    assert found == {
        "一居": (103, 2, "好"),
        "二居": (100, 1, "好"),
        "三村": (100, None, "需帮助"),
        "四村": (86, 3, "较好"),
    }


def test_the_pages_of_the_how_to_are_a_rubric(tmp_path: Path) -> None:
    """docs/howto/add-a-rubric.md: what a reader copies from it loads, and its cases hold."""
    text = (Path(__file__).parents[3] / "docs" / "howto" / "add-a-rubric.md").read_text("utf-8")
    cover, item = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    folder = tmp_path / "rubrics" / "demo-short-2025"
    folder.mkdir(parents=True)
    shutil.copytree(DEFINITIONS / "wordings", tmp_path / "wordings")
    (folder / "_rubric.yaml").write_text(cover, "utf-8")
    (folder / "verification.yaml").write_text(item, "utf-8")
    assert run_cases(load_rubric("demo-short-2025", root=tmp_path)) == []
