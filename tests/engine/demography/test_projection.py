"""队列要素法 — one step against a table written out, the books closing, bad input refused."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.demography.projection_cases import small_inputs
from renjia.engine.demography.errors import DemographyError
from renjia.engine.demography.projection.cohort import project
from renjia.engine.demography.projection.inputs import ProjectionInputs

# One period by hand, five-year groups, open at 60, worked out apart with a spreadsheet's arithmetic. Life table: deaths
# per person-year 0.02 (0), 0.002 (1–4), then as below; Coale–Demeny West a0 and 4a1 in m0, a = 2.5 at 5–14, Greville from 15
# on, L = l/m at 60. Columns: age, people, net moves of the period, people with half the moves, survival into this
# group from the one below (from births in the first), those who lived into this group, people at the end.
RATES = [0.02, 0.002, 0.001, 0.001, 0.0012, 0.0016, 0.002, 0.0024, 0.003, 0.004, 0.006, 0.009, 0.013, 0.04]
FERTILITY = {15: 0.02, 20: 0.10, 25: 0.12, 30: 0.06, 35: 0.02, 40: 0.005, 45: 0.001}
MEN = [
    (0, 520, 2, 521.0, 0.976987, 374.525554, 375.525554),
    (5, 510, 1, 510.5, 0.992975, 517.339896, 517.839896),
    (10, 500, 1, 500.5, 0.995012, 507.953865, 508.453865),
    (15, 490, 4, 492.0, 0.994630, 497.812313, 499.812313),
    (20, 480, 10, 485.0, 0.993077, 488.593880, 493.593880),
    (25, 470, 8, 474.0, 0.991039, 480.653932, 484.653932),
    (30, 460, 4, 462.0, 0.989093, 468.830310, 470.830310),
    (35, 450, 2, 451.0, 0.986705, 455.857940, 456.857940),
    (40, 440, 1, 440.5, 0.982905, 443.290342, 443.790342),
    (45, 430, 1, 430.5, 0.975736, 429.811516, 430.311516),
    (50, 420, 1, 420.5, 0.963614, 414.835993, 415.335993),
    (55, 400, 1, 400.5, 0.946995, 398.211204, 398.711204),
    (60, 900, -2, 899.0, 0.828453, 1076.574480, 1075.574480),
]
WOMEN = [
    (0, 500, 2, 501.0, 0.976864, 353.281373, 354.281373),
    (5, 490, 1, 490.5, 0.993098, 497.542029, 498.042029),
    (10, 480, 1, 480.5, 0.995012, 488.053616, 488.553616),
    (15, 470, 4, 472.0, 0.994630, 477.919713, 479.919713),
    (20, 460, 10, 465.0, 0.993077, 468.732340, 473.732340),
    (25, 450, 8, 454.0, 0.991039, 460.833151, 464.833151),
    (30, 440, 4, 442.0, 0.989093, 449.048440, 451.048440),
    (35, 430, 2, 431.0, 0.986705, 436.123830, 437.123830),
    (40, 420, 1, 420.5, 0.982905, 423.632234, 424.132234),
    (45, 410, 1, 410.5, 0.975736, 410.296805, 410.796805),
    (50, 400, 1, 400.5, 0.963614, 395.563705, 396.063705),
    (55, 390, 1, 390.5, 0.946995, 379.271313, 379.771313),
    (60, 1000, -2, 999.0, 0.828453, 1151.135237, 1150.135237),
]
BIRTHS, DEATHS = (383.347517, 361.648601), (316.056294, 327.214816)


def table_inputs() -> ProjectionInputs:
    asfr = np.zeros((1, 1, 13))
    for age, rate in FERTILITY.items():
        asfr[0, 0, age // 5] = rate
    both = (MEN, WOMEN)
    return ProjectionInputs(
        2020,
        ("例",),
        np.array([[[row[1] for row in sex] for sex in both]], dtype=float),
        np.array([[[RATES, RATES]]]),
        asfr,
        np.array([[1.06]]),
        np.array([[[[row[2] for row in sex] for sex in both]]], dtype=float),
        width=5,
    )


def test_one_period_agrees_with_the_table_written_out() -> None:
    run = project(table_inputs())
    for s, table in enumerate((MEN, WOMEN)):
        assert run.population[0, 1, s] == pytest.approx([row[6] for row in table], abs=1e-6)
    assert run.births[0, 0] == pytest.approx(BIRTHS, abs=1e-6)
    assert run.deaths[0, 0].sum(axis=1) == pytest.approx(DEATHS, abs=1e-6)
    # the table itself: with half the moves, times survival, with the other half
    for table in (MEN, WOMEN):
        for below, row in pairwise(table[:-1]):
            assert row[5] == pytest.approx(below[3] * row[4], abs=5e-4)
            assert row[6] == pytest.approx(row[5] + row[2] / 2, abs=1e-9)
    women = [(row[0], (row[1] + row[6]) / 2) for row in WOMEN]
    assert 5 * sum(mean * FERTILITY.get(age, 0.0) for age, mean in women) == pytest.approx(sum(BIRTHS), abs=1e-5)


@pytest.mark.parametrize("change", ["base", "mx", "asfr", "boys_per_girl", "migration"])
def test_changing_an_input_moves_the_answer(change: str) -> None:
    inputs = small_inputs()
    other = inputs.with_(**{change: getattr(inputs, change) * 1.01})
    assert (
        abs(project(other).births.sum() / project(inputs).births.sum() - 1)
        + abs(project(other).totals[:, -1].sum() / project(inputs).totals[:, -1].sum() - 1)
        + abs(project(other).births[..., 0].sum() / project(inputs).births[..., 0].sum() - 1)
        > 1e-6
    )


@settings(max_examples=30, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    scale=st.floats(0.5, 1000.0),
    flight=st.floats(-3.0, 3.0),
    width=st.sampled_from([1, 5]),
)
def test_books_close_whatever_the_inputs(seed: int, scale: float, flight: float, width: int) -> None:
    random = np.random.default_rng(seed)
    ages = 101 if width == 1 else 21
    base = random.uniform(0, scale, (2, 2, ages))
    fertile = (np.arange(ages) * width >= 15) & (np.arange(ages) * width < 50)
    inputs = ProjectionInputs(
        2000, ("甲", "乙"), base, random.uniform(1e-5, 0.4, (2, 3, 2, ages + (width == 5))),
        np.where(fertile, random.uniform(0, 0.2, (2, 3, ages)), 0.0), random.uniform(0.9, 1.3, (2, 3)),
        flight * scale * random.uniform(-1, 1, (2, 3, 2, ages)), width=width,
    )  # fmt: skip
    run = project(inputs)
    assert run.closing_error() < 1e-9
    assert (run.population >= 0).all()
    assert np.abs(run.moves.sum(axis=(2, 3)) - run.cut - inputs.migration.sum(axis=(2, 3))).max() < 1e-9 * scale * ages


def test_a_street_wanting_more_leavers_than_it_has_says_so() -> None:
    inputs = small_inputs()
    moves = inputs.migration.copy()
    moves[1, 0, 0, 40] = -10 * inputs.base[1, 0, 40]
    run = project(inputs.with_(migration=moves))
    assert run.population[1, 1, 0, 40] >= 0
    assert run.cut[1, 0] > inputs.base[1, 0, 40]
    assert project(inputs).cut == pytest.approx(0, abs=1e-9)


def test_streets_add_up_to_the_district_whatever_their_order() -> None:
    inputs = small_inputs(places=5)
    run = project(inputs)
    order = [3, 1, 4, 0, 2]
    shuffled = project(
        inputs.with_(
            places=tuple(inputs.places[i] for i in order),
            **{k: getattr(inputs, k)[order] for k in ("base", "mx", "asfr", "boys_per_girl", "migration")},
        )
    )
    assert (shuffled.population == run.population[order]).all()
    assert run.whole().sum(axis=(1, 2)) == pytest.approx(run.totals.sum(axis=0), rel=1e-12)


def bad(inputs: ProjectionInputs, name: str, index: tuple[int, ...], value: float) -> dict[str, np.ndarray]:
    array = getattr(inputs, name).copy()
    array[index] = value
    return {name: array}


@pytest.mark.parametrize(
    ("name", "index", "value", "says"),
    [
        ("base", (1, 0, 7), -1.0, "基年人口 街道2 男 7 岁：人数为负"),
        ("base", (0, 1, 3), np.nan, "基年人口 街道1 女 3 岁：缺数"),
        ("mx", (2, 1, 0, 60), 1.2, "死亡率 街道3 2026 年 男 60 岁：不在 0 与 1 之间"),
        ("mx", (0, 0, 1, 5), np.inf, "死亡率 街道1 2025 年 女 5 岁：缺数"),
        ("asfr", (0, 0, 30), 1.5, "生育率 街道1 2025 年 30 岁：不在 0 与 1 之间"),
        ("asfr", (0, 0, 5), 0.1, "10 岁以下或 55 岁以上有生育率"),
        ("boys_per_girl", (0, 2), 106.0, "出生性别比 街道1 2027 年：不在 0.5 与 2 之间"),
        ("migration", (1, 3, 0, 20), np.nan, "净迁移 街道2 2028 年 男 20 岁：缺数"),
        ("mx", (0, 0, 0, 100), 0.0, "开口"),
    ],
)
def test_bad_cells_are_refused_with_place_year_sex_age(
    name: str, index: tuple[int, ...], value: float, says: str
) -> None:
    inputs = small_inputs()
    with pytest.raises(DemographyError) as refused:
        replace(inputs, **bad(inputs, name, index, value))
    assert says in str(refused.value)
    assert refused.value.remedy


def test_missing_sex_empty_place_and_odd_width_are_refused() -> None:
    inputs = small_inputs()
    with pytest.raises(DemographyError, match="男女都要有"):
        inputs.with_(base=inputs.base[:, :1])
    empty = inputs.base.copy()
    empty[2] = 0
    with pytest.raises(DemographyError, match="街道3：一个人也没有"):
        inputs.with_(base=empty)
    with pytest.raises(DemographyError, match="1 岁或 5 岁"):
        inputs.with_(width=10)
    with pytest.raises(DemographyError, match="只出现一次"):
        inputs.with_(places=("甲", "甲", "乙"))
