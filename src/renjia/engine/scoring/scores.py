"""评分 — every place's points, rank and grade, exactly."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from renjia.engine.scoring.errors import ScoringError
from renjia.engine.scoring.expressions import Row
from renjia.engine.scoring.grading import Standing
from renjia.engine.scoring.notes import Note, notes
from renjia.engine.scoring.numbers import Number
from renjia.engine.scoring.places import PlaceScore
from renjia.engine.scoring.rubric import Rubric
from renjia.engine.scoring.sums import Sums


@dataclass(frozen=True)
class Scores:
    """全部得分 — by place, in the order given."""

    rubric: Rubric
    places: Mapping[str, PlaceScore]

    @cached_property
    def warnings(self) -> list[Note]:
        """提示 — what an officer should see beside the scores, place by place."""
        return notes(self.rubric, self.places)

    def changed(self, changes: Mapping[str, Mapping[str, object]]) -> "Scores":
        """假如 — the scores if these facts of these places were otherwise; only those places are summed again.

        Ranks and grades of all are settled anew. Raises ScoringError for an unknown place, fact or a wrong value.
        """
        sums = {place: (one.row, one.sums) for place, one in self.places.items()}
        for place, facts in changes.items():
            if place not in self.places:
                raise ScoringError("", place, "没有这个街镇", f"已有 {len(self.places)} 个，名称须一字不差")
            row = self.rubric.row(place, {**self.places[place].facts, **facts})
            sums[place] = (row, _sums(self.rubric, place, row))
        return _settled(self.rubric, sums)


def score(rubric: Rubric, facts: Mapping[str, Mapping[str, object]]) -> Scores:
    """评分 — place → fact → typed value (see FactSpec.parse); None or absent is 未提供.

    A place with a fact missing has no total, rank or grade; the others are scored. Raises ScoringError (place, fact,
    value, reason, remedy) for an unknown fact or a value of a wrong type: nothing is scored then.
    """
    sums: dict[str, tuple[Row, Sums]] = {}
    for place, given in facts.items():
        row = rubric.row(place, given)
        sums[place] = (row, _sums(rubric, place, row))
    return _settled(rubric, sums)


def _sums(rubric: Rubric, place: str, row: Row) -> Sums:
    try:
        return rubric.plan.sums(row)
    except ZeroDivisionError:
        raise ScoringError("", None, "算式里分母是 0", "核对作分母的事实，或在细则里写明如何计", place) from None


def _settled(rubric: Rubric, sums: Mapping[str, tuple[Row, Sums]]) -> Scores:
    """Totals, veto, ranks, grades."""
    grading, veto = rubric.grading, rubric.veto
    measures: dict[str, dict[str, Number]] = {}
    for place, (_, one) in sums.items():
        main, bonus = one.parts["main"], one.parts.get("bonus", 0)
        if main is None or bonus is None or one.vetoed is None:
            continue
        total = main + bonus
        if one.vetoed and veto is not None and veto.total_at_most is not None:
            total = min(total, veto.total_at_most)
        measures[place] = {"total": total, "main": main, "bonus": bonus}
    ranked = {place: one for place, one in measures.items() if veto is None or veto.ranked or not sums[place][1].vetoed}
    standings = grading.rank(ranked)
    places: dict[str, PlaceScore] = {}
    for place, (row, one) in sums.items():
        measure, standing = measures.get(place), standings.get(place)
        places[place] = PlaceScore(
            place, one.parts["main"], one.parts.get("bonus", 0), None if measure is None else measure["total"],
            None if standing is None else standing.rank, None if standing is None else standing.last_of_tie,
            _grade(rubric, measure, standing, one), one.vetoed, rubric, row, one,
        )  # fmt: skip
    return Scores(rubric, places)


def _grade(rubric: Rubric, measure: Mapping[str, Number] | None, standing: Standing | None, sums: Sums) -> str | None:
    if measure is None:
        return None
    if sums.vetoed and rubric.veto is not None:
        return rubric.veto.grade
    row = rubric.grading.row(measure["total"], measure["main"], measure["bonus"], standing)
    return rubric.grading.grade(row)
