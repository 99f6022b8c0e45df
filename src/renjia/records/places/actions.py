"""装入区划与机构 — from the code tables; the same table twice changes nothing."""

import csv
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from django.db import transaction
from pypinyin import Style, lazy_pinyin

from renjia.engine.pages import DEFINITIONS
from renjia.records.places.models import Institution, Level, Place

_LEVELS = {level.label: level for level in Level}
_ORDER = {level: i for i, level in enumerate(Level)}


def _rows(path: Path) -> Iterable[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file)


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


@transaction.atomic
def load_places(*, path: Path = DEFINITIONS / "codelists" / "divisions.csv") -> int:
    """装入区划 — columns 代码,名称,级别,上级,自,至; returns how many places were added."""
    have = {(p.code, p.valid_from): p for p in Place.objects.all()}
    by_code = {code: place for (code, _), place in have.items()}
    rows = [r for r in _rows(path) if (r["代码"], _day(r["自"])) not in have]
    for level in sorted(_ORDER, key=_ORDER.__getitem__):
        new = [
            Place(
                code=r["代码"], name=r["名称"], level=level, parent=by_code.get(r["上级"]), valid_from=_day(r["自"]),
                valid_to=_day(r["至"]), sort_key=" ".join(lazy_pinyin(r["名称"], style=Style.NORMAL)),
            )
            for r in rows
            if _LEVELS[r["级别"]] == level
        ]  # fmt: skip
        by_code |= {place.code: place for place in Place.objects.bulk_create(new)}
    return len(rows)


@transaction.atomic
def load_institutions(*, path: Path = DEFINITIONS / "codelists" / "institutions.csv") -> int:
    """装入机构 — columns 代码,名称,类别,所在街镇; returns how many institutions were added."""
    have = set(Institution.objects.values_list("code", flat=True))
    new = [
        Institution(code=r["代码"], name=r["名称"], kind=r["类别"], street=r["所在街镇"])
        for r in _rows(path)
        if r["代码"] not in have
    ]
    Institution.objects.bulk_create(new)
    return len(new)
