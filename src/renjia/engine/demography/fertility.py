"""生育率 — age-specific and total rates, by birth order; mean ages; reproduction."""

import numpy as np
from numpy.typing import ArrayLike

from renjia.engine.demography import checks
from renjia.engine.demography.checks import Floats, Ints
from renjia.engine.demography.errors import DemographyError


def _widths(age: ArrayLike, width: float | None) -> tuple[Ints, Floats]:
    """(lower bounds, width of each group): the given width for all, or the gaps, the last as wide as the one before."""
    bounds = checks.ages(age, "母亲年龄")
    if width is not None:
        return bounds, np.full(len(bounds), checks.positive(width, "组距"))
    if len(bounds) < 2:
        raise DemographyError("只有一个年龄组，看不出组距", "母亲年龄", "请写 width，例如 1 或 5")
    gaps = np.diff(bounds).astype(np.float64)
    return bounds, np.append(gaps, gaps[-1])


def age_specific_fertility_rates(births: ArrayLike, women: ArrayLike, age: ArrayLike | None = None) -> Floats:
    """年龄别生育率 ASFR — births / women's person-years, per woman and year (×1000 for ‰).

    Shapes: births (…, A), or (…, K, A) by order; women (…, A), all women of the age whatever their parity; age (A,) only
    names a faulty cell. Mothers' completed age at delivery; those below 15 counted at 15, from 50 on at 49.
    """
    bounds = None if age is None else checks.ages(age, "母亲年龄")
    born = checks.counts(births, "出生数", age=bounds)
    lived = checks.exposure(women, "平均女性人口", age=bounds)
    over = lived if born.ndim <= lived.ndim else lived[..., None, :]
    checks.aligned(born, over, "出生数、平均女性人口")
    return checks.rates(born / over, "年龄别生育率", age=bounds)


def general_fertility_rate(births: ArrayLike, women: ArrayLike, *, per: float = 1000.0) -> Floats:
    """一般生育率 GFR — births / mean women of 15–49 × per, ‰. Shapes: alike, elementwise."""
    born, lived = checks.counts(births, "出生数"), checks.exposure(women, "平均育龄妇女")
    checks.same_shape(born, lived, "出生数、平均育龄妇女")
    return born / lived * checks.positive(per, "per")


def total_fertility_rate(asfr: ArrayLike, width: float = 1.0) -> float | Floats:
    """总和生育率 TFR — width · Σ ASFR, children per woman.

    Shapes: asfr (…, A) per woman and year; width of a group, 1 or 5; result a number, or (…).
    """
    rate = checks.rates(asfr, "年龄别生育率")
    total = checks.positive(width, "组距") * rate.sum(axis=-1)
    return float(total) if np.ndim(total) == 0 else total


def total_fertility_by_order(
    births: ArrayLike, women: ArrayLike, width: float = 1.0, *, all_births: ArrayLike | None = None
) -> dict[str, Floats]:
    """分孩次总和生育率 — TFR_i = width · Σ births of order i / all women of the age; they add to the TFR.

    Shapes: births (…, K, A), orders 1 … K (the last open); women (…, A); all_births (…, A), when given, must equal the sum
    over orders. Result: asfr (…, K, A), by_order (…, K), tfr (…).
    Source: 国家统计局; the denominator is not progressed (all women), unlike `parity_age_table`.
    """
    born = checks.counts(births, "分孩次出生数")
    if born.ndim < 2:
        raise DemographyError("没有孩次这一维", "分孩次出生数", "请给出 孩次 × 年龄 的表")
    if all_births is not None:
        checks.closes(np.moveaxis(born, -2, -1), all_births, "分孩次出生数")
    asfr = age_specific_fertility_rates(born, women)
    by_order = checks.positive(width, "组距") * asfr.sum(axis=-1)
    return {"asfr": asfr, "by_order": by_order, "tfr": np.asarray(by_order.sum(axis=-1))}


def mean_age_at_childbearing(asfr: ArrayLike, age: ArrayLike, width: float | None = None) -> float | Floats:
    """平均生育年龄 MAC（标准化）— Σ (x + n/2)·n·f(x) / Σ n·f(x); of first births: mean age at first birth.

    Shapes: asfr (…, A) per woman and year, age (A,) lower bounds, completed years; result a number, or (…), exact years.
    width: of every group; None: the gaps between bounds. A schedule without births is refused.
    """
    bounds, n = _widths(age, width)
    rate = checks.rates(asfr, "年龄别生育率", age=bounds)
    return _mean(rate * n, bounds + n / 2, "年龄别生育率")


def mean_age_of_mothers(births: ArrayLike, age: ArrayLike, width: float | None = None) -> float | Floats:
    """母亲平均年龄（简单平均）— Σ (x + n/2)·births / Σ births: moved by how many women there are of each age.

    Shapes: births (…, A), age (A,) lower bounds; result a number, or (…), exact years.
    """
    bounds, n = _widths(age, width)
    return _mean(checks.counts(births, "出生数", age=bounds), bounds + n / 2, "出生数")


