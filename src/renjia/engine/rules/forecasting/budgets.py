"""一年的钱 — what a scheme pays in a calendar year, person by person in 分, from the periods of each course."""

from calendar import monthrange
from collections.abc import Sequence
from datetime import date

import pyarrow as pa

from renjia.engine.rules.decisions import NOT, YES
from renjia.engine.rules.judging import prepared
from renjia.engine.rules.periods import index_of
from renjia.engine.rules.queries import Compiled
from renjia.engine.rules.schemes import Scheme
from renjia.engine.rules.workset import Tables

_MADE = (
    'CREATE OR REPLACE TABLE "~parts" (scheme INT, year INT, id VARCHAR, fen BIGINT, "first" DATE, paid BOOLEAN, stays BOOLEAN, '
    "waits BOOLEAN)"
)
ANSWERS = pa.schema(
    [("scheme", pa.int32()), ("year", pa.int32()), ("id", pa.string()), ("fen", pa.int64()), ("first", pa.date32()),
     ("paid", pa.bool_()), ("stays", pa.bool_()), ("waits", pa.bool_())]
)  # fmt: skip


def answers(found: Sequence[Scheme], tables: Tables, year: int, place: str, assume: str) -> pa.Table:
    """一年的答 — a row for each scheme and subject entitled, or waiting for papers or settings, at some time of the year.

    Columns `scheme` (its number in `found`), `year`, `id`, `fen` (分 of the periods in the year), `first` (of the course), `paid`
    (entitled at some time), `stays` (entitled on the last day), `waits` (never entitled, on the last day 材料待补 or 需配置).
    A scheme paid by the month or once is judged at every month's end, so that who leaves in the year is paid to that day;
    one paid by the year on 31 December. Where the days differ, the highest sum of the year is taken.
    """
    tables.connection.execute(_MADE)
    for month in range(1, 13):
        on = date(year, month, monthrange(year, month)[1])
        for at, scheme in enumerate(found):
            if month == 12 or (scheme.course is not None and scheme.course.every != "year"):
                _add(scheme, at, tables, on, place, assume, last=month == 12)
    return _merged(tables)


def on_the_day(found: Sequence[Scheme], tables: Tables, on: date, place: str, assume: str) -> pa.Table:
    """当日的答 — as `answers`, of one day."""
    tables.connection.execute(_MADE)
    for at, scheme in enumerate(found):
        _add(scheme, at, tables, on, place, assume, last=True)
    return _merged(tables)


def _add(scheme: Scheme, at: int, tables: Tables, on: date, place: str, assume: str, *, last: bool) -> None:
    _, query = prepared(scheme, tables, on, place, assume)
    money = _in_year(scheme, query, on) if query.stretches or _once(scheme) else "CAST(0 AS DECIMAL(18, 2))"
    tables.rows(
        f'INSERT INTO "~parts" SELECT CAST({at} AS INT) AS scheme, CAST({on.year} AS INT) AS year, CAST(id AS VARCHAR) AS id, '
        f"CASE WHEN decision = {YES} THEN CAST({money} * 100 AS BIGINT) ELSE 0 END AS fen, "
        f"CASE WHEN decision = {YES} THEN first END AS first, decision = {YES} AS paid, "
        f"decision = {YES} AND {last} AS stays, decision <> {YES} AND {last} AS waits "
        f"FROM ({query.detail}) AS told WHERE decision <> {NOT}"
    )


def _once(scheme: Scheme) -> bool:
    return scheme.course is not None and scheme.course.every == "once"


def _in_year(scheme: Scheme, query: Compiled, on: date) -> str:
    """SQL: 元 of the course's periods in the year, up to the day judged."""
    course, year, now = scheme.course, on.year, index_of(on)
    assert course is not None
    if course.every == "once":
        return f'CASE WHEN year("~first") = {year} THEN coalesce(amount, 0) ELSE 0 END'
    parts = []
    until = f'coalesce("~last", {now if course.every == "month" else year * 12 + 12})' if course.last else str(now)
    for at, span in enumerate(query.stretches):
        if course.every == "year":
            if (span.first is None or span.first <= year) and (span.last is None or year <= span.last):
                here = "TRUE"
                if not span.single:
                    here = f'"~first" <= {year * 12 + 12} AND {until} >= {year * 12 + 1}'
                parts.append(f'CASE WHEN "~n{at}" > 0 AND {here} THEN "~u{at}" ELSE 0 END')
            continue
        low, high = max(year * 12 + 1, span.first or 0), min(year * 12 + 12, span.last or year * 12 + 12)
        if low <= high:
            count = f'greatest(0, least({until}, {now}, {high}) - greatest("~first", {low}) + 1)'
            parts.append(f'CASE WHEN {count} > 0 THEN {count} * "~u{at}" ELSE 0 END')
    return " + ".join(parts) or "0"


def _merged(tables: Tables) -> pa.Table:
    """One row a scheme and subject, from those of the days of a year."""
    found = tables.arrow(
        'SELECT scheme, year, id, max(fen) AS fen, min("first") AS "first", bool_or(paid) AS paid, bool_or(stays) AS stays, '
        'bool_or(waits) AND NOT bool_or(paid) AS waits FROM "~parts" GROUP BY scheme, year, id'
    )
    tables.connection.execute('DROP TABLE "~parts"')
    return found.cast(ANSWERS)
