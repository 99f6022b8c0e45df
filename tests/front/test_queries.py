"""查询次数 — a page asks the database as often for thirty rows as for two."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from matrix import pages, path_of
from stage import ACTORS, Stage, lit_stage

MOST = 45


def once_each() -> list[tuple[str, str, str]]:
    """Every page once; the first page is another for each role, and a phone's is another than a desk's."""
    found = {}
    for name, role, label in pages():
        found.setdefault((name, role if name == "home" or role == "neighbourhood_worker" else ""), (name, role, label))
    return list(found.values())


PAGES = once_each()


def queries(stage: Stage, name: str, role: str, label: str) -> list[str]:
    path = path_of(stage, name, label)
    with CaptureQueriesContext(connection) as captured:
        assert stage.try_(ACTORS[role], "GET", path).status_code == 200
    return [q["sql"] for q in captured if "SAVEPOINT" not in q["sql"]]


@pytest.fixture(scope="module")
def counted(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The queries of every page, with two rows and with thirty."""
    found: dict[int, dict[tuple[str, str], list[str]]] = {}
    with django_db_blocker.unblock():
        for rows in (2, 30):
            with lit_stage(tmp_path_factory.mktemp(f"rows{rows}"), rows) as lit:
                for who in ACTORS.values():
                    lit.sign_in(who)
                lit.get("赵敏", "home")  # what is remembered between requests is remembered
                found[rows] = {(name, role): queries(lit, name, role, label) for name, role, label in PAGES}
    return found


@pytest.mark.parametrize(("name", "role", "label"), PAGES, ids=[f"{n} {r}" for n, r, _ in PAGES])
def test_thirty_rows_take_as_many_queries_as_two(counted: Any, name: str, role: str, label: str) -> None:
    few, many = counted[2][name, role], counted[30][name, role]
    more = [sql[:200] for sql in many if sql not in few][:8]
    assert len(few) == len(many), f"{label}：{len(few)} 次变成 {len(many)} 次，多出来的像是：{more}"
    assert len(many) <= MOST, "一页问得太多"
