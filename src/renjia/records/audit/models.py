"""查阅记录与变更记录 — what was looked at, what was changed, by whom and for what."""

import uuid

from django.db import models
from django.db.models.functions import Now
from django.utils import timezone


class Action(models.TextChoices):
    OPEN = "open", "打开"
    LIST = "list", "列表中显示"
    REVEAL = "reveal", "显示一项"
    EXPORT = "export", "导出"
    COMPUTE = "compute", "作业计算"
    CHANGE = "change", "办理"
    SIGN_IN = "sign_in", "登录"
    SIGN_OUT = "sign_out", "退出"
    REFUSED = "refused", "被拒绝"


class AccessQuerySet(models.QuerySet["Access"]):
    def of(self, subject: str) -> "AccessQuerySet":
        return self.filter(subject=subject)

    def latest_first(self) -> "AccessQuerySet":
        return self.order_by("-at", "-id")


class Access(models.Model):
    """查阅 — one look at one person; the subject is a random key, never a name or a number."""

    id = models.UUIDField("编号", primary_key=True, default=uuid.uuid4, editable=False)
    at = models.DateTimeField("时间", default=timezone.now, db_index=True)
    account = models.CharField("账号", max_length=40, blank=True)
    who = models.CharField("经手人", max_length=40, blank=True)
    role = models.CharField("角色", max_length=32, blank=True)
    place = models.CharField("所在区划", max_length=60, blank=True)
    purpose = models.CharField("用途", max_length=32, blank=True)
    action = models.CharField("行为", max_length=10, choices=Action)
    subject = models.CharField("对象", max_length=40, blank=True, db_index=True)
    case_ref = models.CharField("事由编号", max_length=40, blank=True)
    fields = models.CharField("项目", max_length=120, blank=True)
    mac = models.BinaryField("校验码")

    objects = AccessQuerySet.as_manager()

    class Meta:
        verbose_name = "查阅记录"
        indexes = [models.Index(fields=["subject", "at"], name="access_subject_at")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.get_action_display()}"

    def sealed_text(self) -> str:
        """校验码所覆盖的内容 — the text the row's MAC covers."""
        return "|".join(
            (str(self.id), f"{self.at.timestamp():.6f}", self.account, self.who, self.role, self.place, self.purpose,
             self.action, self.subject, self.case_ref, self.fields)
        )  # fmt: skip


class Change(models.Model):
    """变更 — written by database triggers only; one row a changed row."""

    at = models.DateTimeField("时间", db_default=Now())
    table = models.CharField("表", max_length=63)
    op = models.CharField("操作", max_length=1)
    row = models.CharField("行", max_length=40)
    old = models.JSONField("变更前", null=True)
    new = models.JSONField("变更后", null=True)
    account = models.CharField("账号", max_length=40, blank=True)
    who = models.CharField("经手人", max_length=40, blank=True)
    reason = models.CharField("缘由", max_length=200, blank=True)

    class Meta:
        verbose_name = "变更记录"
        indexes = [models.Index(fields=["table", "row"], name="change_table_row")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.table} {self.op}"
