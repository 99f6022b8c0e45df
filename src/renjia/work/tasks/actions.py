"""作业的经过 — progress is written outside the job's own transaction, so that it is seen while the job runs."""

from collections.abc import Callable
from uuid import UUID

from django.utils import timezone

from renjia.work.tasks.models import Run, RunKind, RunState

Progress = Callable[[str, int, int], None]


def silent(stage: str, done: int, total: int) -> None:
    """不报进度 — for callers that do not watch."""


def queue_run(*, kind: RunKind, month: str = "", by: str = "") -> Run:
    """登记作业 — the row that pages watch; the same job for the same month is not queued twice while one is under way."""
    under_way = Run.objects.filter(kind=kind, month=month, state__in=(RunState.QUEUED, RunState.RUNNING)).first()
    return under_way or Run.objects.create(kind=kind, month=month, by=by)


def start_run(*, run_id: UUID) -> None:
    """开始。"""
    Run.objects.filter(pk=run_id).update(state=RunState.RUNNING, started=timezone.now(), message="")


def finish_run(*, run_id: UUID, message: str) -> None:
    """完成。"""
    Run.objects.filter(pk=run_id).update(state=RunState.DONE, finished=timezone.now(), message=message[:500])


def fail_run(*, run_id: UUID, message: str) -> None:
    """未完成 — the message says what to do; nothing half-saved remains."""
    Run.objects.filter(pk=run_id).update(state=RunState.FAILED, finished=timezone.now(), message=message[:500])
