"""程序版本 — a memory is of use only to the code that made it."""

import hashlib
import unicodedata
from functools import cache
from importlib.metadata import version
from pathlib import Path

from renjia.engine import units
from renjia.engine.linkage.ideographs import ideographs

_PACKAGES = ("numpy", "pyarrow", "duckdb", "rapidfuzz", "pypinyin")


@cache
def code_version() -> str:
    """程序版本 — one digest of this room's source, of `engine/units`, and of the libraries whose results are kept."""
    digest = hashlib.sha256(unicodedata.unidata_version.encode())
    for package in _PACKAGES:
        digest.update(f"{package} {version(package)}\n".encode())
    # how characters are numbered in packed texts
    for alphabet in (ideographs().names, ideographs().sounds):
        digest.update(alphabet.points.tobytes())
    for folder in (Path(__file__).parents[1], Path(units.__file__).parent):
        for path in sorted(folder.rglob("*.py")):
            digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]
