"""死者平均存活年数 — nax: the years lived in an age interval by those who die in it, under the conventions in use."""

import numpy as np
from numpy.typing import ArrayLike

from renjia.engine.demography import checks
from renjia.engine.demography.checks import Floats, Ints, Sex
from renjia.engine.demography.errors import DemographyError

# Coale & Demeny 1983, p. 20: value at q0 >= 0.1, intercept and slope in q0 below it.
_REGIONS = ("west", "north", "east", "south")
_A0_ABOVE = {
    "male": {"west": 0.33, "north": 0.33, "east": 0.29, "south": 0.33},
    "female": {"west": 0.35, "north": 0.35, "east": 0.31, "south": 0.35},
}
_A0_SLOPE = {"male": 2.875, "female": 3.000}
_A0_INTERCEPT = {
    "male": {"west": 0.0425, "north": 0.0425, "east": 0.0025, "south": 0.0425},
    "female": {"west": 0.0500, "north": 0.0500, "east": 0.0100, "south": 0.0500},
}
_A1_ABOVE = {
    "male": {"west": 1.352, "north": 1.558, "east": 1.313, "south": 1.240},
    "female": {"west": 1.361, "north": 1.570, "east": 1.324, "south": 1.239},
}
_A1_SLOPE = {"male": -3.013, "female": -1.627}
_A1_INTERCEPT = {
    "male": {"west": 1.653, "north": 1.859, "east": 1.614, "south": 1.541},
    "female": {"west": 1.524, "north": 1.733, "east": 1.487, "south": 1.402},
}


def a0_andreev_kingkade(m0: ArrayLike, sex: Sex | str) -> Floats:
    """婴儿 a0（Andreev–Kingkade）— average age at death below one, from the infant death rate.

    Male: 0.14929 − 1.99545·m0 for m0 < 0.02300; 0.02832 + 3.26021·m0 for m0 < 0.08307; else 0.29915.
    Female: 0.14903 − 2.05527·m0 for m0 < 0.01724; 0.04667 + 3.88089·m0 for m0 < 0.06891; else 0.31411.
    Shapes: m0 any, per person-year; result the same, years. sex "both": the female line (the use of DemoTools).
    Source: Andreev & Kingkade 2015, Demographic Research 33:13.
    """
    rate, who = checks.rates(m0, "0 岁死亡率"), checks.sex(sex)
    if who == "male":
        lines = [0.14929 - 1.99545 * rate, 0.02832 + 3.26021 * rate]
        return np.select([rate < 0.02300, rate < 0.08307], lines, 0.29915)
    lines = [0.14903 - 2.05527 * rate, 0.04667 + 3.88089 * rate]
    return np.select([rate < 0.01724, rate < 0.06891], lines, 0.31411)


def _by_region(q0: Floats, who: Sex, region: str, what: str) -> Floats:
    """One Coale–Demeny line in q0; "both": the mean of the male and the female line."""
    if who == "both":
        return (_by_region(q0, "male", region, what) + _by_region(q0, "female", region, what)) / 2
    if what == "a0":
        above, start, slope = _A0_ABOVE[who][region], _A0_INTERCEPT[who][region], _A0_SLOPE[who]
    else:
        above, start, slope = _A1_ABOVE[who][region], _A1_INTERCEPT[who][region], _A1_SLOPE[who]
    return np.where(q0 >= 0.1, above, start + slope * q0)


def _q0_from_m0(rate: Floats, who: Sex, region: str) -> Floats:
    """q0 = m0 / (1 + (1 − a0)·m0) with a0 itself a line in q0: the root of a quadratic, constant a0 from q0 = 0.1 on."""
    if who == "both":
        start = (_A0_INTERCEPT["male"][region] + _A0_INTERCEPT["female"][region]) / 2
        slope = (_A0_SLOPE["male"] + _A0_SLOPE["female"]) / 2
        above = (_A0_ABOVE["male"][region] + _A0_ABOVE["female"][region]) / 2
    else:
        start, slope, above = _A0_INTERCEPT[who][region], _A0_SLOPE[who], _A0_ABOVE[who][region]
    flat = rate / (1 + (1 - above) * rate)
    middle = 1 + (1 - start) * rate
    root = np.maximum(middle**2 - 4 * slope * rate**2, 0.0)
    return np.where(flat >= 0.1, flat, 2 * rate / (middle + np.sqrt(root)))


