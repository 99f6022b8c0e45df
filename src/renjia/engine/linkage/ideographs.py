"""字表 — what single characters are, as tables, so that names of whole columns are read at once.

Built once from the readers of single characters (`names.canonical`, `characters.sound`), which say what is meant.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from renjia.engine.linkage import names
from renjia.engine.linkage.characters import is_chinese, sound
from renjia.engine.linkage.packed import Alphabet, Flags, Ints

# Extension A and the main block: what three bytes hold and names are written with.
FIRST, LAST = 0x3400, 0x9FFF
_BITS, _WIDTH = 15, 4
# A symbol that stands for any character no label has a meaning for.
PLAIN = 255


@dataclass(frozen=True, slots=True)
class Ideographs:
    """字表 — alphabets of names and of sounds, and by symbol of a name:

    simplified  symbol of the character as names are written (by code point from FIRST; 0: not in a plain name)
    sound       symbol of its sound;  chinese: whether it has a reading;  said: its number among the characters that
                labels of unnamed infants are made of, PLAIN where it is none of them;  suspect: it alone makes a
                text a possible label;  no_name: packed texts that say there is no name
    """

    names: Alphabet
    sounds: Alphabet
    simplified: Ints
    sound: Ints
    chinese: Flags
    said: Ints
    suspect: Flags
    no_name: Ints


@lru_cache(maxsize=1)
def ideographs() -> Ideographs:
    """字表（只造一次）."""
    characters = [chr(point) for point in range(FIRST, LAST + 1)]
    spellings = Alphabet(characters, _BITS, _WIDTH)
    spoken = [sound(character) for character in characters]
    sounds = Alphabet(sorted(set(spoken)), _BITS, _WIDTH)
    special = {character: at for at, character in enumerate(sorted(names.SAID), 1)}
    # beside another character, so that a text that says there is no name (无) is still a character
    plain = [names.canonical(f"人{character}")[1:] for character in characters]
    return Ideographs(
        names=spellings,
        sounds=sounds,
        simplified=np.array([spellings.symbols.get(one, 0) for one in plain]),
        sound=np.array([0, *(sounds.symbols[one] for one in spoken)]),
        chinese=np.array([False, *map(is_chinese, characters)]),
        said=np.array([0, *(special.get(one, PLAIN) for one in characters)]),
        suspect=np.array([False, *(names.may_be_unnamed(f"人{one}") for one in characters)]),
        no_name=np.array([spellings.pack(one) for one in sorted(names.NO_NAME)]),
    )
