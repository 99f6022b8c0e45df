"""双胎 — brothers and sisters of one delivery are told apart by what is said of the child, or left open, never guessed."""

import datetime as dt
from typing import Any

import pytest

from families import LIMEI, SIXI, SOURCES, Book

ONE = SIXI | {"plurality": 2, "weight": 2500}
TWO = ONE | {"baby_name": "王思涵", "minute": 621, "weight": 2350, "order": 2, "certificate": "X310012346"}
NO_MARK: dict[str, Any] = {"order": None}


def test_twins_reported_by_everyone(book: Book) -> None:
    one, two = book.child(LIMEI, ONE), book.child(LIMEI, TWO)
    result = book.link()
    assert result.one_case(*one) and result.one_case(*two)
    assert not result.one_case(one[0], two[0]) and result.one_delivery(one[0], two[0])
    assert set(result.state.values()) == {"decided"}


def test_each_child_takes_one_record_of_a_source(book: Book) -> None:
    book.child(LIMEI, ONE)
    book.child(LIMEI, TWO)
    result = book.link()
    for case in set(result.case.values()):
        sources = [key.split("|")[0] for key, own in result.case.items() if own == case]
        assert sorted(sources) == sorted(SOURCES)


def test_registrations_without_any_mark_stay_open(book: Book) -> None:
    one = book.child(LIMEI, ONE, sources=SOURCES[1:])
    two = book.child(LIMEI, TWO, sources=SOURCES[1:])
    open_ = [book.add("registration", LIMEI, ONE, **NO_MARK) for _ in range(2)]
    result = book.link()
    assert [result.state[key] for key in open_] == ["twins_undecided"] * 2
    assert not result.one_case(*open_) and result.one_delivery(*open_, *one, *two)
    assert len(set(result.case.values())) == 2  # two births are counted, whichever is whose
    assert {result.state[key] for key in (*one, *two)} == {"decided"}
    assert result.linked.questions.num_rows == 0  # nobody could answer


def test_one_open_registration_of_two_twins(book: Book) -> None:
    book.child(LIMEI, ONE, sources=SOURCES[1:])
    book.child(LIMEI, TWO, sources=SOURCES[1:])
    open_ = book.add("registration", LIMEI, ONE, **NO_MARK)
    result = book.link()
    assert result.state[open_] == "twins_undecided" and len(set(result.case.values())) == 2


def test_only_one_twin_delivered_here_and_an_open_registration(book: Book) -> None:
    born = book.add("hospital_delivery", LIMEI, TWO)
    open_ = book.add("registration", LIMEI, ONE, **NO_MARK)
    result = book.link()
    assert result.one_delivery(born, open_) and not result.one_case(born, open_)
    assert result.state[open_] == "twins_undecided"


def test_rank_in_brackets_behind_the_mothers_name(book: Book) -> None:
    one = book.child(LIMEI, ONE, sources=("hospital_delivery", "birth_certificate"))
    two = book.child(LIMEI, TWO, sources=("hospital_delivery", "birth_certificate"))
    bare: dict[str, Any] = {"order": None, "weight": None, "minute": None, "certificate": None}
    first = book.add("vaccination", LIMEI, ONE, **bare | {"baby_name": "李梅（双1）"})
    second = book.add("vaccination", LIMEI, TWO, **bare | {"baby_name": "李梅（双2）"})
    result = book.link()
    assert result.one_case(*one, first) and result.one_case(*two, second)
    assert result.state[first] == result.state[second] == "decided"


def test_the_mothers_own_name_is_no_name_of_the_child(book: Book) -> None:
    named = book.child(LIMEI, SIXI)
    again = book.add("vaccination", LIMEI, SIXI, baby_name=LIMEI["mother_name"])
    result = book.link()
    assert result.one_case(*named, again) and result.state[again] == "decided"


def test_boy_and_girl_need_no_other_mark(book: Book) -> None:
    boy = TWO | {"sex": "1"}
    bare = {"order": None, "plurality": None, "minute": None, "weight": None, "baby_name": None, "certificate": None}
    girls = book.child(LIMEI, ONE, sources=["hospital_delivery", "registration"], **bare)
    boys = book.child(LIMEI, boy, sources=["hospital_delivery", "registration"], **bare)
    result = book.link()
    assert result.one_case(*girls) and result.one_case(*boys) and not result.one_case(girls[0], boys[0])


def test_ranks_in_the_labels_tell_twins_apart(book: Book) -> None:
    one = book.child(LIMEI, ONE, sources=["hospital_delivery"])
    two = book.child(LIMEI, TWO, sources=["hospital_delivery"])
    bare = {"weight": None, "certificate": None}
    one.append(book.add("vaccination", LIMEI, ONE, baby_name="李梅双大", **bare))
    two.append(book.add("vaccination", LIMEI, TWO, baby_name="李某之二女", **bare))
    result = book.link()
    assert result.one_case(*one) and result.one_case(*two) and not result.one_case(one[0], two[0])


