"""列的编码 — a column of a fact as small numbers into its few distinct values, so that a question is asked of each value once."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from renjia.engine.rules.sifting.vectors import Bools, Numbers, Truth, Vector

_WIDEST = 1 << 17  # days or numbers from first to last that are counted through; others are listed
_Codes = NDArray[np.unsignedinteger]


@dataclass(frozen=True)
class Coded:
    """已编码的列 — codes: a number a row; domain: the value each number stands for, NULL (if any row has none) last."""

    codes: _Codes
    domain: pa.Array

    @property
    def nulls(self) -> Bools | None:
        """哪个是 NULL — of the domain."""
        if not self.domain.null_count:
            return None
        found = np.zeros(len(self.domain), bool)
        found[-1] = True
        return found

    @property
    def lost(self) -> Truth:
        """是否 NULL — of the domain; no value is looked at."""
        nulls = self.nulls
        return Truth(np.zeros(1, bool) if nulls is None else nulls)

    @cached_property
    def values(self) -> Vector:
        """各值 — of the domain, in order."""
        nulls, kind = self.nulls, self.domain.type
        if pa.types.is_boolean(kind):
            yes = pc.fill_null(self.domain, False).to_numpy(zero_copy_only=False)
            return Truth(yes) if nulls is None else Truth(yes, ~(yes | nulls))
        if pa.types.is_string(kind):
            return Numbers(np.array(pc.fill_null(self.domain, "").to_pylist(), dtype=object), nulls)
        whole = self.domain.cast(pa.int32()) if pa.types.is_date32(kind) else self.domain
        return Numbers(pc.fill_null(whole.cast(pa.int64()), 0).to_numpy(), nulls)


def coded(column: pa.ChunkedArray) -> Coded:
    """编码 — of any column."""
    kind = column.type
    if pa.types.is_boolean(kind):
        domain = pa.array([False, True, None] if column.null_count else [False, True])
        return Coded(pc.fill_null(column.cast(pa.uint8()), 2).to_numpy(), domain)
    if pa.types.is_date32(kind) or pa.types.is_integer(kind):
        whole = (column.cast(pa.int32()) if pa.types.is_date32(kind) else column).cast(pa.int64())
        found = _counted_through(whole, kind)
        if found is not None:
            return found
    listed = column.combine_chunks().dictionary_encode()
    listed = listed.combine_chunks() if isinstance(listed, pa.ChunkedArray) else listed
    domain, many = listed.dictionary, len(listed.dictionary)
    if listed.null_count:
        domain = pa.concat_arrays([domain, pa.nulls(1, domain.type)])
    return Coded(_small(pc.fill_null(listed.indices, many).to_numpy(), len(domain)), domain)


def _counted_through(whole: pa.ChunkedArray, kind: pa.DataType) -> Coded | None:
    """Numbers from the least to the greatest; None where they are too far apart."""
    ends = pc.min_max(whole).as_py()
    low, high = (0, -1) if ends["min"] is None else (int(ends["min"]), int(ends["max"]))
    width = high - low + 1
    if width > _WIDEST:
        return None
    values = list(range(low, high + 1))
    domain = pa.array([*values, None] if whole.null_count else values, pa.int64())
    if pa.types.is_date32(kind):
        domain = domain.cast(pa.int32()).cast(kind)
    codes = pc.fill_null(whole, high + 1).to_numpy() - low
    return Coded(_small(codes, len(domain)), domain)


def _small(codes: NDArray[np.int64] | NDArray[np.int32], many: int) -> _Codes:
    if many <= 1 << 8:
        return codes.astype(np.uint8)
    return codes.astype(np.uint16) if many <= 1 << 16 else codes.astype(np.uint32)
