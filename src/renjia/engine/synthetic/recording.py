"""登录 — what each of the five sources writes for the children it reports.

A ward's chart is written once; the hospital's file is that chart, and certificates and vaccination cards begun in the
ward repeat some of its mistakes. The other sources ask the family again.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from renjia.engine.synthetic.cells import Truth, addresses, birth_moment, parents, sexes, telephones, where
from renjia.engine.synthetic.columns import (
    MISSING,
    Columns,
    Flags,
    Floats,
    Ints,
    Texts,
    blank,
    happens,
    slipped,
    stream,
    weighted,
)
from renjia.engine.synthetic.geography import ORDER_STYLES, UNNAMED_STYLES, geography
from renjia.engine.synthetic.rates import (
    CERTIFICATE,
    HOSPITAL,
    HUKOU,
    REGISTRATION,
    VACCINATION,
)
from renjia.engine.synthetic.slips import certificate_slip, name_slip, no_number, spaced
from renjia.engine.synthetic.unnamed import Newborn, stillborn, unnamed

_IN_WARD_DAYS = 3
_COPIED = {CERTIFICATE: 0.25, VACCINATION: 0.6}  # of names and numbers, from the ward's chart
_UNKNOWN_INSTITUTION = "H319999"


def record(source: str, truth: Truth, rows: Columns, chart: Columns) -> Columns:
    """一个来源的记录 — the canonical columns this source has, one row a report; `chart` is ward_chart()."""
    rng = stream(truth.seed, f"records {source}")
    return _WRITERS[source](rng, truth, rows, chart)


def ward_chart(truth: Truth) -> Columns:
    """病历 — one row a child of `truth`, as the ward that delivered it keyed it in."""
    rng = stream(truth.seed, "chart")
    child, family, hospitals, rates = truth.child, truth.family, truth.hospitals, truth.errors.sources[HOSPITAL]
    rows, ward, soon = child["delivery"], np.maximum(child["hospital"], 0), child["born"] + 1
    chart = parents(rng, rates, truth, rows)
    chart["mother_id"] = slipped(rng, chart["mother_id"], hospitals["id_missing"][ward], no_number)
    chart["mother_name"] = slipped(rng, chart["mother_name"], hospitals["spaced"][ward] * 1.0, spaced)
    chart["father_name"][happens(rng, hospitals["spouse_blank"][ward], len(rows))] = ""
    chart |= birth_moment(rng, rates, child["born"], child["minute"], soon)
    chart["minute"] = _clock(rng, chart["minute"])
    step = hospitals["rounding"][ward]
    chart["weight"] = (child["weight"] + step // 2) // step * step
    chart["sex"] = sexes(rng, rates.sex, child["sex"])
    still = child["outcome"] == "still"
    chart["sex"][still & happens(rng, 0.3, len(rows))] = ""
    chart["order"] = np.asarray(child["order"]).copy()
    swap = (child["plurality"] == 2) & happens(rng, 0.02, len(family["group"]))[rows]
    chart["order"][swap] = 3 - chart["order"][swap]
    chart["plurality"] = np.where(happens(rng, 0.01, len(rows)), 1, child["plurality"])
    chart["parity"] = _parity(rng, family["parity"][rows])
    chart["phone"] = telephones(rng, rates, family, rows, child["born"] + 2)
    chart["phone"] = np.where(hospitals["own_phone"][ward], hospitals["phone"][ward], chart["phone"])
    chart["address"] = addresses(rng, rates, family, rows, child["born"] + 2)
    named = happens(rng, hospitals["named"][ward], len(rows)) & ~still
    chart["baby_name"] = np.where(named, child["baby_name"], blank(len(rows)))
    for row in np.flatnonzero(~named).tolist():
        baby = _newborn(truth, chart, row)
        chart["baby_name"][row] = (
            stillborn(baby.mother, rng)
            if still[row]
            else unnamed(hospitals["style"][ward[row]], hospitals["ordering"][ward[row]], baby, rng)
        )
    return chart


def _newborn(truth: Truth, chart: Columns, row: int) -> Newborn:
    child = truth.child
    return Newborn(
        male=bool(child["male"][row]),
        order=int(chart["order"][row]),
        plurality=int(child["plurality"][row]),
        mother=chart["mother_name"][row],
        father=chart["father_name"][row],
    )


def _clock(rng: np.random.Generator, minute: Ints) -> Ints:
    """A few minutes off, or twelve hours."""
    count = len(minute)
    few = happens(rng, 0.02, count)
    minute = np.where(few, np.clip(minute + rng.integers(-9, 10, size=count), 0, 1439), minute)
    return np.where(happens(rng, 0.005, count), (minute + 720) % 1440, minute)


def _parity(rng: np.random.Generator, true: Ints) -> Ints:
    wrong = happens(rng, 0.04, len(true))
    return np.maximum(1, true + np.where(wrong, np.where(rng.random(len(true)) < 0.5, -1, 1), 0))


def _institution(rng: np.random.Generator, hospital: Ints, empty: float | Floats) -> Texts:
    codes = np.append(geography().hospitals, "")
    written = codes[np.where(hospital >= 0, hospital, -1)]
    written[(hospital < 0) & happens(rng, 0.04, len(hospital))] = _UNKNOWN_INSTITUTION
    written[happens(rng, empty, len(hospital))] = ""
    return np.asarray(written)


def _known_certificate(rng: np.random.Generator, truth: Truth, rows: Columns, empty: float | Floats) -> Texts:
    """The number as copied from the paper the family brings, if it has been issued by then."""
    which = rows["child"]
    newer = (rows["reported"] >= truth.reissued[which]) & happens(rng, truth.errors.new_number_used, len(which))
    number = np.where(newer, truth.reissued_certificate[which], truth.child["certificate"][which])
    number = np.where(rows["reported"] < truth.child["issued"][which], "", number)
    number[happens(rng, empty, len(which))] = ""
    return slipped(rng, np.asarray(number), 0.01, certificate_slip)


def _hospital(rng: np.random.Generator, truth: Truth, rows: Columns, chart: Columns) -> Columns:
    written = {name: column[rows["child"]] for name, column in chart.items() if name != "father_id"}
    place = truth.child["hospital"][rows["child"]]
    moved = np.where(rows["copy"] == 1, weighted(rng, truth.hospitals["volume"], len(place)), place)  # transferred
    written["institution"] = _institution(rng, moved, 0.0)
    return written


def _told_at_a_counter(rng: np.random.Generator, truth: Truth, rows: Columns, source: str) -> Columns:
    """What a family says across a counter: both parents, the child's day, not the minute, the sex."""
    rates, child, which = truth.errors.sources[source], truth.child, rows["child"]
    written = parents(rng, rates, truth, child["delivery"][which])
    written |= birth_moment(rng, rates, child["born"][which], child["minute"][which], rows["reported"])
    written["minute"] = np.full(len(which), MISSING)
    written["sex"] = sexes(rng, rates.sex, child["sex"][which])
    return written


