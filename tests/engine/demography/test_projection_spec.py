"""推算说明书 — read, refused with file and line, run, stopped and taken up, the same bytes again."""

import csv
import os
from pathlib import Path

import numpy as np
import pytest

from engine.demography.projection_cases import small_inputs
from renjia.engine.demography.errors import DemographyError
from renjia.engine.demography.projection.cohort import project
from renjia.engine.demography.specs.run import DONE, SUMMARY, WORKING, run_spec
from renjia.engine.demography.specs.spec import read_spec

EXAMPLES = Path(__file__).resolve().parents[3] / "docs" / "demography" / "specs"
SEX = {"male": "男", "female": "女"}


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def write(path: Path, header: str, lines: list[str]) -> None:
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """两个街道的四张表和说明书 — the example of the docs, smaller."""
    inputs = small_inputs(places=2, steps=5)
    run = project(inputs.with_(start=2019))
    ages = range(101)
    people = {2019: run.population[:, 0], 2024: run.population[:, 5]}
    write(
        tmp_path / "人口.csv", "地区,年份,性别,年龄,人口",
        [
            f"街道{p + 1},{year},{'男女'[s]},{a},{float(values[p, s, a])!r}"
            for year, values in people.items() for p in range(2) for s in range(2) for a in ages
        ],
    )  # fmt: skip
    write(tmp_path / "生育率.csv", "年龄,生育率", [f"{a},{float(inputs.asfr[0, 0, a])!r}" for a in range(15, 50)])
    write(
        tmp_path / "死亡率.csv", "年龄,男,女",
        [f"{a},{float(inputs.mx[0, 0, 0, a])!r},{float(inputs.mx[0, 0, 1, a])!r}" for a in ages],
    )  # fmt: skip
    write(tmp_path / "净迁移.csv", "地区,净迁移", ["街道1,12", "街道2,-3"])
    write(
        tmp_path / "五年事件.csv", "地区,出生,期望出生,死亡,期望死亡",
        ["街道1,80,90.5,40,44.1", "街道2,95,91.0,60,50.3", "街道3,1,2,3,4"],
    )  # fmt: skip
    text = (EXAMPLES / "district.yaml").read_text(encoding="utf-8")
    text = text.replace("止: 2044", "止: 2030").replace("抽样次数: 1000", "抽样次数: 250")
    text = "\n".join(line for line in text.splitlines() if not line.startswith("收缩"))  # two streets are too few
    (tmp_path / "spec.yaml").write_text(text, encoding="utf-8")
    return tmp_path


