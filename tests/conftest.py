"""测试的家 — a cluster of its own, a template database cloned for each worker, scopes for the named cast.

李梅 is the mother, 赵主任 the district's monitor, 钱芳 the street's, 王强 the neighbourhood's worker, 孙某 a stranger.
"""

import fcntl
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import django
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from renjia.records.store.databases import embedded
from renjia.records.store.embedded import APP
from sparking import AT_ONCE, spark_session

# Read when Django is set up, which pytest_configure does.
ROOT = Path(__file__).resolve().parents[1]
os.environ["RENJIA_HOME"] = str(ROOT / "var" / "test")
os.environ["RENJIA_TEST"] = "1"
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "renjia.front.settings")


def pytest_configure(config: pytest.Config) -> None:
    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # speed; production's is argon2
    settings.TEMPLATES[0]["OPTIONS"]["string_if_invalid"] = ""
    django.setup()


def _schema_digest() -> str:
    files = [*sorted((ROOT / "src").rglob("migrations/*.py")), ROOT / "src/renjia/records/store/policies.py"]
    return hashlib.sha256(
        b"".join(f.read_bytes() for f in files) + django.VERSION[1:3].__repr__().encode()
    ).hexdigest()[:12]


def _as(user: str, database: str) -> None:
    connection.close()
    connection.settings_dict.update({"USER": user, "NAME": database})


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker, request: pytest.FixtureRequest) -> Iterator[None]:
    server = embedded()
    if server is None:
        raise RuntimeError("测试用自己的内嵌数据库，请不要设 DATABASE_URL")
    server.ensure()
    template = f"template_{_schema_digest()}"
    worker = getattr(request.config, "workerinput", {}).get("workerid", "main")
    name = f"test_{worker}_{os.getpid()}"
    with django_db_blocker.unblock():
        with (server.base / "template.lock").open("a") as lock, server.connect() as c:
            fcntl.flock(lock, fcntl.LOCK_EX)
            have = {row[0] for row in c.execute("select datname from pg_database")}
            if template not in have:
                for old in (n for n in have if n.startswith("template_")):
                    c.execute(f'drop database if exists "{old}" with (force)')
                building = f"{template}_building"
                server.create_database(building)
                _as(APP, building)
                call_command("migrate", verbosity=0, skip_checks=True)
                connection.close()
                c.execute(f'alter database "{building}" rename to "{template}"')
            server.create_database(name, template)
        _as(APP, name)
    yield
    with django_db_blocker.unblock():
        connection.close()
        with server.connect() as c:
            c.execute(f'drop database if exists "{name}" with (force)')


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests on data we may not copy run where SHARED names it; elsewhere they are left out, and said so."""
    if os.environ.get("SHARED"):
        return
    left_out = [item for item in items if item.get_closest_marker("shared")]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]
        config.get_terminal_writer().line(f"没有设 SHARED=…，{len(left_out)} 个要用样例数据的测试未运行。")


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    """A Spark session for small tables; each test opens its own `newSession()` over the one engine."""
    with spark_session(AT_ONCE) as session:
        yield session
