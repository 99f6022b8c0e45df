"""口径的中文 — what a half counts, in the words of the facts themselves, for readers who do not read SQL."""

from sqlglot import exp

from renjia.engine.pages import Page
from renjia.measure.indicators.formulas import MONTH, Half, formula_of


def halves(page: Page) -> list[dict[str, str]]:
    """分子、分母 — in words for whoever reads the number, as written for whoever checks it."""
    formula = formula_of(page)
    found = {"分子": formula.numerator} | ({"分母": formula.denominator} if formula.denominator else {})
    return [{"label": label, "words": in_words(half), "text": half.text} for label, half in found.items()]


def in_words(half: Half) -> str:
    """这一半数的是什么 — the fact, the month it counts by, and every condition, from the comments of the fact's columns."""
    words = half.fact.columns
    by = f"（按{_first(words[MONTH])}）" if MONTH in words else ""
    if half.condition is None:
        return f"{half.fact.title}{by}，全部"
    asked = half.condition.flatten() if isinstance(half.condition, exp.And) else (half.condition,)
    return f"{half.fact.title}{by}，其中：{'，且'.join(_said(part.unnest(), words) for part in asked)}"


def _first(comment: str) -> str:
    return comment.split("；", 1)[0]


def _said(asked: exp.Expr, words: dict[str, str]) -> str:
    """One condition; whatever is more than yes, no or one value is left to the algorithm, and said to be."""
    if isinstance(asked, exp.Not) and isinstance(asked.this, exp.Column):
        return f"不算{_said(asked.this, words)}"
    if isinstance(asked, exp.Column):
        return words[asked.name].replace("是否", "", 1)
    if isinstance(asked, exp.EQ) and isinstance(asked.this, exp.Column) and isinstance(asked.expression, exp.Literal):
        return f"{_first(words[asked.this.name])}为 {asked.expression.name}"
    return "另有条件，见算法"
