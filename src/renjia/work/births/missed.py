"""漏报 — births that no department reported, estimated from which departments hold which births; counts only.

Births of twelve months that had three months to be reported, living in the district; by kind of street, and together.
"""

from dataclasses import dataclass
from datetime import date

import duckdb
import numpy as np

from renjia.engine.linkage import Missed, TooThin, estimate_missed, together
from renjia.engine.units import Month

SOURCES = ("生育登记", "住院分娩", "预防接种", "出生医学证明", "户籍出生")
_COLUMNS = ("registered", "delivered", "vaccinated", "certified", "hukou_entered")
MONTHS, WAIT = 12, 3
_CELLS = f"""
SELECT coalesce(p.kind, ''), {" + ".join(f"CASE WHEN c.{one} IS NULL THEN 0 ELSE {1 << at} END" for at, one in enumerate(_COLUMNS))} AS cell,
  count(*)
FROM birth_case c
JOIN (SELECT code, CASE WHEN name LIKE '%街道' THEN '街道' ELSE '镇' END AS kind FROM place
      WHERE level = 'street' AND "to" IS NULL) p ON p.code = c.street
WHERE c.known_to IS NULL AND coalesce(c.outcome, 'live') = 'live' AND c.born BETWEEN ? AND ?
GROUP BY 1, 2
"""


@dataclass(frozen=True)
class Group:
    """一组街镇 — its estimate, or why there is none."""

    name: str
    seen: int
    estimate: Missed | None
    refused: str = ""


@dataclass(frozen=True)
class MissedBirths:
    """漏报估计 — first and last day of birth, the groups, and the whole with its interval (None when a group refuses)."""

    first: date
    last: date
    groups: tuple[Group, ...]
    whole: tuple[float, float, float] | None
    by_source: tuple[tuple[str, int, float, float], ...]


def missed_births(con: duckdb.DuckDBPyConnection, through: Month) -> MissedBirths:
    """估计 — of the births of the twelve months that end three months before `through`, since the first month received."""
    last_month = through.plus(-WAIT)
    began = con.execute("select min(arrived) from birth_report").fetchall()[0][0]  # earlier births were never all sent
    first = max(last_month.plus(1 - MONTHS), Month.parse(began) if began else through).first
    last = last_month.last
    cells: dict[str, np.ndarray] = {}
    for kind, cell, count in con.execute(_CELLS, [first, last]).fetchall():
        if cell:
            cells.setdefault(kind, np.zeros(1 << len(SOURCES), np.int64))[cell] += count
    groups = tuple(_group(name, found) for name, found in sorted(cells.items()))
    held = {group.name: group.estimate for group in groups if group.estimate}
    whole = together(held) if held and len(held) == len(groups) else None
    both = sum(cells.values(), np.zeros(1 << len(SOURCES), np.int64))
    return MissedBirths(first, last, groups, whole, _by_source(both))


def _group(name: str, cells: np.ndarray) -> Group:
    seen = int(cells.sum())
    try:
        return Group(name, seen, estimate_missed(cells, SOURCES))
    except TooThin as thin:
        return Group(name, seen, None, str(thin))


def _by_source(cells: np.ndarray) -> tuple[tuple[str, int, float, float], ...]:
    """Each source: births it holds, its share of all seen, and of those that others hold."""
    numbers, seen = np.arange(len(cells)), int(cells.sum())
    found = []
    for at, name in enumerate(SOURCES):
        own, others = (numbers >> at & 1) == 1, (numbers & ~(1 << at)) > 0
        elsewhere = int(cells[others].sum())
        both = int(cells[own & others].sum())
        held = int(cells[own].sum())
        found.append((name, held, held / seen if seen else 0.0, both / elsewhere if elsewhere else 0.0))
    return tuple(found)
