"""区划代码 — administrative division codes: GB/T 2260 (6 digits) + street (3) + neighbourhood (3).

The 12-digit statistical form pads with zeros (`310115001000` is the street `310115001`); it is read, never written.
"""

from __future__ import annotations

import re

PROVINCES = frozenset(
    "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82".split()
)
_MUNICIPALITIES = frozenset(("11", "12", "31", "50"))
_CODE = re.compile(r"[0-9]{6}(?:[0-9]{3}){0,2}", re.ASCII)


def is_code(code: str) -> bool:
    """是否区划代码 — 6, 9 or 12 ASCII digits below a known province."""
    return _CODE.fullmatch(code) is not None and code[:2] in PROVINCES


def shortest(code: str) -> str:
    """最短写法 — the code without the zero padding of the 12-digit form; `""` if it is no code."""
    if not is_code(code):
        return ""
    while len(code) > 6 and code.endswith("000"):
        code = code[:-3]
    return code


def level_of(code: str) -> str:
    """级别 — province, city, district, street or neighbourhood; `""` if it is no code.

    A municipality (310000) is a city, as is a prefecture (360700).
    """
    code = shortest(code)
    if len(code) == 12:
        # a neighbourhood below street 000 hangs on nothing
        return "" if code[6:9] == "000" else "neighbourhood"
    if len(code) == 9:
        return "street"
    if not code:
        return ""
    if code.endswith("0000"):
        return "city" if code[:2] in _MUNICIPALITIES else "province"
    return "city" if code.endswith("00") else "district"


def street_of(code: str) -> str:
    """所属街镇 — the 9-digit street a street or neighbourhood code lies in; `""` for anything above or no code."""
    return shortest(code)[:9] if level_of(code) in ("street", "neighbourhood") else ""


def district_of(code: str) -> str:
    """所属区县 — the 6-digit district a district, street or neighbourhood code lies in; else `""`."""
    return code[:6] if level_of(code) in ("district", "street", "neighbourhood") else ""
