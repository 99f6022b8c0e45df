"""合计 — from a row of facts to the points of atoms, blocks and parts; prepared once, then only arithmetic."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from renjia.engine.scoring.expressions import Row
from renjia.engine.scoring.grading import Veto
from renjia.engine.scoring.numbers import Number, size, whole
from renjia.engine.scoring.rules import Count

Points: TypeAlias = list[Number | None]


@dataclass(frozen=True, slots=True)
class Sums:
    """一个地方的各级得分 — exact, in the rubric's order; None where a fact is missing.

    raw: atoms before limits over a row of them; vetoed: None when not known.
    """

    raw: tuple[Number | None, ...]
    atoms: tuple[Number | None, ...]
    blocks: tuple[Number | None, ...]
    parts: Mapping[str, Number | None]
    vetoed: bool | None

    @property
    def whole(self) -> bool:
        """齐全 — every part has points and the veto is known."""
        return self.vetoed is not None and all(points is not None for points in self.parts.values())


@dataclass(frozen=True, slots=True)
class Limited:
    """一组限额 — positions of atoms and what they may come to together; at: the cap's own position, None for a row."""

    at: int | None
    members: tuple[int, ...]
    limit: Number | None
    highest: bool = False


@dataclass(frozen=True, slots=True)
class Heap:
    """一块或一部分 — positions summed, where it starts, its bounds."""

    id: str
    members: tuple[int, ...]
    start: Number
    limit: Number | None
    floor: Number | None

    def points(self, found: Sequence[Number | None]) -> Number | None:
        """合计 — within floor and limit; None when a member is."""
        total: Number = self.start
        for index in self.members:
            one = found[index]
            if one is None:
                return None
            total += one
        return whole(self.bounded(total))

    def bounded(self, total: Number) -> Number:
        """封顶封底 — the total within limit and floor."""
        if self.limit is not None and total > self.limit:
            total = self.limit
        if self.floor is not None and total < self.floor:
            total = self.floor
        return total


@dataclass(frozen=True, slots=True)
class Plan:
    """算法 — the compiled rubric: functions of a row by atom (None for a cap), needs, limits, blocks, parts, veto."""

    functions: tuple[Count | None, ...]
    needs: tuple[tuple[int, ...], ...]
    rows: tuple[Limited, ...]
    caps: tuple[Limited, ...]
    blocks: tuple[Heap, ...]
    parts: tuple[Heap, ...]
    veto: Veto | None
    veto_needs: tuple[int, ...]

    def sums(self, row: Row) -> Sums:
        """各级得分 — of one row, in fact order. Raises ZeroDivisionError where a page divides by a fact that is 0."""
        if None in row:
            raw: Points = [
                None if function is None or any(row[at] is None for at in needs) else function(row)
                for function, needs in zip(self.functions, self.needs, strict=True)
            ]
        else:
            raw = [None if function is None else function(row) for function in self.functions]
        found = list(raw)
        for limited in self.rows:
            _fill(found, limited)
        for cap in self.caps:
            assert cap.at is not None
            raw[cap.at] = found[cap.at] = _relief(found, cap)
        blocks = [block.points(found) for block in self.blocks]
        parts = {part.id: part.points(blocks) for part in self.parts}
        return Sums(tuple(raw), tuple(found), tuple(blocks), parts, self._vetoed(row))

    def _vetoed(self, row: Row) -> bool | None:
        if self.veto is None:
            return False
        if any(row[at] is None for at in self.veto_needs):
            return None
        return bool(self.veto.strikes(row))


def _relief(found: Points, cap: Limited) -> Number | None:
    """What the members deducted beyond the limit: given back."""
    deducted: Number = 0
    for index in cap.members:
        points = found[index]
        if points is None:
            return None
        deducted -= points
    assert cap.limit is not None
    return max(deducted - cap.limit, 0)


def _fill(found: Points, limited: Limited) -> None:
    """Cut the members, in order, to what the limit leaves; `highest` first keeps only the largest."""
    known = [index for index in limited.members if found[index] is not None]
    if limited.highest:
        best = max(known, key=lambda index: size(found[index]), default=None)
        for index in known:
            if index != best:
                found[index] = 0
    if limited.limit is None:
        return
    left = limited.limit
    for index in known:
        points = found[index] or 0
        kept = min(size(points), left)
        left -= kept
        found[index] = kept if points >= 0 else -kept


__all__ = ["Heap", "Limited", "Plan", "Sums"]
