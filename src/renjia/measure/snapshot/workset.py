"""判定库 — one sealed folder a date, put in place whole; opened as an in-memory DuckDB with one view a table.

`<root>/<date>` is a link to a hidden folder `<root>/.<date>.<random>`. A new set is written and synced in a hidden
folder of its own, then the link is exchanged by one rename: readers see the old set or the new one, never a mixture.
"""

import fcntl
import hashlib
import os
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from renjia.engine.sealing import Sealer, SealError
from renjia.engine.sql import connect
from renjia.measure.snapshot.derived import derive, is_derived, repeating
from renjia.measure.snapshot.errors import WorksetError
from renjia.measure.snapshot.tables import TABLES, check_tables

_CONTEXT = "workset"
_MANIFEST = "manifest.sealed"
_ATTEMPTS = 100  # each one more means that a writer finished meanwhile


class Workset:
    """判定库 — `write` a date whole, `open` it for questions, `dates` there are."""

    def __init__(self, root: Path, sealer: Sealer) -> None:
        """判定库所在 — the folder (made when first written) and the sealer of its files."""
        self._root = root
        self._sealer = sealer

    @property
    def version(self) -> str:
        """此刻的版本 — changes whenever any day is written; the key under which figures may be remembered."""
        if not self._root.is_dir():
            return ""
        return "|".join(sorted(f"{p.name}>{p.readlink()}" for p in self._root.iterdir() if p.is_symlink()))

    def write(self, on: date, tables: Mapping[str, pa.Table]) -> Path:
        """存一天 — the tables sealed under `<root>/<on>/`, replacing that date whole; returns the folder.

        Rows are stored sorted by all columns, so that their order tells nothing of how they came in. What questions
        about people would join anew is joined here and stored beside them (`derive`).
        Raises WorksetError for a table or column outside the contract; nothing is then written.
        """
        if not tables:
            raise WorksetError(f"{on} 的判定库没有任何表；请至少写入一张")
        check_tables(tables)
        with self._writing():
            draft = self._root / f".{on}.{secrets.token_hex(6)}"
            draft.mkdir(mode=0o700)
            digests = {}
            for name, plain in _files(tables):
                sealed = self._sealer.seal_bytes(_CONTEXT, f"{on}/{name}", plain)
                digests[name] = hashlib.sha256(sealed).hexdigest()
                _write_synced(draft / _file(name), sealed)
            _write_synced(draft / _MANIFEST, self._sealer.seal(_CONTEXT, f"{on}/manifest", digests))
            _sync_folder(draft)
            self._put_in_place(on, draft)
        return self._root / str(on)

    def dates(self) -> list[date]:
        """各天 — the dates there are, earliest first."""
        if not self._root.is_dir():
            return []
        found = []
        for entry in self._root.iterdir():
            on = _date(entry.name)
            if on is not None and (entry / _MANIFEST).is_file():
                found.append(on)
        return sorted(found)

    def latest(self) -> date | None:
        """最近一天 — the last date there is; None when there is none yet."""
        return max(self.dates(), default=None)

    def folder(self, on: date) -> Path:
        """一天所在 — the folder of its last writing; another writing is another folder."""
        return (self._root / str(on)).resolve()

    def read(self, on: date, *, derived: bool = False) -> dict[str, pa.Table]:
        """取各表 — as written, and what was derived if asked; WorksetError when the date is not there, SealError when a file was changed."""
        return self._tables(on, derived=derived)

    def open(self, on: date) -> duckdb.DuckDBPyConnection:
        """打开一天 — an in-memory DuckDB with one view a table, the derived ones too; the caller closes it."""
        return over(self._tables(on, derived=True))

    def _tables(self, on: date, *, derived: bool) -> dict[str, pa.Table]:
        for attempt in range(_ATTEMPTS):
            folder = self.folder(on)
            try:
                return self._read(on, folder, derived)
            except FileNotFoundError as missing:
                # the set was replaced between two of our reads: the old folder is gone, the new one is whole
                if attempt + 1 < _ATTEMPTS and self.folder(on) != folder:
                    continue
                if (folder / _MANIFEST).is_file():
                    lost = Path(str(missing.filename)).name
                    raise WorksetError(f"{on} 的判定库缺文件 {lost}；请从备份恢复这一天，或重新生成") from None
                break
        held = self.dates()
        near = f"现有 {len(held)} 天，{held[0]} 至 {held[-1]}" if held else "一天也没有"
        raise WorksetError(f"没有 {on} 的判定库（{near}）；请先生成这一天，或改选已有的日期")

    def _read(self, on: date, folder: Path, derived: bool) -> dict[str, pa.Table]:
        digests = self._sealer.open(_CONTEXT, f"{on}/manifest", (folder / _MANIFEST).read_bytes())
        tables = {}
        for name, digest in digests.items():
            if is_derived(name) and not derived:
                continue
            sealed = (folder / _file(name)).read_bytes()
            plain = self._sealer.open_bytes(_CONTEXT, f"{on}/{name}", sealed)
            if hashlib.sha256(sealed).hexdigest() != digest:
                raise SealError(f"{on} 的「{name}」不是这次存下的那一份；未开启，请从备份恢复并告知审计管理员")
            pointed = repeating(pq.read_schema(pa.BufferReader(plain))) if is_derived(name) else None
            tables[name] = pq.read_table(pa.BufferReader(plain), read_dictionary=pointed)
        return tables

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """One writer at a time; what a killed writer left is cleared by the next."""
        self._root.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(self._root / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self._clear()
            yield
            self._clear()
        finally:
            os.close(lock)

    def _put_in_place(self, on: date, draft: Path) -> None:
        place = self._root / str(on)
        if place.is_dir() and not place.is_symlink():  # restored by a tool that follows links
            place.rename(self._root / f".{on}.{secrets.token_hex(6)}")
        link = self._root / f".{on}.{secrets.token_hex(6)}.link"
        link.symlink_to(draft.name)
        link.replace(place)
        _sync_folder(self._root)

    def _clear(self) -> None:
        kept = {entry.resolve() for entry in self._root.iterdir() if _date(entry.name) is not None}
        for entry in self._root.iterdir():
            if not entry.name.startswith(".") or _date(entry.name[1:11]) is None or entry in kept:
                continue
            if entry.is_symlink():
                entry.unlink()
            elif entry.resolve() not in kept:
                shutil.rmtree(entry)


def over(tables: Mapping[str, pa.Table]) -> duckdb.DuckDBPyConnection:
    """打开各表 — an in-memory DuckDB with one view a table; the caller closes it."""
    connection = connect()
    for name, table in tables.items():
        connection.register(name, table)
    return connection


def _file(table: str) -> str:
    return f"{table}.parquet.sealed"


def _date(name: str) -> date | None:
    try:
        return date.fromisoformat(name) if len(name) == 10 else None
    except ValueError:
        return None


def _files(tables: Mapping[str, pa.Table]) -> Iterator[tuple[str, bytes]]:
    """Each table and each derived one as Parquet, by name."""
    for name, table in tables.items():
        columns = TABLES[name].names
        yield name, _parquet(table.select(columns).sort_by([(column, "ascending") for column in columns]))
    for name, table in derive(tables).items():
        yield name, _parquet(table)


def _parquet(table: pa.Table) -> bytes:
    out = pa.BufferOutputStream()
    pq.write_table(table.replace_schema_metadata(None), out, compression="zstd")
    return bytes(out.getvalue().to_pybytes())


def _write_synced(path: Path, data: bytes) -> None:
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
