"""一套安装 — a home and a database cluster of its own, run through the command, put back to an earlier moment at will."""

import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from renjia.records.store.databases import NAME
from renjia.records.store.embedded import FAST, EmbeddedPostgres

KILLING = Path(__file__).with_name("killing.py")
FOLDERS = ("files", "workset", "bulletins")
MARKS = ("keys.json", "keys.mark", "secret")
BUSY = "另一个月度处理正在进行"


@dataclass
class Ran:
    """一次运行 — its exit code (negative: killed by that signal), what it printed, where it was struck."""

    code: int
    said: str
    last: str = ""
    steps: int = 0
    trace: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def killed(self) -> bool:
        return self.code == -9


class Nursery:
    """子进程的家 — the process that forks the runs."""

    def __init__(self, home: Path, warm: bool) -> None:
        self.log, self.told = home.with_name(f"{home.name}.log"), home.with_name(f"{home.name}.told")
        self.process = subprocess.Popen(
            [sys.executable, str(KILLING), *([str(home)] if warm else [])],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=os.environ | {"RENJIA_HOME": str(home)},
        )  # fmt: skip
        assert self._answer() == "ready"

    def _answer(self) -> str:
        assert self.process.stdout is not None
        line = self.process.stdout.readline().strip()
        if not line:
            self.process.communicate()
            raise RuntimeError(f"the nursery ended with {self.process.returncode}")
        return line

    def order(self, *argv: str, **how: Any) -> Ran:
        for path in (self.log, self.told):
            path.write_bytes(b"")
        assert self.process.stdin is not None
        order = {"argv": argv, "log": str(self.log), "told": str(self.told)} | how
        begun = time.monotonic()
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        code = json.loads(self._answer())["code"]
        return Ran(
            code, self.log.read_text(), **json.loads(self.told.read_text() or "{}"), seconds=time.monotonic() - begun
        )

    def close(self) -> None:
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.close()
        self.process.wait(10)
        self.process.stdout.close()
        for path in (self.log, self.told):
            path.unlink(missing_ok=True)


class Installation:
    """安装 — `cycle` runs a month, `keep` and `put_back` remember and restore database and files."""

    def __init__(self, home: Path, nursery: "Nursery | None" = None) -> None:
        self.home = home.resolve()
        self.server = EmbeddedPostgres(self.home / "pg", FAST)
        self.kept = self.home.with_name(f"{self.home.name}-kept")
        self._nursery, self._lent = nursery, nursery is not None

    @property
    def nursery(self) -> Nursery:
        if self._nursery is None:
            self._nursery = Nursery(self.home, warm=True)
        return self._nursery

    def renjia(self, *argv: str, **how: Any) -> Ran:
        """One run of a command."""
        return self.nursery.order(*argv, home=str(self.home), **how)

    def prepare(self, **how: Any) -> Ran:
        """A run that only makes ready; it then says that this is no demo."""
        return self.renjia("code", "nobody", **how)

    def cycle(self, month: str, folder: Path, **how: Any) -> Ran:
        """One run of one month; issued on the fifth of the next month."""
        year, number = int(month[:4]), int(month[5:])
        on = f"{year + number // 12}-{number % 12 + 1:02d}-05"
        return self.renjia("cycle", month, "--from", str(folder), "--on", on, **how)

    def recover(self, month: str, folder: Path) -> Ran:
        """The run after a kill. A dead run's session may outlive it for a moment, and says so; then it is asked again."""
        for _ in range(40):
            ran = self.cycle(month, folder)
            if BUSY not in ran.said:
                break
            time.sleep(0.25)
        assert ran.code == 0, f"the run after a kill did not end well:\n{ran.said[-3000:]}"
        return ran

    # moments -------------------------------------------------------------------------------------------------------
    def _drop(self, name: str) -> None:
        with self.server.connect() as c:
            c.execute(f'drop database if exists "{name}" with (force)')

    def keep(self, moment: str) -> None:
        self._drop(f"kept_{moment}")
        with self.server.connect() as c:
            c.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = %s", [NAME])
        self.server.create_database(f"kept_{moment}", NAME)
        shutil.rmtree(self.kept / moment, ignore_errors=True)
        (self.kept / moment).mkdir(parents=True)
        for name in FOLDERS:
            if (self.home / name).exists():
                shutil.copytree(self.home / name, self.kept / moment / name, symlinks=True)
        for name in MARKS:
            if (self.home / name).exists():
                shutil.copy2(self.home / name, self.kept / moment / name)

    def put_back(self, moment: str) -> None:
        self.server.ensure()
        self._drop(NAME)
        self.server.create_database(NAME, f"kept_{moment}")
        for name in FOLDERS:
            shutil.rmtree(self.home / name, ignore_errors=True)
            if (self.kept / moment / name).exists():
                shutil.copytree(self.kept / moment / name, self.home / name, symlinks=True)
        for name in MARKS:
            if (self.kept / moment / name).exists():
                shutil.copy2(self.kept / moment / name, self.home / name)

    def empty(self) -> None:
        """As before the first month: no file, no record; places, institutions and keys as they are."""
        with self.server.connect(database=NAME) as c:
            names = ("intake_batch", "births_birthcase", "audit_access", "audit_change", "reports_closing", "tasks_run")
            c.execute(f"truncate {', '.join(names)} restart identity cascade")
        for name in FOLDERS:
            shutil.rmtree(self.home / name, ignore_errors=True)

    def remove(self) -> None:
        if self._nursery is not None and not self._lent:
            self._nursery.close()
        self.server.stop("immediate")
        for path in (self.home, self.kept):
            shutil.rmtree(path, ignore_errors=True)
