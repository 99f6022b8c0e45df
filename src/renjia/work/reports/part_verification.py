"""核实 — three indicators against their targets, the streets ranked, high and low with ties."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from renjia.work.reports.comparing import SMALL, change, counted, extremes, named
from renjia.work.reports.figures import BulletinFigures, Previous, StreetFigures
from renjia.work.reports.layout import Column, Figure, Section, Sentence, Table, say
from renjia.work.reports.shown import Cell, Share, Signed

NONE_ISSUED = "没有应核实的个案"
_LIST = 10


@dataclass(frozen=True, slots=True)
class Measure:
    """一项核实指标 — which count stands over 应核实, and its target."""

    key: str
    name: str
    count: str
    column: str
    target: int
    at_most: bool = False

    def share(self, figures: StreetFigures | Previous) -> Share:
        return Share(getattr(figures, self.count), figures.issued, self.target, self.at_most)

    @property
    def line(self) -> str:
        return f"{'≤' if self.at_most else '≥'}{self.target}%"

    def short(self, figures: StreetFigures) -> int:
        """离目标 — cases to gain (or, of 无法核实, too many); 0 when the target is met."""
        exact = self.target * figures.issued
        if self.at_most:
            return max(0, figures.unverifiable - exact // 100)
        return max(0, -(-exact // 100) - self.share(figures).numerator)


def measures(figures: BulletinFigures) -> tuple[Measure, ...]:
    """三项指标 — completion, timeliness, unverifiable share, with this bulletin's targets."""
    targets = figures.targets
    return (
        Measure("completion", "核实完成率", "done", "完成率", targets.completion),
        Measure("timeliness", "核实及时率", "in_time", "及时率", targets.timeliness),
        Measure("unverifiable", "无法核实占比", "unverifiable", "无法核实占比", targets.unverifiable, at_most=True),
    )


def verification(figures: BulletinFigures) -> Section:
    """五、核实."""
    whole = figures.district_totals
    if not whole.issued:
        return Section(
            "个案核实",
            (say(f"本月{NONE_ISSUED}，完成率、及时率和无法核实占比都不计算，各街镇不排名。"),),
        )
    wanted = measures(figures)
    targets, streets = _targets_table(figures, wanted), _streets_table(figures, wanted)
    sentences = [_opening(streets), *(_against_target(targets, measure) for measure in wanted)]
    tables = [targets]
    compared = [street for street in figures.streets if street.ranked and street.issued]
    if len(compared) == 1:
        sentences.append(say(f"只有一个街镇（{compared[0].name}）有应核实的个案，不作高低比较。"))
    elif compared:
        spread = _spread_table(compared, wanted)
        tables.append(spread)
        sentences += [_high_low(spread, compared, measure) for measure in wanted]
    sentences += _about_streets(figures, streets)
    return Section("个案核实", tuple(sentences), (*tables, streets))


def _targets_table(figures: BulletinFigures, wanted: tuple[Measure, ...]) -> Table:
    whole, before = figures.district_totals, figures.previous
    rows: list[tuple[Cell, ...]] = []
    for measure in wanted:
        share = measure.share(whole)
        row: tuple[Cell, ...] = (
            measure.name,
            share.numerator,
            share.denominator,
            share,
            measure.line,
            "达标" if share.met else "未达标",
            measure.short(whole),
        )
        if before:
            past = measure.share(before)
            turned = None if past.percent is None or share.percent is None else Signed(share.percent - past.percent)
            row += (past, turned)
        rows.append(row)
    columns = [
        Column("指标", "text", 1.8),
        Column("分子"),
        Column("分母"),
        Column("本月"),
        Column("目标"),
        Column("是否达标", "text"),
        Column("离目标", width=1.1),
    ]
    if before:
        columns += [Column("上月"), Column("比上月", width=1.3)]
    return Table(
        "targets",
        "核实指标与目标",
        tuple(columns),
        tuple(rows),
        tuple(measure.key for measure in wanted),
        unit="单位：件" + ("，比上月为百分点" if before else ""),
        note="分母都是应核实（已下发）。离目标：完成率、及时率还差几件，无法核实占比超出几件。",
    )


def ranks(streets: list[StreetFigures], wanted: tuple[Measure, ...]) -> dict[str, int]:
    """名次 — completion, then timeliness, then the lower unverifiable share, as printed; equal streets share a rank."""

    def order(street: StreetFigures) -> tuple[Decimal, ...]:
        return tuple(
            (percent if measure.at_most else -percent)
            for measure in wanted
            if (percent := measure.share(street).percent) is not None
        )

    ordered = sorted(order(street) for street in streets)
    return {street.key: ordered.index(order(street)) + 1 for street in streets}


def _streets_table(figures: BulletinFigures, wanted: tuple[Measure, ...]) -> Table:
    place = ranks([street for street in figures.streets if street.ranked and street.issued], wanted)
    last = len(figures.streets)
    lines = sorted(
        enumerate(figures.streets),
        key=lambda one: (place.get(one[1].key, last + (1 if one[1].ranked else 2)), one[0]),
    )
    rows = [_street_row(street, place.get(street.key), wanted) for _, street in lines]
    columns = (
        Column("名次", width=0.75),
        Column("街镇", "text", 2.3),
        Column("应核实"),
        Column("已有结果"),
        Column("完成率", width=1.1),
        Column("时限内"),
        Column("及时率", width=1.1),
        Column("无法核实"),
        Column("无法核实占比", width=1.1),
        Column("未办结"),
        Column("其中超期"),
    )
    return Table(
        "streets",
        "各街镇核实情况",
        columns,
        tuple(rows),
        tuple(street.key for _, street in lines),
        total=(None, *_street_row(figures.district_totals, None, wanted)[1:]),
        unit="单位：件",
        note=(
            "名次依次比完成率、及时率、无法核实占比，相同的并列；只供参考，不是考核名次。加粗标红的未达标。"
            f"标 * 的应核实不足 {SMALL} 件，一件之差超过 5 个百分点，慎作比较。“—”表示{NONE_ISSUED}或不参加排名。"
        ),
    )


