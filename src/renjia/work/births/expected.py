"""预期出生 — births to expect by street and month against those that arrived; counts only, no child.

A calendar year is expected from the births before it, once, so that a street that falls silent is not believed.
"""

from dataclasses import dataclass

import duckdb
import numpy as np
import numpy.typing as npt

from renjia.engine.demography import (
    BirthAlert,
    DemographyError,
    ReportingDelays,
    alerts,
    expected_births,
    reporting_delays,
)
from renjia.engine.units import Month

LEAST, WIDEST = (
    12,
    12,
)  # months of history before anything is expected; months after which a birth is taken as never told
WINDOWS = (1, 3, 12)
WHOLE = "全区"
_BARELY = 0.05  # share arrived below which a month says nothing of its level
_STREETS = """SELECT code, name FROM place WHERE level = 'street' AND "to" IS NULL ORDER BY code"""
_ARRIVALS = """
SELECT c.street, strftime(c.born, '%Y-%m') AS month,
  greatest(date_diff('month', c.born, strptime(f.arrived || '-01', '%Y-%m-%d')::DATE), 0) AS late, count(*)
FROM birth_case c
JOIN (SELECT "case", min(arrived) AS arrived FROM birth_report GROUP BY "case") f ON f."case" = c."case"
WHERE c.known_to IS NULL AND coalesce(c.outcome, 'live') = 'live' AND c.street IS NOT NULL AND c.born BETWEEN ? AND ?
GROUP BY ALL
"""
Counts = npt.NDArray[np.float64]


@dataclass(frozen=True)
class History:
    """到了的出生 — by month from `first` to `through` (T) and street (S); late (T, D): months from birth to first report."""

    first: Month
    through: Month
    streets: tuple[tuple[str, str], ...]
    births: Counts
    late: Counts

    @property
    def months(self) -> tuple[Month, ...]:
        """各月。"""
        return tuple(self.first.until(self.through))

    @property
    def begins(self) -> Month:
        """最早能预期的月份 — after a year of whole months."""
        return self.first.plus(LEAST)


@dataclass(frozen=True)
class Cell:
    """一处一月 — expected: births of the whole month; due: what should have arrived by now; low, high: its usual bounds.

    share: of the month's births that should have arrived by now; verdict and text: of the one, three or twelve months
    that end here, whichever says most.
    """

    code: str
    name: str
    month: Month
    expected: float
    share: float
    due: float
    low: float
    high: float
    arrived: int
    verdict: str
    text: str
    flagged: bool


@dataclass(frozen=True)
class ExpectedYear:
    """一年的预期 — made from the births before `origin`; cells by month, streets in order and 全区 last; or why there are none."""

    origin: Month | None
    cells: tuple[Cell, ...]
    refused: str = ""


def history(con: duckdb.DuckDBPyConnection) -> History | None:
    """取历史 — births of this district's streets since the first month received; None while there is nothing."""
    began, ended = con.execute("SELECT min(arrived), max(arrived) FROM birth_report").fetchall()[0]
    streets = tuple(con.execute(_STREETS).fetchall())
    if not began or not streets:
        return None
    first, through = Month.parse(began), Month.parse(ended)
    span = len(list(first.until(through)))
    width = max(2, min(WIDEST, span // 2))
    births, late = np.zeros((span, len(streets))), np.zeros((span, width))
    row = {str(month): at for at, month in enumerate(first.until(through))}
    column = {code: at for at, (code, _) in enumerate(streets)}
    for street, month, months_late, count in con.execute(_ARRIVALS, [first.first, through.last]).fetchall():
        if street in column:
            births[row[month], column[street]] += count
            if months_late < width:
                late[row[month], months_late] += count
    late[np.arange(span)[:, None] + np.arange(width) >= span] = np.nan
    return History(first, through, streets, births, late)


def expected_year(seen: History, month: Month) -> ExpectedYear:
    """预期 — the year of `month`, month by month up to the last received; refused with a reason where history is short."""
    origin = max(Month(month.year, 1), seen.begins)
    if origin > month:
        span = len(seen.months)
        said = f"收到的出生从 {seen.first} 到 {seen.through} 共 {span} 个月，预期至少要 {LEAST} 个整月"
        return ExpectedYear(None, (), f"{said}。从 {seen.begins} 起各月有预期。")
    last = min(Month(month.year, 12), seen.through)
    before = len(list(seen.first.until(origin))) - 1
    try:
        return ExpectedYear(origin, _judged(seen, origin, before, len(list(origin.until(last)))))
    except DemographyError as why:
        return ExpectedYear(None, (), str(why))


def _judged(seen: History, origin: Month, before: int, span: int) -> tuple[Cell, ...]:
    delays = reporting_delays(seen.late)
    share = np.maximum(delays.complete, _BARELY)
    told = expected_births(
        seen.births[:before], seen.first, span, streets=[code for code, _ in seen.streets], complete=share[:before]
    )
    came = seen.births[before : before + span]
    held, unsure = delays.complete[before : before + span], _unsure(delays, len(seen.births))[before : before + span]
    loudest = alerts(told, came, held, unsure, windows=WINDOWS)
    # the month alone, its bounds drawn as if all windows were looked at: the very bounds by which it would be reported
    alone = alerts(told, came, held, unsure, windows=(1,), planned_months=12 * len(WINDOWS))
    whole_month = np.column_stack([told.mean, told.whole]).ravel()
    names = dict(seen.streets)
    wide = len(seen.streets) + 1
    return tuple(
        _cell(one, own, float(mean), float(held[at // wide]), names)
        for at, (one, own, mean) in enumerate(zip(loudest, alone, whole_month, strict=True))
    )


def _unsure(delays: ReportingDelays, span: int) -> Counts:
    """Relative variance of each month's share, by how long it has waited."""
    waited = np.minimum(np.arange(span)[::-1], len(delays.error) - 1)
    return delays.error[waited]


def _cell(one: BirthAlert, own: BirthAlert, mean: float, share: float, names: dict[str, str]) -> Cell:
    code = "" if one.street == WHOLE else one.street
    name = names.get(code, WHOLE)
    flagged = one.verdict in ("偏少", "偏多")
    several = flagged and one.since != one.until
    span = f"{one.since} 至 {one.until} 共到 {one.arrived:,.0f} 人，应到 {one.expected:,.0f} 人，界 {one.low:,.0f}～{one.high:,.0f}"
    return Cell(
        code, name, own.until, mean, share, own.expected, own.low, own.high, round(own.arrived), one.verdict,
        span if several else "", flagged,
    )  # fmt: skip


def of_month(year: ExpectedYear, month: Month) -> tuple[Cell, ...]:
    """某月各街镇 — what is reported first, then by code; 全区 apart (`code` empty) and last."""
    cells = [cell for cell in year.cells if cell.month == month]
    return tuple(sorted(cells, key=lambda cell: (not cell.code, not cell.flagged, cell.code)))


def of_street(year: ExpectedYear, code: str) -> tuple[Cell, ...]:
    """某街镇各月 — the latest first."""
    return tuple(sorted((cell for cell in year.cells if cell.code == code), key=lambda cell: cell.month, reverse=True))


def arrived_by_month(seen: History) -> dict[Month, dict[str, int]]:
    """到了多少 — by month and street, 全区 under the empty code."""
    codes = [code for code, _ in seen.streets]
    return {
        month: dict(zip(codes, (int(n) for n in row), strict=True)) | {"": int(row.sum())}
        for month, row in zip(seen.months, seen.births, strict=True)
    }
