"""Small numbers do not leave the house; inside, the same figures stay exact."""

from datetime import date

import pytest

from renjia.engine.units import Month
from renjia.measure.indicators import MeasureError, compute, publish
from renjia.measure.indicators.publishing import thresholds_on

TODAY = date(2026, 11, 22)
YEAR = (Month(2024, 1), Month(2024, 12))
HERE, THERE = "310115001", "310115002"


def totals(**series: tuple[int, ...]):
    """Typed totals of 2024 by street: population at both ends, flows over the year."""
    rows = []
    for name, values in series.items():
        for place, value in zip((HERE, THERE), values, strict=False):
            periods = ("2023-12", "2024-12") if name == "population" else ("2024-01..2024-12",)
            sex = {"boys": "1", "girls": "2"}.get(name)
            kind = "births" if sex else name
            rows += [
                {"series": kind, "place": place, "base": "常住", "period": period, "value": value, "sex": sex}
                for period in periods
            ]  # fmt: skip
    return {"place": [{"code": "310115", "level": "district"}], "entered_totals": rows}


def printed(over, id, by=("street",), **series):
    with over(totals(**series)) as con:
        figures = compute(id, con, by, period=YEAR, origin="entered")
        return [one.text for one in publish(figures, TODAY)], figures


@pytest.mark.parametrize(("count", "text"), [(0, "*"), (1, "*"), (9, "*"), (10, "10 人"), (11, "11 人")])
def test_counts_below_ten_in_a_street(over, count, text):
    texts, figures = printed(over, "population_end", population=(count, 500))
    assert texts == [text, "500 人"] and figures[0].numerator == count


@pytest.mark.parametrize(("count", "text"), [(4, "*"), (5, "5 人")])
def test_counts_below_five_in_the_whole_district(over, count, text):
    assert printed(over, "population_end", (), population=(count,))[0] == [text]
    assert printed(over, "population_end", ("sex",), population=(count,))[0] == ["*"], "再分性别就不是全区合计"


@pytest.mark.parametrize(("births", "text"), [(19, "*"), (20, "20.00‰")])
def test_rates_of_fewer_than_twenty_events(over, births, text):
    assert printed(over, "crude_birth_rate", population=(1000,), births=(births,))[0] == [text]


def test_events_that_cancel_are_still_events(over):
    """Net nought from 30 births and 30 deaths may be printed; net one from one birth may not."""
    assert printed(over, "natural_increase_rate", population=(1000,), births=(30,), deaths=(30,))[0] == ["0.00‰"]
    assert printed(over, "natural_increase_rate", population=(1000,), births=(1,), deaths=(0,))[0] == ["*"]


def test_a_share_tells_of_the_rest_too(over):
    rows = totals(births=(97,))
    flow = rows["entered_totals"][0]
    rows["entered_totals"] = [flow | {"parity": "1"}, flow | {"parity": "2", "value": 3}]
    with over(rows) as con:
        figures = compute("first_birth_share", con, ("street",), period=YEAR, origin="entered")
        [one] = publish(figures, TODAY)
    assert one.withheld and "其余的不足 10" in one.reason and figures[0].numerator == 97


def test_a_sum_of_ages_is_not_a_number_of_events(over):
    born = {"person": [{"person": "a", "sex": "1", "born": date(1990, 1, 1)}], "place": totals()["place"]}
    born |= {
        "residence": [{"person": "a", "place": HERE, "from": date(2010, 1, 1)}],
        "marriage": [{"a": "a", "b": "z", "from": date(2024, 5, 5)}],
    }
    with over(born) as con:
        [figure] = compute("mean_age_first_marriage", con, (), period=YEAR)
        assert figure.value == 34 and figure.events == 1
        assert publish([figure], TODAY)[0].withheld


def test_what_is_published_says_what_is_not_yet_done(over):
    with over(totals(population=(900,))) as con:
        [one] = publish(compute("population_end", con, ("street",), period=YEAR, origin="entered"), TODAY)
    assert "补充隐去" in one.note and not one.withheld


def test_thresholds_have_a_date():
    assert thresholds_on(TODAY).cell == 10
    with pytest.raises(MeasureError, match="还没有对外发布的门槛"):
        thresholds_on(date(2020, 1, 1))
