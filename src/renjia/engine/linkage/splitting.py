"""分孩子 — find the deliveries that may hold more than one child, and divide those.

A delivery of very many records is made small first: a record sent again and again is looked at a few times, its other
copies follow it. What is still too large is nobody's delivery: it is not divided, and a person is asked once.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numba import njit

from renjia.engine.linkage.children import MOST, divide_all
from renjia.engine.linkage.children_pricing import Delivery, Division
from renjia.engine.linkage.columns import Columns, Flags, Ints
from renjia.engine.linkage.compare import Levels, child_levels, reissued
from renjia.engine.linkage.decisions import Decided
from renjia.engine.linkage.model import Model, patterns
from renjia.engine.linkage.ordering import grouped
from renjia.engine.linkage.parallel import each
from renjia.engine.linkage.questions import Question, crowd_question, same_source_question

Floats = npt.NDArray[np.float64]
_BIG = 1 << 40
# Records of a delivery of which every pair is compared.
_COMPARED = 64
# Records of one source that may say the same of as many children, though nobody states how many.
_ALIKE = 4


@dataclass(frozen=True, slots=True)
class Split:
    """划分 — smallest record index of each record's case; records left undecided; child-level pairs; questions."""

    case: Ints
    undecided: Flags
    a: Ints
    b: Ints
    pattern: Ints
    score: Floats
    questions: list[Question]


def split(columns: Columns, label: Ints, model: Model, said: Decided) -> Split:
    """划分全部 — every delivery (label) into its children; simple ones stay whole without a look at their pairs."""
    rows, starts, sizes = _grouped(label)
    stated = _stated(columns, label, rows, starts)
    complex_ = (sizes > 1) & _suspicious(columns, rows, starts, sizes, stated)
    complex_ |= _touched(label, rows, starts, [*said.same_child, *said.other_child])
    mixed = _conflicts(columns.sex, rows, starts, 1, 0)
    case, undecided = label.copy(), np.zeros(len(columns), np.bool_)
    touched = {record for pair in (*said.same_child, *said.other_child) for record in pair}
    at = np.flatnonzero(complex_)
    blocks = [
        _block(columns, rows[starts[one] : starts[one] + sizes[one]], int(stated[one]), bool(mixed[one]), touched)
        for one in at.tolist()
    ]
    small = [block for block in blocks if len(block.members) <= _COMPARED]
    squares = np.cumsum([0, *(len(block.members) ** 2 for block in small)]).tolist()
    told = _told(columns, label, *_grid(small), model)
    open_ = []
    for block, begin in zip(small, squares, strict=False):
        count = len(block.members)
        square = told.levels[begin : begin + count * count].reshape(count, count, -1)
        pairs = _inside(block.members, said) if touched.intersection(block.members.tolist()) else ([], [])
        open_.append(Delivery(square, columns.source[block.members].tolist(), block.stated, *pairs))
    questions: list[Question] = []
    shown = np.zeros(len(told.a), np.bool_)
    for block, begin, delivery, division in zip(small, squares, open_, divide_all(open_, model), strict=False):
        count = len(block.members)
        first = np.array([division.child.index(number) for number in division.child])
        case[block.members] = block.members[first]
        later = np.flatnonzero(first != np.arange(count))
        shown[begin + first[later] * count + later] = True
        if any(division.undecided):
            undecided[block.members] = np.array(division.undecided) & ~np.array(division.repeated)
            if any(division.repeated):
                cells = slice(begin, begin + count * count)
                questions.append(_question(block, division, delivery, told.score[cells], told.pattern[cells], model))
    for block in blocks:
        if len(block.members) > _COMPARED:
            case[block.members] = block.members
            questions.append(_of_crowd(columns, label, block, model))
        case[block.copies] = case[block.leads]
        undecided[block.copies] = undecided[block.leads]
    where = np.flatnonzero(shown)
    found = told.a[where], told.b[where], told.pattern[where], told.score[where]
    return Split(case, undecided, *_with_copies(columns, label, blocks, found, model), questions)


@dataclass(frozen=True, slots=True)
class _Block:
    """A delivery to divide: its records; copies of some of them (leads), left out; children stated; both sexes in it."""

    members: Ints
    leads: Ints
    copies: Ints
    stated: int
    mixed: bool

    def waiting(self, members: Ints) -> list[int]:
        """Members with their copies."""
        return [*members.tolist(), *self.copies[np.isin(self.leads, members)].tolist()]


