"""逐列算 — terms worked out over rows: what hangs on one column once a value of it, the rest once a row."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from renjia.engine.rules.sifting.coding import Coded
from renjia.engine.rules.sifting.terms import Term
from renjia.engine.rules.sifting.vectors import (
    Bools,
    Numbers,
    Truth,
    Vector,
    any_of,
    begins,
    both,
    coalesced,
    compared,
    counted,
    day_made,
    months_added,
    narrowed,
    negated,
    outer,
    packed,
    part,
    picked,
    same,
    unpacked,
)

_Rows = NDArray[np.intp]
_Kind = TypeVar("_Kind", bound=np.generic)
_FEW = 8
_NO = np.zeros(1, bool)
_YES = np.ones(1, bool)


class Asker(Protocol):
    """被问者 — values of rows, or of the values of one column."""

    @property
    def many(self) -> int:
        """几行。"""

    def value(self, term: Term) -> Vector:
        """值。"""

    def few(self, rows: Bools) -> _Rows | None:
        """只剩几行 — which rows are marked, when asking those alone is worth it."""

    def only(self, inside: _Rows) -> "Asker":
        """只问这几行。"""


@dataclass
class Asked:
    """所问 — the columns a question may read, the day's words, and what was worked out of them so far."""

    columns: Mapping[str, Coded]
    words: Mapping[str, int]
    known: dict[int, Vector] = field(default_factory=dict)
    tables: dict[int, NDArray[Any]] = field(default_factory=dict)

    def value(self, term: Term) -> Vector:
        """值 — of a term that reads at most one column, by the numbers of its values."""
        found = self.known.get(id(term))
        if found is None:
            if term.op == "column":
                found = self.columns[str(term.value)].values
            elif term.op == "is_null" and term.args[0].op == "column":
                found = self.columns[str(term.args[0].value)].lost
            else:
                found = worked_out(term, self, self.words)
            self.known[id(term)] = found
        return found

    @property
    def many(self) -> int:
        """几行 — not asked for: all values of a column are worked out together."""
        return 0

    def few(self, rows: Bools) -> _Rows | None:
        """从不 — values are few."""
        return None

    def only(self, inside: _Rows) -> "Asked":
        """从不。"""
        return self

    def table(self, term: Term) -> NDArray[Any]:
        """表 — the same, to be looked up row by row; see `packed`."""
        found = self.tables.get(id(term))
        if found is None:
            found = self.tables[id(term)] = packed(self.value(term))
        return found


@dataclass
class Frame:
    """一批行 — some rows, and what was worked out for them; start, stop: where they stand; rows: which of those are left."""

    asked: Asked
    start: int
    stop: int
    rows: _Rows | None = None
    above: "Frame | None" = None  # the same rows and more, asked before
    inside: _Rows | None = None  # which of those these are
    known: dict[int, Vector] = field(default_factory=dict)
    numbers: dict[str, _Rows] = field(default_factory=dict)

    @property
    def many(self) -> int:
        """几行。"""
        return self.stop - self.start if self.rows is None else len(self.rows)

    def only(self, inside: _Rows) -> "Frame":
        """只留 — those of the rows."""
        rows = inside if self.rows is None else self.rows[inside]
        return Frame(self.asked, self.start, self.stop, rows, self, inside)

    def few(self, rows: Bools) -> _Rows | None:
        """只剩几行 — less than one in eight."""
        if len(rows) < self.many or np.count_nonzero(rows) * _FEW > self.many:
            return None
        return np.flatnonzero(rows)

    def value(self, term: Term) -> Vector:
        """值 — of a term, a row each, or one for all."""
        found = self.known.get(id(term))
        if found is None:
            found = self._found(term)
            self.known[id(term)] = found
        return found

    def held(self, term: Term) -> bool:
        """已算 — for these rows or for more."""
        return id(term) in self.known or (self.above is not None and self.above.held(term))

    def truth(self, term: Term) -> Truth:
        """是否 — of a condition."""
        found = self.value(term)
        return found if isinstance(found, Truth) else Truth(_NO, _NO)

    def numbered(self, name: str) -> _Rows:
        """编码 — of a column, a row each."""
        found = self.numbers.get(name)
        if found is None:
            if self.above is not None and self.inside is not None and name in self.above.numbers:
                found = np.take(self.above.numbers[name], self.inside, mode="clip")
            else:
                codes = self.asked.columns[name].codes[self.start : self.stop]
                found = (codes if self.rows is None else np.take(codes, self.rows, mode="clip")).astype(np.intp)
            self.numbers[name] = found
        return found

    def _found(self, term: Term) -> Vector:
        if self.above is not None and self.inside is not None and self.above.held(term):
            return self.above.value(term).taken(self.inside)
        if not term.reads:
            return self.asked.value(term)
        if len(term.reads) > 1:
            return worked_out(term, self, self.asked.words)
        table = self.asked.table(term)
        if len(table) == 1:
            return self.asked.value(term)
        (name,) = term.reads
        return unpacked(np.take(table, self.numbered(name), mode="clip"), self.asked.value(term))


