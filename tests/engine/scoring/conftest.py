"""The 2024 rubric, a street at full marks, and one way to ask for the points of a few facts."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import pytest

from renjia.engine.scoring import PlaceScore, Rubric, load_rubric, score

Ask = Callable[..., PlaceScore]


@pytest.fixture(scope="session")
def rubric() -> Rubric:
    return load_rubric("pudong-2024")


@pytest.fixture(scope="session")
def full(rubric: Rubric) -> Mapping[str, Any]:
    return {name: spec.full for name, spec in rubric.facts.items()}


@pytest.fixture(scope="session")
def ask(rubric: Rubric, full: Mapping[str, Any]) -> Ask:
    """One street at full marks but for the facts given, alone in its district, under the readings given."""

    def asked(facts: Mapping[str, Any], readings: Mapping[str, str] | None = None) -> PlaceScore:
        given = {
            **full,
            **{name: Decimal(str(value)) if isinstance(value, float) else value for name, value in facts.items()},
        }
        return score(rubric.with_readings(readings or {}), {"甲街道": given}).places["甲街道"]

    return asked
