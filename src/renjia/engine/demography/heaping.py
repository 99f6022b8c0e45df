"""年龄堆积 — preference for ages ending in certain digits: Whipple, Myers, Bachi, Noumbissi, Spoorenberg."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from renjia.engine.demography import checks
from renjia.engine.demography.checks import Floats
from renjia.engine.demography.errors import DemographyError


def _window(pop: ArrayLike, age: ArrayLike, first: int, last: int) -> Floats:
    """Counts of the single ages first … last, every one of them present."""
    bounds = checks.ages(age)
    people = checks.counts(pop, "单岁人口", age=bounds)
    at = np.searchsorted(bounds, np.arange(first, last + 1))
    if (
        first < bounds[0]
        or last > bounds[-1]
        or not np.array_equal(bounds[np.minimum(at, len(bounds) - 1)], np.arange(first, last + 1))
    ):
        raise DemographyError(
            f"缺 {first}–{last} 岁中的单岁人口", "年龄", "请给出这一段的每一岁，或改小 age_min、age_max"
        )
    return people[..., at]


def _divide(part: Floats, whole: Floats, name: str) -> Floats:
    if (whole <= 0).any():
        raise DemographyError("这一段年龄没有人口", name, "请换一段年龄，或合并地区、年份")
    return part / whole


def whipple(
    pop: ArrayLike, age: ArrayLike, age_min: int = 25, age_max: int = 60, digits: Sequence[int] | int = (0, 5)
) -> float | Floats:
    """Whipple 指数 — how far ages ending in `digits` are over-reported; 1 = none, 5 = all (10 for one digit).

    digits (0, 5): 5·(P25 + P30 + … + P60) / (P23 + … + P62), from two years below the first such age in age_min … age_max
    to two above the last. One digit alone: 10·Σ P(a) over the tens of years from seven below the first such age to two
    above the last; for 0: ages 30, 40, 50, 60 over 23–62. Other sets of digits are refused. ×100 on the scale 100–500.
    Shapes: pop (…, A) by single year, age (A,); result a number, or (…).
    Source: United Nations 1955, Manual II; Roger, Waltisperger & Corbille-Guitton 1981, p. 148; U.S. Census Bureau, PAS,
    SINGAGE (2.34). China 2010: 0.989 male, 0.988 female.
    """
    wanted = sorted({int(d) for d in np.atleast_1d(np.asarray(digits))})
    if wanted != [0, 5] and (len(wanted) != 1 or not 0 <= wanted[0] <= 9):
        raise DemographyError(f"尾数 {wanted} 不成一组", "digits", "请用 [0, 5]，或 0 到 9 中的一个，例如 [0]")
    tested = [a for a in range(int(age_min), int(age_max) + 1) if a % 10 in wanted]
    if not tested:
        raise DemographyError(
            f"{age_min}–{age_max} 岁里没有尾数 {wanted}", "age_min、age_max", "请放宽年龄范围，通常用 25–60"
        )
    first = tested[0] - (2 if len(wanted) == 2 else 7)
    people = _window(pop, age, first, tested[-1] + 2)
    heaped = people[..., np.array(tested) - first].sum(axis=-1)
    index = 10 / len(wanted) * _divide(heaped, people.sum(axis=-1), "单岁人口")
    return float(index) if index.ndim == 0 else index


def myers_shares(pop: ArrayLike, age: ArrayLike, age_min: int = 10, age_max: int = 89) -> Floats:
    """Myers 混合尾数构成 — the blended share of each final digit 0 … 9, per cent; 10 everywhere means no preference.

    T of the j-th digit from age_min on (j = 0 … 9) = (j + 1)·Σ without the last ten years + (9 − j)·Σ without the first.
    Shapes: pop (…, A) by single year, age (A,); result (…, 10), by digit. Range: whole tens of years, at least twenty.
    Source: Myers 1940; Siegel & Swanson 2004, ch. 7; law of this project: 10–89.
    """
    length = int(age_max) - int(age_min) + 1
    if length < 20 or length % 10:
        raise DemographyError(
            f"{age_min}–{age_max} 岁是 {length} 年", "age_min、age_max", "请用 10 的整倍数年，至少 20 年，例如 10–89"
        )
    people = _window(pop, age, int(age_min), int(age_max))
    tens = people.reshape(*people.shape[:-1], length // 10, 10)
    weight = np.arange(1, 11)
    blended = weight * tens[..., :-1, :].sum(axis=-2) + (10 - weight) * tens[..., 1:, :].sum(axis=-2)
    by_start = 100 * _divide(blended, blended.sum(axis=-1, keepdims=True), "单岁人口")
    return np.roll(by_start, int(age_min) % 10, axis=-1)


def myers(pop: ArrayLike, age: ArrayLike, age_min: int = 10, age_max: int = 89) -> float | Floats:
    """Myers 指数 — 50·Σ|share of digit − 0.1| of the blended population, from 0 (none) to 90 (one digit only).

    Shapes: pop (…, A) by single year, age (A,); result a number, or (…). The shares: `myers_shares`.
    Source: Myers 1940; Siegel & Swanson 2004, ch. 7.
    """
    return _index(myers_shares(pop, age, age_min, age_max))


def _index(shares: Floats) -> float | Floats:
    index = np.abs(shares - 10).sum(axis=-1) / 2
    return float(index) if index.ndim == 0 else index


def bachi_shares(pop: ArrayLike, age: ArrayLike, age_min: int = 23, age_max: int = 77, method: str = "orig") -> Floats:
    """Bachi 尾数构成 — for each digit, its share of two overlapping spans centred on it, per cent; (…, 10).

    For digit d the spans begin at the age s of age_min … age_min + 4 with s ≡ d (mod 5), and at s + 1; each has as many
    whole tens of years as fit (50 for 23–77: digit 0 has 25–74 and 26–75).
    method "orig": the mean of both shares (Bachi); "pasex": the mean count over the mean span (PAS).
    Source: Bachi 1951; U.S. Census Bureau, PAS, SINGAGE.
    """
    checks.choice(method, ("orig", "pasex"), "Bachi 口径")
    length = (int(age_max) - int(age_min)) // 10 * 10
    if length < 10:
        raise DemographyError(f"{age_min}–{age_max} 岁太短", "age_min、age_max", "至少要 10 年，通常用 23–77")
    if int(age_min) + 5 + length - 1 > int(age_max):
        length -= 10
    if length < 10:
        raise DemographyError(
            f"{age_min}–{age_max} 岁太短", "age_min、age_max", "请把 age_max 提高到 age_min + 14 以上"
        )
    base = int(age_min)
    people = _window(pop, age, base, base + length + 4)
    shares = np.empty((*people.shape[:-1], 10))
    for digit in range(10):
        start = (digit - base) % 5
        parts = []
        for shift in (0, 1):
            span = people[..., start + shift : start + shift + length]
            hits = (base + start + shift + np.arange(length)) % 10 == digit
            parts.append((span[..., hits].sum(axis=-1), span.sum(axis=-1)))
        (one, all_one), (two, all_two) = parts
        if method == "orig":
            share = (_divide(one, all_one, "单岁人口") + _divide(two, all_two, "单岁人口")) / 2
        else:
            share = _divide(one + two, all_one + all_two, "单岁人口")
        shares[..., digit] = 100 * share
    return shares


def bachi(pop: ArrayLike, age: ArrayLike, age_min: int = 23, age_max: int = 77, method: str = "orig") -> float | Floats:
    """Bachi 指数 — half the sum of |share of digit − 10 %|, from 0 (none) to 90.

    Shapes: pop (…, A) by single year, age (A,); result a number, or (…). Spans and method: `bachi_shares`.
    Source: Bachi 1951. SINGAGE's males: 28.938 by "orig".
    """
    return _index(bachi_shares(pop, age, age_min, age_max, method))


def noumbissi(pop: ArrayLike, age: ArrayLike, digit: int = 0, age_min: int = 20, age_max: int = 64) -> float | Floats:
    """Noumbissi 指数 — preference for one digit: 5·Σ P(a) / Σ P(a − 2 … a + 2) over ages a ending in `digit`; 1 = none.

    Ages a from age_min to age_max; the five-year spans around them reach two years beyond.
    Shapes: pop (…, A) by single year, age (A,); result a number, or (…), from 0 to 5.
    Source: Noumbissi 1992; Spoorenberg & Dutreuilh 2007, Population 62.
    """
    if not 0 <= int(digit) <= 9:
        raise DemographyError("尾数应在 0 到 9 之间", "digit", "例如 0")
    first, last = int(age_min), int(age_max)
    tested = [a for a in range(first, last + 1) if a % 10 == int(digit)]
    if not tested:
        raise DemographyError(f"{first}–{last} 岁里没有尾数 {digit}", "age_min、age_max", "请放宽年龄范围")
    people = _window(pop, age, tested[0] - 2, tested[-1] + 2)
    at = np.array(tested) - tested[0] + 2
    around = at[:, None] + np.arange(-2, 3)
    index = 5 * _divide(people[..., at].sum(axis=-1), people[..., around].sum(axis=(-2, -1)), "单岁人口")
    return float(index) if index.ndim == 0 else index


def spoorenberg(pop: ArrayLike, age: ArrayLike, age_min: int = 20, age_max: int = 64) -> float | Floats:
    """Spoorenberg 总修正 Whipple 指数 — Σ over the digits 0 … 9 of |Noumbissi − 1|; 0 = none, 16 = all on 0 and 5.

    Shapes: pop (…, A) by single year, age (A,); result a number, or (…).
    Source: Spoorenberg & Dutreuilh 2007, Population 62.
    """
    ratios = np.stack([np.asarray(noumbissi(pop, age, d, age_min, age_max)) for d in range(10)], axis=-1)
    index = np.abs(ratios - 1).sum(axis=-1)
    return float(index) if index.ndim == 0 else index
