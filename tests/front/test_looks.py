"""每次查阅都留痕 — a look and its row are one: no row, no look; and the row says who, where, in which role, for what."""

import re
from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.urls import reverse

from renjia.records.audit.actions import broken_rows
from renjia.records.audit.models import Access, AccessQuerySet, Action
from renjia.records.store.scope import Scope, scope
from renjia.work.births import case_views, review_views
from renjia.work.births.models import Verification
from stage import Stage, verification_of

pytestmark = pytest.mark.usefixtures("undone")
AUDITOR = Scope(role="auditor", purpose="audit")
SECRETS = ("李梅", "310115199404245746", "13712346287", "王建国", "X310012345")


def looks(stage: Stage, who: str) -> list[Access]:
    with scope(AUDITOR):
        return list(
            Access.objects.filter(account=str(stage.account(who).pk), at__gt=stage.lit).order_by("at", "case_ref")
        )


def noted(stage: Stage, who: str) -> list[tuple[str, str, str]]:
    return [(a.action, a.case_ref, a.fields) for a in looks(stage, who)]


def subject(stage: Stage, label: str) -> str:
    return stage.made("case", label).subject


def test_opening_a_case_is_a_look_with_role_place_and_purpose(stage: Stage) -> None:
    assert stage.get("钱芳", "births:case", "2503-00000").status_code == 200
    (look,) = looks(stage, "钱芳")
    assert (look.action, look.case_ref, look.subject) == (Action.OPEN, "2503-00000", subject(stage, "本居村"))
    assert (look.who, look.role, look.place, look.purpose) == (
        "钱芳",
        "street_monitor",
        "潍坊新村街道",
        "birth_verification",
    )
    assert broken_rows([look]) == []


@pytest.mark.parametrize(
    ("who", "page", "query"),
    [
        ("赵敏", "births:cases", ""), ("钱芳", "births:cases", ""), ("钱芳", "births:verifications", ""),
        ("王强", "births:verifications", ""), ("王强", "home", ""), ("赵敏", "births:reviews", ""),
        ("钱芳", "births:cases", "?no=2503-00000"),
    ],
)  # fmt: skip
def test_being_shown_in_a_list_is_a_look(stage: Stage, who: str, page: str, query: str) -> None:
    html = stage.get(who, page, query=query).content.decode()
    found = looks(stage, who)
    assert found and {a.action for a in found} == {Action.LIST}
    shown = set(re.findall(r"2503-0000\d", html.split("<main", 1)[1])) if page != "births:reviews" else set()
    assert shown - {"2503-00012"} <= {a.case_ref for a in found}, "列出来的每一个都要有一行"
    assert len({a.subject for a in found}) == len(found), "一页里一个孩子一行"


def test_the_streets_first_page_shows_names_and_notes_them(stage: Stage) -> None:
    with scope(stage.world.scope_of("钱芳")):
        verification = Verification.objects.get(case__no="2503-00000")
        verification.due = verification.issued
        verification.save()
    html = stage.get("钱芳", "home").content.decode()
    assert "2503-00000" in html
    assert noted(stage, "钱芳") == [(Action.LIST, "2503-00000", "")]


def test_a_list_that_shows_nobody_notes_nobody(stage: Stage) -> None:
    stage.get("钱芳", "births:cases", query="?no=2503-77777")
    stage.get("吴涛", "home")
    stage.get("孙丽", "intake:list")
    assert not looks(stage, "钱芳") and not looks(stage, "吴涛") and not looks(stage, "孙丽")


def test_revealing_a_field_shows_it_once_and_notes_which(stage: Stage) -> None:
    response = stage.post("钱芳", "births:reveal", "2503-00000", field="mother_id")
    assert "310115199404245746" in response.content.decode()
    assert response.headers["Cache-Control"] == "no-store"
    assert noted(stage, "钱芳") == [(Action.REVEAL, "2503-00000", "mother_id")]


