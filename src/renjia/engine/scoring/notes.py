"""提示 — what should not be scored silently: missing facts, facts that contradict, limits that bit, doubtful grades."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from renjia.engine.scoring.numbers import shown
from renjia.engine.scoring.places import PlaceScore
from renjia.engine.scoring.rubric import Rubric


@dataclass(frozen=True, slots=True)
class Note:
    """提示 — of one place; fact "" when it is not about one fact."""

    place: str
    fact: str
    what: str
    remedy: str


def notes(rubric: Rubric, places: Mapping[str, PlaceScore]) -> list[Note]:
    """全部提示 — place by place, in their order."""
    found: list[Note] = []
    for one in places.values():
        found += _missing(rubric, one)
        found += _contradictions(rubric, one)
        found += _limits(rubric, one)
        found += _grade(rubric, one)
    return found


def _missing(rubric: Rubric, one: PlaceScore) -> Iterator[Note]:
    for fact in one.missing:
        atoms = "、".join(atom.id for atom in rubric.atoms.values() if fact in atom.needs)
        veto = rubric.veto.atom if rubric.veto is not None and fact in rubric.veto.facts else ""
        what = f"未提供，{atoms or veto} 不能评，没有总分、名次和等次"
        yield Note(one.place, fact, what, "补上这个事实；确实没有的写 0 或 否，不留空")


def _contradictions(rubric: Rubric, one: PlaceScore) -> Iterator[Note]:
    for doubt in rubric.doubts:
        names = doubt.expression.names
        if any(one.facts[name] is None for name in names) or doubt.expression.evaluate(one.row):
            continue
        told = "；".join(f"{name} {shown(one.facts[name])}" for name in names)
        yield Note(one.place, names[0] if names else "", f"{doubt.says}（{told}）", "核对这几个事实；照原样评了分")


def _limits(rubric: Rubric, one: PlaceScore) -> Iterator[Note]:
    for block in one.blocks.values():
        if block.points is None or block.deducted is None:
            continue
        start = block.limit if rubric.blocks[block.id].way == "deduct" else 0
        plain = (start or 0) + sum(points or 0 for points in block.items.values())
        if plain < block.points:
            what = f"「{block.name}」应扣 {shown(block.deducted)} 分，扣到 {shown(block.points)} 分为止"
            yield Note(one.place, "", what, f"多扣的 {shown(block.points - plain)} 分不计入总分")
    for part in rubric.parts.values():
        points = one.sums.parts[part.id]
        blocks = [one.blocks[block.id].points for block in rubric.blocks.values() if block.part == part.id]
        plain = sum(found or 0 for found in blocks)
        if points is not None and plain > points:
            what = f"「{part.name}」合计 {shown(plain)} 分，以 {shown(points)} 分为限"
            yield Note(one.place, "", what, f"多出的 {shown(plain - points)} 分不计入总分")


def _grade(rubric: Rubric, one: PlaceScore) -> Iterator[Note]:
    if one.total is None or one.main is None or one.bonus is None:
        return
    if one.vetoed and rubric.veto is not None:
        yield Note(one.place, rubric.veto.facts[0], f"一票否决，等次为「{one.grade}」", rubric.veto.says)
        return
    if one.rank is None or one.last_of_tie is None:
        return
    row = (one.total, one.main, one.bonus, one.rank, one.last_of_tie)
    written = [grade.name for grade in rubric.grades.values() if grade.written_holds(row)]
    if len(written) != 1:
        where = f"同在{'、'.join(f'「{name}」' for name in written)}" if written else "不在任何等次"
        slugs = {slug for grade in rubric.grades.values() for slug in grade.readings}
        chosen = "、".join(f"{found.slug}={found.chosen}" for found in rubric.readings.values() if found.slug in slugs)
        what = f"总分 {shown(one.total)}、第 {one.rank} 名，按等次的原文{where}"
        yield Note(one.place, "", what, f"按所选解读（{chosen}）定为「{one.grade}」；宜在年初写明")
    tied = rubric.grading.row(one.total, one.main, one.bonus, None)
    behind = (*tied[:3], one.last_of_tie, one.last_of_tie)
    if one.last_of_tie > one.rank and rubric.grading.grade(behind) != one.grade:
        what = f"与别处并列第 {one.rank} 名，并列到第 {one.last_of_tie} 名，跨过了等次的名次线"
        yield Note(one.place, "", what, f"按所选解读定为「{one.grade}」；同分如何算宜在年初写明")
