"""全区出生水平 — the district's births to come: a recent level, a damped trend and the calendar month's season."""

from dataclasses import dataclass

import numpy as np

from renjia.engine.demography.checks import Floats
from renjia.engine.units import Month

HALF_LIFE = 6.0  # months until a month's births count half for the level
DAMPING = 0.9  # of the trend, a month
_TREND_MONTHS = 24
_SEASONS = 24  # months of history from which a season is learned
_PRIOR_YEARS = 1.0  # women × fertility count as so many years of births


@dataclass(frozen=True, slots=True)
class District:
    """全区预期 — mean (H,) births a month; season (12,) factor of January … December, mean 1; seasonal: learned at all."""

    mean: Floats
    season: Floats
    seasonal: bool


def forecast_district(births: Floats, complete: Floats, first: Month, ahead: int, prior: float | None) -> District:
    """预期全区 — births (T,) known of each month, complete (T,) the share arrived, prior: births a year or None."""
    span = len(births)
    days = np.array([first.plus(t).last.day for t in range(span + ahead)], dtype=np.float64)
    calendar = np.array([first.plus(t).month - 1 for t in range(span + ahead)])
    season = _season(births, days[:span] * complete, calendar[:span])
    due = days[:span] * complete * season[calendar[:span]]
    level, slope = _level(births, due, prior)
    # the slope of a month from now fades: 1 + φ + φ² …
    steps = np.cumsum(DAMPING ** np.arange(ahead))
    mean = level * np.exp(slope * steps) * days[span:] * season[calendar[span:]]
    return District(mean, season, span >= _SEASONS)


def _season(births: Floats, due: Floats, calendar: np.ndarray) -> Floats:
    """Factor of each calendar month: log ratio to the twelve months around it, drawn to 1 as far as chance explains it."""
    if len(births) < _SEASONS:
        return np.ones(12)
    rate = (births + 0.5) / due
    ring = np.concatenate([[0.5], np.ones(11), [0.5]]) / 12
    middle = np.convolve(rate, ring, mode="valid")
    inner = slice(6, 6 + len(middle))
    off, month = np.log(rate[inner] / middle), calendar[inner]
    count = np.bincount(month, minlength=12).astype(np.float64)
    mean = np.bincount(month, weights=off, minlength=12) / np.maximum(count, 1)
    chance = 1 / max(float(births.mean()), 1.0)
    if (count > 1).any():
        left = (off - mean[month]) ** 2
        chance = max(chance, float(left[count[month] > 1].sum() / max((count[count > 1] - 1).sum(), 1)))
    between = max(float(np.mean(mean**2)) - chance / float(count.mean()), 0.0)
    kept = between / (between + chance / np.maximum(count, 0.5))
    factor = np.exp(np.where(count > 0, kept * mean, 0.0))
    return np.asarray(factor / factor.mean())


def _level(births: Floats, due: Floats, prior: float | None) -> tuple[float, float]:
    """Births a day now (deseasonalised), and the slope of its logarithm a month."""
    span = len(births)
    age = np.arange(span)[::-1].astype(np.float64)
    weight = 0.5 ** (age / HALF_LIFE)
    slope, centre = _slope(births, due), 0.0
    events, exposed = float(weight @ births), float(weight @ due)
    if exposed:
        centre = float((weight * due) @ age) / exposed
    if prior is not None and span < _SEASONS:
        left = 1 - span / _SEASONS
        events, exposed = events + left * _PRIOR_YEARS * prior, exposed + left * _PRIOR_YEARS * 365.25
    return max(events, 0.5) / exposed * float(np.exp(slope * centre)), slope


def _slope(births: Floats, due: Floats) -> float:
    """Weighted least squares on the logarithm, drawn to no trend as far as its own error demands."""
    count, held = births[-_TREND_MONTHS:], due[-_TREND_MONTHS:]
    if len(count) < _TREND_MONTHS:
        return 0.0
    at = np.arange(len(count)) - (len(count) - 1) / 2
    logs = np.log((count + 0.5) / held)
    weight = count + 0.5
    centred = at - float(weight @ at) / float(weight.sum())
    square = float(weight @ centred**2)
    slope = float(weight @ (centred * logs)) / square
    left = logs - float(weight @ logs) / float(weight.sum()) - slope * centred
    spread = max(float(weight @ left**2) / (len(count) - 2), 1.0)
    error = spread / square
    return slope * max(1 - error / slope**2, 0.0) if slope else 0.0
