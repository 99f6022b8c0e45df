"""人员学习 — weights learned from the registry itself, by EM on counts of comparison patterns; no truth is asked for.

All pairs are a mixture of three kinds: one person (m), two people of one home (h) and strangers (u). u is never learned
from candidates, which were chosen because they agree: of equal values it is counted exactly (how many pairs share the
value), of unequal ones taken from random pairs. The share of matching pairs carries the number of records.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

import numpy as np
import numpy.typing as npt

from renjia.engine.linkage.persons.blocks import random_pairs
from renjia.engine.linkage.persons.compare import person_levels, rarity_level
from renjia.engine.linkage.persons.fields import CODE, DATE, DOCUMENT, NAME, NUMBER, Column, Registry
from renjia.engine.linkage.persons.levels import FIRST_SAME, LAST_SAME, LEVELS, RARITY, Likeness
from renjia.engine.linkage.persons.model import Compared, Floats, PersonModel, person_patterns, quarters, size_for

ROUNDS = 60
RANDOM_PAIRS = 100_000
# What is believed before any pair is seen, worth so many pairs: a registry too small to learn from falls back on it.
_BELIEF = 20.0
_PERSON = {Likeness.SOUND: 0.02, Likeness.NEAR: 0.04, Likeness.NEAR_TWO: 0.01, Likeness.ALIKE: 0.01,
           Likeness.CROSSED: 0.01, Likeness.PART: 0.01, Likeness.SWAPPED: 0.01, Likeness.BOTH_VALID: 0.0005,
           Likeness.DIFFERENT: 0.04}  # fmt: skip
_STRANGER = {Likeness.SOUND: 0.002, Likeness.NEAR: 0.003, Likeness.NEAR_TWO: 0.003, Likeness.ALIKE: 0.003,
             Likeness.CROSSED: 0.001, Likeness.PART: 0.02, Likeness.SWAPPED: 0.001, Likeness.BOTH_VALID: 0.9,
             Likeness.DIFFERENT: 0.97}  # fmt: skip
_STRANGERS = 200.0
_RARE = 5000.0
_TWINS = 0.02
_SAME = slice(FIRST_SAME, LAST_SAME + 1)
_BEYOND_SIZE = 6


@dataclass
class _Counted:
    """Distinct rows of levels and how many pairs have each."""

    rows: npt.NDArray[np.uint8]
    pairs: Floats

    def by_level(self, k: int, weights: Floats) -> Floats:
        found: Floats = np.bincount(self.rows[:, k], weights=weights, minlength=LEVELS).astype(np.float64)
        return found


@dataclass
class _Chances:
    """Per field and level: of one person, one home, strangers; of SAME levels u holds the chance given that rarity.

    share, at_home: shares of all possible pairs that are one person, or two of one home.
    """

    person: Floats
    home: Floats
    stranger: Floats
    share: float
    at_home: float

    def sorted_out(self, of: _Counted) -> tuple[Floats, Floats]:
        """Expected pairs of each row that are one person, and two people of one home."""
        at = np.arange(of.rows.shape[1])
        person = np.log(self.person / self.stranger)[at, of.rows].sum(axis=1) + np.log(self.share)
        home = np.log(self.home / self.stranger)[at, of.rows].sum(axis=1) + np.log(self.at_home)
        top = np.logaddexp(np.logaddexp(person, home), 0.0)
        return of.pairs * np.exp(person - top), of.pairs * np.exp(home - top)


def learn_persons(people: Registry, levels: npt.NDArray[np.uint8]) -> PersonModel:
    """学习 — the model of this registry from the levels of its candidate pairs."""
    pairs = max(people.pairs_possible(), 1.0)
    wanted = int(min(RANDOM_PAIRS, pairs))
    drawn, chosen = _counted(person_levels(people, *random_pairs(people, wanted))), _counted(levels)
    equal = [_equal_pairs(people, one) for one in people.columns]
    chances = _start(people, equal, min(0.1 * len(people) / pairs, 0.1))
    believed = chances.person.copy(), chances.home.copy()
    for _ in range(ROUNDS):
        same, near = chances.sorted_out(chosen)
        same_drawn, near_drawn = chances.sorted_out(drawn)
        before = chances.share
        chances.share, chances.at_home = max(same.sum(), 0.5) / pairs, max(near.sum(), 0.5) / pairs
        for k, one in enumerate(people.columns):
            seen, lived = chosen.by_level(k, same), chosen.by_level(k, near)
            chances.stranger[k] = _strangers(one, drawn.by_level(k, drawn.pairs - same_drawn - near_drawn))
            chances.stranger[k, _SAME] = _by_rarity(people, one, equal[k], seen + lived)
            chances.person[k] = _person(one, seen, believed[0][k])
            chances.home[k] = _home(one, lived, believed[1][k], chances.stranger[k])
        if abs(chances.share - before) < 1e-6 * chances.share:
            break
    return _model(people, chances, pairs)


def _counted(levels: npt.NDArray[np.uint8]) -> _Counted:
    _, first, counts = np.unique(person_patterns(levels, 0), return_index=True, return_counts=True)
    return _Counted(levels[first], counts.astype(np.float64))


def _start(people: Registry, equal: Sequence[Floats], share: float) -> _Chances:
    nothing = np.zeros(LEVELS)
    person = np.full((len(people.columns), LEVELS), 1e-4)
    home, stranger = person.copy(), person.copy()
    for k, one in enumerate(people.columns):
        person[k, list(_PERSON)] = list(_PERSON.values())
        person[k, _SAME] = 1 - sum(_PERSON.values())
        stranger[k] = _strangers(one, nothing)
        stranger[k, _SAME] = _by_rarity(people, one, equal[k], nothing)
        home[k] = _home_believed(one, person[k], stranger[k])
    for table in (person, home, stranger):
        table[:, 0] = 1.0
    return _Chances(person, home, stranger, share, share)


def _strangers(one: Column, drawn: Floats) -> Floats:
    """Chances of the levels of two strangers, but for SAME (see _by_rarity): from random pairs."""
    believed = np.full(LEVELS, 1e-3)
    believed[list(_STRANGER)] = list(_STRANGER.values())
    found = (drawn + _STRANGERS * believed) / (drawn[1:].sum() + _STRANGERS)
    found[0] = 1.0
    return np.asarray(found)


def _shares(seen: Floats, believed: Floats) -> Floats:
    """Chances of the levels given that both values are known; all SAME levels together have one chance."""
    total = seen[1:].sum() + _BELIEF
    found = (seen + _BELIEF * believed) / total
    found[_SAME] = (seen[_SAME].sum() + _BELIEF * believed[FIRST_SAME]) / total
    found[0] = 1.0
    return np.asarray(found)


def _person(one: Column, seen: Floats, believed: Floats) -> Floats:
    """One person: as learned, but that two valid numbers belong to one is not for a registry full of twins to teach."""
    found = _shares(seen, believed)
    if one.field.kind == DOCUMENT:
        found[Likeness.BOTH_VALID] = believed[Likeness.BOTH_VALID]
    return found


def _home(one: Column, seen: Floats, believed: Floats, stranger: Floats) -> Floats:
    """Two people of one home: where they live and how alike they are as learned, but never one name or one number.

    Brothers and sisters share surname and often a character; twins share the day.
    """
    if one.field.kind in (DOCUMENT, NUMBER) and not one.field.family:
        return stranger.copy()
    found = _shares(seen, believed)
    if one.field.kind == NAME and not one.field.family:
        found[_SAME] = stranger[_SAME]
    return found


def _home_believed(one: Column, person: Floats, stranger: Floats) -> Floats:
    """What is believed of one home before any is seen: of a person's own fields little more than of strangers."""
    if one.field.family:
        return person.copy()
    found = stranger.copy()
    if one.field.kind == DATE:
        found[_SAME] = _TWINS
    if one.field.kind == CODE:
        found[_SAME] = 0.5
    return found


