"""问题 — what is wrong in a file or a row: where, why, what to do; and the refusal of a whole file."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

Severity = Literal["refuse_file", "return_row", "warn"]
REFUSE: Severity = "refuse_file"
RETURN: Severity = "return_row"
WARN: Severity = "warn"


@dataclass(frozen=True, slots=True)
class Problem:
    """一个问题 — file; row as Excel counts (0 = the file); column as the file names it ('' = the row); value as sent.

    `value` may name a person: it is sealed with the row, never logged.
    """

    file: str
    row: int
    column: str
    value: str
    reason: str
    remedy: str
    severity: Severity

    def __str__(self) -> str:
        place = f"第 {self.row} 行" if self.row else ""
        column = f"「{self.column}」" if self.column else ""
        shown = self.value if len(self.value) <= 40 else self.value[:40] + "…"
        value = f"{shown} " if self.value else ""
        return f"{self.file} {place}{column}{value}{self.reason}；{self.remedy}"


@dataclass(frozen=True, slots=True)
class Option:
    """一个可选项 — an answer a person may give: put `value` into `Choice.<asks>`; preview: the first rows read so."""

    asks: Literal["encoding", "sheet", "header_row", "delimiter", "feed", "mapping"]
    value: str
    label: str
    preview: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """人工选定 — what a person said where the file is not plain; None = find it out.

    encoding: utf-8, gb18030, utf-16-le, utf-16-be, big5; header_row: as Excel counts; feed: a feed's id;
    mapping: column as the file names it → canonical field ('' = leave it out).
    """

    encoding: str | None = None
    sheet: str | None = None
    header_row: int | None = None
    delimiter: str | None = None
    feed: str | None = None
    mapping: dict[str, str] = field(default_factory=dict)


class Refusal(Exception):
    """整件不收 — nothing of the file is taken; `problems` say why, `options` what a person may choose to go on."""

    def __init__(self, problems: Iterable[Problem], options: Sequence[Option] = ()) -> None:
        self.problems = tuple(problems)
        self.options = tuple(options)
        super().__init__("\n".join(str(problem) for problem in self.problems))


def refuse(
    file: str,
    reason: str,
    remedy: str,
    *,
    row: int = 0,
    column: str = "",
    value: str = "",
    options: Sequence[Option] = (),
) -> Refusal:
    """整件退回 — a Refusal with one problem, ready to raise."""
    return Refusal([Problem(file, row, column, value, reason, remedy, REFUSE)], options)
