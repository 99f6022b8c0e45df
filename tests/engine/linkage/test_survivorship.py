"""采用值 — the page's rules choose, every difference is listed, spellings of one value are none."""

import datetime as dt
from typing import Any

import pytest

from families import LIMEI, SIXI, Book
from renjia.engine.linkage import chosen_values, differences, link, rules
from renjia.engine.linkage.columns import SOURCES
from renjia.engine.linkage.survivorship import CRITERIA


def chosen(book: Book) -> dict[str, Any]:
    table = book.table()
    (case,) = chosen_values(table, link(table).assignment).to_pylist()
    return dict(case)


def listed(book: Book) -> dict[str, list[dict[str, str]]]:
    table = book.table()
    found: dict[str, list[dict[str, str]]] = {}
    for row in differences(table, link(table).assignment).to_pylist():
        found.setdefault(row["field"], []).append(row)
    return found


def test_the_page_is_whole() -> None:
    for rule in rules().values():
        assert rule.label and rule.name and set(rule.by) <= set(CRITERIA)
        assert set(rule.order) == set(SOURCES)


def test_sources_that_agree_differ_in_nothing(book: Book) -> None:
    book.child()
    assert listed(book) == {}
    taken = chosen(book)
    assert taken | LIMEI | {name: value for name, value in SIXI.items() if name in taken} == taken


@pytest.mark.parametrize(
    ("source", "changed"),
    [
        ("registration", {"mother_id": "310115940424574"}), ("vaccination", {"mother_id": "３１０１１５１９９４０４２４５７４６"}),
        ("vaccination", {"baby_name": "李梅之女"}), ("hospital_delivery", {"baby_name": "李梅BB"}), ("registration", {"father_name": "王建國"}),
        ("vaccination", {"phone": "+86 137-1234-6287"}), ("hukou_birth", {"certificate": "x310012345"}), ("vaccination", {"weight": 3200}),
        ("registration", {"address": "310115001"}), ("vaccination", {"sex": ""}),
    ],
)  # fmt: skip
def test_another_spelling_is_no_difference(book: Book, source: str, changed: dict[str, Any]) -> None:
    for name in SOURCES:
        book.add(name, **(changed if name == source else {}))
    assert listed(book) == {}


def test_the_majority_is_taken_and_everyone_is_listed(book: Book) -> None:
    book.child(sources=SOURCES[:4])
    book.add("hukou_birth", sex="1")
    rows = listed(book)["sex"]
    assert [(row["source"], row["value"], row["chosen"]) for row in rows] == [
        ("birth_certificate", "女", "女"), ("hospital_delivery", "女", "女"), ("hukou_birth", "男", "女"),
        ("registration", "女", "女"), ("vaccination", "女", "女"),
    ]  # fmt: skip
    assert chosen(book)["sex"] == "2" and rows[0]["rule"] == "多数一致，同数时分娩优先"


def test_where_votes_are_even_the_order_of_sources_decides(book: Book) -> None:
    book.add("registration", born=SIXI["born"] + dt.timedelta(1))
    book.add("hospital_delivery")
    assert chosen(book)["born"] == SIXI["born"]


def test_a_valid_number_beats_a_trusted_source(book: Book) -> None:
    book.add("birth_certificate", mother_id="310115199404245846")
    book.add("registration")
    assert chosen(book)["mother_id"] == LIMEI["mother_id"]


def test_the_last_telephone_is_taken(book: Book) -> None:
    book.add("hospital_delivery", phone="15000112201", reported=dt.date(2025, 3, 18))
    book.add("vaccination", phone="15000112202", reported=dt.date(2025, 4, 2))
    assert chosen(book)["phone"] == "15000112202"


def test_a_name_in_the_household_register_beats_an_unnamed_label(book: Book) -> None:
    book.add("hospital_delivery", baby_name="李梅之女")
    book.add("vaccination", baby_name="王思溪")
    assert chosen(book)["baby_name"] == "王思溪"


def test_two_streets_are_for_a_worker_to_settle(book: Book) -> None:
    book.child(sources=SOURCES[:2])
    book.add("birth_certificate", address="310115002003")
    assert {row["rule"] for row in listed(book)["address"]} == {"待核实（不在同一街镇）"}
    neighbours = Book(book.rows[:2])
    neighbours.add("birth_certificate", address="310115001009")
    assert {row["rule"] for row in listed(neighbours)["address"]} == {"最近一次"}


def test_times_and_dates_are_shown_as_people_read_them(book: Book) -> None:
    book.add("hospital_delivery", minute=9)
    book.add("birth_certificate", born=SIXI["born"] + dt.timedelta(1))
    rows = listed(book)
    assert rows["minute"][1]["value"] == "00:09" and rows["born"][0]["value"] == "2025-03-18"


def test_a_stillbirth_says_so(book: Book) -> None:
    book.add("hospital_delivery", outcome="still")
    assert chosen(book)["outcome"] == "still"


def test_another_run_of_records_is_refused(book: Book) -> None:
    book.add("registration")
    old = link(book.table()).assignment
    book.add("vaccination")
    with pytest.raises(ValueError, match="没有对账结果"):
        chosen_values(book.table(), old)
