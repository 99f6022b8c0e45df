"""月报的句子 — every number of a sentence stands in a table; words follow the figures."""

import re
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from renjia.engine.units import Month
from renjia.work.reports.bulletin import Bulletin, make_bulletin
from renjia.work.reports.figures import (
    Births,
    BulletinFigures,
    Cases,
    FigureError,
    InstitutionTimeliness,
    Previous,
    Received,
    StreetFigures,
    Timeliness,
)
from renjia.work.reports.shown import MINUS, Share, Signed, shown

NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")


def numbers_of_tables(bulletin: Bulletin) -> set[str]:
    texts = [bulletin.title]
    for table in bulletin.tables:
        texts += [column.title for column in table.columns]
        texts += [shown(cell) for row in (*table.rows, table.total or ()) for cell in row]
    return {number for text in texts for number in NUMBER.findall(text)}


def text_of(figures: BulletinFigures) -> str:
    return "\n".join(sentence.text for sentence in make_bulletin(figures).sentences)


def bare(streets: tuple[StreetFigures, ...] = (), **more: object) -> BulletinFigures:
    made = BulletinFigures(Month(2025, 3), "浦东新区", date(2025, 4, 8), Births(0, 0), (), Cases(0), streets)
    return replace(made, **more)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_every_number_in_a_sentence_stands_in_a_table(
    data: st.DataObject, any_figures: st.SearchStrategy[BulletinFigures]
) -> None:
    bulletin = make_bulletin(data.draw(any_figures))
    known = numbers_of_tables(bulletin)
    for sentence in bulletin.sentences:
        assert set(NUMBER.findall(sentence.text)) <= known, sentence.text
        for figure in sentence.figures:
            cell = bulletin.table(figure.table).cell(figure.row, figure.column)
            assert figure.text in (shown(cell), shown(cell).lstrip("+" + MINUS))
    assert all(table.rows for table in bulletin.tables), "没有空表"
    assert all(section.sentences or section.tables or section.remarks for section in bulletin.sections)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_words_of_change_follow_the_signs(data: st.DataObject, any_figures: st.SearchStrategy[BulletinFigures]) -> None:
    """The word before a difference is the sign of its cell, wherever a sentence uses one."""
    up, down = ("增加", "提高", "上升"), ("减少", "下降")
    for sentence in (bulletin := make_bulletin(data.draw(any_figures))).sentences:
        at = 0
        for figure in sentence.figures:
            at = sentence.text.index(figure.text, at)
            cell = bulletin.table(figure.table).cell(figure.row, figure.column)
            if isinstance(cell, Signed) and not sentence.text[:at].endswith("（"):
                assert sentence.text[:at].rstrip().endswith(up if cell.value > 0 else down), sentence.text
            at += len(figure.text)
        shares = [
            bulletin.table(figure.table).cell(figure.row, figure.column)
            for figure in sentence.figures
            if (figure.table, figure.column) == ("targets", "本月")
        ]
        missed = [share for share in shares if isinstance(share, Share) and share.met is False]
        assert sentence.text.count("未达标，") == len(missed)


def test_a_whole_month_reads_right(figures: BulletinFigures) -> None:
    text = text_of(figures)
    assert (
        "2025年3月，浦东新区活产 1,012 人，其中男 523 人、女 488 人、性别不详 1 人，比上月增加 36 人（3.69%）。" in text
    )
    assert "核实完成率 98.78%（1,457/1,475），目标 ≥99%，未达标，还差 4 件；比上月下降 0.72 个百分点。" in text
    assert "最高 100.00%（20 个街镇并列），最低 93.75%（金桥镇）" in text
    assert "东明路街道本月没有应核实的个案" in text
    assert "演示值" in make_bulletin(figures).caution


def test_nothing_issued_is_said_and_not_counted_as_full() -> None:
    idle = tuple(StreetFigures(name, 0, 0, 0, 0, 0, 0) for name in ("甲镇", "乙镇"))
    for streets in ((), idle):
        bulletin = make_bulletin(bare(streets))
        text = "\n".join(sentence.text for sentence in bulletin.sentences)
        assert "没有应核实的个案" in text
        assert "达标" not in text
        assert "0.00%" not in text and "100.00%" not in text
        assert {table.id for table in bulletin.tables} == {"overview"}


def test_one_street_is_not_compared() -> None:
    text = text_of(bare((StreetFigures("甲镇", 30, 30, 30, 0, 0, 0), StreetFigures("乙镇", 0, 0, 0, 0, 0, 0))))
    assert "只有一个街镇（甲镇）有应核实的个案，不作高低比较" in text
    assert "最高" not in text


