"""布景 — run in a process of its own, in a home of its own: accounts, files with faults, answers given before the walk.

`stage.py open` and `stage.py answers` each print one JSON object.
"""

import csv
import json
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import django

django.setup()  # models can be imported only after this

from django.utils import timezone

from renjia.engine.synthetic import District, make_district, write_district
from renjia.engine.units import Month
from renjia.front.commands.prepare import prepare
from renjia.front.running.pages import collect
from renjia.records.accounts.actions import (
    grant_role,
    issue_second_factor,
    open_account,
    random_password,
)
from renjia.records.accounts.models import SECOND_FACTOR, Account, Role
from renjia.records.places.actions import load_places
from renjia.records.places.models import Institution, Place
from renjia.records.store.databases import home
from renjia.records.store.scope import scope, system_scope
from renjia.work.births.actions import answer_verification, escalate, offer_transfer
from renjia.work.births.models import Question, Result, Verification

BIRTHS_A_YEAR = 600
SEED = 20260314
MONTHS = 3
DISTRICT, STREET, NEXT_STREET = "310115", "310115013", "310115014"
HOME, QUIET = f"{STREET}901", f"{STREET}902"
LONG_PLACES = (
    (HOME, "阳光苑第二社区联洋新苑与海芦月华苑联合筹建居民委员会（筹）", "居村", STREET, "", ""),
    (QUIET, "听潮五村第三居民委员会", "居村", STREET, "", ""),
)
LONG_NAME = "阿依古丽·买买提艾合买提江·吐尔逊"
LONG_FILE = "上海市浦东新区助产机构住院分娩信息按月上报汇总表（含补报、更正，修改稿3）.csv"

CAST: tuple[tuple[str, Role, str, str], ...] = (
    ("赵敏", Role.DISTRICT_MONITOR, DISTRICT, "区卫生健康委人口监测与家庭发展处"),
    ("钱芳", Role.STREET_MONITOR, STREET, "川沙新镇社区事务受理服务中心人口和家庭发展办公室"),
    ("邹红", Role.STREET_MONITOR, NEXT_STREET, "高桥镇社区事务中心"),
    ("王强", Role.NEIGHBOURHOOD_WORKER, HOME, "居委卫生干部"),
    ("韩梅", Role.NEIGHBOURHOOD_WORKER, QUIET, "居委卫生干部"),
    ("孙丽", Role.MATERNITY_HOSPITAL, DISTRICT, "产科"),
    ("李静", Role.AUDITOR, DISTRICT, "区审计"),
    ("周平", Role.SECURITY_ADMIN, DISTRICT, "区信息中心"),
    ("吴涛", Role.SYSTEM_ADMIN, DISTRICT, "区信息中心"),
)


def open_house() -> dict[str, Any]:
    """开门 — schema, places (two with names as long as life makes them), accounts, static files, the months' files."""
    prepare()
    listed = home() / "places.csv"
    with listed.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("代码", "名称", "级别", "上级", "自", "至"), *_with_parents()])
    load_places(path=listed)
    collect()
    last = Month.of(timezone.localdate()).previous()
    months = [last.plus(i - MONTHS + 1) for i in range(MONTHS)]
    files = home() / "sent"
    write_district(gathered(make_district(BIRTHS_A_YEAR, months, SEED)), files)
    _spoil(files, [str(m) for m in months])
    return {
        "files": str(files),
        "months": [str(m) for m in months],
        "people": _people(),
        "home": HOME,
        "street": STREET,
    }


def _with_parents() -> list[tuple[str, ...]]:
    """The table names a parent by its code: those already held are found in it as they are."""
    held = Place.objects.filter(code__in=[DISTRICT, STREET])
    return [
        (p.code, p.name, p.get_level_display(), "", str(p.valid_from or ""), str(p.valid_to or "")) for p in held
    ] + [*LONG_PLACES]


def gathered(district: District) -> District:
    """聚拢 — every second street's families live in two neighbourhoods of one, so that a small district fills a page."""
    for feed in district.feeds.values():
        if "address" in feed:
            feed["address"] = feed["address"].copy()
            for i, code in enumerate(feed["address"]):
                if code.startswith(DISTRICT) and int(code[6:9]) % 2:
                    feed["address"][i] = HOME if int(code[9:]) % 3 else f"{STREET}001"
    return district


def _people() -> dict[str, dict[str, str]]:
    people = {}
    for i, (name, role, code, unit) in enumerate(CAST):
        password = random_password()
        account = open_account(username=f"e2e-{i}", name=name, unit=unit, password=password)
        house = (
            Institution.objects.filter(kind="助产机构").order_by("code").first()
            if role == Role.MATERNITY_HOSPITAL
            else None
        )
        yesterday = timezone.localdate() - timedelta(days=1)
        grant_role(
            account=account, role=role, place=Place.objects.get(code=code), institution=house, by=None, since=yesterday
        )
        key = issue_second_factor(account=account).bin_key.hex() if role in SECOND_FACTOR else ""
        people[name] = {"username": account.username, "password": password, "role": role.value, "second_factor": key}
    # 钱芳 stands in for a colleague next door; 孙某 has an account and no grant.
    grant_role(account=Account.objects.get(name="钱芳"), role=Role.STREET_MONITOR, place=Place.objects.get(code=NEXT_STREET),
               by=None, until=timezone.localdate() + timedelta(days=20))  # fmt: skip
    password = random_password()
    open_account(username="e2e-none", name="孙某", password=password)
    people["孙某"] = {"username": "e2e-none", "password": password, "role": "", "second_factor": ""}
    return people


