"""滥用 — assurance §9 no. 1, 2, 3, 18 as far as there are pages: what the system must not be able to do, tried."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse

from cast import system
from matrix import ASKED_FOR, LINES, MISSING, pages, path_of
from renjia.measure.snapshot import TABLES
from renjia.records.audit.models import Access, Action
from renjia.records.intake import FIELDS
from renjia.records.intake.models import Batch, BatchState
from renjia.records.store import files
from renjia.records.store.scope import Scope, scope
from stage import ACTORS, Stage, delivery_file, text_of

pytestmark = pytest.mark.usefixtures("undone")
SRC = Path(__file__).resolve().parents[2] / "src" / "renjia"
WATCHED = "末次月经 月经 孕周 孕情 避孕 怀孕 生育打算 生育意愿 拟生育 胎儿性别 重点人员 稳控 风险分".split()
WATCHED_LATIN = re.compile(
    r"lmp|menstru|gestation|pregnan|contracep|intention|petition|risk_score|fetal", re.IGNORECASE
)


# 1 — no endpoint lists women


def test_no_address_is_about_women_or_pregnancies() -> None:
    names = {line.name for line in LINES}
    assert not {n for n in names if re.search(r"wom[ae]n|mother|pregnan|fertil|female|couple|person|people", n)}


@pytest.mark.parametrize("query", ["?sex=2", "?age=15-49", "?mother_age=30", "?mother_name=李梅", "?q=李梅", "?phone=13712346287",
                                   "?mother_id=310115199404245746", "?order=mother_id", "?married=1"])  # fmt: skip
@pytest.mark.parametrize(
    ("who", "name"), [("钱芳", "births:cases"), ("钱芳", "births:verifications"), ("赵敏", "births:cases")]
)
def test_no_list_can_be_narrowed_by_who_the_mother_is(stage: Stage, who: str, name: str, query: str) -> None:
    """A filter that is not there changes nothing: the same children, in the same order."""
    shown = [re.findall(r"2503-\d{5}", stage.get(who, name, query=q).content.decode()) for q in ("", query)]
    assert shown[0] and shown[0] == shown[1]


# 2 — no field for what must not be asked


def test_no_model_has_a_field_for_pregnancy_watching() -> None:
    for model in apps.get_models():
        for field in model._meta.get_fields():
            words = f"{field.name} {getattr(field, 'verbose_name', '')} {getattr(field, 'help_text', '')}"
            assert not [w for w in WATCHED if w in words] and not WATCHED_LATIN.search(words), (
                f"{model.__name__}.{field.name}"
            )


def test_no_column_in_the_database_either(stage: Stage) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select table_name, column_name from information_schema.columns where table_schema = 'public'")
        columns = cursor.fetchall()
    assert len(columns) > 100
    assert not [c for c in columns if WATCHED_LATIN.search(c[1]) or any(w in c[1] for w in WATCHED)]


def test_no_field_of_a_feed_or_of_the_working_set() -> None:
    said = [*FIELDS, *(str(v) for v in FIELDS.values()), *(n for t in TABLES.values() for n in t.names)]
    assert not [s for s in said if WATCHED_LATIN.search(s) or any(w in s for w in WATCHED)]


def test_no_form_asks_for_it() -> None:
    for path in SRC.rglob("templates/**/*.html"):
        for tag in re.findall(r"<(?:input|select|textarea)[^>]*>", path.read_text()):
            assert not WATCHED_LATIN.search(tag) and not [w for w in WATCHED if w in tag], path.name


# 3 — a file with such a column is refused whole


@pytest.mark.parametrize("column", ["末次月经", "末次月经日期", "孕情", "避孕措施", "预产期"])
@pytest.mark.parametrize("who", ["孙丽", "赵敏"])
def test_a_file_with_a_forbidden_column_is_refused_and_not_kept(stage: Stage, who: str, column: str) -> None:
    data = delivery_file("N902", more=column, value="2024-06-01")
    file = SimpleUploadedFile("带禁收列.csv", data)
    response = stage.ask(
        who, "POST", reverse("intake:upload"), {"file": file, "month": "", "feed": "hospital_delivery"}
    )
    page = stage.ask(who, "GET", response.headers["Location"]).body.decode()
    with system():
        batch = Batch.objects.get(filename="带禁收列.csv")
        assert (batch.state, batch.rows, batch.records.count()) == (BatchState.REFUSED, 0, 0)
    assert "整件退回" in page and column in page
    assert "2024-06-01" not in page and "李" not in re.sub(r"<[^>]+>", "", page.split("<main", 1)[1])
    with pytest.raises(FileNotFoundError):
        files.fetch(files.digest_of(data))
    with scope(Scope(role="auditor", purpose="audit")):
        assert Access.objects.filter(action=Action.REFUSED, case_ref=str(batch.pk), who=who).exists()


def test_a_refused_file_cannot_be_talked_in(stage: Stage) -> None:
    """Neither accepted, nor mapped onto another column, nor fetched back."""
    file = SimpleUploadedFile("带禁收列.csv", delivery_file("N902", more="末次月经", value="2024-06-01"))
    stage.ask("孙丽", "POST", reverse("intake:upload"), {"file": file, "month": ""})
    with system():
        pk = Batch.objects.get(filename="带禁收列.csv").pk
    for name, data in (("intake:accept", {}), ("intake:map", {"column:末次月经": "reported"}), ("intake:map", {"header_row": "1"}),
                       ("intake:withdraw", {"reason": "误送"})):  # fmt: skip
        answer = stage.ask("孙丽", "POST", reverse(name, args=[pk]), data)
        assert answer.status_code in (302, 404), name
    assert stage.get("孙丽", "intake:returned", pk).status_code == 404
    with system():
        assert Batch.objects.get(pk=pk).state == BatchState.REFUSED
        assert not Batch.objects.exclude(pk=pk).filter(filename="带禁收列.csv").exists()


# 18 — guessing numbers finds nothing, and is seen


def test_guessed_numbers_are_answered_alike(stage: Stage) -> None:
    """Numbers next to one's own, of other places, of nothing: one answer."""
    answers = {
        text_of(stage.try_("钱芳", "GET", reverse("births:case", args=[no])))
        for no in ("2503-00003", "2503-00005", "2503-00009", "2503-12345", "9999-00001", "x")
    }
    assert len(answers) == 1


def test_what_addresses_name_is_random_except_case_numbers(stage: Stage) -> None:
    for kind in ("verification", "batch", "question", "run", "grant"):
        keys = [thing.pk for thing in stage.things[kind].values()]
        assert all(key.version == 4 for key in keys), kind


def test_guessing_is_seen_by_the_auditor(stage: Stage) -> None:
    for number in range(5):
        stage.get("钱芳", "births:case", f"2503-7000{number}")
    page = stage.get("李静", "audit:list", query="?action=refused&who=钱芳").content.decode()
    assert page.count("被拒绝") >= 5


@pytest.mark.parametrize("name", [n for n in ASKED_FOR if not n.startswith("api:")])
def test_a_missing_object_is_a_plain_404_everywhere(stage: Stage, name: str) -> None:
    method = "POST" if any(line.name == name and line.methods == ("POST",) for line in LINES) else "GET"
    who = next((ACTORS[r] for n, r, _ in pages() if n == name), "钱芳")
    answer: Any = stage.try_(who, method, path_of(stage, name, MISSING), {"field": "phone"})
    assert answer.status_code == 404
    assert "没有找到这一页" in answer.body.decode() or "不在您的范围内" in answer.body.decode()
