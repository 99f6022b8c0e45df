"""The sample months as five departments send them: every row read, none sent back."""

import csv
import os
from collections import Counter
from pathlib import Path

import pytest

from renjia.engine.units import Month
from renjia.records.intake import check, load_feeds, read_file, recognise

SHARED = os.environ.get("SHARED")
pytestmark = [pytest.mark.shared, pytest.mark.skipif(not SHARED, reason="SHARED is not set")]


def test_every_row_of_six_months() -> None:
    births = Path(SHARED or "") / "data" / "births"
    with (births / "truth.csv").open(encoding="utf-8-sig", newline="") as file:
        truth = {(line["source"], line["record"]) for line in csv.DictReader(file)}
    feeds = load_feeds()
    seen: set[tuple[str, str]] = set()
    counts: Counter[str] = Counter()
    for path in sorted(births.glob("20??-??/*")):
        reading = read_file(path.read_bytes(), path.name)
        feed = recognise(reading, feeds.values())
        assert feed.name == path.stem
        checked = check(reading, feed, Month.parse(path.parent.name))
        assert (checked.returned, checked.repeated, checked.unknown_columns, reading.problems) == ([], [], [], [])
        assert len(reading.title_rows) == (path.stem == "预防接种")
        assert len(reading.total_rows) == (path.stem == "户籍出生")
        counts[path.stem] += len(checked.accepted)
        seen |= {(path.stem, row.record) for row in checked.accepted}
    assert counts == {"生育登记": 5177, "住院分娩": 5765, "预防接种": 5659, "出生医学证明": 5659, "户籍出生": 5300}
    assert seen == truth
