"""证件与电话号码 — numbers well-formed and nobody's.

Division codes are ones no division has (310190–310199 for the district's own people, `PP99nn` elsewhere), mobile
prefixes ones not allotted, land-line numbers begin with 1: check digits hold, yet no number is a living person's.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from renjia.engine.synthetic.columns import Flags, Ints, Texts, texts, weighted

_WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
_CHARACTERS = np.frombuffer(b"10X98765432", dtype=np.uint8)
LOCAL_DIVISIONS = tuple(f"3101{tail}" for tail in range(90, 100))
_PROVINCES = {
    34: 26,
    32: 20,
    41: 11,
    36: 7,
    33: 6,
    42: 6,
    51: 5,
    37: 4,
    43: 4,
    61: 3,
    23: 2,
    22: 2,
    21: 2,
    35: 2,
    44: 2,
}
AWAY_DIVISIONS = tuple(f"{province}99{tail:02d}" for province in _PROVINCES for tail in range(1, 21))
_AWAY_WEIGHTS = np.repeat(np.array(list(_PROVINCES.values()), dtype=np.float64), 20)
HMT_DIVISIONS = ("810000", "820000", "830000")
_MOBILE = ("142", "143", "154", "160", "161", "163", "164", "168")


@lru_cache(maxsize=8)
def _places(codes: tuple[str, ...]) -> Ints:
    return np.array([[int(digit) for digit in code] for code in codes], dtype=np.int64)


def _digits(values: Ints, width: int) -> Ints:
    return np.asarray(values[:, None] // 10 ** np.arange(width - 1, -1, -1) % 10)


def away(rng: np.random.Generator, length: int) -> Ints:
    """外省市区划 — positions in AWAY_DIVISIONS, by where migrants come from."""
    return weighted(rng, _AWAY_WEIGHTS, length)


@dataclass(frozen=True, slots=True)
class NumberRange:
    """号段 — which of several districts (`place`, from 0, of `districts`) numbers are given in: no two share a number.

    Up to MOST districts of up to 200,000 children a year; a single district is place 0 of 1.
    """

    MOST: ClassVar[int] = 776
    place: int = 0
    districts: int = 1

    @property
    def code(self) -> str:
        """区代码 — `310115` for the first; codes no division has for the others."""
        return "310115" if self.place == 0 else f"31{3 + self.place % 97:02d}{self.place // 97 + 1}5"

    @property
    def local(self) -> tuple[str, ...]:
        """本地号码的区划 — ten codes."""
        if self.place == 0:
            return LOCAL_DIVISIONS
        return tuple(f"31{3 + self.place % 97:02d}{9 - self.place // 97}{unit}" for unit in range(10))

    @property
    def away(self) -> tuple[str, ...]:
        """外来号码的区划 — twenty codes a province; 36 districts have codes of their own."""
        city, first = 99 - self.place // 4 % 9, self.place % 4 * 20
        return tuple(f"{province}{city}{first + tail:02d}" for province in _PROVINCES for tail in range(1, 21))

    @property
    def turn(self) -> tuple[int, int]:
        """轮次 — of those who share away codes: which, of how many."""
        return self.place // 36, 1 + (self.districts - 1) // 36

    @property
    def certificates(self) -> tuple[int, int]:
        """证明编号 — the first number, and the first of those issued again."""
        if self.place == 0:
            return 310_000_001, 330_000_001
        return 340_000_001 + self.place * 600_000, 340_300_001 + self.place * 600_000


ALONE = NumberRange()


def citizen_numbers(
    codes: tuple[str, ...], division: Ints, born: Ints, male: Flags, turn: tuple[int, int] = (0, 1)
) -> Texts:
    """十八位号码 — distinct within one call as long as no day of one division has over 499 people of one sex.

    division  positions in `codes`; born  days since 1970; male  odd order number; turn  which, of how many, calls over
    the same codes: they share the 499 among them.
    """
    group = (division * 100_000 + born) * 2 + male
    rows = np.argsort(group, kind="stable")
    ordered = group[rows]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]]) if len(ordered) else np.zeros(0, dtype=np.int64)
    rank = np.empty(len(group), dtype=np.int64)
    rank[rows] = np.arange(len(group)) - np.repeat(starts, np.diff(np.r_[starts, len(group)]))
    place = (rank * turn[1] + turn[0] + group * 7919) % 499  # spread over the day's numbers, and still distinct
    order = place * 2 + np.where(male, 1, 2)
    day = born.astype("datetime64[D]")
    month = day.astype("datetime64[M]").astype(np.int64)
    year = month // 12 + 1970
    in_month = (day - day.astype("datetime64[M]")).astype(np.int64) + 1
    ymd = (year * 100 + month % 12 + 1) * 100 + in_month
    body = np.concatenate([_places(codes)[division], _digits(ymd, 8), _digits(order, 3)], axis=1)
    check = _CHARACTERS[body @ _WEIGHTS % 11]
    return _characters(np.concatenate([(body + 48).astype(np.uint8), check[:, None]], axis=1))


def _characters(codes: npt.NDArray[np.uint8]) -> Texts:
    width = codes.shape[1]
    return texts(np.ascontiguousarray(codes).view(f"S{width}").ravel().astype(f"U{width}").tolist())


def mobile_numbers(rng: np.random.Generator, length: int) -> Texts:
    """手机号码 — eleven digits behind an unallotted prefix."""
    prefix = texts(_MOBILE)[rng.integers(len(_MOBILE), size=length)]
    return np.asarray(prefix + _characters((_digits(rng.integers(10**8, size=length), 8) + 48).astype(np.uint8)))


def landlines(rng: np.random.Generator, length: int) -> Texts:
    """固定电话 — Shanghai's area code and a number no exchange can give."""
    return np.asarray("021-1" + _characters((_digits(rng.integers(10**7, size=length), 7) + 48).astype(np.uint8)))


def passports(rng: np.random.Generator, length: int) -> Texts:
    """护照号码 — a letter and eight digits."""
    letters = texts("EGKTZ")[rng.integers(5, size=length)]
    return np.asarray(letters + _characters((_digits(rng.integers(10**8, size=length), 8) + 48).astype(np.uint8)))


def travel_permits(rng: np.random.Generator, length: int) -> Texts:
    """来往内地通行证 — H or M and eight digits."""
    letters = texts("HM")[rng.integers(2, size=length)]
    return np.asarray(letters + _characters((_digits(rng.integers(10**8, size=length), 8) + 48).astype(np.uint8)))


def certificate_numbers(sequence: Ints) -> Texts:
    """出生医学证明编号 — letter T and nine digits."""
    return np.asarray("T" + _characters((_digits(sequence, 9) + 48).astype(np.uint8)))