def _equal_pairs(people: Registry, one: Column) -> Floats:
    """Rows: pairs that share the value, and possible pairs of a record that has it, by SAME level."""
    level = rarity_level(people, one)
    source = np.bincount(people.source, minlength=len(people.sources))
    table = np.zeros((2, LEVELS))
    known = one.code >= 0
    value_source = one.code[known] * len(source) + people.source[known]
    here = np.bincount(value_source, minlength=len(one.texts) * len(source)).reshape(len(one.texts), -1)
    all_here = here.sum(axis=1)
    shared = (all_here * (all_here - 1.0) - (here * (here - 1.0))[:, people.once].sum(axis=1)) / 2
    others = len(people) - 1 - np.where(people.once, source - 1, 0)
    possible = (here * others).sum(axis=1) / 2
    table[0] = np.bincount(level, weights=shared, minlength=LEVELS)
    table[1] = np.bincount(level, weights=possible, minlength=LEVELS)
    return table


def _by_rarity(people: Registry, one: Column, equal: Floats, explained: Floats) -> Floats:
    """Chance that a stranger shares a value of each rarity: pairs that share it and are not of one person or home."""
    least = 2.0 ** -(_BEYOND_SIZE + size_for(people.pairs_possible(), len(people)))
    left = np.maximum(equal[0] - explained, 0.0)[_SAME]
    # a code has few values, however few records show them
    believed = np.full(LAST_SAME, 0.5) if one.field.kind == CODE else 2.0 ** -np.array([1.0, *RARITY])
    found = (left + _RARE * believed) / (equal[1][_SAME] + _RARE)
    # a rarer value is never weaker evidence, however few pairs say so
    return np.asarray(np.clip(np.minimum.accumulate(found), least, 0.99))


def _model(people: Registry, chances: _Chances, pairs: float) -> PersonModel:
    person = quarters(np.log2(chances.person / chances.stranger))
    together = quarters(np.log2(chances.home / chances.stranger))
    fields = tuple(
        Compared(one.field.name, one.field.label, tuple(person[k].tolist()), tuple(together[k].tolist()))
        for k, one in enumerate(people.columns)
    )
    partners, homes = (float(2 * share * pairs / len(people)) for share in (chances.share, chances.at_home))
    digest = sha256(repr((fields, partners, homes)).encode()).hexdigest()[:8]
    return PersonModel(f"人员自学 {digest}", fields, partners, homes)
