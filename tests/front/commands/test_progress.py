"""进度条: none for short work, a bar a stage for long, nothing left behind."""

import io

import pytest
from rich.console import Console

from renjia.front.commands import progress


def shown(*, seconds: float, monkeypatch: pytest.MonkeyPatch) -> str:
    now = [0.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    said = io.StringIO()
    with progress.bars(Console(file=said, force_terminal=True, width=100)) as told:
        now[0] = seconds
        told("造数据", 3, 10, "2025-01")
        told("写文件", 1, 4)
    return said.getvalue()


def test_short_work_shows_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert shown(seconds=1.9, monkeypatch=monkeypatch) == ""


def test_long_work_shows_each_stage_and_where_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    said = shown(seconds=2.1, monkeypatch=monkeypatch)
    assert "造数据：2025-01" in said and "3/10" in said and "写文件" in said and "1/4" in said
