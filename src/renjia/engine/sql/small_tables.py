"""小表 — a table written as text on a page: column names on the first line, a row a line, `-` for nothing."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

import pyarrow as pa


def small_table(schema: pa.Schema, text: str, defaults: Mapping[str, Any] | None = None) -> pa.Table:
    """读小表 — as an Arrow table of the schema; columns not written are empty, or as in `defaults`.

    Raises ValueError (Chinese) for a column the schema lacks, a row of another length, a value of another type.
    """
    lines = [line.split() for line in text.splitlines() if line.strip()]
    header = lines[0] if lines else []
    unknown = [column for column in header if column not in schema.names]
    if unknown:
        raise ValueError(f"没有列 {'、'.join(unknown)}；可写：{'、'.join(schema.names)}")
    if len(set(header)) != len(header):
        raise ValueError("有列写了两次；每列只写一次")
    always = {column: value for column, value in (defaults or {}).items() if column in schema.names}
    rows = []
    for line in lines[1:]:
        if len(line) != len(header):
            raise ValueError(f"有 {len(header)} 列，这一行写了 {len(line)} 个：{' '.join(line)}")
        given = {column: value for column, value in zip(header, line, strict=True) if value != "-"}
        rows.append(always | {column: _value(schema.field(column).type, value) for column, value in given.items()})
    return pa.Table.from_pylist(rows, schema)


def _value(kind: pa.DataType, text: str) -> Any:
    try:
        if pa.types.is_date(kind):
            return date.fromisoformat(text)
        if pa.types.is_integer(kind):
            return int(text)
        if pa.types.is_decimal(kind):
            return Decimal(text)
    except (ValueError, InvalidOperation):
        raise ValueError(f"里的「{text}」不是{'日期' if pa.types.is_date(kind) else '数'}") from None
    if pa.types.is_boolean(kind):
        if text not in ("true", "false"):
            raise ValueError(f"里的「{text}」应写 true 或 false")
        return text == "true"
    return text
