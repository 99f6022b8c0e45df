"""孩子的计价 — what it costs to take records for one child, and the cheapest way to divide them.

Many deliveries with the same sources are priced in one go; their numbers stand in the last axis of every array.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from renjia.engine.linkage.model import Model
from renjia.engine.linkage.packed import Flags, Ints

Levels = npt.NDArray[np.uint8]
Costs = npt.NDArray[np.float64]
FORBIDDEN = 1e6
# More than any true cost: no record of the set says what the field is. Costs are quarters, so that single precision
# of this size still adds them exactly.
_UNSAID = float(1 << 20)
# Costs worked out in one step, so that memory stays small.
_STEP = 1 << 21


@dataclass(frozen=True, slots=True)
class Delivery:
    """一次分娩 — what the division needs.

    levels: n × n × comparisons, of `Model.child`; sources: code a record; stated: children born alive as stated,
    0 = nobody says;
    together, apart: decided pairs of positions.
    """

    levels: Levels
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


@dataclass(frozen=True, slots=True)
class FieldCosts:
    """一项的代价 — of many deliveries: of record r when record s holds the truth (n × n × deliveries), which records
    state it (n × deliveries), of a truth.
    """

    error: npt.NDArray[np.float32]
    states: Flags
    draw: float


def field_costs(levels: Levels, model: Model) -> list[FieldCosts]:
    """各项代价 — levels: deliveries × n × n × comparisons."""
    found = []
    for at, comparison in enumerate(model.child):
        if comparison.field == "source":
            continue
        table = model.tables["child"][at]
        level = np.moveaxis(levels[..., at], 0, -1)
        error = np.where(level > 0, table[1] - table[level], 0.0).astype(np.float32)
        found.append(FieldCosts(error, np.einsum("iij->ij", level) > 0, float(table[1])))
    return found


def cheapest(levels: Levels, like: Delivery, most: int, model: Model) -> list[Division]:
    """最省的划分 — of every delivery, into at most `most` children; `like` has their sources, statements, decisions."""
    count = len(like.sources)
    blocks, child = divisions(count, most)
    plan = plan_costs(like, model, blocks)[:, None]
    children = (blocks > 0).sum(axis=1)
    # where it cannot be told, keep as many children as were stated
    off = np.abs(children - max(like.stated, 1))[:, None]
    found = []
    step = max(_STEP // ((1 << count) + len(blocks)), 1)
    for begin in range(0, len(levels), step):
        of_set = _subset_costs(levels[begin : begin + step], like, model)
        cost = plan + of_set[blocks[:, 0]]
        for at in range(1, most):
            cost += of_set[blocks[:, at]]
        beyond = cost - cost.min(axis=0)
        near = beyond < model.certain
        best = (np.where(near, off * FORBIDDEN + beyond, np.inf) if like.stated > 1 else beyond).argmin(axis=0)
        single = near.sum(axis=0) == 1
        for at, (one, sure) in enumerate(zip(best.tolist(), single.tolist(), strict=True)):
            own = child[one].tolist()
            if sure:
                found.append(Division(own, [False] * count, [False] * count))
            else:
                found.append(_left_open(like, own, child[near[:, at]]))
    return found


@lru_cache(maxsize=64)
def divisions(count: int, most: int) -> tuple[Ints, Ints]:
    """全部划分 — every division of `count` records into at most `most` children, two forms of the same rows:

    the set of records of every child as a bit mask (0 = no child), and the child number of every record.
    """
    child = np.zeros((1, 0), np.int64)
    for _ in range(count):
        next_number = child.max(axis=1, initial=-1) + 1
        choices = np.minimum(next_number + 1, most)
        numbers = np.arange(choices.sum()) - np.repeat(np.cumsum(choices) - choices, choices)
        child = np.column_stack([np.repeat(child, choices, axis=0), numbers])
    bits = 1 << np.arange(count)
    blocks = np.column_stack([((child == number) * bits).sum(axis=1) for number in range(most)])
    return blocks, child


@lru_cache(maxsize=32)
def members(count: int) -> Costs:
    """集合 — which records every set (by bit mask) holds."""
    masks = np.arange(1 << count)
    return (masks[:, None] >> np.arange(count) & 1).astype(np.float64)


def _subset_costs(levels: Levels, like: Delivery, model: Model) -> Costs:
    """Cost of every set of records (by bit mask) being one child, of each delivery."""
    count, many = len(like.sources), len(levels)
    total = np.zeros((1 << count, many))
    for field in field_costs(levels, model):
        if not field.states.any():
            continue
        cheapest_truth = np.full((1 << count, many), _UNSAID, np.float32)
        for truth in range(count):
            # sets of the other records, grown by one record at a time; the truth itself is in every one of them
            cost = np.empty((1 << (count - 1), many), np.float32)
            cost[0] = np.where(field.states[truth], field.error[truth, truth], _UNSAID)
            held = 1
            for record in range(count):
                if record != truth:
                    np.add(cost[:held], field.error[record, truth], out=cost[held : 2 * held])
                    held *= 2
            with_truth = cheapest_truth.reshape(1 << (count - truth - 1), 2, 1 << truth, many)[:, 1]
            np.minimum(with_truth, cost.reshape(with_truth.shape), out=with_truth)
        total += np.where(cheapest_truth >= _UNSAID, 0.0, cheapest_truth + np.float32(field.draw))
    return total + _said_costs(like, model, members(count))[:, None]


def _said_costs(like: Delivery, model: Model, inside: Costs) -> Costs:
    """Cost of repetitions in a set, and of going against what was decided."""
    total = np.zeros(len(inside))
    sources = np.array(like.sources)
    for source in set(like.sources):
        total -= source_weight(model) * np.maximum(inside @ (sources == source).astype(float) - 1, 0)
    for p, q in like.apart:
        total += FORBIDDEN * inside[:, p] * inside[:, q]
    for p, q in like.together:
        total += FORBIDDEN * np.abs(inside[:, p] - inside[:, q])
    return total


def source_at(model: Model) -> int:
    """同一来源 — place of that comparison among the children's."""
    return next(at for at, comparison in enumerate(model.child) if comparison.field == "source")


def source_weight(model: Model) -> float:
    """重复上报的权重."""
    return float(model.tables["child"][source_at(model)][1])


def plan_costs(delivery: Delivery, model: Model, blocks: Ints) -> Costs:
    """划分本身的代价 — cost of the number of children, and of reporting sources that leave one out."""
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


def _left_open(delivery: Delivery, child: list[int], near: Ints) -> Division:
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
