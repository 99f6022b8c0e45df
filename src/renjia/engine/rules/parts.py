"""分份 — a whole district in working sets small enough for little memory: subjects with all whom their facts look at."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import reverse_cuthill_mckee

from renjia.engine.pages import DEFINITIONS
from renjia.engine.rules.errors import RuleError
from renjia.engine.rules.schemas import KEYS, TABLES
from renjia.engine.rules.workset import Tables

STEPS = 4  # parent, child or spouse: how far from a subject its facts look
_MOST = 600_000
_Codes = NDArray[np.int32]


@dataclass(frozen=True)
class Ties:
    """亲缘 — whom each row of each table speaks of, as numbers, and who is tied to whom.

    ids: the keys by number; codes: table → column of KEYS → number a row (-1 where empty); near: the symmetric graph
    """

    ids: pa.Array
    codes: dict[str, dict[str, _Codes]]
    near: csr_array

    def order(self) -> _Codes:
        """次序 — persons so that families stand together and large ones are cut where few ties are."""
        found: _Codes = reverse_cuthill_mckee(self.near, symmetric_mode=True).astype(np.int32)
        return found

    def around(self, core: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """连同近亲 — the same and everyone within STEPS of them."""
        reached = core
        for _ in range(STEPS):
            reached = reached | (self.near @ reached.astype(np.int32) > 0)
        return reached


def in_parts(
    tables: Mapping[str, pa.Table],
    *,
    most: int = _MOST,
    known: date | None = None,
    root: Path = DEFINITIONS,
    threads: int | None = None,
    memory: str | None = None,
) -> Iterator[Tables]:
    """一份一份 — the tables as working sets of at most `most` persons to judge, one open at a time, closed before the next.

    Every person with a record is a subject of exactly one of them, and is judged there as among all: what a part answers
    may be added to what the others do. tables: as `Tables`; each is read once and kept while the parts last.
    Raises RuleError as `Tables`, and when `most` is not positive.
    """
    if most < 1:
        raise RuleError(f"一份的人数（{most}）应至少是 1；请改 most")
    held = {name: tables[name] for name in tables}
    unknown = [name for name in held if name not in TABLES]
    if unknown:
        raise RuleError(f"没有表「{unknown[0]}」；可用的表：{'、'.join(TABLES)}")
    ties = ties_of(held)
    order = ties.order()
    for start in range(0, max(len(order), 1), most):
        core = np.zeros(len(order), bool)
        core[order[start : start + most]] = True
        whole = len(order) <= most
        reached = core if whole else ties.around(core)
        only = None if whole or not (reached & ~core).any() else ties.ids.filter(pa.array(core))
        part = held if whole else {name: _rows(table, ties.codes[name], reached) for name, table in held.items()}
        with Tables(part, known=known, root=root, threads=threads, memory=memory, only=only) as opened:
            del part
            yield opened
        pa.default_memory_pool().release_unused()


def ties_of(tables: Mapping[str, pa.Table]) -> Ties:
    """认出亲缘 — of tables by name: parents with children, both of a marriage, and whoever else one row names together."""
    places = [(name, key) for name, table in tables.items() for key in KEYS if key in table.schema.names]
    columns = [pc.cast(tables[name][key], pa.string()) for name, key in places]
    coded = pa.chunked_array([chunk for one in columns for chunk in one.chunks], pa.string()).dictionary_encode()
    lengths = [len(one) for one in columns]
    ids = coded.chunk(0).dictionary if coded.num_chunks else pa.array([], pa.string())
    whole = (
        np.concatenate([pc.fill_null(one.indices, -1).to_numpy() for one in coded.chunks]).astype(np.int32)
        if coded.num_chunks
        else np.zeros(0, np.int32)
    )
    codes: dict[str, dict[str, _Codes]] = {name: {} for name in tables}
    for (name, key), part in zip(places, np.split(whole, np.cumsum(lengths)[:-1]), strict=True):
        codes[name][key] = part
    pairs = [tuple(keys.values()) for keys in codes.values() if len(keys) == 2]
    one = np.concatenate([pair[0] for pair in pairs] or [np.zeros(0, np.int32)])
    other = np.concatenate([pair[1] for pair in pairs] or [np.zeros(0, np.int32)])
    both = (one >= 0) & (other >= 0)
    one, other = one[both], other[both]
    ends = (np.concatenate([one, other]), np.concatenate([other, one]))
    near = csr_array((np.ones(len(ends[0]), np.int32), ends), shape=(len(ids), len(ids)))
    return Ties(ids, codes, near)


def _rows(table: pa.Table, codes: Mapping[str, _Codes], reached: NDArray[np.bool_]) -> pa.Table:
    """Rows that speak of anyone reached; all rows of a table that speaks of nobody."""
    if not codes:
        return table
    marked = np.append(reached, False)  # number -1 is the last
    kept = np.zeros(table.num_rows, bool)
    for numbers in codes.values():
        kept |= marked[numbers]
    return table.filter(pa.array(kept))
