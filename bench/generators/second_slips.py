"""How a clerk, a form and a transfer spoil what is written: slips on whole columns at once.

A column of text is a matrix of code points, one row a value, zero after its end. Every slip takes rows and gives rows.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pyarrow as pa
from second_characters import ACCENTS, HARD_TO_TYPE, HEARD_ALIKE, SEEN_ALIKE, SPELT_EITHER_WAY, WRITTEN_OLD

Text = np.ndarray  # (rows, width) of uint32
Slip = Callable[[np.random.Generator, Text], Text]
PLANE = 1 << 16


def written(values: Sequence[str], width: int) -> Text:
    """The given words as rows."""
    return np.array(values, dtype=f"<U{width}").view(np.uint32).reshape(len(values), width)


def column(text: Text) -> pa.Array:
    """Rows as an Arrow column; an empty row is missing."""
    flat = np.ascontiguousarray(text).view(f"<U{text.shape[1]}").ravel()
    return pa.array(flat, type=pa.string(), mask=text[:, 0] == 0)


def length(text: Text) -> np.ndarray:
    return (text != 0).sum(1)


def joined(left: Text, right: Text) -> Text:
    """`left` followed by `right`, cut at the width of `left`."""
    out, at, width = left.copy(), length(left), left.shape[1]
    for step in range(right.shape[1]):
        rows = np.flatnonzero((right[:, step] != 0) & (at + step < width))
        out[rows, at[rows] + step] = right[rows, step]
    return out


def without(text: Text, gone: np.ndarray) -> Text:
    """Without the marked cells, closed up."""
    out = np.where(gone, 0, text)
    order = np.argsort(out == 0, axis=1, kind="stable")
    return np.take_along_axis(out, order, 1)


def opened(text: Text, at: np.ndarray, with_: np.ndarray | int) -> Text:
    """One code point put in before position `at`."""
    out = text.copy()
    places = np.arange(text.shape[1])
    moved = np.concatenate([np.zeros((len(text), 1), np.uint32), text[:, :-1]], 1)
    out = np.where(places > at[:, None], moved, out)
    out[np.arange(len(text)), at] = with_
    return out


def kinds(rng: np.random.Generator, rows: int, rates: Mapping[str, float]) -> dict[str, np.ndarray]:
    """At most one kind of slip for each row: kind -> row numbers."""
    edges = np.cumsum(list(rates.values()))
    drawn = np.searchsorted(edges, rng.random(rows), side="right")
    return {kind: np.flatnonzero(drawn == at) for at, kind in enumerate(rates)}


def somewhere(rng: np.random.Generator, text: Text, first: int = 0) -> np.ndarray:
    """A position in each value, from `first` on."""
    return np.minimum(
        first + (rng.random(len(text)) * np.maximum(length(text) - first, 1)).astype(int), text.shape[1] - 1
    )


# characters ----------------------------------------------------------------------------------------------------------


class Swaps:
    """Each character with the others it is taken for."""

    def __init__(self, groups: Sequence[tuple[str, str]]) -> None:
        taken: dict[int, list[int]] = {}
        for characters, others in groups:
            for one in characters:
                if ord(one) < PLANE:
                    taken.setdefault(ord(one), []).extend(ord(other) for other in others if other != one)
        self.start, self.count = np.zeros(PLANE, int), np.zeros(PLANE, int)
        flat: list[int] = []
        for one, others_of in taken.items():
            self.start[one], self.count[one] = len(flat), len(others_of)
            flat.extend(others_of)
        self.others = np.array(flat or [0], np.uint32)

    def __call__(self, rng: np.random.Generator, text: Text) -> Text:
        """One character of each value taken for another, where there is one; the common ones more often."""
        count = np.where(text < PLANE, self.count[np.minimum(text, PLANE - 1)], 0)
        lot = rng.random(text.shape) * (count > 0)
        lot[:, 0] *= 0.35  # a surname is known better than a given name
        at = lot.argmax(1)
        rows = np.arange(len(text))
        mine = text[rows, at]
        several = count[rows, at]
        pick = self.start[np.minimum(mine, PLANE - 1)] + (rng.random(len(text)) ** 1.6 * np.maximum(several, 1)).astype(
            int
        )
        out = text.copy()
        out[rows, at] = np.where(several > 0, self.others[np.minimum(pick, len(self.others) - 1)], mine)
        return out


def _heard() -> dict[str, str]:
    groups: dict[str, str] = {}
    for line in HEARD_ALIKE.splitlines():
        syllable, characters = line.split()
        groups[syllable] = groups.get(syllable, "") + characters
    return groups


_SOUNDS = _heard()
heard_alike = Swaps([(group, group) for group in _SOUNDS.values()])
accent = Swaps(
    [
        (_SOUNDS.get(one, ""), _SOUNDS.get(other, ""))
        for pair in ACCENTS.split(",")
        for one, other in (pair.split(), pair.split()[::-1])
    ]
)
seen_alike = Swaps([(pair[1], pair[0]) for pair in SEEN_ALIKE] + [(pair[0], pair[1]) for pair in SEEN_ALIKE])
spelt_another_way = Swaps([(pair[0], pair[1]) for pair in SPELT_EITHER_WAY])
_OLD = np.arange(PLANE, dtype=np.uint32)
for _pair in WRITTEN_OLD:
    _OLD[ord(_pair[0])] = ord(_pair[1])
_HARD = np.array([ord(one) for one in HARD_TO_TYPE], np.uint32)


def written_old(_rng: np.random.Generator, text: Text) -> Text:
    return np.where(text < PLANE, _OLD[np.minimum(text, PLANE - 1)], text)


def cannot_type(rng: np.random.Generator, text: Text) -> Text:
    """A rare character as ?, *, ■, or left out."""
    marks = np.array([ord(one) for one in "?*■"] + [0], np.uint32)[rng.integers(0, 4, len(text))]
    hard = np.isin(text, _HARD)
    return without(np.where(hard, marks[:, None], text), hard & (marks[:, None] == 0))


def one_lost(rng: np.random.Generator, text: Text, first: int = 1) -> Text:
    gone = np.zeros(text.shape, bool)
    gone[np.arange(len(text)), somewhere(rng, text, first)] = True
    return without(text, gone & (length(text) > 1)[:, None])


def one_twice(rng: np.random.Generator, text: Text, first: int = 1) -> Text:
    at = somewhere(rng, text, first)
    return opened(text, at, text[np.arange(len(text)), at])


def two_changed_over(rng: np.random.Generator, text: Text, first: int = 1) -> Text:
    """Two neighbours in the wrong order; never past the end."""
    rows = np.arange(len(text))
    at = np.clip(somewhere(rng, text, first), 0, np.maximum(length(text) - 2, 0))
    out = text.copy()
    after = np.minimum(at + 1, text.shape[1] - 1)
    whole = out[rows, after] != 0
    out[rows[whole], at[whole]], out[rows[whole], after[whole]] = (
        text[rows[whole], after[whole]],
        text[rows[whole], at[whole]],
    )
    return out


def spaced(rng: np.random.Generator, text: Text) -> Text:
    """A blank, half or full width, after the surname; or at either end."""
    blank = np.array([0x20, 0x3000, 0xA0], np.uint32)[rng.integers(0, 3, len(text))]
    end = length(text)
    at = np.where(rng.random(len(text)) < 0.6, np.minimum(1, end), np.where(rng.random(len(text)) < 0.5, 0, end))
    return opened(text, np.minimum(at, text.shape[1] - 1), blank)


def dotted_otherwise(rng: np.random.Generator, text: Text) -> Text:
    """The dot of a two-part name in another of its many forms, or left out."""
    dots = np.array([ord(one) for one in "•.．‧・"] + [0x20, 0], np.uint32)[rng.integers(0, 7, len(text))]
    dot = text == ord("·")
    return without(np.where(dot, dots[:, None], text), dot & (dots[:, None] == 0))


def cut_short(rng: np.random.Generator, text: Text) -> Text:
    """What an old form had room for: four, five or six characters, or only the own part."""
    room = rng.integers(4, 7, len(text))
    dot = np.where((text == ord("·")).any(1), (text == ord("·")).argmax(1), 99)
    room = np.where(rng.random(len(text)) < 0.5, np.minimum(room, dot), room)
    return np.where(np.arange(text.shape[1]) < room[:, None], text, 0)


def starred(_rng: np.random.Generator, text: Text) -> Text:
    """The second character hidden by a careful clerk."""
    out = text.copy()
    out[:, 1] = np.where(out[:, 1] != 0, ord("*"), 0)
    return out


# numbers -------------------------------------------------------------------------------------------------------------

_WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
_CHECKS = np.array([ord(one) for one in "10X98765432"], np.uint32)
_READ_AS = np.arange(128, dtype=np.uint32)
for _one, _other in ("17", "71", "38", "83", "56", "65", "06", "60", "49", "94", "27"):
    _READ_AS[ord(_one)] = ord(_other)


def digits(values: np.ndarray, places: int, width: int) -> Text:
    """Whole numbers as digits with leading zeros."""
    out = np.zeros((len(values), width), np.uint32)
    rest = values.copy()
    for place in range(places - 1, -1, -1):
        out[:, place] = rest % 10 + 48
        rest //= 10
    return out


def identity_numbers(first17: np.ndarray, width: int = 24) -> Text:
    """18-digit numbers with the check digit of GB 11643."""
    out = digits(first17, 17, width)
    out[:, 17] = _CHECKS[((out[:, :17].astype(np.int64) - 48) * _WEIGHTS).sum(1) % 11]
    return out


def digit_mistyped(rng: np.random.Generator, text: Text, first: int = 4) -> Text:
    out, rows = text.copy(), np.arange(len(text))
    at = np.minimum(somewhere(rng, text, first), np.maximum(length(text) - 1, 0))
    mine = out[rows, at]
    digit = (mine >= 48) & (mine <= 57)
    step = np.where(rng.random(len(text)) < 0.7, rng.choice([1, 9], len(text)), rng.integers(1, 10, len(text)))
    out[rows, at] = np.where(digit, (mine - 48 + step) % 10 + 48, mine)
    return out


def digit_misread(rng: np.random.Generator, text: Text, first: int = 2) -> Text:
    """What a scanner does: 1 for 7, 3 for 8, 5 for 6, now and then O for 0."""
    out, rows = text.copy(), np.arange(len(text))
    at = np.minimum(somewhere(rng, text, first), np.maximum(length(text) - 1, 0))
    mine = out[rows, at]
    letter = (mine == 48) & (rng.random(len(text)) < 0.4)
    out[rows, at] = np.where(letter, ord("O"), _READ_AS[np.minimum(mine, 127)])
    return out


def fifteen(_rng: np.random.Generator, text: Text) -> Text:
    gone = np.zeros(text.shape, bool)
    gone[:, [6, 7, 17]] = (length(text) == 18)[:, None]
    return without(text, gone)


def last_lost(_rng: np.random.Generator, text: Text) -> Text:
    gone = np.zeros(text.shape, bool)
    gone[np.arange(len(text)), np.maximum(length(text) - 1, 0)] = True
    return without(text, gone)


def rounded_by_spreadsheet(_rng: np.random.Generator, text: Text) -> Text:
    """A sheet keeps fifteen digits: the last three become noughts (numbers that end in X stay, being text)."""
    out, number = text.copy(), (length(text) == 18) & (text[:, 17] != ord("X"))
    out[np.ix_(np.flatnonzero(number), [15, 16, 17])] = 48
    return out


def in_groups(_rng: np.random.Generator, text: Text) -> Text:
    """A blank after the place code and one after the birth date."""
    at = np.full(len(text), 6)
    return opened(opened(text, at, 0x20), np.full(len(text), 15), 0x20)


def full_width(_rng: np.random.Generator, text: Text) -> Text:
    return np.where((text > 0x20) & (text < 0x7F), text + 0xFEE0, text)


def apostrophe(_rng: np.random.Generator, text: Text) -> Text:
    return opened(text, np.zeros(len(text), int), ord("'"))


def x_otherwise(rng: np.random.Generator, text: Text) -> Text:
    """The X of a number written x, *, ×, or 0."""
    form = np.array([ord(one) for one in "xxx**×0"], np.uint32)[rng.integers(0, 7, len(text))]
    return np.where(text == ord("X"), form[:, None], text)


def apply(rng: np.random.Generator, text: Text, rates: Mapping[str, float], slips: Mapping[str, Slip]) -> None:
    """Each row's slip, in place; at most one a row, and none where nothing is written."""
    for kind, drawn in kinds(rng, len(text), rates).items():
        rows = drawn[text[drawn, 0] != 0]
        if len(rows):
            text[rows] = slips[kind](rng, text[rows])
