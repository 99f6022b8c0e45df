"""范围 — who asks, in which role, for which purpose, over which places; set per transaction, enforced by the database.

Reads outside a scope see no rows: every request, task and command opens one.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace

from django.db import connection, transaction

SYSTEM_ROLE = "system"
_SETTINGS = ("account", "name", "role", "purpose", "places", "institution", "all", "subject", "reason")


@dataclass(frozen=True)
class Scope:
    """范围 — values that row-level security reads; `places` are division codes whose descendants are included."""

    account: str = ""
    name: str = ""
    role: str = ""
    purpose: str = ""
    places: tuple[str, ...] = ()
    institution: str = ""
    everything: bool = False
    subject: str = ""
    reason: str = ""
    place_name: str = field(default="", compare=False)

    def settings(self) -> tuple[str, ...]:
        return (
            self.account, self.name, self.role, self.purpose, ",".join(self.places), self.institution,
            "on" if self.everything else "", self.subject, self.reason,
        )  # fmt: skip


_current: ContextVar[Scope | None] = ContextVar("renjia_scope", default=None)
_SQL = "select " + ", ".join(f"set_config('app.{name}', %s, true)" for name in _SETTINGS)


def _tell(values: Scope) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_SQL, values.settings())


def current() -> Scope:
    """当前范围 — the scope in force; refuses where none was opened."""
    found = _current.get()
    if found is None:
        raise RuntimeError("没有打开范围：读写档案前须先 with scope(...)。")
    return found


@contextmanager
def scope(values: Scope) -> Iterator[Scope]:
    """打开范围 — one transaction in which the database knows who asks; inner scopes give way to the outer on exit."""
    outer, nested = _current.get(), connection.in_atomic_block
    with transaction.atomic():
        _tell(values)
        token = _current.set(values)
        try:
            yield values
        finally:
            _current.reset(token)
            if nested and not connection.needs_rollback:  # else the settings end with the transaction
                _tell(outer or Scope())


@contextmanager
def narrowed(*, subject: str) -> Iterator[Scope]:
    """收窄 — the same scope about one subject, for the statements inside."""
    with scope(replace(current(), subject=subject)) as values:
        yield values


def system_scope(purpose: str, reason: str) -> Scope:
    """系统范围 — for jobs that compute over everything; carries its purpose and why."""
    return Scope(name="系统作业", role=SYSTEM_ROLE, purpose=purpose, everything=True, reason=reason)
