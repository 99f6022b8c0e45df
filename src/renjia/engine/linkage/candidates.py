"""候选 — which pairs of records are worth comparing.

Pass A groups by mother's document and date: most records end there, one edge a record. Pass B lets the residue
(records of groups seen in few sources) meet everything by several equality keys, each with a cap on the size of a
block, so that a clinic's telephone or a very common name cannot make millions of pairs.
"""

import numpy as np

from renjia.engine.linkage.columns import NO_DATE, Columns, Flags, Ints

CAP = 50
_ENOUGH_SOURCES = 3
_SPREAD = 1 << 31


def pairs(columns: Columns, linkable: Flags) -> tuple[Ints, Ints]:
    """候选对 — distinct pairs (a < b) of linkable records; a star per key group, then every block of the residue."""
    group = key_groups(columns, linkable)
    hub = _first_of(group)
    star = np.flatnonzero((hub != np.arange(len(columns))) & linkable)
    residue = _residue(columns, group) & linkable
    found: list[Ints] = [hub[star] * _SPREAD + star, _same_mother(columns, hub, linkable)]
    for key in _keys(columns):
        a, b = _within(np.where(linkable, key, -1))
        found.append(_keep(a, b, residue, group))
    a, b = _shared_document(columns, linkable)
    found.append(_keep(a, b, residue, group))
    distinct = np.unique(np.concatenate(found))
    return distinct >> 31, distinct & (_SPREAD - 1)


def key_groups(columns: Columns, linkable: Flags) -> Ints:
    """同母同日组 — one group number a record: same mother's document and same date; alone where either is missing."""
    c = columns
    whole = (c.mother_id >= 0) & (c.born != NO_DATE) & linkable
    key = np.where(whole, _join(c.mother_id, c.born), -1 - np.arange(len(c)))
    group: Ints = np.unique(key, return_inverse=True)[1]
    return group


def _same_mother(c: Columns, hub: Ints, linkable: Flags) -> Ints:
    """Hubs of one mother's neighbouring dates: complete groups that a midnight or a slip in the date has parted."""
    rows = np.flatnonzero((hub == np.arange(len(c))) & (c.mother_id >= 0) & linkable)
    rows = rows[np.lexsort((c.born[rows], c.mother_id[rows]))]
    left, right = rows[:-1], rows[1:]
    same = c.mother_id[left] == c.mother_id[right]
    low, high = np.minimum(left[same], right[same]), np.maximum(left[same], right[same])
    edges: Ints = low * _SPREAD + high
    return edges


def _first_of(group: Ints) -> Ints:
    first = np.full(int(group.max(initial=-1)) + 1, len(group), np.int64)
    np.minimum.at(first, group, np.arange(len(group)))
    hub: Ints = first[group]
    return hub


def _residue(c: Columns, group: Ints) -> Flags:
    """Records whose key group is seen in too few sources to be complete."""
    seen = np.unique(group * 64 + c.source) >> 6
    sources = np.bincount(seen, minlength=int(group.max(initial=-1)) + 1)
    few: Flags = sources[group] < _ENOUGH_SOURCES
    return few


def _keep(a: Ints, b: Ints, residue: Flags, group: Ints) -> Ints:
    wanted = (residue[a] | residue[b]) & (group[a] != group[b])
    low, high = np.minimum(a[wanted], b[wanted]), np.maximum(a[wanted], b[wanted])
    kept: Ints = low * _SPREAD + high
    return kept


def _join(code: Ints, more: Ints) -> Ints:
    """One key of a code and a second number; -1 where the code is missing."""
    return np.where(code >= 0, code * (1 << 24) + (more & 0xFFFFFF), -1)


def _keys(c: Columns) -> list[Ints]:
    """Block keys, -1 = not in this block."""
    mother = c.names.sound[c.mother_name]
    father = c.names.sound[c.father_name]
    baby = c.names.sound[c.baby_name]
    dated = c.born != NO_DATE
    even, odd = c.born >> 1, (c.born + 1) >> 1
    month = _month_or_swapped(c.born)
    timed = np.where(c.minute >= 0, c.institution, -1)
    exact = np.where((c.minute >= 0) & (c.weight >= 0), c.minute * 10000 + c.weight, -1)
    keys = [c.phone, c.certificate]
    for code in (mother, father, baby):
        keys += [_join(np.where(dated, code, -1), even), _join(np.where(dated, code, -1), odd)]
    keys += [
        _join(np.where(dated, mother, -1), month),
        _join(np.where((mother >= 0) & (father >= 0), mother, -1), father),
        _join(np.where(dated, c.place, -1), c.born),
        np.where(timed >= 0, (timed << 27) | ((c.born & 0xFFFF) << 11) | c.minute, -1),
        _join(exact, c.born),
        _join(np.where((c.weight >= 0) & (c.institution >= 0), c.institution * 10000 + c.weight, -1), c.born),
        _join(_id_tail(c), c.born),
        _join(np.where((mother >= 0) & (c.place >= 0), mother, -1), c.place),
    ]
    return keys


def _id_tail(c: Columns) -> Ints:
    """Last six places of the mother's document: meets numbers mistyped further in front."""
    index: dict[str, int] = {}
    tails = [index.setdefault(text[-6:], len(index)) if len(text) >= 8 else -1 for text in c.numbers.texts]
    return np.array(tails, dtype=np.int64)[c.mother_id]


def _month_or_swapped(born: Ints) -> Ints:
    """Dates in which day and month may have changed places get the same key; all others one a month."""
    date = born.astype("datetime64[D]")
    month = date.astype("datetime64[M]")
    year = month.astype("datetime64[Y]").astype(np.int64)
    number = month.astype(np.int64) - year * 12 + 1
    day = (date - month.astype("datetime64[D]")).astype(np.int64) + 1
    low, high = np.minimum(number, day), np.maximum(number, day)
    return np.where(day <= 12, 4096 + low * 64 + high, number)


def _within(key: Ints) -> tuple[Ints, Ints]:
    """All pairs of records with an equal key, blocks above the cap left out."""
    rows = np.flatnonzero(key >= 0)
    return _pairs_of(key[rows], rows)


def _pairs_of(key: Ints, rows: Ints) -> tuple[Ints, Ints]:
    order = np.argsort(key, kind="stable")
    key, rows = key[order], rows[order]
    if not len(key):
        return rows, rows
    starts = np.flatnonzero(np.r_[True, key[1:] != key[:-1]])
    sizes = np.diff(np.r_[starts, len(key)])
    fits = np.repeat((sizes > 1) & (sizes <= CAP), sizes)
    key, rows = key[fits], rows[fits]
    left, right = [], []
    for step in range(1, CAP):
        same = key[step:] == key[:-step]
        if not same.any():
            break
        left.append(rows[:-step][same])
        right.append(rows[step:][same])
    if not left:
        return rows[:0], rows[:0]
    return np.concatenate(left), np.concatenate(right)


def _shared_document(c: Columns, linkable: Flags) -> tuple[Ints, Ints]:
    """Pairs that share a document, in whichever parent's column it stands."""
    rows = np.arange(len(c))
    key = np.concatenate([c.mother_id, c.father_id])
    both = np.concatenate([rows, rows])
    known = (key >= 0) & linkable[both]
    a, b = _pairs_of(key[known], both[known])
    return a[a != b], b[a != b]
