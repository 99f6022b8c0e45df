"""行级安全与变更记录 — operations that rooms put into their migrations."""

from django.db.migrations.operations import RunSQL


def guard(table: str, *, read: str, write: str | None = None) -> RunSQL:
    """设行级安全 — only rows where `read` holds are seen; only rows where `write` (else `read`) holds are written.

    Both are SQL over the table's columns and the `app_*` functions. System jobs (`app_all()`) pass always.
    """
    see, put = f"(select app_all()) or ({read})", f"(select app_all()) or ({write or read})"
    return RunSQL(
        f"""
        alter table {table} enable row level security;
        alter table {table} force row level security;
        create policy {table}_read on {table} for select using ({see});
        create policy {table}_insert on {table} for insert with check ({put});
        create policy {table}_update on {table} for update using ({put}) with check ({put});
        create policy {table}_delete on {table} for delete using ({put});
        """,
        f"""
        drop policy {table}_read on {table}; drop policy {table}_insert on {table};
        drop policy {table}_update on {table}; drop policy {table}_delete on {table};
        alter table {table} no force row level security; alter table {table} disable row level security;
        """,
    )


def record_changes(table: str, *, inserts: bool = True) -> RunSQL:
    """记变更 — statement triggers that copy every change into the change log, bulk and raw SQL included."""
    events = [("update", "referencing old table as old_t new table as new_t"),
              ("delete", "referencing old table as old_t")]  # fmt: skip
    if inserts:
        events.append(("insert", "referencing new table as new_t"))
    return RunSQL(
        "\n".join(
            f"create trigger {table}_log_{event} after {event} on {table} {tables} "
            f"for each statement execute function record_change();"
            for event, tables in events
        ),
        "\n".join(f"drop trigger {table}_log_{event} on {table};" for event, _ in events),
    )


def append_only(table: str) -> RunSQL:
    """只增 — the application may add rows and read them, never change or remove one."""
    return RunSQL(f"revoke update, delete on {table} from app_rw;", f"grant update, delete on {table} to app_rw;")
