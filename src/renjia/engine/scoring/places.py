"""一个地方的得分 — its points by atom, item, block and part; reasons are written only when asked for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from renjia.engine.scoring.expressions import Row
from renjia.engine.scoring.numbers import Number
from renjia.engine.scoring.rubric import Rubric
from renjia.engine.scoring.sums import Sums
from renjia.engine.scoring.telling import reason


@dataclass(frozen=True, slots=True)
class AtomScore:
    """一条的得分 — points signed: deducted negative, given (bonus, a cap's relief) positive; None when 未提供."""

    id: str
    points: Number | None
    provided: bool
    applicable: bool
    place: "PlaceScore" = field(repr=False, compare=False)

    @property
    def reason(self) -> str:
        """理由 — in the page's words, with the facts."""
        rubric = self.place.rubric
        return reason(rubric, rubric.atoms[self.id], self.place.row, self.place.sums)

    @property
    def facts(self) -> Mapping[str, Any]:
        """事实 — the values it used, by name."""
        atom = self.place.rubric.atoms[self.id]
        return {name: self.place.facts[name] for name in dict.fromkeys((*atom.facts, *atom.needs))}


@dataclass(frozen=True, slots=True)
class BlockScore:
    """一块的得分 — deducted: sum of its atoms' deductions before the floor (0 for a block that earns).

    items: item → the sum of its atoms' points, signed; None when one of them is 未提供.
    """

    id: str
    name: str
    limit: Number | None
    deducted: Number | None
    points: Number | None
    items: Mapping[str, Number | None]


@dataclass(frozen=True)
class PlaceScore:
    """一个地方的得分 — main, bonus, total are None when a fact they need is 未提供; then no rank and no grade either.

    rank: 1, 2, 2, 4; None also for a place a veto takes out of the ranking. last_of_tie: the last position of its tie.
    """

    place: str
    main: Number | None
    bonus: Number | None
    total: Number | None
    rank: int | None
    last_of_tie: int | None
    grade: str | None
    vetoed: bool | None
    rubric: Rubric
    row: Row
    sums: Sums

    @cached_property
    def facts(self) -> dict[str, Any]:
        """事实 — every fact's value by name."""
        return dict(zip(self.rubric.facts, self.row, strict=True))

    @cached_property
    def missing(self) -> tuple[str, ...]:
        """未提供的事实 — those an atom or the veto needs."""
        needed = {name for atom in self.rubric.atoms.values() for name in atom.needs}
        needed.update(self.rubric.veto.facts if self.rubric.veto else ())
        return tuple(name for name, value in self.facts.items() if value is None and name in needed)

    @cached_property
    def atoms(self) -> dict[str, AtomScore]:
        """各条 — by id, in the page's order."""
        return {name: self.atom(name) for name in self.rubric.atoms}

    def points(self, atom: str) -> Number | None:
        """一条的分 — signed, without building its reason."""
        return self.sums.atoms[self.rubric.positions[atom]]

    def atom(self, id: str) -> AtomScore:
        """一条 — with its reason and the facts it used."""
        atom, at = self.rubric.atoms[id], self.rubric.positions[id]
        points = self.sums.atoms[at]
        applies = atom.rule is None or atom.rule.applies is None or points is None or atom.rule.applies(self.row)
        return AtomScore(id, points, points is not None, applies, self)

    @cached_property
    def blocks(self) -> dict[str, BlockScore]:
        """各块 — by id, in the page's order."""
        return {
            name: self._block(name, points) for name, points in zip(self.rubric.blocks, self.sums.blocks, strict=True)
        }

    def _block(self, id: str, points: Number | None) -> BlockScore:
        block = self.rubric.blocks[id]
        items: dict[str, Number | None] = {}
        for item in block.items:
            items[item] = _sum([self.points(atom) for atom in self.rubric.items[item].atoms])
        earned = _sum(list(items.values()))
        deducted = None if earned is None else -earned if block.way == "deduct" else 0
        return BlockScore(id, block.name, block.limit, deducted, points, items)


def _sum(parts: list[Number | None]) -> Number | None:
    total: Number = 0
    for one in parts:
        if one is None:
            return None
        total += one
    return total
