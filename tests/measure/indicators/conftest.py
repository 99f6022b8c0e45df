"""A small district as plain rows, and a connection over them."""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from renjia.engine.sql import connect
from renjia.engine.units import Month
from renjia.measure.snapshot import TABLES

Rows = dict[str, list[dict[str, Any]]]
STREETS = ["310115001", "310115002", "310115003", None]
FEEDS = {"registration": None, "hospital_delivery": 3, "vaccination": 30}
PLACES = [
    {"code": "310115", "name": "甲区", "level": "district"},
    *({"code": code, "name": f"{code}街道", "level": "street", "parent": "310115"} for code in STREETS if code),
    {"code": "310115004", "name": "无事镇", "level": "street", "parent": "310115"},
    {"code": "310115005", "name": "已撤街道", "level": "street", "parent": "310115", "to": date(2024, 12, 31)},
]


@contextmanager
def _over(rows: Rows) -> Iterator[duckdb.DuckDBPyConnection]:
    with connect(threads=1) as con:
        for name, schema in TABLES.items():
            con.register(name, pa.Table.from_pylist(rows.get(name, []), schema))
        yield con


def _make_rows(seed: int, size: int = 60) -> Rows:
    """Cases over three months with reports, verifications and agreements, many things missing."""
    at = random.Random(seed)
    rows: Rows = {
        "birth_case": [],
        "birth_report": [],
        "birth_verification": [],
        "birth_agreement": [],
        "place": PLACES,
    }
    for number in range(size):
        case, street = f"c{number:03d}", at.choice(STREETS)
        near = street and at.choice([f"{street}001", f"{street}002", None])
        born = at.choice([None, *[date(2025, 1, 1) + timedelta(days=at.randrange(90)) for _ in range(9)]])
        where = {"case": case, "street": street}
        rows["birth_case"].append(
            where
            | {
                "neighbourhood": near,
                "born": born,
                "sex": at.choice(["1", "2", None]),
                "order": at.choice([1, 2, None]),
            }
            | {"outcome": at.choice(["live", "live", "still", None])}
        )
        for feed, days in FEEDS.items():
            for _ in range(at.choice([0, 1, 1, 2])):
                reported = born and at.choice([None, born + timedelta(days=at.randrange(40))])
                arrived = str(at.choice([Month(2025, 1), Month(2025, 2), Month(2025, 3)]))
                institution = at.choice(["H1", "H2", None])
                rows["birth_report"].append(
                    where | {"feed": feed, "institution": institution, "born": born, "reported": reported}
                    | {"arrived": arrived, "due_days": days}
                )  # fmt: skip
        for month in at.sample([1, 2, 3], at.choice([0, 1, 2])):
            due = date(2025, month + 1, 14)
            result = at.choice([None, "confirmed", "corrected", "unverifiable"])
            verified = result and due + timedelta(days=at.randrange(-9, 5))
            rows["birth_verification"].append(
                where | {"neighbourhood": near, "period": f"2025-{month:02d}", "due": due}
                | {"result": result, "verified": verified}
            )  # fmt: skip
        for field in ("born", "sex"):
            rows["birth_agreement"].append(
                where | {"period": "2025-02", "field": field, "sources": at.choice([1, 2, 3])}
                | {"agree": at.choice([True, False])}
            )  # fmt: skip
    return rows


@pytest.fixture(scope="session")
def over() -> Callable[[Rows], Any]:
    return _over


@pytest.fixture(scope="session")
def make_rows() -> Callable[..., Rows]:
    return _make_rows


@pytest.fixture(scope="module")
def district() -> Iterator[duckdb.DuckDBPyConnection]:
    with _over(_make_rows(1, 40)) as con:
        yield con
