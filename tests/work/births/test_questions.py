"""问题的选项 — two answers that look alike under their masks are told apart by the places in which they differ, and no others."""

import pytest

from renjia.engine.units import mask_identity, mask_name, mask_phone
from renjia.work.births.questions import told_apart


@pytest.mark.parametrize(
    ("mask", "values", "shown"),
    [
        (mask_name, ["潘小玲", "潘晓玲"], ["潘小玲", "潘晓玲"]),
        (mask_name, ["潘小玲", "潘小琳"], ["潘*玲", "潘*琳"]),
        (mask_identity, ["310115199404241234", "310115199404251234"], ["310**********41234", "310**********51234"]),
        (mask_phone, ["13712346287", "13712446287"], ["137**3*6287", "137**4*6287"]),
        (mask_name, ["欧阳娟", "欧阳小娟"], ["欧阳*", "欧阳*娟"]),
    ],
)
def test_alike_under_the_mask_but_not_the_same(mask, values, shown):
    assert told_apart([mask(v) for v in values], values) == shown


def test_answers_of_unlike_length_that_look_alike_are_numbered_not_shown():
    assert told_apart(["张*", "张*"], ["张三", "张三丰"]) == ["张*（第 1 种）", "张*（第 2 种）"]


def test_codes_of_places_are_told_whole():
    assert told_apart(["区外或不明地址"] * 2, ["330482005021", "330482"]) == ["330482005021", "330482"]
