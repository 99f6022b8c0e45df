"""renjia check — every definition page read, every case on them run, models and migrations agreeing."""

from collections.abc import Iterator
from warnings import catch_warnings, simplefilter

import typer
from django.core.management import call_command

from renjia.engine import rules as law
from renjia.engine import scoring
from renjia.engine.linkage import rules
from renjia.engine.pages import PageError, load_pages
from renjia.measure.indicators import all_indicators, facts, run_cases
from renjia.records.intake import load_feeds

KINDS = ("feed", "refusal", "survivorship", "indicator", "standard", "scheme", "leave", "locality", "wording")
WORTH_FAILING = ("full_marks", "fact_without_item", "item_without_facts")


def check() -> None:
    """检查定义页、页上的例题、迁移是否与模型一致；不连数据库。"""
    try:
        pages = [page for kind in KINDS for page in load_pages(kind)]
        known = (
            load_feeds(),
            rules(),
            facts(),
            law.check_pages(),
            [scoring.load_rubric(id) for id in scoring.rubric_ids()],
        )
        wrong = [*_indicators(), *_schemes(), *_leaves(), *_rubrics()]
    except (PageError, scoring.ScoringError) as broken:
        typer.echo(str(broken))
        raise typer.Exit(2) from broken
    for line in wrong:
        typer.echo(line)
    if wrong:
        raise typer.Exit(2)
    call_command("check", verbosity=0)
    with catch_warnings():
        simplefilter("ignore")  # no server is needed to compare models with migrations
        call_command("makemigrations", check=True, dry_run=True, verbosity=0)
    feeds, survivorship, vocabulary, schemes, rubrics = known
    typer.echo(
        f"定义页 {len(pages)} 页，来源 {len(feeds)} 个，取值规则 {len(survivorship)} 条，事实 {len(vocabulary)} 个，"
        f"项目 {len(schemes)} 版，考核表 {len(rubrics)} 份：都通过，页上的例题都相符。"
    )


def _indicators() -> Iterator[str]:
    for page in all_indicators(subject=None):
        yield from (f"指标例题不符：{run}" for run in run_cases(page) if not run.passed)


def _schemes() -> Iterator[str]:
    for scheme in law.schemes():
        yield from (f"项目例题不符：{run}" for run in law.run_cases(scheme) if not run.passed)


def _leaves() -> Iterator[str]:
    for page, case, wanted, found in law.run_leave_cases():
        yield f"假期例题不符：{page}「{case}」应为 {wanted}，算得 {found}"


def _rubrics() -> Iterator[str]:
    for id in scoring.rubric_ids():
        rubric = scoring.load_rubric(id)
        yield from (
            f"考核表例题不符：{id} {fault.page}「{fault.name}」{fault.what}" for fault in scoring.run_cases(rubric)
        )
        yield from (
            f"考核表 {id}：{one.where} {one.what}；{one.remedy}"
            for one in scoring.check(rubric)
            if one.kind in WORTH_FAILING
        )
