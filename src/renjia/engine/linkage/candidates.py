"""候选 — which pairs of records are worth comparing.

Pass A groups by mother's document and date: most records end there, one edge a record. Pass B lets the residue
(records of groups seen in few sources) meet everything by several equality keys, each with a cap on the size of a
block, so that a clinic's telephone or a very common name cannot make millions of pairs.
"""

from collections.abc import Iterator

import numpy as np
from numba import njit

from renjia.engine.linkage.batches import GOLDEN
from renjia.engine.linkage.columns import NO_DATE, Columns
from renjia.engine.linkage.ordering import distinct, grouped, hubs
from renjia.engine.linkage.packed import Flags, Ints
from renjia.engine.linkage.parallel import threads

CAP = 16
_ENOUGH_SOURCES = 3
_SPREAD = 1 << 31
_CODE_BITS, _DATE_BITS, _MINUTE_BITS = 24, 17, 11


def pairs(columns: Columns, linkable: Flags) -> tuple[Ints, Ints]:
    """候选对 — distinct pairs (a < b) of linkable records; a star per key group, then every block of the residue."""
    hub = key_groups(columns, linkable)
    star = np.flatnonzero((hub != np.arange(len(columns))) & linkable)
    few = residue(columns, hub) & linkable
    everyone = np.arange(len(columns))
    both = np.concatenate([everyone, everyone])
    documents = np.concatenate([np.where(linkable, code, -1) for code in (columns.mother_id, columns.father_id)])
    with threads() as pool:
        blocks = [pool.submit(_block, np.where(linkable, key, -1), everyone, few, hub) for key in keys(columns)]
        blocks.append(pool.submit(_block, documents, both, few, hub))
    found = [hub[star] * _SPREAD + star, same_mother(columns, hub, linkable), *(block.result() for block in blocks)]
    edges = distinct(np.concatenate(found))
    return edges >> 31, edges & (_SPREAD - 1)


def key_groups(columns: Columns, linkable: Flags) -> Ints:
    """同母同日组 — for each record the first of its group: same mother's document and same date, else alone."""
    c = columns
    rows = np.flatnonzero((c.mother_id >= 0) & (c.born != NO_DATE) & linkable)
    hub = np.arange(len(c))
    hub[rows] = rows[hubs(_join(c.mother_id[rows], _dates(c.born[rows]), _DATE_BITS))]
    return hub


def same_mother(c: Columns, hub: Ints, linkable: Flags) -> Ints:
    """同母邻日 — edges of hubs of one mother's neighbouring dates: complete groups that a midnight or a slip in the date has parted."""
    rows = np.flatnonzero((hub == np.arange(len(c))) & (c.mother_id >= 0) & linkable)
    _, rows = grouped(_join(c.mother_id[rows], _dates(c.born[rows]), _DATE_BITS), rows)
    left, right = rows[:-1], rows[1:]
    same = c.mother_id[left] == c.mother_id[right]
    return _edges(left[same], right[same])


def residue(c: Columns, group: Ints) -> Flags:
    """残余 — records whose key group is seen in too few sources to be complete."""
    seen = distinct(group * 64 + c.source) >> 6
    sources = np.bincount(seen, minlength=len(c))
    few: Flags = sources[group] < _ENOUGH_SOURCES
    return few


def _edges(a: Ints, b: Ints) -> Ints:
    """Pairs as one integer each, smaller record first."""
    edges: Ints = np.minimum(a, b) * _SPREAD + np.maximum(a, b)
    return edges


def _join(code: Ints, more: Ints, bits: int = _CODE_BITS) -> Ints:
    """One key of a code and a second number of at most so many bits; -1 where the code is missing."""
    return np.where(code >= 0, code << bits | more, -1)


def _dates(born: Ints) -> Ints:
    """Dates as small numbers not below 1; 0 is an unknown date."""
    return np.where(born != NO_DATE, np.clip(born + (1 << _DATE_BITS - 1), 1, (1 << _DATE_BITS) - 1), 0)


