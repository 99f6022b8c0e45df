"""列 — columns of equal length as numpy arrays, and the seeded streams that fill them."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

_OBJECT = np.dtype(object)

Texts = npt.NDArray[np.object_]
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Columns = dict[str, npt.NDArray[Any]]
Change = Callable[[str, np.random.Generator], str]

MISSING = -1  # of an integer column; a missing text is ""


def stream(seed: int, stage: str) -> np.random.Generator:
    """随机流 — one independent stream a stage, so that a change in one stage leaves the others as they were."""
    return np.random.default_rng(np.random.SeedSequence([seed, zlib.crc32(stage.encode())]))


def texts(values: Iterable[str]) -> Texts:
    """文本列 — an object array of str."""
    held = list(values)
    column = np.empty(len(held), dtype=_OBJECT)
    column[:] = held
    return column


def blank(length: int) -> Texts:
    """空列 — `length` empty texts."""
    return np.full(length, "", dtype=_OBJECT)


def take(columns: Mapping[str, npt.NDArray[Any]], rows: npt.NDArray[Any]) -> Columns:
    """取行 — the same columns at `rows` (positions or flags)."""
    return {name: column[rows] for name, column in columns.items()}


def stack(parts: Sequence[Mapping[str, npt.NDArray[Any]]]) -> Columns:
    """接行 — parts with the same columns, one under the other."""
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def happens(rng: np.random.Generator, share: float | Floats, length: int) -> Flags:
    """发生与否 — true with probability `share`, row by row."""
    return np.asarray(rng.random(length) < share)


def weighted(rng: np.random.Generator, weights: Sequence[float] | Floats, length: int) -> Ints:
    """加权抽取 — positions in `weights`, drawn with replacement."""
    heap = np.cumsum(np.asarray(weights, dtype=np.float64))
    return np.asarray(np.minimum(np.searchsorted(heap, rng.random(length) * heap[-1], side="right"), len(heap) - 1))


def zipf(length: int, steep: float = 0.8) -> Floats:
    """长尾权重 — 1/(rank+2)^steep."""
    return np.asarray((np.arange(length) + 2.0) ** -steep)


def slipped(rng: np.random.Generator, values: Texts, share: float | Floats, change: Change) -> Texts:
    """出错 — a copy in which a share of the filled cells went through `change`."""
    column = values.copy()
    for row in np.flatnonzero(happens(rng, share, len(values))):
        if column[row]:
            column[row] = change(column[row], rng)
    return column


def one_of(rng: np.random.Generator, choices: Sequence[str]) -> str:
    """任取其一 — one of `choices`, all equally likely."""
    return choices[int(rng.integers(len(choices)))]
