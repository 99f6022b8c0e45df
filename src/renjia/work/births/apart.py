"""为什么没合并 — any two records in sight: what speaks for and against, and which guard kept them apart.

Worked out again on the records of the days around both and of the cases beside them, with the prior of all records: the
answer must come while the officer waits, and opening a whole district's boxes for it would be a look at everybody.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from math import log2
from typing import Any

from django.db.models import Q

from renjia.engine.linkage import HAND_SET, Weight, WhyNot, explain, why_not
from renjia.records.audit.actions import record_event
from renjia.records.audit.models import Action
from renjia.records.intake.boxes import open_records
from renjia.records.intake.models import RecordState, SourceRecord
from renjia.records.store.scope import current, scope
from renjia.work.births.masked import NAMES
from renjia.work.births.models import BirthCase, CaseRecord, Evidence, Question
from renjia.work.births.reconcile import decisions, records_table

WHY = "为什么没合并"
DAYS = (15, 7, 3, 1, 0)  # around either birth, the widest that stays under MOST records
MOST = 4_000
ALIKE = 200  # records of the same mother's number or telephone; more is an office's own number
RULES = {
    "joined": "已合在一起", "still": "死胎死产不合", "decided": "人定过，不是同一个", "pregnancies": "两次怀孕",
    "never_compared": "没有放在一起比过", "below": "分值不够", "asked": "等人复核", "better_partner": "各有更相符的",
    "undecided": "多胎分不清，待定", "same_source": "同一来源的两条", "plurality": "多胎，各是各的", "other_child": "同一次分娩的两个孩子",
}  # fmt: skip


@dataclass(frozen=True)
class Apart:
    """答复 — rule in words, a sentence, the waterfall's lines, the strongest for and against, and on what it was worked out.

    stored: the run itself kept this pair's comparison, and the lines are that one's.
    """

    rule: str
    title: str
    sentence: str
    level: str
    lines: tuple[Weight, ...]
    strongest_for: Weight | None
    strongest_against: Weight | None
    records: int
    whole: int
    days: int
    stored: bool


def asked_apart(a: SourceRecord, b: SourceRecord) -> Apart:
    """问 — two records that the officer may see; what others say of them is used, never shown."""
    seen = set(_case_records([a, b]).values_list("record__key", flat=True))
    with scope(replace(current(), everything=True, reason=WHY)):
        held, days = _around(a, b)
        whole = CaseRecord.objects.count()
        found = why_not(
            a.key, b.key, records_table(open_records(held)), model=_with_prior(len(held), whole), decisions=decisions()
        )
        beside = [(record.key, record.source, record.record_no) for record in held]
        stored, waits = _stored(found, a, b), _waits(a, b)
    record_event(action=Action.COMPUTE, fields=f"{WHY}：前后 {days} 天 {len(held):,} 条")
    lines = stored or _lines(found, whole)
    sentence = found.sentence.replace(f"得分 {found.score:+g}", f"得分 {lines[-1].running:+g}")
    rule = found.rule
    if waits and rule == "below":  # the run, which knew all names, found it closer than these records let one see
        rule = "asked"
        sentence = f"得分 {lines[-1].running:+g}，归并线 {HAND_SET.link:+g}，复核线 {HAND_SET.review:+g}：介于两线之间，正等人工复核"
    evidence = lines[1:]  # the first line is the prior, or that both are of one delivery
    return Apart(
        rule, RULES[rule], _named(sentence, beside, seen), found.level, lines,
        max((one for one in evidence if one.weight > 0), key=lambda one: one.weight, default=None),
        min((one for one in evidence if one.weight < 0), key=lambda one: one.weight, default=None),
        len(held), whole, days, bool(stored),
    )  # fmt: skip


def _case_records(records: Iterable[SourceRecord]) -> Any:
    """Records of the deliveries of these records, as far as the scope in force sees them."""
    deliveries = BirthCase.objects.filter(records__record__in=list(records)).values("delivery")
    return CaseRecord.objects.filter(case__delivery__in=deliveries, record__state=RecordState.CURRENT)


def _around(a: SourceRecord, b: SourceRecord) -> tuple[list[SourceRecord], int]:
    """The records to work on, by key, and how many days around the births they reach."""
    assigned = SourceRecord.objects.filter(state=RecordState.CURRENT, caserecord__isnull=False)
    alike = Q(mother_index__in=_told(a.mother_index, b.mother_index)) | Q(
        phone_index__in=_told(a.phone_index, b.phone_index)
    )
    near = set(assigned.filter(alike).values_list("pk", flat=True)[:ALIKE])
    near |= set(_case_records([a, b]).values_list("record", flat=True)) | {a.pk, b.pk}
    for days in DAYS:
        reach, nights = Q(), timedelta(days=days)
        for born in (a.born or a.reported, b.born or b.reported):
            if born is not None:
                reach |= Q(born__range=(born - nights, born + nights))
        if not reach:
            break
        if assigned.filter(reach).count() <= MOST or days == DAYS[-1]:
            near |= set(assigned.filter(reach).values_list("pk", flat=True)[:MOST])
            break
    return list(SourceRecord.objects.filter(pk__in=near).order_by("key")), days


def _told(*indexes: Any) -> list[bytes]:
    return [bytes(one) for one in indexes if one is not None]


def _size(records: int) -> int:
    return round(log2(max(records, 512)))


def _with_prior(held: int, whole: int) -> Any:
    """The model, its prior that of all records though only some are looked at."""
    return replace(HAND_SET, partners=HAND_SET.partners * 2.0 ** (_size(held) - _size(whole)))


def _lines(found: WhyNot, whole: int) -> tuple[Weight, ...]:
    """The waterfall, its first line saying of how many records the prior speaks."""
    first, *rest = found.lines
    if found.level == "delivery":
        first = replace(first, label=f"先验：约 {1 << _size(whole):,} 条记录中的任意两条")
    return (first, *rest)


def _stored(found: WhyNot, a: SourceRecord, b: SourceRecord) -> tuple[Weight, ...]:
    """The lines of the comparison that the run kept of this pair, if it did: those are exact."""
    keys, ids = (a.key, b.key), (a.pk, b.pk)
    asked = Question.objects.filter(a_key__in=keys, b_key__in=keys, level=found.level)
    kept = Evidence.objects.filter(a__in=ids, b__in=ids, level=found.level)
    patterns = [*asked.values_list("pattern", flat=True), *kept.values_list("pattern", flat=True)]
    return next((tuple(explain(pattern, HAND_SET)) for pattern in patterns if pattern is not None), ())


def _waits(a: SourceRecord, b: SourceRecord) -> bool:
    keys = (a.key, b.key)
    return Question.objects.waiting().filter(a_key__in=keys, b_key__in=keys, level="delivery").exists()


def _named(sentence: str, beside: Iterable[tuple[str, str, str]], seen: set[str]) -> str:
    """Keys of records in words; of one that the officer does not see only the source is told."""
    for key, source, number in sorted((one for one in beside if one[0] in sentence), key=lambda one: -len(one[0])):
        said = f"{NAMES[source]} {number or '无编号'}" if key in seen else f"范围以外的一条{NAMES[source]}"
        sentence = sentence.replace(key, said)
    return re.sub(r"(?<=[ （])-(?=\d)", "−", sentence)


def suggested(case: BirthCase) -> list[tuple[BirthCase, str]]:
    """可能要问的 — cases in sight with the same mother's number or telephone, of one delivery, or born there that day."""
    own = list(SourceRecord.objects.filter(caserecord__case=case, state=RecordState.CURRENT))
    mothers = [bytes(r.mother_index) for r in own if r.mother_index is not None]
    phones = [bytes(r.phone_index) for r in own if r.phone_index is not None]
    reasons: list[tuple[str, Q]] = [
        ("同一次分娩", Q(delivery=case.delivery)),
        ("母亲证件号相同", Q(records__record__mother_index__in=mothers)),
        ("电话相同", Q(records__record__phone_index__in=phones)),
    ]
    if case.born:
        day = timedelta(days=1)
        reasons.append(("同一居村，出生差一天以内", Q(home=case.home, born__range=(case.born - day, case.born + day))))
    found: dict[Any, tuple[BirthCase, str]] = {}
    for why, condition in reasons:
        for one in BirthCase.objects.living().filter(condition).exclude(pk=case.pk).distinct().order_by("no")[:8]:
            found.setdefault(one.pk, (one, why))
    return list(found.values())[:8]
