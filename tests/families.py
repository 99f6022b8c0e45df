"""对账的班底 — families whose records the tests spoil, one way at a time.

李梅 and 王建国 are the usual parents; 陈静 and 刘强 live elsewhere; ANNA SMITH has a passport.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from renjia.engine.linkage import Decision, Linked, link

LIMEI: dict[str, Any] = {
    "mother_name": "李梅", "mother_id": "310115199404245746", "father_name": "王建国", "father_id": "310115199109086113",
    "address": "310115001001", "phone": "13712346287", "institution": "H310000",
}  # fmt: skip
CHENJING: dict[str, Any] = {
    "mother_name": "陈静", "mother_id": "320101198812123026", "father_name": "刘强", "father_id": "320101198505051536",
    "address": "310115002007", "phone": "15900112233", "institution": "H310001",
}  # fmt: skip
ANNA: dict[str, Any] = {
    "mother_name": "ANNA SMITH", "mother_id": "E12345678", "father_name": "周凯", "father_id": "31011519930101024X",
    "address": "310115003002", "phone": "18600998877", "institution": "H310002",
}  # fmt: skip
SIXI: dict[str, Any] = {
    "baby_name": "王思溪", "born": dt.date(2025, 3, 17), "minute": 615, "sex": "2", "weight": 3210, "order": 1,
    "plurality": 1, "parity": 1, "certificate": "X310012345", "reported": dt.date(2025, 3, 20),
}  # fmt: skip
STATED = {
    "registration": "order parity address phone institution",
    "hospital_delivery": "minute weight order plurality parity address phone institution",
    "vaccination": "weight certificate address phone institution baby_name",
    "birth_certificate": "minute weight certificate address institution baby_name father_id",
    "hukou_birth": "certificate baby_name father_id",
}
ALWAYS = "mother_name mother_id father_name born sex reported"
SOURCES = tuple(STATED)
_KINDS = {"born": pa.date32(), "reported": pa.date32()} | dict.fromkeys(
    ("minute", "weight", "order", "plurality", "parity"), pa.int64()
)


@dataclass
class Result:
    """Answers about a run."""

    linked: Linked
    case: dict[str, str] = field(default_factory=dict)
    delivery: dict[str, str] = field(default_factory=dict)
    state: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for row in self.linked.assignment.to_pylist():
            self.case[row["record"]] = row["case"]
            self.delivery[row["record"]] = row["delivery"]
            self.state[row["record"]] = row["state"]

    def one_case(self, *keys: str) -> bool:
        return len({self.case[key] for key in keys}) == 1

    def one_delivery(self, *keys: str) -> bool:
        return len({self.delivery[key] for key in keys}) == 1


@dataclass
class Book:
    """Records as departments send them, each added by name."""

    rows: list[dict[str, Any]] = field(default_factory=list)

    def add(self, source: str, *said: dict[str, Any], key: str = "", **changed: Any) -> str:
        """One record; what the source states is taken from `said`, then changed."""
        known: dict[str, Any] = {}
        for part in said or (LIMEI, SIXI):
            known |= part
        fields = {name: known.get(name) for name in (ALWAYS + " " + STATED[source]).split()}
        record = key or f"{source}|{len(self.rows):04d}"
        self.rows.append({"record": record, "source": source} | fields | changed)
        return record

    def child(self, *said: dict[str, Any], sources: Sequence[str] = SOURCES, **changed: Any) -> list[str]:
        """The same child in several sources."""
        return [self.add(source, *said, **changed) for source in sources]

    def table(self) -> pa.Table:
        names = sorted({name for row in self.rows for name in row})
        return pa.table(
            {name: pa.array([row.get(name) for row in self.rows], _KINDS.get(name, pa.string())) for name in names}
        )

    def link(self, *decisions: Decision) -> Result:
        return Result(link(self.table(), decisions=decisions))
