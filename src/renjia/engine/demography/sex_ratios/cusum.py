"""性别比 CUSUM — a Bernoulli CUSUM whose false-alarm chances are computed exactly, not only simulated.

S ← max(0, S + w), w(boy) = ln(p1/p0), w(girl) = ln((1−p1)/(1−p0)); alarm when S ≥ h. Scores are made whole numbers by
taking the design ratio nearest to the one asked for at which the two weights stand as two small integers (for 115:
boy +48, girl −53, design 115.02). S is then a walk on whole numbers: run lengths follow from a finite Markov chain with
no discretisation error (Reynolds & Stoumbos 1999). Only counts by period come in; inside a period order does not matter,
since S is looked at when the period ends: fewer looks than one a birth, so fewer false alarms, never more.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil, log

import numpy as np
from numpy.typing import ArrayLike
from scipy import linalg, stats

from renjia.engine.demography import checks
from renjia.engine.demography.checks import Floats
from renjia.engine.demography.errors import DemographyError
from renjia.engine.demography.sex_ratios.sex_ratio import (
    REFERENCE,
    checked_births,
    checked_periods,
    checked_ratio,
    share_of_boys,
)

_LARGEST_STEP = 400
_CLOSE = 0.05


@dataclass(frozen=True)
class CusumChart:
    """一张 CUSUM 图的规定 — integer scores of a boy and a girl, the value of one step, the alarm line in steps."""

    reference: float
    design: float
    boy: int
    girl: int
    step: float
    threshold: int

    @property
    def h(self) -> float:
        """报警线 — in log-likelihood units, as textbooks print it."""
        return self.threshold * self.step


@dataclass(frozen=True)
class CusumPath:
    """一处的 CUSUM 线 — score after each period (log-likelihood units), first alarm and where the drift seems to have begun.

    `alarm` and `drift_from` are positions of periods, None without an alarm; `drift_from` is the period after the last zero.
    """

    chart: CusumChart
    score: Floats
    alarm: int | None
    drift_from: int | None


@dataclass(frozen=True)
class TunedCusum:
    """调好的 CUSUM — the chart, and what it exactly does at the settings it was tuned for."""

    chart: CusumChart
    streets: int
    births_a_street: int
    street_false_alarm: float
    district_false_alarm: float


def cusum_chart(h: float, design: float = 115.0, reference: float = REFERENCE) -> CusumChart:
    """画图规定 — alarm line `h` (log-likelihood units) and the ratio the chart is built to find.

    The design is moved to the nearest ratio with small whole scores (at most 0.05 away); `chart.design` says which.
    `h` is rounded to a whole number of steps. Raises DemographyError when the design is not above the reference.
    """
    p0, p1 = float(share_of_boys(reference)), float(share_of_boys(design))
    if design <= reference + 1:
        raise DemographyError(
            f"要发现的性别比 {design:g} 没有比参考值 {reference:g} 高出 1 以上", "design", "请用 110 以上，常用 115"
        )
    if not (np.isfinite(h) and 0 < h <= 50):
        raise DemographyError(
            f"报警线 {h:g} 不在 0—50", "h", "街镇常用 4，区一级三孩常用 1.5；可用 tune_threshold 算出"
        )
    wanted = log(p1 / p0) / -log((1 - p1) / (1 - p0))
    for girl in range(2, _LARGEST_STEP):
        boy = round(girl * wanted)
        if boy < 1 or np.gcd(boy, girl) > 1:
            continue
        share = _share_with_weights(p0, boy / girl)
        ratio = 100 * share / (1 - share)
        if abs(ratio - design) <= _CLOSE:
            step = log(share / p0) / boy
            return CusumChart(reference, ratio, boy, girl, step, max(1, round(h / step)))
    raise DemographyError(f"性别比 {design:g} 找不到整数计分", "design", "请换一个相近的值")


def _share_with_weights(p0: float, ratio: float) -> float:
    """p1 > p0 at which weight(boy) : weight(girl) is `ratio`; the ratio of weights falls as p1 rises."""
    low, high = p0 + 1e-9, 1 - 1e-9
    for _ in range(200):
        middle = (low + high) / 2
        if log(middle / p0) > -ratio * log((1 - middle) / (1 - p0)):
            low = middle
        else:
            high = middle
    return (low + high) / 2


def cusum(males: ArrayLike, females: ArrayLike, chart: CusumChart, periods: Sequence[str] = ()) -> CusumPath:
    """走一条 CUSUM — counts of one place by period, in order of time (a period may be a month, a day, or one birth).

    Periods without births should be left out or have both counts 0. `periods`, when given, must rise and not repeat.
    """
    boys, girls = (np.atleast_1d(x) for x in checked_births(males, females, periods, allow_empty=True))
    if boys.ndim != 1:
        raise DemographyError("出生数不是一列", "出生数", "一次只画一处，男、女两列按时间逐期对应")
    if len(periods) and len(periods) != boys.size:
        raise DemographyError(f"{len(periods)} 个时段、{boys.size} 期出生数，对不上", "时段", "请逐期给出时段")
    checked_periods(periods)
    moves = (chart.boy * boys - chart.girl * girls).astype(np.int64)
    # S is the walk less its lowest point so far (0 at the start): the same as max(0, S + w), without a loop.
    walk = np.cumsum(moves)
    score = walk - np.minimum(np.minimum.accumulate(walk), 0)
    over = np.flatnonzero(score >= chart.threshold)
    alarm = int(over[0]) if over.size else None
    began = None if alarm is None else int(np.flatnonzero(np.append(0, score[: alarm + 1]) == 0)[-1])
    return CusumPath(chart, (score * chart.step).astype(np.float64), alarm, began)


def alarm_chances(chart: CusumChart, ratio: float, schedule: Sequence[int]) -> Floats:
    """报警的机会 — chance of an alarm by the end of each period, exactly, for births per period given and true `ratio`.

    `schedule` [1, 1, …] looks after every birth; [17, 17, …] at the end of months of 17. Starts at S = 0, the slowest start.
    Time and memory grow with threshold × births, a fraction of a second for five years of a street.
    """
    p = float(share_of_boys(ratio))
    sizes = _checked_schedule(schedule)
    state = np.zeros(chart.threshold)
    state[0] = 1.0
    chances, alarmed = np.empty(len(sizes)), 0.0
    weights = {n: stats.binom.pmf(np.arange(n + 1), n, p) for n in set(sizes)}
    for at, n in enumerate(sizes):
        down = chart.girl * n
        spread = np.zeros(down + chart.threshold + chart.boy * n)
        for boys, weight in enumerate(weights[n]):
            if weight > 1e-20:
                first = down + chart.boy * boys - chart.girl * (n - boys)
                spread[first : first + chart.threshold] += weight * state
        alarmed += float(spread[down + chart.threshold :].sum())
        state = spread[down : down + chart.threshold].copy()
        state[0] += float(spread[:down].sum())
        chances[at] = alarmed
    return chances


def _checked_schedule(schedule: Sequence[int]) -> list[int]:
    """Whole births per period, none negative, at least one period."""
    sizes = [int(n) for n in schedule]
    if not sizes or any(n < 0 or n != given for n, given in zip(sizes, schedule, strict=True)):
        raise DemographyError("每期出生数须是不小于 0 的整数，且至少一期", "schedule", "例如 [1] * 1000 或 [17] * 60")
    return sizes


def average_run_length(chart: CusumChart, ratio: float) -> float:
    """平均多少例出生报警一次 — expected births to an alarm from S = 0, looking after every birth; exact (banded solve)."""
    p = float(share_of_boys(ratio))
    h, up, down = chart.threshold, min(chart.boy, chart.threshold - 1), min(chart.girl, chart.threshold - 1)
    bands = np.zeros((up + down + 1, h))
    bands[up] = 1.0
    if up == chart.boy:
        bands[0, up:] -= p
    for state in range(h):
        to = max(0, state - chart.girl)
        bands[up + state - to, to] -= 1 - p
    return float(linalg.solve_banded((down, up), bands, np.ones(h))[0])


def false_alarm_of_district(chart: CusumChart, births: Sequence[int], looks: int | None = None) -> float:
    """全区误报的机会 — chance that at least one street alarms when all are at the reference: 1 − Π(1 − chance of a street).

    `births` are each street's births over the whole time; `looks` the number of periods they fall in evenly, or None for a
    look after every birth (the strictest).
    """
    quiet = 1.0
    for total, streets in zip(*np.unique(_checked_schedule(births), return_counts=True), strict=True):
        schedule = [1] * int(total) if looks is None else even_schedule(int(total), looks)
        quiet *= (1 - float(alarm_chances(chart, chart.reference, schedule)[-1])) ** int(streets)
    return 1 - quiet


def even_schedule(births: int, periods: int) -> list[int]:
    """平均分到各期 — whole births per period, summing to `births`."""
    return [births * (i + 1) // periods - births * i // periods for i in range(periods)]


def tune_threshold(
    streets: int = 36,
    births_a_year: int = 200,
    years: int = 5,
    false_alarm: float = 0.05,
    design: float = 115.0,
    reference: float = REFERENCE,
    looks_a_year: int | None = None,
) -> TunedCusum:
    """调报警线 — the lowest line whose district-wide false-alarm chance over `years` null years is at most `false_alarm`.

    Exact, by bisection over whole steps. The lowest allowed line finds a true rise soonest. One district chart: streets = 1.
    """
    for label, value in (("街镇数", streets), ("每年出生数", births_a_year), ("年数", years)):
        if value < 1 or value != int(value):
            raise DemographyError(f"{label} {value} 须是 1 以上的整数", label, "请核对")
    checks.fraction(false_alarm, "全区误报率")
    checked_ratio(design)
    chart, total = cusum_chart(1.0, design, reference), births_a_year * years
    allowed = 1 - (1 - false_alarm) ** (1 / streets)

    def chance(steps: int) -> float:
        schedule = [1] * total if looks_a_year is None else even_schedule(total, looks_a_year * years)
        return float(alarm_chances(replace(chart, threshold=steps), reference, schedule)[-1])

    high = ceil(2.0 / chart.step)
    while chance(high) > allowed:
        high *= 2
    low = 0
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if chance(middle) <= allowed else (middle, high)
    street = chance(high)
    return TunedCusum(replace(chart, threshold=high), streets, total, street, 1 - (1 - street) ** streets)