def _spoil(files: Path, months: list[str]) -> None:
    """放进差错 — a forbidden column in the first month, doubtful pairs and an unknown column in the second, rows to mend in the last."""
    first, second, last = (files / m / "住院分娩.csv" for m in months)
    rows = _read(first)
    _write(first.with_name("孕情随访.csv"), [[*rows[0], "末次月经"], *([*row, "2025/01/01"] for row in rows[1:4])])
    _doubt(second, months[1])
    rows = _read(second)
    _write(second, [[*rows[0], "产科备注"], *([*row, "母婴平安"] for row in rows[1:])])
    rows = _read(last)
    name, born, number = (rows[0].index(column) for column in ("产妇姓名", "分娩时间", "产妇证件号码"))
    next(row for row in rows[5:] if HOME in row)[name] = LONG_NAME
    rows[2][born] = f"{months[-1][:4]}/02/30 10:32"
    rows[3][number] = "3.10115E+17"
    rows[4][born] = ""
    _write(last.with_name(LONG_FILE), rows)
    last.unlink()
    _write(files / "没有表头.csv", rows[1:4])  # where the head is, a person must say


def _doubt(hospital: Path, month: str) -> None:
    """疑似同一个孩子 — a ward's record and a certificate that agree too well to part and too little to join."""
    certificate = hospital.with_name("出生医学证明.csv")
    wards, papers = _read(hospital), _read(certificate, "utf-8-sig")
    for i, (ward_name, paper_name) in enumerate((("祁玉蓉", "祁玉容"), ("连思敏", "连思民"))):
        place, day = (f"{STREET}001", f"{NEXT_STREET}001")[i], 12 + 3 * i
        ward = {"病案号": f"H9990000{i}", "机构代码": "H310006", "产妇姓名": ward_name, "分娩时间": f"{month.replace('-', '/')}/{day}",
                "新生儿性别": "2", "出生体重(g)": f"{3260 - 300 * i}", "胎儿序号": "1", "胎数": "1", "现住址代码": place,
                "上报日期": f"{month.replace('-', '/')}/{day + 1}"}  # fmt: skip
        paper = {"签发流水号": f"C9990000{i}", "性别": "2", "出生时间": f"{month}-{day + 1}", "出生体重(g)": f"{3410 - 300 * i}",
                 "签发机构代码": "H310009", "母亲姓名": paper_name, "母亲证件号码": ("310115199312186681", "310115199404245746")[i],
                 "住址代码": place, "签发日期": f"{month}-20"}  # fmt: skip
        wards.append([ward.get(column, "") for column in wards[0]])
        papers.append([paper.get(column, "") for column in papers[0]])
    _write(hospital, wards)
    _write(certificate, papers, "utf-8-sig")


def _read(path: Path, encoding: str = "gb18030") -> list[list[str]]:
    with path.open(encoding=encoding, newline="") as file:
        return list(csv.reader(file))


def _write(path: Path, rows: list[list[str]], encoding: str = "gb18030") -> None:
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows(rows)


def answers() -> dict[str, Any]:
    """已有的作答 — what workers did before the walk begins; returns which verifications the walk may take up."""
    worker = replace(system_scope("birth_verification", "布景"), account="stage", name="韩梅", place_name="川沙新镇")
    with scope(worker):
        held = list(Verification.objects.open().filter(place__startswith=STREET).order_by("month", "case__no"))
        # One sampled result for the street's second look: which are drawn depends on the case's number.
        held[0].sampled = True
        held[0].save()
        _answered(held[0], Result.CONFIRMED, "")
        _answered(held[1], Result.UNVERIFIABLE, "电话停机，两次上门无人")
        escalate(verification_id=held[2].pk, why="两处地址都说住在自己这里，需区里核对户籍")
        away = Verification.objects.open().exclude(place__startswith=STREET).order_by("case__no").first()
        offer_transfer(verification_id=away.pk, to=STREET, why="已搬到川沙新镇")
        return {
            "sampled": held[0].case.no, "unverifiable": held[1].case.no, "escalated": held[2].case.no, "offered": away.case.no,
            "home": sum(v.place == HOME for v in held), "street": len(held), "reviews": Question.objects.waiting().count(),
        }  # fmt: skip


def _answered(verification: Verification, result: Result, reason: str) -> None:
    answer_verification(verification_id=verification.pk, result=result, reason=reason)


if __name__ == "__main__":
    wanted: dict[str, Callable[[], dict[str, Any]]] = {"open": open_house, "answers": answers}
    print(json.dumps(wanted[sys.argv[1]](), ensure_ascii=False))
