"""内嵌数据库 — starts once, comes back, refuses what is not ours; on clusters of their own."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from renjia.records.store import databases
from renjia.records.store.embedded import FAST, EmbeddedPostgres, StoreError

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def server(tmp_path_factory, request):
    base = ROOT / "var" / "test" / f"pg-{request.node.name}-{os.getpid()}"
    made = EmbeddedPostgres(base, FAST)
    yield made
    made.stop("immediate")
    subprocess.run(["rm", "-rf", str(base)], check=True)


def test_race_makes_one_cluster(server: EmbeddedPostgres) -> None:
    code = (
        "import sys; from pathlib import Path; from renjia.records.store.embedded import EmbeddedPostgres, FAST;"
        "s = EmbeddedPostgres(Path(sys.argv[1]), FAST).ensure(); print(s.connect().execute('select 1').fetchone())"
    )
    racing = [
        subprocess.Popen([sys.executable, "-c", code, str(server.base)], stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    answers = [p.communicate(timeout=60)[0] for p in racing]
    assert answers == ["(1,)\n"] * 3


def test_data_folder_is_never_seen_without_its_owner(server: EmbeddedPostgres, monkeypatch) -> None:
    """Who starts a moment later looks while the first is still giving the folder away, and must not be turned off."""
    given: list[Path] = []
    chown = os.chown

    def look_then_give(path, *owner) -> None:
        if Path(path) not in given:
            given.append(Path(path))
            EmbeddedPostgres(server.base, FAST)._folders()
        chown(path, *owner)

    monkeypatch.setattr(os, "chown", look_then_give)
    assert server.ensure().answering()
    assert os.geteuid() != 0 or len(given) == 3  # log, run, data


def test_killed_server_comes_back_with_what_was_committed(server: EmbeddedPostgres) -> None:
    server.ensure()
    with server.connect() as c:
        c.execute("create table kept (x int)")
        c.execute("insert into kept values (42)")
    pid = server.pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    start = time.monotonic()
    server.ensure()
    with server.connect() as c:
        assert c.execute("select x from kept").fetchone() == (42,)
    assert time.monotonic() - start < 30


def test_pid_of_another_program_is_not_a_server(server: EmbeddedPostgres) -> None:
    server.ensure()
    server.stop("immediate")
    (server.data / "postmaster.pid").write_text(f"{os.getpid()}\n")
    assert not server.answering()
    assert server.ensure().answering()


def test_half_made_cluster_is_made_again(server: EmbeddedPostgres) -> None:
    server._folders()
    server.data.mkdir(mode=0o700)
    if os.geteuid() == 0:
        subprocess.run(["chown", server.os_user, str(server.data)], check=True)
    (server.data / "PG_VERSION").write_text("18\n")
    assert server.ensure().answering()


def test_application_role_may_not_change_the_schema(server: EmbeddedPostgres) -> None:
    server.ensure().create_database("x")
    with server.connect("app_rw", "x") as c:
        roles = c.execute(
            "select rolsuper, rolcreatedb, rolbypassrls from pg_roles where rolname = 'app_rw'"
        ).fetchone()
        assert roles == (False, False, False)
        with pytest.raises(Exception, match="permission denied"):
            c.execute("create table t (x int)")


def test_url_that_is_no_url_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "mysql://x/y")
    with pytest.raises(StoreError, match="postgresql://"):
        databases.application_database()
