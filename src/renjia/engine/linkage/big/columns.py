"""整批 — rows of a batch as Columns again, and what all records say of its names and institutions."""

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from renjia.engine.linkage.batches import dense
from renjia.engine.linkage.big.rows import CHECKED, MALE, RESIDENT, TEXTS
from renjia.engine.linkage.columns import Columns, Flags, Ints, Keys, Numbers
from renjia.engine.linkage.compare_names import Floats, Levels, Rarity, alike_levels, same_levels, share_in_bits
from renjia.engine.linkage.levels import NameLevel
from renjia.engine.linkage.many_names import Spellings, name_book
from renjia.engine.linkage.packed import DIGITS, WORDS, Alphabet, Packed

_NAMES = ("mother_word", "father_word", "baby_word")


def columns_of(rows: pa.Table, sources: tuple[str, ...]) -> Columns:
    """整批 — one entry a row, in the order of the rows (sort by `at` where order matters)."""
    count = rows.num_rows
    (mother, father, baby), values, others = _coded(rows, _NAMES)
    (mother_id, father_id), numbers = _dictionary(rows, ("mother_code", "father_code"), DIGITS)
    (phone,), phones = _dictionary(rows, ("phone_code",), DIGITS)
    (certificate,), certificates = _dictionary(rows, ("certificate_code",), WORDS)
    return Columns(
        records=Keys(rows["record"].combine_chunks()) if "record" in rows.column_names else Keys([""] * count),
        position=np.arange(count),
        sources=sources,
        source=_sources(rows, sources),
        names=name_book(values, Spellings({text: at for at, text in enumerate(others)})),
        mother_name=mother,
        father_name=father,
        baby_name=baby,
        numbers=_numbers(rows, numbers, mother_id, father_id),
        mother_id=mother_id,
        father_id=father_id,
        born=_whole(rows, "born"),
        minute=_whole(rows, "minute"),
        sex=_whole(rows, "sex"),
        weight=_whole(rows, "weight"),
        order=_whole(rows, "rank"),
        order_from_label=_flags(rows, "rank_from_label"),
        several=_flags(rows, "several"),
        plurality=_whole(rows, "plurality"),
        parity=_whole(rows, "parity"),
        place=_places(rows, "place"),
        street=_places(rows, "street"),
        by_hukou=_flags(rows, "by_hukou"),
        institution=_places(rows, "institution"),
        phone=phone,
        phones=phones,
        certificate=certificate,
        certificates=certificates,
        still=_flags(rows, "still"),
    )


def rarity_of(rows: pa.Table, c: Columns, births: Mapping[str, int]) -> Rarity:
    """常见程度 — by the codes of the batch, from the births that carry each row's names among all records.

    births: births in all, by kind of name; a name without a count is rarer than any comparison asks.
    """
    names, sounds = [], []
    for one, codes in zip(("mother", "father", "baby"), (c.mother_name, c.father_name, c.baby_name), strict=True):
        levels = np.full(len(c.names.sound), NameLevel.SAME_RARE, np.uint8)
        at, share = _shares(rows, f"{one}_word", births)
        levels[codes[at]] = same_levels(share)
        names.append(levels)
        levels = np.full(len(c.names.sounds) + 1, NameLevel.SOUND_RARE, np.uint8)
        at, share = _shares(rows, f"{one}_sound", births)
        levels[c.names.sound[codes[at]]] = alike_levels(share)
        sounds.append(levels)
    large = np.zeros(int(c.institution.max(initial=-1)) + 2, np.bool_)
    large[c.institution[_whole(rows, "large") > 0]] = True
    return Rarity(_three(names), _three(sounds), large)


def _three(levels: Sequence[Levels]) -> tuple[Levels, Levels, Levels]:
    return levels[0], levels[1], levels[2]


def _shares(rows: pa.Table, kind: str, births: Mapping[str, int]) -> tuple[Ints, Floats]:
    of: Ints = pc.fill_null(rows[f"{kind}_births"], -1).to_numpy().astype(np.int64)
    at = np.flatnonzero(of >= 0)
    return at, share_in_bits(of[at], births.get(kind, 0))


def _coded(rows: pa.Table, columns: Sequence[str]) -> tuple[list[Ints], Ints, list[str]]:
    """Codes of columns into one list of distinct values; values of texts that are not packed count down from -2."""
    codes, values = dense([pc.fill_null(rows[name], 0).to_numpy() for name in columns])
    odd = np.flatnonzero(values < 0)
    if not len(odd):
        return codes, values, []
    texts: dict[int, str] = {}
    for name in columns:
        beside = rows.filter(pc.is_valid(rows[TEXTS[name]]))
        texts |= dict(zip(beside[name].to_pylist(), beside[TEXTS[name]].to_pylist(), strict=True))
    others = [texts[value] for value in values[odd].tolist()]
    values = values.copy()
    values[odd] = -2 - np.arange(len(odd))
    return codes, values, others


def _dictionary(rows: pa.Table, columns: Sequence[str], alphabet: Alphabet) -> tuple[list[Ints], Packed]:
    codes, values, others = _coded(rows, columns)
    return codes, Packed(alphabet, values, others)


def _places(rows: pa.Table, column: str) -> Ints:
    # a fingerprint may be 0, which `dense` takes for missing
    (codes,), _ = dense([pc.fill_null(pc.add(rows[column], 1), 0).to_numpy()])
    return codes


def _whole(rows: pa.Table, column: str) -> Ints:
    found: Ints = rows[column].to_numpy().astype(np.int64)
    return found


def _flags(rows: pa.Table, column: str) -> Flags:
    found: Flags = rows[column].to_numpy().astype(np.bool_)
    return found


def _sources(rows: pa.Table, sources: tuple[str, ...]) -> Ints:
    if "source" not in rows.column_names:
        return np.zeros(rows.num_rows, np.int64)
    found: Ints = pc.index_in(rows["source"], value_set=pa.array(sources)).to_numpy().astype(np.int64)
    return found


def _numbers(rows: pa.Table, texts: Packed, mother: Ints, father: Ints) -> Numbers:
    flags = np.zeros(len(texts) + 1, np.int64)
    for codes, column in ((mother, "mother_flags"), (father, "father_flags")):
        known = codes >= 0
        flags[codes[known]] = pc.fill_null(rows[column], 0).to_numpy()[known]
    return Numbers(
        texts=texts,
        checked=(flags & CHECKED) > 0,
        male=(flags & MALE) > 0,
        resident=(flags & RESIDENT) > 0,
        # only the keys of blocks read it, and those are made by SQL
        tail=np.full(len(flags), -1),
    )
