"""预期出生 — births to expect by month and street: level and trend, season, streets' shares, registrations in hand.

Aggregates only. A count to come is negative binomial with mean μ and variance μ + v·μ²; v, the relative error of the
forecast, is measured by forecasting the history's own past (rolling origins), so that intervals carry what the method
got wrong before, not only chance.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from renjia.engine.demography import checks
from renjia.engine.demography.checks import Floats
from renjia.engine.demography.errors import DemographyError
from renjia.engine.demography.expected.level import District, forecast_district
from renjia.engine.demography.projection.shrinkage import shrink_rates
from renjia.engine.units import Month

SHARE_MONTHS = 24  # streets' shares are those of the last two years
# Believed before the history can be asked: relative variance of a district forecast, and of a street's share.
_BELIEVED, _BELIEVED_SHARE, _BELIEF = 0.05**2, 0.05**2, 3.0
_NO_SEASON = 0.08**2


@dataclass(frozen=True, slots=True)
class Registrations:
    """在手登记 — pregnancies registered as due in a month, as known one, two … months before it.

    past    (T, L, S): due in past month t, known l + 1 months ahead, by street; coming (H, S): due in month h ahead,
            known today (lead h + 1); H ≤ L
    """

    past: Floats
    coming: Floats


@dataclass(frozen=True, slots=True)
class ExpectedBirths:
    """预期出生数 — by month (H) and street (S).

    mean (H, S); error (H, S): relative variance v of each cell; whole (H,), whole_error (H,): the district;
    streets' means add to the district's. weight (H, S): how much came from registrations, 0 … 1.
    """

    months: tuple[Month, ...]
    streets: tuple[str, ...]
    mean: Floats
    error: Floats
    whole: Floats
    whole_error: Floats
    weight: Floats
    season: Floats

    def interval(self, level: float = 0.95) -> tuple[Floats, Floats]:
        """预测区间 — low, high (H, S): whole births that a month's count lies between, in `level` of cases or more."""
        return negative_binomial_interval(self.mean, self.error, level)

    def whole_interval(self, level: float = 0.95) -> tuple[Floats, Floats]:
        """全区预测区间 — low, high (H,)."""
        return negative_binomial_interval(self.whole, self.whole_error, level)


def negative_binomial_interval(mean: ArrayLike, error: ArrayLike, level: float = 0.95) -> tuple[Floats, Floats]:
    """负二项区间 — equal-tailed, of counts with variance mean + error·mean²; covers at least `level` as counts are whole."""
    tail = (1 - checks.fraction(level, "把握程度")) / 2
    m, v = np.broadcast_arrays(checks.counts(mean, "预期数"), checks.counts(error, "相对方差"))
    size = 1 / np.maximum(v, 1e-9)
    share = size / (size + np.maximum(m, 1e-12))
    low, high = stats.nbinom.ppf(tail, size, share), stats.nbinom.isf(tail, size, share)
    return np.maximum(np.asarray(low, dtype=np.float64), 0.0), np.asarray(high, dtype=np.float64)


