"""假如与行动 — what one change would do, and which changes give most points for their effort."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from renjia.engine.scoring.errors import ScoringError
from renjia.engine.scoring.facts import FactSpec, Value
from renjia.engine.scoring.numbers import Number, whole
from renjia.engine.scoring.places import PlaceScore
from renjia.engine.scoring.rubric import Atom, Rubric
from renjia.engine.scoring.scores import Scores


@dataclass(frozen=True, slots=True)
class WhatIf:
    """假如 — one place before and after; others: places whose grade moves with it → (before, after)."""

    before: PlaceScore
    after: PlaceScore
    others: Mapping[str, tuple[str | None, str | None]]

    @property
    def gain(self) -> Number | None:
        """总分之差 — None when either has no total."""
        if self.before.total is None or self.after.total is None:
            return None
        return whole(Fraction(self.after.total) - self.before.total)


@dataclass(frozen=True, slots=True)
class Action:
    """一个行动 — take a fact from its value to another: units of the fact it takes, their effort, points of the total.

    stated: whether the effort of a unit was given; otherwise it is 1 by default, and whoever shows the list must say so.
    """

    fact: str
    before: Value
    after: Value
    units: Number
    effort: Fraction
    stated: bool
    gain: Number
    grade: str | None
    rank: int | None

    @property
    def per_effort(self) -> Fraction:
        """每份力得分 — gain over effort."""
        return Fraction(self.gain) / self.effort


def what_if(scores: Scores, place: str, changes: Mapping[str, object]) -> WhatIf:
    """假如这个地方的这些事实是另一个值 — everything else as it is. ScoringError for an unknown place, fact or value."""
    if place not in scores.places:
        raise ScoringError("", place, "没有这个街镇", f"已有 {len(scores.places)} 个，名称须一字不差")
    after = scores.changed({place: changes})
    others = {
        name: (one.grade, after.places[name].grade)
        for name, one in scores.places.items()
        if name != place and one.grade != after.places[name].grade
    }
    return WhatIf(scores.places[place], after.places[place], others)


def best_actions(
    scores: Scores, place: str, efforts: Mapping[str, Number] | None = None, *, mendable: Collection[str] = ()
) -> list[Action]:
    """最合算的行动 — one per fact that can still gain points, most points per effort first.

    efforts: fact → effort of one unit (one more activity, one percentage point, one 否 made 是); 1 where not given.
    mendable: counts that may go down; others never do, since what has happened cannot be taken back.
    Raises ScoringError for an unknown place or fact, or an effort that is not above 0; [] when the place has no total.
    """
    rubric = scores.rubric
    efforts = efforts or {}
    _check(rubric, efforts, mendable)
    before = what_if(scores, place, {}).before
    if before.total is None:
        return []
    found: list[Action] = []
    for name, spec in rubric.facts.items():
        atoms = [atom for atom in rubric.atoms.values() if name in atom.facts]
        if not atoms:
            continue
        tried = [
            _action(scores, place, spec, value, efforts.get(name))
            for value in dict.fromkeys(_candidates(before, spec, atoms, name in mendable))
        ]
        gaining = [one for one in tried if one.gain > 0]
        if gaining:
            found.append(max(gaining, key=lambda one: (one.per_effort, one.gain)))
    return sorted(found, key=lambda one: (-one.per_effort, -one.gain))


def _check(rubric: Rubric, efforts: Mapping[str, Number], mendable: Collection[str]) -> None:
    for name in (*efforts, *mendable):
        if name not in rubric.facts:
            raise ScoringError(name, None, "细则里没有这个事实", "事实名须与细则一字不差（括号、逗号在内）")
    for name, effort in efforts.items():
        if effort <= 0:
            raise ScoringError(name, effort, "每份的力气要大于 0", "写正数；不知道的不写，按 1 计")


def _action(scores: Scores, place: str, spec: FactSpec, value: Value, effort: Number | None) -> Action:
    found = what_if(scores, place, {spec.name: value})
    before = found.before.facts[spec.name]
    units: Number = 1
    if not spec.choices:
        units = whole(abs(Fraction(_number(value)) - _number(before)))
    return Action(
        spec.name, before, value, units, Fraction(units) * (1 if effort is None else Fraction(effort)), effort is not None,
        found.gain or 0, found.after.grade, found.after.rank,
    )  # fmt: skip


def _candidates(place: PlaceScore, spec: FactSpec, atoms: list[Atom], mendable: bool) -> Iterator[Value]:
    """Values worth trying: the full-marks value, one unit more, the nearest edges of steps — never the one it has."""
    now = place.facts[spec.name]
    if spec.choices:
        if now != spec.full:
            yield spec.full
        return
    have, full = _number(now), _number(spec.full)
    found: list[Number] = [full]
    if spec.type == "count":
        found += [whole(Fraction(have) + 1), *_targets(place, atoms)]
        if mendable and have > 0:
            found += [whole(Fraction(have) - 1), 0]
    found += _edges(place, atoms)
    for value in found:
        if value == have or value < 0 or (spec.type == "count" and not isinstance(value, int)):
            continue
        if spec.type == "count" and value < have and not mendable:
            continue
        if spec.type == "percentage" and value > 100 and not spec.may_exceed_100:
            continue
        yield value


def _targets(place: PlaceScore, atoms: list[Atom]) -> Iterator[Number]:
    """Targets that the atoms' own rules name: what a shortfall is measured against."""
    for atom in atoms:
        if atom.kind == "short" and atom.rule is not None:
            yield whole(atom.rule.details(place.row)["target"])


def _edges(place: PlaceScore, atoms: list[Atom]) -> Iterator[Number]:
    """The nearest value at which one step less is counted."""
    for atom in atoms:
        if atom.kind != "step" or atom.rule is None:
            continue
        told = atom.rule.details(place.row)
        if told["gap"] > 0:
            steps = -(-Fraction(told["gap"]) // told["step"]) - 1
            sign = 1 if told["value"] > told["target"] else -1
            yield whole(told["target"] + sign * steps * Fraction(told["step"]))


def _number(value: Value) -> Number:
    assert isinstance(value, int | Fraction)
    return value
