"""一行不少 — every row received is in a case, or returned, or repeated, or replaced; a month run again changes nothing."""

import csv
import os
from collections import Counter
from collections.abc import Set
from dataclasses import dataclass
from pathlib import Path
from shutil import copytree

import openpyxl
import pytest

from renjia.engine.synthetic import make_district, write_district
from renjia.engine.units import Month
from renjia.records.store.databases import NAME
from slow.installation import Installation
from slow.spoiling import SOURCES, lines, spoil
from slow.states import state_of

SHARED = os.environ.get("SHARED")
MONTHS = ("2025-01", "2025-02", "2025-03")
# A file refused before is looked at again, and that look is noted.
NOTED = {"access", "changes"}

pytestmark = pytest.mark.timeout(900)

BATCHES = """
    select feed, sum(rows), sum(accepted), sum(returned), sum(repeated) from intake_batch
    where state = 'accepted' group by feed"""
RECORDS = """
    select r.source, r.state, m.record_id is not null, count(*) from intake_sourcerecord r
    left join births_caserecord m on m.record_id = r.id
    left join births_birthcase c on c.id = m.case_id and c.retired is null group by 1, 2, 3"""


def run(installation: Installation, folder: Path, months: tuple[str, ...]) -> None:
    for month in months:
        ran = installation.cycle(month, folder)
        assert ran.code == 0, ran.said[-3000:]


def rows_sent(folder: Path) -> Counter[str]:
    """Not by our reading: rows that hold a record number which the maker's list names, and rows it names by place."""
    sent: Counter[str] = Counter()
    numbers: dict[str, set[str]] = {}
    with (folder / "truth.csv").open(encoding="utf-8-sig", newline="") as file:
        for line in csv.DictReader(file):
            sent[SOURCES[line["source"]]] += ":" in line["record"]
            numbers.setdefault(line["source"], set()).add(line["record"])
    for path in folder.glob("2025-*/*"):
        rows = openpyxl.load_workbook(path).active.values if path.suffix == ".xlsx" else map(split, lines(path))
        sent[SOURCES[path.stem]] += sum(not numbers[path.stem].isdisjoint(map(str, row)) for row in rows)
    return sent


def split(line: str) -> list[str]:
    return line.split(",")


@dataclass(frozen=True)
class Tally:
    """一个来源的账 — what was received and what became of it."""

    rows: int
    in_cases: int
    replaced: int
    returned: int
    repeated: int


def tally(installation: Installation, sent: Counter[str]) -> dict[str, Tally]:
    """The books of every source, balanced: rows in = rows in cases + replaced + returned + repeated."""
    with installation.server.connect(database=NAME) as c:
        batches = {feed: counts for feed, *counts in c.execute(BATCHES).fetchall()}
        records = {(source, state, held): n for source, state, held, n in c.execute(RECORDS).fetchall()}
        empty = c.execute(
            "select count(*) from births_birthcase c where retired is null"
            " and not exists (select from births_caserecord m where m.case_id = c.id)"
        ).fetchone()
    assert {(state, held) for _, state, held in records} <= {("current", True), ("superseded", False)}
    assert empty == (0,)
    books = {}
    for source, (rows, accepted, returned, repeated) in batches.items():
        in_cases, replaced = records.get((source, "current", True), 0), records.get((source, "superseded", False), 0)
        books[source] = Tally(rows, in_cases, replaced, returned, repeated)
        assert rows == sent[source], f"{source}: {sent[source]} rows sent, {rows} received"
        assert accepted == in_cases + replaced, books[source]
        assert rows == accepted + returned + repeated, books[source]
    assert books.keys() == set(SOURCES.values())
    return books


def check_same_again(installation: Installation, folder: Path, month: str, but: Set[str] = frozenset()) -> None:
    before = state_of(installation)
    run(installation, folder, (month,))
    found = before.differences(state_of(installation))
    assert not found.keys() - but, f"{month} again: {found}"


def groups(installation: Installation) -> set[frozenset[str]]:
    with installation.server.connect(database=NAME) as c:
        return {
            frozenset(keys)
            for (keys,) in c.execute(
                "select array_agg(r.key) from births_caserecord m join intake_sourcerecord r on r.id = m.record_id"
                " group by m.case_id"
            )
        }


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clean")
    write_district(make_district(600, [Month.parse(m) for m in MONTHS], 11), folder)
    return folder


@pytest.fixture
def empty(installation: Installation) -> Installation:
    """The shared installation as on its first day."""
    installation.prepare()
    installation.empty()
    return installation


@pytest.fixture(scope="module")
def in_order(installation: Installation, clean: Path) -> tuple[dict[str, Tally], set[frozenset[str]]]:
    """The months as sent, one after the other: their books and their cases."""
    installation.prepare()
    installation.empty()
    run(installation, clean, MONTHS)
    return tally(installation, rows_sent(clean)), groups(installation)


@pytest.mark.slow
def test_no_row_is_lost_and_running_again_changes_nothing(
    in_order: tuple[dict[str, Tally], set[frozenset[str]]], empty: Installation, tmp_path: Path, clean: Path
) -> None:
    folder = tmp_path / "spoiled"
    copytree(clean, folder)
    spoiled = spoil(folder, MONTHS[0], MONTHS[1])
    for number, month in enumerate(MONTHS):
        run(empty, folder, (month,))
        check_same_again(empty, folder, month, NOTED if number == 1 else frozenset())
    books = tally(empty, rows_sent(clean) + spoiled.added)
    for source, before in in_order[0].items():
        now = books[source]
        assert now.returned - before.returned == spoiled.returned[source]
        assert now.repeated - before.repeated == spoiled.repeated[source]
        assert now.replaced - before.replaced == spoiled.replaced[source]
    refused = [row for row in state_of(empty).parts["batches"].elements() if row[9] == "refused"]
    assert len(refused) == spoiled.refused_files
    for month in MONTHS:  # and long after
        check_same_again(empty, folder, month, NOTED if month == MONTHS[1] else frozenset())


@pytest.mark.slow
def test_months_in_any_order_give_the_same_cases(
    in_order: tuple[dict[str, Tally], set[frozenset[str]]], empty: Installation, clean: Path
) -> None:
    run(empty, clean, tuple(reversed(MONTHS)))
    assert tally(empty, rows_sent(clean)) == in_order[0]
    assert groups(empty) == in_order[1]
    check_same_again(empty, clean, MONTHS[0])


@pytest.mark.shared
@pytest.mark.skipif(not SHARED, reason="SHARED is not set")
def test_six_months_of_the_sample_lose_no_row(empty: Installation) -> None:
    folder = Path(SHARED or "") / "data" / "births"
    run(empty, folder, tuple(f"2025-{n:02d}" for n in range(1, 7)))
    books = tally(empty, rows_sent(folder))
    assert sum(book.in_cases for book in books.values()) == 27560
    check_same_again(empty, folder, "2025-06")
    check_same_again(empty, folder, "2025-02")
