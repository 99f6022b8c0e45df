"""换一种读法 — which readings would change a place's grade, and to what."""

from collections.abc import Collection, Mapping
from typing import NamedTuple

from renjia.engine.scoring.numbers import Number
from renjia.engine.scoring.rubric import Rubric
from renjia.engine.scoring.scores import score


class Shift(NamedTuple):
    """一处变动 — were the reading `reading` chosen as `value`, the place would have this total and grade."""

    place: str
    reading: str
    value: str
    total: Number | None
    grade: str | None


def sensitivity(
    rubric: Rubric, facts: Mapping[str, Mapping[str, object]], places: Collection[str] | None = None
) -> list[Shift]:
    """逐处换读 — one reading changed at a time, in the order of readings; only shifts of grade.

    places: those asked about (None: all); ranks always come from all the places in `facts`.
    """
    now = score(rubric, facts).places
    asked = list(now) if places is None else [place for place in now if place in places]
    found: list[Shift] = []
    for reading in rubric.readings.values():
        for value in reading.values:
            if value == reading.chosen:
                continue
            other = score(rubric.with_readings({reading.key: value}), facts).places
            for place in asked:
                if other[place].grade != now[place].grade:
                    found.append(Shift(place, reading.key, value, other[place].total, other[place].grade))
    return found
