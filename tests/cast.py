"""班底 — the named cast and the small district that tests live in; factories with traits.

浦东新区 310115 has two streets of two neighbourhoods. 赵敏 monitors the district, 钱芳 the first street, 邹红 the second,
王强 works in the first neighbourhood, 韩梅 in its sibling; 孙丽 sends for a hospital; 孙某 holds no grant.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from renjia.records.accounts.actions import grant_role
from renjia.records.accounts.models import Account, Grant, Role
from renjia.records.intake.boxes import CONTEXT, blind_mother, blind_phone, fingerprint, to_texts
from renjia.records.intake.models import Batch, BatchState, SourceRecord, Via
from renjia.records.places.models import Institution, Level, Place
from renjia.records.store.keys import keys
from renjia.records.store.scope import Scope, scope, system_scope
from renjia.work.births.models import BirthCase, CaseRecord, CaseState, Verification

DISTRICT, STREET, OTHER_STREET = "310115", "310115001", "310115002"
HOME, SIBLING, ELSEWHERE = "310115001001", "310115001002", "310115002001"
PASSWORD = "一句够长的测试口令-9"

LIMEI = {
    "mother_name": "李梅", "mother_id": "310115199404245746", "father_name": "王建国", "father_id": "310115199109086118",
    "baby_name": "王思溪", "born": date(2025, 3, 7), "minute": 615, "sex": "2", "weight": 3210, "order": 1, "plurality": 1,
    "parity": 1, "address": HOME, "phone": "13712346287", "institution": "H310000", "certificate": "X310012345",
    "reported": date(2025, 3, 9), "outcome": "live",
}  # fmt: skip


def system() -> Any:
    return scope(system_scope("birth_verification", "测试"))


def make_places() -> dict[str, Place]:
    rows = [
        (DISTRICT, "浦东新区", Level.DISTRICT, None), (STREET, "潍坊新村街道", Level.STREET, DISTRICT),
        (OTHER_STREET, "陆家嘴街道", Level.STREET, DISTRICT), (HOME, "潍坊第1居村", Level.NEIGHBOURHOOD, STREET),
        (SIBLING, "潍坊第2居村", Level.NEIGHBOURHOOD, STREET), (ELSEWHERE, "陆家嘴第1居村", Level.NEIGHBOURHOOD, OTHER_STREET),
    ]  # fmt: skip
    made: dict[str, Place] = {}
    for code, name, level, parent in rows:
        made[code] = Place.objects.create(code=code, name=name, level=level, parent=made.get(parent or ""))
    for code in ("H310000", "H310001"):
        Institution.objects.create(code=code, name=f"合成助产机构{code[-1]}", kind="助产机构", street=STREET)
    return made


ROLE_PLACES: dict[str, tuple[Role, str, str | None]] = {
    "赵敏": (Role.DISTRICT_MONITOR, DISTRICT, None),
    "钱芳": (Role.STREET_MONITOR, STREET, None),
    "邹红": (Role.STREET_MONITOR, OTHER_STREET, None),
    "王强": (Role.NEIGHBOURHOOD_WORKER, HOME, None),
    "韩梅": (Role.NEIGHBOURHOOD_WORKER, SIBLING, None),
    "孙丽": (Role.MATERNITY_HOSPITAL, DISTRICT, "H310000"),
    "郑洁": (Role.MATERNITY_HOSPITAL, DISTRICT, "H310001"),
    "李静": (Role.AUDITOR, DISTRICT, None),
    "周平": (Role.SECURITY_ADMIN, DISTRICT, None),
    "吴涛": (Role.SYSTEM_ADMIN, DISTRICT, None),
}


@dataclass
class World:
    """一个小世界 — places and people; cases are made by the traits below."""

    places: dict[str, Place]
    accounts: dict[str, Account] = field(default_factory=dict)
    grants: dict[str, Grant] = field(default_factory=dict)

    def scope_of(self, who: str) -> Scope:
        return self.grants[who].as_scope() if who in self.grants else Scope(account=str(self.accounts[who].pk))


def make_world() -> World:
    world = World(make_places())
    for name, (role, code, institution) in ROLE_PLACES.items():
        account = Account(username=f"u{len(world.accounts)}", name=name)
        account.set_password(PASSWORD)
        account.save()
        world.accounts[name] = account
        world.grants[name] = grant_role(
            account=account, role=role, place=world.places[code], by=None,
            institution=Institution.objects.get(code=institution) if institution else None,
        )  # fmt: skip
    stranger = Account(username="stranger", name="孙某")
    stranger.set_password(PASSWORD)
    stranger.save()
    world.accounts["孙某"] = stranger
    return world


def make_batch(feed: str = "hospital_delivery", month: str = "2025-03", institution: str = "") -> Batch:
    count = Batch.objects.count()
    return Batch.objects.create(
        feed=feed, month=month, filename=f"{feed}-{count}.csv", digest=f"{count:064d}", size=1, place=DISTRICT,
        institution=institution, via=Via.COMMAND, state=BatchState.ACCEPTED, rows=1, accepted=1, closed_at=timezone.now(),
    )  # fmt: skip


def make_record(
    source: str = "hospital_delivery", number: str = "", batch: Batch | None = None, **values: Any
) -> SourceRecord:
    number = number or f"N{SourceRecord.objects.count():06d}"
    all_values = LIMEI | values | {"record_no": number}
    texts = to_texts(all_values)
    record = SourceRecord(
        batch=batch or make_batch(source), source=source, key=f"{source}|{number}", record_no=number, row=2, month="2025-03",
        place=all_values["address"] or DISTRICT, institution=all_values.get("institution") or "", born=all_values["born"],
        sex=all_values["sex"] or "", reported=all_values["reported"], outcome=all_values["outcome"] or "",
        mother_index=blind_mother(all_values), phone_index=blind_phone(all_values), fingerprint=fingerprint(texts),
    )  # fmt: skip
    record.box = keys().sealer("births").seal(CONTEXT, str(record.pk), texts)
    record.save()
    return record


def make_case(
    no: str = "2503-00001", *, place: str = HOME, state: str = CaseState.DECIDED, escalated: bool = False,
    records: tuple[SourceRecord, ...] = (), **values: Any,
) -> BirthCase:  # fmt: skip
    case = BirthCase.objects.create(
        no=no, delivery=no, state=state, month="2025-03", born=values.pop("born", date(2025, 3, 7)), sex="2", place=place,
        home=place, escalated=escalated, digest="", **values,
    )  # fmt: skip
    for record in records or (make_record(address=place),):
        CaseRecord.objects.create(record=record, case=case)
    return case


def make_verification(case: BirthCase, *, issued: date | None = None, days: int = 14, **values: Any) -> Verification:
    start = issued or timezone.localdate()
    return Verification.objects.create(
        case=case, month="2025-03", place=values.pop("place", case.place), issued=start, due=start + timedelta(days=days),
        due_basis="测试", reasons=values.pop("reasons", [{"kind": "difference", "on": "address", "text": "现住地不一致"}]), **values,
    )  # fmt: skip