def _block(c: Columns, members: Ints, stated: int, mixed: bool, touched: set[int]) -> _Block:
    """Of many records, those that say the same of the child in the same source stand but a few times."""
    none = members[:0]
    if len(members) <= MOST:
        return _Block(members, none, none, stated, mixed)
    of_child = [c.source, c.born, c.minute, c.sex, c.weight, c.order, c.order_from_label, c.several]
    of_child += [c.baby_name, c.certificate, c.parity]
    alone = np.where(np.isin(members, list(touched)), members, -1)
    said = np.stack([*(column[members] for column in of_child), alone])
    _, first, content, times = np.unique(said, axis=1, return_index=True, return_inverse=True, return_counts=True)
    content = content.ravel()
    order = np.argsort(content, kind="stable")
    time = np.empty(len(members), np.int64)
    time[order] = np.arange(len(members)) - np.searchsorted(content[order], content[order])
    # so many alike are no twins: as many are kept as children are stated
    more = (times[content] > max(stated, _ALIKE)) & (time >= max(stated, 1))
    return _Block(members[~more], members[first[content[more]]], members[more], stated, mixed)


@dataclass(frozen=True, slots=True)
class _Told:
    """What pairs of records say of being one child."""

    a: Ints
    b: Ints
    levels: Levels
    pattern: Ints
    score: Floats


def _told(c: Columns, label: Ints, a: Ints, b: Ints, boy_and_girl: Flags, model: Model) -> _Told:
    levels = child_levels(c, a, b, boy_and_girl)
    reissued(c, a, b, label[a], levels)
    return _Told(a, b, levels, patterns("child", levels), model.scores("child", levels))


def _grid(blocks: list[_Block]) -> tuple[Ints, Ints, Flags]:
    """Every ordered pair inside each of several deliveries, delivery after delivery; whether both sexes are in it."""
    sizes = np.array([len(block.members) for block in blocks], np.int64)
    members = np.concatenate([np.zeros(0, np.int64), *(block.members for block in blocks)])
    squares = sizes**2
    begins, size = np.repeat(np.cumsum(sizes) - sizes, squares), np.repeat(sizes, squares)
    cell = np.arange(len(size)) - np.repeat(np.cumsum(squares) - squares, squares)
    mixed = np.array([block.mixed for block in blocks], np.bool_)
    return members[begins + cell // size], members[begins + cell % size], np.repeat(mixed, squares)


def _with_copies(
    c: Columns, label: Ints, blocks: list[_Block], found: tuple[Ints, Ints, Ints, Floats], model: Model
) -> tuple[Ints, Ints, Ints, Floats]:
    """Child-level pairs with those of the copies and what they repeat, by delivery."""
    copied = [block for block in blocks if len(block.copies)]
    if not copied:
        return found
    mixed = np.repeat([block.mixed for block in copied], [len(block.copies) for block in copied])
    leads, copies = (np.concatenate(ends) for ends in zip(*((one.leads, one.copies) for one in copied), strict=True))
    more = _told(c, label, leads, copies, mixed, model)
    a, b, pattern, score = (
        np.concatenate(both) for both in zip(found, (more.a, more.b, more.pattern, more.score), strict=True)
    )
    order = np.lexsort((b, a, label[a]))
    return a[order], b[order], pattern[order], score[order]


def _question(
    block: _Block, division: Division, delivery: Delivery, score: Floats, pattern: Ints, model: Model
) -> Question:
    """Ask about the first waiting record and its counterpart: the other record of its source, else its nearest."""
    count, sources = len(block.members), delivery.sources
    waits = np.flatnonzero(division.repeated)
    one = int(waits[0])
    others = [at for at in range(count) if at != one]
    same = [at for at in others if sources[at] == sources[one]]
    other = max(same or others, key=lambda at: (float(score[one * count + at]), -at))
    low, high = min(one, other), max(one, other)
    pair = (int(block.members[low]), int(block.members[high]))
    cell = low * count + high
    records = block.waiting(block.members[waits])
    if count > MOST and len(waits) == count:
        return crowd_question(pair, float(score[cell]), int(pattern[cell]), model, records)
    return same_source_question(pair, float(score[cell]), int(pattern[cell]), model, records)


def _of_crowd(c: Columns, label: Ints, block: _Block, model: Model) -> Question:
    """Ask once about a delivery too large to be one, by its first two records."""
    pair = block.members[:2]
    told = _told(c, label, pair[:1], pair[1:], np.array([block.mixed]), model)
    records = block.waiting(block.members)
    return crowd_question((int(pair[0]), int(pair[1])), float(told.score[0]), int(told.pattern[0]), model, records)


def _grouped(label: Ints) -> tuple[Ints, Ints, Ints]:
    ordered, rows = grouped(label, np.arange(len(label)))
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]]) if len(rows) else np.zeros(0, np.int64)
    return rows, starts, np.diff(np.r_[starts, len(rows)])


