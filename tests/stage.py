"""舞台 — the cast's small world with one of everything in every place, and a browser for each of its people.

Everything is made once for a module inside one transaction that is thrown away; each request is a savepoint.
"""

import os
import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection, transaction
from django.db.models import F
from django.test import Client
from django.urls import resolve, reverse
from django.utils import timezone
from django_otp import DEVICE_ID_SESSION_KEY

import cast
from cast import DISTRICT, ELSEWHERE, HOME, OTHER_STREET, ROLE_PLACES, SIBLING, STREET
from renjia.engine.units import Month
from renjia.measure.snapshot.installed import write_workset
from renjia.records.accounts.actions import grant_role, issue_second_factor
from renjia.records.accounts.models import SECOND_FACTOR, Account, Grant, Role
from renjia.records.audit.actions import record_looks
from renjia.records.audit.models import Action
from renjia.records.intake.actions import receive_file
from renjia.records.intake.models import Batch, Via
from renjia.records.places.models import Institution
from renjia.records.store.scope import Scope, scope
from renjia.work.births.models import (
    AuditedLink,
    BirthCase,
    CaseEvent,
    CaseRecord,
    CaseState,
    Evidence,
    LinkAudit,
    Question,
    Verification,
)
from renjia.work.births.workset import workset_tables
from renjia.work.reports.models import Closing
from renjia.work.tasks.models import Run, RunKind, RunState

MONTH = "2025-03"
NOWHERE = "310104001001"  # another district
ACTORS = {"district_monitor": "赵敏", "street_monitor": "钱芳", "neighbourhood_worker": "王强", "maternity_hospital": "孙丽",
          "auditor": "李静", "security_admin": "周平", "system_admin": "吴涛"}  # fmt: skip
CASE_PLACES: dict[str, dict[str, Any]] = {
    "本居村": {"place": HOME}, "邻居村": {"place": SIBLING}, "本街镇": {"place": STREET}, "外街镇": {"place": ELSEWHERE},
    "区级": {"place": DISTRICT}, "外区": {"place": NOWHERE}, "复核中": {"place": HOME, "state": CaseState.IN_REVIEW},
    "上报": {"place": ELSEWHERE},  # its street has asked the district to look
}  # fmt: skip
HEADER = "病案号,机构代码,产妇姓名,产妇证件号码,配偶姓名,新生儿姓名,分娩时间,新生儿性别,出生体重(g),胎儿序号,胎数,孩次,现住址代码,联系电话,上报日期"
ROW = "{no},{institution},李梅,310115199404245746,王建国,李梅之女,{born} 10:15,2,3210,1,1,1,310115001001,13712346287,2025/03/09"
TOKEN = re.compile(r'(name="csrfmiddlewaretoken" value=|X-CSRFToken": )"[^"]*"')


def delivery_file(number: str, institution: str = "H310000", *, more: str = "", value: str = "", bad: int = 0) -> bytes:
    """A hospital's file: one good row, then `bad` rows with a day that does not exist; `more` adds a column."""
    rows = [ROW.format(no=number, institution=institution, born="2025/03/07")]
    rows += [ROW.format(no=f"{number}-{i}", institution=institution, born="2025/02/30") for i in range(bad)]
    comma = "," if more else ""
    return "\n".join([HEADER + comma + more, *(row + comma + value for row in rows), ""]).encode("gb18030")


@dataclass
class Stage:
    """一台戏 — people, things by kind and place, and how to ask for a page."""

    world: cast.World
    things: dict[str, dict[str, Any]] = field(default_factory=dict)
    sessions: dict[str, str] = field(default_factory=dict)
    client: Client = field(default_factory=Client)
    lit: datetime = field(default_factory=timezone.now)
    remembered: dict[Any, Any] = field(default_factory=dict)

    def account(self, who: str) -> Account:
        return self.world.accounts[who]

    def sign_in(self, who: str, *, verified: bool = True, name: str = "") -> None:
        """A session as after signing in, without the work of a password."""
        account = self.account(who)
        session = SessionStore()
        session[SESSION_KEY], session[HASH_SESSION_KEY] = str(account.pk), account.get_session_auth_hash()
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
        grant = self.world.grants.get(who)
        if verified and grant is not None and grant.role in SECOND_FACTOR:
            session[DEVICE_ID_SESSION_KEY] = issue_second_factor(account=account).persistent_id
        session.create()
        self.sessions[name or who] = session.session_key

    def ask(self, who: str | None, method: str, path: str, data: dict[str, Any] | None = None, **headers: str) -> Any:
        """一次请求 — as `who` (None: nobody signed in); what it changes stays."""
        self.client.cookies.clear()
        if who is not None:
            if who not in self.sessions:
                self.sign_in(who)
            self.client.cookies[settings.SESSION_COOKIE_NAME] = self.sessions[who]
        send: Callable[..., Any] = self.client.get if method == "GET" else self.client.post
        response = send(path, data or {}, headers=headers or None)
        response.body = b"".join(response.streaming_content) if response.streaming else response.content
        return response

    def try_(self, who: str | None, method: str, path: str, data: dict[str, Any] | None = None) -> Any:
        """试一次 — as `ask`, and everything it changed is undone."""
        with self.aside():
            return self.ask(who, method, path, data)

    @contextmanager
    def aside(self) -> Iterator[None]:
        """旁白 — everything inside is undone, sessions included."""
        sessions = dict(self.sessions)
        with transaction.atomic():
            yield
            transaction.set_rollback(True)
        self.sessions = sessions

    def get(self, who: str | None, name: str, *args: Any, query: str = "", **headers: str) -> Any:
        return self.ask(who, "GET", reverse(name, args=args) + query, **headers)

    def post(self, who: str | None, name: str, *args: Any, **data: Any) -> Any:
        return self.ask(who, "POST", reverse(name, args=args), data)

    def made(self, kind: str, place: str) -> Any:
        return self.things[kind][place]


