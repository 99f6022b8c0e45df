"""漏报 — cells from the working set's own tables; too few is said, what came late is left out."""

from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from renjia.engine.sql import connect
from renjia.engine.units import Month
from renjia.measure.snapshot import TABLES
from renjia.work.births.missed import SOURCES, missed_births

COLUMNS = ("registered", "delivered", "vaccinated", "certified", "hukou_entered")
PLACES = [
    {"code": "310115001", "name": "甲街道", "level": "street"}, {"code": "310115002", "name": "乙镇", "level": "street"},
]  # fmt: skip


def births(many: int, place: str, seed: int, born: date = date(2024, 6, 1), **more: Any) -> list[dict[str, Any]]:
    rng = np.random.default_rng(seed)
    held = rng.random((many, 5)) < np.array([0.5, 0.6, 0.4, 0.55, 0.3])
    rows = []
    for at, row in enumerate(held.tolist()):
        reports = {column: date(2024, 7, 1) for column, has in zip(COLUMNS, row, strict=True) if has}
        rows.append({"case": f"{seed}-{at}", "born": born, "street": place, "outcome": "live"} | reports | more)
    return rows


def estimated(rows: list[dict[str, Any]], began: str = "2023-01") -> Any:
    with connect(threads=1) as con:
        con.register("birth_case", pa.Table.from_pylist(rows, TABLES["birth_case"]))
        con.register("birth_report", pa.Table.from_pylist([{"case": "a", "arrived": began}], TABLES["birth_report"]))
        con.register("place", pa.Table.from_pylist(PLACES, TABLES["place"]))
        return missed_births(con, Month(2025, 3))


def test_births_nobody_saw_are_estimated_by_kind_of_street() -> None:
    rows = births(900, "310115001", 1) + births(600, "310115002", 2)
    found = estimated(rows)
    assert [group.name for group in found.groups] == ["街道", "镇"]
    assert found.groups[0].seen == sum(r["street"] == "310115001" and any(c in r for c in COLUMNS) for r in rows)
    assert all(group.estimate and group.estimate.low <= many <= group.estimate.high
               for group, many in zip(found.groups, (900, 600), strict=True))  # fmt: skip
    total, low, high = found.whole
    assert low <= 1500 <= high and abs(total - 1500) < 60


def test_the_period_leaves_three_months_for_late_reports() -> None:
    found = estimated(births(300, "310115001", 3) + births(300, "310115001", 4, born=date(2025, 1, 1)))
    assert (found.first, found.last) == (date(2024, 1, 1), date(2024, 12, 31))
    assert found.groups[0].seen <= 300


@pytest.mark.parametrize("more", [{"outcome": "still"}, {"known_to": date(2025, 1, 1)}, {"street": None}])
def test_what_is_no_birth_of_a_street_is_left_out(more: dict[str, Any]) -> None:
    kept = births(300, "310115001", 5)
    assert estimated(kept + births(200, "310115001", 6, **more)).groups[0].seen == estimated(kept).groups[0].seen


def test_too_few_is_said_and_there_is_no_whole() -> None:
    found = estimated(births(900, "310115001", 7) + births(40, "310115002", 8))
    assert found.whole is None
    assert found.groups[1].estimate is None and "至少要" in found.groups[1].refused


def test_shares_of_each_source_are_counted() -> None:
    rows = births(500, "310115001", 9)
    found = estimated(rows)
    name, held, share, _ = found.by_source[0]
    assert name == SOURCES[0]
    assert held == sum("registered" in row for row in rows)
    assert share == pytest.approx(held / found.groups[0].seen)


def test_births_before_the_first_files_are_left_out() -> None:
    """Whoever was born before any file was sent is known only by who was late: that says nothing of who is missed."""
    early = births(300, "310115001", 10, born=date(2024, 3, 1))
    found = estimated(births(300, "310115001", 11, born=date(2024, 9, 1)) + early, began="2024-08")
    assert found.first == date(2024, 8, 1)
    assert found.groups[0].seen <= 300
