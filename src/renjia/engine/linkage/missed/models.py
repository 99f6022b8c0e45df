"""漏报估计 — births that no source reported, from which sources saw which births (multiple-systems estimation).

A table of cells counts births by the sources that hold them: bit i of the cell's number says that source i does.
The cell 0, seen by none, is what is estimated. Log-linear Poisson models, `log E n = Xβ` over the 2^k − 1 seen cells:
n̂0 = exp(β̂0), N̂ = n + n̂0, var N̂ = n̂0 + n̂0²·var β̂0, AIC = −2ℓ + 2p, BIC = −2ℓ + p·ln n (n: births seen).
Source: Bishop, Fienberg and Holland 1975, ch. 6; Ball et al. 2002 for the worked example of the tests.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from math import exp, inf, lgamma, log, sqrt

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Term = int  # a set of sources as bits; 0 is the constant

_ALL_MODELS_UP_TO = 4
_STEPS = 60
_TOLERANCE = 1e-9
_Z95 = 1.959963984540054


class TooThin(ValueError):
    """数据太少 — why these cells carry no estimate, in Chinese."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """一个模型 — terms: its interactions (bits of two sources or more); total N̂, se, deviance on df, aic, bic."""

    terms: tuple[Term, ...]
    seen: int
    unseen: float
    se: float
    deviance: float
    df: int
    aic: float
    bic: float

    @property
    def total(self) -> float:
        """全部 — N̂ = seen + unseen."""
        return self.seen + self.unseen

    def interval(self, z: float = _Z95) -> tuple[float, float]:
        """对数正态区间 — n + n̂0/C … n + n̂0·C, C = exp(z·√ln(1 + SE²/n̂0²)); never below what was seen."""
        if self.unseen <= 0:
            return float(self.seen), float(self.seen)
        factor = exp(z * sqrt(log1p_ratio(self.se, self.unseen)))
        return self.seen + self.unseen / factor, self.seen + self.unseen * factor


def log1p_ratio(se: float, unseen: float) -> float:
    """ln(1 + SE²/n̂0²) — the squared spread of a log-normal with this mean and standard error."""
    return log(1 + (se / unseen) ** 2)


def cells_of(counts: Mapping[str, int], sources: Sequence[str]) -> npt.NDArray[np.int64]:
    """装表 — counts keyed like "1101" (in order of sources) as an array by cell number; the cell 0 must be absent or 0.

    Raises ValueError (Chinese) for a key of another length, other signs than 0 and 1, or a negative count.
    """
    cells = np.zeros(1 << len(sources), np.int64)
    for key, count in counts.items():
        if len(key) != len(sources) or set(key) - {"0", "1"}:
            raise ValueError(f"「{key}」不是 {len(sources)} 个来源的有无；每个来源写 1（有）或 0（无）")
        if count < 0 or ("1" not in key and count):
            raise ValueError(f"「{key}」的件数 {count} 不对；件数不能是负数，谁都没报的件数正是要估计的，不能写")
        cells[int(key[::-1], 2)] += count
    return cells


def fit(cells: npt.NDArray[np.int64] | Floats, terms: Iterable[Term]) -> Fitted | None:
    """拟合一个模型 — maximum likelihood by Newton's steps; None when a term has no finite estimate.

    cells: (2^k,) counts, cell 0 ignored; terms: interactions; constant and every single source are always in.
    """
    found = tuple(sorted(terms))
    design, count = _design(len(cells).bit_length() - 1, found), cells[1:].astype(np.float64)
    mean, spread = _newton(design, count)
    if mean is None or spread is None:
        return None
    expected = np.exp(design @ mean)
    unseen = exp(min(mean[0], 700.0))
    seen, freedom = round(float(count.sum())), len(count) - design.shape[1]
    likelihood = float((count * (design @ mean) - expected).sum() - sum(lgamma(n + 1) for n in count))
    positive = count > 0
    deviance = 2 * float((count[positive] * np.log(count[positive] / expected[positive])).sum())
    deviance -= 2 * float((count - expected).sum())
    variance = unseen + unseen**2 * spread
    parameters = design.shape[1]
    return Fitted(
        found, seen, unseen, sqrt(variance), deviance, freedom,
        2 * parameters - 2 * likelihood, parameters * log(max(seen, 2)) - 2 * likelihood,
    )  # fmt: skip


@lru_cache(maxsize=4096)
def _design(sources: int, terms: tuple[Term, ...]) -> Floats:
    """设计矩阵 — rows: seen cells; columns: constant, sources, interactions."""
    columns = [0, *(1 << at for at in range(sources)), *terms]
    return np.array([[float(cell & term == term) for term in columns] for cell in range(1, 1 << sources)])


def _newton(design: Floats, count: Floats) -> tuple[Floats | None, float | None]:
    """Estimates and the variance of the constant; None at a boundary (a term runs away or the information is singular)."""
    start = np.log(count + 0.5)
    beta: Floats = np.linalg.lstsq(design * np.sqrt(count + 0.5)[:, None], start * np.sqrt(count + 0.5), rcond=None)[0]
    old = inf
    for _ in range(_STEPS):
        linear = np.clip(design @ beta, -50, 50)
        expected = np.exp(linear)
        information = design.T @ (design * expected[:, None])
        try:
            step = np.linalg.solve(information, design.T @ (count - expected))
        except np.linalg.LinAlgError:
            return None, None
        beta = beta + step * min(1.0, 5 / max(float(np.abs(step).max()), 1e-12))
        score = float((count * linear - expected).sum())
        if float(np.abs(step).max()) < _TOLERANCE or abs(score - old) < _TOLERANCE * 1e-6:
            break
        old = score
    expected = np.exp(np.clip(design @ beta, -50, 50))
    information = design.T @ (design * expected[:, None])
    if np.linalg.cond(information) > 1e12 or float(np.abs(beta).max()) > 40 or expected.min() < 1e-7:
        return None, None
    return beta, float(np.linalg.inv(information)[0, 0])


def hierarchical(sources: int, empty: frozenset[Term] = frozenset()) -> Iterator[tuple[Term, ...]]:
    """全部阶层模型 — every set of interactions in which a term comes with all its parts; not the one of all sources.

    empty: pairs of sources with no birth in common, which no model may hold (their estimate runs to −∞).
    """
    pairs = [sum(1 << at for at in pair) for pair in combinations(range(sources), 2)]
    pairs = [pair for pair in pairs if pair not in empty]
    for many in range(len(pairs) + 1):
        for chosen in combinations(pairs, many):
            yield from _with_higher(sources, chosen, 3)


def _with_higher(sources: int, chosen: tuple[Term, ...], order: int) -> Iterator[tuple[Term, ...]]:
    """The model, and with every set of terms of the next orders whose parts it holds."""
    if order >= sources:
        yield chosen
        return
    possible = [term for term in allowed(sources, chosen) if term.bit_count() == order]
    for many in range(len(possible) + 1):
        for more in combinations(possible, many):
            yield from _with_higher(sources, (*chosen, *more), order + 1)


def allowed(sources: int, terms: Iterable[Term]) -> list[Term]:
    """可加的项 — interactions not in the model whose parts all are; never the one of all sources."""
    have = {*terms, *(1 << at for at in range(sources))}
    return [
        term
        for term in range(1, (1 << sources) - 1)
        if term.bit_count() >= 2 and term not in have and all(term & ~(1 << at) in have for at in bits(term))
    ]


def removable(terms: Iterable[Term]) -> list[Term]:
    """可去的项 — interactions that are part of no other."""
    have = set(terms)
    return [term for term in have if not any(term != other and term & other == term for other in have)]


def bits(term: Term) -> list[int]:
    """项里的来源 — positions of its bits."""
    return [at for at in range(term.bit_length()) if term >> at & 1]


def model_set(cells: npt.NDArray[np.int64] | Floats) -> list[Fitted]:
    """模型集 — fitted models by BIC, best first: all of up to four sources, of five those a two-way search meets.

    Raises TooThin when not even independence can be fitted.
    """
    sources = len(cells).bit_length() - 1
    numbers = np.arange(len(cells))
    pairs = (sum(1 << at for at in pair) for pair in combinations(range(sources), 2))
    empty = frozenset(pair for pair in pairs if not cells[(numbers & pair) == pair].any())
    if sources <= _ALL_MODELS_UP_TO:
        found = [one for terms in hierarchical(sources, empty) if (one := fit(cells, terms)) is not None]
    else:
        found = _search(cells, sources, empty)
    if not found:
        raise TooThin("各来源之间几乎没有共同的个案，不能估计漏报；请把时间放长或把街镇合并后再估计。")
    return sorted(found, key=lambda one: (one.bic, one.terms))


def _search(cells: npt.NDArray[np.int64] | Floats, sources: int, empty: frozenset[Term]) -> list[Fitted]:
    """Every model met while adding or removing one term at a time, from independence and from all pairs."""
    met: dict[tuple[Term, ...], Fitted | None] = {}

    def tried(terms: Iterable[Term]) -> Fitted | None:
        key = tuple(sorted(terms))
        if key not in met:
            met[key] = fit(cells, key)
        return met[key]

    pairs = tuple(term for term in allowed(sources, ()) if term not in empty)
    for start in ((), pairs):
        here = tried(start) or tried(())
        while here is not None:
            added = [(*here.terms, t) for t in allowed(sources, here.terms) if t not in empty]
            removed = [tuple(t for t in here.terms if t != gone) for gone in removable(here.terms)]
            around = [one for terms in (*added, *removed) if (one := tried(terms)) is not None]
            best = min(around, key=lambda one: (one.bic, one.terms), default=here)
            if best.bic >= here.bic:
                break
            here = best
    return [one for one in met.values() if one is not None]


def averaged(models: Sequence[Fitted]) -> tuple[float, Floats]:
    """按BIC平均 — the weighted total and each model's weight, proportional to exp(−ΔBIC/2)."""
    bic = np.array([one.bic for one in models])
    weights = np.exp(-(bic - bic.min()) / 2)
    weights /= weights.sum()
    return float((weights * np.array([one.total for one in models])).sum()), weights
