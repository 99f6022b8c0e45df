"""由说明书到输入 — the tables a spec names become `ProjectionInputs`, checked; nothing is assumed that is not written."""

from dataclasses import replace
from typing import Any

import numpy as np

from renjia.engine.demography.checks import Floats
from renjia.engine.demography.errors import DemographyError
from renjia.engine.demography.projection.draws import Uncertainty
from renjia.engine.demography.projection.inputs import SEXES, ProjectionInputs, age_starts, mortality_starts
from renjia.engine.demography.projection.migration import check_moves, net_by_age, rogers_castro_shares
from renjia.engine.demography.projection.scenarios import scenario, with_migration_factor, with_total_fertility
from renjia.engine.demography.projection.shrinkage import Levels, shrink_rates
from renjia.engine.demography.projection.wpp import number, read_rows, wpp2019_estimates, wpp2019_inputs
from renjia.engine.demography.projection.wpp2024 import wpp2024_inputs
from renjia.engine.demography.specs.spec import Spec
from renjia.engine.demography.specs.tables import Row, column, grid, places_of, read_cells

_INFANT = {
    "coale_demeny_west_m0": "coale_demeny_west_m0", "coale_demeny": "coale_demeny_west_m0",
    "andreev_kingkade": "andreev_kingkade",
}  # fmt: skip
_PATTERNS = {
    "rogers_castro": "Rogers–Castro",
    "given": "给定",
    "给定": "给定",
    "as_population": "按人口分布",
    "按人口分布": "按人口分布",
}
_ROGERS = ("a1", "alpha1", "a2", "alpha2", "mu2", "lambda2", "c")


def span(spec: Spec) -> tuple[int, int]:
    """起止年 — those of the spec; 2020–2100 for WPP 2019, 2023–2100 for WPP 2024 when not written."""
    layout = spec.text("layout", default="tables")
    usual = {"wpp2019": (2020, 2100), "wpp2024": (2023, 2100)}.get(layout, (None, None))
    start = spec.whole("from", default=usual[0], low=1900, high=2200)
    end = spec.whole("to", default=usual[1], low=1900, high=2300)
    if end <= start:
        raise DemographyError(f"止于 {end} 年，不晚于起点 {start} 年", spec.where("to"), "请把止年写得晚一些")
    return start, end


def inputs_of(spec: Spec, start: int, end: int) -> ProjectionInputs:
    """输入 — of the years `start` to `end`, before any scenario."""
    layout = spec.text("layout", default="tables")
    if layout == "wpp2019":
        parameters = _parameters(spec)
        return wpp2019_inputs(spec.file("file"), start, end, migration_parameters=parameters)
    if layout == "wpp2024":
        if (start, end) != (2023, 2100):
            raise DemographyError(f"{start}–{end}", spec.where("from"), "这套输入固定从 2023 年末推到 2100 年末")
        return wpp2024_inputs(spec.file("folder"))
    return _from_tables(spec, start, end)


def _parameters(spec: Spec) -> dict[str, float]:
    return {key: spec.number("migration", key) for key in _ROGERS if spec.has("migration", key)}


def _from_tables(spec: Spec, start: int, end: int) -> ProjectionInputs:
    people = read_cells(spec.file("population", "file"), counts=True)
    places = spec.names("places") or places_of(people)
    people = [row for row in people if row.place is None or row.place in places]
    width, ages = _ages(spec, people)
    if (end - start) % width:
        raise DemographyError(f"{start}–{end}", spec.where("to"), f"年数应是 {width} 的倍数")
    years = list(range(start, end, 5)) if width == 5 else list(range(start + 1, end + 1))
    base = grid(people, "人口表", places, [start], ages, sexes=True)[:, 0]
    death_ages = [int(a) for a in mortality_starts(width, len(ages) + (width == 5))]
    mx = grid(read_cells(spec.file("mortality", "file")), "死亡率表", places, years, death_ages, sexes=True)
    asfr = grid(read_cells(spec.file("fertility", "file")), "生育率表", places, years, ages, sexes=False, blank=0.0)
    if not spec.has("migration"):
        raise DemographyError(
            "没有写迁移", spec.where(), "请写 migration；确实没有迁移的，给一张全为 0 的表，使结果注明“不迁移”"
        )
    moves, pattern = _moves(spec, places, years, ages, base)
    rule = spec.text("infant_rule", default="andreev_kingkade")
    if rule not in _INFANT:
        raise DemographyError(f"没有「{rule}」这种口径", spec.where("infant_rule"), "可选：" + "、".join(_INFANT))
    ratio = np.full((len(places), len(years)), spec.number("sex_ratio"))
    inputs = ProjectionInputs(
        start, places, base, mx, asfr, ratio, moves,
        width=width, infant_rule="andreev_kingkade" if rule == "andreev_kingkade" else "coale_demeny_west_m0",
        pattern=pattern, unit=spec.text("unit", default="人"),
    )  # fmt: skip
    return (
        with_total_fertility(inputs, _series(spec, "fertility", "tfr", inputs))
        if spec.has("fertility", "tfr")
        else inputs
    )


