"""比较 — levels of every comparison for many pairs of records at once; the rules of one pair are in `kernels`."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from renjia.engine.linkage import kernels
from renjia.engine.linkage.columns import Columns
from renjia.engine.linkage.compare_names import NOT_COUNTED, Levels, Rarity, rarity, spelled_out
from renjia.engine.linkage.edits import UNREAD, distances
from renjia.engine.linkage.levels import (
    BornLevel,
    CertificateLevel,
    MinuteLevel,
    NameLevel,
    ParityLevel,
    SexLevel,
    SourceLevel,
    WeightLevel,
)
from renjia.engine.linkage.packed import MISSING, Flags, Ints, Packed
from renjia.engine.linkage.parallel import in_parts

__all__ = ["PAIRS", "Levels", "Rarity", "child_levels", "compared", "delivery_levels", "rarity", "reissued", "written"]

# Pairs compared in one go: enough that two threads seldom wait for the interpreter.
PAIRS = 1 << 18


class Written(NamedTuple):
    """文本 — what is read off the texts of a set of columns once, by code: characters of each name, first character of each
    sound, number in each certificate (-1: none).
    """

    lengths: Ints
    firsts: Ints
    serials: Ints


def written(c: Columns) -> Written:
    """读文本 — once for all pairs of these columns."""
    names, sounds = c.names.texts, c.names.sounds
    return Written(
        names.lengths(np.arange(len(names))), sounds.firsts(np.arange(len(sounds))), _serials(c.certificates)
    )


def delivery_levels(columns: Columns, a: Ints, b: Ints, counted: Rarity | None = None) -> Levels:
    """分娩层级 — one row a pair (a[i], b[i]), one column a comparison of `Model.delivery`.

    counted: how common names and institutions are among all records, where `columns` are only some of them.
    """
    common, texts = counted or rarity(columns), written(columns)
    levels = np.empty((len(a), 13), np.uint8)

    def work(part: slice) -> None:
        levels[part] = compared(columns, a[part], b[part], common, texts)

    in_parts(work, len(a), PAIRS)
    return levels


def compared(c: Columns, a: Ints, b: Ints, counted: Rarity, texts: Written) -> Levels:
    """分娩层级 — of some pairs in one go."""
    (same_mother, same_father, same_baby), (alike_mother, alike_father, alike_baby) = counted.names, counted.sounds
    none = c.baby_name[:0]
    column = np.empty((13, len(a)), np.uint8)
    _identities(c, c.mother_id, c.father_id, a, b, column[0])
    _names(c, c.mother_name, c.father_name, same_mother, alike_mother, texts, a, b, column[1])
    _identities(c, c.father_id, c.mother_id, a, b, column[2])
    _names(c, c.father_name, c.mother_name, same_father, alike_father, texts, a, b, column[3])
    kernels.born(c.born, c.minute, a, b, column[4])
    _phones(c, a, b, column[5])
    kernels.places(c.place, c.street, c.by_hukou, a, b, column[6])
    kernels.institutions(c.institution, counted.large, a, b, column[7])
    kernels.minutes(c.minute, c.born, a, b, column[8])
    kernels.weights(c.weight, a, b, column[9])
    _certificates(c, texts, a, b, column[10])
    _names(c, c.baby_name, none, same_baby, alike_baby, texts, a, b, column[11])
    kernels.same_or_not(c.sex, 0, SexLevel.SAME.value, SexLevel.DIFFERENT.value, a, b, column[12])
    return column.T


def child_levels(columns: Columns, a: Ints, b: Ints, boy_and_girl: Flags) -> Levels:
    """孩子层级 — as delivery_levels, of `Model.child`; boy_and_girl: the pair's delivery has children of both sexes."""
    texts = written(columns)
    levels = np.empty((len(a), 9), np.uint8)

    def work(part: slice) -> None:
        levels[part] = _child_levels(columns, a[part], b[part], boy_and_girl[part], texts)

    in_parts(work, len(a), PAIRS)
    return levels


def _child_levels(c: Columns, a: Ints, b: Ints, boy_and_girl: Flags, texts: Written) -> Levels:
    (same, _, _), (alike, _, _), none = NOT_COUNTED.names, NOT_COUNTED.sounds, c.baby_name[:0]
    levels = np.empty((len(a), 9), np.uint8)
    column = levels.T
    kernels.same_or_not(c.sex, 0, SexLevel.SAME.value, SexLevel.DIFFERENT.value, a, b, column[0])
    kernels.minutes(c.minute, c.born, a, b, column[1])
    kernels.weights(c.weight, a, b, column[2])
    kernels.orders(c.order, c.order_from_label, boy_and_girl, a, b, column[3])
    _names(c, c.baby_name, none, same, alike, texts, a, b, column[4])
    column[4][column[4] == NameLevel.SURNAME] = NameLevel.DIFFERENT
    _certificates(c, texts, a, b, column[5])
    kernels.same_or_not(c.parity, -1, ParityLevel.SAME.value, ParityLevel.DIFFERENT.value, a, b, column[6])
    kernels.born(c.born, c.minute, a, b, column[7])
    column[7][column[7] == BornLevel.MIDNIGHT] = BornLevel.ONE_DAY
    np.minimum(column[7], np.uint8(BornLevel.FEW_DAYS), out=column[7])
    kernels.same_or_not(c.source, -1, SourceLevel.SAME.value, SourceLevel.MISSING.value, a, b, column[8])
    return levels


