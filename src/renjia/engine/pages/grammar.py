"""页面文法 — what each kind of page may say in its body.

A kind is a `Grammar`; its body is made of five shapes: `Words`, `Many`, `Named`, `Fields`, `Anything`.
Adding a kind is one `register(Grammar(...))`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from renjia.engine.pages.errors import PageError
from renjia.engine.pages.nodes import Keys, Lines, Plain

HEAD = ("name", "cites", "since", "until", "standards", "cases")


@dataclass(frozen=True, slots=True)
class Words:
    """文字 — one piece of text; `one_of` closes the list, `pattern` is a full-match regex explained by `meaning`."""

    one_of: tuple[str, ...] = ()
    pattern: str = ""
    meaning: str = ""
    empty: bool = False


@dataclass(frozen=True, slots=True)
class Many:
    """一列 — a list of one shape; a single value standing for a list of one is refused."""

    of: "Shape"


@dataclass(frozen=True, slots=True)
class Named:
    """一组 — any keys (each matching `keys` when given), values of one shape."""

    of: "Shape"
    keys: str = ""


@dataclass(frozen=True, slots=True)
class Fields:
    """一栏 — exactly these keys."""

    required: Mapping[str, "Shape"] = field(default_factory=dict)
    optional: Mapping[str, "Shape"] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Anything:
    """不限 — whatever is written; the room that reads the kind checks it."""


Shape: TypeAlias = Words | Many | Named | Fields | Anything


@dataclass(frozen=True, slots=True)
class Grammar:
    """一种页面的文法 — kind word, folder, body keys.

    kind: the head's key (`feed`); folder: under the definitions root (`feeds`); required, optional: body keys;
    cited: the page must carry `cites`; dated: the page must carry `since`; ids: regex an id must match in full.
    """

    kind: str
    folder: str
    required: Mapping[str, Shape]
    optional: Mapping[str, Shape] = field(default_factory=dict)
    cited: bool = True
    dated: bool = True
    ids: str = r"[a-z][a-z0-9_]*"


_KINDS: dict[str, Grammar] = {}


def register(grammar: Grammar) -> Grammar:
    """登记一种页面 — make a kind known to the loader; registering the same grammar again changes nothing.

    Raises ValueError when the kind is known with another grammar or a body key collides with the head.
    """
    clash = {grammar.kind, *HEAD} & {*grammar.required, *grammar.optional}
    if clash:
        raise ValueError(f"正文的键与页头重名：{'、'.join(sorted(clash))}")
    if _KINDS.setdefault(grammar.kind, grammar) != grammar:
        raise ValueError(f"页面种类「{grammar.kind}」已有另一种文法")
    return grammar


def grammar_of(kind: str) -> Grammar:
    """取文法 — the grammar of a kind; PageError naming the known kinds when there is none."""
    if kind not in _KINDS:
        raise PageError(kind, 0, f"没有「{kind}」这种页面", f"已有的种类：{'、'.join(sorted(_KINDS))}")
    return _KINDS[kind]


def check_body(body: dict[str, Plain], grammar: Grammar, lines: Lines, path: Path) -> None:
    """对照文法 — raise PageError at the first key or value the kind does not allow."""
    _check(body, Fields(grammar.required, grammar.optional), (), lines, path)


def _check(value: Plain, shape: Shape, keys: Keys, lines: Lines, path: Path) -> None:
    line = lines.get(keys, 1)
    name = f"「{keys[-1]}」" if keys and isinstance(keys[-1], str) else "这一项" if keys else "整页"
    if isinstance(shape, Anything):
        return
    if isinstance(shape, Words):
        _check_words(value, shape, name, line, path)
    elif isinstance(shape, Many):
        if not isinstance(value, list):
            raise PageError(path, line, f"{name}应是一列", "写成 [甲, 乙]，只有一个也写 [甲]")
        for index, item in enumerate(value):
            _check(item, shape.of, (*keys, index), lines, path)
    elif not isinstance(value, dict):
        raise PageError(path, line, f"{name}应是“键: 值”", "每行写一个键，冒号后空一格写值")
    elif isinstance(shape, Named):
        for key, item in value.items():
            if shape.keys and not re.fullmatch(shape.keys, key):
                raise PageError(path, lines[(*keys, key)], f"键「{key}」写法不对", f"应合于 {shape.keys}")
            _check(item, shape.of, (*keys, key), lines, path)
    else:
        _check_fields(value, shape, name, keys, lines, path)


def _check_words(value: Plain, shape: Words, name: str, line: int, path: Path) -> None:
    if not isinstance(value, str):
        raise PageError(path, line, f"{name}应是一段文字", "不要写成列表或多级")
    if not value and not shape.empty:
        raise PageError(path, line, f"{name}没有写值", "写上值，或删去这一行")
    if shape.one_of and value not in shape.one_of:
        raise PageError(path, line, f"{name}的值「{value}」不在可选之内", f"可选：{'、'.join(shape.one_of)}")
    if shape.pattern and value and not re.fullmatch(shape.pattern, value):
        raise PageError(path, line, f"{name}的值「{value}」写法不对", shape.meaning or f"应合于 {shape.pattern}")


def _check_fields(value: dict[str, Plain], shape: Fields, name: str, keys: Keys, lines: Lines, path: Path) -> None:
    known = {**shape.required, **shape.optional}
    for key, item in value.items():
        if key not in known:
            allowed = "、".join(known) or "（无）"
            raise PageError(path, lines[(*keys, key)], f"不认识的键「{key}」", f"这里可写：{allowed}")
        _check(item, known[key], (*keys, key), lines, path)
    for key in shape.required:
        if key not in value:
            raise PageError(path, lines.get(keys, 1), f"{name}缺「{key}」", "补上这一行")
