"""renjia link --learn — the model is learned, written, and used again; what is no model is refused in Chinese."""

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from renjia.engine.linkage import HAND_SET, model_from_json, model_to_json
from renjia.engine.synthetic import make_district, write_district
from renjia.engine.units import Month
from renjia.front.commands.link import link
from renjia.front.reconciling import link_folder
from renjia.records.intake import Refusal


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("files")
    write_district(make_district(2400, [Month(2025, 1), Month(2025, 2)], seed=3), place)
    return place


def command(*said: str) -> tuple[int, str]:
    app = typer.Typer()
    app.command()(link)
    result = CliRunner().invoke(app, list(said))
    return result.exit_code, result.output


def test_learned_once_and_used_again(folder: Path, tmp_path: Path) -> None:
    first = link_folder(folder, tmp_path / "one", learned=True)
    model = model_from_json((tmp_path / "one/模型.json").read_text(encoding="utf-8"))
    assert first.model == model.version and model.version.startswith("学得")
    assert any("学得" in note for note in first.notes)
    again = link_folder(folder, tmp_path / "two", model=model)
    assert again.model == first.model and not (tmp_path / "two/模型.json").exists()
    assert (tmp_path / "one/个案.csv").read_bytes() == (tmp_path / "two/个案.csv").read_bytes()


def test_without_learning_the_hand_set_model(folder: Path, tmp_path: Path) -> None:
    assert link_folder(folder, tmp_path / "out").model == HAND_SET.version
    assert not (tmp_path / "out/模型.json").exists()


def test_the_command_takes_a_model(folder: Path, tmp_path: Path) -> None:
    held = tmp_path / "模型.json"
    held.write_text(model_to_json(HAND_SET), encoding="utf-8")
    code, said = command(str(folder), "--out", str(tmp_path / "out"), "--model", str(held), "--json")
    assert code == 0 and json.loads(said[said.index("{") :])["model"] == HAND_SET.version


@pytest.mark.parametrize(
    "text, told", [("{}", "不是判定模型文件"), (model_to_json(HAND_SET).replace("mother_id", "x"), "比较项")]
)
def test_a_bad_model_is_refused_before_anything(folder: Path, tmp_path: Path, text: str, told: str) -> None:
    held = tmp_path / "模型.json"
    held.write_text(text, encoding="utf-8")
    code, said = command(str(folder), "--out", str(tmp_path / "out"), "--model", str(held))
    assert code == 2 and told in said and not (tmp_path / "out").exists()


def test_learning_and_a_model_at_once_are_refused(folder: Path, tmp_path: Path) -> None:
    code, said = command(str(folder), "--out", str(tmp_path / "out"), "--model", str(tmp_path / "x.json"), "--learn")
    assert code == 2 and "不能同时用" in said


def test_a_missing_model_is_refused(folder: Path, tmp_path: Path) -> None:
    code, said = command(str(folder), "--out", str(tmp_path / "out"), "--model", str(tmp_path / "x.json"))
    assert code == 2 and "读不了" in said and not (tmp_path / "out").exists()


def test_nothing_is_written_for_an_empty_folder(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    with pytest.raises(Refusal):
        link_folder(tmp_path / "in", tmp_path / "out", learned=True)
    assert not (tmp_path / "out").exists()
