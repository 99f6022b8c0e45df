"""比较姓名 — levels of pairs of names, by how they look, how they sound and how many births carry them."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from renjia.engine.linkage.columns import Columns, Names
from renjia.engine.linkage.levels import NameLevel
from renjia.engine.linkage.names import spelled
from renjia.engine.linkage.ordering import distinct
from renjia.engine.linkage.packed import Flags, Ints
from renjia.engine.linkage.parallel import each

Levels: TypeAlias = npt.NDArray[np.uint8]
Floats: TypeAlias = npt.NDArray[np.float64]
# An institution with more than one in so many of the births is large.
LARGE_SHARE = 32


@dataclass(frozen=True, slots=True)
class Rarity:
    """常见程度 — counted over all records; a batch of them must be compared with what all of them say.

    names: NameLevel of two equal names by name code, of mothers, fathers and children; sounds: of two names of one
    sound, by sound code; large: institutions (by code; one entry more, for -1) that report very many births.
    """

    names: tuple[Levels, Levels, Levels]
    sounds: tuple[Levels, Levels, Levels]
    large: Flags


_NONE: Levels = np.zeros(0, np.uint8)
NOT_COUNTED = Rarity((_NONE, _NONE, _NONE), (_NONE, _NONE, _NONE), np.zeros(0, np.bool_))


def rarity(columns: Columns) -> Rarity:
    """数常见程度 — over all records of `columns`."""
    c = columns
    known = c.institution[c.institution >= 0]
    large = np.bincount(known, minlength=int(c.institution.max(initial=-1)) + 2) * LARGE_SHARE > len(known)
    columns_of_names = (c.mother_name, c.father_name, c.baby_name)
    names = each(lambda codes: same_levels(_rare(codes, c.born, len(c.names.sound))), columns_of_names)
    most = int(c.names.sound.max(initial=-1)) + 2
    sounds = each(lambda codes: alike_levels(_rare(c.names.sound[codes], c.born, most)), columns_of_names)
    return Rarity((names[0], names[1], names[2]), (sounds[0], sounds[1], sounds[2]), large)


def _rare(codes: Ints, born: Ints, count: int) -> Floats:
    known = codes >= 0
    births = distinct(codes[known] * (1 << 32) + (born[known] & 0xFFFFFFFF))
    return share_in_bits(np.bincount(births >> 32, minlength=count), len(births))


def share_in_bits(births: Ints, whole: int) -> Floats:
    """少见程度 — -log2 of the share of births that carry a name (pulled towards rare names in small files).

    births: (name, date of birth) pairs counted a name; whole: all such pairs.
    """
    share: Floats = -np.log2((births + 1) / (whole + 500))
    return share


def same_levels(rare: Floats) -> Levels:
    """同名层级 — NameLevel of two equal names of this rarity."""
    return np.select(
        [rare >= 11, rare >= 9, rare >= 7],
        [NameLevel.SAME_RARE, NameLevel.SAME, NameLevel.SAME_COMMON],
        NameLevel.SAME_VERY_COMMON,
    ).astype(np.uint8)


def alike_levels(rare: Floats) -> Levels:
    """同音层级 — NameLevel of two names of one sound of this rarity."""
    bands = [rare >= 10.5, rare >= 8.5]
    return np.select(bands, [NameLevel.SOUND_RARE, NameLevel.SOUND], NameLevel.SOUND_COMMON).astype(np.uint8)


def spelled_out(book: Names, x: Ints, y: Ints, levels: Levels) -> None:
    """拼写相同 — mark, in place, names of which one is Chinese and the other the same in letters, as of one sound."""
    open_ = np.flatnonzero((levels == NameLevel.SCRIPT) | (levels == NameLevel.NEAR))
    two = open_[book.latin[x[open_]] != book.latin[y[open_]]]
    for at, one, other in zip(two.tolist(), book.texts[x[two]], book.texts[y[two]], strict=True):
        if spelled(one) == spelled(other):
            levels[at] = NameLevel.SOUND
