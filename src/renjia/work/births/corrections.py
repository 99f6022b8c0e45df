"""核实更正 — what workers found replaces what the sources say, field by field, latest first."""

from typing import Any

from django.db.models import Q

from renjia.work.births.actions import read_answers
from renjia.work.births.models import BirthCase, Result, Verification

RULE = "核实更正"


def overrides(case: BirthCase | None = None) -> dict[str, dict[str, str]]:
    """按个案号的更正 — {case number: {field: value}}; a later correction wins, a merged case's go to its heir.

    With a case, only the boxes that bear on it are opened.
    """
    found: dict[str, dict[str, str]] = {}
    answered = Verification.objects.filter(result=Result.CORRECTED, answers__isnull=False)
    if case is not None:
        answered = answered.filter(Q(case=case) | Q(case__retired=case.no))
    heirs = dict(BirthCase.objects.exclude(retired__isnull=True).exclude(retired="").values_list("no", "retired"))
    for verification in answered.select_related("case").order_by("done_at", "id"):
        no = verification.case.no
        while no in heirs:
            no = heirs[no]
        found.setdefault(no, {}).update(read_answers(verification))
    return found


def apply(chosen: dict[str, Any], corrected: dict[str, str]) -> dict[str, Any]:
    """套用更正。"""
    return chosen | {name: value for name, value in corrected.items() if name in chosen}
