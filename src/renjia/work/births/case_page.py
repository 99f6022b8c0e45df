"""个案页 — five sources side by side, the chosen value with its rule, what differs and by how much, and the evidence."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import pyarrow as pa
from django.urls import reverse

from renjia.engine.linkage import HAND_SET, Weight, chosen_values, differences, explain
from renjia.engine.units import mask_certificate, mask_identity, mask_infant, mask_name, mask_phone
from renjia.records.intake import FIELDS
from renjia.records.places.models import Institution
from renjia.work.births.corrections import RULE, overrides
from renjia.work.births.masked import NAMES, SEX, SOURCES, full_place, place_names, records_of, shown_name
from renjia.work.births.models import BirthCase, CaseState, Evidence
from renjia.work.births.reconcile import LABELS, records_table

REVEALABLE = ("baby_name", "mother_name", "mother_id", "father_name", "father_id", "phone", "certificate")
ROWS = (
    "baby_name", "sex", "born", "minute", "weight", "plurality", "order", "parity", "mother_name", "mother_id", "father_name", "father_id",
    "certificate", "address", "hukou_place", "phone", "institution",
)  # fmt: skip
MONO = ("mother_id", "father_id", "certificate", "phone")
PLURALITY = {1: "单胎", 2: "双胎", 3: "三胎"}


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


class CasePage:
    """个案页的内容 — opened once from the boxes of the case's records."""

    def __init__(self, case: BirthCase) -> None:
        self.case = case
        self.records = records_of([case]).get(case.pk, [])
        self.by_source: dict[str, dict[str, Any]] = {}
        for record in sorted(self.records, key=lambda r: (r["reported"] or date.min, r["record"])):
            self.by_source[record["source"]] = record  # the latest speaks for its source
        count = len(self.records)
        table = records_table([{k: v for k, v in r.items() if k not in ("row_no", "arrived")} for r in self.records])
        assignment = pa.table(
            {"record": [r["record"] for r in self.records], "case": [case.no] * count, "delivery": [case.delivery] * count,
             "state": [case.state] * count}
        )  # fmt: skip
        self.chosen: dict[str, Any] = chosen_values(table, assignment).to_pylist()[0] if count else {}
        self.rules: dict[str, str] = {}
        self.differing: dict[str, set[str]] = {}
        for row in differences(table, assignment).to_pylist() if count else []:
            self.rules[row["field"]] = row["rule"]
            mine = self.differing.setdefault(row["field"], set())
            if row["value"] != row["chosen"]:
                mine.add(row["record"])
        self.corrected = overrides(case).get(case.no, {})
        codes = {str(r[f]) for r in self.records for f in ("address", "hukou_place") if r[f]} | {
            *self.corrected.values()
        }
        self.places = place_names({c for code in codes for c in (code, code[:9])})
        self.institutions = dict(
            Institution.objects.filter(
                code__in={r["institution"] for r in self.records if r["institution"]}
            ).values_list("code", "name")
        )

    @property
    def sex_label(self) -> str:
        return SEX.get(self.case.sex, "性别未报")

    @property
    def phone_masked(self) -> str:
        return self.text("phone", (self.chosen | self.corrected).get("phone"))

    def text(self, field: str, value: Any) -> str:
        """一格的文字 — masked, in words."""
        if value in (None, ""):
            return ""
        shapes: dict[str, Callable[[Any], str]] = {
            "baby_name": lambda v: mask_infant(v, self.chosen.get("mother_name") or "", self.case.sex), "mother_name": mask_name,
            "father_name": mask_name, "mother_id": mask_identity, "father_id": mask_identity, "phone": mask_phone,
            "certificate": mask_certificate, "sex": lambda v: SEX.get(v, v), "minute": _clock, "weight": lambda v: f"{v:,} g",
            "plurality": lambda v: PLURALITY.get(v, f"{v} 胎"), "parity": lambda v: f"第 {v} 孩", "order": lambda v: f"第 {v} 个",
            "address": lambda v: full_place(v, self.places) if v in self.places or v[:9] in self.places else "区外或不明地址",
            "hukou_place": lambda v: full_place(v, self.places) if v in self.places or v[:9] in self.places else "区外户籍",
            "institution": lambda v: self.institutions.get(v, v),
        }  # fmt: skip
        shape = shapes.get(field, str)
        return shape(value) if field != "born" else str(value)

    def rows(self) -> list[dict[str, Any]]:
        rows = []
        for field in ROWS:
            values = {s: self.by_source[s][field] if s in self.by_source else None for s in SOURCES}
            if all(v in (None, "") for v in values.values()):
                continue
            rows.append(self._row(field, values))
        return rows

    def _row(self, field: str, values: dict[str, Any]) -> dict[str, Any]:
        value = self.chosen.get(field)
        rule = self.rules.get(field, "")
        if field in self.corrected:
            value, rule = self.corrected[field], RULE
        if field == "hukou_place":
            value = values["hukou_birth"] or next((v for v in values.values() if v), None)
        stated = [s for s, v in values.items() if v not in (None, "")]
        if not rule:
            rule = "仅此来源" if len(stated) == 1 else f"{'五' if len(stated) == 5 else len(stated)}源一致"
        used = next((s for s in self._order(field) if values[s] not in (None, "") and values[s] == value), None)
        differs = self.differing.get(field, set())
        cells = [
            None
            if values[s] in (None, "")
            else {
                "text": self.text(field, values[s]),
                "diff": self.by_source[s]["record"] in differs,
                "note": self._note(field, values[s], value) if self.by_source[s]["record"] in differs else "",
                "used": s == used,
            }
            for s in SOURCES
        ]
        label = LABELS.get(field, FIELDS[field][0])
        return {"field": field, "label": label, "chosen": self.text(field, value) or "待核实", "rule": rule,
                "unsettled": value in (None, ""), "mono": field in MONO, "cells": cells}  # fmt: skip

    @staticmethod
    def _order(field: str) -> tuple[str, ...]:
        return ("birth_certificate", "hospital_delivery", "hukou_birth", "vaccination", "registration")

    def _note(self, field: str, value: Any, chosen: Any) -> str:
        """差多少 — in the words of the field."""
        if field == "born" and isinstance(value, date) and isinstance(chosen, date):
            return f"≠ 差 {abs((value - chosen).days)} 天"
        if field == "weight" and isinstance(value, int) and isinstance(chosen, int):
            return f"≠ 差 {abs(value - chosen)} g"
        if field == "minute" and isinstance(value, int) and isinstance(chosen, int):
            return f"≠ 差 {abs(value - chosen)} 分钟"
        if field in ("mother_id", "father_id") and isinstance(chosen, str) and len(value) == len(chosen):
            return f"≠ 有 {sum(a != b for a, b in zip(value, chosen, strict=True))} 位不同"
        return "≠ 与采用值不同" if chosen not in (None, "") else "≠ 各不相同"

    def waterfalls(self) -> list[dict[str, Any]]:
        """凭什么认定 — for each stored comparison inside the case, every piece of evidence with its weight."""
        keys = [r["record"] for r in self.records]
        found = Evidence.objects.filter(a__key__in=keys, b__key__in=keys).select_related("a", "b").order_by("-score")
        falls, seen = [], set()
        for evidence in found:
            pair = f"{NAMES[evidence.a.source]} × {NAMES[evidence.b.source]}"
            label = pair if evidence.level == "delivery" else f"{pair}（孩子）"
            if label not in seen:
                seen.add(label)
                falls.append(waterfall(label, evidence.pattern, evidence.level))
        for fall in falls[:1]:
            fall["on"] = True
        return falls

    def context(self) -> dict[str, Any]:
        case = self.case
        plurality = PLURALITY.get(self.chosen.get("plurality") or 0, "")
        heading = "，".join(
            filter(None, (shown_name(self.records, case.sex), self.sex_label, str(case.born or "生日未报")))
        )
        where = place_names([case.home, case.home[:9]])
        siblings = BirthCase.objects.living().filter(delivery=case.delivery).exclude(pk=case.pk)
        rows = self.rows()
        have = Counter(r["source"] for r in self.records)
        return {
            "case": {
                "no": case.no, "heading": " · ".join(filter(None, (heading, full_place(case.home, where), plurality))),
                "state": case.state, "state_label": CaseState(case.state).label, "delivery": case.delivery,
            },
            "sources": [self._source(s, have[s]) for s in SOURCES],
            "rows": rows,
            "summary": f"{len(have)} 个来源有记录，{len(self.differing)} 个字段有差异",
            "waterfalls": self.waterfalls(),
            "siblings": [{"no": s.no, "url": reverse("births:case", args=[s.no]), "sex_label": SEX.get(s.sex, "—")} for s in siblings],
            "events": list(case.events.values("at", "text", "who").order_by("-at", "-id")),
            "revealable": [f for f in REVEALABLE if self.chosen.get(f)],
            "previous": _neighbour(case, before=True),
            "next": _neighbour(case, before=False),
        }  # fmt: skip

    def _source(self, source: str, count: int) -> dict[str, Any]:
        record = self.by_source.get(source)
        if record is None:
            return {"id": source, "label": NAMES[source], "record_no": None, "reported": None, "origin": ""}
        origin = self.institutions.get(record["institution"] or "", "")
        more = f"，另有 {count - 1} 条" if count > 1 else ""
        return {"id": source, "label": NAMES[source], "record_no": record["row_no"] or "无编号",
                "reported": record["reported"], "origin": f"{origin}{more}"}  # fmt: skip


