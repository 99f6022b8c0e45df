"""化简 — what is known once values stand in an expression is worked out there and then: no row asks it again."""

import calendar
from collections.abc import Callable
from datetime import date
from decimal import Decimal

from sqlglot import exp

_UNKNOWN = object()
_NULL = object()
_Rule = Callable[[exp.Expr], exp.Expr | None]


def fold(whole: exp.Paren) -> None:
    """化简 — the expression inside the brackets, in place; every value and every NULL it may answer stays the same."""
    for node in reversed(list(whole.find_all(*_RULES))):  # breadth first, so reversed is inner before outer
        rule = _RULES.get(type(node))
        settled = rule(node) if rule else None
        if settled is not None:
            node.replace(settled)


def lazily(whole: exp.Paren) -> None:
    """先易后难 — in place: `a AND b`, b looking at texts or at dates, asks b only where column a (or NOT a) leaves it open.

    `a OR b` likewise. DuckDB works out both sides for every row, and such a b costs it ten times what a does.
    """
    for node in list(whole.find_all(exp.And, exp.Or)):
        if isinstance(node.parent, type(node)):
            continue  # inside a chain: its head speaks for it
        first, *rest = _chain(node)
        plain = _plain(first.this if isinstance(first, exp.Not) else first)
        if not isinstance(plain, exp.Column) or not any(one.find(*_DEAR) for one in rest):
            continue
        test, settled = first.copy(), exp.true()
        if isinstance(node, exp.And):
            test, settled = exp.not_(test), exp.false()
        node.replace(exp.paren(exp.Case().when(test, settled).else_(node.copy())))


def _plain(node: exp.Expr) -> exp.Expr:
    while isinstance(node, exp.Paren):
        node = node.this
    return node


def _chain(node: exp.Expr) -> list[exp.Expr]:
    """The parts of a AND b AND c, in order."""
    parts: list[exp.Expr] = []
    for one in (node.this, node.expression):
        inner = one
        while isinstance(inner, exp.Paren) and isinstance(inner.this, exp.Paren | exp.Column | exp.Not):
            inner = inner.this
        parts += _chain(inner) if isinstance(inner, type(node)) else [inner]
    return parts


_DEAR = (exp.StartsWith, exp.Year, exp.Month, exp.Day)


def known(node: exp.Expr | None) -> object:
    """已知的值 — of a constant: text, int, Decimal, bool, date or the NULL of `is_null`; anything else is not known."""
    node = _plain(node) if node is not None else None
    if isinstance(node, exp.Literal):
        if node.is_string:
            return node.name
        return Decimal(node.name) if "." in node.name else int(node.name)
    if isinstance(node, exp.Boolean):
        return bool(node.this)
    if isinstance(node, exp.Neg):
        value = known(node.this)
        return -value if isinstance(value, int | Decimal) else _UNKNOWN
    if isinstance(node, exp.Cast):
        if isinstance(node.this, exp.Null):
            return _NULL
        if node.to.this == exp.DataType.Type.DATE and isinstance(node.this, exp.Literal):
            return date.fromisoformat(node.this.name)
    return _UNKNOWN


def is_null(node: exp.Expr | None) -> bool:
    """是空值 — a NULL of some type."""
    return known(node) is _NULL


def _truth(value: bool) -> exp.Expr:
    return exp.true() if value else exp.false()


def _no_truth() -> exp.Expr:
    return exp.cast(exp.Null(), "BOOLEAN")


def _number(value: int) -> exp.Expr:
    number = exp.Literal.number(str(abs(value)))
    return exp.paren(exp.Neg(this=number)) if value < 0 else number


def _day(value: date) -> exp.Expr:
    return exp.cast(exp.Literal.string(value.isoformat()), "DATE")


_EQUAL: dict[type[exp.Expr], bool] = {exp.EQ: True, exp.NEQ: False}
_ORDERED: dict[type[exp.Expr], tuple[int, ...]] = {exp.LT: (-1,), exp.LTE: (-1, 0), exp.GT: (1,), exp.GTE: (1, 0)}


def _comparison(node: exp.Expr) -> exp.Expr | None:
    one, other = known(node.this), known(node.expression)
    if one is _NULL or other is _NULL:
        return _no_truth()
    if one is _UNKNOWN or other is _UNKNOWN or not _alike(one, other):
        return None
    wanted = _EQUAL.get(type(node))
    if wanted is not None:
        return _truth((one == other) is wanted)
    order = _order(one, other)
    return None if order is None else _truth(order in _ORDERED[type(node)])


