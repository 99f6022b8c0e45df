"""开着的一天: unsealed once a writing, shared by threads, never older than what lies on disk."""

import threading
from datetime import date

import duckdb
import pyarrow as pa
import pytest

from renjia.measure.snapshot import TABLES, Workset
from renjia.measure.snapshot.kept import Kept


def place(name: str) -> dict[str, pa.Table]:
    return {"place": pa.Table.from_pylist([{"code": "310115001", "name": name, "level": "street"}], TABLES["place"])}


class Counted(Workset):
    unsealed = 0

    def read(self, on: date, *, derived: bool = False) -> dict[str, pa.Table]:
        self.unsealed += 1
        return super().read(on, derived=derived)


@pytest.fixture
def counted(root, keys) -> Counted:
    return Counted(root, keys.sealer("workset"))


def name_in(connection: duckdb.DuckDBPyConnection) -> str:
    return connection.execute("SELECT name FROM place").fetchall()[0][0]


def test_unsealed_once_and_the_same_connection_again(counted, on):
    counted.write(on, place("甲街道"))
    kept = Kept()
    with kept.opened(counted, on) as one:
        assert name_in(one) == "甲街道"
    with kept.opened(counted, on) as again:
        assert again is one and name_in(again) == "甲街道"
    assert counted.unsealed == 1


def test_written_again_or_another_day_is_seen_at_once_and_the_old_is_closed(counted, on):
    counted.write(on, place("甲街道"))
    kept = Kept()
    with kept.opened(counted, on) as idle:
        pass
    with kept.opened(counted, on) as busy:
        counted.write(on, place("乙镇"))
        with kept.opened(counted, on) as new:
            assert name_in(new) == "乙镇"
        assert name_in(busy) == "甲街道"
    assert busy is idle
    with pytest.raises(duckdb.ConnectionException):
        name_in(busy)
    counted.write(date(2025, 4, 30), place("丙街道"))
    with kept.opened(counted, date(2025, 4, 30)) as later:
        assert name_in(later) == "丙街道"
    with pytest.raises(duckdb.ConnectionException):
        name_in(new)


def test_a_question_that_failed_takes_its_connection_with_it(counted, on):
    counted.write(on, place("甲街道"))
    kept = Kept()
    with pytest.raises(duckdb.Error), kept.opened(counted, on) as failed:
        failed.execute("SELECT nothing")
    with kept.opened(counted, on) as other:
        assert other is not failed and name_in(other) == "甲街道"


def test_threads_each_have_their_own_and_none_sees_half(counted, on):
    counted.write(on, place("0"))
    kept, seen, stop = Kept(), [], threading.Event()

    def ask() -> None:
        mine = 0
        while not stop.is_set():
            with kept.opened(counted, on) as connection:
                found = int(name_in(connection))
            seen.append(found >= mine)
            mine = found

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for number in range(1, 6):
        counted.write(on, place(f"{number}"))
        with kept.opened(counted, on) as connection:
            assert name_in(connection) == f"{number}"
    stop.set()
    for thread in threads:
        thread.join()
    assert seen and all(seen)
