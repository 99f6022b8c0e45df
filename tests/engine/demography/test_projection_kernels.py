"""推算内核 — the compiled passes against the plain one, the random counts against their laws, bytes against threads."""

import numpy as np
import pytest
from scipy import stats

from engine.demography.projection_cases import small_inputs
from renjia.engine.demography.errors import DemographyError
from renjia.engine.demography.projection.cohort import project
from renjia.engine.demography.projection.draws import (
    Uncertainty,
    draw_paths,
    project_draws,
    still_paths,
    whole_persons,
)
from renjia.engine.demography.projection.kernels_random import (
    binomial,
    fill_exp,
    fill_log_kept,
    fill_uniforms,
    forward,
    poisson,
    stream,
    uniform,
)


def test_kernel_without_uncertainty_is_the_plain_projection() -> None:
    inputs = small_inputs()
    plain, run = project(inputs), project_draws(inputs, still_paths(inputs, 2), groups=(0, 15, 60))
    assert np.abs(run.cells[:, 1] / plain.population[:, 1:] - 1).max() < 1e-6
    assert run.flows[:, 0, :, :, 0] == pytest.approx(plain.births, rel=1e-12)
    assert run.flows[:, 0, :, :, 1] == pytest.approx(plain.deaths.sum(axis=3), rel=1e-12)
    assert run.flows[:, 0, :, :, 2] == pytest.approx(plain.moves.sum(axis=3), rel=1e-9, abs=1e-12)
    assert run.groups[:, 0, :, :, 2] == pytest.approx(plain.population[:, 1:, :, 60:].sum(axis=3), rel=1e-12)
    west = inputs.with_(infant_rule="coale_demeny_west_m0")
    assert project_draws(west, still_paths(west)).flows[:, 0, :, :, 1] == pytest.approx(
        project(west).deaths.sum(axis=3), rel=1e-12
    )


@pytest.mark.parametrize("mode", ["rates", "counts"])
def test_same_seed_same_bytes_on_any_threads_and_in_any_parts(mode: str) -> None:
    inputs, u = small_inputs(places=2), Uncertainty()
    paths = draw_paths(inputs, u, 12, 7)
    one = project_draws(inputs, paths, mode=mode, groups=(0, 60), seed=7, thread_count=1)
    two = project_draws(inputs, paths, mode=mode, groups=(0, 60), seed=7, thread_count=2)
    for name in ("cells", "groups", "flows"):
        assert getattr(one, name).tobytes() == getattr(two, name).tobytes()
    late = project_draws(inputs, draw_paths(inputs, u, 5, 7, first=7), mode=mode, groups=(0, 60), seed=7, first=7)
    assert late.cells.tobytes() == np.ascontiguousarray(one.cells[:, 7:]).tobytes()
    other = project_draws(inputs, draw_paths(inputs, u, 12, 8), mode=mode, seed=8)
    assert other.cells.tobytes() != one.cells.tobytes()


def test_whole_persons_balance_to_nobody_and_streets_to_the_district() -> None:
    inputs = small_inputs(places=4)
    run = project_draws(inputs, draw_paths(inputs, Uncertainty(), 20, 3), mode="counts", groups=(0, 15, 60), seed=3)
    assert run.closing_error() == 0.0
    assert (run.cells >= 0).all()
    assert run.cells.dtype == np.int32
    assert (run.flows == np.floor(run.flows)).all()
    assert (run.cells.sum(axis=(3, 4)) == run.flows[..., 3].sum(axis=3)).all()
    assert (run.groups.sum(axis=(3, 4)) == run.flows[..., 3].sum(axis=3)).all()
    assert run.inputs.base.sum(axis=(1, 2)) == pytest.approx(np.round(inputs.base.sum(axis=(1, 2))))
    floats = project_draws(inputs, draw_paths(inputs, Uncertainty(), 20, 3), groups=(0, 15, 60))
    assert floats.closing_error() < 1e-9


