"""列值 — values worked out for many rows at once: yes, no or not known; numbers, days and texts that may be NULL."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Bools: TypeAlias = NDArray[np.bool_]
Whole: TypeAlias = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Truth:
    """是、否、缺 — a row is 是 where `yes`, 否 where `no`, else 缺; `no` None: 否 wherever it is not 是."""

    yes: Bools
    no: Bools | None = None

    @property
    def refused(self) -> Bools:
        """否。"""
        return ~self.yes if self.no is None else self.no

    @property
    def unknown(self) -> Bools | None:
        """缺 — None where nothing is."""
        return None if self.no is None else ~(self.yes | self.no)

    def taken(self, rows: NDArray[np.intp]) -> "Truth":
        """取各行。"""
        return Truth(_taken(self.yes, rows), None if self.no is None else _taken(self.no, rows))


@dataclass(frozen=True, slots=True)
class Numbers:
    """数、日、文 — NULL where `nulls`; None where nothing is NULL. Days are counted from 1970."""

    values: NDArray[Any]
    nulls: Bools | None = None

    @property
    def unknown(self) -> Bools | None:
        """缺 — None where nothing is."""
        return self.nulls

    def taken(self, rows: NDArray[np.intp]) -> "Numbers":
        """取各行。"""
        return Numbers(_taken(self.values, rows), None if self.nulls is None else _taken(self.nulls, rows))


Vector: TypeAlias = Truth | Numbers
_COMPARED = {
    "eq": np.equal, "ne": np.not_equal, "lt": np.less, "le": np.less_equal, "gt": np.greater, "ge": np.greater_equal,
}  # fmt: skip
_COUNTED = {"add": np.add, "sub": np.subtract}
_SMALL = 1 << 24  # numbers below are held in 32 bits, where many may be added up


def narrowed(values: NDArray[Any]) -> NDArray[Any]:
    """收窄 — whole numbers that are all small, in 32 bits."""
    if values.dtype != np.int64 or (len(values) and max(abs(int(values.min())), abs(int(values.max()))) >= _SMALL):
        return values
    return values.astype(np.int32)


def packed(one: Vector) -> NDArray[Any]:
    """合成一列 — value and NULL in one number each, so that rows are looked up once; a text that is NULL is None."""
    if isinstance(one, Truth):
        return one.yes if one.no is None else one.yes.view(np.uint8) + 2 * one.no.view(np.uint8)
    if one.nulls is None:
        return narrowed(one.values)
    if one.values.dtype == object:
        return np.where(one.nulls, np.array([None], object), one.values)
    values = narrowed(np.where(one.nulls, 0, one.values))
    if values.dtype == np.int32:
        return np.where(one.nulls, np.int32(-_SMALL), values)
    return np.where(one.nulls, np.iinfo(np.int64).min, values)


def unpacked(found: NDArray[Any], of: Vector) -> Vector:
    """拆开 — what `packed` made of such values."""
    if isinstance(of, Truth):
        return Truth(found) if of.no is None else Truth((found & 1).view(bool), (found >> 1).view(bool))
    if of.nulls is None:
        return Numbers(found)
    if found.dtype == object:
        return Numbers(found, np.array([text is None for text in found], bool))
    return Numbers(found, found == (-_SMALL if found.dtype == np.int32 else np.iinfo(np.int64).min))


def _taken(values: NDArray[Any], rows: NDArray[np.intp]) -> NDArray[Any]:
    """One value for all stays one value."""
    return values if len(values) == 1 else np.take(values, rows, mode="clip")


def either(one: Bools | None, other: Bools | None) -> Bools | None:
    """或 — of masks, None where no row is marked."""
    if one is None or other is None:
        return other if one is None else one
    return one | other


def negated(one: Truth) -> Truth:
    """非。"""
    return Truth(~one.yes) if one.no is None else Truth(one.no, one.yes)


def both(one: Truth, other: Truth) -> Truth:
    """且。"""
    exact = one.no is None and other.no is None
    return Truth(one.yes & other.yes, None if exact else one.refused | other.refused)


def any_of(one: Truth, other: Truth) -> Truth:
    """或。"""
    exact = one.no is None and other.no is None
    return Truth(one.yes | other.yes, None if exact else one.refused & other.refused)


def same(one: Truth, other: Truth) -> Truth:
    """同为是或同为否 — 缺 where either is."""
    alike = (one.yes & other.yes) | (one.refused & other.refused)
    if one.no is None and other.no is None:
        return Truth(alike)
    return Truth(alike, (one.yes & other.refused) | (one.refused & other.yes))


def compared(op: str, one: Numbers, other: Numbers) -> Truth:
    """相比 — 缺 where either is NULL."""
    found: Bools = _COMPARED[op](one.values, other.values)
    nulls = either(one.nulls, other.nulls)
    if nulls is None:
        return Truth(found)
    return Truth(found & ~nulls, ~(found | nulls))


def counted(op: str, one: Numbers, other: Numbers) -> Numbers:
    """加减乘。"""
    if op == "mul":
        return Numbers(np.multiply(one.values, other.values, dtype=np.int64), either(one.nulls, other.nulls))
    return Numbers(_COUNTED[op](one.values, other.values), either(one.nulls, other.nulls))


def outer(op: str, one: Numbers, other: Numbers) -> Numbers:
    """取大取小 — passes over NULL."""
    found = (np.minimum if op == "least" else np.maximum)(one.values, other.values)
    for half, whole in ((one, other), (other, one)):
        if half.nulls is not None:
            found = found + (whole.values - found) * half.nulls
    nulls = None if one.nulls is None or other.nulls is None else one.nulls & other.nulls
    return Numbers(found, nulls)


def picked(test: Bools, one: Vector, other: Vector) -> Vector:
    """择一 — `one` where the test holds, else `other`."""
    if isinstance(one, Truth) and isinstance(other, Truth):
        yes = _chosen(test, one.yes, other.yes)
        exact = one.no is None and other.no is None
        return Truth(yes, None if exact else _chosen(test, one.refused, other.refused))
    assert isinstance(one, Numbers) and isinstance(other, Numbers)
    nulls = None
    if one.nulls is not None or other.nulls is not None:
        nulls = _chosen(test, _nulls(one), _nulls(other))
    if one.values.dtype == object:
        return Numbers(np.where(test, one.values, other.values), nulls)
    return Numbers(
        other.values + (one.values - other.values) * test, nulls
    )  # where() asks row by row, ten times slower


def _chosen(test: Bools, one: Bools, other: Bools) -> Bools:
    return other ^ ((one ^ other) & test)


def _nulls(one: Numbers) -> Bools:
    return np.zeros(1, bool) if one.nulls is None else one.nulls


def coalesced(parts: Sequence[Vector]) -> Vector:
    """取第一个不缺的。"""
    found = parts[-1]
    for one in reversed(parts[:-1]):
        if isinstance(one, Truth) and isinstance(found, Truth) and len(found.yes) == 1 and found.unknown is None:
            found = Truth(~one.refused if found.yes[0] else one.yes)
            continue
        lost = one.unknown
        found = one if lost is None else picked(~lost, one, found)
    return found


def part(op: str, days: Numbers) -> Numbers:
    """年、月、日。"""
    dates = days.values.astype(np.int64).view("datetime64[D]")
    months = dates.astype("datetime64[M]")
    if op == "day":
        return Numbers((dates - months).astype(np.int64) + 1, days.nulls)
    index = months.astype(np.int64)
    return Numbers(index // 12 + 1970 if op == "year" else index % 12 + 1, days.nulls)


def months_added(days: Numbers, count: Numbers) -> Numbers:
    """加几个月 — a day the month does not have becomes its last."""
    dates = days.values.astype(np.int64).view("datetime64[D]")
    months = dates.astype("datetime64[M]")
    into = (dates - months).astype(np.int64)
    there = months + count.values.astype(np.int64)
    first = there.astype("datetime64[D]").astype(np.int64)
    length = (there + 1).astype("datetime64[D]").astype(np.int64) - first
    return Numbers(first + np.minimum(into, length - 1), either(days.nulls, count.nulls))


def day_made(year: Numbers, month: int, day: int) -> Numbers:
    """某年某月某日。"""
    months = ((year.values.astype(np.int64) - 1970) * 12 + month - 1).view("datetime64[M]")
    return Numbers(months.astype("datetime64[D]").astype(np.int64) + (day - 1), year.nulls)


def begins(one: Numbers, other: Numbers) -> Truth:
    """以此开头 — of texts."""
    pairs = np.broadcast(one.values, other.values)
    found = np.fromiter((str(text).startswith(str(start)) for text, start in pairs), bool, pairs.size)
    nulls = either(one.nulls, other.nulls)
    return Truth(found) if nulls is None else Truth(found & ~nulls, ~(found | nulls))
