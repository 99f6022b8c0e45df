"""人员归并 — pairs joined to persons from the strongest down; a join that contradicts is left out."""

import numpy as np

from renjia.engine.linkage.columns import Flags, Ints
from renjia.engine.linkage.decisions import Decided
from renjia.engine.linkage.deliveries import components
from renjia.engine.linkage.persons.fields import DOCUMENT, Registry
from renjia.engine.linkage.persons.model import Floats, PersonModel


def grouped(
    people: Registry,
    a: Ints,
    b: Ints,
    score: Floats,
    model: PersonModel,
    said: Decided,
) -> Ints:
    """归并 — smallest record index of each record's person.

    Two records of a source without repetitions, two whole and different document numbers, and pairs answered "not one
    person" never meet; two groups join only when the compared pairs between them speak for it on the whole.
    """
    must = {(p << 31) | q for p, q in said.same}
    forbidden = {(p << 31) | q for p, q in said.other_child}
    packed = (a << 31) | b
    forced = np.isin(packed, np.array(sorted(must), dtype=np.int64))
    strength = np.where(forced, np.inf, score)
    numbers = _valid_numbers(people)
    strength = np.where(_two_numbers(numbers, a, b) & ~forced, -np.inf, strength)
    strong = np.flatnonzero(strength >= model.link)
    label = components(len(people), a[strong], b[strong])
    # pairs whose ends meet nowhere else need no care: a group of two is its pair
    sizes = np.bincount(label, minlength=len(label))
    care = (sizes[label[a]] > 2) & (label[a] == label[b])
    refused = np.isin(packed, np.array(sorted(forbidden), dtype=np.int64))
    care |= refused & (label[a] == label[b])
    touched = np.unique(np.concatenate([a[care], b[care]]))
    inside = np.flatnonzero(np.isin(label, label[touched])[a] & (label[a] == label[b]))
    known = dict(zip(packed[inside].tolist(), strength[inside].tolist(), strict=True))
    label[np.isin(label, label[touched])] = np.flatnonzero(np.isin(label, label[touched]))
    members = {int(at): [int(at)] for at in np.flatnonzero(label == np.arange(len(label)))}
    rising = inside[strength[inside] >= model.link]
    rising = rising[np.lexsort((b[rising], a[rising], -strength[rising]))]
    for p, q, bits in zip(a[rising].tolist(), b[rising].tolist(), strength[rising].tolist(), strict=True):
        left, right = int(label[p]), int(label[q])
        if left == right:
            continue
        if not np.isinf(bits) and _contradict(people, numbers, members[left], members[right], known, forbidden):
            continue
        kept, gone = min(left, right), max(left, right)
        label[members[gone]] = kept
        members[kept] += members.pop(gone)
    return label


def _valid_numbers(people: Registry) -> list[Ints]:
    """Per document column, the code of each record's number where it is whole, else -1."""
    columns = [one for one in people.columns if one.field.kind == DOCUMENT]
    return [np.where(one.checked[one.code], one.code, -1) for one in columns]


def _two_numbers(numbers: list[Ints], a: Ints, b: Ints) -> Flags:
    """Pairs with two whole, different numbers: they are asked about, never joined by themselves."""
    found = np.zeros(len(a), np.bool_)
    for code in numbers:
        found |= (code[a] >= 0) & (code[b] >= 0) & (code[a] != code[b])
    return found


def _contradict(
    people: Registry,
    numbers: list[Ints],
    left: list[int],
    right: list[int],
    known: dict[int, float],
    forbidden: set[int],
) -> bool:
    x, y = (grid.ravel() for grid in np.meshgrid(left, right))
    once = (people.source[x] == people.source[y]) & people.once[people.source[x]]
    if once.any() or _two_numbers(numbers, x, y).any():
        return True
    pairs = ((np.minimum(x, y) << 31) | np.maximum(x, y)).tolist()
    return bool(forbidden.intersection(pairs)) or sum(known.get(pair, 0.0) for pair in pairs) < 0
