"""文件库 — received files, sealed, named by their content; the same content is stored once."""

import os
from hashlib import sha256
from pathlib import Path

from renjia.records.store.databases import home
from renjia.records.store.keys import keys

_CONTEXT = "files"


def digest_of(data: bytes) -> str:
    """内容摘要 — SHA-256, hex."""
    return sha256(data).hexdigest()


def _path(digest: str) -> Path:
    return home() / "files" / digest[:2] / f"{digest}.sealed"


def keep(data: bytes) -> str:
    """存件 — seals and stores; returns the digest. Whole or not at all: written aside, synced, renamed."""
    digest = digest_of(data)
    path = _path(digest)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        aside = path.with_suffix(f".{os.getpid()}.part")
        with aside.open("wb") as file:
            file.write(keys().sealer(_CONTEXT).seal_bytes(_CONTEXT, digest, data))
            file.flush()
            os.fsync(file.fileno())
        aside.rename(path)
    return digest


def fetch(digest: str) -> bytes:
    """取件 — the file as received."""
    return keys().sealer(_CONTEXT).open_bytes(_CONTEXT, digest, _path(digest).read_bytes())


def forget(digest: str) -> None:
    """删件 — for files refused because they hold what must not be held."""
    _path(digest).unlink(missing_ok=True)
