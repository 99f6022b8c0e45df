"""Self-test: it passes here, and a wrong cipher or a missing one stops every key from loading."""

import pytest
from cryptography.exceptions import UnsupportedAlgorithm

from renjia.engine.sealing import Keys, SealError, self_test, selftest


@pytest.fixture
def fresh():
    self_test.cache_clear()
    yield
    self_test.cache_clear()


def test_the_standards_vectors_come_out(fresh):
    self_test()
    assert len(selftest._VECTORS) == 5


def test_a_wrong_answer_stops_everything(fresh, monkeypatch, tmp_path):
    for at, (standard, compute, _) in enumerate(selftest._VECTORS):
        broken = list(selftest._VECTORS)
        broken[at] = (standard, compute, "00")
        monkeypatch.setattr(selftest, "_VECTORS", broken)
        with pytest.raises(SealError, match="自检不通过"):
            Keys.create(tmp_path / f"{at}.json")
        assert not (tmp_path / f"{at}.json").exists()
        monkeypatch.undo()


def test_a_library_without_sm4_is_named(fresh, monkeypatch):
    def missing():
        raise UnsupportedAlgorithm("sm4")

    monkeypatch.setattr(selftest, "_VECTORS", [("GB/T 32907-2016", missing, "")])
    with pytest.raises(SealError, match="不支持 GB/T 32907-2016"):
        self_test()
