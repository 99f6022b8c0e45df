"""编号 — numbers stay with the records, and what changes is said."""

from collections.abc import Callable, Sequence
from itertools import count
from random import Random

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from renjia.engine.linkage import Event, stable_ids


def groups(*cases: str) -> pa.Table:
    """Assignment from texts like 'ab c': one case each, one letter a record."""
    rows = [(f"registration|{letter}", f"registration|{min(case)}") for case in cases for letter in case]
    return pa.table({"record": [r for r, _ in rows], "case": [c for _, c in rows]})


def serial(start: int = 1) -> Callable[[Sequence[str]], str]:
    numbers = count(start)
    return lambda _: f"N{next(numbers)}"


def run(before: dict[str, str], *cases: str, start: int = 10) -> tuple[dict[str, str], list[Event]]:
    previous = {f"registration|{letter}": number for letter, number in before.items()}
    mapping, events = stable_ids(previous, groups(*cases), serial(start))
    return {key.split("|")[1]: number for key, number in mapping.items()}, events


def kinds(events: list[Event]) -> list[tuple[str, str, str]]:
    return [(event.kind, event.case, event.other) for event in events]


def test_new_cases_are_numbered_by_their_smallest_record() -> None:
    mapping, events = run({}, "db", "ac", "e", start=1)
    assert mapping == {"a": "N1", "b": "N2", "e": "N3"}
    assert kinds(events) == [("created", "N1", ""), ("created", "N2", ""), ("created", "N3", "")]


def test_the_same_again_is_no_event() -> None:
    assert run({"a": "N1", "b": "N1", "c": "N2"}, "ab", "c") == ({"a": "N1", "c": "N2"}, [])


def test_a_late_record_joins() -> None:
    mapping, events = run({"b": "N1"}, "ab")
    assert mapping == {"a": "N1"} and kinds(events) == [("joined", "N1", "")]
    assert events[0].text == "加入 生育登记 a"


def test_two_cases_become_one() -> None:
    mapping, events = run({"a": "N2", "b": "N2", "c": "N1"}, "abc")
    assert mapping == {"a": "N2"} and kinds(events) == [("merged", "N2", "N1")]


def test_of_two_equal_cases_the_older_number_stays() -> None:
    mapping, events = run({"a": "N7", "b": "N3"}, "ab")
    assert mapping == {"a": "N3"} and kinds(events) == [("merged", "N3", "N7")]


def test_a_case_comes_apart() -> None:
    mapping, events = run(dict.fromkeys("abc", "N1"), "ab", "c")
    assert mapping == {"a": "N1", "c": "N10"} and kinds(events) == [("split", "N10", "N1")]
    assert events[0].text == "自 N1 分出"


def test_a_record_changes_case() -> None:
    mapping, events = run({"a": "N1", "b": "N1", "c": "N1", "d": "N2", "e": "N2"}, "ab", "cde")
    assert mapping == {"a": "N1", "c": "N2"} and kinds(events) == [("moved", "N2", "N1")]


def test_a_withdrawn_record_leaves_its_case() -> None:
    mapping, events = run({"a": "N1", "b": "N1", "z": "N9"}, "a")
    assert mapping == {"a": "N1"} and kinds(events) == [("left", "N1", "")]


def test_a_number_is_never_used_twice() -> None:
    with pytest.raises(ValueError, match="不可重复使用"):
        run({"a": "N1"}, "a", "b", start=1)


@given(
    st.lists(st.integers(0, 5), min_size=1, max_size=10),
    st.lists(st.integers(0, 5), min_size=1, max_size=10),
    st.randoms(),
)
def test_numbers_are_distinct_stable_and_independent_of_order(
    before: list[int], after: list[int], random: Random
) -> None:
    letters = "abcdefghij"
    previous = {letter: f"N{group}" for letter, group in zip(letters, before, strict=False)}
    cases: dict[int, str] = {}
    for letter, group in zip(letters, after, strict=False):
        cases[group] = cases.get(group, "") + letter
    texts = list(cases.values())
    mapping, events = run(previous, *texts)
    assert len(set(mapping.values())) == len(mapping) == len(texts)
    random.shuffle(texts)
    assert run(previous, *texts) == (mapping, events)
    again = {letter: mapping[min(text)] for text in texts for letter in text}
    assert run(again, *texts, start=99) == (mapping, [])
