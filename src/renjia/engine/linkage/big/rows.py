"""规范行 — what `rows` of `columns` makes of a batch, as a table that outlives the batch.

Texts are codes that mean the same everywhere (`texts`); a text that could not be packed stands beside its code. What
hangs on other records (a number's flags, a man's number in the mother's column, values that many mothers share) is left
as it was sent: the SQL of `sql_rows` settles it. NULL = missing; small numbers keep -1 and NO_DATE.
"""

from collections.abc import Iterable, Iterator

import numpy as np
import pyarrow as pa

from renjia.engine.linkage.big.texts import codes, fingerprints, sounds, tails
from renjia.engine.linkage.candidates import month_or_swapped
from renjia.engine.linkage.columns import NO_DATE, rows, typed
from renjia.engine.linkage.packed import ODD, Flags, Ints, Objects, Packed

CHECKED, RESIDENT, MALE = 4, 2, 1
PARENTS = ("mother", "father")
NAMED = ("mother", "father", "baby")
# Columns of texts: their code, and beside it the text where it could not be packed.
TEXTS = {
    "mother_word": "mother_name", "father_word": "father_name", "baby_word": "baby_name",
    "mother_code": "mother_number", "father_code": "father_number",
    "phone_code": "phone", "certificate_code": "certificate",
}  # fmt: skip
SMALL = (
    "born", "minute", "sex", "weight", "rank", "rank_from_label", "several", "plurality", "parity", "by_hukou", "still",
)  # fmt: skip
_CODES = ("mother_sound", "father_sound", "baby_sound", "mother_tail", "father_tail", "place", "street", "institution")
_FLAGS = ("mother_flags", "father_flags")

ROWS = pa.schema(
    [("at", pa.int64()), ("record", pa.string()), ("source", pa.string())]
    + [(name, pa.int64()) for name in (*TEXTS, *_CODES)]
    + [(name, pa.string()) for name in TEXTS.values()]
    + [(name, pa.int32()) for name in (*_FLAGS, "month", *SMALL)]
)


def canonical_rows(batch: pa.Table) -> pa.Table:
    """规范行 — rows of ROWS from canonical records with their numbers (`at`), in the order of their keys."""
    table = typed(batch)
    each = rows(table)
    c = each.columns
    row: dict[str, pa.Array] = {"at": batch["at"], "record": c.records.array, "source": table["source"]}
    for one, column in zip(NAMED, (c.mother_name, c.father_name, c.baby_name), strict=True):
        row |= _texts(f"{one}_word", c.names.texts, column)
        row[f"{one}_sound"] = _spread(sounds(c.names.texts), column)
    for one, column, flags in (
        ("mother", c.mother_id, (each.mother_checked, each.mother_resident, each.mother_male)),
        ("father", c.father_id, (each.father_checked, each.father_resident, each.father_male)),
    ):
        row |= _texts(f"{one}_code", c.numbers.texts, column)
        row[f"{one}_flags"] = pa.array(_packed(*flags), mask=column < 0)
        tail = tails(c.numbers.texts)
        row[f"{one}_tail"] = _spread(tail, np.where(np.append(tail, -1)[column] < 0, -1, column))
    row |= _texts("phone_code", c.phones, c.phone) | _texts("certificate_code", c.certificates, c.certificate)
    for name, column, texts in (
        ("place", c.place, each.places),
        ("street", c.street, each.streets),
        ("institution", c.institution, each.institutions),
    ):
        row[name] = _spread(_marks(texts), column)
    row["month"] = pa.array(month_or_swapped(c.born), mask=c.born == NO_DATE)
    small = (
        c.born, c.minute, c.sex, c.weight, c.order, c.order_from_label, c.several, c.plurality, c.parity, c.by_hukou,
        c.still,
    )  # fmt: skip
    row |= {name: pa.array(values.astype(np.int32)) for name, values in zip(SMALL, small, strict=True)}
    return pa.table([row[field.name].cast(field.type) for field in ROWS], schema=ROWS)


def in_order(batches: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """依次 — batches of sorted records as they are; ValueError when one begins with the key the last one ended with."""
    last = None
    for batch in batches:
        first = batch["record"][0].as_py()
        if first is not None and first == last:
            raise ValueError(f"记录「{last}」出现两次；同一记录请只传一份（重复上报的取最近一份）")
        last = batch["record"][-1].as_py()
        yield batch


def _texts(name: str, texts: Packed, column: Ints) -> dict[str, pa.Array]:
    odd = np.flatnonzero(np.append(texts.values, 0)[column] < ODD)
    beside = np.full(len(column), None, dtype=object)
    beside[odd] = texts[column[odd]]
    return {name: _spread(codes(texts), column), TEXTS[name]: pa.array(beside, pa.string())}


def _spread(values: Ints, column: Ints) -> pa.Array:
    return pa.array(np.append(values, 0)[column], mask=column < 0)


def _packed(checked: Flags, resident: Flags, male: Flags) -> Ints:
    flags: Ints = checked * CHECKED + resident * RESIDENT + male * MALE
    return flags


def _marks(texts: Objects) -> Ints:
    return fingerprints(texts[:-1].tolist())
