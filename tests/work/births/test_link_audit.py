"""比对抽查 — drawn once at random, judged once, wrong ones are parted for ever, and nothing is estimated from too few."""

from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from cast import DISTRICT, HOME, make_batch, make_case, make_record, make_world, system
from renjia.records.audit.models import Access
from renjia.records.intake.models import Batch, SourceRecord
from renjia.records.store.scope import scope
from renjia.work.births.actions import Refused
from renjia.work.births.link_audit import draw_audit, estimate, judge_link, latest_estimate
from renjia.work.births.models import AuditedLink, BirthCase, CaseRecord, Evidence, LinkAudit, Question
from renjia.work.births.reconcile import reconcile

pytestmark = pytest.mark.django_db


def run() -> None:
    with system():
        reconcile(district=DISTRICT, progress=lambda *_: None)


def joined(n: int, batch: Batch) -> Evidence:
    """Two records of one case as a run leaves them; nobody opens their boxes here."""
    more = {"month": "2025-03", "place": HOME, "row": n, "batch": batch, "box": b"", "fingerprint": b""}
    pair = [
        SourceRecord(source=s, key=f"{s}|{n:03d}", record_no=str(n), **more)
        for s in ("hospital_delivery", "vaccination")
    ]
    for one in pair:
        one.save()
    make_case(f"2503-{n:05d}", records=(pair[0], pair[1]))
    return Evidence(a=pair[0], b=pair[1], level="delivery", pattern=0, score=(6.0, 30.0)[n % 2], model="手设一")


@pytest.fixture
def world(db: None) -> Any:
    with system():
        made, batch = make_world(), make_batch()
        Evidence.objects.bulk_create(joined(n, batch) for n in range(40))
    return made


def as_(world: Any, who: str = "赵敏") -> Any:
    return scope(world.scope_of(who))


def drawn(world: Any) -> list[AuditedLink]:
    with as_(world):
        return list(draw_audit(wanted=100).drawn.order_by("position"))


def judge_all(world: Any, links: list[AuditedLink], answer: str = "right") -> None:
    with as_(world):
        for link in links:
            judge_link(link_id=link.pk, answer=answer, note="试")


def test_links_are_drawn_with_who_and_of_how_many(world: Any) -> None:
    links = drawn(world)
    with as_(world):
        audit = LinkAudit.objects.get()
    assert audit.drawn_by == "赵敏" and audit.links == 40 == len(links)
    assert [one.position for one in links] == list(range(1, 41))
    with as_(world), pytest.raises(Refused, match="还有 40 对没有判断"):
        draw_audit(wanted=100)


@pytest.mark.parametrize("who", ["钱芳", "王强", "孙丽", "李静"])
def test_only_the_district_sees_what_was_drawn(world: Any, who: str) -> None:
    (link, *_) = drawn(world)
    with as_(world, who):
        assert not AuditedLink.objects.exists() and not LinkAudit.objects.exists()
        with pytest.raises(Refused):
            judge_link(link_id=link.pk, answer="right")


def test_the_district_sees_the_drawn_cases_until_they_are_judged(world: Any) -> None:
    with as_(world):
        assert not BirthCase.objects.exists() and not SourceRecord.objects.exists()
    (link, *rest) = drawn(world)
    with as_(world):
        assert (
            BirthCase.objects.filter(pk=link.a_case_id).exists() and SourceRecord.objects.filter(pk=link.b_id).exists()
        )
        judge_link(link_id=link.pk, answer="right")
        assert (
            not BirthCase.objects.filter(pk=link.a_case_id).exists()
            and not SourceRecord.objects.filter(pk=link.a_id).exists()
        )
        assert BirthCase.objects.count() == len(rest)


def test_a_judgement_is_given_once_even_past_the_application(world: Any) -> None:
    (link, *_) = drawn(world)
    with as_(world):
        judge_link(link_id=link.pk, answer="right")
        with pytest.raises(Refused, match="已由赵敏判为“合得对”"):
            judge_link(link_id=link.pk, answer="wrong", note="改")
        assert AuditedLink.objects.filter(pk=link.pk).update(answer="unsure") == 0
        for sql in (
            "delete from births_auditedlink",
            "delete from births_linkaudit",
            "update births_linkaudit set seed = 1",
        ):
            with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(sql)


def test_a_wrong_link_says_why_and_is_parted_for_ever(db: None) -> None:
    with system():
        world = make_world()
        make_record("hospital_delivery", "H1")
        make_record("vaccination", "V1")
    run()
    (link,) = drawn(world)
    with as_(world), pytest.raises(Refused, match="须写依据"):
        judge_link(link_id=link.pk, answer="wrong", note="  ")
    with as_(world):
        judge_link(link_id=link.pk, answer="wrong", note="两位母亲")
    with system():
        question = Question.objects.get()
        assert (question.same, question.level, question.decided_by, question.note) == (
            False, "delivery", "赵敏", "比对抽查：两位母亲",
        )  # fmt: skip
        assert (
            len(set(CaseRecord.objects.filter(record__in=[link.a_id, link.b_id]).values_list("case", flat=True))) == 1
        )
    for _ in range(2):
        run()
        with system():
            cases = CaseRecord.objects.filter(record__in=[link.a_id, link.b_id]).values_list(
                "case__delivery", flat=True
            )
            assert len(set(cases)) == 2


def test_an_earlier_decision_is_not_overruled(world: Any) -> None:
    (link, *_) = drawn(world)
    with system():
        Question.objects.create(
            a_id=link.a_id, b_id=link.b_id, a_key=link.a_key, b_key=link.b_key, level="child", score=1.0, reason="试", same=True,
            decided_at=link.audit.drawn_at, decided_by="王敏",
        )  # fmt: skip
    with as_(world), pytest.raises(Refused, match="由王敏定为“同一个”"):
        judge_link(link_id=link.pk, answer="wrong", note="两位母亲")
    with as_(world):
        assert AuditedLink.objects.get(pk=link.pk).answer == ""


def test_too_few_answers_estimate_nothing(world: Any) -> None:
    links = drawn(world)
    judge_all(world, links[:29])
    judge_all(world, links[29:31], "unsure")
    with as_(world):
        found = estimate(LinkAudit.objects.get())
        assert found.precision is None and "只判定了 29 对，至少要 30 对" in found.too_few
        assert (found.judged, found.right, found.unsure) == (31, 29, 2)
        assert latest_estimate() is None


def test_enough_answers_estimate_the_share_with_its_interval(world: Any) -> None:
    links = drawn(world)
    judge_all(world, links[:36])
    judge_all(world, links[36:38], "wrong")
    with as_(world):
        found = latest_estimate()
    assert found is not None and found.precision is not None and found.wrong == 2
    assert found.precision.share == pytest.approx(36 / 38, abs=0.03)
    assert found.precision.low < 36 / 38 < found.precision.high < 1


def test_judging_is_a_recorded_change_of_those_children(world: Any) -> None:
    (link, *_) = drawn(world)
    with as_(world):
        judge_link(link_id=link.pk, answer="right")
        noted = Access.objects.filter(account=str(world.accounts["赵敏"].pk), action="change")
        assert {look.fields for look in noted} == {"比对抽查"} and {look.subject for look in noted} == {
            str(link.a_case_id)
        }


def test_where_nothing_was_joined_there_is_nothing_to_draw(db: None) -> None:
    with system():
        world = make_world()
    with as_(world), pytest.raises(Refused, match="还没有合在一起"):
        draw_audit(wanted=100)
    with as_(world), pytest.raises(Refused, match="从中选一个"):
        draw_audit(wanted=7)
