"""世界人口展望 — the projections of the shared inputs; read only, never copied.

The four totals of WPP 2019 and of WPP 2024 typed here are headline figures of the published medium variants (UN DESA), used only to
compare. The back-test and the births of 1990–2023 are held against estimates in the input files themselves.
"""

import csv
import os
from pathlib import Path

import numpy as np
import pytest

from renjia.engine.demography.projection.backtest import back_test, migration_sensitivity
from renjia.engine.demography.projection.cohort import project
from renjia.engine.demography.projection.draws import Uncertainty
from renjia.engine.demography.projection.graduated import in_single_years
from renjia.engine.demography.projection.summary import stream_quantiles
from renjia.engine.demography.projection.wpp import project_wpp2019, wpp2019_estimates, wpp2019_inputs
from renjia.engine.demography.projection.wpp2024 import project_wpp2024, run_wpp2024
from renjia.engine.demography.specs.run import run_spec

pytestmark = pytest.mark.shared
SPECS = Path(__file__).resolve().parents[3] / "docs" / "demography" / "specs"
WPP_2019 = {2025: 1_457_908.249, 2030: 1_464_340.150, 2050: 1_402_405.170, 2100: 1_064_993.449}
WPP_2024_MID_YEAR = {2024: 1_419_321, 2050: 1_260_289, 2100: 633_368}


@pytest.fixture(scope="module")
def folder() -> Path:
    found = Path(os.environ.get("SHARED", "")) / "data" / "demography"
    if not os.environ.get("SHARED") or not found.is_dir():
        pytest.skip("没有 SHARED=../shared 的样例数据")
    return found


@pytest.fixture(scope="module")
def file(folder: Path) -> Path:
    return folder / "wpp2019_china_5x5_inputs.csv"


def totals(table) -> dict[int, float]:
    found: dict[int, float] = {}
    for year, people in zip(table["year"].to_pylist(), table["population"].to_pylist(), strict=True):
        found[year] = found.get(year, 0.0) + people
    return found


def test_wpp2019_totals_within_six_hundredths_of_a_per_cent(file: Path) -> None:
    found = totals(project_wpp2019(file))
    assert len(found) == 17
    for year, published in WPP_2019.items():
        assert found[year] == pytest.approx(published, rel=6e-4)


def test_wpp2019_method_reproduces_twenty_years_of_estimates(file: Path) -> None:
    tested = back_test(wpp2019_inputs(file, 2000, 2020), wpp2019_estimates(file, 2020)[None])
    assert abs(tested.total_error[0]) < 0.01
    assert tested.wmape[0] < 0.1
    assert np.abs(tested.by_age[0, :19]).max() < 0.35
    gross = back_test(
        wpp2019_inputs(file, 2000, 2020, migration_parameters={"c": 0.003}), wpp2019_estimates(file, 2020)[None]
    )
    assert gross.wmape[0] > 1.5 * tested.wmape[0]  # the level at old ages belongs to gross rates, not to net moves
    assert abs(gross.by_age[0, -1]) > 20


def test_changing_any_input_file_cell_moves_the_answer(file: Path, tmp_path: Path) -> None:
    text = file.read_text(encoding="utf-8")
    usual = totals(project_wpp2019(file))[2100]
    lines = text.splitlines()
    for start in ("popF,20-24,2020", "mxM,70,2085-2090", "percentASFR,25-29,2040-2045", "tfrprojMed,,2030-2035",
                  "sexRatio,,2020-2025", "migration,,2025-2030"):  # fmt: skip
        at = next(i for i, line in enumerate(lines) if line.startswith(start))
        head, value = lines[at].rsplit(",", 1)
        factor = 1.0005 if start.startswith("percentASFR") else 1.05
        changed = tmp_path / "changed.csv"
        changed.write_text(
            "\n".join([*lines[:at], f"{head},{float(value) * factor}", *lines[at + 1 :]]), encoding="utf-8"
        )
        assert abs(totals(project_wpp2019(changed))[2100] / usual - 1) > 1e-7


def test_wpp2019_sensitivity_to_the_migration_pattern(file: Path) -> None:
    found = migration_sensitivity(wpp2019_inputs(file))
    assert found["不迁移"][1] == pytest.approx(3.5, abs=0.2)
    assert 0.1 < found["Rogers–Castro，晚 5 岁"][1] < 2.0


def test_wpp2019_by_single_years_and_with_draws(file: Path) -> None:
    inputs = wpp2019_inputs(file)
    single = in_single_years(inputs)
    assert project(single).totals[0, ::5] == pytest.approx(project(inputs).totals[0], rel=4e-3)
    found = stream_quantiles(single, Uncertainty(), 100, 1)
    at = found.measures.index("population")
    assert found.values[0, -1, at, 0] < project(single).totals[0, -1] < found.values[0, -1, at, -1]


def test_wpp2024_from_births_deaths_and_moves(folder: Path) -> None:
    run = run_wpp2024(folder)
    assert run.closing_error() < 1e-9
    years = run.years
    for year, published in WPP_2024_MID_YEAR.items():
        at = years.index(year)
        assert run.totals[0, at - 1 : at + 1].mean() == pytest.approx(published, rel=0.0030 if year < 2100 else 0.0015)
    assert totals(project_wpp2024(folder))[2100] == pytest.approx(run.totals[0, -1])


def test_the_specs_write_what_the_functions_give(folder: Path, file: Path, tmp_path: Path) -> None:
    run_spec(SPECS / "wpp2019.yaml", tmp_path / "out")
    with (tmp_path / "out" / "population.csv").open(encoding="utf-8-sig", newline="") as source:
        written = [(int(r["year"]), r["sex"], int(r["age"]), float(r["population"])) for r in csv.DictReader(source)]
    table = project_wpp2019(file).to_pydict()
    assert written == list(zip(table["year"], table["sex"], table["age"], table["population"], strict=True))
    run_spec(SPECS / "wpp2024.yaml", tmp_path / "out2024")
    assert "2100" in (tmp_path / "out2024" / "摘要.md").read_text(encoding="utf-8")
