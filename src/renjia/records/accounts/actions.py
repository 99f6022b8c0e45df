"""账号的办理 — open an account, grant, revoke, issue a second factor."""

import secrets
from datetime import date, timedelta
from hashlib import sha256

from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice

from renjia.records.accounts.models import PURPOSE_OF, Account, ApiKey, Grant, Purpose, Role
from renjia.records.audit.actions import record_event
from renjia.records.audit.models import Action
from renjia.records.places.models import Institution, Place

ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # no letters that are misread on paper


def random_password() -> str:
    """随机密码 — four groups of four, about 79 bits."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(4))


@transaction.atomic
def open_account(*, username: str, name: str, unit: str = "", password: str) -> Account:
    """开立账号 — no account works before a password of its own is set."""
    account = Account(username=username, name=name, unit=unit)
    validate_password(password, account)
    account.set_password(password)
    account.full_clean()
    account.save()
    return account


@transaction.atomic
def grant_role(
    *,
    account: Account,
    role: Role,
    place: Place,
    institution: Institution | None = None,
    by: Account | None,
    since: date | None = None,
    until: date | None = None,
) -> Grant:
    """授权 — nobody grants to himself; at most a year."""
    if by is not None and by.pk == account.pk:
        raise PermissionError("不能给自己授权，请由另一位安全管理员办理")
    start = since or timezone.localdate()
    grant = Grant(
        account=account,
        role=role,
        purpose=PURPOSE_OF.get(role, Purpose.BIRTH_VERIFICATION),
        place=place,
        institution=institution,
        since=start,
        until=until or start + timedelta(days=365),
        granted_by=by,
    )
    grant.full_clean()
    grant.save()
    if by is not None:
        record_event(action=Action.CHANGE, case_ref=str(grant.pk), fields="授权")
    return grant


@transaction.atomic
def revoke_grant(*, grant: Grant, by: Account) -> Grant:
    """收回授权 — from the next request on."""
    if grant.account_id == by.pk:
        raise PermissionError("不能收回自己的授权，请由另一位安全管理员办理")
    grant.revoked = timezone.now()
    grant.save(update_fields=["revoked"])
    record_event(action=Action.CHANGE, case_ref=str(grant.pk), fields="收回授权")
    return grant


@transaction.atomic
def issue_second_factor(*, account: Account) -> TOTPDevice:
    """发第二因素 — a time-based code generator for the account; an earlier one is replaced."""
    TOTPDevice.objects.filter(user=account).delete()
    return TOTPDevice.objects.create(user=account, name="验证器", confirmed=True)


@transaction.atomic
def issue_api_key(*, grant: Grant, name: str) -> tuple[ApiKey, str]:
    """发接口密钥 — returned in the clear this once; it ends with its grant."""
    secret = secrets.token_urlsafe(32)
    key = ApiKey.objects.create(grant=grant, name=name, digest=sha256(secret.encode()).hexdigest(), until=grant.until)
    return key, secret


def grant_of_api_key(*, secret: str) -> Grant | None:
    """接口密钥的授权 — None unless key, grant and account are all in force."""
    key = (
        ApiKey.objects.filter(
            digest=sha256(secret.encode()).hexdigest(), revoked__isnull=True, until__gte=timezone.localdate()
        )
        .select_related("grant__account", "grant__place", "grant__institution")
        .first()
    )
    if key is None or not key.grant.account.is_active or not Grant.objects.in_force().filter(pk=key.grant_id).exists():
        return None
    return key.grant