def a0_coale_demeny_q0(q0: ArrayLike, sex: Sex | str, region: str = "west") -> Floats:
    """婴儿 a0（Coale–Demeny，按 q0）— from the probability of dying below one.

    West, male: 0.0425 + 2.875·q0, female: 0.050 + 3.000·q0; from q0 = 0.1 on 0.33 and 0.35. The regions north, east,
    south have their own constants. sex "both": the mean of both lines. Shapes: q0 any; result the same, years.
    Source: Coale & Demeny 1983, Regional Model Life Tables, 2nd ed., p. 20.
    """
    checks.choice(region, _REGIONS, "模型生命表区域")
    return _by_region(checks.rates(q0, "婴儿死亡概率"), checks.sex(sex), region, "a0")


def a0_coale_demeny_west_q0(m0: ArrayLike, sex: Sex | str, region: str = "west") -> Floats:
    """婴儿 a0（Coale–Demeny，q0 式，由 m0 联立解出）— the q0 form solved together with q0 = m0 / (1 + (1 − a0)·m0).

    Shapes: m0 any, per person-year; result the same, years. Male, m0 = 0.010: 0.0710 (the m0 form gives 0.0718).
    Source: as `a0_coale_demeny_q0`; solved as DemoTools does.
    """
    rate, who = checks.rates(m0, "0 岁死亡率"), checks.sex(sex)
    checks.choice(region, _REGIONS, "模型生命表区域")
    return _by_region(_q0_from_m0(rate, who, region), who, region, "a0")


def a0_coale_demeny_west_m0(m0: ArrayLike, sex: Sex | str) -> Floats:
    """婴儿 a0（Coale–Demeny West，m0 式）— from the infant death rate.

    Male 0.045 + 2.684·m0, female 0.053 + 2.800·m0; from m0 = 0.107 on 0.330 and 0.350. sex "both": the mean.
    Shapes: m0 any, per person-year; result the same, years.
    Source: Preston, Heuveline & Guillot 2001, Table 3.3.
    """
    rate, who = checks.rates(m0, "0 岁死亡率"), checks.sex(sex)
    male = np.where(rate >= 0.107, 0.330, 0.045 + 2.684 * rate)
    female = np.where(rate >= 0.107, 0.350, 0.053 + 2.800 * rate)
    return _of_sex(male, female, who)


def a1_4_coale_demeny_west_m0(m0: ArrayLike, sex: Sex | str) -> Floats:
    """1–4 岁 4a1（Coale–Demeny West，m0 式）— from the infant death rate.

    Male 1.651 − 2.816·m0, female 1.522 − 1.518·m0; from m0 = 0.107 on 1.352 and 1.361. sex "both": the mean.
    Shapes: m0 any, per person-year; result the same, years.
    Source: Preston, Heuveline & Guillot 2001, Table 3.3.
    """
    rate, who = checks.rates(m0, "0 岁死亡率"), checks.sex(sex)
    male = np.where(rate >= 0.107, 1.352, 1.651 - 2.816 * rate)
    female = np.where(rate >= 0.107, 1.361, 1.522 - 1.518 * rate)
    return _of_sex(male, female, who)


def a1_4_coale_demeny_q0(q0: ArrayLike, sex: Sex | str, region: str = "west") -> Floats:
    """1–4 岁 4a1（Coale–Demeny，按 q0）— from the probability of dying below one.

    West, male 1.653 − 3.013·q0, female 1.524 − 1.627·q0; from q0 = 0.1 on 1.352 and 1.361. sex "both": the mean.
    Shapes: q0 any; result the same, years. Source: Coale & Demeny 1983, p. 20.
    """
    checks.choice(region, _REGIONS, "模型生命表区域")
    return _by_region(checks.rates(q0, "婴儿死亡概率"), checks.sex(sex), region, "a1")


def _of_sex(male: Floats, female: Floats, who: Sex) -> Floats:
    return (male + female) / 2 if who == "both" else male if who == "male" else female