def keys(c: Columns) -> Iterator[Ints]:
    """分块键 — one column a block, -1 = not in this block; equal for records whose own codes are equal, of any columns."""
    mother, father, baby = (c.names.sound[name] for name in (c.mother_name, c.father_name, c.baby_name))
    born = _dates(c.born)
    dated = c.born != NO_DATE
    even, odd = born >> 1, (born + 1) >> 1
    yield c.phone
    yield c.certificate
    for code in (mother, father, baby):
        yield _join(np.where(dated, code, -1), even, _DATE_BITS)
        yield _join(np.where(dated, code, -1), odd, _DATE_BITS)
    yield _join(np.where(dated, mother, -1), month_or_swapped(c.born), _DATE_BITS)
    yield _join(np.where(father >= 0, mother, -1), father)
    yield _join(np.where(dated, c.place, -1), born, _DATE_BITS)
    timed = np.where(c.minute >= 0, c.institution, -1)
    yield _join(_join(timed, born, _DATE_BITS), c.minute, _MINUTE_BITS)
    yield _join(np.where((c.minute >= 0) & (c.weight >= 0), c.minute * 10000 + c.weight, -1), born, _DATE_BITS)
    weighed = np.where((c.weight >= 0) & (c.institution >= 0), c.institution * 10000 + c.weight, -1)
    yield _join(weighed, born, _DATE_BITS)
    yield _join(c.numbers.tail[c.mother_id], born, _DATE_BITS)
    yield _join(np.where(c.place >= 0, mother, -1), c.place)


def month_or_swapped(born: Ints) -> Ints:
    """月或颠倒 — dates in which day and month may have changed places get the same key; all others one a month."""
    known = born[born != NO_DATE]
    least, most = int(known.min(initial=0)), int(known.max(initial=0))
    if most - least < len(born):
        # few dates and many records: once a date
        table = _month_or_swapped(np.arange(least, most + 1))
        return table[np.clip(born, least, most) - least]
    return _month_or_swapped(born)


def _month_or_swapped(born: Ints) -> Ints:
    date = born.astype("datetime64[D]")
    month = date.astype("datetime64[M]")
    year = month.astype("datetime64[Y]").astype(np.int64)
    number = month.astype(np.int64) - year * 12 + 1
    day = (date - month.astype("datetime64[D]")).astype(np.int64) + 1
    low, high = np.minimum(number, day), np.maximum(number, day)
    return np.where(day <= 12, 4096 + low * 64 + high, number)


def _block(key: Ints, rows: Ints, residue: Flags, group: Ints) -> Ints:
    """Edges of all records with an equal key >= 0 that touch the residue and join two groups; large blocks left out."""
    at = _meeting(key, rows, residue)
    key, at = grouped(key[at], at)
    edges = np.empty(_joining(key, rows[at], residue, group, CAP, np.empty(0, np.int64)), np.int64)
    _joining(key, rows[at], residue, group, CAP, edges)
    return edges


@njit(cache=True, nogil=True)
def _meeting(key: Ints, rows: Ints, residue: Flags) -> Ints:
    """Entries whose key >= 0 some record of the residue has too, by a table of marks: a few too many, none too few."""
    bits = 10
    while key.size >> bits - 2:
        bits += 1
    shift, marked = np.uint64(64 - bits), np.zeros(1 << bits, np.bool_)
    for at in range(key.size):
        if key[at] >= 0 and residue[rows[at]]:
            marked[np.uint64(key[at]) * GOLDEN >> shift] = True
    found, count = np.empty(key.size, np.int64), 0
    for at in range(key.size):
        if key[at] >= 0 and marked[np.uint64(key[at]) * GOLDEN >> shift]:
            found[count] = at
            count += 1
    return found[:count].copy()


@njit(cache=True, nogil=True)
def _joining(key: Ints, rows: Ints, residue: Flags, group: Ints, most: int, edges: Ints) -> int:
    """Number of the edges of blocks of at most so many; written to `edges` where there is room. Equal keys stand together."""
    count, begin = 0, 0
    for end in range(1, key.size + 1):
        if end < key.size and key[end] == key[begin]:
            continue
        if end - begin <= most:
            for at in range(begin, end):
                one = rows[at]
                for after in range(at + 1, end):
                    other = rows[after]
                    if (residue[one] or residue[other]) and group[one] != group[other]:
                        if edges.size:
                            edges[count] = min(one, other) * _SPREAD + max(one, other)
                        count += 1
        begin = end
    return count
