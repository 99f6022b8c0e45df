"""密钥 — the root keys in a file only its owner may read, outside the database; working keys are derived from them."""

import json
import os
import secrets
import stat
import tempfile
from pathlib import Path
from typing import Self

from cryptography.hazmat.primitives.hashes import SM3, Hash
from cryptography.hazmat.primitives.hmac import HMAC

from renjia.engine.sealing.blind import BlindIndex
from renjia.engine.sealing.boxes import Sealer
from renjia.engine.sealing.errors import SealError
from renjia.engine.sealing.selftest import self_test

_FORMAT = "renjia-keys-1"
_ROOT = 32


class Keys:
    """密钥 — roots by version; `sealer(purpose)` and `index(kind)` hand out what is derived from them.

    One working key a purpose and version (HMAC-SM3 of its name under the root), so a new purpose needs no new file.
    The index root has no versions: rotating it means a second column, not a second key.
    """

    __slots__ = ("_index", "_roots")

    def __init__(self, roots: dict[int, bytes], index: bytes) -> None:
        """密钥 — use `create` or `load`."""
        self_test()
        self._roots = roots
        self._index = index

    @classmethod
    def create(cls, path: Path) -> Self:
        """新建密钥文件 — random, readable by its owner only (0600); never over an existing file."""
        keys = cls({1: secrets.token_bytes(_ROOT)}, secrets.token_bytes(_ROOT))
        # written whole and then linked into place: a kill never leaves half a file, two starters never two sets of keys
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle, draft = tempfile.mkstemp(prefix=".keys-", dir=path.parent)
        except OSError as refused:
            raise SealError(f"密钥文件夹 {path.parent} 写不进去：{refused}；请核对运行账户的权限") from None
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(keys._written())
                file.flush()
                os.fsync(file.fileno())
            os.link(draft, path)
        except FileExistsError:
            raise SealError(f"{path} 已有密钥文件；覆盖它会使已封存的数据再也打不开，请另选路径或先移走它") from None
        finally:
            os.unlink(draft)
        return keys

    @classmethod
    def load(cls, path: Path) -> Self:
        """读密钥文件 — SealError, teaching, when it is missing, readable by others, or damaged."""
        try:
            mode = stat.S_IMODE(path.stat().st_mode)
            text = path.read_text(encoding="utf-8")
        except FileNotFoundError:
            raise SealError(f"没有密钥文件 {path}；初次安装会自动新建，迁移或恢复时请把原文件放回此处") from None
        except (OSError, UnicodeDecodeError) as refused:
            raise SealError(f"密钥文件 {path} 读不出来：{refused}；请核对文件和运行账户的权限") from None
        if mode & 0o077:
            raise SealError(f"密钥文件 {path} 的权限是 {mode:04o}，别人也能读；请运行 chmod 600 {path}，并考虑更换密钥")
        try:
            held = json.loads(text)
            roots = {int(version): bytes.fromhex(root) for version, root in held["roots"].items()}
            keys = cls(roots, bytes.fromhex(held["index"]))
            sound = held["format"] == _FORMAT and keys._whole() and held["check"] == keys.fingerprint
        except (ValueError, KeyError, TypeError, AttributeError):
            sound = False
        if not sound:
            raise SealError(f"密钥文件 {path} 已损坏或不是密钥文件；请从密钥备份恢复，不要手工修改")
        return keys

    @property
    def fingerprint(self) -> str:
        """指纹 — 16 hex digits that name these keys and tell nothing of them; store it beside the data they seal."""
        digest = Hash(SM3())
        digest.update(b"fingerprint|" + self._index)
        for version, root in sorted(self._roots.items()):
            digest.update(version.to_bytes(4, "big") + root)
        return digest.finalize()[:8].hex()

    def sealer(self, purpose: str) -> Sealer:
        """取封存 — the sealer of one purpose or field class."""
        return Sealer(
            purpose,
            {version: _derived(root, f"seal|{version}|{purpose}")[:16] for version, root in self._roots.items()},
        )

    def index(self, kind: str) -> BlindIndex:
        """取盲索引 — the blind index of one kind of number."""
        return BlindIndex(_derived(self._index, f"index|{kind}"))

    def __repr__(self) -> str:
        """写法 — names the keys without showing them."""
        return f"<Keys {self.fingerprint}>"

    def _whole(self) -> bool:
        return (
            bool(self._roots)
            and len(self._index) == _ROOT
            and all(1 <= version <= 255 and len(root) == _ROOT for version, root in self._roots.items())
        )

    def _written(self) -> str:
        held = {
            "format": _FORMAT,
            "roots": {str(version): root.hex() for version, root in self._roots.items()},
            "index": self._index.hex(),
            "check": self.fingerprint,
        }
        return json.dumps(held, indent=1) + "\n"


def _derived(root: bytes, name: str) -> bytes:
    mac = HMAC(root, SM3())
    mac.update(name.encode())
    return mac.finalize()
