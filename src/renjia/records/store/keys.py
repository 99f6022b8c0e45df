"""密钥 — the installation's keys, in a file outside the database."""

import os
from functools import cache
from pathlib import Path

from renjia.engine.sealing import Keys, SealError
from renjia.records.store.databases import home
from renjia.records.store.embedded import StoreError


@cache
def _load(path: Path, mark: Path) -> Keys:
    if not path.exists() and mark.exists():
        # New keys would leave every sealed box closed for ever: say so instead of making them.
        raise StoreError(
            f"密钥文件 {path} 不见了，而数据已用它密封。请从备份取回密钥文件；没有它，姓名、证件号和原件都打不开。"
        )
    try:
        found = Keys.load(path) if path.exists() else Keys.create(path)
    except SealError:
        found = Keys.load(path)  # another process made it a moment ago
    if not mark.exists():
        aside = mark.with_suffix(f".{os.getpid()}.part")
        aside.write_text(found.fingerprint)
        aside.rename(mark)
    if mark.read_text() != found.fingerprint:
        raise StoreError(f"密钥文件 {path} 不是密封现有数据的那一份。请换回原来的密钥文件。")
    return found


def keys() -> Keys:
    """密钥 — made on first use; `RENJIA_KEYS` names another place for the file."""
    path = Path(os.environ.get("RENJIA_KEYS", home() / "keys.json"))
    path.parent.mkdir(parents=True, exist_ok=True)
    home().mkdir(parents=True, exist_ok=True)
    return _load(path, home() / "keys.mark")
