"""生命表 — period life tables from rates, or from deaths and population, abridged or by single year of age."""

from statistics import NormalDist
from typing import TypedDict

import numpy as np
from numpy.typing import ArrayLike

from renjia.engine.demography import checks
from renjia.engine.demography.checks import Floats, Ints, Sex
from renjia.engine.demography.errors import DemographyError
from renjia.engine.demography.nax import nax_for


class LifeTable(TypedDict):
    """生命表各列 — every column (…, A); age and n are (A,), n of the open group is infinite."""

    age: Ints
    n: Floats
    mx: Floats
    ax: Floats
    qx: Floats
    lx: Floats
    dx: Floats
    Lx: Floats
    Tx: Floats
    ex: Floats


def _table(mx: Floats, ax: Floats, age: Ints, radix: float, e_open: Floats | None, q0: Floats | None) -> LifeTable:
    """The columns, once m and a are known; the law of `life_table`'s docstring."""
    if e_open is None and (mx[..., -1] <= 0).any():
        raise DemographyError("开放组死亡率为零，无法收尾", "分年龄死亡率", "请把开放组定得低一些，使其中有死亡")
    width = np.append(np.diff(age), np.inf)
    n, m, a = width[:-1], mx[..., :-1], ax[..., :-1]
    if ((a < 0) | (a > n)).any():
        at = checks.place(tuple(np.argwhere((a < 0) | (a > n))[0]), age)
        raise DemographyError("不在 0 与组距之间", f"ax {at}", "ax 是死者在本组平均活的年数，请改正")
    qx = np.ones_like(mx)
    qx[..., :-1] = n * m / (1 + (n - a) * m)
    if q0 is not None:
        qx[..., 0] = q0
    over = qx > 1
    if over.any():
        at = checks.place(tuple(np.argwhere(over)[0]), age)
        raise DemographyError("死亡概率大于 1", f"分年龄死亡率 {at}", "请把开放组定得低一些，或改用 greville")
    lx = np.full_like(mx, radix)
    lx[..., 1:] = radix * np.cumprod(1 - qx[..., :-1], axis=-1)
    dx = lx * qx
    closing = 1 / mx[..., -1] if e_open is None else np.broadcast_to(e_open, mx[..., -1].shape)
    years = np.empty_like(mx)
    years[..., :-1] = n * (lx[..., :-1] - dx[..., :-1]) + a * dx[..., :-1]
    years[..., -1] = lx[..., -1] * closing
    above = np.cumsum(years[..., ::-1], axis=-1)[..., ::-1]
    full_ax = ax.copy()
    full_ax[..., -1] = closing
    ex = np.divide(above, lx, out=np.zeros_like(lx), where=lx > 0)
    return LifeTable(age=age, n=width, mx=mx, ax=full_ax, qx=qx, lx=lx, dx=dx, Lx=years, Tx=above, ex=ex)


def _given(ax: ArrayLike, age: Ints) -> Floats:
    """Given ax; the open group's entry is not used and may be missing."""
    column = np.array(ax, dtype=np.float64)
    if column.ndim and column.shape[-1] == len(age):
        column[..., -1] = np.nan_to_num(column[..., -1])
    return checks.counts(column, "ax", age=age)


def life_table(
    mx: ArrayLike,
    age: ArrayLike,
    sex: Sex | str | None = None,
    *,
    ax: ArrayLike | None = None,
    nax: str = "andreev_kingkade",
    adult: str | None = None,
    region: str = "west",
    closeout: str = "l_over_m",
    e_open: ArrayLike | None = None,
    radix: float = 100_000.0,
) -> LifeTable:
    """生命表（由死亡率）— period life table from age-specific death rates.

    q = n·m / (1 + (n − a)·m); l[x+n] = l·(1 − q); L = n·(l − d) + a·d; T = sums of L from the top; e = T / l.
    Shapes: mx (…, A) per person-year, none above 1; age (A,) lower bounds, the last group open; leading axes (years,
    places) are worked at once. Columns as in `LifeTable`, l(0) = radix, nothing rounded.
    nax: how a0 and 4a1 are found: "andreev_kingkade", "coale_demeny_west_q0" (with `region`), "coale_demeny_west_m0";
    adult: 5 and over "greville" (from 15; n/2 at 5–14) or "half"; default greville for five-year groups, half for
    single years. Or `ax` itself, (…, A) or (A,), its last entry not used.
    closeout: "l_over_m", L = l/m and e = 1/m at the open age (UN 1982, MORTPAK 1988, Preston Box 3.1), or "given", with
    the expectation at the open age in `e_open`.
    Source: Preston, Heuveline & Guillot 2001, ch. 3; conventions in `nax`.
    """
    bounds = checks.ages(age)
    rate = checks.rates(mx, "分年龄死亡率", age=bounds)
    checks.positive(radix, "基数 radix")
    checks.choice(closeout, ("l_over_m", "given"), "开放组收尾口径")
    if (closeout == "given") != (e_open is not None):
        raise DemographyError("closeout 与 e_open 不配", "开放组收尾", "given 要配 e_open；l_over_m 不要给 e_open")
    last = None if e_open is None else checks.exposure(e_open, "开放组预期寿命")
    if ax is not None:
        own = _given(ax, bounds)
        rate = np.broadcast_to(rate, checks.aligned(rate, own, "分年龄死亡率、ax"))
        column = np.broadcast_to(own, rate.shape)
    else:
        who = checks.sex(sex)
        grouped = bool((np.diff(bounds) > 1).any())
        column = nax_for(rate, bounds, who, nax=nax, adult=adult or ("greville" if grouped else "half"), region=region)
    return _table(rate, np.array(column), bounds, radix, last, None)


