"""密钥 — lost keys are never quietly replaced while data are sealed with them."""

from pathlib import Path

import pytest

from renjia.records.store import keys as module
from renjia.records.store.embedded import StoreError


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(module, "home", lambda: tmp_path)
    monkeypatch.delenv("RENJIA_KEYS", raising=False)
    return tmp_path


def test_made_once_and_found_again(folder: Path) -> None:
    first = module.keys().fingerprint
    module._load.cache_clear()
    assert module.keys().fingerprint == first
    assert (folder / "keys.json").stat().st_mode & 0o077 == 0


def test_a_lost_file_is_not_replaced(folder: Path) -> None:
    module.keys()
    module._load.cache_clear()
    (folder / "keys.json").unlink()
    with pytest.raises(StoreError, match="备份"):
        module.keys()
    assert not (folder / "keys.json").exists()


def test_another_installations_file_is_refused(folder: Path) -> None:
    module.keys()
    module._load.cache_clear()
    (folder / "keys.json").unlink()
    (folder / "keys.mark").rename(folder / "aside")
    module.keys()
    module._load.cache_clear()
    (folder / "aside").rename(folder / "keys.mark")
    with pytest.raises(StoreError, match="不是密封现有数据的那一份"):
        module.keys()
