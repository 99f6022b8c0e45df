"""看护 — one command brings back web, worker and database, whichever is killed, and ends all when told to."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, build_opener

import pytest

from renjia.records.store.databases import NAME
from renjia.records.store.embedded import FAST, EmbeddedPostgres
from slow.conftest import HOME

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

BACK_WITHIN = 15.0
JOB = """
    insert into procrastinate_jobs (queue_name, task_name, priority, args)
    values ('month', 'renjia.front.tasks.workset_job', 0, '{"timestamp": 0}') returning id"""


@dataclass(frozen=True)
class Process:
    pid: int
    parent: int
    command: str


def processes(home: Path) -> list[Process]:
    """Every living process that was started for this home."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if f"RENJIA_HOME={home}\0".encode() not in (folder / "environ").read_bytes() + b"\0":
                continue
            state = (folder / "stat").read_text().rpartition(")")[2].split()
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue  # it ended while we looked
        if state[0] != "Z":
            found.append(Process(int(folder.name), int(state[1]), command.strip()))
    return found


def until(holds: Callable[[], object], seconds: float = BACK_WITHIN) -> float:
    """Waits for it; how long it took."""
    begun = time.monotonic()
    while not holds():
        assert time.monotonic() - begun < seconds, f"not within {seconds} s: {holds}"
        time.sleep(0.1)
    return time.monotonic() - begun


class Serving:
    """一次 renjia serve — its processes by role, and whether each of the three does its work."""

    def __init__(self, home: Path) -> None:
        self.home = home.resolve()
        self.server = EmbeddedPostgres(self.home / "pg", FAST)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.log = self.home.with_name(f"{self.home.name}.log")
        self.process = self.start()

    def start(self) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [Path(sys.executable).parent / "renjia", "serve", "--port", str(self.port)],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=os.environ | {"RENJIA_HOME": str(self.home)},
            )  # fmt: skip

    def named(self, word: str, parent: int | None = None) -> list[Process]:
        return [p for p in processes(self.home) if word in p.command and parent in (None, p.parent)]

    @property
    def web(self) -> Process:
        return self.named("granian", self.process.pid)[0]

    @property
    def worker(self) -> Process:
        return self.named("procrastinate", self.process.pid)[0]

    @property
    def database(self) -> int:
        pid = self.server.pid()
        assert pid is not None
        return pid

    def answers(self) -> bool:
        """The web server shows the sign-in page and asks the database about a stranger."""
        browser = build_opener(HTTPCookieProcessor(CookieJar()))
        try:
            return self._asked(browser)
        except (URLError, OSError):
            return False

    def _asked(self, browser: OpenerDirector) -> bool:
        address = f"http://127.0.0.1:{self.port}/sign-in/"
        page = browser.open(address, timeout=5).read().decode()
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
        assert token is not None, page[:500]
        stranger = {
            "username": f"stranger{time.monotonic_ns()}",
            "password": "不是口令",
            "csrfmiddlewaretoken": token[1],
        }
        with browser.open(address, data=urlencode(stranger).encode(), timeout=5) as answer:
            return answer.status == 200

    def works(self) -> bool:
        """A job put in the queue is done by the worker."""
        with self.server.connect(database=NAME) as c:
            (job,) = c.execute(JOB).fetchone() or (0,)
            done = "select 1 from procrastinate_jobs where id = %s and status = 'succeeded'"
            until(lambda: c.execute(done, [job]).fetchone())
        return True

    def well(self) -> bool:
        """One web server with one worker process, one job worker, one database; nobody left over."""
        return len(self.named("granian")) == 2 and len(self.named("procrastinate")) == 1 and self.server.answering()


@pytest.fixture(scope="module")
def serving() -> Iterator[Serving]:
    made = Serving(HOME / f"serve-{os.getpid()}")
    try:
        until(made.answers, 90)
        until(made.well)
        yield made
    finally:
        for one in processes(made.home):
            os.kill(one.pid, signal.SIGKILL)
        made.process.wait(10)
        made.server.stop("immediate")
        subprocess.run(["rm", "-rf", str(made.home), str(made.log)], check=True)


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)


def test_it_serves_and_works(serving: Serving) -> None:
    assert serving.answers() and serving.works() and serving.well()


def test_web_server_comes_back(serving: Serving) -> None:
    old = serving.web
    kill(old.pid)
    until(lambda: serving.named("granian", serving.process.pid) and serving.web != old and serving.answers())
    until(serving.well)


def test_web_server_comes_back_when_only_its_child_is_killed(serving: Serving) -> None:
    (child,) = serving.named("granian", serving.web.pid)
    kill(child.pid)
    until(lambda: not Path(f"/proc/{child.pid}").exists() and serving.well() and serving.answers())


def test_worker_comes_back(serving: Serving) -> None:
    old = serving.worker
    kill(old.pid)
    until(lambda: serving.named("procrastinate", serving.process.pid) and serving.worker != old)
    assert serving.works()


def test_database_comes_back_and_both_use_it(serving: Serving) -> None:
    old = serving.database
    kill(old)
    until(lambda: serving.server.answering() and serving.database != old and serving.answers())
    assert serving.works()
    until(serving.well)


def test_a_killed_supervisor_leaves_port_and_queue_free(serving: Serving) -> None:
    """Started again, by hand or by the system, it finds nothing of the old but the database."""
    old = {p.pid for p in serving.named("granian") + serving.named("procrastinate")}
    serving.process.kill()
    serving.process.wait()
    until(lambda: not old & {p.pid for p in processes(serving.home)})
    serving.process = serving.start()
    until(lambda: serving.well() and serving.answers(), 60)


def test_all_end_when_told(serving: Serving) -> None:
    serving.process.send_signal(signal.SIGTERM)
    assert serving.process.wait(BACK_WITHIN) == 0
    until(lambda: not processes(serving.home))
    assert not serving.server.answering()
