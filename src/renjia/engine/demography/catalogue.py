"""函数总表 — the page that lists every public function of this room, made from its signatures and docstrings."""

import inspect
from collections.abc import Callable
from importlib import import_module

from renjia.engine import demography

_HEAD = """# 人口学函数总表

`renjia.engine.demography` 的每一个公开函数：名字、参数（括号里是默认值）、说明。公式、数组形状、单位、口径和出处写在各函数的说明里，
`help(renjia.engine.demography.whipple)` 可看全文。年龄一律在最后一维，用各组下限表示，最后一组开放；率以每人每年计，不取整。
坏数据（负数、缺值、年龄无序、缺性别、分母为零、率大于 1、合计不符）以 `DemographyError` 拒绝，说明是什么、在哪里、怎么办。

本页由 `catalogue.functions_page()` 生成，请改函数，不要改这里。
"""


def _arguments(function: Callable[..., object]) -> str:
    shown = []
    for p in inspect.signature(function).parameters.values():
        default = "" if p.default is p.empty else f"（{p.default!r}）"
        shown.append(f"`{p.name}`{default}")
    return "、".join(shown) or "无"


def _first_line(thing: object) -> str:
    return (inspect.getdoc(thing) or "").split("\n\n")[0].split("\n")[0]


def _public() -> dict[str, Callable[..., object]]:
    """Every public function and class of the room, by name; constants have no line of their own."""
    found = {name: getattr(demography, name) for name in dir(demography) if not name.startswith("_")}
    return {
        name: thing
        for name, thing in found.items()
        if (inspect.isfunction(thing) or inspect.isclass(thing)) and thing.__module__.startswith(demography.__name__)
    }


def functions_page() -> str:
    """函数总表的正文 — Markdown: a section per file, a line per public function or class; then every docstring in full."""
    by_module: dict[str, list[str]] = {}
    for name, thing in sorted(_public().items()):
        arguments = _arguments(thing) if inspect.isfunction(thing) else "（类）"
        said = _first_line(thing).replace("|", "\\|")
        by_module.setdefault(thing.__module__, []).append(f"| `{name}` | {arguments} | {said} |")
    text = _HEAD
    for module in sorted(by_module):
        title = _first_line(import_module(module))
        text += f"\n## {module.removeprefix(demography.__name__ + '.')}\n\n{title}\n\n| 函数 | 参数 | 说明 |\n|---|---|---|\n"
        text += "\n".join(sorted(by_module[module])) + "\n"
    return text + _details()


def _details() -> str:
    """Every docstring in full, by name."""
    text = "\n# 各函数的说明\n"
    for name, thing in sorted(_public().items()):
        text += f"\n## {name}\n\n```text\n{inspect.getdoc(thing) or ''}\n```\n"
    return text
