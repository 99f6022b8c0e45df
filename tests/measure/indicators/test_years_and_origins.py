"""Which year, which people, from which numbers: repealed indicators, statistical years, totals typed in."""

from datetime import date
from decimal import Decimal

import pytest

from renjia.engine.pages import DEFINITIONS, PageError
from renjia.engine.pages import page as get_page
from renjia.engine.units import Month
from renjia.measure.indicators import MeasureError, all_indicators, compute, facts, statistical_year, subject_of
from renjia.measure.indicators.formulas import formula_of
from renjia.measure.indicators.presence import moments

HERE = "310115001"
REPEALED = [page.id for page in all_indicators(subject="repealed")]
OLD_YEAR = (Month(2019, 10), Month(2020, 9))
YEAR = (Month(2024, 1), Month(2024, 12))


def entered(*rows):
    place = [{"code": "310115", "level": "district"}]
    names = ("series", "place", "base", "period", "sex", "age", "parity", "value")
    return {"place": place, "entered_totals": [dict(zip(names, row, strict=True)) for row in rows]}


def test_the_three_old_indicators_are_there_and_only_when_asked_for():
    assert REPEALED == ["migrant_certificate_rate", "planned_birth_rate", "migrant_file_rate"]
    assert not {page.id for page in all_indicators(date(2026, 11, 22), subject=None)} & set(REPEALED)
    assert set(REPEALED) <= {page.id for page in all_indicators(date(2020, 6, 30), subject=None)}


@pytest.mark.parametrize("id", REPEALED)
def test_a_repealed_indicator_reads_only_totals_typed_in(id):
    for half in formula_of(get_page("indicator", id)).halves:
        assert half.fact.tables == ("entered_totals",)


@pytest.mark.parametrize("id", REPEALED)
def test_a_repealed_indicator_is_refused_for_later_years(over, id):
    with over(entered()) as con:
        assert compute(id, con, (), period=OLD_YEAR)[0].value is None
        for period in (Month(2021, 10), (Month(2020, 10), Month(2021, 12)), Month(2026, 3)):
            with pytest.raises(MeasureError, match=r"自 2021-10-01 起停用.*只能查到 2021-09 为止"):
                compute(id, con, (), period=period)
    last = get_page("indicator", id, date(2021, 9, 30))
    assert statistical_year(last, 2021)[1] == Month(2021, 9)
    with pytest.raises(PageError, match="没有有效的版本"):
        get_page("indicator", id, date(2021, 10, 1))


def test_statistical_years():
    calendar, october = get_page("indicator", "crude_birth_rate"), get_page("indicator", "maternal_mortality")
    assert statistical_year(calendar, 2024) == YEAR
    assert statistical_year(october, 2024) == (Month(2023, 10), Month(2024, 9))


def test_a_mean_population_of_several_years_is_taken_year_by_year():
    found, worth = moments("mean", (Month(2022, 1), Month(2024, 12)), False)
    assert [str(one.day) for one in found] == [
        *("2021-12-31", "2022-12-31", "2022-12-31", "2023-12-31", "2023-12-31", "2024-12-31")
    ]
    assert worth * len(found) == 3, "一直一个人，三年就是三人年"
    one, worth = moments("mean", (Month(2024, 2), Month(2024, 2)), False)
    assert worth * len(one) * 12 == 1
    with pytest.raises(MeasureError, match=r"18 个月.*整年"):
        moments("mean", (Month(2023, 1), Month(2024, 6)), False)


def test_totals_that_are_not_all_there_have_no_value(over):
    """Half a mean population, or no births typed in, would be a wrong rate that looks like a right one."""
    both = [("population", HERE, "常住", period, None, None, None, 1000) for period in ("2023-12", "2024-12")]
    births = ("births", HERE, "常住", "2024-01..2024-12", None, None, None, 8)
    for rows, value, says in (
        ([*both, births], Decimal(8), ""),
        ([both[1], births], None, "人口缺这一期的数（期初、期末都要有）"),
        (both, None, "人口变动缺这一期的数"),
    ):
        with over(entered(*rows)) as con:
            [figure] = compute("crude_birth_rate", con, (), period=YEAR, origin="entered")
        assert figure.value == value and says in figure.caution


