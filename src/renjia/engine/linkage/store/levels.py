"""层级的更新 — compare only the new pairs; in the others mend what a count over all records has moved."""

import numpy as np

from renjia.engine.linkage.columns import Columns
from renjia.engine.linkage.compare import Levels, Rarity, delivery_levels, rarity
from renjia.engine.linkage.levels import InstitutionLevel, NameLevel
from renjia.engine.linkage.model import LEVEL_BITS, MOST, Model, patterns
from renjia.engine.linkage.store.arrival import Arrival
from renjia.engine.linkage.store.columns import part
from renjia.engine.linkage.store.memory import PAIRS, Array, Flags, Ints, Memory, wide
from renjia.engine.linkage.store.pairs import Renewed

_NAMES = (("mother_name", 1), ("father_name", 3), ("baby_name", 11))
_INSTITUTION = 7
_BLOCK = 1 << 20


def compare(held: Memory, arrival: Arrival, renewed: Renewed, model: Model, size: int, rescore: bool) -> Flags:
    """更新层级与得分 — sets the memory's pairs and counts; `rescore`: every score, not only what moved.

    Flags the rows whose pairs that count (score at or above `review`) came, went or weigh otherwise.
    """
    memory = arrival.memory
    touched = np.zeros(len(memory), np.bool_)
    _touch(touched, arrival.moved, held, renewed.gone, model.review)
    counted = rarity(arrival.columns)
    memory.counted = _flat(counted, len(memory.books["institutions"]))
    kept = {name: held.pairs[name][renewed.kept] for name in PAIRS}
    for end in ("a", "b"):
        kept[end] = arrival.moved[kept[end]].astype(np.int32)
    mended = _mended(kept, held.counted, memory, arrival.columns)
    if rescore:
        kept["score"] = scores(kept["pattern"], model, size)
    else:
        before = kept["score"][mended]
        after = kept["score"][mended] = scores(kept["pattern"][mended], model, size)
        moved = mended[(np.maximum(before, after) >= model.review) & (before != after)]
        touched[kept["a"][moved]] = touched[kept["b"][moved]] = True
    pattern, score = _compared(memory, renewed.a, renewed.b, model, size)
    strong = score >= model.review
    touched[renewed.a[strong]] = touched[renewed.b[strong]] = True
    places = np.searchsorted(wide(kept["a"]) << 31 | kept["b"], renewed.a << 31 | renewed.b)
    new: dict[str, Array] = {
        "a": renewed.a, "b": renewed.b, "pattern": pattern, "score": score, "shown": np.zeros(len(score), np.bool_),
    }  # fmt: skip
    memory.pairs = {name: np.insert(kept[name], places, new[name].astype(kind)) for name, kind in PAIRS.items()}
    return touched


def _touch(touched: Flags, moved: Ints, held: Memory, gone: Ints, least: float) -> None:
    """Ends (still here) of pairs that went."""
    counted = gone[held.pairs["score"][gone] >= least]
    for end in ("a", "b"):
        at = moved[held.pairs[end][counted]]
        touched[at[at >= 0]] = True


def _compared(memory: Memory, a: Ints, b: Ints, model: Model, size: int) -> tuple[Ints, Array]:
    some = part(memory, np.unique(np.concatenate([a, b])))
    levels = delivery_levels(some.columns, some.inside(a), some.inside(b), some.counted)
    return patterns("delivery", levels, 0), model.scores("delivery", levels, size)


def scores(pattern: Ints, model: Model, size: int) -> Array:
    """得分 — from kept patterns, in blocks."""
    found = [
        model.scores("delivery", levels_of(pattern[at : at + _BLOCK], len(model.delivery)), size)
        for at in range(0, len(pattern), _BLOCK)
    ]
    return np.concatenate([np.zeros(0), *found])


def levels_of(pattern: Ints, count: int) -> Levels:
    """层级 — the levels a pattern keeps, one column a comparison."""
    return np.column_stack([(pattern >> (LEVEL_BITS * at) & 15).astype(np.uint8) for at in range(count)])


def sized(pattern: Ints, size: int) -> Ints:
    """带规模的编码 — kept patterns with the size the prior needs, as evidence holds them."""
    return pattern | size << LEVEL_BITS * MOST


def _flat(counted: Rarity, institutions: int) -> dict[str, Array]:
    found: dict[str, Array] = {f"name_{at}": one[:-1] for at, one in enumerate(counted.names)}
    found |= {f"sound_{at}": one[:-1] for at, one in enumerate(counted.sounds)}
    # institutions whose records were all withdrawn are not counted any more
    large = np.zeros(institutions, np.bool_)
    large[: len(counted.large) - 1] = counted.large[:-1]
    return found | {"large": large}


def _mended(kept: dict[str, Array], before: dict[str, Array], memory: Memory, c: Columns) -> Ints:
    """Put right, in place, the levels that hang on counts; positions of the pairs that changed."""
    if not len(kept["a"]):
        return np.zeros(0, np.int64)
    found = []
    a, b = kept["a"], kept["b"]
    sound = np.r_[memory.entries["name_sound"], -1]
    for at, (name, place) in enumerate(_NAMES):
        own = memory.rows[name]
        for flag, low, high, spoken in (
            (f"name_{at}", NameLevel.SAME_RARE, NameLevel.SAME_VERY_COMMON, False),
            (f"sound_{at}", NameLevel.SOUND_RARE, NameLevel.SOUND_COMMON, True),
        ):
            now = memory.counted[flag]
            code = sound[own] if spoken else own
            where = _suspects(code, a, before[flag], now)
            level = kept["pattern"][where] >> (LEVEL_BITS * place) & 15
            # a Chinese and a foreign spelling of one name have the level of an equal sound without sounding equal
            equal = (level >= low) & (level <= high) & (code[a[where]] == code[b[where]])
            where = where[equal]
            _put(kept["pattern"], where, place, now[code[a[where]]])
            found.append(where)
    now = memory.counted["large"]
    where = _suspects(c.institution, a, before["large"], now)
    level = kept["pattern"][where] >> (LEVEL_BITS * _INSTITUTION) & 15
    where = where[(level == InstitutionLevel.SAME) | (level == InstitutionLevel.SAME_LARGE)]
    larger = np.where(now[c.institution[a[where]]], InstitutionLevel.SAME_LARGE, InstitutionLevel.SAME)
    _put(kept["pattern"], where, _INSTITUTION, larger)
    return np.unique(np.concatenate([*found, where]))


def _suspects(code: Array, a: Array, before: Array, now: Array) -> Ints:
    """Positions of pairs whose first record carries a code that is counted otherwise now."""
    other = np.zeros(len(now) + 1, np.bool_)
    other[: len(before)] = before != now[: len(before)]
    return np.flatnonzero(other[code][a]) if other.any() else np.zeros(0, np.int64)


def _put(pattern: Ints, where: Ints, place: int, level: Array) -> None:
    shift = LEVEL_BITS * place
    pattern[where] = pattern[where] & ~(15 << shift) | level.astype(np.int64) << shift
