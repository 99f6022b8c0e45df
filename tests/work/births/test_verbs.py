"""办理 — each verb once, by whom it may, with what it must be told; two clicks are one."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from cast import DISTRICT, ELSEWHERE, HOME, OTHER_STREET, SIBLING, make_case, make_verification, make_world, system
from renjia.records.audit.models import Access
from renjia.records.store.scope import scope
from renjia.work.births import actions
from renjia.work.births.actions import Refused
from renjia.work.births.models import BirthCase, CaseEvent, Result, Verification

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db):
    with system():
        return make_world()


@pytest.fixture
def asked(world):
    with system():
        return make_verification(make_case(place=HOME), sampled=True)


def kinds() -> list[str]:
    with system():
        return list(CaseEvent.objects.order_by("id").values_list("kind", flat=True))


def answer(world, asked, who="王强", **values):
    with scope(world.scope_of(who)):
        return actions.answer_verification(verification_id=asked.pk, **{"result": Result.CONFIRMED} | values)


def test_an_answer_is_kept_with_who_and_when_and_leaves_a_look(world, asked) -> None:
    done = answer(world, asked)
    assert (done.result, done.done_by, done.done_account) == (
        "confirmed",
        "潍坊第1居村 王强",
        str(world.accounts["王强"].pk),
    )
    assert kinds() == ["answered"]
    with system():
        subject = done.case.subject
    with scope(world.scope_of("李静")):
        assert Access.objects.filter(subject=subject, action="change", who="王强").count() == 1


def test_a_second_answer_is_refused_and_the_first_stands(world, asked) -> None:
    answer(world, asked)
    with pytest.raises(Refused, match="报过结果"):
        answer(world, asked, result=Result.UNVERIFIABLE, reason="电话停机")
    assert kinds() == ["answered"]


@pytest.mark.parametrize(
    ("values", "why"),
    [({"result": Result.UNVERIFIABLE}, "须写原因"), ({"result": Result.UNVERIFIABLE, "reason": "  "}, "须写原因"),
     ({"result": Result.CORRECTED}, "须填更正后的内容")],
)  # fmt: skip
def test_half_an_answer_is_refused(world, asked, values, why) -> None:
    with pytest.raises(Refused, match=why):
        answer(world, asked, **values)
    with system():
        assert Verification.objects.get().result == ""


@pytest.mark.parametrize("who", ["韩梅", "邹红", "孙丽", "赵敏"])
def test_others_do_not_reach_it(world, asked, who) -> None:
    with pytest.raises(Refused, match="不在您的范围内"):
        answer(world, asked, who=who)


def test_a_correction_is_sealed_and_read_back(world, asked) -> None:
    done = answer(world, asked, result=Result.CORRECTED, answers={"baby_name": "王思远", "born": "2025-03-08"})
    assert "王思远".encode() not in bytes(done.answers)
    assert actions.read_answers(done) == {"baby_name": "王思远", "born": "2025-03-08"}


def test_undo_is_for_ten_minutes_and_for_whoever_answered(world, asked) -> None:
    answer(world, asked)
    with scope(world.scope_of("钱芳")), pytest.raises(Refused, match="自己刚报的"):
        actions.undo_answer(verification_id=asked.pk)
    with scope(world.scope_of("王强")):
        assert actions.undo_answer(verification_id=asked.pk).result == ""
    answer(world, asked)
    with system():
        Verification.objects.update(done_at=timezone.now() - timedelta(minutes=11))
    with scope(world.scope_of("王强")), pytest.raises(Refused, match="超过 10 分钟"):
        actions.undo_answer(verification_id=asked.pk)


def test_the_second_look_is_another_persons(world, asked) -> None:
    answer(world, asked, who="钱芳")
    with scope(world.scope_of("钱芳")), pytest.raises(Refused, match="不能抽查自己"):
        actions.look_again(verification_id=asked.pk, agrees=True)


def test_a_disagreement_goes_back_and_agreement_stays(world, asked) -> None:
    answer(world, asked)
    with scope(world.scope_of("钱芳")):
        with pytest.raises(Refused, match="写明"):
            actions.look_again(verification_id=asked.pk, agrees=False)
        back = actions.look_again(verification_id=asked.pk, agrees=False, note="住址仍不对")
    assert (back.result, back.returned) == ("", True)
    answer(world, asked)
    with scope(world.scope_of("钱芳")):
        assert actions.look_again(verification_id=asked.pk, agrees=True).second_agrees
    assert kinds() == ["answered", "returned", "answered", "checked"]


def test_a_transfer_is_an_offer_and_an_acceptance(world, asked) -> None:
    with scope(world.scope_of("钱芳")):
        with pytest.raises(Refused, match="缘由"):
            actions.offer_transfer(verification_id=asked.pk, to=OTHER_STREET, why=" ")
        actions.offer_transfer(verification_id=asked.pk, to=OTHER_STREET, why="已搬到陆家嘴")
        with pytest.raises(Refused, match="没有转给您"):
            actions.answer_transfer(verification_id=asked.pk, accept=True)
        assert Verification.objects.get().place == HOME  # it stays until the other side accepts
    due = asked.due
    with scope(world.scope_of("邹红")):
        assert BirthCase.objects.count() == 1
        moved = actions.answer_transfer(verification_id=asked.pk, accept=True)
    assert (moved.place, moved.due, moved.offered_to) == (OTHER_STREET, due, "")
    with scope(world.scope_of("钱芳")):
        assert not Verification.objects.exists()
    assert kinds() == ["offered", "moved"]


def test_a_declined_transfer_stays_where_it_was(world, asked) -> None:
    with scope(world.scope_of("钱芳")):
        actions.offer_transfer(verification_id=asked.pk, to=OTHER_STREET, why="已搬到陆家嘴")
    with scope(world.scope_of("邹红")):
        with pytest.raises(Refused, match="缘由"):
            actions.answer_transfer(verification_id=asked.pk, accept=False)
        actions.answer_transfer(verification_id=asked.pk, accept=False, why="查无此户")
    with system():
        back = Verification.objects.get()
    assert (back.place, back.offered_to) == (HOME, "")


@pytest.mark.parametrize("to", ["999999", HOME, ""])
def test_a_transfer_to_nowhere_is_refused(world, asked, to) -> None:
    with scope(world.scope_of("钱芳")), pytest.raises(Refused):
        actions.offer_transfer(verification_id=asked.pk, to=to, why="搬家")


def test_escalation_lets_the_district_see_this_one_case(world, asked) -> None:
    with system():
        make_verification(make_case("2503-00002", place=SIBLING))
    with scope(world.scope_of("赵敏")):
        assert not BirthCase.objects.exists()
    with scope(world.scope_of("钱芳")):
        actions.escalate(verification_id=asked.pk, why="两户都说是自家的")
    with scope(world.scope_of("赵敏")):
        assert [v.place for v in Verification.objects.all()] == [HOME]
        assert [c.no for c in BirthCase.objects.all()] == ["2503-00001"]


def test_the_districts_pool_is_the_districts_to_place(world) -> None:
    with system():
        waiting = make_verification(make_case(place=DISTRICT))
    with scope(world.scope_of("赵敏")):
        actions.offer_transfer(verification_id=waiting.pk, to=ELSEWHERE[:9], why="住址查到了")
    with scope(world.scope_of("邹红")):
        assert actions.answer_transfer(verification_id=waiting.pk, accept=True).place == OTHER_STREET


@pytest.mark.django_db(transaction=True)
def test_ten_clicks_at_once_are_one_answer() -> None:
    with system():
        world = make_world()
        asked = make_verification(make_case(place=HOME))
    outcomes: list[str] = []
    start = threading.Barrier(10)

    def click() -> None:
        start.wait()
        try:
            answer(world, asked)
            outcomes.append("done")
        except Refused:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=click) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["done"] + ["refused"] * 9
    assert kinds() == ["answered"]
