"""Masks: the forms the pages show, and no text gets through whole."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from renjia.engine.units import mask_certificate, mask_identity, mask_infant, mask_name, mask_phone


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("张三", "张*"),
        ("陈若溪", "陈*溪"),
        ("欧阳娟", "欧阳*"),
        ("欧阳若溪", "欧阳*溪"),
        ("张 三", "张*"),
        ("王", "*"),
        ("John Smith", "J* S*"),
        ("阿依古丽·买买提", "阿*·买*"),
        ("张三1", "张*"),
        ("", ""),
    ],
)
def test_names(name, masked):
    assert mask_name(name) == masked


@pytest.mark.parametrize(
    ("infant", "masked"),
    [
        (("郝文敏之子",), "未取名（郝某之子）"),
        (("郝文敏之女", "郝文敏", "1"), "未取名（郝某之女）"),
        (("郝文敏大女", "郝文敏"), "未取名（郝某之女）"),
        (("", "欧阳娟", "2"), "未取名（欧阳某之女）"),
        (("未取名", "王芳"), "未取名（王某之婴）"),
        (("Smith之子", "Smith"), "未取名（S*之子）"),
        (("马诗苑", "李芳", "2"), "马*苑"),
        (("", "", ""), "未取名"),
    ],
)
def test_infants(infant, masked):
    assert mask_infant(*infant) == masked


def test_numbers():
    assert mask_identity("310115199312181234") == "310***********1234"
    assert mask_identity("E12345678") == "E******78"
    assert mask_phone("13712346287") == "137****6287"
    assert mask_phone("+8613712346287") == "+86137****6287"
    assert mask_phone("021-58881234") == "********1234"
    assert mask_phone("110") == "***"
    assert mask_certificate("X320101001") == "X*****1001"


printable = st.text(min_size=1, max_size=30).map(str.strip).filter(bool)


@given(printable)
def test_no_text_gets_through_whole(text):
    for mask in (mask_name, mask_identity, mask_phone, mask_certificate):
        masked = mask(text)
        assert "*" in masked or not any(place.isalnum() for place in text), mask


@given(printable, printable)
@example("*", "0")
def test_an_infant_never_shows_the_mothers_whole_name(name, mother):
    shown = mask_infant(f"{mother}之子", mother)
    assert len(mother) < 2 or mother not in shown or not any(place.isalnum() for place in mother)
    assert mask_infant(name, mother) != name or not any(place.isalnum() for place in name)


@given(st.text("0123456789X", min_size=4, max_size=20))
def test_a_number_keeps_less_than_half(number):
    shown = sum(place != "*" for place in mask_identity(number))
    assert shown * 2 <= len(number)
