"""写法 — how dates, counts and rates are written on every page; the rules are in the look's “Words and figures”."""

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django import template
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from renjia.records.accounts.models import Purpose, Role
from renjia.records.intake import FIELDS
from renjia.records.store.scope import SYSTEM_ROLE

register = template.Library()

DASH = "—"
MINUS = "−"
WEEKDAYS = "一二三四五六日"
PHONE_ROLES = (Role.NEIGHBOURHOOD_WORKER,)
ROLES = dict(Role.choices) | {SYSTEM_ROLE: "系统作业", "": DASH}
PURPOSES = dict(Purpose.choices) | {"": DASH}


def _local(value: date) -> date:
    """A moment is written in the district's own time; a plain date has no zone."""
    return timezone.localtime(value) if isinstance(value, datetime) and timezone.is_aware(value) else value


def _one_place(value: Any) -> Decimal:
    """Half up, as people round; float goes through its shortest text so that 0.25 stays 0.25."""
    return Decimal(str(value)).quantize(Decimal("0.1"), ROUND_HALF_UP)


@register.filter
def day(value: date | None) -> str:
    """2025-03-07。"""
    return f"{_local(value):%Y-%m-%d}" if value else DASH


@register.filter
def day_short(value: date | None) -> str:
    """03-07 — where the panel's title gives the year."""
    return f"{_local(value):%m-%d}" if value else DASH


@register.filter
def day_long(value: date | None) -> str:
    """2025-03-07 星期五。"""
    return f"{_local(value):%Y-%m-%d} 星期{WEEKDAYS[_local(value).weekday()]}" if value else DASH


@register.filter
def day_spoken(value: date | None) -> str:
    """3 月 7 日，星期五 — the head of a phone's day."""
    if not value:
        return DASH
    on = _local(value)
    return f"{on.month} 月 {on.day} 日，星期{WEEKDAYS[on.weekday()]}"


@register.filter
def moment(value: datetime | None) -> str:
    """2025-03-07 09:10。"""
    return f"{_local(value):%Y-%m-%d %H:%M}" if value else DASH


@register.filter
def rate(value: Any) -> str:
    """99.2% — from a figure already in per cent (99.2, not 0.992); nothing to divide by is “—”, never 0 or 100."""
    return DASH if value is None or value == "" else f"{_one_place(value)}%".replace("-", MINUS)


@register.filter
def count(value: Any) -> str:
    """12,345。"""
    return DASH if value is None or value == "" else f"{int(value):,}".replace("-", MINUS)


@register.filter
def tenths(value: Any) -> str:
    """−21.2、9.0 — one decimal, the minus as printed."""
    if value is None or value == "":
        return DASH
    number = Decimal(str(value)).quantize(Decimal("0.1"))
    return f"{MINUS if number < 0 else ''}{abs(number):,}"


@register.filter
def signed(value: Any) -> str:
    """+1.2、−1.2 — whole numbers keep no decimals; a difference of nothing is 0, without a sign."""
    if value is None or value == "":
        return DASH
    number = Decimal(value) if isinstance(value, int) else _one_place(value)
    if not number:
        return "0"
    return f"{MINUS if number < 0 else '+'}{abs(number):,}"


@register.filter
def dash(value: Any) -> Any:
    """空着的格 — a grey “—”, never blank, never 0."""
    return mark_safe(f'<span class="t3">{DASH}</span>') if value is None or value == "" else value


@register.filter
def initial(value: str) -> str:
    """姓的第一个字 — in the round mark beside the officer's masked name."""
    return value[:1]


@register.filter
def role_label(value: str) -> str:
    """角色 — the id kept in a record, in words."""
    return ROLES.get(value, value)


@register.filter
def purpose_label(value: str) -> str:
    """用途 — the id kept in a record, in words."""
    return PURPOSES.get(value, value)


@register.filter
def field_label(value: str) -> str:
    """项目 — the field a look was at, in words; other remarks are written as they are."""
    return FIELDS[value][0] if value in FIELDS else value


@register.filter
def shell(role: str) -> str:
    """外框 — the neighbourhood worker's pages are the phone's, everybody else's the desk's."""
    return "phone.html" if role in PHONE_ROLES else "desk.html"


@register.simple_tag
def mark() -> SafeString:
    """标志 — the roof and the person under it."""
    return MARK


MARK = mark_safe(
    '<svg width="28" height="28" viewBox="0 0 28 28" aria-hidden="true"><rect width="28" height="28" rx="6" '
    'fill="#11607c"/><path d="M5 12.5 14 5l9 7.5" fill="none" stroke="#fff" stroke-width="2" stroke-linecap="round" '
    'stroke-linejoin="round"/><path d="M14 11.5c0 5-2.2 8.8-5.5 11M14 14c.6 3.8 2.5 6.6 5.5 8.5" fill="none" '
    'stroke="#fff" stroke-width="2" stroke-linecap="round"/></svg>'
)
