"""演示 — a synthetic district, its accounts, and six months run as they would be lived: files, workers, bulletins."""

import csv
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random
from typing import Any

from django.utils import timezone

from renjia.engine.synthetic import make_district, write_district
from renjia.engine.units import Month, WorkingCalendar
from renjia.front.running.month import DISTRICT, MonthReport, refresh, run_month
from renjia.records.accounts.actions import (
    grant_role,
    issue_second_factor,
    open_account,
    random_password,
    revoke_grant,
)
from renjia.records.accounts.models import SECOND_FACTOR, Account, Grant, Role
from renjia.records.places.models import Institution, Place
from renjia.records.store.databases import home
from renjia.records.store.scope import scope, system_scope
from renjia.work.appraisal.actions import enter_fact
from renjia.work.appraisal.block import ENTERED
from renjia.work.births.actions import answer_verification
from renjia.work.births.models import CaseRecord, Result, Verification
from renjia.work.reports.actions import close_month
from renjia.work.tasks.actions import Progress

BIRTHS_A_YEAR = 12_000
SEED = 20250101
MONTHS = 6
UNDER_WAY = 7  # working days since the last month was issued
STEMS = {
    "registration": "生育登记", "hospital_delivery": "住院分娩", "vaccination": "预防接种",
    "birth_certificate": "出生医学证明", "hukou_birth": "户籍出生",
}  # fmt: skip


def _mark() -> Path:
    return home() / "demo.json"


def is_demo() -> bool:
    """是否演示数据 — this installation's data were made by `renjia demo`."""
    return _mark().exists()


def demo_months() -> list[Month]:
    """演示的月份 — fixed when the demo was made: the six whole months before that day."""
    if is_demo():
        return [Month.parse(m) for m in json.loads(_mark().read_text())["months"]]
    last = Month.of(timezone.localdate()).previous()
    return [last.plus(i - MONTHS + 1) for i in range(MONTHS)]


def make_files(progress: Progress) -> Path:
    """造来源文件 — once; the same seed gives the same bytes."""
    folder = home() / "demo-files"
    if not is_demo():
        months = demo_months()
        progress("造合成区", 0, 1)
        write_district(make_district(BIRTHS_A_YEAR, months, SEED), folder)
        _mark().write_text(json.dumps({"months": [str(m) for m in months], "births": BIRTHS_A_YEAR, "seed": SEED}))
        progress("造合成区", 1, 1)
    return folder


@dataclass(frozen=True)
class Login:
    """演示账号 — printed once."""

    role: str
    username: str
    password: str
    place: str


WORKER, SECURITY = "jucun", "anquan"
CAST = (
    (Role.DISTRICT_MONITOR, "qu", "赵敏", "区卫生健康委人口处", "310115"),
    (Role.STREET_MONITOR, "jiezhen", "钱芳", "川沙新镇社区事务中心", "310115013"),
    (Role.NEIGHBOURHOOD_WORKER, WORKER, "王强", "居委卫生干部", ""),
    (Role.MATERNITY_HOSPITAL, "yiyuan", "孙丽", "产科", "310115"),
    (Role.AUDITOR, "shenji", "李静", "区审计", "310115"),
    (Role.SECURITY_ADMIN, SECURITY, "周平", "区信息中心", "310115"),
    (Role.SYSTEM_ADMIN, "xitong", "吴涛", "区信息中心", "310115"),
)


def make_accounts(neighbourhood: str) -> list[Login]:
    """开演示账号 — one a role, random passwords; those that exist keep theirs and are not printed again."""
    logins = []
    for role, username, name, unit, code in CAST:
        if Account.objects.filter(username=username).exists():
            continue
        place = Place.objects.get(code=code or neighbourhood)
        house = (
            Institution.objects.filter(kind="助产机构").order_by("code").first()
            if role == Role.MATERNITY_HOSPITAL
            else None
        )
        password = random_password()
        account = open_account(username=username, name=name, unit=unit, password=password)
        grant_role(account=account, role=role, place=place, institution=house, by=None)
        if role in SECOND_FACTOR:
            issue_second_factor(account=account)
        where = "川沙新镇最忙的居村" if username == WORKER else house.name if house else place.name
        logins.append(Login(role.label, username, password, where))
    return logins


def run_months(folder: Path, progress: Progress) -> Iterator[MonthReport]:
    """跑六个月 — each month's files, then what its workers answered until the next month's files came."""
    calendar = WorkingCalendar()
    months = demo_months()
    truth = _Truth(folder)
    for i, month in enumerate(months):
        last = i == len(months) - 1
        issued = calendar.next_working_day(month.next().first + timedelta(days=4))
        if last:  # the last month is under way: some answered, the deadline still ahead
            issued = max(issued, calendar.add_working_days(timezone.localdate(), -UNDER_WAY))
        report = run_month(month, folder=folder, on=min(issued, timezone.localdate()), progress=progress)
        left = _give_work(month) if last else ""
        answer_all(month, truth, share=0.97 if last else 0.995, progress=progress, left=left)
        if last:
            refresh()  # else the pages show a quarter of an hour without answers
        if i < len(months) - 2:
            with scope(system_scope("statistics", f"{month} 结账")):
                close_month(month=month, place=DISTRICT)
        yield report


def enter_facts() -> None:
    """录入考核事实 — what no record can say, for every street of the last month's year: mostly nothing happened."""
    year = demo_months()[-1].year
    with scope(replace(system_scope("statistics", "演示录入"), name="演示")):
        for code in Place.objects.streets().in_order().values_list("code", flat=True).distinct():
            draw = Random(f"{SEED}|{code}")
            for fact in ENTERED:
                many = draw.choice((0, 0, 0, 0, 0, 0, 0, 0, 0, 1))
                enter_fact(
                    year=year,
                    place=code,
                    fact=fact,
                    value=str(many),
                    why="演示：季度通报" if many else "演示：全年无此情况",
                )


