"""判定库: a date is whole or not there, sealed, and what it was when written."""

import os
import threading
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from renjia.engine.sealing import Keys, SealError
from renjia.measure.snapshot import TABLES, Workset, WorksetError, facts_of

PLACE = TABLES["place"]


def places(*names: str) -> pa.Table:
    rows = [{"code": f"31011500{at}", "name": name, "level": "street"} for at, name in enumerate(names, 1)]
    return pa.Table.from_pylist(rows, PLACE)


def names(workset: Workset, on: date) -> list[str]:
    with workset.open(on) as con:
        return [row[0] for row in con.execute("SELECT name FROM place ORDER BY code").fetchall()]


def test_what_is_written_is_opened(workset, on, root):
    tables = {name: schema.empty_table() for name, schema in TABLES.items()} | {"place": places("甲街道", "乙镇")}
    folder = workset.write(on, tables)
    assert folder == root / "2025-03-31"
    assert sorted(f.name for f in folder.iterdir()) == sorted(
        ["manifest.sealed", *(f"{name}.parquet.sealed" for name in (*TABLES, *facts_of().stored.values()))]
    )
    assert names(workset, on) == ["甲街道", "乙镇"]
    assert {name: table.schema for name, table in workset.read(on).items()} == TABLES
    with workset.open(on) as con:
        assert con.execute("SELECT count(*) FROM birth_verification").fetchall() == [(0,)]


def test_dates_in_order_and_the_latest(workset, on):
    assert workset.dates() == [] and workset.latest() is None
    for day in (on, on - timedelta(days=31)):
        workset.write(day, {"place": places("甲街道")})
    assert workset.dates() == [on - timedelta(days=31), on]
    assert workset.latest() == on


def test_a_date_written_again_is_replaced_whole(workset, on, root):
    workset.write(on, {"place": places("甲街道"), "birth_case": TABLES["birth_case"].empty_table()})
    workset.write(on, {"place": places("乙镇")})
    assert names(workset, on) == ["乙镇"]
    assert list(workset.read(on)) == ["place"]
    assert len([entry for entry in root.iterdir() if entry.is_dir() and not entry.is_symlink()]) == 1


def test_nothing_readable_lies_on_disk_and_only_the_owner_reads_it(workset, on, root):
    workset.write(on, {"place": places("很好认的街道名")})
    for path in (root / str(on)).iterdir():
        data = path.read_bytes()
        assert b"PAR1" not in data and "很好认".encode() not in data
        assert path.stat().st_mode & 0o077 == 0
    assert (root / str(on)).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("file", ["place.parquet.sealed", "manifest.sealed"])
@pytest.mark.parametrize("at", [0, 5, 20, -1])
def test_one_flipped_bit_is_refused(workset, on, root, file, at):
    workset.write(on, {"place": places("甲街道")})
    path = root / str(on) / file
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)
    with pytest.raises(SealError):
        workset.open(on)


def test_a_file_of_another_date_table_or_writing_is_refused(workset, on, root):
    other = on + timedelta(days=1)
    workset.write(on, {"place": places("甲街道")})
    old = (root / str(on) / "place.parquet.sealed").read_bytes()
    workset.write(on, {"place": places("乙镇")})
    workset.write(other, {"place": places("丙镇")})
    (root / str(other) / "place.parquet.sealed").write_bytes(old)
    with pytest.raises(SealError):
        workset.open(other)
    (root / str(on) / "place.parquet.sealed").write_bytes(old)
    with pytest.raises(SealError, match="不是这次存下的"):
        workset.open(on)


def test_other_keys_do_not_open_it(workset, on, root, tmp_path):
    workset.write(on, {"place": places("甲街道")})
    stranger = Keys.create(tmp_path / "other.json")
    with pytest.raises(SealError):
        Workset(root, stranger.sealer("workset")).open(on)


def test_a_half_written_folder_is_not_seen_and_is_cleared(workset, on, root):
    workset.write(on, {"place": places("甲街道")})
    half = root / f".{on + timedelta(days=1)}.abcdef"
    half.mkdir()
    (half / "place.parquet.sealed").write_bytes(b"half")
    assert workset.dates() == [on]
    with pytest.raises(WorksetError, match="没有 2025-04-01 的判定库（现有 1 天"):
        workset.open(on + timedelta(days=1))
    workset.write(on, {"place": places("乙镇")})
    assert not half.exists() and names(workset, on) == ["乙镇"]


