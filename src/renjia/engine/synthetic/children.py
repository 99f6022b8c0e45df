"""孩子 — one row a child: when, where, which of the delivery, and the name it will bear. This is the truth."""

from __future__ import annotations

from datetime import date

import numpy as np

from renjia.engine.synthetic.columns import Columns, Flags, Floats, Ints, Texts, happens, stream, texts, weighted
from renjia.engine.synthetic.families import LOCAL, VISITOR
from renjia.engine.synthetic.names import babies, given_names, surname_of
from renjia.engine.synthetic.numbers import ALONE, NumberRange, certificate_numbers
from renjia.engine.synthetic.rates import CERTIFICATE, DISTRICT, ErrorModel, Rates

HOME, ELSEWHERE = -1, -2  # born at home, or in a hospital of another district
LOOK_BACK = 400  # days before the first month: a child born then may still be reported late
TWINS, TRIPLETS = 0.0172, 0.0003  # of deliveries; about 3 % of children are twins
_IDENTICAL = 0.33
STILLBIRTHS = 0.004
_EPOCH = date(1970, 1, 1).toordinal()
# Births an hour: planned sections fill the working day, the rest spreads evenly.
_HOURS = (30, 30, 30, 29, 29, 30, 32, 38, 62, 74, 72, 58, 46, 48, 56, 52, 48, 42, 38, 35, 33, 32, 31, 30)
_WEEKDAYS = np.array([1.05, 1.06, 1.05, 1.06, 1.04, 0.89, 0.85])  # Monday first


def day_number(day: date) -> int:
    """日序 — days since 1970."""
    return day.toordinal() - _EPOCH


def delivery_days(seed: int, births: int, first: date, last: date, look_back: int = LOOK_BACK) -> Ints:
    """分娩日 — sorted days for `births` children a year, from `look_back` days before `first` to `last`."""
    rng = stream(seed, "days")
    days = np.arange(day_number(first) - look_back, day_number(last) + 1)
    season = 1 + 0.06 * np.cos((days % 365.25 - 290) / 365.25 * 2 * np.pi)
    weights: Floats = season * _WEEKDAYS[(days + 3) % 7]
    deliveries = round(births * len(days) / 365.25 / (1 + TWINS + 2 * TRIPLETS))
    return np.sort(days[weighted(rng, weights, deliveries)])


def children(
    seed: int,
    born: Ints,
    family: Columns,
    hospitals: Columns,
    errors: ErrorModel = DISTRICT,
    numbers: NumberRange = ALONE,
) -> Columns:
    """孩子列 — for deliveries on days `born` by `family` (same length).

    delivery (position), order, plurality, born, minute, male, sex ('1', '2'), weight, hospital (position, HOME or
    ELSEWHERE), outcome ('live', 'still'), baby_name, later_name (used from the household register on),
    issued (day of the certificate), certificate.
    """
    rng = stream(seed, "children")
    many = 1 + weighted(rng, (1 - TWINS - TRIPLETS, TWINS, TRIPLETS), len(born))
    delivery = np.repeat(np.arange(len(born)), many)
    count = len(delivery)
    order = np.arange(count) - np.repeat(np.cumsum(many) - many, many) + 1
    start = weighted(rng, _HOURS, len(born)) * 60 + rng.integers(60, size=len(born))
    gap = np.where(rng.random(len(born)) < 0.6, rng.integers(1, 4, size=len(born)), rng.integers(4, 40, size=len(born)))
    moment = born[delivery] * 1440 + start[delivery] + (order - 1) * gap[delivery]
    male = happens(rng, 0.524, count)
    identical = happens(rng, _IDENTICAL, len(born))[delivery]
    for row in np.flatnonzero((order > 1) & identical):
        male[row] = male[row - 1]
    plurality = many[delivery]
    hospital = _hospital(rng, family, hospitals)[delivery]
    outcome = np.where(happens(rng, STILLBIRTHS, count) & (hospital >= 0), "still", "live").astype(object)
    made: Columns = {
        "delivery": delivery,
        "order": order,
        "plurality": plurality,
        "born": moment // 1440,
        "minute": moment % 1440,
        "male": male,
        "sex": texts(("2", "1"))[male.astype(np.int64)],
        "weight": _weights(rng, plurality, male, outcome),
        "hospital": hospital,
        "outcome": outcome,
    }
    made["baby_name"] = babies(rng, _surnames(rng, family, delivery), male, delivery)
    made["later_name"] = _renamed(rng, made, family)
    made |= _certificates(rng, made, family, errors.sources[CERTIFICATE], numbers.certificates[0])
    for name in ("baby_name", "later_name", "certificate"):
        made[name][outcome == "still"] = ""
    return made


