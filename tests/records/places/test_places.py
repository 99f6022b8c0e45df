"""区划 — 36 streets of Pudong with their neighbourhoods; the same table twice changes nothing."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from renjia.front.tiles import TILES
from renjia.records.places.actions import load_institutions, load_places
from renjia.records.places.models import Institution, Level, Place

pytestmark = pytest.mark.django_db
OFFICES = "潍坊新村 陆家嘴 周家渡 塘桥 上钢新村 南码头路 沪东新村 金杨新村 洋泾 浦兴路 东明路 花木".split()
TOWNS = (
    "川沙新 高桥 北蔡 合庆 唐 曹路 金桥 高行 高东 张江 三林 惠南 周浦 新场 大团 康桥 航头 祝桥 泥城 宣桥 书院 万祥 老港 南汇新城"
).split()


def test_the_tree_is_whole_and_loads_once() -> None:
    first = load_places()
    assert load_places() == 0
    assert Place.objects.count() == first
    names = set(Place.objects.streets().values_list("name", flat=True))
    assert names == {f"{n}街道" for n in OFFICES} | {f"{n}镇" for n in TOWNS}
    assert not Place.objects.filter(level=Level.NEIGHBOURHOOD).exclude(parent__level=Level.STREET).exists()
    for place in Place.objects.exclude(level=Level.CITY).select_related("parent"):
        assert place.level == Level.DISTRICT or place.code.startswith(place.parent.code)
    assert set(TILES) == set(Place.objects.streets().values_list("code", flat=True))
    assert len({(c, r) for c, r, _ in TILES.values()}) == 36


def test_institutions_stand_in_known_streets() -> None:
    load_places()
    assert load_institutions() == Institution.objects.count() > 0
    assert load_institutions() == 0
    streets = set(Place.objects.streets().values_list("code", flat=True))
    assert set(Institution.objects.values_list("street", flat=True)) <= streets


def test_a_place_holds_for_its_span() -> None:
    old = Place.objects.create(
        code="310115099", name="旧街道", level=Level.STREET, valid_from=date(2020, 1, 1), valid_to=date(2025, 1, 1)
    )
    assert old in Place.objects.on(date(2024, 12, 31))
    assert old not in Place.objects.on(date(2025, 1, 1))
    assert old not in Place.objects.on(date(2019, 12, 31))
    with pytest.raises(ValidationError, match="终止日应晚于起始日"):
        Place(
            code="310115098", name="反了", level=Level.STREET, valid_from=date(2025, 1, 1), valid_to=date(2024, 1, 1)
        ).full_clean(exclude=["parent", "sort_key"])
