"""比对抽查的页面 — drawn by the district, judged once, and what is judged is out of sight again."""

import pytest
from django.urls import reverse

from cast import make_record, system
from renjia.records.audit.models import Access
from renjia.records.store.scope import Scope, scope
from renjia.work.births.models import AuditedLink, BirthCase, CaseRecord, Evidence, LinkAudit, Question
from stage import Stage, text_of, word_of

pytestmark = pytest.mark.usefixtures("undone")
SECRETS = ("李梅", "310115199404245746", "13712346287", "王建国", "X310012345")


def link_of(stage: Stage) -> AuditedLink:
    return stage.made("audited", "本区")


def judged(stage: Stage) -> AuditedLink:
    with system():
        return AuditedLink.objects.get(pk=link_of(stage).pk)


def test_a_drawn_pair_is_shown_masked_and_the_look_is_noted(stage: Stage) -> None:
    html = text_of(stage.get("赵敏", "births:audited", link_of(stage).pk))
    assert "第 1 对，共 1 对" in html and "合得对" in html
    assert not [secret for secret in SECRETS if secret in html]
    with scope(Scope(role="auditor", purpose="audit")):
        looks = Access.objects.filter(account=str(stage.account("赵敏").pk), at__gt=stage.lit, action="open")
        assert {look.fields for look in looks} == {"比对抽查"} and len(looks) == 2


def test_a_judgement_sent_twice_counts_once(stage: Stage) -> None:
    pk = link_of(stage).pk
    assert word_of(stage.post("赵敏", "births:audited", pk, answer="right")) == "302 births:audits"
    once = judged(stage)
    again = stage.post("赵敏", "births:audited", pk, answer="wrong", note="换个说法")
    assert again.status_code == 409 and "判为“合得对”" in text_of(again)
    assert (judged(stage).answer, judged(stage).answered_at) == ("right", once.answered_at)
    assert not Question.objects.filter(same=False).exists()
    assert "不再在您的范围里" in text_of(stage.get("赵敏", "births:audited", pk))


def test_wrong_without_a_reason_is_told_what_to_write(stage: Stage) -> None:
    refused = stage.post("赵敏", "births:audited", link_of(stage).pk, answer="wrong")
    assert refused.status_code == 409 and "须写依据" in text_of(refused) and judged(stage).answer == ""


@pytest.mark.parametrize("answer", ["", "maybe", "\0"])
def test_no_answer_is_no_judgement(stage: Stage, answer: str) -> None:
    refused = stage.post("赵敏", "births:audited", link_of(stage).pk, answer=answer)
    assert refused.status_code in (400, 409) and judged(stage).answer == ""


def test_a_sample_is_drawn_and_the_district_is_led_to_the_first(stage: Stage) -> None:
    with system():
        AuditedLink.objects.update(answer="unsure", answered_at=stage.lit)
        case = BirthCase.objects.get(no="2503-00003")
        pair = [make_record(source, f"抽{source}") for source in ("hospital_delivery", "vaccination")]
        for record in pair:
            CaseRecord.objects.create(record=record, case=case)
        Evidence.objects.create(a=pair[0], b=pair[1], level="delivery", pattern=0, score=12.0, model="手设一")
    assert stage.get("赵敏", "births:case", "2503-00003").status_code == 404
    drawn = stage.post("赵敏", "births:audits", wanted="100")
    assert word_of(drawn) == "302 births:audited"
    assert stage.ask("赵敏", "GET", drawn.headers["Location"]).status_code == 200
    assert stage.get("赵敏", "births:case", "2503-00003").status_code == 200
    assert word_of(stage.post("赵敏", "births:audits", wanted="100")) == "302 births:audits 说明"
    with system():
        assert LinkAudit.objects.count() == 2
    stage.ask("赵敏", "POST", drawn.headers["Location"], {"answer": "right"})
    assert stage.get("赵敏", "births:case", "2503-00003").status_code == 404


@pytest.mark.parametrize("wanted", ["", "7", "-1", "九", "9" * 400])
def test_only_the_offered_sizes_are_drawn(stage: Stage, wanted: str) -> None:
    with system():
        AuditedLink.objects.update(answer="unsure", answered_at=stage.lit)
    assert "说明" in word_of(stage.post("赵敏", "births:audits", wanted=wanted))


def test_the_reviewers_page_leads_here_and_the_first_page_says_what_waits(stage: Stage) -> None:
    assert reverse("births:audits") in text_of(stage.get("赵敏", "births:reviews"))
    assert "比对抽查：合得对不对" in text_of(stage.get("赵敏", "home"))
    assert "比对抽查" not in text_of(stage.get("钱芳", "home"))
