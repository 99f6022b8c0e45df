"""推算的配件 — migration patterns, scenarios, consequences, shrinkage, back-test, graduation, intervals."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.demography.projection_cases import small_inputs
from renjia.engine.demography.errors import DemographyError
from renjia.engine.demography.lifetables import life_table
from renjia.engine.demography.projection.backtest import back_test, migration_sensitivity
from renjia.engine.demography.projection.cohort import project, step_ratios
from renjia.engine.demography.projection.consequences import nursery_places, population_consequences, school_entrants
from renjia.engine.demography.projection.draws import Uncertainty, draw_paths, project_draws
from renjia.engine.demography.projection.graduated import calibrated, in_single_years, single_counts, single_rates
from renjia.engine.demography.projection.inputs import ProjectionInputs
from renjia.engine.demography.projection.migration import (
    net_by_age,
    observed_residual,
    rogers_castro,
    rogers_castro_shares,
)
from renjia.engine.demography.projection.scenarios import (
    scenario,
    total_fertility,
    with_migration_factor,
    with_total_fertility,
)
from renjia.engine.demography.projection.shrinkage import shrink_rates
from renjia.engine.demography.projection.summary import quantiles_of, sample_part, stream_quantiles


def test_rogers_castro_is_the_printed_formula() -> None:
    assert rogers_castro([0.0, 20.0]) == pytest.approx([0.02, 0.02 * np.exp(-2.0) + 0.06 * np.exp(-1.0)], abs=1e-12)
    assert rogers_castro(30.0, c=0.003) - rogers_castro(30.0) == pytest.approx(0.003)
    shares = rogers_castro_shares(5, 21)
    assert shares.sum() == pytest.approx(1.0)
    assert shares.argmax() == 4  # 20–24
    assert shares.reshape(-1)[3:7].sum() > 0.4
    single = rogers_castro_shares(1, 105)
    assert single[20:25].sum() == pytest.approx(shares[4])
    with pytest.raises(DemographyError, match="没有参数 mu9"):
        rogers_castro(1.0, mu9=1.0)


def test_net_by_age_adds_to_the_total() -> None:
    found = net_by_age(np.array([[10.0, -4.0]]), rogers_castro_shares(1, 101), 0.6)
    assert found.shape == (1, 2, 2, 101)
    assert found.sum(axis=(2, 3)) == pytest.approx(np.array([[10.0, -4.0]]))
    assert found[0, 0, 0].sum() == pytest.approx(6.0)


def test_residual_moves_give_back_the_count() -> None:
    inputs = small_inputs(steps=1)
    run, ratios = project(inputs), step_ratios(inputs)[:, 0]
    net = observed_residual(inputs.base, run.population[:, 1], ratios)
    again = project(inputs.with_(migration=net[:, None]))
    # exact where the year's moves of one age equal those of the next; close elsewhere
    assert again.population[:, 1, :, 5:90] == pytest.approx(run.population[:, 1, :, 5:90], rel=5e-3)


def test_every_migration_pattern_keeps_the_totals_and_matters() -> None:
    found = migration_sensitivity(small_inputs(steps=30))
    assert found["给定"][1] == 0.0
    assert "不迁移" in found
    assert len({round(end, 3) for end, _ in found.values()}) == len(found)


def test_scenarios_shift_fertility_by_the_un_steps() -> None:
    inputs = small_inputs(steps=12)
    medium, high, low = (total_fertility(scenario(inputs, n)) for n in ("medium", "高方案", "low"))
    assert (high - medium)[0] == pytest.approx([0.25] * 5 + [0.40] * 5 + [0.50] * 2)
    assert (medium - low)[0] == pytest.approx([0.25] * 5 + [0.40] * 5 + [0.50] * 2)
    assert total_fertility(with_total_fertility(inputs, np.full(12, 1.3))) == pytest.approx(np.full((3, 12), 1.3))
    assert with_migration_factor(inputs, -2.0).migration == pytest.approx(-2 * inputs.migration)
    assert scenario(inputs, "不迁移").pattern == "不迁移"
    with pytest.raises(DemographyError, match="没有「更高」这个方案"):
        scenario(inputs, "更高")
    with pytest.raises(DemographyError, match="每期给一个"):
        with_total_fertility(inputs, np.full(3, 1.3))


def test_school_entrants_are_those_six_by_the_end_of_august() -> None:
    people = np.zeros(101)
    people[5], people[6], people[7] = 100.0, 1200.0, 2400.0
    assert school_entrants(people) == pytest.approx(8 / 12 * 1200 + 4 / 12 * 2400)  # counted at the year's end
    assert school_entrants(people, month=8) == pytest.approx(1200)
    assert school_entrants(people, month=6) == pytest.approx(10 / 12 * 1200 + 2 / 12 * 100)
    assert nursery_places(np.full(101, 1000.0), 4.5) == pytest.approx(454.5)
    found = population_consequences(np.stack([people, people]))
    assert found["小学适龄（6–11 岁）"] == 2 * 3600
    assert not any("托位" in name for name in found)  # no standard is assumed
    with pytest.raises(DemographyError, match="没有分男女"):
        population_consequences(people)


def test_shrinkage_pulls_small_streets_and_leaves_large_ones() -> None:
    random = np.random.default_rng(5)
    expected = np.repeat([5.0, 50.0, 5000.0], 20)
    true = random.gamma(25, 1 / 25, 60)
    events = random.poisson(expected * true)
    found = shrink_rates(events, expected)
    raw = events / expected
    pulled = np.abs(found.mean - raw) / np.maximum(np.abs(raw - 1), 1e-9)
    assert np.median(pulled[:20]) > 0.7
    assert np.median(pulled[40:]) < 0.05
    assert np.mean((found.mean - true) ** 2) < np.mean((raw - true) ** 2) / 3
    low, high = found.interval()
    assert 0.85 <= np.mean((true >= low) & (true <= high)) <= 1.0
    assert 10 < found.prior_shape < 60


def test_shrinkage_of_equal_places_makes_them_equal_and_bad_counts_are_refused() -> None:
    expected = np.full(30, 200.0)
    found = shrink_rates(np.random.default_rng(1).poisson(expected), expected)
    assert np.ptp(found.mean) < 0.06
    with pytest.raises(DemographyError, match="分母为零"):
        shrink_rates([1, 2, 3], [1, 0, 2])
    with pytest.raises(DemographyError, match="人数为负"):
        shrink_rates([1, -2, 3], [1, 1, 2])
    with pytest.raises(DemographyError, match="至少 3 个"):
        shrink_rates([1, 2], [1, 1])


def test_back_test_measures_against_the_count_and_against_no_change() -> None:
    inputs = small_inputs(steps=5)
    counted = project(inputs).population[:, -1]
    exact = back_test(inputs, counted)
    assert exact.total_error == pytest.approx(0, abs=1e-9)
    assert exact.wmape == pytest.approx(0, abs=1e-9)
    assert (exact.unchanged_wmape > 5).all()
    off = back_test(inputs, counted * 1.25)
    assert off.total_error == pytest.approx(-20.0)
    with pytest.raises(DemographyError, match="形状不同"):
        back_test(inputs, counted[:, :, :50])


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(0, 1e5), min_size=21, max_size=21))
def test_single_years_keep_group_totals_and_never_turn_negative(groups: list[float]) -> None:
    counts = np.array(groups)
    singles = single_counts(counts, np.arange(0, 101, 5))
    assert singles.shape == (101,)
    assert (singles >= 0).all()
    assert np.add.reduceat(singles, np.arange(0, 101, 5)) == pytest.approx(counts, rel=1e-9, abs=1e-6)


def test_calibrated_rates_meet_the_life_expectancy() -> None:
    age = np.array([0, 1, *range(5, 101, 5)])
    grouped = np.minimum(0.00004 * np.exp(0.095 * (age + 2.0)) + 0.004 * (age == 0), 0.6)
    wanted = np.array([71.5, 84.2])
    rates = calibrated(np.repeat(single_rates(grouped, age)[None], 2, axis=0), wanted, "female", "andreev_kingkade")
    assert life_table(rates, np.arange(101), "female", nax="andreev_kingkade")["ex"][:, 0] == pytest.approx(
        wanted, abs=1e-9
    )


def test_five_year_inputs_by_single_years_come_to_nearly_the_same() -> None:
    single = small_inputs(places=2, steps=20)
    starts = np.arange(0, 101, 5)
    death_starts = np.array([0, 1, *starts[1:]])
    weight = single.base[:, None] * np.ones((1, 20, 1, 1))
    five = ProjectionInputs(
        2024, single.places, np.add.reduceat(single.base, starts, axis=2),
        (np.add.reduceat(single.mx * weight, death_starts, axis=3) / np.add.reduceat(weight, death_starts, axis=3))[:, ::5],
        (np.add.reduceat(single.asfr, starts, axis=2) / 5)[:, ::5],
        single.boys_per_girl[:, ::5], 5 * np.add.reduceat(single.migration, starts, axis=3)[:, ::5],
        width=5, infant_rule="andreev_kingkade",
    )  # fmt: skip
    grouped, graduated, exact = project(five), project(in_single_years(five)), project(single)
    assert graduated.totals[:, -1] == pytest.approx(exact.totals[:, -1], rel=0.01)
    assert grouped.totals[:, -1] == pytest.approx(exact.totals[:, -1], rel=0.02)
    assert in_single_years(single) is single


def test_streamed_intervals_are_those_of_the_kept_cells() -> None:
    inputs, u = small_inputs(), Uncertainty()
    streamed = stream_quantiles(inputs, u, 130, 9, groups=(0, 15, 60))
    run = project_draws(inputs, draw_paths(inputs, u, 130, 9))
    elders = run.cells[:, :, :, :, 60:].sum(axis=(3, 4), dtype=np.float64)
    at = streamed.measures.index("60+")
    assert streamed.values[:-1, :, at] == pytest.approx(
        np.moveaxis(np.quantile(elders, streamed.levels, axis=1), 0, -1), rel=1e-5
    )
    whole = np.quantile(elders.sum(axis=0), streamed.levels, axis=0).T
    assert streamed.values[-1, :, at] == pytest.approx(whole, rel=1e-5)
    parts = np.concatenate(
        [sample_part(inputs, u, n, 9, first=f, groups=(0, 15, 60)) for f, n in ((0, 50), (50, 80))], axis=1
    )
    assert (quantiles_of(inputs, parts, (0, 15, 60)).values == streamed.values).all()
    assert (np.diff(streamed.values, axis=-1) >= 0).all()
    with pytest.raises(DemographyError, match="至少 20 次"):
        stream_quantiles(inputs, u, 5, 9)
