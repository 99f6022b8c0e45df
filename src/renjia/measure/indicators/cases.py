"""页上的例 — each case of an indicator's page: small tables as text, and the figures they should give.

```yaml
cases:
  - 无法核实也是结果:
      birth_verification: |
        case street    period  result       due        verified
        a    310115001 2025-03 unverifiable 2025-04-16 2025-04-10
        b    310115001 2025-03 -            2025-04-16 -
      by: [street]                 # 不写为全部
      period: 2025-03              # 不写为 2025-03；一段写 2025-01..2025-03，统计年度写 2025
      base: 户籍                   # 不写为页上的口径
      origin: entered              # 由录入的合计算；不写为 register
      gives: {310115001: 1/2 50.0 %}
```
Columns not written are empty, `-` is empty. `place` is a small district when it is not given. Keys of `gives` are the values of
`by`, place first, joined by a blank; `全部` without `by`; an empty value is `-`. A count is written alone (`3 人`), and so is a
kind that goes age by age; a mean population is written in person-years.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from renjia.engine.pages import Page, Plain
from renjia.engine.sql import connect, small_table
from renjia.engine.units import Month
from renjia.measure.indicators.computing import (
    Engine,
    Part,
    compute_page,
    dialect_of,
    rows_behind_page,
    statistical_year,
)
from renjia.measure.indicators.errors import MeasureError
from renjia.measure.indicators.figures import Figure, format_value
from renjia.measure.indicators.formulas import PLACES, Formula, Half, formula_of
from renjia.measure.indicators.kinds import PROFILES
from renjia.measure.snapshot import TABLES, derived_in

_WHOLE = "全部"
_SAID = ("by", "period", "base", "origin", "gives")
_ONES = ("1", 'COALESCE("people", 0)')  # what a half adds for a row that is one case
_DISTRICT = """
code         name   level         parent
310115       甲区   district      310000
310115001    甲街道 street        310115
310115002    乙镇   street        310115
310115001001 甲一居 neighbourhood 310115001
310115001002 甲二居 neighbourhood 310115001
310115002001 乙一村 neighbourhood 310115002
"""
_EVERY_ROW = {"known_from": date(2025, 4, 1), "source": "例"}


class Register(Engine, Protocol):
    """可放表的引擎 — an engine that also takes tables by name: a DuckDB connection, or `SparkEngine`."""

    def register(self, name: str, table: Any, /) -> Any:
        """放表 — replaces the table of that name."""


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


def run_cases(page: Page, engine: Register | None = None) -> list[CaseRun]:
    """跑页上的例 — every case of the page, in order; PageError at the line of one that cannot be read.

    engine: where to run them; without one they run on a DuckDB of its own, and it is also held, for each figure, that
    as many cases stand behind a half as it counts (for halves that count rows or people).
    """
    formula = formula_of(page)
    if engine is not None:
        if derived_in(engine, dialect_of(engine), formula.facts):
            raise MeasureError("这个连接里有备好的表，例里换了别的表就对不上；请给一个空的连接")
        return [_run(formula, at, case, engine, behind=False) for at, case in enumerate(page.cases)]
    with connect(threads=1) as own:
        return [_run(formula, at, case, own, behind=True) for at, case in enumerate(page.cases)]


def _run(formula: Formula, at: int, case: Plain, engine: Register, *, behind: bool) -> CaseRun:
    page = formula.page
    if not isinstance(case, dict) or len(case) != 1:
        raise page.error(("cases", at), "一例应有一个名字", "写成「- 例名:」，下面缩进写表和 gives")
    name, body = next(iter(case.items()))
    keys = ("cases", at, name)
    if not isinstance(body, dict) or not isinstance(gives := body.get("gives"), dict):
        raise page.error(keys, f"「{name}」没有写 gives", "写成 gives: {全部: 1/2 50.0 %}")
    by = body.get("by", [])
    said = [body.get("period", "2025-03"), body.get("base", ""), body.get("origin", "register")]
    if not isinstance(by, list) or not all(isinstance(one, str) for one in said):
        raise page.error(keys, f"「{name}」的 by 应是一列、period 应是月份", "写成 by: [street]、period: 2025-03")
    period, base, origin = (str(one) for one in said)
    tables = {key: value for key, value in body.items() if key not in _SAID}
    span = _span(page, keys, period)
    _fill(page, keys, engine, {"place": _DISTRICT, **tables})
    figures = compute_page(formula, engine, [str(key) for key in by], span, base=base, origin=origin)
    if behind and origin == "register":
        for figure in figures:
            _check_behind(formula, engine, figure, span)
    place_first = any(key in PLACES for key in by)
    found = {_key(figure, place_first): _shown(figure) for figure in figures}
    return CaseRun(name, {str(key): " ".join(str(value).split()) for key, value in gives.items()}, found)


def _span(page: Page, keys: tuple[str | int, ...], text: str) -> tuple[Month, Month]:
    first, _, last = text.partition("..")
    try:
        if len(text) == 4:
            return statistical_year(page, int(text))
        return Month.parse(first), Month.parse(last or first)
    except ValueError as wrong:
        raise page.error((*keys, "period"), str(wrong), "写成 2025-03、2025-01..2025-03 或 2025") from wrong


def _fill(page: Page, keys: tuple[str | int, ...], engine: Register, given: Mapping[str, Plain]) -> None:
    for name in given:
        if name not in TABLES:
            raise page.error((*keys, name), f"没有「{name}」这张表", f"可写：{'、'.join((*TABLES, *_SAID))}")
    for name, schema in TABLES.items():
        text = given.get(name, "")
        try:
            engine.register(name, small_table(schema, str(text), _EVERY_ROW))
        except ValueError as wrong:
            raise page.error((*keys, name), f"「{name}」{wrong}", "第一行列名，以下每行一条，空的写 -") from wrong


def _check_behind(formula: Formula, engine: Register, figure: Figure, span: tuple[Month, Month]) -> None:
    halves: tuple[tuple[Part, Half | None, int | None], ...] = (
        ("numerator", formula.numerator, figure.numerator),
        ("denominator", formula.denominator, figure.denominator),
    )
    for part, half, number in halves:
        if (
            half is None
            or half.counted not in _ONES
            or formula.is_profile
            or (half.is_stock and formula.at == "change")
        ):
            continue
        behind = rows_behind_page(formula, engine, figure.place, span, part, figure.dims, base=figure.base)
        if len(behind) != number:
            raise formula.page.error((part,), f"计为 {number}，背后却有 {len(behind)} 个个案", "请报告给维护者")


def _key(figure: Figure, place_first: bool) -> str:
    words = ([figure.place] if place_first else []) + list(figure.dims.values())
    return " ".join(word or "-" for word in words) or _WHOLE


def _shown(figure: Figure) -> str:
    """`2/4 500.00‰`: what was counted over what it was held against, in persons or person-years, and the value."""
    value = format_value(figure)
    if figure.interval is not None:
        value += " [" + ", ".join(f"{limit:.1f}" for limit in figure.interval) + "]"
    if figure.rolling is not None:
        value += f" 近期 {_shown(figure.rolling)}"
    if figure.denominator is None or figure.kind in PROFILES:
        return value
    if figure.kind == "difference":
        return f"{figure.numerator}-{figure.denominator} {value}"
    whole = figure.exposure
    shown = str(whole) if whole.denominator == 1 else f"{float(whole):.4f}".rstrip("0")
    return f"{figure.numerator}/{shown} {value}"