@pytest.mark.parametrize("field", ["box", "address", "", "mother_index", "id", "__class__", "不存在"])
def test_only_what_is_on_the_list_can_be_revealed(stage: Stage, field: str) -> None:
    assert stage.post("钱芳", "births:reveal", "2503-00000", field=field).status_code == 404
    assert Action.REVEAL not in {action for action, _, _ in noted(stage, "钱芳")}


def test_a_page_shows_masks_only(stage: Stage) -> None:
    for who, name, args in (
        ("钱芳", "births:case", ["2503-00000"]), ("钱芳", "births:cases", []), ("王强", "home", []),
        ("王强", "births:verification", [stage.made("verification", "本居村").pk]), ("赵敏", "births:reviews", []),
        ("赵敏", "births:review", [stage.made("question", "本区").pk]), ("孙丽", "intake:batch", [stage.made("batch", "本机构").pk]),
    ):  # fmt: skip
        html = stage.get(who, name, *args).content.decode()
        assert not [s for s in SECRETS if s in html], name


def test_looking_at_a_review_is_a_look_at_both_children(stage: Stage) -> None:
    stage.get("赵敏", "births:review", stage.made("question", "本区").pk)
    found = looks(stage, "赵敏")
    assert {(a.action, a.case_ref) for a in found} == {(Action.OPEN, "2503-00006"), (Action.OPEN, "2503-00007")}
    assert {a.subject for a in found} == {subject(stage, "复核中"), subject(stage, "上报")}


def test_deciding_a_review_is_noted(stage: Stage) -> None:
    stage.post("赵敏", "births:review", stage.made("question", "本区").pk, decision="different")
    assert [a for a, _, _ in noted(stage, "赵敏")] == [Action.CHANGE, Action.CHANGE]


def test_answering_is_noted_on_the_child(stage: Stage) -> None:
    pk = stage.made("verification", "本居村").pk
    stage.post("王强", "births:verification", pk, result="unverifiable", reason="电话停机")
    (look,) = looks(stage, "王强")
    assert (look.action, look.subject, look.role, look.place) == (
        Action.CHANGE, subject(stage, "本居村"), "neighbourhood_worker", "潍坊第1居村",
    )  # fmt: skip
    assert verification_of(stage, "本居村").result == "unverifiable"


def test_previewing_a_received_file_is_noted(stage: Stage) -> None:
    batch = stage.made("batch", "本机构")
    stage.get("孙丽", "intake:batch", batch.pk)
    stage.get("孙丽", "intake:returned", batch.pk)
    assert noted(stage, "孙丽") == [(Action.OPEN, str(batch.pk), "收件预览"), (Action.EXPORT, str(batch.pk), "退回件")]


def test_an_attempt_at_what_is_out_of_reach_is_noted(stage: Stage) -> None:
    stage.get("王强", "births:verification", stage.made("verification", "邻居村").pk)
    stage.get("王强", "births:case", "2503-00000")
    stage.get("王强", "home", query="nowhere/")
    assert noted(stage, "王强") == [(Action.REFUSED, "", "births:verification"), (Action.REFUSED, "", "births:case")]


def test_the_page_of_who_looked_shows_every_look(stage: Stage) -> None:
    stage.get("王强", "births:verification", stage.made("verification", "本居村").pk)
    stage.get("钱芳", "births:cases")
    stage.post("钱芳", "births:reveal", "2503-00000", field="phone")
    stage.get("钱芳", "births:case", "2503-00001")
    page = stage.get("钱芳", "births:looks", "2503-00000").content.decode()
    rows = [re.sub(r"<[^>]+>|\s+", " ", r) for r in re.findall(r"<tr>(.*?)</tr>", page, re.S)[1:]]
    assert len(rows) == 3, "别的孩子的查阅不在这里"
    assert "居村信息员" in rows[2] and "王强" in rows[2] and "打开" in rows[2] and "出生核实" in rows[2]
    assert "显示一项" in rows[0] and "联系电话" in rows[0] and "列表中显示" in rows[1]


