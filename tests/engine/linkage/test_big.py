"""大规模对账 — on disk as in memory: every case, every line of evidence, every question, whatever the batches."""

import datetime as dt
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from odd_births import odd_births
from renjia.engine.linkage import Decision, Linked, link
from renjia.engine.linkage.big.linking import STAGES, link_big
from renjia.engine.synthetic import make_district
from renjia.engine.units import Month

TABLES = ("assignment", "evidence", "questions")


def agree(one: Linked, other: Linked) -> bool:
    """Table by table, row by row, in one order."""
    return all(getattr(one, name).equals(getattr(other, name)) for name in TABLES) and (
        one.model_version == other.model_version
    )


@pytest.mark.parametrize(("seed", "buckets", "batch"), [(1, 1, 100_000), (2, 7, 500), (3, 64, 97)])
def test_a_district_is_linked_as_in_memory(tmp_path: Path, seed: int, buckets: int, batch: int) -> None:
    table = make_district(2000, [Month(2025, 1), Month(2025, 2)], seed).records()
    found = link_big(table, tmp_path, buckets=buckets, batch=batch)
    assert agree(link(table), found.read())
    assert found.counts["canon"] == table.num_rows
    assert list(found.seconds) == list(STAGES)


@pytest.mark.parametrize("seed", range(6))
def test_odd_births_and_decisions_are_linked_as_in_memory(tmp_path: Path, seed: int) -> None:
    table, decisions = odd_births(seed)
    expected = link(table, decisions=decisions)
    assert expected.questions.num_rows and expected.evidence.num_rows > 100
    found = link_big(table, tmp_path, decisions=decisions, buckets=1 + seed * 5, batch=50 + seed * 100)
    assert agree(expected, found.read())


def test_the_order_and_the_files_do_not_matter(tmp_path: Path) -> None:
    table, decisions = odd_births(11)
    sources = sorted(set(table["source"].to_pylist()))
    paths = []
    for source in reversed(sources):
        part = table.filter(pa.compute.equal(table["source"], source))
        empty = [name for name in part.column_names if part[name].null_count == part.num_rows]
        paths.append(tmp_path / f"{source}.parquet")
        pq.write_table(part.drop_columns(empty), paths[-1])
    found = link_big(paths, tmp_path / "out", decisions=decisions)
    assert agree(link(table, decisions=decisions), found.read())
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(f"{name}.parquet" for name in TABLES)


def test_nothing_and_next_to_nothing(tmp_path: Path) -> None:
    one = pa.table({"record": ["registration|1"], "source": ["registration"]})
    for count in (0, 1):
        found = link_big(one.slice(0, count), tmp_path / str(count)).read()
        assert agree(link(one.slice(0, count)), found)
        assert found.assignment["state"].to_pylist() == ["alone"] * count


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"record": ["a", "b", "a"], "source": ["s", "s", "s"]}, "「a」出现两次"),
        ({"record": ["a", "b", "c"], "source": ["s", None, "s"]}, "1 条记录没有来源"),
        ({"record": ["a", None, "c"], "source": ["s", "s", "s"]}, "1 条记录没有记录号"),
        ({"record": ["a", "b", "c"]}, "缺「source」列"),
    ],
)
@pytest.mark.parametrize("batch", [1, 1000])
def test_bad_records_are_refused(tmp_path: Path, given: dict[str, Any], said: str, batch: int) -> None:
    kinds = pa.schema([(name, pa.string()) for name in given])
    with pytest.raises(ValueError, match=said):
        link_big(pa.table(given, schema=kinds), tmp_path, batch=batch)
    assert not list(tmp_path.iterdir())  # nothing half-written


def test_contradictory_answers_and_unknown_engines_are_refused(tmp_path: Path) -> None:
    table, _ = odd_births(1, 5)
    a, b, c, *_ = table["record"].to_pylist()
    answers = [Decision(a, b, True), Decision(b, c, True), Decision(a, c, False)]
    with pytest.raises(ValueError, match="互相矛盾"):
        link_big(table, tmp_path, decisions=answers)
    with pytest.raises(ValueError, match="引擎「sqlite」不认得"):
        link_big(table, tmp_path, engine="sqlite")
    assert not list(tmp_path.iterdir())


def test_one_name_one_phone_and_no_numbers_make_no_flood(tmp_path: Path) -> None:
    count = 3000
    table = pa.table(
        {
            "record": [f"{'RV'[k % 2]}|{k:05}" for k in range(count)],
            "source": [("registration", "vaccination")[k % 2] for k in range(count)],
            "mother_name": ["王芳"] * count,
            "phone": ["13800000000"] * count,
            "born": [dt.date(2025, 1, 1) + dt.timedelta(k % 3) for k in range(count)],
        }
    )
    found = link_big(table, tmp_path)
    assert found.counts["pair"] == 0  # every block is above the cap
    assert agree(link(table), found.read())


@pytest.mark.slow
def test_workers_change_nothing(tmp_path: Path) -> None:
    table, decisions = odd_births(21)
    found = link_big(table, tmp_path, decisions=decisions, buckets=3, batch=200, workers=2)
    assert agree(link(table, decisions=decisions), found.read())


def test_complete_groups_of_neighbouring_days_meet(tmp_path: Path) -> None:
    sources = ("registration", "hospital_delivery", "vaccination", "birth_certificate", "hukou_birth", "other")
    table = pa.table(
        {
            "record": [f"{source}|1" for source in sources],
            "source": list(sources),
            "mother_name": ["李梅"] * 6,
            "mother_id": ["310115199404245746"] * 6,
            "born": [dt.date(2025, 3, 17 + k // 3) for k in range(6)],
        }
    )
    found = link_big(table, tmp_path)
    assert found.counts["pair"] == 1  # neither group has anything left to ask, but their hubs are compared
    assert agree(link(table), found.read())
    assert len(set(found.read().assignment["delivery"].to_pylist())) == 1
