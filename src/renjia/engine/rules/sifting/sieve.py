"""先筛 — once over everyone, cheapest conditions first: whom nothing fails, his course, and whether anything is open."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from sqlglot import exp

from renjia.engine.rules.sifting.coding import Coded
from renjia.engine.rules.sifting.frames import Asked, Frame
from renjia.engine.rules.sifting.opening import Opening
from renjia.engine.rules.sifting.terms import Term, Terms
from renjia.engine.rules.sifting.vectors import Bools, Truth, Vector, either
from renjia.engine.rules.words import columns

_BATCH = 1 << 16
_KEPT = 0.6  # below this share of rows left, the others are let go


def mask(tests: list[str]) -> str:
    """SQL: bit i is set where test i is true."""
    if not tests:
        return "0"
    parts = [f"CASE WHEN {test} THEN {1 << at} ELSE 0 END" for at, test in enumerate(tests) if test != "FALSE"]
    return f"CAST({' + '.join(parts) or '0'} AS BIGINT)"


def depth_of(givens: dict[str, exp.Expr]) -> dict[str, int]:
    """层数 — of each middle value: 1 where it uses no other, else one more than the deepest it uses."""
    depth: dict[str, int] = {}
    for name, tree in givens.items():  # each comes after those it uses
        inner = columns(tree) & set(givens)
        depth[name] = 1 + max((depth[one] for one in inner), default=0)
    return depth


@dataclass(frozen=True)
class Sifted:
    """筛出的 — settled: `~row`, the ends of the course and the keys of whomever nothing fails and nothing is open for;
    opened: `~row` of those something is open for, with their answers where the sieve gives them; None: there are none.
    """

    settled: pa.Table
    opened: pa.Table | None


@dataclass(frozen=True)
class Sieve:
    """筛 — of one page at one place: what is asked of every row, in this order.

    tests: conditions, none of which may be 否; ends: `~first` and `~last` where the scheme has them; over: the course
    must reach the asked period; opening: what whoever is left open is answered; whole: whether that is all of his answer,
    else SQL has to give it; keys: columns and values wanted of who is settled; reads: columns of the fact
    """

    tests: tuple[Term, ...]
    ends: Mapping[str, Term]
    over: Term | None
    opening: Opening
    whole: bool
    keys: Mapping[str, Term | str]
    reads: tuple[str, ...]

    def sifted(self, found: Mapping[str, Coded], words: Mapping[str, int], many: int) -> Sifted:
        """筛 — of the columns it `reads`; words: the day's, as numbers; many: rows."""
        asked = Asked(found, words)
        # one processor: the steps are so short that a second thread costs more in handing over than it brings
        run = [self._part(Frame(asked, at, min(at + _BATCH, many))) for at in range(0, max(many, 1), _BATCH)]
        opened = [one.opened for one in run if one.opened is not None]
        return Sifted(pa.concat_tables(one.settled for one in run), pa.concat_tables(opened) if opened else None)

    def _part(self, frame: Frame) -> Sifted:
        frame, opened = self._passed(frame)
        ends = {name: frame.value(term) for name, term in self.ends.items()}
        if "~first" in ends:
            opened = either(opened, ends["~first"].unknown)
        if self.opening.last is not None and self.opening.last.tried:
            opened = either(opened, self.opening.last.lost(frame)[1])
        if opened is None or not opened.any():
            return Sifted(self._settled(frame), None)
        rows = np.broadcast_to(opened, frame.many)
        return Sifted(self._settled(frame.only(np.flatnonzero(~rows))), self._opened(frame.only(np.flatnonzero(rows))))

    def _passed(self, frame: Frame) -> tuple[Frame, Bools | None]:
        """The rows no condition refuses, and those of them of which some condition is not known."""
        opened: Bools | None = None
        waiting: Bools | None = None  # rows not refused by what was asked since rows were last let go
        for test in [*self.tests, *([self.over] if self.over is not None else [])]:
            answer = frame.truth(test)
            opened = either(opened, answer.unknown)
            passed = answer.yes if answer.no is None else ~answer.no
            waiting = passed if waiting is None else waiting & passed
            if np.count_nonzero(waiting) < (_KEPT * frame.many if len(waiting) > 1 else 1):
                frame, opened = _only(frame, waiting, opened)
                waiting = None
        if waiting is None or waiting.all():
            return frame, opened
        return _only(frame, waiting, opened)

    def _settled(self, frame: Frame) -> pa.Table:
        listed: dict[str, pa.Array] = {"~row": pa.array(_rows(frame))}
        listed |= {name: _array(frame.value(term), term.kind, frame.many) for name, term in self.ends.items()}
        for name, key in self.keys.items():
            if isinstance(key, str):
                listed[name] = frame.asked.columns[key].domain.take(pa.array(frame.numbered(key)))
            else:
                listed[name] = _array(frame.value(key), key.kind, frame.many)
        return pa.table(listed)

    def _opened(self, frame: Frame) -> pa.Table:
        answer = self.opening.answered(frame) if self.whole else {}
        return pa.table({"~row": pa.array(_rows(frame)), **answer})


def _only(frame: Frame, kept: Bools, opened: Bools | None) -> tuple[Frame, Bools | None]:
    rows = np.flatnonzero(np.broadcast_to(kept, frame.many))
    return frame.only(rows), opened if opened is None or len(opened) == 1 else opened[rows]


def sieve(terms: Terms, opening: Opening, over: str, whole: bool, keys: Mapping[str, exp.Expr | None]) -> Sieve:
    """作筛 — over: the period asked for as `this_month` counts it; keys: bound trees, None is a column of the fact.

    UnsupportedError for what is not worked out column-wise.
    """
    made = sorted((one.term for one in opening.conditions), key=lambda one: (len(one.reads) > 1, one.nodes))
    ends = {name: one.term for name, one in (("~first", opening.first), ("~last", opening.last)) if one is not None}
    test = None
    if "~last" in ends:
        now = terms.make("asked", (), over, "integer")
        still = terms.call("le", "boolean", now, ends["~last"])
        test = terms.call("coalesce", "boolean", still, terms.const(True, "boolean"))
    wanted: dict[str, Term | str] = {name: name if tree is None else terms.of(tree) for name, tree in keys.items()}
    reads = set(opening.reads).union(*({key} if isinstance(key, str) else key.reads for key in wanted.values()))
    asked = tuple(one for one in made if one.op != "const" or one.value is not True)
    return Sieve(asked, ends, test, opening, whole, wanted, tuple(sorted(reads)))


def _rows(frame: Frame) -> NDArray[np.int32]:
    if frame.rows is None:
        return np.arange(frame.start, frame.stop, dtype=np.int32)
    return (frame.rows + frame.start).astype(np.int32)


def _full(values: NDArray[np.generic], many: int) -> NDArray[np.generic]:
    return values if len(values) == many else np.broadcast_to(values, many).copy()


def _array(one: Vector, kind: str, many: int) -> pa.Array:
    nulls = one.unknown
    lost = None if nulls is None or not nulls.any() else _full(nulls, many)
    if isinstance(one, Truth):
        return pa.array(_full(one.yes, many), pa.bool_(), mask=lost)
    values = _full(one.values, many)
    if kind == "text":
        return pa.array(values.tolist(), pa.string(), mask=lost)
    if kind == "date":
        return pa.array(values.astype(np.int32), pa.int32(), mask=lost).cast(pa.date32())
    return pa.array(values.astype(np.int64), pa.int64(), mask=lost)
