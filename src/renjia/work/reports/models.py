"""结账与通报 — what a closed month said, for ever."""

from django.db import models
from django.utils import timezone


class Closing(models.Model):
    """结账 — one result a month with its definitions' versions; later corrections are shown beside it, never in it."""

    month = models.CharField("月份", max_length=7, unique=True)
    place = models.CharField("区划", max_length=12)
    closed_at = models.DateTimeField("结账时间", default=timezone.now)
    closed_by = models.CharField("结账人", max_length=40, blank=True)
    figures = models.JSONField("结账值")

    class Meta:
        verbose_name = "结账"
        ordering = ["-month"]

    def __str__(self) -> str:
        return f"{self.month} 结账"
