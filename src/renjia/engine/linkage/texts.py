"""号码与代码 — phone, certificate, document and code texts as they are compared."""

import re
import unicodedata

from renjia.engine.units import Identity

_NOT_DIGIT = re.compile(r"\D+")
_NOT_WORD = re.compile(r"[\W_]+")
_SAME_DIGIT = re.compile(r"(\d)\1{6,}")
# Letters that people type for digits, and back.
_AS_DIGITS = str.maketrans("OQILZ", "00112")


def phone_number(text: str) -> str:
    """电话 — digits without the country prefix; `""` for what cannot be a telephone (too short, one digit repeated)."""
    digits = _NOT_DIGIT.sub("", unicodedata.normalize("NFKC", text))
    digits = re.sub(r"^(?:00)?86(?=1\d{10}$)", "", digits)
    digits = re.sub(r"^0(?=1[3-9]\d{9}$)", "", digits)
    return "" if len(digits) < 7 or _SAME_DIGIT.search(digits) else digits


def certificate_number(text: str) -> str:
    """出生医学证明编号 — upper case, no separators, O read as 0 behind the first place; `""` if too short."""
    plain = _NOT_WORD.sub("", unicodedata.normalize("NFKC", text)).upper()
    if len(plain) < 6 or not plain.isascii() or _SAME_DIGIT.search(plain):
        return ""
    return plain[0] + plain[1:].translate(_AS_DIGITS)


def code_text(text: str) -> str:
    """代码 — upper case, half width, no spaces."""
    return _NOT_WORD.sub("", unicodedata.normalize("NFKC", text)).upper()


def document_number(identity: Identity) -> str:
    """证件比较键 — id15 of a resident number, the number itself of any other document; `""` if there is none.

    A number that is masked or spoilt (科学计数法, Chinese text) compares with nothing.
    """
    if identity.id15:
        return identity.id15
    if identity.kind == "none" or not identity.number.isascii() or not identity.number.isalnum():
        return ""
    if identity.kind == "resident18" and len(identity.number) > 15:
        # a place is spoilt: keep the same fifteen places, so that it is still one edit away from the whole number
        return identity.number[:6] + identity.number[8:17]
    return identity.number if len(identity.number) >= 6 else ""
