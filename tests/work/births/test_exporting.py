"""列表导出 — what is on the screen, masked, at most 200 rows, each a recorded look."""

import io

import pytest
from django.test import Client
from openpyxl import load_workbook

from cast import ELSEWHERE, HOME, make_case, make_record, make_verification, make_world, system
from renjia.records.audit.models import Access
from renjia.records.store.scope import scope
from renjia.work.births import views

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db):
    with system():
        made = make_world()
        for number in range(3):
            make_verification(
                make_case(f"2503-0000{number}", place=HOME, records=(make_record(mother_name="=李梅", address=HOME),))
            )
        make_verification(make_case("2503-00009", place=ELSEWHERE))
    return made


def taken(world, path: str) -> list[list[str]]:
    client = Client()
    client.force_login(world.accounts["钱芳"])
    answer = client.get(path)
    assert answer.status_code == 200
    sheet = load_workbook(io.BytesIO(answer.content)).active
    return [[str(cell or "") for cell in row] for row in sheet.iter_rows(values_only=True)]


@pytest.mark.parametrize("path", ["/births/cases/", "/births/verifications/"])
def test_the_file_is_the_list_of_ones_own_place(world, path: str) -> None:
    rows = taken(world, f"{path}?format=xlsx")
    assert sorted(row[0] for row in rows[1:-1]) == ["2503-00000", "2503-00001", "2503-00002"]
    whole = "|".join(cell for row in rows for cell in row)
    assert "李梅" not in whole
    assert "王思溪" not in whole
    assert "钱芳" in rows[-1][0]
    assert "3 行" in rows[-1][0]
    assert not [cell for row in rows for cell in row if cell[:1] in tuple("=+-@")]


def test_every_child_in_the_file_is_a_look(world) -> None:
    taken(world, "/births/cases/?format=xlsx")
    with scope(world.scope_of("李静")):
        assert Access.objects.filter(action="export", who="钱芳").exclude(subject="").count() == 3


def test_no_more_than_the_limit(world, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "MOST", 2)
    assert len(taken(world, "/births/cases/?format=xlsx")) == 2 + 2
