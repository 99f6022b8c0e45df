"""未决的 — for whomever nothing fails but something is not known: what that is, and whether a paper or a parameter settles it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from renjia.engine.rules.decisions import FIRST_UNKNOWN, FIRST_UNSET, PAPERS, SETTINGS
from renjia.engine.rules.sifting.frames import Frame
from renjia.engine.rules.sifting.terms import Term
from renjia.engine.rules.sifting.vectors import Bools, Numbers, Vector

_Bits = NDArray[np.int64]
_Days = NDArray[np.int32]


@dataclass(frozen=True)
class Hanging:
    """悬着的 — an expression, and the same with values tried for the parameters nobody has set (none where it reads none)."""

    term: Term
    tried: tuple[Term, ...]

    def lost(self, frame: Frame) -> tuple[Bools, Bools]:
        """缺了没有 — rows where it is NULL, and of those the rows where a parameter would settle it."""
        missing = _missing(frame.value(self.term), frame.many)
        if not self.tried or not missing.any():
            return missing, np.zeros(frame.many, bool)
        known = np.zeros(frame.many, bool)
        for one in self.tried:
            known |= ~_missing(frame.value(one), frame.many)
        return missing, missing & known


@dataclass(frozen=True)
class Opening:
    """未决者的答复 — of one page: its conditions, its course, and the words whose absence a reason may name.

    once: the course is one day, so that `first` is one; else both ends are months
    """

    conditions: tuple[Hanging, ...]
    first: Hanging | None
    last: Hanging | None
    once: bool
    words: tuple[str, ...]

    @property
    def reads(self) -> set[str]:
        """所读的列。"""
        parts = [*self.conditions, *(one for one in (self.first, self.last) if one is not None)]
        return set(self.words).union(*(term.reads for one in parts for term in (one.term, *one.tried)))

    def answered(self, frame: Frame) -> dict[str, pa.Array]:
        """答复 — the columns of an answer but `id`, for rows none of whose conditions is 否."""
        unknown, unset = self._masks(frame)
        need = np.zeros(frame.many, np.int64)
        ends: list[Numbers | None] = [None, None]
        if self.first is not None:
            missing, settled = self.first.lost(frame)
            need += missing * np.int64(FIRST_UNKNOWN) + settled * np.int64(FIRST_UNSET - FIRST_UNKNOWN)
            ends = [_ends(frame, one) for one in (self.first, self.last)]
        waits = np.where(unknown > 0, unset > 0, need == FIRST_UNSET)
        decision = np.where(waits, SETTINGS, PAPERS).astype(np.int8)
        shown = waits | self._over(frame, ends)
        none = pa.nulls(frame.many, pa.decimal128(18, 2))
        zeros = pa.array(np.zeros(frame.many, np.int64))
        return {
            "decision": pa.array(decision), "first": self._day(ends[0], shown, last=False),
            "last": self._day(ends[1], shown, last=True), "monthly": none, "amount": none, "failed": zeros,
            "unknown": pa.array(unknown), "unset": pa.array(unset), "need": pa.array(need),
            "nulls": pa.array(self._nulls(frame) * (unknown > 0)),
        }  # fmt: skip

    def _masks(self, frame: Frame) -> tuple[_Bits, _Bits]:
        unknown, unset = np.zeros(frame.many, np.int64), np.zeros(frame.many, np.int64)
        for at, one in enumerate(self.conditions):
            missing, settled = one.lost(frame)
            unknown += missing * np.int64(1 << at)
            unset += settled * np.int64(1 << at)
        if self.last is not None:  # the course ends when nobody can say: 期间 is one more condition
            _, settled = self.last.lost(frame)
            unknown += settled * np.int64(1 << len(self.conditions))
            unset += settled * np.int64(1 << len(self.conditions))
        return unknown, unset

    def _over(self, frame: Frame, ends: Sequence[Numbers | None]) -> Bools:
        """Courses known to be over by now, which show their ends."""
        first, last = ends
        if first is None or last is None:
            return np.zeros(frame.many, bool)
        over: Bools = (last.values < frame.asked.words["this_month"]) & ~_nulls(last)
        return over & ((first.values <= last.values) | _nulls(first))

    def _nulls(self, frame: Frame) -> _Bits:
        found = np.zeros(frame.many, np.int64)
        for at, word in enumerate(self.words):
            nulls = frame.asked.columns[word].nulls
            if nulls is not None:
                found += nulls[frame.numbered(word)] * np.int64(1 << at)
        return found

    def _day(self, end: Numbers | None, shown: Bools, *, last: bool) -> pa.Array:
        """A month as its first or last day."""
        if end is None:
            return pa.nulls(len(shown), pa.date32())
        values = np.broadcast_to(end.values, shown.shape).astype(np.int64)
        if not self.once:
            months = (values - 1970 * 12 - 1 + last).view("datetime64[M]")
            values = months.astype("datetime64[D]").astype(np.int64) - last
        days: _Days = values.astype(np.int32)
        return pa.array(days, pa.int32(), mask=~shown | _nulls(end)).cast(pa.date32())


def _ends(frame: Frame, one: Hanging | None) -> Numbers | None:
    if one is None:
        return None
    found = frame.value(one.term)
    assert isinstance(found, Numbers)
    return found


def _nulls(one: Numbers) -> Bools:
    return np.zeros(1, bool) if one.nulls is None else one.nulls


def _missing(one: Vector, many: int) -> Bools:
    lost = one.unknown
    found: Bools = np.broadcast_to(np.zeros(1, bool) if lost is None else lost, many)
    return found
