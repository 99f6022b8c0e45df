"""并行 — a few jobs at once on the machine's cores; numpy and Arrow leave the interpreter free while they work.

Results come in the order of the jobs, whichever ends first.
"""

import ctypes
import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import pyarrow as pa

Item = TypeVar("Item")
Result = TypeVar("Result")
# More threads than this only wait for the interpreter.
_MOST = 4
# Of mallopt(3): after how many pieces memory is no longer asked for piece by piece, when it is given back, how much at once.
_MMAP_MAX, _TRIM_THRESHOLD, _TOP_PAD = -4, -1, -2


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


def keep_freed_memory() -> None:
    """留用内存 — for a program that makes one large calculation and ends: what is freed is used again, not given back.

    A million pages fewer to be cleared; for a server it would be wrong. Does nothing where the C library is not glibc.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        for option, value in ((_MMAP_MAX, 0), (_TRIM_THRESHOLD, (1 << 31) - 1), (_TOP_PAD, 1 << 28)):
            mallopt(option, value)
        pa.set_memory_pool(pa.system_memory_pool())
