"""数据库连接 — which PostgreSQL serves: `DATABASE_URL` when given, the embedded one otherwise."""

import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from renjia.records.store.embedded import APP, DURABLE, FAST, OWNER, EmbeddedPostgres, StoreError

NAME = "renjia"


def home() -> Path:
    """数据文件夹 — everything this installation keeps outside the code: database, keys, received files."""
    return Path(os.environ.get("RENJIA_HOME", "var/home")).resolve()


def embedded() -> EmbeddedPostgres | None:
    """内嵌数据库 — the embedded server of this installation, or None when `DATABASE_URL` names another."""
    if os.environ.get("DATABASE_URL"):
        return None
    return EmbeddedPostgres(home() / "pg", FAST if os.environ.get("RENJIA_TEST") == "1" else DURABLE)


def ensure() -> None:
    """数据库就绪 — start the embedded server if it is ours to start."""
    server = embedded()
    if server is not None:
        server.ensure().create_database(NAME)


def _from_url(url: str, variable: str) -> dict[str, Any]:
    parts = urlsplit(url)
    if parts.scheme not in ("postgresql", "postgres") or not parts.path.strip("/"):
        raise StoreError(f"{variable} 应写成 postgresql://用户:密码@主机:端口/库名，现在不是这个样子。")
    query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    return {
        "NAME": parts.path.strip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", unquote(parts.hostname or "")),
        "PORT": str(parts.port or ""),
        "OPTIONS": query,
    }


def application_database() -> dict[str, Any]:
    """应用连接 — Django's settings for the role that owns nothing, so that row-level security binds it."""
    url = os.environ.get("DATABASE_URL")
    server = embedded()
    place = (
        _from_url(url, "DATABASE_URL")
        if url or server is None
        else {"NAME": NAME, "USER": APP, "PASSWORD": "", "HOST": str(server.run), "PORT": "", "OPTIONS": {}}
    )
    # As a start-up option the zone survives the pool's `reset all`; Django reads every moment as if it were told in UTC.
    place["OPTIONS"] = {"options": "-c timezone=UTC"} | place["OPTIONS"]
    return {"ENGINE": "django.db.backends.postgresql", "ATOMIC_REQUESTS": False, "CONN_MAX_AGE": 0, **place}


def owner_login() -> dict[str, str]:
    """属主连接 — user and password that migrations borrow; nothing else ever does."""
    url = os.environ.get("DATABASE_OWNER_URL")
    if url:
        place = _from_url(url, "DATABASE_OWNER_URL")
        return {"USER": place["USER"], "PASSWORD": place["PASSWORD"]}
    return {"USER": OWNER, "PASSWORD": ""}
