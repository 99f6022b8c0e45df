"""分数段 — the stretch of totals cut where the grades' sentences cut it: which grades claim each piece, and which none."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from renjia.engine.scoring.grading import Condition, Grade, Grading
from renjia.engine.scoring.numbers import Number, exact, shown


@dataclass(frozen=True, slots=True)
class Band:
    """一段 — kind overlap | hole | conditional_hole | unreachable; span in words; the grades that claim it.

    others: the conditions beside the total on which alone the piece hangs.
    """

    kind: str
    span: str
    grades: tuple[str, ...]
    others: str = ""


@dataclass(frozen=True, slots=True)
class _Piece:
    low: Number
    high: Number
    state: tuple[str, tuple[str, ...], str]


def bands(grading: Grading, highest: Number | None) -> list[Band]:
    """有问题的分数段 — by the sentences as written, from 0 to the highest total (None: a step past the last border)."""
    borders = sorted({exact(text) for grade in grading.grades.values() for text in _borders(grade)})
    top = highest if highest is not None else (borders[-1] + 10 if borders else 100)
    cuts: list[Number] = [0, *[one for one in borders if 0 < one < top], top]
    pieces: list[_Piece] = []
    for low, high in pairwise(cuts):
        pieces.append(_Piece(low, low, _state(grading, low)))
        pieces.append(_Piece(low, high, _state(grading, Fraction(low + high) / 2)))
    pieces.append(_Piece(top, top, _state(grading, top)))
    found = [Band(state[0], span, state[1], state[2]) for span, state in _merged(pieces) if state[0]]
    claimed = {name for piece in pieces for name in piece.state[1]}
    found += [Band("unreachable", "", (name,)) for name in grading.grades if name not in claimed]
    return found


def _on_total(condition: Condition) -> bool:
    return set(condition.expression.names) == {"total"}


def _borders(grade: Grade) -> Iterator[str]:
    for condition in grade.written:
        if _on_total(condition):
            yield from re.findall(r"[0-9]+(?:\.[0-9]+)?", condition.expression.text)


def _state(grading: Grading, total: Number) -> tuple[str, tuple[str, ...], str]:
    """What is wrong at this total ("" when exactly one grade claims it without more conditions), who claims it, on what."""
    row = (total, 0, 0, 0, 0)
    claims = [
        grade for grade in grading.grades.values()
        if all(one.expression.evaluate(row) for one in grade.written if _on_total(one))
    ]  # fmt: skip
    names = tuple(grade.name for grade in claims)
    if not claims:
        return "hole", names, ""
    free = [grade for grade in claims if all(_on_total(one) for one in grade.written)]
    if len(free) > 1:
        return "overlap", names, ""
    if not free:
        others = [one.expression.text for grade in claims for one in grade.written if not _on_total(one)]
        return "conditional_hole", names, "、".join(others)
    return "", names, ""


def _merged(pieces: list[_Piece]) -> Iterator[tuple[str, tuple[str, tuple[str, ...], str]]]:
    start = 0
    while start < len(pieces):
        end = start
        while end + 1 < len(pieces) and pieces[end + 1].state == pieces[start].state:
            end += 1
        yield _span(pieces[start], pieces[end]), pieces[start].state
        start = end + 1


def _span(first: _Piece, last: _Piece) -> str:
    if first.low == last.high:
        return f" {shown(first.low)} 分"
    low = f"{'大于' if first.low != first.high else '从'} {shown(first.low)}"
    high = f"{'小于' if last.low != last.high else '到'} {shown(last.high)}"
    return f"{low}、{high} 分"