class _Truth:
    """真值 — which child each record is of, and what is true of the child."""

    def __init__(self, folder: Path) -> None:
        feed = {stem: source for source, stem in STEMS.items()}
        self.child = {f"{feed[r['source']]}|{r['record']}": r["child"] for r in _rows(folder / "truth.csv")}
        self.children = {r["child"]: r for r in _rows(folder / "children.csv")}


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _give_work(month: Month) -> str:
    """给演示的信息员找活 — moves the account to the neighbourhood of its street where most is asked; returns its code."""
    with scope(system_scope("accounts", "演示：信息员换到有事要办的居村")):
        grant = Grant.objects.in_force().get(account__username=WORKER)
        asked = Verification.objects.open().filter(month=str(month), place__startswith=grant.place.code[:9])
        many = Counter(code for code in asked.order_by("place").values_list("place", flat=True) if len(code) == 12)
        code = max(many, key=lambda one: (many[one], one), default=grant.place.code)
        if code != grant.place.code:
            security = Account.objects.get(username=SECURITY)
            revoke_grant(grant=grant, by=security)
            grant_role(account=grant.account, role=grant.role, place=Place.objects.get(code=code), by=security)
    return code


def answer_all(month: Month, truth: _Truth, *, share: float, progress: Progress, left: str = "") -> int:
    """居村作答 — simulated workers who know the truth: mostly right and in time, sometimes late, seldom unable.

    left: a neighbourhood that nobody answers for, so that whoever tries the demo has something to do there.
    """
    with scope(system_scope("birth_verification", f"{month} 演示作答")):
        waiting = list(
            Verification.objects.open().filter(month=str(month)).select_related("case").order_by("place", "case__no")
        )
        keys: dict[Any, str] = dict(
            CaseRecord.objects.filter(case__in=[v.case_id for v in waiting])
            .order_by("-record__key")
            .values_list("case_id", "record__key")
        )
    by_place: dict[str, list[Verification]] = {}
    for verification in (one for one in waiting if one.place != left):
        by_place.setdefault(verification.place, []).append(verification)
    answered = 0
    for number, (_, mine) in enumerate(sorted(by_place.items())):
        progress("居村核实", number, len(by_place))
        # Answers of past months: no worker may date an answer back, so the simulation runs as the system.
        worker = replace(system_scope("birth_verification", "演示作答"), account="demo", name="演示信息员")
        with scope(worker):
            for verification in mine:
                draw = Random(f"{SEED}|{verification.case.no}|{month}")
                if draw.random() < share:
                    answered += _answer(
                        verification, truth.children.get(truth.child.get(keys[verification.case_id], ""), {}), draw
                    )
    progress("居村核实", len(by_place), len(by_place))
    return answered


def _answer(verification: Verification, child: dict[str, str], draw: Random) -> int:
    late = draw.random() < 0.02
    day = (
        verification.due + timedelta(days=draw.randint(1, 6))
        if late
        else _between(verification.issued, verification.due, draw)
    )
    at = timezone.make_aware(datetime.combine(day, time(9 + draw.randint(0, 7), draw.randint(0, 59))))
    if at > timezone.now():
        return 0
    asked = {r["on"] for r in verification.reasons if r["kind"] == "difference"}
    if draw.random() < 0.015:
        answer_verification(
            verification_id=verification.pk, result=Result.UNVERIFIABLE, at=at,
            reason=draw.choice(["电话停机，两次上门无人", "已搬离，新住址不详", "登记住址无此户"]),
        )  # fmt: skip
        return 1
    truths = {"address": child.get("neighbourhood", ""), "sex": child.get("sex", ""), "born": child.get("born", "")}
    wrong = {f: v for f, v in truths.items() if f in asked and v and v != _believed(verification, f)}
    answer_verification(
        verification_id=verification.pk, result=Result.CORRECTED if wrong else Result.CONFIRMED, answers=wrong, at=at
    )
    return 1


def _believed(verification: Verification, field: str) -> str:
    case = verification.case
    return {"address": case.home, "sex": case.sex, "born": case.born.isoformat() if case.born else ""}[field]


def _between(first: date, last: date, draw: Random) -> date:
    calendar = WorkingCalendar()
    days = [first + timedelta(days=i) for i in range((last - first).days + 1)]
    return draw.choice([d for d in days if calendar.is_working_day(d)] or [last])


@dataclass(frozen=True)
class Agreement:
    """与真值对照 — cross-source pairs of records put into one case."""

    precision: float
    recall: float
    pairs: int


def compare_with_truth(folder: Path) -> Agreement:
    """比对得对不对 — precision and recall over pairs of records from different sources."""
    truth = _Truth(folder)
    with scope(system_scope("birth_verification", "与真值对照")):
        case = dict(CaseRecord.objects.values_list("record__key", "case__no"))
    said, true = _pairs(case), _pairs({k: c for k, c in truth.child.items() if k in case})
    right = len(said & true)
    return Agreement(right / max(len(said), 1), right / max(len(true), 1), len(true))


def _pairs(group_of: dict[str, str]) -> set[tuple[str, str]]:
    groups: dict[str, list[str]] = {}
    for key, group in group_of.items():
        groups.setdefault(group, []).append(key)
    return {
        (a, b) if a < b else (b, a)
        for keys in groups.values()
        for i, a in enumerate(keys)
        for b in keys[i + 1 :]
        if a.split("|")[0] != b.split("|")[0]
    }
