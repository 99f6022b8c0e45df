"""角色表 — `front/matrix.csv` read: which role is answered what at which address; and where an object's address is.

One line an address, method and object: `200` a page, `404` as if it were not there, `405` not by this method, `302 X` on
to X (with `说明` when the next page explains a refusal). `对象` names whose object is asked for (see stage.py), `—` where
the address names none; several objects answered alike share a line.
"""

import csv
from dataclasses import dataclass
from pathlib import Path

from django.urls import reverse

from stage import Stage, random_of

TABLE = Path(__file__).parent / "front" / "matrix.csv"
METHODS = ("GET", "POST")
NOTHING, MISSING = "—", "不存在"
RATE = "completion_rate"
ROLES = {"区监测员": "district_monitor", "街镇监测员": "street_monitor", "居村信息员": "neighbourhood_worker", "助产医院": "maternity_hospital",
         "审计管理员": "auditor", "安全管理员": "security_admin", "系统管理员": "system_admin"}  # fmt: skip
STATES = ("未验动态码", "无在期授权", "未登录或停用")
COLUMNS = ("路径名", "方法", "对象", *ROLES, *STATES)
ASKED_FOR = {  # which kind of object an address names, by its view
    "births:case": "case", "births:looks": "case", "births:apart": "case", "births:reveal": "case", "births:review": "question",
    "births:verification": "verification", "births:undo": "verification", "births:second_look": "verification",
    "births:offer": "verification", "births:transfer": "verification", "births:escalate": "verification", "intake:batch": "batch",
    "intake:accept": "batch", "intake:withdraw": "batch", "intake:map": "batch", "intake:returned": "batch", "api:ask": "batch",
    "runs:one": "run", "indicators:one": "indicator", "indicators:rows": "rows", "births:behind": "rows", "reports:one": "month",
    "reports:close": "month", "reports:paper": "month", "places:street": "place", "appraisal:street": "place", "appraisal:enter": "place",
    "births:expected_street": "place", "births:audited": "audited", "accounts:revoke": "grant",
}  # fmt: skip


@dataclass(frozen=True)
class Line:
    """表的一行。"""

    name: str
    methods: tuple[str, ...]
    objects: tuple[str, ...]
    answers: dict[str, str]

    @property
    def shows(self) -> bool:
        """A page that only shows answers a POST as a GET, and changes nothing."""
        return self.methods == METHODS

    def __str__(self) -> str:
        return f"{self.name} {'/'.join(self.methods)} {'、'.join(self.objects)}"


def lines() -> list[Line]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [
        Line(r["路径名"], tuple(r["方法"].split()), tuple(r["对象"].split()), {c: r[c] for c in (*ROLES, *STATES)})
        for r in rows
    ]


LINES = lines()


def path_of(stage: Stage, name: str, label: str) -> str:
    """The address of an object: of one on the stage, or of none."""
    kind = ASKED_FOR.get(name)
    if kind is None:
        return reverse(name)
    made = random_of(kind) if label == MISSING else stage.made(kind, label)
    if kind == "case":
        key = getattr(made, "workset_key", random_of("run")) if name == "births:by_key" else getattr(made, "no", made)
        return reverse(name, args=[key])
    if kind == "rows":
        return f"{reverse(name, args=[made if label == MISSING else RATE])}?place={'' if label == MISSING else made}"
    if name == "reports:paper":
        return reverse(name, args=[made, "pdf"])
    return reverse(name, args=[getattr(made, "pk", made)])


NOT_PAGES = ("health", "intake:returned", "reports:paper", "api:openapi-json")


def pages() -> list[tuple[str, str, str]]:
    """页面 — every address that shows a role a page: its name, the role, the first object it may see there."""
    found: dict[tuple[str, str], str] = {}
    for line in LINES:
        for column, role in ROLES.items():
            if "GET" in line.methods and line.answers[column] == "200" and line.name not in NOT_PAGES:
                found.setdefault((line.name, role), line.objects[0])
    return [(name, role, label) for (name, role), label in found.items()]
