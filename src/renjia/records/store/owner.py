"""属主 — run one command as the role that owns the schema."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connections

from renjia.records.store.databases import owner_login


@contextmanager
def as_owner(alias: str = "default") -> Iterator[None]:
    """以属主身份 — for migrations and test flushes only; the application never owns what it reads."""
    connection = connections[alias]
    before = {key: connection.settings_dict[key] for key in ("USER", "PASSWORD")}

    def sign_in(login: dict[str, str]) -> None:
        connection.close()
        if connection.pool:
            connection.close_pool()
        connection.settings_dict.update(login)

    sign_in(owner_login())
    try:
        yield
    finally:
        sign_in(before)
