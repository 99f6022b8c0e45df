"""分孩子 — find the deliveries that may hold more than one child, and divide those."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from renjia.engine.linkage.children import divide_all
from renjia.engine.linkage.children_pricing import Delivery
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
    blocks = [rows[starts[at] : starts[at] + sizes[at]] for at in np.flatnonzero(complex_).tolist()]
    grid = _grids(blocks, mixed[complex_])
    levels = child_levels(columns, grid.a, grid.b, grid.boy_and_girl)
    reissued(columns, grid.a, grid.b, label[grid.a], levels)
    score, pattern = model.scores("child", levels), patterns("child", levels)
    shown = np.zeros(len(grid.a), np.bool_)
    touched = {record for pair in (*said.same_child, *said.other_child) for record in pair}
    open_deliveries = []
    for members, at, stated_here in zip(blocks, grid.starts, stated[complex_].tolist(), strict=True):
        count = len(members)
        square = levels[at : at + count * count].reshape(count, count, -1)
        together, apart = _inside(members, said) if touched.intersection(members.tolist()) else ([], [])
        open_deliveries.append(Delivery(square, columns.source[members].tolist(), stated_here, together, apart))
    for members, at, delivery, division in zip(
        blocks, grid.starts, open_deliveries, divide_all(open_deliveries, model), strict=True
    ):
        count = len(members)
        first = np.array([division.child.index(number) for number in division.child])
        case[members] = members[first]
        later = np.flatnonzero(first != np.arange(count))
        shown[at + first[later] * count + later] = True
        if any(division.undecided):
            open_, repeated = np.array(division.undecided), np.array(division.repeated)
            undecided[members[open_ & ~repeated]] = True
            if repeated.any():
                cells, waits = slice(at, at + count * count), np.flatnonzero(repeated)
                question = _question(members, waits, list(delivery.sources), score[cells], pattern[cells], model)
                questions.append(question)
    where = np.flatnonzero(shown)
    return Split(case, undecided, grid.a[where], grid.b[where], pattern[where], score[where], questions)


@dataclass(frozen=True, slots=True)
class _Grid:
    """Every ordered pair inside each of several deliveries, delivery after delivery; where each begins."""

    a: Ints
    b: Ints
    boy_and_girl: Flags
    starts: list[int]


def _grids(blocks: list[Ints], mixed: Flags) -> _Grid:
    empty = np.zeros(0, np.int64)
    a = [np.repeat(members, len(members)) for members in blocks]
    b = [np.tile(members, len(members)) for members in blocks]
    squares = [len(members) ** 2 for members in blocks]
    starts = [0, *np.cumsum(squares).tolist()][: len(blocks)]
    return _Grid(np.concatenate([empty, *a]), np.concatenate([empty, *b]), np.repeat(mixed, squares), starts)


def _question(
    members: Ints, waits: Ints, sources: list[int], score: npt.NDArray[np.float64], pattern: Ints, model: Model
) -> Question:
    """Ask about the waiting record and its counterpart: the other record of its source, else its nearest."""
    count = len(members)
    one = int(waits[0])
    others = [at for at in range(count) if at != one]
    same = [at for at in others if sources[at] == sources[one]]
    other = max(same or others, key=lambda at: (float(score[one * count + at]), -at))
    low, high = min(one, other), max(one, other)
    pair = (int(members[low]), int(members[high]))
    cell = low * count + high
    return same_source_question(pair, float(score[cell]), int(pattern[cell]), model, members[waits].tolist())


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
