"""金额的查询 — SQL of what one subject draws, stretch by stretch, and what one course is worth."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlglot import exp

from renjia.engine.rules.binding import Binder, Reading
from renjia.engine.rules.periods import Stretch
from renjia.engine.rules.schemes import Scheme
from renjia.engine.rules.sentences import PERIOD_WORDS, Course
from renjia.engine.rules.standards import Setting

NO_MONEY = "CAST(NULL AS DECIMAL(18, 2))"
_MONTHS = "~months"  # stands where the months of a single year go


@dataclass(frozen=True)
class Amounts:
    """金额 — of a scheme's course over its stretches; SQL reads columns `~first`, `~last`, `~until` and those of `words`.

    at: the stretch the day lies in; binder: one for words with SQL of their own; usable: the value of a setting, None
    where it may not be used; hung: givens no column of which is to be trusted
    """

    scheme: Scheme
    spans: list[Stretch]
    at: int
    reading: Reading
    usable: Callable[[Setting], str | None]
    binder: Callable[[dict[str, str]], Binder]
    dialect: str
    hung: frozenset[str] = frozenset()

    def q(self, name: str) -> str:
        """引名 — as the dialect quotes it."""
        return f'"{name}"' if self.dialect == "duckdb" else f"`{name}`"

    @property
    def course(self) -> Course:
        """期间 — of a scheme that has one."""
        assert self.scheme.course is not None
        return self.scheme.course

    def total(self) -> str:
        """总额 — of the periods that count; NULL where a standard needed is not there."""
        if self.course.every == "once":
            return self._on_the_day()
        parts, run = [], list[tuple[Stretch, str]]()
        for span in self.spans:
            unit = self._year_unit(span)
            if unit and (not run or run[-1][1] == unit):
                run.append((span, unit))
                continue
            parts += self._run(run)
            run = [(span, unit)] if unit else []
            if not unit:
                count, one = self._counted_one(span)
                parts.append(f"CASE WHEN {count} > 0 THEN {one if span.single else f'{count} * {one}'} ELSE 0 END")
        return " + ".join([*parts, *self._run(run)])

    def counted(self) -> list[tuple[str, str]]:
        """各段期数与每期金额 — for each stretch: SQL of how many periods of the course lie in it, and of the amount of one."""
        if self.scheme.course is None or self.course.every == "once":
            return []
        return [self._counted_one(span) for span in self.spans]

    def monthly(self) -> str:
        """月标准 — of the month asked for."""
        sentences = self.scheme.sentences
        assert sentences.amount is not None
        tree = sentences.amount.test.tree if self.course.every == "month" else None
        if sentences.monthly is not None:
            tree = sentences.monthly.tree
        if tree is None or not self.spans:
            return NO_MONEY
        span = self.spans[self.at]
        return self._unit(tree, span, self._period_words(span, "1"))

    def until(self) -> str:
        """计到的月 — the last month that counts, as far as 金额 goes."""
        now = "this_month" if self.course.every == "month" else "this_year * 12 + 12"
        until = f"coalesce({self.q('~last')}, {now})" if self.course.last else now
        return until if self.course.whole else f"least({until}, {now})"

    def words(self) -> list[str]:
        """所用各列 — columns of facts and givens, and words of the day, that amounts read; sorted."""
        sentences = self.scheme.sentences
        found: set[str] = set()
        for span in self.spans:
            for tree in ([sentences.amount.test.tree] if sentences.amount else []) + (
                [sentences.monthly.tree] if sentences.monthly else []
            ):
                binder = self.binder(dict.fromkeys(PERIOD_WORDS, "0"))
                found |= binder.written(tree, *self._in(span))[1]
        return sorted(one for one in found if not one.startswith("~"))

    def _counted_one(self, span: Stretch) -> tuple[str, str]:
        assert self.scheme.sentences.amount is not None
        months = self._overlap(span)
        replaced = self._period_words(span, months)
        return months, self._unit(self.scheme.sentences.amount.test.tree, span, replaced)

    def _year_unit(self, span: Stretch) -> str:
        """The amount of a single year with its months left open; "" for any other stretch, or one that names its year."""
        amount = self.scheme.sentences.amount
        if self.course.every != "year" or not span.single or amount is None:
            return ""
        unit = self._unit(
            amount.test.tree, span, {"months": _MONTHS, "pay_year": "~year", "pay_month": "CAST(NULL AS INT)"}
        )
        return "" if "~year" in unit else unit

    def _run(self, run: list[tuple[Stretch, str]]) -> list[str]:
        """Single years one after another with one formula: the first, the last, and whole ones between."""
        if not run:
            return []
        first, last = run[0][0].first, run[-1][0].first
        assert first is not None and last is not None
        low = f"greatest({self.q('~first')}, {first * 12 + 1})"
        high = f"least({self.q('~until')}, {last * 12 + 12})"
        first_year, last_year = year_of(low, self.dialect), year_of(high, self.dialect)

        def unit(months: str) -> str:
            return run[0][1].replace(_MONTHS, f"({months})")

        ends = f"{unit(f'{first_year} * 12 + 12 - {low} + 1')} + {unit(f'{high} - {last_year} * 12')}"
        between = (
            f"CASE WHEN {last_year} - {first_year} > 1 THEN ({last_year} - {first_year} - 1) * {unit('12')} ELSE 0 END"
        )
        return [
            f"CASE WHEN {high} < {low} THEN 0 WHEN {first_year} = {last_year} THEN {unit(f'{high} - {low} + 1')} "
            f"ELSE {ends} + {between} END"
        ]

    def _overlap(self, span: Stretch) -> str:
        """SQL: periods of the course in a stretch; months of the year for a single year."""
        first, until, low, high = self.q("~first"), self.q("~until"), span.first, span.last
        if self.course.every == "year" and span.single and span.first is not None:
            low, high = span.first * 12 + 1, span.first * 12 + 12
        elif self.course.every == "year":
            first, until = year_of(first, self.dialect), year_of(until, self.dialect)
        start = first if low is None else f"greatest({first}, {low})"
        end = until if high is None else f"least({until}, {high})"
        return f"greatest(0, {end} - {start} + 1)"

    def _period_words(self, span: Stretch, months: str) -> dict[str, str]:
        if not span.single or span.first is None:
            return {word: "CAST(NULL AS INT)" for word in PERIOD_WORDS}
        if self.course.every == "year":
            return {"months": months, "pay_year": str(span.first), "pay_month": "CAST(NULL AS INT)"}
        return {"months": "1", "pay_month": str(span.first), "pay_year": str((span.first - 1) // 12)}

    def _unit(self, tree: exp.Expr, span: Stretch, replaced: dict[str, str]) -> str:
        sql = self.binder(replaced).sql(tree, *self._in(span))
        return f"CAST({sql} AS DECIMAL(18, 2))"

    def _in(self, span: Stretch) -> tuple[Reading, Callable[[str], str | None]]:
        """The reading of a stretch, and which givens are worth in it what they are worth on the day: those are columns."""
        values: Mapping[str, str | None] = {
            name: self.usable(one) for name, one in span.settings.items()
        }  # fmt: skip
        reach, givens = self.scheme.sentences.reach, self.scheme.sentences.givens

        def column(name: str) -> str | None:
            same = all(
                values.get(one, self.reading.values.get(one)) == self.reading.values.get(one)
                for one in reach(givens[name].tree)
            )
            return name if same and name not in self.hung else None

        return Reading("", {**self.reading.values, **values}), column

    def _on_the_day(self) -> str:
        assert self.scheme.sentences.amount is not None
        tree, due = self.scheme.sentences.amount.test.tree, self.q("~first")
        branches = ""
        for span in self.spans[:-1]:
            assert span.last is not None
            day = date.fromordinal(span.last).isoformat()
            branches += f"WHEN {due} <= DATE '{day}' THEN {self._unit(tree, span, {})} "
        last = self._unit(tree, self.spans[-1], {})
        return f"CASE {branches}ELSE {last} END" if branches else last


def year_of(index: str, dialect: str) -> str:
    """SQL: the year of a month index."""
    return f"(({index} - 1) // 12)" if dialect == "duckdb" else f"CAST(floor(({index} - 1) / 12) AS INT)"
