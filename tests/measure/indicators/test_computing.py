"""Parts add up, rates stay in their range, order tells nothing, and behind each number stand its cases."""

import random
from collections import Counter
from datetime import timedelta
from fractions import Fraction

import pytest

from renjia.engine.pages import PageError
from renjia.engine.units import Month
from renjia.measure.indicators import MeasureError, all_indicators, compute, dimensions, is_unplaced, rows_behind

PAGES = {page.id: page for page in all_indicators()}
QUARTER = (Month(2025, 1), Month(2025, 3))
MARCH = Month(2025, 3)
SEEDS = pytest.mark.parametrize("seed", range(3))


def total(figures) -> tuple[int, int]:
    return sum(f.numerator for f in figures), sum(f.denominator or 0 for f in figures)


def breakdowns(page) -> list[tuple[str, ...]]:
    """Every way to break an indicator down by one key, and by street with another."""
    keys = ["district", "street", "neighbourhood", "month", *dimensions(page)]
    return [(key,) for key in keys] + [("street", key) for key in keys[3:]]


@pytest.mark.parametrize("id", PAGES)
def test_parts_add_to_the_whole(district, id):
    whole = total(compute(id, district, (), period=QUARTER))
    assert whole[0] > 0, "样本里应有这个指标的数"
    for by in breakdowns(PAGES[id]):
        figures = compute(id, district, by, period=QUARTER)
        assert total(figures) == whole, by
        assert len({(f.place, *f.dims.values()) for f in figures}) == len(figures)


@pytest.mark.parametrize("id", PAGES)
def test_months_and_places_within_a_place_add_up(district, id):
    months = [total(compute(id, district, ("street",), period=month)) for month in QUARTER[0].until(QUARTER[1])]
    assert tuple(map(sum, zip(*months, strict=True))) == total(compute(id, district, (), period=QUARTER))
    for figure in compute(id, district, ("street",), period=QUARTER):
        inside = compute(id, district, ("neighbourhood",), period=QUARTER, within=figure.place)
        assert total(inside) == (figure.numerator, figure.denominator or 0)
        assert all(f.place.startswith(figure.place) for f in inside)


@pytest.mark.parametrize("id", PAGES)
def test_behind_every_figure_stand_as_many_cases(district, id):
    for by in [(), ("street",), ("street", *dimensions(PAGES[id]))]:
        for f in compute(id, district, by, period=QUARTER):
            numerator = rows_behind(id, district, f.place, QUARTER, "numerator", f.dims)
            assert len(numerator) == f.numerator and numerator == sorted(numerator)
            if f.denominator is not None:
                denominator = rows_behind(id, district, f.place, QUARTER, "denominator", f.dims)
                assert len(denominator) == f.denominator
                assert not Counter(numerator) - Counter(denominator)


@SEEDS
def test_rates_lie_in_their_range_and_are_exact(make_rows, over, seed):
    with over(make_rows(seed, 25)) as con:
        for id, page in PAGES.items():
            for f in compute(id, con, ("neighbourhood", "month"), period=QUARTER):
                assert type(f.numerator) is int
                if f.denominator is None:
                    assert f.value == f.numerator >= 0 and page.body["kind"] == "count"
                elif f.denominator == 0:
                    assert f.value is None and f.exact is None
                else:
                    assert 0 <= f.value <= 100 and f.exact == Fraction(f.numerator * 100, f.denominator)
                    assert (f.value == 100) == (f.numerator == f.denominator)
                    assert abs(Fraction(f.value) - f.exact) < Fraction(1, 10**40)


@SEEDS
def test_the_order_of_rows_tells_nothing(make_rows, over, seed):
    rows = make_rows(seed, 25)
    answers = []
    for turn in range(2):
        shuffled = {name: random.Random(turn).sample(given, len(given)) for name, given in rows.items()}
        with over(shuffled) as con:
            answers.append(
                [compute(id, con, breakdowns(page)[-1], period=QUARTER) for id, page in PAGES.items()]
                + [rows_behind(id, con, "", QUARTER, "numerator") for id in PAGES]
            )
    assert answers[0] == answers[1]


def test_the_verification_rates_against_a_count_by_hand(make_rows, over):
    rows = make_rows(7)
    asked = [v for v in rows["birth_verification"] if v["period"] == "2025-03"]
    by_hand = {
        "completion_rate": sum(v["result"] is not None for v in asked),
        "timeliness_rate": sum(v["result"] is not None and v["verified"] <= v["due"] for v in asked),
        "unverifiable_share": sum(v["result"] == "unverifiable" for v in asked),
    }
    with over(rows) as con:
        for id, number in by_hand.items():
            [figure] = compute(id, con, (), period=MARCH)
            assert (figure.numerator, figure.denominator) == (number, len(asked))