def _mean(weight: Floats, value: Floats, name: str) -> float | Floats:
    whole = weight.sum(axis=-1)
    if (whole <= 0).any():
        raise DemographyError("合计为零，没有平均年龄", name, "请查是否有出生，或合并年份、孩次")
    result = (weight * value).sum(axis=-1) / whole
    return float(result) if np.ndim(result) == 0 else result


def order_shares(births_by_order: ArrayLike) -> Floats:
    """孩次构成 — births of each order, per cent of all: 一孩率, 二孩率 …. Shapes: (…, K); result the same."""
    born = checks.counts(births_by_order, "分孩次出生数")
    return born / checks.exposure(born.sum(axis=-1), "出生数合计")[..., None] * 100


def gross_reproduction_rate(asfr: ArrayLike, sex_ratio_at_birth: ArrayLike, width: float = 1.0) -> float | Floats:
    """粗再生育率 GRR — TFR × share of girls, 100 / (100 + SRB).

    Shapes: asfr (…, A); sex_ratio_at_birth scalar or (…), boys per 100 girls; result a number, or (…), girls per woman.
    """
    result = total_fertility_rate(asfr, width) * girls_share(sex_ratio_at_birth)
    return float(result) if np.ndim(result) == 0 else np.asarray(result)


def girls_share(sex_ratio_at_birth: ArrayLike) -> Floats:
    """女婴比例 — 100 / (100 + SRB), SRB in boys per 100 girls (between 50 and 250, or it is not in this unit)."""
    ratio = checks.numbers(sex_ratio_at_birth, "出生人口性别比")
    if ((ratio < 50) | (ratio > 250)).any():
        raise DemographyError("不在 50 与 250 之间", "出生人口性别比", "请用 女=100 的写法，例如 106")
    return 100 / (100 + ratio)


def net_reproduction_rate(
    asfr: ArrayLike, Lx: ArrayLike, sex_ratio_at_birth: ArrayLike, radix: float = 100_000.0
) -> float | Floats:
    """净再生育率 NRR — share of girls · Σ f(x)·L(x) / l0, women's L of the same groups (person-years, width included).

    Shapes: asfr (…, A) per woman and year; Lx (…, A), women's; sex_ratio_at_birth scalar or (…), boys per 100 girls;
    result a number, or (…), girls per woman, never above the gross rate. Source: Preston, Heuveline & Guillot 2001, ch. 5.
    """
    rate, years = checks.rates(asfr, "年龄别生育率"), checks.counts(Lx, "女性 Lx")
    checks.aligned(rate, years, "年龄别生育率、女性 Lx")
    result = girls_share(sex_ratio_at_birth) * (rate * years).sum(axis=-1) / checks.positive(radix, "基数 radix")
    return float(result) if np.ndim(result) == 0 else np.asarray(result)


def mean_length_of_generation(
    asfr: ArrayLike, Lx: ArrayLike, age: ArrayLike, width: float | None = None
) -> float | Floats:
    """平均世代间隔 — Σ (x + n/2)·f·L / Σ f·L: mean age of mothers in the life-table population, years.

    Shapes: asfr, Lx (…, A), age (A,) lower bounds; result a number, or (…).
    """
    bounds, n = _widths(age, width)
    years = checks.rates(asfr, "年龄别生育率", age=bounds) * checks.counts(Lx, "女性 Lx", age=bounds)
    return _mean(years, bounds + n / 2, "年龄别生育率")


def intrinsic_growth_rate(
    asfr: ArrayLike, Lx: ArrayLike, age: ArrayLike, sex_ratio_at_birth: float, radix: float = 100_000.0
) -> float:
    """内在增长率 — the r with share of girls · Σ e^(−r·(x + n/2))·f·L / l0 = 1 (Lotka), by Newton's method to 1e-12.

    Shapes: asfr, Lx, age (A,), one population; result per year (−0.01 = −1 %).
    Source: Preston, Heuveline & Guillot 2001, ch. 7.
    """
    bounds, n = _widths(age, None)
    net = checks.rates(asfr, "年龄别生育率", age=bounds) * checks.counts(Lx, "女性 Lx", age=bounds)
    net = girls_share(sex_ratio_at_birth) * net / checks.positive(radix, "基数 radix")
    middle = bounds + n / 2
    if net.ndim != 1 or net.sum() <= 0:
        raise DemographyError("没有生育，或给了不止一个人口", "年龄别生育率", "请给一个人口的一列生育率")
    r = float(np.log(net.sum()) / ((net * middle).sum() / net.sum()))
    for _ in range(50):
        term = net * np.exp(-r * middle)
        step = float((term.sum() - 1) / (term * middle).sum())
        r += step
        if abs(step) < 1e-12:
            break
    return r
