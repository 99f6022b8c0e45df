"""期望最大 — Fellegi–Sunter shares from counted comparison patterns: thousands of rows, whatever the number of pairs.

m: how two records of one delivery come out; u: how two strangers come out. u is read from random pairs and from
sampled agreements (each pair counted by its chance of being strangers), m and the mix from the candidates.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from renjia.engine.linkage.columns import Ints
from renjia.engine.linkage.compare import Levels
from renjia.engine.linkage.model import LEVEL_BITS, patterns
from renjia.engine.linkage.trust.calibration import chance_of

Floats = npt.NDArray[np.float64]
WIDE = 1 << LEVEL_BITS


@dataclass(frozen=True, slots=True)
class Counted:
    """计数 — distinct comparison patterns (as levels) and how many pairs show each."""

    levels: Levels
    pairs: Floats

    @property
    def total(self) -> float:
        """对数 — pairs in all."""
        return float(self.pairs.sum())


def counted(levels: Levels, kind: str = "delivery") -> Counted:
    """数模式 — levels of pairs as distinct 64-bit patterns with their counts."""
    code, pairs = np.unique(patterns(kind, levels), return_counts=True)
    return Counted(decoded(code, levels.shape[1]), pairs.astype(np.float64))


def decoded(pattern: Ints, comparisons: int) -> Levels:
    """解码 — the levels a pattern holds, one row a pattern."""
    shifts = LEVEL_BITS * np.arange(comparisons)
    return ((pattern[:, None] >> shifts) & (WIDE - 1)).astype(np.uint8)


def total_of(table: Floats, levels: Levels) -> Floats:
    """权重和 — sum of the table's weights of each row of levels."""
    total = np.zeros(len(levels))
    for at in range(levels.shape[1]):
        total += table[at][levels[:, at]]
    return total


def tallied(levels: Levels, mass: Floats) -> Floats:
    """各层级的量 — comparisons × levels: how much mass shows each level; level 0 (missing) counts nothing."""
    found = np.zeros((levels.shape[1], WIDE))
    for at in range(levels.shape[1]):
        found[at] = np.bincount(levels[:, at], weights=mass, minlength=WIDE)
    found[:, 0] = 0.0
    return found


@dataclass(frozen=True, slots=True)
class Sought:
    """一致之数 — a comparison's agreement levels, from `counted` pairs that stand for `share` of all pairs."""

    at: int
    levels: tuple[int, ...]
    counted: Counted
    share: float


@dataclass(frozen=True, slots=True)
class Shares:
    """份额 — m and u by comparison and level, the evidence behind them in pairs, expected matches among candidates."""

    m: Floats
    u: Floats
    m_pairs: Floats
    u_pairs: Floats
    matches: float


def shares(
    candidates: Counted, strangers: Counted, agreements: Sequence[Sought], table: Floats, prior: float
) -> Shares:
    """一步 — m and u under the present weights (`table`, `prior` in bits)."""
    together = candidates.pairs * chance_of(prior + total_of(table, candidates.levels))
    apart = strangers.pairs * chance_of(-prior - total_of(table, strangers.levels))
    m_pairs, u_pairs = tallied(candidates.levels, together), tallied(strangers.levels, apart)
    both = u_pairs.sum(axis=1)
    u = u_pairs / np.maximum(both, 1e-300)[:, None]
    for one in agreements:
        mass = one.counted.pairs * chance_of(-prior - total_of(table, one.counted.levels))
        found = tallied(one.counted.levels, mass)[one.at]
        known = both[one.at] / strangers.total
        if not known:
            continue
        levels = list(one.levels)
        u[one.at, levels] = found[levels] / one.counted.total * one.share / known
        # as many pairs as a plain random sample would have needed to show so many
        u_pairs[one.at, levels] = np.maximum(u_pairs[one.at, levels], found[levels])
    m = m_pairs / np.maximum(m_pairs.sum(axis=1), 1e-300)[:, None]
    return Shares(m, u, m_pairs, u_pairs, float(together.sum()))
