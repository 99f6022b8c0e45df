"""Versions of a page: in force on a day, no gap, no overlap."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from renjia.engine.pages import Grammar, Page, PageError, load_pages, page, pages_on, register

register(Grammar(kind="dated", folder="dateds", required={}))
register(Grammar(kind="loose", folder="looses", required={}, cited=False, dated=False))


def put(root: Path, name: str, since: str, until: str = "", id: str = "fee") -> None:
    path = root / "dateds" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    end = f"until: {until}\n" if until else ""
    path.write_text(f"dated: {id}\nname: 费\ncites: 某办法\nsince: {since}\n{end}", encoding="utf-8")


def test_each_version_ends_the_day_before_the_next(tmp_path: Path) -> None:
    put(tmp_path, "fee/2025-01-01.yaml", "2025-01-01")
    put(tmp_path, "fee/2027-03-01.yaml", "2027-03-01")
    first, second = load_pages("dated", tmp_path)
    assert (first.until, second.until) == (date(2027, 2, 28), None)
    assert page("dated", "fee", date(2027, 2, 28), tmp_path).since == date(2025, 1, 1)
    assert page("dated", "fee", date(2027, 3, 1), tmp_path).since == date(2027, 3, 1)
    assert page("dated", "fee", root=tmp_path).since == date(2027, 3, 1)
    assert pages_on("dated", date(2024, 12, 31), tmp_path) == {}
    with pytest.raises(PageError, match=r"2024-12-31 没有有效的版本；有效期：2025-01-01～2027-02-28"):
        page("dated", "fee", date(2024, 12, 31), tmp_path)
    with pytest.raises(PageError, match="没有编号为「fine」的页面；已有：fee"):
        page("dated", "fine", root=tmp_path)


def test_an_ended_rule_is_not_in_force_afterwards(tmp_path: Path) -> None:
    put(tmp_path, "fee.yaml", "2016-01-01", "2021-08-31")
    assert "fee" in pages_on("dated", date(2021, 8, 31), tmp_path)
    assert "fee" not in pages_on("dated", date(2021, 9, 1), tmp_path)


@pytest.mark.parametrize(
    ("until", "says"),
    [("2026-12-31", "重叠（2026-07-01～2026-12-31）"), ("2026-05-31", "空档（2026-06-01～2026-06-30）")],
)
def test_overlap_and_gap_are_errors(tmp_path: Path, until: str, says: str) -> None:
    put(tmp_path, "fee/2025-01-01.yaml", "2025-01-01", until)
    put(tmp_path, "fee/2026-07-01.yaml", "2026-07-01")
    with pytest.raises(PageError) as caught:
        load_pages("dated", tmp_path)
    assert says in str(caught.value)
    assert caught.value.line == 5


def test_the_file_name_is_the_date_and_the_folder_the_id(tmp_path: Path) -> None:
    put(tmp_path, "fee/2025-01-02.yaml", "2025-01-01")
    with pytest.raises(PageError, match="与文件名「2025-01-02」不一致"):
        load_pages("dated", tmp_path)
    put(tmp_path, "fee/2025-01-02.yaml", "2025-01-02", id="fees")
    with pytest.raises(PageError, match="与文件夹「fee」不一致"):
        load_pages("dated", tmp_path)


def test_strangers_in_the_folder_are_named(tmp_path: Path) -> None:
    put(tmp_path, "fee.yaml", "2025-01-01")
    (tmp_path / "dateds" / "README.md").write_text("x", encoding="utf-8")
    assert len(load_pages("dated", tmp_path)) == 1
    put(tmp_path, "fee/2025-01-01.yaml", "2025-01-01")
    with pytest.raises(PageError, match="既有文件"):
        load_pages("dated", tmp_path)
    (tmp_path / "dateds" / "fee.yml").write_text("x", encoding="utf-8")
    (tmp_path / "dateds" / "fee.yaml").unlink()
    with pytest.raises(PageError, match=r"不该有「fee.yml」"):
        load_pages("dated", tmp_path)


def test_a_kind_without_dates_is_always_in_force(tmp_path: Path) -> None:
    (tmp_path / "looses").mkdir()
    (tmp_path / "looses" / "rate.yaml").write_text("loose: rate\nname: 率\n", encoding="utf-8")
    found: Page = pages_on("loose", date(1950, 1, 1), tmp_path)["rate"]
    assert found.cites == ()


@settings(max_examples=30, deadline=None)
@given(st.lists(st.dates(date(2000, 1, 1), date(2030, 12, 31)), min_size=1, max_size=6, unique=True), st.data())
def test_from_the_first_day_on_exactly_one_version_is_in_force(
    tmp_path_factory: pytest.TempPathFactory, starts: list[date], data: st.DataObject
) -> None:
    root = tmp_path_factory.mktemp("pages")
    for start in starts:
        put(root, f"fee/{start}.yaml", str(start))
    day = data.draw(st.dates(date(1999, 1, 1), date(2031, 12, 31)))
    versions = [one for one in load_pages("dated", root) if one.in_force(day)]
    expected = max((start for start in starts if start <= day), default=None)
    assert [one.since for one in versions] == ([expected] if expected else [])
    edge = data.draw(st.sampled_from(starts))
    assert page("dated", "fee", edge, root).since == edge
    assert all(one.until is None or one.until + timedelta(days=1) in starts for one in load_pages("dated", root))
