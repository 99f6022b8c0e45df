"""Whose age is looked at, who is single, which disability, which hukou, which paper counts — on a day."""

from datetime import date

import pytest

from asked import fact

COUPLE = "person sex born died\nh 1 1960-04-01 -\nw 2 1980-09-12 -\nc 1 2005-03-01 -"
BONDS = "parent child\nh c\nw c"


def applicants(on: str = "2025-06-30", person: str = COUPLE, **more: str):
    return fact("applicant", on, person=person, **more)


def test_a_couple_looks_at_the_woman():
    found = applicants(marriage="a b from\nh w 2004-10-01", parentage=BONDS)
    assert found["h"]["woman_born"] == found["w"]["woman_born"] == date(1980, 9, 12)
    assert found["h"]["married"] and found["w"]["married"]


@pytest.mark.parametrize(
    ("marriage", "by"),
    [
        ("a b from to end\nh w 2004-10-01 2020-03-01 divorce", "divorce"),
        ("a b from end\nh w 2004-10-01 divorce", "divorce"),
    ],
)
def test_the_divorced_look_at_themselves(marriage, by):
    h = applicants(marriage=marriage, parentage=BONDS)["h"]
    assert (h["woman_born"], h["married"], h["single_by"]) == (date(1960, 4, 1), False, by)


def test_the_widowed_look_at_themselves_even_when_the_marriage_was_never_closed():
    person = COUPLE.replace("w 2 1980-09-12 -", "w 2 1980-09-12 2021-01-01")
    h = applicants(person=person, marriage="a b from\nh w 2004-10-01", parentage=BONDS)["h"]
    assert (h["woman_born"], h["married"], h["single_by"]) == (date(1960, 4, 1), False, "death")
    earlier = applicants("2020-12-31", person, marriage="a b from\nh w 2004-10-01", parentage=BONDS)["h"]
    assert earlier["married"] and earlier["woman_born"] == date(1980, 9, 12)


def test_without_any_marriage_record_a_man_with_a_living_other_parent_is_not_settled():
    h = applicants(parentage=BONDS)["h"]
    assert (h["married"], h["woman_born"], h["woman_born_early"]) == (None, date(1980, 9, 12), date(1960, 4, 1))
    alone = applicants(person="person sex born\nh 1 1960-04-01\nc 1 2005-03-01", parentage="parent child\nh c")["h"]
    assert (alone["married"], alone["woman_born"]) == (False, date(1960, 4, 1))


def test_the_last_marriage_counts_and_the_first_is_remembered():
    person = COUPLE + "\nx 2 1962-01-01 -"
    marriage = "a b from to end\nh x 1985-01-01 1999-01-01 divorce\nw h 2004-10-01 - -"
    h = applicants(person=person, marriage=marriage)["h"]
    assert (h["married_on"], h["first_married_on"], h["marriages"]) == (date(2004, 10, 1), date(1985, 1, 1), 2)
    assert h["woman_born"] == date(1980, 9, 12)


def test_a_child_of_the_marriage_recorded_with_one_parent_is_the_other_s_too():
    found = applicants(marriage="a b from\nh w 2004-10-01", parentage="parent child\nw c")
    assert found["h"]["ever"] == 1 and found["h"]["sole_born"] == date(2005, 3, 1)


@pytest.mark.parametrize(
    ("marriage", "parentage"),
    [
        ("a b from\nh w 2005-03-02", "parent child\nw c"),
        ("a b from to end\nh w 2001-01-01 2003-01-01 divorce", "parent child\nw c"),
        ("a b from\nh w 2004-10-01", "parent child kind from\nw c adopted 2006-01-01"),
        ("a b from\nh w 2004-10-01", "parent child\nw c\nx c"),
    ],
)
def test_it_is_not_presumed_before_after_by_adoption_or_with_another_father(marriage, parentage):
    assert applicants(marriage=marriage, parentage=parentage)["h"]["ever"] == 0


def test_children_of_a_remarriage_counted_together():
    person = "person sex born\nh 1 1960-04-01\nw 2 1962-09-12\na 1 1985-01-01\nb 2 1986-01-01\nj 2 1995-01-01"
    marriage = "a b from\nh w 1990-01-01"
    h = applicants(person=person, marriage=marriage, parentage="parent child\nh a\nw b\nh j\nw j")["h"]
    assert (h["living"], h["joint_ever"], h["couple_living"], h["couple_sons"]) == (2, 1, 3, 1)