def expected_births(
    births: ArrayLike,
    first: Month,
    ahead: int = 12,
    *,
    streets: Sequence[str] = (),
    complete: ArrayLike | None = None,
    women: ArrayLike | None = None,
    fertility: float | None = None,
    registrations: Registrations | None = None,
) -> ExpectedBirths:
    """预期出生 — of the `ahead` months after the history, by street.

    births (T, S): by month from `first` and street, as known now; complete (T,): share of each month that has arrived (1
    when None; see `reporting_delays`); women (S,): aged 15–49, with fertility: births per woman and year, for a history
    shorter than two years (they count as a year of births); registrations: see there.
    DemographyError: a history under 12 months without women and fertility, shapes that do not fit, no births at all.
    """
    seen = _history(births, women)
    held = np.ones(len(seen)) if complete is None else checks.exposure(complete, "完整率")
    if held.shape != (len(seen),) or (held > 1).any():
        raise DemographyError("应是每月一个 0—1 的数", "完整率", f"请给 {len(seen)} 个，与历史逐月对应")
    names = tuple(streets) or tuple(str(at + 1) for at in range(seen.shape[1]))
    if len(names) != seen.shape[1]:
        raise DemographyError(f"有 {len(names)} 个名字，{seen.shape[1]} 列", "街镇", "请一一对应")
    yearly = _yearly(women, fertility, seen.shape[1])
    if len(seen) < 12 and yearly is None:
        raise DemographyError(
            f"历史只有 {len(seen)} 个月", "出生数", "至少要 12 个月；不够时请同时给育龄妇女数与生育率"
        )
    if not 1 <= ahead <= 24:
        raise DemographyError(f"要预期 {ahead} 个月", "月数", "请给 1 至 24")
    prior = None if yearly is None else float(yearly.sum())
    district = forecast_district(seen.sum(axis=1), held, first, ahead, prior)
    share, unsure = _shares(seen, yearly)
    error, drift = _errors(seen, held, first, ahead, yearly, district)
    mean = district.mean[:, None] * share
    errors = error[:, None] + drift + unsure
    weight = np.zeros_like(mean)
    if registrations is not None:
        mean, errors, weight, error = _with_registrations(registrations, seen, held, mean, errors, error)
    months = tuple(first.plus(len(seen) + h) for h in range(ahead))
    return ExpectedBirths(months, names, mean, errors, mean.sum(axis=1), error, weight, district.season)


def _history(births: ArrayLike, women: ArrayLike | None) -> Floats:
    if np.size(births) == 0 and women is not None:
        return np.zeros((0, np.size(women)))
    seen = checks.counts(births, "出生数")
    if seen.ndim != 2:
        raise DemographyError("应是一张月份 × 街镇的表", "出生数", "每月一行、每个街镇一列")
    if seen.sum() == 0 and women is None:
        raise DemographyError("一例出生也没有", "出生数", "请核对来源")
    return seen


def _yearly(women: ArrayLike | None, fertility: float | None, streets: int) -> Floats | None:
    """Births a year of each street, from women and fertility."""
    if women is None and fertility is None:
        return None
    if women is None or fertility is None:
        raise DemographyError("育龄妇女数与生育率要同时给", "育龄妇女", "请补上缺的一项")
    held = checks.exposure(women, "育龄妇女")
    if held.shape != (streets,):
        raise DemographyError(f"有 {held.size} 个数，街镇有 {streets} 个", "育龄妇女", "请一一对应")
    return np.asarray(held * checks.positive(fertility, "生育率"))


def _shares(seen: Floats, yearly: Floats | None) -> tuple[Floats, Floats]:
    """Each street's share of the district and its relative variance: gamma-Poisson, towards the share of women."""
    streets = seen.shape[1]
    base = np.full(streets, 1 / streets) if yearly is None else yearly / yearly.sum()
    recent = seen[-SHARE_MONTHS:].sum(axis=0)
    if recent.sum() == 0 or streets < 3:
        known = recent + base if recent.sum() == 0 else recent + 0.5
        error = np.full(streets, _BELIEVED_SHARE * 4) if recent.sum() == 0 else 1 / known
        return known / known.sum(), np.asarray(error)
    levels = shrink_rates(recent, base * recent.sum())
    share = base * levels.mean
    return share / share.sum(), np.asarray(1 / levels.shape)


