"""姓名 — drawing surnames and given names with the skew of life."""

from __future__ import annotations

import re
import string

import numpy as np

from renjia.engine.synthetic.columns import Flags, Ints, Texts, blank, happens, texts, weighted, zipf
from renjia.engine.synthetic.namelists import (
    BABY_FIRST,
    BABY_POPULAR,
    BOY_LAST,
    FOREIGN_WOMEN,
    GIRL_LAST,
    HMT_GIVEN,
    HMT_SURNAMES,
    MEN_FIRST,
    MEN_LAST,
    MEN_POPULAR,
    RARE,
    SURNAMES,
    UYGHUR_FATHER,
    UYGHUR_GIVEN,
    WOMEN_FIRST,
    WOMEN_LAST,
    WOMEN_POPULAR,
)

_SURNAME = [word.rstrip(string.digits) for word in SURNAMES]
_SURNAME_TEXTS = texts(_SURNAME)
_SURNAME_WEIGHTS = np.array([float(word.removeprefix(name)) for word, name in zip(SURNAMES, _SURNAME, strict=True)])
COMPOUND = frozenset(name for name in _SURNAME if len(name) == 2)

_GRAMMAR = {  # popular whole names, first characters, last characters, share popular, share of one character
    "woman": (WOMEN_POPULAR, WOMEN_FIRST, WOMEN_LAST, 0.30, 0.06),
    "man": (MEN_POPULAR, MEN_FIRST, MEN_LAST, 0.34, 0.06),
    "girl": (BABY_POPULAR, BABY_FIRST, GIRL_LAST, 0.14, 0.05),
    "boy": (BABY_POPULAR, BABY_FIRST, BOY_LAST, 0.14, 0.05),
}
_RARE_SHARE = 0.008


def surnames(rng: np.random.Generator, length: int) -> Texts:
    """姓 — drawn by frequency."""
    return np.asarray(_SURNAME_TEXTS[weighted(rng, _SURNAME_WEIGHTS, length)])


def given_names(rng: np.random.Generator, length: int, kind: str) -> Texts:
    """名 — for `kind` woman, man, girl or boy: a popular name, or one or two characters of that generation."""
    popular, first, last, share_popular, share_single = _GRAMMAR[kind]
    firsts, lasts = texts(first), texts(last)
    ends = lasts[weighted(rng, zipf(len(lasts), 0.6), length)]
    rare = happens(rng, _RARE_SHARE, length)
    ends[rare] = texts(RARE)[rng.integers(len(RARE), size=int(rare.sum()))]
    starts = firsts[weighted(rng, zipf(len(firsts), 0.6), length)]
    starts[happens(rng, share_single, length)] = ""
    names = starts + ends
    head = happens(rng, share_popular, length) & ~rare
    names[head] = texts(popular)[weighted(rng, zipf(len(popular)), int(head.sum()))]
    return np.asarray(names)


def uyghur_names(rng: np.random.Generator, length: int) -> Texts:
    """维吾尔族姓名 — given name, dot, father's name."""
    given, father = texts(UYGHUR_GIVEN), texts(UYGHUR_FATHER)
    return np.asarray(
        given[rng.integers(len(given), size=length)] + "·" + father[rng.integers(len(father), size=length)]
    )


def foreign_names(rng: np.random.Generator, length: int) -> Texts:
    """外籍姓名 — as a passport prints them: SURNAME GIVEN."""
    whole = texts(f"{surname} {given}" for surname, given in FOREIGN_WOMEN)
    return np.asarray(whole[rng.integers(len(whole), size=length)])


def hmt_names(rng: np.random.Generator, length: int) -> Texts:
    """港澳台姓名 — in traditional characters."""
    surname, given = texts(HMT_SURNAMES), texts(HMT_GIVEN)
    return np.asarray(surname[rng.integers(len(surname), size=length)] + given[rng.integers(len(given), size=length)])


def surname_of(name: str) -> str:
    """取姓 — two characters for a compound surname, one otherwise; a Latin or dotted name is its first word."""
    if "·" in name or name.isascii():
        return re.split(r"[· ]", name)[0]
    return name[:2] if name[:2] in COMPOUND else name[:1]


def babies(rng: np.random.Generator, surname: Texts, male: Flags, delivery: Ints) -> Texts:
    """新生儿姓名 — twins often share the first character of the given name; `delivery` groups them, in order."""
    given = blank(len(surname))
    for kind, these in (("boy", male), ("girl", ~male)):
        given[these] = given_names(rng, int(these.sum()), kind)
    for row in np.flatnonzero(delivery[1:] == delivery[:-1]) + 1:
        elder = given[row - 1]
        if rng.random() < 0.6 and len(elder) == 2:
            given[row] = elder[0] + given[row][-1]
        if given[row] == elder:
            ends = BOY_LAST if male[row] else GIRL_LAST
            given[row] = elder[0] + ends[(ends.find(elder[-1]) + 1) % len(ends)]
    return np.asarray(surname + given)
