"""对账引擎的门 — what the package names is there, and nothing is opened before it is asked for."""

import subprocess
import sys

import pytest

from renjia.engine import linkage


@pytest.mark.parametrize("name", linkage.__all__)
def test_every_name_leads_somewhere(name: str) -> None:
    assert getattr(linkage, name) is not None


def test_no_other_name_does() -> None:
    named = {name.rpartition("=")[2] for names in linkage._ROOMS.values() for name in names.split()}
    assert named == set(linkage.__all__)
    with pytest.raises(AttributeError, match="nothing_of_the_kind"):
        _ = linkage.nothing_of_the_kind


def test_one_room_does_not_open_the_others() -> None:
    code = "import sys; from renjia.engine.linkage import link; print(sum('linkage.' in one for one in sys.modules), 'duckdb' in sys.modules)"
    count, duckdb = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    ).stdout.split()
    assert int(count) < 40 and duckdb == "False"
