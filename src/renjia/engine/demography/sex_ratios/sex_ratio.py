"""出生性别比 — intervals, tests, funnel limits and power of boys per 100 girls, from counts only.

Everywhere p = boys / births, ratio = 100·p / (1 − p); the reference 106 is p0 = 0.51456. Limits are made on p and mapped.
No function here takes persons: counts by place, period, parity and sex come in, and nothing else.
Source: Clopper & Pearson 1934; Wilson 1927; binomial funnel after Spiegelhalter 2005.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from renjia.engine.demography import checks
from renjia.engine.demography.checks import Floats
from renjia.engine.demography.errors import DemographyError

REFERENCE = 106.0
METHODS = ("exact", "wilson", "log", "bayes")


def checked_births(
    males: ArrayLike | None, females: ArrayLike | None, names: Sequence[str] = (), allow_empty: bool = False
) -> tuple[Floats, Floats]:
    """核对男女婴数 — both sexes, one shape, whole numbers, none negative or NaN, at least one birth each place.

    Returns float64 arrays. `names` (places, periods) say where in the message. `allow_empty` lets periods without births
    pass. Raises DemographyError.
    """
    if males is None or females is None:
        lacking = "男婴" if males is None else "女婴"
        raise DemographyError(
            f"缺{lacking}数", "出生数", "性别比要男、女两列都有；只有合计时不能算，请补分性别的出生数"
        )
    boys, girls = _plain(males, "男婴数"), _plain(females, "女婴数")
    if boys.shape != girls.shape:
        raise DemographyError(
            f"男婴 {boys.size} 个数、女婴 {girls.size} 个数，对不上", "出生数", "两列须逐一对应，请补齐或删去多出的"
        )
    for label, values in (("男婴数", boys), ("女婴数", girls)):
        bad = ~np.isfinite(values) | (values < 0) | (values != np.floor(values))
        if bad.any():
            at = _place(bad, names)
            value = values[bad][0]
            why = "是空值或非数" if not np.isfinite(value) else f"是 {value:g}"
            raise DemographyError(f"{label}{why}", at, "出生数须是不小于 0 的整数；缺报的请先补报，不要填 0")
    empty = boys + girls == 0
    if empty.any() and not allow_empty:
        raise DemographyError(
            "男女婴合计为 0，没有性别比", _place(empty, names), "请去掉没有出生的地方或时段，或与相邻的合并"
        )
    return boys, girls


def _plain(values: ArrayLike, name: str) -> Floats:
    """转成数 — text is refused here; missing values later, where the place can be named."""
    try:
        return np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise DemographyError("含有不是数字的内容，或各行长短不一", name, "请只放整数，空格先补齐") from None


def _place(bad: NDArray[np.bool_], names: Sequence[str]) -> str:
    """第几个 — the first bad one, by its name when there is one."""
    at = int(np.flatnonzero(bad.ravel())[0])
    return f"第 {at + 1} 个（{names[at]}）" if len(names) == bad.size else f"第 {at + 1} 个"


def checked_periods(periods: Sequence[str]) -> None:
    """核对时段 — names of periods that rise as text and never repeat (2025-03, 2025Q1, 2025)."""
    for before, after in pairwise(periods):
        if not before < after:
            raise DemographyError(
                f"「{after}」排在「{before}」之后", "时段", "时段须由早到晚、不重复；月份请写成 2025-03"
            )


def checked_ratio(ratio: ArrayLike, label: str = "性别比") -> Floats:
    """核对性别比 — finite and above 0; above 10 as well, since 1.06 is a share of boys to girls, not per 100."""
    values = checks.numbers(ratio, label)
    bad = (values <= 10) | (values > 1000)
    if bad.any():
        shown = values[bad].ravel()[0]
        raise DemographyError(
            f"{label} {shown:g} 不在 10—1000 之间", label, "性别比以女婴为 100，例如 106；写成 1.06 的请乘 100"
        )
    return values


def share_of_boys(ratio: ArrayLike) -> Floats:
    """男婴占比 — p = ratio / (100 + ratio); any shape."""
    values = checked_ratio(ratio)
    share: Floats = values / (100 + values)
    return share


def ratio_of_share(share: ArrayLike) -> Floats:
    """占比换成性别比 — 100·p / (1 − p); p at or below 0 gives 0, at or above 1 gives inf (no upper limit)."""
    p = np.clip(np.asarray(share, dtype=np.float64), 0, 1)
    with np.errstate(divide="ignore"):
        ratio: Floats = 100 * p / (1 - p)
    return ratio


def sex_ratio_at_birth(males: ArrayLike, females: ArrayLike) -> Floats:
    """出生性别比 — boys per 100 girls, elementwise; inf where there is no girl. Raises DemographyError."""
    boys, girls = checked_births(males, females)
    return ratio_of_share(boys / (boys + girls))


def sex_ratio_interval(
    males: ArrayLike,
    females: ArrayLike,
    method: str = "exact",
    level: float = 0.95,
    prior: tuple[float, float] = (0.5, 0.5),
) -> tuple[Floats, Floats]:
    """性别比的区间 — (low, high), same shape as the counts, boys per 100 girls.

    `exact` Clopper–Pearson and `wilson` on p, mapped by p/(1−p); `log` is ln ratio ± z·√(1/m + 1/f) and needs both sexes;
    `bayes` is the equal-tailed posterior of Beta(prior[0] + m, prior[1] + f), by default Jeffreys' prior.
    Raises DemographyError for a method not listed and for a zero count under `log`.
    """
    checks.choice(method, METHODS, "method")
    boys, girls = checked_births(males, females)
    tail = (1 - checks.fraction(level, "把握程度")) / 2
    z = float(stats.norm.isf(tail))
    if method == "exact":
        with np.errstate(invalid="ignore"):
            low = np.where(boys == 0, 0.0, stats.beta.ppf(tail, boys, girls + 1))
            high = np.where(girls == 0, 1.0, stats.beta.isf(tail, boys + 1, girls))
    elif method == "wilson":
        n = boys + girls
        middle = (boys + z * z / 2) / (n + z * z)
        half = z / (n + z * z) * np.sqrt(boys * girls / n + z * z / 4)
        low, high = middle - half, middle + half
    elif method == "bayes":
        a, b = checked_prior(prior)
        low, high = stats.beta.ppf(tail, a + boys, b + girls), stats.beta.isf(tail, a + boys, b + girls)
    else:
        if (boys == 0).any() or (girls == 0).any():
            raise DemographyError("有一种性别为 0，对数区间算不出", "出生数", '请改用 method="exact"')
        spread = np.exp(z * np.sqrt(1 / boys + 1 / girls))
        return 100 * boys / girls / spread, 100 * boys / girls * spread
    return ratio_of_share(low), ratio_of_share(high)


def checked_prior(prior: tuple[float, float]) -> tuple[float, float]:
    """核对先验 — both numbers of the Beta prior finite and above 0."""
    a, b = prior
    if not (np.isfinite(a) and np.isfinite(b) and a > 0 and b > 0):
        raise DemographyError(
            f"先验 Beta({a:g}, {b:g}) 的两个数须大于 0", "prior", "不知道时用 (0.5, 0.5)，或用 beta_binomial_fit 的结果"
        )
    return float(a), float(b)


def sex_ratio_test(males: ArrayLike, females: ArrayLike, reference: float = REFERENCE) -> Floats:
    """与参考值相比 — exact two-sided binomial p-value of p = reference/(100 + reference), elementwise.

    Two-sided as binomial tests mostly are: the sum of all outcomes no more likely than the one seen.
    """
    boys, girls = checked_births(males, females)
    p0 = float(share_of_boys(reference))
    values = [stats.binomtest(int(m), int(m + f), p0).pvalue for m, f in zip(boys.ravel(), girls.ravel(), strict=True)]
    return np.asarray(values, dtype=np.float64).reshape(boys.shape)


def sex_ratio_z(males: ArrayLike, females: ArrayLike, reference: float = REFERENCE) -> Floats:
    """标准化偏离 — z = (p − p0) / √(p0·q0/n), elementwise; for the funnel and the monthly EWMA."""
    boys, girls = checked_births(males, females)
    p0, n = float(share_of_boys(reference)), boys + girls
    z: Floats = (boys / n - p0) / np.sqrt(p0 * (1 - p0) / n)
    return z


def funnel_limits(
    births: ArrayLike, reference: float = REFERENCE, level: float = 0.95, exact: bool = False
) -> tuple[Floats, Floats]:
    """漏斗界 — (low, high) ratio for each number of births when the truth is `reference`.

    Default p0 ± z·√(p0·q0/n), mapped; `exact` takes binomial quantiles (at most (1 − level)/2 lies beyond each).
    """
    n = checked_number(births, "出生数")
    p0, tail = float(share_of_boys(reference)), (1 - checks.fraction(level, "把握程度")) / 2
    if exact:
        low, high = stats.binom.ppf(tail, n, p0) / n, stats.binom.isf(tail, n, p0) / n
    else:
        half = stats.norm.isf(tail) * np.sqrt(p0 * (1 - p0) / n)
        low, high = p0 - half, p0 + half
    return ratio_of_share(low), ratio_of_share(high)


def checked_number(values: ArrayLike, label: str) -> Floats:
    """核对个数 — finite and above 0."""
    numbers = checks.numbers(values, label)
    bad = numbers <= 0
    if bad.any():
        raise DemographyError(
            f"{label} {numbers[bad].ravel()[0]:g} 须大于 0", _place(bad, ()), "请核对这一格，没有出生的请去掉"
        )
    return numbers


def births_needed(
    true_ratio: ArrayLike, reference: float = REFERENCE, power: float = 0.8, level: float = 0.95
) -> Floats:
    """要多少例出生才看得出 — n = (z·√(p0q0) + z_power·√(p1q1))² / (p1 − p0)², rounded up to whole births.

    Two-sided test at 1 − level. A true ratio equal to the reference is never seen: inf.
    """
    p0, p1 = float(share_of_boys(reference)), share_of_boys(true_ratio)
    z = stats.norm.isf((1 - checks.fraction(level, "把握程度")) / 2)
    needed = z * np.sqrt(p0 * (1 - p0)) + stats.norm.ppf(checks.fraction(power, "功效")) * np.sqrt(p1 * (1 - p1))
    with np.errstate(divide="ignore"):
        births: Floats = np.ceil(needed**2 / (p1 - p0) ** 2)
    return births


def power_to_see(births: ArrayLike, true_ratio: ArrayLike, reference: float = REFERENCE, level: float = 0.95) -> Floats:
    """看得出的把握 — exact power of the test that flags beyond the binomial quantiles of the reference, elementwise."""
    n, p1 = np.broadcast_arrays(checked_number(births, "出生数"), share_of_boys(true_ratio))
    p0, tail = float(share_of_boys(reference)), (1 - checks.fraction(level, "把握程度")) / 2
    low, high = stats.binom.ppf(tail, n, p0), stats.binom.isf(tail, n, p0)
    power: Floats = stats.binom.cdf(low - 1, n, p1) + stats.binom.sf(high, n, p1)
    return power


def smallest_ratio_seen(
    births: ArrayLike, reference: float = REFERENCE, power: float = 0.8, level: float = 0.95
) -> Floats:
    """看得出的最小性别比 — the ratio above `reference` whose `births_needed` is `births` (inf when none is), elementwise."""
    n = checked_number(births, "出生数")
    p0 = float(share_of_boys(reference))
    z, zp = stats.norm.isf((1 - checks.fraction(level, "把握程度")) / 2), stats.norm.ppf(checks.fraction(power, "功效"))
    low, high = np.full(n.shape, p0), np.ones(n.shape)
    for _ in range(60):
        middle = (low + high) / 2
        enough = (z * np.sqrt(p0 * (1 - p0)) + zp * np.sqrt(middle * (1 - middle))) ** 2 <= n * (middle - p0) ** 2
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
    return ratio_of_share(np.where(high >= 1 - 1e-12, 1.0, high))
