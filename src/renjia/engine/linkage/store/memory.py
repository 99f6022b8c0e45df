"""记忆 — what a store has worked out so far, as plain arrays; the rows in the order of their record keys.

Everything in it can be made again from the records; it only saves doing the same work twice. Codes count from 0 into the
dictionaries (`books`), which only grow; -1 is missing. Row numbers in any array mean positions in this order.
"""

from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Array: TypeAlias = npt.NDArray[Any]
Ints: TypeAlias = npt.NDArray[np.int64]
Flags: TypeAlias = npt.NDArray[np.bool_]

# What each record says by itself, with the width it is kept in.
SAID: dict[str, type[np.generic]] = {
    "source": np.int8, "mother_name": np.int32, "father_name": np.int32, "baby_name": np.int32,
    "mother_said": np.int32, "father_said": np.int32, "spelling": np.uint8, "born": np.int32, "minute": np.int16,
    "sex": np.int8, "weight": np.int16, "order": np.int8, "plurality": np.int8, "parity": np.int8, "place": np.int32,
    "street": np.int32, "institution": np.int32, "phone_said": np.int32, "certificate_said": np.int32,
    "marks": np.uint8, "digest": np.uint64,
}  # fmt: skip
# What it says once all records are known: values that many mothers carry are dropped, a man's number is the father's.
SETTLED: dict[str, type[np.generic]] = dict.fromkeys(("mother_id", "father_id", "phone", "certificate"), np.int32)
# Where it stands: first record of its key group, whether that group is incomplete; component, delivery and case by
# their first record; what is open; its lasting numbers (0 = none yet).
PLACED: dict[str, type[np.generic]] = {
    "hub": np.int32, "residue": np.bool_, "component": np.int32, "delivery": np.int32, "case": np.int32,
    "undecided": np.bool_, "case_number": np.int32, "delivery_number": np.int32,
}  # fmt: skip
PAIRS: dict[str, type[np.generic]] = {
    "a": np.int32, "b": np.int32, "pattern": np.int64, "score": np.float64, "shown": np.bool_,
}  # fmt: skip
CHILDREN: dict[str, type[np.generic]] = {"a": np.int32, "b": np.int32, "pattern": np.int64, "score": np.float64}
QUESTIONS: dict[str, type[np.generic]] = {
    "a": np.int32, "b": np.int32, "child": np.bool_, "score": np.float64, "pattern": np.int64, "waiting": np.int32,
}  # fmt: skip
# Dictionaries: packed ones keep one integer an entry (`…_value`) and as texts only what did not fit.
PACKED = ("names", "sounds", "numbers", "phones", "certificates")
BOOKS = (*PACKED, "tails", "places", "streets", "institutions")
ENTRIES: dict[str, type[np.generic]] = {
    **dict.fromkeys((f"{book}_value" for book in PACKED), np.int64),
    "name_sound": np.int32, "name_latin": np.bool_, "number_tail": np.int32,
    "number_checked": np.bool_, "number_male": np.bool_, "number_resident": np.bool_,
}  # fmt: skip
# Bits of `marks` and of `spelling`.
MARKS = ("order_from_label", "several", "by_hukou", "still")
SPELLINGS = (
    "mother_checked", "mother_male", "mother_resident", "father_checked", "father_male", "father_resident",
)  # fmt: skip


def _none(kinds: dict[str, type[np.generic]]) -> dict[str, Array]:
    return {name: np.zeros(0, kind) for name, kind in kinds.items()}


@dataclass(slots=True)
class Memory:
    """记忆.

    rows: SAID, SETTLED and PLACED, one entry a record; pairs: candidate pairs by (a, b), pattern without size;
    children: child-level evidence; questions: `waiting` counts into `waiting_rows`; entries: per dictionary entry;
    counted: statistics over all records (levels of equal names, large institutions); facts: sources, size, model,
    decisions, next numbers.
    """

    record: pa.StringArray = field(default_factory=lambda: pa.array([], pa.string()))
    rows: dict[str, Array] = field(default_factory=lambda: _none(SAID | SETTLED | PLACED))
    books: dict[str, pa.StringArray] = field(default_factory=lambda: dict.fromkeys(BOOKS, pa.array([], pa.string())))
    entries: dict[str, Array] = field(default_factory=lambda: _none(ENTRIES))
    counted: dict[str, Array] = field(default_factory=dict)
    pairs: dict[str, Array] = field(default_factory=lambda: _none(PAIRS))
    children: dict[str, Array] = field(default_factory=lambda: _none(CHILDREN))
    questions: dict[str, Array] = field(default_factory=lambda: _none(QUESTIONS))
    waiting_rows: Array = field(default_factory=lambda: np.zeros(0, np.int32))
    reasons: pa.StringArray = field(default_factory=lambda: pa.array([], pa.string()))
    facts: dict[str, Any] = field(default_factory=dict)

    def __len__(self) -> int:
        """条数."""
        return len(self.record)

    def bit(self, name: str) -> Flags:
        """标记 — one bit of `marks` or `spelling` as flags."""
        column, names = ("marks", MARKS) if name in MARKS else ("spelling", SPELLINGS)
        flags: Flags = (self.rows[column] >> names.index(name) & 1).astype(np.bool_)
        return flags


def packed_bits(flags: list[Flags]) -> npt.NDArray[np.uint8]:
    """合成标记 — flags as bits, first lowest."""
    packed = np.zeros(len(flags[0]), np.uint8)
    for at, one in enumerate(flags):
        packed |= one.astype(np.uint8) << at
    return packed


def wide(values: Array) -> Ints:
    """放宽 — as int64."""
    return values.astype(np.int64)
