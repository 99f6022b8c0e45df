"""提示 — what must be known beside the scores: holes, doubts, the veto, near borders, readings that decide a grade."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from renjia.engine.scoring import Number, PlaceScore, Rubric, Scores, score_text, sensitivity
from renjia.front.appraising.reading import FactsTable

NEAR = (Fraction(1, 2), Fraction(1))
MOST_TRIED = 1_000  # streets; beyond, every reading for every street takes minutes


class _Standing(NamedTuple):
    rank: int
    last_of_tie: int


@dataclass(frozen=True, slots=True)
class Warned:
    """一条提示 — place ('' = all), kind, what it is about (fact, reading, measure), what, what to do."""

    place: str
    kind: str
    about: str
    what: str
    remedy: str


def warnings_of(rubric: Rubric, table: FactsTable, scores: Scores) -> list[Warned]:
    """全部提示 — of the table first, then street by street in the table's order, then what holds for all."""
    by_place: dict[str, list[Warned]] = {place: [] for place in scores.places}
    general = [Warned("", "读表", "", note, "请核对事实表") for note in table.notes]
    general += list(_absent(table))
    for note in _engine_notes(rubric, scores):
        by_place.get(note.place, general).append(note)
    for place, one in scores.places.items():
        by_place[place] += [*_veto(rubric, one), *_undecided(rubric, one), *_near(rubric, one)]
    if len(scores.places) <= MOST_TRIED:
        for shift in _shifts(rubric, table, scores):
            by_place[shift.place].append(shift)
    elif rubric.readings:
        what = f"街镇多于 {MOST_TRIED:,} 个，没有逐一试换读法"
        general.append(Warned("", "读法", "", what, "要看换读法的影响，请把事实表分小，或用 --reading 另算一遍相比"))
    return general + [one for found in by_place.values() for one in found]


def _absent(table: FactsTable) -> Iterator[Warned]:
    for name in table.absent:
        yield Warned("", "未提供", name, "事实表没有这一列，各街镇都按未提供", "请补上这一列")


def _engine_notes(rubric: Rubric, scores: Scores) -> Iterator[Warned]:
    """Facts not reported, facts that contradict one another, limits that bit, grades the sentences leave open."""
    struck = () if rubric.veto is None else rubric.veto.facts
    for note in scores.warnings:
        one = scores.places[note.place]
        if one.vetoed and note.fact in struck:
            continue  # told below with what becomes of points and rank
        kind = "说明" if not note.fact else "未提供" if note.fact in one.missing else "存疑"
        yield Warned(note.place, kind, note.fact, note.what, note.remedy)


def _veto(rubric: Rubric, place: PlaceScore) -> Iterator[Warned]:
    if not place.vetoed or rubric.veto is None:
        return
    keeps = f"得分与名次照算：总分 {score_text(place.total)}，名次 {place.rank}" if place.rank else "不参加排名"
    yield Warned(
        place.place, "一票否决", rubric.veto.atom, f"{rubric.veto.text}，等次为「{place.grade}」；{keeps}",
        "请核对事实和处理结论",
    )  # fmt: skip


def _undecided(rubric: Rubric, place: PlaceScore) -> Iterator[Warned]:
    if place.total is not None and not place.vetoed and place.grade not in rubric.grades:
        yield Warned(
            place.place, "等次未定", "总分", f"总分 {score_text(place.total)} 按所选读法不在任何等次之内",
            "请由评定部门先定读法",
        )  # fmt: skip


def _near(rubric: Rubric, place: PlaceScore) -> Iterator[Warned]:
    """Half a point or one point, one place up or down: whatever would give another grade."""
    if place.total is None or place.main is None or place.bonus is None or place.vetoed:
        return
    for sign, word in ((-1, "少"), (1, "多")):
        for step in NEAR:
            other = _grade(rubric, place, sign * step, 0)
            if other != place.grade:
                what = f"总分 {score_text(place.total)}，等次「{place.grade}」；主要指标再{word} {score_text(step)} 分就是「{other}」"
                yield Warned(place.place, "近界", "总分", what, "请复核扣分的事实")
                break
    for step in (-1, 1):
        other = _grade(rubric, place, 0, step)
        if place.rank is not None and place.rank + step > 0 and other != place.grade:
            what = f"名次 {place.rank}，等次「{place.grade}」；名次{'进' if step < 0 else '退'}一位就是「{other}」"
            yield Warned(place.place, "近界", "名次", what, "请复核名次前后各街镇的扣分")


def _grade(rubric: Rubric, place: PlaceScore, points: Number, ranks: int) -> str:
    """The grade with so many points more, or so many places further down."""
    assert place.total is not None and place.main is not None and place.bonus is not None
    standing = None
    if place.rank is not None and place.last_of_tie is not None:
        standing = _Standing(place.rank + ranks, place.last_of_tie + ranks)
    row = rubric.grading.row(place.total + points, place.main + points, place.bonus, standing)
    return rubric.grading.grade(row)


def _shifts(rubric: Rubric, table: FactsTable, scores: Scores) -> Iterator[Warned]:
    """Readings whose other values would give a street another grade: one line a street and reading."""
    found: dict[tuple[str, str], list[str]] = {}
    for shift in sensitivity(rubric, table.facts):
        if shift.grade != scores.places[shift.place].grade:
            total = "" if shift.total is None else f"（总分 {score_text(shift.total)}）"
            found.setdefault((shift.place, shift.reading), []).append(f"取 {shift.value} 则为「{shift.grade}」{total}")
    for (place, key), others in found.items():
        one = rubric.readings[key]
        what = f"{one.name}：现取 {one.chosen}，等次「{scores.places[place].grade}」；{'，'.join(others)}"
        yield Warned(place, "读法", one.slug, what, "这个街镇的等次取决于读法，请评定部门先定")
