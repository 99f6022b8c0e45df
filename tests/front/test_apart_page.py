"""为什么没合并的页面 — both children's records are looked at and noted; what is out of reach is as what is not there."""

import pytest

from cast import make_record, system
from renjia.records.audit.models import Access, Action
from renjia.records.store.scope import Scope, scope
from renjia.work.births.models import CaseRecord
from stage import Stage, text_of

pytestmark = pytest.mark.usefixtures("undone")
SECRETS = ("李梅", "310115199404245746", "13712346287", "王建国", "X310012345", "|")


def noted(stage: Stage, who: str) -> set[tuple[str, str, str]]:
    with scope(Scope(role="auditor", purpose="audit")):
        found = Access.objects.filter(account=str(stage.account(who).pk), at__gt=stage.lit)
        return set(found.values_list("action", "case_ref", "fields"))


def test_two_cases_in_sight_are_compared_masked_and_both_looks_are_noted(stage: Stage) -> None:
    response = stage.get("钱芳", "births:apart", "2503-00000", query="?with=2503-00001")
    html = text_of(response)
    assert response.status_code == 200 and "最像的一项" in html and "逐项" in html
    assert not [secret for secret in SECRETS if secret in html.split("<main", 1)[1].split("</main", 1)[0]]
    looks = noted(stage, "钱芳")
    assert {(Action.OPEN, "2503-00000", "为什么没合并"), (Action.OPEN, "2503-00001", "为什么没合并")} <= looks
    assert any(action == Action.COMPUTE and "为什么没合并" in fields for action, _, fields in looks)


def test_a_case_out_of_reach_is_answered_as_one_that_does_not_exist(stage: Stage) -> None:
    far, none = (
        text_of(stage.get("钱芳", "births:apart", "2503-00000", query=f"?with={no}")).replace(no, "号")
        for no in ("2503-00003", "2503-99999")
    )
    assert "不在您的范围内" in far and far == none
    assert not any(ref == "2503-00003" for _, ref, _ in noted(stage, "钱芳"))


def test_another_cases_record_cannot_be_slipped_in(stage: Stage) -> None:
    with system():
        strange = stage.made("case", "外街镇").records.first().record_id
    html = text_of(stage.get("钱芳", "births:apart", "2503-00000", query=f"?with=2503-00001&a={strange}&b={strange}"))
    assert str(strange) not in html


def test_two_records_of_one_case_lead_back_to_its_evidence(stage: Stage) -> None:
    with system():
        CaseRecord.objects.create(record=make_record("vaccination", "同案"), case=stage.made("case", "本居村"))
    html = text_of(stage.get("钱芳", "births:apart", "2503-00000", query="?with=2503-00000"))
    assert "/births/cases/2503-00000/#evidence" in html
    assert '<div id="evidence">' in text_of(stage.get("钱芳", "births:case", "2503-00000"))
    assert "/births/cases/2503-00000/apart/" in text_of(stage.get("钱芳", "births:case", "2503-00000"))


def test_a_case_of_one_record_compared_with_itself_says_so(stage: Stage) -> None:
    assert "只有一条记录" in text_of(stage.get("钱芳", "births:apart", "2503-00001", query="?with=2503-00001"))
