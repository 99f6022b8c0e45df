"""一个区 — a synthetic district with known truth, and what its five departments reported in some months."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from renjia.engine.synthetic.cells import Truth
from renjia.engine.synthetic.children import children, delivery_days
from renjia.engine.synthetic.columns import MISSING, Columns, Ints, Texts, take
from renjia.engine.synthetic.families import families
from renjia.engine.synthetic.filing import READABLE, filed, inside, late_street, month_starts
from renjia.engine.synthetic.geography import clinic_habits, hospital_habits
from renjia.engine.synthetic.numbers import ALONE, NumberRange, certificate_numbers
from renjia.engine.synthetic.rates import DISTRICT, REGISTRATION, SOURCES, ErrorModel
from renjia.engine.synthetic.recording import record, ward_chart
from renjia.engine.synthetic.schedule import reissues, reports
from renjia.engine.units import Month

Told = Callable[[str, int, int], None]  # what was done, how many are done, of how many

_TEXT, _WHOLE, _DATE = pa.string(), pa.int64(), pa.date32()
RECORD_FIELDS: dict[str, pa.DataType] = {
    "mother_name": _TEXT, "mother_id": _TEXT, "father_name": _TEXT, "father_id": _TEXT, "baby_name": _TEXT,
    "born": _DATE, "minute": _WHOLE, "sex": _TEXT, "weight": _WHOLE, "order": _WHOLE, "plurality": _WHOLE,
    "parity": _WHOLE, "address": _TEXT, "hukou_place": _TEXT, "phone": _TEXT, "institution": _TEXT,
    "certificate": _TEXT, "reported": _DATE, "outcome": _TEXT, "nationality": _TEXT,
}  # fmt: skip
_OF_CHILD = ("order", "plurality", "born", "minute", "sex", "weight", "outcome", "baby_name", "certificate")
_OF_FAMILY = ("parity", "mother_name", "mother_id", "father_name", "father_id", "phone", "hukou_place")
_GROUPS = np.array(["local", "migrant", "visitor"], dtype=object)


@dataclass(frozen=True, slots=True)
class District:
    """一个区 — made by make_district().

    feeds  per source (the five feed ids) the columns of every row of every file: the canonical fields it has, and
           record, child, month (position in `months`), reported, again (sent before), flaw (0 = readable).
    """

    births: int
    months: tuple[Month, ...]
    seed: int
    truth: Truth
    feeds: dict[str, Columns]

    def records(self) -> pa.Table:
        """可读记录 — every record once, as last sent, in the canonical columns `engine/linkage` takes.

        `record` is `source|record number`; what intake would send back is left out; dates are date32, missing is null.
        """
        return pa.concat_tables([self._records_of(source) for source in SOURCES])

    def _records_of(self, source: str) -> pa.Table:
        feed = self.feeds[source]
        last = {number: row for row, number in enumerate(feed["record"])}  # a later row replaces an earlier one
        rows = np.array(sorted(last.values()), dtype=np.int64)
        held = take(feed, rows[feed["flaw"][rows] == READABLE])
        count = len(held["record"])
        columns: dict[str, pa.Array] = {
            "record": pa.array(f"{source}|" + held["record"], type=_TEXT),
            "source": pa.array(np.full(count, source, dtype=object), type=_TEXT),
        }
        for name, kind in RECORD_FIELDS.items():
            columns[name] = _arrow(held[name], kind) if name in held else pa.nulls(count, type=kind)
        return pa.table(columns)

    def links(self) -> pa.Table:
        """真值 — source, record, child, delivery: one row a record, `source` the feed id."""
        parts = []
        for source in SOURCES:
            feed = self.feeds[source]
            first = take(feed, ~feed["again"])
            parts.append(pa.table({
                "source": pa.array(np.full(len(first["record"]), source, dtype=object), type=_TEXT),
                "record": pa.array(first["record"], type=_TEXT),
                "child": pa.array(first["child"] + 1),
                "delivery": pa.array(self.truth.child["delivery"][first["child"]] + 1),
            }))  # fmt: skip
        return pa.concat_tables(parts)

    def children(self) -> pa.Table:
        """孩子 — the true values of every child born in the months or reported in them, reported or not.

        child, delivery, born, minute (of the day), sex, weight, order, plurality, parity, outcome, group,
        neighbourhood, street, moved_on and later_neighbourhood (null if they stay), hukou_place, institution,
        names, numbers, phone.
        """
        child, family = self.truth.child, self.truth.family
        starts = month_starts(self.months)
        kept = (child["born"] >= starts[0]) & (child["born"] < starts[-1])
        for feed in self.feeds.values():
            kept[feed["child"]] = True
        rows = np.flatnonzero(kept)
        of = child["delivery"][rows]
        moves = family["moves"][of]
        stays = moves >= starts[-1]
        home: Texts = family["home"][of]
        columns: dict[str, pa.Array] = {"child": pa.array(rows + 1), "delivery": pa.array(of + 1)}
        for name in _OF_CHILD:
            columns[name] = _arrow(child[name][rows], RECORD_FIELDS[name])
        for name in _OF_FAMILY:
            columns[name] = _arrow(family[name][of], RECORD_FIELDS[name])
        columns["group"] = pa.array(_GROUPS[family["group"][of]], type=_TEXT)
        columns["neighbourhood"] = pa.array(home, type=_TEXT)
        columns["street"] = pa.array([code[:9] for code in home], type=_TEXT)
        columns["moved_on"] = pa.array(moves.astype(np.int32), type=pa.int32(), mask=stays).cast(_DATE)
        columns["later_neighbourhood"] = pa.array(family["later_home"][of], type=_TEXT, mask=stays)
        columns["institution"] = _arrow(_hospital_codes(self.truth, rows), _TEXT)
        return pa.table(columns)


def _hospital_codes(truth: Truth, rows: npt.NDArray[Any]) -> Texts:
    place = truth.child["hospital"][rows]
    return np.asarray(np.where(place >= 0, truth.hospitals["code"][place], ""))


def _arrow(values: npt.NDArray[Any], kind: pa.DataType) -> pa.Array:
    if kind == _TEXT:
        return pa.array(values, type=_TEXT, mask=np.asarray(np.equal(values, ""), dtype=np.bool_))
    if kind == _DATE:
        return pa.array(values.astype(np.int32), type=pa.int32()).cast(_DATE)
    return pa.array(values, type=_WHOLE, mask=np.equal(values, MISSING))


def make_district(births: int, months: Sequence[Month], seed: int, told: Told | None = None) -> District:
    """造一个区 — `births` children a year, and what five departments reported in `months` (one after another).

    Same births, months and seed give the same district, byte for byte. Raises ValueError (Chinese).
    """
    months = tuple(months)
    if births < 1:
        raise ValueError(f"每年出生数 {births} 不行；请给 1 以上的整数，例如 12000")
    if not months or any(after != before.next() for before, after in pairwise(months)):
        raise ValueError("月份要一个接一个、至少一个，例如 2025-01、2025-02、2025-03")
    say = told or (lambda what, done, whole: None)
    stages = len(SOURCES) + 2
    say("孩子与家庭", 0, stages)
    truth = make_truth(seed, delivery_days(seed, births, months[0].first, months[-1].last))
    say("病历", 1, stages)
    chart = ward_chart(truth)
    feeds: dict[str, Columns] = {}
    for step, source in enumerate(SOURCES, 2):
        say(source, step, stages)
        rows = reports(source, truth)
        if source == REGISTRATION:
            rows = late_street(truth, rows, months)
        rows = inside(rows, months)
        feeds[source] = filed(source, truth, rows | record(source, truth, rows, chart), months)
    say("完成", stages, stages)
    return District(births=births, months=months, seed=seed, truth=truth, feeds=feeds)


def make_truth(seed: int, days: Ints, errors: ErrorModel = DISTRICT, numbers: NumberRange = ALONE) -> Truth:
    """造真值 — the families and children of the deliveries on `days` (sorted), as they are before anyone writes."""
    hospitals = hospital_habits(seed)
    family = families(seed, days, numbers)
    child = children(seed, days, family, hospitals, errors, numbers)
    reissued = reissues(seed, child, errors)
    return Truth(
        seed=seed,
        errors=errors,
        family=family,
        child=child,
        hospitals=hospitals,
        clinics=clinic_habits(seed, errors.clinic_no_number),
        reissued=reissued,
        reissued_certificate=certificate_numbers(numbers.certificates[1] + np.arange(len(reissued))),
    )
