"""孩子 — the records of one delivery divided among its children.

Every way to divide them is priced: in each child each field has one true value (the record's that explains the rest
best), every deviating record pays for its error, every further child for being one, a second record of a source for
being a repetition. The cheapest division wins; where another is nearly as cheap and puts a record elsewhere, that
record is left undecided instead of guessed.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from renjia.engine.linkage.children_pricing import Delivery, Division, cheapest, source_at
from renjia.engine.linkage.children_search import search
from renjia.engine.linkage.model import Model
from renjia.engine.linkage.packed import Flags, Ints
from renjia.engine.linkage.parallel import each

Levels = npt.NDArray[np.uint8]
# Records up to which every division into so many children is priced.
_EXACT = {2: 14, 3: 12, 4: 10}
# Records beyond which nobody's delivery is meant (an office's test entries, say): only plain repetitions are joined.
MOST = 24
# What is one child's own: two of a delivery never share it.
_OF_ONE = ("baby_name", "certificate", "order")
# Bits of evidence on the child, none against, that make two records of a source a plain repetition.
_PLAINLY = 6.0


def divide(delivery: Delivery, model: Model) -> Division:
    """划分 — the cheapest division and which records it leaves open.

    Plain repetitions inside a source are joined first: children of one delivery never share a name, nor time and weight,
    however often a file is sent under new record numbers.
    """
    return divide_all([delivery], model)[0]


def divide_all(deliveries: Sequence[Delivery], model: Model) -> list[Division]:
    """划分多次分娩 — one Division a delivery; those with the same sources and statements are priced together, and those
    alike in every pair of their records once.
    """
    found: list[Division] = [Division([], [], [])] * len(deliveries)
    alike: dict[object, list[int]] = defaultdict(list)
    for at, one in enumerate(deliveries):
        alike[tuple(one.sources), one.stated, tuple(one.together), tuple(one.apart)].append(at)

    def work(places: list[int]) -> None:
        number: dict[bytes, int] = {}
        same = [number.setdefault(deliveries[at].levels.tobytes(), len(number)) for at in places]
        example = np.unique(same, return_index=True)[1]
        levels = np.stack([deliveries[places[at]].levels for at in example.tolist()])
        divided = _divide(levels, deliveries[places[0]], model)
        for at, which in zip(places, same, strict=True):
            found[at] = divided[which]

    # the largest first, so that no thread is left with it at the end
    each(work, sorted(alike.values(), key=len, reverse=True))
    return found


def _divide(levels: Levels, like: Delivery, model: Model) -> list[Division]:
    """Divisions of deliveries that differ from `like` in their levels only; repetitions joined first."""
    found: list[Division] = [Division([], [], [])] * len(levels)
    lead = _repetitions(levels, like, model)
    for joined in np.unique(lead, axis=0):
        places = np.flatnonzero((lead == joined).all(axis=1))
        kept = np.unique(joined)
        at = np.searchsorted(kept, joined).tolist()
        whole = _merged(levels[places], joined.tolist())[:, kept][:, :, kept]
        left = Delivery(
            whole[0],
            [like.sources[record] for record in kept.tolist()],
            like.stated,
            [(at[p], at[q]) for p, q in like.together if at[p] != at[q]],
            [(at[p], at[q]) for p, q in like.apart],
        )
        for place, one in zip(places.tolist(), _settled(whole, left, model), strict=True):
            found[place] = Division(
                [one.child[k] for k in at], [one.undecided[k] for k in at], [one.repeated[k] for k in at]
            )
    return found


def _settled(levels: Levels, like: Delivery, model: Model) -> list[Division]:
    count = len(like.sources)
    if count > MOST:
        return [Division(list(range(count)), [True] * count, [True] * count)] * len(levels)
    sources = list(like.sources)
    most = max(like.stated, max(map(sources.count, sources)), 2)
    if count > _EXACT.get(most, 0):
        return [search(Delivery(one, sources, like.stated, like.together, like.apart), model) for one in levels]
    return cheapest(levels, like, most, model)


def _repetitions(levels: Levels, like: Delivery, model: Model) -> Ints:
    """For every record the one it plainly repeats: same source, something of weight the same, nothing different."""
    count = len(like.sources)
    lead = np.tile(np.arange(count), (len(levels), 1))
    source = np.array(like.sources)
    same = (source[:, None] == source[None, :]) & ~np.eye(count, dtype=np.bool_)
    if not same.any():
        return lead
    table, apart_at = model.tables["child"], source_at(model)
    total, least, own = np.zeros((3, len(levels), count, count), np.float32)
    for at, comparison in enumerate(model.child):
        if at != apart_at:
            weight = table[at].astype(np.float32)[levels[..., at]]
            total += weight
            np.minimum(least, weight, out=least)
            if comparison.field in _OF_ONE:
                np.maximum(own, weight, out=own)
    plain = same & (total >= _PLAINLY) & (least >= 0)
    for one, other in like.apart:
        plain[:, one, other] = plain[:, other, one] = False
    stated = (np.diagonal(levels, axis1=1, axis2=2) > 0).sum(axis=1)
    for at in np.flatnonzero(plain.any(axis=(1, 2))).tolist():
        lead[at] = _leads(plain[at], own[at] > 0, stated[at].tolist(), like)
    return lead


def _leads(plain: Flags, own: Flags, stated: list[int], like: Delivery) -> list[int]:
    """The fullest record leads those that plainly repeat it.

    Where several children are stated, records that share nothing of one child's own (twins may be alike in sex, time and
    weight) are repetitions only as far as their source has sent more of them than children are stated.
    """
    count = len(stated)
    lead = list(range(count))
    order = sorted(range(count), key=lambda record: (-stated[record], record))
    twins = like.stated > 1
    for place, record in enumerate(order):
        if lead[record] == record:
            for other in order[place + 1 :]:
                if plain[record, other] and lead[other] == other and (own[record, other] or not twins):
                    lead[other] = record
    if twins:
        heads = [record for record in order if lead[record] == record]
        left = Counter(like.sources[record] for record in heads)
        for place in range(len(heads) - 1, 0, -1):
            other = heads[place]
            first = next((record for record in heads[:place] if plain[record, other]), other)
            if first != other and left[like.sources[other]] > like.stated:
                lead = [first if one == other else one for one in lead]
                left[like.sources[other]] -= 1
    return lead


def _merged(levels: Levels, lead: list[int]) -> Levels:
    """What the first record leaves out, its repetition says."""
    if lead == list(range(len(lead))):
        return levels
    levels = levels.copy()
    for record, first in enumerate(lead):
        for own, said in (
            (levels[:, first], levels[:, record]),
            (levels[:, :, first], levels[:, :, record]),
            (levels[:, first, first], levels[:, record, record]),
        ):
            np.copyto(own, said, where=own == 0)
    return levels