def test_drawn_leavers_never_outnumber_the_people() -> None:
    inputs = small_inputs(places=2, scale=0.6)
    inputs = inputs.with_(migration=inputs.migration - 0.5)
    for mode in ("rates", "counts"):
        run = project_draws(inputs, draw_paths(inputs, Uncertainty(), 20, 3), mode=mode)
        assert (run.cells >= 0).all()
        assert run.closing_error() < 1e-9
    plain, still = project(inputs), project_draws(inputs, still_paths(inputs))
    assert (plain.cut > 0).all()
    assert still.flows[:, 0, :, :, 1] == pytest.approx(plain.deaths.sum(axis=3), rel=1e-12)
    assert still.flows[:, 0, :, :, 2] == pytest.approx(plain.moves.sum(axis=3), rel=1e-9)


def test_whole_persons_keep_the_mean() -> None:
    inputs = small_inputs(places=2, scale=300.0)
    inputs = inputs.with_(base=whole_persons(inputs.base))
    run = project_draws(inputs, still_paths(inputs, 300), mode="counts", seed=5)
    plain = project(inputs)
    mean, spread = run.cells.mean(axis=1), run.cells.std(axis=1) / np.sqrt(300)
    off = np.abs(mean - plain.population[:, 1:]) / np.maximum(spread, 0.02)
    assert off.max() < 6.0
    assert np.mean(off < 1.96) > 0.90


@pytest.mark.parametrize(("n", "p"), [(7, 0.3), (250, 0.01), (40, 0.9), (900, 0.2), (30_000, 0.004), (60, 0.5)])
def test_binomial_counts_follow_their_law(n: int, p: float) -> None:
    state, seen = stream(11, n, 0), []
    for _ in range(6_000):
        state, count = binomial(np.uint64(state), float(n), p)
        seen.append(count)
    assert _p_value(np.array(seen), stats.binom(n, p)) > 1e-4


@pytest.mark.parametrize("mean", [0.02, 3.0, 20.0, 60.0, 900.0])
def test_poisson_counts_follow_their_law(mean: float) -> None:
    state, seen = stream(12, int(mean), 0), []
    for _ in range(6_000):
        state, count = poisson(np.uint64(state), mean)
        seen.append(count)
    assert _p_value(np.array(seen), stats.poisson(mean)) > 1e-4


def _p_value(seen: np.ndarray, law) -> float:
    """χ² over cells of about equal chance."""
    cuts = np.unique(law.ppf(np.linspace(0.05, 0.95, 19)))
    cells = np.searchsorted(cuts, seen, side="left")
    chance = np.diff(np.concatenate([[0.0], law.cdf(cuts), [1.0]]))
    kept = chance * len(seen) > 5
    observed = np.bincount(cells, minlength=len(chance))
    observed, expected = np.append(observed[kept], observed[~kept].sum()), np.append(chance[kept], chance[~kept].sum())
    if expected[-1] == 0:
        observed, expected = observed[:-1], expected[:-1]
    return float(stats.chisquare(observed, expected * len(seen)).pvalue)


def test_lanes_agree_with_single_steps() -> None:
    out = np.empty(50)
    state = np.uint64(stream(1, 2, 3))
    after = fill_uniforms(state, out)
    one_by_one = []
    for _ in range(50):
        state = np.uint64(forward(state))
        one_by_one.append(uniform(state))
    assert after == state
    assert out.tolist() == one_by_one
    values, found, bits = np.linspace(-690, 0, 4001), np.empty(4001), np.empty(4001, np.int64)
    fill_exp(values, bits, found)
    assert np.abs(found / np.exp(values) - 1).max() < 1e-15
    kept, logs = np.linspace(0.05, 1.0, 4001), np.empty(4001)
    fill_log_kept(kept, logs)
    assert logs == pytest.approx(np.log(kept), rel=1e-13, abs=1e-18)