def _most(values: Ints, rows: Ints, starts: Ints) -> Ints:
    return np.maximum.reduceat(values[rows], starts) if len(starts) else np.zeros(0, np.int64)


def _stated(c: Columns, label: Ints, rows: Ints, starts: Ints) -> Ints:
    """Children born alive as stated: by the number of children and the highest rank; 0 = nobody says.

    A stillborn twin is recorded apart; it is one of the children stated, so it is taken off.
    """
    plurality = _most(c.plurality, rows, starts)
    # offices write the number of the mother's children where the rank in the delivery is asked
    as_parity = (c.order == c.parity) & (c.plurality < 0)
    rank = _most(np.where(c.order_from_label | as_parity, -1, c.order), rows, starts)
    several = _most(np.where(c.several, 2, 0), rows, starts)
    at_least = np.maximum(np.where(rank > 1, rank, 0), several)
    stated = np.where(plurality == 1, 1, np.maximum(plurality, at_least))
    several_stated = stated > 1
    if c.still.any() and several_stated.any():
        sizes = np.diff(np.r_[starts, len(rows)])
        lost = _stillborn(c, rows[np.repeat(several_stated, sizes)], sizes[several_stated])
        stated[several_stated] = np.where(
            lost > 0, np.maximum(stated[several_stated] - lost, 1), stated[several_stated]
        )
    return stated


def _stillborn(c: Columns, rows: Ints, sizes: Ints) -> Ints:
    """Stillborn children of the same mother and day, of deliveries of so many rows each."""
    lost = np.zeros(len(rows), np.int64)
    dead = np.flatnonzero(c.still)
    for mother in (c.mother_id, np.where(c.mother_id < 0, c.names.sound[c.mother_name], -1)):
        theirs, own = (np.where(mother[of] >= 0, mother[of] << 24 | c.born[of] & 0xFFFFFF, -1) for of in (dead, rows))
        key, times = np.unique(theirs[theirs >= 0], return_counts=True)
        if len(key):
            at = np.minimum(np.searchsorted(key, own), len(key) - 1)
            lost = np.maximum(lost, np.where((key[at] == own) & ~c.still[rows], times[at], 0))
    return np.maximum.reduceat(lost, np.cumsum(sizes) - sizes)


def _suspicious(c: Columns, rows: Ints, starts: Ints, sizes: Ints, stated: Ints) -> Flags:
    """Deliveries that may hold several children: a source twice, several stated, two fields of a child in conflict."""
    group = np.repeat(np.arange(len(starts)), sizes)
    pair = group * len(c.sources) + c.source[rows]
    twice = np.zeros(len(starts), np.bool_)
    ordered = np.sort(pair)
    twice[ordered[1:][ordered[1:] == ordered[:-1]] // len(c.sources)] = True
    baby = np.where(c.baby_name >= 0, c.names.sound[c.baby_name], -1)
    fields = (c.sex, 1, 0), (c.minute, 0, 5), (c.weight, 0, 100), (c.certificate, 0, 0), (baby, 0, 0), (c.order, 0, 0)
    conflicts = sum(each(lambda one: _conflicts(one[0], rows, starts, one[1], one[2]).view(np.int8), fields))
    return twice | (stated > 1) | (conflicts >= 2)


@njit(cache=True, nogil=True)
def _conflicts(values: Ints, rows: Ints, starts: Ints, least: int, within: int) -> Flags:
    """Of each group whether its known values (>= least) lie further apart than `within`."""
    found = np.zeros(starts.size, np.bool_)
    for group in range(starts.size):
        low, high = _BIG, -_BIG
        for at in range(starts[group], starts[group + 1] if group + 1 < starts.size else rows.size):
            value = values[rows[at]]
            if value >= least:
                low, high = min(low, value), max(high, value)
        found[group] = high - low > within
    return found


def _touched(label: Ints, rows: Ints, starts: Ints, pairs: list[tuple[int, int]]) -> Flags:
    touched = np.zeros(len(starts), np.bool_)
    for p, q in pairs:
        if label[p] == label[q]:
            touched[np.searchsorted(label[rows][starts], label[p])] = True
    return touched


def _inside(members: Ints, said: Decided) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    place = {int(record): at for at, record in enumerate(members)}
    together = [(place[p], place[q]) for p, q in said.same_child if p in place and q in place]
    apart = [(place[p], place[q]) for p, q in said.other_child if p in place and q in place]
    return together, apart
