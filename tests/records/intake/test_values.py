"""One cell at a time."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renjia.records.intake.feeds import Column
from renjia.records.intake.problems import RETURN
from renjia.records.intake.values import (
    read_certificate,
    read_code,
    read_identity,
    read_name,
    read_ordinal,
    read_outcome,
    read_phone,
    read_place,
    read_plurality,
    read_remark,
    read_sex,
    read_text,
    read_weight,
)

WEIGHT = Column("出生体重", "weight", "weight", frozenset(), 200, 9000, {})
OUTCOME = Column("是否活产", "outcome", "outcome", frozenset(), None, None, {"是": "live", "否": "still"})
EVERY = [
    read_certificate, read_code, read_identity, read_name, read_ordinal, read_outcome(OUTCOME), read_phone, read_place,
    read_plurality, read_remark, read_sex, read_text, read_weight(WEIGHT, ""), read_weight(WEIGHT, "kg"),
]  # fmt: skip


@given(st.sampled_from(EVERY), st.text(max_size=25))
def test_no_text_breaks_a_reader(reader, text: str) -> None:
    found = reader(text)
    assert found.value is None or isinstance(found.value, str | int)
    assert all(reason and remedy for reason, remedy, _ in found.complaints)


@given(st.sampled_from(EVERY[:-3]), st.text("王芳玲一二双胎孩·•．Ｘ０１29xXG- 　/.,*()", max_size=25))
def test_what_was_read_reads_the_same_again(reader, text: str) -> None:
    once = reader(text)
    if isinstance(once.value, str) and once.value and reader is not EVERY[5] and reader is not read_remark:
        assert reader(once.value).value in (once.value, "")


@pytest.mark.parametrize(
    ("text", "name"),
    [("王 芳", "王芳"), ("　欧阳娟　", "欧阳娟"), ("买买提•吐尔逊", "买买提·吐尔逊"), ("买买提．吐尔逊",
     "买买提·吐尔逊"), ("无", ""), ("-", ""), ("不详", ""),
     ("Ｍａｒｙ  Ｓｍｉｔｈ", "Mary Smith"), ("王\u202e芳", "王芳"), ("𬱖㐂", "𬱖㐂"), ("O'Brien", "O'Brien"),
     ("李梅之子", "李梅之子"), ("123", "")],
)  # fmt: skip
def test_names(text: str, name: str) -> None:
    assert read_name(text).value == name


def test_a_garbled_name_is_kept_and_said() -> None:
    assert "乱码" in read_name("王\ufffd芳").complaints[0][0]


@pytest.mark.parametrize("text", ["3.10115E+17", "3.10115198001011E+17", "3.1e17", "３.1E+17", "310115199312187000"])
def test_an_identity_that_lost_digits_returns_the_row(text: str) -> None:
    found = read_identity(text)
    assert found.value == ""
    assert found.complaints[0][2] == RETURN


@pytest.mark.parametrize("text", ["310115199502306012", "99011519950203601X", "3101151995O2036012", "3101159502031"])
def test_a_reason_quotes_no_digit_of_the_number(text: str) -> None:
    (reason, _, _), *_ = read_identity(text).complaints
    assert not any(len(digits) > 2 for digits in re.findall(r"\d+", reason)), reason


def test_a_whole_number_may_end_in_three_zeros(build) -> None:
    bodies = (f"31011519931218{order:03d}" for order in range(1000))
    whole = next(number for number in map(build.identity, bodies) if number.endswith("000"))
    assert read_identity(whole).complaints == ()
    assert read_identity(whole).value == whole


def test_a_wrong_check_digit_is_only_a_warning(build) -> None:
    number = build.identity()
    wrong = number[:-1] + ("0" if number[-1] != "0" else "1")
    found = read_identity(wrong)
    assert found.value == wrong
    assert [severity for *_, severity in found.complaints] == ["warn"]


@pytest.mark.parametrize(
    ("text", "sex"),
    [("男", "1"), ("女", "2"), ("１", "1"), ("2", "2"), ("男婴", "1"), ("F", "2"), ("0", ""), ("9", ""), ("未知",
     ""), ("1-男", "1"), ("9-未说明的性别", ""), ("0-未知", "")],
)  # fmt: skip
def test_sex(text: str, sex: str) -> None:
    assert (read_sex(text).value, read_sex(text).complaints) == (sex, ())


@pytest.mark.parametrize(
    ("text", "unit", "grams"),
    [("3250", "g", 3250), ("3250.0", "g", 3250), ("3.25", "kg", 3250), ("3.25", "", 3250), ("3250", "kg", 3250),
     ("3250g", "", 3250),
     ("3.25kg", "g", 3250), ("6.5斤", "", 3250), ("3,250", "", 3250), ("0", "g", None), ("", "g", None), ("32500",
     "g", None), ("重", "", None)],
)  # fmt: skip
def test_weight(text: str, unit: str, grams: int | None) -> None:
    assert read_weight(WEIGHT, unit)(text).value == grams


@pytest.mark.parametrize(
    ("text", "order"),
    [("1", 1), ("2.0", 2), ("第二孩", 2), ("一孩", 1), ("三孩及以上", 3), ("老大", 1), ("A", 1), ("B胎", 2),
     ("1/2", 1), ("大", 1), ("小", 2), ("单胎", 1), ("0", None), ("", None), ("不详", None), ("头胎", 1), ("二胎", 2),
     ("双胎之一", 1), ("双胎之二", 2), ("双胎之小", 2), ("否", None)],
)  # fmt: skip
def test_order(text: str, order: int | None) -> None:
    assert read_ordinal(text).value == order


@pytest.mark.parametrize(
    ("text", "count"),
    [("单胎", 1), ("双胎", 2), ("三胎", 3), ("2", 2), ("否", 1), ("是", None), ("双胞胎", 2), ("多胎", None)],
)
def test_plurality(text: str, count: int | None) -> None:
    assert read_plurality(text).value == count


@pytest.mark.parametrize(
    ("text", "outcome"),
    [("活产", "live"), ("死胎", "still"), ("死产", "still"), ("胎死宫内", "still"), ("死胎引产", "still"),
     ("新生儿死亡", "live"), ("健康", "live"),
     ("是", "live"), ("否", "still"), ("", ""), ("死亡", "")],
)  # fmt: skip
def test_outcome(text: str, outcome: str) -> None:
    assert read_outcome(OUTCOME)(text).value == outcome


def test_an_ended_pregnancy_is_no_birth() -> None:
    assert read_outcome(OUTCOME)("治疗性引产").complaints[0][2] == RETURN


@pytest.mark.parametrize(
    ("text", "phone"),
    [("138 0000 0000", "13800000000"), ("+86-13800000000", "13800000000"), ("021-58888888", "02158888888"),
     ("13800000000/02158888888", "13800000000"), ("１３８００００００００", "13800000000"), ("无", "")],
)  # fmt: skip
def test_phone(text: str, phone: str) -> None:
    assert (read_phone(text).value, read_phone(text).complaints) == (phone, ())


def test_codes_and_places() -> None:
    assert read_place("310115024029").value == "310115024029"
    assert read_place("川沙新镇某村").value == "川沙新镇某村"
    assert read_place("川沙新镇某村").complaints
    assert read_place("3.10115E+11").value == ""
    assert read_certificate(" x310019347 ").value == "X310019347"
    assert read_certificate("X31001934").complaints[0][2] == "warn"
    assert read_code("2.02503E+13").complaints[0][2] == RETURN