def test_five_year_groups_and_bad_age_groups_are_refused() -> None:
    inputs = small_inputs(places=1, steps=1)
    with pytest.raises(DemographyError, match="从 0 起"):
        project_draws(inputs, still_paths(inputs), groups=(5, 60))
    with pytest.raises(DemographyError, match="0 到 1 之间"):
        Uncertainty(fertility_carry=1.0)
    with pytest.raises(DemographyError, match="不小于 0"):
        Uncertainty(migration=-0.1)


def between(places: int) -> np.ndarray:
    """地区间迁移率 — young adults mostly, every place to every other, unlike in size."""
    x = np.arange(101)
    rates = 0.06 * np.exp(-(((x - 26.0) / 9.0) ** 2)) + 0.004
    found = np.zeros((places, places, 2, 101))
    for o in range(places):
        for d in range(places):
            if o != d:
                found[o, d] = rates * (1 + d) / (1 + o) / places
    return found


def test_moves_between_places_lose_nobody() -> None:
    inputs, rates = small_inputs(), between(3)
    alone, plain = project(inputs), project(inputs, rates)
    assert plain.closing_error() < 1e-9
    assert np.abs(plain.totals[:, 1] / alone.totals[:, 1] - 1).min() > 1e-3
    crossing = plain.moves - inputs.migration
    assert np.abs(crossing.sum(axis=0)).max() < 1e-9 * np.abs(crossing).max()
    none = project(inputs, np.zeros_like(rates))
    assert none.population == pytest.approx(alone.population, rel=1e-12)


@pytest.mark.slow  # compiling this kernel takes longer than all fast tests together
def test_compiled_moves_agree_with_the_plain_way() -> None:
    inputs, rates = small_inputs(), between(3)
    alone, plain = project(inputs), project(inputs, rates)
    run = project_draws(inputs, still_paths(inputs), moves=rates)
    assert np.abs(run.cells[:, 0] / plain.population[:, 1:] - 1).max() < 1e-6
    assert run.flows[:, 0, :, :, 2] == pytest.approx(plain.moves.sum(axis=3), rel=1e-5)
    assert run.closing_error() < 1e-9
    none = project_draws(inputs, still_paths(inputs), moves=np.zeros_like(rates))
    assert np.abs(none.cells[:, 0] / alone.population[:, 1:] - 1).max() < 1e-6


@pytest.mark.slow
def test_whole_movers_balance_keep_the_mean_and_their_bytes() -> None:
    inputs, rates = small_inputs(places=3, scale=200.0, steps=3), between(3)
    inputs = inputs.with_(base=whole_persons(inputs.base))
    still = still_paths(inputs, 200)
    run = project_draws(inputs, still, mode="counts", moves=rates, seed=4, thread_count=2)
    assert run.closing_error() == 0.0
    assert (run.cells >= 0).all()
    assert project_draws(inputs, still, mode="counts", moves=rates, seed=4, thread_count=1).cells.tobytes() == (
        run.cells.tobytes()
    )
    plain = project(inputs, rates)
    off = np.abs(run.cells.mean(axis=1) - plain.population[:, 1:])
    assert (off / np.maximum(run.cells.std(axis=1) / np.sqrt(200), 0.03)).max() < 6.0
    # what one place loses, another gains: nobody moves anywhere but by the net moves with the rest of the world
    closed = inputs.with_(migration=np.zeros_like(inputs.migration))
    moved = project_draws(closed, still, mode="counts", moves=rates, seed=4).flows[..., 2]
    assert (moved.sum(axis=0) == 0).all()
    assert np.abs(moved).max() > 0


@pytest.mark.parametrize(
    ("change", "says"),
    [((0, 0, 0, 30, 0.1), "对角线"), ((0, 1, 0, 30, -0.1), "率为负"), ((0, 1, 1, 30, np.nan), "缺值")],
)
def test_bad_rates_of_moving_are_refused(change: tuple[int, int, int, int, float], says: str) -> None:
    rates = between(3)
    rates[change[:4]] = change[4]
    inputs = small_inputs()
    with pytest.raises(DemographyError, match=says):
        project(inputs, rates)
    with pytest.raises(DemographyError, match="形状"):
        project(inputs, between(2))
