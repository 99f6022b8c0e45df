"""账号、授权 — a grant = role + place + purpose + until."""

import uuid
from datetime import date

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.utils import timezone

from renjia.records.places.models import Institution, Place
from renjia.records.store.scope import Scope


class Role(models.TextChoices):
    DISTRICT_MONITOR = "district_monitor", "区监测员"
    STREET_MONITOR = "street_monitor", "街镇监测员"
    NEIGHBOURHOOD_WORKER = "neighbourhood_worker", "居村信息员"
    MATERNITY_HOSPITAL = "maternity_hospital", "助产医院"
    AUDITOR = "auditor", "审计管理员"
    SECURITY_ADMIN = "security_admin", "安全管理员"
    SYSTEM_ADMIN = "system_admin", "系统管理员"


THREE_ADMINS = (Role.AUDITOR, Role.SECURITY_ADMIN, Role.SYSTEM_ADMIN)
SECOND_FACTOR = (Role.AUDITOR, Role.SECURITY_ADMIN)


class Purpose(models.TextChoices):
    BIRTH_VERIFICATION = "birth_verification", "出生核实"
    AUDIT = "audit", "审计"
    ADMINISTRATION = "administration", "系统管理"


PURPOSE_OF = {
    Role.AUDITOR: Purpose.AUDIT,
    Role.SECURITY_ADMIN: Purpose.ADMINISTRATION,
    Role.SYSTEM_ADMIN: Purpose.ADMINISTRATION,
}


class AccountManager(BaseUserManager["Account"]):
    def get_by_natural_key(self, username: str | None) -> "Account":
        return self.get(username=username)


class Account(AbstractBaseUser):
    """账号 — one natural person's way in."""

    id = models.UUIDField("编号", primary_key=True, default=uuid.uuid4, editable=False)
    username = models.CharField(
        "登录名", max_length=40, unique=True, error_messages={"unique": "这个登录名已有人用，请换一个"}
    )
    name = models.CharField("姓名", max_length=40)
    unit = models.CharField("单位", max_length=80, blank=True)
    is_active = models.BooleanField("在用", default=True)
    created = models.DateTimeField("建立时间", default=timezone.now)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["name"]
    objects = AccountManager()

    class Meta:
        verbose_name = "账号"

    def __str__(self) -> str:
        return self.name


class GrantQuerySet(models.QuerySet["Grant"]):
    def in_force(self, on: date | None = None) -> "GrantQuerySet":
        day = on or timezone.localdate()
        return self.filter(since__lte=day, until__gte=day, revoked__isnull=True)


class Grant(models.Model):
    """授权 — a role over a place for a purpose, at most twelve months."""

    id = models.UUIDField("编号", primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(Account, models.CASCADE, related_name="grants", verbose_name="账号")
    role = models.CharField("角色", max_length=32, choices=Role)
    purpose = models.CharField("用途", max_length=32, choices=Purpose, default=Purpose.BIRTH_VERIFICATION)
    place = models.ForeignKey(Place, models.PROTECT, verbose_name="区划")
    institution = models.ForeignKey(Institution, models.PROTECT, null=True, blank=True, verbose_name="机构")
    since = models.DateField("自")
    until = models.DateField("至")
    granted_by = models.ForeignKey(
        Account, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="授权人"
    )
    revoked = models.DateTimeField("收回时间", null=True, blank=True)

    objects = GrantQuerySet.as_manager()

    class Meta:
        verbose_name = "授权"
        constraints = [
            models.CheckConstraint(
                condition=Q(until__gte=models.F("since"))
                & Q(until__lte=models.F("since") + models.Value(366, output_field=models.IntegerField())),
                name="grant_at_most_a_year",
                violation_error_message="授权期应在一年以内，终止日不早于起始日",
            ),
            models.CheckConstraint(
                condition=~Q(role=Role.MATERNITY_HOSPITAL) | Q(institution__isnull=False),
                name="grant_hospital_named",
                violation_error_message="助产医院的授权须写明机构",
            ),
            models.UniqueConstraint(
                "account",
                condition=Q(role__in=THREE_ADMINS, revoked__isnull=True),
                name="grant_one_of_three_admins",
                violation_error_message="审计、安全、系统三员须分设，一人只能任其一",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} · {self.place}"

    def as_scope(self) -> Scope:
        """范围 — what the database is told while this grant is in use; admins reach no case."""
        return Scope(
            account=str(self.account_id),
            name=self.account.name,
            role=self.role,
            purpose=self.purpose,
            places=() if self.role in THREE_ADMINS else (self.place.code,),
            institution=self.institution.code if self.institution else "",
            place_name=self.institution.name if self.institution else self.place.name,
        )


class ApiKey(models.Model):
    """接口密钥 — a machine's way in, for one grant; only its digest is kept."""

    grant = models.ForeignKey(Grant, models.CASCADE, related_name="keys", verbose_name="授权")
    name = models.CharField("用于", max_length=60)
    digest = models.CharField("摘要", max_length=64, unique=True)
    until = models.DateField("至")
    revoked = models.DateTimeField("收回时间", null=True, blank=True)

    class Meta:
        verbose_name = "接口密钥"

    def __str__(self) -> str:
        return self.name
