"""受杀的子进程 — a program that imports the product once and forks a child for every order, so that a run costs no start.

An order is one line of JSON on standard input, the answer one line on standard output. The child runs `renjia …` as
the command line does. Every statement, commit, copy and change of a file counts as a step; before step n the child
kills itself, or the database's server, with SIGKILL. The product knows nothing of this.
"""

import gc
import json
import os
import re
import signal
import sys
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

HEAVY = (
    "pyarrow.parquet", "rich.progress", "renjia.engine.linkage", "renjia.engine.sealing", "renjia.engine.sql",
    "renjia.engine.synthetic", "renjia.front.commands",
)  # fmt: skip
FILE_EVENTS = {
    "os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.link", "os.symlink", "os.truncate", "shutil.rmtree", "subprocess.Popen",
}  # fmt: skip


class Steps:
    """步 — counts; at the chosen one it does what was ordered, once."""

    def __init__(self, home: str, at: int, strike: Callable[[str], None], trace: list[str] | None) -> None:
        self.home, self.at, self.strike, self.trace = home, at, strike, trace
        self.count, self.busy = 0, False

    def step(self, label: str, first: Callable[[], object] | None = None) -> None:
        self.count += 1
        if self.trace is not None:
            self.trace.append(label)
        if self.count == self.at:
            self.busy = True
            if first is not None:
                first()
            self.strike(label)
            self.busy = False

    def hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        """An audit event, before what it tells of is done."""
        if self.busy or (event != "open" and event not in FILE_EVENTS):
            return
        what = arguments[0]
        if event == "subprocess.Popen":
            self.step(f"start {Path(str(what)).name}")
        elif event == "open":
            path, flags = arguments[0], arguments[2]
            if isinstance(path, str | os.PathLike) and str(path).startswith(self.home) and flags & os.O_CREAT:
                self.step(f"open {self.short(path)}")
                self.step(f"opened, empty: {self.short(path)}", lambda: os.open(path, flags & ~os.O_EXCL, 0o600))
        elif event == "os.mkdir" and os.path.exists(what):
            return  # asked for again, nothing is changed
        elif str(what).startswith(self.home) or not str(what).startswith("/"):
            self.step(f"{event} {self.short(what)}")

    def short(self, path: object) -> str:
        return re.sub(r"\.[0-9a-f]{12}|[0-9a-f]{40,}", "…", str(path).removeprefix(self.home))

    def watch(self) -> None:
        """From here on everything is counted."""
        psycopg = import_module("psycopg")
        for owner, name in (
            (psycopg.Cursor, "execute"), (psycopg.Cursor, "executemany"), (psycopg.Copy, "__exit__"),
            (psycopg.Connection, "commit"), (os, "fsync"),
        ):  # fmt: skip
            setattr(owner, name, self.counted(getattr(owner, name), name))
        sys.addaudithook(self.hear)

    def counted(self, plain: Callable[..., Any], name: str) -> Callable[..., Any]:
        def with_step(*arguments: Any, **named: Any) -> Any:
            said = str(arguments[1])[:70] if name.startswith("execute") else ""
            self.step(f"{name} {said}".strip())
            return plain(*arguments, **named)

        return with_step


def accept_half(_: str = "") -> None:
    """种下的错：记录先提交，批次还没改 — and then the power goes."""
    actions = import_module("renjia.records.intake.actions")
    _commit_and_die_after(actions, "load", times=3)


def cases_without_members(_: str = "") -> None:
    """种下的错：个案先提交，归属还没写。"""
    _commit_and_die_after(import_module("renjia.work.births.reconcile"), "load", times=1)


def verifications_without_events(_: str = "") -> None:
    """种下的错：核实先提交，经过还没写。"""
    models = import_module("renjia.work.births.models")
    _commit_and_die_after(models.Verification.objects, "bulk_create", times=1)


def file_in_place(_: str = "") -> None:
    """种下的错：原件直接写在它的名字下，写到一半。"""
    files = import_module("renjia.records.store.files")

    def keep(data: bytes) -> str:
        path = files._path(files.digest_of(data))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data[: len(data) // 2])
        os.kill(os.getpid(), signal.SIGKILL)
        return ""

    files.keep = keep


PLANTS = {p.__name__: p for p in (accept_half, cases_without_members, verifications_without_events, file_in_place)}


def _commit_and_die_after(owner: Any, name: str, times: int) -> None:
    plain, done = getattr(owner, name), 0

    def with_fault(*arguments: Any, **named: Any) -> Any:
        nonlocal done
        result = plain(*arguments, **named)
        done += 1
        if done == times:
            import_module("django.db").connection.connection.commit()
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(owner, name, with_fault)


def kill_self(_: str) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def kill_server(_: str) -> None:
    """数据库先没了 — the program itself goes on and meets a dead server."""
    pid = int((Path(os.environ["RENJIA_HOME"]) / "pg" / "data" / "postmaster.pid").read_text().split("\n", 1)[0])
    os.kill(pid, signal.SIGKILL)
    time.sleep(0.1)


def child(order: dict[str, Any]) -> None:
    """一次运行 — never returns to the loop; told steps go to `order["told"]`."""
    os.environ["RENJIA_HOME"] = order["home"]
    with open(order["log"], "ab") as log:
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
    told = os.open(order["told"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    trace: list[str] | None = [] if order.get("trace") else None

    def strike(label: str) -> None:
        os.write(told, json.dumps({"last": label}).encode())
        (kill_server if order.get("server") else kill_self)(label)

    steps = Steps(order["home"], order.get("at", 0), strike, trace)
    if order.get("plant"):
        PLANTS[order["plant"]]()
    steps.watch()
    sys.argv = ["renjia", *order["argv"]]
    code = 1
    try:
        import_module("renjia.front.commands").main()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    except BaseException as error:  # the child's own end: told in the log, as an uncaught error is
        sys.excepthook(type(error), error, error.__traceback__)
    finally:
        steps.busy = True
        if not steps.at:
            os.write(told, json.dumps({"steps": steps.count, "trace": trace}).encode())
        sys.stdout.flush()
        os._exit(code)


def warm(home: str) -> None:
    """先读好 — everything the command reads that lies outside its home; no connection, no thread."""
    os.environ["RENJIA_HOME"] = home
    os.environ["DJANGO_SETTINGS_MODULE"] = "renjia.front.settings"
    import_module("django").setup()
    for name in ("cycle", "serve", "months", "demo", "account", "check", "code", "docs", "link", "synth"):
        import_module(f"renjia.front.commands.{name}")
    import_module("renjia.records.intake").load_feeds()
    import_module("renjia.measure.indicators").all_indicators()
    import_module("typer._adapters")


def main() -> None:
    """按单办事 — until standard input ends."""
    for name in HEAVY:
        import_module(name)
    if len(sys.argv) > 1:
        warm(sys.argv[1])
    gc.freeze()  # what is shared with the children stays shared
    print("ready", flush=True)
    for line in sys.stdin:
        order = json.loads(line)
        pid = os.fork()
        if pid == 0:
            child(order)
        if order.get("after"):
            time.sleep(order["after"])
            os.kill(pid, signal.SIGKILL)  # a child that has ended is a zombie until waited for: no other can be hit
        _, status = os.waitpid(pid, 0)
        print(json.dumps({"code": os.waitstatus_to_exitcode(status)}), flush=True)


if __name__ == "__main__":
    main()
