"""各栏 — how a source writes the columns several sources share: parents, date and time, telephone, address."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from renjia.engine.synthetic.columns import Columns, Flags, Floats, Ints, Texts, happens, slipped, texts, weighted
from renjia.engine.synthetic.families import MIGRANT, VISITOR
from renjia.engine.synthetic.namelists import RARE
from renjia.engine.synthetic.numbers import passports
from renjia.engine.synthetic.rates import ErrorModel, Rates
from renjia.engine.synthetic.slips import address_slip, name_slip, no_number, number_slip, phone_slip, phone_style

PASSPORT_INSTEAD = 0.0008  # a resident shows the passport
LATER_PHONE = 0.4  # of those who moved
_DAYS_IN_MONTH = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])


@dataclass(frozen=True, slots=True)
class Truth:
    """真值 — everything that is so, before anyone writes it down."""

    seed: int
    errors: ErrorModel
    family: Columns
    child: Columns
    hospitals: Columns
    clinics: Columns
    reissued: Ints
    reissued_certificate: Texts


def awkward(names: Texts) -> Floats:
    """难写的姓名 — extra share of slips for Latin, dotted and rare-character names."""
    rare = set(RARE)
    return np.array([
        0.35 if name.isascii() and name else 0.5 if "·" in name else 0.3 if rare & set(name) else 0.0 for name in names
    ])  # fmt: skip


def parents(rng: np.random.Generator, rates: Rates, truth: Truth, rows: Ints) -> Columns:
    """父母 — names and numbers for deliveries `rows`."""
    family, count = truth.family, len(rows)
    true_number, father_number = family["mother_id"][rows], family["father_id"][rows]
    name = family["mother_name"][rows]
    number = slipped(rng, true_number, rates.mother_number, number_slip)
    other = happens(rng, PASSPORT_INSTEAD, count)
    number[other] = passports(rng, int(other.sum()))
    swap = happens(rng, rates.father_for_mother, count) & (father_number != "")
    number[swap] = father_number[swap]
    father, father_id = family["father_name"][rows], slipped(rng, father_number, rates.father_number, number_slip)
    gone = happens(rng, rates.father_missing, count)
    father = slipped(rng, father, rates.father_name, name_slip)
    father[gone] = ""
    father_id[gone] = ""
    return {
        "mother_name": slipped(rng, name, rates.mother_name + awkward(name), name_slip),
        "mother_id": slipped(rng, number, rates.mother_number_missing, no_number),
        "father_name": father,
        "father_id": father_id,
    }


def birth_moment(rng: np.random.Generator, rates: Rates, born: Ints, minute: Ints, reported: Ints) -> Columns:
    """出生日期时间 — a day off around midnight, day and month swapped, last year's figure; never after the report."""
    count = len(born)
    near = (np.minimum(minute, 1440 - minute) <= 30) & happens(rng, rates.midnight, count)
    written = born + np.where(near, np.where(minute <= 30, -1, 1), 0)
    off = happens(rng, rates.day_off, count)
    written = written + np.where(off, np.where(rng.random(count) < 0.5, -1, 1), 0)
    year, month, day = _calendar(written)
    swap = happens(rng, rates.day_month, count) & (day <= 12)
    month, day = np.where(swap, day, month), np.where(swap, month, day)
    shift = happens(rng, rates.month_off, count)
    month = np.where(shift, np.clip(month + np.where(rng.random(count) < 0.5, -1, 1), 1, 12), month)
    year = year - (happens(rng, rates.year_off, count) & (month <= 2))
    day = np.minimum(day, _DAYS_IN_MONTH[month - 1] + ((month == 2) & (day == 29) & (year % 4 == 0)))
    wrong = _day(year, month, day)
    return {"born": np.where(wrong > reported, np.minimum(born, reported), wrong), "minute": minute}


def _calendar(days: Ints) -> tuple[Ints, Ints, Ints]:
    dated = days.astype("datetime64[D]")
    months = dated.astype("datetime64[M]")
    number = months.astype(np.int64)
    return number // 12 + 1970, number % 12 + 1, (dated - months).astype(np.int64) + 1


def _day(year: Ints, month: Ints, day: Ints) -> Ints:
    first = ((year - 1970) * 12 + month - 1).astype("datetime64[M]").astype("datetime64[D]")
    return np.asarray(first.astype(np.int64) + day - 1)


def sexes(rng: np.random.Generator, share: float, true: Texts) -> Texts:
    """性别 — the other one now and then."""
    wrong = happens(rng, share, len(true))
    return np.asarray(np.where(wrong, np.where(true == "1", "2", "1").astype(object), true))


def telephones(rng: np.random.Generator, rates: Rates, family: Columns, rows: Ints, reported: Ints) -> Texts:
    """电话 — whose it is, whether it is still theirs, how it is written."""
    count = len(rows)
    moved = (reported > family["moves"][rows]) & happens(rng, LATER_PHONE, count)
    mother = np.where(moved, family["later_phone"][rows], family["phone"][rows])
    father = np.where(family["father_name"][rows] == "", mother, family["father_phone"][rows])
    whose = weighted(rng, rates.phone, count)
    written = np.choose(whose, [mother, father, family["kin_phone"][rows], np.full(count, "", dtype=object)])
    written = slipped(rng, np.asarray(written), rates.phone_slip, phone_slip)
    return slipped(rng, written, rates.phone_style, phone_style)


def addresses(rng: np.random.Generator, rates: Rates, family: Columns, rows: Ints, reported: Ints) -> Texts:
    """住址 — where they live on the day, the household's address, an earlier one, or only part of a code."""
    count = len(rows)
    written = np.where(reported > family["moves"][rows], family["later_home"][rows], family["home"][rows])
    earlier = happens(rng, rates.earlier_address, count) & (family["group"][rows] != VISITOR)
    written = np.where(earlier, family["earlier_home"][rows], written)
    household = happens(rng, rates.hukou_address, count) & (family["own_hukou"][rows] != "")
    written = np.where(household, family["own_hukou"][rows], written)
    origin = texts(number[:6] for number in family["mother_id"][rows])  # the division on the identity card
    away = happens(rng, rates.hukou_address / 2, count) & (family["group"][rows] == MIGRANT)
    away &= np.array([code.isdecimal() for code in origin], dtype=bool)
    written = np.where(away, origin, written)
    return slipped(rng, np.asarray(written), rates.address_slip, address_slip)


def where(flags: Flags, yes: Columns, no: Columns, names: tuple[str, ...]) -> Columns:
    """抄录 — columns `names` copied from `yes` where flagged."""
    return {name: np.where(flags, yes[name], no[name]) for name in names}
