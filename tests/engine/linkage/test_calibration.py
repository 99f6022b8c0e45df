"""校准 — the curve rises and finds planted over-confidence; thresholds keep their word; the audit's interval covers."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from renjia.engine.linkage import Calibration, estimate_precision, sample_for_audit, thresholds, wilson
from renjia.engine.linkage.trust.audit import Drawn, band_of
from renjia.engine.linkage.trust.calibration import OWN_ODDS, calibrate, chance_of, monotone, vouched

_FLOATS = st.lists(st.tuples(st.floats(0, 1), st.floats(0.1, 100)), min_size=1, max_size=40)


@given(_FLOATS)
def test_pooled_values_rise_and_keep_the_mean(pairs: list[tuple[float, float]]) -> None:
    values, weights = np.array([v for v, _ in pairs]), np.array([w for _, w in pairs])
    found = monotone(values, weights)
    assert len(found) == len(values) and (np.diff(found) >= -1e-12).all()
    assert (found * weights).sum() == pytest.approx((values * weights).sum())


def test_what_rises_is_left_as_it_is() -> None:
    assert monotone(np.array([0.1, 0.4, 0.9]), np.ones(3)).tolist() == [0.1, 0.4, 0.9]
    assert monotone(np.array([0.9, 0.1]), np.array([3.0, 1.0])).tolist() == pytest.approx([0.7, 0.7])


def test_own_odds_where_nobody_told() -> None:
    curve = calibrate(np.array([3.0, -2.0]), np.array([-1, -1], np.int8))
    bits = np.array([-40.0, -19.0, -3.0, 0.0, 0.125, 5.0, 19.0, 40.0])
    assert curve.company == 0
    assert curve.chance(bits) == pytest.approx(chance_of(bits), rel=0.05)
    assert OWN_ODDS.chance(bits) == pytest.approx(chance_of(bits), rel=1e-6)


@pytest.mark.parametrize("slope, shift", [(1.0, 0.0), (0.5, 0.0), (1.0, 2.0), (1.5, -1.0)])
def test_planted_over_confidence_is_found(slope: float, shift: float) -> None:
    """A pair said 0.9 is right nine times in ten, however the score exaggerates."""
    rng = np.random.default_rng(4)
    score = np.round(4 * rng.uniform(-12, 12, 20_000)) / 4
    truth = chance_of(slope * score + shift)
    curve = calibrate(score, (rng.random(len(score)) < truth).astype(np.int8))
    said = curve.chance(score)
    for low, high in ((0.05, 0.2), (0.4, 0.6), (0.8, 0.95)):
        band = (said >= low) & (said < high)
        assert said[band].mean() == pytest.approx(truth[band].mean(), abs=0.05)


def test_a_curve_that_falls_is_refused() -> None:
    with pytest.raises(ValueError, match="不能下降"):
        Calibration((0.0, 1.0), (0.5, 0.4))


def test_third_records_vouch() -> None:
    # 0-1-2 are one family, 3-4 another; 5 has nobody; 1-3 look alike
    pairs = [(0, 1, 15.0), (0, 2, 15.0), (1, 2, 2.0), (3, 4, 15.0), (1, 3, 2.0), (2, 5, 2.0), (0, 4, -30.0)]
    a, b, score = (np.array(column) for column in zip(*pairs, strict=True))
    found = dict(zip([(p, q) for p, q, _ in pairs], vouched(6, a, b, score.astype(float)).tolist(), strict=True))
    assert found[1, 2] == 1  # 0 surely belongs with both
    assert found[1, 3] == 0  # each has sure company, none in common
    assert found[2, 5] == -1 and found[0, 4] == -1  # 5 has no company; beyond doubt is not asked
    assert found[0, 1] == -1 and found[3, 4] == -1  # its own link does not vouch for a pair


def test_a_crowd_vouches_for_nobody_in_bounded_memory() -> None:
    count = 60_000  # one number typed for everyone: a star whose square would be 3.6 thousand million cells
    hub, others = np.zeros(count - 1, np.int64), np.arange(1, count)
    assert set(vouched(count, hub, others, np.full(count - 1, 12.0)).tolist()) == {-1}


def test_thresholds_keep_the_wanted_rates() -> None:
    rng = np.random.default_rng(9)
    score = np.round(4 * np.concatenate([rng.normal(12, 6, 4000), rng.normal(-14, 6, 6000)])) / 4
    lines = thresholds(OWN_ODDS, score, ppv=0.999, npv=0.998)
    chance = chance_of(score)
    linked, aside = score >= lines.link, score < lines.review
    assert 1 - chance[linked].mean() == pytest.approx(lines.wrong_links) and lines.wrong_links <= 0.001
    assert chance[aside].mean() == pytest.approx(lines.missed) and lines.missed <= 0.002
    assert lines.review <= lines.link and lines.asked == (~linked & ~aside).sum()
    strict = thresholds(OWN_ODDS, score, ppv=0.99999, npv=0.99999)
    assert strict.link > lines.link and strict.review < lines.review


def test_thresholds_of_nothing_and_of_impossible_rates() -> None:
    assert thresholds(OWN_ODDS, np.zeros(0)).asked == 0
    with pytest.raises(ValueError, match="0 与 1 之间"):
        thresholds(OWN_ODDS, np.zeros(1), ppv=1.0)


@pytest.mark.parametrize(
    "right, asked, low, high",
    # Newcombe 1998, table I, method 3 (Wilson without continuity correction)
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_as_published(right: int, asked: int, low: float, high: float) -> None:
    assert wilson(right, asked) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


def _evidence(scores: np.ndarray) -> pa.Table:
    keys = [f"H|{at:05d}" for at in range(len(scores))]
    return pa.table({"a": keys, "b": [key.replace("H", "V") for key in keys], "level": ["delivery"] * len(keys),
                     "pattern": np.zeros(len(keys), np.int64), "score": scores})  # fmt: skip


def test_a_sample_is_stratified_and_repeatable() -> None:
    scores = np.concatenate([np.full(40, 4.0), np.full(8, 7.0), np.full(60, 12.0), np.full(4000, 40.0)])
    evidence = _evidence(scores)
    sample = sample_for_audit(5, 100, evidence)
    assert sample == sample_for_audit(5, 100, evidence.take(pa.array(np.arange(len(scores))[::-1])))
    assert sample != sample_for_audit(6, 100, evidence)
    counts = np.bincount([one.band for one in sample]).tolist()
    assert counts == [10, 8, 10, 97]
    assert all(one.band == band_of(one.score) for one in sample)
    with pytest.raises(ValueError, match="抽查数"):
        sample_for_audit(5, 0, evidence)


def test_the_interval_covers() -> None:
    """100 doubtful links (70 % right) and 5000 sure ones (99.6 %): the interval holds the truth as often as it says."""
    rng = np.random.default_rng(2)
    chances = {0: 0.7, 3: 0.996}
    held, rounds = 0, 400
    sizes = {0: 100, 3: 5000}
    for _ in range(rounds):
        truth = {band: rng.random(size) < chances[band] for band, size in sizes.items()}
        precision = sum(right.sum() for right in truth.values()) / sum(sizes.values())
        sample, answers = [], {}
        for band, asked in ((0, 30), (3, 170)):
            for at in rng.choice(sizes[band], asked, replace=False).tolist():
                one = Drawn(f"{band}-{at}", "x", 0.0, band, 0, sizes[band])
                sample.append(one)
                answers[one.a, one.b] = bool(truth[band][at])
        found = estimate_precision(sample, answers)
        held += found.low <= precision <= found.high
    assert 0.93 <= held / rounds


def test_answers_by_band() -> None:
    sample = [Drawn("a", "b", 3.0, 0, 0, 10), Drawn("c", "d", 30.0, 3, 0, 90), Drawn("e", "f", 31.0, 3, 0, 90)]
    found = estimate_precision(sample, {("a", "b"): False, ("c", "d"): True})
    assert found.share == pytest.approx(0.9) and found.answers == 2
    assert found.bands == (("5 比特以下", 0, 1, 10), ("20 比特以上", 1, 1, 90))
    with pytest.raises(ValueError, match="还没有回答"):
        estimate_precision(sample, {("c", "d"): True})
    assert estimate_precision([], {}).low == 0.0
