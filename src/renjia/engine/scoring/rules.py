"""规则 — the closed list of rule kinds, each read from an atom's body into an exact function of a row of facts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from renjia.engine.pages import Page, PageError, Plain
from renjia.engine.scoring.expressions import (
    NUMBER,
    TRUTH,
    Expression,
    ExpressionError,
    Row,
    Vocabulary,
    read_expression,
)
from renjia.engine.scoring.facts import FactSpec
from renjia.engine.scoring.numbers import Number, exact, half_up, whole
from renjia.engine.scoring.readings import NONE

Count = Callable[[Row], Number]
Details = Callable[[Row], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Rule:
    """读好的规则 — signed points of a row (negative: deducted), what a reason may tell of it, facts, the most it can move.

    most: None when nothing bounds it; applies: None when it always does.
    """

    kind: str
    evaluate: Count
    details: Details
    names: tuple[str, ...]
    each: Number
    most: Number | None
    applies: Callable[[Row], bool] | None = None
    untouched: Number = 0


@dataclass(frozen=True, slots=True)
class Body:
    """一条的正文 — an atom's resolved body with the means to read it and to blame its line."""

    page: Page
    keys: tuple[str, ...]
    node: Mapping[str, Plain]
    vocabulary: Vocabulary
    specs: Mapping[str, FactSpec]

    def error(self, key: str, what: str, remedy: str) -> PageError:
        """就地报错 — at the line of the key."""
        return self.page.error((*self.keys, key), what, remedy)

    def text(self, key: str) -> str | None:
        """文字 — None when not written or taken away."""
        value = self.node.get(key, NONE)
        if not isinstance(value, str):
            raise self.error(key, f"「{key}」应是一段文字", "不要写成列表或多级")
        return None if value == NONE else value

    def number(self, key: str) -> Number | None:
        """数 — exact; None when not written."""
        text = self.text(key)
        try:
            return None if text is None else exact(text)
        except ValueError:
            raise self.error(key, f"「{key}」的值「{text}」不是数", "写成 2 或 0.5") from None

    def needed(self, key: str) -> Number:
        """必写的数 — PageError when absent."""
        value = self.number(key)
        if value is None:
            raise self.error(key, f"缺「{key}」", "补上这个数")
        return value

    def one_of(self, key: str, choices: tuple[str, ...]) -> str:
        """所选 — the written one of the choices, the first when not written."""
        value = self.text(key) or choices[0]
        if value not in choices:
            raise self.error(key, f"「{key}」的值「{value}」不在可选之内", f"可选：{'、'.join(choices)}")
        return value

    def expression(self, key: str, text: str | None, kind: str | None) -> Expression:
        """算式 — of the kind wanted; PageError otherwise."""
        if text is None:
            raise self.error(key, f"缺「{key}」", "写上事实名或算式")
        try:
            found = read_expression(text, self.vocabulary)
        except ExpressionError as problem:
            raise self.error(key, str(problem), "事实写「名」，名字与 facts 里一致") from problem
        if kind is not None and found.kind != kind:
            wanted = "判断（如 「某事实」 = 是）" if kind == TRUTH else "数"
            raise self.error(key, f"「{text}」不是{wanted}", f"改成{wanted}")
        return found

    def highest(self, found: Expression) -> Number | None:
        """最大可能 — of an expression that is one bounded fact, or a condition."""
        if found.kind == TRUTH:
            return 1
        if found.constant is not None:
            return whole(found.constant)
        spec = self.specs.get(found.text)
        if spec is None:
            return None
        if spec.type == "percentage" and not spec.may_exceed_100:
            return 100
        return spec.at_most


def _short(body: Body) -> Rule:
    value = body.expression("short", body.text("short"), NUMBER)
    target = body.expression("target", body.text("target"), NUMBER)
    each = body.needed("points")
    have, want = value.evaluate, target.evaluate

    def missing(row: Row) -> Number:
        short: Number = want(row) - have(row)
        return short if short > 0 else 0

    most = None if target.constant is None else target.constant * each
    return Rule(
        "short", lambda row: -each * missing(row),
        lambda row: {"value": have(row), "target": want(row), "count": missing(row), "each": each},
        (*value.names, *target.names), each, most,
    )  # fmt: skip