def impaired(on: str, disability: str, died: str = "-"):
    return fact("impairment", on, person=f"person born died\nc 2000-01-01 {died}", disability=disability).get("c")


def test_the_grade_of_the_day():
    disability = "person type grade from to\nc 4 2 2010-01-01 2019-12-31\nc 4 4 2020-01-01 -"
    before, after = impaired("2019-12-31", disability), impaired("2020-01-01", disability)
    assert (before["grade"], before["serious"], before["serious_since"]) == (2, True, date(2010, 1, 1))
    assert (after["grade"], after["serious"], after["serious_ended"]) == (4, False, date(2019, 12, 31))


def test_a_later_assessment_replaces_an_open_one_of_the_same_kind():
    found = impaired("2025-01-01", "person type grade from\nc 4 2 2010-01-01\nc 4 4 2020-01-01")
    assert (found["grade"], found["serious_ended"]) == (4, date(2019, 12, 31))


def test_the_heaviest_of_two_kinds_counts():
    found = impaired("2025-01-01", "person type grade from\nc 4 2 2010-01-01\nc 2 4 2020-01-01")
    assert (found["grade"], found["serious"]) == (2, True)


def test_renewed_in_time_it_runs_on_renewed_late_it_begins_anew():
    rows = "person type grade from to\nc 4 2 2005-01-01 2014-12-31\nc 4 2 {} -"
    assert impaired("2025-01-01", rows.format("2015-01-01"))["serious_since"] == date(2005, 1, 1)
    assert impaired("2025-01-01", rows.format("2015-06-01"))["serious_since"] == date(2015, 6, 1)


def test_of_the_dead_the_grade_on_the_day_of_death():
    disability = "person type grade from to\nc 4 2 2010-01-01 2021-12-31"
    assert impaired("2025-01-01", disability, died="2020-05-05")["serious"]
    assert not impaired("2025-01-01", disability, died="2022-05-05")["serious"]


def test_an_expired_certificate_and_an_unknown_grade():
    expired = impaired("2025-01-01", "person type grade from to\nc 4 2 2010-01-01 2019-12-31")
    assert (expired["serious"], expired["grade"], expired["serious_ended"]) == (False, None, date(2019, 12, 31))
    assert impaired("2025-01-01", "person type from\nc 4 2010-01-01")["serious"] is None
    assert impaired("2025-01-01", "person type grade from\nc complication 2 2010-01-01") is None


def test_papers_retirement_and_claims():
    found = applicants(
        person="person sex born\nw 2 1965-01-01\nv 2 1965-01-01",
        certificate="person kind from to\nw one_child 1990-01-01 2018-05-31",
        employment="person kind from\nw employed 1985-01-01\nw retired 2020-01-01\nv none 1985-01-01",
        payment="scheme person amount paid\nbereaved_support w 590.00 2025-06-20\nrural_reward v 960.00 2023-10-01",
        application="scheme person applied confirmed\nrural_reward v 2023-01-01 2023-03-01",
    )
    w, v = found["w"], found["v"]
    assert (w["certificate"], w["certificate_ended"], v["certificate"]) == (False, date(2018, 5, 31), None)
    assert (w["retired"], w["retired_on"], w["insured"]) == (True, date(2020, 1, 1), True)
    assert (v["retired"], v["insured"], v["employment"]) == (False, False, "none")
    assert w["receives_support"] and not v["receives_support"]
    assert not v["receives_rural"] and v["rural_confirmed"] == date(2023, 3, 1)


def test_what_was_confirmed_or_paid_after_the_day_is_not_known_to_it():
    found = applicants(
        "2025-06-19",
        person="person sex born\nw 2 1965-01-01",
        payment="scheme person amount paid\nbereaved_support w 590.00 2025-06-20",
        application="scheme person applied confirmed\ndisabled_support w 2025-06-01 2025-06-20",
    )["w"]
    assert not found["receives_support"] and found["disabled_confirmed"] is None
