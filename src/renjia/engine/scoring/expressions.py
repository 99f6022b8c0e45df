"""小算式 — small exact expressions of a page over facts: 「参与总人数（人）」 < 20 × 「居村委（个）」.

Read once into a function of a row (a sequence of values); numbers stay int or Fraction, words are compared as written.
"""

import math
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeAlias

from renjia.engine.scoring.numbers import exact, whole

Row: TypeAlias = Sequence[Any]
Evaluate: TypeAlias = Callable[[Row], Any]

_TOKEN = re.compile(r"\s*(「[^」]*」|[0-9]+(?:\.[0-9]+)?|<=|>=|[≤≥<>=≠+\-−×*/(),⌊⌋]|[^\s≤≥<>=≠+\-−×*/(),⌊⌋「」]+)")
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt, "≤": operator.le, "<=": operator.le, ">": operator.gt, "≥": operator.ge, ">=": operator.ge,
    "=": operator.eq, "≠": operator.ne,
}  # fmt: skip
_FUNCTIONS: dict[str, tuple[int, Callable[..., Any]]] = {
    "max": (2, max), "min": (2, min), "floor": (1, math.floor), "ceil": (1, math.ceil),
}  # fmt: skip
_SIGNS = frozenset([*_COMPARE, *"+-−×*/(),⌊⌋", "and", "or", "not"])
NUMBER, WORD, TRUTH = "number", "word", "truth"


@dataclass(frozen=True, slots=True)
class Term:
    """一个可用的词 — where a fact or variable stands in the row, and the words it may take (empty: a number)."""

    index: int
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """词汇 — facts, written 「名」, and variables, written bare."""

    facts: Mapping[str, Term]
    variables: Mapping[str, Term]


@dataclass(frozen=True, slots=True)
class Expression:
    """读好的算式 — text, kind (number, word, truth), names used in order, function of a row, constant value if any."""

    text: str
    kind: str
    names: tuple[str, ...]
    evaluate: Evaluate
    constant: Any = None
    words: tuple[str, ...] = ()


class ExpressionError(ValueError):
    """算式有误 — what is wrong, in Chinese; the page that holds it adds the place."""


def read_expression(text: str, vocabulary: Vocabulary) -> Expression:
    """读算式 — raises ExpressionError for a word that is not known, kinds that do not meet, or bad syntax."""
    bare = text.strip()
    if bare in vocabulary.facts:
        return _Reader(bare, vocabulary).fact(bare)
    reader = _Reader(bare, vocabulary)
    found = reader.either()
    reader.finished()
    if found.kind == WORD and found.constant is not None:
        raise ExpressionError(f"「{bare}」不是事实也不是算式")
    return Expression(bare, found.kind, tuple(dict.fromkeys(found.names)), found.evaluate, found.constant)


