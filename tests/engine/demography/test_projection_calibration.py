"""区间准不准 — simulated streets with levels the projection must estimate; the 95 % interval should hold 93–97 %.

The truth is made by plain numpy, apart from the kernels: street levels from a gamma, paths by autoregression, binomial deaths,
Poisson births and moves. The projection sees five years of births and deaths, shrinks them, and draws.
"""

import numpy as np
import pytest

from engine.demography.projection_cases import small_inputs
from renjia.engine.demography.projection.draws import Uncertainty, draw_paths, project_draws, whole_persons
from renjia.engine.demography.projection.inputs import ProjectionInputs
from renjia.engine.demography.projection.shrinkage import shrink_rates

STEPS, STREETS, DRAWS = 10, 24, 400
GROUPS = tuple(range(0, 101, 5))


def truth(inputs: ProjectionInputs, u: Uncertainty, random: np.random.Generator) -> np.ndarray:
    """一个真实的未来 — (P, 2, A) at the end, whole persons; inputs carry the true levels."""
    places = len(inputs.places)
    people = inputs.base.astype(np.int64)
    common = {"fertility": 0.0, "migration": 0.0, "mortality": 0.0}
    own = {"fertility": np.zeros(places), "migration": np.zeros(places)}
    spread = np.abs(inputs.migration).mean(axis=1)
    for t in range(STEPS):
        for key, carry, sd, place_sd in (
            ("fertility", u.fertility_carry, u.fertility, u.fertility_place),
            ("migration", u.migration_carry, u.migration, u.migration_place),
        ):
            fresh = np.sqrt(1 - carry**2)
            common[key] = carry * common[key] + fresh * sd * random.standard_normal()
            own[key] = carry * own[key] + fresh * place_sd * random.standard_normal(places)
        common["mortality"] += u.mortality * random.standard_normal()
        m = np.minimum(inputs.mx[:, t] * np.exp(common["mortality"]), 1.9)
        net = inputs.migration[:, t] + (common["migration"] + own["migration"])[:, None, None] * spread
        movers = random.poisson(np.abs(net))
        early = random.binomial(movers, 0.5)
        late = movers - early
        early, late = (np.sign(net).astype(np.int64) * part for part in (early, late))
        stayed = np.maximum(people + early, 0)
        kept = np.empty_like(m)
        kept[..., :-1] = (1 - m[..., :-1] / 2) / (1 + m[..., 1:] / 2)
        a0 = np.where(m[..., 0] < 0.02, 0.149 - 2.0 * m[..., 0], 0.11)
        kept[..., 0] = (1 - a0 * m[..., 0]) / (1 + m[..., 1] / 2)
        alive = 1 - m[..., -2] / 2
        kept[..., -2] = kept[..., -1] = alive / (m[..., -1] + alive)
        lived = random.binomial(stayed, kept)
        after = np.zeros_like(people)
        after[..., 1:] = lived[..., :-1]
        after[..., -1] += lived[..., -1]
        after[..., 1:] = np.maximum(after[..., 1:] + late[..., 1:], 0)
        mean = ((people[:, 1] + after[:, 1]) / 2 * inputs.asfr[:, t])[:, 10:55].sum(axis=1)
        births = random.poisson(mean * np.exp(common["fertility"] + own["fertility"]))
        boys = random.binomial(births, 1.06 / 2.06)
        for s, born in enumerate((boys, births - boys)):
            infants = random.binomial(born, 1 / (1 + (1 - a0[:, s]) * m[:, s, 0]))
            after[:, s, 0] = np.maximum(infants + late[:, s, 0], 0)
        people = after
    return people


def coverage(districts: int, seed: int, uncertainty: Uncertainty) -> tuple[float, float, float, int]:
    """覆盖率 — of totals, of 5-year cells by sex of at least 50, of the totals without street levels or whole persons; cells."""
    hits: list[np.ndarray] = []
    cells: list[np.ndarray] = []
    naive: list[np.ndarray] = []
    for number in range(districts):
        random = np.random.default_rng([seed, number])
        inputs = small_inputs(places=STREETS, steps=STEPS, scale=45.0)
        asfr, mx = inputs.asfr[:1], inputs.mx[:1]
        inputs = inputs.with_(
            base=whole_persons(inputs.base), asfr=np.repeat(asfr, STREETS, axis=0), mx=np.repeat(mx, STREETS, axis=0)
        )
        fertile, frail = random.gamma(40, 1 / 40, STREETS), random.gamma(80, 1 / 80, STREETS)
        born = 5 * (inputs.base[:, 1] * inputs.asfr[:, 0]).sum(axis=1)
        died = 5 * (inputs.base * inputs.mx[:, 0]).sum(axis=(1, 2))
        births, deaths = (
            shrink_rates(random.poisson(born * fertile), born),
            shrink_rates(random.poisson(died * frail), died),
        )
        real = inputs.with_(
            asfr=inputs.asfr * fertile[:, None, None], mx=np.minimum(inputs.mx * frail[:, None, None, None], 1.0)
        )
        end = truth(real, uncertainty, random)
        for levels in (True, False):
            u = uncertainty
            if levels:
                u = Uncertainty(**{
                    name: getattr(uncertainty, name) for name in Uncertainty.__slots__ if not name.endswith("levels")
                }, fertility_levels=births.gamma, mortality_levels=deaths.gamma)  # fmt: skip
            paths = draw_paths(inputs, u, DRAWS, 1000 * seed + number)
            mode = "counts" if levels else "rates"
            run = project_draws(inputs, paths, mode=mode, cells=False, groups=GROUPS, seed=1000 * seed + number)
            last = run.groups[:, :, -1]
            if not levels:
                low, high = np.quantile(last.sum(axis=(2, 3)), (0.025, 0.975), axis=1)
                naive.append((end.sum(axis=(1, 2)) >= low) & (end.sum(axis=(1, 2)) <= high))
                continue
            low, high = np.quantile(last.sum(axis=(2, 3)), (0.025, 0.975), axis=1)
            hits.append((end.sum(axis=(1, 2)) >= low) & (end.sum(axis=(1, 2)) <= high))
            seen = np.add.reduceat(end, GROUPS, axis=2)
            low, high = np.quantile(last, (0.025, 0.975), axis=1)
            wide = np.median(last, axis=1) >= 50
            cells.append(((seen >= low) & (seen <= high))[wide])
    found = np.concatenate(cells)
    return float(np.mean(hits)), float(found.mean()), float(np.mean(naive)), found.size


@pytest.mark.slow
def test_95_per_cent_intervals_hold_93_to_97_per_cent_of_streets() -> None:
    totals, cells, naive, count = coverage(24, 3, Uncertainty())
    print(f"总数 {totals:.3f}，五岁组 {cells:.3f}（{count} 格），不计水平与整数噪声的总数 {naive:.3f}")
    assert 0.93 <= totals <= 0.97
    assert 0.93 <= cells <= 0.97


@pytest.mark.slow
def test_intervals_of_rates_alone_are_too_narrow_when_the_years_hardly_vary() -> None:
    quiet = Uncertainty(fertility=0.01, fertility_place=0.0, mortality=0.0, migration=0.05, migration_place=0.05)
    totals, cells, naive, _ = coverage(24, 4, quiet)
    print(f"总数 {totals:.3f}，五岁组 {cells:.3f}，不计水平与整数噪声的总数 {naive:.3f}")
    assert 0.93 <= totals <= 0.97
    assert 0.93 <= cells <= 0.97
    assert naive < 0.80
