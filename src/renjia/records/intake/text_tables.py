"""文本表格 — CSV as departments write it: delimiter found, quotes and line breaks in cells, half files refused."""

import csv
import itertools
from collections.abc import Callable, Iterator

from renjia.records.intake.encodings import NAMES, find_encoding, open_text
from renjia.records.intake.guards import Limits
from renjia.records.intake.problems import Choice, Option, refuse
from renjia.records.intake.rows import Cells, Rows
from renjia.records.intake.tables import HEAD_ROWS, Table, clean_cell

DELIMITERS = {",": "逗号", "\t": "制表符", ";": "分号", "|": "竖线", "，": "全角逗号"}
_CELL = 100_000


def read_text(data: bytes, filename: str, choice: Choice, hits: Callable[[Cells], int], limits: Limits) -> Table:
    """读文本表格 — the one table of a text file; Refusal when encoding or delimiter is not plain or the file is cut."""

    def sensible(text: str) -> bool:
        head = [line for line in text.splitlines()[: HEAD_ROWS + 2] if line.strip()]
        return any(hits(_split(line, mark)) for line in head for mark in DELIMITERS)

    if choice.encoding:
        encoding, seen = choice.encoding, f"编码 {NAMES.get(choice.encoding, choice.encoding)}，人工选定"
    else:
        encoding, seen = find_encoding(data, filename, sensible)
    head = list(itertools.islice(open_text(data, encoding, filename), 60))
    delimiter, said = _delimiter(head, filename, choice, hits)
    width = max((len(_split(line, delimiter)) for line in head), default=1)
    rows = Rows(_rows(open_text(data, encoding, filename), delimiter, filename, limits), width)
    return Table(
        name="", rows=rows, encoding=encoding, delimiter=delimiter, notes=[seen, said],
        ends_whole=_ends_whole(data, encoding),
    )  # fmt: skip


def _ends_whole(data: bytes, encoding: str) -> bool:
    """Whether the last line has its line end."""
    return data[-4:].decode(encoding.removesuffix("-sig"), errors="ignore").endswith(("\n", "\r"))


def _split(line: str, delimiter: str) -> Cells:
    try:
        return tuple(clean_cell(cell) for cell in next(csv.reader([line], delimiter=delimiter), []))
    except csv.Error:
        return ()


def _delimiter(head: list[str], filename: str, choice: Choice, hits: Callable[[Cells], int]) -> tuple[str, str]:
    if choice.delimiter:
        if choice.delimiter not in DELIMITERS:
            raise refuse(filename, f"不认识分隔符「{choice.delimiter}」", f"可选：{'、'.join(DELIMITERS.values())}")
        return choice.delimiter, f"分隔符 {DELIMITERS[choice.delimiter]}，人工选定"
    lines = [line for line in head if line.strip()]
    known = {mark: max((hits(_split(line, mark)) for line in lines[:HEAD_ROWS]), default=0) for mark in DELIMITERS}
    best = max(known.values(), default=0)
    marks = [mark for mark, count in known.items() if count == best] if best > 1 else _even(lines)
    if len(marks) == 1:
        return marks[0], f"分隔符 {DELIMITERS[marks[0]]}"
    if not marks:
        return ",", "只有一列"
    options = [
        Option("delimiter", mark, DELIMITERS[mark], tuple(_split(line, mark) for line in lines[:20])) for mark in marks
    ]
    raise refuse(filename, "分隔符不明", "请看前 20 行，选定分得整齐的一种", options=options)


def _even(lines: list[str]) -> list[str]:
    """Delimiters that cut every line into the same number of cells, more than one; else any that cuts."""
    widths = {mark: {len(_split(line, mark)) for line in lines[:HEAD_ROWS]} for mark in DELIMITERS}
    even = [mark for mark, found in widths.items() if len(found) == 1 and max(found) > 1]
    return even or [mark for mark, found in widths.items() if found and max(found) > 1]


def _rows(lines: Iterator[str], delimiter: str, filename: str, limits: Limits) -> Iterator[tuple[int, Cells]]:
    previous = csv.field_size_limit(_CELL)
    try:
        reader = csv.reader(lines, delimiter=delimiter, strict=True)
        for number, cells in enumerate(reader, 1):
            if number > limits.rows:
                raise refuse(filename, f"超过 {limits.rows} 行", "请拆成几个文件再送")
            if len(cells) > limits.columns and any(cells[limits.columns :]):
                raise refuse(
                    filename, f"第 {number} 行有 {len(cells)} 列，超过 {limits.columns} 列", "请只留数据列", row=number
                )
            if any(len(cell) > limits.cell for cell in cells):
                what = f"第 {number} 行有超过 {limits.cell} 字的格子（引号没有成对？）"
                raise refuse(filename, what, "请检查这一行前后的双引号", row=number)
            kept = tuple(clean_cell(cell) for cell in cells)
            if any(kept):
                yield number, kept
    except csv.Error as error:
        line = getattr(reader, "line_num", 0)
        if "end of data" in str(error):
            raise refuse(
                filename, "文件在引号中间断开（只收到半个文件？）", "请重新导出完整的文件再送", row=line
            ) from error
        raise refuse(
            filename, f"第 {line} 行的引号用法不对", "格子里的双引号应写两个，整格再用双引号括起", row=line
        ) from error
    finally:
        csv.field_size_limit(previous)
