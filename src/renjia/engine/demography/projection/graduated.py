"""单岁化 — five-year inputs to single years by monotone interpolation, so that nothing turns negative.

Sprague and Beers (`graduation`) keep finer waves but may go below zero where groups fall steeply; a projection cannot.
"""

import numpy as np
from scipy.interpolate import PchipInterpolator

from renjia.engine.demography.checks import Floats, Ints
from renjia.engine.demography.graduation import singles_between
from renjia.engine.demography.lifetables import life_table
from renjia.engine.demography.projection.inputs import SEXES, ProjectionInputs, mortality_starts

OPEN_AGE = 100
_INFANT_POINT = 0.5


def single_counts(counts: Floats, age: Ints) -> Floats:
    """人数单岁化 — (…, G) with lower bounds `age` to single years (…, age[-1] + 1); group totals kept, open group as is.

    The cumulated count is interpolated monotonely (`graduation.singles_between`), so every single age is ≥ 0 when the groups are.
    """
    return np.concatenate([singles_between(counts[..., :-1], age), counts[..., -1:]], axis=-1)


def single_rates(mx: Floats, age: Ints) -> Floats:
    """死亡率单岁化 — (…, M) at 0, 1–4, 5–9, … to 0 … age[-1], the open group as is: ln m PCHIP through the middles.

    Ages 1–4 are then scaled so that their mean is the group's rate. Rates of zero are taken as 1e-9.
    """
    middles = np.append((age[:-1] + age[1:]) / 2.0, float(age[-1]))
    middles[0] = _INFANT_POINT
    logs = np.log(np.maximum(mx, 1e-9))
    found = np.exp(PchipInterpolator(middles, logs, axis=-1)(np.minimum(np.arange(age[-1] + 1) + 0.5, float(age[-1]))))
    found[..., 0] = mx[..., 0]
    found[..., 1:5] *= mx[..., 1:2] / found[..., 1:5].mean(axis=-1, keepdims=True)
    found[..., -1] = mx[..., -1]
    return np.asarray(np.minimum(found, 1.0), dtype=np.float64)


def single_fertility(asfr: Floats, width: int = 5) -> Floats:
    """生育率单岁化 — (…, G) of `width`-year groups from age 0 to single years; the sum over ages (TFR) of each group kept."""
    age = np.arange(asfr.shape[-1], dtype=np.int64) * width
    found = single_counts(asfr * width, age)
    found[..., -1] /= width
    return found


def calibrated(mx: Floats, e0: Floats, sex: str, infant_rule: str) -> Floats:
    """与预期寿命相符 — single-year mx (…, M) shifted on the log scale by one number each so that e0 (…) is met to 1e-9.

    Raises DemographyError (from `life_table`) when a rate cannot be.
    """
    age = mortality_starts(1, int(mx.shape[-1]))
    low, high = np.full(e0.shape, -2.5), np.full(e0.shape, 2.5)
    for _ in range(60):
        middle = (low + high) / 2.0
        found = life_table(_scaled(mx, middle), age, sex, nax=infant_rule)["ex"][..., 0]
        low, high = np.where(found > e0, middle, low), np.where(found > e0, high, middle)
    return _scaled(mx, (low + high) / 2.0)


def _scaled(mx: Floats, shift: Floats) -> Floats:
    return np.asarray(np.minimum(mx * np.exp(shift)[..., None], 1.0), dtype=np.float64)


def in_single_years(inputs: ProjectionInputs) -> ProjectionInputs:
    """五岁组化单岁 — the same projection by single years of age and time.

    People and moves by `single_counts` (a step's moves spread evenly over its years), deaths by `single_rates` calibrated to
    the group table's e0, fertility by `single_fertility`; level within a step constant.
    """
    width = inputs.width
    if width == 1:
        return inputs
    death_age = mortality_starts(width, int(inputs.mx.shape[-1]))
    deaths = []
    for s in range(2):
        e0 = life_table(inputs.mx[:, :, s], death_age, SEXES[s], nax=inputs.infant_rule)["ex"][..., 0]
        deaths.append(calibrated(single_rates(inputs.mx[:, :, s], death_age), e0, SEXES[s], inputs.infant_rule))
    moves = np.sign(inputs.migration)
    spread = single_counts(np.where(moves > 0, inputs.migration, 0.0), inputs.ages)
    spread = spread - single_counts(np.where(moves < 0, -inputs.migration, 0.0), inputs.ages)
    return inputs.with_(
        width=1,
        base=single_counts(inputs.base, inputs.ages),
        mx=np.repeat(np.stack(deaths, axis=2), width, axis=1),
        asfr=np.repeat(single_fertility(inputs.asfr, width), width, axis=1),
        boys_per_girl=np.repeat(inputs.boys_per_girl, width, axis=1),
        migration=np.repeat(spread / width, width, axis=1),
    )
