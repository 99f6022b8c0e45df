"""公布的例子与普查 — the shared worked examples by name and argument; heaping and accuracy of the censuses; WPP's accounts."""

import csv
import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from renjia.engine import demography

pytestmark = pytest.mark.shared


@pytest.fixture(scope="module")
def folder() -> Path:
    shared = os.environ.get("SHARED", "")
    found = Path(shared) / "data" / "demography"
    if not shared or not found.is_dir():
        pytest.skip("没有 SHARED=../shared 的样例数据")
    return found


@pytest.fixture(scope="module")
def examples(folder: Path) -> dict[str, dict[str, Any]]:
    return json.loads((folder / "shared_worked_examples.json").read_text(encoding="utf-8"))


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / name).open(encoding="utf-8-sig", newline="") as f:
        return list(csv.DictReader(f))


def test_every_worked_example(examples: dict[str, dict[str, Any]]) -> None:
    tried = 0
    for name, case in examples.items():
        if "fn" not in case:
            continue
        found = getattr(demography, case["fn"])(**case["inputs"])
        expected, tolerance = case["expected"], case["tolerance"]
        if isinstance(expected, dict):
            for key, value in expected.items():
                allowed = tolerance[key] if isinstance(tolerance, dict) else tolerance
                assert np.shape(found[key]) == np.shape(value), (name, key)
                assert found[key] == pytest.approx(value, abs=allowed), (name, key)
        elif isinstance(expected, list):
            assert found[: len(expected)] == pytest.approx(expected, abs=tolerance), name
        else:
            assert found == pytest.approx(expected, abs=tolerance), name
        tried += 1
    assert tried == 5


def test_preston_to_half_a_thousandth(examples: dict[str, dict[str, Any]]) -> None:
    case = examples["lt_Preston_Box3.1_Austria_m_1992"]
    found = demography.life_table_given_ax(**case["inputs"])
    assert found["ex"] == pytest.approx(case["expected"]["ex"], abs=5e-4)


def test_singage_by_the_other_indices(examples: dict[str, dict[str, Any]]) -> None:
    """Reference figures of the same males: Whipple of 0 alone 2.601614, of 5 alone 1.79, Bachi 28.93849, Noumbissi of 0–3 and 6–9."""
    case = examples["whipple_published_SINGAGE"]["inputs"]
    pop, age = case["pop"], case["age"]
    assert demography.whipple(pop, age, 25, 60, [0]) == pytest.approx(2.601614, abs=1e-6)
    assert demography.whipple(pop, age, 25, 60, [5]) == pytest.approx(1.786, abs=5e-4)
    assert demography.bachi(pop, age, 23, 77) == pytest.approx(28.93849, abs=1e-5)
    for digit, printed in {0: 2.32, 1: 0.55, 2: 0.73, 3: 0.76, 6: 0.66, 7: 1.08, 8: 0.57, 9: 0.59}.items():
        assert demography.noumbissi(pop, age, digit) == pytest.approx(printed, abs=0.005)


@pytest.mark.parametrize(("letter", "sex"), [("M", "male"), ("F", "female")])
def test_life_expectancies_of_wpp_2019(folder: Path, letter: str, sex: str) -> None:
    """China 1950–2020: the printed e0 from the printed rates, to their two decimals, by the UN's own conventions."""
    table = rows(folder, "wpp2019_china_5x5_inputs.csv")
    printed = {r["period"]: float(r["value"]) for r in table if r["variable"] == f"e0{letter}"}
    age = [0, 1, *range(5, 105, 5)]
    assert len(printed) == 14
    mx = [[float(r["value"]) for r in table if (r["variable"], r["period"]) == (f"mx{letter}", p)] for p in printed]
    found = demography.life_table(mx, age, sex, nax="coale_demeny_west_q0")
    assert found["ex"][:, 0] == pytest.approx(list(printed.values()), abs=0.0061)


def test_wpp_2024_accounts_close(folder: Path, examples: dict[str, dict[str, Any]]) -> None:
    most = examples["wpp2024_balancing_identity"]["max_abs_err_thousand"]
    years = [
        r for r in rows(folder, "wpp2024_china_annual_inputs_outcomes_to_2023.csv") if r["births"] and r["PopChange"]
    ]
    assert (years[0]["year"], years[-1]["year"], len(years)) == ("1950", "2023", 74)
    births, deaths, moves, change = (
        np.array([float(r[k]) for r in years]) for k in ("births", "deaths", "mig", "PopChange")
    )
    start = np.full(len(change), 500_000.0)
    off = demography.balancing_residual(start, start + change, births, deaths, moves)
    assert np.abs(off).max() <= most + 5e-4
    demography.check_balance(start, start + change, births, deaths, moves, tolerance=most + 5e-4)
    spoilt = births.copy()
    spoilt[30] += 1
    with pytest.raises(demography.DemographyError, match="第 31 组"):
        demography.check_balance(start, start + change, spoilt, deaths, moves, tolerance=most + 5e-4)


