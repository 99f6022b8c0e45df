"""命令 — everything a person does in bulk, as `renjia …`; each command is one file here.

Commands over plain files need no database and never start one.
"""

import os
import sys
from collections.abc import Iterable
from importlib import import_module

import django
from typer import Typer

from renjia.front.commands.speech import SpokenCommand, application

PURE = ("judge", "leave", "link", "synth", "score", "project")
STORED = ("cycle", "demo", "serve", "check", "code", "account", "docs", "months")


def _wanted() -> str:
    return next((word for word in sys.argv[1:] if not word.startswith("-")), "")


def made(names: Iterable[str]) -> Typer:
    """这些命令的应用 — ready to be called."""
    app = application("人家：出生监测与家庭发展。每个命令加 --help 看用法。")
    app.callback()(lambda: None)  # a group even with one command
    for name in names:
        command = getattr(import_module(f"renjia.front.commands.{name}"), name)
        app.command(name, cls=SpokenCommand, hidden=name == "months")(command)
    return app


def main() -> None:
    """命令行 — `renjia --help` lists all."""
    if _wanted() in ("demo", "months", "code"):
        os.environ.setdefault("RENJIA_HOME", "var/demo")
    names = PURE
    if _wanted() not in PURE:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "renjia.front.settings")
        django.setup()
        names = PURE + STORED
    asked = _wanted()
    made((asked,) if asked in names else names)()  # only what is asked is imported: the engines are heavy
