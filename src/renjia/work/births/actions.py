"""出生核实的办理 — one function for each thing a person does; each one transaction, each leaves an event."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from renjia.engine.linkage import Decision, decided
from renjia.records.audit.actions import record_looks
from renjia.records.audit.models import Action
from renjia.records.places.models import Place
from renjia.records.store.keys import keys
from renjia.records.store.scope import current, scope
from renjia.work.births.models import BirthCase, CaseEvent, EventKind, Question, Result, Verification

ANSWERS = "births_verification"
UNDO_WITHIN = timedelta(minutes=10)


class Refused(Exception):
    """不能办 — in Chinese: why, and what to do instead."""


def _locked(verification_id: UUID) -> Verification:
    found = Verification.objects.select_for_update().filter(pk=verification_id).first()
    if found is None:
        raise Refused("这件核实不在您的范围内，或已经转走。请回到待办列表重新打开。")
    return found


def _refuse_second_open(found: Verification) -> None:
    if Verification.objects.open().filter(case=found.case_id).exclude(pk=found.pk).exists():
        raise Refused("这个个案已有一件在办的核实，请在那一件里办。")


def _note(case_id: UUID, kind: EventKind, text: str, at: datetime | None = None) -> None:
    asked = current()
    CaseEvent.objects.create(
        case_id=case_id,
        kind=kind,
        text=text,
        who=f"{asked.place_name} {asked.name}".strip()[:60],
        at=at or timezone.now(),
    )


def _looked(case_id: UUID, no: str) -> None:
    record_looks(subjects=[str(case_id)], action=Action.CHANGE, case_refs=[no])


@transaction.atomic
def answer_verification(
    *,
    verification_id: UUID,
    result: Result,
    reason: str = "",
    answers: Mapping[str, str] | None = None,
    at: datetime | None = None,
) -> Verification:
    """报核实结果 — once; `corrected` needs what was corrected, `unverifiable` needs why."""
    found = _locked(verification_id)
    if found.cleared is not None:
        raise Refused("补报的材料已到，这件无须再核，请看下一件。")
    if found.result:
        raise Refused(
            f"这件已于 {timezone.localtime(found.done_at):%Y-%m-%d %H:%M} 报过结果“{found.get_result_display()}”。"
        )
    values = {k: v.strip() for k, v in (answers or {}).items() if v.strip()}
    if result == Result.UNVERIFIABLE and not reason.strip():
        raise Refused("选“无法核实”须写原因，例如：电话停机，两次上门无人。")
    if result == Result.CORRECTED and not values:
        raise Refused("选“已更正”须填更正后的内容；如与采用值一致，请选“确认无误”。")
    asked = current()
    found.result, found.reason = result, reason.strip()[:300]
    found.done_at = at or timezone.now()
    found.done_by, found.done_account = f"{asked.place_name} {asked.name}".strip()[:60], asked.account
    if values:
        found.answers = keys().sealer("births").seal(ANSWERS, str(found.pk), values)
    found.save()
    _note(found.case_id, EventKind.ANSWERED, found.get_result_display(), found.done_at)
    _looked(found.case_id, "")
    return found


def read_answers(verification: Verification) -> dict[str, str]:
    """所核内容 — what the worker found, field by field."""
    if verification.answers is None:
        return {}
    return keys().sealer("births").open(ANSWERS, str(verification.pk), bytes(verification.answers))


@transaction.atomic
def undo_answer(*, verification_id: UUID) -> Verification:
    """撤销刚报的结果 — within ten minutes, by whoever gave it."""
    found = _locked(verification_id)
    asked = current()
    if not found.result or found.done_account != asked.account or found.done_at is None:
        raise Refused("只能撤销自己刚报的结果。")
    if timezone.now() - found.done_at > UNDO_WITHIN or found.second_at is not None:
        raise Refused("已超过 10 分钟或已抽查，不能撤销；请联系街镇退回再核。")
    _refuse_second_open(found)
    found.result = found.reason = found.done_by = found.done_account = ""
    found.done_at = found.answers = None
    found.save()
    _note(found.case_id, EventKind.RETURNED, "经手人撤销了刚报的结果")
    return found


@transaction.atomic
def look_again(*, verification_id: UUID, agrees: bool, note: str = "") -> Verification:
    """抽查复看 — the street's second look at a sampled result; a disagreement goes back to be verified anew."""
    found = _locked(verification_id)
    asked = current()
    if not found.result:
        raise Refused("还没有核实结果，不能抽查。")
    if found.second_at is not None:
        raise Refused(f"这件已由{found.second_by}复看过，不用再看。")
    if found.done_account and found.done_account == asked.account:
        raise Refused("不能抽查自己报的结果，请由另一位同事复看。")
    if not agrees and not note.strip():
        raise Refused("退回再核须写明哪里不一致。")
    if not agrees:
        _refuse_second_open(found)
    found.second_agrees, found.second_at = agrees, timezone.now()
    found.second_by = f"{asked.place_name} {asked.name}".strip()[:60]
    if not agrees:
        found.result = found.reason = found.done_by = found.done_account = ""
        found.done_at = found.answers = None
        found.returned = True
        found.second_agrees, found.second_at, found.second_by = None, None, ""  # the new answer may be looked at again
    found.save()
    _note(
        found.case_id,
        EventKind.CHECKED if agrees else EventKind.RETURNED,
        "抽查一致" if agrees else f"退回再核：{note.strip()}"[:300],
    )
    _looked(found.case_id, "")
    return found


