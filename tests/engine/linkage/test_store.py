"""月月对账 — whatever came, came again or went, in whatever order: the store gives what a full run gives."""

import datetime as dt
from functools import lru_cache
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from families import CHENJING, LIMEI, SIXI, Book
from linkage_histories import Beside, Row
from renjia.engine.linkage import Decision, candidates, columns
from renjia.engine.linkage.store import pairs
from renjia.engine.synthetic import make_district
from renjia.engine.units import Month

SPOILT = (
    "mother_name", "mother_id", "father_name", "father_id", "baby_name", "sex", "address", "hukou_place", "phone",
    "institution", "certificate", "outcome", "minute", "weight", "order", "plurality", "parity", "born",
)  # fmt: skip


@lru_cache(maxsize=4)
def district(births: int, seed: int) -> list[Row]:
    return make_district(births, [Month(2025, 1), Month(2025, 2)], seed).records().to_pylist()


def spoilt(random: Random, row: Row, others: list[Row]) -> Row:
    """The record sent again with other content: often another record's, so that they meet."""
    row = dict(row)
    for name in random.sample(SPOILT, random.randint(1, 3)):
        if name == "outcome":
            row[name] = random.choice([None, "live", "still"])
        elif name == "born" and row[name] is not None:
            row[name] += dt.timedelta(days=random.choice([1, -1, 2, 30, 170, 365]))
        else:
            row[name] = random.choice([random.choice(others)[name], None])
    return row


def history(random: Random, rows: list[Row], beside: Beside) -> None:
    """Some months: records in random order and parts, changed, withdrawn, sent again; answers given and taken back."""
    rows = [spoilt(random, row, rows) if random.random() < 0.1 else row for row in random.sample(rows, len(rows))]
    answers: list[Decision] = []
    cuts = sorted(random.sample(range(1, len(rows)), random.randint(1, 3)))
    for start, end in zip([0, *cuts, len(rows)], [*cuts, len(rows), len(rows)], strict=True):
        held = list(beside.rows)
        touched = random.sample(held, min(len(held), random.choice([0, 2, 12])))
        gone, kept = set(touched[::2]), touched[1::2]
        again = [random.choice([spoilt(random, beside.rows[key], rows), beside.rows[key]]) for key in kept]
        answers = [one for one in answers if random.random() < 0.8]
        a, b = (random.choice(rows)["record"] for _ in range(2))
        answers += [Decision(a, b, random.random() < 0.5, random.choice(["child", "delivery"]))]
        try:
            beside.month(rows[start:end] + again, gone, answers, whole=random.random() < 0.25)
        except ValueError as contradiction:
            assert "矛盾" in str(contradiction)
            answers.pop()
            beside.month(rows[start:end] + again, gone, answers)


@settings(max_examples=4, deadline=None)
@given(st.randoms(use_true_random=False), st.sampled_from([(60, 1), (150, 2)]))
def test_any_history_gives_what_a_full_run_gives(random: Random, size: tuple[int, int]) -> None:
    with TemporaryDirectory() as folder:
        history(random, district(*size), Beside(Path(folder) / "store"))


@pytest.mark.slow
@pytest.mark.timeout(1800)
@settings(max_examples=60, deadline=None)
@given(st.randoms(use_true_random=False), st.sampled_from([(60, 1), (150, 2), (700, 3)]), st.booleans())
def test_many_histories_also_where_every_limit_is_near(random: Random, size: tuple[int, int], tight: bool) -> None:
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        if tight:  # blocks and shared values cross their limits all the time
            patch.setattr(candidates, "CAP", 4)
            patch.setattr(pairs, "CAP", 4)
            patch.setattr(columns, "_MOST_MOTHERS", 1)
        history(random, district(*size), Beside(Path(folder) / "store"))


@pytest.fixture
def beside(tmp_path: Path) -> Beside:
    return Beside(tmp_path / "store")


def test_a_late_record_joins_its_case(beside: Beside, book: Book) -> None:
    keys = book.child()
    beside.month(book.rows[:3])
    month = beside.month(book.rows[3:])
    assert [(e.kind, e.case, e.record) for e in month.events] == [
        ("joined", "G0000001", key) for key in sorted(keys[3:])
    ]
    assert (month.arrived, month.changed, month.unchanged, month.withdrawn) == (2, 0, 0, 0)


def test_a_merge_and_a_split_are_events(beside: Beside, book: Book) -> None:
    one = book.add("birth_certificate", LIMEI, SIXI)
    two = book.add("hospital_delivery", CHENJING, SIXI)
    beside.month(book.rows)
    joined = Decision(one, two, same=True)
    month = beside.month(decisions=[joined])
    assert [(e.kind, e.case, e.other) for e in month.events] == [("merged", "G0000001", "G0000002")]
    month = beside.month()
    assert [(e.kind, e.case, e.other) for e in month.events] == [("split", "G0000003", "G0000001")]


def test_answers_of_last_time_hold_until_others_are_given(beside: Beside, book: Book) -> None:
    keys = book.child()
    beside.month(book.rows, decisions=[Decision(keys[0], keys[3], same=False)])
    more = book.add("vaccination", LIMEI, SIXI)
    with beside.store() as store:
        month = store.link(book.table().slice(len(book.rows) - 1))
    case = dict(zip(*(month.linked.assignment[c].to_pylist() for c in ("record", "case")), strict=True))
    assert case[keys[0]] != case[keys[3]] and more in case


def test_an_answer_on_a_record_still_to_come_waits_for_it(beside: Beside, book: Book) -> None:
    keys = book.child()
    answer = Decision(keys[0], keys[4], same=False)
    beside.month(book.rows[:4], decisions=[answer])
    month = beside.month(book.rows[4:], decisions=[answer])
    assert len(set(month.cases.to_pylist())) == 2


def test_the_same_files_again_change_nothing(beside: Beside) -> None:
    rows = district(60, 1)
    beside.month(rows)
    month = beside.month(rows)
    assert (month.arrived, month.unchanged, month.events) == (0, len(rows), [])


def test_a_withdrawn_record_leaves_and_its_number_is_not_given_again(beside: Beside, book: Book) -> None:
    alone = book.add("registration", CHENJING, SIXI)
    keys = book.child()
    beside.month(book.rows)
    month = beside.month(withdrawn=[alone, keys[0], "nobody|1"])
    assert [(e.kind, e.record) for e in month.events] == [("left", keys[0])] and month.unknown == 1
    month = beside.month(book.rows[:1])
    assert [(e.kind, e.case) for e in month.events] == [("created", "G0000003")]


def test_all_withdrawn_is_an_empty_store(beside: Beside, book: Book) -> None:
    keys = book.child()
    beside.month(book.rows)
    month = beside.month(withdrawn=keys)
    assert month.linked.assignment.num_rows == 0
    beside.month(book.rows)
