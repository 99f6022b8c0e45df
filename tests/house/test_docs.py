"""文档是真的 — every link leads somewhere, every command, option, make target and module that is named exists."""

import inspect
import re
import subprocess
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from urllib.parse import unquote

import pytest
import typer

from renjia.front.commands import PURE, STORED

ROOT = Path(__file__).resolve().parents[2]
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")
CODE = re.compile(r"```.*?```|`[^`\n]+`", re.S)
RENJIA = re.compile(r"(?:^|[`/])renjia[ \t]+([a-z]+)\b([^\n`|&]*)", re.M)
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]*")
MAKE = re.compile(r"(?:^|[\s`])make[ \t]+([a-z][a-z0-9-]*)", re.M)
MODULE = re.compile(r"\brenjia\.(?:engine|records|measure|work|front)(?:\.\w+)*")

PATH = re.compile(
    r"(?<![\w/.-])(?:src|tests|bench|docs)/[\w./-]+\.(?:py|md|html|css)\b", re.ASCII
)  # what is ours, not what is to be made


def pages() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.splitlines()  # fmt: skip
    return [ROOT / name for name in listed if (ROOT / name).is_file()]


PAGES = {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in pages()}
TARGETS = set(re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))


def code_of(text: str) -> str:
    """What stands as code, without its comments."""
    return re.sub(r"(?<=\s)#.*", "", "\n".join(CODE.findall(text)))


def options_of(command: str) -> set[str]:
    """What `renjia <command> --help` lists, from the command's own parameters."""
    app = typer.Typer()
    app.command()(getattr(import_module(f"renjia.front.commands.{command}"), command))
    made = typer.main.get_command(app)
    return {one for parameter in made.params for one in (*parameter.opts, *parameter.secondary_opts)} | {"--help"}


def resolves(name: str) -> bool:
    """A module, or something a module holds."""
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        try:
            found: object = import_module(".".join(parts[:length]))
        except ModuleNotFoundError:
            continue
        for word in parts[length:]:
            if not hasattr(found, word):
                return False
            found = getattr(found, word)
        return True
    return False


def wrong_links(page: str, text: str) -> Iterator[str]:
    for target in LINK.findall(text):
        if not (ROOT / page).parent.joinpath(unquote(target)).exists():
            yield f"{page}：链接 {target} 没有指到文件"


def wrong_commands(page: str, text: str) -> Iterator[str]:
    for command, rest in RENJIA.findall(code_of(text)):
        if command not in PURE + STORED:
            yield f"{page}：没有命令 renjia {command}"
        else:
            for option in sorted(set(OPTION.findall(rest)) - options_of(command)):
                yield f"{page}：renjia {command} 没有 {option}"
    for target in MAKE.findall(code_of(text)):
        if target not in TARGETS:
            yield f"{page}：没有 make {target}"


def wrong_modules(page: str, text: str) -> Iterator[str]:
    for name in MODULE.findall(code_of(text)):
        if not resolves(name):
            yield f"{page}：没有 {name}"


def wrong_paths(page: str, text: str) -> Iterator[str]:
    for path in PATH.findall(code_of(text)):
        if not (ROOT / path).exists():
            yield f"{page}：没有文件 {path}"


@pytest.mark.parametrize(
    "looked", [wrong_links, wrong_commands, wrong_modules, wrong_paths], ids=lambda one: one.__name__
)
def test_what_the_pages_name_exists(looked) -> None:
    assert not [fault for page, text in PAGES.items() for fault in looked(page, text)]


@pytest.mark.parametrize(
    ("looked", "text"),
    [
        (wrong_links, "见[这里](没有这页.md)"),
        (wrong_commands, "`renjia lnk 文件夹`"),
        (wrong_commands, "```sh\n.venv/bin/renjia link 文件夹 --output 结果\n```"),
        (wrong_commands, "先 `make docks`"),
        (wrong_modules, "`renjia.engine.linkage.big_linking.link_big(记录)`"),
        (wrong_paths, "照 `src/renjia/engine/linkage/store_files.py` 写"),
    ],
)
def test_a_planted_fault_is_seen(looked, text: str) -> None:
    assert list(looked("README.md", text))


def test_commands_are_functions_of_their_file() -> None:
    assert all(inspect.isfunction(getattr(import_module(f"renjia.front.commands.{one}"), one)) for one in PURE + STORED)
