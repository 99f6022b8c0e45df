"""成册 — into which month's file a record goes, under what number, and which records are sent again."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from renjia.engine.synthetic.cells import Truth
from renjia.engine.synthetic.children import day_number
from renjia.engine.synthetic.columns import Columns, Ints, happens, stack, stream, take, texts, weighted
from renjia.engine.synthetic.geography import geography, street_weights
from renjia.engine.synthetic.rates import (
    BATCH_AGAIN_DAYS,
    CORRECTED_WHEN_AGAIN,
    HOSPITAL,
    LATE_STREET_DAYS,
    SENT_AGAIN,
)
from renjia.engine.units import Month

PREFIX = {
    "registration": "R",
    "hospital_delivery": "H",
    "vaccination": "V",
    "birth_certificate": "C",
    "hukou_birth": "U",
}
READABLE, NUMBER_AS_FLOAT, NO_SUCH_DAY = 0, 1, 2


def month_starts(months: Sequence[Month]) -> Ints:
    """各月首日 — day numbers of the first days, and of the day after the last month."""
    return np.array([day_number(month.first) for month in (*months, months[-1].next())])


def late_street(truth: Truth, rows: Columns, months: Sequence[Month]) -> Columns:
    """迟报街镇 — each month one street enters its last days' registrations at the beginning of the next month."""
    rng = stream(truth.seed, "late street")
    streets = geography().streets
    starts = month_starts((months[0].previous(), *months))
    late = streets[weighted(rng, street_weights(truth.seed), len(starts))]
    reported, home = rows["reported"], truth.family["home"][truth.child["delivery"][rows["child"]]]
    month = np.clip(np.searchsorted(starts, reported, side="right") - 1, 0, len(starts) - 2)
    own = np.array([code[:9] for code in home]) == late[month]
    next_start = starts[month + 1]
    held = own & (reported >= next_start - LATE_STREET_DAYS) & (reported < next_start)
    return rows | {"reported": np.where(held, next_start + rng.integers(1, 5, size=len(reported)), reported)}


def inside(rows: Columns, months: Sequence[Month]) -> Columns:
    """期内 — reports of these months only, with `month` (position), in order of report."""
    starts = month_starts(months)
    kept = take(rows, (rows["reported"] >= starts[0]) & (rows["reported"] < starts[-1]))
    kept["month"] = np.searchsorted(starts, kept["reported"], side="right") - 1
    return kept


def filed(source: str, truth: Truth, records: Columns, months: Sequence[Month]) -> Columns:
    """成册 — records numbered by day of report, with `flaw` and `again`; those sent again follow in the next month."""
    rng = stream(truth.seed, f"filing {source}")
    count = len(records["reported"])
    ordered = take(records, np.lexsort((rng.random(count), records["reported"])))
    number = 10_000 + np.cumsum(rng.integers(1, 4, size=count))
    ordered["record"] = texts(f"{PREFIX[source]}{each:08d}" for each in number.tolist())
    ordered["again"] = np.zeros(count, dtype=bool)
    ordered["flaw"] = np.where(
        happens(rng, truth.errors.sources[source].unreadable, count), rng.integers(1, 3, size=count), READABLE
    )
    typed = np.array([number[:17].isdecimal() and len(number) == 18 for number in ordered["mother_id"]], dtype=bool)
    ordered["flaw"] = np.where((ordered["flaw"] == NUMBER_AS_FLOAT) & ~typed, READABLE, ordered["flaw"])
    return stack([ordered, _again(rng, source, truth, ordered, months)])


def _again(rng: np.random.Generator, source: str, truth: Truth, records: Columns, months: Sequence[Month]) -> Columns:
    """Rows under the same number in the next month's file, some put right meanwhile."""
    chosen = happens(rng, SENT_AGAIN, len(records["record"]))
    if source == HOSPITAL:
        ends = month_starts(months)[1:]
        whole = geography().hospitals[rng.integers(12, size=len(months))]
        in_batch = records["institution"] == whole[records["month"]]
        chosen |= in_batch & (records["reported"] >= ends[records["month"]] - BATCH_AGAIN_DAYS)
    again = take(records, chosen & (records["month"] < len(months) - 1) & (records["flaw"] == READABLE))
    again["month"] = again["month"] + 1
    again["again"] = np.ones(len(again["month"]), dtype=bool)
    better = happens(rng, CORRECTED_WHEN_AGAIN, len(again["month"]))
    delivery = truth.child["delivery"][again["child"]]
    for name in ("mother_name", "mother_id"):
        again[name] = np.where(better, truth.family[name][delivery], again[name])
    return again
