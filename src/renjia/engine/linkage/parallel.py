"""并行 — a few jobs at once on the machine's cores; numpy and Arrow leave the interpreter free while they work.

Results come in the order of the jobs, whichever ends first.
"""

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")
# More threads than this only wait for the interpreter.
_MOST = 4


def threads() -> ThreadPoolExecutor:
    """线程池 — as many threads as there are cores, a few at most."""
    return ThreadPoolExecutor(min(os.cpu_count() or 1, _MOST))


def each(work: Callable[[Item], Result], items: Iterable[Item]) -> list[Result]:
    """逐个做 — the result of `work` on every item; the first failure is raised."""
    with threads() as pool:
        return list(pool.map(work, items))


def in_parts(work: Callable[[slice], None], count: int, size: int) -> None:
    """分段做 — `work` on every part of `count` entries, `size` at a time."""
    parts = [slice(at, min(at + size, count)) for at in range(0, count, size)]
    if len(parts) > 1:
        each(work, parts)
    elif parts:
        work(parts[0])
