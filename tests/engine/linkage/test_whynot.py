"""为什么没并 — every rule that keeps two records apart, in words, with lines that sum to the score."""

import datetime as dt

import pytest

from families import CHENJING, LIMEI, SIXI, SOURCES, Book
from renjia.engine.linkage import HAND_SET, Decision, WhyNot, explain, link, why_not

ONE = SIXI | {"plurality": 2, "weight": 2500}
TWO = ONE | {"baby_name": "王思涵", "minute": 621, "weight": 2350, "order": 2, "certificate": "X310012346"}


def asked(book: Book, a: str, b: str, *decisions: Decision) -> WhyNot:
    found = why_not(a, b, book.table(), decisions=decisions)
    assert found == why_not(b, a, book.table(), decisions=decisions)
    assert found.lines[-1].running == found.score and found.lines == tuple(explain(found.pattern, HAND_SET))
    assert sum(line.weight for line in found.lines) == found.score
    return found


def test_two_families(book: Book) -> None:
    one, two = book.child(), book.child(CHENJING, SIXI)
    found = asked(book, one[0], two[1])
    assert found.rule == "below" and found.level == "delivery" and found.score < HAND_SET.review
    assert "依据不足" in found.sentence


def test_joined_and_of_one_case(book: Book) -> None:
    keys = book.child()
    found = asked(book, keys[0], keys[1])
    assert (found.rule, found.level) == ("joined", "child")


def test_waiting_for_a_person(book: Book) -> None:
    bare = dict.fromkeys(("father_name", "father_id", "mother_id", "phone", "address"))
    later = SIXI | {"born": dt.date(2025, 3, 19)}
    one = book.add("registration", **bare)
    two = book.add("vaccination", LIMEI, later, **bare, weight=None, certificate=None, baby_name=None)
    found = asked(book, one, two)
    assert HAND_SET.review <= found.score < HAND_SET.link, found
    assert found.rule == "asked" and "正等人工复核" in found.sentence


def test_two_pregnancies_of_one_mother(book: Book) -> None:
    one = book.child()
    two = book.child(LIMEI, SIXI | {"born": dt.date(2024, 1, 5), "baby_name": "王思淇", "certificate": "X300000000"})
    found = asked(book, one[0], two[0])
    assert found.rule == "pregnancies" and "437 天" in found.sentence


def test_strangers_far_apart_are_not_said_to_be_one_mother(book: Book) -> None:
    one = book.add("registration")
    two = book.add("registration", CHENJING, SIXI | {"born": dt.date(2024, 1, 5)})
    assert asked(book, one, two).rule == "below"


def test_a_stillbirth(book: Book) -> None:
    one = book.add("hospital_delivery", outcome="still")
    two = book.add("birth_certificate")
    assert asked(book, one, two).rule == "still"


@pytest.mark.parametrize("level", ["delivery", "child"])
def test_a_decision(book: Book, level: str) -> None:
    keys = book.child()
    found = asked(book, keys[0], keys[3], Decision(keys[3], keys[0], same=False, level=level))
    assert (found.rule, found.level) == ("decided", level)
    assert f"「{keys[3]}」与「{keys[0]}」" in found.sentence


def test_a_decision_on_others_keeps_their_company_apart(book: Book) -> None:
    keys = book.child()
    cut = Decision(keys[0], keys[3], same=False, level="delivery")
    result = book.link(cut)
    other = next(key for key in keys if key not in (keys[0], keys[3]) and not result.one_delivery(key, keys[0]))
    assert asked(book, keys[0], other, cut).rule == "decided"


def test_twins_reported_by_everyone(book: Book) -> None:
    one, two = book.child(LIMEI, ONE), book.child(LIMEI, TWO)
    same = asked(book, one[1], two[1])
    assert same.rule == "same_source" and same.level == "child"
    better = asked(book, one[1], two[3])
    assert better.rule == "better_partner" and any(key in better.sentence for key in (two[1], one[3]))
    assert "一个孩子一个来源只一条" in better.sentence


def test_twins_nobody_can_tell_apart(book: Book) -> None:
    one = book.child(LIMEI, ONE, sources=SOURCES[1:])
    book.child(LIMEI, TWO, sources=SOURCES[1:])
    open_ = book.add("registration", LIMEI, ONE, order=None)
    result = book.link()
    key = next(key for key in result.case if not result.one_case(key, open_) and key != open_)
    assert one and asked(book, open_, key).rule == "undecided"


def test_plurality_keeps_apart_what_does_not_contradict(book: Book) -> None:
    one = book.add("hospital_delivery", LIMEI, ONE, sex="1")
    two = book.add("birth_certificate", LIMEI, TWO, sex="2")
    found = asked(book, one, two)
    assert found.rule == "other_child" and found.score < 0


def test_refusals(book: Book) -> None:
    keys = book.child()
    with pytest.raises(ValueError, match="没有记录「nobody」"):
        why_not(keys[0], "nobody", book.table())
    with pytest.raises(ValueError, match="与自己比"):
        why_not(keys[0], keys[0], book.table())
    linked = link(book.table())
    assert why_not(keys[0], keys[1], book.table(), linked=linked).rule == "joined"
