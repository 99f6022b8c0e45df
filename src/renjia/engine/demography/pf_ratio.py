"""P/F 比 — Brass's comparison of mean parities with cumulated current fertility, with named multipliers."""

import numpy as np
from numpy.typing import ArrayLike

from renjia.engine.demography import checks
from renjia.engine.demography.checks import Floats
from renjia.engine.demography.errors import DemographyError

# United Nations 1983, Manual X, Table 7: a, b, c for groups 15–19 … 45–49 (Coale–Trussell fertility models).
_TO_PARITY = {
    "survey": np.array(
        [
            [2.531, -0.188, 0.0024],
            [3.321, -0.754, 0.0161],
            [3.265, -0.627, 0.0145],
            [3.442, -0.563, 0.0029],
            [3.518, -0.763, 0.0006],
            [3.862, -2.481, -0.0001],
            [3.828, 0.016, -0.0002],
        ]
    ),
    "at_birth": np.array(
        [
            [2.147, -0.244, 0.0034],
            [2.838, -0.758, 0.0162],
            [2.760, -0.594, 0.0133],
            [2.949, -0.566, 0.0025],
            [3.029, -0.823, 0.0006],
            [3.419, -2.966, -0.0001],
            [3.535, -0.007, -0.0002],
        ]
    ),
}
# Manual X, Table 8: x, y, z, moving rates by age at survey half a year up to conventional groups.
_TO_GROUPS = np.array(
    [
        [0.031, 2.287, 0.114],
        [0.068, 0.999, -0.233],
        [0.094, 1.219, -0.977],
        [0.120, 1.139, -1.531],
        [0.162, 1.739, -3.592],
        [0.270, 3.454, -21.497],
    ]
)
# Brass 1975: k of F(i) = φ(i−1) + k(i)·f(i), by f(15–19)/f(20–24) and by the mean age of the schedule; ages half a year young.
_BRASS_RATIO = np.array([0.036, 0.113, 0.213, 0.330, 0.460, 0.605, 0.764, 0.939])
_BRASS_MEAN = np.array([31.7, 30.7, 29.7, 28.7, 27.7, 26.7, 25.7, 24.7])
_BRASS = np.array(
    [
        [1.120, 1.310, 1.615, 1.950, 2.305, 2.640, 2.925, 3.170],
        [2.555, 2.690, 2.780, 2.840, 2.890, 2.925, 2.960, 2.985],
        [2.925, 2.960, 2.985, 3.010, 3.035, 3.055, 3.075, 3.095],
        [3.055, 3.075, 3.095, 3.120, 3.140, 3.165, 3.190, 3.215],
        [3.165, 3.190, 3.215, 3.245, 3.285, 3.325, 3.375, 3.435],
        [3.325, 3.375, 3.435, 3.510, 3.610, 3.740, 3.915, 4.150],
        [3.740, 3.915, 4.150, 4.395, 4.630, 4.840, 4.985, 5.000],
    ]
)


def brass_multipliers(asfr: ArrayLike) -> Floats:
    """Brass 乘数 — k(i) for 15–19 … 45–49, from the table by f(15–19)/f(20–24) up to 25–29 and by mean age from 30–34.

    Shapes: asfr (7,) by age at the survey, births of the past year; result (7,). A schedule outside the table is refused.
    Source: Brass 1975, Methods for Estimating Fertility and Mortality from Limited and Defective Data.
    """
    f = checks.rates(asfr, "年龄别生育率")
    if f.shape != (7,) or f[1] <= 0:
        raise DemographyError("不是七组，或 20–24 岁没有生育", "年龄别生育率", "请给出 15–19 至 45–49 七个数")
    ratio, mean = f[0] / f[1], float(f @ np.arange(17.0, 50.0, 5.0) / f.sum())
    if not (_BRASS_RATIO[0] <= ratio <= _BRASS_RATIO[-1] and _BRASS_MEAN[-1] <= mean <= _BRASS_MEAN[0]):
        what = f"f(15–19)/f(20–24) 为 {ratio:.3f}，平均年龄 {mean:.2f}，超出乘数表"
        raise DemographyError(what, "年龄别生育率", '请改用 multipliers="coale_trussell"')
    young = [float(np.interp(ratio, _BRASS_RATIO, row)) for row in _BRASS[:3]]
    old = [float(np.interp(mean, _BRASS_MEAN[::-1], row[::-1])) for row in _BRASS[3:]]
    return np.array(young + old)


