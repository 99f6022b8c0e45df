"""进度条 — what a command shows while it works, on the terminal it speaks to."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

QUIET_SECONDS = 2.0  # a bar for shorter work only flickers


class Told(Protocol):
    """报进度 — how much of a stage is done, and what just now."""

    def __call__(self, stage: str, done: int, whole: int, what: str = "") -> None: ...


@contextmanager
def bars(console: Console) -> Iterator[Told]:
    """一步一条 — a bar a stage once the work has lasted two seconds; gone when it is done."""
    columns = (TextColumn("{task.description:　<6}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    progress = Progress(*columns, console=console, transient=True)
    tasks: dict[str, TaskID] = {}
    begun = time.monotonic()

    def told(stage: str, done: int, whole: int, what: str = "") -> None:
        if time.monotonic() - begun < QUIET_SECONDS:
            return
        progress.start()
        if stage not in tasks:
            tasks[stage] = progress.add_task(stage, total=whole)
        description = f"{stage}：{what}" if what else stage
        progress.update(tasks[stage], description=description, completed=done, total=whole)

    try:
        yield told
    finally:
        progress.stop()
