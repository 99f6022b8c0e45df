"""首页 — today's work by role: what must be done, what is about to be late, what changed, where we stand."""

from datetime import date, timedelta
from typing import Any

from django.db.models import Count
from django.db.models.functions import TruncDate
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from renjia.front.tiles import TILES
from renjia.measure.indicators import format_value
from renjia.records.accounts.models import Account, Grant, Role
from renjia.records.audit.models import Access, Action
from renjia.records.intake.models import Batch
from renjia.records.store.databases import home as folder
from renjia.records.store.doors import ScopedRequest
from renjia.work.appraisal.block import latest
from renjia.work.appraisal.views import blocks_at, known_months, row_of
from renjia.work.births.expected_views import street_block
from renjia.work.births.masked import list_looks, place_names
from renjia.work.births.models import Verification
from renjia.work.births.views import verification_rows
from renjia.work.births.worklists import Todo, district_todos, grouped, since, soon, verification_todos
from renjia.work.reports.board import RATE_LABELS, RATES, Board, StreetLine, board, step_of
from renjia.work.tasks.models import Run, RunState

TARGETS = {"completion_rate": "≥ 99%", "timeliness_rate": "≥ 95%", "unverifiable_share": "≤ 3%"}
LEGEND = ((4, "99 及以上（达标）"), (3, "95–99"), (2, "90–95"), (1, "85–90"), (0, "85 以下或没有应核实的"))


def _four(todos: list[Todo], today: date, found: Board | None) -> list[dict[str, Any]]:
    late = sum(t.count for t in todos if t.due and t.due < today)
    near = sum(t.count for t in todos if t.due and today <= t.due <= soon(today))
    fresh = since(timezone.now() - timedelta(days=1))
    met = [found.whole.met(r) for r in RATES] if found else []
    return [
        {"label": "今天要办的", "number": sum(t.count for t in todos), "unit": "件",
         "why": f"{late:,} 件已超期" if late else "没有超期的", "late": bool(late), "url": "#todo"},
        {"label": "快要超期", "number": near, "unit": "件", "why": "三个工作日以内截止", "late": False, "url": "#todo"},
        {"label": "昨天以来", "number": len(fresh), "unit": "项变化", "why": fresh[0]["text"] if fresh else "没有变化", "late": False,
         "url": "#since"},
        {"label": "对照全年目标", "number": sum(m is True for m in met), "unit": f"/ {len(met)} 项达标",
         "why": _short(met) or (f"{found.month} 批次" if found else "还没有结果"), "late": any(m is False for m in met), "url": "#targets"},
    ]  # fmt: skip


def _short(met: list[bool | None]) -> str:
    """未达标的几项 — the one line under the number; silent when nothing falls short."""
    short = sum(m is False for m in met)
    return f"{short} 项未达标" if short else ""


def _targets(line: StreetLine | None) -> list[dict[str, Any]]:
    rows = []
    for rate in RATES:
        figure = line.rates.get(rate) if line else None
        value = float(figure.value) if figure and figure.value is not None else None
        met = line.met(rate) if line else None
        target = float(figure.target) if figure and figure.target is not None else 0.0
        wide = 100.0 if rate != "unverifiable_share" else 10.0
        rows.append(
            {"label": RATE_LABELS[rate], "target_text": TARGETS[rate], "value_text": format_value(figure) if figure else "—",
             "percent": min(100.0, 100 * value / wide) if value is not None else 0, "tick": min(100.0, 100 * target / wide),
             "state_label": "没有应核实的" if value is None else "达标" if met else "未达标", "late": met is False,
             "url": reverse("indicators:one", args=[rate])}
        )  # fmt: skip
    return rows


def _tiles(found: Board | None) -> list[dict[str, Any]]:
    lines = {line.code: line for line in found.streets} if found else {}
    tiles = []
    for code, (column, row, name) in TILES.items():
        line = lines.get(code)
        figure = line.rates["completion_rate"] if line else None
        tiles.append(
            {"name": name, "col": column, "row": row, "value_text": format_value(figure).removesuffix("%") if figure else "—",
             "step": step_of(figure) if figure else 0, "late_count": line.late if line else 0,
             "url": f"{reverse('indicators:one', args=['completion_rate'])}#s{code}"}
        )  # fmt: skip
    return tiles


def _table(lines: tuple[StreetLine, ...]) -> list[dict[str, Any]]:
    return [
        {"code": s.code, "street": s.name, "issued": s.issued, "done": s.done, "open": s.open, "late": s.late,
         "completion": s.text("completion_rate"), "timeliness": s.text("timeliness_rate"),
         "unverifiable": s.text("unverifiable_share"), "met": s.met("completion_rate")}
        for s in lines
    ]  # fmt: skip


def _shared(todos: list[Todo], line: StreetLine | None, found: Board | None) -> dict[str, Any]:
    today = timezone.localdate()
    return {
        "four": _four(todos, today, found),
        "todo": grouped(todos, today),
        "since": since(timezone.now() - timedelta(days=1)),
        "targets": _targets(line),
        "runs": list(Run.objects.filter(state__in=(RunState.QUEUED, RunState.RUNNING))),
        "board": found,
        "chart": _chart(found) if found else None,
        "trend_table": found.trend if found else (),
    }


def _chart(found: Board) -> dict[str, Any]:
    return {
        "kind": "line", "unit": "人", "labels": [m for m, _ in found.trend],
        "series": [{"name": "出生数", "values": [n for _, n in found.trend]}],
    }  # fmt: skip


