"""孩子的搜索 — dividing a delivery with too many records to price every division."""

import numpy as np

from renjia.engine.linkage.children_pricing import (
    FORBIDDEN,
    Delivery,
    Division,
    field_costs,
    source_weight,
)
from renjia.engine.linkage.model import Model


def search(delivery: Delivery, model: Model) -> Division:
    """搜索 — too many records to price every division: join the best pairs, then move and swap while that is cheaper.

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
        self.fields = field_costs(delivery.levels[None], model)
        self.sources = set(delivery.sources)
        self.known: dict[tuple[int, ...], tuple[float, frozenset[int]]] = {}

    def of(self, child: tuple[int, ...]) -> float:
        groups: dict[int, list[int]] = {}
        for at, number in enumerate(child):
            groups.setdefault(number, []).append(at)
        told = [self._one(tuple(rows)) for rows in groups.values()]
        return self._plan([sources for _, sources in told]) + sum(cost for cost, _ in told)

    def _plan(self, children: list[frozenset[int]]) -> float:
        """As `plan_costs`, of one division given by the sources of its children."""
        stated, model = self.delivery.stated, self.model
        if stated:
            cost = max(len(children) - stated, 0) * model.contradicted + max(stated - len(children), 0) * model.unseen
        else:
            cost = (len(children) - 1) * model.another
        for source in self.sources:
            cost += sum(source not in sources for sources in children) * model.unreported
        return cost

    def _one(self, rows: tuple[int, ...]) -> tuple[float, frozenset[int]]:
        if rows not in self.known:
            total = 0.0
            for field in self.fields:
                truths = [at for at in rows if field.states[at, 0]]
                if truths:
                    total += field.draw + float(field.error[np.ix_(rows, truths)].sum(axis=0).min())
            sources = [self.delivery.sources[at] for at in rows]
            total -= source_weight(self.model) * (len(sources) - len(set(sources)))
            total += FORBIDDEN * sum(p in rows and q in rows for p, q in self.delivery.apart)
            total += FORBIDDEN * sum((p in rows) != (q in rows) for p, q in self.delivery.together)
            self.known[rows] = total, frozenset(sources)
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
        # gain between groups is summed up as they grow; of equal means the first two groups count
        size = np.array([len(rows) for rows in groups])
        mean = np.where(np.triu(np.ones_like(gain, np.bool_), 1), gain / (size[:, None] * size), -np.inf)
        i, j = divmod(int(mean.argmax()), len(groups))
        if mean[i, j] <= 0:
            break
        gain[i] += gain[j]
        gain[:, i] += gain[:, j]
        gain = np.delete(np.delete(gain, j, axis=0), j, axis=1)
        groups[i] += groups.pop(j)
    child = [0] * count
    for number, rows in enumerate(groups):
        for at in rows:
            child[at] = number
    return tuple(child)
