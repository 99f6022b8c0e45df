from contextlib import nullcontext
from typing import Any

from django.core.management.commands import migrate
from django.db import transaction
from django.db.migrations import Migration
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import ProjectState

from renjia.records.store.embedded import APP
from renjia.records.store.owner import as_owner


class WholeMigrations(MigrationExecutor):
    """整步迁移 — Django commits a migration with deferred constraints before it notes it as done.

    A kill between would leave a schema that can neither be used nor migrated: here both are one transaction. And so
    are the table of migrations and the application's right to read it, by which it knows that more are to come.
    """

    def migrate(self, *args: Any, **options: Any) -> ProjectState:
        if not self.recorder.has_table():
            with transaction.atomic(using=self.connection.alias), self.connection.cursor() as cursor:
                self.recorder.ensure_schema()
                cursor.execute(f"grant select on django_migrations to {APP}")
        return super().migrate(*args, **options)

    def apply_migration(
        self, state: ProjectState, migration: Migration, fake: bool = False, fake_initial: bool = False
    ) -> ProjectState:
        with transaction.atomic(using=self.connection.alias) if migration.atomic else nullcontext():
            return super().apply_migration(state, migration, fake, fake_initial)


migrate.MigrationExecutor = WholeMigrations


class Command(migrate.Command):
    def execute(self, *args: Any, **options: Any) -> str | None:
        with as_owner(options.get("database") or "default"):
            return super().execute(*args, **options)
