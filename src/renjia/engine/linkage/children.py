"""孩子 — the records of one delivery divided among its children.

Every way to divide them is priced: in each child each field has one true value (the record's that explains the rest
best), every deviating record pays for its error, every further child for being one, a second record of a source for
being a repetition. The cheapest division wins; where another is nearly as cheap and puts a record elsewhere, that
record is left undecided instead of guessed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from renjia.engine.linkage.model import Model

Costs = npt.NDArray[np.float64]
FORBIDDEN = 1e6
# Records up to which every division into so many children is priced.
_EXACT = {2: 12, 3: 9, 4: 8}
# Records beyond which nobody's delivery is meant (an office's test entries, say): only plain repetitions are joined.
_MOST = 24
# Bits of evidence on the child, none against, that make two records of a source a plain repetition.
_PLAINLY = 6.0


@dataclass(frozen=True, slots=True)
class Delivery:
    """一次分娩 — what the division needs.

    levels: n × n × comparisons, of `Model.child`; sources: code a record; stated: children born alive as stated,
    0 = nobody says;
    together, apart: decided pairs of positions.
    """

    levels: npt.NDArray[np.uint8]
    sources: Sequence[int]
    stated: int
    together: Sequence[tuple[int, int]] = ()
    apart: Sequence[tuple[int, int]] = ()


@dataclass(frozen=True, slots=True)
class Division:
    """划分结果 — child number of each record, records left undecided, those of them a person can decide."""

    child: list[int]
    undecided: list[bool]
    repeated: list[bool]


def divide(delivery: Delivery, model: Model) -> Division:
    """划分 — the cheapest division and which records it leaves open.

    Plain repetitions inside a source are joined first: children of one delivery never share a name, nor time and weight,
    however often a file is sent under new record numbers.
    """
    lead = _repetitions(delivery, model)
    kept = sorted(set(lead))
    if len(kept) == len(lead):
        return _divide(delivery, model)
    levels = delivery.levels.copy()
    for record, first in enumerate(lead):
        # what the first record leaves out, its repetition says
        for own, said in (
            (levels[first], levels[record]),
            (levels[:, first], levels[:, record]),
            (levels[first, first], levels[record, record]),
        ):
            np.copyto(own, said, where=own == 0)
    place = {record: at for at, record in enumerate(kept)}
    at = [place[record] for record in lead]
    division = _divide(
        Delivery(
            levels[np.ix_(kept, kept)],
            [delivery.sources[record] for record in kept],
            delivery.stated,
            [(at[p], at[q]) for p, q in delivery.together if at[p] != at[q]],
            [(at[p], at[q]) for p, q in delivery.apart],
        ),
        model,
    )
    return Division(
        [division.child[k] for k in at], [division.undecided[k] for k in at], [division.repeated[k] for k in at]
    )


def _repetitions(delivery: Delivery, model: Model) -> list[int]:
    """For every record the one it plainly repeats: same source, something of weight the same, nothing different."""
    count = len(delivery.sources)
    lead = list(range(count))
    source = np.array(delivery.sources)
    same = (source[:, None] == source[None, :]) & ~np.eye(count, dtype=np.bool_)
    if not same.any():
        return lead
    table, apart_at = model.tables["child"], _source_at(model)
    weights = np.stack([table[at][delivery.levels[:, :, at]] for at in range(len(table)) if at != apart_at])
    plain = same & (weights.sum(axis=0) >= _PLAINLY) & (weights.min(axis=0) >= 0)
    for p, q in delivery.apart:
        plain[p, q] = plain[q, p] = False
    stated = (np.diagonal(delivery.levels, axis1=0, axis2=1) > 0).sum(axis=0)
    for record in sorted(range(count), key=lambda at: (-int(stated[at]), at)):
        if lead[record] == record:
            for other in np.flatnonzero(plain[record]).tolist():
                if lead[other] == other and (-int(stated[other]), other) > (-int(stated[record]), record):
                    lead[other] = record
    return lead


def _divide(delivery: Delivery, model: Model) -> Division:
    count = len(delivery.sources)
    if count > _MOST:
        return Division(list(range(count)), [True] * count, [True] * count)
    most = max(delivery.stated, max(list(delivery.sources).count(s) for s in delivery.sources), 2)
    if count > _EXACT.get(most, 0):
        return _search(delivery, model)
    blocks = divisions(count, most)
    cost = _subset_costs(delivery, model)[blocks].sum(axis=1) + _plan_costs(delivery, model, blocks)
    near = np.flatnonzero(cost < cost.min() + model.certain)
    # where it cannot be told, keep as many children as were stated
    off = np.abs((blocks[near] > 0).sum(axis=1) - max(delivery.stated, 1))
    best = int(near[np.lexsort((cost[near], off))[0]]) if delivery.stated > 1 else int(np.argmin(cost))
    child = _numbered(blocks[best], count)
    if len(near) == 1:
        return Division(child, [False] * count, [False] * count)
    return _open(delivery, child, np.array([_numbered(blocks[at], count) for at in near]))


@lru_cache(maxsize=64)
def divisions(count: int, most: int) -> npt.NDArray[np.int64]:
    """全部划分 — every division of `count` records into at most `most` children: rows of bit masks, 0 = no child."""
    grown: list[tuple[int, ...]] = [()]
    for at in range(count):
        bit = 1 << at
        step = []
        for blocks in grown:
            for k in range(len(blocks)):
                step.append((*blocks[:k], blocks[k] | bit, *blocks[k + 1 :]))
            if len(blocks) < most:
                step.append((*blocks, bit))
        grown = step
    return np.array([blocks + (0,) * (most - len(blocks)) for blocks in grown], dtype=np.int64)


@lru_cache(maxsize=32)
def _members(count: int) -> npt.NDArray[np.float64]:
    masks = np.arange(1 << count)
    return (masks[:, None] >> np.arange(count) & 1).astype(np.float64)


def _errors(
    levels: npt.NDArray[np.uint8], model: Model
) -> tuple[list[Costs], list[npt.NDArray[np.bool_]], list[float]]:
    """Per field: cost of record r when record s holds the truth, which records state it, cost of a truth."""
    errors, stated, draws = [], [], []
    for at, comparison in enumerate(model.child):
        if comparison.field == "source":
            continue
        table = model.tables["child"][at]
        draw = float(table[1])
        known = levels[:, :, at] > 0
        errors.append(np.where(known, draw - table[levels[:, :, at]], 0.0))
        stated.append(np.diagonal(known).copy())
        draws.append(draw)
    return errors, stated, draws


def _subset_costs(delivery: Delivery, model: Model) -> Costs:
    """Cost of every set of records being one child, indexed by bit mask."""
    count = len(delivery.sources)
    members = _members(count)
    total = np.zeros(1 << count)
    for error, states, draw in zip(*_errors(delivery.levels, model), strict=True):
        # rows: sets; columns: the record taken for the truth
        as_truth = np.where((members > 0) & states, members @ error, np.inf)
        cheapest = as_truth.min(axis=1)
        total += np.where(np.isinf(cheapest), 0.0, cheapest + draw)
    repetition = -_source_weight(model)
    sources = np.array(delivery.sources)
    for source in set(delivery.sources):
        total += repetition * np.maximum(members @ (sources == source).astype(float) - 1, 0)
    for p, q in delivery.apart:
        total += FORBIDDEN * members[:, p] * members[:, q]
    for p, q in delivery.together:
        total += FORBIDDEN * np.abs(members[:, p] - members[:, q])
    total[0] = 0.0
    return total


def _source_at(model: Model) -> int:
    return next(at for at, comparison in enumerate(model.child) if comparison.field == "source")


def _source_weight(model: Model) -> float:
    return float(model.tables["child"][_source_at(model)][1])


def _plan_costs(delivery: Delivery, model: Model, blocks: npt.NDArray[np.int64]) -> Costs:
    """Cost of the number of children, and of reporting sources that leave one out."""
    children = (blocks > 0).sum(axis=1)
    cost: Costs
    if delivery.stated:
        beyond = np.maximum(children - delivery.stated, 0) * model.contradicted
        cost = beyond + np.maximum(delivery.stated - children, 0) * model.unseen
    else:
        cost = (children - 1) * model.another
    for source in set(delivery.sources):
        mask = sum(1 << at for at, one in enumerate(delivery.sources) if one == source)
        cost = cost + ((blocks > 0) & (blocks & mask == 0)).sum(axis=1) * model.unreported
    return cost


def _numbered(blocks: Iterable[int], count: int) -> list[int]:
    child = [0] * count
    for number, mask in enumerate(int(one) for one in blocks):
        for at in range(count):
            if mask >> at & 1:
                child[at] = number
    return child


def _open(delivery: Delivery, child: list[int], near: npt.NDArray[np.int64]) -> Division:
    """Which records the nearly best divisions place differently, relative to the largest set they agree on."""
    count = len(child)
    same = near[:, :, None] == near[:, None, :]
    stable = same.all(axis=0) | ~same.any(axis=0)
    agreed = stable.sum(axis=1)
    core: list[int] = []
    for at in sorted(range(count), key=lambda at: (-int(agreed[at]), at)):
        if all(stable[at, other] for other in core):
            core.append(at)
    undecided = [at not in core for at in range(count)]
    # one child or two, or a record that may be the first of its source again: a person can tell, twins' forms cannot
    twins = delivery.stated > 1 or all(len(set(row.tolist())) > 1 for row in near)
    repeated = [
        undecided[at]
        and (
            not twins
            or any(
                other != at and delivery.sources[other] == delivery.sources[at] and not stable[at, other]
                for other in range(count)
            )
        )
        for at in range(count)
    ]
    return Division(child, undecided, repeated)


def _search(delivery: Delivery, model: Model) -> Division:
    """Too many records to price every division: join the best pairs, then move and swap while that is cheaper.

    A record is undecided when moving it, or swapping it with another of its source, costs less than `model.certain`.
    """
    count = len(delivery.sources)
    price = _Price(delivery, model)
    child = _joined(delivery, model)
    cost = price.of(child)
    while True:
        better = min(((price.of(other), other) for other in _neighbours(delivery, child)), default=(cost, child))
        if better[0] >= cost:
            break
        cost, child = better
    undecided = [False] * count
    for other in _neighbours(delivery, child):
        if price.of(other) < cost + model.certain:
            for at in range(count):
                undecided[at] |= other[at] != child[at]
    return Division(list(child), undecided, [False] * count)


class _Price:
    """Cost of a division given as child numbers; children priced once."""

    def __init__(self, delivery: Delivery, model: Model) -> None:
        self.delivery, self.model = delivery, model
        self.fields = list(zip(*_errors(delivery.levels, model), strict=True))
        self.known: dict[tuple[int, ...], float] = {}

    def of(self, child: tuple[int, ...]) -> float:
        groups: dict[int, list[int]] = {}
        for at, number in enumerate(child):
            groups.setdefault(number, []).append(at)
        masks = np.array([[sum(1 << at for at in rows) for rows in groups.values()]], dtype=np.int64)
        plan = float(_plan_costs(self.delivery, self.model, masks)[0])
        return plan + sum(self._one(tuple(rows)) for rows in groups.values())

    def _one(self, rows: tuple[int, ...]) -> float:
        if rows not in self.known:
            total = 0.0
            for error, states, draw in self.fields:
                truths = [at for at in rows if states[at]]
                if truths:
                    total += draw + float(error[np.ix_(rows, truths)].sum(axis=0).min())
            sources = [self.delivery.sources[at] for at in rows]
            total -= _source_weight(self.model) * (len(sources) - len(set(sources)))
            total += FORBIDDEN * sum(p in rows and q in rows for p, q in self.delivery.apart)
            total += FORBIDDEN * sum((p in rows) != (q in rows) for p, q in self.delivery.together)
            self.known[rows] = total
        return self.known[rows]


def _neighbours(delivery: Delivery, child: tuple[int, ...]) -> list[tuple[int, ...]]:
    """Divisions one step away: a record moved to another or a new child, or two records of one source swapped."""
    numbers = sorted(set(child))
    found = []
    for at, own in enumerate(child):
        for number in (*numbers, max(numbers) + 1):
            if number != own:
                found.append((*child[:at], number, *child[at + 1 :]))
        for other in range(at + 1, len(child)):
            if child[other] != own and delivery.sources[other] == delivery.sources[at]:
                swapped = list(child)
                swapped[at], swapped[other] = child[other], own
                found.append(tuple(swapped))
    return found


def _joined(delivery: Delivery, model: Model) -> tuple[int, ...]:
    """A first division: pairs joined from the highest mean gain down while it is a gain."""
    count = len(delivery.sources)
    table = model.tables["child"]
    gain = sum(table[at][delivery.levels[:, :, at]] for at in range(len(table)))
    groups = [[at] for at in range(count)]
    while len(groups) > 1:
        pairs = [
            (-float(gain[np.ix_(left, right)].mean()), i, j)
            for i, left in enumerate(groups)
            for j, right in enumerate(groups)
            if i < j
        ]
        lost, i, j = min(pairs)
        if lost >= 0:
            break
        groups[i] = sorted(groups[i] + groups.pop(j))
    child = [0] * count
    for number, rows in enumerate(groups):
        for at in rows:
            child[at] = number
    return tuple(child)
