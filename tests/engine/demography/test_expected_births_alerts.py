"""出生预警 — silent when all is well, heard when a street stops, and the false alarms of a district and year as promised."""

from dataclasses import replace

import numpy as np
import pytest

from birth_months import FIRST, district
from renjia.engine.demography.errors import DemographyError
from renjia.engine.demography.expected.alerts import FEW, MANY, NORMAL, TOO_FEW, WHOLE, alerts, flagged
from renjia.engine.demography.expected.births import ExpectedBirths, expected_births


def told(seed: int = 3, **made: float) -> tuple[ExpectedBirths, np.ndarray]:
    built = district(seed, **made)
    return expected_births(built.births[:60], FIRST), built.births[60:]


def test_no_alert_on_perfect_data() -> None:
    expected, _ = told()
    judged = alerts(expected, np.round(expected.mean))
    assert not flagged(judged)
    assert len(judged) == 12 * 37 and {one.verdict for one in judged} <= {NORMAL, TOO_FEW}


@pytest.mark.parametrize("overdispersed", [False, True])
def test_false_alarms_of_a_district_and_year_are_as_promised(overdispersed: bool) -> None:
    """200 null years of 36 streets × 12 months × 3 windows, drawn from what was expected: at most 5 % flag anything."""
    expected, _ = told()
    random = np.random.default_rng(11)
    shape = 1 / expected.error.mean(axis=0)
    years = 200
    alarmed = 0
    for _ in range(years):
        # a street's error lasts all year, as in the forecasts it was measured on
        off = random.gamma(shape, 1 / shape) if overdispersed else 1.0
        alarmed += bool(flagged(alerts(expected, random.poisson(expected.mean * off))))
    assert alarmed / years <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / years)


def test_looking_at_each_month_by_itself_would_cry_wolf() -> None:
    """The guard can fail: at 5 % a look, every null year has alarms."""
    expected, came = told()
    low, high = expected.interval()
    assert ((came < low) | (came > high)).sum() > 5 and not flagged(alerts(expected, came))


def test_a_street_that_stops_reporting_is_found() -> None:
    found_after = []
    for seed in range(6):
        expected, came = told(seed)
        street = int(np.argsort(expected.mean.mean(axis=0))[18])
        came = came.copy()
        came[4:, street] = 0
        hits = [one for one in flagged(alerts(expected, came)) if one.street == expected.streets[street]]
        assert hits and {one.verdict for one in hits} == {FEW}
        found_after.append(min((one.until.year * 12 + one.until.month) for one in hits) - (2025 * 12 + 5) + 1)
    assert np.median(found_after) <= 2


def test_a_street_of_few_births_is_found_by_several_months_together() -> None:
    expected, came = told()
    small = int(np.argmin(expected.mean.sum(axis=0)))
    came = came.copy()
    came[:, small] = 0
    judged = [one for one in alerts(expected, came) if one.street == expected.streets[small]]
    assert judged[0].verdict == TOO_FEW and "人数太少，不能判断" in judged[0].text
    assert judged[-1].verdict == FEW and judged[-1].since < judged[-1].until


def test_a_whole_district_down_by_a_quarter_is_found_though_no_street_is() -> None:
    expected, _ = told()
    came = np.round(expected.mean.sum(axis=1) * 0.75)[:, None] * expected.mean / expected.mean.sum(axis=1)[:, None]
    found = flagged(alerts(expected, came[:1]))
    assert [one.street for one in found] == [WHOLE] and found[0].verdict == FEW


def test_a_month_told_twice_is_too_many() -> None:
    expected, came = told()
    large = int(np.argmax(expected.mean.sum(axis=0)))
    came = came.copy()
    came[2, large] *= 2
    hits = flagged(alerts(expected, came[:3]))
    assert hits[0].street == expected.streets[large] and hits[0].verdict == MANY
    assert "偏多" in hits[0].text and "2025-03" in hits[0].text


def test_what_has_not_arrived_yet_is_not_missing() -> None:
    expected, came = told()
    late = np.array([1, 0.9, 0.5])
    arrived = np.round(came[:3] * late[:, None])
    assert flagged(alerts(expected, arrived))
    assert not flagged(alerts(expected, arrived, late, [0, 0, 0.01]))


def test_a_higher_false_alarm_rate_is_more_watchful() -> None:
    expected, came = told()
    came = came * 0.6
    assert len(flagged(alerts(expected, came, false_alarm=0.2))) >= len(
        flagged(alerts(expected, came, false_alarm=0.01))
    )


def test_what_cannot_be_judged_is_refused() -> None:
    expected, came = told()
    for arrived, options, said in (
        (came[:, :3], {}, "各一列"),
        (np.vstack([came, came]), {}, "至多 12 行"),
        (came, {"complete": 1.5}, "大于 1"),
        (came, {"complete": np.ones(5)}, "完整率"),
        (came, {"windows": ()}, "窗口"),
        (came, {"false_alarm": 0}, "误报率"),
    ):
        with pytest.raises(DemographyError, match=said):
            alerts(expected, arrived, **options)


def test_an_error_that_is_zero_is_plain_chance() -> None:
    expected, _ = told()
    bare = replace(expected, error=np.zeros_like(expected.error), whole_error=np.zeros_like(expected.whole_error))
    wide = {(one.street, one.until): one for one in alerts(expected, np.round(expected.mean), windows=[1])}
    assert all(one.high <= wide[one.street, one.until].high for one in alerts(bare, np.round(bare.mean), windows=[1]))
