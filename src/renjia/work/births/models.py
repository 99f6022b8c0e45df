"""出生个案、核实、复核 — one case a child; its evidence, its events, what people were asked and answered."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone

from renjia.records.intake.models import SourceRecord


class CaseState(models.TextChoices):
    DECIDED = "decided", "已决"
    TWINS_UNDECIDED = "twins_undecided", "双胎待定"
    IN_REVIEW = "in_review", "待复核"
    ALONE = "alone", "单独"


class Result(models.TextChoices):
    CONFIRMED = "confirmed", "已核实"
    CORRECTED = "corrected", "已更正"
    UNVERIFIABLE = "unverifiable", "无法核实"


class CaseQuerySet(models.QuerySet["BirthCase"]):
    def living(self) -> "CaseQuerySet":
        """在用的 — cases that still hold records."""
        return self.filter(retired__isnull=True)

    def in_month(self, month: str) -> "CaseQuerySet":
        return self.filter(month=month)


class BirthCase(models.Model):
    """出生个案 — one child; names and numbers are chosen from the records on sight, never stored open."""

    id = models.UUIDField("编号", primary_key=True, default=uuid.uuid4, editable=False)
    no = models.CharField("个案号", max_length=12, unique=True)
    delivery = models.CharField("分娩号", max_length=12, db_index=True)
    workset_key = models.UUIDField("判定库键", unique=True, default=uuid.uuid4, editable=False)
    state = models.CharField("状态", max_length=16, choices=CaseState)
    month = models.CharField("首次到达月份", max_length=7, db_index=True)
    born = models.DateField("出生日期", null=True)
    sex = models.CharField("性别", max_length=1, blank=True)
    order = models.PositiveSmallIntegerField("孩次", null=True)
    outcome = models.CharField("分娩结局", max_length=8, blank=True)
    place = models.CharField("承办区划", max_length=12, db_index=True)
    home = models.CharField("认定的住址", max_length=12)
    differences = models.JSONField("差异", default=list)
    agreement = models.JSONField("各项一致否", default=dict)
    escalated = models.BooleanField("上报区级", default=False)
    digest = models.CharField("内容摘要", max_length=64)
    retired = models.CharField("并入", max_length=12, null=True)
    changed = models.DateTimeField("最近变化", default=timezone.now)

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = "出生个案"
        ordering = ["no"]

    def __str__(self) -> str:
        return self.no

    @property
    def subject(self) -> str:
        """查阅对象键 — the random key under which looks at this child are recorded."""
        return str(self.id)


class CaseRecord(models.Model):
    """归属 — which case a received record belongs to."""

    record = models.OneToOneField(SourceRecord, models.CASCADE, primary_key=True, verbose_name="来源记录")
    case = models.ForeignKey(BirthCase, models.PROTECT, related_name="records", verbose_name="个案")

    class Meta:
        verbose_name = "归属"


class Evidence(models.Model):
    """证据 — the stored comparison of two records; the pattern rebuilds the waterfall exactly."""

    a = models.ForeignKey(SourceRecord, models.CASCADE, related_name="+", verbose_name="甲")
    b = models.ForeignKey(SourceRecord, models.CASCADE, related_name="+", verbose_name="乙")
    level = models.CharField("层次", max_length=8)
    pattern = models.BigIntegerField("比较型")
    score = models.FloatField("分值")
    model = models.CharField("模型", max_length=40)

    class Meta:
        verbose_name = "证据"
        constraints = [models.UniqueConstraint("a", "b", "level", name="evidence_once")]


class EventKind(models.TextChoices):
    CREATED = "created", "建立"
    JOINED = "joined", "并入记录"
    LEFT = "left", "移出记录"
    MERGED = "merged", "合并"
    SPLIT = "split", "拆分"
    RETIRED = "retired", "停用"
    ISSUED = "issued", "下发核实"
    ANSWERED = "answered", "核实结果"
    RETURNED = "returned", "退回再核"
    CHECKED = "checked", "抽查"
    OFFERED = "offered", "转办"
    MOVED = "moved", "接收"
    DECLINED = "declined", "不接收"
    CLEARED = "cleared", "无须再核"
    ESCALATED = "escalated", "上报区级"


class CaseEvent(models.Model):
    """经过 — what happened to a case; the text names no person."""

    case = models.ForeignKey(BirthCase, models.CASCADE, related_name="events", verbose_name="个案")
    at = models.DateTimeField("时间", default=timezone.now)
    kind = models.CharField("种类", max_length=10, choices=EventKind)
    text = models.CharField("说明", max_length=300)
    who = models.CharField("经手", max_length=60, blank=True)

    class Meta:
        verbose_name = "经过"
        ordering = ["at", "id"]


class QuestionQuerySet(models.QuerySet["Question"]):
    def waiting(self) -> "QuestionQuerySet":
        return self.filter(same__isnull=True, obsolete=False)


class Question(models.Model):
    """复核 — are these two records of one child (or one delivery)? The answer survives every re-run."""

    id = models.UUIDField("编号", primary_key=True, default=uuid.uuid4, editable=False)
    a = models.ForeignKey(SourceRecord, models.CASCADE, related_name="+", verbose_name="甲")
    b = models.ForeignKey(SourceRecord, models.CASCADE, related_name="+", verbose_name="乙")
    a_key = models.CharField("甲键", max_length=120)
    b_key = models.CharField("乙键", max_length=120)
    level = models.CharField("层次", max_length=8)
    score = models.FloatField("分值")
    pattern = models.BigIntegerField("比较型", null=True)
    reason = models.CharField("疑点", max_length=200)
    asked = models.DateTimeField("提出时间", default=timezone.now)
    obsolete = models.BooleanField("已不再有疑", default=False)
    same = models.BooleanField("是同一个", null=True)
    decided_at = models.DateTimeField("决定时间", null=True)
    decided_by = models.CharField("决定人", max_length=40, blank=True)
    note = models.CharField("依据", max_length=300, blank=True)

    objects = QuestionQuerySet.as_manager()

    class Meta:
        verbose_name = "复核"
        constraints = [
            models.UniqueConstraint("a_key", "b_key", name="question_once"),
            models.CheckConstraint(
                condition=Q(same__isnull=True, decided_at__isnull=True) | Q(same__isnull=False, decided_at__isnull=False),
                name="question_decided_whole",
                violation_error_message="复核决定须连同时间一起记下",
            ),
        ]  # fmt: skip


class VerificationQuerySet(models.QuerySet["Verification"]):
    def counted(self) -> "VerificationQuerySet":
        """应核实 — issued and not withdrawn."""
        return self.filter(cleared__isnull=True)

    def open(self) -> "VerificationQuerySet":
        return self.counted().filter(result="")

    def by_deadline(self) -> "VerificationQuerySet":
        return self.order_by("due", "place", "case__no")


class Verification(models.Model):
    """核实 — asked of one neighbourhood about one case, with a deadline on the working calendar."""

    id = models.UUIDField("编号", primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(BirthCase, models.PROTECT, related_name="verifications", verbose_name="个案")
    month = models.CharField("批次月份", max_length=7, db_index=True)
    place = models.CharField("承办区划", max_length=12, db_index=True)
    reasons = models.JSONField("核实事由", default=list)
    issued = models.DateField("下发日")
    due = models.DateField("截止日")
    due_basis = models.CharField("期限依据", max_length=60)
    result = models.CharField("结果", max_length=12, choices=Result, blank=True)
    reason = models.CharField("说明", max_length=300, blank=True)
    answers = models.BinaryField("所核内容", null=True)
    done_at = models.DateTimeField("办结时间", null=True)
    done_by = models.CharField("核实人", max_length=60, blank=True)
    done_account = models.CharField("核实账号", max_length=40, blank=True)
    escalated = models.BooleanField("上报区级", default=False)
    cleared = models.DateTimeField("撤下时间", null=True)
    sampled = models.BooleanField("抽查", default=False)
    second_agrees = models.BooleanField("复看一致", null=True)
    second_at = models.DateTimeField("复看时间", null=True)
    second_by = models.CharField("复看人", max_length=60, blank=True)
    returned = models.BooleanField("退回再核", default=False)
    offered_to = models.CharField("转给", max_length=12, blank=True)
    offered_at = models.DateTimeField("转出时间", null=True)
    offered_by = models.CharField("转出人", max_length=60, blank=True)

    objects = VerificationQuerySet.as_manager()

    class Meta:
        verbose_name = "核实"
        constraints = [
            models.UniqueConstraint(
                "case", condition=Q(result="", cleared__isnull=True), name="verification_one_open",
                violation_error_message="这个个案已有一件在办的核实",
            ),
            models.UniqueConstraint("case", "month", name="verification_once_a_month"),
            models.CheckConstraint(
                condition=Q(result="", done_at__isnull=True) | (~Q(result="") & Q(done_at__isnull=False)),
                name="verification_done_whole", violation_error_message="结果与办结时间须同时有",
            ),
            models.CheckConstraint(
                condition=~Q(result="unverifiable") | ~Q(reason=""), name="verification_why_not",
                violation_error_message="选“无法核实”须写原因",
            ),
            models.CheckConstraint(
                condition=Q(due__gte=models.F("issued")), name="verification_due_after",
                violation_error_message="截止日不早于下发日",
            ),
        ]  # fmt: skip


class LinkAudit(models.Model):
    """比对抽查 — a random sample of links, drawn once; its answers estimate how many links are right."""

    id = models.UUIDField("编号", primary_key=True, default=uuid.uuid4, editable=False)
    drawn_at = models.DateTimeField("抽出时间", default=timezone.now)
    drawn_by = models.CharField("抽出人", max_length=40)
    seed = models.BigIntegerField("随机种子")
    wanted = models.PositiveIntegerField("想抽的对数")
    links = models.PositiveIntegerField("当时全部的对数")
    model = models.CharField("模型", max_length=40)

    class Meta:
        verbose_name = "比对抽查"
        ordering = ["-drawn_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(wanted__gte=1), name="link_audit_some", violation_error_message="至少抽一对"
            )
        ]


class Judged(models.TextChoices):
    RIGHT = "right", "合得对"
    WRONG = "wrong", "合错了"
    UNSURE = "unsure", "看不出"


class AuditedLinkQuerySet(models.QuerySet["AuditedLink"]):
    def waiting(self) -> "AuditedLinkQuerySet":
        return self.filter(answer="")


class AuditedLink(models.Model):
    """抽中的一对 — two records that the run joined, and what a person says of it."""

    id = models.UUIDField("编号", primary_key=True, default=uuid.uuid4, editable=False)
    audit = models.ForeignKey(LinkAudit, models.PROTECT, related_name="drawn", verbose_name="比对抽查")
    position = models.PositiveIntegerField("第几对")
    a = models.ForeignKey(SourceRecord, models.PROTECT, related_name="+", verbose_name="甲")
    b = models.ForeignKey(SourceRecord, models.PROTECT, related_name="+", verbose_name="乙")
    a_key = models.CharField("甲键", max_length=120)
    b_key = models.CharField("乙键", max_length=120)
    a_case = models.ForeignKey(BirthCase, models.PROTECT, related_name="+", verbose_name="甲的个案")
    b_case = models.ForeignKey(BirthCase, models.PROTECT, related_name="+", verbose_name="乙的个案")
    score = models.FloatField("分值")
    pattern = models.BigIntegerField("比较型")
    band = models.PositiveSmallIntegerField("分层")
    of = models.PositiveIntegerField("这一层的对数")
    answer = models.CharField("判断", max_length=6, choices=Judged, blank=True)
    note = models.CharField("依据", max_length=300, blank=True)
    answered_at = models.DateTimeField("判断时间", null=True)
    answered_by = models.CharField("判断人", max_length=40, blank=True)

    objects = AuditedLinkQuerySet.as_manager()

    class Meta:
        verbose_name = "抽中的一对"
        ordering = ["audit", "position"]
        constraints = [
            models.UniqueConstraint("audit", "a_key", "b_key", name="audited_link_once"),
            models.CheckConstraint(
                condition=Q(answer="", answered_at__isnull=True) | (~Q(answer="") & Q(answered_at__isnull=False)),
                name="audited_link_whole", violation_error_message="判断须连同时间一起记下",
            ),
            models.CheckConstraint(
                condition=~Q(answer="wrong") | ~Q(note=""), name="audited_link_why",
                violation_error_message="判为“合错了”须写依据",
            ),
        ]  # fmt: skip
