"""按两下只算一下 — every form sent twice, as an impatient finger or a replayed request does, has one effect."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from cast import OTHER_STREET, make_batch, system
from renjia.records.accounts.models import Grant
from renjia.records.audit.models import Access, Action
from renjia.records.intake.models import Batch, SourceRecord
from renjia.records.store.scope import Scope, scope
from renjia.work.births.models import BirthCase, CaseEvent, Question, Verification
from renjia.work.reports.models import Closing
from renjia.work.tasks.models import Run, RunState
from stage import MONTH, Stage, changes_so_far, delivery_file, word_of

pytestmark = pytest.mark.usefixtures("undone")
EMPTY = {"result": "", "reason": "", "done_at": None, "done_by": "", "done_account": ""}


def state() -> Any:
    """All that forms can change, and how often it was noted."""
    with system():
        values = [
            sorted(map(str, model.objects.values_list()))
            for model in (BirthCase, Verification, Question, CaseEvent, Batch, SourceRecord, Run, Grant, Closing)
        ]
    with scope(Scope(role="auditor", purpose="audit")):
        noted = Access.objects.filter(action__in=(Action.CHANGE, Action.REVEAL)).count()
    return values, noted, changes_so_far()


def set_up(stage: Stage, label: str, **values: Any) -> None:
    with system():
        Verification.objects.filter(pk=stage.made("verification", label).pk).update(**values)


def answered(stage: Stage, **more: Any) -> None:
    by = {"done_account": str(stage.account("王强").pk), "done_by": "王强", "done_at": timezone.now()}
    set_up(stage, "本居村", result="confirmed", **by | more)


FORMS: dict[str, tuple[str, str, tuple[str, str], dict[str, str]]] = {
    "报结果": ("王强", "births:verification", ("verification", "本居村"), {"result": "unverifiable", "reason": "电话停机"}),
    "撤销": ("王强", "births:undo", ("verification", "本居村"), {}),
    "复看一致": ("钱芳", "births:second_look", ("verification", "本居村"), {"agrees": "1"}),
    "退回再核": ("钱芳", "births:second_look", ("verification", "本居村"), {"agrees": "0", "note": "住址不对"}),
    "转出": ("钱芳", "births:offer", ("verification", "本居村"), {"to": OTHER_STREET, "why": "已搬走"}),
    "接收": ("邹红", "births:transfer", ("verification", "本居村"), {"accept": "1"}),
    "不接收": ("邹红", "births:transfer", ("verification", "本居村"), {"accept": "0", "why": "查无此人"}),
    "上报": ("钱芳", "births:escalate", ("verification", "本居村"), {"why": "住址有争议"}),
    "复核决定": ("赵敏", "births:review", ("question", "本区"), {"decision": "same"}),
    "入库": ("孙丽", "intake:accept", ("batch", "本机构"), {}),
    "撤回": ("孙丽", "intake:withdraw", ("batch", "本机构"), {"reason": "送错了"}),
    "收回授权": ("周平", "accounts:revoke", ("grant", "他人"), {}),
}  # fmt: skip


def prepare(stage: Stage, what: str) -> None:
    if what in ("撤销", "复看一致", "退回再核"):
        answered(stage, sampled=True)
    if what in ("接收", "不接收"):
        set_up(stage, "本居村", offered_to=OTHER_STREET, offered_at=timezone.now(), offered_by="钱芳")


@pytest.mark.parametrize("what", FORMS)
def test_a_form_sent_twice_has_one_effect(stage: Stage, what: str) -> None:
    who, name, about, data = FORMS[what]
    prepare(stage, what)
    path = reverse(name, args=[stage.made(*about).pk])
    before = state()
    first = stage.ask(who, "POST", path, data)
    once = state()
    assert once != before, "第一下要有结果"
    assert word_of(first).startswith("302") and "说明" not in word_of(first)
    second = stage.ask(who, "POST", path, data)
    assert second.status_code in (302, 404, 409, 422), "第二下说清楚，不出错"
    assert state() == once, "第二下什么也不改"


def test_the_second_answer_does_not_overwrite_the_first(stage: Stage) -> None:
    pk = stage.made("verification", "本居村").pk
    stage.post("王强", "births:verification", pk, result="unverifiable", reason="电话停机")
    late = stage.post("王强", "births:verification", pk, result="unverifiable", reason="换个说法")
    assert late.status_code == 422 and "报过结果" in late.content.decode()
    with system():
        assert Verification.objects.get(pk=pk).reason == "电话停机"


def test_the_same_file_twice_is_one_batch(stage: Stage) -> None:
    for _ in range(2):
        file = SimpleUploadedFile("三月.csv", delivery_file("N901"))
        response = stage.ask("孙丽", "POST", reverse("intake:upload"), {"file": file, "month": ""})
    with system():
        assert Batch.objects.filter(filename="三月.csv").count() == 1
    assert word_of(response) == "302 intake:batch"


def test_two_clicks_on_a_month_are_one_run(stage: Stage) -> None:
    with system():
        make_batch(month="2024-11")
    for _ in range(2):
        response = stage.post("赵敏", "run_month", month="2024-11")
    assert word_of(response) == "302 runs:one"
    assert Run.objects.filter(month="2024-11", state=RunState.QUEUED).count() == 1


def test_a_month_without_files_is_not_run(stage: Stage) -> None:
    assert word_of(stage.post("赵敏", "run_month", month="2019-01")) == "302 intake:list"
    assert not Run.objects.filter(month="2019-01").exists()


def test_a_month_is_closed_once(stage: Stage) -> None:
    assert word_of(stage.post("赵敏", "reports:close", MONTH)) == "302 reports:one"
    with system():
        closed = Closing.objects.get(month=MONTH)
    again = stage.post("赵敏", "reports:close", MONTH)
    assert word_of(again) == "302 reports:one 说明"
    with system():
        assert Closing.objects.filter(month=MONTH).values_list("pk", "closed_at").get() == (closed.pk, closed.closed_at)


def test_what_is_sent_up_is_seen_and_can_be_opened_by_the_district(stage: Stage) -> None:
    """The street's 上报 must really give the district the case, and only that one."""
    assert stage.get("赵敏", "births:case", "2503-00000").status_code == 404
    stage.post("钱芳", "births:escalate", stage.made("verification", "本居村").pk, why="住址有争议")
    assert stage.get("赵敏", "births:case", "2503-00000").status_code == 200
    assert "2503-00000" in stage.get("赵敏", "births:verifications").content.decode()
    assert stage.get("赵敏", "births:case", "2503-00001").status_code == 404


