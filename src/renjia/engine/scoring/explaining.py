"""说明 — a total opened to parts, blocks, items, atoms, facts; two totals held side by side."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from renjia.engine.scoring.numbers import Number, shown, size
from renjia.engine.scoring.places import PlaceScore
from renjia.engine.scoring.scores import Scores


@dataclass(frozen=True, slots=True)
class Node:
    """一层 — kind total | part | block | item | atom | fact; points None when 未提供 (a fact has none: see text)."""

    kind: str
    id: str
    name: str
    points: Number | None
    text: str
    children: tuple["Node", ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """一处差别 — kind atom | block | part | veto; change = after − before, None when either is 未提供.

    A block, part or veto change is what its floor or limit takes or gives, so that the changes add up to the difference
    of the totals. facts: (name, before, after) of the facts that differ.
    """

    kind: str
    id: str
    name: str
    before: Number | None
    after: Number | None
    change: Number | None
    facts: tuple[tuple[str, Any, Any], ...] = ()


def explain(scores: Scores, place: str) -> Node:
    """层层展开 — the tree of one place; KeyError for a place that is not there."""
    one = scores.places[place]
    rubric = scores.rubric
    parts = tuple(_part(one, part) for part in rubric.parts)
    standing = "" if one.rank is None else f"第 {one.rank} 名"
    text = "，".join(piece for piece in (standing, one.grade or "") if piece)
    if one.vetoed and rubric.veto is not None:
        text += f"（{rubric.veto.says}）"
    return Node("total", rubric.id, one.place, one.total, text, parts)


def _part(one: PlaceScore, id: str) -> Node:
    rubric, part = one.rubric, one.rubric.parts[id]
    blocks = tuple(_block(one, block.id) for block in rubric.blocks.values() if block.part == id)
    points = one.sums.parts[id]
    text = _bound(one, points, _plain(blocks))
    return Node("part", id, part.name, points, text, blocks)


def _block(one: PlaceScore, id: str) -> Node:
    rubric, block, found = one.rubric, one.rubric.blocks[id], one.blocks[id]
    items = tuple(_item(one, item, found.items[item]) for item in block.items)
    plain = _plain(items)
    if plain is not None and block.way == "deduct":
        plain += block.limit or 0
    return Node("block", id, rubric.blocks[id].name, found.points, _bound(one, found.points, plain), items)


def _item(one: PlaceScore, id: str, points: Number | None) -> Node:
    item = one.rubric.items[id]
    return Node("item", id, item.name, points, item.says, tuple(_atom(one, atom) for atom in item.atoms))


def _atom(one: PlaceScore, id: str) -> Node:
    atom, found, say = one.rubric.atoms[id], one.atom(id), one.rubric.wording.say
    facts = tuple(
        Node("fact", name, name, None, say("absent") if value is None else shown(value))
        for name, value in found.facts.items()
    )
    return Node("atom", id, atom.says, found.points, found.reason, facts)


def _plain(nodes: tuple[Node, ...]) -> Number | None:
    total: Number = 0
    for node in nodes:
        if node.points is None:
            return None
        total += node.points
    return total


def _bound(one: PlaceScore, points: Number | None, plain: Number | None) -> str:
    """What a floor or a limit did to the sum, in words; nothing when neither bit."""
    if points is None or plain is None or points == plain:
        return ""
    key = "floor" if plain < points else "limit"
    return one.rubric.wording.say(key, count=abs(plain - points), limit=points)


def difference(a: PlaceScore, b: PlaceScore) -> list[Change]:
    """差在哪里 — from a to b (two places, or one at two dates), largest first; of one rubric under one set of readings.

    The changes add up to b.total − a.total. Raises ValueError when the two were scored by different rubrics.
    """
    if a.rubric.id != b.rubric.id or a.rubric.readings != b.rubric.readings:
        raise ValueError("两处得分不是按同一份细则、同一种解读评的")
    found = [*_atom_changes(a, b), *_bound_changes(a, b)]
    return sorted(found, key=lambda one: -size(one.change))


def _atom_changes(a: PlaceScore, b: PlaceScore) -> Iterator[Change]:
    for id, atom in a.rubric.atoms.items():
        before, after = a.points(id), b.points(id)
        if before == after:
            continue
        names = list(atom.needs)
        for member in atom.members:
            names += a.rubric.atoms[member].needs
        facts = tuple(
            (name, a.facts[name], b.facts[name])
            for name in dict.fromkeys(names) if a.facts[name] != b.facts[name]
        )  # fmt: skip
        yield Change("atom", id, atom.says, before, after, _minus(before, after), facts)


def _bound_changes(a: PlaceScore, b: PlaceScore) -> Iterator[Change]:
    """What floors, limits and the veto took or gave, where that differs."""
    for before, after in zip(_bounds(a), _bounds(b), strict=True):
        if before.before != after.before:
            change = _minus(before.before, after.before)
            yield Change(before.kind, before.id, before.name, before.before, after.before, change)


def _bounds(one: PlaceScore) -> Iterator[Change]:
    rubric = one.rubric
    for block in rubric.blocks.values():
        plain: Number | None = (block.limit or 0) if block.way == "deduct" else 0
        for points in one.blocks[block.id].items.values():
            plain = None if plain is None or points is None else plain + points
        yield Change("block", block.id, block.name, _minus(plain, one.blocks[block.id].points), None, None)
    together: Number | None = 0
    for part in rubric.parts.values():
        plain = 0
        for block in rubric.blocks.values():
            points = one.blocks[block.id].points
            if block.part == part.id:
                plain = None if plain is None or points is None else plain + points
        found = one.sums.parts[part.id]
        together = None if together is None or found is None else together + found
        yield Change("part", part.id, part.name, _minus(plain, found), None, None)
    veto = rubric.veto.says if rubric.veto is not None else ""
    yield Change(
        "veto", rubric.veto.atom if rubric.veto is not None else "", veto, _minus(together, one.total), None, None
    )


def _minus(before: Number | None, after: Number | None) -> Number | None:
    return None if before is None or after is None else after - before