@transaction.atomic
def offer_transfer(*, verification_id: UUID, to: str, why: str) -> Verification:
    """转出 — an offer; the case stays here until the other side accepts."""
    found = _locked(verification_id)
    place = Place.objects.filter(code=to).first()
    if place is None:
        raise Refused("没有这个区划，请从列表中选。")
    if found.result or found.cleared is not None:
        raise Refused("已办结的不能转出。")
    if found.offered_to:
        raise Refused("这件正在转办，请等对方接收或不接收。")
    if to == found.place:
        raise Refused("已经在这个区划，不用转。")
    if not why.strip():
        raise Refused("请写转出的缘由，例如：已搬到该居村。")
    asked = current()
    found.offered_to, found.offered_at, found.offered_by = (
        to,
        timezone.now(),
        f"{asked.place_name} {asked.name}".strip()[:60],
    )
    found.save()
    _note(found.case_id, EventKind.OFFERED, f"转给{place.name}：{why.strip()}"[:300])
    return found


@transaction.atomic
def answer_transfer(*, verification_id: UUID, accept: bool, why: str = "") -> Verification:
    """接收或不接收 — by the street it was offered to; accepting moves the verification, deadline unchanged."""
    found = _locked(verification_id)
    asked = current()
    if not found.offered_to or not any(found.offered_to.startswith(p) for p in asked.places):
        raise Refused("这件没有转给您所在的区划。")
    if not accept and not why.strip():
        raise Refused("不接收须写缘由。")
    moved_to, name = found.offered_to, asked.place_name
    found.offered_to, found.offered_at, found.offered_by = "", None, ""
    if accept:
        found.place = moved_to
    # The event is written while the case is still seen through this verification.
    _note(
        found.case_id,
        EventKind.MOVED if accept else EventKind.DECLINED,
        f"{name}{'接收' if accept else f'不接收：{why.strip()}'}"[:300],
    )
    # Declining gives the row back to a place this officer does not reach: allowed for this one statement only.
    with scope(replace(asked, everything=not accept, reason="接收转办" if accept else "不接收转办")):
        found.save()
    return found


@transaction.atomic
def escalate(*, verification_id: UUID, why: str) -> Verification:
    """上报区级 — asks the district to look; from then on the district sees this one case."""
    found = _locked(verification_id)
    if found.escalated:
        raise Refused("这件已经上报过，区监测员看得到。")
    if not why.strip():
        raise Refused("请写上报的缘由。")
    found.escalated = True
    found.save(update_fields=["escalated"])
    _note(found.case_id, EventKind.ESCALATED, f"上报区级：{why.strip()}"[:300])
    return found


def refuse_contradiction(found: Question, same: bool) -> None:
    """拒绝矛盾 — one contradictory answer would stop every later run: it is refused when given."""
    answered = Question.objects.filter(same__isnull=False).values_list("a_key", "b_key", "same", "level")
    given = [
        *(Decision(a, b, bool(same_), level) for a, b, same_, level in answered),
        Decision(found.a_key, found.b_key, same, found.level),
    ]
    try:
        decided(given, sorted({key for one in given for key in (one.a, one.b)}))
    except ValueError as contradiction:
        raise Refused(str(contradiction)) from contradiction


@transaction.atomic
def decide_question(*, question_id: UUID, same: bool, note: str = "", at: datetime | None = None) -> Question:
    """复核决定 — one child or two; kept for every later run."""
    found = Question.objects.select_for_update().filter(pk=question_id).first()
    if found is None or found.obsolete:
        raise Refused("这条复核已不再有疑，请看下一条。")
    if found.same is not None:
        raise Refused(f"这条已由{found.decided_by}决定为“{'同一个' if found.same else '不是同一个'}”。")
    refuse_contradiction(found, same)
    found.same, found.decided_at, found.decided_by, found.note = (
        same,
        at or timezone.now(),
        current().name,
        note.strip()[:300],
    )
    found.save()
    cases = list(BirthCase.objects.filter(records__record__in=[found.a_id, found.b_id]).distinct())
    record_looks(subjects=[c.subject for c in cases], action=Action.CHANGE, case_refs=[c.no for c in cases])
    return found
