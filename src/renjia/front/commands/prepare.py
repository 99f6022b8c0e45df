"""就绪 — what every command over the database needs first: server up, schema as this version wants it, places known."""

from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from renjia.records.places.actions import load_institutions, load_places
from renjia.records.store.databases import ensure


def prepare() -> None:
    """就绪 — idempotent; half a second when nothing is to be done."""
    ensure()
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", verbosity=0)
    load_places()
    load_institutions()
