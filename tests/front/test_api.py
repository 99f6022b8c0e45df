"""接口 — a department's system sends a file with its key and is told what became of it."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from cast import make_world, system
from renjia.records.accounts.actions import issue_api_key
from renjia.records.accounts.models import ApiKey
from renjia.records.intake.models import Batch

pytestmark = pytest.mark.django_db
HEADER = "病案号,机构代码,产妇姓名,产妇证件号码,配偶姓名,新生儿姓名,分娩时间,新生儿性别,出生体重(g),胎儿序号,胎数,孩次,现住址代码,联系电话,上报日期"
ROW = "H00000001,H310000,李梅,310115199404245746,王建国,李梅之女,2025/03/07 10:15,2,3210,1,1,1,310115001001,13712346287,2025/03/09"


@pytest.fixture
def secret(db) -> str:
    with system():
        world = make_world()
        return issue_api_key(grant=world.grants["孙丽"], name="医院接口")[1]


def send(secret: str, rows: str, **query: str):
    query = {"month": "2025-03"} | query
    return Client().post(
        "/api/batches?" + "&".join(f"{k}={v}" for k, v in query.items()),
        {"file": SimpleUploadedFile("住院分娩.csv", f"{HEADER}\n{rows}\n".encode())},
        headers={"authorization": f"Bearer {secret}"},
    )


def test_a_file_is_received_and_its_batch_can_be_asked_for(secret: str) -> None:
    answer = send(secret, ROW)
    assert answer.status_code == 200
    told = json.loads(answer.content)
    assert (told["state"], told["rows"], told["returned"]) == ("checked", 1, 0)
    again = Client().get(f"/api/batches/{told['batch']}", headers={"authorization": f"Bearer {secret}"})
    assert json.loads(again.content) == told
    assert json.loads(send(secret, ROW).content)["batch"] == told["batch"]


def test_a_refused_file_says_why(secret: str) -> None:
    answer = send(secret, ROW, month="2025-09")
    assert answer.status_code == 422
    assert "2025-03" in json.loads(answer.content)["reason"]


@pytest.mark.parametrize("query", [{"month": "2025-13"}, {"month": "x"}, {"feed": "pregnancies"}])
def test_a_wrong_question_is_a_clear_no(secret: str, query: dict[str, str]) -> None:
    assert send(secret, ROW, **query).status_code == 422


def test_without_a_key_with_a_wrong_or_a_revoked_one_nothing(secret: str) -> None:
    assert Client().get("/api/batches/00000000-0000-0000-0000-000000000000").status_code == 401
    assert send("wrong", ROW).status_code == 401
    with system():
        ApiKey.objects.update(revoked=timezone.now())
    assert send(secret, ROW).status_code == 401
    with system():
        assert not Batch.objects.exists()


def test_another_hospitals_batch_is_not_there(secret: str) -> None:
    batch = json.loads(send(secret, ROW).content)["batch"]
    with system():
        Batch.objects.update(institution="H310001")
    other = Client().get(f"/api/batches/{batch}", headers={"authorization": f"Bearer {secret}"})
    missing = Client().get(
        "/api/batches/00000000-0000-0000-0000-000000000000", headers={"authorization": f"Bearer {secret}"}
    )
    assert (other.status_code, other.content) == (missing.status_code, missing.content) == (404, other.content)
