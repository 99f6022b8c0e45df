"""月报的样子 — tables, and sentences whose every figure is a cell of a table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from renjia.engine.units import Month
from renjia.work.reports.shown import Cell, Share, Signed, shown

Kind = Literal["text", "number"]


@dataclass(frozen=True, slots=True)
class Column:
    """一栏 — head (with its unit), text left or number right, relative width."""

    title: str
    kind: Kind = "number"
    width: float = 1.0


@dataclass(frozen=True, slots=True)
class Figure:
    """句中的数 — a cell of a table as a sentence uses it."""

    table: str
    row: str
    column: str
    text: str


@dataclass(frozen=True, slots=True)
class Table:
    """一张表 — rows of cells, each row with a key of its own, and a total row or none.

    `unit` stands over the table where the heads are too narrow for it.
    """

    id: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    keys: tuple[str, ...]
    total: tuple[Cell, ...] | None = None
    note: str = ""
    unit: str = ""

    def __post_init__(self) -> None:
        for row in (*self.rows, *([self.total] if self.total else [])):
            if len(row) != len(self.columns):
                raise ValueError(f"表「{self.title}」一行有 {len(row)} 格，应有 {len(self.columns)} 格")

    def cell(self, row: str, column: str) -> Cell:
        """取一格 — by row key (`total` for the total row) and column title."""
        at = [one.title for one in self.columns].index(column)
        if row == "total" and self.total is not None:
            return self.total[at]
        return self.rows[self.keys.index(row)][at]

    def at(self, row: str, column: str, *, size: bool = False) -> Figure:
        """引一格 — for a sentence; `size` drops the sign of a difference."""
        cell = self.cell(row, column)
        return Figure(self.id, row, column, cell.size if size and isinstance(cell, Signed) else shown(cell))


@dataclass(frozen=True, slots=True)
class Sentence:
    """一句话 — text and the cells its figures are."""

    text: str
    figures: tuple[Figure, ...] = ()


def say(*parts: str | Figure) -> Sentence:
    """造句 — words and figures in order; the figures write themselves."""
    return Sentence(
        "".join(part if isinstance(part, str) else part.text for part in parts),
        tuple(part for part in parts if isinstance(part, Figure)),
    )


@dataclass(frozen=True, slots=True)
class Chart:
    """趋势图 — bars from 0, one a month, the value printed on each; its table stands beside it."""

    title: str
    table: str
    points: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Section:
    """一节 — heading, sentences, chart, tables, remarks. A section without figures says so and has no empty table.

    Remarks explain how things are counted; they state no figure of the month.
    """

    heading: str
    sentences: tuple[Sentence, ...]
    tables: tuple[Table, ...] = ()
    chart: Chart | None = None
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Bulletin:
    """月报 — the one value Excel, Word and PDF are printed from."""

    title: str
    district: str
    month: Month
    as_of: date
    caution: str
    sections: tuple[Section, ...]

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        return tuple(sentence for section in self.sections for sentence in section.sentences)

    @property
    def tables(self) -> tuple[Table, ...]:
        return tuple(table for section in self.sections for table in section.tables)

    def table(self, id: str) -> Table:
        return next(table for table in self.tables if table.id == id)


def misses(cell: Cell) -> bool:
    """未达标 — whether every paper must mark this cell."""
    return isinstance(cell, Share) and cell.met is False
