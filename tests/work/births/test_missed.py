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


def estimated(rows: list[dict[str, Any]], began: str = "2023-01", wrong: float | None = None) -> Any:
    with connect(threads=1) as con:
        con.register("birth_case", pa.Table.from_pylist(rows, TABLES["birth_case"]))
        con.register("birth_report", pa.Table.from_pylist([{"case": "a", "arrived": began}], TABLES["birth_report"]))
        con.register("place", pa.Table.from_pylist(PLACES, TABLES["place"]))
        return missed_births(con, Month(2025, 3), wrong)


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


def test_without_an_audit_linkage_errors_are_left_out() -> None:
    found = estimated(births(900, "310115001", 1) + births(600, "310115002", 2))
    assert found.band is None and all(group.band is None for group in found.groups)


def test_with_an_audit_the_band_is_wider_on_both_sides_and_grows_with_what_may_be_wrong() -> None:
    rows = births(900, "310115001", 1) + births(600, "310115002", 2)
    _, low, high = estimated(rows).whole
    found = [estimated(rows, wrong=wrong) for wrong in (0.0, 0.005, 0.02)]
    assert found[0].whole == found[2].whole, "估计本身不变"
    assert found[0].band == pytest.approx((low, high), abs=1.5)
    assert found[2].band[0] < found[1].band[0] < low and high < found[1].band[1] < found[2].band[1]


def test_no_more_births_are_taken_back_than_there_are_lone_records() -> None:
    """Five nearly whole lists: almost nobody stands alone, so hardly anybody can have been split in two."""
    rng = np.random.default_rng(5)
    rows = []
    for at in range(1500):
        reports = {column: date(2024, 7, 1) for column in COLUMNS if rng.random() < 0.93}
        rows.append({"case": f"n{at}", "born": date(2024, 6, 1), "street": "310115001", "outcome": "live"} | reports)
    lone = sum(sum(column in row for column in COLUMNS) == 1 for row in rows)
    found = estimated(rows, wrong=0.1)
    assert found.groups[0].seen - lone - 1 <= found.band[0] <= found.groups[0].seen


def test_what_each_source_misses_is_told_by_kind() -> None:
    rows = births(600, "310115001", 12, sex="1", order=1) + births(400, "310115002", 13, sex="2", order=3)
    for row in rows:
        if row["sex"] == "2":
            row.pop("vaccinated", None)
    kinds = {(kind.of, kind.name): kind for kind in estimated(rows).kinds}
    assert ("孩次", "二孩") not in kinds and set(kinds) == {
        ("街镇类别", "街道"), ("街镇类别", "镇"), ("性别", "男"), ("性别", "女"), ("孩次", "一孩"), ("孩次", "三孩及以上"), ("胎数", "单胎"),
    }  # fmt: skip
    assert kinds["性别", "女"].shares[2] == 1.0 and 0.5 < kinds["性别", "男"].shares[2] < 0.7
    assert kinds["孩次", "三孩及以上"].sources == kinds["街镇类别", "镇"].sources


def test_a_share_of_too_few_is_not_told() -> None:
    few = births(30, "310115002", 14, delivery="d1")
    kinds = {kind.name: kind for kind in estimated(births(600, "310115001", 15) + few).kinds}
    assert kinds["多胎"].seen <= 30 and any(share is None for share in kinds["多胎"].shares)


def test_kinds_are_of_the_same_births_as_the_estimate() -> None:
    kept = births(300, "310115001", 16)
    more = births(200, "310115001", 17, born=date(2022, 6, 1)) + births(200, "310115001", 18, outcome="still")
    assert estimated(kept + more).kinds == estimated(kept).kinds
    assert estimated(kept).kinds[0].seen == estimated(kept).groups[0].seen
