"""收件 — batches as received, the problems found in them, and the records they brought."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone


class BatchState(models.TextChoices):
    CHECKED = "checked", "待入库"
    ACCEPTED = "accepted", "已入库"
    REFUSED = "refused", "整件退回"
    WITHDRAWN = "withdrawn", "已撤回"


class Via(models.TextChoices):
    UPLOAD = "upload", "网页上传"
    FOLDER = "folder", "收件文件夹"
    API = "api", "接口"
    COMMAND = "command", "命令"


class Severity(models.TextChoices):
    REFUSE_FILE = "refuse_file", "整件退回"
    RETURN_ROW = "return_row", "退回此行"
    WARN = "warn", "提醒"


class Batch(models.Model):
    """批次 — one received file: kept sealed as it came, checked, accepted, perhaps withdrawn."""

    id = models.UUIDField("编号", primary_key=True, default=uuid.uuid4, editable=False)
    feed = models.CharField("来源", max_length=40, blank=True)
    month = models.CharField("月份", max_length=7, blank=True)
    filename = models.CharField("文件名", max_length=200)
    digest = models.CharField("内容摘要", max_length=64)
    size = models.PositiveBigIntegerField("字节数")
    received_at = models.DateTimeField("收到时间", default=timezone.now)
    sender = models.CharField("送件人", max_length=40, blank=True)
    institution = models.CharField("送件机构", max_length=20, blank=True)
    place = models.CharField("区划", max_length=12)
    via = models.CharField("方式", max_length=8, choices=Via)
    state = models.CharField("状态", max_length=10, choices=BatchState)
    choice = models.JSONField("人工选定", default=dict)
    notes = models.JSONField("读件说明", default=list)
    columns = models.JSONField("列的理解", default=list)
    unknown = models.JSONField("未认出的列", default=list)
    rows = models.PositiveIntegerField("行数", default=0)
    accepted = models.PositiveIntegerField("入库", default=0)
    returned = models.PositiveIntegerField("退回", default=0)
    repeated = models.PositiveIntegerField("重复", default=0)
    reason = models.CharField("缘由", max_length=300, blank=True)
    closed_at = models.DateTimeField("入库或退回时间", null=True)

    class Meta:
        verbose_name = "批次"
        ordering = ["-received_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                "digest",
                "place",
                condition=Q(state__in=("checked", "accepted")),
                name="batch_same_file_once",
                violation_error_message="同一文件已收过，是同一批次",
            ),
            models.CheckConstraint(
                condition=~Q(state="accepted") | Q(rows=models.F("accepted") + models.F("returned") + models.F("repeated")),
                name="batch_no_row_lost",
                violation_error_message="入库、退回、重复三者之和应等于行数",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.filename


class Problem(models.Model):
    """问题 — file, row, column, value, reason, remedy; the value may identify and is sealed."""

    batch = models.ForeignKey(Batch, models.CASCADE, related_name="problems", verbose_name="批次")
    row = models.PositiveIntegerField("行", null=True)
    column = models.CharField("列", max_length=100, blank=True)
    value = models.BinaryField("原来的值", null=True)
    reason = models.CharField("为什么不行", max_length=300)
    remedy = models.CharField("怎么改", max_length=300)
    severity = models.CharField("处理", max_length=12, choices=Severity)

    class Meta:
        verbose_name = "问题"
        ordering = ["row", "id"]

    def __str__(self) -> str:
        return f"第 {self.row} 行「{self.column}」{self.reason}" if self.row else self.reason


class RecordState(models.TextChoices):
    CURRENT = "current", "现行"
    SUPERSEDED = "superseded", "已被更正"
    WITHDRAWN = "withdrawn", "已撤回"


class SourceRecord(models.Model):
    """来源记录 — one row received; what identifies is in one sealed box, with blind indexes for number and phone."""

    id = models.UUIDField("编号", primary_key=True, default=uuid.uuid4, editable=False)
    batch = models.ForeignKey(Batch, models.PROTECT, related_name="records", verbose_name="批次")
    source = models.CharField("来源", max_length=20)
    key = models.CharField("记录键", max_length=120)
    record_no = models.CharField("记录号", max_length=80, blank=True)
    row = models.PositiveIntegerField("行")
    month = models.CharField("到达月份", max_length=7)
    place = models.CharField("住址区划", max_length=12)
    institution = models.CharField("机构", max_length=20, blank=True)
    born = models.DateField("出生日期", null=True)
    sex = models.CharField("性别", max_length=1, blank=True)
    reported = models.DateField("上报日期", null=True)
    outcome = models.CharField("分娩结局", max_length=8, blank=True)
    box = models.BinaryField("密封内容")
    mother_index = models.BinaryField("母亲证件盲索引", null=True)
    phone_index = models.BinaryField("电话盲索引", null=True)
    fingerprint = models.BinaryField("内容指纹")
    state = models.CharField("状态", max_length=10, choices=RecordState, default=RecordState.CURRENT)
    supersedes = models.ForeignKey("self", models.PROTECT, null=True, related_name="+", verbose_name="更正的记录")

    class Meta:
        verbose_name = "来源记录"
        constraints = [
            models.UniqueConstraint(
                "key",
                condition=Q(state="current"),
                name="record_one_current",
                violation_error_message="同一记录只有一份现行",
            )
        ]
        indexes = [
            models.Index(fields=["mother_index"], name="record_mother"),
            models.Index(fields=["phone_index"], name="record_phone"),
            models.Index(fields=["source", "month"], name="record_source_month"),
        ]

    def __str__(self) -> str:
        return self.key
