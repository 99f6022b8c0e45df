"""电子表格 — the sheets of an .xlsx, guarded, then read by calamine."""

import itertools
from collections.abc import Iterable, Iterator, Sequence

import python_calamine

from renjia.records.intake.guards import Limits, repack, unpack
from renjia.records.intake.problems import refuse
from renjia.records.intake.rows import Cells, Rows
from renjia.records.intake.sheet_scan import Sheet, scan
from renjia.records.intake.tables import Table, cell_text

_NOT_OURS = (KeyboardInterrupt, SystemExit, GeneratorExit, MemoryError)


def read_workbook(data: bytes, filename: str, limits: Limits) -> list[Table]:
    """读工作簿 — every sheet that holds something, in workbook order; Refusal for anything no honest workbook has."""
    parts = unpack(data, filename, limits)
    sheets, epoch1904 = scan(parts, filename, limits)
    packed = repack(parts)
    parts.clear()
    try:
        workbook = python_calamine.CalamineWorkbook.from_object(packed)
        tables = [_table(workbook, sheet, epoch1904) for sheet in sheets if sheet.cells]
    except BaseException as error:
        # a Rust panic arrives as a BaseException of its own
        if isinstance(error, _NOT_OURS):
            raise
        raise refuse(filename, "工作簿内容损坏", "请用 Excel 打开后另存为 .xlsx 再送") from error
    if not tables:
        raise refuse(filename, "工作簿里没有内容", "请确认送的是数据表")
    return tables


def _table(workbook: python_calamine.CalamineWorkbook, sheet: Sheet, epoch1904: bool) -> Table:
    grid = workbook.get_sheet_by_name(sheet.name)
    left = ("",) * (grid.start[1] if grid.start else 0)
    rows = Rows(_filled(grid.iter_rows(), left), sheet.last_column)
    table = Table(
        name=sheet.name, rows=rows, encoding="xlsx", hidden=sheet.hidden, epoch1904=epoch1904, formulas=sheet.formulas
    )
    if epoch1904:
        table.notes.append("工作簿的日期自 1904 年起算，已照此换算")
    if sheet.hidden_rows:
        table.notes.append(f"表内有 {sheet.hidden_rows} 行被隐藏或筛去，也已读入")
    return table


def _filled(rows: Iterable[Sequence[object]], left: Cells) -> Iterator[tuple[int, Cells]]:
    """Rows that hold something, numbered as Excel does."""
    for number, row in zip(itertools.count(1), rows, strict=False):
        cells = left + tuple(map(cell_text, row))
        if any(cells):
            yield number, cells