def _identities(c: Columns, own: Ints, other: Ints, a: Ints, b: Ints, found: Levels) -> None:
    n = c.numbers
    told = own, other, n.checked, n.male, n.resident
    _read(lambda *pairs: kernels.identities(*told, *_packed(n.texts), *pairs), own.take, n.texts, 2, a, b, found)


def _names(
    c: Columns, own: Ints, other: Ints, same: Levels, alike: Levels, texts: Written, a: Ints, b: Ints, found: Levels
) -> None:
    book = c.names
    told = own, other, same, alike, book.sound, book.latin, texts.lengths, texts.firsts
    _read(
        lambda *pairs: kernels.names(*told, *_packed(book.sounds), *pairs),
        lambda rows: book.sound[own[rows]], book.sounds, 2, a, b, found,
    )  # fmt: skip
    spelled_out(book, own[a], own[b], found)


def _phones(c: Columns, a: Ints, b: Ints, found: Levels) -> None:
    _read(lambda *pairs: kernels.phones(c.phone, *_packed(c.phones), *pairs), c.phone.take, c.phones, 1, a, b, found)


def _certificates(c: Columns, texts: Written, a: Ints, b: Ints, found: Levels) -> None:
    told = c.certificate, texts.serials, *_packed(c.certificates)
    _read(lambda *pairs: kernels.certificates(*told, *pairs), c.certificate.take, c.certificates, 1, a, b, found)


def _packed(texts: Packed) -> tuple[Ints, int, int]:
    return texts.values, texts.alphabet.bits, texts.alphabet.width


def _read(
    kernel: Callable[..., None],
    code: Callable[[Ints], Ints],
    texts: Packed,
    cutoff: int,
    a: Ints,
    b: Ints,
    found: Levels,
) -> None:
    """One column of texts: all pairs, and again those of texts that do not fit, with their edits counted one by one.

    code: of the text of each of some records.
    """
    kernel(a, b, found[:0], found)
    rest = np.flatnonzero(found == UNREAD) if texts.others else np.empty(0, np.int64)
    if len(rest):
        a, b = a[rest], b[rest]
        again = np.empty(len(rest), np.uint8)
        kernel(a, b, distances(code(a), code(b), texts, cutoff), again)
        found[rest] = again


def _serials(certificates: Packed) -> Ints:
    """Number behind the first letter of each certificate, -1 where that is no number."""
    values, alphabet = certificates.values, certificates.alphabet
    serial = np.zeros(len(values), np.int64)
    for at in range(1, alphabet.width):
        symbol = alphabet.place(np.maximum(values, MISSING), at)
        # symbols 1 … 10 stand for the digits
        serial = np.where(symbol > 0, serial * 10 + symbol - 1, serial)
        serial = np.where((symbol > 10) | (serial < 0), -1, serial)
    for at in np.flatnonzero(values < MISSING).tolist():
        text = certificates.others[-2 - int(values[at])][1:]
        serial[at] = int(text) if text.isdigit() and len(text) <= 18 else -1
    return serial


_SEX, _MINUTE, _WEIGHT, _NAME, _CERTIFICATE = 0, 1, 2, 4, 5


def reissued(c: Columns, a: Ints, b: Ints, delivery: Ints, levels: Levels) -> None:
    """换发 — mark, in place, the pairs of child levels whose certificates are one before and one after a re-issue.

    Two records of one source are a re-issue when they agree on the name and on all but one of sex, time and weight
    (twins never share a name), or on sex, time and weight (a certificate is changed to change a name). Then so is every
    pair of that delivery with those two numbers, and every pair with those two names is a change of name.
    """
    name, sex, minute = levels[:, _NAME], levels[:, _SEX], levels[:, _MINUTE]
    named = (name == NameLevel.SAME) | (name == NameLevel.SOUND)
    off = (sex == SexLevel.DIFFERENT).astype(np.int64) + (minute > MinuteLevel.SAME)
    off += levels[:, _WEIGHT] > WeightLevel.ROUNDED
    born_alike = (minute == MinuteLevel.SAME) & (levels[:, _WEIGHT] > 0) & (off == 0)
    changed = levels[:, _CERTIFICATE] > CertificateLevel.SAME
    again = (c.source[a] == c.source[b]) & changed & ((named & (off <= 1)) | born_alike)
    if not again.any():
        return
    inside = np.flatnonzero(np.isin(delivery, delivery[again]))
    a, b, delivery, again = a[inside], b[inside], delivery[inside], again[inside]
    for at, codes, level, differs in (
        (_CERTIFICATE, c.certificate, CertificateLevel.REISSUED, changed[inside]),
        (_NAME, c.baby_name, NameLevel.RENAMED, ((name > 0) & ~named)[inside]),
    ):
        pair = np.unique(np.stack([delivery, codes[a], codes[b]]), axis=1, return_inverse=True)[1].ravel()
        levels[inside[differs & np.isin(pair, pair[again])], at] = level