def _registration(rng: np.random.Generator, truth: Truth, rows: Columns, chart: Columns) -> Columns:
    rates, child, family = truth.errors.sources[REGISTRATION], truth.child, truth.family
    which, reported = rows["child"], rows["reported"]
    delivery = child["delivery"][which]
    written = _told_at_a_counter(rng, truth, rows, REGISTRATION)
    written["parity"] = _parity(rng, family["parity"][delivery])
    order = child["order"][which]
    order = np.where((child["plurality"][which] == 2) & happens(rng, 0.03, len(which)), 3 - order, order)
    written["order"] = np.where(happens(rng, 0.22, len(which)), MISSING, order)
    written["address"] = addresses(rng, rates, family, delivery, reported)
    written["phone"] = telephones(rng, rates, family, delivery, reported)
    written["institution"] = _institution(rng, child["hospital"][which], 0.42)
    return written


def _certificate(rng: np.random.Generator, truth: Truth, rows: Columns, chart: Columns) -> Columns:
    rates, child = truth.errors.sources[CERTIFICATE], truth.child
    which, reported = rows["child"], rows["reported"]
    delivery, count = child["delivery"][which], len(which)
    ward = {name: column[which] for name, column in chart.items()}
    in_ward = child["hospital"][which] >= 0
    written = parents(rng, rates, truth, delivery)
    copied = in_ward & happens(rng, _COPIED[CERTIFICATE], count) & (ward["mother_id"] != "")
    written |= where(copied, ward, written, ("mother_name", "mother_id"))
    written |= birth_moment(rng, rates, child["born"][which], child["minute"][which], reported)
    written |= where(in_ward & happens(rng, 0.1, count), ward, written, ("born",))
    written["born"] = np.minimum(written["born"], reported)
    rough = np.where(happens(rng, 0.012, count), 0, child["minute"][which] // 5 * 5)
    written["minute"] = np.where(in_ward & happens(rng, 0.9, count), ward["minute"], rough)
    written["weight"] = np.where(in_ward & happens(rng, 0.93, count), ward["weight"], child["weight"][which] // 50 * 50)
    written["sex"] = sexes(rng, rates.sex, child["sex"][which])
    written["baby_name"] = slipped(rng, child["baby_name"][which], 0.006, name_slip)
    written["institution"] = _institution(rng, child["hospital"][which], 0.0)
    written["address"] = addresses(rng, rates, truth.family, delivery, reported)
    new = (rows["copy"] == 1) & (reported >= truth.reissued[which])
    written["certificate"] = np.where(new, truth.reissued_certificate[which], child["certificate"][which])
    return written


def _vaccination(rng: np.random.Generator, truth: Truth, rows: Columns, chart: Columns) -> Columns:
    rates, child, family = truth.errors.sources[VACCINATION], truth.child, truth.family
    which, reported = rows["child"], rows["reported"]
    delivery, count = child["delivery"][which], len(which)
    clinic = _clinic(truth, delivery)
    habit = {name: column[clinic] for name, column in truth.clinics.items()}
    early = (child["hospital"][which] >= 0) & (reported - child["born"][which] <= _IN_WARD_DAYS) & (rows["copy"] == 0)
    copied = early & happens(rng, _COPIED[VACCINATION], count)
    ward = {name: column[which] for name, column in chart.items()}
    written = parents(rng, rates, truth, delivery)
    written["phone"] = telephones(rng, rates, family, delivery, reported)
    written |= where(copied, ward, written, ("mother_name", "mother_id", "phone"))
    written["mother_id"] = slipped(rng, written["mother_id"], habit["id_missing"], no_number)
    written["father_name"][happens(rng, habit["father_missing"], count)] = ""
    del written["father_id"]
    written |= birth_moment(rng, rates, child["born"][which], child["minute"][which], reported)
    written["minute"] = np.full(count, MISSING)
    written["sex"] = sexes(rng, rates.sex, child["sex"][which])
    written["weight"] = np.where(happens(rng, habit["weight_missing"], count), MISSING, ward["weight"])
    written["weight"] = np.where(written["weight"] > 0, written["weight"] // 10 * 10, MISSING)
    written["baby_name"] = _vaccination_names(rng, truth, which, written, ward, copied, clinic)
    written["certificate"] = _known_certificate(rng, truth, rows, habit["certificate_missing"])
    written["institution"] = _institution(rng, child["hospital"][which], 0.18)
    written["address"] = addresses(rng, rates, family, delivery, reported)
    return written


def _clinic(truth: Truth, delivery: Ints) -> Ints:
    """The clinic of the street they live in; visitors go to any."""
    streets = geography().streets.astype(str)
    home = np.array([code[:9] for code in truth.family["home"][delivery]])
    return np.minimum(np.searchsorted(streets, home), len(streets) - 1)


def _vaccination_names(
    rng: np.random.Generator, truth: Truth, which: Ints, written: Columns, ward: Columns, copied: Flags, clinic: Ints
) -> Texts:
    names = slipped(rng, truth.child["baby_name"][which], 0.012, name_slip)
    names = np.where(copied & (ward["baby_name"] != "") & happens(rng, 0.45, len(which)), ward["baby_name"], names)
    names = np.asarray(names)
    order = truth.child["order"][which]
    for row in np.flatnonzero(happens(rng, 0.07, len(which)) & ~copied):
        baby = Newborn(
            bool(truth.child["male"][which[row]]), int(order[row]), int(truth.child["plurality"][which[row]]),
            written["mother_name"][row], written["father_name"][row],
        )  # fmt: skip
        style = 1 + clinic[row] % (len(UNNAMED_STYLES) - 1)
        names[row] = unnamed(style, clinic[row] % len(ORDER_STYLES), baby, rng)
    return names


def _hukou(rng: np.random.Generator, truth: Truth, rows: Columns, chart: Columns) -> Columns:
    child, which = truth.child, rows["child"]
    written = _told_at_a_counter(rng, truth, rows, HUKOU)
    written["baby_name"] = slipped(rng, child["later_name"][which], 0.005, name_slip)
    written["certificate"] = _known_certificate(rng, truth, rows, 0.09)
    written["hukou_place"] = addresses_of_household(rng, truth.family["hukou_place"][child["delivery"][which]])
    return written


def addresses_of_household(rng: np.random.Generator, codes: Texts) -> Texts:
    """户籍地 — the household's code; a collective household is written as its street."""
    collective = happens(rng, 0.01, len(codes))
    return np.asarray(np.where(collective, np.array([code[:9] for code in codes], dtype=object), codes))


_WRITERS: dict[str, Callable[[np.random.Generator, Truth, Columns, Columns], Columns]] = {
    REGISTRATION: _registration,
    HOSPITAL: _hospital,
    VACCINATION: _vaccination,
    CERTIFICATE: _certificate,
    HUKOU: _hukou,
}
