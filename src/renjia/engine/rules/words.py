"""用词 — expressions checked against a page's words, errors placed at the line with the nearest known word."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from sqlglot import exp

from renjia.engine.pages import Page
from renjia.engine.sql import Expression, SqlError, condition, expression

Keys = tuple[str | int, ...]


def nearest(word: str, known: Iterable[str]) -> str:
    """相近的词 — `（是不是「…」）`, or nothing when none is near."""
    close = get_close_matches(word, list(known), n=1, cutoff=0.5)
    return f"（是不是「{close[0]}」）" if close else ""


def checked(page: Page, keys: Keys, text: str, words: Mapping[str, str], *, boolean: bool = False) -> Expression:
    """核表达式 — one expression of the page; PageError at its line, with the word and what to do."""
    try:
        return condition(text, words) if boolean else expression(text, words)
    except SqlError as wrong:
        word = wrong.fragment
        near = nearest(word, words) if word.isidentifier() and word not in words else ""
        raise page.error(
            keys, f"{wrong}{near}", "改好这一行；词汇是事实的列、given、标准和 today、this_year 等"
        ) from wrong


_COLUMNS: dict[int, tuple[exp.Expr, frozenset[str]]] = {}  # the tree is kept beside, so that its id stays its own
_MOST_TREES = 5_000


def columns(tree: exp.Expr) -> frozenset[str]:
    """所用的词 — names of the columns in a tree of a page; kept, for such a tree is never changed."""
    kept = _COLUMNS.get(id(tree))
    if kept is None:
        if len(_COLUMNS) > _MOST_TREES:
            _COLUMNS.clear()
        kept = _COLUMNS[id(tree)] = (tree, frozenset(node.name for node in tree.find_all(exp.Column)))
    return kept[1]
