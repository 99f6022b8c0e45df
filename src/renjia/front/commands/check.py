"""renjia check — every definition page read, every indicator's cases run, models and migrations agreeing."""

from warnings import catch_warnings, simplefilter

import typer
from django.core.management import call_command

from renjia.engine.linkage import rules
from renjia.engine.pages import PageError, load_pages
from renjia.measure.indicators import all_indicators, facts, run_cases
from renjia.records.intake import load_feeds

KINDS = ("feed", "refusal", "survivorship", "indicator", "standard")


def check() -> None:
    """检查定义页、指标例题、迁移是否与模型一致；不连数据库。"""
    try:
        pages = [page for kind in KINDS for page in load_pages(kind)]
        known = load_feeds(), rules(), facts()
        runs = [run for page in all_indicators() for run in run_cases(page)]
    except PageError as wrong:
        typer.echo(str(wrong))
        raise typer.Exit(2) from wrong
    failed = [run for run in runs if not run.passed]
    for run in failed:
        typer.echo(f"例题不符：{run}")
    if failed:
        raise typer.Exit(2)
    call_command("check", verbosity=0)
    with catch_warnings():
        simplefilter("ignore")  # no server is needed to compare models with migrations
        call_command("makemigrations", check=True, dry_run=True, verbosity=0)
    typer.echo(
        f"定义页 {len(pages)} 页，来源 {len(known[0])} 个，取值规则 {len(known[1])} 条，事实 {len(known[2])} 个：都通过。"
    )
    typer.echo(f"指标例题 {len(runs)} 道：都通过。")
