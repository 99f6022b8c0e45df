"""房规 — the house rules that a reviewer would otherwise have to repeat."""

import ast
import re
import subprocess
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

import renjia

SRC = Path(renjia.__file__).parent
ROOT = SRC.parents[1]
BANNED_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "extras", "core"}
OWN_APPS = [a for a in apps.get_app_configs() if a.name.startswith("renjia.")]
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def tracked(*suffixes: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.splitlines()  # fmt: skip
    return [ROOT / name for name in listed if name.endswith(suffixes) and (ROOT / name).is_file()]


def python_files() -> list[Path]:
    return [p for p in tracked(".py") if "migrations" not in p.parts]


def test_no_file_over_400_lines() -> None:
    long = {
        str(p.relative_to(ROOT)): n
        for p in tracked(".py", ".html", ".js", ".sql", ".css")
        if "migrations" not in p.parts and (n := len(p.read_text().splitlines())) > 400
    }
    assert not long, f"过长的文件，请分成两室：{long}"


def test_no_room_that_holds_anything() -> None:
    bad = [str(p.relative_to(ROOT)) for p in tracked(".py") if BANNED_NAMES & {p.stem, *p.relative_to(ROOT).parts}]
    assert not bad


def test_definitions_hold_no_python() -> None:
    assert not list((SRC / "definitions").rglob("*.py"))


def test_no_unfinished_work_and_no_silenced_test() -> None:
    marks = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X)\b|raise NotImplemented" + r"Error|mark\.(skip|xfail)\b")
    bad = [
        f"{p.relative_to(ROOT)}:{i}"
        for p in tracked(".py", ".html", ".js", ".yaml", ".css")
        for i, line in enumerate(p.read_text().splitlines(), 1)
        if marks.search(line)
    ]
    assert not bad


def test_no_path_of_one_machine() -> None:
    path = re.compile(r"(?:^|[\s\"'=(`])/(work|farm|root|home)/[a-z]")
    bad = [
        f"{p.relative_to(ROOT)}:{i}"
        for p in tracked(".py", ".html", ".md", ".yaml", ".toml", ".js", ".css", "Makefile", "run")
        for i, line in enumerate(p.read_text().splitlines(), 1)
        if path.search(line) and p.name != "test_house.py"
    ]
    assert not bad


def test_no_signal_receivers() -> None:
    bad = [
        str(p)
        for p in python_files()
        if p.is_relative_to(SRC) and re.search(r"@receiver|\.connect\(.*sender=", p.read_text())
    ]
    assert not bad


def test_setting_of_scope_is_local_to_the_transaction() -> None:
    """A session-wide set_config leaks through the pool to the next person's request."""
    bad = [
        str(p)
        for p in python_files()
        if p.is_relative_to(SRC) and re.search(r"set_config\([^)]*,\s*false", p.read_text())
    ]
    assert not bad


@pytest.mark.parametrize("config", OWN_APPS, ids=lambda a: a.label)
def test_every_field_has_a_chinese_name(config) -> None:
    bare = [
        f"{m.__name__}.{f.name}"
        for m in config.get_models()
        for f in m._meta.get_fields()
        if isinstance(f, models.Field)
        and f.name not in ("id", "password", "last_login")
        and not CHINESE.search(str(f.verbose_name))
    ]
    assert not bare


@pytest.mark.parametrize("config", OWN_APPS, ids=lambda a: a.label)
def test_every_constraint_on_input_speaks_chinese(config) -> None:
    mute = [
        c.name
        for m in config.get_models()
        for c in m._meta.constraints
        if isinstance(c, models.CheckConstraint) and not CHINESE.search(str(c.violation_error_message))
    ]
    assert not mute


def test_every_room_says_what_it_is() -> None:
    rooms = [
        p
        for floor in ("engine", "records", "measure", "work")
        for p in (SRC / floor).iterdir()
        if (p / "__init__.py").exists()
    ]
    assert rooms
    assert not [str(p.relative_to(ROOT)) for p in rooms if not (p / "README.md").exists()]


def test_modules_do_not_reach_inside_other_rooms_of_the_engine() -> None:
    """A room of the engine shows its public names in __init__; others import only those."""
    bad = []
    for path in python_files():
        if not path.is_relative_to(SRC):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("renjia.engine."):
                parts = node.module.split(".")
                inside = path.is_relative_to(SRC / "engine" / parts[2])
                if len(parts) > 3 and not inside:
                    bad.append(f"{path.relative_to(ROOT)}: {node.module}")
    assert not bad


def test_every_page_has_a_title() -> None:
    bad = [
        str(p.relative_to(ROOT))
        for p in tracked(".html")
        if re.search(r"{%\s*extends", text := p.read_text()) and not re.search(r"{%\s*block title", text)
    ]
    assert not bad
