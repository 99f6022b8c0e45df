"""The small expressions of a page."""

from fractions import Fraction
from typing import Any

import pytest

from renjia.engine.scoring.expressions import ExpressionError, Term, Vocabulary, read_expression

WORDS = Vocabulary({"甲（个）": Term(0), "乙": Term(1), "丙（是/否）": Term(2, ("是", "否"))}, {"total": Term(3)})


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("甲（个）", 7), ("「甲（个）」", 7), ("「甲（个）」 + 「乙」 × 2", 11), ("(「甲（个）」 + 「乙」) * 2", 18),
        ("「甲（个）」 − 「乙」 − 1", 4),
        ("「甲（个）」 / 「乙」", Fraction(7, 2)), ("⌊「甲（个）」 / 「乙」⌋", 3), ("floor(7 / 2)", 3), ("ceil(「甲（个）」 / 2)", 4),
        ("max(2 − 「甲（个）」, 0)", 0), ("min(「甲（个）」, 「乙」, 1)", 1), ("0.1 + 0.2", Fraction(3, 10)),
        ("「甲（个）」 < 20 × 「乙」", True), ("「甲（个）」 ≥ 7", True), ("「甲（个）」 >= 7 and 「乙」 ≠ 2", False),
        ("「甲（个）」 <= 6 or 「乙」 = 2", True),
        ("not 「乙」 = 2", False), ("「丙（是/否）」 = 是", True), ("否 = 「丙（是/否）」", False), ("「丙（是/否）」 ≠ 否", True),
        ("「乙」 > 3 or 「甲（个）」 > 3 and 「丙（是/否）」 = 否", False), ("total ≥ 99.5", True), ("1 + 1 = 2", True),
    ],
)  # fmt: skip
def test_value(text: str, value: Any) -> None:
    assert read_expression(text, WORDS).evaluate((7, 2, "是", Fraction(199, 2))) == value


@pytest.mark.parametrize(
    "text",
    [
        "", "「丁」", "丁", "「甲（个）", "「甲（个）」 +", "+ 1", "「甲（个）」 「乙」", "「甲（个）」 < ", "(「甲（个）」",
        "「甲（个）」 = 是", "「丙（是/否）」 = 有",
        "「丙（是/否）」 < 是", "「甲（个）」 and 「乙」", "max(1)", "floor(1, 2)", "1 / 0", "not 「甲（个）」", "⌊「甲（个）」", "「甲（个）」 ! 2",
        "「丙（是/否）」 + 1", "是 = 是 = 是", "and", "__import__('os')", "「甲（个）」 = 1 + (2 > 1)",
    ],
)  # fmt: skip
def test_refused(text: str) -> None:
    with pytest.raises(ExpressionError):
        read_expression(text, WORDS)