class Killed(BaseException):
    """As if the process had ended here."""


@pytest.mark.parametrize("call", ["fsync", "mkdir", "symlink", "replace", "open"])
def test_killed_at_any_step_the_old_set_or_the_new_one_is_there(workset, on, root, monkeypatch, call):
    workset.write(on, {"place": places("甲街道")})
    real, step = getattr(os, call), [0]
    for kill_at in range(1, 30):
        step[0] = 0

        def dying(*given, kill_at=kill_at, **named):
            step[0] += 1
            if step[0] == kill_at:
                raise Killed
            return real(*given, **named)

        with monkeypatch.context() as patch:
            patch.setattr(os, call, dying)
            try:
                workset.write(on, {"place": places("乙镇"), "birth_case": TABLES["birth_case"].empty_table()})
                finished = True
            except Killed:
                finished = False
        assert workset.dates() == [on]
        assert names(workset, on) in (["甲街道"], ["乙镇"])
        if finished:
            break
        workset.write(on, {"place": places("甲街道")})
        assert names(workset, on) == ["甲街道"]
    assert finished and kill_at > 1, "没有在任何一步中断过"


def test_readers_beside_a_writer_always_see_one_whole_set(workset, on, keys, root):
    sets = [{"place": places(name), "birth_case": TABLES["birth_case"].empty_table()} for name in ("甲街道", "乙镇")]
    workset.write(on, sets[0])
    seen: list[str] = []
    wrong: list[Exception] = []
    done = threading.Event()

    def read() -> None:
        reader = Workset(root, keys.sealer("workset"))
        while not done.is_set():
            try:
                seen.append(str(reader.read(on)["place"]["name"][0]))
            except Exception as error:
                wrong.append(error)
                return

    reading = threading.Thread(target=read)
    reading.start()
    for at in range(20):
        workset.write(on, sets[at % 2])
    done.set()
    reading.join()
    assert not wrong and set(seen) <= {"甲街道", "乙镇"}


def test_a_missing_file_is_named(workset, on, root):
    workset.write(on, {"place": places("甲街道")})
    (root / str(on) / "place.parquet.sealed").unlink()
    with pytest.raises(WorksetError, match=r"缺文件 place\.parquet\.sealed"):
        workset.open(on)


def test_a_folder_restored_without_its_link_is_read_and_replaced(workset, on, root):
    workset.write(on, {"place": places("甲街道")})
    link = root / str(on)
    real: Path = link.resolve()
    link.unlink()
    real.rename(link)
    assert workset.dates() == [on] and names(workset, on) == ["甲街道"]
    workset.write(on, {"place": places("乙镇")})
    assert names(workset, on) == ["乙镇"]


def test_rows_are_stored_in_an_order_of_their_own(workset, on):
    table = places("甲街道", "乙镇", "丙镇")
    workset.write(on, {"place": table.take([2, 0, 1])})
    assert workset.read(on)["place"].equals(table)


@pytest.mark.parametrize(
    ("tables", "says"),
    [
        ({}, "没有任何表"),
        ({"family": pa.table({"name": ["李梅"]})}, "没有「family」这张表"),
        ({"place": places("甲").append_column("phone", pa.array(["1"]))}, "多出约定之外的列：phone"),
        ({"place": places("甲").drop_columns(["level"])}, "缺列：level"),
        ({"place": places("甲").set_column(0, "code", pa.array([1]))}, "「place」的「code」是 int64"),
    ],
)
def test_only_the_tables_of_the_contract_are_kept(workset, on, root, tables, says):
    with pytest.raises(WorksetError, match=says):
        workset.write(on, tables)
    assert workset.dates() == []


def test_no_column_could_hold_a_person():
    forbidden = {"name", "mother", "father", "phone", "address", "id", "certificate", "identity"}
    for table, schema in TABLES.items():
        assert table == "place" or not forbidden & set(schema.names)
