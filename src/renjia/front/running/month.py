"""一个月 — the main job across the rooms: files in, cases, verifications, working set, figures, bulletin.

Each stage is one transaction, or files written aside and renamed; a stage done before is found done and changes nothing.
So a month may be killed anywhere and run again.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from django.db import connection

from renjia.engine.units import Month
from renjia.measure.snapshot.installed import workset, write_workset
from renjia.records.intake.actions import accept_batch, receive_file
from renjia.records.intake.models import Batch, BatchState, Via
from renjia.records.store.scope import scope, system_scope
from renjia.work.births.actions import Refused
from renjia.work.births.issue import issue_verifications
from renjia.work.births.reconcile import Outcome, reconcile
from renjia.work.births.workset import workset_tables
from renjia.work.reports.actions import write_bulletin
from renjia.work.tasks.actions import Progress

DISTRICT = "310115"
PURPOSE = "birth_verification"
STAGES = ("收件", "比对", "下发核实", "判定库", "通报")
_LOCK = 0x52454E4A  # one month at a time


@dataclass
class MonthReport:
    """一个月的结果 — what was received, what it became, what was asked, where the papers are."""

    month: Month
    batches: list[Batch] = field(default_factory=list)
    outcome: Outcome = field(default_factory=Outcome)
    issued: int = 0
    cleared: int = 0
    papers: list[Path] = field(default_factory=list)


@contextmanager
def only_one() -> Iterator[None]:
    """一次一个 — a second run waits its turn by being told to come later."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_lock(%s)", [_LOCK])
        if not cursor.fetchone()[0]:
            raise Refused("另一个月度处理正在进行，请等它做完再运行。")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("select pg_advisory_unlock(%s)", [_LOCK])


def files_of(folder: Path, month: Month) -> list[Path]:
    """这个月的文件 — `<folder>/<month>/*` where such a folder is, else the folder's own files."""
    if not folder.is_dir():
        raise Refused(f"没有文件夹 {folder}。请核对 --from 的路径。")
    inner = folder / str(month)
    found = sorted(
        p for p in (inner if inner.is_dir() else folder).iterdir() if p.is_file() and not p.name.startswith(".")
    )
    if not found:
        raise Refused(f"{inner if inner.is_dir() else folder} 里没有文件。请把 {month} 的来源文件放进去再运行。")
    return found


def run_month(
    month: Month, *, folder: Path | None, on: date, progress: Progress, district: str = DISTRICT
) -> MonthReport:
    """跑一个月 — `folder` None works on what has been accepted already (the pages' way)."""
    report = MonthReport(month)
    with only_one():
        if folder is not None:
            files = files_of(folder, month)
            for i, path in enumerate(files):
                progress("收件", i, len(files))
                report.batches.append(take_in(path, month, district))
            progress("收件", len(files), len(files))
        with scope(system_scope(PURPOSE, f"{month} 比对")):
            report.outcome = reconcile(district=district, progress=lambda s, i, n: progress("比对", i, n))
        progress("下发核实", 0, 1)
        with scope(system_scope(PURPOSE, f"{month} 下发核实")):
            report.issued, report.cleared = issue_verifications(month=month, on=on)
        progress("下发核实", 1, 1)
        report.papers = publish(month, progress)
    return report


def publish(month: Month, progress: Progress) -> list[Path]:
    """判定库与通报 — from what is held now, so into the latest day: what an earlier day said then stays as it was."""
    progress("判定库", 0, 1)
    with scope(system_scope("statistics", f"{month} 判定库")):
        on = _workset_day(month)
        write_workset(on=on, tables=workset_tables(as_of=on))
    progress("判定库", 1, 1)
    progress("通报", 0, 1)
    with scope(system_scope("statistics", f"{month} 通报")):
        papers = write_bulletin(month=month)
    progress("通报", 1, 1)
    return papers


def take_in(path: Path, month: Month, district: str) -> Batch:
    """收一个文件 — the good rows go in, the others are kept as problems to mend."""
    with scope(system_scope(PURPOSE, f"{month} 收件")):
        batch = receive_file(data=path.read_bytes(), filename=path.name, month=month, via=Via.COMMAND, place=district)
    if batch.state == BatchState.CHECKED:
        with scope(system_scope(PURPOSE, f"{month} 入库")):
            batch = accept_batch(batch_id=batch.pk)
    return batch


def _workset_day(month: Month) -> date:
    """判定库写到哪一天 — never before the latest there is: pages read the latest, so that is the day to bring up to now."""
    return max(filter(None, (month.last, (last_month() or month).last, workset().latest())))


def last_month() -> Month | None:
    """最近收到的月份 — of what has been accepted."""
    months = Batch.objects.filter(state=BatchState.ACCEPTED).order_by("-month").values_list("month", flat=True)
    latest = months.first()
    return Month.parse(latest) if latest else None


def refresh() -> None:
    """刷新判定库 — for the last month received, as of now; nothing where no month has been run."""
    with scope(system_scope("statistics", "刷新判定库")):
        month = last_month()
        if month is not None:
            on = _workset_day(month)
            write_workset(on=on, tables=workset_tables(as_of=on))
