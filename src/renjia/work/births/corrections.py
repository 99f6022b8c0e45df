"""核实更正 — what workers found replaces what the sources say, field by field, latest first."""

from typing import Any

from renjia.work.births.actions import read_answers
from renjia.work.births.models import Result, Verification

RULE = "核实更正"


def overrides() -> dict[str, dict[str, str]]:
    """按个案号的更正 — {case number: {field: value}}; a later correction wins."""
    found: dict[str, dict[str, str]] = {}
    answered = Verification.objects.filter(result=Result.CORRECTED, answers__isnull=False)
    for verification in answered.select_related("case").order_by("done_at", "id"):
        found.setdefault(verification.case.no, {}).update(read_answers(verification))
    return found


def apply(chosen: dict[str, Any], corrected: dict[str, str]) -> dict[str, Any]:
    """套用更正。"""
    return chosen | {name: value for name, value in corrected.items() if name in chosen}
