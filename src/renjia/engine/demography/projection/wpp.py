"""世界人口展望的输入 — reads the WPP 2019 five-year inputs for China and projects them with the general functions.

No outcome of any projection is read: base population of the start year, death rates, age pattern and level of fertility, sex
ratio at birth, and total net migration. The age pattern of migration is Rogers–Castro, the same for both sexes.
"""

import csv
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa

from renjia.engine.demography.checks import Floats
from renjia.engine.demography.errors import DemographyError
from renjia.engine.demography.projection.cohort import Projection, project
from renjia.engine.demography.projection.inputs import SEXES, ProjectionInputs, age_starts, mortality_starts
from renjia.engine.demography.projection.migration import net_by_age, rogers_castro_shares

AGES_5 = 21
_FERTILE = slice(3, 10)  # 15–19 … 45–49 of the five-year groups


def read_rows(path: Path | str) -> list[dict[str, str]]:
    """读 CSV — rows as text; DemographyError when the file cannot be opened or has no rows."""
    file = Path(path)
    try:
        with file.open(encoding="utf-8-sig", newline="") as source:
            rows = list(csv.DictReader(source))
    except OSError as wrong:
        raise DemographyError("文件打不开", file.name, "请查路径；共用数据请设环境变量 SHARED") from wrong
    except UnicodeDecodeError as wrong:
        raise DemographyError("不是 UTF-8 文字", file.name, "请另存为 UTF-8 编码的 CSV") from wrong
    if not rows:
        raise DemographyError("没有数据行", file.name, "第一行是列名，下面每行一条")
    return rows


def number(text: str | None, where: str) -> float:
    """读一个数 — finite, or DemographyError saying where."""
    try:
        value = float((text or "").strip().replace(",", ""))
    except ValueError:
        raise DemographyError(f"「{text or ''}」不是数", where, "请填数字；确实没有的填 0") from None
    if not np.isfinite(value):
        raise DemographyError(f"「{text}」不是有限的数", where, "请补上这个数")
    return value


def _long(path: Path | str) -> dict[tuple[str, str], dict[str, float]]:
    """(variable, period) → {age: value}; a cell named twice is refused."""
    found: dict[tuple[str, str], dict[str, float]] = {}
    name = Path(path).name
    for line, row in enumerate(read_rows(path), start=2):
        if not {"variable", "age", "period", "value"} <= set(row):
            raise DemographyError("缺列", name, "应有 variable、age、period、value 四列")
        cell = found.setdefault((row["variable"], row["period"]), {})
        if row["age"] in cell:
            raise DemographyError("同一格出现两次", f"{name} 第 {line} 行", "请只留一行")
        cell[row["age"]] = number(row["value"], f"{name} 第 {line} 行")
    return found


def wpp2019_inputs(
    path: Path | str, start: int = 2020, end: int = 2100, *, migration_parameters: Mapping[str, float] | None = None
) -> ProjectionInputs:
    """WPP 2019 中国五岁组输入 — from the long file (variable, age, period, value), thousands of persons.

    Years `start` to `end`, multiples of five within 1950–2100; fertility up to 2020 from `tfr`, after from `tfrprojMed`.
    migration_parameters: changes to the Rogers–Castro ones. Raises DemographyError naming the missing variable and period.
    """
    if start % 5 or end % 5 or not 1950 <= start < end <= 2100:
        raise DemographyError(f"{start}–{end}", "起止年", "请用 1950 至 2100 之间、能被 5 整除的年份")
    table = _long(path)
    ages = age_starts(5, AGES_5)
    groups = [f"{a}-{a + 4}" for a in ages[:-1]] + ["100+"]
    death_ages = [str(a) for a in mortality_starts(5, AGES_5 + 1)]

    def values(variable: str, period: str, keys: list[str]) -> list[float]:
        cell = table.get((variable, period), {})
        for key in keys:
            if key not in cell:
                raise DemographyError(f"缺 {variable} {period} {key}".rstrip(), Path(path).name, "请补上这一行")
        return [cell[key] for key in keys]

    periods = [f"{y}-{y + 5}" for y in range(start, end, 5)]
    base = np.array([[values(f"pop{s}", str(start), groups) for s in "MF"]])
    mx = np.array([[[values(f"mx{s}", p, death_ages) for s in "MF"] for p in periods]])
    asfr = np.zeros((1, len(periods), AGES_5))
    for t, period in enumerate(periods):
        share = np.array(values("percentASFR", period, groups[_FERTILE]))
        if abs(share.sum() - 100.0) > 1.0:
            raise DemographyError(f"加总 {share.sum():.3f}，应为 100", f"percentASFR {period}", "请核对各年龄组的份额")
        level = values("tfr" if int(period[:4]) < 2020 else "tfrprojMed", period, [""])[0]
        asfr[0, t, _FERTILE] = level * share / share.sum() / 5.0
    srb = np.array([[values("sexRatio", p, [""])[0] for p in periods]])
    total = np.array([[values("migration", p, [""])[0] for p in periods]])
    shares = rogers_castro_shares(5, AGES_5, **dict(migration_parameters or {}))
    return ProjectionInputs(
        start, ("中国",), base, mx, asfr, srb, net_by_age(total, shares),
        width=5, infant_rule="coale_demeny_west_m0", pattern="Rogers–Castro，男女各半", unit="千人",
    )  # fmt: skip


def population_table(projection: Projection) -> pa.Table:
    """人口表 — one row per place, year, sex, age: columns place, year, sex, age (lower bound), population."""
    years, ages, places = projection.years, projection.ages, projection.inputs.places
    shape = projection.population.shape
    grid = np.indices(shape)
    return pa.table(
        {
            "place": pa.array(np.array(places)[grid[0].ravel()]),
            "year": pa.array(np.array(years)[grid[1].ravel()]),
            "sex": pa.array(np.array(SEXES)[grid[2].ravel()]),
            "age": pa.array(ages[grid[3].ravel()]),
            "population": pa.array(projection.population.ravel()),
        }
    )


def project_wpp2019(path: Path | str, start: int = 2020, end: int = 2100) -> pa.Table:
    """推算 WPP 2019 中国 — table of place, year, sex, age, population (thousands) from `wpp2019_inputs`, base year first."""
    return population_table(project(wpp2019_inputs(path, start, end)))


def wpp2019_estimates(path: Path | str, year: int) -> Floats:
    """WPP 2019 中国的估计人口 — (2, 21) thousands of an estimated year up to 2020: what a back-test is held against."""
    table = _long(path)
    pair = [table.get((f"pop{s}", str(year))) for s in "MF"]
    if any(p is None for p in pair):
        raise DemographyError(f"没有 {year} 年的人口", Path(path).name, "请用 1950 至 2020 之间能被 5 整除的年份")
    return np.array([list((p or {}).values()) for p in pair])