def test_a_transfer_is_an_offer_and_an_acceptance(stage: Stage) -> None:
    pk, no = stage.made("verification", "本居村").pk, "2503-00000"
    assert stage.get("邹红", "births:case", no).status_code == 404
    stage.post("钱芳", "births:offer", pk, to=OTHER_STREET, why="已搬走")
    with system():
        assert Verification.objects.get(pk=pk).place != OTHER_STREET, "没有接收就还在原处"
    assert word_of(stage.post("韩梅", "births:transfer", pk, accept="1")) == "404"
    assert word_of(stage.post("钱芳", "births:transfer", pk, accept="1")) == "302 births:case 说明", (
        "转出的人不能替人接收"
    )
    assert stage.get("邹红", "births:case", no).status_code == 200
    stage.post("邹红", "births:transfer", pk, accept="1")
    with system():
        assert Verification.objects.get(pk=pk).place == OTHER_STREET
    assert stage.get("王强", "births:verification", pk).status_code == 404, "转走了就看不到"


def test_a_declined_transfer_stays_where_it_was(stage: Stage) -> None:
    pk = stage.made("verification", "本居村").pk
    stage.post("钱芳", "births:offer", pk, to=OTHER_STREET, why="已搬走")
    assert word_of(stage.post("邹红", "births:transfer", pk, accept="0")) == "302 births:case 说明", "不接收须写缘由"
    stage.post("邹红", "births:transfer", pk, accept="0", why="查无此人")
    assert stage.get("邹红", "births:case", "2503-00000").status_code == 404
    assert stage.get("王强", "births:verification", pk).status_code == 200


def test_only_who_answered_may_undo_and_not_for_long(stage: Stage) -> None:
    answered(stage)
    pk = stage.made("verification", "本居村").pk
    assert "说明" in word_of(stage.post("钱芳", "births:undo", pk))
    set_up(stage, "本居村", done_at=timezone.now() - timezone.timedelta(minutes=11))
    assert "说明" in word_of(stage.post("王强", "births:undo", pk))


def test_nobody_looks_again_at_the_own_answer(stage: Stage) -> None:
    pk = stage.made("verification", "本居村").pk
    stage.post("钱芳", "births:verification", pk, result="unverifiable", reason="电话停机")
    assert "说明" in word_of(stage.post("钱芳", "births:second_look", pk, agrees="1"))
