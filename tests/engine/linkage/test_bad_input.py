"""坏数据 — whatever is sent: a Chinese message or an honest wide result, in bounded time and memory."""

import datetime as dt
import time
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pyarrow as pa
import pytest

from linkage_crowds import SOURCES, alike, copies, crowd, family, table
from renjia.engine.linkage import Linked, link


def cases(result: Linked) -> dict[str, set[str]]:
    """The records of each case."""
    found: dict[str, set[str]] = {}
    for row in result.assignment.to_pylist():
        found.setdefault(row["case"], set()).add(row["record"])
    return found


def children(result: Linked) -> set[frozenset[str]]:
    """The numbers of children met in each case."""
    return {frozenset(record.split("|")[1] for record in held) for held in cases(result).values()}


@contextmanager
def bounded(megabytes: float, seconds: float) -> Iterator[None]:
    """No more memory than that at any moment, beyond what is held before; no more time."""
    link(crowd(5))  # what is loaded once is not counted
    tracemalloc.start()
    begun = time.perf_counter()
    try:
        yield
        took, peak = time.perf_counter() - begun, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert took < seconds
    assert peak < megabytes * 1e6


def test_no_rows_give_empty_tables() -> None:
    result = link(crowd(3).slice(0, 0))
    assert result.assignment.num_rows == result.evidence.num_rows == result.questions.num_rows == 0
    assert result.assignment.column_names == ["record", "case", "delivery", "state"]


@pytest.mark.parametrize("held", [SOURCES[:1], SOURCES[1:3], SOURCES])
def test_a_source_that_sent_nothing_is_no_harm(held: tuple[str, ...]) -> None:
    result = link(crowd(120, held))
    assert len(cases(result)) == 120
    assert all(len(together) == 1 for together in children(result))
    assert set(result.assignment["state"].to_pylist()) == ({"alone"} if len(held) == 1 else {"decided"})


def test_all_numbers_missing_families_are_still_found_and_kept_apart() -> None:
    result = link(crowd(120, mother_id=None, father_id=None))
    assert len(cases(result)) == 120
    assert all(len(together) == 1 for together in children(result))


@pytest.mark.parametrize(
    "same",
    [
        {"phone": "16000000000"},
        {"phone": "16000000000", "institution": "338771201", "address": "338771001001"},
        {"born": dt.date(2025, 5, 5)},
        {"born": None},
        {"mother_name": "王丽"},
        {"mother_id": "338771199001010028"},
        {"mother_id": "111111111111111111", "phone": "11111111111"},
    ],
    ids=lambda same: "+".join(same),
)
def test_one_value_for_everybody_joins_nobody_to_another(same: dict[str, Any]) -> None:
    result = link(crowd(150, **same))
    assert all(len(together) == 1 for together in children(result))
    assert len(cases(result)) <= 160


def test_one_name_and_nothing_else_stands_alone_in_the_end() -> None:
    rows = [{"record": f"registration|{at}", "source": SOURCES[at % 4], "mother_name": "王丽"} for at in range(3000)]
    result = link(table(rows))
    assert set(result.assignment["state"].to_pylist()) == {"alone"}
    assert len(cases(result)) == 3000


def test_one_name_one_day_one_minute_and_no_numbers_keeps_families_apart_in_bounded_memory() -> None:
    given = crowd(700, SOURCES[:2], mother_name="王丽", mother_id=None, born=dt.date(2025, 5, 5), minute=600)
    with bounded(megabytes=50, seconds=30):
        result = link(given)
    assert len(cases(result)) < 1.03 * 700
    assert sum(len(together) == 1 for together in children(result)) > 0.99 * 700


@pytest.mark.parametrize("times", [3, 30, 600, 5000])
def test_one_record_sent_again_and_again_is_one_child(times: int) -> None:
    given = pa.concat_tables([crowd(40), copies(family(7), times)])
    with bounded(megabytes=15, seconds=10):
        result = link(given)
    held = next(together for together in cases(result).values() if "registration|7|0" in together)
    assert {f"registration|7|{at}" for at in range(times)} <= held
    assert len(cases(result)) == 40
    shown = {key for name in ("a", "b") for key in result.evidence[name].to_pylist()}
    assert held <= shown  # every copy has a line of evidence


