"""作业 — a long job that shows its progress and can be left."""

import uuid

from django.db import models
from django.utils import timezone


class RunState(models.TextChoices):
    QUEUED = "queued", "排队中"
    RUNNING = "running", "进行中"
    DONE = "done", "已完成"
    FAILED = "failed", "未完成"


class RunKind(models.TextChoices):
    CYCLE = "cycle", "月度处理"
    RECONCILE = "reconcile", "比对"
    DEMO = "demo", "演示数据"


class Run(models.Model):
    """作业 — counts only, never a person's; seen by those whose pages wait for it."""

    id = models.UUIDField("编号", primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField("种类", max_length=12, choices=RunKind)
    month = models.CharField("月份", max_length=7, blank=True)
    state = models.CharField("状态", max_length=8, choices=RunState, default=RunState.QUEUED)
    stage = models.CharField("步骤", max_length=40, blank=True)
    done = models.PositiveIntegerField("已做", default=0)
    total = models.PositiveIntegerField("共", default=0)
    message = models.CharField("说明", max_length=500, blank=True)
    by = models.CharField("发起人", max_length=40, blank=True)
    created = models.DateTimeField("发起时间", default=timezone.now)
    started = models.DateTimeField("开始时间", null=True)
    finished = models.DateTimeField("结束时间", null=True)

    class Meta:
        verbose_name = "作业"
        ordering = ["-created", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(done__lte=models.F("total")) | models.Q(total=0),
                name="run_done_within_total",
                violation_error_message="已做的不能多于总数",
            )
        ]

    def __str__(self) -> str:
        return f"{self.month} {self.get_kind_display()}"

    @property
    def percent(self) -> int:
        return 100 * self.done // self.total if self.total else 0

    @property
    def active(self) -> bool:
        return self.state in (RunState.QUEUED, RunState.RUNNING)
