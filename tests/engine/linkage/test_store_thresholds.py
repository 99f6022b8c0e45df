"""月月对账过界 — a new month moves what is counted over all records, and old pairs and groups with it.

Each test says first what moved (so that it could fail), then lets `Beside` compare with the full run; it goes over the
line and, by withdrawals, back again.
"""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from families import CHENJING, LIMEI, SIXI, Book
from linkage_histories import Beside, Row
from renjia.engine.linkage.candidates import CAP
from renjia.engine.linkage.levels import InstitutionLevel, NameLevel
from renjia.engine.linkage.model import LEVEL_BITS, size_of
from renjia.engine.linkage.store.link_store import Settled


@pytest.fixture
def beside(tmp_path: Path) -> Beside:
    return Beside(tmp_path / "store")


def mothers(count: int, start: int = 0, **said: object) -> Iterator[Row]:
    """Registrations of women who share nothing but what is said; surnames and given names by number."""
    for at in range(start, start + count):
        name = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏"[at % 30] + chr(0x6000 + 7 * at)
        yield {
            "record": f"registration|M{at:05d}", "source": "registration", "mother_name": name,
            "born": dt.date(2024, 1, 1) + dt.timedelta(days=at % 300), "sex": "1",
        } | said  # fmt: skip


def level(month: Settled, one: str, other: str, place: int) -> int:
    """What the store keeps of one pair in one comparison."""
    held, pairs = month.memory.record.to_pylist(), month.memory.pairs
    a, b = sorted((held.index(one), held.index(other)))
    return int(pairs["pattern"][(pairs["a"] == a) & (pairs["b"] == b)][0] >> LEVEL_BITS * place & 15)


def test_a_fifth_mother_makes_a_telephone_nobodys(beside: Beside, book: Book) -> None:
    pair = [
        book.add("registration", LIMEI, mother_id=None),
        book.add("vaccination", LIMEI, mother_id=None, mother_name="李玫瑰"),
    ]
    others = list(mothers(3, phone=LIMEI["phone"]))
    phones = [beside.month(book.rows + others[:2]).memory.rows["phone"]]
    phones.append(beside.month(others[2:]).memory.rows["phone"])
    phones.append(beside.month(withdrawn=[others[0]["record"]]).memory.rows["phone"])
    assert [(phone >= 0).any() for phone in phones] == [True, False, True]
    assert len(pair) == 2


def test_a_block_grows_above_the_cap_and_shrinks_again(beside: Beside) -> None:
    rows = list(mothers(CAP + 1, born=dt.date(2025, 1, 1), address="310115001001"))
    counts = [len(beside.month(rows[:-1]).memory.pairs["a"])]
    counts.append(len(beside.month(rows[-1:]).memory.pairs["a"]))
    counts.append(len(beside.month(withdrawn=[rows[3]["record"]]).memory.pairs["a"]))
    every = CAP * (CAP - 1) // 2
    assert counts[0] == counts[2] == every and counts[1] < CAP


def test_a_pair_of_a_complete_group_outlives_its_blocks(beside: Beside, book: Book) -> None:
    keys = book.child()
    rows = list(mothers(CAP, born=SIXI["born"], address=LIMEI["address"]))
    beside.month([*book.rows, *rows[:-5]])
    beside.month(rows[-5:])
    assert len(keys) == 5


def test_a_third_source_completes_a_group_and_its_withdrawal_opens_it(beside: Beside, book: Book) -> None:
    three = ["registration", "hospital_delivery", "vaccination"]
    keys = book.child(sources=three)
    # another complete family of the same telephone: compared with the first only while that is incomplete
    book.child(CHENJING | {"phone": LIMEI["phone"]}, SIXI, sources=three)
    months = [beside.month(row for row in book.rows if row["record"] != keys[2])]
    months.append(beside.month(row for row in book.rows if row["record"] == keys[2]))
    months.append(beside.month(withdrawn=[keys[2]]))
    assert [int(month.memory.rows["residue"].sum()) for month in months] == [2, 0, 2]
    pairs = [len(month.memory.pairs["a"]) for month in months]
    assert pairs[0] == pairs[2] > pairs[1]


