"""页面原文 — YAML text to plain text values, with the line of every one of them."""

from pathlib import Path
from typing import TypeAlias

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from renjia.engine.pages.errors import PageError

Plain: TypeAlias = "str | list[Plain] | dict[str, Plain]"
Keys: TypeAlias = tuple[str | int, ...]
Lines: TypeAlias = dict[Keys, int]

MAX_BYTES = 1_000_000
MAX_DEPTH = 30
_PLAIN_TAGS = frozenset(
    f"tag:yaml.org,2002:{name}" for name in "str int float bool null timestamp merge value map seq".split()
)


def read_page(path: Path) -> tuple[dict[str, Plain], Lines]:
    """读一个定义文件 — the mapping in the file, every scalar as its text, and the line of every key.

    Lines are 1-based; `()` is the first line. Raises PageError for text that is not UTF-8, not YAML, not one mapping,
    or uses anchors, tags or a key twice: what cannot be seen at a glance does not belong on a page.
    """
    text = _text(path)
    loader = YAML(typ="safe", pure=True)
    try:
        node = loader.compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark is not None else 0
        raise PageError(
            path, line, f"不是正确的 YAML（{error.problem}）", "检查这一行的缩进、冒号后的空格和引号"
        ) from error
    except (YAMLError, ValueError) as error:
        raise PageError(path, 0, "有 YAML 不允许的字符", "用纯文本编辑器去掉不可见字符后另存为 UTF-8") from error
    except RecursionError as error:
        raise PageError(path, 0, "层次太深", f"最多 {MAX_DEPTH} 层") from error
    if node is None:
        raise PageError(path, 0, "文件是空的", "写上页头（种类、name、cites、since）和正文")
    if not isinstance(node, MappingNode):
        raise PageError(path, 1, "整页应是“键: 值”", "第一行写种类和编号，例如 feed: hospital_delivery")
    lines: Lines = {(): node.start_mark.line + 1}
    plain = _plain(node, (), lines, path)
    assert isinstance(plain, dict)
    return plain, lines


def _text(path: Path) -> str:
    """The file's text; refuses what is too big or not UTF-8."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise PageError(path, 0, "文件打不开", "检查文件是否还在、权限是否可读") from error
    if len(data) > MAX_BYTES:
        raise PageError(path, 0, f"文件超过 {MAX_BYTES // 1_000_000} MB", "一页只写一件事，数据放到 codelists")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise PageError(path, line, "不是 UTF-8 文字", "另存为 UTF-8 编码") from error


def _plain(node: Node, keys: Keys, lines: Lines, path: Path) -> Plain:
    """The node as text, list or dict; records the line of everything below it."""
    line = node.start_mark.line + 1
    if node.anchor is not None:
        raise PageError(path, line, f"用了锚点 &{node.anchor}", "直接写出内容，页面里不用 & 和 *")
    if len(keys) > MAX_DEPTH:
        raise PageError(path, line, "层次太深", f"最多 {MAX_DEPTH} 层")
    if node.tag is not None and str(node.tag) not in _PLAIN_TAGS:
        raise PageError(path, line, f"用了标签 {node.tag}", "去掉以 ! 开头的标签，值一律按文字读")
    if isinstance(node, ScalarNode):
        return str(node.value)
    if isinstance(node, SequenceNode):
        items: list[Plain] = []
        for index, item in enumerate(node.value):
            lines[(*keys, index)] = item.start_mark.line + 1
            items.append(_plain(item, (*keys, index), lines, path))
        return items
    found: dict[str, Plain] = {}
    for key_node, value in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, ScalarNode):
            raise PageError(path, line, "键不是文字", "键写成一段文字")
        key = str(key_node.value)
        if key in found:
            raise PageError(path, line, f"「{key}」写了两次（先见第 {lines[(*keys, key)]} 行）", "只留一处")
        lines[(*keys, key)] = line
        found[key] = _plain(value, (*keys, key), lines, path)
    return found
