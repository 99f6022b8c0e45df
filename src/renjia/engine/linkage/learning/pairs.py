"""学习用的对 — pairs at random and pairs that agree on one field, for what agreement between strangers weighs.

Blocked pairs agree on what they were blocked by, so the chance agreement of two strangers (u) is never read from
them. Two records at random seldom agree on anything rare, so each rare agreement is also sampled where it occurs and
counted back by the exact number of pairs that agree.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from renjia.engine.linkage.candidates import CAP, key_groups, pairs
from renjia.engine.linkage.columns import Columns, Flags, Ints
from renjia.engine.linkage.compare import Levels, delivery_levels
from renjia.engine.linkage.levels import CertificateLevel, IdLevel, NameLevel, PhoneLevel

_SPREAD = 1 << 31
_CHUNK = 50_000


@dataclass(frozen=True, slots=True)
class Sampled:
    """抽得的对 — levels of pairs; `share`: which part of all pairs of records they stand for (1 = all)."""

    levels: Levels
    share: float


@dataclass(frozen=True, slots=True)
class Agreement:
    """一致 — comparison (its position), the levels that mean agreement, and pairs sampled among those that agree."""

    at: int
    levels: tuple[int, ...]
    sampled: Sampled


_NAMES = tuple(range(NameLevel.SAME_RARE, NameLevel.SOUND_COMMON + 1))
_IDS = (int(IdLevel.SAME), int(IdLevel.SAME_UNCHECKED))


def known_pairs(columns: Columns, linkable: Flags, most: int, rng: np.random.Generator) -> tuple[Ints, Ints, float]:
    """候选与同组 — candidate pairs, and every pair inside a key group (not only its star), at most `most` of them.

    Returned with the share kept. A star alone would show too few pairs that agree on the mother's number.
    """
    a, b = pairs(columns, linkable)
    one, other = _inside(np.where(linkable, key_groups(columns, linkable), -1))
    whole = np.unique(np.concatenate([a * _SPREAD + b, np.minimum(one, other) * _SPREAD + np.maximum(one, other)]))
    share = 1.0
    if len(whole) > most:
        share = most / len(whole)
        whole = np.sort(rng.choice(whole, most, replace=False))
    return whole >> 31, whole & (_SPREAD - 1), share


def _inside(group: Ints) -> tuple[Ints, Ints]:
    order = np.argsort(group, kind="stable")
    order = order[group[order] >= 0]
    key = group[order]
    left, right = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for step in range(1, CAP):
        same = key[step:] == key[:-step]
        if not same.any():
            break
        left.append(order[:-step][same])
        right.append(order[step:][same])
    return np.concatenate(left), np.concatenate(right)


def at_random(columns: Columns, linkable: Flags, count: int, rng: np.random.Generator) -> Sampled:
    """随机对 — `count` pairs of different linkable records, drawn with equal chance."""
    rows = np.flatnonzero(linkable)
    a = rng.integers(0, len(rows), count)
    b = (a + rng.integers(1, len(rows), count)) % len(rows)
    return Sampled(in_chunks(columns, rows[a], rows[b]), 1.0)


def agreements(columns: Columns, linkable: Flags, count: int, rng: np.random.Generator) -> Iterator[Agreement]:
    """一致的对 — for documents, names, telephone and certificate number: pairs drawn among those that agree."""
    c = columns
    rows = np.flatnonzero(linkable)
    whole = len(rows) * (len(rows) - 1) / 2
    keys: tuple[tuple[int, tuple[int, ...], Ints], ...] = (
        (0, _IDS, c.mother_id),
        (1, _NAMES, np.where(c.mother_name >= 0, c.names.sound[c.mother_name], -1)),
        (2, _IDS, c.father_id),
        (3, _NAMES, np.where(c.father_name >= 0, c.names.sound[c.father_name], -1)),
        (5, (int(PhoneLevel.SAME),), c.phone),
        (10, (int(CertificateLevel.SAME),), c.certificate),
        (11, _NAMES, np.where(c.baby_name >= 0, c.names.sound[c.baby_name], -1)),
    )
    for at, levels, key in keys:
        drawn = _agreeing(key[rows], count, rng)
        if drawn is not None:
            a, b, held = drawn
            yield Agreement(at, levels, Sampled(in_chunks(columns, rows[a], rows[b]), held / whole))


def _agreeing(key: Ints, count: int, rng: np.random.Generator) -> tuple[Ints, Ints, float] | None:
    """Pairs of positions with an equal key >= 0, drawn with equal chance, and how many there are."""
    known = np.flatnonzero(key >= 0)
    order = known[np.argsort(key[known], kind="stable")]
    if len(order) < 2:
        return None
    ordered = key[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
    sizes = np.diff(np.r_[starts, len(ordered)])
    held: npt.NDArray[np.float64] = sizes * (sizes - 1) / 2
    if not held.sum():
        return None
    group = rng.choice(len(starts), count, p=held / held.sum())
    size = sizes[group]
    first = rng.integers(0, size)
    second = (first + rng.integers(1, size)) % size
    return order[starts[group] + first], order[starts[group] + second], float(held.sum())


def in_chunks(columns: Columns, a: Ints, b: Ints) -> Levels:
    """分块比较 — delivery levels of many pairs in bounded memory."""
    parts = [delivery_levels(columns, a[at : at + _CHUNK], b[at : at + _CHUNK]) for at in range(0, len(a), _CHUNK)]
    return np.concatenate(parts) if parts else np.zeros((0, 13), np.uint8)