def text_of(response: Any) -> str:
    """The body, without the token that is new in every page."""
    return TOKEN.sub(r'\1""', response.body.decode(errors="replace"))


def word_of(response: Any) -> str:
    """答复 — `200`, `404`, `302 births:case`; with `说明` when the redirect carries a refusal in words."""
    if response.status_code not in (301, 302, 303):
        return str(response.status_code)
    parts = urlsplit(response.headers["Location"])
    return f"302 {resolve(parts.path).view_name}{' 说明' if 'error' in parse_qs(parts.query) else ''}"


def changes_so_far() -> int:
    """How many changes the database has noted — read as the auditor, who alone may."""
    with scope(Scope(role="auditor", purpose="audit")), connection.cursor() as cursor:
        cursor.execute("select count(*) from audit_change")
        return int(cursor.fetchone()[0])


def make_question(number: int, one: BirthCase, other: BirthCase) -> Question:
    a, b = (c.records.select_related("record").first().record for c in (one, other))
    keys = {"a_key": f"{a.key}#{number}", "b_key": b.key}
    return Question.objects.create(a=a, b=b, level="child", score=3.5, reason="出生日期差一天", **keys)


def make_audited(one: BirthCase, other: BirthCase) -> AuditedLink:
    """A link drawn to be judged."""
    a, b = (c.records.select_related("record").first().record for c in (one, other))
    audit = LinkAudit.objects.create(drawn_by="赵敏", seed=1, wanted=100, links=1, model="手设一")
    return AuditedLink.objects.create(
        audit=audit, position=1, a=a, b=b, a_key=a.key, b_key=b.key, a_case=one, b_case=other, score=6.0, pattern=0, band=1, of=1
    )  # fmt: skip


def make_received(who: Scope, number: str, place: str = DISTRICT, bad: int = 0) -> Batch:
    with scope(who):
        return receive_file(
            data=delivery_file(number, who.institution or "H310001", bad=bad), filename=f"住院分娩{number}.csv",
            month=Month.parse(MONTH), via=Via.UPLOAD, place=place,
        )  # fmt: skip


def _more_accounts(world: cast.World) -> None:
    """Each role once more: suspended, its grant expired, its grant taken back."""
    today = timezone.localdate()
    for role, actor in ACTORS.items():
        _, code, institution = ROLE_PLACES[actor]
        for state in ("停用", "到期", "收回"):
            account = Account(username=f"x{len(world.accounts)}", name=f"{actor}{state}", is_active=state != "停用")
            account.save()
            since = today - timedelta(days=30 if state == "到期" else 0)
            grant = grant_role(
                account=account, role=Role(role), place=world.places[code], by=None, since=since,
                until=today - timedelta(days=1) if state == "到期" else None,
                institution=Institution.objects.get(code=institution) if institution else None,
            )  # fmt: skip
            if state == "收回":
                Grant.objects.filter(pk=grant.pk).update(revoked=timezone.now())
            world.accounts[account.name], world.grants[account.name] = account, grant


