"""方言 — one meaning on every engine: division by zero is NULL, dates stay dates, every name is quoted."""

from typing import Protocol

from sqlglot import exp

from renjia.engine.sql.errors import SqlError
from renjia.engine.sql.named import written_out

DIALECTS = ("duckdb", "spark")
_INTEGER = exp.DataType.build("int")


class Checked(Protocol):
    """已核 — an expression or a fact: anything that holds a checked tree."""

    @property
    def tree(self) -> exp.Expr:
        """树 — as sqlglot read it."""


def translate(checked: exp.Expr | Checked, dialect: str) -> str:
    """译成方言 — checked SQL as one line of DuckDB's or Spark's, without comments; the tree itself is not changed."""
    if dialect not in DIALECTS:
        raise SqlError(f"方言「{dialect}」不认得；只有 {'、'.join(DIALECTS)}", dialect)
    tree = checked if isinstance(checked, exp.Expr) else checked.tree
    whole = exp.Paren(this=tree.copy())  # a root can be replaced only in a parent
    for call in reversed(list(whole.find_all(exp.Anonymous))):
        plain = written_out(call)
        if plain is not None:
            call.replace(plain)
    for node in list(whole.walk()):
        if isinstance(node, exp.Identifier):
            node.set("quoted", True)
        elif isinstance(node, exp.Div | exp.IntDiv | exp.Mod):
            _guard(node)
    for node in reversed(list(whole.walk())):  # breadth first, so reversed is inner before outer
        if isinstance(node, exp.AddMonths) and dialect == "duckdb":
            node.replace(_months_added(node.this, node.expression))
        elif isinstance(node, exp.Anonymous) and str(node.this).lower() == "add_days":
            day, count = node.expressions
            node.replace(_days_added(day, count, dialect))
    meant: exp.Expr = whole.this
    return meant.sql(dialect, comments=False)


def _months_added(day: exp.Expr, count: exp.Expr) -> exp.Expr:
    """DuckDB adds an interval and answers a timestamp: make it a date again."""
    months = exp.Anonymous(this="TO_MONTHS", expressions=[_whole(count)])
    return exp.cast(exp.Add(this=exp.paren(day), expression=months), "date")


def _days_added(day: exp.Expr, count: exp.Expr, dialect: str) -> exp.Expr:
    if dialect == "spark":
        return exp.Anonymous(this="DATE_ADD", expressions=[day, _whole(count)])
    return exp.paren(exp.Add(this=exp.paren(day), expression=_whole(count)))


def _guard(node: exp.Div | exp.IntDiv | exp.Mod) -> None:
    """DuckDB answers 1/0 with infinity, Spark with an error, the law with nothing."""
    divisor = node.expression
    known = isinstance(divisor, exp.Literal) and float(divisor.name) != 0
    if not known and not isinstance(divisor, exp.Nullif):
        node.set("expression", exp.Nullif(this=divisor, expression=exp.Literal.number(0)))


def _whole(count: exp.Expr) -> exp.Expr:
    return count if isinstance(count, exp.Literal) else exp.cast(count, _INTEGER)
