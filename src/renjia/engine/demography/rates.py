"""率 — crude and specific rates, growth, the balancing identity, standardisation."""

import numpy as np
from numpy.typing import ArrayLike

from renjia.engine.demography import checks
from renjia.engine.demography.checks import Floats
from renjia.engine.demography.errors import DemographyError


def mean_population(start: ArrayLike, end: ArrayLike) -> Floats:
    """年平均人口 — (start + end) / 2; of any shape, elementwise."""
    first, last = checks.counts(start, "期初人口"), checks.counts(end, "期末人口")
    checks.same_shape(first, last, "期初人口、期末人口")
    return (first + last) / 2


def crude_rate(events: ArrayLike, person_years: ArrayLike, *, per: float = 1000.0) -> Floats:
    """粗率 — events / person-years × per: birth, death, marriage, in-migration rate, by what is counted.

    Shapes: events, person_years alike (mean population × years); result the same, ‰ by default. Both from one place,
    one period and one population base (户籍, 常住). Source: 国家统计局《人口统计主要指标》.
    """
    happened, lived = checks.counts(events, "事件数"), checks.exposure(person_years, "平均人口")
    checks.same_shape(happened, lived, "事件数、平均人口")
    return happened / lived * checks.positive(per, "per")


def net_rate(gains: ArrayLike, losses: ArrayLike, person_years: ArrayLike, *, per: float = 1000.0) -> Floats:
    """净率 — (gains − losses) / person-years × per: natural increase (births, deaths), net migration (in, out).

    Shapes: all alike; result the same, ‰ by default, negative when losses prevail.
    """
    return crude_rate(gains, person_years, per=per) - crude_rate(losses, person_years, per=per)


def growth_rate(start: ArrayLike, end: ArrayLike, years: float = 1.0) -> Floats:
    """年平均增长率 — ln(end / start) / years, the continuous rate per year (0.01 = 1 %).

    Shapes: start, end alike. The yearly compound rate is exp(r) − 1.
    """
    first, last = checks.exposure(start, "期初人口"), checks.exposure(end, "期末人口")
    return np.asarray(np.log(last / first) / checks.positive(years, "年数"))


def specific_rates(events: ArrayLike, exposure: ArrayLike, age: ArrayLike | None = None, *, per: float = 1.0) -> Floats:
    """分组率 — events / person-years × per, group by group: by age, sex, place.

    Shapes: events, exposure (…, A) alike; age (A,) only names a faulty cell. A group without people is refused.
    """
    bounds = None if age is None else checks.ages(age)
    happened = checks.counts(events, "事件数", age=bounds)
    lived = checks.exposure(exposure, "平均人口", age=bounds)
    checks.same_shape(happened, lived, "事件数、平均人口")
    return happened / lived * checks.positive(per, "per")


def infant_mortality_rate(infant_deaths: ArrayLike, live_births: ArrayLike, *, per: float = 1000.0) -> Floats:
    """婴儿死亡率 — deaths below one / live births of the same period, ‰; likewise neonatal, under-five (per live births).

    For maternal deaths give per = 100000 (1/10 万). Shapes: alike. Deaths above births are refused.
    """
    died, born = checks.counts(infant_deaths, "婴儿死亡数"), checks.exposure(live_births, "活产数")
    checks.same_shape(died, born, "婴儿死亡数、活产数")
    if (died > born).any():
        raise DemographyError("死亡数大于活产数", "婴儿死亡数", "请查两数是否同一地区、同一时期")
    return died / born * checks.positive(per, "per")


def balancing_residual(
    start: ArrayLike, end: ArrayLike, births: ArrayLike, deaths: ArrayLike, net_migration: ArrayLike
) -> Floats:
    """人口平衡差 — (end − start) − (births − deaths + net migration): 0 where the accounts close.

    Shapes: all alike, persons. WPP 2024's China closes within 0.019 thousand in every year 1950–2023.
    """
    change = checks.counts(end, "期末人口") - checks.counts(start, "期初人口")
    flow = checks.counts(births, "出生") - checks.counts(deaths, "死亡") + checks.numbers(net_migration, "净迁移")
    checks.same_shape(change, flow, "人口变动、出生死亡迁移")
    return change - flow


def check_balance(
    start: ArrayLike,
    end: ArrayLike,
    births: ArrayLike,
    deaths: ArrayLike,
    net_migration: ArrayLike,
    *,
    tolerance: float = 0.0,
) -> None:
    """人口平衡校验 — refuse accounts that do not close within `tolerance` persons.

    Shapes: as `balancing_residual`. Raises DemographyError naming the first cell that is off and by how much.
    """
    off = balancing_residual(start, end, births, deaths, net_migration)
    wrong = np.abs(off) > tolerance
    if wrong.any():
        at = tuple(np.argwhere(wrong)[0]) if wrong.ndim else ()
        where = f"人口平衡 {checks.place(at)}" if at else "人口平衡"
        raise DemographyError(
            f"期末 − 期初与 出生 − 死亡 + 净迁移 差 {off[at]:g}",
            where,
            "请核对期初、期末、出生、死亡、迁入、迁出是否同一口径、同一时期",
        )


def directly_standardised_rate(rates: ArrayLike, standard: ArrayLike, *, per: float = 1.0) -> Floats:
    """直接标准化率 — Σ rate·standard / Σ standard: the rate the standard population would have.

    Shapes: rates (…, A) per person, standard (A,) or (…, A) counts or shares; result (…).
    Source: Preston, Heuveline & Guillot 2001, ch. 2.
    """
    values, weight = checks.numbers(rates, "分年龄率"), checks.counts(standard, "标准人口")
    checks.aligned(values, weight, "分年龄率、标准人口")
    whole = weight.sum(axis=-1)
    if (whole <= 0).any():
        raise DemographyError("合计为零", "标准人口", "请换一个标准人口")
    return np.asarray((values * weight).sum(axis=-1) / whole * checks.positive(per, "per"))


def indirectly_standardised(
    events: ArrayLike, exposure: ArrayLike, standard_rates: ArrayLike, standard_crude_rate: float
) -> dict[str, Floats]:
    """间接标准化 — events against those expected at the standard's rates.

    expected = Σ exposure·standard rate; ratio = events / expected (SMR); rate = ratio · the standard's crude rate.
    Shapes: events (…) totals, exposure (…, A), standard_rates (A,) per person; result (…) each: expected, ratio, rate.
    Source: Preston, Heuveline & Guillot 2001, ch. 2.
    """
    happened, lived = checks.counts(events, "事件数"), checks.counts(exposure, "平均人口")
    standard = checks.numbers(standard_rates, "标准率")
    checks.aligned(lived, standard, "平均人口、标准率")
    expected = np.asarray((lived * standard).sum(axis=-1))
    if (expected <= 0).any():
        raise DemographyError("期望事件数为零", "平均人口", "请查标准率和平均人口")
    ratio = np.asarray(happened / expected)
    return {"expected": expected, "ratio": ratio, "rate": ratio * standard_crude_rate}
