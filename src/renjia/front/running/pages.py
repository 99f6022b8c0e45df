"""页面材料 — static files gathered once for the web server, again only when they changed."""

import hashlib
from pathlib import Path

from django.conf import settings
from django.core.management import call_command

from renjia.records.store.databases import home

STATIC = Path(__file__).resolve().parents[1] / "static"


def _stamp() -> str:
    marks = sorted(
        f"{p.relative_to(STATIC)}:{p.stat().st_size}:{p.stat().st_mtime_ns}" for p in STATIC.rglob("*") if p.is_file()
    )
    return hashlib.sha256("\n".join(marks).encode()).hexdigest()


def collect() -> None:
    """收集 — into the installation's home, under names that carry their content's digest."""
    mark, now = home() / "static.stamp", _stamp()
    if Path(settings.STATIC_ROOT).exists() and mark.exists() and mark.read_text() == now:
        return
    call_command(
        "collectstatic", verbosity=0, interactive=False, clear=True, ignore_patterns=["papers", "CVS", ".*", "*~"]
    )
    mark.write_text(now)
