"""成数 — what the rows of a query become: a figure, its value exact, by the kind of its page."""

from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any, NamedTuple

from renjia.measure.indicators.figures import Figure, decimal_of, quotient
from renjia.measure.indicators.formulas import Formula, target_of
from renjia.measure.indicators.intervals import sex_ratio_limits
from renjia.measure.indicators.kinds import PROFILES, Options, Profile
from renjia.measure.indicators.presence import moments
from renjia.measure.indicators.queries import Asked, is_typed


class Counted(NamedTuple):
    """一行所得 — at one age (None where the kind takes none): both halves, the events of the first, what was seen.

    deaths: of the life table, where the kind needs one.
    """

    age: int | None = None
    numerator: int = 0
    denominator: int = 0
    events: int = 0
    seen: int = 0
    seen_below: int = 0
    deaths: int = 0
    seen_deaths: int = 0


Halves = list[Counted]
_SEEN = ("seen", "seen_below", "seen_deaths")


def _summed(halves: Halves) -> tuple[int, int, int]:
    """Both halves and the events of the first, over all ages; most often there is but one row."""
    if len(halves) == 1:
        only = halves[0]
        return only.numerator, only.denominator, only.events
    return (
        sum(half.numerator for half in halves),
        sum(half.denominator for half in halves),
        sum(half.events for half in halves),
    )


@dataclass(frozen=True)
class Maker:
    """成数 — makes every figure of one question; what they share is found once."""

    formula: Formula
    asked: Asked
    by_month: bool
    options: Options

    def figure(self, keyed: dict[str, str], level: str, halves: Halves) -> Figure:
        """一个数 — of the rows of one combination of keys; `level` is the key that is a place, `""` without one."""
        formula, page = self.formula, self.formula.page
        if self._is_profile:
            first, last = self.options.ages
            halves = [half for half in halves if half.age is not None and first <= half.age <= last]
        numerator, counted, events = _summed(halves)
        denominator = counted if formula.denominator else None
        if formula.is_share and denominator is not None and not 0 <= numerator <= denominator:
            what = f"{keyed or '全部'} 的分子 {numerator} 大于分母 {denominator}"
            raise page.error(("numerator",), what, "分子的条件要含分母的条件；改好再算")
        missing = self._missing(halves)
        made = self._made(halves, numerator, counted) if self._is_made and not missing else None
        plain = self._divided(numerator, counted) if not self._is_made and not missing else None
        return Figure(
            place=keyed.get(level, "") or self.asked.within,
            dims={key: value for key, value in keyed.items() if key != level},
            numerator=numerator,
            denominator=denominator,
            value=plain if made is None else decimal_of(made),
            events=min(events, counted) if self._sums_ages else events,
            made=made,
            caution=missing,
            interval=sex_ratio_limits(numerator, counted) if page.body.get("interval") == "sex_ratio" else None,
            worth=self._worths[-1],
            **self._alike,
        )

    @cached_property
    def _is_profile(self) -> bool:
        return self.formula.is_profile

    @cached_property
    def _alike(self) -> dict[str, Any]:
        """What all figures of the question share."""
        formula, page = self.formula, self.formula.page
        first, last = self.asked.period
        target = target_of(page, last.last)
        return {
            "period": str(first) if first == last else f"{first}..{last}",
            "unit": str(page.body["unit"]),
            "version": formula.version,
            "indicator": page.id,
            "scale": formula.scale,
            "decimals": formula.decimals,
            "target": target,
            "better": str(page.body.get("better", "neither")),
            "marks": formula.marks(target),
            "kind": formula.kind,
            "base": self.asked.base,
            "origin": self.asked.origin if self.asked.base else "",
        }

    @cached_property
    def _worths(self) -> list[Fraction]:
        """What a unit of each half is worth: person-years of a mean population, else 1."""
        _, worth = moments(self.formula.at, self.asked.period, self.by_month)
        return [worth if half.is_stock else Fraction(1) for half in self.formula.halves]

    @cached_property
    def _sums_ages(self) -> bool:
        """Whether the halves are of one fact, so that no more can have happened than the second counts."""
        facts = {half.fact.name for half in self.formula.halves}
        return self.formula.denominator is not None and len(facts) == 1 and self.formula.kind != "difference"

    @cached_property
    def _fewest_seen(self) -> list[int]:
        """How many moments, or totals, each half must have been seen at: none for one that is counted from persons."""
        first, last = self.asked.period
        spans = (first, first) if self.by_month else (first, last)
        days = len({one.day for one in moments(self.formula.at, spans, self.by_month)[0]})
        return [(days if half.is_stock else 1) if is_typed(half, self.asked) else 0 for half in self.formula.read]

    def _missing(self, halves: Halves) -> str:
        """What has not been typed in, if anything: a value from half the totals would be wrong without showing it."""
        if not any(self._fewest_seen):
            return ""
        most = [max((getattr(row, name) for row in halves), default=0) for name in _SEEN]
        seen = most[: len(self.formula.halves)] + (most[-1:] if self.formula.deaths else [])
        for half, fewest, times in zip(self.formula.read, self._fewest_seen, seen, strict=True):
            if times < fewest:
                both = "（期初、期末都要有）" if half.is_stock and fewest > 1 else ""
                return f"录入的合计不全：{half.fact.title}缺这一期的数{both}"
        return ""

    @cached_property
    def _is_made(self) -> bool:
        """Whether the value is more than one half over the other."""
        return self._is_profile or self.formula.kind == "difference"

    def _made(self, halves: Halves, numerator: int, counted: int) -> Fraction | None:
        """The value, exactly, of a kind that goes age by age or takes the difference."""
        scale = Fraction(self.formula.scale)
        above, below = self._worths[0], self._worths[-1]
        if not self._is_profile:
            return (numerator * above - counted * below) * scale
        profile: Profile = {
            half.age: (half.numerator * above, half.denominator * below) for half in halves if half.age is not None
        }
        options = self.options
        if self.formula.deaths is not None:
            deaths = {half.age: Fraction(half.deaths) for half in halves if half.age is not None and half.deaths}
            options = replace(options, deaths=deaths)
        value = PROFILES[self.formula.kind](profile, options)
        return None if value is None else value * scale

    def _divided(self, numerator: int, counted: int) -> Decimal | None:
        """One half over the other, or a count."""
        times, over = self._factor
        if self.formula.denominator is None:
            return quotient(numerator * times, over)
        return quotient(numerator * times, counted * over) if counted else None

    @cached_property
    def _factor(self) -> tuple[int, int]:
        """What numerator over denominator is multiplied by; once for the tens of thousands there may be."""
        factor = Fraction(self.formula.scale) / (self._worths[-1] if self.formula.denominator else 1)
        return factor.numerator, factor.denominator
