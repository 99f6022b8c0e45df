"""受理地 — a place and the places whose standards it inherits: district → city → province → nation."""

from dataclasses import dataclass

from renjia.engine.rules.errors import RuleError
from renjia.engine.units import district_of, is_code, level_of, shortest

NATIONS = ("000000", "100000")


@dataclass(frozen=True, slots=True)
class Place:
    """受理地 — `code` as asked (shortest form); `district`, `city`, `province` are 6-digit codes or `""`.

    chain: codes whose localities apply, the nearest first; the nation is the page itself.
    """

    code: str
    district: str
    city: str
    province: str
    chain: tuple[str, ...]


def place_of(code: str) -> Place:
    """读受理地 — a division code of 6, 9 or 12 digits, or 000000/100000 for the nation; RuleError otherwise."""
    if code in NATIONS:
        return Place("000000", "", "", "", NATIONS)
    if not is_code(code):
        raise RuleError(f"「{code}」不是区划代码；请用 310115 这样的 6 位代码（全国写 000000）")
    found = shortest(code)
    province = found[:2] + "0000"
    level = level_of(found)
    if level == "city":
        city = found
    elif level == "province":
        city = ""
    else:
        city = province if level_of(province) == "city" else found[:4] + "00"
    district = district_of(found)
    chain = tuple(dict.fromkeys(one for one in (district, city, province) if one)) + NATIONS
    return Place(found, district, city, province, chain)


def prefix_of(code: str) -> str:
    """代码开头 — what every code inside the place begins with; `""` for the nation."""
    if code in NATIONS:
        return ""
    return (
        code[:2]
        if code.endswith("0000") and len(code) == 6
        else code[:4]
        if code.endswith("00") and len(code) == 6
        else code
    )