def _ages(spec: Spec, people: list[Row]) -> tuple[int, list[int]]:
    """Width and lower bounds of the base's ages."""
    found = sorted({row.age for row in people if row.age is not None})
    if len(found) < 3:
        raise DemographyError("年龄组太少", spec.where("population", "file"), "请给单岁或五岁组人口")
    width = spec.whole("width", default=found[1] - found[0], low=1, high=5)
    wanted = [int(a) for a in age_starts(width, len(found))]
    if found != wanted or width not in (1, 5):
        odd = next((a for a, b in zip(found, wanted, strict=True) if a != b), found[1])
        raise DemographyError(
            f"年龄组不齐（{odd} 岁处）", spec.where("population", "file"), "请用 0、1、2…，或 0、5、10…，最后一组开口"
        )
    return width, found


def _moves(spec: Spec, places: tuple[str, ...], years: list[int], ages: list[int], base: Floats) -> tuple[Floats, str]:
    """Net moves (P, T, 2, A) and the name of their age pattern."""
    rows = read_cells(spec.file("migration", "file"), counts=True)
    named = spec.text("migration", "pattern", default="given")
    if named not in _PATTERNS:
        raise DemographyError(
            f"没有「{named}」这种年龄模式", spec.where("migration", "pattern"), "可选：" + "、".join(_PATTERNS)
        )
    pattern = _PATTERNS[named]
    if pattern == "给定":
        return grid(rows, "迁移表", places, years, ages, sexes=True, blank=0.0), "给定"
    if any(row.age is not None for row in rows):
        raise DemographyError(
            "表里有年龄，又写了年龄模式", spec.where("migration", "pattern"), "请只用一种：pattern: given，或去掉年龄列"
        )
    total = grid(rows, "迁移表", places, years, None, sexes=False)
    if pattern == "按人口分布":
        people = base / base.sum(axis=(1, 2), keepdims=True)
        return total[:, :, None, None] * people[:, None], pattern
    width = ages[1] - ages[0]
    shares = rogers_castro_shares(width, len(ages), **_parameters(spec))
    half = spec.number("migration", "male_share", default=0.5)
    return net_by_age(total, shares, half), f"Rogers–Castro，男性 {half:g}"


def _series(spec: Spec, key: str, inner: str, inputs: ProjectionInputs) -> Floats:
    """A number for every step, or a table of year and value (and place)."""
    text = spec.text(key, inner)
    try:
        return np.full(inputs.steps, float(text))
    except ValueError:
        rows = read_cells(spec.file(key, inner))
    years = inputs.years[:-1] if inputs.width == 5 else inputs.years[1:]
    return grid(rows, "总和生育率表", inputs.places, years, None, sexes=False)


def scenarios_of(spec: Spec, inputs: ProjectionInputs) -> dict[str, ProjectionInputs]:
    """各方案 — a list of names, or a mapping name → tfr (number or table), migration factor; the medium one when not written."""
    written = spec.values.get("scenarios")
    if written is None:
        return {"medium": inputs}
    if isinstance(written, list):
        return {name: scenario(inputs, name) for name in spec.names("scenarios")}
    found: dict[str, ProjectionInputs] = {}
    for name, inside in spec.branch("scenarios").items():
        made = inputs
        if isinstance(inside, str):
            made = scenario(made, inside)
        elif isinstance(inside, dict):
            for key in inside:
                if key == "tfr":
                    made = with_total_fertility(made, _scenario_tfr(spec, name, made))
                elif key == "migration":
                    made = with_migration_factor(made, spec.number("scenarios", name, "migration"))
                else:
                    raise DemographyError(
                        f"方案里不认识「{key}」", spec.where("scenarios", name, key), "可用：tfr、migration"
                    )
        found[name] = made
    return found


