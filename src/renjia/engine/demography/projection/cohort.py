"""队列要素法 — one deterministic run in float64, single years or five-year groups, every flow kept."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from renjia.engine.demography.checks import Floats, Ints
from renjia.engine.demography.errors import DemographyError
from renjia.engine.demography.lifetables import life_table
from renjia.engine.demography.projection.inputs import SEXES, ProjectionInputs, mortality_starts
from renjia.engine.demography.projection.migration import check_moves, exchanged
from renjia.engine.demography.survivorship import survivorship_ratios

FEMALE = 1


@dataclass(frozen=True, slots=True)
class Projection:
    """推算结果 — P places, T steps, A ages; sexes male, female.

    population (P, T+1, 2, A): base first; births (P, T, 2); deaths (P, T, 2, A): by the age the cohort has, or would have had,
    at the end of the step (newborns at 0; the open group holds both cohorts that enter it); moves (P, T, 2, A): by age at
    the time of moving, as carried out; cut (P, T): out-moves not carried out because nobody was left.
    """

    inputs: ProjectionInputs
    population: Floats
    births: Floats
    deaths: Floats
    moves: Floats
    cut: Floats

    @property
    def years(self) -> list[int]:
        """年份."""
        return self.inputs.years

    @property
    def ages(self) -> Ints:
        """年龄下限."""
        return self.inputs.ages

    @property
    def totals(self) -> Floats:
        """总人口 — (P, T+1)."""
        return np.asarray(self.population.sum(axis=(2, 3)), dtype=np.float64)

    def whole(self) -> Floats:
        """全区人口 — (T+1, 2, A): the sum of the places, which is what the district is."""
        return np.asarray(self.population.sum(axis=0), dtype=np.float64)

    def closing_error(self) -> float:
        """平衡差 — largest |end − start − births + deaths − moves| over places and sexes, relative to the people there."""
        change = np.diff(self.population.sum(axis=3), axis=1)
        gap = change - self.births + self.deaths.sum(axis=3) - self.moves.sum(axis=3)
        return float(np.abs(gap / self.population.sum(axis=3)[:, :-1]).max(initial=0.0))


def ratios_of(mx: Floats, width: int, infant_rule: str) -> Floats:
    """存活比 — (…, 2, A) from death rates (…, 2, M): births → first group, each to the next, the two oldest into the open one.

    Life tables with `infant_rule` below age 5; above, a = ½ for single years, Greville from 15 on for five-year groups.
    """
    age = mortality_starts(width, int(mx.shape[-1]))
    pair = [
        survivorship_ratios(life_table(mx[..., s, :], age, SEXES[s], nax=infant_rule), width=width) for s in range(2)
    ]
    return np.stack(pair, axis=-2)


def step_ratios(inputs: ProjectionInputs) -> Floats:
    """各期存活比 — `ratios_of` the inputs: (P, T, 2, A)."""
    return ratios_of(inputs.mx, inputs.width, inputs.infant_rule)


@dataclass(frozen=True, slots=True)
class Step:
    """一期的结果 — people (P, 2, A) at its end, births (P, 2), deaths and moves (P, 2, A), cut (P,) as in `Projection`."""

    people: Floats
    births: Floats
    deaths: Floats
    moves: Floats
    cut: Floats


def advance(
    people: Floats,
    ratio: Floats,
    net: Floats,
    boys_per_girl: Floats,
    *,
    asfr: Floats | None = None,
    births: Floats | None = None,
    width: int = 1,
    half_moves: Floats | None = None,
) -> Step:
    """走一期 — half of the moves, survival, the other half; births from `asfr` (P, A), or a given total `births` (P,).

    people, ratio, net (P, 2, A): ratio as `step_ratios`, net as `ProjectionInputs.migration`; boys_per_girl (P,).
    births = width · Σ (W₀ + W₁)/2 · ASFR, W₀ the women before any move, W₁ those at the end. half_moves (O, D, 2, A): half
    of the rates of moving between the places in a step, applied after the first and before the second half of net.
    """
    half = net / 2.0
    present = np.maximum(people + half, 0.0)
    cut = present - (people + half)
    stayed = present if half_moves is None else exchanged(present, half_moves)
    early = stayed - people
    lived = np.zeros_like(stayed)
    deaths = np.zeros_like(stayed)
    lived[..., 1:] = stayed[..., :-1] * ratio[..., 1:]
    deaths[..., 1:] = stayed[..., :-1] - lived[..., 1:]
    oldest = stayed[..., -1] * ratio[..., -1]
    lived[..., -1] += oldest
    deaths[..., -1] += stayed[..., -1] - oldest
    ended = lived if half_moves is None else exchanged(lived, half_moves)
    after = np.maximum(ended + half, 0.0)
    if births is None:
        if asfr is None:
            raise DemographyError("没有生育率，也没有出生数", "推算", "请给其中一样")
        women = (people[:, FEMALE] + after[:, FEMALE]) / 2.0
        women[:, 0] = 0.0  # below any age of childbearing; the cell still lacks its newborn
        births = width * (women * asfr).sum(axis=1)
    boys = births * boys_per_girl / (1.0 + boys_per_girl)
    born = np.stack([boys, births - boys], axis=1)
    infants = born * ratio[..., 0]
    deaths[..., 0] = born - infants
    lived[..., 0] = infants
    ended[..., :1] = infants[..., None] if half_moves is None else exchanged(infants[..., None], half_moves[..., :1])
    after[..., 0] = np.maximum(ended[..., 0] + half[..., 0], 0.0)
    cut += after - (ended + half)
    return Step(after, born, deaths, early + (after - lived), np.asarray(cut.sum(axis=(1, 2)), dtype=np.float64))


def project(inputs: ProjectionInputs, moves: ArrayLike | None = None) -> Projection:
    """推算 — cohort-component, one run: `advance` once for every step.

    Births are split by the sex ratio and survive by L0/(width·l0); half of the youngest group's moves join them after
    survival. Shapes: see `ProjectionInputs`, `Projection`. Source: Preston, Heuveline & Guillot 2001, ch. 6; half of net
    migration before survival, half after. moves: yearly rates (O, D, 2, A) of moving between the places, the same in every
    step, half applied before survival and half after; the result's moves then hold both kinds.
    """
    places, steps, ages = len(inputs.places), inputs.steps, inputs.ages.size
    if moves is not None and inputs.width != 1:
        raise DemographyError("五岁组不能配地区间迁移率", "推算", "请先用 in_single_years 化为单岁")
    half_moves = None if moves is None else check_moves(moves, places, ages) / 2.0
    ratios = step_ratios(inputs)
    population = np.empty((places, steps + 1, 2, ages))
    population[:, 0] = inputs.base
    births, cut = np.empty((places, steps, 2)), np.empty((places, steps))
    deaths, moved = np.empty((places, steps, 2, ages)), np.empty((places, steps, 2, ages))
    for t in range(steps):
        step = advance(
            population[:, t], ratios[:, t], inputs.migration[:, t], inputs.boys_per_girl[:, t],
            asfr=inputs.asfr[:, t], width=inputs.width, half_moves=half_moves,
        )  # fmt: skip
        population[:, t + 1], births[:, t], cut[:, t] = step.people, step.births, step.cut
        deaths[:, t], moved[:, t] = step.deaths, step.moves
    return Projection(inputs, population, births, deaths, moved, cut)
