"""概况、趋势、接收、比对 — the first half of the bulletin."""

from __future__ import annotations

from decimal import Decimal

from renjia.work.reports.comparing import change, extremes, high_and_low
from renjia.work.reports.figures import BulletinFigures
from renjia.work.reports.layout import Chart, Column, Figure, Section, Sentence, Table, say
from renjia.work.reports.shown import Cell, Share, Signed, growth, per_hundred

_Z = Decimal("1.959964")  # two-sided 95 %


def chinese_month(figures: BulletinFigures) -> str:
    return f"{figures.month.year}年{figures.month.month}月"


def ratio_range(male: int, female: int) -> str | None:
    """性别比可能范围 — Wilson's 95 % interval of the share of boys, as boys per 100 girls; None with no girl or boy."""
    n = male + female
    if not male or not female:
        return None
    p, z2 = Decimal(male) / n, _Z * _Z
    middle, half = p + z2 / (2 * n), _Z * (p * (1 - p) / n + z2 / (4 * n * n)).sqrt()
    low, high = ((middle + sign * half) / (1 + z2 / n) for sign in (-1, 1))
    return "–".join(f"{(100 * share / (1 - share)).quantize(Decimal('0.01'))}" for share in (low, high))


def overview(figures: BulletinFigures) -> Section:
    """一、概况."""
    table = _overview_table(figures)
    return Section("本月概况", tuple(_overview_sentences(figures, table)), (table,))


def _overview_table(figures: BulletinFigures) -> Table:
    now, before = figures.births, figures.previous
    old = before.births if before else None
    counts: list[tuple[str, str, str, int, int | None]] = [
        ("births", "活产", "人", now.total, old.total if old else None),
        ("male", "其中：男", "人", now.male, old.male if old else None),
        ("female", "　　　女", "人", now.female, old.female if old else None),
    ]
    if now.unknown or (old and old.unknown):
        counts.append(("unknown", "　　　性别不详", "人", now.unknown, old.unknown if old else None))
    received = sum(one.received for one in figures.received)
    counts.append(("received", "收到记录", "条", received, before.received if before else None))
    counts.append(("cases", "出生个案", "个", figures.cases.total, before.cases if before else None))
    rows: list[tuple[Cell, ...]] = []
    keys = []
    for key, name, unit, number, past in counts:
        more: tuple[Cell, ...] = ()
        if past is not None:
            rate = growth(number, past)
            more = (past, Signed(number - past), Signed(rate) if rate is not None else None)
        rows.append((name, unit, number, *more))
        keys.append(key)
    ratio, past_ratio = per_hundred(now.male, now.female), per_hundred(old.male, old.female) if old else None
    turned = Signed(ratio - past_ratio) if ratio is not None and past_ratio is not None else None
    rows.insert(
        3 + ("unknown" in keys), ("出生人口性别比", "女＝100", ratio, *((past_ratio, turned, None) if old else ()))
    )
    keys.insert(3 + ("unknown" in keys), "ratio")
    spread = ratio_range(now.male, now.female)
    past_spread = ratio_range(old.male, old.female) if old else None
    at = keys.index("ratio") + 1
    rows.insert(at, ("性别比 95% 区间", "女＝100", spread, *((past_spread, None, None) if old else ())))
    keys.insert(at, "range")
    columns = [Column("项目", "text", 2.6), Column("单位", "text", 1.2), Column("本月", width=1.8)]
    if before:
        columns += [Column("上月", width=1.8), Column("增减", width=1.2), Column("增减幅度（%）", width=1.4)]
    return Table("overview", "本月概况", tuple(columns), tuple(rows), tuple(keys))


def compared(table: Table, row: str, unit: str) -> list[str | Figure]:
    """比上月 — “，比上月增加 36 人（3.69%）”, “，与上月持平”, or nothing without a month before."""
    if "增减" not in [column.title for column in table.columns]:
        return []
    difference, rate = table.cell(row, "增减"), table.cell(row, "增减幅度（%）")
    if not isinstance(difference, Signed):
        return []
    if difference.value == 0:
        return ["，与上月持平"]
    parts: list[str | Figure] = [
        f"，比上月{change('增加', '减少', difference)} ",
        table.at(row, "增减", size=True),
        f" {unit}",
    ]
    if rate is None:
        return [*parts, "（上月为 ", table.at(row, "上月"), "，不计幅度）"]
    return [*parts, "（", table.at(row, "增减幅度（%）", size=True), "%）"]


def _overview_sentences(figures: BulletinFigures, table: Table) -> list[Sentence]:
    births, head = figures.births, f"{chinese_month(figures)}，{figures.district}"
    if births.total == 0:
        return [say(f"{head}没有活产记录", *compared(table, "births", "人"), "。")]
    parts: list[str | Figure] = [
        f"{head}活产 ",
        table.at("births", "本月"),
        " 人，其中男 ",
        table.at("male", "本月"),
        " 人、女 ",
        table.at("female", "本月"),
        " 人",
    ]
    if births.unknown:
        parts += ["、性别不详 ", table.at("unknown", "本月"), " 人"]
    sentences = [say(*parts, *compared(table, "births", "人"), "。")]
    if table.cell("range", "本月") is None:
        sentences.append(say("男婴或女婴为零，不计出生人口性别比。"))
    else:
        sentences.append(
            say(
                "出生人口性别比 ",
                table.at("ratio", "本月"),
                "（女＝100），按本月人数的 95% 区间是 ",
                table.at("range", "本月"),
                "；单月人数少，不宜据此判断偏高偏低。",
            )
        )
    return sentences


