"""报送 — which source reports which child, on what day, and which it reports twice."""

from __future__ import annotations

import numpy as np

from renjia.engine.synthetic.cells import Truth
from renjia.engine.synthetic.children import ELSEWHERE, HOME
from renjia.engine.synthetic.columns import Columns, Floats, Ints, happens, stream
from renjia.engine.synthetic.rates import (
    CERTIFICATE,
    DISTRICT,
    HOSPITAL,
    HUKOU,
    REGISTRATION,
    VACCINATION,
    ErrorModel,
)

_OFFICES = (REGISTRATION, CERTIFICATE, HUKOU)  # closed at weekends


def reissues(seed: int, child: Columns, errors: ErrorModel = DISTRICT) -> Ints:
    """换发日 — day a new certificate replaced the first one, far in the future for nearly every child."""
    rng = stream(seed, "reissues")
    count = len(child["born"])
    again = happens(rng, errors.reissued, count)
    return np.where(again, child["issued"] + rng.integers(15, 300, size=count), 10**6)


def reports(source: str, truth: Truth) -> Columns:
    """一个来源的报送 — `child` (position), `reported` (day), `copy` (0, or 1 for a second record of the child)."""
    rng = stream(truth.seed, f"reports {source}")
    covered = _covered(rng, source, truth)
    day = _days(rng, source, truth)
    first, reissued = np.flatnonzero(covered), truth.reissued
    twice = first[happens(rng, truth.errors.sources[source].twice, len(first))]
    second_day = day[twice] + rng.integers(0 if source == HOSPITAL else 1, 45, size=len(twice))
    renewed = first[reissued[first] < 10**6] if source == CERTIFICATE else first[:0]
    rows = {
        "child": np.concatenate([first, twice, renewed]),
        "reported": np.concatenate([day[first], second_day, reissued[renewed]]),
        "copy": np.repeat([0, 1, 1], [len(first), len(twice), len(renewed)]),
    }
    if source in _OFFICES:
        rows["reported"] = _weekday(rng, rows["reported"])
    return rows


def _covered(rng: np.random.Generator, source: str, truth: Truth) -> Ints:
    family, child, hospitals, errors = truth.family, truth.child, truth.hospitals, truth.errors
    rates, delivery, hospital = errors.sources[source], child["delivery"], child["hospital"]
    share: Floats = np.array(rates.covers)[family["group"]]
    share = share * np.where(family["frail"], rates.frail, 1.0)
    share = share * np.where(family["single"], errors.single.get(source, 1.0), 1.0)
    if source == HUKOU:
        share = np.where(family["hukou_place"] == "", 0.0, share)
    of_child = share[delivery] * np.where(
        (hospital >= 0) & hospitals["private"][hospital], errors.private.get(source, 1.0), 1.0
    )
    for place, cover in ((HOME, errors.home), (ELSEWHERE, errors.elsewhere)):
        if source in cover:
            of_child = np.where(hospital == place, cover[source], of_child)
    luck = rng.random(len(share))[delivery]  # one draw a delivery: twins are reported together
    left_out = (child["plurality"] > 1) & happens(rng, errors.one_twin_left_out, len(delivery))
    born_alive = (child["outcome"] == "live") | (source == HOSPITAL)
    return np.asarray((luck < of_child) & ~left_out & born_alive)


def _days(rng: np.random.Generator, source: str, truth: Truth) -> Ints:
    """Day of the first report; a certificate is reported the day it is issued."""
    family, child, hospitals = truth.family, truth.child, truth.hospitals
    if source == CERTIFICATE:
        return np.asarray(child["issued"])
    rates, delivery = truth.errors.sources[source], child["delivery"]
    count = len(family["group"])
    wait = rng.lognormal(np.log(rates.median), rates.spread, count)
    if source == HOSPITAL:
        pace = np.ones(count)
        pace[delivery] = np.where(child["hospital"] >= 0, hospitals["pace"][child["hospital"]], 1.0)
        wait *= pace
    slow = happens(rng, np.array(rates.slow)[family["group"]], count)
    wait[slow] = rng.uniform(*rates.slow_days, int(slow.sum()))
    day = child["born"] + wait[delivery].astype(np.int64)
    if source == VACCINATION:
        ward = (child["hospital"] >= 0) & happens(rng, truth.errors.carded_in_ward, count)[delivery]
        return np.asarray(np.where(ward, child["born"] + rng.integers(1, 4, size=count)[delivery], day + 1))
    return np.asarray(day + 1 if source != HUKOU else np.maximum(day, child["issued"]))


def _weekday(rng: np.random.Generator, days: Ints) -> Ints:
    """Most of what falls on a weekend is entered on the Monday."""
    weekday = (days + 3) % 7
    waits = (weekday >= 5) & happens(rng, 0.9, len(days))
    return np.asarray(np.where(waits, days + 7 - weekday, days))
