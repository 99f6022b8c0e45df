"""校准 — from a pair's score to the probability that it is right, and thresholds from wanted error rates.

A model's own odds are checked without known truth by third records: does a record that surely belongs with one of a
pair belong with the other too? Such company knows nothing of the pair's own comparison, so it shows where the score
promises too much or too little. The curve is monotone; where company is thin it stays with the model's own odds.
"""

from dataclasses import dataclass
from math import ceil, floor

import numpy as np
import numpy.typing as npt
from scipy import sparse

from renjia.engine.linkage.columns import Ints

Floats = npt.NDArray[np.float64]

# Beyond this many bits either way company adds nothing: the pair is sure.
_SURE = 24.0
# Bits from which a link is strong enough to vouch for another: wrong once in a thousand by its own odds.
_VOUCHES = 10.0
# Pairs that the model's own odds count for, at each quarter of a bit.
_OWN = 2.0
# A record with more sure company than this is an office's hub, not a family's: it vouches for nobody.
_CROWD = 64
_LEAST_CHANCE = 2.0**-24


@dataclass(frozen=True, slots=True)
class Calibration:
    """校准曲线 — scores (bits, rising) and the chance of being right at each; in between straight in log-odds.

    company: pairs whose rightness third records told; 0 = the model's own odds.
    """

    scores: tuple[float, ...]
    chances: tuple[float, ...]
    company: int = 0

    def chance(self, score: float | Floats) -> Floats:
        """概率 — chance that pairs of these scores are right; beyond the ends it goes on bit by bit."""
        bits = np.atleast_1d(np.asarray(score, dtype=np.float64))
        known = np.array(self.scores)
        odds = np.log2(np.array(self.chances) / (1 - np.array(self.chances)))
        said = np.interp(bits, known, odds)
        said += np.minimum(bits - known[0], 0) + np.maximum(bits - known[-1], 0)
        return chance_of(said)

    def __post_init__(self) -> None:
        """核对 — ValueError unless both rise."""
        steps = np.diff(self.scores), np.diff(self.chances)
        if not self.scores or len(self.scores) != len(self.chances) or (steps[0] <= 0).any() or (steps[1] < 0).any():
            raise ValueError("校准曲线的得分要逐点增大、概率不能下降；请重新校准")


def chance_of(bits: float | Floats) -> Floats:
    """得分变概率 — 1 / (1 + 2^-bits): what a score says when it is taken at its word."""
    return np.asarray(1.0 / (1.0 + np.exp2(np.clip(-np.asarray(bits, dtype=np.float64), -500, 500))), dtype=np.float64)


OWN_ODDS = Calibration((-_SURE, _SURE), (float(chance_of(-_SURE)), float(chance_of(_SURE))))


def vouched(count: int, a: Ints, b: Ints, score: Floats) -> npt.NDArray[np.int8]:
    """旁证 — per pair: 1 a third record surely belongs with both, 0 each has sure company and shares none of it,
    -1 nobody can tell; pairs beyond doubt are not asked (-1). `count`: number of records; pairs must be complete.
    """
    strong = _matrix(count, a, b, score >= _VOUCHES)
    degree = np.asarray(strong.sum(axis=1)).ravel()
    asked = np.flatnonzero((np.abs(score) < _SURE) & (degree[a] <= _CROWD) & (degree[b] <= _CROWD))
    one, other = a[asked], b[asked]
    own = score[asked] >= _VOUCHES
    company = (degree[one] - own > 0) & (degree[other] - own > 0)
    both = np.asarray(strong[one].multiply(strong[other]).sum(axis=1)).ravel() > 0
    found = np.full(len(a), -1, np.int8)
    found[asked] = np.select([both, company], [1, 0], -1)
    return found


def _matrix(count: int, a: Ints, b: Ints, kept: npt.NDArray[np.bool_]) -> sparse.csr_array:
    x, y = np.concatenate([a[kept], b[kept]]), np.concatenate([b[kept], a[kept]])
    return sparse.csr_array((np.ones(len(x)), (x, y)), shape=(count, count))