def test_ties_share_rank_and_are_both_named() -> None:
    streets = (
        StreetFigures("甲镇", 50, 50, 50, 0, 0, 0), StreetFigures("乙镇", 40, 40, 40, 0, 0, 0),
        StreetFigures("丙镇", 50, 45, 45, 2, 5, 1), StreetFigures("丁镇", 0, 0, 0, 0, 0, 0),
        StreetFigures("区本级", 10, 1, 1, 0, 9, 0, ranked=False),
    )  # fmt: skip
    bulletin = make_bulletin(bare(streets))
    table = bulletin.table("streets")
    assert [(table.cell(key, "名次"), key) for key in table.keys] == [
        (1, "甲镇"), (1, "乙镇"), (3, "丙镇"), (None, "丁镇"), (None, "区本级"),
    ]  # fmt: skip
    text = "\n".join(sentence.text for sentence in bulletin.sentences)
    assert "各街镇核实完成率最高 100.00%（甲镇、乙镇），最低 90.00%（丙镇）；未达标的有 1 个街镇：丙镇。" in text
    assert "超期未办结的个案在丙镇（1 件）" in text


def test_all_alike_is_neither_high_nor_low() -> None:
    text = text_of(bare(tuple(StreetFigures(name, 40, 40, 40, 0, 0, 0) for name in ("甲镇", "乙镇", "丙镇"))))
    assert "有应核实个案的街镇核实完成率均为 100.00%；全部达标。" in text
    assert "最高" not in text


def test_few_cases_are_said() -> None:
    bulletin = make_bulletin(
        bare((StreetFigures("甲镇", 19, 19, 19, 0, 0, 0), StreetFigures("乙镇", 20, 20, 20, 0, 0, 0)))
    )
    assert "甲镇应核实件数少" in "\n".join(sentence.text for sentence in bulletin.sentences)
    assert [row[1] for row in bulletin.table("streets").rows] == ["甲镇 *", "乙镇"]


def test_level_and_from_nothing() -> None:
    level = Previous(Births(6, 5), 10, 0, 0, 0, 0, 0)
    month = bare((StreetFigures("甲镇", 30, 30, 30, 0, 0, 0),), births=Births(5, 6), previous=level)
    text = text_of(replace(month, received=(Received("住院分娩", 10),)))
    assert "活产 11 人，其中男 5 人、女 6 人，与上月持平。" in text
    assert "上月没有应核实的个案，不作比较" in text
    nothing = replace(level, births=Births(0, 0))
    assert "比上月增加 11 人（上月为 0，不计幅度）" in text_of(replace(month, previous=nothing))


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: StreetFigures("甲镇", 10, 8, 8, 0, 1, 0),
        lambda: StreetFigures("甲镇", 10, 8, 9, 0, 2, 0),
        lambda: StreetFigures("甲镇", 10, 8, 8, 0, 2, 3),
        lambda: Received("住院分娩", 5, 3, 3),
        lambda: Births(-1, 0),
        lambda: bare((StreetFigures("甲镇", 0, 0, 0, 0, 0, 0),) * 2),
        lambda: bare((StreetFigures("甲\x00镇", 0, 0, 0, 0, 0, 0),)),
    ],
)
def test_figures_that_do_not_add_up_are_refused(wrong) -> None:
    with pytest.raises(FigureError, match="月报没有做"):
        wrong()


def test_trend_must_agree_with_the_month(figures: BulletinFigures) -> None:
    with pytest.raises(FigureError, match="与本月活产 1012 人不同"):
        replace(figures, trend=(*figures.trend[:-1], replace(figures.trend[-1], births=1013)))


def test_at_most_ten_institutions_and_never_a_timely_one(figures: BulletinFigures) -> None:
    table = make_bulletin(figures).table("institutions")
    shares = [row[-1] for row in table.rows]
    assert len(shares) == 10
    percents = [share.percent for share in shares if isinstance(share, Share)]
    assert percents == sorted(percents) and percents[-1] < 100


def test_a_month_with_one_late_institution_lists_only_that_one() -> None:
    late, timely = (
        InstitutionTimeliness("甲医院", 29, 30, "住院分娩"),
        InstitutionTimeliness("乙医院", 30, 30, "住院分娩"),
    )
    due = (Timeliness("住院分娩", 59, 60, 3),)
    bulletin = make_bulletin(bare(timeliness=due, institutions=(timely, late)))
    assert [row[1] for row in bulletin.table("institutions").rows] == ["甲医院"]
    text = text_of(bare(timeliness=due, institutions=(timely,)))
    assert "所列机构都在时限内上报" in text
