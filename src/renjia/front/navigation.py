"""导航 — the fourteen lines of work, shown only where the role may do something."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from renjia.engine.units import mask_name
from renjia.records.accounts.models import Purpose, Role

D, S, N, H = Role.DISTRICT_MONITOR, Role.STREET_MONITOR, Role.NEIGHBOURHOOD_WORKER, Role.MATERNITY_HOSPITAL
A, SEC, SYS = Role.AUDITOR, Role.SECURITY_ADMIN, Role.SYSTEM_ADMIN

# label, icon, roles, children (label, url name, roles); a line without children opens its own page
LINES: tuple[tuple[str, str, tuple[tuple[str, str, tuple[str, ...]], ...]], ...] = (
    ("工作台", "layout-dashboard", (("工作台", "home", tuple(Role)),)),
    (
        "出生监测",
        "baby-carriage",
        (
            ("个案", "births:cases", (D, S)),
            ("核实", "births:verifications", (D, S, N)),
            ("比对复核", "births:reviews", (D,)),
            ("比对抽查", "births:audits", (D,)),
            ("漏报", "births:missed", (D,)),
            ("预期出生", "births:expected", (D, S)),
        ),
    ),
    ("统计研判", "chart-line", (("指标", "indicators:list", (D, S)), ("月报通报", "reports:list", (D, S)))),
    ("任务考核", "clipboard-check", (("评分", "appraisal:list", (D, S)),)),
    ("数据汇聚", "database-import", (("收件", "intake:list", (D, H)),)),
    (
        "管理",
        "settings",
        (
            ("区划", "places:list", (D, S, SEC, SYS)),
            ("账号", "accounts:list", (SEC,)),
            ("查阅记录", "audit:list", (A,)),
        ),
    ),
)


def _lines(role: str, path: str) -> list[dict[str, Any]]:
    lines = []
    for label, icon, pages in LINES:
        children = [
            {"label": name, "url": reverse(view), "on": _on(reverse(view), path), "count": None}
            for name, view, roles in pages
            if role in roles
        ]
        if children:
            single = len(pages) == 1
            lines.append(
                {
                    "label": label,
                    "icon": icon,
                    "url": children[0]["url"],
                    "on": any(c["on"] for c in children),
                    "count": None,
                    "children": [] if single else children,
                }
            )
    return lines


def _on(url: str, path: str) -> bool:
    return path == url if url == "/" else path.startswith(url)


def navigation(request: HttpRequest) -> dict[str, Any]:
    """导航与页眉 — what every signed-in page shows around its content."""
    asked = getattr(request, "scope", None)
    grant = getattr(request, "grant", None)
    if asked is None or not request.user.is_authenticated:
        return {}
    purpose = dict(Purpose.choices).get(asked.purpose, "")
    return {
        "nav": _lines(asked.role, request.path),
        "here": {
            "place": asked.place_name,
            "purpose": purpose,
            "today": timezone.localdate(),
            "officer": mask_name(request.user.name),
            "unit": grant.get_role_display() if grant else "没有在期授权",
            "role": asked.role,
        },
    }
