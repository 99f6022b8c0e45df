"""`renjia synth` writes a district, refuses to write over anything, and says so in Chinese."""

import pytest
import typer
from typer.testing import CliRunner

from renjia.front.commands.synth import synth

app = typer.Typer()
app.command()(synth)


def run(*words):
    return CliRunner().invoke(app, [str(word) for word in words])


def test_writes_the_months_asked_for(tmp_path):
    done = run("--births", 200, "--seed", 4, "--out", tmp_path / "区", "--start", "2024-12", "--months", 2)
    assert done.exit_code == 0
    assert "2024-12 至 2025-01" in done.stdout
    assert sorted(path.name for path in (tmp_path / "区").iterdir() if path.is_dir()) == ["2024-12", "2025-01"]


def test_a_folder_with_something_in_it_is_left_alone(tmp_path):
    (tmp_path / "别人的.txt").write_text("留着", encoding="utf-8")
    refused = run("--births", 10, "--out", tmp_path)
    assert refused.exit_code == 2
    assert "不是空的" in refused.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["别人的.txt"]


@pytest.mark.parametrize("start", ["2025-13", "三月"])
def test_a_month_that_is_none_is_refused_before_anything_is_written(tmp_path, start):
    refused = run("--start", start, "--out", tmp_path / "x")
    assert refused.exit_code == 2
    assert "月" in refused.stderr
    assert not (tmp_path / "x").exists()


def test_the_large_tables(tmp_path):
    result = run("--tables", "--births", "200", "--start", "2024-01", "--out", str(tmp_path / "t"))
    assert result.exit_code == 0 and "2024 年，200 名出生" in result.output
    assert {path.stem for path in (tmp_path / "t").iterdir()} == {
        "registration", "hospital_delivery", "vaccination", "birth_certificate", "truth"
    }  # fmt: skip
