"""样例数据 — the marks of the issue on ../shared/data/births, through the command; read only, never copied."""

import csv
import os
from collections import Counter, defaultdict
from itertools import combinations
from pathlib import Path

import pytest

from renjia.front.reconciling import link_folder

pytestmark = pytest.mark.shared
OPEN = ("双胎待定", "待复核")


@pytest.fixture(scope="module")
def folder() -> Path:
    shared = os.environ.get("SHARED", "")
    births = Path(shared) / "data" / "births"
    if not shared or not births.is_dir():
        pytest.skip("没有 SHARED=../shared 的样例数据")
    return births


@pytest.fixture(scope="module")
def found(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, str]]:
    out = tmp_path_factory.mktemp("out")
    link_folder(folder, out)
    return _rows(out / "个案.csv")


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def truth(folder: Path) -> dict[tuple[str, str], tuple[str, str]]:
    return {(row["source"], row["record"]): (row["child"], row["delivery"]) for row in _rows(folder / "truth.csv")}


def _pairs(rows: list[tuple[str, str]]) -> int:
    """Pairs across sources with one key; rows are (key, source)."""
    whole, inside = Counter(key for key, _ in rows), Counter(rows)
    return sum(n * (n - 1) // 2 for n in whole.values()) - sum(n * (n - 1) // 2 for n in inside.values())


def test_every_record_once(found: list[dict[str, str]], truth: dict[tuple[str, str], tuple[str, str]]) -> None:
    keys = [(row["来源"], row["记录号"]) for row in found]
    assert Counter(keys) == Counter(list(truth))


def test_pairs_across_sources(found: list[dict[str, str]], truth: dict[tuple[str, str], tuple[str, str]]) -> None:
    case = [(row["个案号"], row["来源"]) for row in found]
    child = [(truth[row["来源"], row["记录号"]][0], row["来源"]) for row in found]
    both = [(own + "|" + true, source) for (own, source), (true, _) in zip(case, child, strict=True)]
    assert 2 * _pairs(both) / (_pairs(case) + _pairs(child)) >= 0.998


def test_decided_twins(found: list[dict[str, str]], truth: dict[tuple[str, str], tuple[str, str]]) -> None:
    children = defaultdict(set)
    for child, delivery in truth.values():
        children[delivery].add(child)
    decided = [row for row in found if row["状态"] not in OPEN]
    right = linked = true = 0
    for group in _together(decided, truth):
        for one, other in combinations(group, 2):
            of_one, of_other = (truth[row["来源"], row["记录号"]] for row in (one, other))
            if one["来源"] == other["来源"] or max(len(children[of_one[1]]), len(children[of_other[1]])) < 2:
                continue
            same_case, same_child = one["个案号"] == other["个案号"], of_one[0] == of_other[0]
            linked, true, right = linked + same_case, true + same_child, right + (same_case and same_child)
    assert right / linked >= 0.98 and right / true >= 0.95
    assert len(found) - len(decided) < 0.01 * len(found)


def _together(rows: list[dict[str, str]], truth: dict[tuple[str, str], tuple[str, str]]) -> list[list[dict[str, str]]]:
    """Rows grouped so that every pair of one case or of one child is inside a group, once."""
    root: dict[str, str] = {}

    def find(key: str) -> str:
        while root.setdefault(key, key) != key:
            key = root[key]
        return key

    for row in rows:
        root[find(row["个案号"])] = find("#" + truth[row["来源"], row["记录号"]][0])
    groups = defaultdict(list)
    for row in rows:
        groups[find(row["个案号"])].append(row)
    return list(groups.values())
