"""年度考核 — what 出生监测 has earned each street since January, from the same cases as the rates above."""

from __future__ import annotations

from decimal import Decimal

from renjia.work.reports.comparing import named
from renjia.work.reports.figures import Appraised, BulletinFigures
from renjia.work.reports.layout import Column, Section, Sentence, Table, say
from renjia.work.reports.shown import Cell, Share


def appraisal(figures: BulletinFigures) -> Section | None:
    """六、年度考核·出生监测 — left out of a bulletin without it (one closed before it was counted)."""
    found = [one for one in figures.appraised if one.issued]
    if not found:
        return None
    targets = figures.targets
    rows: list[tuple[Cell, ...]] = [
        (
            one.name,
            one.issued,
            Share(one.done, one.issued, targets.completion),
            Share(one.in_time, one.issued, targets.timeliness),
            Share(one.unverifiable, one.issued, targets.unverifiable, at_most=True),
            _points(one.by_rates),
            "未录入" if one.entered is None else _points(one.entered),
            "未齐" if one.points is None else _points(one.points),
        )
        for one in found
    ]
    columns = (
        Column("街镇", "text", 1.8),
        Column("应核实"),
        Column("完成率"),
        Column("及时率"),
        Column("无法核实占比", width=1.3),
        Column("三率扣分"),
        Column("录入事实扣分", width=1.3),
        Column("得分"),
    )
    table = Table(
        "appraisal",
        "出生监测得分",
        columns,
        tuple(rows),
        tuple(one.code for one in found),
        unit=f"单位：应核实为件，扣分、得分为分（满分 {found[0].limit // 100} 分）",
        note=f"一月至 {figures.appraised_through} 下发的个案合计，都已到期；录入事实由区里录入（问题、报表、核查），没有录齐的不出得分。",
    )
    return Section("年度考核·出生监测", tuple(_sentences(found, table)), (table,))


def _points(hundredths: int | None) -> Decimal | None:
    return None if hundredths is None else Decimal(hundredths).scaleb(-2)


def _sentences(found: list[Appraised], table: Table) -> list[Sentence]:
    clean = [one for one in found if one.by_rates == 0]
    short = sorted((one for one in found if one.by_rates), key=lambda one: (-(one.by_rates or 0), one.code))
    if not short:
        return [say("今年以来各街镇核实三率都达标，没有扣分。")]
    sentences = []
    if clean:
        sentences.append(say(f"今年以来核实三率没有扣分的有{named([one.name for one in clean])}。"))
    worst = [one for one in short if one.by_rates == short[0].by_rates]
    names = named([one.name for one in worst])
    sentences.append(say(f"三率扣分最多的是{names}，扣 ", table.at(worst[0].code, "三率扣分"), " 分。"))
    return sentences
