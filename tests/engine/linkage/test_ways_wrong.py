"""怎样会错 — one record spoilt in one way still finds its child; people who are not the same stay apart."""

import datetime as dt
from typing import Any

import pytest

from families import ANNA, CHENJING, LIMEI, SIXI, Book

DAY = SIXI["born"]
SPOILT: dict[str, tuple[str, dict[str, Any]]] = {
    "同音字": ("registration", {"mother_name": "黎枚"}),
    "繁体字": ("vaccination", {"father_name": "王建國", "mother_id": None}),
    "少一字": ("vaccination", {"father_name": "王建", "mother_id": None}),
    "姓名中有空格": ("registration", {"mother_name": "李 梅"}),
    "号码抄错一位": ("birth_certificate", {"mother_id": "310115199404245846"}),
    "号码两位颠倒": ("registration", {"mother_id": "310115199402445746", "phone": None}),
    "十五位号码": ("registration", {"mother_id": "310115940424574"}),
    "末位丢失": ("hukou_birth", {"mother_id": "31011519940424574"}),
    "全角号码": ("hospital_delivery", {"mother_id": "３１０１１５１９９４０４２４５７４６"}),
    "没有母亲号码": ("vaccination", {"mother_id": None}),
    "没有母亲号码，电话地址也变了": ("vaccination", {"mother_id": None, "phone": "13600000001", "address": "310115009001"}),
    "母亲栏填了父亲号码": ("vaccination", {"mother_id": LIMEI["father_id"]}),
    "父母两栏颠倒": ("birth_certificate", {
        "mother_name": "王建国", "father_name": "李梅", "mother_id": LIMEI["father_id"], "father_id": LIMEI["mother_id"]}),
    "没有母亲姓名": ("vaccination", {"mother_name": None}),
    "母亲姓名只在称呼里": ("vaccination", {"mother_name": None, "mother_id": None, "baby_name": "李梅之女"}),
    "不写父亲": ("registration", {"father_name": None}),
    "差一天": ("hospital_delivery", {"born": DAY + dt.timedelta(1)}),
    "差一天且无号码": ("vaccination", {"born": DAY - dt.timedelta(1), "mother_id": None}),
    "日期多写十天": ("registration", {"born": DAY + dt.timedelta(10)}),
    "年份写错": ("hukou_birth", {"born": DAY.replace(year=2024)}),
    "性别写错": ("vaccination", {"sex": "1"}),
    "体重凑整": ("vaccination", {"weight": 3200}),
    "证明号抄错": ("hukou_birth", {"certificate": "X310012354"}),
    "未取名": ("vaccination", {"baby_name": "李某之女"}),
    "改了名": ("hukou_birth", {"baby_name": "王若涵"}),
    "随母姓": ("hukou_birth", {"baby_name": "李思溪"}),
    "占位号码": ("registration", {"mother_id": "000000000000000000"}),
    "孩次填在序号栏": ("registration", {"order": 2, "parity": 2}),
    "没有出生日期": ("registration", {"born": None}),
}  # fmt: skip


@pytest.mark.parametrize("way", SPOILT)
def test_a_spoilt_record_finds_its_child(book: Book, way: str) -> None:
    source, changes = SPOILT[way]
    others = book.child(sources=[name for name in ("registration", "hospital_delivery", "vaccination", "birth_certificate",
                                                   "hukou_birth") if name != source])  # fmt: skip
    others_family = book.child(
        CHENJING, SIXI | {"baby_name": "刘安", "minute": 300, "weight": 2900, "certificate": "X310099999"}
    )
    spoilt = book.add(source, **changes)
    result = book.link()
    assert result.one_case(spoilt, *others)
    assert result.state[spoilt] == "decided"
    assert not result.one_delivery(spoilt, others_family[0])


def test_day_and_month_swapped(book: Book) -> None:
    early = SIXI | {"born": dt.date(2025, 3, 5)}
    keys = book.child(LIMEI, early, sources=["registration", "hospital_delivery", "birth_certificate"])
    keys.append(book.add("vaccination", LIMEI, early, born=dt.date(2025, 5, 3), mother_id=None))
    assert book.link().one_case(*keys)


