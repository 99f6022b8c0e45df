"""People counted a second time, person by person in plain Python: present at a moment, mean, moves, balance."""

import random
from datetime import date, timedelta

import pytest

from renjia.engine.units import Month
from renjia.measure.indicators import compute, rows_behind

YEAR = (Month(2024, 1), Month(2024, 12))
BEFORE, LAST = date(2023, 12, 31), date(2024, 12, 31)
PLACES = ("310115001001", "310115001002", "310115002001", "330106001001")
FOREVER, NEVER = date(2999, 12, 31), date(1800, 1, 1)
SEEDS = pytest.mark.parametrize("seed", range(4))


def some_day(at: random.Random, first: date, days: int) -> date:
    return first + timedelta(at.randrange(days))


def make_people(at: random.Random, size: int = 60):
    """Persons with a chain of homes that do not overlap, some with a hukou; one place lies in another district."""
    rows = {"place": [{"code": "310115", "level": "district"}], "person": [], "residence": [], "hukou": []}
    for number in range(size):
        person = f"p{number:02d}"
        born = some_day(at, date(1935, 1, 1), 32_800)
        died = at.choice([None, None, None, max(born, some_day(at, date(2023, 6, 1), 600))])
        rows["person"].append({"person": person, "sex": at.choice("12"), "born": born, "died": died})
        start = at.choice([born, max(born, some_day(at, date(2022, 1, 1), 1000))])
        for _ in range(at.randrange(3)):
            end = at.choice([None, start + timedelta(at.randrange(1, 500))])
            rows["residence"].append({"person": person, "place": at.choice(PLACES), "from": start, "to": end})
            if end is None:
                break
            start = end + timedelta(at.choice([1, 1, 40]))
        if at.random() < 0.5:
            since = max(born, some_day(at, date(2020, 1, 1), 1800))
            rows["hukou"].append({"person": person, "place": at.choice(PLACES), "from": since, "to": None})
    return rows


def six_months_on(day: date) -> date:
    month = Month.of(day).plus(6)
    return date(month.year, month.month, min(day.day, month.last.day))


class People:
    """Who belongs to a base on a day, from the words of facts/stays.sql."""

    def __init__(self, rows):
        self.person = {one["person"]: one for one in rows["person"]}
        self.homes = [(r["person"], r["place"], r["from"], r["to"] or FOREVER) for r in rows["residence"]]
        self.hukou = [(r["person"], r["place"], r["from"], r["to"] or FOREVER) for r in rows["hukou"]]

    def on(self, base: str, day: date, *, dying: bool = False) -> dict[str, str]:
        """person → place of those present at the end of the day; `dying` also those who died on it."""
        found = {}
        for person, place, since, until in self.hukou if base == "户籍" else self.homes:
            who = self.person[person]
            alive = who["born"] <= day and (who["died"] is None or who["died"] > day or (dying and who["died"] == day))
            if place.startswith("310115") and since <= day <= until and alive:
                if base != "常住" or self.is_settled(person, since, day):
                    found[person] = place
        return found

    def is_settled(self, person: str, since: date, day: date) -> bool:
        """Had a local hukou when the home began, or lived here half a year ago, or was born into a home here."""
        if any(p == person and h.startswith("310115") and f <= since <= t for p, h, f, t in self.hukou):
            return True
        for p, place, start, end in self.homes:
            if p == person and place.startswith("310115") and start <= day:
                born_in = start <= self.person[person]["born"]
                begins = start if born_in else six_months_on(start)
                ends = FOREVER if end == FOREVER else six_months_on(end + timedelta(1))
                if begins <= day < ends:
                    return True
        return False

    def age(self, person: str, day: date) -> int:
        born = self.person[person]["born"]
        return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


@SEEDS
@pytest.mark.parametrize("base", ["户籍", "常住", "实有"])
def test_the_same_people_counted_one_by_one(over, seed, base):
    rows = make_people(random.Random(seed))
    people = People(rows)
    with over(rows) as con:
        for month in (Month(2023, 12), Month(2024, 2), Month(2024, 12)):
            expected = people.on(base, month.last)
            figures = compute("population_end", con, ("street",), period=month, base=base)
            assert {f.place: f.numerator for f in figures} == {
                street: n for street in ("310115001", "310115002") if (n := sum(p.startswith(street) for p in expected.values()))
            }  # fmt: skip
            assert sorted(rows_behind("population_end", con, "", month, "numerator", base=base)) == sorted(expected)
            aged = compute("sex_ratio", con, ("age",), period=month, base=base)
            women = {int(f.dims["age"]): f.denominator for f in aged if f.denominator}
            expected_ages = [people.age(p, month.last) for p in expected if people.person[p]["sex"] == "2"]
            assert women == {age: expected_ages.count(age) for age in set(expected_ages)}
        [mean] = compute("crude_death_rate", con, (), period=YEAR, base=base)
        assert mean.denominator == len(people.on(base, BEFORE)) + len(people.on(base, LAST))
        assert mean.exposure * 2 == mean.denominator


@SEEDS
@pytest.mark.parametrize("base", ["户籍", "常住", "实有"])
def test_arrivals_departures_and_deaths_balance_the_population(over, seed, base):
    """All but births, which are counted from cases: the residual is those born into the base without one."""
    rows = make_people(random.Random(100 + seed), 120)
    people = People(rows)
    with over(rows) as con:
        for first, last in (YEAR, (Month(2024, 2), Month(2024, 2)), (Month(2023, 7), Month(2024, 6))):
            start, end = people.on(base, first.first - timedelta(1)), people.on(base, last.last)
            [whole] = compute("balancing_residual", con, (), period=(first, last), base=base)
            assert whole.numerator == len(end) - len(start)
            born = [p for p, who in people.person.items() if first.first <= who["born"] <= last.last]
            born_in = sum(p in people.on(base, people.person[p]["born"], dying=True) for p in born)
            assert whole.value == born_in, (first, last)


@SEEDS
def test_months_are_the_same_asked_together_or_one_by_one(over, seed):
    with over(make_people(random.Random(seed))) as con:
        together = compute("crude_death_rate", con, ("street", "month"), period=YEAR)
        for month in YEAR[0].until(YEAR[1]):
            alone = compute("crude_death_rate", con, ("street",), period=month)
            mine = [f for f in together if f.dims["month"] == str(month)]
            assert [(f.place, f.numerator, f.exposure, f.value) for f in mine] == [
                (f.place, f.numerator, f.exposure, f.value) for f in alone
            ]


def test_the_29th_of_february(over):
    """Counted together by month of birth, yet of age on 1 March in common years and on the day in leap years."""
    rows = {
        "place": [{"code": "310115", "level": "district"}],
        "person": [{"person": "a", "sex": "2", "born": date(2004, 2, 29)}, {"person": "b", "sex": "2", "born": date(2004, 2, 1)}],
        "residence": [{"person": p, "place": PLACES[0], "from": date(2004, 3, 1)} for p in "ab"],
    }  # fmt: skip
    with over(rows) as con:
        for month, ages in ((Month(2023, 2), [18, 19]), (Month(2023, 3), [19]), (Month(2024, 2), [20])):
            figures = compute("sex_ratio", con, ("age",), period=month)
            assert [int(f.dims["age"]) for f in figures] == ages
