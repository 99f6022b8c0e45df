"""封存盒 — one SM4-GCM box a row or a file, bound to where it lies: `version | nonce | ciphertext | tag`."""

import json
import os
from collections.abc import Mapping, Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import SM4
from cryptography.hazmat.primitives.ciphers.modes import GCM

from renjia.engine.sealing.errors import SealError

_NONCE = 12
_TAG = 16
_OVERHEAD = 1 + _NONCE + _TAG
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class Sealer:
    """封存 — seals and opens for one purpose; new boxes use the newest key version, old ones open with their own.

    A box opens only with the `context` (table or field class, without `|`) and the `row` it was sealed for:
    moved to another row, or with one bit changed, it is refused.
    """

    def __init__(self, purpose: str, keys: Mapping[int, bytes]) -> None:
        """某用途的封存 — `keys` are 16-byte SM4 keys by version (1–255); use `Keys.sealer` to get one."""
        self._purpose = purpose
        self._ciphers = {version: SM4(key) for version, key in keys.items()}
        self._active = max(keys)

    def seal(self, context: str, row: str, fields: Mapping[str, str]) -> bytes:
        """封存一行 — its fields as one box."""
        return self.seal_many(context, [row], [fields])[0]

    def open(self, context: str, row: str, box: bytes) -> dict[str, str]:
        """开启一行 — its fields; SealError if the box is another row's or was changed."""
        return _fields(context, row, self.open_bytes(context, row, box))

    def seal_many(self, context: str, rows: Sequence[str], fields: Sequence[Mapping[str, str]]) -> list[bytes]:
        """封存多行 — one box a row, in order."""
        if len(rows) != len(fields):
            raise SealError(f"要封存的行号 {len(rows)} 个、内容 {len(fields)} 行，数目不符")
        nonces = os.urandom(_NONCE * len(rows))
        return [
            self._seal(context, row, _encode(_texts(row, values)).encode(), nonces[at * _NONCE : (at + 1) * _NONCE])
            for at, (row, values) in enumerate(zip(rows, fields, strict=True))
        ]

    def open_many(self, context: str, rows: Sequence[str], boxes: Sequence[bytes]) -> list[dict[str, str]]:
        """开启多行 — their fields, in order; the first box that is refused stops all."""
        if len(rows) != len(boxes):
            raise SealError(f"要开启的行号 {len(rows)} 个、封存盒 {len(boxes)} 个，数目不符")
        return [self.open(context, row, box) for row, box in zip(rows, boxes, strict=True)]

    def seal_bytes(self, context: str, row: str, data: bytes) -> bytes:
        """封存文件 — any bytes (a received file, a Parquet) as one box."""
        return self._seal(context, row, data, os.urandom(_NONCE))

    def open_bytes(self, context: str, row: str, box: bytes) -> bytes:
        """开启文件 — the bytes; SealError if the box is another's or was changed."""
        if len(box) < _OVERHEAD:
            raise SealError(f"{context} 的 {row}：封存盒只有 {len(box)} 字节，已残缺；请从备份恢复这一行")
        version = box[0]
        cipher = self._ciphers.get(version)
        if cipher is None:
            raise SealError(f"{context} 的 {row}：封存用的是第 {version} 版密钥，密钥文件里没有；请换回原来的密钥文件")
        decryptor = Cipher(cipher, GCM(box[1 : 1 + _NONCE], box[-_TAG:])).decryptor()
        decryptor.authenticate_additional_data(_bound(context, row, version))
        try:
            return decryptor.update(box[1 + _NONCE : -_TAG]) + decryptor.finalize()
        except InvalidTag:
            raise SealError(
                f"{context} 的 {row}：封存盒不属于这一行、用途不是「{self._purpose}」，或内容已被改动；"
                "未开启，请核对密钥文件并告知审计管理员"
            ) from None

    def _seal(self, context: str, row: str, plain: bytes, nonce: bytes) -> bytes:
        version = self._active
        encryptor = Cipher(self._ciphers[version], GCM(nonce)).encryptor()
        encryptor.authenticate_additional_data(_bound(context, row, version))
        sealed = encryptor.update(plain) + encryptor.finalize()
        return b"".join((version.to_bytes(1, "big"), nonce, sealed, encryptor.tag))


def _bound(context: str, row: str, version: int) -> bytes:
    # the row may hold a bar, so the context may not: the text then splits in one way only
    if "|" in context:
        raise SealError(f"封存位置「{context}」里不能有竖线")
    return f"{context}|{row}|{version}".encode()


def _texts(row: str, fields: Mapping[str, str]) -> dict[str, str]:
    for name, value in fields.items():
        if type(value) is not str:
            raise SealError(f"{row} 的「{name}」是 {type(value).__name__}，封存只收文字；请先转成文字")
    return dict(fields)


def _fields(context: str, row: str, plain: bytes) -> dict[str, str]:
    try:
        fields = json.loads(plain)
    except ValueError:
        fields = None
    if not isinstance(fields, dict):
        raise SealError(f"{context} 的 {row}：盒里是文件，不是一行字段；请用开启文件的方法")
    return fields
