"""后台作业 — what the worker does: a month asked for on a page, files left in the folder, what a dead worker left."""

from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.jobs import Status

from renjia.engine.units import Month
from renjia.front.running.folder import sweep
from renjia.front.running.month import DISTRICT, refresh, run_month
from renjia.work.births.actions import Refused
from renjia.work.tasks.actions import fail_run, finish_run, start_run
from renjia.work.tasks.progress import watched


@app.task(queue="month", lock="month", pass_context=False)
def month_job(run_id: str, month: str) -> None:
    """跑一个月 — on what has been accepted; safe to run again after a crash."""
    pk = UUID(run_id)
    start_run(run_id=pk)
    try:
        with watched(pk) as progress:
            report = run_month(Month.parse(month), folder=None, on=timezone.localdate(), progress=progress)
    except Refused as refused:
        fail_run(run_id=pk, message=str(refused))
        return
    except Exception:
        connection.close()
        fail_run(run_id=pk, message="处理时出了错，什么也没有改动。请再运行一次；仍不行请告知系统管理员。")
        raise
    o = report.outcome
    finish_run(
        run_id=pk,
        message=f"个案 {o.cases:,} 个，新建 {o.created:,}，变动 {o.changed:,}，待复核 {o.questions:,}；下发核实 {report.issued:,} 件",
    )


@app.periodic(cron="*/1 * * * *", periodic_id="folder")
@app.task(queue="month", queueing_lock="folder", lock="month")
def folder_job(timestamp: int) -> None:
    """收件文件夹 — files put under <home>/incoming/<month>/ are received."""
    sweep(DISTRICT)


@app.periodic(cron="*/15 * * * *", periodic_id="workset")
@app.task(queue="month", queueing_lock="workset", lock="month")
def workset_job(timestamp: int) -> None:
    """判定库 — brought up to the answers of the last quarter of an hour."""
    refresh()


@app.periodic(cron="*/1 * * * *", periodic_id="stalled")
@app.task(queue="care", queueing_lock="stalled", pass_context=True)
async def retry_stalled(context: Any, timestamp: int) -> None:
    """接着做 — jobs whose worker died are taken up again.

    One that comes round by itself is ended instead: its next is queued already and waits for the lock this one holds.
    """
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=30):
        if job.queueing_lock:
            await app.job_manager.finish_job(job, Status.ABORTED, delete_job=False)
        else:
            await app.job_manager.retry_job(job)
