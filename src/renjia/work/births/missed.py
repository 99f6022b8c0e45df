"""漏报 — births that no department reported, estimated from which departments hold which births; counts only.

Births of twelve months that had three months to be reported, living in the district; by kind of street, and together.
"""

from dataclasses import dataclass
from datetime import date
from math import sqrt

import duckdb
import numpy as np

from renjia.engine.linkage import LinkageError, Missed, TooThin, estimate_missed, together
from renjia.engine.units import Month
from renjia.work.births.missed_kinds import Kind, missed_by_kind

SOURCES = ("生育登记", "住院分娩", "预防接种", "出生医学证明", "户籍出生")
_COLUMNS = ("registered", "delivered", "vaccinated", "certified", "hukou_entered")
MONTHS, WAIT = 12, 3
_CELL = " + ".join(f"CASE WHEN c.{one} IS NULL THEN 0 ELSE {1 << at} END" for at, one in enumerate(_COLUMNS))
_CELLS = f"""
SELECT coalesce(p.kind, ''), {_CELL} AS cell, count(*)
FROM birth_case c
JOIN (SELECT code, CASE WHEN name LIKE '%街道' THEN '街道' ELSE '镇' END AS kind FROM place
      WHERE level = 'street' AND "to" IS NULL) p ON p.code = c.street
WHERE c.known_to IS NULL AND coalesce(c.outcome, 'live') = 'live' AND c.born BETWEEN ? AND ?
GROUP BY 1, 2
"""


@dataclass(frozen=True)
class Group:
    """一组街镇 — its estimate, or why there is none; band: low, high when linkage may be as wrong as the audit allows."""

    name: str
    seen: int
    estimate: Missed | None
    refused: str = ""
    band: tuple[float, float] | None = None


@dataclass(frozen=True)
class MissedBirths:
    """漏报估计 — first and last day of birth, the groups, and the whole with its interval (None when a group refuses).

    band: of the whole, with linkage errors; None where nothing was audited. kinds: what each source misses.
    """

    first: date
    last: date
    groups: tuple[Group, ...]
    whole: tuple[float, float, float] | None
    by_source: tuple[tuple[str, int, float, float], ...]
    band: tuple[float, float] | None = None
    kinds: tuple[Kind, ...] = ()


def missed_births(con: duckdb.DuckDBPyConnection, through: Month, wrong: float | None = None) -> MissedBirths:
    """估计 — of the births of the twelve months that end three months before `through`, since the first month received.

    wrong: the most links that may be wrong (a share, from an audited sample), or None where none was judged.
    """
    last_month = through.plus(-WAIT)
    began = con.execute("select min(arrived) from birth_report").fetchall()[0][0]  # earlier births were never all sent
    first = max(last_month.plus(1 - MONTHS), Month.parse(began) if began else through).first
    last = last_month.last
    cells: dict[str, np.ndarray] = {}
    for kind, cell, count in con.execute(_CELLS, [first, last]).fetchall():
        if cell:
            cells.setdefault(kind, np.zeros(1 << len(SOURCES), np.int64))[cell] += count
    groups = tuple(_group(name, found, wrong) for name, found in sorted(cells.items()))
    held = {group.name: group.estimate for group in groups if group.estimate}
    whole = together(held) if held and len(held) == len(groups) else None
    both = sum(cells.values(), np.zeros(1 << len(SOURCES), np.int64))
    kinds = missed_by_kind(con, _CELL, len(SOURCES), first, last)
    return MissedBirths(first, last, groups, whole, _by_source(both), _whole_band(groups) if whole else None, kinds)


def _group(name: str, cells: np.ndarray, wrong: float | None) -> Group:
    seen = int(cells.sum())
    try:
        found = estimate_missed(cells, SOURCES)
        return Group(name, seen, found, band=None if wrong is None else _band(cells, found, wrong))
    except TooThin as thin:
        return Group(name, seen, None, str(thin))


def _band(cells: np.ndarray, found: Missed, wrong: float) -> tuple[float, float]:
    """How many births there may be, links being as wrong as the audit allows.

    A wrong link hides a birth behind another; an audit of links finds those. Records wrongly kept apart make a birth too
    many; no audit of links finds them, so they are taken to be as many, but never more than there are lone records.
    """
    sets = np.array([cell.bit_count() for cell in range(len(cells))])
    lone, beside = int(cells[sets == 1].sum()), int((cells * sets)[sets > 1].sum())
    fewer = estimate_missed(cells, SOURCES, LinkageError(0.0, 0.0, min(wrong, lone / max(beside, 1))))
    hidden = wrong * int((cells * (sets - 1))[sets > 1].sum())
    return min(found.low, fewer.low), found.high + hidden


def _whole_band(groups: tuple[Group, ...]) -> tuple[float, float] | None:
    """The groups' bands together, taken as independent like their intervals."""
    held = [(group.estimate.total, *group.band) for group in groups if group.estimate and group.band]
    if len(held) < len(groups):
        return None
    total = sum(one[0] for one in held)
    below, above = (sqrt(sum((one[0] - one[side]) ** 2 for one in held)) for side in (1, 2))
    return total - below, total + above


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