def _hospital(rng: np.random.Generator, family: Columns, hospitals: Columns) -> Ints:
    """One place of birth a delivery; visitors come because of the hospital."""
    count = len(family["group"])
    chosen = weighted(rng, hospitals["volume"], count)
    visitor = family["group"] == VISITOR
    chosen[happens(rng, 0.055, count) & ~visitor] = ELSEWHERE
    chosen[happens(rng, np.where(family["group"] == LOCAL, 0.001, 0.006), count) & ~visitor] = HOME
    return chosen


def _weights(rng: np.random.Generator, plurality: Ints, male: Flags, outcome: Texts) -> Ints:
    mean = np.choose(np.minimum(plurality, 3) - 1, [3300.0, 2480.0, 1850.0]) + np.where(male, 50, -50)
    spread = np.where(plurality == 1, 420.0, 380.0)
    grams = np.clip(rng.normal(mean, spread), 600, 5200)
    still = outcome == "still"
    grams[still] = rng.uniform(450, 3000, int(still.sum()))
    return np.asarray(grams.astype(np.int64))


def _surnames(rng: np.random.Generator, family: Columns, delivery: Ints) -> Texts:
    """Father's surname mostly; mother's in one family of twelve and where no father is named; rarely both."""
    kind = weighted(rng, (0.89, 0.08, 0.03), len(family["single"]))
    names = []
    for father, mother, which in zip(family["father_name"], family["mother_name"], kind, strict=True):
        own = surname_of(mother)
        if not father:
            names.append(own)
        elif which == 0 or own.isascii():
            names.append(surname_of(father))
        else:
            names.append(own if which == 1 else surname_of(father) + own)
    return np.asarray(texts(names)[delivery])


def _renamed(rng: np.random.Generator, made: Columns, family: Columns) -> Texts:
    """A few children are entered in the household register under another name than on the certificate."""
    names = np.array(made["baby_name"], dtype=object)
    for row in np.flatnonzero(happens(rng, 0.012, len(names))):
        if rng.random() < 0.25:
            names[row] = surname_of(family["mother_name"][made["delivery"][row]]) + names[row][1:]
        else:
            names[row] = names[row][:1] + given_names(rng, 1, "boy" if made["male"][row] else "girl")[0]
    return names


def _certificates(rng: np.random.Generator, made: Columns, family: Columns, rates: Rates, from_number: int) -> Columns:
    """Day of issue, the same for twins, and numbers in that order: twins' numbers are neighbours."""
    delivery = made["delivery"]
    count = len(family["group"])
    wait = rng.lognormal(np.log(rates.median), rates.spread, count)
    slow = happens(rng, np.array(rates.slow)[family["group"]], count)
    wait[slow] = rng.uniform(*rates.slow_days, int(slow.sum()))
    home = np.zeros(count, dtype=bool)
    home[delivery[made["hospital"] == HOME]] = True
    wait[home] += rng.uniform(20, 120, int(home.sum()))
    first = np.flatnonzero(made["order"] == 1)
    last_born = np.maximum.reduceat(made["born"], first)
    issued = (last_born + 1 + wait.astype(np.int64))[delivery]
    rank = np.empty(len(delivery), dtype=np.int64)
    rank[np.lexsort((made["order"], delivery, issued))] = np.arange(len(delivery))
    return {"issued": issued, "certificate": certificate_numbers(from_number + rank)}
