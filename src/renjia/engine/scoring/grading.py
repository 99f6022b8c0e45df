"""等次 — ranks with ties, grades by conditions on total, main, bonus and rank, the veto."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from renjia.engine.pages import Page, Plain
from renjia.engine.scoring.expressions import (
    TRUTH,
    Evaluate,
    Expression,
    ExpressionError,
    Row,
    Term,
    Vocabulary,
    read_expression,
)
from renjia.engine.scoring.numbers import Number, exact, half_up
from renjia.engine.scoring.readings import NONE

MEASURES = ("total", "main", "bonus", "rank", "last_of_tie")
_WORDS = Vocabulary({}, {name: Term(index) for index, name in enumerate(MEASURES)})


@dataclass(frozen=True, slots=True)
class Condition:
    """等次的一个条件 — its label on the page and the expression."""

    label: str
    expression: Expression


@dataclass(frozen=True, slots=True)
class Grade:
    """一个等次 — sets of conditions, each set enough by itself; `written`: as the sentence stands, before readings."""

    name: str
    atom: str
    says: str
    sets: tuple[tuple[Condition, ...], ...]
    written: tuple[Condition, ...]
    readings: tuple[str, ...]

    def holds(self, row: Row) -> bool:
        """成立 — for (total, main, bonus, rank, last_of_tie)."""
        return any(all(one.expression.evaluate(row) for one in conditions) for conditions in self.sets)

    def written_holds(self, row: Row) -> bool:
        """按原文成立 — by the sentence before any reading."""
        return all(one.expression.evaluate(row) for one in self.written)


@dataclass(frozen=True, slots=True)
class Veto:
    """一票否决 — when it strikes, the grade it gives, whether the place stays in the ranking, a limit on its total."""

    atom: str
    says: str
    strikes: Evaluate
    facts: tuple[str, ...]
    grade: str
    ranked: bool
    total_at_most: Number | None
    text: str


@dataclass(frozen=True, slots=True)
class Standing:
    """名次 — rank (1, 2, 2, 4) and the last position its tie reaches."""

    rank: int
    last_of_tie: int


@dataclass(frozen=True, slots=True)
class Grading:
    """定等次的办法 — ranking keys, rounding of the total, grades in order, the word when none holds."""

    by: str
    then: tuple[str, ...]
    rounding: str
    undecided: str
    grades: Mapping[str, Grade]

    def rank(self, measures: Mapping[str, Mapping[str, Number]]) -> dict[str, Standing]:
        """排名 — place → standing, from place → {total, main, bonus}; higher first, equal keys share a rank."""
        names = (self.by, *self.then)
        keyed = sorted(((tuple(one[name] for name in names), place) for place, one in measures.items()), key=_key)
        found: dict[str, Standing] = {}
        start = 0
        while start < len(keyed):
            end = start
            while end + 1 < len(keyed) and keyed[end + 1][0] == keyed[start][0]:
                end += 1
            for _, place in keyed[start : end + 1]:
                found[place] = Standing(start + 1, end + 1)
            start = end + 1
        return found

    def row(self, total: Number, main: Number, bonus: Number, standing: Standing | None) -> Row:
        """定等次用的一行 — a place out of the ranking stands behind everyone."""
        seen = half_up(total, 0) if self.rounding == "integer" else total
        if standing is None:
            return (seen, main, bonus, _BEHIND, _BEHIND)
        return (seen, main, bonus, standing.rank, standing.last_of_tie)

    def grade(self, row: Row) -> str:
        """等次 — the first grade whose conditions hold, else the word for none."""
        return next((one.name for one in self.grades.values() if one.holds(row)), self.undecided)


_BEHIND = 10**9


def _key(pair: tuple[tuple[Number, ...], str]) -> tuple[Number, ...]:
    return tuple(-number for number in pair[0])


def read_grade(cover: Page, name: str, resolved: Mapping[str, Plain], raw: Mapping[str, Plain]) -> Grade:
    """读等次 — PageError for a condition that is not one over total, main, bonus, rank, last_of_tie."""
    keys = ("grades", name)
    for key in resolved:
        if key not in ("atom", "says", "when", "or"):
            raise cover.error((*keys, key), f"不认识的键「{key}」", "这里可写：atom、says、when、or、readings")
    first = _conditions(cover, (*keys, "when"), resolved.get("when"))
    sets = [first]
    if resolved.get("or", NONE) != NONE:
        sets.append(_conditions(cover, (*keys, "or"), resolved["or"]))
    readings = raw.get("readings", {})
    assert isinstance(readings, dict)
    return Grade(
        name, str(resolved.get("atom", "")), str(resolved.get("says", "")), tuple(sets),
        _conditions(cover, (*keys, "when"), raw.get("when")), tuple(readings),
    )  # fmt: skip


def _conditions(cover: Page, keys: tuple[str, ...], node: "Plain | None") -> tuple[Condition, ...]:
    if not isinstance(node, dict) or not node:
        raise cover.error(keys, "没有写条件", "写成 {total: total ≥ 90}")
    found: list[Condition] = []
    for label, text in node.items():
        if text == NONE:
            continue
        try:
            expression = read_expression(str(text), _WORDS)
        except ExpressionError as problem:
            raise cover.error((*keys, label), str(problem), f"只能用 {'、'.join(MEASURES)} 和数") from problem
        if expression.kind != TRUTH:
            raise cover.error((*keys, label), f"「{text}」不是判断", "写成 total ≥ 90")
        found.append(Condition(label, expression))
    return tuple(found)


def read_grading(cover: Page, body: Mapping[str, Plain], raw: Mapping[str, Plain]) -> Grading:
    """读排名与等次 — from the resolved and the raw cover."""
    ranking, grading = body["ranking"], body.get("grading", {})
    if not isinstance(ranking, dict) or not isinstance(grading, dict):
        raise cover.error(("ranking",), "ranking、grading 应是“键: 值”", "写成 {by: total, then: []}")
    then = ranking.get("then", [])
    _known(cover, "ranking", ranking, ("by", "then"))
    _known(cover, "grading", grading, ("undecided", "rounding"))
    names: list[Any] = [ranking.get("by", ""), *(then if isinstance(then, list) else [then])]
    for name in names:
        if name not in MEASURES[:3]:
            raise cover.error(("ranking",), f"不能按「{name}」排名", f"可用：{'、'.join(MEASURES[:3])}")
    rounding = str(grading.get("rounding", NONE))
    if rounding not in (NONE, "integer"):
        raise cover.error(("grading", "rounding"), f"「{rounding}」不是取整办法", "写 none 或 integer")
    grades, written = body["grades"], raw["grades"]
    assert isinstance(grades, dict) and isinstance(written, dict)
    found: dict[str, Grade] = {}
    for name, one in grades.items():
        before = written[name]
        if not isinstance(one, dict) or not isinstance(before, dict):
            raise cover.error(("grades", name), "没有写条件", "写成 {when: {total: total ≥ 90}}")
        found[name] = read_grade(cover, name, one, before)
    return Grading(str(names[0]), tuple(names[1:]), rounding, str(grading.get("undecided", NONE)), found)


def read_veto(cover: Page, node: "Plain | None", facts: Vocabulary, grades: Sequence[str]) -> Veto | None:
    """读一票否决 — None when the rubric has none."""
    if node is None:
        return None
    if not isinstance(node, dict):
        raise cover.error(("veto",), "veto 应是“键: 值”", "写 when、grade")
    try:
        condition = read_expression(str(node.get("when", "")), facts)
    except ExpressionError as problem:
        raise cover.error(("veto", "when"), str(problem), "写成 「某事实」 = 是") from problem
    grade = str(node.get("grade", ""))
    if condition.kind != TRUTH:
        raise cover.error(("veto", "when"), "veto 的 when 不是判断", "写成 「某事实」 = 是")
    if grade not in grades:
        raise cover.error(("veto", "grade"), f"没有等次「{grade}」", f"可选：{'、'.join(grades)}")
    _known(cover, "veto", node, ("atom", "says", "when", "grade", "ranked", "total_at_most"))
    if node.get("ranked", "yes") not in ("yes", "no"):
        raise cover.error(("veto", "ranked"), f"ranked 写了「{node['ranked']}」", "写 yes 或 no")
    most = str(node.get("total_at_most", NONE))
    try:
        limit = None if most == NONE else exact(most)
    except ValueError:
        raise cover.error(("veto", "total_at_most"), f"「{most}」不是数", "写成 70，或 none") from None
    return Veto(
        str(node.get("atom", "")), str(node.get("says", "")), condition.evaluate, condition.names, grade,
        str(node.get("ranked", "yes")) == "yes", limit, condition.text,
    )  # fmt: skip


def _known(cover: Page, key: str, node: Mapping[str, Plain], allowed: tuple[str, ...]) -> None:
    for name in node:
        if name not in allowed:
            raise cover.error((key, name), f"不认识的键「{name}」", f"这里可写：{'、'.join(allowed)}、readings")
