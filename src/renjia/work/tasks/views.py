"""作业的进度 — counts and stages, no person."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from renjia.records.store.doors import for_roles
from renjia.work.tasks.models import Run


@for_roles("district_monitor", "street_monitor", "system_admin")
def one(request: HttpRequest, pk: str) -> HttpResponse:
    run = get_object_or_404(Run, pk=pk)
    template = "tasks/progress.html" if request.headers.get("HX-Request") else "tasks/run.html"
    return render(request, template, {"run": run})
