"""待办 — queries over verifications, questions and batches; nothing is stored."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Min, Q
from django.urls import reverse

from renjia.records.intake.models import Batch, BatchState
from renjia.work.births.deadlines import CALENDAR, group_of, left_text
from renjia.work.births.expected_views import flagged_now
from renjia.work.births.models import AuditedLink, CaseEvent, EventKind, Question, Verification


@dataclass(frozen=True)
class Todo:
    """一件待办 — what, where, how many, by when, and where to do it."""

    text: str
    scope: str
    count: int
    due: date | None
    url: str
    verb: str

    def row(self, today: date) -> dict[str, Any]:
        left, late = left_text(self.due, today) if self.due else ("不限", False)
        return {"text": self.text, "scope": self.scope, "count": self.count, "due": self.due, "left_text": left,
                "late": late, "url": self.url, "verb": self.verb}  # fmt: skip


def grouped(todos: list[Todo], today: date) -> list[dict[str, Any]]:
    """按截止先后分组 — late first; those without a deadline last."""
    order = ("已超期", "今天截止", "本周内", "之后", "不限期")
    groups: dict[str, list[Todo]] = {}
    for todo in todos:
        groups.setdefault(group_of(todo.due, today) if todo.due else "不限期", []).append(todo)
    return [
        {"label": label, "late": label == "已超期", "count": sum(t.count for t in groups[label]),
         "rows": [t.row(today) for t in sorted(groups[label], key=lambda t: (t.due or date.max, t.text))]}
        for label in order
        if label in groups
    ]  # fmt: skip


def verification_todos(place_word: str) -> list[Todo]:
    """待核实 — by month and deadline."""
    url = reverse("births:verifications")
    waiting = Verification.objects.open()
    if place_word == "街镇":  # what streets sent up is a line of its own
        waiting = waiting.filter(escalated=False)
    rows = waiting.values("month", "due").annotate(n=Count("id"), places=Count("place", distinct=True))
    todos = [
        Todo(
            f"{r['month']} 批次出生个案核实",
            f"{r['places']} 个{place_word}",
            r["n"],
            r["due"],
            f"{url}?month={r['month']}",
            "核实",
        )
        for r in rows.order_by("due", "month")
    ]
    offered = Verification.objects.exclude(offered_to="").aggregate(n=Count("id"), due=Min("due"))
    if offered["n"]:
        todos.append(
            Todo("转办待接收", "转给本街镇或已转出", offered["n"], offered["due"], f"{url}?view=offered", "处理")
        )
    sampled = Verification.objects.filter(sampled=True, second_at__isnull=True).exclude(result="").count()
    if sampled and place_word == "居村":
        todos.append(Todo("抽查复看", "办结的按 5% 抽出", sampled, None, f"{url}?view=sampled", "复看"))
    return todos


def district_todos() -> list[Todo]:
    """区的待办 — questions, batches to accept, what streets sent up, what has no neighbourhood."""
    todos = []
    waiting = Question.objects.waiting().count()
    if waiting:
        todos.append(Todo("比对复核：是不是同一个孩子", "全区", waiting, None, reverse("births:reviews"), "复核"))
    drawn = AuditedLink.objects.waiting().count()
    if drawn:
        todos.append(Todo("比对抽查：合得对不对", "随机抽出", drawn, None, reverse("births:audits"), "判断"))
    for batch in Batch.objects.filter(state=BatchState.CHECKED):
        todos.append(
            Todo(
                f"收件待入库：{batch.filename}",
                batch.month,
                batch.rows,
                None,
                reverse("intake:batch", args=[batch.pk]),
                "入库",
            )
        )
    month, outside = flagged_now()
    if outside:
        todos.append(
            Todo(
                "出生来得反常的街镇",
                f"{month} 出生",
                outside,
                None,
                f"{reverse('births:expected')}?month={month}",
                "查看",
            )
        )
    raised = Verification.objects.open().filter(escalated=True).aggregate(n=Count("id"), due=Min("due"))
    if raised["n"]:
        todos.append(
            Todo("街镇上报的个案", "上报区级", raised["n"], raised["due"], reverse("births:verifications"), "查看")
        )
    return todos


def since(moment: Any) -> list[dict[str, Any]]:
    """近一天的变化 — within what the scope may see."""
    url = reverse("births:verifications")
    changes: list[dict[str, Any]] = []
    for batch in Batch.objects.filter(received_at__gte=moment).order_by("-received_at")[:6]:
        whole = {BatchState.REFUSED: "整件退回", BatchState.WITHDRAWN: "已撤回"}
        what = whole.get(BatchState(batch.state)) or f"{batch.rows:,} 行，退回 {batch.returned} 行"
        text = f"收到 {batch.month} {batch.filename}，{what}"
        changes.append({"at": batch.received_at, "text": text, "url": reverse("intake:batch", args=[batch.pk])})
    events = (
        CaseEvent.objects.filter(at__gte=moment)
        .values("kind")
        .annotate(n=Count("id"), at=Min("at"))
        .filter(
            Q(kind__in=[EventKind.ISSUED, EventKind.ANSWERED, EventKind.RETURNED, EventKind.MOVED, EventKind.MERGED])
        )
    )
    for row in events:
        changes.append({"at": row["at"], "text": f"{EventKind(row['kind']).label} {row['n']:,} 件", "url": url})
    return sorted(changes, key=lambda c: c["at"], reverse=True)


def soon(today: date) -> date:
    """快要超期的界线 — three working days ahead."""
    return CALENDAR.add_working_days(today, 3)
