"""Boxes: what goes in comes out; any bit, another row, another place or purpose, an older key file is refused."""

import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from renjia.engine.sealing import Keys, Sealer, SealError

ROW = {"mother_name": "李梅", "mother_id": "11010519491231002X", "phone": ""}


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    return Keys.create(tmp_path_factory.mktemp("sealing") / "keys.json")


@pytest.fixture(scope="module")
def sealer(keys):
    return keys.sealer("birth_record")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.text(st.characters(exclude_characters="|", exclude_categories=["Cs"])),
    st.text(st.characters(exclude_categories=["Cs"])),
    st.dictionaries(*[st.text(st.characters(exclude_categories=["Cs"]))] * 2, max_size=5),
)
def test_round_trip(sealer, context, row, fields):
    assert sealer.open(context, row, sealer.seal(context, row, fields)) == fields


def test_many_is_one_by_one(sealer):
    rows = [f"hospital_delivery|H{at}" for at in range(50)]
    fields = [{"phone": str(at)} for at in range(50)]
    boxes = sealer.seal_many("record", rows, fields)
    assert len(set(boxes)) == 50
    assert sealer.open_many("record", rows, boxes) == fields
    assert [sealer.open("record", row, box) for row, box in zip(rows, boxes, strict=True)] == fields


def test_every_flipped_bit_is_refused(sealer):
    box = sealer.seal("record", "H1", ROW)
    for bit in range(len(box) * 8):
        changed = bytearray(box)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(SealError):
            sealer.open("record", "H1", bytes(changed))


def test_every_cut_is_refused(sealer):
    box = sealer.seal("record", "H1", ROW)
    for length in range(len(box)):
        with pytest.raises(SealError):
            sealer.open("record", "H1", box[:length])
    with pytest.raises(SealError):
        sealer.open("record", "H1", box + b"\0")


def test_another_row_place_or_purpose_is_refused(keys, sealer):
    box = sealer.seal("record", "H1", ROW)
    with pytest.raises(SealError, match="record 的 H2：封存盒不属于这一行"):
        sealer.open("record", "H2", box)
    with pytest.raises(SealError, match="不属于这一行"):
        sealer.open("case", "H1", box)
    with pytest.raises(SealError, match="用途不是「care」"):
        keys.sealer("care").open("record", "H1", box)
    with pytest.raises(SealError, match="H2"):
        sealer.open_many("record", ["H1", "H2"], [box, box])


def test_the_bar_cannot_move_between_place_and_row(sealer):
    with pytest.raises(SealError, match="竖线"):
        sealer.seal("record|a", "b", ROW)
    with pytest.raises(SealError):
        sealer.open("record", "a|b", sealer.seal("record", "b", ROW))


def test_no_nonce_is_used_twice(sealer):
    boxes = sealer.seal_many("record", ["H1"] * 1000, [ROW] * 1000)
    assert len({box[1:13] for box in boxes}) == 1000


def test_two_boxes_of_one_row_differ(sealer):
    assert sealer.seal("record", "H1", ROW) != sealer.seal("record", "H1", ROW)


def test_only_text_goes_in(sealer):
    with pytest.raises(SealError, match="「weight」是 int"):
        sealer.seal("record", "H1", {"weight": 3140})


def test_numbers_must_match(sealer):
    with pytest.raises(SealError, match="数目不符"):
        sealer.seal_many("record", ["a"], [])
    with pytest.raises(SealError, match="数目不符"):
        sealer.open_many("record", ["a"], [])


def test_files(sealer):
    data = os.urandom(100_000)
    box = sealer.seal_bytes("file", "sha", data)
    assert sealer.open_bytes("file", "sha", box) == data
    assert len(box) == len(data) + 29
    with pytest.raises(SealError, match="盒里是文件"):
        sealer.open("file", "sha", box)


def test_a_new_key_seals_and_the_old_one_still_opens():
    old = Sealer("p", {1: b"a" * 16})
    both = Sealer("p", {1: b"a" * 16, 2: b"b" * 16})
    earlier, later = old.seal("t", "r", ROW), both.seal("t", "r", ROW)
    assert (earlier[0], later[0]) == (1, 2)
    assert both.open("t", "r", earlier) == both.open("t", "r", later) == ROW
    with pytest.raises(SealError, match="第 2 版密钥"):
        old.open("t", "r", later)