@pytest.mark.parametrize("times", [30, 600])
def test_a_bare_record_sent_again_and_again_is_one_child(times: int) -> None:
    bare = {name: family(7)[name] for name in ("mother_name", "mother_id", "born", "sex")}
    given = pa.concat_tables([crowd(40, SOURCES[1:]), copies(bare, times)], promote_options="default")
    with bounded(megabytes=15, seconds=5):
        result = link(given)
    assert len(cases(result)) == 40


def test_a_thousand_children_of_one_mother_and_day_are_one_question() -> None:
    rows = [
        family(7)
        | {"record": f"registration|{at}", "source": "registration", "weight": 2000 + 3 * at, "baby_name": None}
        for at in range(1000)
    ]
    with bounded(megabytes=30, seconds=10):
        result = link(table(rows))
    assert set(result.assignment["state"].to_pylist()) == {"in_review"}
    [reason] = result.questions["reason"].to_pylist()
    assert "这一组过大：1000 条记录" in reason


def test_one_minute_and_one_weight_for_a_whole_hospital_leaves_mothers_with_valid_numbers_apart() -> None:
    same = {"born": dt.date(2025, 5, 5), "minute": 600, "weight": 2500, "institution": "338771201", "sex": "1"}
    same |= dict.fromkeys(("father_name", "phone", "address")) | {"mother_name": "王丽"}
    result = link(alike(2, 2, SOURCES[:1], **same).slice(0, 24))  # few enough to be compared
    assert len(set(result.assignment["delivery"].to_pylist())) == 12


@pytest.mark.parametrize("sources", [SOURCES, SOURCES[:3], SOURCES[:2]], ids=len)
def test_twins_alike_in_everything_are_counted_as_two_though_nobody_can_tell_them_apart(
    sources: tuple[str, ...],
) -> None:
    result = link(alike(2, 2, sources))
    assert len(cases(result)) == 100
    assert len(set(result.assignment["delivery"].to_pylist())) == 50
    assert set(result.assignment["state"].to_pylist()) <= {"twins_undecided", "in_review"}


@pytest.mark.parametrize(
    ("rows", "stated", "children_each"), [(2, 1, 1), (2, None, 1), (3, 2, 2), (40, 2, 2), (3, 3, 3)]
)
def test_rows_beyond_the_children_stated_are_sent_again(rows: int, stated: int | None, children_each: int) -> None:
    assert len(cases(link(alike(rows, stated)))) == 50 * children_each


def test_twins_of_one_minute_in_one_ward_are_told_apart_or_left_open_and_counted_as_two() -> None:
    rows = [
        family(which)
        | {"born": dt.date(2025, 5, 5), "minute": 600, "institution": "338771201", "plurality": 2, "baby_name": None}
        | {"weight": 2400 + 100 * order, "sex": "1", "record": f"{source}|{which}|{order}", "source": source}
        for source in SOURCES[1:]
        for which in range(200)
        for order in (1, 2)
    ]
    result = link(table(rows))
    assert all(len(together) == 1 for together in children(result))
    assert len(cases(result)) == 400


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ({"record": ["a", "a"]}, "出现两次"),
        ({"record": [None, "a"]}, "记录号"),
        ({"source": [None, "registration"]}, "来源"),
        ({"born": ["2025/5/5", "五月五日"]}, "出生日期"),
        ({"weight": ["3000", "三千"]}, "体重"),
    ],
)
def test_what_cannot_be_read_is_said_in_chinese(bad: dict[str, list[Any]], said: str) -> None:
    given = {"record": ["a", "b"], "source": ["registration", "vaccination"], "mother_name": ["王丽", "王丽"]} | bad
    with pytest.raises(ValueError, match=said):
        link(pa.table(given))


def test_more_sources_than_anyone_has() -> None:
    rows = [family(1) | {"record": f"{at}", "source": f"来源{at}"} for at in range(100)]
    result = link(table(rows))
    assert len(cases(result)) == 1


def test_texts_without_end_and_dates_beyond_the_calendar() -> None:
    long = {
        "mother_name": "王" * 200_000,
        "mother_id": "9" * 200_000,
        "phone": "1" * 100_000,
        "baby_name": "宝" * 100_000,
    }
    rows = [
        long | {"record": "a", "source": "registration", "born": dt.date(1, 1, 1)},
        long | {"record": "b", "source": "vaccination", "born": dt.date(9999, 12, 31), "mother_name": "\x00😀𠮷"},
        {"record": "c", "source": "vaccination", "weight": -5, "minute": 10**12, "order": 10**9, "plurality": -1},
    ]
    assert link(table(rows)).assignment.num_rows == 3
