"""The marking of a linkage: pairs of different sources counted as by hand, the twins among them, and the ceiling."""

import sys
from itertools import combinations
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "bench"))
from linkage_ceiling import Row, decidable, tells
from linkage_runs import Run, once
from linkage_scoring import Truth

# source, record, child, delivery: a and b are twins, c is alone; V reports c twice, nobody but H reports d
ROWS = [
    ("R", "1", "a", "ab"), ("H", "1", "a", "ab"), ("R", "2", "b", "ab"), ("H", "2", "b", "ab"),
    ("R", "3", "c", "c"), ("H", "3", "c", "c"), ("V", "3", "c", "c"), ("V", "4", "c", "c"), ("H", "5", "d", "d"),
]  # fmt: skip
TRUTH = pa.table(dict(zip(("source", "record", "child", "delivery"), map(list, zip(*ROWS, strict=True)), strict=True)))


def clusters(**held: str) -> pa.Table:
    records = [(record, name) for name, text in held.items() for record in text.split()]
    return pa.table({"record": [record for record, _ in records], "cluster": [name for _, name in records]})


def counted(marks):
    return tuple((c.found, c.right, c.true) for c in (marks.all, marks.twins))


def test_pairs_inside_a_source_do_not_count():
    all_right = clusters(a="R|1 H|1", b="R|2 H|2", c="R|3 H|3 V|3 V|4")
    assert counted(Truth(TRUTH).clusters(all_right)) == ((7, 7, 7), (2, 2, 2))


def test_the_other_twin_is_wrong_and_touches_a_twin():
    marks = Truth(TRUTH).clusters(clusters(ab="R|1 H|1 R|2 H|2", c="R|3 H|3", d="V|3 H|5"))
    assert counted(marks) == ((6, 3, 7), (4, 2, 2))
    assert marks.all.precision == 0.5
    assert marks.all.recall == pytest.approx(3 / 7)
    assert marks.all.f1 == pytest.approx(6 / 13)


def test_a_stranger_joined_to_a_twin_touches_a_twin():
    assert counted(Truth(TRUTH).clusters(clusters(x="R|1 V|3"))) == ((1, 0, 7), (1, 0, 2))


def test_pairs_said_twice_turned_or_inside_a_source_count_once_or_not():
    pairs = pa.table({"a": ["R|1", "H|1", "R|1", "V|3", "R|3"], "b": ["H|1", "R|1", "H|2", "V|4", "H|5"]})
    assert counted(Truth(TRUTH).pairs(pairs)) == ((3, 1, 7), (2, 1, 2))


def test_nothing_said():
    marks = Truth(TRUTH).pairs(pa.table({"a": pa.array([], pa.string()), "b": pa.array([], pa.string())}))
    assert counted(marks) == ((0, 0, 7), (0, 0, 2))
    assert (marks.all.precision, marks.all.recall, marks.all.f1) == (1.0, 0.0, 0.0)


def test_only_pairs_among_the_kept_records_count():
    kept = pa.table({"record": ["R|1", "H|2", "R|3", "H|3"]})
    marks = Truth(TRUTH, kept).clusters(clusters(ab="R|1 H|1 R|2 H|2", c="R|3 H|3 V|3"))
    assert counted(marks) == ((2, 1, 1), (1, 0, 0))


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(0, 4), min_size=len(ROWS), max_size=len(ROWS)))
def test_clusters_are_counted_as_their_pairs(said):
    records = [f"{source}|{record}" for source, record, *_ in ROWS]
    pairs = [(records[x], records[y]) for x, y in combinations(range(len(ROWS)), 2) if said[x] == said[y]]
    truth = Truth(TRUTH)
    as_clusters = truth.clusters(pa.table({"record": records, "cluster": [str(one) for one in said]}))
    a, b = [a for a, _ in pairs], [b for _, b in pairs]
    assert as_clusters == truth.pairs(pa.table({"a": pa.array(a, pa.string()), "b": pa.array(b, pa.string())}))


def rows(*told: str):
    return [Row(source, child, frozenset(known.split(","))) for source, child, known in map(str.split, told)]


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (("H a nth", "R a nth", "H b nth", "R b nth"), (2, 2)),
        (("H a nth", "R a -", "H b nth", "R b +"), (2, 0)),  # nothing in common with R
        (("H a nth", "R a nth", "H b nth", "R b +"), (2, 2)),  # R lists both, so one known makes the other known
        (("H a nth", "R a nth", "R b +"), (1, 1)),
        (("H a nth", "R a nth", "H b nth", "R b +", "R b *"), (3, 1)),  # three records in R: no such help
        (("H a minute", "C a minute,name", "V a name", "H b minute", "C b minute,name"), (4, 4)),  # from H over C to V
    ],
)
def test_what_can_be_decided(told, expected):
    assert decidable(rows(*told)) == expected


def test_a_field_that_is_the_same_for_both_children_tells_nothing():
    assert tells("sex", [("a", "1"), ("b", "2"), ("b", "2"), ("b", "1")])
    assert not tells("sex", [("a", "1"), ("b", "1")])
    assert not tells("sex", [("a", "1"), ("a", "1"), ("b", None)])
    assert tells("nth", [("a", "1"), ("b", None)])
    assert not tells("weight", [("a", None), ("b", None)])


def test_a_process_is_measured_apart_from_the_one_that_started_it():
    """However large this process is, the peak is that of the one it started; the stages are what that one printed last."""
    held, run = bytearray(b"1") * (700 * 1024**2), Run()
    once([sys.executable, "-c", "print('读取'); print('{\"读取\": 1.5}'); bytearray(b'1') * (300 * 1024**2)"], run)
    assert len(held) and run.stages == {"读取": 1.5}
    assert 0.25 < run.peak[0] < 0.6
    assert run.busy[0] > 0 and run.wall[0] > 0


def test_a_process_that_fails_is_named():
    with pytest.raises(RuntimeError, match=r"没有跑成（返回 3）"):
        once([sys.executable, "-c", "raise SystemExit(3)"], Run())
