"""人员候选 — which pairs of persons are worth comparing: those that share a value, or two where one is too common."""

from itertools import combinations

import numpy as np

from renjia.engine.linkage.columns import Flags, Ints
from renjia.engine.linkage.persons.fields import CODE, DATE, NAME, Column, Registry

# Pairs a key may make before it must share a second field too: many a record in a small registry, few in a large one.
_EACH, _LARGE, _EACH_LARGE = 60, 3_000_000, 5
CAP = 60  # the largest block of two fields
_SPREAD = 1 << 31


def candidates(people: Registry) -> tuple[Ints, Ints]:
    """候选对 — distinct pairs a < b; pairs inside a source that is free of repetitions are left out."""
    found = [np.zeros(0, np.int64)]
    keys = {at: key for at, key in enumerate(_keys(people)) if (key >= 0).any()}
    large: list[int] = []
    for at, key in keys.items():
        if _pairs_made(key) <= budget(len(people)):
            found.append(_within(people, key, len(people)))
        else:
            large.append(at)
    small = [at for at in keys if at not in large]
    joint = {(min(at, other), max(at, other)) for at in large for other in small} | set(combinations(large, 2))
    for at, other in sorted(joint):
        found.append(_within(people, _joined(keys[at], keys[other]), CAP))
    distinct = np.unique(np.concatenate(found))
    return distinct >> 31, distinct & (_SPREAD - 1)


def budget(records: int) -> int:
    """每键至多几对 — grows with the registry, never with its square."""
    return min(_EACH * records, _LARGE + _EACH_LARGE * records)


def random_pairs(people: Registry, wanted: int, seed: int = 20261122) -> tuple[Ints, Ints]:
    """随机对 — about `wanted` pairs that may be one person, drawn with a fixed seed."""
    random = np.random.default_rng(seed)
    a, b = random.integers(0, len(people), (2, 2 * wanted))
    fits = (a != b) & allowed(people, a, b)
    low, high = np.minimum(a, b)[fits][:wanted], np.maximum(a, b)[fits][:wanted]
    return low, high


def allowed(people: Registry, a: Ints, b: Ints) -> Flags:
    """可能是一人 — not both in one source that is free of repetitions."""
    found: Flags = (people.source[a] != people.source[b]) | ~people.once[people.source[a]]
    return found


def _keys(people: Registry) -> list[Ints]:
    """One key a field (names by sound, so that homophones meet); names crossed, dates by month and day as well."""
    keys: list[Ints] = []
    for one in people.columns:
        if one.field.kind != CODE:
            keys.append(np.where(one.code >= 0, one.sound[one.code], -1))
    spoken = [np.where(one.code >= 0, one.sound[one.code], -1) for one in people.columns if one.field.kind == NAME]
    for first, second in combinations(spoken, 2):
        keys.append(_joined(np.minimum(first, second), np.maximum(first, second)))
    keys += [_turned(one) for one in people.columns if one.field.kind == DATE]
    return keys


def _turned(one: Column) -> Ints:
    """Dates in which day and month may have changed places get the same key; others none."""
    index: dict[str, int] = {}
    keys = []
    for text in one.texts.tolist():
        month, day = text[4:6], text[6:8]
        fits = len(text) == 8 and day <= "12" and month <= "12" and month != day
        keys.append(index.setdefault(text[:4] + min(month, day) + max(month, day), len(index)) if fits else -1)
    return np.array(keys, dtype=np.int64)[one.code]


def _joined(first: Ints, second: Ints) -> Ints:
    known = (first >= 0) & (second >= 0)
    return np.where(known, (first << 31) | second, -1)


def _pairs_made(key: Ints) -> float:
    sizes = np.unique(key[key >= 0], return_counts=True)[1].astype(np.float64)
    return float((sizes * (sizes - 1)).sum() / 2)


def _within(people: Registry, key: Ints, cap: int) -> Ints:
    """All allowed pairs with an equal key, packed; blocks above the cap left out."""
    rows = np.flatnonzero(key >= 0)
    rows = rows[np.argsort(key[rows], kind="stable")]
    ordered = key[rows]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]]) if len(rows) else np.zeros(0, np.int64)
    sizes = np.diff(np.r_[starts, len(rows)])
    fits = np.repeat((sizes > 1) & (sizes <= cap), sizes)
    place = np.arange(len(rows)) - np.repeat(starts, sizes)
    rows, place, sizes = rows[fits], place[fits], np.repeat(sizes, sizes)[fits]
    found = [np.zeros(0, np.int64)]
    step = 1
    while True:
        left = np.flatnonzero(place + step < sizes)
        if not len(left):
            break
        x, y = rows[left], rows[left + step]
        low, high = np.minimum(x, y), np.maximum(x, y)
        keep = allowed(people, low, high)
        found.append(low[keep] * _SPREAD + high[keep])
        step += 1
    return np.concatenate(found)
