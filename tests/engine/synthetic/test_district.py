"""Same seed, same bytes; what cannot be made is refused in Chinese; records and links agree with the feeds."""

import re
from collections import Counter

import pytest
import time_machine

from renjia.engine.synthetic import SOURCES, make_district, write_district
from renjia.engine.units import Month

TWO = (Month(2024, 12), Month(2025, 1))


def contents(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_same_seed_same_bytes_whatever_the_clock_says(tmp_path):
    for name, moment in (("a", "2025-05-01 08:00"), ("b", "2031-11-30 23:59")):
        with time_machine.travel(moment, tick=False):
            write_district(make_district(400, TWO, seed=3), tmp_path / name)
    assert contents(tmp_path / "a") == contents(tmp_path / "b")


def test_another_seed_is_another_district(tmp_path):
    for seed in (3, 4):
        write_district(make_district(400, TWO, seed=seed), tmp_path / str(seed))
    first, second = contents(tmp_path / "3"), contents(tmp_path / "4")
    assert first.keys() == second.keys()
    assert {name for name in first if first[name] == second[name]} == {"places.csv", "institutions.csv"}


@pytest.mark.parametrize("births", [0, -5])
def test_no_births_is_refused(births):
    with pytest.raises(ValueError, match="请给 1 以上的整数"):
        make_district(births, TWO, seed=1)


@pytest.mark.parametrize("months", [(), (Month(2025, 1), Month(2025, 3)), (Month(2025, 2), Month(2025, 1))])
def test_months_follow_one_another(months):
    with pytest.raises(ValueError, match="一个接一个"):
        make_district(100, months, seed=1)


def test_the_smallest_district_is_made(tmp_path):
    written = write_district(make_district(1, TWO, seed=1), tmp_path)
    assert len(written) == len(TWO) * len(SOURCES) + 4


def test_progress_is_told_to_the_end(tmp_path):
    told = []
    district = make_district(50, TWO, seed=1, told=lambda what, done, whole: told.append((done, whole)))
    assert told[-1][0] == told[-1][1]
    told.clear()
    write_district(district, tmp_path, told=lambda what, done, whole: told.append((done, whole)))
    assert told == [(step, 10) for step in range(1, 11)]


def test_records_hold_each_readable_record_once_as_last_sent(district):
    records = district.records().to_pydict()
    links = {f"{row['source']}|{row['record']}" for row in district.links().to_pylist()}
    keys = set(records["record"])
    assert len(keys) == len(records["record"])
    assert keys <= links
    unreadable = sum(int((feed["flaw"] != 0).sum()) for feed in district.feeds.values())
    assert len(links) - len(keys) == unreadable > 0
    numbers = dict(zip(records["record"], records["mother_id"], strict=True))
    for source, feed in district.feeds.items():
        for number, sent in zip(feed["record"][feed["again"]], feed["mother_id"][feed["again"]], strict=True):
            assert numbers[f"{source}|{number}"] == (sent or None)


def test_records_have_the_columns_their_source_has(district):
    records = district.records()
    filled = {
        source: {
            name
            for name in records.column_names
            if records.filter(records["source"].to_numpy(zero_copy_only=False) == source)[name].null_count
            < Counter(records["source"].to_pylist())[source]
        }
        for source in SOURCES
    }
    assert "baby_name" not in filled["registration"]
    assert "father_id" not in filled["hospital_delivery"] | filled["vaccination"]
    assert {"minute", "weight", "plurality"} <= filled["hospital_delivery"]
    assert {source for source in SOURCES if "hukou_place" in filled[source]} == {"hukou_birth"}


def test_children_include_those_nobody_reported(district):
    children = district.children().to_pydict()
    reported = set(district.links()["child"].to_pylist())
    born_in_months = [
        child for child, born in zip(children["child"], children["born"], strict=True) if born.year == 2025
    ]
    missed = set(born_in_months) - reported
    assert reported <= set(children["child"])
    assert 0.001 < len(missed) / len(born_in_months) < 0.06  # the last weeks are still to be reported


def test_moves_have_a_day_and_a_place_together(district):
    children = district.children()
    moved = [row for row in children.select(["moved_on", "later_neighbourhood"]).to_pylist() if row["moved_on"]]
    assert children["moved_on"].null_count == children["later_neighbourhood"].null_count
    assert moved
    assert all(re.fullmatch(r"\d{6}(\d{3}){0,2}", row["later_neighbourhood"]) for row in moved)
