"""考核事实 — what no record can say and an officer enters: one value a street, year and fact."""

from django.db import models
from django.db.models import Q
from django.utils import timezone


class EnteredFact(models.Model):
    """录入的事实 — a count laid to a street in a year; the latest value holds, the change log keeps the others."""

    rubric = models.CharField("考核表", max_length=40)
    year = models.PositiveSmallIntegerField("年份")
    place = models.CharField("街镇", max_length=12)
    fact = models.CharField("事实", max_length=60)
    value = models.PositiveIntegerField("数值")
    why = models.CharField("依据", max_length=200)
    entered_by = models.CharField("录入人", max_length=40)
    entered_at = models.DateTimeField("录入时间", default=timezone.now)

    class Meta:
        verbose_name = "录入的考核事实"
        ordering = ["place", "fact"]
        constraints = [
            models.UniqueConstraint(
                fields=["rubric", "year", "place", "fact"], name="entered_fact_once",
                violation_error_message="同一街镇同一年同一事实只有一个数",
            ),
            models.CheckConstraint(
                condition=~Q(why=""), name="entered_fact_why", violation_error_message="请写明依据（哪份通报、哪次检查）"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.year} {self.place} {self.fact} {self.value}"