def trend(figures: BulletinFigures) -> Section | None:
    """二、趋势 — from two months on."""
    points = sorted(figures.trend, key=lambda point: point.month)
    if len(points) < 2:
        return None
    by_month = {point.month: point.births for point in points}
    rows: list[tuple[Cell, ...]] = []
    for month, births in by_month.items():
        before = by_month.get(month.previous())
        rows.append((str(month), births, None if before is None else Signed(births - before)))
    keys = tuple(str(month) for month in by_month)
    table = Table(
        "trend",
        "逐月活产",
        (Column("月份", "text", 1.2), Column("活产（人）"), Column("比上月（人）")),
        tuple(rows),
        keys,
        note=f"数据截至 {figures.as_of}；迟报会使最近几个月偏低，以后补报的计入出生当月。",
    )
    high, low = max(by_month.values()), min(by_month.values())
    tops = [str(month) for month, births in by_month.items() if births == high]
    bottoms = [str(month) for month, births in by_month.items() if births == low]
    if high == low:
        sentence = say("所列各月活产均为 ", table.at(tops[0], "活产（人）"), " 人。")
    else:
        sentence = say(
            "所列各月中，活产最多的是 ",
            "、".join(tops),
            "（",
            table.at(tops[0], "活产（人）"),
            " 人），最少的是 ",
            "、".join(bottoms),
            "（",
            table.at(bottoms[0], "活产（人）"),
            " 人）。",
        )
    chart = Chart("逐月活产（人）", "trend", tuple((str(month), births) for month, births in by_month.items()))
    return Section("活产趋势", (sentence,), (table,), chart)


def received(figures: BulletinFigures, overview_table: Table) -> Section:
    """三、接收."""
    if not any(one.received for one in figures.received):
        return Section("数据接收", (say("本月没有收到任何来源的记录。"),))
    rows: list[tuple[Cell, ...]] = [
        (one.source, one.received, one.accepted, one.returned, one.repeated, Share(one.returned, one.received))
        for one in figures.received
    ]
    sums = [
        sum(getattr(one, name) for one in figures.received) for name in ("received", "accepted", "returned", "repeated")
    ]
    columns = (
        Column("来源", "text", 1.8),
        Column("收到（条）"),
        Column("入库（条）"),
        Column("退回（条）"),
        Column("重复（条）"),
        Column("退回占比"),
    )
    table = Table(
        "received",
        "各来源接收",
        columns,
        tuple(rows),
        tuple(one.source for one in figures.received),
        total=("合计", *sums, Share(sums[2], sums[0])),
        note="收到＝入库＋退回＋重复。同一条记录再次报送的记为重复，只保留一条。",
    )
    sentences = [
        say(
            "各来源共收到 ",
            table.at("total", "收到（条）"),
            " 条记录",
            *compared(overview_table, "received", "条"),
            "；入库 ",
            table.at("total", "入库（条）"),
            " 条，退回 ",
            table.at("total", "退回（条）"),
            " 条（占 ",
            table.at("total", "退回占比"),
            "），重复 ",
            table.at("total", "重复（条）"),
            " 条。",
        )
    ]
    found = extremes([(one.source, Share(one.returned, one.received)) for one in figures.received])
    if found and sums[2] and not (found.level and len(found.highest) == 1):
        top, bottom = table.at(found.highest[0], "退回占比"), table.at(found.lowest[0], "退回占比")
        sentences.append(say(*high_and_low("各来源的退回占比", found, top, bottom), "。"))
    silent = [one.source for one in figures.received if not one.received]
    if silent:
        sentences.append(say(f"本月没有收到：{'、'.join(silent)}。"))
    return Section("数据接收", tuple(sentences), (table,))


def cases(figures: BulletinFigures, overview_table: Table) -> Section:
    """四、比对."""
    found = figures.cases
    if not found.total:
        return Section("比对结果", (say("本月没有出生个案。"),))
    states = (
        ("已决", found.decided),
        ("双胎待定", found.twins_undecided),
        ("待复核", found.in_review),
        ("单独", found.alone),
    )
    table = Table(
        "cases",
        "比对结果",
        (Column("状态", "text", 1.4), Column("个案（个）"), Column("占比")),
        tuple((state, number, Share(number, found.total)) for state, number in states),
        tuple(state for state, _ in states),
        total=("合计", found.total, Share(found.total, found.total)),
    )
    parts: list[str | Figure] = ["比对后有出生个案 ", table.at("total", "个案（个）"), " 个"]
    parts += [*compared(overview_table, "cases", "个"), "：已决 ", table.at("已决", "个案（个）"), " 个（"]
    parts += [table.at("已决", "占比"), "）"]
    for state, _ in states[1:]:
        parts += [f"，{state} ", table.at(state, "个案（个）"), " 个"]
    sentences = [say(*parts, "。")]
    if found.in_review or found.twins_undecided:
        sentences.append(say("待复核和双胎待定的个案请区监测员在“比对复核”中处理，处理前不算已决。"))
    return Section("比对结果", tuple(sentences), (table,))
