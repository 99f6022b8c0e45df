"""各来源漏哪些出生 — of the births that others hold, the share a source does not, by kind of birth; counts only."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import duckdb

FEWEST = 30  # births of a kind that others hold, below which a share says nothing
KINDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("街镇类别", ("街道", "镇")), ("性别", ("男", "女")), ("孩次", ("一孩", "二孩", "三孩及以上")), ("胎数", ("单胎", "多胎")),
)  # fmt: skip
_ROWS = """
SELECT p.kind,
  CASE c.sex WHEN '1' THEN '男' WHEN '2' THEN '女' ELSE '' END,
  CASE WHEN c."order" IS NULL THEN '' WHEN c."order" = 1 THEN '一孩' WHEN c."order" = 2 THEN '二孩' ELSE '三孩及以上' END,
  CASE WHEN d.children > 1 THEN '多胎' ELSE '单胎' END,
  {cell} AS cell, count(*)
FROM birth_case c
JOIN (SELECT code, CASE WHEN name LIKE '%街道' THEN '街道' ELSE '镇' END AS kind FROM place
      WHERE level = 'street' AND "to" IS NULL) p ON p.code = c.street
LEFT JOIN (SELECT delivery, count(*) AS children FROM birth_case WHERE known_to IS NULL AND delivery IS NOT NULL
           GROUP BY delivery) d ON d.delivery = c.delivery
WHERE c.known_to IS NULL AND coalesce(c.outcome, 'live') = 'live' AND c.born BETWEEN ? AND ?
GROUP BY ALL
"""


@dataclass(frozen=True)
class Kind:
    """一类出生 — births seen by anyone; by source: those that others hold, and of them how many it does not (None: too few)."""

    of: str
    name: str
    seen: int
    sources: tuple[tuple[int, int] | None, ...]

    @property
    def shares(self) -> tuple[float | None, ...]:
        """漏的比例。"""
        return tuple(None if one is None else one[1] / one[0] for one in self.sources)


def missed_by_kind(
    con: duckdb.DuckDBPyConnection, cell: str, sources: int, first: date, last: date
) -> tuple[Kind, ...]:
    """按类 — `cell` is the SQL of a birth's set of sources as bits; kinds that nobody is of are left out."""
    counts: dict[tuple[str, str], dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for *names, held, many in con.execute(_ROWS.format(cell=cell), [first, last]).fetchall():
        for (of, known), name in zip(KINDS, names, strict=True):
            if held and name in known:
                counts[of, name][held] += many
    return tuple(
        _kind(of, name, counts[of, name].items(), sources) for of, names in KINDS for name in names if counts[of, name]
    )


def _kind(of: str, name: str, cells: Iterable[tuple[int, int]], sources: int) -> Kind:
    cells = list(cells)
    found: list[tuple[int, int] | None] = []
    for at in range(sources):
        others = sum(many for held, many in cells if held & ~(1 << at))
        lacking = sum(many for held, many in cells if held & ~(1 << at) and not held >> at & 1)
        found.append((others, lacking) if others >= FEWEST else None)
    return Kind(of, name, sum(many for _, many in cells), tuple(found))