def _errors(
    seen: Floats, held: Floats, first: Month, ahead: int, yearly: Floats | None, district: District
) -> tuple[Floats, float]:
    """Relative variances beyond chance: of the district by month ahead, and of the streets' shares (drift)."""
    flat = np.full(ahead, _BELIEVED + (0.0 if district.seasonal else _NO_SEASON))
    usable = int(np.sum(np.cumprod(held >= 0.98)))
    off: list[list[float]] = [[] for _ in range(ahead)]
    moved, of = 0.0, 0.0
    for origin in range(24, usable, 3):
        prior = None if yearly is None else float(yearly.sum())
        told = forecast_district(seen[:origin].sum(axis=1), held[:origin], first, ahead, prior)
        recent = seen[max(origin - SHARE_MONTHS, 0) : origin].sum(axis=0) + 0.5
        share, unsure = recent / recent.sum(), 1 / recent
        for h in range(min(ahead, usable - origin)):
            came = seen[origin + h]
            due = told.mean[h]
            off[h].append((float(came.sum() - due) ** 2 - due) / due**2)
            part = share * came.sum()
            moved += float(((came - part) ** 2 - part * (1 - share) - unsure * part**2).sum())
            of += float((part**2).sum())
    found = flat.copy()
    for h in range(ahead):
        # windows overlap: three origins say about what one independent one would
        near = off[h] + (off[h - 1] if h else []) + (off[h + 1] if h + 1 < ahead else [])
        trust = len(near) / 3
        measured = max(float(np.mean(near)), 0.0) if near else 0.0
        found[h] = (trust * measured + _BELIEF * flat[h]) / (trust + _BELIEF)
    drift = max(moved / of, 0.0) if of else _BELIEVED_SHARE
    return np.maximum.accumulate(found), drift


def _with_registrations(
    given: Registrations, seen: Floats, held: Floats, mean: Floats, errors: Floats, whole_error: Floats
) -> tuple[Floats, Floats, Floats, Floats]:
    """Both forecasts weighted by how well each did in the past; a cell keeps the smaller error of the two."""
    past, coming = checks.counts(given.past, "历史登记"), checks.counts(given.coming, "在手登记")
    if past.ndim != 3 or (past.shape[0], past.shape[2]) != seen.shape:
        raise DemographyError(
            f"形状 {past.shape}，应是（{len(seen)} 月, 提前月数, {seen.shape[1]} 街镇）",
            "历史登记",
            "请与出生数逐月对应",
        )
    if coming.ndim != 2 or coming.shape[1] != seen.shape[1] or len(coming) > min(past.shape[1], len(mean)):
        raise DemographyError(f"形状 {coming.shape}", "在手登记", "每个未来月份一行、每个街镇一列，不多于提前月数")
    mean, errors, whole_error = mean.copy(), errors.copy(), whole_error.copy()
    weight = np.zeros_like(mean)
    whole = held >= 0.98
    habit = _habit(past[whole][-SHARE_MONTHS:], seen[whole][-SHARE_MONTHS:])
    for h in range(len(coming)):
        due, came = past[whole, h][-SHARE_MONTHS:], seen[whole][-SHARE_MONTHS:]
        if len(due) < 12 or due.sum() == 0 or coming[h].sum() == 0:
            continue
        ratio = habit * (came.sum() / (due * habit).sum())
        told = due * ratio
        error = max(float(((came - told) ** 2 - told).sum() / (told**2).sum()), 0.0) + 1 / came.sum()
        together = max(float(((came.sum(axis=1) - told.sum(axis=1)) ** 2 - told.sum(axis=1)).sum()), 0.0)
        together = together / float((told.sum(axis=1) ** 2).sum()) + 1 / came.sum()
        weight[h] = errors[h] / (errors[h] + error)
        mean[h] = (1 - weight[h]) * mean[h] + weight[h] * coming[h] * ratio
        errors[h] = np.minimum(errors[h], error)
        whole_error[h] = min(whole_error[h], together)
    return mean, errors, weight, whole_error


def _habit(past: Floats, came: Floats) -> Floats:
    """How many births each street has for a registration, against the district: register early in one, late in another."""
    known = past.sum(axis=(0, 1))
    streets = len(known)
    if streets < 3 or came.sum() == 0 or known.sum() == 0:
        return np.ones(streets)
    due = np.maximum(known * (came.sum() / known.sum()), 0.5)
    return np.asarray(shrink_rates(came.sum(axis=0), due).mean)
