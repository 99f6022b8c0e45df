"""Keys: only the owner reads the file, nobody overwrites it, a damaged one is refused, and nothing is printed."""

import json
import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

from renjia.engine.sealing import Keys, SealError


@pytest.fixture
def path(tmp_path):
    return tmp_path / "held" / "keys.json"


def test_created_for_the_owner_only(path):
    Keys.create(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["keys.json"]


def test_loaded_keys_open_what_created_keys_sealed(path):
    created = Keys.create(path)
    loaded = Keys.load(path)
    box = created.sealer("p").seal("t", "r", {"a": "1"})
    assert loaded.sealer("p").open("t", "r", box) == {"a": "1"}
    assert loaded.index("phone").of("13712346287") == created.index("phone").of("13712346287")
    assert loaded.fingerprint == created.fingerprint


def test_two_files_share_nothing(path, tmp_path):
    one, other = Keys.create(path), Keys.create(tmp_path / "other.json")
    assert one.fingerprint != other.fingerprint
    assert one.index("phone").of("1") != other.index("phone").of("1")
    with pytest.raises(SealError):
        other.sealer("p").open("t", "r", one.sealer("p").seal("t", "r", {}))


def test_never_over_an_existing_file(path):
    before = Keys.create(path).fingerprint
    with pytest.raises(SealError, match="已有密钥文件"):
        Keys.create(path)
    assert Keys.load(path).fingerprint == before
    assert len(list(path.parent.iterdir())) == 1


def test_many_starters_make_one_set_of_keys(path):
    def start(_):
        try:
            return Keys.create(path).fingerprint
        except SealError:
            return None

    with ThreadPoolExecutor(8) as starters:
        made = [one for one in starters.map(start, range(8)) if one]
    assert made == [Keys.load(path).fingerprint]


def test_a_folder_that_cannot_be_made_is_taught(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(SealError, match="写不进去"):
        Keys.create(tmp_path / "file" / "keys.json")


def test_missing_file_is_taught(path):
    with pytest.raises(SealError, match="没有密钥文件"):
        Keys.load(path)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o610])
def test_a_file_others_may_read_is_refused(path, mode):
    Keys.create(path)
    path.chmod(mode)
    with pytest.raises(SealError, match=rf"权限是 {mode:04o}.*chmod 600"):
        Keys.load(path)


def damaged(path):
    text = path.read_text()
    held = json.loads(text)
    yield ""
    yield text[: len(text) // 2]
    yield "[]"
    yield json.dumps(held | {"format": "other"})
    yield json.dumps(held | {"roots": {}})
    yield json.dumps(held | {"roots": {"0": held["roots"]["1"]}})
    yield json.dumps(held | {"roots": {"1": held["roots"]["1"][:-2]}})
    yield json.dumps(held | {"roots": {"99999999999": held["roots"]["1"]}})
    flipped = "0" if held["index"][0] != "0" else "1"
    yield json.dumps(held | {"index": flipped + held["index"][1:]})


def test_a_damaged_file_is_refused(path):
    Keys.create(path)
    for text in list(damaged(path)):
        path.write_text(text)
        with pytest.raises(SealError, match="已损坏或不是密钥文件"):
            Keys.load(path)


def test_printing_shows_no_key(path):
    keys = Keys.create(path)
    held = json.loads(path.read_text())
    shown = repr(keys) + str(keys) + repr(keys.sealer("p")) + repr(keys.index("phone"))
    assert held["roots"]["1"] not in shown and held["index"] not in shown
