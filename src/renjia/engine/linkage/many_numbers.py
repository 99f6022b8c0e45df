"""成批读号码 — documents, telephones and certificates of whole columns at once.

What these numbers mean is said once, by the readers of single texts (`units.parse_identity`, `texts`): here the plain
forms are read from the bytes of many rows together, and everything else is handed to those readers.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from renjia.engine.linkage.batches import Batch, Bytes, dense, read
from renjia.engine.linkage.packed import DIGITS, MISSING, ODD, WORDS, Alphabet, Ints, Packed
from renjia.engine.linkage.texts import certificate_number, document_number, phone_number
from renjia.engine.units import is_code, parse_identity

Flags = npt.NDArray[np.bool_]

# A document's value carries two marks above its fifteen packed digits.
_VALID, _RESIDENT = 1 << 60, 1 << 61
_DIGITS_ONLY = (1 << 60) - 1
_CHECK = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2], np.uint16)
_LAST = np.array([1, 0, 10, 9, 8, 7, 6, 5, 4, 3, 2])
_DAYS = np.array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
_PROVINCE = np.array([is_code(f"{code:02}0000") for code in range(100)])
_OWN_CODE = np.isin(np.arange(100), [81, 82, 83])
_EARLIEST = 1850


@dataclass(frozen=True, slots=True)
class Numbers:
    """证件字典 — distinct documents: comparison text (id15 or number), whether checked, a man's, a resident's.

    tail: code of the last six places, which meet numbers mistyped further in front; -1 where the text has fewer than
    eight. All but the texts have one more entry at the end, which answers for code -1.
    """

    texts: Packed
    checked: Flags
    male: Flags
    resident: Flags
    tail: Ints


@dataclass(frozen=True, slots=True)
class Written:
    """证件列 — code of each row's number, and what its own spelling says: checked, a man's, a resident's."""

    codes: Ints
    spelling: Ints
    marks: Flags

    def flags(self) -> tuple[Flags, Flags, Flags]:
        """逐行 — checked, a man's, a resident's: one column each."""
        checked, male, resident = (mark[self.spelling] for mark in self.marks)
        return checked, male, resident


@dataclass(slots=True)
class _Others:
    """Texts that do not fit their alphabet, numbered."""

    index: dict[str, int] = field(default_factory=dict)

    def value(self, text: str) -> int:
        return -2 - self.index.setdefault(text, len(self.index))


def documents(mother: pa.ChunkedArray, father: pa.ChunkedArray) -> tuple[Written, Written, Numbers]:
    """读证件列 — both parents' columns into one list of documents; no number of the list is called checked yet."""
    others = _Others()
    valid_others: set[int] = set()

    def odd(text: str) -> int:
        identity = parse_identity(text)
        number = document_number(identity)
        value = DIGITS.pack(number)
        if value == ODD:
            value = others.value(number)
            if identity.valid:
                valid_others.add(value)
            return value
        marks = (_VALID if identity.valid else 0) | (_RESIDENT if identity.id15 else 0)
        return value | marks if value else MISSING

    (mothers, fathers), spelled = dense([read(column, _document_values, odd) for column in (mother, father)])
    (code,), values = dense([np.where(spelled > 0, spelled & _DIGITS_ONLY, spelled)])
    resident = (spelled > 0) & (spelled & _RESIDENT > 0)
    valid = ((spelled > 0) & (spelled & _VALID > 0)) | np.isin(spelled, list(valid_others))
    # the fifteenth place of a resident's number is odd for men; symbol 1 stands for the digit 0
    man = valid & resident & (DIGITS.place(np.maximum(spelled, MISSING), DIGITS.width - 1) % 2 == 0)
    marks = np.stack([np.append(mark, False) for mark in (valid, man, resident)])
    code = np.append(code, -1)
    texts = Packed(DIGITS, values, list(others.index))
    none = np.zeros(len(values) + 1, np.bool_)
    numbers = Numbers(texts, none, none, none, _tails(texts))
    return Written(code[mothers], mothers, marks), Written(code[fathers], fathers, marks), numbers


def _tails(texts: Packed) -> Ints:
    packed = np.maximum(texts.values, MISSING)
    sizes = DIGITS.lengths(packed)
    tails = np.where(sizes >= 8, (packed >> 4 * (DIGITS.width - sizes)) & 0xFFFFFF, MISSING)
    others = _Others()
    for at, text in zip(texts.odd().tolist(), texts[texts.odd()], strict=True):
        if len(text) >= 8:
            value = DIGITS.pack(text[-6:])
            tails[at] = others.value(text[-6:]) if value == ODD else value >> 4 * (DIGITS.width - 6)
    (codes,), _ = dense([tails])
    return np.append(codes, -1)


def _document_values(batch: Batch) -> Ints:
    values = np.where(batch.sizes == 0, MISSING, ODD)
    for size in (15, 17, 18):
        rows, text = batch.of_size(size)
        if len(rows):
            values[rows] = _citizens(text)
    return values


