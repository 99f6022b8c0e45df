"""月月对账 — a store and, beside it, the full run it must equal; the records and numbers are kept here in plain dicts."""

from collections.abc import Iterable, Sequence
from itertools import count
from pathlib import Path
from typing import Any

import pyarrow as pa

from renjia.engine.linkage import Decision, link, stable_ids
from renjia.engine.linkage.columns import typed
from renjia.engine.linkage.store.link_store import LinkStore, Settled

Row = dict[str, Any]
SCHEMA = typed(pa.table({"record": pa.array([], pa.string()), "source": pa.array([], pa.string())})).schema


def table_of(rows: Iterable[Row]) -> pa.Table:
    return pa.Table.from_pylist(list(rows), SCHEMA)


def assert_equal(month: Settled, records: pa.Table, decisions: Sequence[Decision]) -> None:
    """The three tables of the store are those of the full run, row for row."""
    full = link(records, decisions=decisions)
    for name in ("assignment", "evidence", "questions"):
        ours, theirs = getattr(month.linked, name), getattr(full, name)
        assert ours.schema == theirs.schema, name
        if not ours.equals(theirs):
            ours, theirs = ours.to_pylist(), theirs.to_pylist()
            assert [row for row in ours if row not in theirs] == [row for row in theirs if row not in ours], name
            raise AssertionError(f"{name}: order")
    assert month.linked.model_version == full.model_version


class Beside:
    """A store and what it should hold."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.rows: dict[str, Row] = {}
        self.numbers: dict[str, str] = {}
        self.serial = count(1)

    def month(
        self,
        rows: Iterable[Row] = (),
        withdrawn: Iterable[str] = (),
        decisions: Sequence[Decision] = (),
        *,
        whole: bool = False,
    ) -> Settled:
        """A month goes into both; they must agree on everything. whole: the store is handed all records."""
        rows, withdrawn = list(rows), set(withdrawn)
        self.rows |= {row["record"]: row for row in rows}
        self.rows = {key: row for key, row in self.rows.items() if key not in withdrawn}
        everything = table_of(self.rows.values())
        with LinkStore.open(self.folder) as store:
            if whole:
                month = store.link_all(everything, decisions=decisions)
            else:
                month = store.link(table_of(rows), withdrawn=withdrawn, decisions=decisions)
        assert_equal(month, everything, decisions)
        self._assert_numbers(month)
        return month

    def _assert_numbers(self, month: Settled) -> None:
        assignment = month.linked.assignment
        mapping, events = stable_ids(self.numbers, assignment, lambda _: f"G{next(self.serial):07d}")
        assert month.events == events
        self.numbers = {
            record: mapping[case]
            for record, case in zip(assignment["record"].to_pylist(), assignment["case"].to_pylist(), strict=True)
        }
        assert dict(zip(assignment["record"].to_pylist(), month.cases.to_pylist(), strict=True)) == self.numbers

    def store(self) -> LinkStore:
        return LinkStore.open(self.folder)