def _street_row(street: StreetFigures, place: int | None, wanted: tuple[Measure, ...]) -> tuple[Cell, ...]:
    completion, timeliness, unverifiable = (measure.share(street) for measure in wanted)
    small = street.ranked and 0 < street.issued < SMALL
    return (
        place,
        street.name + (" *" if small else ""),
        street.issued,
        street.done,
        completion,
        street.in_time,
        timeliness,
        street.unverifiable,
        unverifiable,
        street.open,
        street.late,
    )


def _spread_table(compared: list[StreetFigures], wanted: tuple[Measure, ...]) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for measure in wanted:
        shares = [(street.name, measure.share(street)) for street in compared]
        found = extremes(shares)
        if found is None:
            continue
        at = dict(reversed(shares))
        met = sum(share.met is True for _, share in shares)
        rows.append(
            (
                measure.name,
                at[found.highest[0]],
                len(found.highest),
                at[found.lowest[0]],
                len(found.lowest),
                met,
                len(shares) - met,
            )
        )
    columns = (
        Column("指标", "text", 1.8),
        Column("最高"),
        Column("最高的街镇", width=1.3),
        Column("最低"),
        Column("最低的街镇", width=1.3),
        Column("达标街镇", width=1.2),
        Column("未达标街镇", width=1.3),
    )
    return Table(
        "spread",
        "街镇高低",
        columns,
        tuple(rows),
        tuple(measure.key for measure in wanted),
        unit="单位：街镇数为个",
        note="只比较有应核实个案的街镇；按印出的数比，相同的并列。",
    )


def _opening(streets: Table) -> Sentence:
    if not streets.cell("total", "未办结"):
        return say("本月应核实 ", streets.at("total", "应核实"), " 件，全部已有结果。")
    return say(
        "本月应核实 ",
        streets.at("total", "应核实"),
        " 件，已有结果 ",
        streets.at("total", "已有结果"),
        " 件，未办结 ",
        streets.at("total", "未办结"),
        " 件，其中超期 ",
        streets.at("total", "其中超期"),
        " 件。",
    )


def _against_target(targets: Table, measure: Measure) -> Sentence:
    key, share = measure.key, targets.cell(measure.key, "本月")
    met = isinstance(share, Share) and share.met is True
    parts: list[str | Figure] = [
        f"{measure.name} ",
        targets.at(key, "本月"),
        "（",
        targets.at(key, "分子"),
        "/",
        targets.at(key, "分母"),
        "），目标 ",
        targets.at(key, "目标"),
        "，",
        targets.at(key, "是否达标"),
    ]
    if not met:
        parts += ["，超出 " if measure.at_most else "，还差 ", targets.at(key, "离目标"), " 件"]
    if "上月" in [column.title for column in targets.columns]:
        turned = targets.cell(key, "比上月")
        if not isinstance(turned, Signed):
            parts.append(f"；上月{NONE_ISSUED}，不作比较")
        elif turned.value == 0:
            parts.append("；与上月持平")
        else:
            word = change("提高" if not measure.at_most else "上升", "下降", turned)
            parts += [f"；比上月{word} ", targets.at(key, "比上月", size=True), " 个百分点"]
    return say(*parts, "。")


def _high_low(spread: Table, compared: list[StreetFigures], measure: Measure) -> Sentence:
    shares = [(street.name, measure.share(street)) for street in compared]
    found, key = extremes(shares), measure.key
    if found is None:
        return say(f"各街镇{NONE_ISSUED}。")
    missing = [name for name, share in shares if share.met is False]
    if found.level:
        parts: list[str | Figure] = [f"有应核实个案的街镇{measure.name}均为 ", spread.at(key, "最高")]
    else:
        parts = [f"各街镇{measure.name}最高 ", spread.at(key, "最高"), "（"]
        parts += _who(spread, key, "最高的街镇", found.highest)
        parts += ["），最低 ", spread.at(key, "最低"), "（", *_who(spread, key, "最低的街镇", found.lowest), "）"]
    if not missing:
        return say(*parts, "；全部达标。")
    if len(missing) == len(shares):
        return say(*parts, "；全部未达标。")
    names = "、".join(missing[:_LIST]) + ("等" if len(missing) > _LIST else "")
    return say(*parts, "；未达标的有 ", spread.at(key, "未达标街镇"), f" 个街镇：{names}。")


def _who(spread: Table, key: str, column: str, names: tuple[str, ...]) -> list[str | Figure]:
    if len(names) <= 3:
        return ["、".join(names)]
    return [spread.at(key, column), " 个街镇并列"]


def _about_streets(figures: BulletinFigures, streets: Table) -> list[Sentence]:
    sentences = []
    late = sorted((street for street in figures.streets if street.late), key=lambda street: -street.late)
    if late:
        pairs = [(street.name, streets.at(street.key, "其中超期")) for street in late]
        sentences.append(say("超期未办结的个案在", *counted(pairs, "件"), "，请尽快办结。"))
    small = [street.name for street in figures.streets if street.ranked and 0 < street.issued < SMALL]
    if small:
        sentences.append(say(f"{named(small)}应核实件数少（表中标 *），占比波动大，高低和名次慎作比较。"))
    idle = [street.name for street in figures.streets if street.ranked and not street.issued]
    if idle:
        sentences.append(say(f"{named(idle)}本月{NONE_ISSUED}，不参加排名。"))
    return sentences