def _counted(body: Body, key: str) -> tuple[Count, tuple[str, ...], Callable[[Row], str], Number | None]:
    """The number a case or bonus counts: its function, its facts, labels of what counts, its bound."""
    written = body.node[key]
    if isinstance(written, dict):
        parts = [(label, body.expression(key, str(text), None)) for label, text in written.items()]
    else:
        parts = [("", body.expression(key, body.text(key), None))]
    for label, one in parts:
        if one.kind not in (TRUTH, NUMBER):
            raise body.error(key, f"「{label or one.text}」不是数也不是判断", "写成数，或 「某事实」 = 否")
    bounds = [body.highest(one) for _, one in parts]
    most = None if any(bound is None for bound in bounds) else sum(bound for bound in bounds if bound is not None)
    names = tuple(name for _, one in parts for name in one.names)
    functions = [(label, one.evaluate) for label, one in parts]

    def labels(row: Row) -> str:
        return "、".join(label for label, part in functions if label and part(row) > 0)

    def together(row: Row) -> Number:
        total: Number = sum(max(part(row), 0) for _, part in functions)
        return total

    if len(functions) > 1:
        return together, names, labels, most
    only = functions[0][1]
    count: Count = (lambda row: int(only(row))) if parts[0][1].kind == TRUTH else (lambda row: max(only(row), 0))
    return count, names, labels, most


def _not(condition: Callable[[Row], Any]) -> Callable[[Row], bool]:
    return lambda row: not condition(row)


def _bounded(count: Count, most: Number | None, limit: Number | None) -> tuple[Count, Number | None]:
    if limit is None:
        return count, most
    return (lambda row: min(count(row), limit)), limit if most is None else min(most, limit)


def _case(body: Body) -> Rule:
    count, names, labels, most = _counted(body, "case")
    each = body.needed("points")
    if body.text("less") is not None:
        less = body.expression("less", body.text("less"), NUMBER)
        names = (*names, *less.names)
        count = _less(count, less)
    count, most = _bounded(count, most, body.number("at_most"))
    return Rule(
        "case", lambda row: -each * count(row),
        lambda row: {"count": count(row), "each": each, "labels": labels(row)},
        names, each, None if most is None else most * each,
    )  # fmt: skip


def _less(count: Count, less: Expression) -> Count:
    away = less.evaluate
    return lambda row: max(count(row) - away(row), 0)


def _step(body: Body) -> Rule:
    value = body.expression("step", body.text("step"), NUMBER)
    below, above = body.number("below"), body.number("above")
    if (below is None) == (above is None):
        raise body.error("step", "below 与 above 应恰写一个", "低于目标扣分写 below，高于目标扣分写 above")
    each, points = body.needed("each"), body.needed("points")
    if each == 0:
        raise body.error("each", "每步不能是 0", "写每几个百分点算一步")
    way = body.one_of("count", ("ceil", "floor", "linear"))
    rounded = body.one_of("rounding", ("exact", "one_decimal")) == "one_decimal"
    have = value.evaluate
    target = below if below is not None else above
    assert target is not None
    sign = 1 if below is not None else -1
    edge = target

    def gap(row: Row) -> Number:
        found = half_up(have(row), 1) if rounded else have(row)
        beyond: Number = (edge - found) * sign
        return beyond if beyond > 0 else 0

    def steps(row: Row) -> Number:
        return _stepped(gap(row), each, way)

    bound: Number | None = target if sign > 0 else body.highest(value)
    if sign < 0 and bound is not None:
        bound = max(bound - target, 0)
    return Rule(
        "step", lambda row: -points * steps(row),
        lambda row: {
            "value": have(row), "target": edge, "gap": gap(row), "step": each, "count": steps(row), "each": points,
        },
        value.names, points, None if bound is None else points * _stepped(bound, each, way),
    )  # fmt: skip


