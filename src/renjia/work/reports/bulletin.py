"""月报 — one value made of figures only; Excel, Word and PDF are three prints of it."""

from __future__ import annotations

from renjia.work.reports.comparing import named
from renjia.work.reports.figures import BulletinFigures
from renjia.work.reports.layout import Bulletin, Chart, Column, Figure, Section, Sentence, Table
from renjia.work.reports.part_appraisal import appraisal
from renjia.work.reports.part_births import cases, chinese_month, overview, received, trend
from renjia.work.reports.part_sources import agreement, corrections, notes, reporting
from renjia.work.reports.part_verification import verification

__all__ = ["Bulletin", "BulletinFigures", "Chart", "Column", "Figure", "Section", "Sentence", "Table", "make_bulletin"]

_NUMBERS = "一二三四五六七八九十"


def make_bulletin(figures: BulletinFigures) -> Bulletin:
    """做月报 — every table from the figures, every sentence from cells of the tables; the same figures, the same value."""
    first = overview(figures)
    table = first.tables[0]
    found = (
        first,
        trend(figures),
        received(figures, table),
        cases(figures, table),
        verification(figures),
        appraisal(figures),
        reporting(figures),
        agreement(figures),
        corrections(figures),
        notes(figures),
    )
    sections = [section for section in found if section is not None]
    return Bulletin(
        title=f"{figures.district}{chinese_month(figures)}出生监测月报",
        district=figures.district,
        month=figures.month,
        as_of=figures.as_of,
        caution=_caution(figures),
        sections=tuple(
            Section(f"{_NUMBERS[at]}、{one.heading}", one.sentences, one.tables, one.chart, one.remarks)
            for at, one in enumerate(sections)
        ),
    )


def _caution(figures: BulletinFigures) -> str:
    if not figures.unconfirmed:
        return ""
    names = named(list(dict.fromkeys(one.name for one in figures.unconfirmed)))
    return f"注意：本期用到演示值或未确认的标准（{names}），数字只供试用，不得用于考核；详见“口径与说明”。"
