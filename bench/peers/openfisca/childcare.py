"""育儿补贴 in OpenFisca-core: the same rule on the same children; prints seconds, processor seconds, eligible and money as JSON.

Run as a process with its own environment: `python childcare.py FOLDER PLACE YEAR-MONTH-DAY TIMES`; FOLDER holds one
`<variable>.npy` for each variable below that is given: days as datetime64[D] (NaT where there is none), place codes as bytes (empty
where there is none). Nothing is timed but the calculation: reading, building the simulation and setting the inputs are not.
"""

import datetime
import json
import sys
import time
from pathlib import Path

import numpy as np
from openfisca_core.entities import build_entity
from openfisca_core.periods import DateUnit
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

Child = build_entity(key="child", plural="children", label="child", is_person=True)
# the standards of the page, with the three readings the page leaves open taken as in our run
STANDARD, AGE_LIMIT, STARTS = 3600, 3, (2025, 1, 1)
FIRST_APPLY_DEADLINE = np.datetime64("2025-12-31")
DAY, CODE = (datetime.date, datetime.date(1970, 1, 1)), (str, "")
GIVEN = {
    "born": DAY, "died": DAY, "chinese": (bool, False), "lawful": (bool, False), "hukou": CODE, "prefix": CODE, "left": CODE, "left_on": DAY,
    "first_applied": DAY, "confirmed": DAY, "confirmed_place": CODE, "paid": DAY,
}  # fmt: skip
PLACE = b""


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


def childcare_eligible(children, period):
    born, died, year = children("born", period), children("died", period), period.start.year
    age_edge = np.datetime64(datetime.date(STARTS[0] - AGE_LIMIT, STARTS[1], STARTS[2]))
    first, last = children("first_year", period), children("full_last", period)
    young = (born >= age_edge) & (born <= TODAY)
    in_years = (year * 12 + 12 >= np.maximum(STARTS[0] * 12 + STARTS[1], first * 12 + 1)) & (year * 12 + 1 <= last)
    living = ~known(died) | ((died >= np.datetime64(datetime.date(*STARTS))) & (year <= year_of(died)))
    in_time = ~children("late", period) | (year >= year_of(children("first_applied", period)))
    return (
        children("chinese", period)
        & children("lawful", period)
        & young
        & in_years
        & living
        & (children("here", period) | children("kept", period))
        & ~children("claimed_there", period)
        & in_time
        & (year * 12 + 1 <= children("course_last", period))
    )


def childcare_subsidy(children, period):
    """The whole course: by the month 300 each, by the year 3600 each calendar year."""
    first, last = children("course_first", period), children("course_last", period)
    months = np.maximum(0, last - first + 1)
    years = np.maximum(0, (last - 1) // 12 - (first - 1) // 12 + 1)
    money = np.where(children("by_month", period), STANDARD // 12 * months, STANDARD * years)
    return np.where(children("childcare_eligible", period), money, 0)


def system():
    found = TaxBenefitSystem([Child])
    found.add_variables(*(variable(name, kind, default) for name, (kind, default) in GIVEN.items()))
    yearly = {"period": DateUnit.YEAR}
    booleans = (
        by_month,
        late,
        here,
        moved_this_year,
        left_here,
        confirmed_before_leaving,
        kept,
        claimed_there,
        childcare_eligible,
    )
    numbers = (first_year, full_last, death_last, course_first, course_last, childcare_subsidy)
    found.add_variables(*(variable(one.__name__, bool, False, one, **yearly) for one in booleans))
    found.add_variables(*(variable(one.__name__, int, 0, one, **yearly) for one in numbers))
    return found


def main() -> None:
    global PLACE, TODAY
    folder, PLACE = Path(sys.argv[1]), sys.argv[2].encode()
    TODAY = np.datetime64(sys.argv[3])
    year = sys.argv[3][:4]
    given = {name: np.load(folder / f"{name}.npy") for name in GIVEN}
    ours = system()
    seconds, busy = [], []
    for _ in range(int(sys.argv[4])):
        simulation = SimulationBuilder().build_default_simulation(ours, count=len(given["born"]))
        for name, values in given.items():
            simulation.set_input(name, year, values)
        start, cpu = time.perf_counter(), time.process_time()
        money = simulation.calculate("childcare_subsidy", year)
        eligible = simulation.calculate("childcare_eligible", year)
        seconds.append(time.perf_counter() - start)
        busy.append(time.process_time() - cpu)
    print(
        json.dumps(
            {"seconds": seconds, "busy": busy, "eligible": int(eligible.sum()), "money": int(money.sum(dtype=np.int64))}
        )
    )


if __name__ == "__main__":
    main()
