"""比对抽查 — a random sample of links, judged by people; from the answers, how many of all links are right."""

import secrets
from dataclasses import dataclass, replace
from uuid import UUID

import pyarrow as pa
from django.db import transaction
from django.utils import timezone

from renjia.engine.linkage import Drawn, Precision, estimate_precision, sample_for_audit, wilson
from renjia.records.audit.actions import record_event, record_looks
from renjia.records.audit.models import Action
from renjia.records.intake.models import RecordState
from renjia.records.store.scope import current, scope
from renjia.work.births.actions import Refused, refuse_contradiction
from renjia.work.births.models import AuditedLink, BirthCase, CaseRecord, Evidence, Judged, LinkAudit, Question

WHY = "比对抽查"
SIZES = (100, 200, 400)
LEAST_A_BAND, LEAST = 10, 30  # judged right or wrong, before anything is estimated
_COLUMNS = ("a__key", "b__key", "level", "score", "pattern", "a_id", "b_id", "model")


@dataclass(frozen=True)
class Estimate:
    """估计 — of one audit: precision (None while there are too few answers, then why), and how many were judged."""

    audit: LinkAudit
    drawn: int
    judged: int
    right: int
    wrong: int
    unsure: int
    precision: Precision | None
    too_few: str


def anything_joined() -> bool:
    """有没有可抽的 — whether the last run joined any two records."""
    with scope(replace(current(), everything=True, reason=WHY)):
        return Evidence.objects.filter(level="delivery").exists()


@transaction.atomic
def draw_audit(*, wanted: int) -> LinkAudit:
    """抽 — links of the last run, at random in bands of score; the seed is drawn too, so that nobody chooses."""
    if wanted not in SIZES:
        raise Refused(f"抽 {'、'.join(map(str, SIZES))} 对，请从中选一个。")
    left = AuditedLink.objects.waiting().count()
    if left:
        raise Refused(f"上一次抽的还有 {left} 对没有判断。看完再抽，免得挑着看。")
    asked = current()
    with scope(replace(asked, everything=True, reason=WHY)):
        rows = list(
            Evidence.objects.filter(level="delivery", a__state=RecordState.CURRENT, b__state=RecordState.CURRENT)
            .order_by("a__key", "b__key")
            .values_list(*_COLUMNS)
        )
        if not rows:
            raise Refused("还没有合在一起的记录可抽。收件并处理过一个月以后再抽。")
        of = {(row[0], row[1]): row for row in rows}
        table = pa.table(
            {name: [row[at] for row in rows] for at, name in enumerate(("a", "b", "level", "score", "pattern"))}
        )
        seed = secrets.randbits(48)
        sample = sample_for_audit(seed, wanted, table)
        cases = dict(
            CaseRecord.objects.filter(record__in=[i for one in sample for i in of[one.a, one.b][5:7]]).values_list(
                "record_id", "case_id"
            )
        )
        audit = LinkAudit.objects.create(
            drawn_by=asked.name[:40], seed=seed, wanted=wanted, links=len(rows), model=rows[0][7]
        )
        # in an order of their own, so that the doubtful and the sure come mixed
        secrets.SystemRandom().shuffle(sample)
        AuditedLink.objects.bulk_create(
            AuditedLink(
                audit=audit, position=at, a_id=of[one.a, one.b][5], b_id=of[one.a, one.b][6], a_key=one.a, b_key=one.b,
                a_case_id=cases[of[one.a, one.b][5]], b_case_id=cases[of[one.a, one.b][6]], score=one.score, pattern=one.pattern,
                band=one.band, of=one.of,
            )
            for at, one in enumerate(sample, 1)
        )  # fmt: skip
    record_event(action=Action.COMPUTE, fields=f"{WHY}：抽 {len(sample)} 对，共 {len(rows):,} 对")
    return audit


