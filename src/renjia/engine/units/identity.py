"""证件号码 — identity numbers: what kind, is it whole, and what it says of birth, sex and division.

GB 11643-1999 with the check character of ISO 7064 MOD 11-2; residence permits of Hong Kong, Macao and Taiwan
residents (81, 82, 83) and the foreign permanent resident's card of 2023 (9) share the eighteen-place build.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from renjia.engine.units.divisions import PROVINCES

RESIDENT18 = "resident18"
RESIDENT15 = "resident15"
HMT_RESIDENCE = "hmt_residence"
FOREIGN_PERMANENT = "foreign_permanent"
PASSPORT = "passport"
OTHER = "other"
NONE = "none"

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHARACTERS = "10X98765432"
_EARLIEST = 1850  # nobody born before is alive; a smaller year is a slip of the pen

_LABEL = re.compile(r"^(?:公民身份号码|(?:居民)?身份证(?:号码?)?|证件号码?|护照(?:号码?)?):?|\((?:护照|身份证)\)$")
_SEPARATORS = re.compile(r"[\s'’‘`\"·・_—–\-\u200b-\u200f\ufeff]+")
_ABSENT = frozenset(("", *"无 没有 不详 未知 未提供 暂无 待补 未办理 NULL NONE NA N/A /".split()))
_PLACEHOLDER = re.compile(r"(\d)\1{5,}X?")
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?E\+?\d+")
_FOREIGN_OLD = re.compile(r"[A-Z]{3}\d{12}")  # country letters, place, yymmdd, order, check
_TRAVEL_PERMIT = re.compile(r"[HM]\d{8}(?:\d{2})?|\d{8}(?:\d{2})?")  # 来往内地通行证, 台胞证
_PASSPORT = re.compile(r"(?=.*\d)[A-Z0-9]{6,12}")


@dataclass(frozen=True, slots=True)
class Identity:
    """证件号码 — one number as read. Texts are `""`, `birth` is None, where the number does not say.

    kind    resident18, resident15, hmt_residence, foreign_permanent, passport, other or none
    number  normalised (half-width, upper case, without separators)
    id15    key shared by the 18-place, the 15-place and the lost-last-place form of one number
    sex     '1' male, '2' female
    valid   the number is whole; always with `reason` (Chinese) when it is not
    """

    kind: str
    number: str
    id15: str = ""
    birth: date | None = None
    sex: str = ""
    division: str = ""
    valid: bool = True
    reason: str = ""


def check_character(body: str) -> str:
    """校验码 — the eighteenth place for the seventeen digits before it (ISO 7064 MOD 11-2)."""
    if len(body) != 17 or not (body.isascii() and body.isdigit()):
        raise ValueError(f"本体码「{body}」应是 17 位数字")
    return _CHARACTERS[sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, body, strict=True)) % 11]


def parse_identity(text: str) -> Identity:
    """读证件号码 — never raises; what cannot be read comes back with `valid` false and a Chinese reason."""
    number = _normal(text)
    if number in _ABSENT:
        return Identity(NONE, "", valid=False, reason="没有证件号码")
    if _PLACEHOLDER.fullmatch(number):
        return Identity(NONE, number, valid=False, reason="同一数字重复，是占位号码，不是证件号码")
    if _SCIENTIFIC.fullmatch(number):
        return Identity(OTHER, number, valid=False, reason="号码成了科学计数法，末几位已丢失；请把该列设为文本再填")
    if "*" in number:
        return Identity(OTHER, number, valid=False, reason="号码已遮盖，请提供完整号码")
    if not number.isascii():
        return Identity(OTHER, number, valid=False, reason="号码中有汉字或其他符号，请只填号码")
    if _FOREIGN_OLD.fullmatch(number):
        return Identity(FOREIGN_PERMANENT, number)
    if len(number) in (15, 16, 17, 18, 19) and sum(place.isdigit() for place in number) >= len(number) - 2:
        return _citizen(number)
    if _TRAVEL_PERMIT.fullmatch(number):
        return Identity(OTHER, number)
    if _PASSPORT.fullmatch(number):
        return Identity(PASSPORT, number)
    return Identity(OTHER, number, valid=False, reason=f"长度 {len(number)} 位，不像身份证、居住证、护照或通行证号码")


def _normal(text: str) -> str:
    flat = _SEPARATORS.sub("", unicodedata.normalize("NFKC", text)).upper()
    return _LABEL.sub("", flat).replace("×", "X").replace("Χ", "X").replace("Х", "X")


def _citizen(number: str) -> Identity:
    """A number built as GB 11643 says, or meant to be."""
    kind = RESIDENT15 if len(number) == 15 else _kind18(number)
    for place, character in enumerate(number, 1):
        if not character.isdigit() and not (character == "X" and place == 18):
            return Identity(kind, number, valid=False, reason=f"第 {place} 位「{character}」不是数字")
    if len(number) not in (15, 17, 18):
        return Identity(kind, number, valid=False, reason=f"共 {len(number)} 位，居民身份证号码应是 18 位")
    century = "19" if len(number) == 15 else number[6:8]
    body = number if len(number) == 15 else number[:6] + number[8:17]
    read = {
        "id15": body,
        "sex": "1" if int(body[14]) % 2 else "2",
        "division": "" if kind == FOREIGN_PERMANENT else number[:6],
    }
    birth = _date(century + body[6:12])
    reason = _fault(number, kind, birth, century + body[6:12])
    return Identity(kind, number, birth=birth, valid=not reason, reason=reason, **read)


def _kind18(number: str) -> str:
    if number[0] == "9":
        return FOREIGN_PERMANENT
    return HMT_RESIDENCE if number[:2] in ("81", "82", "83") else RESIDENT18


def _fault(number: str, kind: str, birth: date | None, born: str) -> str:
    if len(number) == 17:
        return "只有 17 位，末位丢失；请核对原证件补全"
    province = number[1:3] if kind == FOREIGN_PERMANENT else number[:2]
    if province not in PROVINCES and kind != HMT_RESIDENCE:
        return f"开头「{province}」不是省级区划代码"
    if birth is None:
        return f"出生日期码「{born}」不是日期"
    if len(number) == 18 and check_character(number[:17]) != number[17]:
        return "校验码不符，至少有一位抄错"
    return ""


def _date(digits: str) -> date | None:
    try:
        day = date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return None
    return day if day.year >= _EARLIEST else None
