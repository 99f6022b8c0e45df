"""页上的例 — each case of an indicator's page: small tables as text, and the figures they should give.

```yaml
cases:
  - 无法核实也是结果:
      birth_verification: |
        case street    period  result       due        verified
        a    310115001 2025-03 unverifiable 2025-04-16 2025-04-10
        b    310115001 2025-03 -            2025-04-16 -
      by: [street]                 # 不写为全部
      period: 2025-03              # 不写为 2025-03；一段写 2025-01..2025-03
      gives: {310115001: 1/2 50.0 %}
```
Columns not written are empty, `-` is empty. `place` is a small district when it is not given. Keys of `gives` are the values of
`by`, place first, joined by a blank; `全部` without `by`; an empty value is `-`. A count is written `3 人` alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb
import pyarrow as pa

from renjia.engine.pages import Page, Plain
from renjia.engine.sql import connect
from renjia.engine.units import Month
from renjia.measure.indicators.computing import compute_page, rows_behind_page
from renjia.measure.indicators.figures import Figure, format_value
from renjia.measure.indicators.formulas import PLACES, Formula, formula_of
from renjia.measure.snapshot import TABLES

_WHOLE = "全部"
_DISTRICT = """
code         name   level         parent
310115       甲区   district      310000
310115001    甲街道 street        310115
310115002    乙镇   street        310115
310115001001 甲一居 neighbourhood 310115001
310115001002 甲二居 neighbourhood 310115001
310115002001 乙一村 neighbourhood 310115002
"""
_EVERY_ROW = {"known_from": "2025-04-01", "source": "例"}


@dataclass(frozen=True, slots=True)
class CaseRun:
    """一例的结果 — what the page expects and what came out, both as text by key."""

    name: str
    expected: dict[str, str]
    found: dict[str, str]

    @property
    def passed(self) -> bool:
        """相符 — whether they are the same."""
        return self.expected == self.found


def run_cases(page: Page) -> list[CaseRun]:
    """跑页上的例 — every case of the page, in order; PageError at the line of one that cannot be read.

    Also holds, for each figure, that as many cases stand behind a half as it counts (for halves that count rows).
    """
    formula = formula_of(page)
    return [_run(formula, at, case) for at, case in enumerate(page.cases)]


def _run(formula: Formula, at: int, case: Plain) -> CaseRun:
    page = formula.page
    if not isinstance(case, dict) or len(case) != 1:
        raise page.error(("cases", at), "一例应有一个名字", "写成「- 例名:」，下面缩进写表和 gives")
    name, body = next(iter(case.items()))
    keys = ("cases", at, name)
    if not isinstance(body, dict) or not isinstance(gives := body.get("gives"), dict):
        raise page.error(keys, f"「{name}」没有写 gives", "写成 gives: {全部: 1/2 50.0 %}")
    by = body.get("by", [])
    period = body.get("period", "2025-03")
    if not isinstance(by, list) or not isinstance(period, str):
        raise page.error(keys, f"「{name}」的 by 应是一列、period 应是月份", "写成 by: [street]、period: 2025-03")
    tables = {key: value for key, value in body.items() if key not in ("gives", "by", "period")}
    first, _, last = period.partition("..")
    span = (Month.parse(first), Month.parse(last or first))
    with connect(threads=1) as connection:
        _fill(page, keys, connection, {"place": _DISTRICT, **tables})
        figures = compute_page(formula, connection, [str(key) for key in by], span)
        for figure in figures:
            _check_behind(formula, connection, figure, span)
    place_first = any(key in PLACES for key in by)
    found = {_key(figure, place_first): _shown(figure) for figure in figures}
    return CaseRun(name, {str(key): " ".join(str(value).split()) for key, value in gives.items()}, found)


def _fill(page: Page, keys: tuple[str | int, ...], con: duckdb.DuckDBPyConnection, given: Mapping[str, Plain]) -> None:
    for name in given:
        if name not in TABLES:
            raise page.error(
                (*keys, name), f"没有「{name}」这张表", f"可写：{'、'.join((*TABLES, 'by', 'period', 'gives'))}"
            )
    for name, schema in TABLES.items():
        text = given.get(name, "")
        try:
            con.register(name, _table(schema, str(text)))
        except ValueError as wrong:
            raise page.error((*keys, name), f"「{name}」{wrong}", "第一行列名，以下每行一条，空的写 -") from wrong


def _table(schema: pa.Schema, text: str) -> pa.Table:
    lines = [line.split() for line in text.splitlines() if line.strip()]
    header = lines[0] if lines else []
    unknown = [column for column in header if column not in schema.names]
    if unknown:
        raise ValueError(f"没有列 {'、'.join(unknown)}；可写：{'、'.join(schema.names)}")
    rows = []
    for line in lines[1:]:
        if len(line) != len(header):
            raise ValueError(f"有 {len(header)} 列，这一行写了 {len(line)} 个：{' '.join(line)}")
        given = {column: value for column, value in zip(header, line, strict=True) if value != "-"}
        defaults = {column: value for column, value in _EVERY_ROW.items() if column in schema.names}
        rows.append({column: _value(schema.field(column).type, value) for column, value in (defaults | given).items()})
    return pa.Table.from_pylist(rows, schema)


def _value(kind: pa.DataType, text: str) -> Any:
    if pa.types.is_date(kind):
        return date.fromisoformat(text)
    if pa.types.is_integer(kind):
        return int(text)
    if pa.types.is_boolean(kind):
        if text not in ("true", "false"):
            raise ValueError(f"里的「{text}」应写 true 或 false")
        return text == "true"
    return text


def _check_behind(formula: Formula, con: duckdb.DuckDBPyConnection, figure: Figure, span: tuple[Month, Month]) -> None:
    for part, half, number in (
        ("numerator", formula.numerator, figure.numerator),
        ("denominator", formula.denominator, figure.denominator),
    ):
        if half is None or half.counted != "1":
            continue
        behind = rows_behind_page(formula, con, figure.place, span, part, figure.dims)  # type: ignore[arg-type]
        if len(behind) != number:
            raise formula.page.error((part,), f"计为 {number}，背后却有 {len(behind)} 个个案", "请报告给维护者")


def _key(figure: Figure, place_first: bool) -> str:
    words = ([figure.place] if place_first else []) + list(figure.dims.values())
    return " ".join(word or "-" for word in words) or _WHOLE


def _shown(figure: Figure) -> str:
    value = format_value(figure)
    return value if figure.denominator is None else f"{figure.numerator}/{figure.denominator} {value}"
