"""WPP 2024 中国，单岁 — no base by age is given: cohorts are rebuilt from births, deaths and moves, then projected to 2100.

Read: yearly births 1950–2023 (estimates), TFR, e0 by sex, sex ratio at birth and net migration; death rates and age pattern of
fertility in five-year form; net migrants by single age 2023–2100; the 2020 census for ages 71 and over. Nothing else: no
population of the World Population Prospects, no births or deaths after 2023.
"""

from pathlib import Path

import numpy as np
import pyarrow as pa

from renjia.engine.demography.checks import Floats
from renjia.engine.demography.errors import DemographyError
from renjia.engine.demography.projection.cohort import Projection, advance, project, ratios_of
from renjia.engine.demography.projection.graduated import calibrated, single_counts, single_fertility, single_rates
from renjia.engine.demography.projection.inputs import SEXES, InfantRule, ProjectionInputs
from renjia.engine.demography.projection.wpp import number, population_table, read_rows

FILES = {
    "annual": "wpp2024_china_annual_inputs_outcomes_to_2023.csv",
    "mx": "wpp2024_china_mx_5x5_1950_2100.csv",
    "pasfr": "wpp2024_china_pasfr_5x5_1950_2100.csv",
    "moves": "wpp2024_china_migration_age1_2023_2100.csv",
    "census": "cn_census_2010_2020_province_age_sex.csv",
}
FIRST, BASE, LAST = 1950, 2023, 2100
CENSUS = 2020
CENSUS_TO_YEAR_END = 61.0 / 366.0  # 1 November to 31 December 2020
_RULE: InfantRule = "andreev_kingkade"
_AGES = 101
_THOUSAND = 1000.0


def _annual(folder: Path) -> dict[str, Floats]:
    """Columns by year 1950–2100; births only where estimated."""
    rows = read_rows(folder / FILES["annual"])
    found: dict[str, Floats] = {}
    for name in ("srb", "tfr", "e0M", "e0F", "mig"):
        found[name] = np.array([number(r.get(name), f"{FILES['annual']} {r['year']} 年 {name}") for r in rows])
    known = [r for r in rows if int(r["year"]) <= BASE]
    found["births"] = np.array([number(r["births"], f"{FILES['annual']} {r['year']} 年 births") for r in known])
    years = [int(r["year"]) for r in rows]
    if years != list(range(FIRST, LAST + 1)):
        raise DemographyError("年份不连续", FILES["annual"], f"应是 {FIRST} 至 {LAST}，每年一行")
    return found


def _by_year(values: Floats, centres: Floats) -> Floats:
    """Linear in time between the middles of five-year periods (first axis), flat beyond: one row per year."""
    years = np.arange(FIRST, LAST + 1) + 0.5
    flat = values.reshape(len(centres), -1)
    columns = [np.interp(years, centres, flat[:, i]) for i in range(flat.shape[1])]
    return np.asarray(np.stack(columns, axis=1).reshape(len(years), *values.shape[1:]), dtype=np.float64)


def _mortality(folder: Path, annual: dict[str, Floats]) -> Floats:
    """(years, 2, 101): five-year rates graduated by age and time, calibrated to each year's e0."""
    rows = read_rows(folder / FILES["mx"])
    ages = sorted({int(r["age"].rstrip("+")) for r in rows})
    centres = sorted({float(r["year"]) for r in rows})
    grid = np.full((len(centres), 2, len(ages)), np.nan)
    for line, r in enumerate(rows, start=2):
        for s, column in enumerate(("mxM", "mxF")):
            at = (centres.index(float(r["year"])), s, ages.index(int(r["age"].rstrip("+"))))
            grid[at] = number(r[column], f"{FILES['mx']} 第 {line} 行")
    if np.isnan(grid).any():
        raise DemographyError("缺行", FILES["mx"], "每个时期应有 22 个年龄")
    singles = np.exp(_by_year(np.log(single_rates(grid, np.array(ages))), np.array(centres)))
    pair = [calibrated(singles[:, s], annual[f"e0{'MF'[s]}"], SEXES[s], _RULE) for s in range(2)]
    return np.stack(pair, axis=1)


