"""坏数据，三条路 — in a store month by month and on disk, crowds are linked as in memory, line by line."""

import datetime as dt
from pathlib import Path
from random import Random

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from linkage_crowds import SOURCES, alike, copies, crowd, family, table
from renjia.engine.linkage import Decision, Linked, link
from renjia.engine.linkage.big.linking import link_big
from renjia.engine.linkage.store.link_store import LinkStore

CROWDS = {
    "一名一刻": crowd(120, SOURCES[:3], mother_name="王丽", mother_id=None, born=dt.date(2025, 5, 5), minute=600),
    "反复上报": pa.concat_tables([crowd(10), copies(family(7), 90)]),
    "反复上报无号码": pa.concat_tables([crowd(10), copies(family(7) | {"mother_id": None}, 90)]),
    "一母百子": table(
        [
            family(7) | {"record": f"registration|{at}", "source": "registration", "weight": 2000 + 7 * at}
            for at in range(120)
        ]
    ),
    "双胎全同又重复": alike(14, 2).slice(0, 280),
}


def agree(one: Linked, other: Linked) -> bool:
    return all(getattr(one, name).equals(getattr(other, name)) for name in ("assignment", "evidence", "questions"))


@pytest.mark.parametrize("name", CROWDS)
def test_crowds_are_linked_alike_in_memory_in_a_store_and_on_disk(name: str, tmp_path: Path) -> None:
    given = CROWDS[name]
    keys = sorted(given["record"].to_pylist())
    answers = [Decision(keys[-1], keys[-5], False, "child"), Decision(keys[-2], keys[-7], True, "child")]
    expected = link(given, decisions=answers)
    mixed = given.take(Random(1).sample(range(len(given)), len(given)))
    assert agree(link(mixed, decisions=answers), expected)
    assert agree(link_big(mixed, tmp_path / "big", decisions=answers, buckets=3, batch=64).read(), expected)
    third = len(given) // 3
    with LinkStore.open(tmp_path / "store") as store:
        store.link(mixed.slice(0, third))
        store.link(mixed.slice(third, third), decisions=answers)
        assert agree(store.link(mixed.slice(2 * third)).linked, expected)
        gone = pa.array(sorted(mixed["record"].to_pylist())[::3])
        left = given.filter(pc.invert(pc.is_in(given["record"], value_set=gone)))
        assert agree(store.link(withdrawn=gone.to_pylist(), decisions=[]).linked, link(left))
