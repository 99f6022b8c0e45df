"""未来之事 — deaths and births drawn for the years ahead: who, when, in which draw; nothing here judges."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from renjia.engine.rules.errors import RuleError

Ints: TypeAlias = npt.NDArray[np.int64]
Floats: TypeAlias = npt.NDArray[np.float64]
_EPOCH = date(1970, 1, 1)
_NONE = np.iinfo(np.int64).min
_WOMAN = "2"


@dataclass(frozen=True)
class Rates:
    """率 — yearly chances by completed age on the first day of the year; what is not given does not happen.

    deaths: sex code (`1`, `2`) → chance of dying within the year at age 0, 1, …, the last one for all older; of unknown
    sex, the mean of both. births: children borne before → age → chance of a delivery within the year, for women; the
    highest number also for more. twins: share of deliveries with two. boys: share of boys; None leaves the sex empty.
    Raises RuleError for a chance outside 0…1.
    """

    deaths: Mapping[str, Sequence[float]] = field(default_factory=dict)
    births: Mapping[int, Mapping[int, float]] = field(default_factory=dict)
    twins: float = 0.0
    boys: float | None = None

    def __post_init__(self) -> None:
        """Checks every chance."""
        chances = [one for listed in self.deaths.values() for one in listed]
        chances += [one for by_age in self.births.values() for one in by_age.values()]
        for one in (*chances, self.twins, self.boys or 0.0):
            if not 0 <= one <= 1:
                raise RuleError(f"率 {one} 不在 0 到 1 之间；请写一年内的概率，例如 0.0052")
        if self.deaths and not all(self.deaths.get(sex) for sex in ("1", _WOMAN)):
            raise RuleError("死亡率要分男（1）女（2）两列，从 0 岁写起")


@dataclass(frozen=True)
class People:
    """人 — columns by person in order of key: sex code, day of birth and death (days since 1970, _NONE unknown), births had."""

    keys: pa.Array
    sexes: npt.NDArray[np.str_]
    born: Ints
    died: Ints
    borne: Ints


def people_of(persons: pa.Table, borne: Mapping[str, int]) -> People:
    """取人 — from rows of `person, sex, born, died` and how many children each has borne."""
    whole = persons.sort_by("person")
    keys = whole["person"].combine_chunks()
    many = np.fromiter((borne.get(one, 0) for one in keys.to_pylist()), np.int64, len(keys))
    sexes = np.array(whole["sex"].fill_null("").to_pylist(), dtype="U1")
    return People(keys, sexes, _days(whole["born"]), _days(whole["died"]), many)


def happenings(people: People, on: date, years: int, rates: Rates, draws: int, seed: int) -> tuple[pa.Table, pa.Table]:
    """抽事件 — after `on` to the end of the last of the years: deaths `draw, person, day` and births `draw, mother, child, day, sex,
    delivery, died`. The same arguments, the same events; draw n does not depend on how many are drawn.
    """
    deaths: list[pa.Table] = []
    births: list[pa.Table] = []
    for draw in range(draws):
        rng = np.random.default_rng((seed, draw))
        died, newborn = _one(people, _periods(on, years), rates, rng)
        rows = np.flatnonzero((died != people.died) & (died != _NONE))
        deaths.append(
            pa.table(
                {"draw": _same(draw, len(rows)), "person": people.keys.take(pa.array(rows)), "day": _dates(died[rows])}
            )
        )
        births.append(_births(people, draw, newborn, rates, rng))
    return pa.concat_tables(deaths), pa.concat_tables(births)


@dataclass
class _Newborn:
    """Children of one draw, grown period by period."""

    mother: Ints
    day: Ints
    died: Ints
    sex: npt.NDArray[np.str_]
    delivery: Ints


def _one(
    people: People, periods: Sequence[tuple[date, date]], rates: Rates, rng: np.random.Generator
) -> tuple[Ints, _Newborn]:
    died = people.died.copy()
    borne = people.borne.copy()
    none = np.array([], np.int64)
    newborn = _Newborn(none, none, none, np.array([], "U1"), none)
    for first, last in periods:
        start, length = _number(first), (last - first).days + 1
        part = length / ((date(first.year, 12, 31) - date(first.year, 1, 1)).days + 1)
        days = start + rng.integers(0, length, len(died))
        dies = (died == _NONE) & (people.born < start) & (people.born != _NONE)
        dies &= rng.random(len(died)) < _part(_death(rates, people.sexes, _ages(people.born, first)), part)
        died = np.where(dies, days, died)
        known = newborn.died == _NONE
        later = start + rng.integers(0, length, len(known))
        known &= rng.random(len(known)) < _part(_death(rates, newborn.sex, _ages(newborn.day, first)), part)
        newborn.died = np.where(known, later, newborn.died)
        _deliver(people, died, borne, newborn, first, length, part, rates, rng)
    return died, newborn


def _deliver(
    people: People, died: Ints, borne: Ints, newborn: _Newborn, first: date, length: int, part: float, rates: Rates,
    rng: np.random.Generator,
) -> None:  # fmt: skip
    start = _number(first)
    chance = np.zeros(len(died))
    ages = _ages(people.born, first)
    most = max(rates.births, default=0)
    for had, by_age in rates.births.items():
        rows = (borne >= had) if had == most else (borne == had)
        for age, one in by_age.items():
            chance[rows & (ages == age)] = one
    chance[(people.sexes != _WOMAN) | (people.born == _NONE)] = 0.0
    day = start + rng.integers(0, length, len(died))
    mothers = np.flatnonzero((rng.random(len(died)) < _part(chance, part)) & ((died == _NONE) | (died >= day)))
    twice = mothers[rng.random(len(mothers)) < rates.twins]
    delivery = len(newborn.mother) + np.arange(len(mothers))
    second = delivery[np.isin(mothers, twice)]
    borne[mothers] += 1
    borne[twice] += 1
    mother = np.concatenate([mothers, twice])
    born = day[mother]
    sex = np.full(len(mother), "", "U1")
    if rates.boys is not None:
        sex = np.where(rng.random(len(mother)) < rates.boys, "1", _WOMAN)
    left = start + length - born
    lost = rng.random(len(mother)) < _part(_death(rates, sex, np.zeros(len(mother), np.int64)), left / 365)
    over = np.where(lost, born + (rng.random(len(mother)) * left).astype(np.int64), _NONE)
    newborn.mother = np.concatenate([newborn.mother, mother])
    newborn.day = np.concatenate([newborn.day, born])
    newborn.died = np.concatenate([newborn.died, over])
    newborn.sex = np.concatenate([newborn.sex, sex])
    newborn.delivery = np.concatenate([newborn.delivery, delivery, second])


def _births(people: People, draw: int, newborn: _Newborn, rates: Rates, rng: np.random.Generator) -> pa.Table:
    many = len(newborn.mother)
    return pa.table(
        {
            "draw": _same(draw, many), "mother": people.keys.take(pa.array(newborn.mother)),
            "child": pa.array([f"新生儿{at:07d}" for at in range(many)], pa.string()), "day": _dates(newborn.day),
            "sex": pa.array([one or None for one in newborn.sex.tolist()], pa.string()),
            "delivery": pa.array([f"新分娩{at:07d}" for at in newborn.delivery.tolist()], pa.string()), "died": _dates(newborn.died),
        }
    )  # fmt: skip


def _periods(on: date, years: int) -> list[tuple[date, date]]:
    """What is left of the year of `on`, then whole years."""
    first = on + timedelta(days=1)
    rest = [] if first.year > on.year else [(first, date(on.year, 12, 31))]
    return rest + [(date(on.year + at, 1, 1), date(on.year + at, 12, 31)) for at in range(1, years + 1)]


def _death(rates: Rates, sexes: npt.NDArray[np.str_], ages: Ints) -> Floats:
    if not rates.deaths:
        return np.zeros(len(ages))
    by_sex = {sex: np.asarray(listed, np.float64) for sex, listed in rates.deaths.items()}
    men, women = (listed[np.clip(ages, 0, len(listed) - 1)] for listed in (by_sex["1"], by_sex[_WOMAN]))
    return np.where(sexes == "1", men, np.where(sexes == _WOMAN, women, (men + women) / 2))


def _part(chance: Floats, part: float | Floats) -> Floats:
    """A yearly chance as one of a part of the year."""
    answer: Floats = 1 - (1 - chance) ** part
    return answer


def _ages(born: Ints, day: date) -> Ints:
    """Completed years on the day, −1 for who is not born yet or has no day of birth."""
    days = np.where(born == _NONE, 0, born).astype("datetime64[D]")
    months = days.astype("datetime64[M]")
    in_month = (days - months).astype(np.int64) + 1
    index = months.astype(np.int64)
    now = (day.year - 1970) * 12 + day.month - 1
    full = now - index - (in_month > day.day)
    answer: Ints = np.where((born == _NONE) | (full < 0), -1, full // 12)
    return answer


def _number(day: date) -> int:
    return (day - _EPOCH).days


def _days(column: pa.ChunkedArray) -> Ints:
    whole = column.cast(pa.int32()).cast(pa.int64()).fill_null(_NONE)
    answer: Ints = whole.to_numpy()
    return answer


def _dates(days: Ints) -> pa.Array:
    return pa.array(np.where(days == _NONE, 0, days).astype(np.int32), pa.int32(), mask=days == _NONE).cast(pa.date32())


def _same(value: int, many: int) -> pa.Array:
    return pa.array(np.full(many, value, np.int32), pa.int32())
