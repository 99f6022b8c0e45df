"""各句查询 — what one scheme at one place asks of the tables; each query is written when first wanted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

from renjia.engine.rules.periods import Stretch
from renjia.engine.rules.places import Place
from renjia.engine.rules.schemes import Scheme
from renjia.engine.rules.sentences import Line
from renjia.engine.rules.sides import left_of
from renjia.engine.rules.sifting.sieve import Sieve
from renjia.engine.rules.standards import Setting


class Writer(Protocol):
    """写者 — who writes the queries."""

    def q(self, name: str) -> str:
        """引名 — as the dialect quotes it."""

    def query(self, lines: Sequence[Line], words: Sequence[str], *, detail: bool) -> str:
        """整句。"""

    def sieve(self) -> Sieve | None:
        """先筛。"""

    def price(self) -> str:
        """算价。"""

    def keys(self) -> dict[str, str]:
        """价由何定。"""

    def wants(self) -> str:
        """要定哪几个。"""

    @property
    def blocked(self) -> tuple[str, ...]:
        """未定的参数。"""


@dataclass(frozen=True)
class Compiled:
    """已编 — the queries, written when first asked for, and what their columns mean.

    sql: rows of `id, decision, first, last, monthly, amount, failed, unknown, unset, need, nulls` (bit i of the masks is
    condition i; of nulls, word i of `words`), ordered by nothing; detail: the same and every condition, word, given
    and stretch. sieve: whom nothing fails, with `keys`;
    price: of each row of a table `courses` (named ~courses, of columns `keys` with their types), what it is worth; rest:
    `sql` over the table `left_of`. lines: the conditions in order, “发放期未满” last where a course can end.
    reads: columns of the fact the page reaches, and where they came from.
    """

    scheme: Scheme
    place: Place
    writer: Writer = field(repr=False)
    lines: tuple[Line, ...]
    words: tuple[str, ...]
    settings: Mapping[str, Setting]
    stretches: tuple[Stretch, ...]
    used: tuple[tuple[str, ...], ...]
    reads: tuple[str, ...]
    course_used: tuple[str, ...]
    amount_used: tuple[str, ...]

    @cached_property
    def sql(self) -> str:
        """全体的查询 — a row a subject."""
        return self.writer.query(self.lines, self.words, detail=False)

    @cached_property
    def detail(self) -> str:
        """详细的查询 — the same with all that explains it."""
        return self.writer.query(self.lines, self.words, detail=True)

    @cached_property
    def rest(self) -> str:
        """其余的查询 — `sql` over the table `left_of`."""
        fact, left = self.writer.q(self.scheme.per), self.writer.q(left_of(self.scheme.per))
        return self.sql.replace(f"FROM {fact} t CROSS", f"FROM {left} t CROSS")

    @cached_property
    def sieve(self) -> Sieve | None:
        """先筛 — see `Sieve`; None for a page without conditions, for what only SQL works out, and for Spark."""
        return self.writer.sieve()

    @cached_property
    def wants(self) -> str:
        """要定哪几个 — over the table `left_of`, for subjects whose answer is 需配置."""
        return self.writer.wants()

    @property
    def blocked(self) -> tuple[str, ...]:
        """未定的参数 — by the bits of `wants`."""
        return self.writer.blocked

    @cached_property
    def price(self) -> str:
        """算价的查询 — "" for a page that pays nothing."""
        return self.writer.price()

    @cached_property
    def keys(self) -> dict[str, str]:
        """价由何定 — columns of a course → their types."""
        return self.writer.keys()
