"""命令 — everything a person does in bulk, as `renjia …`; each command is one file here.

Commands over plain files need no database and never start one.
"""

import ast
import os
import sys
from collections.abc import Callable, Iterable
from importlib import import_module
from pathlib import Path

import django
from typer import Typer

from renjia.front.commands.speech import SpokenCommand, application

PURE = ("judge", "leave", "link", "synth", "score", "project")
STORED = ("cycle", "demo", "serve", "check", "code", "account", "docs", "months")


def _wanted() -> str:
    return next((word for word in sys.argv[1:] if not word.startswith("-")), "")


def _loaded(name: str) -> Callable[..., None]:
    command: Callable[..., None] = getattr(import_module(f"renjia.front.commands.{name}"), name)
    return command


def _outlined(name: str) -> Callable[..., None]:
    """What a list of commands says of this one, read from its file without loading what it works with."""
    tree = ast.parse((Path(__file__).parent / f"{name}.py").read_text(encoding="utf-8"))
    found = next(one for one in tree.body if isinstance(one, ast.FunctionDef) and one.name == name)

    def outline() -> None: ...

    outline.__doc__ = ast.get_docstring(found)
    return outline


def made(names: Iterable[str], command: Callable[[str], Callable[..., None]] = _loaded) -> Typer:
    """这些命令的应用 — ready to be called."""
    app = application("人家：出生监测与家庭发展。每个命令加 --help 看用法。")
    app.callback()(lambda: None)  # a group even with one command
    for name in names:
        app.command(name, cls=SpokenCommand, hidden=name == "months")(command(name))
    return app


def listed() -> Typer:
    """命令一览 — all commands as `--help` lists them, none of them loaded: the engines are heavy."""
    return made(PURE + STORED, _outlined)


def main() -> None:
    """命令行 — `renjia --help` lists all."""
    asked = _wanted()
    if asked in ("demo", "months", "code"):
        os.environ.setdefault("RENJIA_HOME", "var/demo")
    if asked in STORED:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "renjia.front.settings")
        django.setup()
    app = made([asked]) if asked in PURE + STORED else listed()  # only what is asked is loaded
    app()
