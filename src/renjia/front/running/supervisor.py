"""看护 — one command keeps database, web server and worker alive and brings back whichever dies."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from renjia.records.store.databases import embedded, home

POLL = 0.5
BACK_OFF = 5.0  # a program that dies at once is not restarted in a tight loop
PR_SET_PDEATHSIG = 1


def _end_with_supervisor() -> None:
    """In the child: when the supervisor is killed, this program is told to end, and port and queue are free again."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass
class Watched:
    """看护的程序 — its command, and when it was last started."""

    name: str
    command: list[str]
    environment: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    restarts: int = -1

    def ensure(self) -> bool:
        """Start it if it does not run; True when it was (re)started."""
        if self.process is not None and self.process.poll() is None:
            return False
        if self.restarts >= 0 and time.monotonic() - self.started < BACK_OFF:
            return False
        self.kill()
        log = home() / "log" / f"{self.name}.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as sink:
            self.process = subprocess.Popen(
                self.command, stdin=subprocess.DEVNULL, stdout=sink, stderr=sink, env=os.environ | self.environment,
                start_new_session=True, preexec_fn=_end_with_supervisor,
            )  # fmt: skip
        self.started, self.restarts = time.monotonic(), self.restarts + 1
        return True

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(10)
        self.kill()

    def kill(self) -> None:
        """The program and whatever it started: a killed web server leaves a child that would keep the port."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def programs(host: str, port: int) -> list[Watched]:
    """网页与作业 — their commands; both run as child processes of the supervisor."""
    here = Path(sys.executable).parent
    settings = {"DJANGO_SETTINGS_MODULE": "renjia.front.settings"}
    web = [
        str(here / "granian"), "--interface", "wsgi", "--host", host, "--port", str(port), "--workers", "1",
        "--blocking-threads", "4", "--no-ws", "--log-level", "warning", "renjia.front.wsgi:application",
    ]  # fmt: skip
    worker = [sys.executable, "-m", "django", "procrastinate", "worker", "--concurrency", "1"]
    return [Watched("web", web, settings | {"RENJIA_POOL": "1"}), Watched("worker", worker, settings)]


def supervise(host: str, port: int, say: Callable[[str], None], stop_database: bool = True) -> None:
    """看护到被要求停止 — Ctrl-C or SIGTERM ends all three in order."""
    stopping = False

    def stop(*_: object) -> None:
        nonlocal stopping
        stopping = True

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    server = embedded()
    watched = programs(host, port)
    worker = watched[-1]
    try:
        while not stopping:
            if server is not None and not server.answering():
                before = server.pid()
                server.ensure()
                if server.pid() != before:  # not merely slow to answer
                    worker.kill()  # its connections are dead, and it is slow to notice; what it did is taken up again
                    say("数据库已恢复")
            for program in watched:
                if program.ensure() and program.restarts:
                    say(f"{program.name} 停了，已重新启动（第 {program.restarts} 次）")
            time.sleep(POLL)
    finally:
        for program in reversed(watched):
            program.stop()
        if server is not None and stop_database:
            server.stop()
