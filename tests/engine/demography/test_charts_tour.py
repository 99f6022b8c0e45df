"""人口引擎一览 — the page in docs is what its script writes from the shared data."""

import os
import runpy
from pathlib import Path

import pytest

DOCS = Path(__file__).resolve().parents[3] / "docs/demography"


@pytest.mark.shared
@pytest.mark.slow
def test_the_tour_is_what_its_script_writes(tmp_path):
    data = Path(os.environ.get("SHARED", "")) / "data/demography"
    if not os.environ.get("SHARED") or not data.is_dir():
        pytest.skip("没有 SHARED=../shared 的人口数据")
    runpy.run_path(str(DOCS / "tour.py"))["write"](data, tmp_path)
    assert (tmp_path / "tour.md").read_text(encoding="utf-8") == (DOCS / "tour.md").read_text(encoding="utf-8")
    assert {p.name for p in (tmp_path / "tour").iterdir()} == {p.name for p in (DOCS / "tour").iterdir()}


def test_every_picture_of_the_tour_is_there_with_words_and_a_table():
    text = (DOCS / "tour.md").read_text(encoding="utf-8")
    pictures = [line for line in text.splitlines() if line.startswith("![")]
    assert len(pictures) >= 7 and text.count("<details>") == len(pictures)
    for line in pictures:
        words, path = line[2:-1].split("](")
        assert len(words) > 10 and (DOCS / path).is_file()
