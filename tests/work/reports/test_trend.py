"""逐月活产: only months whose files were received; births of earlier months come late and are few, and no month to compare with."""

from datetime import date

import pyarrow as pa
import pytest

from renjia.engine.sql import connect
from renjia.engine.units import Month
from renjia.measure.snapshot import TABLES
from renjia.work.reports.board import births_by_month, first_received

STREET = "310115001"


def cases(*born: tuple[int, int]) -> list[dict]:
    return [
        {"case": f"c{at}", "child": f"k{at}", "street": STREET, "born": date(*when, 9), "sex": "1", "order": 1, "outcome": "live"}
        for at, when in enumerate(born)
    ]  # fmt: skip


@pytest.fixture
def received_since_march():
    rows = {
        "birth_case": cases((2025, 1), (2025, 3), (2025, 3), (2025, 5)),
        "birth_report": [
            {"case": f"c{at}", "feed": "hospital_delivery", "street": STREET, "arrived": f"2025-0{month}"}
            for at, month in enumerate((3, 3, 4, 5))
        ],
        "place": [{"code": STREET, "name": "甲街道", "level": "street", "parent": "310115"}],
    }
    with connect(threads=1) as con:
        for name, schema in TABLES.items():
            con.register(name, pa.Table.from_pylist(rows.get(name, []), schema))
        yield con


def test_the_trend_begins_with_the_first_month_received(received_since_march) -> None:
    assert first_received(received_since_march) == Month(2025, 3)
    found = births_by_month(received_since_march, Month(2025, 5))
    assert found == {Month(2025, 3): 2, Month(2025, 4): 0, Month(2025, 5): 1}


def test_a_month_before_the_first_stands_alone(received_since_march) -> None:
    assert list(births_by_month(received_since_march, Month(2025, 2))) == [Month(2025, 2)]
