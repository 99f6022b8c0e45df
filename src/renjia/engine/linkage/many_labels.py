"""成批读称呼 — the labels of unnamed infants in a whole column (李梅之子, 王某大女, 双二 …).

What a label says hangs on a few characters that labels are made of and on where it repeats the mother's or father's
name, not on which name that is. So every label becomes a sign — its characters with all others made alike, and place
by place whether it looks or sounds like a parent's name — and `names.unnamed` reads one label of each sign.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numba import njit

from renjia.engine.linkage import names
from renjia.engine.linkage.batches import dense
from renjia.engine.linkage.ideographs import ideographs
from renjia.engine.linkage.many_names import LONGEST, Babies, Spellings
from renjia.engine.linkage.packed import MISSING, ODD, Flags, Ints

Label = tuple[str, str, str]  # the child's, the mother's and the father's name as written


@dataclass(frozen=True, slots=True)
class Labels:
    """称呼所示 — names without the labels, and per row what a label says: rank (-1), several, sex (0), stillborn."""

    mother: Ints
    baby: Ints
    order: Ints
    several: Flags
    sex: Ints
    dead: Flags


@dataclass(frozen=True, slots=True)
class _Said:
    """What the reader of single labels said of each of some labels; parent: characters of a parent's name at its head."""

    labelled: Flags
    order: Ints
    several: Flags
    sex: Ints
    dead: Flags
    parent: Ints
    by_name: Flags


def labels(babies: Babies, mother: Ints, father: Ints, spellings: Spellings) -> Labels:
    """读称呼 — values of the three name columns in; names without labels, and what the labels say, out."""
    count = len(mother)
    found = Labels(
        mother.copy(), babies.values.copy(), babies.noted_order.copy(), babies.noted_several.copy(),
        np.zeros(count, np.int64), np.zeros(count, np.bool_),
    )  # fmt: skip
    labelled = np.zeros(count, np.bool_)
    rows, symbols = _suspects(babies)
    plain = (mother[rows] > ODD) & (father[rows] > ODD)
    singly = [(rows[~plain], _texts(symbols[~plain])), _odd_suspects(babies, spellings)]
    rows, symbols = rows[plain], symbols[plain]
    sign, example = _signs(symbols, mother[rows], father[rows])
    texts = _texts(symbols[example])
    said = _read(list(zip(texts, *_parents(mother, father, rows[example], spellings), strict=True)))
    alike = ~said.by_name[sign]
    singly.append((rows[~alike], _texts(symbols[~alike])))
    rows, symbols, sign = rows[alike], symbols[alike], sign[alike]
    _put(found, labelled, rows, said, sign, _heads(symbols, said.parent[sign]))
    for some, written in singly:
        whole = list(zip(written, *_parents(mother, father, some, spellings), strict=True))
        place = {label: at for at, label in enumerate(dict.fromkeys(whole))}
        said = _read(list(place))
        at = np.array([place[label] for label in whole], np.int64)
        heads = [spellings.value(label[0][:length]) for label, length in zip(place, said.parent.tolist(), strict=True)]
        _put(found, labelled, some, said, at, np.array(heads, np.int64)[at])
    named = ~labelled[babies.long_rows]
    written = _texts(babies.long_symbols[named])
    found.baby[babies.long_rows[named]] = [spellings.value(text) for text in written]
    # a child written with its mother's or father's very name has none of its own yet
    found.baby[(found.baby == mother) | (found.baby == father)] = MISSING
    return found


def _suspects(babies: Babies) -> tuple[Ints, Ints]:
    """Rows whose text may be a label, and its symbols in LONGEST places."""
    table = ideographs()
    rows = np.flatnonzero(_may_be_labels(babies.values, table.suspect, table.names.bits, table.names.width))
    symbols = np.zeros((len(rows), LONGEST), np.int64)
    for at in range(table.names.width):
        symbols[:, at] = table.names.place(babies.values[rows], at)
    long = table.suspect[babies.long_symbols].any(axis=1)
    return (
        np.concatenate([rows, babies.long_rows[long]]),
        np.concatenate([symbols, babies.long_symbols[long]]),
    )


