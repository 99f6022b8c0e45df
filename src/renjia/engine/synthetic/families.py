"""家庭 — one row a delivery: the mother, the father, where they live, how they can be reached. This is the truth."""

from __future__ import annotations

import numpy as np

from renjia.engine.synthetic.columns import Columns, Flags, Ints, Texts, happens, stream, texts, weighted
from renjia.engine.synthetic.geography import FIRST_TOWN, Geography, geography, street_weights
from renjia.engine.synthetic.names import foreign_names, given_names, hmt_names, surnames, uyghur_names
from renjia.engine.synthetic.numbers import (
    ALONE,
    HMT_DIVISIONS,
    LOCAL_DIVISIONS,
    NumberRange,
    away,
    citizen_numbers,
    mobile_numbers,
    passports,
    travel_permits,
)

LOCAL, MIGRANT, VISITOR = 0, 1, 2
_OUTSIDE = texts(("310104", "310112", "310116", "310117", "310151", "320583", "330482", "330424"))
FOREIGN_SHARE, HMT_SHARE, SINGLE_SHARE, VISITOR_SHARE = 0.006, 0.006, 0.035, 0.035


def families(seed: int, born: Ints, numbers: NumberRange = ALONE) -> Columns:
    """家庭列 — for deliveries on days `born` (since 1970).

    group (LOCAL, MIGRANT, VISITOR), frail (hard to reach), single, home, earlier_home, later_home, moves (day),
    hukou_place (of the parent whose household the child joins), own_hukou (mother's), mother_name, mother_id,
    father_name, father_id, phone, later_phone (after a move), father_phone, kin_phone, parity.
    """
    places = geography()
    rng = stream(seed, "families")
    count = len(born)
    street = weighted(rng, street_weights(seed), count)
    towns = places.streets[street] >= FIRST_TOWN
    group = np.where(happens(rng, np.where(towns, 0.36, 0.22), count), MIGRANT, LOCAL)
    group[happens(rng, VISITOR_SHARE, count)] = VISITOR
    home = _homes(rng, places, street)
    visitor = group == VISITOR
    home[visitor] = _outside(rng, int(visitor.sum()))
    nearby = np.where(happens(rng, 0.45, count), street, weighted(rng, street_weights(seed), count))
    made = {
        "group": group,
        "frail": happens(rng, np.choose(group, [0.02, 0.20, 0.10]), count),
        "single": happens(rng, SINGLE_SHARE, count),
        "home": home,
        "earlier_home": _homes(rng, places, weighted(rng, street_weights(seed), count)),
        "later_home": _homes(rng, places, nearby),
        "moves": np.where(
            happens(rng, np.choose(group, [0.03, 0.09, 0.02]), count), born + rng.integers(5, 240, size=count), 10**6
        ),
        "phone": mobile_numbers(rng, count),
        "later_phone": mobile_numbers(rng, count),
        "father_phone": mobile_numbers(rng, count),
        "kin_phone": mobile_numbers(rng, count),
        "parity": 1 + weighted(rng, (56, 36, 6.5, 1.2, 0.3), count),
    }
    leaves = happens(rng, 0.15, count)
    made["later_home"][leaves] = _outside(rng, int(leaves.sum()))
    made |= _people(rng, born, made, numbers)
    made |= _households(rng, places, made)
    return _sisters(rng, born, made)


def _homes(rng: np.random.Generator, places: Geography, street: Ints) -> Texts:
    """A neighbourhood in each street; the code list is ordered by street."""
    owner = np.array([code[:9] for code in places.neighbourhoods])
    first = np.searchsorted(owner, places.streets.astype(str))
    after = np.searchsorted(owner, places.streets.astype(str), side="right")
    place = first[street] + (rng.random(len(street)) * (after - first)[street]).astype(np.int64)
    return np.asarray(places.neighbourhoods[place])


def _outside(rng: np.random.Generator, length: int) -> Texts:
    """Codes of other districts, at whatever level the clerk could find."""
    codes = _OUTSIDE[rng.integers(len(_OUTSIDE), size=length)]
    tail = texts(("", "001", "004", "102", "001003", "005021", "103007"))
    return np.asarray(codes + tail[rng.integers(len(tail), size=length)])


