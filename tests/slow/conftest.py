"""慢测试的家 — a synthetic district's two months and an installation that the tests of this folder share in turn."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from renjia.engine.synthetic import make_district, write_district
from renjia.engine.units import Month
from slow.installation import Installation

HOME = Path(__file__).resolve().parents[2] / "var" / "test"


@pytest.fixture(scope="session")
def two_months(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A district of about 300 births a year: its files of January and February."""
    folder = tmp_path_factory.mktemp("district")
    write_district(make_district(300, [Month(2025, 1), Month(2025, 2)], 7), folder)
    return folder


@pytest.fixture(scope="session")
def installation() -> Iterator[Installation]:
    made = Installation(HOME / f"slow-{os.getpid()}")
    yield made
    made.remove()
