"""人员比较 — levels of every field for many pairs of persons at once."""

import re

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import OSA, JaroWinkler, Prefix
from rapidfuzz.process import cpdist

from renjia.engine.linkage.columns import Flags, Ints
from renjia.engine.linkage.persons.fields import ADDRESS, CODE, DATE, DOCUMENT, NAME, Column, Registry
from renjia.engine.linkage.persons.levels import RARITY, Likeness

_ALIKE = 0.86
# A small file does not know what is rare: every value is taken as if seen in 500 more records.
_UNSEEN = 500
_PREFIX = 6
_NUMBER = re.compile(r"\d")


def person_levels(people: Registry, a: Ints, b: Ints) -> npt.NDArray[np.uint8]:
    """人员层级 — one row a pair (a[i], b[i]), one column a field."""
    found = [_levels(people, one, a, b) for one in people.columns]
    return np.column_stack(found).astype(np.uint8)


def rarity_level(people: Registry, one: Column) -> Ints:
    """常见程度 — SAME_1 … SAME_6 per text of the column."""
    share = (one.records + 1) / (len(people) + _UNSEEN)
    found: Ints = 1 + np.searchsorted(np.array(RARITY), -np.log2(share), side="right")
    return found


def _levels(people: Registry, one: Column, a: Ints, b: Ints) -> Ints:
    x, y = one.code[a], one.code[b]
    known = (x >= 0) & (y >= 0)
    same = known & (x == y)
    level = np.where(same, rarity_level(people, one)[x], 0)
    rest = np.flatnonzero(known & ~same)
    level[rest] = _unlike(one, x[rest], y[rest])
    for other in people.columns:
        if other.field.kind == one.field.kind and other is not one and one.field.kind in (NAME, ADDRESS):
            crossed = known & ~same & ((x == other.code[b]) | (y == other.code[a]))
            level[crossed] = Likeness.CROSSED
    return level


def _unlike(one: Column, left: Ints, right: Ints) -> Ints:
    # comparing a repeated pair again costs less than finding out which are repeated
    texts = one.sounds if one.field.kind == NAME else one.texts
    edits = cpdist(texts[left], texts[right], scorer=OSA.distance, score_cutoff=2, dtype=np.int64)
    size = np.array([len(text) for text in texts])
    shorter = np.minimum(size[left], size[right])
    level = np.full(len(left), int(Likeness.DIFFERENT))
    far = np.flatnonzero((edits > 2) | (shorter < 6))
    if one.field.kind in (NAME, ADDRESS):
        level[far[_alike(one, left[far], right[far])]] = Likeness.ALIKE
        level[_part(one, left, right) & (level == Likeness.DIFFERENT)] = Likeness.PART
    level[(edits == 2) & (shorter >= 5)] = Likeness.NEAR_TWO
    level[(edits == 1) & (shorter >= 2)] = Likeness.NEAR
    level[(edits == 0) & (shorter > 0)] = Likeness.SOUND
    if one.field.kind == DATE:
        level[_swapped(one, left, right)] = Likeness.SWAPPED
    if one.field.kind == DOCUMENT:
        # the check digit catches every single slip: two valid numbers are two persons, however close
        level[one.checked[left] & one.checked[right]] = Likeness.BOTH_VALID
    if one.field.kind == CODE:
        level[(level != Likeness.NEAR) & (level != Likeness.NEAR_TWO)] = Likeness.DIFFERENT
    return level


def _alike(one: Column, left: Ints, right: Ints) -> Flags:
    """Latin texts spelled alike; a Chinese address of which one leaves off the end of the other."""
    x, y = one.texts[left], one.texts[right]
    alike = cpdist(x, y, scorer=JaroWinkler.similarity, score_cutoff=_ALIKE, dtype=np.float64) > 0
    if one.field.kind == ADDRESS:
        chinese = np.array([not text.isascii() for text in one.texts])
        size = np.array([len(text) for text in one.texts])
        shorter = np.minimum(size[left], size[right])
        shared = cpdist(x, y, scorer=Prefix.similarity, dtype=np.int64)
        alike = np.where(chinese[left] & chinese[right], (shared == shorter) & (shorter >= _PREFIX), alike)
    found: Flags = np.asarray(alike, dtype=np.bool_)
    return found


def _part(one: Column, left: Ints, right: Ints) -> Flags:
    """The first part agrees: a Chinese surname or a Latin initial, the road before the first number of an address."""
    texts = one.sounds if one.field.kind == NAME else one.texts
    index: dict[str, int] = {"": -1}
    heads = [text[:1] if one.field.kind == NAME else _road(text) for text in texts.tolist()]
    head = np.array([index.setdefault(text, len(index)) for text in heads])
    found: Flags = (head[left] == head[right]) & (head[left] >= 0)
    return found


def _road(text: str) -> str:
    return _NUMBER.split(text, maxsplit=1)[0]


def _swapped(one: Column, left: Ints, right: Ints) -> Flags:
    index: dict[str, int] = {}
    plain, turned = [], []
    for text in one.texts.tolist():
        plain.append(index.setdefault(text, len(index)))
        turned.append(index.setdefault(text[:4] + text[6:] + text[4:6], len(index)))
    found: Flags = np.array(plain)[left] == np.array(turned)[right]
    return found