def brass_pf_ratio(
    parities: ArrayLike,
    asfr: ArrayLike,
    *,
    multipliers: str = "coale_trussell",
    age_of_mother: str = "survey",
    reference: int = 1,
) -> dict[str, Floats]:
    """Brass P/F 比 — mean parity P against parity-equivalent F, and fertility corrected by the ratio of one age group.

    φ(i) = 5·Σ_{j≤i} f(j); F(i) = φ(i−1) + a·f(i) + b·f(i+1) + c·φ(7), for 45–49 φ(6) + a·f(7) + b·f(6) + c·φ(7).
    multipliers "coale_trussell": Manual X Table 7. age_of_mother "survey": births of the past year by age at the survey, on
    average half a year young; f is then moved to conventional groups by Table 8, f⁺(i) = (1 − w(i−1))·f(i) + w(i)·f(i+1),
    w = x + y·f(i)/φ(7) + z·f(i+1)/φ(7). "at_birth": by age at delivery, no move.
    multipliers "brass": F(i) = φ(i−1) + k(i)·f(i), k as `brass_multipliers`, by age at the survey only; f is not moved.
    reference: the group whose ratio corrects the level, 0 … 6 (1: 20–24, the manual's first choice).
    Shapes: parities, asfr (7,) for 15–19 … 45–49, asfr per woman and year. Result: phi, F, ratio, conventional, adjusted
    (7,); tfr (unadjusted, of conventional rates), adjusted_tfr scalars.
    Source: United Nations 1983, Manual X, ch. II.B (Bangladesh 1974); Brass 1975.
    """
    f, p = checks.rates(asfr, "年龄别生育率"), checks.counts(parities, "平均子女数")
    if f.shape != (7,) or p.shape != (7,):
        raise DemographyError("不是 15–19 至 45–49 七组", "平均子女数、年龄别生育率", "请各给七个数")
    if not 0 <= reference <= 6:
        raise DemographyError("参照组应在 0 到 6 之间", "reference", "1 是 20–24 岁组")
    checks.choice(age_of_mother, tuple(_TO_PARITY), "母亲年龄口径")
    checks.choice(multipliers, ("coale_trussell", "brass"), "乘数口径")
    if multipliers == "brass" and age_of_mother != "survey":
        raise DemographyError("Brass 乘数只适用于按调查时年龄", "age_of_mother", "请改用 coale_trussell")
    phi = 5 * np.cumsum(f)
    if phi[-1] <= 0:
        raise DemographyError("没有生育", "年龄别生育率", "请查来源")
    before = np.concatenate([[0.0], phi[:-1]])
    if multipliers == "brass":
        equivalent = before + brass_multipliers(f) * f
    else:
        a, b, c = _TO_PARITY[age_of_mother].T
        equivalent = before + a * f + b * np.append(f[1:], f[5]) + c * phi[-1]
    ratio = np.divide(p, equivalent, out=np.full(7, np.nan), where=equivalent > 0)
    usual = f.copy()
    if age_of_mother == "survey" and multipliers == "coale_trussell":
        x, y, z = _TO_GROUPS.T
        w = x + y * f[:-1] / phi[-1] + z * f[1:] / phi[-1]
        usual = (1 - np.concatenate([[0.0], w])) * f + np.append(w * f[1:], 0.0)
    level = ratio[reference]
    if not np.isfinite(level):
        raise DemographyError("参照组的 F 为零", "reference", "请换一个参照组")
    return {
        "phi": phi,
        "F": equivalent,
        "ratio": ratio,
        "conventional": usual,
        "adjusted": usual * level,
        "tfr": np.asarray(5 * usual.sum()),
        "adjusted_tfr": np.asarray(5 * usual.sum() * level),
    }