def waterfall(label: str, pattern: int, level: str) -> dict[str, Any]:
    """瀑布 — the stored pattern as rows."""
    return drawn(label, explain(pattern, HAND_SET), level)


def drawn(label: str, lines: Sequence[Weight], level: str) -> dict[str, Any]:
    """画成瀑布 — lines as rows; positions in percent of the widest span."""
    threshold = HAND_SET.link if level == "delivery" else 0.0
    ends = [0.0, threshold, *(w.running for w in lines)]
    low, span = min(ends), max(max(ends) - min(ends), 1.0)

    def at(x: float) -> float:
        return 4 + 92 * (x - low) / span

    steps, before = [], 0.0
    for line in lines:
        left, right = sorted((before, line.running))
        steps.append(
            {"label": line.label, "weight": line.weight, "running": line.running, "left": f"{at(left):.1f}",
             "width": f"{max(at(right) - at(left), 0.4):.1f}", "negative": line.weight < 0}
        )  # fmt: skip
        before = line.running
    return {"label": label, "on": False, "steps": steps, "total": before, "threshold": threshold, "level": level,
            "threshold_left": f"{at(threshold):.1f}", "total_left": f"{min(at(0), at(before)):.1f}",
            "total_width": f"{abs(at(before) - at(0)):.1f}"}  # fmt: skip


def _neighbour(case: BirthCase, *, before: bool) -> str | None:
    rows = BirthCase.objects.living()
    no = (
        (rows.filter(no__gt=case.no).order_by("no") if before else rows.filter(no__lt=case.no).order_by("-no"))
        .values_list("no", flat=True)
        .first()
    )
    return reverse("births:case", args=[no]) if no else None


def reveal_value(case: BirthCase, field: str) -> str | None:
    """一项的原值 — None where the field may not be shown or is empty."""
    if field not in REVEALABLE:
        return None
    page = CasePage(case)
    value = (page.chosen | page.corrected).get(field)
    return str(value) if value else None
