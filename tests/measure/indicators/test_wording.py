"""What a half counts, in Chinese: every page a district reads, every shape of a condition."""

import re
from dataclasses import replace

import pytest

from renjia.engine.pages import Page
from renjia.engine.sql import expression
from renjia.measure.indicators import all_indicators
from renjia.measure.indicators.formulas import formula_of
from renjia.measure.indicators.wording import in_words

PAGES = {page.id: page for page in all_indicators()}
SEEN = {"live": "boolean", "sex": "text", "repeated": "boolean"}


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_every_half_a_district_reads_is_said_in_chinese(page: Page) -> None:
    for half in formula_of(page).halves:
        said = in_words(half)
        assert not re.search("[A-Za-z]", said)
        assert "另有条件" not in said
        assert "是否" not in said


def test_the_words_are_those_of_the_fact() -> None:
    rate, births = formula_of(PAGES["completion_rate"]), formula_of(PAGES["births"])
    assert rate.denominator
    assert in_words(rate.numerator) == "核实（按批次月份），其中：已有结果，无法核实也是结果"
    assert in_words(rate.denominator) == "核实（按批次月份），全部"
    assert in_words(births.numerator) == "出生（按出生月份），其中：活产"


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ("NOT live", "不算活产"),
        ("sex = '1'", "性别（1男 2女，空为不详）为 1"),
        ("(live) AND (sex = '2')", "活产，且性别（1男 2女，空为不详）为 2"),
        ("live OR sex = '1'", "另有条件，见算法"),
        ("live AND sex IN ('1', '2')", "活产，且另有条件，见算法"),
    ],
)
def test_what_cannot_be_said_is_not_guessed(condition: str, said: str) -> None:
    half = formula_of(PAGES["births"]).numerator
    asked = replace(half, condition=expression(condition, SEEN).tree)
    assert in_words(asked) == f"出生（按出生月份），其中：{said}"
