"""分孩子 — find the deliveries that may hold more than one child, and divide those."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from renjia.engine.linkage.children import Delivery, divide
from renjia.engine.linkage.columns import Columns, Flags, Ints
from renjia.engine.linkage.compare import child_levels, reissued
from renjia.engine.linkage.decisions import Decided
from renjia.engine.linkage.model import Model, patterns
from renjia.engine.linkage.questions import Question, same_source_question

_BIG = 1 << 40


@dataclass(frozen=True, slots=True)
class Split:
    """划分 — smallest record index of each record's case; records left undecided; child-level pairs; questions."""

    case: Ints
    undecided: Flags
    a: Ints
    b: Ints
    pattern: Ints
    score: npt.NDArray[np.float64]
    questions: list[Question]


def split(columns: Columns, label: Ints, model: Model, said: Decided) -> Split:
    """划分全部 — every delivery (label) into its children; simple ones stay whole without a look at their pairs."""
    rows, starts, sizes = _grouped(label)
    stated = _stated(columns, label, rows, starts)
    complex_ = (sizes > 1) & _suspicious(columns, rows, starts, sizes, stated)
    complex_ |= _touched(label, rows, starts, [*said.same_child, *said.other_child])
    mixed = _span(columns.sex, rows, starts, least=1) > 0
    case, undecided = label.copy(), np.zeros(len(columns), np.bool_)
    questions: list[Question] = []
    kept: list[tuple[Ints, Ints, npt.NDArray[np.uint8]]] = []
    for delivery in np.flatnonzero(complex_).tolist():
        members = rows[starts[delivery] : starts[delivery] + sizes[delivery]]
        a, b = (one.ravel() for one in np.meshgrid(members, members, indexing="ij"))
        kept.append((a, b, np.full(len(a), bool(mixed[delivery]))))
    if not kept:
        empty = np.zeros(0, np.int64)
        return Split(case, undecided, empty, empty, empty, np.zeros(0), questions)
    a, b, flags = (np.concatenate([one[k] for one in kept]) for k in range(3))
    levels = child_levels(columns, a, b, flags)
    reissued(columns, a, b, label[a], levels)
    score, pattern = model.scores("child", levels), patterns("child", levels)
    at = 0
    shown = np.zeros(len(a), np.bool_)
    for delivery in np.flatnonzero(complex_).tolist():
        members = rows[starts[delivery] : starts[delivery] + sizes[delivery]]
        count = len(members)
        block = slice(at, at + count * count)
        at += count * count
        together, apart = _inside(members, said)
        division = divide(
            Delivery(
                levels[block].reshape(count, count, -1),
                columns.source[members].tolist(),
                int(stated[delivery]),
                together,
                apart,
            ),
            model,
        )
        child = np.array(division.child)
        for number in set(division.child):
            case[members[child == number]] = members[child == number][0]
        grid = child[:, None] == child[None, :]
        lead = np.array([division.child.index(number) for number in division.child])
        show = np.zeros((count, count), np.bool_)
        show[lead, np.arange(count)] = lead != np.arange(count)
        shown[block] = (show & grid).ravel()
        open_ = np.array(division.undecided)
        repeated = np.array(division.repeated)
        undecided[members[open_ & ~repeated]] = True
        if repeated.any():
            questions.append(_question(members, np.flatnonzero(repeated), block, columns, score, pattern, model, child))
    where = np.flatnonzero(shown)
    return Split(case, undecided, a[where], b[where], pattern[where], score[where], questions)


def _question(
    members: Ints,
    waits: Ints,
    block: slice,
    columns: Columns,
    score: npt.NDArray[np.float64],
    pattern: Ints,
    model: Model,
    child: Ints,
) -> Question:
    """Ask about the waiting record and its counterpart: the other record of its source, else its nearest."""
    count = len(members)
    one = int(waits[0])
    others = [at for at in range(count) if at != one]
    grid = np.arange(block.start, block.stop).reshape(count, count)
    same = [at for at in others if columns.source[members[at]] == columns.source[members[one]]]
    other = max(same or others, key=lambda at: (float(score[grid[one, at]]), -at))
    low, high = min(one, other), max(one, other)
    cell = grid[low, high]
    return same_source_question(
        (int(members[low]), int(members[high])), float(score[cell]), int(pattern[cell]), model, members[waits].tolist()
    )


def _grouped(label: Ints) -> tuple[Ints, Ints, Ints]:
    rows = np.argsort(label, kind="stable")
    ordered = label[rows]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]]) if len(rows) else np.zeros(0, np.int64)
    return rows, starts, np.diff(np.r_[starts, len(rows)])


def _span(values: Ints, rows: Ints, starts: Ints, least: int = 0) -> Ints:
    """Largest minus smallest known value (>= least) of each group; 0 where at most one is known."""
    if not len(starts):
        return np.zeros(0, np.int64)
    ordered = values[rows]
    known = ordered >= least
    most = np.maximum.reduceat(np.where(known, ordered, -_BIG), starts)
    fewest = np.minimum.reduceat(np.where(known, ordered, _BIG), starts)
    span: Ints = np.maximum(most - fewest, 0)
    return span


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
    lost = _stillborn(c, rows, starts)
    return np.where((stated > 1) & (lost > 0), np.maximum(stated - lost, 1), stated)


def _stillborn(c: Columns, rows: Ints, starts: Ints) -> Ints:
    """Stillborn children of the same mother and day, per delivery."""
    lost = np.zeros(len(c), np.int64)
    if c.still.any():
        for mother in (c.mother_id, np.where(c.mother_id < 0, c.names.sound[c.mother_name], -1)):
            key = np.where((mother >= 0), mother * (1 << 24) + (c.born & 0xFFFFFF), -1)
            dead, times = np.unique(key[c.still & (key >= 0)], return_counts=True)
            if len(dead):
                at = np.minimum(np.searchsorted(dead, key), len(dead) - 1)
                lost = np.maximum(lost, np.where((dead[at] == key) & ~c.still, times[at], 0))
    return _most(lost, rows, starts)


def _suspicious(c: Columns, rows: Ints, starts: Ints, sizes: Ints, stated: Ints) -> Flags:
    """Deliveries that may hold several children: a source twice, several stated, two fields of a child in conflict."""
    group = np.repeat(np.arange(len(starts)), sizes)
    pair = group * 64 + c.source[rows]
    twice = np.zeros(len(starts), np.bool_)
    ordered = np.sort(pair)
    twice[ordered[1:][ordered[1:] == ordered[:-1]] // 64] = True
    baby = np.where(c.baby_name >= 0, c.names.sound[c.baby_name], -1)
    conflicts = (
        (_span(c.sex, rows, starts, least=1) > 0).astype(np.int64)
        + (_span(c.minute, rows, starts) > 5)
        + (_span(c.weight, rows, starts) > 100)
        + (_span(c.certificate, rows, starts) > 0)
        + (_span(baby, rows, starts) > 0)
        + (_span(c.order, rows, starts) > 0)
    )
    return twice | (stated > 1) | (conflicts >= 2)


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