@njit(cache=True, nogil=True)
def _may_be_labels(values: Ints, suspect: Flags, bits: int, width: int) -> Flags:
    """Of packed names: one character alone, or one of those that make a text a possible label."""
    found, mask = np.zeros(values.size, np.bool_), (1 << bits) - 1
    for row in range(values.size):
        value = values[row]
        if value > MISSING:
            found[row] = (value >> bits * (width - 2)) & mask == 0
            for place in range(width):
                found[row] |= suspect[(value >> bits * place) & mask]
    return found


def _odd_suspects(babies: Babies, spellings: Spellings) -> tuple[Ints, list[str]]:
    """Rows whose text is no plain one and may be a label, and the text."""
    texts = list(spellings.index)
    suspect = np.array([*map(names.may_be_unnamed, texts), False])
    rows = np.flatnonzero(babies.values < ODD)
    rows = rows[suspect[-2 - babies.values[rows]]]
    return rows, [texts[-2 - value] for value in babies.values[rows].tolist()]


def _signs(symbols: Ints, mother: Ints, father: Ints) -> tuple[Ints, Ints]:
    """Sign of each label, and one label of each sign."""
    table = ideographs()
    pattern = np.ascontiguousarray(table.said[symbols].astype(np.uint8)).view(np.int64).reshape(len(symbols))
    (sign,), _ = dense([pattern])
    spoken = table.sound[symbols[:, : table.names.width]]
    for parent in (mother, father):
        sign = sign << 3 | table.names.lengths(parent)
        for at in range(table.names.width):
            theirs = table.names.place(parent, at)
            looks = (symbols[:, at] == theirs) & (theirs > 0)
            sounds = (spoken[:, at] == table.sound[theirs]) & (theirs > 0)
            sign = sign << 2 | looks.astype(np.int64) << 1 | sounds.astype(np.int64)
    (sign,), distinct = dense([sign + 1])
    example = np.empty(len(distinct), np.int64)
    example[sign[::-1]] = np.arange(len(sign))[::-1]
    return sign, example


def _parents(mother: Ints, father: Ints, rows: Ints, spellings: Spellings) -> tuple[list[str], list[str]]:
    return spellings.texts(mother[rows]), spellings.texts(father[rows])


def _texts(symbols: Ints) -> list[str]:
    points = np.ascontiguousarray(ideographs().names.points[symbols])
    texts: list[str] = points.view(f"<U{LONGEST}").reshape(len(symbols)).tolist()
    return texts


def _heads(symbols: Ints, lengths: Ints) -> Ints:
    """Packed parent's name at the head of each label, MISSING where the label spells none out."""
    table = ideographs().names
    return table.join([np.where(at < lengths, symbols[:, at], 0) for at in range(table.width)])


def _read(written: Sequence[Label]) -> _Said:
    found = [names.unnamed(*label) for label in written]
    one = [label or names.Unnamed() for label in found]
    return _Said(
        labelled=np.array([label is not None for label in found], np.bool_),
        order=np.array([label.order or -1 for label in one], np.int64),
        several=np.array([label.twins for label in one], np.bool_),
        sex=np.array([int(label.sex or 0) for label in one], np.int64),
        dead=np.array([names.says_stillborn(baby) for baby, _, _ in written], np.bool_),
        parent=np.array([len(names.parent_within(baby)) for baby, _, _ in written], np.int64),
        by_name=np.array([names.may_name_a_parent_behind(baby) for baby, _, _ in written], np.bool_),
    )


def _put(found: Labels, labelled: Flags, rows: Ints, said: _Said, at: Ints, heads: Ints) -> None:
    """Write, in place, what the labels of these rows say."""
    found.dead[rows] = said.dead[at]
    hit = said.labelled[at]
    rows, at, heads = rows[hit], at[hit], heads[hit]
    labelled[rows] = True
    found.baby[rows] = MISSING
    found.order[rows] = np.where(said.order[at] > 0, said.order[at], found.order[rows])
    found.several[rows] |= said.several[at]
    found.sex[rows] = said.sex[at]
    found.mother[rows] = np.where((found.mother[rows] == MISSING) & (heads != MISSING), heads, found.mother[rows])
