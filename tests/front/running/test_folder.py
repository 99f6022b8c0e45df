"""收件文件夹 — what is put there is received once and moved aside; nothing is overwritten."""

from pathlib import Path

import pytest

from cast import DISTRICT, make_places, system
from renjia.front.running.folder import sweep
from renjia.records.intake.models import Batch, Via

pytestmark = pytest.mark.django_db
HEADER = "病案号,机构代码,产妇姓名,产妇证件号码,新生儿姓名,分娩时间,新生儿性别,现住址代码,联系电话,上报日期"
ROW = "H1,H310000,李梅,310115199404245746,李梅之女,2025/03/07 10:15,2,310115001001,13712346287,2025/03/09"


@pytest.fixture
def incoming(db, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("renjia.front.running.folder.home", lambda: tmp_path)
    with system():
        make_places()
    folder = tmp_path / "incoming" / "2025-03"
    folder.mkdir(parents=True)
    return folder


def test_a_file_is_received_and_moved(incoming: Path) -> None:
    (incoming / "住院分娩.csv").write_text(f"{HEADER}\n{ROW}\n")
    (incoming / ".半个.csv").write_text("还在写")
    (batch,) = sweep(DISTRICT)
    assert (batch.via, batch.month, batch.rows) == (Via.FOLDER, "2025-03", 1)
    assert [p.name for p in incoming.iterdir()] == [".半个.csv"]
    assert (incoming.parents[1] / "received" / "2025-03" / "住院分娩.csv").exists()
    assert sweep(DISTRICT) == []


def test_a_second_file_of_the_name_stands_beside_the_first(incoming: Path) -> None:
    for number in (1, 2):
        (incoming / "住院分娩.csv").write_text(f"{HEADER}\n{ROW.replace('H1,', f'H{number},')}\n")
        sweep(DISTRICT)
    kept = sorted(p.name for p in (incoming.parents[1] / "received" / "2025-03").iterdir())
    assert kept == ["住院分娩-2.csv", "住院分娩.csv"]
    with system():
        assert Batch.objects.count() == 2


def test_a_folder_that_names_no_month_is_left_alone(incoming: Path) -> None:
    stray = incoming.parent / "三月"
    stray.mkdir()
    (stray / "x.csv").write_text("x")
    assert sweep(DISTRICT) == []
    assert (stray / "x.csv").exists()
