"""自检 — the cipher and the digest answer the vectors printed in the national standards, before any key is used."""

from functools import cache

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import SM4
from cryptography.hazmat.primitives.ciphers.modes import ECB, GCM
from cryptography.hazmat.primitives.hashes import SM3, Hash
from cryptography.hazmat.primitives.hmac import HMAC

from renjia.engine.sealing.errors import SealError

_KEY = bytes.fromhex("0123456789abcdeffedcba9876543210")


def _sm4() -> bytes:
    return Cipher(SM4(_KEY), ECB()).encryptor().update(_KEY)


def _sm4_gcm() -> bytes:
    encryptor = Cipher(SM4(_KEY), GCM(bytes.fromhex("00001234567800000000abcd"))).encryptor()
    encryptor.authenticate_additional_data(bytes.fromhex("feedfacedeadbeeffeedfacedeadbeefabaddad2"))
    plain = b"".join(bytes.fromhex(place * 2) * 8 for place in "abcdefea")
    return encryptor.update(plain) + encryptor.finalize() + encryptor.tag


def _sm3(message: bytes) -> bytes:
    digest = Hash(SM3())
    digest.update(message)
    return digest.finalize()


def _hmac_sm3() -> bytes:
    mac = HMAC(bytes(range(1, 33)), SM3())
    mac.update(b"".join(bytes(range(first, first + 4)) for first in range(0x61, 0x6F)) * 2)
    return mac.finalize()


_VECTORS = (
    ("GB/T 32907-2016 附录 A（SM4）", _sm4, "681edf34d206965e86b3e94f536e4246"),
    (
        "RFC 8998 附录 A.1（SM4-GCM）",
        _sm4_gcm,
        "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735"
        "d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d"
        "83de3541e4c2b58177e065a9bf7b62ec",
    ),
    (
        "GB/T 32905-2016 附录 A（SM3）一",
        lambda: _sm3(b"abc"),
        "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0",
    ),
    (
        "GB/T 32905-2016 附录 A（SM3）二",
        lambda: _sm3(b"abcd" * 16),
        "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732",
    ),
    (
        "GM/T 0042-2015 附录 D（HMAC-SM3）",
        _hmac_sm3,
        "ca05e144ed05d1857840d1f318a4a8669e559fc8391f414485bfdf7bb408963a",
    ),
)


@cache
def self_test() -> None:
    """自检 — once a process; raises SealError naming the standard whose vector does not come out."""
    for standard, compute, expected in _VECTORS:
        try:
            answer = compute().hex()
        except UnsupportedAlgorithm as missing:
            raise SealError(f"本机密码库不支持 {standard}：{missing}；请换用带国密算法的 OpenSSL") from missing
        if answer != expected:
            raise SealError(f"密码自检不通过：{standard} 的结果不符；不能封存，也不能开启任何数据")
