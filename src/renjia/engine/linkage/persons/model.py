"""人员模型 — what each level of each field weighs, who may merely live together, and the pattern that rebuilds a score.

A pair's score is log2 of (one person : everything else), where everything else is two strangers or two people of one
home: score = prior + Σ weights − log2(1 + odds of one home). The last term is a line of the waterfall like the others,
so that pattern and model rebuild the score exactly. All lines are in quarters of a bit.
"""

from dataclasses import dataclass
from functools import cached_property
from math import log2

import numpy as np
import numpy.typing as npt

from renjia.engine.linkage.model import LEVEL_BITS, MOST, Weight, patterns, size_of
from renjia.engine.linkage.persons.levels import LABELS, LEVELS, Likeness

_SIZE_AT = LEVEL_BITS * MOST
_PERSON_AT = _SIZE_AT + 7
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Compared:
    """一项比较 — a field, its Chinese name, and 16 weights in bits: one person against strangers, one home against strangers."""

    field: str
    label: str
    person: tuple[float, ...]
    home: tuple[float, ...]


@dataclass(frozen=True)
class PersonModel:
    """人员判定模型 — learned from the registry itself (persons_learning); prior and thresholds in bits.

    partners: expected records of the same person for each record; home: the same for people of one home; with the
    number of records they give the prior. link: a pair at or above is linked; review: a pair between is asked about.
    """

    version: str
    fields: tuple[Compared, ...]
    partners: float
    home: float
    link: float = 3.0
    review: float = -4.0

    def prior(self, size: int) -> float:
        """先验 — log2 odds that two of 2**size records are of one person, in quarters."""
        return float(quarters(log2(self.partners) - size))

    def home_prior(self, size: int) -> float:
        """同住先验 — log2 odds that two of 2**size records are of one home."""
        return log2(self.home) - size

    @cached_property
    def tables(self) -> tuple[Floats, Floats]:
        """权重表 — field × level, of one person and of one home."""
        return np.array([one.person for one in self.fields]), np.array([one.home for one in self.fields])

    def scores(self, levels: npt.NDArray[np.uint8], size: int) -> Floats:
        """得分 — one a row of levels (rows: pairs, columns: fields)."""
        person, home = self.tables
        at = np.arange(len(self.fields))
        total: Floats = self.prior(size) + person[at, levels].sum(axis=1)
        return total - quarters(np.logaddexp2(0.0, self.home_prior(size) + home[at, levels].sum(axis=1)))


def quarters(bits: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """取到四分之一 — so that sums are exact in any order."""
    return np.round(4 * np.asarray(bits, dtype=np.float64)) / 4


def size_for(pairs: float, records: int) -> int:
    """规模 — rounded log2 of how many records each could be paired with; a small registry is taken for 512."""
    return size_of(round(2 * pairs / max(records, 1)))


def person_patterns(levels: npt.NDArray[np.uint8], size: int) -> npt.NDArray[np.int64]:
    """编码 — one 64-bit pattern a row: 4 bits a field, 6 bits of size, and a bit that says persons were compared."""
    return patterns("person", levels, size) | np.int64(1 << _PERSON_AT)


def explain_person(pattern: int, model: PersonModel) -> list[Weight]:
    """说明 — the waterfall of one pattern; the last `running` equals the stored score exactly.

    ValueError when the pattern is not one of persons.
    """
    if not pattern >> _PERSON_AT & 1:
        raise ValueError("这不是人员比对的证据码；出生个案的证据请用 explain")
    size = (pattern >> _SIZE_AT) & 0x3F
    lines = [(f"先验：约 {1 << size:,} 条记录中的任意两条", model.prior(size))]
    home = model.home_prior(size)
    for at, one in enumerate(model.fields):
        level = (pattern >> (LEVEL_BITS * at)) & (LEVELS - 1)
        home += one.home[level]
        if level != Likeness.MISSING:
            lines.append((one.label + LABELS[Likeness(level)], one.person[level]))
    together = float(quarters(np.logaddexp2(0.0, home)))
    if together:
        lines.append(("可能是同住的两个人", -together))
    running, shown = 0.0, []
    for label, weight in lines:
        running += weight
        shown.append(Weight(label, weight, running))
    return shown