def _appraised(within: str) -> list[dict[str, Any]]:
    """考核得分 — the streets that have lost most in 出生监测 this year, or the one that asks."""
    through = latest(known_months())
    rows = [row_of(one) for one in blocks_at(through, within)] if through else []
    rows.sort(key=lambda row: (-row["deducted"], row["code"]))
    return rows if len(within) == 9 else [row for row in rows if row["deducted"]][:8]


def district(request: ScopedRequest) -> HttpResponse:
    found = board(None, timezone.localdate())
    todos = district_todos() + verification_todos("街镇")
    behind = sorted((s for s in found.streets if s.open), key=lambda s: (-s.late, -s.open))[:8] if found else []
    whole = found.whole if found else None
    return render(
        request,
        "home/district.html",
        _shared(todos, whole, found)
        | {
            "behind": _table(tuple(behind)),
            "tiles": _tiles(found),
            "tile_legend": [{"step": step, "label": label} for step, label in LEGEND],
            "tile_table": _table(found.streets) if found else [],
            "whole": _table((whole,))[0] if whole else None,
            "appraised": _appraised(request.scope.places[0]),
        },
    )


def street(request: ScopedRequest) -> HttpResponse:
    found = board(None, timezone.localdate())
    code = request.scope.places[0]
    line = next((s for s in found.streets if s.code == code), None) if found else None
    near = list(
        Verification.objects.open().filter(due__lte=soon(timezone.localdate())).select_related("case").by_deadline()[:8]
    )
    list_looks(v.case for v in near)
    return render(
        request,
        "home/street.html",
        _shared(verification_todos("居村"), line, found)
        | {
            "near": verification_rows(near),
            "places": _by_place(),
            "appraised": _appraised(code),
            "expected": street_block(code),
        },
    )


def _by_place() -> list[dict[str, Any]]:
    """各居村 — open and late, counted where they are seen."""
    rows = Verification.objects.open().values("place").annotate(n=Count("id")).order_by("-n")[:12]
    late = dict(
        Verification.objects.open().filter(due__lt=timezone.localdate()).values_list("place").annotate(n=Count("id"))
    )
    names = place_names(r["place"] for r in rows)
    url = reverse("births:verifications")
    return [
        {
            "name": names.get(r["place"], "居村不明"),
            "open": r["n"],
            "late": late.get(r["place"], 0),
            "url": f"{url}?place={r['place']}",
        }
        for r in rows
    ]


def neighbourhood(request: ScopedRequest) -> HttpResponse:
    today = timezone.localdate()
    waiting = list(Verification.objects.open().select_related("case").by_deadline()[:60])
    list_looks(v.case for v in waiting)
    done = Verification.objects.filter(done_account=request.scope.account, done_at__date=today)
    rows = verification_rows(waiting)
    return render(
        request,
        "home/neighbourhood.html",
        {
            "done": done.count(), "total": done.count() + len(rows), "late": [r for r in rows if r["late"]],
            "today": [r for r in rows if r["due"] == today], "soon": [r for r in rows if r["due"] > today],
            "today_date": today,
        },
    )  # fmt: skip


def hospital(request: ScopedRequest) -> HttpResponse:
    batches = list(Batch.objects.annotate(problem_count=Count("problems"))[:20])
    return render(request, "home/hospital.html", {"batches": batches})


def auditor(request: ScopedRequest) -> HttpResponse:
    month_ago = timezone.now() - timedelta(days=30)
    rows = (
        Access.objects.filter(at__gte=month_ago)
        .annotate(day=TruncDate("at"))
        .values("day", "role")
        .annotate(n=Count("id"))
    )
    reveals = (
        Access.objects.filter(at__gte=month_ago, action=Action.REVEAL)
        .values("who")
        .annotate(n=Count("id"))
        .order_by("-n")[:10]
    )
    roles = dict(Role.choices) | {"system": "系统作业", "": "登录、退出"}
    by_day = [
        {"day": r["day"], "role": roles.get(r["role"], r["role"]), "count": r["n"]}
        for r in rows.order_by("-day", "role")
    ]
    return render(request, "home/auditor.html", {"by_day": by_day[:60], "reveals": list(reveals)})


def security(request: ScopedRequest) -> HttpResponse:
    soon_over = timezone.localdate() + timedelta(days=30)
    expiring = Grant.objects.in_force().filter(until__lte=soon_over).select_related("account", "place")
    return render(
        request,
        "home/security.html",
        {"accounts": Account.objects.count(), "active": Account.objects.filter(is_active=True).count(), "expiring": expiring,
         "without": Account.objects.filter(is_active=True).exclude(grants__in=Grant.objects.in_force())},
    )  # fmt: skip


def admin(request: ScopedRequest) -> HttpResponse:
    kept = [p.stat().st_size for p in (folder() / "files").rglob("*.sealed")]
    return render(
        request,
        "home/admin.html",
        {"runs": list(Run.objects.all()[:12]), "files_size": sum(kept), "files_count": len(kept)},
    )


HOMES = {
    Role.DISTRICT_MONITOR: district,
    Role.STREET_MONITOR: street,
    Role.NEIGHBOURHOOD_WORKER: neighbourhood,
    Role.MATERNITY_HOSPITAL: hospital,
    Role.AUDITOR: auditor,
    Role.SECURITY_ADMIN: security,
    Role.SYSTEM_ADMIN: admin,
}