def test_the_number_of_records_moves_the_prior_of_every_pair(beside: Beside, book: Book) -> None:
    book.child()
    book.add("vaccination", LIMEI, mother_id=None, father_name=None)
    rows = list(mothers(800))
    sizes = [beside.month([*book.rows, *rows[:600]]).memory.facts["size"]]
    sizes.append(beside.month(rows[600:]).memory.facts["size"])
    sizes.append(beside.month(withdrawn=[row["record"] for row in rows[600:]]).memory.facts["size"])
    assert sizes == [size_of(606), size_of(806), size_of(606)] and sizes[0] != sizes[1]


def test_a_name_becomes_common_for_old_pairs_too(beside: Beside, book: Book) -> None:
    pair = [book.add(source, LIMEI, mother_id=None, father_id=None) for source in ("registration", "vaccination")]
    common = list(mothers(40, 1000, mother_name="李梅"))
    found = [level(beside.month(rows), *pair, 1) for rows in ([*book.rows, *mothers(400)], common)]
    assert found == [NameLevel.SAME_COMMON, NameLevel.SAME_VERY_COMMON]
    beside.month(withdrawn=[row["record"] for row in common])


def test_a_sound_becomes_common_for_old_pairs_too(beside: Beside, book: Book) -> None:
    pair = [book.add("registration", LIMEI, mother_id=None), book.add("vaccination", LIMEI, mother_name="李玫")]
    common = list(mothers(40, 1000, mother_name="李眉"))
    found = [level(beside.month(rows), *pair, 1) for rows in ([*book.rows, *mothers(400)], common)]
    assert found == [NameLevel.SOUND, NameLevel.SOUND_COMMON]
    beside.month(withdrawn=[row["record"] for row in common])


def test_a_hospital_is_large_no_more(beside: Beside, book: Book) -> None:
    pair = [book.add(source, LIMEI) for source in ("registration", "hospital_delivery")]
    rows = list(mothers(100, institution="H320000"))
    found = [level(beside.month(month), *pair, 7) for month in (book.rows, rows)]
    found.append(level(beside.month(withdrawn=[row["record"] for row in rows]), *pair, 7))
    assert found == [InstitutionLevel.SAME_LARGE, InstitutionLevel.SAME, InstitutionLevel.SAME_LARGE]


def test_a_number_is_valid_while_a_record_proves_it(beside: Beside, book: Book) -> None:
    lost = LIMEI["mother_id"][:17]  # the check digit is missing
    for source in ("registration", "vaccination"):
        book.add(source, LIMEI, mother_id=lost)
    proof = book.add("birth_certificate", LIMEI)
    checked = [bool(beside.month(book.rows[:2]).memory.entries["number_checked"].any())]
    checked.append(bool(beside.month(book.rows[2:]).memory.entries["number_checked"].any()))
    month = beside.month(withdrawn=[proof])
    checked.append(bool(month.memory.entries["number_checked"][month.memory.rows["mother_id"]].any()))
    assert checked == [False, True, False]


def test_a_stillborn_twin_is_taken_off_what_was_stated(beside: Beside, book: Book) -> None:
    for order, weight in ((1, 2400), (2, 2300)):
        book.add("hospital_delivery", LIMEI, SIXI, plurality=2, order=order, weight=weight, baby_name=None)
    book.child(sources=["registration", "vaccination"], order=None, weight=None)
    beside.month(book.rows)
    dead = book.add("birth_certificate", LIMEI, SIXI, outcome="still", order=2)
    month = beside.month(book.rows[-1:])
    assert month.memory.bit("still").sum() == 1
    beside.month(withdrawn=[dead])


def test_keys_of_every_kind_keep_their_order(beside: Beside, book: Book) -> None:
    for key in (
        "registration|é",
        "birth_certificate|出",
        "registration|",
        "registration|Z",
        "vaccination|\U00020000",
        "a",
    ):
        book.add("registration", LIMEI, key=key)
    beside.month(book.rows[::2])
    beside.month(book.rows[1::2])


def test_a_source_nobody_knew(beside: Beside, book: Book) -> None:
    keys = book.child()
    book.rows[3]["source"] = "screening"
    beside.month(book.rows[:3])
    beside.month(book.rows[3:])
    assert len(keys) == 5
