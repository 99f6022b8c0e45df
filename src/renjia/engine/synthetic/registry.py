"""合成人户 — a registry of families with every kind of history that rules ask about, seeded; nobody in it exists.

The tables of the contract as Arrow: person, parentage, marriage, hukou, disability, certificate, employment,
application, payment. Histories run up to `until`; who reads them on an earlier day leaves out what came later.
The rates are the author's, chosen so that every branch of every rule is met; none is an estimate for a real place.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Ints: TypeAlias = npt.NDArray[np.int64]
Flags: TypeAlias = npt.NDArray[np.bool_]

DISTRICTS = ("310115", "310116", "310112", "360783", "330106")
_SHARES = (0.62, 0.12, 0.1, 0.08, 0.08)
_NONE = np.iinfo(np.int64).min
_YEAR = 365.25


@dataclass
class _People:
    """Columns of persons while they are made; days are days since 1970, _NONE where there is none."""

    sex: list[Ints] = field(default_factory=list)
    born: list[Ints] = field(default_factory=list)
    count: int = 0

    def add(self, sex: Ints, born: Ints) -> Ints:
        """New persons; their numbers."""
        numbers = np.arange(self.count, self.count + len(born))
        self.sex.append(np.broadcast_to(sex, born.shape).astype(np.int64))
        self.born.append(born)
        self.count += len(born)
        return numbers


def make_registry(persons: int, seed: int = 1, until: date = date(2027, 12, 31)) -> dict[str, pa.Table]:
    """造人户 — about `persons` persons with their families; the same arguments, the same tables.

    Raises ValueError for fewer than 100 persons: a registry of every kind of family needs some.
    """
    if persons < 100:
        raise ValueError(f"人数 {persons} 太少；至少 100")
    rng, end = np.random.default_rng((seed, persons)), _day(until)
    people = _People()
    couples = int(persons / 3.3)
    wife, husband, wed = _couples(rng, people, couples, end)
    child, mother, father, born, twin = _children(rng, people, wife, husband, wed, end)
    lone = people.add(rng.integers(1, 3, persons - people.count), end - rng.integers(0, 36000, persons - people.count)) \
        if people.count < persons else np.array([], np.int64)  # fmt: skip
    births, sexes = np.concatenate(people.born), np.concatenate(people.sex)
    died = _deaths(rng, births, end)
    adopted = rng.random(len(child)) < 0.02
    links = _parentage(rng, child, mother, father, born, twin, adopted, births, end)
    ids = pa.array([f"p{number:07d}" for number in range(people.count)])
    nationality = np.where(rng.random(people.count) < 0.004, "FRA", "CHN")
    tables = {
        "person": pa.table(
            {
                "person": ids, "sex": _texts(np.array(["", "1", "2"])[sexes]), "born": _dates(births), "died": _dates(died),
                "nationality": _texts(nationality),
            }
        ),
        "parentage": links(ids),
        "marriage": _marriages(rng, ids, wife, husband, wed, died, sexes, births, lone, end),
        "hukou": _hukou(rng, ids, births, child, mother, end),
        "disability": _disabilities(rng, ids, births, died, end),
        "certificate": _certificates(rng, ids, wife, husband, mother, child, births, end),
        "employment": _employment(rng, ids, births, sexes, end),
    }  # fmt: skip
    return tables | _drawn(rng, ids, births, died, sexes, end)


_BEGINS = {
    "person": "born", "marriage": "from", "hukou": "from", "disability": "from", "certificate": "from", "employment": "from",
    "application": "applied", "payment": "paid",
}  # fmt: skip
_ENDS = {
    "person": ("died",),
    "marriage": ("to",),
    "hukou": ("to",),
    "certificate": ("to",),
    "application": ("confirmed",),
}


def known_on(tables: Mapping[str, pa.Table], day: date) -> dict[str, pa.Table]:
    """当日所知 — the registry as it stood on the day: what began later is not there, what ended later has not ended.

    A validity printed on a paper (a disability's end) is known from the beginning and stays.
    """
    found = {}
    limit = pa.scalar(day, pa.date32())
    for name, table in tables.items():
        begins = _BEGINS.get(name)
        whole = table if begins is None else table.filter(pc.less_equal(table[begins], limit))
        for end in _ENDS.get(name, ()):
            over = pc.fill_null(pc.less_equal(whole[end], limit), False)
            whole = _emptied(whole, end, over)
            if name == "marriage":
                whole = _emptied(whole, "end", over)
        found[name] = whole
    links = found["parentage"]
    children = pc.is_in(links["child"], value_set=found["person"]["person"].combine_chunks())
    begun = pc.fill_null(pc.less_equal(links["from"], limit), True)
    links = links.filter(pc.and_(children, begun))
    found["parentage"] = _emptied(links, "to", pc.fill_null(pc.less_equal(links["to"], limit), False))
    return found


def _emptied(table: pa.Table, name: str, keep: pa.ChunkedArray) -> pa.Table:
    values = pc.if_else(keep, table[name], pa.scalar(None, table.schema.field(name).type))
    return table.set_column(table.schema.names.index(name), name, values)


def _couples(rng: np.random.Generator, people: _People, many: int, end: int) -> tuple[Ints, Ints, Ints]:
    age = np.clip(rng.gamma(6.5, 8.2, many), 21, 99)
    born = end - (age * _YEAR).astype(np.int64) - rng.integers(0, 365, many)
    wife = people.add(np.full(many, 2), born)
    husband = people.add(np.full(many, 1), born - (rng.normal(2, 3, many) * _YEAR).astype(np.int64))
    wed = born + ((20 + rng.gamma(2.5, 2.0, many)) * _YEAR).astype(np.int64)
    return wife, husband, np.minimum(wed, end)


def _children(
    rng: np.random.Generator, people: _People, wife: Ints, husband: Ints, wed: Ints, end: int
) -> tuple[Ints, Ints, Ints, Ints, Ints]:
    """Children of couples in order of birth: number, mother, father, day, and the delivery."""
    many = rng.choice(5, len(wife), p=[0.08, 0.58, 0.27, 0.05, 0.02])
    at = wed + rng.integers(200, 1500, len(wife))
    mothers, fathers, days, deliveries, sexes = [], [], [], [], []
    for nth in range(4):
        have = (many > nth) & (at < end)
        rows = np.flatnonzero(have)
        twins = rows[rng.random(len(rows)) < 0.013]
        for chosen in (rows, twins):
            mothers.append(wife[chosen])
            fathers.append(husband[chosen])
            days.append(at[chosen])
            deliveries.append(chosen * 8 + nth)
            sexes.append(np.where(rng.random(len(chosen)) < 0.515, 1, 2))
        at = at + rng.integers(500, 2600, len(wife))
    mother, father, born, delivery, sex = (np.concatenate(one) for one in (mothers, fathers, days, deliveries, sexes))
    single = rng.random(len(mother)) < 0.01
    return people.add(sex, born), mother, np.where(single, _NONE, father), born, delivery


def _deaths(rng: np.random.Generator, born: Ints, end: int) -> Ints:
    """Day of death by Gompertz hazard from 40 on and a small one before; _NONE for who lives at the end."""
    early = rng.exponential(1 / 0.0006, len(born))
    late = 40 + np.log1p(-np.log(rng.random(len(born))) * 0.092 / 0.0011) / 0.092
    day = born + (np.minimum(early, late) * _YEAR).astype(np.int64)
    return np.where(day <= end, day, _NONE)


def _parentage(
    rng: np.random.Generator, child: Ints, mother: Ints, father: Ints, born: Ints, delivery: Ints, adopted: Flags,
    births: Ints, end: int,
) -> Any:  # fmt: skip
    """Rows of the parentage table, given the ids."""
    lawful = rng.choice([1, 0, -1], len(child), p=[0.94, 0.02, 0.04])
    taken = np.where(adopted, np.minimum(born + rng.integers(60, 3000, len(child)), end), _NONE)
    left = np.where(adopted & (rng.random(len(child)) < 0.05), np.minimum(taken + 900, end), _NONE)
    steps = rng.random(len(child)) < 0.01
    other = rng.permutation(mother)

    def table(ids: pa.Array) -> pa.Table:
        parts = []
        for parent in (mother, father):
            rows = np.flatnonzero(parent != _NONE)
            parts.append(_links(ids, parent[rows], child[rows], np.where(adopted[rows], "adopted", "borne"), taken[rows],
                                left[rows], delivery[rows], lawful[rows]))  # fmt: skip
        rows = np.flatnonzero(steps & (other != mother) & (births[other] < born - 5500))
        none = np.full(len(rows), _NONE)
        parts.append(_links(ids, other[rows], child[rows], np.full(len(rows), "step"), born[rows] + 1500, none,
                            delivery[rows], np.full(len(rows), -1)))  # fmt: skip
        return pa.concat_tables(parts)

    return table


def _links(
    ids: pa.Array, parent: Ints, child: Ints, kind: Any, first: Ints, last: Ints, delivery: Ints, lawful: Ints
) -> pa.Table:
    return pa.table(
        {
            "parent": ids.take(pa.array(parent)), "child": ids.take(pa.array(child)), "kind": _texts(kind),
            "from": _dates(first), "to": _dates(last), "delivery": _texts(np.char.add("d", delivery.astype(str))),
            "lawful": pa.array([None if one < 0 else bool(one) for one in lawful.tolist()], pa.bool_()),
        }
    )  # fmt: skip


def _marriages(
    rng: np.random.Generator, ids: pa.Array, wife: Ints, husband: Ints, wed: Ints, died: Ints, sexes: Ints, births: Ints,
    lone: Ints, end: int,
) -> pa.Table:  # fmt: skip
    """First marriages, ended by divorce or a death; of the divorced, some marry one another again."""
    parted = np.where(rng.random(len(wife)) < 0.1, wed + rng.integers(400, 9000, len(wife)), _NONE)
    both = np.stack([died[wife], died[husband]])
    first_death = np.where(both == _NONE, np.iinfo(np.int64).max, both).min(axis=0)
    widowed = (first_death <= end) & ((parted == _NONE) | (first_death < parted))
    divorced = (parted != _NONE) & (parted <= end) & ~widowed
    over = np.where(widowed, np.minimum(first_death, end), np.where(divorced, parted, _NONE))
    reason = np.where(widowed, "death", np.where(divorced, "divorce", ""))
    again = np.flatnonzero(divorced & (rng.random(len(wife)) < 0.5))
    men = rng.permutation(husband[again])
    day = np.minimum(
        np.maximum(parted[again], parted[rng.permutation(again)]) + rng.integers(200, 2500, len(again)), end
    )
    alive = (died[wife[again]] == _NONE) & (died[men] == _NONE) & (men != husband[again])
    bride, groom, day = wife[again][alive], men[alive], day[alive]
    a, b = np.concatenate([wife, bride]), np.concatenate([husband, groom])
    from_ = np.concatenate([np.minimum(wed, np.where(over == _NONE, end, over)), day])
    to = np.concatenate([over, np.full(len(bride), _NONE)])
    ends = np.concatenate([reason, np.full(len(bride), "")])
    return pa.table(
        {
            "a": ids.take(pa.array(a)), "b": ids.take(pa.array(b)), "from": _dates(from_), "to": _dates(to),
            "end": pa.array([one or None for one in ends.tolist()], pa.string()),
        }
    )  # fmt: skip


def _hukou(rng: np.random.Generator, ids: pa.Array, births: Ints, child: Ints, mother: Ints, end: int) -> pa.Table:
    many = len(births)
    place = rng.choice(len(DISTRICTS), many, p=_SHARES)
    place[child] = place[mother]
    kind = rng.choice(3, many, p=[0.28, 0.32, 0.4])
    kind[child] = kind[mother]
    basis = np.where(rng.random(many) < 0.9, 0, rng.integers(1, 4, many))
    moved = np.flatnonzero(rng.random(many) < 0.12)
    day = np.maximum(births[moved] + 1, end - rng.integers(0, 12000, len(moved)))
    kinds, bases = np.array(["rural", "urban", "resident"]), np.array(["born", "land", "reform", "moved"])
    until = np.full(many, _NONE)
    until[moved] = day - 1
    second = rng.choice(len(DISTRICTS), len(moved), p=_SHARES)
    codes = np.array(DISTRICTS)
    return pa.concat_tables(
        [
            pa.table({"person": ids, "place": _texts(codes[place]), "kind": _texts(kinds[kind]), "basis": _texts(bases[basis]),
                      "from": _dates(births), "to": _dates(until)}),
            pa.table({"person": ids.take(pa.array(moved)), "place": _texts(codes[second]), "kind": _texts(kinds[1 + moved % 2]),
                      "basis": _texts(bases[1 + moved % 3]), "from": _dates(day), "to": _dates(np.full(len(moved), _NONE))}),
        ]
    )  # fmt: skip


def _disabilities(rng: np.random.Generator, ids: pa.Array, births: Ints, died: Ints, end: int) -> pa.Table:
    rows = np.flatnonzero(rng.random(len(births)) < 0.03)
    first = np.minimum(births[rows] + rng.integers(400, 15000, len(rows)), end)
    last = np.where(rng.random(len(rows)) < 0.7, first + 3652, _NONE)
    kind = np.where(rng.random(len(rows)) < 0.08, "complication", rng.integers(1, 8, len(rows)).astype(str))
    return pa.table(
        {
            "person": ids.take(pa.array(rows)), "type": _texts(kind), "grade": pa.array(rng.integers(1, 5, len(rows)), pa.int32()),
            "from": _dates(first), "to": _dates(last),
        }
    )  # fmt: skip


def _certificates(
    rng: np.random.Generator,
    ids: pa.Array,
    wife: Ints,
    husband: Ints,
    mother: Ints,
    child: Ints,
    births: Ints,
    end: int,
) -> pa.Table:
    """One-child certificates of couples with one child born before 2016, given up when a second came."""
    order = np.argsort(births[child], kind="stable")
    first: dict[int, int] = {}
    second: dict[int, int] = {}
    for at in order.tolist():
        parent, day = int(mother[at]), int(births[child[at]])
        if parent in first:
            second.setdefault(parent, day)
        else:
            first[parent] = day
    keep = rng.random(len(wife)) < 0.75
    limit = _day(date(2015, 12, 31))
    rows = np.array(
        [at for at, one in enumerate(wife.tolist()) if keep[at] and first.get(one, end + 1) <= limit], np.int64
    )
    began = np.array([first[int(one)] for one in wife[rows]], np.int64) + 200 if len(rows) else np.array([], np.int64)
    over = np.array([second.get(int(one), _NONE) for one in wife[rows]], np.int64)
    # a twin came before the certificate did: it holds for no day longer than it was given
    over = np.where(over == _NONE, _NONE, np.maximum(over, began))
    both = np.concatenate([wife[rows], husband[rows]])
    return pa.table(
        {
            "person": ids.take(pa.array(both)), "kind": _texts(np.full(len(both), "one_child")),
            "from": _dates(np.tile(began, 2)), "to": _dates(np.tile(over, 2)),
            "number_known": pa.array((rng.random(len(both)) < 0.95).tolist(), pa.bool_()),
        }
    )  # fmt: skip


def _employment(rng: np.random.Generator, ids: pa.Array, births: Ints, sexes: Ints, end: int) -> pa.Table:
    age = (end - births) / _YEAR
    rows = np.flatnonzero((age > 20) & (rng.random(len(births)) < 0.9))
    at = births[rows] + ((np.where(sexes[rows] == 1, 60, 53) + rng.integers(0, 3, len(rows))) * _YEAR).astype(np.int64)
    kind = np.where(at <= end, "retired", np.where(rng.random(len(rows)) < 0.85, "employed", "none"))
    first = np.where(at <= end, at, births[rows] + 7500)
    pension = np.where(rng.random(len(rows)) < 0.7, "employee", "resident")
    return pa.table(
        {
            "person": ids.take(pa.array(rows)), "kind": _texts(kind), "from": _dates(np.minimum(first, end)),
            "to": _dates(np.full(len(rows), _NONE)), "pension": _texts(pension),
        }
    )  # fmt: skip


_APPLIED = ("rural_reward", "bereaved_support", "disabled_support", "one_child_allowance", "childcare_subsidy")


def _drawn(
    rng: np.random.Generator, ids: pa.Array, births: Ints, died: Ints, sexes: Ints, end: int
) -> dict[str, pa.Table]:
    """Applications confirmed, and payments made for some of them."""
    age = (end - births) / _YEAR
    rows = np.flatnonzero((age > 45) & (rng.random(len(births)) < 0.06))
    scheme = np.array(_APPLIED)[rng.integers(0, 4, len(rows))]
    applied = end - rng.integers(100, 4000, len(rows))
    confirmed = np.where(rng.random(len(rows)) < 0.9, applied + 40, _NONE)
    none = pa.nulls(len(rows), pa.string())
    application = pa.table(
        {
            "scheme": _texts(scheme), "person": ids.take(pa.array(rows)), "child": none, "applied": _dates(applied),
            "confirmed": _dates(confirmed), "place": _texts(np.full(len(rows), DISTRICTS[0])),
        }
    )  # fmt: skip
    paid = np.flatnonzero((confirmed != _NONE) & (rng.random(len(rows)) < 0.7))
    amount = pa.array(rng.integers(100, 6000, len(paid)), pa.int32()).cast(pa.decimal128(18, 2))
    payment = pa.table(
        {
            "scheme": _texts(scheme[paid]), "person": ids.take(pa.array(rows[paid])), "child": pa.nulls(len(paid), pa.string()),
            "period": _texts(np.full(len(paid), "2025")), "amount": amount, "paid": _dates(confirmed[paid] + 60),
        }
    )  # fmt: skip
    return {"application": application, "payment": payment}


def _day(day: date) -> int:
    return (day - date(1970, 1, 1)).days


def _dates(days: Ints) -> pa.Array:
    return pa.array(np.where(days == _NONE, 0, days).astype("int32"), pa.int32(), mask=days == _NONE).cast(pa.date32())


def _texts(values: Any) -> pa.Array:
    return pa.array(values.tolist(), pa.string())
