"""育儿补贴 in OpenFisca-core: the same rule on the same children, the same questions; prints times, counts and money as JSON.

Asked, as of us: may the child have it, and which condition says no; first and last day of the course; the month's standard; the amount of
each year of the course and of the whole. Standards are parameters read for each year, amounts a variable by year, as its users write them.

Run as a process with its own environment: `python childcare.py FOLDER PLACE YEAR-MONTH-DAY TIMES`; FOLDER holds one
`<variable>.npy` for each variable below that is given: days as datetime64[D] (NaT where there is none), place codes as bytes (empty
where there is none). Nothing is timed but the calculations: reading, building the simulation and setting the inputs are not.
"""

import datetime
import json
import sys
import time
from pathlib import Path

import numpy as np
from openfisca_core.entities import build_entity
from openfisca_core.parameters import ParameterNode
from openfisca_core.periods import DateUnit
from openfisca_core.periods import period as period_of
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

Child = build_entity(key="child", plural="children", label="child", is_person=True)
# the standards of the page, with the three readings the page leaves open taken as in our run
AGE_LIMIT, STARTS = 3, (2025, 1, 1)
PARAMETERS = {"childcare": {"standard": {"values": {"2025-01-01": {"value": 3600}}}}}
LATER = 2  # a course reaches at most two years beyond the year asked for
FIRST_APPLY_DEADLINE = np.datetime64("2025-12-31")
DAY, CODE = (datetime.date, datetime.date(1970, 1, 1)), (str, "")
GIVEN = {
    "born": DAY, "died": DAY, "chinese": (bool, False), "lawful": (bool, False), "hukou": CODE, "prefix": CODE, "left": CODE, "left_on": DAY,
    "first_applied": DAY, "confirmed": DAY, "confirmed_place": CODE, "paid": DAY,
}  # fmt: skip
PLACE, TODAY, YEAR = b"", None, None


def year_of(days):
    return days.astype("datetime64[Y]").astype(int) + 1970


def month_of(days):
    """year * 12 + month."""
    return days.astype("datetime64[M]").astype(int) + 1970 * 12 + 1


def known(days):
    return ~np.isnat(days)


def within(code, place):
    """The code lies in the place asked for; a place not known lies in none."""
    return np.char.startswith(code, place)


def variable(name, kind, default, formula=None, period=DateUnit.ETERNITY):
    fields = {"value_type": kind, "entity": Child, "definition_period": period, "label": name, "default_value": default}
    if kind is str:
        fields["max_length"] = 12
    if formula is not None:
        fields["formula"] = formula
    return type(name, (Variable,), fields)


def by_month(children, period):
    return children("born", period) < np.datetime64(datetime.date(*STARTS))


def late(children, period):
    applied, born = children("first_applied", period), children("born", period)
    deadline = (born.astype("datetime64[Y]") + 2).astype("datetime64[D]") - 1
    deadline = np.where(children("by_month", period), FIRST_APPLY_DEADLINE, deadline)
    return applied > deadline


def first_year(children, period):
    applied, born_year = children("first_applied", period), year_of(children("born", period))
    applied_year = year_of(applied)
    next_year = known(applied) & (applied_year > born_year)
    return np.where(children("late", period) | next_year, applied_year, born_year)


def full_last(children, period):
    born = children("born", period)
    born_year = year_of(born)
    last_year = np.where(children("late", period), born_year + 2, children("first_year", period) + 2)
    return np.where(children("by_month", period), month_of(born) + AGE_LIMIT * 12, last_year * 12 + 12)


def death_last(children, period):
    died, last = children("died", period), children("full_last", period)
    return np.where(known(died), np.minimum(last, year_of(died) * 12 + 12), last)


def here(children, period):
    prefix = children("prefix", period)
    begins = (prefix != b"") & np.char.startswith(PLACE, prefix)
    return (prefix != b"-") & (within(children("hukou", period), PLACE) | begins)


def moved_this_year(children, period):
    left_on = children("left_on", period)
    return known(left_on) & (year_of(left_on) == period.start.year)


def left_here(children, period):
    return within(children("left", period), PLACE)


def confirmed_before_leaving(children, period):
    return children("confirmed", period) < children("left_on", period)


def kept(children, period):
    where = children("confirmed_place", period)
    claimed_here = (where == b"") | within(where, PLACE)
    return (
        children("moved_this_year", period)
        & children("left_here", period)
        & children("confirmed_before_leaving", period)
        & claimed_here
    )


def claimed_there(children, period):
    paid = children("paid", period)
    elsewhere = ~within(children("confirmed_place", period), PLACE)
    drawn = paid < children("left_on", period)
    return (
        children("moved_this_year", period)
        & ~children("left_here", period)
        & ((children("confirmed_before_leaving", period) & elsewhere) | drawn)
    )


def course_first(children, period):
    born, applied = children("born", period), children("first_applied", period)
    first = children("first_year", period)
    monthly = np.where(children("late", period), year_of(applied) * 12 + 1, STARTS[0] * 12 + STARTS[1])
    yearly = np.where(first == year_of(born), month_of(born), first * 12 + 1)
    return np.where(children("by_month", period), monthly, yearly)


def course_last(children, period):
    last, left_year = children("death_last", period), year_of(children("left_on", period)) * 12
    stays = children("here", period) | ~children("left_here", period)
    moved = np.minimum(last, left_year + np.where(children("kept", period), 12, 0))
    return np.where(stays, last, moved)