def life_table_given_ax(
    deaths: ArrayLike, pop: ArrayLike, ax: ArrayLike, age: ArrayLike, *, radix: float = 100_000.0
) -> LifeTable:
    """生命表（由死亡、人口与给定的 ax）— m = deaths / pop, then as `life_table`; closed by L = l/m.

    Shapes: deaths, pop (…, A); ax (A,) or (…, A), years, its last entry not used (1/m stands there); age (A,).
    Source: Preston, Heuveline & Guillot 2001, Box 3.1 (Austria, males, 1992: e0 = 72.889).
    """
    return life_table(death_rates(deaths, pop, age), age, ax=ax, radix=radix)


def life_table_from_deaths(
    deaths: ArrayLike,
    pop: ArrayLike,
    age: ArrayLike,
    sex: Sex | str | None,
    *,
    nax: str = "andreev_kingkade",
    adult: str | None = None,
    region: str = "west",
    radix: float = 100_000.0,
) -> LifeTable:
    """生命表（由死亡与人口）— m = deaths / pop (person-years), then as `life_table`, with the same choices.

    Shapes: deaths, pop (…, A); age (A,). A group without people is refused; a group without deaths has q = 0.
    """
    return life_table(death_rates(deaths, pop, age), age, sex, nax=nax, adult=adult, region=region, radix=radix)


def life_table_given_imr(
    deaths: ArrayLike,
    pop: ArrayLike,
    age: ArrayLike,
    sex: Sex | str | None,
    imr: ArrayLike,
    *,
    region: str = "west",
    adult: str = "half",
    radix: float = 100_000.0,
) -> LifeTable:
    """生命表（给定婴儿死亡率）— as PAS LTPOPDTH: q0 is the infant mortality rate, a0 and 4a1 follow from it.

    Shapes: deaths, pop (…, A), age (A,) starting 0, 1, 5; imr per birth (0.1, not 100), scalar or (…). Above 5, a = n/2
    (PAS) or adult = "greville". The m of age 0 is q0 / (1 − (1 − a0)·q0), not deaths / pop. region: west, north, east, south.
    Source: U.S. Census Bureau, Population Analysis System, LTPOPDTH; Coale & Demeny 1983.
    """
    bounds = checks.ages(age)
    rate = death_rates(deaths, pop, bounds)
    who = checks.sex(sex)
    q0 = checks.rates(imr, "婴儿死亡率")
    column = nax_for(rate, bounds, who, nax="coale_demeny_west_q0", adult=adult, region=region, imr=q0)
    rate[..., 0] = q0 / (1 - (1 - column[..., 0]) * q0)
    checks.positive(radix, "基数 radix")
    return _table(rate, column, bounds, radix, None, np.broadcast_to(q0, rate[..., 0].shape))


def death_rates(deaths: ArrayLike, pop: ArrayLike, age: ArrayLike) -> Floats:
    """分年龄死亡率 — deaths / person-years, group by group; (…, A), per person-year.

    pop: mid-year or mean population over the same period as the deaths. Zero population is refused.
    """
    bounds = checks.ages(age)
    died = checks.counts(deaths, "死亡人数", age=bounds)
    people = checks.exposure(pop, "平均人口", age=bounds)
    checks.same_shape(died, people, "死亡人数、平均人口")
    return checks.rates(died / people, "分年龄死亡率", age=bounds)


def life_expectancy_interval(table: LifeTable, deaths: ArrayLike, level: float = 0.95) -> dict[str, Floats]:
    """预期寿命的区间 — Chiang's standard error and a normal interval for every e(x), for small places.

    var q = q²·(1 − q) / D; var e(x) = Σ l² ((n − a)·… + e)² var q / l(x)², the open group taken as exact.
    table: a life table; deaths (…, A): those it was made of. Groups without deaths add nothing: the interval is then too
    narrow. Result: ex, se, low, high, each (…, A), years.
    Source: Chiang 1984, The Life Table and its Applications, ch. 8.
    """
    died = checks.counts(deaths, "死亡人数", age=table["age"])
    z = NormalDist().inv_cdf(0.5 + checks.fraction(level, "置信水平") / 2)
    qx, lx, ex = table["qx"][..., :-1], table["lx"], table["ex"]
    spread = np.divide(qx**2 * (1 - qx), died[..., :-1], out=np.zeros_like(qx), where=died[..., :-1] > 0)
    reach = table["n"][:-1] - table["ax"][..., :-1] + ex[..., 1:]
    added = np.zeros_like(lx)
    added[..., :-1] = lx[..., :-1] ** 2 * reach**2 * spread
    total = np.cumsum(added[..., ::-1], axis=-1)[..., ::-1]
    error = np.sqrt(np.divide(total, lx**2, out=np.zeros_like(lx), where=lx > 0))
    return {"ex": ex, "se": error, "low": ex - z * error, "high": ex + z * error}
