"""考核的办理 — enter a fact that no record can say."""

from django.db import transaction
from django.utils import timezone

from renjia.records.audit.actions import record_event
from renjia.records.audit.models import Action
from renjia.records.places.models import Level, Place
from renjia.records.store.scope import current
from renjia.work.appraisal.block import ENTERED, RUBRIC
from renjia.work.appraisal.models import EnteredFact

MOST = 9999


class NotEntered(Exception):
    """不能录入 — what is wrong and what to do, in Chinese."""


@transaction.atomic
def enter_fact(*, year: int, place: str, fact: str, value: str, why: str) -> EnteredFact:
    """录入一个事实 — a whole number laid to a street, with its ground; a later value takes the place of an earlier one."""
    if fact not in ENTERED:
        raise NotEntered(f"「{fact}」不是要录入的事实；要录入的有：{'、'.join(ENTERED)}。")
    street = Place.objects.on(timezone.localdate()).filter(code=place, level=Level.STREET).first()
    if street is None:
        raise NotEntered(f"没有代码为 {place} 的街镇；请从列表里打开街镇再录入。")
    text = value.strip()
    if not (text.isascii() and text.isdigit()) or int(text) > MOST:
        raise NotEntered(f"{street.name}「{fact}」写的是“{value}”；请写 0 到 {MOST} 的整数，没有发生就写 0。")
    if not why.strip():
        raise NotEntered(f"{street.name}「{fact}」没有写依据；请写明哪份通报、哪次检查，或“全年无此情况”。")
    found, _ = EnteredFact.objects.update_or_create(
        rubric=RUBRIC, year=year, place=place, fact=fact,
        defaults={"value": int(text), "why": why.strip()[:200], "entered_by": current().name, "entered_at": timezone.now()},
    )  # fmt: skip
    record_event(action=Action.CHANGE, case_ref=f"{year} {place}", fields=f"考核事实：{fact}"[:120])
    return found
