"""不收 — what is wrong with a table of facts; all of it at once, each with street, fact, value and what to do."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """一处不对 — place, fact, value as written ('' where there is none); row as Excel counts it (0 = the whole file)."""

    reason: str
    remedy: str
    place: str = ""
    fact: str = ""
    value: str = ""
    row: int = 0

    def __str__(self) -> str:
        where = f"第 {self.row} 行" if self.row else ""
        where += f"「{self.place}」" if self.place else ""
        where += f"「{self.fact}」" if self.fact else ""
        value = f"写的是「{self.value[:40]}」" if self.value else ""
        said = "：".join(part for part in (where + value, self.reason) if part)
        return f"{said}；{self.remedy}"


class Faults(Exception):
    """不能评分 — nothing is scored and nothing written; `faults` say why."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(map(str, self.faults)))
