"""判定库的读写 — where this installation's working set lies; figures are computed from its latest day, and only from it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date

import duckdb
import pyarrow as pa

from renjia.measure.snapshot.kept import Kept
from renjia.measure.snapshot.workset import Workset
from renjia.records.store.databases import home
from renjia.records.store.keys import keys

_latest = Kept()


def workset() -> Workset:
    """本系统的判定库。"""
    return Workset(home() / "workset", keys().sealer("workset"))


def write_workset(*, on: date, tables: Mapping[str, pa.Table]) -> None:
    """存一天 — replaces that day whole."""
    workset().write(on, tables)


@contextmanager
def opened(on: date | None = None) -> Iterator[duckdb.DuckDBPyConnection | None]:
    """打开一天，默认最近一天 — None while there is none yet. The latest day is kept unsealed between questions; the caller closes nothing."""
    held = workset()
    latest = held.latest()
    day = on or latest
    if day is None:
        yield None
        return
    with _latest.opened(held, day) if day == latest else held.open(day) as connection:
        yield connection
