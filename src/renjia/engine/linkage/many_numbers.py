"""成批读号码 — documents, telephones and certificates of whole columns at once.

What these numbers mean is said once, by the readers of single texts (`units.parse_identity`, `texts`): here the plain
forms are read from the bytes of many rows together, and everything else is handed to those readers.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from numba import njit

from renjia.engine.linkage.batches import Batch, Bytes, dense, read
from renjia.engine.linkage.packed import DIGITS, MISSING, ODD, WORDS, Alphabet, Ints, Packed
from renjia.engine.linkage.texts import certificate_number, document_number, phone_number
from renjia.engine.units import is_code, parse_identity

Flags = npt.NDArray[np.bool_]

# A document's value carries two marks above its fifteen packed digits.
_VALID, _RESIDENT = 1 << 60, 1 << 61
_DIGITS_ONLY = (1 << 60) - 1
_CHECK = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
_LAST = np.array([1, 0, 10, 9, 8, 7, 6, 5, 4, 3, 2])
_DAYS = np.array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
_PROVINCE = np.array([is_code(f"{code:02}0000") for code in range(100)])
_OWN_CODE = np.isin(np.arange(100), [81, 82, 83])
_EARLIEST = 1850
_ZERO, _NINE, _A, _CROSS = ord("0"), ord("9"), ord("A"), ord("x")


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
    """Packed id15 with its marks, of numbers of 15, 17 or 18 places; ODD where a place is neither digit nor final X."""
    values = np.empty(len(batch.sizes), np.int64)
    _citizens(batch.data, batch.begins, batch.sizes, values)
    return values


@njit(cache=True, nogil=True)
def _citizens(data: Bytes, begins: Ints, sizes: Ints, values: Ints) -> None:
    place = np.empty(18, np.int64)
    for row in range(sizes.size):
        size, begin = sizes[row], begins[row]
        values[row] = ODD if size else MISSING
        if size != 15 and size != 17 and size != 18:
            continue
        plain = True
        for at in range(size):
            place[at] = np.int64(data[begin + at]) - _ZERO
            cross = size == 18 and at == 17 and (data[begin + at] | 32) == _CROSS
            place[at] = 10 if cross else place[at]
            plain &= cross or 0 <= place[at] <= 9
        if not plain:
            continue
        # one digit all along is a placeholder, no number
        same = place[size - 1] == place[0] or (size == 18 and place[17] == 10)
        for at in range(1, size - 1):
            same &= place[at] == place[0]
        if same:
            values[row] = MISSING
            continue
        value, check = 0, 0
        for at in range(size):
            if size == 15 or at < 6 or 8 <= at < 17:
                # symbol 1 stands for the digit 0
                value = (value << 4) + place[at] + 1
        for at in range(17 if size == 18 else 0):
            check += place[at] * _CHECK[at]
        year = 1900 if size == 15 else 0
        for at in range(6, 8 if size == 15 else 10):
            year += place[at] * 10 ** ((7 if size == 15 else 9) - at)
        first = 8 if size == 15 else 10
        month, day = place[first] * 10 + place[first + 1], place[first + 2] * 10 + place[first + 3]
        province, foreign = place[0] * 10 + place[1], size == 18 and place[0] == 9
        valid = size != 17 and _is_date(year, month, day) and (size == 15 or _LAST[check % 11] == place[17])
        own = size == 18 and _OWN_CODE[province]
        valid = valid and (own or _PROVINCE[place[1] * 10 + place[2] if foreign else province])
        values[row] = value | _RESIDENT | (_VALID if valid else 0)


@njit(cache=True, nogil=True)
def _is_date(year: int, month: int, day: int) -> bool:
    leap = (year % 4 == 0 and year % 100 != 0) or year % 400 == 0
    most = _DAYS[month if month <= 12 else 0] + (leap and month == 2)
    return year >= _EARLIEST and 1 <= day <= most


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
    values = np.empty(len(batch.sizes), np.int64)
    _mobiles(batch.data, batch.begins, batch.sizes, DIGITS.bits, DIGITS.width, values)
    return values


def _certificate_values(batch: Batch) -> Ints:
    """A letter and nine digits."""
    values = np.empty(len(batch.sizes), np.int64)
    _booklets(batch.data, batch.begins, batch.sizes, WORDS.bits, WORDS.width, values)
    return values


@njit(cache=True, nogil=True)
def _mobiles(data: Bytes, begins: Ints, sizes: Ints, bits: int, width: int, values: Ints) -> None:
    for row in range(sizes.size):
        begin = begins[row]
        values[row] = ODD if sizes[row] else MISSING
        if sizes[row] == 11 and data[begin] == _ZERO + 1 and _digits(data, begin, 11):
            values[row] = 0
            for at in range(11):
                # symbol 1 stands for the digit 0
                values[row] |= (np.int64(data[begin + at]) - _ZERO + 1) << bits * (width - 1 - at)


@njit(cache=True, nogil=True)
def _booklets(data: Bytes, begins: Ints, sizes: Ints, bits: int, width: int, values: Ints) -> None:
    for row in range(sizes.size):
        begin = begins[row]
        values[row] = ODD if sizes[row] else MISSING
        if sizes[row] != 10:
            continue
        letter = (np.int64(data[begin]) & 0xDF) - _A
        if data[begin] >= _A and letter <= 25 and _digits(data, begin + 1, 9):
            # letters follow the ten digits
            values[row] = (letter + 11) << bits * (width - 1)
            for at in range(1, 10):
                values[row] |= (np.int64(data[begin + at]) - _ZERO + 1) << bits * (width - 1 - at)


@njit(cache=True, nogil=True, inline="always")
def _digits(data: Bytes, begin: int, count: int) -> bool:
    """So many digits, of which no seven in a row are the same."""
    run, most = 1, 1
    plain = _ZERO <= data[begin] <= _NINE
    for at in range(begin + 1, begin + count):
        plain &= _ZERO <= data[at] <= _NINE
        run = run + 1 if data[at] == data[at - 1] else 1
        most = max(most, run)
    return plain and most < 7
