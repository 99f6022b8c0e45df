"""出生监测这一块 — each street's score from its own verified cases and what was entered, deduction by deduction."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

import duckdb

from renjia.engine.scoring import AtomScore, BlockScore, Rubric, load_rubric, score, score_text
from renjia.engine.units import Month
from renjia.measure.indicators import Figure, compute, format_value, is_unplaced
from renjia.work.appraisal.models import EnteredFact

RUBRIC = "pudong-2024"
COMPUTED = {
    "出生个案核实完成率（%）": "completion_rate",
    "出生个案核实及时率（%）": "timeliness_rate",
    "出生个案无法核实占比（%）": "unverifiable_share",
}
ENTERED = ("人口监测未完成任务的问题（个）", "统计报表未及时准确上报（例）", "未运用基础数据核查统计（例）")

BY_RATES = dict(zip(("A3.5", "A3.6", "A3.7"), COMPUTED.items(), strict=True))  # atom → (fact, indicator)
BY_ENTRY = dict(zip(("A3.1", "A3.2", "A3.3"), ENTERED, strict=True))  # atom → fact

Entered = Mapping[tuple[str, str], int]  # (street, fact) → value


@dataclass(frozen=True)
class StreetBlock:
    """一个街镇的这一块 — figures: by fact; block.points is None while a fact is missing; missing: which."""

    code: str
    name: str
    figures: dict[str, Figure]
    entered: dict[str, int | None]
    block: BlockScore
    atoms: dict[str, AtomScore]

    @property
    def missing(self) -> list[str]:
        """未提供的事实 — not entered, or a rate over no case at all."""
        rates = [fact for fact, figure in self.figures.items() if not figure.denominator]
        return rates + [fact for fact, value in self.entered.items() if value is None]

    @property
    def deducted(self) -> Fraction:
        """已知的扣分 — of the atoms whose facts are known, before the block's floor."""
        return sum((Fraction(-(atom.points or 0)) for atom in self.atoms.values()), Fraction())

    @property
    def by_rates(self) -> Fraction | None:
        """三率扣分 — None over no case at all."""
        return self._deducted(BY_RATES)

    @property
    def by_entered(self) -> Fraction | None:
        """录入事实扣分 — None while one is not entered."""
        return self._deducted([id for id in self.atoms if id not in BY_RATES])

    def _deducted(self, ids: Iterable[str]) -> Fraction | None:
        atoms = [self.atoms[id] for id in ids]
        if not all(atom.provided for atom in atoms):
            return None
        return sum((Fraction(-(atom.points or 0)) for atom in atoms), Fraction())

    @property
    def issued(self) -> int:
        return self._rate("completion_rate").denominator or 0

    @property
    def done(self) -> int:
        return self._rate("completion_rate").numerator

    @property
    def in_time(self) -> int:
        return self._rate("timeliness_rate").numerator

    @property
    def unverifiable(self) -> int:
        return self._rate("unverifiable_share").numerator

    def _rate(self, indicator: str) -> Figure:
        return next(figure for figure in self.figures.values() if figure.indicator == indicator)


def the_rubric() -> Rubric:
    """考核表 — the rubric this room scores by."""
    return load_rubric(RUBRIC)


def year_of(through: Month) -> tuple[Month, Month]:
    """考核期 — from January to the month."""
    return Month(through.year, 1), through


@dataclass(frozen=True)
class Rates:
    """三率 — names of streets by code, and per street the figure of each computed fact, January to a month."""

    names: dict[str, str]
    figures: dict[str, dict[str, Figure]]


def months(con: duckdb.DuckDBPyConnection, on: date) -> dict[Month, bool]:
    """各月 — months with verifications, in order, and whether all of a month's were due by the day."""
    rows = con.execute("select period, max(due) <= ? from birth_verification group by period order by period", [on])
    return {Month.parse(period): bool(due) for period, due in rows.fetchall() if period}


def latest(found: dict[Month, bool]) -> Month | None:
    """该看哪个月 — the last month that was due: what is not yet due is not yet missed; the last of all where none was."""
    return max((month for month, due in found.items() if due), default=max(found, default=None))


def rates(con: duckdb.DuckDBPyConnection, through: Month) -> Rates:
    """算三率 — verifications issued from January to the month, by street; pools that are no street are left out."""
    names = dict(con.execute("select code, name from place where level = 'street' and \"to\" is null").fetchall())
    figures: dict[str, dict[str, Figure]] = {}
    for fact, indicator in COMPUTED.items():
        for figure in compute(indicator, con, ("street",), period=year_of(through), every_place=True):
            if not is_unplaced(figure.place):
                figures.setdefault(figure.place, {})[fact] = figure
    return Rates(names, figures)


def street_blocks(found: Rates, entered: Entered) -> list[StreetBlock]:
    """各街镇的这一块 — scored, in order of code."""
    rubric = the_rubric()
    own = {code: {fact: entered.get((code, fact)) for fact in ENTERED} for code in found.figures}
    facts = {code: own[code] | {fact: exact(one) for fact, one in by.items()} for code, by in found.figures.items()}
    scored = score(rubric, facts).places
    block = rubric.atoms["A3.5"].block
    atoms = [id for item in rubric.blocks[block].items for id in rubric.items[item].atoms]
    return [
        StreetBlock(
            code, found.names.get(code, code), found.figures[code], own[code], scored[code].blocks[block],
            {id: scored[code].atoms[id] for id in atoms},
        )
        for code in sorted(found.figures)
    ]  # fmt: skip


def entered_in(year: int) -> Entered:
    """某年录入的 — what the one who asks may see."""
    rows = EnteredFact.objects.filter(rubric=RUBRIC, year=year).values_list("place", "fact", "value")
    return {(place, fact): value for place, fact, value in rows}


def exact(figure: Figure) -> Fraction | None:
    """确切的百分数 — never rounded: 98.995 % is below 99 %; None over no case at all."""
    return Fraction(figure.numerator * 100, figure.denominator) if figure.denominator else None


def shown_figure(figure: Figure) -> str:
    """比率 — as pages write it, with what it stands on."""
    return f"{format_value(figure)}（{figure.numerator:,}/{figure.denominator or 0:,}）" if figure.denominator else "—"


def points_text(points: int | Fraction | None) -> str:
    """分数 — as every score sheet writes it, with the minus sign of print; “—” while there is none."""
    return score_text(points).replace("-", "−") or "—"
