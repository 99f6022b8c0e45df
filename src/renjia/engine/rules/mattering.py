"""要定哪几个 — of the parameters nobody has settled, those whose value would change this subject's answer."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlglot import exp

from renjia.engine.rules.amounts import Amounts
from renjia.engine.rules.binding import Binder, Reading
from renjia.engine.rules.sentences import Course
from renjia.engine.rules.standards import Setting

FIRST, AMOUNT = "~w first", "~w amount"


def of_line(at: int) -> str:
    """列名 — for condition `at`."""
    return f"~w{at}"


@dataclass(frozen=True)
class Mattering:
    """要紧 — SQL of masks: bit i is set where parameter i of `blocked` decides what the expression comes to.

    A parameter matters to a row when, with all others tried, its absence alone leaves the expression NULL.
    """

    binder: Binder
    tried: Sequence[Reading]
    hung: frozenset[str]
    blocked: tuple[str, ...]

    def mask(self, tree: exp.Expr, column: str, reach: set[str]) -> str:
        """掩码 — of one expression, which stands in `column` and, with all tried, beside it."""
        parts = []
        for bit, name in enumerate(self.blocked):
            if name in reach:
                parts.append(f"CASE WHEN {self._matters(tree, column, name)} THEN {1 << bit} ELSE 0 END")
        return f"CAST({' + '.join(parts) or '0'} AS BIGINT)"

    def amount_mask(self, amounts: Amounts, course: Course) -> str:
        """金额的掩码 — of the whole where the course has a first month, else of one period as it is now."""
        parts = []
        for bit, name in enumerate(self.blocked):
            if not any(name in span.settings for span in amounts.spans):
                continue
            lost = self._amounts(amounts, self.tried[0], name)
            test = f"({lost.total()}) IS NULL"
            if course.every == "month":
                test = f'CASE WHEN "~first" IS NULL THEN ({lost.monthly()}) IS NULL ELSE {test} END'
            parts.append(f"CASE WHEN {test} THEN {1 << bit} ELSE 0 END")
        return f"CAST({' + '.join(parts) or '0'} AS BIGINT)"

    def _matters(self, tree: exp.Expr, column: str, name: str) -> str:
        reading = self.tried[0]
        values = Reading(reading.suffix, {**reading.values, name: None})
        lost = self.binder.sql(tree, values, lambda given: None if given in self.hung else given)
        return f'{lost} IS NULL AND "{column}{reading.suffix}" IS NOT NULL'

    def _amounts(self, amounts: Amounts, reading: Reading, without: str) -> Amounts:
        def usable(one: Setting) -> str | None:
            if one.id == without:
                return None
            return one.value if one.value is not None else reading.values.get(one.id)

        values = {name: None if name == without else value for name, value in reading.values.items()}
        return replace(amounts, reading=Reading("", values), usable=usable, hung=self.hung)
