"""看板 — the figures that pages and bulletin share: one computation, from the working set's latest day."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache

import duckdb

from renjia.engine.units import Month
from renjia.measure.indicators import Figure, compute, format_value, is_met, is_unplaced
from renjia.measure.snapshot.installed import opened, workset

RATES = ("completion_rate", "timeliness_rate", "unverifiable_share")
RATE_LABELS = {"completion_rate": "核实完成率", "timeliness_rate": "核实及时率", "unverifiable_share": "无法核实占比"}


@dataclass(frozen=True)
class StreetLine:
    """一个街镇的核实 — counts and the three rates of one month's batch."""

    code: str
    name: str
    issued: int
    done: int
    in_time: int
    unverifiable: int
    late: int
    rates: dict[str, Figure]

    @property
    def open(self) -> int:
        return self.issued - self.done

    def text(self, rate: str) -> str:
        return format_value(self.rates[rate]) if rate in self.rates else "—"

    def met(self, rate: str) -> bool | None:
        return is_met(self.rates[rate]) if rate in self.rates else None


@dataclass(frozen=True)
class Board:
    """看板 — a month's verification by street, the whole, and births by month."""

    month: Month
    as_of: date
    streets: tuple[StreetLine, ...]
    whole: StreetLine
    trend: tuple[tuple[str, int], ...]


def board(month: Month | None, today: date) -> Board | None:
    """看板 — of a month, or of the latest with verifications; None while there is no working set."""
    on = workset().latest()
    return _board(workset().version, on, month, today) if on else None


@lru_cache(maxsize=32)
def _board(mark: str, on: date, month: Month | None, today: date) -> Board | None:
    with opened(on) as con:
        if con is None:
            return None
        wanted = month or latest_month(con)
        return build(con, wanted, on, today) if wanted else None


def latest_month(con: duckdb.DuckDBPyConnection) -> Month | None:
    """最近有核实的月份。"""
    found = con.execute("select max(period) from birth_verification").fetchall()
    return Month.parse(found[0][0]) if found and found[0][0] else None


def build(con: duckdb.DuckDBPyConnection, month: Month, as_of: date, today: date) -> Board:
    """按街镇算。"""
    names = dict(con.execute("select code, name from place where level in ('street', 'district')").fetchall())
    late = dict(
        con.execute(
            "select coalesce(street, ''), count(*) from birth_verification"
            " where result is null and due < ? and period = ? group by 1",
            [today, str(month)],
        ).fetchall()
    )
    by_street: dict[str, dict[str, Figure]] = {}
    for rate in RATES:
        for figure in compute(rate, con, ("street",), period=month, every_place=True):
            by_street.setdefault(figure.place, {})[rate] = figure
    whole = {rate: compute(rate, con, (), period=month)[0] for rate in RATES}
    lines = [
        _line(
            code, names.get(code, "区本级（住址不明或在区外）"), figures, late.get("" if is_unplaced(code) else code, 0)
        )
        for code, figures in sorted(by_street.items())
    ]
    return Board(
        month,
        as_of,
        tuple(line for line in lines if line.issued or not is_unplaced(line.code)),
        _line("", "全区", whole, sum(late.values())),
        tuple((str(one), births) for one, births in births_by_month(con, month).items()),
    )


def births_by_month(con: duckdb.DuckDBPyConnection, month: Month) -> dict[Month, int]:
    """逐月活产 — of a year up to the month; not from before the first month received, of which only late reports came."""
    first = max(month.plus(-11), min(first_received(con) or month, month))
    found = {
        Month.parse(f.dims["month"]): f.numerator for f in compute("births", con, ("month",), period=(first, month))
    }
    return {one: found.get(one, 0) for one in first.until(month)}


def first_received(con: duckdb.DuckDBPyConnection) -> Month | None:
    """最早收到的月份 — of any source's reports."""
    ((found,),) = con.execute("select min(arrived) from birth_report").fetchall()
    return Month.parse(found) if found else None


def _line(code: str, name: str, rates: dict[str, Figure], late: int) -> StreetLine:
    done, in_time, unable = (rates[r] for r in RATES)
    return StreetLine(
        code, name, done.denominator or 0, done.numerator, in_time.numerator, unable.numerator, late, rates
    )


def step_of(figure: Figure) -> int:
    """色阶 0–4 — by the share done: under 85, 90, 95, 99, at or above."""
    if figure.value is None:
        return 0
    return sum(figure.value >= Decimal(edge) for edge in (85, 90, 95, 99))
