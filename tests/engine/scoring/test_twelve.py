"""十二个街镇 — worked by hand from the text (tests/appraised.py); the engine must agree to the hundredth."""

from fractions import Fraction

import pytest

from appraised import BLOCKS, FULL_BLOCKS, TWELVE, Value, facts_of
from renjia.engine.scoring import Rubric, Scores, load_rubric, score


@pytest.fixture(scope="module")
def rubric() -> Rubric:
    return load_rubric("pudong-2024")


def typed(rubric: Rubric, changes: dict[str, Value]) -> dict[str, int | Fraction | str | None]:
    return {
        name: rubric.facts[name].parse(text, as_is=True) for name, text in facts_of(list(rubric.facts), changes).items()
    }


@pytest.fixture(scope="module")
def twelve(rubric: Rubric) -> Scores:
    return score(rubric, {place: typed(rubric, worked.changes) for place, worked in TWELVE.items()})


def test_a_street_that_meets_everything_has_the_whole_hundred(rubric: Rubric) -> None:
    one = score(rubric, {"满分": typed(rubric, {})}).places["满分"]
    assert (one.main, one.bonus, one.total) == (100, 0, 100)
    assert {name: atom.points for name, atom in one.atoms.items() if atom.points} == {}


@pytest.mark.parametrize("place", TWELVE)
def test_points_by_atom(twelve: Scores, place: str) -> None:
    worked, found = TWELVE[place], twelve.places[place]
    taken = {
        name: -Fraction(atom.points)
        for name, atom in found.atoms.items()
        if name.startswith("A") and atom.points is not None and atom.points < 0
    }
    assert taken == {name: Fraction(points) for name, points in worked.deducted.items()}
    gained = {name: Fraction(atom.points) for name, atom in found.atoms.items() if name.startswith("B") and atom.points}
    assert gained == {name: Fraction(points) for name, points in worked.gained.items()}


@pytest.mark.parametrize("place", TWELVE)
def test_points_by_block_and_part(rubric: Rubric, twelve: Scores, place: str) -> None:
    worked, found = TWELVE[place], twelve.places[place]
    main = [key for key, block in rubric.blocks.items() if block.part == "main"]
    by_hand = [Fraction(worked.blocks.get(number, FULL_BLOCKS[number])) for number in BLOCKS]
    assert [found.blocks[key].points for key in main] == by_hand
    assert sum(by_hand) == Fraction(worked.main)  # the hand's own sums
    assert Fraction(worked.main) + Fraction(worked.bonus) == Fraction(worked.total)
    assert (found.main, found.bonus, found.total) == tuple(map(Fraction, (worked.main, worked.bonus, worked.total)))


@pytest.mark.parametrize("place", TWELVE)
def test_rank_and_grade(twelve: Scores, place: str) -> None:
    worked, found = TWELVE[place], twelve.places[place]
    assert (found.rank, found.grade) == (worked.rank, worked.grade)
    assert found.vetoed is (place == "壬镇")


def test_every_atom_of_the_table_is_moved_by_one_of_the_twelve(rubric: Rubric) -> None:
    """The hand-worked streets leave no atom untouched; caps move only where a street goes beyond them."""
    moved = {atom for worked in TWELVE.values() for atom in (*worked.deducted, *worked.gained)}
    assert {name for name in rubric.atoms if name[0] in "AB"} - moved == {"A3.4", "A5.29"}


def test_caps_give_back_what_goes_beyond(twelve: Scores) -> None:
    assert twelve.places["戊街道"].atoms["A3.4"].points == 2  # 7 deducted, 扣满5
    assert twelve.places["辛镇"].atoms["A5.29"].points == 2  # 12 deducted, 扣满10
    assert twelve.places["癸镇"].atoms["A5.29"].points == 0  # 4, below the cap


def test_order_of_streets_and_facts_changes_nothing(rubric: Rubric, twelve: Scores) -> None:
    turned = {place: dict(reversed(typed(rubric, TWELVE[place].changes).items())) for place in reversed(list(TWELVE))}
    again = score(rubric, turned)
    assert {place: again.places[place] for place in TWELVE} == dict(twelve.places)
