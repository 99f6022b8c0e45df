"""个案 — the same records give the same cases; what comes later joins; what is withdrawn leaves."""

import random
from datetime import date

import pytest

from cast import DISTRICT, ELSEWHERE, HOME, SIBLING, make_batch, make_places, make_record, system
from renjia.engine.units import Month
from renjia.records.intake.models import SourceRecord
from renjia.work.births.actions import Refused, decide_question
from renjia.work.births.issue import issue_verifications
from renjia.work.births.models import BirthCase, CaseEvent, CaseRecord, Question, Verification
from renjia.work.births.reconcile import reconcile

pytestmark = pytest.mark.django_db
ZHAO = {
    "mother_name": "赵秀", "mother_id": "310115199503189444", "father_name": "金磊", "father_id": "", "baby_name": "金晨",
    "born": date(2025, 3, 4), "minute": 946, "sex": "1", "weight": 2930, "phone": "18874498848", "certificate": "X310054321",
    "institution": "H310001", "parity": 2,
}  # fmt: skip


@pytest.fixture(autouse=True)
def places(db):
    with system():
        make_places()


def run() -> None:
    with system():
        reconcile(district=DISTRICT, progress=lambda *_: None)


def issue(month: str = "2025-03", on: date = date(2025, 4, 1)) -> tuple[int, int]:
    with system():
        return issue_verifications(month=Month.parse(month), on=on)


def state() -> list[tuple[object, ...]]:
    """Everything a run may change, without random keys and clocks."""
    with system():
        return [
            *BirthCase.objects.order_by("no").values_list(
                "no", "delivery", "state", "place", "born", "sex", "digest", "retired"
            ),
            *CaseRecord.objects.order_by("record__key").values_list("record__key", "case__no"),
            *CaseEvent.objects.order_by("case__no", "kind", "text").values_list("case__no", "kind", "text"),
            *Verification.objects.order_by("case__no").values_list("case__no", "month", "place", "due", "result"),
        ]


def test_five_sources_make_one_case_and_a_second_run_changes_nothing() -> None:
    with system():
        for source in ("registration", "hospital_delivery", "vaccination", "birth_certificate", "hukou_birth"):
            make_record(source)
            make_record(source, **ZHAO)
    run()
    issue()
    before = state()
    with system():
        assert BirthCase.objects.count() == 2
        assert {c.records.count() for c in BirthCase.objects.all()} == {5}
    run()
    assert issue() == (0, 0)
    assert state() == before


def test_order_of_arrival_does_not_matter() -> None:
    def load(order: list[int]) -> set[frozenset[str]]:
        with system():
            CaseEvent.objects.all().delete()
            CaseRecord.objects.all().delete()
            BirthCase.objects.all().delete()
            SourceRecord.objects.all().delete()
            for i in order:
                source = ("registration", "hospital_delivery", "vaccination")[i % 3]
                make_record(source, f"R{i}", **({} if i < 3 else ZHAO))
                run()
            cases: dict[str, set[str]] = {}
            for key, no in CaseRecord.objects.values_list("record__key", "case__no"):
                cases.setdefault(no, set()).add(key)
        return {frozenset(c) for c in cases.values()}

    orders = [list(range(6)), list(reversed(range(6)))]
    random.Random(3).shuffle(orders[1])
    assert load(orders[0]) == load(orders[1])


def test_a_later_record_joins_and_numbers_stay() -> None:
    with system():
        make_record("hospital_delivery", "H1")
    run()
    with system():
        first = BirthCase.objects.get().no
        make_record("hukou_birth", "U1", batch=make_batch("hukou_birth"), address="")
    run()
    with system():
        assert [c.no for c in BirthCase.objects.all()] == [first]
        assert CaseEvent.objects.filter(kind="joined").count() == 1


def test_a_withdrawn_record_leaves_and_an_empty_case_is_retired() -> None:
    with system():
        record = make_record("hospital_delivery", "H1")
        make_record("hospital_delivery", "H2", **ZHAO)
    run()
    issue()
    with system():
        SourceRecord.objects.filter(pk=record.pk).update(state="withdrawn")
    run()
    issue()
    with system():
        assert BirthCase.objects.living().count() == 1
        retired = BirthCase.objects.get(retired__isnull=False)
        assert not Verification.objects.open().filter(case=retired).exists()


@pytest.mark.parametrize(
    ("address", "place"),
    [
        (HOME, HOME),
        ("310115001", "310115001"),
        ("310115001999", "310115001"),
        ("310104001001", DISTRICT),
        ("", DISTRICT),
    ],
)
def test_unknown_addresses_go_to_the_street_or_the_districts_pool(address: str, place: str) -> None:
    with system():
        make_record(address=address)
    run()
    with system():
        assert BirthCase.objects.get().place == place


