"""列表上的样子 — masked names for a page of cases, opened from their boxes and recorded as looks, in two queries."""

from collections.abc import Iterable
from typing import Any

from renjia.engine.units import mask_infant, mask_name
from renjia.records.audit.actions import record_looks
from renjia.records.audit.models import Action
from renjia.records.intake.boxes import open_records
from renjia.records.intake.models import RecordState, SourceRecord
from renjia.records.places.models import Place
from renjia.work.births.models import BirthCase

SOURCES = ("registration", "hospital_delivery", "vaccination", "birth_certificate", "hukou_birth")
NAMES = {
    "registration": "生育登记", "hospital_delivery": "住院分娩", "vaccination": "预防接种",
    "birth_certificate": "出生医学证明", "hukou_birth": "户籍",
}  # fmt: skip
SEX = {"1": "男", "2": "女"}
# A child's name is taken from the paper that settles it, then from what came later.
_NAME_ORDER = ("birth_certificate", "hukou_birth", "vaccination", "registration", "hospital_delivery")


def records_of(cases: Iterable[BirthCase]) -> dict[Any, list[dict[str, Any]]]:
    """各案的记录 — opened, by case."""
    found = list(
        SourceRecord.objects.filter(state=RecordState.CURRENT, caserecord__case__in=list(cases))
        .select_related("caserecord")
        .order_by("key")
    )
    by_case: dict[Any, list[dict[str, Any]]] = {}
    for record, values in zip(found, open_records(found), strict=True):
        by_case.setdefault(record.caserecord.case_id, []).append(
            values | {"row_no": record.record_no, "arrived": record.month}
        )
    return by_case


def shown_name(records: list[dict[str, Any]], sex: str) -> str:
    """孩子的遮名 — “陈*溪”, or “未取名（王某之子）”."""
    order = {source: i for i, source in enumerate(_NAME_ORDER)}
    mother = next((r["mother_name"] for r in records if r["mother_name"]), "")
    for record in sorted(records, key=lambda r: order[r["source"]]):
        if record["baby_name"]:
            return mask_infant(record["baby_name"], mother, sex)
    return mask_infant("", mother, sex)


def mother_name(records: list[dict[str, Any]]) -> str:
    """母亲的遮名。"""
    return next((mask_name(r["mother_name"]) for r in records if r["mother_name"]), "")


def list_looks(cases: Iterable[BirthCase]) -> None:
    """列表也是查阅 — one row a child shown, in one statement."""
    cases = list(cases)
    if cases:
        record_looks(subjects=[c.subject for c in cases], action=Action.LIST, case_refs=[c.no for c in cases])


def place_names(codes: Iterable[str]) -> dict[str, str]:
    """区划的名称 — in one query."""
    return dict(Place.objects.filter(code__in={c for c in codes if c}).values_list("code", "name"))


def full_place(code: str, names: dict[str, str]) -> str:
    """街镇加居村 — or that it stands in the district's pool."""
    if len(code) <= 6:
        return "住址不明或在区外"
    return " ".join(filter(None, (names.get(code[:9], ""), names.get(code, "") if len(code) == 12 else "（居村不明）")))
