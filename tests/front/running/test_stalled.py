"""作业停在半路 — a worker died: what it did is taken up again, and nothing waits for what it held."""

import asyncio

import pytest
from django.db import connection

from renjia.front.tasks import retry_stalled

QUEUED = """
    insert into procrastinate_jobs (queue_name, task_name, lock, queueing_lock, args, status, worker_id)
    values ('month', %s, %s, %s, '{}', %s::procrastinate_job_status, %s)
"""


@pytest.mark.django_db(transaction=True)
def test_a_dead_workers_jobs_are_taken_up_and_hold_nothing() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into procrastinate_workers (last_heartbeat) values (now() - interval '5 minutes') returning id"
        )
        (dead,) = cursor.fetchone()
        for job in (
            ("folder_job", "month", "folder", "doing", dead),
            ("folder_job", "month", "folder", "todo", None),
            ("month_job", "another", None, "doing", dead),
        ):
            cursor.execute(QUEUED, job)
        asyncio.run(retry_stalled.func(None, 0))
        cursor.execute("select task_name, status::text from procrastinate_jobs order by id")
        assert cursor.fetchall() == [("folder_job", "aborted"), ("folder_job", "todo"), ("month_job", "todo")]