def test_differences_missing_and_late_are_asked_once() -> None:
    with system():
        make_record("hospital_delivery", reported=date(2025, 3, 20))
        make_record("vaccination", address=ELSEWHERE, minute=None, weight=None)
    run()
    assert issue(on=date(2025, 4, 1)) == (1, 0)
    with system():
        asked = Verification.objects.get()
        kinds = {(r["kind"], r["on"]) for r in asked.reasons}
        assert ("difference", "address") in kinds
        assert ("late", "hospital_delivery") in kinds
        assert asked.due == date(2025, 4, 16)  # ten working days after 1 April: 清明 4 April is a holiday
    assert issue("2025-04", on=date(2025, 5, 6)) == (0, 0)


def test_what_arrives_takes_the_question_down() -> None:
    with system():
        make_record("hospital_delivery", born=date(2025, 2, 20), reported=date(2025, 2, 21))
        make_record("birth_certificate", "early", batch=make_batch("birth_certificate", "2025-01"), **ZHAO)
    run()
    issue("2025-04", on=date(2025, 5, 6))
    with system():
        missing = [v for v in Verification.objects.all() if any(r["on"] == "birth_certificate" for r in v.reasons)]
        assert len(missing) == 1
        make_record("birth_certificate", "late", born=date(2025, 2, 20), reported=date(2025, 3, 1))
    run()
    issue("2025-05", on=date(2025, 6, 5))
    with system():
        assert Verification.objects.get(pk=missing[0].pk).cleared is not None


def test_stillbirth_matches_nothing_and_is_never_asked_about() -> None:
    with system():
        make_record("hospital_delivery", outcome="still", baby_name="李梅之死胎")
        make_record("registration")
    run()
    issue()
    with system():
        assert BirthCase.objects.count() == 2
        assert not Verification.objects.filter(case__outcome="still").exists()


def test_a_decision_survives_every_run() -> None:
    with system():
        a = make_record("hospital_delivery", "H1")
        b = make_record("vaccination", "V1")
        Question.objects.create(a=a, b=b, a_key=a.key, b_key=b.key, level="child", score=1.0, reason="测试")
    run()
    with system():
        assert BirthCase.objects.living().count() == 1
        question = Question.objects.get(a_key=a.key, b_key=b.key)
        Question.objects.filter(pk=question.pk).update(obsolete=False)
        decide_question(question_id=question.pk, same=False, note="两个孩子")
    run()
    run()
    with system():
        assert BirthCase.objects.living().count() == 2
        assert Question.objects.get(pk=question.pk).same is False


def test_a_sibling_place_is_not_mixed_up() -> None:
    with system():
        make_record(address=SIBLING)
        make_record("vaccination", address=SIBLING)
    run()
    with system():
        assert BirthCase.objects.get().place == SIBLING


def test_running_an_earlier_month_again_takes_nothing_down() -> None:
    """What was due in May is not yet due in March's eyes; March's second run must not clear May's question."""
    with system():
        make_record("hospital_delivery")
        make_record("birth_certificate", "other", batch=make_batch("birth_certificate", "2025-01"), **ZHAO)
    run()
    issue("2025-03", on=date(2025, 4, 1))
    issue("2025-05", on=date(2025, 6, 3))
    before = state()
    with system():
        assert Verification.objects.open().filter(month="2025-05").exists()
    assert issue("2025-03", on=date(2025, 7, 1)) == (0, 0)
    assert state() == before


def test_a_decision_about_a_delivery_leaves_its_two_children_apart() -> None:
    with system():
        a = make_record("hospital_delivery", "H1", sex="1", order=1, plurality=2, baby_name="王大", minute=615)
        b = make_record("hospital_delivery", "H2", sex="2", order=2, plurality=2, baby_name="王小", minute=620)
        Question.objects.create(a=a, b=b, a_key=a.key, b_key=b.key, level="delivery", score=1.0, reason="测试")
        decide_question(question_id=Question.objects.get().pk, same=True)
    run()
    with system():
        assert BirthCase.objects.living().count() == 2
        assert len(set(BirthCase.objects.values_list("delivery", flat=True))) == 1


def test_a_contradictory_decision_is_refused_and_later_runs_go_on() -> None:
    with system():
        records = [
            make_record("hospital_delivery", "H1"),
            make_record("vaccination", "V1"),
            make_record("hukou_birth", "U1"),
        ]
        for x, y in ((0, 1), (1, 2), (0, 2)):
            a, b = records[x], records[y]
            question = Question.objects.create(
                a=a, b=b, a_key=a.key, b_key=b.key, level="child", score=1.0, reason="测试"
            )
            if (x, y) != (0, 2):
                decide_question(question_id=question.pk, same=True)
        with pytest.raises(Refused, match="矛盾"):
            decide_question(question_id=question.pk, same=False)
    run()
    with system():
        assert BirthCase.objects.living().count() == 1


def test_when_the_only_batch_is_withdrawn_no_case_is_left_standing() -> None:
    with system():
        make_record("hospital_delivery", "H1")
        make_record("vaccination", "V1")
    run()
    issue()
    with system():
        SourceRecord.objects.update(state="withdrawn")
    run()
    issue()
    with system():
        assert not BirthCase.objects.living().exists()
        assert not CaseRecord.objects.exists()
        assert not Verification.objects.open().exists()
