"""区划、机构 — places by code, each valid for a span of days; a code's prefix is its parent's code."""

from datetime import date

from django.db import models
from django.db.models import F, Q


class Level(models.TextChoices):
    CITY = "city", "市"
    DISTRICT = "district", "区"
    STREET = "street", "街镇"
    NEIGHBOURHOOD = "neighbourhood", "居村"


class PlaceQuerySet(models.QuerySet["Place"]):
    def on(self, day: date) -> "PlaceQuerySet":
        """某日有效的 — in force on a day."""
        return self.filter(Q(valid_from__isnull=True) | Q(valid_from__lte=day)).filter(
            Q(valid_to__isnull=True) | Q(valid_to__gt=day)
        )

    def streets(self) -> "PlaceQuerySet":
        return self.filter(level=Level.STREET)

    def under(self, code: str) -> "PlaceQuerySet":
        return self.filter(code__startswith=code).exclude(code=code)

    def in_order(self) -> "PlaceQuerySet":
        return self.order_by("code", "valid_from")


class Place(models.Model):
    """区划 — a place with its code, name and the days on which it holds."""

    code = models.CharField("代码", max_length=12)
    name = models.CharField("名称", max_length=60)
    level = models.CharField("级别", max_length=14, choices=Level)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children", verbose_name="上级")
    valid_from = models.DateField("自", null=True)
    valid_to = models.DateField("至", null=True)
    sort_key = models.CharField("拼音序", max_length=120, blank=True)

    objects = PlaceQuerySet.as_manager()

    class Meta:
        verbose_name = "区划"
        constraints = [
            models.UniqueConstraint(
                "code", "valid_from", name="place_code_from", nulls_distinct=False,
                violation_error_message="同一代码同一起始日只能有一条区划",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_from__isnull=True) | Q(valid_to__gt=F("valid_from")),
                name="place_span", violation_error_message="区划的终止日应晚于起始日",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name

    @property
    def short_name(self) -> str:
        return self.name.removesuffix("街道").removesuffix("镇") if self.level == Level.STREET else self.name


class Institution(models.Model):
    """机构 — a maternity hospital, a vaccination clinic …, standing in a street."""

    code = models.CharField("代码", max_length=20, unique=True)
    name = models.CharField("名称", max_length=100)
    kind = models.CharField("类别", max_length=20)
    street = models.CharField("所在街镇", max_length=12)

    class Meta:
        verbose_name = "机构"

    def __str__(self) -> str:
        return self.name
