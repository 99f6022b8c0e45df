"""为什么没合并 — the same waterfall as the engine's, the guard in words, nothing told of records out of sight."""

from datetime import date
from typing import Any

import pytest

from cast import DISTRICT, ELSEWHERE, make_places, make_record, make_world, system
from renjia.engine.linkage import HAND_SET, WhyNot, explain, why_not
from renjia.records.intake.boxes import open_records
from renjia.records.intake.models import SourceRecord
from renjia.records.store.scope import scope
from renjia.work.births import apart
from renjia.work.births.apart import asked_apart, suggested
from renjia.work.births.models import BirthCase, Question
from renjia.work.births.reconcile import decisions, reconcile, records_table

pytestmark = pytest.mark.django_db
ZHAO = {
    "mother_name": "赵秀", "mother_id": "310115199503189444", "father_name": "金磊", "father_id": "", "baby_name": "金晨",
    "born": date(2025, 3, 4), "minute": 946, "sex": "1", "weight": 2930, "phone": "18874498848", "certificate": "X310054321",
    "institution": "H310001", "parity": 2,
}  # fmt: skip
TWIN = {
    "baby_name": "王思涵",
    "sex": "1",
    "weight": 2500,
    "minute": 640,
    "order": 2,
    "plurality": 2,
    "certificate": "X310099999",
}


def record(key: str) -> SourceRecord:
    with system():
        return SourceRecord.objects.get(key=key)


def run() -> None:
    with system():
        reconcile(district=DISTRICT, progress=lambda *_: None)


def ask(a: str, b: str, who: Any = None) -> apart.Apart:
    one, other = record(a), record(b)
    with scope(who) if who else system():
        return asked_apart(one, other)


@pytest.fixture
def cases(db: None) -> None:
    """李梅 in two sources, 赵秀 in one."""
    with system():
        make_places()
        make_record("hospital_delivery", "L1")
        make_record("vaccination", "L2")
        make_record("registration", "Z1", **ZHAO)
    run()


def test_two_strangers_are_apart_for_want_of_evidence(cases: None) -> None:
    found = ask("hospital_delivery|L1", "registration|Z1")
    assert (found.rule, found.title, found.level) == ("below", "分值不够", "delivery")
    assert "归并线 +5" in found.sentence
    assert found.strongest_against is not None and found.strongest_against.weight < 0
    assert found.lines[-1].running == sum(line.weight for line in found.lines)


def test_the_waterfall_is_the_engines_own(cases: None) -> None:
    with system():
        wanted = why_not_of(record("hospital_delivery|L1"), record("registration|Z1"))
    assert ask("hospital_delivery|L1", "registration|Z1").lines == wanted.lines


@pytest.mark.parametrize(("held", "whole"), [(600, 600), (700, 40_000), (3_000, 1_200_000), (100, 900)])
def test_the_prior_is_that_of_all_records(held: int, whole: int) -> None:
    size = apart._size
    assert apart._with_prior(held, whole).prior(size(held)) == HAND_SET.prior(size(whole))


def test_records_of_other_days_are_not_opened(cases: None, monkeypatch: pytest.MonkeyPatch) -> None:
    with system():
        far = [
            make_record("registration", f"F{n}", **ZHAO | {"born": date(2024, 6, n), "mother_id": "", "phone": ""})
            for n in (1, 2)
        ]
    run()
    opened: list[str] = []
    monkeypatch.setattr(apart, "open_records", lambda held: opened.extend(r.key for r in held) or open_records(held))
    found = ask("hospital_delivery|L1", "vaccination|L2")
    assert found.rule == "joined" and found.whole == 5
    assert set(opened) == {"hospital_delivery|L1", "vaccination|L2", "registration|Z1"} and not {
        r.key for r in far
    } & set(opened)


def test_a_decision_of_a_person_is_named_without_keys(cases: None) -> None:
    with system():
        make_record("registration", "L3")
        run()
        a, b = record("registration|L3"), record("vaccination|L2")
        Question.objects.create(
            a=a, b=b, a_key=a.key, b_key=b.key, level="delivery", score=9.0, reason="试", same=False, decided_at=a.batch.received_at
        )  # fmt: skip
    run()
    found = ask("registration|L3", "vaccination|L2")
    assert found.rule == "decided" and found.title == "人定过，不是同一个"
    assert "生育登记 L3" in found.sentence and "|" not in found.sentence


def test_twins_are_two_children_of_one_delivery(cases: None) -> None:
    with system():
        make_record("hospital_delivery", "T2", **TWIN)
        make_record("vaccination", "T3", **TWIN)
    run()
    found = ask("hospital_delivery|L1", "vaccination|T3")
    assert found.level == "child" and found.rule in ("better_partner", "plurality", "other_child")
    assert "|" not in found.sentence
    with system():
        case = BirthCase.objects.get(records__record__key="hospital_delivery|L1")
        assert [why for _, why in suggested(case)] == ["同一次分娩"]


def test_what_is_out_of_sight_is_not_told(db: None) -> None:
    with system():
        world = make_world()
        make_record("hospital_delivery", "L1")
        make_record("vaccination", "T3", **TWIN | {"address": ELSEWHERE})
        make_record("hospital_delivery", "T2", **TWIN | {"address": ELSEWHERE})
    run()
    with scope(world.scope_of("钱芳")):
        assert not SourceRecord.objects.filter(key="hospital_delivery|T2").exists(), "这一条要在范围以外，下面才有意思"
    found = ask("hospital_delivery|L1", "vaccination|T3", world.scope_of("钱芳"))
    assert "T2" not in found.sentence
    assert found.rule != "better_partner" or "范围以外的一条住院分娩" in found.sentence


def test_suggestions_are_those_in_sight_with_the_same_number_or_telephone(db: None) -> None:
    with system():
        world = make_world()
        make_record("hospital_delivery", "L1")
        make_record("vaccination", "L9", **ZHAO | {"phone": "13712346287"})
        other = ZHAO | {"mother_id": "", "mother_name": "孙一", "father_name": "周山", "born": date(2024, 5, 1)}
        make_record("vaccination", "L8", **other | {"address": ELSEWHERE, "phone": "13712346287"})
    run()
    with scope(world.scope_of("钱芳")):
        case = BirthCase.objects.get(records__record__key="hospital_delivery|L1")
        assert [why for _, why in suggested(case)] == ["电话相同"]


def test_what_the_run_kept_of_a_pair_is_shown_as_it_was(cases: None) -> None:
    """Names seem rarer or commoner among few records: a pair that waits for a person keeps the score it was asked with."""
    a, b = record("hospital_delivery|L1"), record("registration|Z1")
    with system():
        pattern = int(why_not_of(a, b).pattern) | 1 << 4  # as if the mother's name had been the same, and rare
        Question.objects.create(
            a=a, b=b, a_key=a.key, b_key=b.key, level="delivery", score=3.0, pattern=pattern, reason="试"
        )
    found = ask("registration|Z1", "hospital_delivery|L1")
    assert found.stored and found.lines == tuple(explain(pattern, HAND_SET))
    assert found.rule == "asked" and f"得分 {found.lines[-1].running:+g}".replace("-", "−") in found.sentence


def why_not_of(a: SourceRecord, b: SourceRecord) -> WhyNot:
    table = records_table(open_records(SourceRecord.objects.order_by("key")))
    return why_not(a.key, b.key, table, decisions=decisions())
