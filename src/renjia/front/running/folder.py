"""收件文件夹 — a department's system puts a file there; it is received as if sent by hand, then removed: the sealed
store holds it, and what may not be held is nowhere."""

from time import time

from renjia.engine.units import Month
from renjia.front.running.month import PURPOSE
from renjia.records.intake.actions import receive_file
from renjia.records.intake.models import Batch, Via
from renjia.records.store.databases import home
from renjia.records.store.scope import scope, system_scope

STILL_BEING_WRITTEN = 60  # seconds since the last byte


def sweep(district: str) -> list[Batch]:
    """扫一遍 — `<home>/incoming/<month>/<file>`; a file still being written is left for the next time."""
    incoming = home() / "incoming"
    batches = []
    for path in sorted(incoming.glob("*/*")) if incoming.is_dir() else []:
        month = _month(path.parent.name)
        if month is None or not path.is_file() or path.name.startswith("."):
            continue
        if time() - path.stat().st_mtime < STILL_BEING_WRITTEN:
            continue
        with scope(system_scope(PURPOSE, "收件文件夹")):
            batches.append(
                receive_file(data=path.read_bytes(), filename=path.name, month=month, via=Via.FOLDER, place=district)
            )
        path.unlink()  # the sealed store holds what may be held; nothing lies about in the clear
    return batches


def _month(name: str) -> Month | None:
    try:
        return Month.parse(name)
    except ValueError:
        return None
