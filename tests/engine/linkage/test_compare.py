"""比较层级 — what each pair of values comes to."""

import datetime as dt
from typing import Any

import numpy as np
import pytest

from families import ANNA, LIMEI, Book
from renjia.engine.linkage.columns import normalise
from renjia.engine.linkage.compare import delivery_levels
from renjia.engine.linkage.levels import (
    BornLevel,
    CertificateLevel,
    IdLevel,
    MinuteLevel,
    NameLevel,
    PhoneLevel,
    PlaceLevel,
    WeightLevel,
)
from renjia.engine.linkage.model import HAND_SET

AT = {one.field: place for place, one in enumerate(HAND_SET.delivery)}


def level(field: str, one: dict[str, Any], other: dict[str, Any], source: str = "birth_certificate") -> int:
    book = Book()
    book.add("birth_certificate", key="a", **one)
    book.add(source, key="b", **other)
    levels = delivery_levels(normalise(book.table()), np.array([0]), np.array([1]))
    assert (delivery_levels(normalise(book.table()), np.array([1]), np.array([0])) == levels).all()
    return int(levels[0, AT[field]])


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        ("2025-03-17", "2025-03-17", BornLevel.SAME), ("2025-03-17", "2025-03-18", BornLevel.ONE_DAY),
        ("2025-03-17", "2025-03-20", BornLevel.FEW_DAYS), ("2025-03-05", "2025-05-03", BornLevel.SWAPPED),
        ("2024-03-17", "2025-03-17", BornLevel.YEAR), ("2025-03-17", "2025-03-27", BornLevel.DIGIT),
        ("2025-03-12", "2025-03-21", BornLevel.DIGIT), ("2025-03-17", "2025-05-29", BornLevel.SAME_PREGNANCY),
        ("2025-03-17", "2025-12-09", BornLevel.OTHER_PREGNANCY), ("2025-03-31", "2025-04-01", BornLevel.ONE_DAY),
    ],
)  # fmt: skip
def test_dates(one: str, other: str, found: BornLevel) -> None:
    days = [dt.date.fromisoformat(day) for day in (one, other)]
    assert level("born", {"born": days[0], "minute": 600}, {"born": days[1], "minute": None}) == found


def test_a_day_apart_near_midnight() -> None:
    late, next_day = {"born": dt.date(2025, 3, 17), "minute": 1430}, {"born": dt.date(2025, 3, 18), "minute": None}
    assert level("born", late, next_day) == BornLevel.MIDNIGHT
    assert level("born", late, {"born": None}) == BornLevel.MISSING


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        (LIMEI["mother_id"], LIMEI["mother_id"], IdLevel.SAME), (LIMEI["mother_id"], None, IdLevel.MISSING),
        (LIMEI["mother_id"], "310115199404245846", IdLevel.NEAR), (LIMEI["mother_id"], "310115199404254746", IdLevel.NEAR),
        (LIMEI["mother_id"], "31011519940424O746", IdLevel.NEAR), ("310115199404245846", "310115199404245846", IdLevel.SAME_UNCHECKED),
        (LIMEI["mother_id"], "310115199404245762", IdLevel.NEAR_BOTH_VALID), (LIMEI["mother_id"], ANNA["mother_id"], IdLevel.OTHER_KIND),
        (LIMEI["mother_id"], "320101198812123026", IdLevel.DIFFERENT), (LIMEI["mother_id"], "320101198812123047", IdLevel.DOUBTFUL),
        ("E12345678", "e1234567b", IdLevel.NEAR),
    ],
)  # fmt: skip
def test_numbers(one: str, other: str | None, found: IdLevel) -> None:
    assert level("mother_id", {"mother_id": one}, {"mother_id": other}) == found


def test_a_mans_number_in_the_mothers_column_is_the_fathers() -> None:
    man = {"mother_id": LIMEI["father_id"], "father_id": None}
    assert level("mother_id", {}, man) == IdLevel.MISSING
    assert level("father_id", {}, man) == IdLevel.SAME
    swapped = {"mother_id": LIMEI["father_id"], "father_id": LIMEI["mother_id"]}
    assert level("mother_id", {}, swapped) == IdLevel.SAME


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        ("李梅芳", "李梅芳", NameLevel.SAME_COMMON), ("李梅芳", "黎枚方", NameLevel.SOUND_COMMON), ("李梅芳", "李芳", NameLevel.DROPPED),
        ("李梅芳", "李梅琴", NameLevel.NEAR), ("李梅芳", "李芳梅", NameLevel.NEAR), ("李梅芳", "张梅芳", NameLevel.GIVEN),
        ("李梅", "李琴", NameLevel.SURNAME), ("李梅芳", "陈静", NameLevel.DIFFERENT), ("李梅", "LI MEI", NameLevel.SOUND),
        ("李梅", "ANNA SMITH", NameLevel.SCRIPT), ("Smith Anna", "anna smith", NameLevel.SAME_COMMON), ("李梅", "王建国", NameLevel.OTHER_PARENT),
    ],
)  # fmt: skip
def test_names(one: str, other: str, found: NameLevel) -> None:
    assert level("mother_name", {"mother_name": one}, {"mother_name": other}) == found


@pytest.mark.parametrize(
    ("field", "one", "other", "found"),
    [
        ("phone", "13712346287", "13712346278", PhoneLevel.NEAR), ("phone", "13712346287", "15900112233", PhoneLevel.DIFFERENT),
        ("minute", 615, 615, MinuteLevel.SAME), ("minute", 615, 617, MinuteLevel.NEAR), ("minute", 615, 660, MinuteLevel.HOUR),
        ("minute", 195, 915, MinuteLevel.HALF_DAY), ("minute", 615, 0, MinuteLevel.MISSING), ("minute", 615, 30, MinuteLevel.DIFFERENT),
        ("weight", 3210, 3210, WeightLevel.SAME), ("weight", 3210, 3200, WeightLevel.ROUNDED), ("weight", 3260, 3300, WeightLevel.ROUNDED),
        ("weight", 3210, 3285, WeightLevel.NEAR), ("weight", 3210, 2310, WeightLevel.DIFFERENT), ("weight", 3210, 3, WeightLevel.MISSING),
        ("certificate", "X310012345", "X310O12345", CertificateLevel.SAME), ("certificate", "X310012345", "X310072345", CertificateLevel.NEAR),
        ("certificate", "X310012345", "Z310012346", CertificateLevel.ADJACENT), ("certificate", "X310012345", "X319999", CertificateLevel.DIFFERENT),
        ("address", "310115001001", "310115001001", PlaceLevel.NEIGHBOURHOOD), ("address", "310115001001", "310115001", PlaceLevel.STREET),
        ("address", "310115001001", "310115001009", PlaceLevel.STREET), ("address", "310115001001", "310115002001", PlaceLevel.DIFFERENT),
        ("address", "310115001001", "310115", PlaceLevel.MISSING),
    ],
)  # fmt: skip
def test_other_fields(field: str, one: Any, other: Any, found: int) -> None:
    assert level("place" if field == "address" else field, {field: one}, {field: other}) == found


def test_a_hukou_place_says_less() -> None:
    hukou = {"hukou_place": "310115001001", "address": None}
    assert level("place", {}, hukou, "hukou_birth") == PlaceLevel.HUKOU_NEIGHBOURHOOD
