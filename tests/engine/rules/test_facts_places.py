"""Hukou on a day: where, since when without a break, from where, and whether rural; a child's place among siblings."""

from datetime import date

import pytest

from asked import fact

PERSON = "person sex born\nw 2 1963-06-10"


def hukou(on: str, rows: str, header: str = "person place kind basis from to"):
    return fact("hukou_now", on, person=PERSON, hukou=f"{header}\n{rows}").get("w")


def test_where_on_the_day():
    rows = "w 310115 resident born - 2026-06-14\nw 330106 resident moved 2026-06-15 -"
    before, after = hukou("2026-06-14", rows), hukou("2026-06-15", rows)
    assert (before["place"], before["district_since"], before["left_on"]) == ("310115", None, None)
    assert (after["place"], after["left_place"], after["left_on"]) == ("330106", "310115", date(2026, 6, 15))
    assert after["province_since"] == date(2026, 6, 15)


def test_a_move_inside_the_district_and_inside_the_city():
    rows = "w 310115001 rural born - 2000-01-01\nw 310115002 rural moved 2000-01-02 2010-01-01\nw 310116001 rural moved 2010-01-02 -"
    in_district, in_city = hukou("2005-01-01", rows), hukou("2015-01-01", rows)
    assert in_district["district_since"] is None and in_district["entered"] == date(2000, 1, 2)
    assert (in_city["district_since"], in_city["province_since"]) == (date(2010, 1, 2), None)
    assert (in_city["left_place"], in_city["left_on"]) == ("310115002", date(2010, 1, 2))


def test_cancelled_hukou_is_nowhere():
    gone = hukou("2026-06-15", "w 310115 resident born - 2026-06-14")
    assert (gone["place"], gone["prefix"], gone["left_place"], gone["left_on"]) == (
        None,
        "-",
        "310115",
        date(2026, 6, 15),
    )


@pytest.mark.parametrize(
    ("place", "prefix"),
    [("310000", "31"), ("360700", "3607"), ("310115", "310115"), ("310115001", "310115001"), ("310115001000", "310115001"),
     ("310115000000", "310115"), ("310115001001", "310115001001")],
)  # fmt: skip
def test_a_coarse_code_is_cut_to_what_it_says(place, prefix):
    assert hukou("2025-01-01", f"w {place}", "person place")["prefix"] == prefix


@pytest.mark.parametrize(
    ("rows", "rural"),
    [
        ("w 310115 rural born - -", True),
        ("w 310115 rural land 1995-04-01 -", True),
        ("w 310115 urban born - -", False),
        ("w 310115 urban land 1995-04-01 -", None),
        ("w 310115 urban reform 1995-04-01 -", None),
        ("w 310115 urban moved 1995-04-01 -", False),
        ("w 310115 resident reform 2016-01-01 -", None),
        ("w 310115 resident - 2016-01-01 -", None),
        ("w 310115 - - - -", None),
        ("w 310115 rural born - 1995-03-31\nw 310115 urban - 1995-04-01 -", None),
        ("w 310115 rural born - 1995-03-31\nw 310115 urban moved 1995-04-01 -", False),
    ],
)
def test_rural_by_kind_basis_and_history(rows, rural):
    assert hukou("2024-06-30", rows)["rural"] is rural


FAMILY = "person sex born died\nm 2 1985-01-01 -\nf 1 1980-01-01 -\na 1 2008-01-01 {}\nb 1 2010-01-01 -\nc 1 2012-01-01 -\nd 1 2025-01-01 -"


def children(parentage: str, died: str = "-", **more: str):
    return fact("child", "2025-06-30", person=FAMILY.format(died), parentage=parentage, **more)


def test_the_fourth_is_lawful_only_when_an_elder_had_died():
    bonds = "parent child\nm a\nm b\nm c\nm d"
    assert children(bonds)["d"]["lawful"] is False
    gone = children(bonds, died="2024-12-31")["d"]
    assert (gone["lawful"], gone["parity"], gone["elder_living"]) == (True, 4, 2)
    assert children(bonds, died="2025-01-02")["d"]["lawful"] is False


def test_what_an_office_settled_beats_the_count():
    assert children("parent child lawful\nm a -\nm b -\nm c -\nm d true")["d"]["lawful"] is True
    assert children("parent child lawful\nm d false")["d"]["lawful"] is False


def test_a_disabled_elder_needs_the_approval():
    bonds = "parent child\nm a\nm b\nm c\nm d"
    assert children(bonds, disability="person type grade from\na 4 2 2012-01-01")["d"]["lawful"] is None


def test_the_mother_s_children_are_counted_and_the_father_s_when_she_is_unknown():
    assert children("parent child\nf a\nf b\nf c\nf d\nm d")["d"]["lawful"] is True
    assert children("parent child\nf a\nf b\nf c\nf d")["d"]["lawful"] is False


def test_siblings_of_one_delivery_stand_in_one_place():
    person = "person sex born\nm 2 1985-01-01\na 1 2008-01-01\nb 1 2010-01-01\nc 1 2025-01-01\nd 2 2025-01-02"
    same = fact("child", "2025-06-30", person=person, parentage="parent child delivery\nm a 1\nm b 2\nm c 3\nm d 3")
    assert (same["c"]["parity"], same["d"]["parity"], same["d"]["lawful"]) == (3, 3, True)


def test_a_child_without_parents_or_hukou_is_not_settled():
    child = fact("child", "2025-06-30", person="person born\nc 2024-01-01")["c"]
    assert (child["lawful"], child["chinese"], child["hukou"]) == (None, None, None)
    assert fact("child", "2025-06-30", person="person born\nc 2024-01-01", hukou="person place\nc 310115")["c"][
        "chinese"
    ]


def test_only_those_under_eighteen_are_children():
    found = fact("child", "2025-06-30", person="person born\na 2007-06-30\nb 2007-07-01")
    assert list(found) == ["b"]