def test_my_own_page_lists_my_looks(stage: Stage) -> None:
    stage.get("钱芳", "births:case", "2503-00000")
    stage.get("王强", "births:verification", stage.made("verification", "本居村").pk)
    page = stage.get("钱芳", "me").content.decode()
    assert page.count("2503-00000") == 1
    assert "2503-00000" in stage.get("李静", "audit:list").content.decode()


def fails(*_: Any, **__: Any) -> None:
    raise DatabaseError("查阅记录写不进去")


LOOKS = {
    "打开个案": ("钱芳", "GET", "births:case", ["2503-00000"], {}),
    "列个案": ("钱芳", "GET", "births:cases", [], {}),
    "列核实": ("钱芳", "GET", "births:verifications", [], {}),
    "手机首页": ("王强", "GET", "home", [], {}),
    "手机列表": ("王强", "GET", "births:verifications", [], {}),
    "手机核实": ("王强", "GET", "births:verification", ["本居村"], {}),
    "显示一项": ("钱芳", "POST", "births:reveal", ["2503-00000"], {"field": "phone"}),
    "复核": ("赵敏", "GET", "births:review", ["本区"], {}),
    "复核列表": ("赵敏", "GET", "births:reviews", [], {}),
    "报结果": ("王强", "POST", "births:verification", ["本居村"], {"result": "unverifiable", "reason": "电话停机"}),
    "复核决定": ("赵敏", "POST", "births:review", ["本区"], {"decision": "same"}),
    "收件预览": ("孙丽", "GET", "intake:batch", ["本机构"], {}),
    "退回件": ("孙丽", "GET", "intake:returned", ["本机构"], {}),
    "月报文件": ("赵敏", "GET", "reports:paper", ["2025-03", "pdf"], {}),
}


@pytest.mark.parametrize("what", LOOKS)
def test_no_row_no_look(stage: Stage, monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    who, method, name, given, data = LOOKS[what]
    kind = {
        "births:verification": "verification",
        "births:review": "question",
        "intake:batch": "batch",
        "intake:returned": "batch",
    }.get(name)
    path = reverse(name, args=[stage.made(kind, g).pk if kind else g for g in given])
    stage.sign_in(who)
    monkeypatch.setattr(AccessQuerySet, "bulk_create", fails)
    monkeypatch.setattr(stage.client, "raise_request_exception", False)
    response = stage.ask(who, method, path, data)
    page = response.body.decode(errors="replace")
    assert response.status_code == 500
    assert "系统出了差错" in page
    assert not [s for s in ("2503-0000", "李*", "137****", "本居村", "写不进去", "Traceback", *SECRETS) if s in page]
    monkeypatch.undo()
    assert not verification_of(stage, "本居村").result, "结果也没有存下"
    with scope(stage.world.scope_of("赵敏")):
        stage.made("question", "本区").refresh_from_db()
    assert stage.made("question", "本区").same is None


@pytest.mark.parametrize(
    ("module", "path"), [(case_views, "/births/cases/2503-00000/"), (review_views, "/births/reviews/{}/")]
)
def test_a_page_that_fails_afterwards_leaves_no_row(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, module: Any, path: str
) -> None:
    """The row and what it is about are one transaction: either both happen or neither."""
    who = "钱芳" if module is case_views else "赵敏"
    stage.sign_in(who)
    monkeypatch.setattr(module, "render", fails)
    monkeypatch.setattr(stage.client, "raise_request_exception", False)
    assert stage.ask(who, "GET", path.format(stage.made("question", "本区").pk)).status_code == 500
    assert not looks(stage, who)


def test_a_failed_request_leaves_the_next_one_unharmed(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.sign_in("钱芳")
    with monkeypatch.context() as patched:
        patched.setattr(AccessQuerySet, "bulk_create", fails)
        patched.setattr(stage.client, "raise_request_exception", False)
        stage.get("钱芳", "births:cases")
    assert stage.get("钱芳", "births:cases").status_code == 200
    with connection.cursor() as cursor:
        cursor.execute("select app_role()")
        assert cursor.fetchone()[0] in ("", None), "范围不留到请求之外"
