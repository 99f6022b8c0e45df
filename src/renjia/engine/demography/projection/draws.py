"""概率推算 — a thousand futures: paths of fertility, mortality and migration, run by the compiled kernels."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from renjia.engine.demography.checks import Floats, Ints
from renjia.engine.demography.errors import DemographyError
from renjia.engine.demography.projection.inputs import CHILDBEARING, ProjectionInputs
from renjia.engine.demography.projection.kernels import run_floats
from renjia.engine.demography.projection.kernels_counts import run_counts
from renjia.engine.demography.projection.kernels_moves import run_moves
from renjia.engine.demography.projection.migration import exchange_of

Mode = Literal["rates", "counts"]
_KINDS = {"fertility": 1, "fertility_place": 2, "mortality": 3, "migration": 4, "migration_place": 5, "levels": 6}
_NONE: tuple[int, ...] = ()
_BLOCK = 10


@dataclass(frozen=True, slots=True)
class Uncertainty:
    """不确定性 — how far the years may stray from the inputs; spreads are standard deviations of a logarithm.

    Each path is a first-order autoregression started at 0: x_t = carry·x_{t−1} + √(1 − carry²)·sd·z_t, except mortality, a
    random walk whose step is `mortality`. *_place: each place's own path, on top of the district's. migration: as a share
    of the mean absolute yearly net migration (or of `migration_floor` per thousand people where that is less).
    fertility_levels, mortality_levels: gamma (shape, rate) of each place's level, from `shrink_rates`; None: as given.
    """

    fertility: float = 0.08
    fertility_place: float = 0.04
    fertility_carry: float = 0.9
    mortality: float = 0.015
    migration: float = 0.3
    migration_place: float = 0.3
    migration_carry: float = 0.7
    migration_floor: float = 1.0
    fertility_levels: tuple[Floats, Floats] | None = None
    mortality_levels: tuple[Floats, Floats] | None = None

    def __post_init__(self) -> None:
        """Refuse a spread below zero and a carry outside [0, 1)."""
        for name in ("fertility", "fertility_place", "mortality", "migration", "migration_place", "migration_floor"):
            if not (np.isfinite(getattr(self, name)) and getattr(self, name) >= 0):
                raise DemographyError(f"{getattr(self, name)}", f"不确定性 {name}", "请填不小于 0 的数")
        for name in ("fertility_carry", "migration_carry"):
            if not 0 <= getattr(self, name) < 1:
                raise DemographyError(f"{getattr(self, name)}", f"不确定性 {name}", "请填 0 到 1 之间（不含 1）的数")


@dataclass(frozen=True, slots=True)
class Paths:
    """路径 — what the draws change; D draws.

    fertility, migration (P, D, T): factor of the births; multiple of `spread` (P, 2, A) added to net moves;
    mortality (D, T, 2): index whose unit adds `response` (2, A) to ln m; level (P, D): factor of the death rates.
    """

    fertility: Floats
    mortality: Floats
    level: Floats
    migration: Floats
    response: Floats
    spread: Floats

    def __len__(self) -> int:
        """How many draws."""
        return int(self.fertility.shape[1])


@dataclass(frozen=True, slots=True)
class Draws:
    """推算结果，逐次 — cells (P, D, T, 2, A) float32 or int32 (T = 0 when not kept); groups (P, D, T, 2, G);

    flows (P, D, T, 2, 4): births, deaths, net moves carried out, people at the end, in float64 or whole numbers.
    """

    inputs: ProjectionInputs
    cells: np.ndarray[Any, np.dtype[Any]]
    groups: Floats
    flows: Floats = field(repr=False)

    def closing_error(self) -> float:
        """平衡差 — largest |end − start − births + deaths − moves| by place, sex, draw, year, relative to the start."""
        end = self.flows[..., 3]
        start = np.empty_like(end)
        start[:, :, 0] = self.inputs.base.sum(axis=2)[:, None]
        start[:, :, 1:] = end[:, :, :-1]
        gap = end - start - self.flows[..., 0] + self.flows[..., 1] - self.flows[..., 2]
        return float(np.abs(gap / np.maximum(start, 1.0)).max())


def _random(seed: int, kind: str) -> np.random.Generator:
    return np.random.Generator(np.random.Philox(key=np.array([seed, _KINDS[kind]], dtype=np.uint64)))


def _carried(noise: Floats, carry: float, sd: float) -> Floats:
    """Autoregression along the last axis, started at 0."""
    path = np.empty_like(noise)
    last = np.zeros(noise.shape[:-1])
    for t in range(noise.shape[-1]):
        last = carry * last + np.sqrt(1.0 - carry * carry) * sd * noise[..., t]
        path[..., t] = last
    return path


def draw_paths(inputs: ProjectionInputs, uncertainty: Uncertainty, draws: int, seed: int, *, first: int = 0) -> Paths:
    """抽路径 — draws `first` … `first + draws − 1` of the run with this seed: the same whether drawn in parts or at once.

    Needs single-year inputs. One normal stream per kind, in the order of the draws (Philox, keyed by seed and kind).
    """
    places, steps, until = len(inputs.places), inputs.steps, first + draws
    u = uncertainty
    fertility = _carried(
        _random(seed, "fertility").standard_normal((until, steps))[first:], u.fertility_carry, u.fertility
    )
    own = _random(seed, "fertility_place").standard_normal((until, places, steps))[first:]
    births = np.exp(fertility[:, None] + _carried(own, u.fertility_carry, u.fertility_place)).transpose(1, 0, 2)
    walk = np.cumsum(u.mortality * _random(seed, "mortality").standard_normal((until, steps))[first:], axis=1)
    common = _carried(
        _random(seed, "migration").standard_normal((until, steps))[first:], u.migration_carry, u.migration
    )
    apart = _random(seed, "migration_place").standard_normal((until, places, steps))[first:]
    moves = (common[:, None] + _carried(apart, u.migration_carry, u.migration_place)).transpose(1, 0, 2)
    levels = _random(seed, "levels")
    born, died = np.ones((places, draws)), np.ones((places, draws))
    for target, gamma in ((born, u.fertility_levels), (died, u.mortality_levels)):
        if gamma is not None:
            target[:] = levels.gamma(gamma[0], 1.0 / gamma[1], (until, places))[first:].T
    spread = np.abs(inputs.migration).mean(axis=1)
    floor = u.migration_floor / 1000.0 * inputs.base.sum(axis=(1, 2))
    people = inputs.base / inputs.base.sum(axis=(1, 2), keepdims=True)
    size = spread.sum(axis=(1, 2))
    shape = np.where(size[:, None, None] > 0, spread / np.maximum(size, 1e-300)[:, None, None], people)
    return Paths(
        fertility=np.ascontiguousarray(births * born[:, :, None]),
        mortality=np.repeat(walk[:, :, None], 2, axis=2),
        level=died,
        migration=np.ascontiguousarray(moves),
        response=np.ones((2, inputs.ages.size)),
        spread=np.ascontiguousarray(shape * np.maximum(size, floor)[:, None, None]),
    )


def share_out(
    kernel: Callable[..., None], arguments: tuple[object, ...], draws: int, last: tuple[object, ...], count: int | None
) -> None:
    """分给线程 — blocks of draws to `count` threads (all processors when None); nothing here calls BLAS, so no pools fight."""
    workers = min(count or len(os.sched_getaffinity(0)), max(draws, 1))
    cuts = [*range(0, draws, _BLOCK), draws]
    if workers == 1:
        for begin, end in pairwise(cuts):
            kernel(*arguments, begin, end, *last)
        return
    with ThreadPoolExecutor(workers) as pool:
        for done in [pool.submit(kernel, *arguments, begin, end, *last) for begin, end in pairwise(cuts)]:
            done.result()


def group_edges(starts: tuple[int, ...], ages: int) -> Ints:
    """年龄组界 — (G + 1,) cuts from lower bounds; G = 0 when there are none."""
    edges = np.array([*starts, ages] if starts else [0], dtype=np.int64)
    if starts and (starts[0] != 0 or (np.diff(edges) <= 0).any()):
        raise DemographyError(f"{list(starts)}", "年龄组", f"请从 0 起、从小到大、不超过 {ages - 1} 岁")
    return edges


def project_draws(
    inputs: ProjectionInputs,
    paths: Paths,
    *,
    mode: Mode = "rates",
    cells: bool = True,
    groups: tuple[int, ...] = _NONE,
    seed: int = 0,
    first: int = 0,
    thread_count: int | None = None,
    moves: ArrayLike | None = None,
) -> Draws:
    """概率推算 — every draw of every place by single years; "rates" in float64 with a float32 store, "counts" in whole persons.

    cells: keep every cell; groups: lower bounds of broad ages to keep sums of. seed, first matter to "counts" alone: the
    stream of (seed, place, draw) is the same on any number of threads and in any division of the draws. Counts start from
    the base rounded to whole persons by the largest remainder, so that each place keeps its (rounded) total.
    moves: yearly rates (O, D, 2, A) of moving between the places, on top of net migration with the rest of the world.
    """
    if inputs.width != 1:
        raise DemographyError("年龄组距是 5 岁", "概率推算", "请先用 in_single_years 化为单岁")
    places, draws, steps, ages = len(inputs.places), len(paths), inputs.steps, inputs.ages.size
    edges = group_edges(groups, ages)
    if mode == "counts":
        inputs = inputs.with_(base=whole_persons(inputs.base))
    kept = steps if cells else 0
    store = np.empty((places, draws, kept, 2, ages), np.float32 if mode == "rates" else np.int32)
    sums, flows = np.empty((places, draws, steps, 2, edges.size - 1)), np.empty((places, draws, steps, 2, 4))
    low, high = CHILDBEARING
    arguments = (
        np.ascontiguousarray(inputs.base), np.ascontiguousarray(inputs.mx), np.ascontiguousarray(paths.response),
        np.ascontiguousarray(inputs.asfr[:, :, low:high]), low,
        inputs.boys_per_girl / (1.0 + inputs.boys_per_girl), np.ascontiguousarray(inputs.migration),
        paths.spread, paths.fertility, paths.mortality, paths.level, paths.migration, edges,
        0 if inputs.infant_rule == "andreev_kingkade" else 1, store, sums, flows,
    )  # fmt: skip
    if moves is not None:
        exchange = exchange_of(moves, places, ages)
        counted = store if mode == "counts" else np.empty((places, draws, 0, 2, ages), np.int32)
        if mode == "counts":
            arguments = (*arguments[:14], np.empty((places, draws, 0, 2, ages), np.float32), *arguments[15:])
        tables = (exchange.rates, exchange.leave, 1.0 - exchange.leave, exchange.table)
        share_out(run_moves, arguments, draws, (*tables, mode == "counts", counted, seed, first), thread_count)
    elif mode == "rates":
        share_out(run_floats, arguments, draws, (), thread_count)
    else:
        share_out(run_counts, arguments, draws, (seed, first), thread_count)
    return Draws(inputs, store, sums, flows)


def whole_persons(base: Floats) -> Floats:
    """取整 — (P, 2, A) to whole persons, each place's rounded total kept: the largest remainders are raised."""
    found = np.floor(base)
    flat, whole = base.reshape(len(base), -1), found.reshape(len(base), -1)
    for p in range(len(base)):
        missing = round(float(flat[p].sum())) - int(whole[p].sum())
        whole[p, np.argsort(whole[p] - flat[p], kind="stable")[:missing]] += 1.0
    return whole.reshape(base.shape)


def still_paths(inputs: ProjectionInputs, draws: int = 1) -> Paths:
    """不动的路径 — every draw the inputs themselves: what makes a kernel run equal `project`."""
    places, steps, ages = len(inputs.places), inputs.steps, inputs.ages.size
    return Paths(
        np.ones((places, draws, steps)), np.zeros((draws, steps, 2)), np.ones((places, draws)),
        np.zeros((places, draws, steps)), np.ones((2, ages)), np.zeros((places, 2, ages)),
    )  # fmt: skip
