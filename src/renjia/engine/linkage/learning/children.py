"""学习孩子层 — what tells two children of one delivery apart, learned inside deliveries already decided.

Deliveries of one child show how two records of a child come out (m). Deliveries of several are a mixture of pairs of
one child and pairs of two: the mix and the sisters' and brothers' shares (u) are found by EM, m of what single births
cannot show (the rank among several) with them.
"""

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from renjia.engine.linkage.columns import Columns, Flags, Ints
from renjia.engine.linkage.compare import child_levels, reissued
from renjia.engine.linkage.learning.bounds import guarded
from renjia.engine.linkage.learning.em import WIDE, Counted, Floats, counted, tallied, total_of
from renjia.engine.linkage.model import Model
from renjia.engine.linkage.trust.calibration import chance_of

# A delivery with more records is an office's own, not a family's.
_LARGE = 24
_STEPS = 200
_STILL = 1e-4
# Fields on which single births say nothing about several: everyone is first of one.
_ONLY_SEVERAL = ("order",)


@dataclass(frozen=True, slots=True)
class Inside:
    """分娩内的对 — patterns of pairs of different sources in deliveries of one child, and of several."""

    single: Counted
    several: Counted


def inside(columns: Columns, assignment: pa.Table) -> Inside:
    """取分娩内的对 — from a run's assignment (record, case, delivery, state)."""
    place = {record: at for at, record in enumerate(columns.records)}
    rows = np.array([place[record] for record in assignment["record"].to_pylist()], dtype=np.int64)
    _, case = np.unique(np.array(assignment["case"].to_pylist(), dtype=object), return_inverse=True)
    _, delivery = np.unique(np.array(assignment["delivery"].to_pylist(), dtype=object), return_inverse=True)
    by_row = np.zeros((len(columns), 2), np.int64)
    by_row[rows, 0], by_row[rows, 1] = case, delivery
    case, delivery = by_row[:, 0], by_row[:, 1]
    several = _several(columns, case, delivery)
    a, b = _pairs(columns, delivery)
    mixed = _mixed(columns, delivery)
    levels = child_levels(columns, a, b, mixed[delivery[a]])
    reissued(columns, a, b, delivery[a], levels)
    apart = columns.source[a] != columns.source[b]
    of_several = several[delivery[a]]
    return Inside(counted(levels[apart & ~of_several], "child"), counted(levels[apart & of_several], "child"))


def _several(c: Columns, case: Ints, delivery: Ints) -> Flags:
    """Deliveries that were divided, or for which somebody states several children."""
    cases = np.unique(delivery * (int(case.max(initial=0)) + 1) + case) // (int(case.max(initial=0)) + 1)
    several: Flags = np.bincount(cases, minlength=int(delivery.max(initial=0)) + 1) > 1
    several[delivery[(c.plurality > 1) | c.several]] = True
    return several


def _mixed(c: Columns, delivery: Ints) -> Flags:
    count = int(delivery.max(initial=0)) + 1
    boy = np.bincount(delivery[c.sex == 1], minlength=count) > 0
    both: Flags = boy & (np.bincount(delivery[c.sex == 2], minlength=count) > 0)
    return both


def _pairs(c: Columns, delivery: Ints) -> tuple[Ints, Ints]:
    order = np.argsort(delivery, kind="stable")
    sizes = np.bincount(delivery)
    order = order[(sizes[delivery[order]] <= _LARGE) & ~c.still[order]]
    key = delivery[order]
    left, right = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for step in range(1, _LARGE):
        same = key[step:] == key[:-step]
        left.append(order[:-step][same])
        right.append(order[step:][same])
    return np.concatenate(left), np.concatenate(right)


def learn_children(seen: Inside, model: Model) -> tuple[Model, float]:
    """学孩子层 — the model with learned child weights, and the share of one-child pairs among the several."""
    table = model.tables["child"].copy()
    alone = tallied(seen.single.levels, seen.single.pairs)
    for at, comparison in enumerate(model.child):
        if comparison.field in _ONLY_SEVERAL:
            alone[at] = 0.0
    mix = 0.5
    m_pairs = u_pairs = np.zeros((len(model.child), WIDE))
    for _ in range(_STEPS):
        score = total_of(table, seen.several.levels) + np.log2(mix / (1 - mix))
        together = chance_of(score)
        mass = seen.several.pairs
        m_pairs = alone + tallied(seen.several.levels, mass * together)
        u_pairs = tallied(seen.several.levels, mass * (1 - together))
        before, table = table, _weights(m_pairs, u_pairs, model)
        mix = float(np.clip((mass * together).sum() / mass.sum(), 0.05, 0.95))
        if float(np.abs(table - before).max()) < _STILL:
            break
    m, u = _normed(m_pairs), _normed(u_pairs)
    child = tuple(
        guarded(comparison, m[at], u[at], m_pairs[at], u_pairs[at], siblings=True)[0]
        for at, comparison in enumerate(model.child)
    )
    return replace(model, child=child), mix


def _normed(pairs: Floats) -> Floats:
    whole: Floats = pairs / np.maximum(pairs.sum(axis=1), 1e-300)[:, None]
    return whole


def _weights(m_pairs: Floats, u_pairs: Floats, model: Model) -> Floats:
    m, u = _normed(m_pairs), _normed(u_pairs)
    table = np.zeros_like(m)
    for at, comparison in enumerate(model.child):
        kept, _ = guarded(comparison, m[at], u[at], m_pairs[at], u_pairs[at], siblings=True)
        for level, (_, weight) in kept.levels.items():
            table[at, int(level)] = weight
    return table
