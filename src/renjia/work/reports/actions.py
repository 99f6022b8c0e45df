"""出通报、结账 — papers written aside and renamed; a closed month keeps what it said."""

from pathlib import Path

from django.db import transaction
from django.utils import timezone

from renjia.engine.units import Month
from renjia.measure.snapshot.installed import opened, workset, write_workset
from renjia.records.audit.actions import record_event
from renjia.records.audit.models import Action
from renjia.records.store.databases import home
from renjia.records.store.scope import current
from renjia.work.births.actions import Refused
from renjia.work.births.workset import workset_tables
from renjia.work.reports.bulletin import Bulletin, make_bulletin
from renjia.work.reports.closing import compare, freeze, thaw
from renjia.work.reports.excel import write_excel
from renjia.work.reports.figures import BulletinFigures, Correction
from renjia.work.reports.gather import gather
from renjia.work.reports.models import Closing
from renjia.work.reports.paper import write_paper
from renjia.work.reports.word import write_word

KINDS = {"xlsx": write_excel, "docx": write_word, "pdf": write_paper}
DISTRICT = "310115"


def figures_of(month: Month, *, place: str = DISTRICT) -> BulletinFigures | None:
    """这个月现在的用数 — None while the working set is empty."""
    day = workset().latest()
    with opened(day) as con:
        if con is None or day is None:
            return None
        return gather(con, month, as_of=day, today=timezone.localdate(), place=place)


def corrections_of(month: Month, figures: BulletinFigures) -> tuple[Correction, ...]:
    """结账后的更正 — what the closed month said against what the records say now."""
    closed = Closing.objects.filter(month=str(month)).first()
    return tuple(compare(closed.figures, freeze(figures))) if closed else ()


def bulletin_of(month: Month, *, place: str = DISTRICT) -> Bulletin | None:
    """这个月的通报 — of now while the month is open; once closed, what it said then, with later corrections beside."""
    figures = figures_of(month, place=place)
    if figures is None:
        return None
    closed = Closing.objects.filter(month=str(month)).first()
    return make_bulletin(_with(thaw(closed.figures), corrections_of(month, figures)) if closed else figures)


def _with(figures: BulletinFigures, corrections: tuple[Correction, ...]) -> BulletinFigures:
    values = {name: getattr(figures, name) for name in figures.__slots__}
    return BulletinFigures(**values | {"corrections": corrections})


def paper_path(month: Month, kind: str) -> Path:
    """通报文件 — one of xlsx, docx, pdf."""
    return home() / "bulletins" / str(month) / f"出生监测月报-{month}.{kind}"


def write_bulletin(*, month: Month, place: str = DISTRICT) -> list[Path]:
    """出通报 — Excel, Word and PDF from one value; each file is whole or absent."""
    bulletin = bulletin_of(month, place=place)
    if bulletin is None:
        return []
    papers = []
    for kind, write in KINDS.items():
        path = paper_path(month, kind)
        path.parent.mkdir(parents=True, exist_ok=True)
        aside = path.with_name(f".{path.name}")
        aside.write_bytes(write(bulletin))
        aside.rename(path)
        papers.append(path)
    return papers


@transaction.atomic
def close_month(*, month: Month, by: str = "", place: str = DISTRICT) -> Closing:
    """结账 — stores the month's figures with their definitions' versions, once and for ever."""
    closed = Closing.objects.filter(month=str(month)).first()
    if closed is not None:
        raise Refused(
            f"{month} 已于 {timezone.localtime(closed.closed_at):%Y-%m-%d} 结账，不能再结；以后的更正列在旁边。"
        )
    if month >= Month.of(timezone.localdate()):
        raise Refused(f"{month} 还没有过完，不能结账。")
    day = max(filter(None, (month.last, workset().latest())))
    write_workset(on=day, tables=workset_tables(as_of=day))  # close what is known now, not what the last refresh knew
    figures = figures_of(month, place=place)
    if figures is None or not figures.district_totals.issued:
        raise Refused(f"{month} 还没有下发过核实，没有可结的数。请先跑这个月。")
    closed = Closing.objects.create(
        month=str(month), place=place, closed_by=by or current().name, figures=freeze(figures)
    )
    record_event(action=Action.CHANGE, case_ref=str(month), fields="结账")
    write_bulletin(month=month, place=place)
    return closed
