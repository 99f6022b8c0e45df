"""出生监测得分 — from figures and entered facts, worked by hand; what is missing gives no score; who may enter what."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from django.utils import timezone

from cast import DISTRICT, HOME, OTHER_STREET, STREET, make_case, make_verification, make_world, system
from renjia.engine.sql import connect
from renjia.engine.units import Month
from renjia.measure.indicators import Figure
from renjia.measure.snapshot.installed import opened, write_workset
from renjia.records.store.scope import scope
from renjia.work.appraisal.actions import NotEntered, enter_fact
from renjia.work.appraisal.block import (
    BY_ENTRY,
    BY_RATES,
    COMPUTED,
    ENTERED,
    Rates,
    entered_in,
    latest,
    months,
    points_text,
    rates,
    street_blocks,
    the_rubric,
)
from renjia.work.appraisal.models import EnteredFact
from renjia.work.births.workset import workset_tables

NONE = {(STREET, fact): 0 for fact in ENTERED}


def figure(indicator: str, numerator: int, denominator: int) -> Figure:
    value = Decimal(numerator) * 100 / denominator if denominator else None
    return Figure(
        STREET, "2025-01..2025-06", {}, numerator, denominator, value, "%", "2024-01-01", indicator, Decimal(100)
    )


def counted(issued: int, done: int, in_time: int, unverifiable: int) -> Rates:
    parts = zip(COMPUTED.items(), (done, in_time, unverifiable), strict=True)
    return Rates({STREET: "潍坊新村街道"}, {STREET: {fact: figure(id, n, issued) for (fact, id), n in parts}})


@pytest.mark.parametrize(
    ("counts", "deducted", "points"),
    [
        ((100, 99, 95, 3), 0, 10),  # on every target: nothing
        ((10000, 9899, 9500, 300), 1, 9),  # 98.99 % is below 99 %: a begun point counts
        ((100, 98, 94, 3), 1 + 2, 7),  # 98: one point; 94: two half points below 95
        ((1000, 990, 950, 31), 1, 9),  # 3.1 % is above 3 %: one begun half point
        ((20, 10, 10, 5), 49 + 90 + 44, 0),  # a block cannot give less than nothing
    ],
)
def test_the_rates_of_a_street_cost_what_the_source_says(counts: tuple[int, ...], deducted: int, points: int) -> None:
    (one,) = street_blocks(counted(*counts), NONE)
    assert (one.by_rates, one.deducted, one.block.points) == (deducted, deducted, points)
    assert one.missing == []


def test_the_exact_rate_is_compared_never_the_printed_one() -> None:
    """2464/2489 = 98.996 %, printed 99.00 % with two decimals: still below 99 %."""
    (one,) = street_blocks(counted(2489, 2464, 2489, 0), NONE)
    assert one.atoms["A3.5"].points == -1


def test_entered_facts_are_capped_together() -> None:
    """Two late reports (4) and three unused (3) cost five together; one problem costs two more."""
    entered = dict(zip(((STREET, fact) for fact in ENTERED), (1, 2, 3), strict=True))
    (one,) = street_blocks(counted(100, 100, 100, 0), entered)
    assert (one.by_entered, one.block.points) == (7, 3)


def test_what_is_not_entered_gives_no_score_and_says_what() -> None:
    (one,) = street_blocks(counted(100, 98, 95, 3), {(STREET, ENTERED[0]): 0})
    assert one.block.points is None
    assert one.missing == list(ENTERED[1:])
    assert (one.by_rates, one.by_entered, one.deducted) == (1, None, 1)


def test_a_street_without_cases_has_no_rate_and_no_score() -> None:
    (one,) = street_blocks(counted(0, 0, 0, 0), NONE)
    assert one.block.points is None
    assert one.missing == list(COMPUTED)
    assert one.by_rates is None


def test_this_room_speaks_of_the_rubrics_own_facts_and_atoms() -> None:
    rubric = the_rubric()
    for atom, (fact, _) in BY_RATES.items():
        assert rubric.atoms[atom].facts == (fact,)
    for atom, fact in BY_ENTRY.items():
        assert rubric.atoms[atom].facts == (fact,)
    block = rubric.blocks[rubric.atoms["A3.5"].block]
    atoms = {id for item in block.items for id in rubric.items[item].atoms}
    assert atoms == {*BY_RATES, *BY_ENTRY, "A3.4"}


@pytest.mark.parametrize(
    ("points", "text"),
    [(Fraction(19, 2), "9.5"), (10, "10"), (0, "0"), (Fraction(25, 3), "8.33"), (Fraction(-1, 2), "−0.5"), (None, "—")],
)
def test_points_are_written_one_way(points: Fraction | int | None, text: str) -> None:
    assert points_text(points) == text


def test_what_is_not_due_is_not_yet_missed() -> None:
    """The month under way is left for later, unless there is no other."""
    rows = [("2025-02", "2025-03-20"), ("2025-03", "2025-04-16"), ("2025-03", "2025-04-18"), ("2025-04", "2025-05-20")]
    with connect(threads=1) as con:
        con.execute("create table birth_verification (period varchar, due date)")
        con.executemany("insert into birth_verification values (?, ?)", rows)
        assert latest(months(con, date(2025, 4, 18))) == Month(2025, 3)
        assert latest(months(con, date(2025, 4, 17))) == Month(2025, 2)
        assert latest(months(con, date(2025, 1, 1))) == Month(2025, 4)
        con.execute("delete from birth_verification")
        assert latest(months(con, date(2025, 1, 1))) is None


@pytest.mark.django_db
class TestEntering:
    @pytest.fixture
    def world(self, db):
        with system():
            return make_world()

    def enter(self, world, who: str, **more: str) -> EnteredFact:
        with scope(world.scope_of(who)):
            return enter_fact(
                **{"year": 2025, "place": STREET, "fact": ENTERED[1], "value": "2", "why": "二季度通报"} | more
            )

    def test_the_later_value_holds(self, world) -> None:
        self.enter(world, "赵敏")
        self.enter(world, "赵敏", value="3", why="更正")
        with scope(world.scope_of("赵敏")):
            assert entered_in(2025) == {(STREET, ENTERED[1]): 3}
            assert entered_in(2024) == {}
            assert EnteredFact.objects.get().entered_by == "赵敏"

    @pytest.mark.parametrize(
        ("more", "said"),
        [
            ({"value": "-1"}, "0 到 9999 的整数"),
            ({"value": "1.5"}, "0 到 9999 的整数"),
            ({"value": "两"}, "0 到 9999 的整数"),
            ({"value": "²"}, "0 到 9999 的整数"),
            ({"why": " "}, "没有写依据"),
            ({"fact": "出生个案核实完成率（%）"}, "不是要录入的事实"),
            ({"place": DISTRICT}, "没有代码为"),
        ],
    )
    def test_nonsense_is_refused_in_words(self, world, more: dict[str, str], said: str) -> None:
        with pytest.raises(NotEntered, match=said):
            self.enter(world, "赵敏", **more)
        with system():
            assert not EnteredFact.objects.exists()

    def test_a_street_sees_its_own_and_writes_nothing(self, world) -> None:
        self.enter(world, "赵敏")
        self.enter(world, "赵敏", place=OTHER_STREET)
        with scope(world.scope_of("钱芳")):
            assert list(EnteredFact.objects.values_list("place", flat=True)) == [STREET]
            assert EnteredFact.objects.update(value=0) == 0
        with system():
            assert set(EnteredFact.objects.values_list("value", flat=True)) == {2}

    def test_the_working_set_feeds_every_street(self, world, tmp_path, monkeypatch) -> None:
        """The query itself: rates from January on, a street without cases stays in, with nothing to score."""
        with system():
            make_verification(make_case(place=HOME))
        monkeypatch.setenv("RENJIA_HOME", str(tmp_path))
        with system():
            write_workset(on=timezone.localdate(), tables=workset_tables(as_of=timezone.localdate()))
        with opened() as con:
            found = rates(con, Month(2025, 3))
        one = {block.code: block for block in street_blocks(found, {})}
        assert one[STREET].issued == 1 and one[STREET].done == 0
        assert one[OTHER_STREET].issued == 0