def test_born_at_midnight(book: Book) -> None:
    keys = book.child(LIMEI, SIXI | {"minute": 1438}, sources=["hospital_delivery", "birth_certificate"])
    keys.append(book.add("vaccination", LIMEI, SIXI, born=DAY + dt.timedelta(1), mother_id=None, phone=None))
    assert book.link().one_case(*keys)


def test_a_foreign_mother(book: Book) -> None:
    keys = book.child(ANNA, SIXI | {"baby_name": "周安娜"}, sources=["hospital_delivery", "birth_certificate"])
    keys.append(book.add("registration", ANNA, SIXI, mother_name="Smith, Anna"))
    keys.append(book.add("vaccination", ANNA, SIXI, mother_id="E1234567B", baby_name="周安娜"))
    assert book.link().one_case(*keys)


def test_single_mother_without_father(book: Book) -> None:
    alone = LIMEI | {"father_name": None, "father_id": None}
    keys = book.child(alone, SIXI | {"baby_name": "李思溪"})
    assert book.link().one_case(*keys)


def test_two_mothers_of_one_name_on_one_day_in_one_hospital(book: Book) -> None:
    other = CHENJING | {"mother_name": "李梅", "institution": "H310000"}
    son = SIXI | {"sex": "1", "minute": 700, "weight": 3900, "baby_name": "刘安", "certificate": "X310055555"}
    one, two = book.child(), book.child(other, son)
    unsure = book.add("vaccination", LIMEI, SIXI, mother_id=None, key="vaccination|x")
    result = book.link()
    assert result.one_case(*one, unsure) and result.one_case(*two)
    assert not result.one_delivery(one[0], two[0])


def test_brothers_and_sisters_are_two_births(book: Book) -> None:
    elder = book.child()
    younger = book.child(
        LIMEI, SIXI | {"born": dt.date(2026, 2, 3), "baby_name": "王思远", "certificate": "X310077777"}
    )
    undated = book.add("registration", born=None)
    result = book.link()
    assert result.one_case(*elder) and result.one_case(*younger)
    assert not result.one_delivery(elder[0], younger[0])
    assert result.delivery[undated] in (result.delivery[elder[0]], result.delivery[younger[0]])


def test_a_stillbirth_matches_nothing(book: Book) -> None:
    still = book.add("hospital_delivery", outcome="still", baby_name="死胎")
    same_family = book.add("registration")
    result = book.link()
    assert not result.one_delivery(still, same_family)
    assert result.state[still] == "alone"


def test_a_clinic_telephone_joins_nobody(book: Book) -> None:
    families = [
        book.add("vaccination", CHENJING, SIXI, mother_name=name, mother_id=None, father_name=None, baby_name=None, certificate=None,
                 phone="13800138000", address=None, born=DAY)
        for name in ("陈静", "孙芳", "周琳", "吴倩", "郑洁", "冯玉")
    ]  # fmt: skip
    assert len(set(book.link().delivery[key] for key in families)) == len(families)


def test_in_doubt_a_person_is_asked(book: Book) -> None:
    sure = book.child(sources=["registration", "hospital_delivery", "birth_certificate"])
    doubtful = book.add("vaccination", mother_name="孙芳", mother_id=None, father_name=None, phone="13600000001",
                        certificate=None, baby_name="孙某之女", weight=None)  # fmt: skip
    result = book.link()
    assert result.state[doubtful] == "in_review" and result.state[sure[0]] == "decided"
    (question,) = result.linked.questions.to_pylist()
    assert doubtful in (question["a"], question["b"]) and question["level"] == "delivery"
    assert "出生日期相同" in question["reason"] and "母亲姓名不同" in question["reason"]


def test_wrong_input_is_refused_in_chinese(book: Book) -> None:
    book.add("registration", key="registration|1")
    book.add("registration", key="registration|1")
    with pytest.raises(ValueError, match="出现两次"):
        book.link()
    with pytest.raises(ValueError, match="缺「source」列"):
        Book([{"record": "x"}]).link()


def test_nothing_and_one(book: Book) -> None:
    assert book.add("registration") and book.link().state == {"registration|0000": "alone"}
