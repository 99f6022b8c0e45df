"""收件文件夹 — what is put there is received once, whole, and removed."""

import os
import time
from pathlib import Path

import pytest

from cast import DISTRICT, make_places, system
from renjia.front.running.folder import sweep
from renjia.records.intake.models import Via

pytestmark = pytest.mark.django_db
HEADER = "病案号,机构代码,产妇姓名,产妇证件号码,新生儿姓名,分娩时间,新生儿性别,现住址代码,联系电话,上报日期"
ROW = "H1,H310000,李梅,310115199404245746,李梅之女,2025/03/07 10:15,2,310115001001,13712346287,2025/03/09"


def written(path: Path, text: str) -> None:
    """A file whose last byte came two minutes ago."""
    path.write_text(text)
    os.utime(path, (time.time() - 120, time.time() - 120))


@pytest.fixture
def incoming(db, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("renjia.front.running.folder.home", lambda: tmp_path)
    with system():
        make_places()
    folder = tmp_path / "incoming" / "2025-03"
    folder.mkdir(parents=True)
    return folder


def test_a_file_is_received_and_moved(incoming: Path) -> None:
    written(incoming / "住院分娩.csv", f"{HEADER}\n{ROW}\n")
    (incoming / ".半个.csv").write_text("还在写")
    (batch,) = sweep(DISTRICT)
    assert (batch.via, batch.month, batch.rows) == (Via.FOLDER, "2025-03", 1)
    left = [p for p in incoming.parents[1].rglob("*") if p.is_file()]
    assert [p.name for p in left] == [".半个.csv"]  # nothing of the file lies about in the clear
    assert sweep(DISTRICT) == []


def test_a_file_still_being_written_waits(incoming: Path) -> None:
    (incoming / "住院分娩.csv").write_text(f"{HEADER}\n{ROW[:30]}")
    assert sweep(DISTRICT) == []
    written(incoming / "住院分娩.csv", f"{HEADER}\n{ROW}\n")
    assert len(sweep(DISTRICT)) == 1


def test_a_forbidden_file_is_gone_and_its_batch_says_why(incoming: Path) -> None:
    written(incoming / "住院分娩.csv", f"{HEADER},末次月经\n{ROW},2024-06-01\n")
    (batch,) = sweep(DISTRICT)
    assert batch.state == "refused"
    assert not [p for p in incoming.parents[1].rglob("*") if p.is_file()]


def test_a_folder_that_names_no_month_is_left_alone(incoming: Path) -> None:
    stray = incoming.parent / "三月"
    stray.mkdir()
    (stray / "x.csv").write_text("x")
    assert sweep(DISTRICT) == []
    assert (stray / "x.csv").exists()
