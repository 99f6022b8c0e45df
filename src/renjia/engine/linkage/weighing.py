"""称量 — score and pattern of many candidate pairs, of those that reach a threshold."""

import numpy as np
import numpy.typing as npt

from renjia.engine.linkage.columns import Columns
from renjia.engine.linkage.compare import PAIRS, Rarity, compared, rarity, written
from renjia.engine.linkage.model import Model, patterns
from renjia.engine.linkage.packed import Ints
from renjia.engine.linkage.parallel import each

Floats = npt.NDArray[np.float64]
Weighed = tuple[Ints, Floats, Ints]


def weighed(columns: Columns, a: Ints, b: Ints, model: Model, size: int, counted: Rarity | None = None) -> Weighed:
    """称量 — place among the pairs, score and pattern of each pair that reaches `model.link` or `model.review`.

    What reaches neither is never looked at again. counted: as `delivery_levels` takes it.
    """
    common, texts = counted or rarity(columns), written(columns)
    least = min(model.link, model.review)

    def work(start: int) -> Weighed:
        part = slice(start, start + PAIRS)
        levels = compared(columns, a[part], b[part], common, texts)
        score = model.scores("delivery", levels, size)
        kept = np.flatnonzero(score >= least)
        return kept + start, score[kept], patterns("delivery", levels[kept], size)

    parts = each(work, range(0, len(a), PAIRS)) or [work(0)]
    kept, score, pattern = (np.concatenate(column) for column in zip(*parts, strict=True))
    return kept, score, pattern
