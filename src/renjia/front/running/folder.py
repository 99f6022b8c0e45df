"""收件文件夹 — a department's system puts a file there; it is received as if sent by hand, then moved aside."""

from pathlib import Path

from renjia.engine.units import Month
from renjia.front.running.month import PURPOSE
from renjia.records.intake.actions import receive_file
from renjia.records.intake.models import Batch, Via
from renjia.records.store.databases import home
from renjia.records.store.scope import scope, system_scope


def sweep(district: str) -> list[Batch]:
    """扫一遍 — `<home>/incoming/<month>/<file>`; received files go to `received/`, whatever became of them."""
    incoming = home() / "incoming"
    batches = []
    for path in sorted(incoming.glob("*/*")) if incoming.is_dir() else []:
        month = _month(path.parent.name)
        if month is None or not path.is_file() or path.name.startswith("."):
            continue
        with scope(system_scope(PURPOSE, "收件文件夹")):
            batches.append(
                receive_file(data=path.read_bytes(), filename=path.name, month=month, via=Via.FOLDER, place=district)
            )
        aside = home() / "received" / path.parent.name
        aside.mkdir(parents=True, exist_ok=True)
        path.rename(_free(aside / path.name))
    return batches


def _month(name: str) -> Month | None:
    try:
        return Month.parse(name)
    except ValueError:
        return None


def _free(path: Path) -> Path:
    """A name not yet taken: 文件.xlsx, 文件-2.xlsx …"""
    count = 1
    found = path
    while found.exists():
        count += 1
        found = path.with_stem(f"{path.stem}-{count}")
    return found
