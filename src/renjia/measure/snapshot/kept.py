"""开着的一天 — the latest day unsealed once, for everybody who asks of it, until it is written again."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa

from renjia.measure.snapshot.workset import Workset, over


class Kept:
    """留着 — the tables of one writing of a day, and the connections over them that nobody uses just now.

    A connection serves one thread at a time and comes back when it is done; one over an older writing is closed instead.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._folder: Path | None = None
        self._tables: Mapping[str, pa.Table] = {}
        self._idle: list[duckdb.DuckDBPyConnection] = []

    @contextmanager
    def opened(self, workset: Workset, on: date) -> Iterator[duckdb.DuckDBPyConnection]:
        """用一个 — a connection over the day as it is now; one that failed in use is not used again."""
        connection, folder = self._taken(workset, on)
        try:
            yield connection
        except BaseException:
            connection.close()
            raise
        with self._lock:
            if folder == self._folder:
                self._idle.append(connection)
                return
        connection.close()

    def _taken(self, workset: Workset, on: date) -> tuple[duckdb.DuckDBPyConnection, Path]:
        with self._lock:
            folder = workset.folder(on)
            if folder != self._folder:
                for old in self._idle:
                    old.close()
                self._folder, self._tables, self._idle = None, {}, []
                self._tables = workset.read(on, derived=True)
                self._folder = folder  # read before the tables: written meanwhile, they are read again next time
            return self._idle.pop() if self._idle else over(self._tables), folder
