"""renjia project — what a person sees: files and a summary, a refusal with code 2, a stop that can be taken up."""

from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from renjia.front.commands import PURE
from renjia.front.commands import project as command

app = typer.Typer()
app.command()(command.project)


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    """两个年龄段都很小的一个街道 — the smallest spec that runs."""
    ages = range(101)
    (tmp_path / "人口.csv").write_text(
        "年龄,男,女\n" + "".join(f"{a},{120 - a},{121 - a}\n" for a in ages), encoding="utf-8"
    )
    (tmp_path / "死亡率.csv").write_text(
        "年龄,男,女\n" + "".join(f"{a},{0.0005 + 0.003 * a / 100},{0.0004 + 0.003 * a / 100}\n" for a in ages),
        encoding="utf-8",
    )
    (tmp_path / "生育率.csv").write_text(
        "年龄,生育率\n" + "".join(f"{a},0.04\n" for a in range(20, 40)), encoding="utf-8"
    )
    (tmp_path / "净迁移.csv").write_text("年份,净迁移\n" + "".join(f"{y},5\n" for y in (2025, 2026)), encoding="utf-8")
    path = tmp_path / "spec.yaml"
    path.write_text(
        "名称: 一个街道\n起: 2024\n止: 2026\n人口: {文件: 人口.csv}\n生育: {文件: 生育率.csv}\n死亡: {文件: 死亡率.csv}\n"
        "迁移: {文件: 净迁移.csv, 模式: rogers_castro}\n出生性别比: 1.06\n",
        encoding="utf-8",
    )
    return path


def test_it_is_pure_and_writes_its_files(spec: Path, tmp_path: Path) -> None:
    assert "project" in PURE
    out = tmp_path / "out"
    result = CliRunner().invoke(app, [str(spec), "--out", str(out)])
    assert result.exit_code == 0, result.output
    assert "写好" in result.output
    assert (out / "population.csv").exists()
    assert "# 一个街道" in (out / "摘要.md").read_text(encoding="utf-8")
    again = CliRunner().invoke(app, [str(spec), "--out", str(out)])
    assert again.exit_code == 0
    assert "没有重算" in again.output


def test_a_fault_is_code_two_with_place_and_remedy_and_nothing_written(spec: Path, tmp_path: Path) -> None:
    spec.write_text(spec.read_text(encoding="utf-8").replace("起: 2024", "起: 去年"), encoding="utf-8")
    result = CliRunner().invoke(app, [str(spec), "--out", str(tmp_path / "out")])
    assert result.exit_code == 2
    said = result.output.replace("\n", "")
    assert "spec.yaml 第 2 行" in said
    assert "请填数字" in said
    assert not (tmp_path / "out").exists()


def test_ctrl_c_leaves_what_can_be_taken_up(spec: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "run_spec", stop)
    result = CliRunner().invoke(app, [str(spec), "--out", str(tmp_path / "out")])
    assert result.exit_code == 130
    assert "接着算" in result.output
