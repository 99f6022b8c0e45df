"""表达式 — text of a definition to a checked tree: one condition of a rule, or one half of an indicator."""

from collections.abc import Mapping
from dataclasses import dataclass

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from renjia.engine.sql.errors import SqlError
from renjia.engine.sql.rules import type_of
from renjia.engine.sql.vocabulary import BOOLEAN, NULL, checked

_LONGEST = 4000
_RESERVED = "case、order、from、to、end 这样的列名要加双引号"


@dataclass(frozen=True)
class Expression:
    """已核表达式 — the text as written, its tree (translate it with `translate`) and its type."""

    text: str
    tree: exp.Expr
    type: str


@dataclass(frozen=True)
class Summary:
    """已核汇总 — `sum(births) FROM births WHERE live`: a value over one fact, and a condition or None."""

    text: str
    value: exp.Expr
    type: str
    fact: str
    where: exp.Expr | None


def expression(text: str, vocabulary: Mapping[str, str]) -> Expression:
    """核表达式 — against a vocabulary of word → type (text, integer, decimal, double, boolean, date).

    Raises SqlError (Chinese, with the fragment) for what is not in the allow-list or does not fit its type.
    """
    tree = _parsed(text)
    kind = _checked(text, tree, checked(vocabulary), aggregates=False)
    return Expression(text, tree, kind)


def condition(text: str, vocabulary: Mapping[str, str]) -> Expression:
    """核条件 — an expression that answers yes, no or unknown."""
    found = expression(text, vocabulary)
    if found.type not in (BOOLEAN, NULL):
        raise SqlError(f"「{text.strip()}」不是条件；条件的结果应是 是、否 或 缺", text)
    return found


def summary(text: str, facts: Mapping[str, Mapping[str, str]]) -> Summary:
    """核汇总 — `aggregate FROM fact [WHERE condition]`; `facts` gives each fact's vocabulary."""
    tree = _parsed(text, "SELECT ")
    shape = f"「{text.strip()}」应是「汇总 FROM 事实 WHERE 条件」，例如 sum(births) FROM births WHERE live"
    if type(tree) is not exp.Select or len(tree.expressions) != 1:
        raise SqlError(shape, text)
    extra = [name for name, value in tree.args.items() if value and name not in ("expressions", "from_", "where")]
    source = tree.args.get("from_")
    table = source.this if source else None
    if extra or not isinstance(table, exp.Table) or not isinstance(table.this, exp.Identifier):
        raise SqlError(shape, text)
    if any(value for name, value in table.args.items() if name != "this"):
        raise SqlError(f"{shape}；事实只写名字，不写别名、不联接", text)
    words = facts.get(table.name)
    if words is None:
        raise SqlError(f"没有「{table.name}」这个事实；可用的事实：{'、'.join(facts)}", table.name)
    vocabulary = checked(words)
    value = tree.expressions[0]
    kind = _checked(text, value, vocabulary, aggregates=True)
    if value.find(exp.AggFunc) is None:
        raise SqlError(f"{shape}；没有 sum、count 这样的汇总", text)
    where = tree.args["where"].this if tree.args.get("where") else None
    if where is not None:
        answer = _checked(text, where, vocabulary, aggregates=False)
        if answer not in (BOOLEAN, NULL):
            raise SqlError(f"「{text.strip()}」WHERE 后面不是条件", text)
        where.pop()
    value.pop()
    return Summary(text, value, kind, table.name, where)


def _parsed(text: str, before: str = "") -> exp.Expr:
    if len(text) > _LONGEST:
        raise SqlError(f"表达式有 {len(text)} 字，超过 {_LONGEST} 字；请拆成几个有名字的中间量", text[:40])
    try:
        trees = sqlglot.parse(before + text, read="duckdb")
    except SqlglotError as wrong:
        found = getattr(wrong, "errors", None) or [{}]
        near = str(found[0].get("highlight") or "")
        raise SqlError(f"「{text.strip()}」读不懂，错在「{near}」附近；请核对括号、引号，{_RESERVED}", near) from None
    except RecursionError:
        raise SqlError("表达式套得太深；请拆成几个有名字的中间量", text[:40]) from None
    if len(trees) != 1:
        raise SqlError(f"「{text.strip()}」里有 {len(trees)} 句；只能写一个表达式，不要分号", text)
    if trees[0] is None:
        raise SqlError("表达式是空的", text)
    return trees[0]


def _checked(text: str, tree: exp.Expr, vocabulary: Mapping[str, str], *, aggregates: bool) -> str:
    try:
        return type_of(tree, vocabulary, aggregates=aggregates)
    except RecursionError:
        raise SqlError("表达式套得太深；请拆成几个有名字的中间量", text[:40]) from None