def edit(folder: Path, old: str, new: str, name: str = "spec.yaml") -> None:
    text = (folder / name).read_text(encoding="utf-8")
    assert old in text
    (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_example_runs_whole_and_its_parts_agree(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    told: list[str] = []
    done = run_spec(folder / "spec.yaml", out, lambda stage, done, total: told.append(stage))
    assert {p.name for p in out.iterdir()} == {*done.files, DONE}
    assert "抽样 中方案" in told
    cells = rows(out / "population.csv")
    totals = {(r["scenario"], r["place"], r["year"]): r for r in rows(out / "totals.csv")}
    for name in ("中方案", "不迁移"):
        parts = sum(float(r["population"]) for r in cells if r["scenario"] == name and r["year"] == "2030")
        assert parts == pytest.approx(float(totals[name, "合计", "2030"]["population"]), rel=1e-12)
    assert max(abs(float(r["not_closed"])) for r in totals.values() if r["not_closed"]) < 1e-6
    assert float(totals["不迁移", "街道1", "2030"]["net_migration"]) == 0.0
    assert float(totals["中方案", "街道1", "2030"]["net_migration"]) == pytest.approx(12.0)
    middle = next(
        r for r in rows(out / "intervals.csv")
        if (r["scenario"], r["place"], r["year"], r["measure"]) == ("中方案", "合计", "2030", "population")
    )  # fmt: skip
    assert float(middle["p2.5"]) < float(totals["中方案", "合计", "2030"]["population"]) < float(middle["p97.5"])
    page = (out / SUMMARY).read_text(encoding="utf-8")
    for part in ("回测：从 2019 年推到 2024 年", "迁移年龄模式的影响", "Rogers–Castro，男性 0.5", "整数人"):
        assert part in page


def test_stopped_runs_are_taken_up_and_end_in_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    edit(folder, "方案: [中方案, 高方案, 低方案, 不迁移]", "方案: [中方案]")
    whole, halved = tmp_path / "whole", tmp_path / "halved"
    run_spec(folder / "spec.yaml", whole, thread_count=1)

    def stop(stage: str, done: int, total: int) -> None:
        if stage.startswith("抽样") and done >= 200:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_spec(folder / "spec.yaml", halved, stop)
    assert [p.name for p in halved.iterdir()] == [WORKING]  # nothing half-written
    done = run_spec(folder / "spec.yaml", halved, thread_count=2)
    assert done.resumed == 2
    for name in done.files:
        assert (halved / name).read_bytes() == (whole / name).read_bytes()
    again = run_spec(folder / "spec.yaml", halved)
    assert again.already
    edit(folder, "种子: 1", "种子: 2")
    with pytest.raises(DemographyError, match="已有别的东西"):
        run_spec(folder / "spec.yaml", halved)


def test_a_changed_input_is_not_taken_up(folder: Path, tmp_path: Path) -> None:
    edit(folder, "方案: [中方案, 高方案, 低方案, 不迁移]", "方案: [中方案]")
    out = tmp_path / "out"

    def stop(stage: str, done: int, total: int) -> None:
        if stage.startswith("抽样") and done >= 100:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_spec(folder / "spec.yaml", out, stop)
    edit(folder, "街道1,12", "街道1,13", "净迁移.csv")
    assert run_spec(folder / "spec.yaml", out).resumed == 0


@pytest.mark.parametrize(
    ("name", "old", "new", "says"),
    [
        ("spec.yaml", "起: 2024", "起: 两千", "spec.yaml 第 4 行：「两千」不是数"),
        ("spec.yaml", "单位: 人", "单位: 人\n颜色: 红", "spec.yaml 第 7 行：不认识「颜色」"),
        ("spec.yaml", "方式: 整数", "方式: 大概", "没有「大概」这种方式"),
        ("spec.yaml", "抽样次数: 250", "抽样次数: 3", "至少 20 次"),
        ("spec.yaml", "人口.csv", "没有.csv", "spec.yaml 第 8 行：没有「没有.csv」"),
        ("spec.yaml", "止: 2030", "止: 2020", "不晚于起点"),
        ("spec.yaml", "低方案", "更低", "没有「更低」这个方案"),
        ("spec.yaml", "出生性别比: 1.06", "出生性别比: 106", "106 请写 1.06"),
        ("spec.yaml", "模式: rogers_castro", "模式: 随便", "没有「随便」这种年龄模式"),
        ("spec.yaml", "名称: 某区分街道推算", "名称: [某区", "不是正确的 YAML"),
        ("人口.csv", "街道1,2024,男,3,", "街道1,2024,男,3,-", "街道1 男 3 岁：人数为负"),
        ("人口.csv", "街道1,2024,男,3,", "街道1,2024,,3,", "不认识的性别「」"),
        ("人口.csv", "街道1,2024,男,4,", "街道1,2024,男,3,", "同一格出现两次"),
        ("人口.csv", "人口\n", "人口\n街道1,2024,男,合计,1\n", "人口.csv 第 2 行：合计 1，各项加起来是"),
        ("人口.csv", "人口\n", "人口\n街道2,2024,合计,5,1\n", "人口.csv 第 2 行：合计 1，各项加起来是"),
        ("人口.csv", "街道1,2024,男,3,", "街道1,2023,男,3,", "缺 街道1、2024 年、男、3 岁"),
        ("人口.csv", "街道1,2024,男,4,", "街道1,2024,男,2,", "年龄没有从小到大（3 之后是 2）"),
        ("死亡率.csv", "年龄,男,女", "年龄,男,备注", "只有一个性别，缺女"),
        ("死亡率.csv", "\n7,", "\n7,1", "不在 0 与 1 之间"),
        ("生育率.csv", "\n30,", "\n30,NaN", "生育率.csv 第 17 行"),
        ("净迁移.csv", "街道2,-3", "街道9,-3", "没有地区「街道9」"),
        ("净迁移.csv", "街道2,-3", "街道2", "列数与表头不符"),
    ],
)
def test_bad_specs_and_tables_are_refused_with_file_line_and_remedy(
    folder: Path, tmp_path: Path, name: str, old: str, new: str, says: str
) -> None:
    edit(folder, old, new, name)
    out = tmp_path / "out"
    with pytest.raises(DemographyError) as refused:
        run_spec(folder / "spec.yaml", out)
    assert says in str(refused.value)
    assert refused.value.remedy
    assert not out.exists()


def test_migration_has_no_silent_default(folder: Path, tmp_path: Path) -> None:
    edit(folder, "迁移: {文件: 净迁移.csv, 模式: rogers_castro}", "# 没有迁移")
    with pytest.raises(DemographyError, match="没有写迁移"):
        run_spec(folder / "spec.yaml", tmp_path / "out")


def test_given_scenarios_and_total_fertility(folder: Path, tmp_path: Path) -> None:
    edit(
        folder, "方案: [中方案, 高方案, 低方案, 不迁移]", "方案: {照旧: medium, 一孩: {tfr: 1.0}, 多迁: {migration: 2}}"
    )
    edit(folder, "抽样次数: 250", "抽样次数: 0")
    run_spec(folder / "spec.yaml", tmp_path / "out")
    totals = {(r["scenario"], r["place"], r["year"]): r for r in rows(tmp_path / "out" / "totals.csv")}
    assert float(totals["一孩", "街道1", "2028"]["tfr"]) == pytest.approx(1.0)
    assert float(totals["多迁", "街道2", "2028"]["net_migration"]) == pytest.approx(-6.0)
    assert not (tmp_path / "out" / "intervals.csv").exists()


def test_shrinkage_in_a_spec_moves_each_street_by_its_events(folder: Path, tmp_path: Path) -> None:
    write(folder / "净迁移.csv", "地区,净迁移", ["街道1,0", "街道2,0", "街道3,0"])
    people = (folder / "人口.csv").read_text(encoding="utf-8")
    third = [line.replace("街道2,", "街道3,") for line in people.splitlines() if line.startswith("街道2,")]
    (folder / "人口.csv").write_text(people + "\n".join(third) + "\n", encoding="utf-8")
    write(
        folder / "五年事件.csv", "地区,出生,期望出生,死亡,期望死亡",
        ["街道1,3000,2000,400,400", "街道2,2000,2000,400,400", "街道3,1000,2000,400,400"],
    )  # fmt: skip
    edit(folder, "抽样次数: 250", "抽样次数: 0\n收缩: {文件: 五年事件.csv}")
    run_spec(folder / "spec.yaml", tmp_path / "out")
    tfr = {
        r["place"]: float(r["tfr"])
        for r in rows(tmp_path / "out" / "totals.csv")
        if r["scenario"] == "中方案" and r["year"] == "2028" and r["tfr"]
    }
    assert tfr["街道1"] / tfr["街道2"] == pytest.approx(1.5, rel=0.02)
    assert "小地区收缩" in (tmp_path / "out" / SUMMARY).read_text(encoding="utf-8")


def test_examples_read_and_shared_data_are_asked_for(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for path in sorted(EXAMPLES.glob("*.yaml")):
        assert read_spec(path).has("name")
    monkeypatch.delenv("SHARED", raising=False)
    with pytest.raises(DemographyError, match="没有设环境变量 SHARED"):
        run_spec(EXAMPLES / "wpp2019.yaml", tmp_path / "out")
    assert os.listdir(tmp_path) == []


def test_population_table_is_the_base_given(folder: Path, tmp_path: Path) -> None:
    edit(folder, "抽样次数: 250", "抽样次数: 0")
    run_spec(folder / "spec.yaml", tmp_path / "out")
    given = {
        (r["地区"], r["性别"], r["年龄"]): float(r["人口"]) for r in rows(folder / "人口.csv") if r["年份"] == "2024"
    }
    found = {
        (r["place"], SEX[r["sex"]], r["age"]): float(r["population"])
        for r in rows(tmp_path / "out" / "population.csv")
        if r["scenario"] == "中方案" and r["year"] == "2024"
    }
    assert found == given
    assert np.isfinite(list(found.values())).all()


def test_moves_between_streets_add_to_nothing(folder: Path, tmp_path: Path) -> None:
    write(folder / "净迁移.csv", "地区,净迁移", ["街道1,0", "街道2,0"])
    write(folder / "互迁.csv", "迁出地,迁入地,迁移率", ["街道1,街道2,0.05"])
    edit(folder, "抽样次数: 250", "抽样次数: 0\n地区间迁移: {文件: 互迁.csv}")
    run_spec(folder / "spec.yaml", tmp_path / "out")
    totals = {(r["scenario"], r["place"], r["year"]): r for r in rows(tmp_path / "out" / "totals.csv")}
    left, come = (float(totals["中方案", p, "2026"]["net_migration"]) for p in ("街道1", "街道2"))
    assert left == pytest.approx(-come, rel=1e-12)
    assert left < -0.03 * float(totals["中方案", "街道1", "2025"]["population"])
    write(folder / "互迁.csv", "迁出地,迁入地,迁移率", ["街道1,街道1,0.05"])
    with pytest.raises(DemographyError, match="对角线"):
        run_spec(folder / "spec.yaml", tmp_path / "other")


@pytest.mark.slow
def test_moves_between_streets_are_in_the_intervals(folder: Path, tmp_path: Path) -> None:
    write(folder / "净迁移.csv", "地区,净迁移", ["街道1,0", "街道2,0"])
    write(folder / "互迁.csv", "迁出地,迁入地,迁移率", ["街道1,街道2,0.05"])
    edit(folder, "抽样次数: 250", "抽样次数: 40\n地区间迁移: {文件: 互迁.csv}")
    run_spec(folder / "spec.yaml", tmp_path / "out")
    totals = {(r["scenario"], r["place"], r["year"]): r for r in rows(tmp_path / "out" / "totals.csv")}
    middle = {
        r["place"]: float(r["p50"])
        for r in rows(tmp_path / "out" / "intervals.csv")
        if (r["scenario"], r["year"], r["measure"]) == ("中方案", "2026", "net_migration")
    }
    assert middle["街道1"] == pytest.approx(float(totals["中方案", "街道1", "2026"]["net_migration"]), rel=0.2)


def test_a_folder_with_anything_else_is_refused_and_left_alone(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "别人的.txt").write_text("留着", encoding="utf-8")
    with pytest.raises(DemographyError, match="已有别的东西"):
        run_spec(folder / "spec.yaml", out)
    assert [p.name for p in out.iterdir()] == ["别人的.txt"]
