"""上报及时、字段一致、更正、口径 — the second half of the bulletin."""

from __future__ import annotations

from renjia.work.reports.comparing import SMALL, extremes, high_and_low, named
from renjia.work.reports.figures import BulletinFigures, InstitutionTimeliness
from renjia.work.reports.layout import Column, Section, Sentence, Table, say
from renjia.work.reports.shown import Cell, Share, Signed

_TEN = 10
_REMARKS = (
    "核实完成率＝已有结果（已核实、已更正、无法核实）÷应核实；无法核实也是结果，不算未完成。",
    "核实及时率＝时限内有结果÷应核实；分母包含尚未到期的个案，这些个案按期办结后及时率会升高。",
    "无法核实占比＝无法核实÷应核实。",
    "分母为零时写“—”，不写 0，也不写 100%。百分数四舍五入保留两位；两位会跨过目标线、0 或 100 的，多保留几位。",
    "增减由表中印出的数相减得到。",
)


def reporting(figures: BulletinFigures) -> Section:
    """六、上报及时."""
    due = [one for one in figures.timeliness if one.denominator]
    if not due:
        return Section("上报及时", (say("本月没有到期应报的个案，上报及时率不计算。"),))
    rows: list[tuple[Cell, ...]] = [
        (
            one.source,
            "不设" if one.due_days is None else f"{one.due_days} 天",
            one.denominator,
            one.numerator,
            one.denominator - one.numerator,
            Share(one.numerator, one.denominator),
        )
        for one in figures.timeliness
    ]
    columns = (
        Column("来源", "text", 1.8),
        Column("时限"),
        Column("应报（件）"),
        Column("及时（件）"),
        Column("未及时（件）"),
        Column("及时率"),
    )
    table = Table("reporting", "各来源上报及时", columns, tuple(rows), tuple(one.source for one in figures.timeliness))
    found = extremes([(one.source, Share(one.numerator, one.denominator)) for one in due])
    sentences = []
    if len(due) == 1:
        only = due[0].source
        sentences.append(
            say(
                f"{only}上报及时率 ",
                table.at(only, "及时率"),
                "（",
                table.at(only, "及时（件）"),
                "/",
                table.at(only, "应报（件）"),
                "）。",
            )
        )
    elif found:
        top, bottom = table.at(found.highest[0], "及时率"), table.at(found.lowest[0], "及时率")
        sentences.append(say(*high_and_low("各来源上报及时率", found, top, bottom), "。"))
    none_due = [one.source for one in figures.timeliness if not one.denominator]
    if none_due:
        sentences.append(say(f"{'、'.join(none_due)}没有应报的个案，及时率不计算。"))
    said, listing = _institutions(figures)
    return Section("上报及时", (*sentences, *said), (table, *listing))


def _lateness(one: InstitutionTimeliness) -> tuple[object, ...]:
    return (Share(one.numerator, one.denominator).percent, one.numerator - one.denominator, one.name)


def _institutions(figures: BulletinFigures) -> tuple[list[Sentence], list[Table]]:
    asked = [one for one in figures.institutions if one.denominator]
    if not asked:
        return [], []
    late = sorted((one for one in asked if one.numerator < one.denominator), key=_lateness)
    if not late:
        return [say("所列机构都在时限内上报。")], []
    listed = late[:_TEN]
    small = [one for one in listed if one.denominator < SMALL]
    rows = [
        (
            index,
            one.name + (" *" if one in small else ""),
            one.source,
            one.denominator,
            one.numerator,
            one.denominator - one.numerator,
            Share(one.numerator, one.denominator),
        )
        for index, one in enumerate(listed, 1)
    ]
    columns = (
        Column("序号", width=0.6),
        Column("机构", "text", 3.4),
        Column("来源", "text", 1.4),
        Column("应报（件）"),
        Column("及时（件）"),
        Column("未及时（件）", width=1.1),
        Column("及时率"),
    )
    notes = ["按及时率从低到高，相同的未及时多的在前。"]
    if len(late) > len(listed):
        notes.append(f"有未及时上报的机构共 {len(late)} 家，这里列 {_TEN} 家。")
    if small:
        notes.append(f"标 * 的应报不足 {SMALL} 件，慎作比较。")
    table = Table(
        "institutions",
        "上报及时率最低的机构",
        columns,
        tuple(rows),
        tuple(str(row[0]) for row in rows),
        note="".join(notes),
    )
    lowest = [one.name for one in listed if Share(one.numerator, one.denominator).percent == rows[0][-1].percent]
    sentences = [say(f"机构中及时率最低的是{named(list(dict.fromkeys(lowest)))}（", table.at("1", "及时率"), "）。")]
    return sentences, [table]