def test_census_2010_shows_no_heaping(folder: Path) -> None:
    """Whipple of China 2010: 98.9 male, 98.8 female (demography.md §3)."""
    single = rows(folder, "cn_census_2010_single_age_sex.csv")
    age = [int(r["age"].rstrip("+")) for r in single]
    for sex, printed in (("M", 98.9), ("F", 98.8)):
        pop = [float(r[sex]) for r in single]
        assert 100 * demography.whipple(pop, age) == pytest.approx(printed, abs=0.05)
        assert demography.myers(pop, age) < 3


@pytest.mark.parametrize(("area", "score"), [("全国", 29.4), ("上海", 31.7)])
def test_census_2020_accuracy_scores(folder: Path, area: str, score: float) -> None:
    """No verdict: the waves are real. 29.4 and 31.7 (demography.md §3)."""
    groups = [
        r for r in rows(folder, "cn_census_2010_2020_province_age_sex.csv") if (r["year"], r["area"]) == ("2020", area)
    ]
    men, women = ([float(r[k]) for r in groups] for k in ("M", "F"))
    found = demography.un_age_sex_accuracy(men, women, [0, 1, *range(5, 105, 5)])
    assert found["accuracy"] == pytest.approx(score, abs=0.05)
    assert set(found) == {"age_ratio_m", "age_ratio_f", "sex_ratio", "accuracy"}
    if area == "全国":
        assert sum(men) + sum(women) == pytest.approx(1_409_778_724)


def test_cohorts_between_the_censuses(folder: Path) -> None:
    """2010 to 2020, China: cohorts of 10–49 then agree within 9 % (those of 15–19 least), the score of §3 apart."""
    census = rows(folder, "cn_census_2010_2020_province_age_sex.csv")
    fives = {}
    for year in ("2010", "2020"):
        women = [float(r["F"]) for r in census if (r["year"], r["area"]) == (year, "全国")]
        fives[year], _ = demography.five_year_groups(women, [0, 1, *range(5, 105, 5)])
    mx = [r for r in rows(folder, "wpp2024_china_mx_5x5_1950_2100.csv") if r["period"] in ("2010-2015", "2015-2020")]
    age = sorted({int(r["age"].rstrip("+")) for r in mx})
    rate = [np.mean([float(r["mxF"]) for r in mx if int(r["age"].rstrip("+")) == a]) for a in age]
    ratios = demography.survivorship_ratios(demography.life_table(rate, age, "female"), 5)
    found = demography.cohort_residuals(fives["2010"], fives["2020"], ratios[: len(fives["2010"])], steps=2)
    assert np.abs(found["percent"][4:12]).max() < 9


def test_census_graduated_to_single_years(folder: Path) -> None:
    """The 2010 groups split again: within 7 % of the counted single years on average from 10 to 79."""
    single = rows(folder, "cn_census_2010_single_age_sex.csv")
    counted = np.array([float(r["M"]) for r in single])
    for method in ("sprague", "beers_ordinary", "monotone"):
        split = demography.graduate(counted, range(101), method)
        assert split[:100].reshape(20, 5).sum(1) == pytest.approx(counted[:100].reshape(20, 5).sum(1))
        assert np.abs(split[10:80] / counted[10:80] - 1).mean() < 0.07


def test_fertility_of_the_2020_census(folder: Path) -> None:
    """Births by order add up, and so do the rates by order."""
    table = [
        r
        for r in rows(folder, "cn_census_births_by_mother_age_education_parity.csv")
        if r["type"] == "不分城乡" and r["year"].startswith("2019.11.1") and r["education"] == "不区分"
    ]
    ages = {int(r["age"]): r for r in table if r["age"].isdigit()}
    orders = np.array(
        [[float(r[k]) for _, r in sorted(ages.items())] for k in ("一孩小计", "二孩小计", "三孩及以上小计")]
    )
    everyone = np.array([float(r["合计"]) for _, r in sorted(ages.items())])
    found = demography.total_fertility_by_order(orders, np.full(len(everyone), 1e6), all_births=everyone)
    assert float(found["tfr"]) == pytest.approx(everyone.sum() / 1e6)
