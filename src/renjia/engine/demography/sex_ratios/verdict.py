"""性别比判断 — one plain sentence for a place and period, and 人数太少，不能判断 when that is all one may say.

The rule, in order (policy.md §2.3 for 100 births; power and 99.8 % limits against many looks, demography.md §4):
1. fewer than 100 births: 人数太少，不能判断;
2. the exact 99.8 % interval lies wholly above 107: 偏高; wholly below 103: 偏低;
3. the exact 95 % interval leaves out the reference 106: 可能偏高 / 可能偏低, to be pooled and watched, no more;
4. enough births to see the ratio of concern (115) with 80 % power: 未见异常;
5. else 人数太少，不能判断, with the births that would be enough.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from renjia.engine.demography import checks
from renjia.engine.demography.errors import DemographyError
from renjia.engine.demography.sex_ratios.sex_ratio import (
    REFERENCE,
    births_needed,
    checked_births,
    checked_ratio,
    sex_ratio_interval,
    sex_ratio_test,
    smallest_ratio_seen,
)
from renjia.engine.units import Month

TOO_FEW = "人数太少，不能判断"


@dataclass(frozen=True)
class VerdictRule:
    """判断的界 — every limit of the rule above; a district that changes one says so beside its table."""

    reference: float = REFERENCE
    concern: float = 115.0
    normal: tuple[float, float] = (103.0, 107.0)
    least_births: int = 100
    many_looks: float = 0.998

    def __post_init__(self) -> None:
        """核对 — low normal ≤ reference ≤ high normal < concern."""
        checked_ratio([self.reference, self.concern, *self.normal])
        checks.fraction(self.many_looks, "把握程度")
        if not self.normal[0] <= self.reference <= self.normal[1] < self.concern or self.least_births < 1:
            raise DemographyError(
                "界的大小次序不对", "判断的界", "应是 正常下限 ≤ 参考值 ≤ 正常上限 < 要看出的值，最少出生数在 1 以上"
            )


RULE = VerdictRule()


@dataclass(frozen=True)
class BirthCount:
    """分性别出生数 — boys and girls of one place, period and birth order (“合计” when not by order): never persons."""

    place: str
    period: str
    males: int
    females: int
    parity: str = "合计"


@dataclass(frozen=True)
class SexRatioVerdict:
    """一处一时的判断 — `ratio` is None below 100 births (not shown); `low`, `high` are the exact 95 % interval."""

    count: BirthCount
    verdict: str
    ratio: float | None
    low: float
    high: float
    p_value: float
    needed: int
    smallest_seen: float
    words: str


def judge_sex_ratio(count: BirthCount, rule: VerdictRule = RULE) -> SexRatioVerdict:
    """判断性别比 — see the rule above; words say ratio, interval, births, and what would be enough. Raises DemographyError."""
    where = [f"{count.place} {count.period} {count.parity}"]
    boys, girls = checked_births([count.males], [count.females], where)
    n = int(boys[0] + girls[0])
    low, high = (float(x[0]) for x in sex_ratio_interval(boys, girls))
    far_low, far_high = (float(x[0]) for x in sex_ratio_interval(boys, girls, level=rule.many_looks))
    needed = int(births_needed(rule.concern, rule.reference))
    seen = float(smallest_ratio_seen(n, rule.reference))
    shown = float("inf") if girls[0] == 0 else 100 * float(boys[0] / girls[0])
    span = f"95% 区间 {_figure(low)}—{_figure(high)}，出生 {n:,} 例"
    enough = f"要看出 {rule.concern:g}，须 {needed:,} 例；请合并年份、街镇或看 CUSUM 图"
    if n < rule.least_births:
        verdict, words = TOO_FEW, f"出生 {n} 例，不足 {rule.least_births} 例，{TOO_FEW}；请看连续 36 个月的合计。"
    elif far_low > rule.normal[1]:
        verdict, words = (
            "偏高",
            f"性别比 {_figure(shown)}（{span}），高于 {rule.normal[1]:g}，不像是碰巧；请核对出生登记与孩次。",
        )
    elif far_high < rule.normal[0]:
        verdict, words = "偏低", f"性别比 {_figure(shown)}（{span}），低于 {rule.normal[0]:g}；请先核对男婴有无漏报。"
    elif low > rule.reference or high < rule.reference:
        verdict = "可能偏高" if low > rule.reference else "可能偏低"
        words = (
            f"性别比 {_figure(shown)}（{span}）。单看这一处像是{verdict[2:]}，但许多处一起看时总有几处如此；{enough}。"
        )
    elif n >= needed:
        verdict = "未见异常"
        words = f"性别比 {_figure(shown)}（{span}）。这么多出生，真到 {rule.concern:g} 有八成以上把握看得出；没有看出。"
    else:
        verdict = TOO_FEW
        words = f"性别比 {_figure(shown)}（{span}），{TOO_FEW}：这么多出生只看得出 {_figure(seen)} 以上；{enough}。"
    return SexRatioVerdict(
        count=count,
        verdict=verdict,
        ratio=shown if n >= rule.least_births else None,
        low=low,
        high=high,
        p_value=float(sex_ratio_test(boys, girls, rule.reference)[0]),
        needed=needed,
        smallest_seen=seen,
        words=words,
    )


def judge_sex_ratios(counts: Iterable[BirthCount], rule: VerdictRule = RULE) -> list[SexRatioVerdict]:
    """逐处判断 — one verdict a count, in their order."""
    return [judge_sex_ratio(count, rule) for count in counts]


def pool_counts(counts: Iterable[BirthCount], place: str | None = None, period: str | None = None) -> list[BirthCount]:
    """合并 — counts added up under one name of `place` (the district) or `period` (five years), or both; orders stay apart.

    A place, period and order that comes twice is added too. In the order first seen.
    """
    pooled: dict[tuple[str, str, str], BirthCount] = {}
    for count in counts:
        named = replace(count, place=place or count.place, period=period or count.period)
        key = (named.place, named.period, named.parity)
        before = pooled.get(key)
        males, females = (
            (named.males, named.females)
            if before is None
            else (before.males + named.males, before.females + named.females)
        )
        pooled[key] = replace(named, males=males, females=females)
    return list(pooled.values())


def rolling_counts(counts: Iterable[BirthCount], months: int = 36) -> list[BirthCount]:
    """连续若干月合计 — monthly counts of each place and order, added over the last `months`, one for each month reached.

    Every month must be there once, births or none. Raises DemographyError for a gap, a repeat or a wrong order.
    """
    if months < 1:
        raise DemographyError(f"连续 {months} 个月", "months", "须是 1 以上的整数，常用 36")
    lines: dict[tuple[str, str], list[BirthCount]] = {}
    for count in counts:
        lines.setdefault((count.place, count.parity), []).append(count)
    rolled = []
    for (place, parity), line in lines.items():
        first = _month(line[0])
        for i, count in enumerate(line):
            if _month(count) != first.plus(i):
                where = f"{place} {parity} {count.period}"
                raise DemographyError(
                    f"这里应是 {first.plus(i)}", where, "请由早到晚逐月给出，不缺不重；没有出生的月份填 0、0"
                )
        for end in range(months, len(line) + 1):
            part = line[end - months : end]
            span = f"{part[0].period}—{part[-1].period}"
            rolled.append(BirthCount(place, span, sum(c.males for c in part), sum(c.females for c in part), parity))
    return rolled


def _month(count: BirthCount) -> Month:
    """The count's month, refused in our words."""
    try:
        return Month.parse(count.period)
    except ValueError as wrong:
        raise DemographyError(
            f"「{count.period}」不是月份", f"{count.place} {count.parity}", "请用 2025-03 的写法"
        ) from wrong


def _figure(value: float) -> str:
    """写成一位小数 — no upper limit is said in words."""
    return "无上限" if value == float("inf") else f"{value:.1f}"
