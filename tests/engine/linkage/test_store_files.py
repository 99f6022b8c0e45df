"""存储的文件 — cut off, damaged, made by other code, opened twice: said in Chinese, made again, never trusted."""

import json
import shutil
from pathlib import Path

import pytest

from families import Book
from linkage_histories import Beside, table_of
from renjia.engine.linkage import HAND_SET
from renjia.engine.linkage.learning.keeping import versioned
from renjia.engine.linkage.store import files, link_store
from renjia.engine.linkage.store.files import StoreDamaged
from renjia.engine.linkage.store.link_store import LinkStore


@pytest.fixture
def beside(tmp_path: Path, book: Book) -> Beside:
    """A store that holds a child's first four records."""
    made = Beside(tmp_path / "store")
    book.child()
    made.month(book.rows[:4])
    return made


def memory_of(beside: Beside) -> Path:
    (found,) = beside.folder.glob("memory-*")
    return found


def test_a_memory_that_fits_is_used(beside: Beside, book: Book) -> None:
    assert beside.month(book.rows[4:]).rebuilt == ""


@pytest.mark.parametrize(
    "name", ["rows-born.npy", "pairs-score.npy", "record.arrow", "books-places.arrow", "memory.json"]
)
def test_a_damaged_memory_is_made_again_and_the_numbers_stay(beside: Beside, book: Book, name: str) -> None:
    path = memory_of(beside) / name
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0x5A
    path.write_bytes(data)
    month = beside.month(book.rows[4:])
    assert "记忆" in month.rebuilt
    assert [(event.kind, event.case) for event in month.events] == [("joined", "G0000001")]
    assert beside.month().rebuilt == ""


def test_a_half_written_memory_is_made_again(beside: Beside, book: Book) -> None:
    (memory_of(beside) / "pairs-a.npy").write_bytes(b"")
    assert "读不出来" in beside.month(book.rows[4:]).rebuilt
    shutil.rmtree(memory_of(beside))
    assert "读不出来" in beside.month().rebuilt


def test_a_memory_of_other_code_is_made_again(beside: Beside, book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(link_store, "code_version", lambda: "另一版")
    assert beside.month(book.rows[4:]).rebuilt == "记忆由另一版程序写成"


@pytest.mark.parametrize("step", ["write_memory", "write_contents", "write_batch"])
def test_a_run_cut_off_leaves_the_store_as_it_was(
    beside: Beside, book: Book, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def cut(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt), beside.store() as opened:
        patch.setattr(link_store, step, cut)
        opened.link(table_of(book.rows[4:]))
    with beside.store() as opened:
        assert len(opened) == 4 and opened.why == ""
    assert beside.month(book.rows[4:]).rebuilt == ""
    assert len(list(beside.folder.glob(".memory-*"))) == 0


def test_a_disk_that_fills_up_changes_nothing(beside: Beside, book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch, pytest.raises(OSError, match="space"), beside.store() as opened:
        patch.setattr(files, "_save", full)
        opened.link(table_of(book.rows[4:]))
    assert beside.month(book.rows[4:]).rebuilt == ""


def test_lost_records_are_said_not_guessed(beside: Beside) -> None:
    shutil.rmtree(memory_of(beside))
    arrival = beside.folder / "arrivals" / "000001.parquet"
    arrival.write_bytes(arrival.read_bytes()[:-9])
    with beside.store() as opened, pytest.raises(StoreDamaged, match=r"到达记录 000001.parquet 读不回来.*重新对账一次"):
        opened.link()


def test_contents_that_cannot_be_read(beside: Beside) -> None:
    (beside.folder / "store.json").write_text("{", encoding="utf-8")
    with pytest.raises(StoreDamaged, match=r"目录 store.json 读不出来"):
        beside.store()


def test_contents_of_another_form(beside: Beside) -> None:
    path = beside.folder / "store.json"
    said = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(said | {"form": 99}), encoding="utf-8")
    with pytest.raises(StoreDamaged, match="格式不是这一版的"):
        beside.store()


def test_one_process_at_a_time(beside: Beside) -> None:
    with beside.store(), pytest.raises(ValueError, match="另一个程序正在用"):
        beside.store()


def test_a_folder_of_other_things_is_refused(tmp_path: Path) -> None:
    (tmp_path / "日记.txt").write_text("不是对账存储", encoding="utf-8")
    with pytest.raises(ValueError, match="不是对账存储；请换一个空文件夹"):
        LinkStore.open(tmp_path)


def test_another_model_weighs_everything_anew(beside: Beside, book: Book) -> None:
    other = versioned(HAND_SET)
    with beside.store() as opened:
        month = opened.link(table_of(book.rows[4:]), model=other)
    assert month.linked.model_version == other.version and month.rebuilt == ""


def test_what_went_wrong_with_the_records_is_said(beside: Beside, book: Book) -> None:
    with beside.store() as opened:
        with pytest.raises(ValueError, match="出现两次"):
            opened.link(table_of([book.rows[4], book.rows[4]]))
        with pytest.raises(ValueError, match="既送来又撤回"):
            opened.link(table_of(book.rows[4:]), withdrawn=[book.rows[4]["record"]])
        assert len(opened) == 4


def test_records_come_back_as_they_came_last(beside: Beside, book: Book) -> None:
    changed = book.rows[0] | {"phone": "13900000000"}
    beside.month([changed], withdrawn=[book.rows[1]["record"]])
    with beside.store() as opened:
        held = {row["record"]: row for row in opened.records().to_pylist()}
    assert set(held) == {row["record"] for row in (book.rows[0], *book.rows[2:4])}
    assert held[changed["record"]]["phone"] == "13900000000"
