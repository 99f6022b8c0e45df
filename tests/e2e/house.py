"""一所房子 — the product's own stack in a home of its own, every part a subprocess: nothing of it lives in pytest's process."""

import fcntl
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import IO, Any
from zoneinfo import ZoneInfo

from renjia.front.running.supervisor import programs
from renjia.records.store.embedded import EmbeddedPostgres

ROOT = Path(__file__).resolve().parents[2]
HOMES = [ROOT / "var" / "test" / name for name in ("e2e", "e2e-2", "e2e-3", "e2e-4")]
STAGE = Path(__file__).with_name("stage.py")
KEPT = ("static", "static.stamp")  # gathering them again takes seconds and changes nothing


class House:
    """网页、作业、数据库 — started on a free port; `cycle` runs a month as an operator would."""

    def __init__(self) -> None:
        self.home, self.lock = _free_home()
        self.environment = os.environ | {
            "RENJIA_HOME": str(self.home), "RENJIA_TEST": "1", "DJANGO_SETTINGS_MODULE": "renjia.front.settings",
            "PYTHONPATH": str(ROOT / "tests"),
        }  # fmt: skip
        self.environment.pop("DATABASE_URL", None)
        self.server = EmbeddedPostgres(self.home / "pg")
        self.running: list[subprocess.Popen[bytes]] = []
        self.base = ""
        self.facts: dict[str, Any] = {}

    def open(self) -> None:
        self._clear()
        self.facts = self.stage("open")
        self.base = f"http://127.0.0.1:{_free_port()}"
        for program in programs("127.0.0.1", int(self.base.rsplit(":", 1)[1])):
            log = self.home / f"{program.name}.log"
            with log.open("wb") as sink:
                self.running.append(
                    subprocess.Popen(
                        program.command,
                        cwd=ROOT,
                        stdin=subprocess.DEVNULL,
                        stdout=sink,
                        stderr=sink,
                        env=self.environment | program.environment,
                    )
                )
        self._answers()

    def _clear(self) -> None:
        """What an earlier run left, even one that was killed."""
        self.server.stop("immediate")
        self.home.mkdir(parents=True, exist_ok=True)
        for path in self.home.iterdir():
            if path.name in KEPT:
                continue
            shutil.rmtree(path) if path.is_dir() else path.unlink()

    def _answers(self) -> None:
        until = time.monotonic() + 30
        while True:
            try:
                with urllib.request.urlopen(f"{self.base}/health/", timeout=2):
                    return
            except OSError as silent:
                if time.monotonic() > until:
                    raise RuntimeError(f"网页没有起来，见 {self.home / 'web.log'}") from silent
                time.sleep(0.1)

    def stage(self, act: str) -> dict[str, Any]:
        return json.loads(self._run(sys.executable, str(STAGE), act))

    def cycle(self, month: str, on: date) -> str:
        renjia = str(Path(sys.executable).with_name("renjia"))
        return self._run(renjia, "cycle", month, "--from", self.facts["files"], "--on", f"{on}")

    def _run(self, *command: str) -> str:
        done = subprocess.run(
            command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False, timeout=120
        )
        if done.returncode:
            raise RuntimeError(f"{command[1:]} 未成功：{done.stdout[-2000:]}{done.stderr[-4000:]}")
        return done.stdout

    def run_months(self) -> None:
        """前两个月 — long ago and a few days ago, so that some of what was asked is late and some is not."""
        first, second, _ = self.facts["months"]
        today = datetime.now(ZoneInfo("Asia/Shanghai")).date()
        self.cycle(first, today - timedelta(days=40))
        self.cycle(second, today - timedelta(days=3))
        self.facts |= self.stage("answers")

    def close(self) -> None:
        for process in reversed(self.running):
            process.terminate()
        for process in self.running:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.server.stop()
        self.lock.close()


def _free_home() -> tuple[Path, IO[str]]:
    """A home nobody else is running in: two runs at once do not stop each other's database."""
    for home in HOMES:
        home.parent.mkdir(parents=True, exist_ok=True)
        lock = home.with_suffix(".lock").open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            continue
        return home, lock
    raise RuntimeError(f"已有 {len(HOMES)} 处在跑端到端测试，请等其中一处跑完。")


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