def _scenario_tfr(spec: Spec, name: str, inputs: ProjectionInputs) -> Floats:
    text = spec.text("scenarios", name, "tfr")
    try:
        return np.full(inputs.steps, float(text))
    except ValueError:
        rows = read_cells(spec.file("scenarios", name, "tfr"))
    years = inputs.years[:-1] if inputs.width == 5 else inputs.years[1:]
    return grid(rows, f"方案 {name} 的总和生育率表", inputs.places, years, None, sexes=False)


def uncertainty_of(spec: Spec) -> Uncertainty:
    """不确定性 — the spreads written in the spec, the rest as `Uncertainty` has them."""
    written: dict[str, Any] = {key: spec.number("uncertainty", key) for key in spec.branch("uncertainty")}
    return replace(Uncertainty(), **written)


def shrunk(spec: Spec, inputs: ProjectionInputs) -> tuple[ProjectionInputs, dict[str, Levels]]:
    """收缩 — each place's births and deaths times its shrunk level; the levels found, by 出生 and 死亡."""
    if not spec.has("shrink"):
        return inputs, {}
    path = spec.file("shrink", "file")
    rows = read_rows(path)
    names = list(rows[0])
    found: dict[str, Levels] = {}
    keys = {key: column(names, key) for key in ("place", "births", "expected_births", "deaths", "expected_deaths")}
    if keys["place"] is None:
        raise DemographyError("没有地区列", path.name, "请加“地区”一列")
    by_place = {row[keys["place"]].strip(): (line, row) for line, row in enumerate(rows, start=2)}
    missing = [p for p in inputs.places if p not in by_place]
    if missing:
        raise DemographyError(f"缺 {'、'.join(missing[:3])}", path.name, "每个地区一行")
    for label, seen, due in (("出生", "births", "expected_births"), ("死亡", "deaths", "expected_deaths")):
        a, b = keys[seen], keys[due]
        if a is None or b is None:
            continue
        pairs = np.array(
            [
                [number(row[name], f"{path.name} 第 {line} 行 {name}") for name in (a, b)]
                for line, row in (by_place[p] for p in inputs.places)
            ]
        )
        found[label] = shrink_rates(pairs[:, 0], pairs[:, 1])
    if "出生" in found:
        inputs = inputs.with_(asfr=inputs.asfr * found["出生"].mean[:, None, None])
    if "死亡" in found:
        inputs = inputs.with_(mx=np.minimum(inputs.mx * found["死亡"].mean[:, None, None, None], 1.0))
    return inputs, found


def counted_at(spec: Spec, past: ProjectionInputs, year: int) -> Floats:
    """回测的实际人口 — (P, 2, A) of `year`, from the population table (or the estimates of WPP 2019)."""
    if spec.text("layout", default="tables") == "wpp2019":
        return wpp2019_estimates(spec.file("file"), year)[None]
    source = spec.file("backtest", "file") if spec.has("backtest", "file") else spec.file("population", "file")
    rows = [row for row in read_cells(source, counts=True) if row.place is None or row.place in past.places]
    ages = [int(a) for a in past.ages]
    return grid(rows, "实际人口表", past.places, [year], ages, sexes=True)[:, 0]


def exchange_rates(spec: Spec, inputs: ProjectionInputs) -> Floats | None:
    """地区间迁移率 — (O, D, 2, A) yearly rates from a table of origin, destination, rate, with or without sex and age.

    Pairs not in the table do not exchange anybody; a row without sex or age serves all. None when the spec names no table.
    """
    if not spec.has("moves"):
        return None
    at = {name: i for i, name in enumerate(inputs.places)}
    found = np.full((len(at), len(at), 2, inputs.ages.size), np.nan)
    for row in read_cells(spec.file("moves", "file")):
        if row.origin not in at or row.destination not in at:
            raise DemographyError(
                f"没有地区「{row.origin if row.origin not in at else row.destination}」", row.where,
                "表里要有迁出地、迁入地两列，地名须与人口表的一致",
            )  # fmt: skip
        if row.age is not None and row.age >= inputs.ages.size:
            raise DemographyError(f"年龄 {row.age} 超出", row.where, f"请用 0 至 {inputs.ages.size - 1} 的单岁")
        index = (
            at[row.origin], at[row.destination],
            slice(None) if row.sex is None else SEXES.index(row.sex), slice(None) if row.age is None else row.age,
        )  # fmt: skip
        if not np.isnan(found[index]).all():
            raise DemographyError("同一格出现两次", row.where, "请只留一行")
        found[index] = row.value
    return check_moves(np.nan_to_num(found, nan=0.0), len(at), inputs.ages.size)
