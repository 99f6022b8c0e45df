"""推算的表 — plain CSV tables with Chinese or English headers, one row per cell, to whole arrays."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from renjia.engine.demography.checks import SEXES as SEX_WORDS
from renjia.engine.demography.checks import Floats
from renjia.engine.demography.errors import DemographyError
from renjia.engine.demography.projection.inputs import SEXES
from renjia.engine.demography.projection.wpp import number, read_rows

HEADERS: Mapping[str, tuple[str, ...]] = {
    "place": ("place", "area", "地区", "街道", "街镇", "地名"),
    "year": ("year", "年份", "年", "年度"),
    "sex": ("sex", "性别"),
    "age": ("age", "age_group", "年龄", "年龄组"),
    "value": (
        "value", "值", "迁移率", "population", "人口", "人数", "rate", "率", "asfr", "生育率", "mx", "死亡率", "net", "net_migration",
        "净迁移", "净迁入", "tfr", "总和生育率", "events", "出生数",
    ),
    "origin": ("origin", "迁出地"),
    "destination": ("destination", "迁入地"),
    "births": ("births", "出生", "出生人数"),
    "expected_births": ("expected_births", "期望出生"),
    "deaths": ("deaths", "死亡", "死亡人数"),
    "expected_deaths": ("expected_deaths", "期望死亡"),
}  # fmt: skip
TOTAL_WORDS = ("合计", "总计", "total", "all")
MALE_WORDS, FEMALE_WORDS = ("M", "male", "男", "男性"), ("F", "female", "女", "女性")


@dataclass(frozen=True, slots=True)
class Row:
    """一行 — its keys (absent columns None), its value, and where it stands."""

    place: str | None
    year: int | None
    sex: str | None
    age: int | None
    value: float
    where: str
    origin: str | None = None
    destination: str | None = None


def column(names: Sequence[str], wanted: str) -> str | None:
    """找列 — the header in the file that means `wanted`."""
    stripped = {name.strip().lower(): name for name in names if name}
    return next((stripped[s.lower()] for s in HEADERS[wanted] if s.lower() in stripped), None)


def _leading(text: str, where: str, what: str = "年龄") -> int:
    """ "0-4", "5—9岁", "100+", "85岁及以上", "2020-2025" → the whole number it begins with."""
    digits = ""
    for letter in text.strip():
        if not letter.isdigit():
            break
        digits += letter
    if not digits:
        raise DemographyError(f"「{text}」不是{what}", where, "请以整数开头，例如 0、100+、0-4，或 2020")
    return int(digits)


def read_cells(path: Path, *, counts: bool = False) -> list[Row]:
    """读一张表 — columns place?, year?, sex?, age?, and a value; or place?, year?, age? with a male and a female column.

    Rows of both sexes, or of all ages (合计), are not cells; with `counts` they must agree with the cells they sum.
    """
    rows = read_rows(path)
    names = [name for name in rows[0] if name is not None]
    at = {key: column(names, key) for key in ("place", "year", "sex", "age", "value", "origin", "destination")}
    stripped = {name.strip(): name for name in names}
    male = next((stripped[w] for w in MALE_WORDS if w in stripped), None)
    female = next((stripped[w] for w in FEMALE_WORDS if w in stripped), None)
    if at["value"] is None and not (male and female):
        missing = "女" if male else "男" if female else ""
        what = f"只有一个性别，缺{missing}" if missing else "没有数值列"
        raise DemographyError(what, path.name, "数值列可叫 人口、率、净迁移 或 value；或男、女各一列")
    found: list[Row] = []
    sums: list[Row] = []
    for line, row in enumerate(rows, start=2):
        where = f"{path.name} 第 {line} 行"
        if None in row or any(row[n] is None for n in names):
            raise DemographyError("列数与表头不符", where, "请查多出或缺少的逗号")

        def cell(key: str, row: dict[str, str] = row) -> str | None:
            name = at[key]
            return row[name].strip() if name is not None else None

        year = cell("year")
        age = cell("age")
        keys = (
            cell("place"),
            None if year is None else _leading(year, where, "年份"),
        )
        all_ages = age is not None and age.lower() in TOTAL_WORDS
        lower = None if age is None or all_ages else _leading(age, where)
        ends = (cell("origin"), cell("destination"))
        if male and female:
            for sex, name in zip(SEXES, (male, female), strict=True):
                (sums if all_ages else found).append(
                    Row(*keys, sex, lower, number(row[name], f"{where} {name}"), where, *ends)
                )
            continue
        word = cell("sex")
        sex_name: str | None = None
        if word is not None:
            sex_name = SEX_WORDS.get(word.lower())
            if sex_name is None:
                raise DemographyError(f"不认识的性别「{word}」", where, "请写 男 或 女")
        value = at["value"]
        assert value is not None
        whole = all_ages or sex_name == "both"
        sex_name = None if sex_name == "both" else sex_name
        (sums if whole else found).append(
            Row(*keys, sex_name, lower, number(row[value], f"{where} {value}"), where, *ends)
        )
    if not found:
        raise DemographyError("没有分性别的行", path.name, "请给出男、女各行")
    if counts:
        _closing(found, sums)
    return found


def _closing(cells: Sequence[Row], sums: Sequence[Row]) -> None:
    """Every 合计 row against the cells it sums; DemographyError at the first that does not close."""
    added: dict[tuple[object, ...], float] = {}
    for cell in cells:
        for sex in (cell.sex, None):
            for age in (cell.age, None):
                key = (cell.place, cell.year, sex, age)
                added[key] = added.get(key, 0.0) + cell.value / (1 + (cell.sex is None)) / (1 + (cell.age is None))
    for row in sums:
        parts = added.get((row.place, row.year, row.sex, row.age))
        if parts is not None and abs(parts - row.value) > 1e-6 * max(1.0, abs(row.value)):
            raise DemographyError(
                f"合计 {row.value:g}，各项加起来是 {parts:g}", row.where, "请核对各项与合计，改正后再算"
            )


def grid(
    rows: Sequence[Row],
    name: str,
    places: Sequence[str],
    years: Sequence[int],
    ages: Sequence[int] | None,
    *,
    sexes: bool,
    blank: float | None = None,
) -> Floats:
    """成数组 — (P, T[, 2][, A]); a table without places, or years, serves them all; every cell exactly once.

    ages None: no age axis. blank: value of age cells not in the table; None refuses them. Rows of other places, years
    are refused; ages must ascend within the file.
    """
    shape = (len(places), len(years), *((2,) if sexes else ()), *((len(ages),) if ages is not None else ()))
    found = np.full(shape, np.nan)
    seen = np.zeros(shape, dtype=bool)
    place_at = {p: i for i, p in enumerate(places)}
    year_at = {y: i for i, y in enumerate(years)}
    age_at = {a: i for i, a in enumerate(ages or ())}
    before: dict[tuple[object, ...], int] = {}
    for row in rows:
        if row.place is not None and row.place not in place_at:
            raise DemographyError(f"没有地区「{row.place}」", row.where, "地名须与人口表的一致")
        if row.year is not None and row.year not in year_at:
            continue  # other years may stand in the same table
        index: list[int | slice] = [
            slice(None) if row.place is None else place_at[row.place],
            slice(None) if row.year is None else year_at[row.year],
        ]
        if sexes:
            if row.sex is None:
                raise DemographyError("没有性别列", row.where, f"{name}须分男女，请加“性别”一列")
            index.append(SEXES.index(row.sex))
        if ages is not None:
            if row.age is None:
                raise DemographyError("没有年龄列", row.where, f"{name}须分年龄，请加“年龄”一列")
            if row.age not in age_at:
                raise DemographyError(
                    f"年龄 {row.age} 不在各组之中", row.where, f"各组下限是 {list(ages)[:4]}…{list(ages)[-1]}"
                )
            key = (row.place, row.year, row.sex)
            if row.age < before.get(key, -1):
                raise DemographyError(f"年龄没有从小到大（{before[key]} 之后是 {row.age}）", row.where, "请按年龄排序")
            before[key] = row.age
            index.append(age_at[row.age])
        at = tuple(index)
        if seen[at].any():
            raise DemographyError("同一格出现两次", row.where, "请只留一行")
        seen[at] = True
        found[at] = row.value
    missing = np.isnan(found)
    if missing.any():
        if blank is None:
            first = np.argwhere(missing)[0]
            words = [places[first[0]], f"{years[first[1]]} 年"]
            if sexes:
                words.append("男女"[first[2]])
            if ages is not None:
                words.append(f"{ages[first[-1]]} 岁")
            raise DemographyError(f"缺 {'、'.join(words)}", name, "请补上这一行；男女、各岁、各年都要有")
        found[missing] = blank
    return found


def places_of(rows: Sequence[Row]) -> tuple[str, ...]:
    """各地 — in the order they first appear; one unnamed place is 全区."""
    names = tuple(dict.fromkeys(row.place for row in rows if row.place is not None))
    return names or ("全区",)
