"""Children counted on a day: ever, living, most at one time, the day none was left, another after that."""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from asked import as_rows, fact, facts_of

PEOPLE = "person sex born died\n"
BEGINNING = date(1980, 1, 1)


def offspring(on: str, people: str, bonds: str, header: str = "parent child", **more: str):
    return fact("offspring", on, person=PEOPLE + people, parentage=f"{header}\n{bonds}", **more)


def test_one_child_living():
    w = offspring("2025-06-30", "w 2 1970-01-01 -\nc 1 1995-03-01 -", "w c")["w"]
    assert (w["ever"], w["living"], w["sons"], w["daughters"], w["most_living"]) == (1, 1, 1, 0, 1)
    assert w["sole_child"] == "c" and w["childless_since"] is None and w["reparented_on"] is None


def test_a_child_is_not_living_on_the_day_it_dies_and_is_the_day_before():
    people = "w 2 1970-01-01 -\nc 1 1995-03-01 2020-05-20"
    assert offspring("2020-05-19", people, "w c")["w"]["living"] == 1
    died = offspring("2020-05-20", people, "w c")["w"]
    assert (died["living"], died["ever"], died["childless_since"]) == (0, 1, date(2020, 5, 20))
    assert died["childless_by_death"]


def test_what_has_not_happened_yet_does_not_count():
    people = "w 2 1970-01-01 -\nc 1 1995-03-01 2020-05-20\nd 2 2021-04-10 -"
    before = offspring("2015-01-01", people, "w c\nw d")["w"]
    assert (before["ever"], before["living"], before["childless_since"]) == (1, 1, None)
    after = offspring("2021-04-10", people, "w c\nw d")["w"]
    assert (after["ever"], after["living"], after["reparented_on"]) == (2, 1, date(2021, 4, 10))


def test_one_after_the_other_were_never_two_at_a_time():
    people = "w 2 1970-01-01 -\na 1 1995-03-01 2000-05-20\nb 1 2001-04-10 2019-01-01"
    w = offspring("2025-06-30", people, "w a\nw b")["w"]
    assert (w["most_living"], w["ever"], w["deceased"], w["childless_since"]) == (1, 2, 2, date(2019, 1, 1))
    assert w["reparented_on"] is None and w["sole_child"] == "b"


def test_born_on_the_day_the_first_died_were_never_two_at_a_time():
    people = "w 2 1970-01-01 -\na 1 1995-03-01 2000-05-20\nb 1 2000-05-20 -"
    assert offspring("2025-06-30", people, "w a\nw b")["w"]["most_living"] == 1


def test_twins_are_two_at_a_time():
    people = "w 2 1970-01-01 -\na 1 1995-03-01 -\nb 1 1995-03-01 2000-01-01"
    w = offspring("2025-06-30", people, "w a\nw b")["w"]
    assert (w["most_living"], w["living"], w["sole_child"]) == (2, 1, "a")
    assert offspring("1999-12-31", people, "w a\nw b")["w"]["most_living"] == 2


def test_adoption_counts_from_its_registration_and_stops_when_dissolved():
    people = "w 2 1960-01-01 -\nc 1 1995-03-01 -"
    header = "parent child kind from to lawful"
    bonds = "w c adopted 1997-05-01 2010-06-30 true"
    assert "w" not in offspring("1997-04-30", people, bonds, header)
    assert offspring("2010-06-30", people, bonds, header)["w"]["living"] == 1
    gone = offspring("2010-07-01", people, bonds, header)["w"]
    assert (gone["living"], gone["childless_since"], gone["childless_by_death"]) == (0, date(2010, 7, 1), False)


def test_an_unlawful_adoption_is_no_child_but_is_remembered():
    header = "parent child kind from lawful"
    found = offspring("2025-01-01", "w 2 1960-01-01 -\nc 1 1995-03-01 -", "w c adopted 1997-05-01 false", header)["w"]
    assert (found["ever"], found["unlawful_first"]) == (0, date(1997, 5, 1))


def test_step_children_are_counted_apart():
    header = "parent child kind from to"
    people = "w 2 1970-01-01 -\nc 1 1995-03-01 -\ns 1 1996-03-01 -"
    w = offspring("2025-01-01", people, "w c borne - -\nw s step 2010-01-01 -", header)["w"]
    assert (w["ever"], w["living"], w["step_living"]) == (1, 1, 1)
    left = offspring("2025-01-01", people, "w c borne - -\nw s step 2010-01-01 2020-01-01", header)["w"]
    assert left["step_living"] == 0


