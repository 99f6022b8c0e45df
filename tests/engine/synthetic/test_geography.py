"""The demo's divisions and institutions are the sample's."""

import csv
import os
from collections import Counter
from pathlib import Path

import pytest

from renjia.engine.synthetic.geography import CODELISTS, geography


def read(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def test_thirty_six_streets_each_with_its_neighbourhoods():
    places = geography()
    names = [row["名称"] for row in places.divisions if row["级别"] == "街镇"]
    assert Counter(name[-2:] if name.endswith("街道") else name[-1] for name in names) == {"街道": 12, "镇": 24}
    assert {code[:9] for code in places.neighbourhoods} == set(places.streets)
    assert len({row["代码"] for row in places.divisions}) == len(places.divisions)


def test_every_place_hangs_on_its_parent():
    codes = {row["代码"] for row in geography().divisions} | {""}
    assert all(row["上级"] in codes for row in geography().divisions)
    assert all(row["所在街镇"] in codes - {""} for row in geography().institutions)


@pytest.mark.shared
@pytest.mark.skipif("SHARED" not in os.environ, reason="要比对样例数据，请设 SHARED")
@pytest.mark.parametrize(
    ("ours", "theirs"), [("divisions.csv", "places.csv"), ("institutions.csv", "institutions.csv")]
)
def test_code_lists_agree_with_the_sample(ours, theirs):
    assert read(CODELISTS / ours) == read(Path(os.environ["SHARED"]) / "data" / "births" / theirs)
