"""复核决定 — a person's answers hold against the evidence and survive."""

import pytest

from families import CHENJING, LIMEI, SIXI, Book
from renjia.engine.linkage import Decision


def test_two_records_nothing_speaks_for_are_joined(book: Book) -> None:
    one = book.child()
    two = book.child(CHENJING, SIXI | {"baby_name": "刘安", "minute": 9, "sex": "1", "certificate": "X310099999"})
    result = book.link(Decision(one[0], two[0], same=True))
    assert result.one_case(one[0], two[0]) and result.one_delivery(*one, *two)


def test_a_certain_link_is_cut_at_the_child(book: Book) -> None:
    keys = book.child()
    result = book.link(Decision(keys[0], keys[3], same=False))
    assert not result.one_case(keys[0], keys[3])
    assert result.one_delivery(*keys)  # one mother, one day: still one delivery


def test_a_certain_link_is_cut_at_the_delivery(book: Book) -> None:
    keys = book.child()
    result = book.link(Decision(keys[0], keys[3], same=False, level="delivery"))
    assert not result.one_delivery(keys[0], keys[3])
    assert len(set(result.delivery.values())) == 2


def test_an_answered_question_is_not_asked_again(book: Book) -> None:
    pair = [book.add("registration", LIMEI, SIXI, order=None) for _ in range(2)]
    for same in (True, False):
        result = book.link(Decision(*pair, same=same))
        assert result.one_case(*pair) is same
        assert result.linked.questions.num_rows == 0
        assert "in_review" not in result.state.values()


def test_a_no_is_for_both_sides_not_for_one_pair(book: Book) -> None:
    sure = book.child(sources=["registration", "hospital_delivery", "birth_certificate"])
    doubtful = book.add(
        "vaccination",
        mother_name="孙芳",
        mother_id=None,
        father_name=None,
        phone=None,
        certificate=None,
        baby_name=None,
        weight=None,
    )
    (question,) = book.link().linked.questions.to_pylist()
    result = book.link(Decision(question["a"], question["b"], same=False))
    assert result.linked.questions.num_rows == 0
    assert result.state[doubtful] == "alone" and result.state[sure[0]] == "decided"
    assert book.link(Decision(question["a"], question["b"], same=True)).one_case(*sure, doubtful)


def test_open_twins_settled_by_a_person(book: Book) -> None:
    one = SIXI | {"plurality": 2}
    two = one | {"baby_name": "王思涵", "minute": 621, "weight": 2350, "order": 2, "certificate": "X310012346"}
    book.child(LIMEI, one, sources=["hospital_delivery", "birth_certificate"])
    second = book.child(LIMEI, two, sources=["hospital_delivery", "birth_certificate"])
    open_ = [book.add("registration", LIMEI, one, order=None) for _ in range(2)]
    result = book.link(Decision(open_[0], second[0], same=True))
    assert result.one_case(open_[0], *second) and not result.one_case(*open_)
    assert {result.state[key] for key in open_} == {"decided"}


def test_a_decision_on_a_withdrawn_record_waits(book: Book) -> None:
    keys = book.child()
    assert book.link(Decision(keys[0], "registration|gone", same=False)).one_case(*keys)


def test_contradicting_answers_are_refused(book: Book) -> None:
    a, b, c, *_ = book.child()
    with pytest.raises(ValueError, match="互相矛盾"):
        book.link(Decision(a, b, True), Decision(b, c, True), Decision(a, c, False))
    with pytest.raises(ValueError, match="层级"):
        book.link(Decision(a, b, True, level="mother"))
