"""A month's work within its time: a district's year, a nation's streets, a what-if."""

import random
from collections.abc import Mapping
from fractions import Fraction
from time import process_time
from typing import Any

import pytest

from renjia.engine.scoring import Rubric, score


def streets(rubric: Rubric, many: int, seed: int = 5) -> dict[str, dict[str, Any]]:
    dice = random.Random(seed)

    def value(name: str) -> Any:
        spec = rubric.facts[name]
        if spec.choices:
            return dice.choice(spec.choices)
        return dice.randrange(40) if spec.type == "count" else Fraction(dice.randrange(10000), 100)

    return {f"街{at}": {name: value(name) for name in rubric.facts} for at in range(many)}


def test_a_district_year_takes_two_seconds_at_most(rubric: Rubric) -> None:
    months = [streets(rubric, 36, month) for month in range(12)]
    started = process_time()
    for month in months:
        for one in score(rubric, month).places.values():
            assert len(one.atoms) == 97
    assert process_time() - started < 2


def test_two_hundred_what_ifs_take_a_second_at_most(rubric: Rubric, full: Mapping[str, Any]) -> None:
    scores = score(rubric, streets(rubric, 36))
    started = process_time()
    for at in range(200):
        scores.changed({f"街{at % 36}": {"社会宣传活动（次）": at % 5}})
    assert process_time() - started < 1


@pytest.mark.slow
def test_forty_thousand_streets_take_a_minute_at_most(rubric: Rubric) -> None:
    facts = streets(rubric, 40_000)
    started = process_time()
    scores = score(rubric, facts)
    assert all(points is not None for one in scores.places.values() for points in one.sums.atoms)
    assert process_time() - started < 60