def _citizens(text: Bytes) -> Ints:
    """Packed id15 with its marks, of numbers of 15, 17 or 18 places; ODD where a place is neither digit nor final X."""
    size = text.shape[1]
    cross = (text[:, -1] | 32) == ord("x") if size == 18 else np.zeros(len(text), np.bool_)
    figures = text[:, :17] - np.uint8(ord("0"))
    last = np.where(cross, 10, text[:, -1] - np.uint8(ord("0"))).astype(np.int64)
    plain = (figures <= 9).all(axis=1) & ((last <= 9) | cross)
    found = np.full(len(text), ODD)
    found[plain] = _numbers(figures[plain], last[plain], size)
    return found


def _numbers(figures: Bytes, last: Ints, size: int) -> Ints:
    places = np.ascontiguousarray(figures.T)
    body = range(15) if size == 15 else (*range(6), *range(8, 17))
    # symbol 1 stands for the digit 0
    value = _read(places, body, 16) + int("1" * 15, 16)
    valid = np.zeros(len(figures), np.bool_)
    if size != 17:
        first, then = (6, 8) if size == 15 else (6, 10)
        year, month, day = (_read(places, at) for at in (range(first, then), (then, then + 1), (then + 2, then + 3)))
        foreign = (places[0] == 9) & (size == 18)
        province = _read(places, (0, 1))
        valid = _is_date(year + (1900 if size == 15 else 0), month, day)
        valid &= _PROVINCE[np.where(foreign, _read(places, (1, 2)), province)] | (_OWN_CODE[province] & (size == 18))
    if size == 18:
        check = np.zeros(len(figures), np.uint16)
        for place, weight in zip(places, _CHECK, strict=True):
            check += place * weight
        valid &= _LAST[check % 11] == last
    value |= np.where(valid, _VALID, 0) | _RESIDENT
    # one digit all along is a placeholder, no number
    same = (places == places[0]).all(axis=0) & ((last == places[0]) | (last == 10))
    return np.where(same, MISSING, value)


def _read(places: Bytes, which: Iterable[int], base: int = 10) -> Ints:
    """Number of the digits in these places, the first in front."""
    value = np.zeros(places.shape[1], np.int64)
    for at in which:
        value = value * base + places[at]
    return value


def _is_date(year: Ints, month: Ints, day: Ints) -> Flags:
    leap = ((year % 4 == 0) & (year % 100 != 0)) | (year % 400 == 0)
    most = _DAYS[np.where(month <= 12, month, 0)] + (leap & (month == 2))
    whole: Flags = (year >= _EARLIEST) & (day >= 1) & (day <= most)
    return whole


def phones(column: pa.ChunkedArray) -> tuple[Ints, Packed]:
    """读电话列 — codes and their distinct texts."""
    return _coded(column, _phone_values, phone_number, DIGITS)


def certificates(column: pa.ChunkedArray) -> tuple[Ints, Packed]:
    """读出生证编号列 — codes and their distinct texts."""
    return _coded(column, _certificate_values, certificate_number, WORDS)


def _coded(
    column: pa.ChunkedArray, many: Callable[[Batch], Ints], normal: Callable[[str], str], alphabet: Alphabet
) -> tuple[Ints, Packed]:
    others = _Others()

    def odd(text: str) -> int:
        plain = normal(text)
        value = alphabet.pack(plain)
        return others.value(plain) if value == ODD else value

    (codes,), values = dense([read(column, many, odd)])
    return codes, Packed(alphabet, values, list(others.index))


def _phone_values(batch: Batch) -> Ints:
    """Eleven digits that begin with 1: a mobile number as it should be."""
    values = np.where(batch.sizes == 0, MISSING, ODD)
    rows, text = batch.of_size(11)
    digits = text - np.uint8(ord("0"))
    plain = (digits <= 9).all(axis=1) & (digits[:, 0] == 1) & ~_one_digit(digits)
    values[rows[plain]] = DIGITS.join(list((digits[plain] + 1).T))
    return values


def _certificate_values(batch: Batch) -> Ints:
    """A letter and nine digits."""
    values = np.where(batch.sizes == 0, MISSING, ODD)
    rows, text = batch.of_size(10)
    letter = (text[:, 0] & 0xDF) - np.uint8(ord("A"))
    digits = text[:, 1:] - np.uint8(ord("0"))
    plain = (letter <= 25) & (text[:, 0] >= ord("A")) & (digits <= 9).all(axis=1) & ~_one_digit(digits)
    symbols = np.concatenate([letter[:, None] + 11, digits + 1], axis=1)
    values[rows[plain]] = WORDS.join(list(symbols[plain].T))
    return values


def _one_digit(digits: Bytes) -> Flags:
    """Seven times one digit in a row somewhere."""
    same = digits[:, 1:] == digits[:, :-1]
    whole = same[:, 5:].copy()
    for step in range(5):
        whole &= same[:, step : step + whole.shape[1]]
    found: Flags = whole.any(axis=1)
    return found
