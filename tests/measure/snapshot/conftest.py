from datetime import date
from pathlib import Path

import pytest

from renjia.engine.sealing import Keys
from renjia.measure.snapshot import Workset


@pytest.fixture(scope="session")
def keys(tmp_path_factory) -> Keys:
    return Keys.create(tmp_path_factory.mktemp("keys") / "keys.json")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "workset"


@pytest.fixture
def workset(root: Path, keys: Keys) -> Workset:
    return Workset(root, keys.sealer("workset"))


@pytest.fixture
def on() -> date:
    return date(2025, 3, 31)