@transaction.atomic
def judge_link(*, link_id: UUID, answer: str, note: str = "") -> AuditedLink:
    """判 — once; a link that is wrong becomes a decision that every later run keeps."""
    found = AuditedLink.objects.select_for_update(of=("self",)).filter(pk=link_id).first()
    if found is None:  # judged rows cannot be locked: the database lets nobody change them
        judged = AuditedLink.objects.filter(pk=link_id).first()
        if judged is None:
            raise Refused("没有这一对，或不在您的范围内。")
        raise Refused(f"这一对已由{judged.answered_by}判为“{judged.get_answer_display()}”。")
    if answer not in Judged.values:
        raise Refused("请选“合得对”“合错了”或“看不出”。")
    if answer == Judged.WRONG and not note.strip():
        raise Refused("判为“合错了”须写依据，例如：两位母亲同名，证件和电话都不同。")
    cases = list(BirthCase.objects.filter(pk__in=(found.a_case_id, found.b_case_id)))
    record_looks(subjects=[c.subject for c in cases], action=Action.CHANGE, case_refs=[c.no for c in cases], fields=WHY)
    if answer == Judged.WRONG:
        _part(found, note.strip())
    found.answer, found.note = answer, note.strip()[:300]
    found.answered_at, found.answered_by = timezone.now(), current().name[:40]
    found.save(update_fields=["answer", "note", "answered_at", "answered_by"])
    return found


def _part(found: AuditedLink, note: str) -> None:
    """The decision that these two are not of one delivery; an earlier one that says otherwise is not overruled here."""
    earlier = Question.objects.filter(
        a_key__in=(found.a_key, found.b_key), b_key__in=(found.a_key, found.b_key)
    ).first()
    if earlier is not None and earlier.same:
        raise Refused(
            f"这一对复核时由{earlier.decided_by}定为“同一个”，与“合错了”相反。请先与他核对；拿不定的选“看不出”。"
        )
    decided = earlier or Question(
        a_id=found.a_id, b_id=found.b_id, a_key=found.a_key, b_key=found.b_key, score=found.score, pattern=found.pattern,
        reason="比对抽查：判为合错了",
    )  # fmt: skip
    decided.level, decided.obsolete = "delivery", False
    refuse_contradiction(decided, False)
    decided.same, decided.decided_at = False, timezone.now()
    decided.decided_by, decided.note = current().name, f"{WHY}：{note}"[:300]
    decided.save()


def estimate(audit: LinkAudit) -> Estimate:
    """估计 — from the answers so far; those nobody could tell are left out."""
    links = list(audit.drawn.all())
    answers = {(one.a_key, one.b_key): one.answer == Judged.RIGHT for one in links if one.answer in ("right", "wrong")}
    sample = [Drawn(one.a_key, one.b_key, one.score, one.band, one.pattern, one.of) for one in links]
    right = sum(answers.values())
    unsure = sum(one.answer == Judged.UNSURE for one in links)
    too_few = _too_few(sample, set(answers))
    return Estimate(
        audit, len(links), len(answers) + unsure, right, len(answers) - right, unsure,
        None if too_few else estimate_precision(sample, answers), too_few,
    )  # fmt: skip


def _too_few(sample: list[Drawn], answered: set[tuple[str, str]]) -> str:
    if len(answered) < min(LEAST, len(sample)):
        return f"只判定了 {len(answered)} 对，至少要 {min(LEAST, len(sample))} 对"
    for band in sorted({one.band for one in sample}):
        mine = [one for one in sample if one.band == band]
        had = sum((one.a, one.b) in answered for one in mine)
        if had < min(LEAST_A_BAND, len(mine)):
            return f"有一层分值只判定了 {had} 对，至少要 {min(LEAST_A_BAND, len(mine))} 对"
    return ""


def bands(found: Precision) -> list[tuple[str, int, int, int, float, float]]:
    """各层 — label, right, judged, links, and the interval of the share that is right."""
    return [(label, right, asked, links, *wilson(right, asked)) for label, right, asked, links in found.bands]


def latest_estimate() -> Estimate | None:
    """最近一次够判断的抽查 — None where there is none yet."""
    for audit in LinkAudit.objects.all()[:5]:
        found = estimate(audit)
        if found.precision is not None:
            return found
    return None
