"""推算区间 — a run of draws in parts, only place × broad age × quantile kept: memory stays small, a stop loses one part."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from renjia.engine.demography.checks import Floats
from renjia.engine.demography.errors import DemographyError
from renjia.engine.demography.projection.draws import Mode, Uncertainty, draw_paths, project_draws
from renjia.engine.demography.projection.inputs import ProjectionInputs

BROAD = (0, 3, 6, 15, 60, 65, 80)
QUANTILES = (0.025, 0.1, 0.5, 0.9, 0.975)
FLOWS = ("births", "deaths", "net_migration", "population")
_PART = 100

Singles = np.ndarray[Any, np.dtype[np.float32]]


@dataclass(frozen=True, slots=True)
class Quantiles:
    """区间 — values (P + 1, T, K, Q): places in order, then their sum; K measures named in `measures`."""

    places: tuple[str, ...]
    years: tuple[int, ...]
    measures: tuple[str, ...]
    levels: tuple[float, ...]
    values: Floats


def measure_names(groups: tuple[int, ...]) -> tuple[str, ...]:
    """各列的名字 — broad ages "0-2", …, "80+", then births, deaths, net_migration, population."""
    ends = [*(f"{a}-{b - 1}" for a, b in pairwise(groups)), f"{groups[-1]}+"]
    return (*ends, *FLOWS)


def sample_part(
    inputs: ProjectionInputs,
    uncertainty: Uncertainty,
    draws: int,
    seed: int,
    *,
    first: int = 0,
    mode: Mode = "rates",
    groups: tuple[int, ...] = BROAD,
    thread_count: int | None = None,
    moves: Floats | None = None,
) -> Singles:
    """一部分抽样 — (P + 1, draws, T, K) float32: places and, last, their sum; draws `first` … of the run, as `project_draws`."""
    paths = draw_paths(inputs, uncertainty, draws, seed, first=first)
    run = project_draws(
        inputs,
        paths,
        mode=mode,
        cells=False,
        groups=groups,
        seed=seed,
        first=first,
        thread_count=thread_count,
        moves=moves,
    )
    kept = np.concatenate([run.groups.sum(axis=3), run.flows.sum(axis=3)], axis=-1)
    return np.concatenate([kept, kept.sum(axis=0, keepdims=True)]).astype(np.float32)


def parts(draws: int, size: int = _PART) -> Iterator[tuple[int, int]]:
    """分段 — (first, how many) of every part of a run."""
    for first in range(0, draws, size):
        yield first, min(size, draws - first)


def stream_quantiles(
    inputs: ProjectionInputs,
    uncertainty: Uncertainty,
    draws: int,
    seed: int,
    *,
    mode: Mode = "rates",
    groups: tuple[int, ...] = BROAD,
    levels: tuple[float, ...] = QUANTILES,
    thread_count: int | None = None,
) -> Quantiles:
    """流式区间 — quantiles of broad ages and flows of every place and of their sum; no cell is kept."""
    if draws < 20:
        raise DemographyError(f"只抽 {draws} 次", "抽样次数", "至少 20 次才有区间，通常 1000 次")
    sample = np.empty((len(inputs.places) + 1, draws, inputs.steps, len(measure_names(groups))), np.float32)
    for first, count in parts(draws):
        sample[:, first : first + count] = sample_part(
            inputs, uncertainty, count, seed, first=first, mode=mode, groups=groups, thread_count=thread_count
        )
    return quantiles_of(inputs, sample, groups, levels)


def quantiles_of(
    inputs: ProjectionInputs, sample: Singles, groups: tuple[int, ...], levels: tuple[float, ...] = QUANTILES
) -> Quantiles:
    """由抽样得区间 — sample (P + 1, D, T, K); linear interpolation between order statistics, place by place."""
    values = np.empty((sample.shape[0], sample.shape[2], sample.shape[3], len(levels)))
    for p in range(sample.shape[0]):
        values[p] = np.moveaxis(np.quantile(sample[p], levels, axis=0), 0, -1)
    years = tuple(inputs.years[1:])
    return Quantiles((*inputs.places, "合计"), years, measure_names(groups), levels, values)
