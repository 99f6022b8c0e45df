"""首页按角色分；出错页；健康检查。"""

from collections.abc import Callable
from contextlib import suppress

from django.contrib.auth.decorators import login_required
from django.db import OperationalError, connection, transaction
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.views.decorators.http import require_POST
from procrastinate.exceptions import AlreadyEnqueued

from renjia.front.homes import HOMES
from renjia.front.tasks import month_job
from renjia.records.intake.models import Batch, BatchState
from renjia.records.store.doors import ScopedRequest, for_roles
from renjia.work.tasks.actions import queue_run
from renjia.work.tasks.models import RunKind, RunState


@login_required
def home(request: ScopedRequest) -> HttpResponse:
    role = request.scope.role
    build: Callable[[ScopedRequest], HttpResponse] | None = HOMES.get(role)
    return build(request) if build else render(request, "home/no_grant.html")


@require_POST
@for_roles("district_monitor")
def run_month(request: ScopedRequest) -> HttpResponse:
    """跑一个月 — on what has been accepted; the page shows the progress and may be left."""
    month = request.POST.get("month", "")
    if not Batch.objects.filter(month=month, state=BatchState.ACCEPTED).exists():
        return redirect("intake:list")
    run = queue_run(kind=RunKind.CYCLE, month=month, by=request.scope.name)
    if run.state == RunState.QUEUED:
        transaction.on_commit(lambda: _defer(str(run.pk), month))
    return redirect("runs:one", pk=run.pk)


def _defer(run_id: str, month: str) -> None:
    with suppress(AlreadyEnqueued):  # two clicks are one job
        month_job.configure(queueing_lock=f"month-{month}").defer(run_id=run_id, month=month)


def health(request: ScopedRequest) -> JsonResponse:
    """健康检查 — says only whether the database answers."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("select 1")
            cursor.fetchall()
    except OperationalError:
        return JsonResponse({"database": False}, status=503)
    return JsonResponse({"database": True})


def bad_request(request: ScopedRequest, exception: Exception) -> HttpResponse:
    return render(request, "400.html", status=400)


def forbidden(request: ScopedRequest, exception: Exception) -> HttpResponse:
    return render(request, "403.html", status=403)


def not_found(request: ScopedRequest, exception: Exception) -> HttpResponse:
    return render(request, "404.html", status=404)


def failed(request: ScopedRequest) -> HttpResponse:
    # Without the request: what went wrong may be the very database that the navigation would ask.
    return HttpResponse(render_to_string("500.html"), status=500)