def agreement(figures: BulletinFigures) -> Section:
    """七、字段一致."""
    asked = [one for one in figures.agreement if one.denominator]
    if not asked:
        return Section("字段一致", (say("本月没有两个以上来源可比的个案，字段一致率不计算。"),))
    rows: list[tuple[Cell, ...]] = [
        (
            one.field,
            one.denominator,
            one.numerator,
            one.denominator - one.numerator,
            Share(one.numerator, one.denominator),
        )
        for one in figures.agreement
    ]
    columns = (
        Column("字段", "text", 1.8),
        Column("可比（个）"),
        Column("一致（个）"),
        Column("不一致（个）"),
        Column("一致率"),
    )
    table = Table(
        "agreement",
        "各字段一致情况",
        columns,
        tuple(rows),
        tuple(one.field for one in figures.agreement),
        note="可比：至少两个来源填了这个字段的个案；一致：各来源所填都相同。",
    )
    sentences = []
    found = extremes([(one.field, Share(one.numerator, one.denominator)) for one in asked])
    if len(asked) == 1:
        sentences.append(say(f"{asked[0].field}一致率 ", table.at(asked[0].field, "一致率"), "。"))
    elif found:
        top, bottom = table.at(found.highest[0], "一致率"), table.at(found.lowest[0], "一致率")
        sentences.append(say(*high_and_low("各字段一致率", found, top, bottom), "。"))
    return Section("字段一致", tuple(sentences), (table,))


def corrections(figures: BulletinFigures) -> Section:
    """八、更正 — the closed value stands; what the records say now stands beside it."""
    if not figures.corrections:
        return Section("已结月份的更正", (say("以前已结的月份没有更正。"),))
    rows: list[tuple[Cell, ...]] = [
        (
            one.month,
            one.street,
            one.name,
            one.was,
            one.now,
            Signed(one.now - one.was) if isinstance(one.was, int) and isinstance(one.now, int) else None,
        )
        for one in figures.corrections
    ]
    columns = (
        Column("月份", "text", 0.9),
        Column("街镇", "text", 1.8),
        Column("项目", "text", 2.2),
        Column("结账值"),
        Column("现值"),
        Column("差", width=0.7),
    )
    table = Table("corrections", "已结月份的更正", columns, tuple(rows), tuple(str(at) for at in range(len(rows))))
    months = sorted({one.month for one in figures.corrections if one.month})
    which = f"（{'、'.join(months)}）" if months else ""
    return Section(
        "已结月份的更正",
        (say(f"以前已结的月份{which}有更正，逐条列在表中；结账值不改动，现值并列备查。"),),
        (table,),
    )


def notes(figures: BulletinFigures) -> Section:
    """九、口径与说明."""
    sentences, tables = [], []
    if figures.unconfirmed:
        tables.append(
            Table(
                "standards",
                "未确认的标准",
                (Column("标准", "text", 2), Column("采用值", "text"), Column("来源", "text", 3)),
                tuple((one.name, one.value, one.source) for one in figures.unconfirmed),
                tuple(str(at) for at in range(len(figures.unconfirmed))),
            )
        )
        sentences.append(say("表中所列标准是演示值或未经确认，据此算出的数只供试用；正式通报前请由主管部门书面确认。"))
    if figures.definitions:
        described = any(one.text for one in figures.definitions)
        columns = (
            Column("口径", "text", 1.6),
            Column("版本", "text"),
            *([Column("说明", "text", 3.4)] if described else []),
        )
        tables.append(
            Table(
                "definitions",
                "本期所用口径的版本",
                columns,
                tuple((one.name, one.version, *([one.text] if described else [])) for one in figures.definitions),
                tuple(str(at) for at in range(len(figures.definitions))),
            )
        )
    return Section("口径与说明", tuple(sentences), tuple(tables), remarks=_REMARKS)