def worked_out(term: Term, asker: Asker, words: Mapping[str, int]) -> Vector:
    """算 — one term from the values of those in it; what few rows are left open for is asked of those only."""
    op = term.op
    if op == "const":
        return _constant(term)
    if op == "asked":
        return Numbers(narrowed(np.array([words[str(term.value)]], np.int64)))
    if op == "case":
        return _case(term.args, term.kind, asker)
    if op in ("and", "or"):
        return _joined(term, asker)
    parts = [asker.value(one) for one in term.args]
    if op == "coalesce":
        return coalesced([_of_kind(one, term.kind) for one in parts])
    if op == "is_null":
        lost = parts[0].unknown
        return Truth(_NO if lost is None else lost)
    if op in ("not", "is_true", "is_false"):
        one = _truth(parts[0])
        return negated(one) if op == "not" else Truth(one.yes) if op == "is_true" else Truth(one.refused)
    if op == "same":
        return same(_truth(parts[0]), _truth(parts[1]))
    return _of_numbers(term, [_numbers(one) for one in parts])


def _joined(term: Term, asker: Asker) -> Truth:
    one = _truth(asker.value(term.args[0]))
    open_still = ~(one.refused if term.op == "and" else one.yes)
    few = asker.few(open_still)
    if few is None:
        other = _truth(asker.value(term.args[1]))
        return both(one, other) if term.op == "and" else any_of(one, other)
    if not len(few):
        return one
    other, here = _truth(asker.only(few).value(term.args[1])), one.taken(few)
    found = both(here, other) if term.op == "and" else any_of(here, other)
    return _placed(found, few, Truth(one.yes & ~open_still, None if found.no is None else one.refused & ~open_still))


def _placed(found: Truth, rows: _Rows, into: Truth) -> Truth:
    """Answers of a few rows among all, whose own are a fresh copy."""
    into.yes[rows] = found.yes
    if into.no is not None:
        into.no[rows] = found.refused
    return into


def _of_numbers(term: Term, parts: list[Numbers]) -> Vector:
    op = term.op
    if op in ("eq", "ne", "lt", "le", "gt", "ge"):
        return compared(op, *parts)
    if op in ("add", "sub", "mul"):
        return counted(op, *parts)
    if op in ("year", "month", "day"):
        return part(op, parts[0])
    if op == "add_months":
        return months_added(*parts)
    if op == "starts_with":
        return begins(*parts)
    if op == "make_date":
        return day_made(parts[0], int(parts[1].values[0]), int(parts[2].values[0]))
    found = parts[-1]
    for one in parts[:-1]:
        found = outer(op, one, found)
    return found


def _constant(term: Term) -> Vector:
    if term.kind == "boolean":
        yes = _YES if term.value else _NO
        return Truth(yes) if term.value is not None else Truth(_NO, _NO)
    kind = object if term.kind == "text" else np.int64
    empty = "" if term.kind == "text" else 0
    values = np.array([empty if term.value is None else term.value], kind)
    return Numbers(narrowed(values), _YES if term.value is None else None)


def _case(args: tuple[Term, ...], kind: str, asker: Asker) -> Vector:
    branches: list[tuple[Bools, Vector]] = []
    open_still: Bools | None = None
    found: Vector | None = None
    for at in range(0, len(args) - 1, 2):
        taken = _truth(asker.value(args[at])).yes
        if not taken.any():
            continue
        worth = _of_kind(asker.value(args[at + 1]), kind)
        if taken.all():
            found = worth
            break
        branches.append((taken, worth))
        open_still = ~taken if open_still is None else open_still & ~taken
        few = asker.few(open_still)
        if few is not None:
            found = _with_few(args[at + 2 :], kind, asker, few, worth)
            branches.pop()
            break
    if found is None:
        found = _of_kind(asker.value(args[-1]), kind)
    for taken, worth in reversed(branches):
        found = picked(taken, worth, found)
    return found


def _with_few(args: tuple[Term, ...], kind: str, asker: Asker, few: _Rows, most: Vector) -> Vector:
    """What most rows get, and what those few do that no branch has taken yet."""
    if not len(few):
        return most
    found = _case(args, kind, asker.only(few))
    many = asker.many
    if isinstance(found, Truth):
        most = _truth(most)
        no = None if found.no is None and most.no is None else _spread(most.refused, many)
        return _placed(found, few, Truth(_spread(most.yes, many), no))
    assert isinstance(most, Numbers)
    values = _spread(most.values.astype(np.result_type(most.values, found.values)), many)
    values[few] = found.values
    nulls = None
    if found.nulls is not None or most.nulls is not None:
        nulls = _spread(_NO if most.nulls is None else most.nulls, many)
        nulls[few] = False if found.nulls is None else found.nulls
    return Numbers(values, nulls)


def _spread(values: NDArray[_Kind], many: int) -> NDArray[_Kind]:
    """A copy, a value each."""
    return np.broadcast_to(values, many).copy()


def _of_kind(one: Vector, kind: str) -> Vector:
    """A NULL of no type takes the one wanted."""
    return _truth(one) if kind == "boolean" else _numbers(one, kind)


def _truth(one: Vector) -> Truth:
    return one if isinstance(one, Truth) else Truth(_NO, _NO)


def _numbers(one: Vector, kind: str = "integer") -> Numbers:
    if isinstance(one, Numbers):
        if kind == "text" and one.values.dtype != object and one.nulls is not None and one.nulls.all():
            return Numbers(np.array([""], object), _YES)
        return one
    return Numbers(np.array(["" if kind == "text" else 0], object if kind == "text" else np.int32), _YES)
