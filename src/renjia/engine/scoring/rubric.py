"""细则 — a rubric as values: parts, blocks, items, atoms, facts, readings, grades; and the sums of one place's row."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from renjia.engine.pages import Page
from renjia.engine.scoring.errors import ScoringError
from renjia.engine.scoring.expressions import Expression, Row
from renjia.engine.scoring.facts import FactSpec
from renjia.engine.scoring.grading import Grading, Veto
from renjia.engine.scoring.numbers import Number
from renjia.engine.scoring.readings import Reading
from renjia.engine.scoring.rules import Rule
from renjia.engine.scoring.sums import Plan
from renjia.engine.scoring.wording import Wording


@dataclass(frozen=True, slots=True)
class Part:
    """一部分 — main or bonus: its name, what it can give at most and at least (None: no bound)."""

    id: str
    name: str
    limit: Number | None
    floor: Number | None


@dataclass(frozen=True, slots=True)
class Block:
    """一块（一级指标） — way `deduct`: limit less deductions; way `earn`: what its atoms give."""

    id: str
    name: str
    part: str
    way: str
    limit: Number | None
    floor: Number | None
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """一项（二级指标） — its standard in our words, its atoms and facts, the demands that carry no points."""

    id: str
    name: str
    block: str
    says: str
    atoms: tuple[str, ...]
    facts: tuple[str, ...]
    unscored: tuple[str, ...]
    page: Page


@dataclass(frozen=True, slots=True)
class Atom:
    """一条评分 — one sentence: its rule, or for a cap the atoms it holds together and their limit.

    points: of one case or step (a cap: its limit). facts: those its reason tells; needs: those without which it is 未提供.
    """

    id: str
    item: str
    block: str
    kind: str
    says: str
    points: Number
    facts: tuple[str, ...]
    needs: tuple[str, ...]
    rule: Rule | None
    members: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AtomRow:
    """同行限额 — a limit over atoms without a sentence of its own; filled in order; keep: all | highest."""

    id: str
    members: tuple[str, ...]
    limit: Number | None
    keep: str


@dataclass(frozen=True, slots=True)
class Doubt:
    """存疑 — an expression over facts that ought to hold; told when it does not, never refused."""

    expression: Expression
    says: str


@dataclass(frozen=True)
class Rubric:
    """评分细则 — everything by id in the page's order; `with_readings` gives another, this one never changes.

    traces: atom (grades and veto included) → (file, line). plan: the compiled sums of a row.
    """

    id: str
    name: str
    cover: Page
    parts: Mapping[str, Part]
    blocks: Mapping[str, Block]
    items: Mapping[str, Item]
    atoms: Mapping[str, Atom]
    rows: tuple[AtomRow, ...]
    facts: Mapping[str, FactSpec]
    readings: Mapping[str, Reading]
    grading: Grading
    veto: Veto | None
    doubts: tuple[Doubt, ...]
    wording: Wording
    traces: Mapping[str, tuple[Path, int]]
    plan: Plan
    source: Any

    @property
    def grades(self) -> Mapping[str, Any]:
        """等次 — by name, highest first."""
        return self.grading.grades

    @cached_property
    def positions(self) -> dict[str, int]:
        """各条的位置 — atom → its place in the order."""
        return {name: at for at, name in enumerate(self.atoms)}

    @cached_property
    def places_of_facts(self) -> dict[str, int]:
        """各事实的位置 — fact → its place in a row."""
        return {name: at for at, name in enumerate(self.facts)}

    def with_readings(self, wanted: Mapping[str, str]) -> "Rubric":
        """换一种解读 — keys `Q1` or `Q1_steps`; ScoringError naming what exists for an unknown key or value."""
        built: Rubric = self.source.build(wanted, self.readings)
        return built

    def row(self, place: str, given: Mapping[str, object]) -> Row:
        """一行 — the place's facts in the rubric's order; ScoringError for an unknown fact or a value of a wrong type."""
        for name in given:
            if name not in self.facts:
                known = "事实名须与细则一字不差（括号、逗号在内）"
                raise ScoringError(name, None, "细则里没有这个事实", known, place)
        found: list[object] = []
        for name, spec in self.facts.items():
            value = given.get(name)
            if type(value) is not int or value < 0 or spec.type != "count":
                try:
                    value = spec.typed(value)
                except ScoringError as problem:
                    raise problem.at(place) from None
            found.append(value)
        return tuple(found)
