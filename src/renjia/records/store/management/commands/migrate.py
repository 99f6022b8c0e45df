from typing import Any

from django.core.management.commands.migrate import Command as Base

from renjia.records.store.owner import as_owner


class Command(Base):
    def execute(self, *args: Any, **options: Any) -> str | None:
        with as_owner(options.get("database") or "default"):
            return super().execute(*args, **options)