class _Reader:
    """Recursive descent over one text: or, and, not, comparison, sum, product, factor."""

    def __init__(self, text: str, vocabulary: Vocabulary) -> None:
        self.text = text
        self.vocabulary = vocabulary
        self.tokens = self._tokens(text)
        self.at = 0

    @staticmethod
    def _tokens(text: str) -> list[str]:
        found: list[str] = []
        end = 0
        while end < len(text):
            match = _TOKEN.match(text, end)
            if match is None:
                raise ExpressionError(f"算式「{text}」从「{text[end:].strip()}」起读不懂")
            found.append(match[1])
            end = match.end()
        return found

    def peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self) -> str:
        token = self.peek()
        self.at += 1
        return token

    def expect(self, token: str) -> None:
        if self.take() != token:
            raise ExpressionError(f"算式「{self.text}」缺「{token}」")

    def finished(self) -> None:
        if self.peek():
            raise ExpressionError(f"算式「{self.text}」里「{self.peek()}」多余或位置不对")

    def need(self, found: Expression, kind: str) -> Expression:
        if found.kind != kind:
            named = {NUMBER: "数", TRUTH: "判断（是否成立）", WORD: "文字"}
            raise ExpressionError(f"算式「{self.text}」里「{found.text}」应是{named[kind]}")
        return found

    def either(self) -> Expression:
        found = self.both()
        while self.peek() == "or":
            self.take()
            left, right = self.need(found, TRUTH), self.need(self.both(), TRUTH)
            found = _joined("or", left, right, TRUTH, _either(left.evaluate, right.evaluate))
        return found

    def both(self) -> Expression:
        found = self.negation()
        while self.peek() == "and":
            self.take()
            left, right = self.need(found, TRUTH), self.need(self.negation(), TRUTH)
            found = _joined("and", left, right, TRUTH, _both(left.evaluate, right.evaluate))
        return found

    def negation(self) -> Expression:
        if self.peek() != "not":
            return self.comparison()
        self.take()
        inner = self.need(self.negation(), TRUTH)
        return Expression(f"not {inner.text}", TRUTH, inner.names, _not(inner.evaluate))

    def comparison(self) -> Expression:
        left = self.total()
        if self.peek() not in _COMPARE:
            return left
        sign = self.take()
        right = self.total()
        if left.kind != right.kind or left.kind == TRUTH:
            raise ExpressionError(f"算式「{self.text}」里「{left.text}」与「{right.text}」不能相比")
        if left.kind == WORD:
            self._check_words(sign, left, right)
        return _joined(sign, left, right, TRUTH, _compared(_COMPARE[sign], left, right))

    def _check_words(self, sign: str, left: Expression, right: Expression) -> None:
        if sign not in ("=", "≠"):
            raise ExpressionError(f"算式「{self.text}」里文字只能用 = 或 ≠ 比")
        for one, other in ((left, right), (right, left)):
            if one.words and other.constant is not None and other.constant not in one.words:
                raise ExpressionError(f"「{one.text}」没有「{other.constant}」这一项，可选：{'、'.join(one.words)}")

    def total(self) -> Expression:
        found = self.product()
        while self.peek() in ("+", "-", "−"):
            sign = "+" if self.take() == "+" else "−"
            right = self.need(self.product(), NUMBER)
            action = operator.add if sign == "+" else operator.sub
            found = self._arithmetic(sign, self.need(found, NUMBER), right, action)
        return found

    def product(self) -> Expression:
        found = self.factor()
        while self.peek() in ("×", "*", "/"):
            sign = "/" if self.take() == "/" else "×"
            right = self.need(self.factor(), NUMBER)
            action = _divided if sign == "/" else operator.mul
            found = self._arithmetic(sign, self.need(found, NUMBER), right, action)
        return found

    def _arithmetic(
        self, sign: str, left: Expression, right: Expression, action: Callable[[Any, Any], Any]
    ) -> Expression:
        if left.constant is not None and right.constant is not None:
            if sign == "/" and right.constant == 0:
                raise ExpressionError(f"算式「{self.text}」除以 0")
            value = whole(action(left.constant, right.constant))
            return Expression(f"{left.text} {sign} {right.text}", NUMBER, (), _constant(value), value)
        first, second = left.evaluate, right.evaluate
        return _joined(sign, left, right, NUMBER, lambda row: action(first(row), second(row)))

    def factor(self) -> Expression:
        token = self.take()
        if token == "(":
            inner = self.either()
            self.expect(")")
            return inner
        if token == "⌊":
            inner = self.need(self.total(), NUMBER)
            self.expect("⌋")
            return _applied("floor", math.floor, [inner])
        if token in _FUNCTIONS and self.peek() == "(":
            return self._function(token)
        if token.startswith("「"):
            return self.fact(token[1:-1])
        if token in self.vocabulary.variables:
            return _term(token, self.vocabulary.variables[token])
        if token[:1].isdigit() and token[:1].isascii():
            value = exact(token)
            return Expression(token, NUMBER, (), _constant(value), value)
        if not token or token in _SIGNS:
            raise ExpressionError(f"算式「{self.text}」在「{token or '末尾'}」处缺一个数或事实")
        return Expression(token, WORD, (), _constant(token), token)

    def _function(self, name: str) -> Expression:
        self.take()
        many, action = _FUNCTIONS[name]
        found = [self.need(self.total(), NUMBER)]
        while self.peek() == ",":
            self.take()
            found.append(self.need(self.total(), NUMBER))
        self.expect(")")
        if (many == 1 and len(found) != 1) or len(found) < many:
            raise ExpressionError(f"算式「{self.text}」里 {name} 的个数不对")
        return _applied(name, action, found)

    def fact(self, name: str) -> Expression:
        if name not in self.vocabulary.facts:
            raise ExpressionError(f"没有叫「{name}」的事实")
        return _term(name, self.vocabulary.facts[name])


def _term(name: str, term: Term) -> Expression:
    kind = WORD if term.words else NUMBER
    return Expression(name, kind, (name,), operator.itemgetter(term.index), None, term.words)


def _joined(sign: str, left: Expression, right: Expression, kind: str, evaluate: Evaluate) -> Expression:
    return Expression(f"{left.text} {sign} {right.text}", kind, (*left.names, *right.names), evaluate)


def _applied(name: str, action: Callable[..., Any], inner: list[Expression]) -> Expression:
    parts = [one.evaluate for one in inner]
    names = tuple(found for one in inner for found in one.names)
    text = f"{name}({', '.join(one.text for one in inner)})"
    return Expression(text, NUMBER, names, lambda row: action(*[part(row) for part in parts]))


def _constant(value: Any) -> Evaluate:
    return lambda row: value


def _divided(left: Any, right: Any) -> Any:
    return whole(Fraction(left) / right)


def _compared(action: Callable[[Any, Any], bool], left: Expression, right: Expression) -> Evaluate:
    first, second, fixed = left.evaluate, right.evaluate, right.constant
    if fixed is not None:
        return lambda row: action(first(row), fixed)
    return lambda row: action(first(row), second(row))


def _either(left: Evaluate, right: Evaluate) -> Evaluate:
    return lambda row: left(row) or right(row)


def _both(left: Evaluate, right: Evaluate) -> Evaluate:
    return lambda row: left(row) and right(row)


def _not(inner: Evaluate) -> Evaluate:
    return lambda row: not inner(row)