def greville_nax(mx: ArrayLike, age: ArrayLike, *, first: int = 15) -> Floats:
    """死者平均存活年数（Greville 式）— a = n/2 − n²/12·(m − k), k = ln(m[x+n] / m[x−n]) / 2n, from age `first` on; n/2 elsewhere.

    Shapes: mx (…, A) per person-year, age (A,) lower bounds; result (…, A) years. The open group's entry is 1/m (0 where
    m is 0). n/2 also where a neighbour is missing, of another width or zero, and where the formula leaves (0, n) or makes q > 1.
    first = 15 is the rule of UN 1982 and MORTPAK; the last closed group, whose upper neighbour is open, has
    k = ln(m[x] / m[x−n]) / n, which is what reproduces the printed tables of both (UN 1982 p. 34; MORTPAK 1988 p. 82).
    Source: Greville 1977; United Nations 1982, Model Life Tables for Developing Countries, p. 31.
    """
    bounds = checks.ages(age)
    rate = checks.rates(mx, "分年龄死亡率", age=bounds)
    width = np.diff(bounds).astype(np.float64)
    result = np.zeros_like(rate)
    result[..., :-1] = width / 2
    result[..., -1] = np.divide(1.0, rate[..., -1], out=np.zeros_like(rate[..., -1]), where=rate[..., -1] > 0)
    for i in range(1, len(bounds) - 1):
        n = width[i]
        if bounds[i] < first or width[i - 1] != n or (i + 1 < len(width) and width[i + 1] != n):
            continue
        last = i + 1 == len(width)
        before, now, after = rate[..., i - 1], rate[..., i], rate[..., i if last else i + 1]
        known = (before > 0) & (after > 0)
        slope = np.log(np.where(known, after, 1.0) / np.where(known, before, 1.0)) / (n if last else 2 * n)
        value = n / 2 - n**2 / 12 * (now - slope)
        result[..., i] = np.where(known & (value > 0) & (value < n) & (value * now < 1), value, n / 2)
    return result


def nax_for(
    mx: Floats, age: Ints, who: Sex, *, nax: str, adult: str, region: str = "west", imr: Floats | None = None
) -> Floats:
    """各组 nax — the whole column: a0 and 4a1 by `nax`, the rest by `adult` ("greville" from 15, or "half").

    With andreev_kingkade, 4a1 is Coale–Demeny's q0 form at the q0 that this a0 implies. With `imr`, q0 is that, and
    both come from the q0 form (the way of PAS). Single ages above 0 have a = 1/2. A first group 0–4 is refused: it has
    no a0 rule.
    """
    checks.choice(nax, ("andreev_kingkade", "coale_demeny_west_q0", "coale_demeny_west_m0"), "nax 口径")
    checks.choice(adult, ("greville", "half"), "5 岁以上 nax 口径")
    if len(age) < 2:
        raise DemographyError("只有一个年龄组", "年龄", "生命表至少要两组")
    if age[0] == 0 and age[1] not in (1,):
        raise DemographyError(f"第一组是 0–{age[1] - 1} 岁", "年龄", "请把 0 岁单列（0、1、5…），或自己给出 ax")
    if adult == "greville":
        column = greville_nax(mx, age)
    else:
        column = np.zeros_like(mx)
        column[..., :-1] = np.diff(age) / 2
    if age[0] != 0:
        return column
    m0 = mx[..., 0]
    if imr is not None:
        q0 = np.broadcast_to(imr, m0.shape)
        column[..., 0] = _by_region(q0, who, region, "a0")
    elif nax == "andreev_kingkade":
        column[..., 0] = a0_andreev_kingkade(m0, who)
        q0 = m0 / (1 + (1 - column[..., 0]) * m0)
    elif nax == "coale_demeny_west_q0":
        q0 = _q0_from_m0(m0, who, region)
        column[..., 0] = _by_region(q0, who, region, "a0")
    else:
        column[..., 0] = a0_coale_demeny_west_m0(m0, who)
    if len(age) > 2 and age[1] == 1 and age[2] == 5:
        m0_form = nax == "coale_demeny_west_m0" and imr is None
        column[..., 1] = a1_4_coale_demeny_west_m0(m0, who) if m0_form else _by_region(q0, who, region, "a1")
    return column
