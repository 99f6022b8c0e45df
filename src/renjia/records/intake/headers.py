"""列名 — the one way two spellings of a column's name are compared."""

import re
import unicodedata
from functools import lru_cache

_BRACKETS = re.compile(r"[(\[【〔{<《]([^)\]】〕}>》]*)[)\]】〕}>》]$")
_WEIGHT = re.compile(r"(.*体重)(kg|g|千克|公斤|克)")
_NOISE = re.compile(r"[\s*#:、,;，。．.'\"`_\-—–/\\|]+|[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+")


@lru_cache(maxsize=65_536)
def plain_header(text: str) -> str:
    """列名归一 — half-width, lower case, without spaces and marks: `＊ 出生体重 （g）` → `出生体重(g)`."""
    flat = unicodedata.normalize("NFKC", text)
    return _NOISE.sub("", flat).lower()


@lru_cache(maxsize=65_536)
def header_and_unit(text: str) -> tuple[str, str]:
    """列名与括注 — `出生体重(g)` → (`出生体重`, `g`); a name without brackets at its end → (name, '')."""
    flat = plain_header(text)
    notes: list[str] = []
    while found := _BRACKETS.search(flat):
        notes.insert(0, found[1])
        flat = flat[: found.start()]
    if found := _WEIGHT.fullmatch(flat):  # 出生体重g: the unit without brackets
        flat = found[1]
        notes.insert(0, found[2])
    return flat, " ".join(notes)