def test_eldest_son_and_eldest_daughter_are_not_ranks_of_the_delivery(book: Book) -> None:
    boy = TWO | {"sex": "1"}
    girl = book.child(LIMEI, ONE, sources=["hospital_delivery"])
    son = book.child(LIMEI, boy, sources=["hospital_delivery"])
    son.append(book.add("vaccination", LIMEI, boy, baby_name="李梅长子", certificate=None, weight=None))
    result = book.link()
    assert result.one_case(*son) and not result.one_case(son[0], *girl)
    assert result.state[son[1]] == "decided"


def test_born_on_both_sides_of_midnight(book: Book) -> None:
    late = ONE | {"minute": 1435}
    early = TWO | {"minute": 4, "born": SIXI["born"] + dt.timedelta(1)}
    one, two = book.child(LIMEI, late), book.child(LIMEI, early)
    result = book.link()
    assert result.one_case(*one) and result.one_case(*two)
    assert result.one_delivery(one[0], two[0]) and not result.one_case(one[0], two[0])


def test_one_twin_stillborn(book: Book) -> None:
    still = book.add("hospital_delivery", LIMEI, TWO, outcome="still", baby_name=None)
    living = book.child(LIMEI, ONE, sources=["registration", "hospital_delivery"], **NO_MARK)
    result = book.link()
    assert result.one_case(*living) and {result.state[key] for key in living} == {"decided"}
    assert result.state[still] == "alone" and not result.one_delivery(still, living[0])


@pytest.mark.parametrize(
    "changed", [{}, {"phone": "15000000000", "address": "310115001002"}, {"minute": 616}, {"father_name": None}]
)
def test_the_same_child_twice_in_a_source(book: Book, changed: dict[str, Any]) -> None:
    first = book.child()
    again = book.add("hospital_delivery", **changed)
    result = book.link()
    assert result.one_case(*first, again)
    assert {result.state[key] for key in result.state} == {"decided"}


@pytest.mark.parametrize(
    "changed",
    [{}, {"baby_name": "王若涵"}, {"minute": 625}, {"sex": "1"}],
    ids=["平常", "更名", "时刻更正", "性别更正"],
)
def test_a_certificate_issued_again(book: Book, changed: dict[str, Any]) -> None:
    later = SIXI | {"certificate": "Z310077123"} | changed
    first = book.child()
    again = book.add("birth_certificate", LIMEI, later)
    hukou = book.add("hukou_birth", LIMEI, later, sex="2", key="hukou_birth|again")
    result = book.link()
    assert result.one_case(*first, again, hukou)
    assert result.state[again] == "decided"


def test_twice_or_twins_is_a_question(book: Book) -> None:
    pair = [book.add("registration", LIMEI, SIXI, **NO_MARK) for _ in range(2)]
    result = book.link()
    assert [result.state[key] for key in pair] == ["in_review"] * 2
    (question,) = result.linked.questions.to_pylist()
    assert (question["a"], question["b"], question["level"]) == (*pair, "child")


def test_a_rank_that_is_the_parity_makes_no_twins(book: Book) -> None:
    keys = [book.add("registration", order=2, parity=2), book.add("vaccination", baby_name=None)]
    result = book.link()
    assert result.one_case(*keys) and set(result.state.values()) == {"decided"}


def test_a_wrong_sex_makes_no_second_child(book: Book) -> None:
    keys = book.child(sources=SOURCES[1:])
    keys.append(book.add("registration", sex="1"))
    assert book.link().one_case(*keys)


def test_triplets_in_all_sources(book: Book) -> None:
    three = TWO | {"baby_name": "王语桐", "minute": 628, "weight": 2010, "order": 3, "certificate": "X310012347"}
    children = [book.child(LIMEI, one | {"plurality": 3}) for one in (ONE, TWO, three)]
    result = book.link()
    assert all(result.one_case(*keys) for keys in children)
    assert len(set(result.case.values())) == 3 and len(set(result.delivery.values())) == 1


def test_triplets_with_two_open_registrations(book: Book) -> None:
    three = TWO | {
        "baby_name": "王语桐",
        "minute": 628,
        "weight": 2010,
        "order": 3,
        "certificate": "X310012347",
        "sex": "1",
    }
    for one in (ONE, TWO, three):
        book.child(LIMEI, one | {"plurality": 3}, sources=SOURCES[1:])
    open_ = [book.add("registration", LIMEI, one, **NO_MARK) for one in (ONE, TWO)]
    boy = book.add("registration", LIMEI, three, **NO_MARK)
    result = book.link()
    assert [result.state[key] for key in open_] == ["twins_undecided"] * 2
    assert result.state[boy] == "decided" and len(set(result.case.values())) == 3
