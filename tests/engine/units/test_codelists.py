"""Code lists: every line has a code, a Chinese name and a source; no code twice."""

import csv
from pathlib import Path

import pytest

import renjia.engine.units

CODELISTS = Path(renjia.engine.units.__file__).parents[2] / "definitions" / "codelists"


@pytest.mark.parametrize("name", ["sex", "birth_outcome"])
def test_small_code_lists(name):
    with (CODELISTS / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        reader = csv.DictReader(lines)
        assert reader.fieldnames == ["code", "name", "from", "to", "source"]
        rows = list(reader)
    assert len({row["code"] for row in rows}) == len(rows) > 1
    assert all(row["name"] and row["source"] for row in rows)