def calibrate(score: Floats, right: npt.NDArray[np.int8]) -> Calibration:
    """校准 — the monotone curve through what company (or an audit) said: right 1, wrong 0, unknown -1, by pair."""
    told = (right >= 0) & (np.abs(score) < _SURE)
    at = np.arange(floor(-_SURE * 4), ceil(_SURE * 4) + 1)
    where = np.round(score[told] * 4).astype(np.int64) - int(at[0])
    said = np.bincount(where, minlength=len(at))
    yes = np.bincount(where, weights=right[told], minlength=len(at))
    weight = np.asarray(said + _OWN, dtype=np.float64)
    mean = np.asarray((yes + _OWN * chance_of(at / 4)) / weight, dtype=np.float64)
    rising = np.clip(monotone(mean, weight), _LEAST_CHANCE, 1 - _LEAST_CHANCE)
    return Calibration(tuple((at / 4).tolist()), tuple(rising.tolist()), int(told.sum()))


def monotone(values: Floats, weights: Floats) -> Floats:
    """保序 — the rising sequence nearest to `values` (weighted least squares; pool adjacent violators)."""
    blocks: list[list[float]] = []
    for value, weight in zip(values.tolist(), weights.tolist(), strict=True):
        blocks.append([value, weight, 1])
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            mean, mass, size = blocks.pop()
            whole = blocks[-1][1] + mass
            blocks[-1] = [(blocks[-1][0] * blocks[-1][1] + mean * mass) / whole, whole, blocks[-1][2] + size]
    return np.repeat([mean for mean, _, _ in blocks], [int(size) for _, _, size in blocks])


@dataclass(frozen=True, slots=True)
class Thresholds:
    """两条线 — link at or above `link`, ask a person from `review` up to it; what is then expected to be wrong.

    wrong_links: expected share of false pairs among linked; missed: expected share of true pairs among those set aside;
    asked: pairs in between.
    """

    link: float
    review: float
    wrong_links: float
    missed: float
    asked: int


def thresholds(
    calibration: Calibration, score: Floats, *, ppv: float = 0.9995, npv: float = 0.995, least: float = 0.95
) -> Thresholds:
    """定两条线 — the lowest link line that keeps the wanted share right (PPV) and each single link at `least`, and the
    highest review line, even odds at most, below which the wanted share is rightly set aside (NPV); quarters of a bit.

    score: of all candidate pairs. ValueError (Chinese) for rates that are none.
    """
    if not (0 < ppv < 1 and 0 < npv < 1 and 0 < least < 1):
        raise ValueError(f"正确率应在 0 与 1 之间（阳性 {ppv}，阴性 {npv}，单个 {least}）；例如 0.9995、0.995、0.95")
    chance = calibration.chance(score)
    grid = np.arange(-_SURE, _SURE + 0.25, 0.25)
    order = np.argsort(score, kind="stable")
    ranked, sure = score[order], chance[order]
    below = np.searchsorted(ranked, grid)
    missed = np.concatenate([[0.0], np.cumsum(sure)])
    wrong = np.concatenate([[0.0], np.cumsum(1 - sure)])
    count = len(ranked)
    share_wrong = (wrong[-1] - wrong[below]) / np.maximum(count - below, 1)
    share_missed = missed[below] / np.maximum(below, 1)
    fit = (share_wrong <= 1 - ppv) & (calibration.chance(grid) >= least)
    top = int(np.argmax(fit)) if fit.any() else len(grid) - 1
    even = calibration.chance(grid) <= 0.5
    low = np.flatnonzero((share_missed <= 1 - npv)[: top + 1] & even[: top + 1])
    bottom = int(low[-1]) if len(low) else 0
    return Thresholds(
        float(grid[top]), float(grid[bottom]), float(share_wrong[top]), float(share_missed[bottom]),
        int(below[top] - below[bottom]),
    )  # fmt: skip
