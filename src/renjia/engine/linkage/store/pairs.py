"""候选对的更新 — which candidate pairs went and which came, looked for only around what changed.

A pair stands as long as its two records stay what they are, their key groups stay as complete as they were, and the
blocks they share stay under the cap. So only pairs around rows for which one of these changed are found anew.
"""

from dataclasses import dataclass

import numpy as np

from renjia.engine.linkage.candidates import CAP, key_groups, pairs, residue, same_mother
from renjia.engine.linkage.ordering import distinct
from renjia.engine.linkage.parallel import each
from renjia.engine.linkage.store.arrival import Arrival
from renjia.engine.linkage.store.books import carriers
from renjia.engine.linkage.store.columns import View
from renjia.engine.linkage.store.memory import Flags, Ints, Memory, wide
from renjia.engine.linkage.store.scan import Blocks, Scan, values_of

_SPREAD = 1 << 31


@dataclass(frozen=True, slots=True)
class Renewed:
    """更新 — kept: held pairs (positions) that stay; gone: those that went; a, b: pairs to compare, by (a, b)."""

    kept: Ints
    gone: Ints
    a: Ints
    b: Ints


def renew(held: Memory, arrival: Arrival) -> Renewed:
    """更新候选对 — sets `hub` and `residue` of the memory's rows."""
    memory, columns = arrival.memory, arrival.columns
    linkable = ~columns.still
    dirty = arrival.fresh | arrival.changed
    left = np.r_[arrival.moved, -1]
    a, b = left[held.pairs["a"]], left[held.pairs["b"]]
    if 2 * int(dirty.sum()) >= len(memory):
        return _all(memory, linkable, len(a))
    view = View(memory)
    scan = Scan(view, len(memory))
    old = values_of(arrival.before)
    own = values_of(view.of(np.flatnonzero(dirty)))
    blocks = scan.blocks([np.concatenate(both) for both in zip(own, old, strict=True)])
    crossed = dirty.copy()
    for one, was_in in zip(blocks, old, strict=True):
        crossed[_crossing(one, was_in, dirty)] = True
    near, sisters = _regroup(arrival, view, linkable, crossed)
    was = memory.rows["residue"].copy()
    hub, incomplete = memory.rows["hub"], memory.rows["residue"]
    _place(view, linkable, near)
    around = crossed | (incomplete & ~was)
    there = (a >= 0) & (b >= 0)
    # pairs inside one of these mothers' records: those of one key group are stars, the others are looked at again
    family = np.flatnonzero(there & near[a] & near[b])
    mother = columns.mother_id[a[family]]
    family = family[(mother >= 0) & (mother == columns.mother_id[b[family]])]
    star = hub[a[family]] == hub[b[family]]
    around[a[family[~star]]] = around[b[family[~star]]] = True
    around[sisters >> 31] = around[sisters & (_SPREAD - 1)] = True
    drop = ~there | around[a] | around[b]
    drop[family[star]] = True
    no_longer = was & ~incomplete
    lost = np.flatnonzero(no_longer[a] | no_longer[b])
    x, y = a[lost], b[lost]
    drop[lost[~incomplete[x] & ~incomplete[y] & (hub[x] != hub[y])]] = True
    stars = np.flatnonzero(near & linkable & (hub != np.arange(len(memory))))
    found = [wide(hub[stars]) * _SPREAD + stars, sisters]
    blocks += scan.blocks(values_of(view.of(np.flatnonzero(around & ~dirty))))
    hubs = wide(hub)
    found += each(lambda one: _around(one, around, incomplete, hubs), blocks)
    return _compared(distinct(np.concatenate(found)), a, b, drop, dirty)


def _all(memory: Memory, linkable: Flags, held: int) -> Renewed:
    """Most rows are new: look for all pairs, let the held ones go."""
    view = View(memory)
    _place(view, linkable, np.ones(len(memory), np.bool_))
    a, b = pairs(view.of(slice(None)), linkable)
    return Renewed(np.zeros(0, np.int64), np.arange(held), a, b)


def _place(view: View, linkable: Flags, near: Flags) -> None:
    """Hub and residue of the rows `near`, which hold whole key groups."""
    at = np.flatnonzero(near)
    some, rows = view.of(at), view.memory.rows
    hub = key_groups(some, linkable[at])
    rows["hub"][at] = at[hub]
    rows["residue"][at] = residue(some, hub) & linkable[at]


def _regroup(arrival: Arrival, view: View, linkable: Flags, crossed: Flags) -> tuple[Flags, Ints]:
    """Rows of every mother any of whose records may lose pairs, and the edges between her neighbouring deliveries."""
    columns = arrival.columns
    mothers = np.concatenate([columns.mother_id[crossed], arrival.before.mother_id])
    near = crossed.copy()
    near[carriers(columns.mother_id, mothers)] = True
    at = np.flatnonzero(near)
    some = view.of(at)
    hub = key_groups(some, linkable[at])
    edges = same_mother(some, hub, linkable[at])
    return near, at[edges >> 31] * _SPREAD + at[edges & (_SPREAD - 1)]


def _crossing(blocks: Blocks, old: Ints, dirty: Flags) -> Ints:
    """Rows of blocks that grew above the cap or shrank under it; old: values of rows as they were."""
    if not len(blocks.values):
        return blocks.rows
    came = np.add.reduceat(dirty[blocks.rows].astype(np.int64), blocks.starts)
    at = np.minimum(np.searchsorted(blocks.values, old), len(blocks.values) - 1)
    went = np.bincount(at[blocks.values[at] == old], minlength=len(blocks.values))
    crossed = (blocks.sizes > CAP) != (blocks.sizes - came + went > CAP)
    rows: Ints = blocks.rows[np.repeat(crossed, blocks.sizes)]
    return rows


def _around(blocks: Blocks, around: Flags, incomplete: Flags, hub: Ints) -> Ints:
    """Pairs of a row `around` with all others of its blocks, of different groups, one of them incomplete."""
    rows = blocks.rows
    start, size = np.repeat(blocks.starts, blocks.sizes), np.repeat(blocks.sizes, blocks.sizes)
    own = np.flatnonzero(around[rows] & (size > 1) & (size <= CAP))
    size = size[own]
    one = np.repeat(rows[own], size)
    # positions within the block of every row `around`: 0, 1, … size - 1
    step = np.arange(len(one)) - np.repeat(np.cumsum(size) - size, size)
    other = rows[np.repeat(start[own], size) + step]
    wanted = (incomplete[one] | incomplete[other]) & (hub[one] != hub[other])
    one, other = one[wanted], other[wanted]
    edges: Ints = np.minimum(one, other) * _SPREAD + np.maximum(one, other)
    return edges


def _compared(found: Ints, a: Ints, b: Ints, drop: Flags, dirty: Flags) -> Renewed:
    """Pairs found again between rows that did not change keep what is known of them."""
    alive = np.flatnonzero((a >= 0) & (b >= 0))
    held = a[alive] * _SPREAD + b[alive]
    at = np.minimum(np.searchsorted(held, found), max(len(held) - 1, 0))
    again = (held[at] == found) if len(held) else np.zeros(len(found), np.bool_)
    again &= ~dirty[found >> 31] & ~dirty[found & (_SPREAD - 1)]
    drop[alive[at[again]]] = False
    found = found[~again]
    return Renewed(np.flatnonzero(~drop), np.flatnonzero(drop), found >> 31, found & (_SPREAD - 1))