def _order(one: object, other: object) -> int | None:
    """-1, 0 or 1 as one value is less than, equal to or greater than another of its kind; None for what has no order."""
    if isinstance(one, str) and isinstance(other, str):
        return (one > other) - (one < other)
    if isinstance(one, date) and isinstance(other, date):
        return (one > other) - (one < other)
    if isinstance(one, int | Decimal) and isinstance(other, int | Decimal):
        return (one > other) - (one < other)
    return None


def _alike(one: object, other: object) -> bool:
    """Two values that can be compared: neither is NULL nor unknown."""
    if one in (_UNKNOWN, _NULL) or other in (_UNKNOWN, _NULL):
        return False
    if isinstance(one, bool) or isinstance(other, bool):
        return type(one) is type(other)
    return type(one) is type(other) or (isinstance(one, int | Decimal) and isinstance(other, int | Decimal))


def _is(node: exp.Expr) -> exp.Expr | None:
    value = known(node.this)
    if value is _UNKNOWN or not isinstance(node.expression, exp.Null):
        return None
    return _truth(value is _NULL)


def _not(node: exp.Expr) -> exp.Expr | None:
    value = known(node.this)
    return _truth(not value) if isinstance(value, bool) else _no_truth() if value is _NULL else None


def _and(node: exp.Expr) -> exp.Expr | None:
    return _connected(node, neutral=True)


def _or(node: exp.Expr) -> exp.Expr | None:
    return _connected(node, neutral=False)


def _connected(node: exp.Expr, *, neutral: bool) -> exp.Expr | None:
    for one, other in ((node.this, node.expression), (node.expression, node.this)):
        value = known(one)
        if value is neutral:
            return exp.paren(other.copy())
        if value is (not neutral):
            return _truth(not neutral)
    return None


def _in(node: exp.Expr) -> exp.Expr | None:
    value, listed = known(node.this), [known(one) for one in node.expressions]
    if not listed or _UNKNOWN in (value, *listed) or _NULL in listed:
        return None
    return _no_truth() if value is _NULL else _truth(value in listed)


def _case(node: exp.Expr) -> exp.Expr | None:
    """Branches that cannot be reached fall away; what is left keeps a type of its own."""
    subject = _UNKNOWN if node.this is None else known(node.this)
    if node.this is not None and not all(_alike(subject, known(one.this)) for one in (node, *node.args["ifs"])):
        return None
    branches, default = [], node.args.get("default")
    for one in node.args["ifs"]:
        value = known(one.this) if node.this is None else known(one.this) == subject
        if value is True:
            default = one.args["true"]
            break
        if value is not False and value is not _NULL:
            branches.append(one)
    else:
        if len(branches) == len(node.args["ifs"]):
            return None
    values = [one.args["true"] for one in branches] + ([default] if default is not None else [])
    if all(isinstance(one, exp.Null) for one in values):
        return None
    if not branches:
        assert default is not None
        return exp.paren(default.copy())
    return exp.Case(ifs=[one.copy() for one in branches], default=default.copy() if default is not None else None)


def _part(node: exp.Expr) -> exp.Expr | None:
    value = known(node.this)
    if not isinstance(value, date):
        return None
    return _number(
        value.year if isinstance(node, exp.Year) else value.month if isinstance(node, exp.Month) else value.day
    )


def _sum(node: exp.Expr) -> exp.Expr | None:
    one, other = known(node.this), known(node.expression)
    if isinstance(one, bool) or isinstance(other, bool) or not (isinstance(one, int) and isinstance(other, int)):
        return None
    return _number(
        one + other if isinstance(node, exp.Add) else one - other if isinstance(node, exp.Sub) else one * other
    )


def _months_added(node: exp.Expr) -> exp.Expr | None:
    day, count = known(node.this), known(node.expression)
    if not isinstance(day, date) or isinstance(count, bool) or not isinstance(count, int):
        return None
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    if not 1 <= year <= 9999:
        return None
    return _day(date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1])))


def _named(node: exp.Expr) -> exp.Expr | None:
    if str(node.this).lower() != "month_of" or len(node.expressions) != 1:
        return None
    value = known(node.expressions[0])
    return _number(value.year * 12 + value.month) if isinstance(value, date) else None


_RULES: dict[type[exp.Expr], _Rule] = {
    **dict.fromkeys((*_EQUAL, *_ORDERED), _comparison),
    **dict.fromkeys((exp.Year, exp.Month, exp.Day), _part),
    **dict.fromkeys((exp.Add, exp.Sub, exp.Mul), _sum),
    exp.Is: _is,
    exp.Not: _not,
    exp.And: _and,
    exp.Or: _or,
    exp.In: _in,
    exp.Case: _case,
    exp.AddMonths: _months_added,
    exp.Anonymous: _named,
}
