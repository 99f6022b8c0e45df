"""到达记录 — what came month by month, and which numbers were given: what a memory is made again from.

A batch holds the records that came (canonical columns) and the keys that went (`gone`); beside it the numbers that were
given or changed with it. Neither file is ever changed again.
"""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from renjia.engine.linkage.columns import typed
from renjia.engine.linkage.store.files import Contents, read_parquet, write_parquet
from renjia.engine.linkage.store.memory import Ints, Memory


def write_batch(
    folder: Path, contents: Contents, table: pa.Table, gone: Iterable[str], memory: Memory, new: Ints
) -> None:
    """写一批 — records, keys that went and the numbers of the rows `new`; adds its entry to the contents."""
    away = pa.array(sorted(gone), pa.string())
    left = typed(pa.table({"record": away, "source": pa.array([""] * len(away), pa.string())}))
    came = pa.concat_tables([table, left]).append_column(
        "gone", pa.array(np.arange(len(table) + len(left)) >= len(table))
    )
    rows = pa.array(new)
    numbers = pa.table(
        {
            "record": memory.record.take(rows),
            "case_number": memory.rows["case_number"][new],
            "delivery_number": memory.rows["delivery_number"][new],
        }
    )
    name = f"{contents.serial:06d}"
    contents.arrivals.append(
        {
            "records": write_parquet(folder, f"{name}.parquet", came),
            "numbers": write_parquet(folder, f"{name}-numbers.parquet", numbers),
        }
    )


def replayed(folder: Path, contents: Contents) -> pa.Table:
    """重放 — the records held after all batches, each as it came last; StoreDamaged if a batch cannot be read."""
    empty = typed(pa.table({"record": pa.array([], pa.string()), "source": pa.array([], pa.string())}))
    empty = empty.append_column("gone", pa.array([], pa.bool_()))
    table = pa.concat_tables([empty, *(read_parquet(folder, one["records"]) for one in contents.arrivals)])
    table = table.take(pa.array(_last(table["record"])))
    return table.filter(pc.invert(table["gone"])).drop_columns(["gone"]).combine_chunks()


def numbered(folder: Path, contents: Contents, held: pa.ChunkedArray) -> Memory:
    """已给的编号 — of the records in `held`, as a Memory that knows no more than that."""
    logs = [read_parquet(folder, one["numbers"]) for one in contents.arrivals]
    memory = Memory(facts=dict(contents.serials))
    if not logs:
        return memory
    log = pa.concat_tables(logs)
    log = log.take(pa.array(_last(log["record"])))
    log = log.filter(pc.is_in(log["record"], value_set=held)).combine_chunks()
    record = log["record"]
    memory.record = record.chunk(0) if record.num_chunks else pa.array([], pa.string())
    for name in ("case_number", "delivery_number"):
        memory.rows[name] = log[name].to_numpy()
    return memory


def _last(keys: pa.ChunkedArray) -> Ints:
    """Where each key stands last, in order of the keys' first places."""
    codes = pc.dictionary_encode(keys).combine_chunks() if keys.num_chunks != 1 else pc.dictionary_encode(keys.chunk(0))
    at = codes.indices.to_numpy()
    last = np.zeros(len(codes.dictionary), np.int64)
    np.maximum.at(last, at, np.arange(len(at)))
    return last
