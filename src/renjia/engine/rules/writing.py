"""写结果 — the answers as CSV, xlsx, Parquet or JSON, whole or not at all."""

import json
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pa_parquet
import xlsxwriter

from renjia.engine.rules.errors import RuleError
from renjia.engine.units import system_said

SUFFIXES = (".csv", ".xlsx", ".parquet", ".json")
_MOST_SHEET_ROWS = 1_000_000


def check_suffix(path: Path) -> None:
    """核后缀 — RuleError unless the name says one of the four kinds and its folder is there."""
    if path.suffix.lower() not in SUFFIXES:
        raise RuleError(f"「{path.name}」看不出写成什么；文件名以 {'、'.join(SUFFIXES)} 结尾")
    if not path.parent.is_dir():
        raise RuleError(f"没有文件夹「{path.parent}」；请先建好，或换一个 --out")


def write_table(table: pa.Table, path: Path) -> None:
    """写表 — by the suffix; for JSON a list of objects, money as text."""
    check_suffix(path)
    writers: dict[str, Callable[[Path], None]] = {
        ".csv": lambda part: _csv(table, part),
        ".xlsx": lambda part: _xlsx(table, part),
        ".parquet": lambda part: pa_parquet.write_table(table, part),
        ".json": lambda part: _json(({k: _plain(v) for k, v in row.items()} for row in table.to_pylist()), part),
    }
    _whole(path, writers[path.suffix.lower()])


def write_json(rows: Iterable[dict[str, Any]], path: Path) -> None:
    """写 JSON — one object a line, between brackets; the rows are taken one by one."""
    _whole(path, lambda part: _json(rows, part))


def _whole(path: Path, write: Callable[[Path], None]) -> None:
    part = path.with_name(f".{path.name}.part")
    try:
        write(part)
        os.replace(part, path)
    except OSError as wrong:
        raise RuleError(f"写不进「{path}」：{system_said(wrong)}；换一个 --out，或看看磁盘和权限") from wrong
    finally:
        part.unlink(missing_ok=True)


def _csv(table: pa.Table, part: Path) -> None:
    with part.open("wb") as file:
        file.write(b"\xef\xbb\xbf")  # so that a spreadsheet reads Chinese
        pa_csv.write_csv(table, file, pa_csv.WriteOptions(quoting_style="needed"))


def _xlsx(table: pa.Table, part: Path) -> None:
    if table.num_rows > _MOST_SHEET_ROWS:
        raise RuleError(f"有 {table.num_rows:,} 行，一张工作表放不下；请写成 .csv 或 .parquet")
    with xlsxwriter.Workbook(str(part), {"constant_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet("判定")
        money = book.add_format({"num_format": "#,##0.00"})
        sheet.write_row(0, 0, table.schema.names)
        at = 0
        for batch in table.to_batches():
            for row in batch.to_pylist():
                at += 1
                for column, value in enumerate(row.values()):
                    if isinstance(value, str):
                        sheet.write_string(at, column, value)
                    elif value is not None:
                        sheet.write_number(at, column, value, money)


def _json(rows: Iterable[dict[str, Any]], part: Path) -> None:
    with part.open("w", encoding="utf-8") as file:
        file.write("[")
        for at, row in enumerate(rows):
            file.write((",\n" if at else "\n") + json.dumps(row, ensure_ascii=False))
        file.write("\n]\n")


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, str | int) else str(value)
