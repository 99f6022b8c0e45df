"""存储的文件 — the records as they came, kept for good; and what was worked out from them, kept while it fits.

FOLDER/store.json names everything and is replaced last: until then the store is what it was before. `arrivals/` holds one
Parquet file a month (records that came, keys that went), never changed again. `memory-…/` holds the arrays of
`Memory`, each with its checksum; a memory that is damaged, or made by other code, is told so and made again.
"""

import hashlib
import json
import os
import shutil
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from renjia.engine.linkage.parallel import each
from renjia.engine.linkage.store.memory import Memory

_FORM = 1
_ROOT = "store.json"
_GROUPS = ("rows", "entries", "counted", "pairs", "children", "questions")


@dataclass(slots=True)
class Contents:
    """目录 — what store.json says.

    arrivals: of every batch the files and their digests; memory: the folder that fits them and its digest; serial: runs so far;
    serials: last case and delivery number given; decisions: a person's answers that hold.
    """

    arrivals: list[dict[str, dict[str, Any]]] = field(default_factory=list)
    memory: dict[str, str] = field(default_factory=dict)
    serial: int = 0
    serials: dict[str, int] = field(default_factory=dict)
    decisions: list[dict[str, Any]] = field(default_factory=list)


class StoreDamaged(ValueError):
    """存储损坏 — the records themselves cannot be read back."""


def read_contents(folder: Path) -> Contents | None:
    """读目录 — None where there is no store yet; StoreDamaged if it cannot be read."""
    path = folder / _ROOT
    if not path.exists():
        return None
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        if said.pop("form") != _FORM:
            raise ValueError("格式不是这一版的")
        return Contents(**said)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StoreDamaged(
            f"存储「{folder}」的目录 {_ROOT} 读不出来（{error}）；请删去这个文件夹，把全部文件重新对账一次"
        ) from None


def write_contents(folder: Path, contents: Contents) -> None:
    """写目录 — in one step: before it the store is the old one, after it the new one."""
    said = {"form": _FORM, **asdict(contents)}
    draft = folder / (_ROOT + ".new")
    with draft.open("w", encoding="utf-8") as file:
        json.dump(said, file, ensure_ascii=False, indent=1)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(folder / _ROOT)


def write_parquet(folder: Path, name: str, table: pa.Table) -> dict[str, Any]:
    """写一个到达文件 — its entry for the contents; on the disk before the contents name it."""
    (folder / "arrivals").mkdir(exist_ok=True)
    path = folder / "arrivals" / name
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd", compression_level=1)
    data = sink.getvalue()
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    return {"name": name, "rows": table.num_rows, "sha256": hashlib.sha256(data).hexdigest()}


def read_parquet(folder: Path, entry: Mapping[str, Any]) -> pa.Table:
    """读一个到达文件 — StoreDamaged when it is not what was written."""
    path = folder / "arrivals" / str(entry["name"])
    try:
        data = path.read_bytes()
    except OSError as error:
        raise StoreDamaged(_lost(folder, path.name, str(error.strerror))) from None
    if hashlib.sha256(data).hexdigest() != entry["sha256"]:
        raise StoreDamaged(_lost(folder, path.name, "内容与校验值不符"))
    return pq.read_table(pa.BufferReader(data))


def _lost(folder: Path, name: str, why: str) -> str:
    return f"存储「{folder}」中的到达记录 {name} 读不回来（{why}）；请删去这个文件夹，把全部文件重新对账一次"


def write_memory(folder: Path, serial: int, memory: Memory, code: str) -> dict[str, str]:
    """写记忆 — to a new folder that gets its name when it is whole; its entry for the contents."""
    name = f"memory-{serial:06d}"
    draft = folder / f".{name}"
    for path in (draft, folder / name):
        if path.exists():
            shutil.rmtree(path)
    draft.mkdir()
    files = {f"{key}.npy": array for key, array in _arrays(memory).items()}
    files |= {f"{key}.arrow": texts for key, texts in _texts(memory).items()}
    found = each(lambda one: _save(draft / one[0], one[1]), files.items())
    sums = dict(zip(files, found, strict=True))
    said = {"code": code, "sums": sums, "facts": memory.facts}
    text = json.dumps(said, ensure_ascii=False).encode()
    (draft / "memory.json").write_bytes(text)
    draft.rename(folder / name)
    return {"name": name, "sha256": hashlib.sha256(text).hexdigest()}


def read_memory(folder: Path, entry: Mapping[str, str], code: str) -> tuple[Memory | None, str]:
    """读记忆 — and, where it cannot be used, why not (Chinese)."""
    path = folder / entry["name"]
    try:
        text = (path / "memory.json").read_bytes()
        if hashlib.sha256(text).hexdigest() != entry["sha256"]:
            return None, "记忆中的 memory.json 与校验值不符"
        said = json.loads(text)
        if said["code"] != code:
            return None, "记忆由另一版程序写成"
        found = each(lambda one: _load(path / one[0], one[1]), said["sums"].items())
    except Exception as error:  # a damaged file can raise anything
        return None, f"记忆读不出来（{type(error).__name__}）"
    memory = Memory(facts=said["facts"])
    for group in _GROUPS:
        setattr(memory, group, {})
    for file, held in zip(said["sums"], found, strict=True):
        if held is None:
            return None, f"记忆中的 {file} 与校验值不符"
        _put(memory, file.rpartition(".")[0], held)
    return memory, ""


def clear(folder: Path, contents: Contents) -> None:
    """清理 — memories and arrivals the contents do not name: drafts of a run that was cut off, and earlier states."""
    for path in folder.iterdir():
        if path.name.lstrip(".").startswith("memory-") and path.name != contents.memory["name"]:
            shutil.rmtree(path, ignore_errors=True)
    known = {one["name"] for entry in contents.arrivals for one in entry.values()}
    for path in (folder / "arrivals").glob("*.parquet"):
        if path.name not in known:
            path.unlink()


def _arrays(memory: Memory) -> dict[str, Any]:
    found = {f"{group}-{name}": one for group in _GROUPS for name, one in getattr(memory, group).items()}
    return found | {"waiting_rows": memory.waiting_rows}


def _texts(memory: Memory) -> dict[str, pa.StringArray]:
    found = {f"books-{name}": one for name, one in memory.books.items()}
    return found | {"record": memory.record, "reasons": memory.reasons}


def _save(path: Path, held: Any) -> int:
    if path.suffix == ".npy":
        data = np.ascontiguousarray(held)
        np.save(path, data, allow_pickle=False)
        return _sum(data)
    table = pa.table({"text": held})
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
        writer.write_table(table)
    return zlib.crc32(path.read_bytes())


def _sum(data: Any) -> int:
    return zlib.crc32(data.view(np.uint8)) if data.size else 0


def _load(path: Path, total: int) -> Any:
    """What a file holds; None if it is not what was written."""
    if path.suffix == ".npy":
        array = np.load(path, allow_pickle=False)
        return array if _sum(array) == total else None
    data = path.read_bytes()
    if zlib.crc32(data) != total:
        return None
    column = pa.ipc.open_file(pa.py_buffer(data)).read_all()["text"]
    return pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], pa.string())


def _put(memory: Memory, name: str, held: Any) -> None:
    group, _, rest = name.partition("-")
    if rest:
        getattr(memory, group)[rest] = held
    else:
        setattr(memory, name, held)
