"""renjia months — the demo's six months, run beside its pages; what was run is found done."""

from rich.console import Console

from renjia.front.commands.cycle import show
from renjia.front.commands.demo import write_files
from renjia.front.commands.progress import bars
from renjia.front.running.demo import SEED, compare_with_truth, enter_facts, run_months
from renjia.front.running.showcase import examples, show_engines
from renjia.records.store.databases import ensure
from renjia.work.births.actions import Refused
from renjia.work.tasks.actions import fail_run, finish_run, queue_run, start_run
from renjia.work.tasks.models import Run, RunKind, RunState
from renjia.work.tasks.progress import watched


def months() -> None:
    """演示数据：跑六个月，打印每月结果和与真值的对照。"""
    console = Console()
    ensure()
    done = Run.objects.filter(kind=RunKind.DEMO, state=RunState.DONE).first()
    if done is not None:
        console.print(f"六个月上次已跑完。{done.message}")
        return
    run = queue_run(kind=RunKind.DEMO, by="演示")
    start_run(run_id=run.pk)
    try:
        folder = write_files(console)
        with bars(console) as seen, watched(run.pk) as tell:
            month = ""

            def told(stage: str, done: int, total: int) -> None:
                seen(f"{month} {stage}".strip(), done, total)
                tell(f"{month} {stage}".strip(), done, total)

            for report in run_months(folder, told):
                month = str(report.month)
                show(console, report)
        enter_facts()
        agreement = compare_with_truth(folder)
        text = f"与真值对照：跨来源记录对 {agreement.pairs:,}，查准率 {agreement.precision:.4%}，查全率 {agreement.recall:.4%}"
        finish_run(run_id=run.pk, message=text)
        console.print(f"[bold]{text}[/bold]")
        console.print(f"再把每个引擎各跑一个例子，写在 {examples()}：")
        for name, path, said in show_engines(SEED):
            console.print(f"  {name}：{said}（{path.relative_to(examples())}）", markup=False, highlight=False)
    except Refused as refused:
        fail_run(run_id=run.pk, message=str(refused))
        raise