def is_young(children, period):
    born = children("born", period)
    age_edge = np.datetime64(datetime.date(STARTS[0] - AGE_LIMIT, STARTS[1], STARTS[2]))
    return (born >= age_edge) & (born <= TODAY)


def in_years(children, period):
    year, first = period.start.year, children("first_year", period)
    opens = np.maximum(STARTS[0] * 12 + STARTS[1], first * 12 + 1)
    return (year * 12 + 12 >= opens) & (year * 12 + 1 <= children("full_last", period))


def is_living(children, period):
    died = children("died", period)
    return ~known(died) | ((died >= np.datetime64(datetime.date(*STARTS))) & (period.start.year <= year_of(died)))


def is_placed(children, period):
    return children("here", period) | children("kept", period)


def not_claimed_there(children, period):
    return ~children("claimed_there", period)


def in_time(children, period):
    return ~children("late", period) | (period.start.year >= year_of(children("first_applied", period)))


def not_over(children, period):
    return period.start.year * 12 + 1 <= children("course_last", period)


CONDITIONS = (
    "chinese",
    "lawful",
    "is_young",
    "in_years",
    "is_living",
    "is_placed",
    "not_claimed_there",
    "in_time",
    "not_over",
)


def childcare_eligible(children, period):
    answer = children(CONDITIONS[0], period)
    for name in CONDITIONS[1:]:
        answer = answer & children(name, period)
    return answer


def course_first_day(children, period):
    return first_day(children("course_first", period))


def course_last_day(children, period):
    return first_day(children("course_last", period) + 1) - 1


def first_day(months):
    return (months - 1 - 1970 * 12).astype("datetime64[M]").astype("datetime64[D]")


def monthly_standard(children, period, parameters):
    return np.where(children("childcare_eligible", period), parameters(period).childcare.standard // 12, 0)


def childcare_subsidy(children, period, parameters):
    """One year of the course as the decision stands: by the month a twelfth each, by the year the standard."""
    decided, year = YEAR, period.start.year
    first, last = children("course_first", decided), children("course_last", decided)
    months = np.maximum(0, np.minimum(last, year * 12 + 12) - np.maximum(first, year * 12 + 1) + 1)
    standard = parameters(period).childcare.standard
    money = np.where(children("by_month", decided), standard * months // 12, np.where(months > 0, standard, 0))
    return np.where(children("childcare_eligible", decided), money, 0)


def childcare_course(children, period):
    """The whole course."""
    return sum(children("childcare_subsidy", period.offset(at, "year")) for at in range(LATER + 1))


def system():
    found = TaxBenefitSystem([Child])
    found.parameters = ParameterNode(data=PARAMETERS)
    found.add_variables(*(variable(name, kind, default) for name, (kind, default) in GIVEN.items()))
    yearly = {"period": DateUnit.YEAR}
    booleans = (
        by_month, late, here, moved_this_year, left_here, confirmed_before_leaving, kept, claimed_there, is_young, in_years, is_living,
        is_placed, not_claimed_there, in_time, not_over, childcare_eligible,
    )  # fmt: skip
    numbers = (
        first_year, full_last, death_last, course_first, course_last, monthly_standard, childcare_subsidy, childcare_course,
    )  # fmt: skip
    days = (course_first_day, course_last_day)
    found.add_variables(*(variable(one.__name__, bool, False, one, **yearly) for one in booleans))
    found.add_variables(*(variable(one.__name__, int, 0, one, **yearly) for one in numbers))
    found.add_variables(*(variable(one.__name__, *DAY, one, **yearly) for one in days))
    return found


def main() -> None:
    global PLACE, TODAY, YEAR
    folder, PLACE = Path(sys.argv[1]), sys.argv[2].encode()
    TODAY = np.datetime64(sys.argv[3])
    year = sys.argv[3][:4]
    YEAR = period_of(year)
    given = {name: np.load(folder / f"{name}.npy") for name in GIVEN}
    ours = system()
    asked = [
        (name, year)
        for name in ("childcare_eligible", "course_first_day", "course_last_day", "monthly_standard", *CONDITIONS)
    ]
    asked += [("childcare_subsidy", str(int(year) + at)) for at in range(LATER + 1)] + [("childcare_course", year)]
    told = {"seconds": [], "busy": []}
    for _ in range(int(sys.argv[4])):
        simulation = SimulationBuilder().build_default_simulation(ours, count=len(given["born"]))
        for name, values in given.items():
            simulation.set_input(name, year, values)
        start, cpu = time.perf_counter(), time.process_time()
        answers = {one: simulation.calculate(*one) for one in asked}
        told["seconds"].append(time.perf_counter() - start)
        told["busy"].append(time.process_time() - cpu)
    eligible = answers["childcare_eligible", year]
    for name in ("course_first_day", "course_last_day"):
        told[name] = int(answers[name, year][eligible].astype(int).sum())
    told["eligible"] = int(eligible.sum())
    told["money"] = int(answers["childcare_course", year].sum(dtype=np.int64))
    told["this_year"] = int(answers["childcare_subsidy", year].sum(dtype=np.int64))
    told["refused"] = {name: int((~answers[name, year]).sum()) for name in CONDITIONS}
    print(json.dumps(told))


if __name__ == "__main__":
    main()
