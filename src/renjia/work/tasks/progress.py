"""进度 — told over a connection of its own, so that it is seen while the job's transaction is still open."""

from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from uuid import UUID

import psycopg
from django.db import connection

from renjia.work.tasks.actions import Progress

EVERY = 0.3  # seconds; the first and last of a stage are always told


@contextmanager
def watched(run_id: UUID) -> Iterator[Progress]:
    """被看着 — a Progress that writes to the run's row."""
    parameters = connection.get_connection_params()
    parameters = {k: v for k, v in parameters.items() if k in ("dbname", "user", "password", "host", "port")}
    with psycopg.connect(**parameters, autocommit=True) as own:
        last = 0.0

        def tell(stage: str, done: int, total: int) -> None:
            nonlocal last
            if 0 < done < total and monotonic() - last < EVERY:
                return
            last = monotonic()
            own.execute(
                "update tasks_run set stage = %s, done = %s, total = %s where id = %s",
                [stage[:40], min(done, total), total, run_id],
            )

        yield tell
