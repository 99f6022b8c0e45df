"""项 — an expression of the page as a tree of few kinds of nodes, each distinct one made once, to be worked out column-wise."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlglot import exp

from renjia.engine.rules.sentences import ASKED_WORDS
from renjia.engine.sql import written_out

_EPOCH = date(1970, 1, 1).toordinal()
_KINDS = ("text", "integer", "boolean", "date")
_COMPARED: dict[type[exp.Expr], str] = {
    exp.EQ: "eq", exp.NEQ: "ne", exp.LT: "lt", exp.LTE: "le", exp.GT: "gt", exp.GTE: "ge",
}  # fmt: skip
_PARTS: dict[type[exp.Expr], str] = {exp.Year: "year", exp.Month: "month", exp.Day: "day"}
_LONGEST = {1: 31, 2: 28, 3: 31, 4: 30, 5: 31, 6: 30, 7: 31, 8: 31, 9: 30, 10: 31, 11: 30, 12: 31}


class UnsupportedError(Exception):
    """不会逐列算 — a node, type or function left to SQL."""


@dataclass(frozen=True, slots=True, eq=False)
class Term:
    """项 — what is done (`op`) with which terms; kind: text, integer, boolean, date or null.

    value: of a `const`, the constant (days since 1970 for a date); of a `column` or `asked`, its name.
    reads: columns of the fact it hangs on; nodes: how much work it is, each distinct term counted once a use
    """

    op: str
    args: tuple["Term", ...]
    value: int | str | bool | None
    kind: str
    reads: frozenset[str]
    nodes: int


@dataclass
class Terms:
    """各项 — makes them; the same term is the same object, so that it need be worked out only once.

    words: columns of the fact → types; given: the tree a given stands for, None for a word that is not one
    """

    words: Mapping[str, str]
    given: Callable[[str], exp.Expr | None]
    made: dict[tuple[object, ...], Term] = field(default_factory=dict)
    givens: dict[str, Term] = field(default_factory=dict)

    def of(self, tree: exp.Expr) -> Term:
        """成项 — UnsupportedError for what is not worked out column-wise."""
        rule = _RULES.get(type(tree))
        if rule is None:
            raise UnsupportedError(type(tree).__name__)
        return rule(self, tree)

    def make(self, op: str, args: Sequence[Term], value: int | str | bool | None, kind: str) -> Term:
        """作项 — once."""
        key = (op, *(id(one) for one in args), type(value), value, kind)
        found = self.made.get(key)
        if found is None:
            reads = frozenset({str(value)}) if op == "column" else frozenset[str]().union(*(one.reads for one in args))
            nodes = 1 + sum(one.nodes for one in args)
            found = self.made[key] = Term(op, tuple(args), value, kind, reads, nodes)
        return found

    def call(self, op: str, kind: str, *args: Term) -> Term:
        """作项 — of other terms."""
        return self.make(op, args, None, kind)

    def const(self, value: int | str | bool | None, kind: str) -> Term:
        """常数项。"""
        return self.make("const", (), value, kind)

    def alike(self, args: Sequence[Term]) -> str:
        """同类 — the one type of terms that may also be NULL."""
        kinds = {one.kind for one in args} - {"null"}
        if len(kinds) > 1:
            raise UnsupportedError("/".join(sorted(kinds)))
        return next(iter(kinds), "null")


def _column(terms: Terms, node: exp.Expr) -> Term:
    name = node.name
    if name in ASKED_WORDS:
        return terms.make("asked", (), name, ASKED_WORDS[name])
    if name in terms.words:
        kind = terms.words[name]
        if kind not in _KINDS:
            raise UnsupportedError(kind)
        return terms.make("column", (), name, kind)
    if name not in terms.givens:
        tree = terms.given(name)
        if tree is None:
            raise UnsupportedError(name)
        terms.givens[name] = terms.of(tree)
    return terms.givens[name]


def _literal(terms: Terms, node: exp.Expr) -> Term:
    if node.is_string:
        return terms.const(node.name, "text")
    if "." in node.name:
        raise UnsupportedError("decimal")
    return terms.const(int(node.name), "integer")


def _cast(terms: Terms, node: exp.Expr) -> Term:
    inner = node.this
    kinds = {
        "DATE": "date",
        "INT": "integer",
        "BIGINT": "integer",
        "BOOLEAN": "boolean",
        "VARCHAR": "text",
        "TEXT": "text",
    }
    kind = kinds.get(node.args["to"].this.value)
    if kind is None:
        raise UnsupportedError(str(node.args["to"].this.value))
    if isinstance(inner, exp.Null):
        return terms.const(None, kind)
    if kind == "date" and isinstance(inner, exp.Literal):
        return terms.const(date.fromisoformat(inner.name).toordinal() - _EPOCH, "date")
    found = terms.of(inner)
    if found.kind != kind:
        raise UnsupportedError(f"{found.kind} → {kind}")
    return found


def _logic(terms: Terms, node: exp.Expr) -> Term:
    parts = [terms.of(one) for one in (node.this, node.expression)]
    return terms.call("and" if isinstance(node, exp.And) else "or", "boolean", *parts)


def _compared(terms: Terms, node: exp.Expr) -> Term:
    return _comparison(terms, _COMPARED[type(node)], terms.of(node.this), terms.of(node.expression))


def _comparison(terms: Terms, op: str, one: Term, other: Term) -> Term:
    kind = terms.alike([one, other])
    if kind == "boolean" and op in ("eq", "ne"):
        same = terms.call("same", "boolean", one, other)
        return same if op == "eq" else terms.call("not", "boolean", same)
    if kind in ("null", "boolean"):
        raise UnsupportedError(op)
    return terms.call(op, "boolean", one, other)


def _is(terms: Terms, node: exp.Expr) -> Term:
    inner = terms.of(node.this)
    if isinstance(node.expression, exp.Boolean):
        return terms.call("is_true" if node.expression.this else "is_false", "boolean", inner)
    return terms.call("is_null", "boolean", inner)


def _case(terms: Terms, node: exp.Expr) -> Term:
    parts = []
    for one in node.args["ifs"]:
        test = terms.of(one.this)
        if node.this is not None:
            test = _comparison(terms, "eq", terms.of(node.this), test)
        parts += [test, terms.of(one.args["true"])]
    default = node.args.get("default")
    parts.append(terms.of(default) if default is not None else terms.const(None, "null"))
    return terms.call("case", terms.alike([*parts[1::2], parts[-1]]), *parts)


def _several(terms: Terms, node: exp.Expr) -> Term:
    parts = [terms.of(one) for one in (node.this, *node.expressions)]
    op = "least" if isinstance(node, exp.Least) else "greatest" if isinstance(node, exp.Greatest) else "coalesce"
    kind = terms.alike(parts)
    if op != "coalesce" and kind not in ("integer", "date", "null"):
        raise UnsupportedError(f"{op} {kind}")
    return terms.call(op, kind, *parts)


def _in(terms: Terms, node: exp.Expr) -> Term:
    subject = terms.of(node.this)
    parts = [_comparison(terms, "eq", subject, terms.of(one)) for one in node.expressions]
    found = parts[0]
    for one in parts[1:]:
        found = terms.call("or", "boolean", found, one)
    return found


def _between(terms: Terms, node: exp.Expr) -> Term:
    subject = terms.of(node.this)
    low = _comparison(terms, "ge", subject, terms.of(node.args["low"]))
    return terms.call("and", "boolean", low, _comparison(terms, "le", subject, terms.of(node.args["high"])))


def _counted(terms: Terms, node: exp.Expr) -> Term:
    parts = [terms.of(one) for one in (node.this, node.expression)]
    if {one.kind for one in parts} - {"integer", "null"}:
        raise UnsupportedError(type(node).__name__)
    op = "add" if isinstance(node, exp.Add) else "sub" if isinstance(node, exp.Sub) else "mul"
    return terms.call(op, "integer", *parts)


def _minus(terms: Terms, node: exp.Expr) -> Term:
    return terms.call("sub", "integer", terms.const(0, "integer"), terms.of(node.this))


def _part(terms: Terms, node: exp.Expr) -> Term:
    return terms.call(_PARTS[type(node)], "integer", terms.of(node.this))


def _months_added(terms: Terms, node: exp.Expr) -> Term:
    return terms.call("add_months", "date", terms.of(node.this), terms.of(node.expression))


def _starts(terms: Terms, node: exp.Expr) -> Term:
    return terms.call("starts_with", "boolean", terms.of(node.this), terms.of(node.expression))


def _day_made(terms: Terms, node: exp.Expr) -> Term:
    year, month, day = (terms.of(node.args[name]) for name in ("year", "month", "day"))
    if month.op != "const" or day.op != "const" or not isinstance(month.value, int) or not isinstance(day.value, int):
        raise UnsupportedError("make_date")
    if not 1 <= day.value <= _LONGEST.get(month.value, 0):
        raise UnsupportedError("make_date")  # a day not every year has, or no month at all
    return terms.call("make_date", "date", year, month, day)


def _named(terms: Terms, node: exp.Expr) -> Term:
    name = str(node.this).lower()
    if name == "add_days":
        return terms.call("add", "date", *(terms.of(one) for one in node.expressions))
    whole = written_out(node) if isinstance(node, exp.Anonymous) else None
    if whole is None:
        raise UnsupportedError(name)
    return terms.of(whole)


_RULES: dict[type[exp.Expr], Callable[[Terms, exp.Expr], Term]] = {
    exp.Column: _column,
    exp.Paren: lambda terms, node: terms.of(node.this),
    exp.Literal: _literal,
    exp.Boolean: lambda terms, node: terms.const(bool(node.this), "boolean"),
    exp.Null: lambda terms, node: terms.const(None, "null"),
    exp.Cast: _cast,
    exp.Not: lambda terms, node: terms.call("not", "boolean", terms.of(node.this)),
    exp.Is: _is,
    exp.Case: _case,
    exp.In: _in,
    exp.Between: _between,
    exp.Neg: _minus,
    exp.AddMonths: _months_added,
    exp.DateFromParts: _day_made,
    exp.StartsWith: _starts,
    exp.Anonymous: _named,
    **dict.fromkeys((exp.And, exp.Or), _logic),
    **dict.fromkeys(_COMPARED, _compared),
    **dict.fromkeys((exp.Add, exp.Sub, exp.Mul), _counted),
    **dict.fromkeys(_PARTS, _part),
    **dict.fromkeys((exp.Least, exp.Greatest, exp.Coalesce), _several),
}
