"""笔误 — how one cell goes wrong: names, document numbers, telephones, certificate numbers.

Every function takes the true text and a random stream and returns what was typed.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from renjia.engine.synthetic.columns import one_of
from renjia.engine.synthetic.namelists import BY_EAR, BY_EYE, RARE_STANDS_FOR, TRADITIONAL

_WIDE = {ord(half): ord(half) + 0xFEE0 for half in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"}
_NO_NUMBER = ("无", "不详", "未提供", "0", "111111111111111111", "-")


def _alike(groups: Sequence[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for group in groups:
        for character in group:
            found[character] += [other for other in group if other != character and other not in found[character]]
    return dict(found)


_EAR, _EYE = _alike(BY_EAR), _alike(BY_EYE)
_TRADITIONAL = {pair[0]: pair[1] for pair in TRADITIONAL}


def name_slip(name: str, rng: np.random.Generator) -> str:
    """姓名 — by ear, by eye, traditional, dropped, doubled or swapped characters, blanks; rare ones find no key."""
    if name.isascii():
        return _latin_slip(name, rng)
    if "·" in name:
        return name.replace("·", one_of(rng, ("•", ".", "", "．", " ")))
    for rare, stand_ins in RARE_STANDS_FOR.items():
        if rare in name:
            return name.replace(rare, one_of(rng, (*stand_ins, "?", "□")))
    kind = rng.random()
    if kind < 0.44:
        return _replaced(name, _EAR, rng)
    if kind < 0.57:
        return _replaced(name, _EYE, rng)
    if kind < 0.70:
        return "".join(_TRADITIONAL.get(character, character) for character in name)
    if kind < 0.78 and len(name) > 2:
        place = int(rng.integers(1, len(name)))
        return name[:place] + name[place + 1 :]
    if kind < 0.81:
        return name + name[-1]
    if kind < 0.85 and len(name) > 2:
        return name[:-2] + name[-1] + name[-2]
    if kind < 0.95:
        return name[0] + one_of(rng, (" ", "　")) + name[1:]
    return one_of(rng, (" ", "")) + name + one_of(rng, (" ", "　"))


def _replaced(name: str, alike: dict[str, list[str]], rng: np.random.Generator) -> str:
    places = [place for place, character in enumerate(name) if character in alike]
    given = [place for place in places if place > 0]
    places = given if given and rng.random() < 0.85 else places
    if not places:
        return name
    place = places[int(rng.integers(len(places)))]
    return name[:place] + one_of(rng, alike[name[place]]) + name[place + 1 :]


def _latin_slip(name: str, rng: np.random.Generator) -> str:
    words = name.split(" ")
    kind = int(rng.integers(6))
    if kind == 0:
        return name.title()
    if kind == 1:
        return " ".join(words[1:] + words[:1])
    if kind == 2:
        return f"{words[0]},{' '.join(words[1:])}"
    if kind == 3:
        return name.replace(" ", "")
    if kind == 4:
        return name.translate(_WIDE)
    place = int(rng.integers(1, len(name)))
    return name[:place] + name[place + 1 :]


def spaced(name: str, rng: np.random.Generator) -> str:
    """补空格 — old ward systems pad a two-character name to three places."""
    return f"{name[0]}　{name[1]}" if len(name) == 2 and not name.isascii() else name


def number_slip(number: str, rng: np.random.Generator) -> str:
    """证件号码 — mistyped, transposed, 15-place, last place lost, one too many, full width, or written another way."""
    if len(number) != 18:
        return _document_slip(number, rng)
    kind = rng.random()
    place = int(rng.integers(6, 17)) if rng.random() < 0.8 else int(rng.integers(0, 6))
    if kind < 0.32:
        return number[:place] + _other_digit(number[place], rng) + number[place + 1 :]
    if kind < 0.50:
        return swapped(number, place - 1 if place == 16 else place)
    if kind < 0.60:
        return number[:6] + number[8:17]
    if kind < 0.70:
        return number[:-1]
    if kind < 0.75:
        return number[:place] + number[place] + number[place:]
    if kind < 0.80:
        return number[:place] + number[place + 1 :]
    if kind < 0.87:
        return number.translate(_WIDE)
    if kind < 0.95:
        return _another_way(number, rng)
    return number[:17] + _other_digit(number[17], rng)


def _another_way(number: str, rng: np.random.Generator) -> str:
    return one_of(rng, (
        f"{number[:6]} {number[6:14]} {number[14:]}", f"'{number}", f" {number}", f"{number} ", f"身份证{number}",
        number.lower(),
    ))  # fmt: skip


def _document_slip(number: str, rng: np.random.Generator) -> str:
    place = int(rng.integers(1, len(number)))
    return one_of(rng, (
        number.lower(), f"护照{number}", f"{number[0]} {number[1:]}", number.translate(_WIDE), number[1:],
        number[:place] + _other_digit(number[place], rng) + number[place + 1 :],
    ))  # fmt: skip


def swapped(text: str, place: int) -> str:
    """两位对调 — the character at `place` and the one after it."""
    return text[:place] + text[place + 1] + text[place] + text[place + 2 :]


def _other_digit(digit: str, rng: np.random.Generator) -> str:
    return one_of(rng, [other for other in "0123456789" if other != digit])


def no_number(number: str, rng: np.random.Generator) -> str:
    """没有号码 — an empty cell, or what a form that insists gets."""
    return "" if rng.random() < 0.93 else one_of(rng, _NO_NUMBER)


def phone_slip(phone: str, rng: np.random.Generator) -> str:
    """电话 — a digit wrong, lost or swapped."""
    place = int(rng.integers(3, len(phone) - 1))
    return one_of(rng, (
        phone[:place] + _other_digit(phone[place], rng) + phone[place + 1 :],
        phone[:place] + phone[place + 1 :],
        swapped(phone, place),
    ))  # fmt: skip


def phone_style(phone: str, rng: np.random.Generator) -> str:
    """电话写法 — country code, hyphens, blanks, full width."""
    if phone.startswith("0"):
        return phone.replace("-", one_of(rng, ("", "-", " ")))
    return one_of(rng, (
        f"+86{phone}", f"86-{phone}", f"{phone[:3]}-{phone[3:7]}-{phone[7:]}", f"{phone[:3]} {phone[3:7]} {phone[7:]}",
        phone.translate(_WIDE), f"{phone} ",
    ))  # fmt: skip


def certificate_slip(number: str, rng: np.random.Generator) -> str:
    """证明编号 — a digit wrong or swapped, the letter lost, small or set apart."""
    place = int(rng.integers(4, len(number) - 1))
    return one_of(rng, (
        number[:place] + _other_digit(number[place], rng) + number[place + 1 :],
        swapped(number, place), number[1:], number.lower(), f"{number[0]} {number[1:]}", number.translate(_WIDE),
    ))  # fmt: skip


def address_slip(code: str, rng: np.random.Generator) -> str:
    """住址代码 — only the street, only the district, an unknown place, a neighbourhood that does not exist."""
    if not re.fullmatch(r"\d{12}", code):
        return code
    kind = rng.random()
    if kind < 0.40:
        return code[:9]
    if kind < 0.58:
        return code[:9] + "000"
    if kind < 0.70:
        return code[:6]
    if kind < 0.90:
        return ""
    return code[:9] + one_of(rng, ("099", "999", "101"))