def make_stage(rows: int = 1) -> Stage:
    """搭台 — inside the system's scope; `rows` of what lists show to the roles that see it."""
    stage = Stage(cast.make_world())
    world = stage.world
    _more_accounts(world)
    cases, asked = {}, {}
    for at, (label, values) in enumerate(CASE_PLACES.items()):
        record = cast.make_record(
            address=values["place"] if values["place"] != DISTRICT else "", **{"record_no": f"甲{at}"}
        )
        cases[label] = cast.make_case(f"2503-0000{at}", records=(record,), **values)
        asked[label] = cast.make_verification(cases[label], escalated=label == "上报")
        CaseEvent.objects.create(case=cases[label], kind="created", text="建立")
    _more_rows(stage, cases, rows - 1)
    sender = world.scope_of
    stage.things = {
        "case": cases,
        "verification": asked,
        "batch": {
            "本机构": make_received(sender("孙丽"), "H001", bad=rows), "他机构": make_received(sender("郑洁"), "H002", bad=1),
            "区级": make_received(sender("赵敏"), "H003", bad=1),
            "外区": make_received(Scope(role="district_monitor", purpose="birth_verification", places=("310104",)), "H004", "310104"),
        },
        "question": {"本区": make_question(0, cases["复核中"], cases["上报"])},
        "audited": {"本区": make_audited(cases["复核中"], cases["上报"])},
        "run": {"任一": Run.objects.create(kind=RunKind.CYCLE, month=MONTH, state=RunState.RUNNING, stage="比对", done=1, total=4,
                                          by="赵敏", started=timezone.now())},
        "grant": {"他人": world.grants["王强"], "本人": world.grants["周平"]},
        "place": {"本街镇": STREET, "外街镇": OTHER_STREET, "居村": HOME, "外区": "310104001"},
        "month": {"有数": MONTH},
        "indicator": {"有定义": "completion_rate"},
        "rows": {"全区": "", "本街镇": STREET, "外街镇": OTHER_STREET},
    }  # fmt: skip
    cast.make_batch()
    BirthCase.objects.update(delivery=F("no"))
    _publish(stage)
    stage.lit = timezone.now()
    return stage


def _more_rows(stage: Stage, cases: dict[str, BirthCase], more: int) -> None:
    """What lists grow by: records and events of a case, cases, reviews, batches, runs, accounts, closed months, looks."""
    for i in range(more):
        for label in ("本居村", "区级"):
            again = cast.make_record("vaccination", f"{label}{i}", institution=f"V{i:05d}")
            CaseRecord.objects.create(record=again, case=cases[label])
            CaseEvent.objects.create(case=cases[label], kind="joined", text="并入记录")
            record_looks(subjects=[cases[label].subject], action=Action.OPEN, case_refs=[cases[label].no])
        record = cast.make_record(number=f"乙{i}")
        late = {"issued": date(2025, 3, 1)} if i % 3 == 0 else {}
        case = cast.make_case(
            f"2503-01{i:03d}", place=HOME, records=(record, cast.make_record("vaccination", f"丙{i}"))
        )
        cast.make_verification(case, escalated=i % 2 == 0, sampled=True, **late)
        other = cast.make_case(
            f"2503-02{i:03d}", place=DISTRICT, records=(cast.make_record(number=f"丁{i}", address=""),)
        )
        cast.make_verification(other)
        make_question(i + 1, case, other)
        Evidence.objects.create(
            a=record, b=case.records.last().record, level="child", pattern=0, score=1.0, model="hand"
        )
        CaseEvent.objects.create(case=case, kind="joined", text="并入记录")
        Run.objects.create(kind=RunKind.CYCLE, month=str(Month(2025, 3).plus(-i)), state=RunState.DONE, message="完成")
        account = Account.objects.create(username=f"y{i}", name=f"林{i}", password="!")
        grant_role(account=account, role=Role.STREET_MONITOR, place=stage.world.places[STREET], by=None,
                   until=timezone.localdate() + timedelta(days=20))  # fmt: skip
        Institution.objects.create(code=f"V{i:05d}", name=f"接种点{i}", kind="接种单位", street=STREET)
        cast.make_batch(month=str(Month(2025, 3).plus(-i - 1)), institution="H310000")
        Closing.objects.create(month=str(Month(2024, 3).plus(-i)), place=DISTRICT, figures={})


def _publish(stage: Stage) -> None:
    """The working set of these cases; papers only stand where papers would."""
    today = timezone.localdate()
    write_workset(on=today, tables=workset_tables(as_of=today))
    folder = Path(os.environ["RENJIA_HOME"]) / "bulletins" / MONTH
    folder.mkdir(parents=True, exist_ok=True)
    for kind in ("xlsx", "docx", "pdf"):
        (folder / f"出生监测月报-{MONTH}.{kind}").write_bytes(b"paper")


@contextmanager
def lit_stage(folder: Path, rows: int = 1) -> Iterator[Stage]:
    """开场 — a stage in a data folder of its own; when it closes, the database is as it was."""
    before = {name: os.environ.get(name) for name in ("RENJIA_HOME", "RENJIA_KEYS")}
    os.environ["RENJIA_KEYS"] = str(Path(before["RENJIA_HOME"] or "") / "keys.json")
    os.environ["RENJIA_HOME"] = str(folder)
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)  # WhiteNoise warns without one
    try:
        with transaction.atomic():
            with cast.system():
                stage = make_stage(rows)
            yield stage
            transaction.set_rollback(True)
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name)
            else:
                os.environ[name] = value


def random_of(kind: str) -> Any:
    """不存在的 — an id of the right shape that nothing has."""
    shapes = {"case": "2503-99999", "place": "310115099", "month": "1999-01"} | dict.fromkeys(
        ("indicator", "rows"), "no_rate"
    )
    return shapes.get(kind) or uuid.uuid4()


def verification_of(stage: Stage, label: str) -> Verification:
    with cast.system():
        return Verification.objects.get(pk=stage.made("verification", label).pk)