def test_who_was_adopted_after_a_birth_and_who_together():
    header = "parent child kind from"
    people = (
        "w 2 1960-01-01 -\na 2 1985-03-01 -\nb 2 1990-03-01 -\nv 2 1960-01-01 -\nc 2 1985-03-01 -\nd 2 1986-03-01 -"
    )
    bonds = "w a borne -\nw b adopted 1991-01-01\nv c adopted 1990-01-01\nv d adopted 1990-01-01"
    found = offspring("2025-01-01", people, bonds, header)
    assert found["w"]["adopted_after_birth"] and not found["w"]["adopted_together"]
    assert found["v"]["adopted_together"] and not found["v"]["adopted_after_birth"]
    turned = offspring("2025-01-01", people, "w a borne -\nw b adopted 1984-01-01", header)["w"]
    assert not turned["adopted_after_birth"]


def test_lawfulness_not_settled_is_asked_only_of_later_births():
    people = "w 2 1960-01-01 -\na 2 1985-03-01 -\nb 2 1990-03-01 -\nc 2 1992-03-01 -"
    w = offspring("2025-01-01", people, "w a -\nw b -\nw c true", "parent child lawful")["w"]
    assert (w["unclear_first"], w["unclear_last"]) == (date(1990, 3, 1), date(1990, 3, 1))
    assert offspring("2025-01-01", people, "w a -", "parent child lawful")["w"]["unclear_first"] is None


def test_a_child_nobody_recorded_leaves_the_count_unknown():
    on = "2025-01-01"
    person, bonds = "person sex born\nw 2 1970-01-01", "parent child\nw c"
    assert fact("applicant", on, person=person, parentage=bonds)["w"]["living"] is None


def test_a_birth_this_month_does_not_take_the_place_of_the_only_child():
    people = "w 2 1980-01-01 -\na 1 2005-03-01 -\nb 1 2025-04-10 -"
    april = offspring("2025-04-20", people, "w a\nw b")["w"]
    assert (april["sole_child"], april["month_living"], april["living"]) == ("a", 1, 2)
    assert offspring("2025-05-01", people, "w a\nw b")["w"]["month_living"] == 2


def day(after: int) -> date:
    return BEGINNING + timedelta(days=after)


CHILD = st.tuples(st.integers(0, 40), st.one_of(st.none(), st.integers(0, 40)), st.sampled_from("12"))
FAMILIES = st.lists(st.lists(CHILD, min_size=1, max_size=4), min_size=1, max_size=25)


def counted(family, today: date):
    """The same counts, day by day, in plain Python."""
    born = [(day(since), None if lives is None else day(since + lives), sex) for since, lives, sex in family]
    here = [(since, died, sex) for since, died, sex in born if since <= today]
    most, none_since, again, before = 0, None, None, 0
    at = BEGINNING
    while at <= today:
        alive = sum(1 for since, died, _ in here if since <= at and (died is None or died > at))
        most = max(most, alive)
        started = any(since <= at for since, _, _ in here)
        happened = any(at in (since, died) for since, died, _ in here)
        if started and alive == 0 and (before > 0 or happened):
            none_since, again = at, None
        if none_since and again is None and at > none_since and any(since == at for since, _, _ in here):
            again = at
        before = alive
        at += timedelta(days=1)
    living = [sex for _, died, sex in here if died is None or died > today]
    return {
        "ever": len(here), "living": len(living), "sons": living.count("1"), "daughters": living.count("2"),
        "deceased": len(here) - len(living), "most_living": max(most, 1), "childless_since": none_since, "reparented_on": again,
    }  # fmt: skip


@settings(max_examples=12, deadline=None)
@given(FAMILIES, st.integers(0, 90))
def test_counts_agree_with_a_count_day_by_day(families, after):
    today = day(after)
    person, parentage = [], []
    for at, family in enumerate(families):
        person.append({"person": f"w{at}", "sex": "2", "born": date(1950, 1, 1)})
        for nth, (since, lives, sex) in enumerate(family):
            died = None if lives is None else day(since + lives)
            person.append({"person": f"c{at}-{nth}", "sex": sex, "born": day(since), "died": died})
            parentage.append({"parent": f"w{at}", "child": f"c{at}-{nth}"})
    found = facts_of("offspring", today, as_rows(person=person, parentage=parentage))
    for at, family in enumerate(families):
        expected = counted(family, today)
        if expected["ever"]:
            row = found[f"w{at}"]
            assert {key: row[key] for key in expected} == expected
        else:
            assert f"w{at}" not in found