def _people(rng: np.random.Generator, born: Ints, made: Columns, within: NumberRange) -> Columns:
    """Mothers and fathers: name, document, number."""
    count, group, single = len(born), made["group"], made["single"]
    age = np.clip(rng.normal(np.choose(group, [31.2, 29.6, 30.4]), 4.2), 18.2, 48.0)
    mother_born = (born - age * 365.25).astype(np.int64)
    father_born = np.minimum(mother_born - rng.normal(1.6, 3.2, count) * 365.25, born - 20 * 365.25).astype(np.int64)
    settled = happens(rng, 0.16, count)  # a local hukou acquired: the number still tells the place of birth
    local = (group == LOCAL) & ~settled
    mother_division = _division(rng, local)
    father_local = np.where(happens(rng, 0.82, count), local, (group == LOCAL) & happens(rng, 0.5, count))
    father_division = _division(rng, father_local)
    numbers = citizen_numbers(
        within.local + within.away,
        np.concatenate([mother_division, father_division]),
        np.concatenate([mother_born, father_born]),
        np.repeat([False, True], count),
        within.turn,
    )
    people = {
        "mother_name": surnames(rng, count) + given_names(rng, count, "woman"),
        "mother_id": numbers[:count],
        "father_name": surnames(rng, count) + given_names(rng, count, "man"),
        "father_id": numbers[count:],
    }
    people["father_name"][single] = ""
    people["father_id"][single] = ""
    _from_abroad(rng, people, mother_born, group, within)
    return people


def _division(rng: np.random.Generator, local: Flags) -> Ints:
    return np.where(
        local, rng.integers(len(LOCAL_DIVISIONS), size=len(local)), len(LOCAL_DIVISIONS) + away(rng, len(local))
    )


def _from_abroad(
    rng: np.random.Generator, people: Columns, mother_born: Ints, group: Ints, within: NumberRange
) -> None:
    """Overwrite a few mothers by foreigners, residents of Hong Kong, Macao and Taiwan, and Uyghur names."""
    count = len(group)
    kind = weighted(rng, (1 - FOREIGN_SHARE - HMT_SHARE - 0.002, FOREIGN_SHARE, HMT_SHARE, 0.002), count)
    foreign, hmt, uyghur = ((kind == place).nonzero()[0] for place in (1, 2, 3))
    people["mother_name"][foreign] = foreign_names(rng, len(foreign))
    people["mother_id"][foreign] = passports(rng, len(foreign))
    people["mother_name"][hmt] = hmt_names(rng, len(hmt))
    permits = len(hmt) // 2
    people["mother_id"][hmt[:permits]] = travel_permits(rng, permits)
    residents = hmt[permits:]
    people["mother_id"][residents] = citizen_numbers(
        HMT_DIVISIONS,
        rng.integers(len(HMT_DIVISIONS), size=len(residents)),
        mother_born[residents],
        np.zeros(len(residents), dtype=bool),
        (within.place, within.districts),
    )
    people["mother_name"][uyghur] = uyghur_names(rng, len(uyghur))


def _households(rng: np.random.Generator, places: Geography, made: Columns) -> Columns:
    """Where the mother is registered and whose household the child joins; `""` when none is in the district."""
    count, group = len(made["group"]), made["group"]
    elsewhere = places.neighbourhoods[rng.integers(len(places.neighbourhoods), size=count)]
    own = np.where(happens(rng, 0.62, count), made["home"], elsewhere)
    own[group != LOCAL] = ""
    fathers = (group == MIGRANT) & ~made["single"] & happens(rng, 0.30, count)
    joins = own.copy()
    joins[fathers] = elsewhere[fathers]
    return {"own_hukou": own, "hukou_place": joins}


def _sisters(rng: np.random.Generator, born: Ints, made: Columns) -> Columns:
    """Some mothers deliver twice inside the window: the later delivery becomes the earlier family's next child."""
    order = np.argsort(born, kind="stable")
    ordered = born[order]
    first = np.flatnonzero(happens(rng, 0.008, len(born)))
    wanted = born[first] + rng.integers(330, 540, size=len(first))
    second = np.searchsorted(ordered, wanted)
    inside = second < len(born)
    first, later = first[inside], order[second[inside]]
    _, keep = np.unique(later, return_index=True)
    fresh = np.array([row for row in keep if later[row] not in set(first.tolist())], dtype=np.int64)
    for name, column in made.items():
        if name not in ("parity", "moves"):
            column[later[fresh]] = column[first[fresh]]
    made["parity"][later[fresh]] = made["parity"][first[fresh]] + 1
    return made
