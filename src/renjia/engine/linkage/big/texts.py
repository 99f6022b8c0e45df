"""指纹 — codes of texts that mean the same in every batch and on every machine.

Inside one batch a code is a place in a dictionary; across batches two places say nothing. A packed text (`packed`) is its
own code. Every other text, and every sound, has a fingerprint: equal texts have equal ones, and of n distinct texts any
two meet by chance with odds of n² / 2^64 (a million of them: one in 18 million). A chance meeting only makes a
pair to compare that need not have been: comparisons read the texts themselves.
"""

import hashlib
from collections.abc import Sequence
from functools import cache, lru_cache

import numpy as np
import numpy.typing as npt

from renjia.engine.linkage.characters import syllable
from renjia.engine.linkage.ideographs import FIRST, LAST
from renjia.engine.linkage.packed import DIGITS, MISSING, ODD, Ints, Packed

_Words = npt.NDArray[np.uint64]
# Constants of the SplitMix64 generator (public domain).
_STEP = 0x9E3779B97F4A7C15
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_TAIL = 6
_WITH_TAIL = 8


def fingerprints(texts: Sequence[str]) -> Ints:
    """指纹 — one code a text, never negative."""
    return np.array([_fingerprint(text) for text in texts], np.int64)


def _fingerprint(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little") >> 1


def codes(texts: Packed) -> Ints:
    """码 — of a dictionary's texts: the packed value, below zero a fingerprint of one that could not be packed."""
    found = texts.values.copy()
    odd = texts.odd()
    found[odd] = -2 - (fingerprints(texts[odd].tolist()) >> 1)
    return found


def sounds(names: Packed) -> Ints:
    """音码 — equal for names that sound alike, never negative."""
    alphabet = names.alphabet
    packed = np.maximum(names.values, MISSING)
    total = alphabet.lengths(packed).astype(np.uint64)
    spoken = _spoken_symbols()
    for place in range(alphabet.width):
        symbol = alphabet.place(packed, place)
        total += np.where(symbol > 0, _mixed(spoken + _step(place))[symbol], np.uint64(0))
    for at, text in zip(names.odd().tolist(), names[names.odd()], strict=True):
        words = np.array([_spoken(character) for character in text], np.uint64)
        steps = np.array([_step(place) for place in range(len(text))], np.uint64)
        total[at] = np.uint64(len(text)) + _mixed(words + steps).sum()
    return (_mixed(total) >> np.uint64(1)).astype(np.int64)


def tails(numbers: Packed) -> Ints:
    """末六位 — code of the last six places of numbers that have at least eight, else -1."""
    packed = np.maximum(numbers.values, MISSING)
    sizes = DIGITS.lengths(packed)
    found = np.where(sizes >= _WITH_TAIL, (packed >> DIGITS.bits * (DIGITS.width - sizes)) & 0xFFFFFF, -1)
    for at, text in zip(numbers.odd().tolist(), numbers[numbers.odd()], strict=True):
        if len(text) >= _WITH_TAIL:
            end = DIGITS.pack(text[-_TAIL:])
            # above every packed tail, so that letters never meet digits
            found[at] = (
                (_fingerprint(text[-_TAIL:]) | 1 << 62) if end == ODD else end >> DIGITS.bits * (DIGITS.width - _TAIL)
            )
    return found


@lru_cache(maxsize=1)
def _spoken_symbols() -> _Words:
    """Word of the sound of each symbol of a packed name."""
    return np.array([0, *(_spoken(chr(point)) for point in range(FIRST, LAST + 1))], np.uint64)


@cache
def _spoken(character: str) -> int:
    said = syllable(character)
    # marked, so that 啊 and the letter a stay apart
    return _fingerprint(character if said == character else "·" + said)


def _step(place: int) -> np.uint64:
    return np.uint64((place + 1) * _STEP % (1 << 64))


def _mixed(words: _Words) -> _Words:
    words = (words ^ (words >> np.uint64(30))) * _FIRST
    words = (words ^ (words >> np.uint64(27))) * _SECOND
    return words ^ (words >> np.uint64(31))