def _fertility(folder: Path, annual: dict[str, Floats]) -> Floats:
    """(years, 101): the age pattern graduated and interpolated in time, times the TFR."""
    rows = read_rows(folder / FILES["pasfr"])
    centres = sorted({float(r["year"]) for r in rows})
    grid = np.zeros((len(centres), 21))
    for line, r in enumerate(rows, start=2):
        share = number(r["pasfr"], f"{FILES['pasfr']} 第 {line} 行")
        grid[centres.index(float(r["year"])), int(r["age"].split("-")[0]) // 5] = share
    shares = _by_year(single_fertility(grid / 5.0), np.array(centres))
    return np.asarray(annual["tfr"][:, None] * shares / shares.sum(axis=1, keepdims=True), dtype=np.float64)


def _moves(folder: Path, annual: dict[str, Floats]) -> Floats:
    """(years, 2, 101): as given from 2023; before, the yearly total in the age pattern of 2023."""
    rows = read_rows(folder / FILES["moves"])
    found = np.zeros((LAST - FIRST + 1, 2, _AGES))
    for line, r in enumerate(rows, start=2):
        for s, column in enumerate(("migM", "migF")):
            value = number(r[column], f"{FILES['moves']} 第 {line} 行")
            found[int(r["year"]) - FIRST, s, int(r["age"].rstrip("+"))] = value
    known = BASE - FIRST
    shares = found[known] / found[known].sum()
    found[:known] = annual["mig"][:known, None, None] * shares
    return found


def _census(folder: Path) -> Floats:
    """(2, 101) thousands: 全国 2020 by single age, graduated from the groups of the printed table."""
    rows = [r for r in read_rows(folder / FILES["census"]) if r["year"] == str(CENSUS) and r["area"] == "全国"]
    if len(rows) != 22:
        raise DemographyError(f"有 {len(rows)} 个年龄组", f"{FILES['census']} {CENSUS} 年 全国", "应有 22 组")
    counts = np.array([[number(r[c], f"{FILES['census']} {r['age_group']}") for r in rows] for c in ("M", "F")])
    age = np.array([0, 1, *range(5, _AGES, 5)])
    return single_counts(counts / _THOUSAND, age)


def rebuilt_base(
    births: Floats, boys_per_girl: Floats, ratios: Floats, moves: Floats, census: Floats, census_step: int
) -> Floats:
    """由出生重建人口 — cohorts born in every step, lived on and moved, joined at the census by those born before.

    births, boys_per_girl (S,); ratios, moves (S, 2, A) per step; census (2, A) on `CENSUS_TO_YEAR_END` before the end of step
    `census_step`: its ages above the oldest rebuilt cohort are aged to the end of the step. Result (2, A) after the last step.
    """
    people = np.zeros((1, 2, ratios.shape[-1]))
    for t in range(births.size):
        people = advance(
            people, ratios[None, t], moves[None, t], boys_per_girl[None, t], births=births[None, t]
        ).people  # fmt: skip
        if t == census_step:
            part = CENSUS_TO_YEAR_END
            kept = ratios[t] ** part
            older = census * (1.0 - part) * kept
            older[:, 1:] += census[:, :-1] * part * kept[:, 1:]
            older[:, -1] += census[:, -1] * part * kept[:, -1]
            people[0, :, census_step + 1 :] = older[:, census_step + 1 :]
    return np.asarray(people[0], dtype=np.float64)


def wpp2024_inputs(folder: Path | str) -> ProjectionInputs:
    """WPP 2024 中国单岁输入 — base rebuilt at the end of 2023, projected to the end of 2100, thousands of persons.

    folder: where the files of `FILES` lie. Raises DemographyError with file, line and remedy.
    """
    root = Path(folder)
    annual = _annual(root)
    mx, asfr, moves = _mortality(root, annual), _fertility(root, annual), _moves(root, annual)
    known = BASE - FIRST + 1
    ratios = ratios_of(mx[:known], 1, _RULE)
    base = rebuilt_base(
        annual["births"], annual["srb"][:known], ratios, moves[:known], _census(root), CENSUS - FIRST
    )  # fmt: skip
    return ProjectionInputs(
        BASE, ("中国",), base[None], mx[None, known:], asfr[None, known:], annual["srb"][None, known:],
        moves[None, known:], infant_rule=_RULE, pattern="WPP 2024 单岁净迁移", unit="千人",
    )  # fmt: skip


def run_wpp2024(folder: Path | str) -> Projection:
    """推算 WPP 2024 — the whole result, every flow."""
    return project(wpp2024_inputs(folder))


def project_wpp2024(folder: Path | str) -> pa.Table:
    """推算 WPP 2024 中国 — table of place, year (31 December), sex, age 0 … 100+, population (thousands)."""
    return population_table(run_wpp2024(folder))