def test_totals_typed_in_and_persons_registered_are_never_added(over):
    rows = entered(("population", HERE, "常住", "2024-12", None, None, None, 1000)) | {
        "person": [{"person": "a", "sex": "1", "born": date(1980, 1, 1)}],
        "residence": [{"person": "a", "place": HERE, "from": date(2000, 1, 1)}],
    }
    with over(rows) as con:
        ask = {"period": Month(2024, 12)}
        assert [f.numerator for f in compute("population_end", con, (), **ask)] == [1]
        assert [f.numerator for f in compute("population_end", con, (), origin="entered", **ask)] == [1000]


def test_a_figure_carries_its_people_its_origin_and_its_definition(over):
    with over(entered()) as con:
        [figure] = compute("crude_death_rate", con, (), period=YEAR, base="户籍")
        assert (figure.base, figure.origin, figure.period) == ("户籍", "register", "2024-01..2024-12")
        assert len(figure.version) == 12
        for ask, says in (
            ({"base": "全部"}, "没有「全部」这种口径"),
            ({"origin": "guess"}, "没有「guess」这种出处"),
        ):
            with pytest.raises(MeasureError, match=says):
                compute("crude_death_rate", con, (), period=YEAR, **ask)
        with pytest.raises(MeasureError, match="不分人口口径"):
            compute("births", con, (), period=YEAR, base="常住")


def test_small_numbers_of_births_are_not_judged(over):
    def sexes(boys, girls, year):
        whole = f"{year}-01..{year}-12"
        return [("births", HERE, "常住", whole, sex, None, None, n) for sex, n in (("1", boys), ("2", girls))]

    with over(entered(*sexes(60, 30, 2024), *sexes(60, 70, 2023))) as con:
        [street] = compute("sex_ratio_at_birth", con, period=YEAR, origin="entered")
        assert street.value == 200 and "人数太少，不能判断" in street.caution
        assert street.rolling and (street.rolling.value, street.rolling.period) == (120, "2022-01..2024-12")
    with over(entered(*sexes(50, 50, 2024))) as con:
        [street] = compute("sex_ratio_at_birth", con, period=YEAR, origin="entered")
        assert street.rolling is None and not street.caution
        low, high = street.interval
        assert low < 100 < high and round(low * high) == 10_000


def test_parts_of_fertility_add_to_the_whole(over):
    rows = [
        ("population", HERE, "常住", period, "2", age, None, 100 + age)
        for age in range(15, 50)
        for period in ("2023-12", "2024-12")
    ]
    for age in range(14, 52):
        for parity in ("1", "2", "3", "5"):
            n = (age * int(parity)) % 7
            rows.append(("births", HERE, "常住", "2024-01..2024-12", "1" if age % 2 else "2", age, parity, n))
    with over(entered(*rows)) as con:
        ids = ("total_fertility", "total_fertility_first", "total_fertility_second", "total_fertility_third")
        whole, *parts = (compute(id, con, (), period=YEAR, origin="entered")[0].exact for id in ids)
        assert whole == sum(parts) > 0
        rates = compute("age_specific_fertility", con, ("age",), period=YEAR, origin="entered")
        assert sum(f.exact for f in rates) == 1000 * whole
        assert sorted(int(f.dims["age"]) for f in rates) == list(range(15, 50)), "14 并入 15，50 以上并入 49"


def test_the_board_and_the_bulletin_still_show_only_birth_monitoring():
    subjects = {subject_of(page) for page in all_indicators(subject=None)}
    assert subjects == {"birth_monitoring", "population", "repealed"}
    assert {subject_of(page) for page in all_indicators()} == {"birth_monitoring"} and len(all_indicators()) == 9


def test_births_counted_by_mother_are_the_births_of_the_population(over):
    """Two facts, one set of births."""
    assert "FROM childbearing" in (DEFINITIONS / "facts" / "movements.sql").read_text(encoding="utf-8")
    assert "birth_case" in facts()["movements"].tables