def test_the_missing_reports_against_a_count_by_hand(make_rows, over):
    rows = make_rows(7)
    sent = {(r["case"], r["feed"]) for r in rows["birth_report"]}
    due = {"hospital_delivery": 3, "vaccination": 30}
    expected = [
        ((c["case"], feed) in sent, feed)
        for c in rows["birth_case"]
        for feed, days in due.items()
        if c["born"] and c["outcome"] != "still" and c["born"] + timedelta(days=days) < MARCH.last
    ]
    with over(rows) as con:
        for figure in compute("missing_share", con, ("source",), period=QUARTER):
            mine = [there for there, feed in expected if feed == figure.dims["source"]]
            assert (figure.numerator, figure.denominator) == (mine.count(False), len(mine))


def test_sources_without_a_term_have_no_timeliness(district):
    figures = compute("reporting_timeliness", district, ("source", "institution"), period=QUARTER)
    assert {f.dims["source"] for f in figures} == {"hospital_delivery", "vaccination"}
    assert {f.dims["institution"] for f in figures} == {"H1", "H2", ""}


def test_what_has_no_place_stands_under_its_parent(district):
    streets = {f.place for f in compute("completion_rate", district, period=QUARTER)}
    assert streets == {"310115001", "310115002", "310115003", "310115000"}
    assert [code for code in streets if is_unplaced(code)] == ["310115000"]
    nearer = {f.place for f in compute("completion_rate", district, ("neighbourhood",), period=QUARTER)}
    assert {code for code in nearer if is_unplaced(code)} == {f"{street}000" for street in streets}
    assert not is_unplaced("310000")


def test_every_place_shows_also_those_without_rows(district):
    figures = compute("completion_rate", district, ("street",), period=MARCH, every_place=True)
    shown = {f.place: f for f in figures}
    assert shown["310115004"].value is None and shown["310115004"].denominator == 0
    assert "310115005" not in shown, "已撤销的街道不列"
    assert list(shown) == sorted(shown)
    assert total(figures) == total(compute("completion_rate", district, period=MARCH))


def test_a_figure_says_what_it_is(district):
    [figure] = compute("completion_rate", district, (), period=MARCH)
    assert (figure.place, figure.period, figure.unit, figure.indicator) == ("", "2025-03", "%", "completion_rate")
    assert figure.target == 99 and figure.better == "higher"
    [quarter] = compute("completion_rate", district, (), period=QUARTER, within="310115001")
    assert (quarter.place, quarter.period) == ("310115001", "2025-01..2025-03")
    assert quarter.version == figure.version


@pytest.mark.parametrize(
    ("ask", "says"),
    [
        ({"by": ("source",)}, "不能按「source」分；可分：district"),
        ({"by": ('street" OR 1=1 --',)}, "不能按"),
        ({"by": ("street", "neighbourhood")}, "一次只能按一级分"),
        ({"by": ("street", "street")}, "重复"),
        ({"period": (MARCH, Month(2025, 1))}, "起月 2025-03 晚于止月 2025-01"),
        ({"within": "3101"}, "「3101」不是区、街镇或居村的代码"),
        ({"within": "' OR '1"}, "不是区、街镇或居村的代码"),
    ],
)
def test_what_cannot_be_asked(district, ask, says):
    with pytest.raises(MeasureError, match=says):
        compute("completion_rate", district, **{"period": MARCH, **ask})


def test_unknown_indicators_halves_and_missing_tables_are_told(district, over):
    with pytest.raises(PageError, match="没有编号为「birth」的页面"):
        compute("birth", district, period=MARCH)
    with pytest.raises(MeasureError, match="是计数，没有分母"):
        rows_behind("births", district, "", MARCH, "denominator")
    with pytest.raises(MeasureError, match="没有「both」这一半"):
        rows_behind("births", district, "", MARCH, "both")
    with over({}) as con:
        con.unregister("birth_verification")
        with pytest.raises(MeasureError, match="判定库缺表"):
            compute("completion_rate", con, period=MARCH)


def test_dimension_values_are_only_values(district):
    assert rows_behind("births", district, "", QUARTER, "numerator", {"sex": "1' OR '1'='1"}) == []
