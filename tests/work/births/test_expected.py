"""预期出生 — what a street should have had by now against what came; a short history is said to be short."""

import subprocess
import sys
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from renjia.engine.sql import connect
from renjia.engine.units import Month
from renjia.measure.snapshot import TABLES
from renjia.work.births.expected import (
    ExpectedYear,
    History,
    arrived_by_month,
    expected_year,
    history,
    of_month,
    of_street,
)

CODES = tuple(f"3101150{at:02d}" for at in range(1, 7))
PLACES = [{"code": code, "name": f"{code[-2:]}街道", "level": "street"} for code in CODES]
FIRST, LATE = Month(2023, 1), np.array([0.8, 0.15, 0.05])


def district(
    months: int, seed: int = 1, a_month: int = 30, silent: str = "", since: int = 999, slow: np.ndarray = LATE
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Cases and their reports: `months` months of births in six streets, one in five told a month or two late."""
    rng = np.random.default_rng(seed)
    cases, reports = [], []
    for t in range(months):
        for code in CODES:
            for _ in range(rng.poisson(a_month)):
                late = int(rng.choice(3, p=slow))
                if t + late >= months or (code == silent and t >= since):
                    continue
                name, month = f"c{len(cases)}", FIRST.plus(t)
                cases.append(
                    {"case": name, "born": date(month.year, month.month, 5), "street": code, "outcome": "live"}
                )
                reports += [
                    {"case": name, "arrived": str(month.plus(min(late + more, months - t - 1)))} for more in (0, 1)
                ]
    return cases, reports


def seen_in(cases: list[dict[str, Any]], reports: list[dict[str, Any]]) -> History | None:
    with connect(threads=1) as con:
        con.register("birth_case", pa.Table.from_pylist(cases, TABLES["birth_case"]))
        con.register("birth_report", pa.Table.from_pylist(reports, TABLES["birth_report"]))
        con.register("place", pa.Table.from_pylist(PLACES, TABLES["place"]))
        return history(con)


def year(seen: History | None, month: Month) -> ExpectedYear:
    assert seen is not None
    return expected_year(seen, month)


def test_births_are_counted_by_the_month_they_were_first_told_in() -> None:
    seen = seen_in(*district(18))
    assert seen is not None and seen.first == FIRST and seen.through == FIRST.plus(17)
    told = np.nansum(seen.late[:12], axis=0)
    assert told / told.sum() == pytest.approx([*LATE, *[0.0] * (seen.late.shape[1] - 3)], abs=0.02)
    assert np.isnan(seen.late[17, 1:]).all() and not np.isnan(seen.late[:, 0]).any()


@pytest.mark.parametrize("seed", range(4))
def test_a_district_as_usual_is_not_reported(seed: int) -> None:
    seen = seen_in(*district(30, seed))
    found = year(seen, Month(2025, 6))
    assert found.origin == Month(2025, 1) and not found.refused
    assert len(found.cells) == 6 * 7
    assert not [cell for cell in found.cells if cell.flagged]
    assert all(cell.low <= cell.arrived <= cell.high for cell in found.cells)


def test_the_last_months_are_not_taken_for_few_because_reports_are_late() -> None:
    found = year(seen_in(*district(30)), Month(2025, 6))
    whole = of_month(found, Month(2025, 6))[-1]
    assert whole.code == "" and whole.name == "全区"
    assert whole.due == pytest.approx(whole.expected * whole.share) and 0.7 < whole.share < 0.9
    assert whole.expected == pytest.approx(180, rel=0.15) and whole.verdict == "正常"


def test_where_most_reports_come_late_a_month_under_way_is_still_as_usual() -> None:
    found = year(seen_in(*district(30, slow=np.array([0.3, 0.4, 0.3]))), Month(2025, 6))
    whole = of_month(found, Month(2025, 6))[-1]
    assert whole.arrived < 90 < whole.expected and whole.verdict == "正常"
    assert not [cell for cell in found.cells if cell.flagged]


def test_a_street_that_falls_silent_is_reported_and_comes_first() -> None:
    found = year(seen_in(*district(30, silent=CODES[3], since=27)), Month(2025, 6))
    rows = of_month(found, Month(2025, 4))
    assert rows[0].code == CODES[3] and rows[0].verdict == "偏少" and rows[0].arrived == 0 < rows[0].low
    assert [cell.code for cell in rows if cell.flagged and cell.code] == [CODES[3]]
    assert [cell.month for cell in of_street(found, CODES[3])] == [Month(2025, m) for m in range(6, 0, -1)]
    said = of_street(found, CODES[3])[0].text
    assert not said or "应到" in said


def test_a_short_history_is_said_and_nothing_is_expected() -> None:
    seen = seen_in(*district(6))
    found = year(seen, FIRST.plus(5))
    assert found.cells == () and found.origin is None
    assert "共 6 个月" in found.refused and "至少要 12 个整月" in found.refused and "2024-01" in found.refused
    assert seen is not None
    arrived = arrived_by_month(seen)
    assert sum(row[""] for row in arrived.values()) == int(seen.births.sum())


def test_the_first_year_after_a_short_history_begins_where_it_may() -> None:
    found = year(seen_in(*district(20)), Month(2024, 8))
    assert found.origin == Month(2024, 1)
    late_start = seen_in(*district(16))
    assert year(late_start, Month(2024, 4)).origin == Month(2024, 1)
    assert year(late_start, Month(2023, 12)).refused


def test_no_births_at_all_and_no_history_are_not_an_error() -> None:
    assert seen_in([], []) is None
    cases, reports = district(30)
    none = [case | {"outcome": "still"} for case in cases]
    assert (
        "没有" in year(seen_in(none, reports), Month(2025, 6)).refused
        or "一例" in year(seen_in(none, reports), Month(2025, 6)).refused
    )


@pytest.mark.parametrize("more", [{"outcome": "still"}, {"known_to": date(2025, 1, 1)}, {"street": None}])
def test_what_is_no_birth_of_a_street_is_left_out(more: dict[str, Any]) -> None:
    cases, reports = district(14)
    half = [case | (more if at % 2 else {}) for at, case in enumerate(cases)]
    kept, whole = seen_in(half, reports), seen_in(cases, reports)
    assert kept is not None and whole is not None
    assert kept.births.sum() == pytest.approx(whole.births.sum() / 2, abs=1)


def test_the_engine_gives_its_function_whatever_was_asked_for_first() -> None:
    """The file bears the name of the function: reading a file beside it once hid the one behind the other."""
    code = "from renjia.engine.demography import alerts, expected_births; assert callable(expected_births)"
    subprocess.run([sys.executable, "-c", code], check=True)