def _stepped(gap: Number, each: Number, way: str) -> Number:
    if way == "ceil":
        return -(-gap // each)
    if way == "floor":
        return gap // each
    return whole(Fraction(gap) / each)


def _once(body: Body) -> Rule:
    condition = body.expression("once", body.text("once"), TRUTH)
    each = body.needed("points")
    holds = condition.evaluate
    return Rule(
        "once", lambda row: -each if holds(row) else 0,
        lambda row: {"count": int(holds(row)), "each": each}, condition.names, each, each,
    )  # fmt: skip


def _nth(body: Body) -> Rule:
    value = body.expression("nth", body.text("nth"), NUMBER)
    each, first = body.needed("points"), body.needed("from")
    if first == 0:
        raise body.error("from", "从第 0 例起没有意义", "写从第几例起")
    way = body.one_of("counts", ("beyond", "all", "every"))
    have = value.evaluate

    def count(row: Row) -> Number:
        found: Number = have(row)
        if found < first:
            return 0
        return found - first + 1 if way == "beyond" else found if way == "all" else found // first

    return Rule(
        "nth", lambda row: -each * count(row),
        lambda row: {"value": have(row), "target": first, "count": count(row), "each": each},
        value.names, each, None,
    )  # fmt: skip


def _level(body: Body) -> Rule:
    value = body.expression("level", body.text("level"), None)
    at, each = body.node.get("at", NONE), body.needed("points")
    if not value.words:
        raise body.error("level", f"「{value.text}」不是可选文字的事实", "level 只用于 choice 或 yes_no 的事实")
    if not isinstance(at, list) or not at:
        raise body.error("at", "缺「at」", "写成一列，例如 [拒不配合]")
    for word in at:
        if word not in value.words:
            raise body.error("at", f"「{value.text}」没有「{word}」这一项", f"可选：{'、'.join(value.words)}")
    have, levels = value.evaluate, frozenset(str(word) for word in at)
    return Rule(
        "level", lambda row: -each if have(row) in levels else 0,
        lambda row: {"value": have(row), "count": int(have(row) in levels), "each": each}, value.names, each, each,
    )  # fmt: skip


def _beyond(count: Count, number: Number) -> Count:
    return lambda row: max(count(row) - number, 0)


def _bonus(body: Body) -> Rule:
    count, names, labels, most = _counted(body, "bonus")
    each, beyond = body.needed("points"), body.number("beyond") or 0
    if beyond:
        count, most = _beyond(count, beyond), None if most is None else max(most - beyond, 0)
    count, most = _bounded(count, most, body.number("at_most"))
    final = count
    return Rule(
        "bonus", lambda row: each * final(row),
        lambda row: {"count": final(row), "each": each, "labels": labels(row), "target": beyond},
        names, each, None if most is None else most * each,
    )  # fmt: skip


def _weighted(body: Body) -> Rule:
    value = body.expression("weighted", body.text("weighted"), NUMBER)
    each, low, high = body.needed("points"), body.needed("from"), body.needed("to")
    if low == high:
        raise body.error("to", "from 与 to 相同", "写得零分的值和得满分的值")
    decimals = body.number("decimals")
    have = value.evaluate

    def earned(row: Row) -> Number:
        share = Fraction(have(row) - low) / (high - low)
        found = whole(each * min(max(share, Fraction(0)), Fraction(1)))
        return found if decimals is None else half_up(found, int(decimals))

    return Rule(
        "weighted", earned,
        lambda row: {"value": have(row), "from": low, "target": high, "each": each},
        value.names, each, each, untouched=each,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Kind:
    """一种规则 — the keys its body may have besides the common ones, and its reader."""

    keys: tuple[str, ...]
    read: Callable[[Body], Rule]


COMMON = ("says", "points", "limit", "not_applicable", "needs")
KINDS: dict[str, Kind] = {
    "short": Kind(("target",), _short),
    "case": Kind(("less", "at_most"), _case),
    "step": Kind(("below", "above", "each", "count", "rounding"), _step),
    "once": Kind((), _once),
    "nth": Kind(("from", "counts"), _nth),
    "level": Kind(("at",), _level),
    "bonus": Kind(("beyond", "at_most"), _bonus),
    "weighted": Kind(("from", "to", "decimals"), _weighted),
}
CAP = "cap"
EARNING = ("bonus", "weighted")


def read_rule(body: Body, kind: str) -> Rule:
    """读规则 — the rule of an atom's body, with its own limit and its not-applicable condition."""
    rule = KINDS[kind].read(body)
    limit = body.number("limit")
    evaluate, most = rule.evaluate, rule.most
    if limit is not None:
        evaluate, most = _limited(evaluate, limit), limit if most is None else min(most, limit)
    names, applies = rule.names, None
    if body.text("not_applicable") is not None:
        condition = body.expression("not_applicable", body.text("not_applicable"), TRUTH)
        names, away = (*names, *condition.names), condition.evaluate
        applies = _not(away)
        evaluate = _applicable(evaluate, applies, rule.untouched)
    return Rule(
        kind, evaluate, rule.details, tuple(dict.fromkeys(names)), rule.each, most, applies, rule.untouched
    )  # fmt: skip


def _limited(evaluate: Count, limit: Number) -> Count:
    return lambda row: max(-limit, min(limit, evaluate(row)))


def _applicable(evaluate: Count, applies: Callable[[Row], bool], untouched: Number) -> Count:
    return lambda row: evaluate(row) if applies(row) else untouched
