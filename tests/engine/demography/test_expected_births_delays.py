"""迟报 — the share of a month that has arrived, from the reporting triangle of each source."""

import numpy as np
import pytest

from birth_months import triangle
from renjia.engine.demography.errors import DemographyError
from renjia.engine.demography.expected.delays import delays_by_source, nowcast, reporting_delays

LATE = np.array([0.5, 0.25, 0.15, 0.08, 0.02])


def test_an_exact_triangle_gives_the_exact_shares() -> None:
    cells = np.tile(1000 * LATE, (12, 1))
    cells[np.arange(12)[:, None] + np.arange(5) >= 12] = np.nan
    found = reporting_delays(cells)
    assert found.arrived == pytest.approx(np.cumsum(LATE))
    assert found.complete[-5:] == pytest.approx(np.cumsum(LATE)[::-1]) and (found.complete[:-4] == 1).all()
    assert found.error == pytest.approx(0, abs=1e-12)
    assert found.so_far / found.complete == pytest.approx(1000)


def test_nowcasts_cover_what_came_in_the_end() -> None:
    inside, wide = [], []
    for seed in range(150):
        random = np.random.default_rng(seed)
        births = random.poisson(random.uniform(5, 200), 30)
        found = reporting_delays(triangle(births, LATE, random))
        expected, low, high = nowcast(found.so_far[-4:], found.complete[-4:], found.error[:4][::-1])
        inside.append((low <= births[-4:]) & (births[-4:] <= high))
        wide.append((expected >= low) & (expected <= high))
    assert 0.94 <= np.mean(inside) <= 0.995 and np.mean(wide) > 0.99


def test_shares_that_change_from_month_to_month_widen_it() -> None:
    random = np.random.default_rng(5)
    births = np.full(40, 500)
    cells = np.array([random.multinomial(n, random.dirichlet(40 * LATE)) for n in births]).astype(float)
    cells[np.arange(40)[:, None] + np.arange(5) >= 40] = np.nan
    restless = reporting_delays(cells)
    calm = reporting_delays(triangle(births, LATE, random))
    assert restless.error[0] > 10 * max(calm.error[0], 1e-4)
    _, low, high = nowcast(250, 0.5, restless.error[0])
    _, low0, high0 = nowcast(250, 0.5)
    assert high - low > 1.5 * (high0 - low0)


def test_all_arrived_is_no_estimate() -> None:
    assert [float(one) for one in nowcast(37, 1.0)] == [37, 37, 37]


def test_a_habit_that_changed_is_believed_within_a_year() -> None:
    old, new = np.tile(1000 * LATE, (20, 1)), np.tile([100.0, 200, 300, 300, 100], (16, 1))
    cells = np.vstack([old, new])
    cells[np.arange(36)[:, None] + np.arange(5) >= 36] = np.nan
    assert reporting_delays(cells).arrived == pytest.approx(np.cumsum([0.1, 0.2, 0.3, 0.3, 0.1]))


def test_each_source_has_its_own() -> None:
    random = np.random.default_rng(2)
    births = np.full(30, 300)
    late = LATE[::-1].copy()
    found = delays_by_source({"住院分娩": triangle(births, LATE, random), "户籍出生": triangle(births, late, random)})
    assert found["住院分娩"].complete[-1] > 0.4 > 0.1 > found["户籍出生"].complete[-1]


@pytest.mark.parametrize(
    "cells, said",
    [
        (np.ones((3, 5)), "行数不少于列数"),
        (np.ones((6, 3)), "还没有到"),
        (np.where(np.arange(6)[:, None] + np.arange(3) >= 5, np.nan, 1.0), "缺数"),
        (np.where(np.arange(6)[:, None] + np.arange(3) >= 6, np.nan, 0.0), "一例也没有"),
        (np.where(np.arange(6)[:, None] + np.arange(3) >= 6, np.nan, -1.0), "为负"),
    ],
)
def test_a_triangle_that_is_none_is_refused_by_source(cells: np.ndarray, said: str) -> None:
    with pytest.raises(DemographyError, match=f"预防接种.*{said}"):
        delays_by_source({"预防接种": cells})
