"""算价 — whoever nothing fails has a course; each distinct course is priced once, whoever has it."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from renjia.engine.rules.decisions import NOT, YES
from renjia.engine.rules.errors import RuleError
from renjia.engine.rules.queries import Compiled
from renjia.engine.rules.workset import Tables

ANSWER = pa.schema(
    [
        ("id", pa.string()), ("decision", pa.int8()), ("first", pa.date32()), ("last", pa.date32()),
        ("monthly", pa.decimal128(18, 2)), ("amount", pa.decimal128(18, 2)),
        *((name, pa.int64()) for name in ("failed", "unknown", "unset", "need", "nulls")),
    ]
)  # fmt: skip
_Whole = NDArray[np.int32]
_MOST_CELLS = 1 << 22
_PRICED = ("decision", "first", "last", "monthly", "amount", "need")


def answered(tables: Tables, query: Compiled) -> pa.Table:
    """答复 — a row of ANSWER for everyone whom nothing fails, in no order; the fact must be ready in the tables."""
    assert query.sieve is not None
    fact = query.scheme.per
    sifted, ids = tables.sifted(fact, query.sieve), tables.ids(fact)
    settled, opened = sifted.settled, sifted.opened
    found = [_settled(tables, query, settled, ids.take(settled["~row"]))]
    if opened is not None:
        whose = ids.take(opened["~row"])
        if query.sieve.whole:
            found.append(opened.drop_columns("~row").add_column(0, "id", whose).select(ANSWER.names).cast(ANSWER))
        else:
            rest = tables.left(fact, whose, query.rest).cast(ANSWER)
            found.append(rest.filter(pc.not_equal(rest["decision"], NOT)))
    return pa.concat_tables(found)


def _settled(tables: Tables, query: Compiled, sifted: pa.Table, ids: pa.Array) -> pa.Table:
    many = sifted.num_rows
    nothing = pa.array(np.zeros(many, np.int64))
    columns: dict[str, pa.Array | pa.ChunkedArray] = {
        name: nothing for name in ("failed", "unknown", "unset", "need", "nulls")
    }
    if query.price:
        at, kind = _distinct([sifted[name] for name in query.keys], many)
        assert tables.on is not None
        worth = tables.side.priced(
            query.keys, sifted.select(list(query.keys)).take(pa.array(at)), tables.on, query.price
        )
        columns |= {name: pc.take(worth[name], pa.array(kind)) for name in _PRICED}
    else:
        columns |= {"decision": pa.array(np.full(many, YES, np.int8))}
        columns |= {name: pa.nulls(many, ANSWER.field(name).type) for name in ("first", "last", "monthly", "amount")}
    columns["id"] = ids
    return pa.table([columns[name].cast(ANSWER.field(name).type) for name in ANSWER.names], schema=ANSWER)


def _distinct(keys: list[pa.ChunkedArray], many: int) -> tuple[_Whole, _Whole]:
    """A row of each distinct combination, and for every row which combination it has."""
    code, cells = np.zeros(many, np.int32), 1
    for key in keys:
        digits, base = _digits(key)
        if cells * base > _MOST_CELLS:
            code, cells = _renumbered(code)
        if cells * base > _MOST_CELLS:
            digits, base = _renumbered(digits)
        if cells * base > 2**31 - 1:
            raise RuleError("期间和金额的情形太多；请把金额写成用更少的词")
        code = code * np.int32(base) + digits
        cells *= base
    if cells > _MOST_CELLS:
        _, rows, kinds = np.unique(code, return_index=True, return_inverse=True)
        return rows.astype(np.int32), kinds.astype(np.int32)
    held: _Whole = np.full(cells, -1, np.int32)
    held[code] = np.arange(many, dtype=np.int32)
    used = np.flatnonzero(held >= 0).astype(np.int32)
    at: _Whole = held[used]
    held[used] = np.arange(len(used), dtype=np.int32)
    return at, held[code]


def _renumbered(code: _Whole) -> tuple[_Whole, int]:
    """The same distinctions with no number left out."""
    used, found = np.unique(code, return_inverse=True)
    return found.astype(np.int32), len(used)


def _digits(key: pa.ChunkedArray) -> tuple[_Whole, int]:
    """Values as small numbers from 1 on, 0 for NULL, and one more than the largest."""
    kind = key.type
    if pa.types.is_date32(kind):
        key = key.cast(pa.int32())
    elif pa.types.is_boolean(kind):
        key = key.cast(pa.int8())
    elif not pa.types.is_integer(kind):
        coded = key.combine_chunks().dictionary_encode()
        key = pa.chunked_array(
            [coded.indices if isinstance(coded, pa.DictionaryArray) else coded.combine_chunks().indices]
        )
    span = pc.min_max(key).as_py()
    if span["min"] is None:
        return np.zeros(len(key), np.int32), 1
    low, base = int(span["min"]), int(span["max"]) - int(span["min"]) + 2
    if base > 2**30:
        raise RuleError("期间或金额用到的数太大；请核对数据里的日期")
    values = (pc.fill_null(key, low - 1) if key.null_count else key).to_numpy()
    return (values - (low - 1)).astype(np.int32), base
